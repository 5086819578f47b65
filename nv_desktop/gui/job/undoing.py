"""Taking an import back, prepared in the background: every profile is read again and compared."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.job import open_job, remove
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.profile import Profile
from nv_desktop.core.upload.undo import Undo, prepare_undo
from nv_desktop.gui.tasks import Task, Tasks

TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Prepared:
    """What taking back would do, as it was at `at` (seconds since 1970); `path`: the job that does it."""

    of: Path
    found: Undo
    path: Path | None
    at: float


@dataclass(frozen=True, slots=True)
class Read:
    """How many profiles were read, of how many."""

    profiles: int
    of: int


class _Counted:
    """A client that tells how many profiles it has read. Thread-safe: the reading has several threads."""

    def __init__(self, client: Client, of: int, report: Callable[[Read], None]) -> None:
        self._client, self._of, self._report = client, of, report
        self._lock = threading.Lock()
        self._read, self._told = 0, 0.0

    def get_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        rank: int = 0,
    ) -> Profile:
        try:
            return self._client.get_profile(user_id, front=front, stop=stop, rank=rank)
        finally:
            self._count()

    def _count(self) -> None:
        with self._lock:
            self._read += 1
            now = time.monotonic()
            if now - self._told < TELL_SECONDS:
                return
            self._told = now
            read = Read(min(self._read, self._of), self._of)
        self._report(read)


def prepare(
    path: Path,
    account: Account,
    connect: Callable[[Account], Client],
    report: Callable[[Read], None],
    stop: threading.Event,
) -> Prepared:
    """Read and compare; blocks, at the limit's pace. Raises Rejected, Stopped, what a look-up raises."""
    job = open_job(path)
    try:
        with reading():
            (kept,) = job.db.execute("SELECT count(*) FROM snapshots").fetchone()
        report(Read(0, kept))
        client = connect(account)
        try:
            found = prepare_undo(job, _Counted(client, kept, report), path.parent, time.time, stop=stop)
        finally:
            client.close()
    finally:
        job.close()
    made, found.job = found.job, None
    if made is None:
        return Prepared(path, found, None, time.time())
    made.close()
    if stop.is_set():  # nobody waits for it any more
        drop(made.path)
        return Prepared(path, Undo(), None, time.time())
    return Prepared(path, found, made.path, time.time())


def drop(path: Path) -> None:
    """Delete an undo that was not confirmed. One that cannot be deleted now goes at a later start."""
    try:
        remove(path)
    except (AppError, OSError):
        return


class Undoing(QObject):
    """Prepares one undo at a time. `read(Read)`, `prepared(Prepared)`, `failed(AppError)`."""

    read = Signal(object)
    prepared = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, connect: Callable[[Account], Client], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._connect = tasks, connect
        self._task: Task | None = None
        self._ready: Prepared | None = None

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    @property
    def ready(self) -> Prepared | None:
        """What was prepared and not put away."""
        return self._ready

    def begin(self, line: Listed, account: Account) -> None:
        """Read every profile that this import wrote, with its account."""
        self.put_away()
        self._task = self._tasks.run(
            prepare, line.path, account, self._connect,
            done=self._done, failed=self._broke_off, progressed=self._told, key=("undo", id(self)),
        )  # fmt: skip

    def take(self) -> Prepared | None:
        """What was prepared, for good: it will not be put away any more."""
        ready, self._ready = self._ready, None
        return ready

    def put_away(self) -> None:
        """Stop reading, and forget what was prepared: nothing was changed."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        ready = self.take()
        if ready is not None and ready.path is not None:
            drop(ready.path)

    @Slot(object)
    def _told(self, read: object) -> None:
        self.read.emit(read)

    @Slot(object)
    def _done(self, ready: object) -> None:
        assert isinstance(ready, Prepared)
        self._task, self._ready = None, ready
        self.prepared.emit(ready)

    @Slot(object)
    def _broke_off(self, error: object) -> None:
        self._task = None
        self.failed.emit(error)
