"""Deleting a list from its choice to its confirmation: read beside the window, asked about, handed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.importing import Step
from nv_desktop.core.job import Job, open_job, remove
from nv_desktop.core.settings import Paths
from nv_desktop.core.upload.deleting import entries, make_delete_job, price
from nv_desktop.core.upload.id_list import job_of_file, job_of_ids
from nv_desktop.gui.job import delete_dialog, delete_whom
from nv_desktop.gui.job.delete_dialog import SHOWN, DeleteList
from nv_desktop.gui.job.delete_whom import Whom
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.words import counted


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A person has agreed: this document deletes, from this account. `keep`: copies go on the shelf first."""

    path: Path
    name: str
    account: Account
    keep: bool


def read_list(
    whom: Whom,
    name: str,
    paths: Paths,
    account: Account,
    rate: int,
    report: Callable[[Step], None],
    stop: Event,
) -> DeleteList:
    """Read and check a list; its document stays. Raises BadFile, Stopped, AppError; then none is left."""
    if whom.file is not None:
        job = job_of_file(whom.file, paths, account, progress=report, stop=stop)
    else:
        job = job_of_ids(whom.user_ids, paths, account, name)
    try:
        found = _looked_at(make_delete_job(job), rate)
        if stop.is_set():
            raise Stopped("Reading the list was stopped.")
    except BaseException:
        job.close()
        remove(job.path)
        raise
    job.close()
    return found


def look_again(path: Path, rate: int) -> DeleteList:
    """A list that was read before and not confirmed. Raises BadFile, NotFound, Busy."""
    job = open_job(path)
    try:
        return _looked_at(job, rate)
    finally:
        job.close()


def _looked_at(job: Job, rate: int) -> DeleteList:
    kept, bare = price(job, rate, keep=True), price(job, rate, keep=False)
    name = str(job.meta("source", {}).get("name") or job.id)
    return DeleteList(job.path, name, job.row_count(), kept, bare, tuple(entries(job, SHOWN)), rate)


class ListDeletion(QObject):
    """One list at a time. `confirmed(Confirmed)`, `failed(AppError)`, `reading(sentence)` while a list is
    read ("" at the end), `put_away()` when nothing shall be deleted.

    Nothing is asked about once its widget is out of sight: who went elsewhere has let it be.
    """

    confirmed = Signal(object)
    failed = Signal(object)
    reading = Signal(str)
    put_away = Signal()

    def __init__(self, theme: Theme, tasks: Tasks, paths: Paths, widget: QWidget) -> None:
        super().__init__(widget)
        self._theme, self._tasks, self._paths, self._widget = theme, tasks, paths, widget
        self._account: Account | None = None
        self._task: Task | None = None
        self._asking = False
        self._keeps_document = False

    @property
    def is_busy(self) -> bool:
        return self._task is not None or self._asking

    def ask(self, account: Account, rate: int) -> None:
        """Ask whom; then go on as `begin`."""
        if self.is_busy:
            return
        self._asking = True
        try:
            whom = delete_whom.ask_whom(self._widget.window(), self._theme)
        finally:
            self._asking = False
        if whom is not None:
            self.begin(account, whom, "Pasted IDs", rate)

    def begin_ids(self, account: Account, user_ids: Sequence[str], name: str, rate: int) -> None:
        self.begin(account, Whom(user_ids=tuple(user_ids)), name, rate)

    def begin(self, account: Account, whom: Whom, name: str, rate: int) -> None:
        """Read the list, then ask. `name`: what it is called in History; `rate`: calls a minute."""
        if self.is_busy:
            return
        self._account, self._keeps_document = account, False
        self.reading.emit("The list is being read; nothing is deleted yet.")
        self._task = self._tasks.run(
            read_list, whom, name, self._paths, account, rate,
            done=self._read, failed=self._not_read, progressed=self._tell,
        )  # fmt: skip

    def begin_document(self, account: Account, path: Path, rate: int) -> None:
        """Ask about a list that was read before; it stays whatever the answer is."""
        if self.is_busy:
            return
        self._account, self._keeps_document = account, True
        self._task = self._tasks.run(
            look_again, path, rate, done=self._read, failed=self._not_read, front=True
        )

    @Slot()
    def stop(self) -> None:
        """Read no further; nothing is left of the list then."""
        if self._task is not None:
            self._task.stop.set()

    @Slot(object)
    def _tell(self, step: object) -> None:
        if isinstance(step, Step) and self._task is not None:
            so_far = f": {counted(step.rows, 'row')}" if step.rows else ""
            self.reading.emit(f"The list is being read{so_far}; nothing is deleted yet.")

    @Slot(object)
    def _not_read(self, error: object) -> None:
        self._task = None
        self.reading.emit("")
        if isinstance(error, Stopped):
            self.put_away.emit()
        elif isinstance(error, AppError):
            self.failed.emit(error)

    @Slot(object)
    def _read(self, found: object) -> None:
        assert isinstance(found, DeleteList)
        stopped = self._task is None or self._task.stop.is_set()
        self._task = None
        self.reading.emit("")
        account = self._account
        if stopped or account is None or not self._widget.isVisible():
            self._drop(found)
            return
        self._asking = True
        try:
            keep = delete_dialog.ask_delete_list(self._widget.window(), self._theme, account, found)
        finally:
            self._asking = False
        if keep is None:
            self._drop(found)
        else:
            self.confirmed.emit(Confirmed(found.path, found.name, account, keep))

    def _drop(self, found: DeleteList) -> None:
        """Nobody is deleted. A document that cannot be removed now goes at a later start."""
        if not self._keeps_document:
            self._tasks.run(remove, found.path, failed=self._not_removed)
        self.put_away.emit()

    @Slot(object)
    def _not_removed(self, error: object) -> None:
        """Unconfirmed, so it harms nobody."""
