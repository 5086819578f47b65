"""Deleting one profile: noted, a bar that counts down and can call it off, the call; and putting it back."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.api import Client
from nv_desktop.core.deletion import Deleted, Restored
from nv_desktop.core.errors import AppError, Offline, Unclear
from nv_desktop.core.grace import Grace, Waiting
from nv_desktop.core.history import History
from nv_desktop.core.settings import Paths
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.people import calls
from nv_desktop.gui.people.waiting import Countdown, seconds_words
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme


class Deleting(QObject):
    """One delete at a time; nothing is sent before its grace is over, and none begins before it is noted.

    `deleted(DeleteAnswer)`, `restored(RestoreAnswer)`, `called_off(user_id, why)`, `failed(AppError)` with
    words of what did not happen, `changed()` when the bar appears or goes.
    """

    deleted = Signal(object)
    restored = Signal(object)
    called_off = Signal(str, str)
    failed = Signal(object)
    changed = Signal()

    def __init__(
        self, theme: Theme, tasks: Tasks, history: History, paths: Paths, second: int, parent: QObject
    ) -> None:
        """`second` is the length of a second, in milliseconds."""
        super().__init__(parent)
        self._tasks, self._history, self._paths = tasks, history, paths
        self.grace = Grace(paths.data_dir)
        self.bar = Banner(theme, name="people.grace")
        self._client: Client | None = None
        self._waiting: Waiting | None = None
        self._noting: Waiting | None = None
        self._seconds = 0
        self._countdown = Countdown(second, self)
        self._countdown.ticked.connect(self._say)
        self._countdown.over.connect(self._go)
        self.bar.retried.connect(self.call_off)
        self.bar.dismissed.connect(self.call_off)

    def is_waiting(self) -> bool:
        """Whether a delete waits or is under way."""
        return self._waiting is not None

    def is_about(self, account: str, user_id: str) -> bool:
        """Whether this profile is the one that waits to be deleted, or is being deleted."""
        waiting = self._waiting
        return waiting is not None and (waiting.account, waiting.user_id) == (account, user_id)

    def is_under_way(self) -> bool:
        """Whether the call is out: too late to call it off."""
        return self._waiting is not None and self._noting is None and not self._countdown.is_running()

    def begin(self, client: Client, user_id: str, name: str, keep: bool, seconds: int) -> None:
        """Note it, then begin to count; a grace of 0 is over at once. `keep`: a copy stays on the shelf."""
        if self._waiting is not None or self._noting is not None:
            return
        self._client, self._seconds = client, seconds
        self._waiting = self._noting = Waiting(client.account.id, user_id, name, keep, time.time())
        self._tasks.run(self.grace.note, self._waiting, done=self._noted, failed=self._not_noted, front=True)

    @Slot()
    def call_off(self) -> None:
        """Nothing is deleted. Without effect once the call is under way."""
        self.give_up("you called it off")

    def give_up(self, why: str) -> None:
        """The same for another reason."""
        waiting = self._waiting
        if waiting is not None and not self.is_under_way():
            self._end()
            if self._noting is None:
                self._tasks.run(self.grace.forget, waiting)
            self.called_off.emit(waiting.user_id, why)

    def suspend(self) -> None:
        """The window closes: no call goes out any more, and the next start asks."""
        if self._waiting is not None and not self.is_under_way():
            self._end()

    @Slot(object)
    def _noted(self, _nothing: object) -> None:
        noted, self._noting = self._noting, None
        if self._waiting is None:  # called off meanwhile: its note is not to stay
            self._tasks.run(self.grace.forget, noted)
            return
        self._countdown.begin(self._seconds)

    @Slot(object)
    def _not_noted(self, error: AppError) -> None:
        self._noting = None
        if self._waiting is not None:
            self._end()
            self.failed.emit(AppError(f"Not deleted. {error.message}", error.remedy))

    def restore(self, client: Client, user_id: str, shelf: int) -> None:
        """Write a profile of the shelf back."""
        self._tasks.run(
            calls.restore, client, self._history, user_id, shelf,
            done=self._put_back, failed=self._broke, front=True,
        )  # fmt: skip

    def _end(self) -> None:
        self._countdown.stop()
        self._waiting = None
        self.bar.clear()
        self.changed.emit()

    @Slot(int)
    def _say(self, left: int) -> None:
        name = self._waiting.name if self._waiting is not None else ""
        sentence = f"{name} is deleted in {seconds_words(left)}."
        self.bar.say(sentence, "Nothing was sent yet.", tone="warn", action="Call it off")
        self.changed.emit()

    @Slot()
    def _go(self) -> None:
        waiting = self._waiting
        if self._client is None or waiting is None:
            self._end()
            return
        kept = " and kept" if waiting.keep else ""
        self.bar.say(
            f"Deleting {waiting.name}…", f"The profile is read once more{kept}, then deleted.", tone="warn"
        )
        self.changed.emit()
        self._tasks.run(
            calls.delete, self._client, self._history, self._paths.jobs, self.grace, waiting,
            done=self._gone, failed=self._broke, front=True,
        )  # fmt: skip

    @Slot(object)
    def _gone(self, answer: calls.DeleteAnswer) -> None:
        self._end()
        if answer.error is not None:
            self.failed.emit(not_done("Not deleted.", answer.error))
        else:
            self.deleted.emit(answer)

    @Slot(object)
    def _put_back(self, answer: calls.RestoreAnswer) -> None:
        if answer.error is not None:
            self.failed.emit(not_done("Not restored.", answer.error))
        else:
            self.restored.emit(answer)

    @Slot(object)
    def _broke(self, error: AppError) -> None:
        self._end()
        self.failed.emit(error)


def not_done(what: str, error: AppError) -> AppError:
    """The words of a delete or a restore that did not go well. An outcome that nobody knows is not called
    undone; the kind tells whether the server can be reached."""
    if isinstance(error, Unclear):
        return error
    kind = Offline if isinstance(error, Offline) else AppError
    return kind(f"{what} {error.message}", error.remedy)


def fate(deleted: Deleted) -> str:
    """What became of somebody, after the name."""
    return "will be gone soon" if deleted.queued else "was deleted"


def deleted_words(user_id: str, deleted: Deleted) -> tuple[str, str]:
    """What the activity line says, and its tone."""
    said = f"{user_id} {fate(deleted)}. {deleted.notice}".strip()
    return said, "warn" if deleted.notice else "ok"


def restored_words(user_id: str, restored: Restored) -> tuple[str, str]:
    """What the activity line says, and its tone."""
    back = "is restored soon" if restored.accepted else "was restored"
    said = f"{user_id} {back}. {restored.notice}".strip()
    return said, "warn" if restored.notice else "ok"
