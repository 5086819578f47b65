"""Deleting one profile: a bar that counts down and can call it off, then the call; and putting it back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.people import calls
from nv_desktop.gui.people.waiting import Countdown, seconds_words
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme


class Deleting(QObject):
    """One delete at a time; nothing is sent before its grace is over.

    `deleted(DeleteAnswer)`, `restored(RestoreAnswer)`, `called_off(user_id)`, `failed(AppError)` with words
    of what did not happen, `changed()` when the bar appears or goes.
    """

    deleted = Signal(object)
    restored = Signal(object)
    called_off = Signal(str)
    failed = Signal(object)
    changed = Signal()

    def __init__(self, theme: Theme, tasks: Tasks, history: History, second: int, parent: QObject) -> None:
        """`second` is the length of a second, in milliseconds."""
        super().__init__(parent)
        self._tasks, self._history = tasks, history
        self.bar = Banner(theme, name="people.grace")
        self._client: Client | None = None
        self._user_id = ""
        self._name = ""
        self._keep = True
        self._countdown = Countdown(second, self)
        self._countdown.ticked.connect(self._say)
        self._countdown.over.connect(self._go)
        self.bar.retried.connect(self.call_off)
        self.bar.dismissed.connect(self.call_off)

    def is_waiting(self) -> bool:
        """Whether a delete waits or is under way."""
        return bool(self._user_id)

    def is_under_way(self) -> bool:
        """Whether the call is out: too late to call it off."""
        return bool(self._user_id) and not self._countdown.is_running()

    def begin(self, client: Client, user_id: str, name: str, keep: bool, seconds: int) -> None:
        """Begin to count; a grace of 0 is over at once. `keep`: a copy stays on the shelf."""
        self._client, self._user_id, self._name, self._keep = client, user_id, name, keep
        self._countdown.begin(seconds)

    @Slot()
    def call_off(self) -> None:
        """Nothing is deleted. Without effect once the call is under way."""
        if self._countdown.is_running():
            user_id = self._user_id
            self._end()
            self.called_off.emit(user_id)

    def restore(self, client: Client, user_id: str, shelf: int) -> None:
        """Write a profile of the shelf back."""
        self._tasks.run(
            calls.restore, client, self._history, user_id, shelf,
            done=self._put_back, failed=self._broke, front=True,
        )  # fmt: skip

    def _end(self) -> None:
        self._countdown.stop()
        self._user_id = ""
        self.bar.clear()
        self.changed.emit()

    @Slot(int)
    def _say(self, left: int) -> None:
        sentence = f"{self._name} is deleted in {seconds_words(left)}."
        self.bar.say(sentence, "Nothing was sent yet.", tone="warn", action="Call it off")
        self.changed.emit()

    @Slot()
    def _go(self) -> None:
        if self._client is None:
            self._end()
            return
        self.bar.say(
            f"Deleting {self._name}…", "The profile is read once more and kept, then deleted.", tone="warn"
        )
        self.changed.emit()
        self._tasks.run(
            calls.delete, self._client, self._history, self._user_id, self._keep,
            done=self._gone, failed=self._broke, front=True,
        )  # fmt: skip

    @Slot(object)
    def _gone(self, answer: calls.DeleteAnswer) -> None:
        self._end()
        if answer.error is not None:
            self.failed.emit(AppError(f"Not deleted. {answer.error.message}", answer.error.remedy))
        else:
            self.deleted.emit(answer)

    @Slot(object)
    def _put_back(self, answer: calls.RestoreAnswer) -> None:
        if answer.error is not None:
            self.failed.emit(AppError(f"Not restored. {answer.error.message}", answer.error.remedy))
        else:
            self.restored.emit(answer)

    @Slot(object)
    def _broke(self, error: AppError) -> None:
        self._end()
        self.failed.emit(error)
