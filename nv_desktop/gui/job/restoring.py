"""Putting back from the shelf what a list deleted, beside the window, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.history import History
from nv_desktop.core.job import open_job
from nv_desktop.core.upload.restoring import RestoredAll, on_shelf, restore_all
from nv_desktop.gui.job.look import Step
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.words import profiles

NAMED = 3  # of those that stay on the shelf


@dataclass(frozen=True, slots=True)
class Back:
    """What became of the document's users."""

    path: Path
    done: RestoredAll
    of: int

    @property
    def is_whole(self) -> bool:
        return self.done.restored + self.done.accepted == self.of

    def words(self) -> tuple[str, str]:
        """Sentence and remedy."""
        done = self.done
        back = done.restored + done.accepted
        sentence = f"{back:,} of {profiles(self.of)} are back."
        if done.accepted:
            sentence += f" {profiles(done.accepted)} of them are applied by the server soon."
        told = [f"{user}: {why}" for user, why in done.failed[:NAMED]]
        if len(done.failed) > NAMED:
            told.append(f"and {len(done.failed) - NAMED:,} more, which stay on the shelf.")
        if done.left:
            told.append(f"{profiles(done.left)} were not tried; they stay on the shelf.")
        return sentence, " ".join([*told, done.message])


def restore_list(
    path: Path,
    account: Account,
    connect: Callable[[Account], Client],
    history: History,
    report: Callable[[Step], None],
    stop: Event,
) -> Back:
    """Write every copy back; blocks, at the limit's pace. Raises Rejected (no copy), AppError."""
    job = open_job(path)
    try:
        places = on_shelf(job, account.id, history)
    finally:
        job.close()
    if not places:
        raise Rejected("No copy of this list is on the shelf.", "Were they restored already?")
    client = connect(account)
    try:
        done = restore_all(client, history, places, lambda ready, of: report(Step(ready, of)), stop)
    finally:
        client.close()
    return Back(path, done, len(places))


class Restoring(QObject):
    """One list at a time. `restored(Back)`, `failed(AppError)`; `writing(sentence)` meanwhile, "" at the
    end."""

    restored = Signal(object)
    failed = Signal(object)
    writing = Signal(str)

    def __init__(self, tasks: Tasks, connect: Callable[[Account], Client], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._connect = tasks, connect
        self._task: Task | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def begin(self, path: Path, account: Account, history: History) -> None:
        if self._task is None:
            self._task = self._tasks.run(
                restore_list, path, account, self._connect, history,
                done=self._done, failed=self._broke_off, progressed=self._told,
            )  # fmt: skip
            self.writing.emit("The copies are being written back.")

    @Slot()
    def stop(self) -> None:
        """Those on their way are finished; the rest stays on the shelf."""
        if self._task is not None:
            self._task.stop.set()
            self.writing.emit("Stopping; what is not back stays on the shelf.")

    @Slot(object)
    def _told(self, step: object) -> None:
        if isinstance(step, Step) and self._task is not None and not self._task.stop.is_set():
            self.writing.emit(f"Being written back: {step.rows:,} of {profiles(step.of)}.")

    @Slot(object)
    def _done(self, back: object) -> None:
        self._task = None
        self.writing.emit("")
        self.restored.emit(back)

    @Slot(object)
    def _broke_off(self, error: object) -> None:
        self._task = None
        self.writing.emit("")
        if isinstance(error, AppError):
            self.failed.emit(error)
