"""The grace of a delete: a bar that counts down and can call it off; nothing is sent before its end."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nv_desktop.gui.messages import Banner
from nv_desktop.gui.theme import Theme


class Deleting(QObject):
    """One delete that waits. `due(user_id, keep)` when its time is over, `called_off(user_id)`."""

    due = Signal(str, bool)
    called_off = Signal(str)

    def __init__(self, theme: Theme, second: int, parent: QObject) -> None:
        """`second` in milliseconds."""
        super().__init__(parent)
        self.bar = Banner(theme, name="people.grace")
        self._user_id = ""
        self._name = ""
        self._keep = True
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(second)
        self._timer.timeout.connect(self._tick)
        self.bar.retried.connect(self.call_off)
        self.bar.dismissed.connect(self.call_off)

    def is_waiting(self) -> bool:
        """Whether a delete waits or is under way."""
        return bool(self._user_id)

    def is_under_way(self) -> bool:
        """Whether the call is out: too late to call it off."""
        return bool(self._user_id) and not self._timer.isActive()

    def begin(self, user_id: str, name: str, keep: bool, seconds: int) -> None:
        """Begin to count; a grace of 0 is over at once."""
        self._user_id, self._name, self._keep, self._left = user_id, name, keep, seconds
        if seconds <= 0:
            self._go()
            return
        self._say()
        self._timer.start()

    @Slot()
    def call_off(self) -> None:
        """Nothing is deleted. Without effect once the call is under way."""
        if self._timer.isActive():
            user_id = self._user_id
            self.end()
            self.called_off.emit(user_id)

    def end(self) -> None:
        """There is an answer, or none is wanted."""
        self._timer.stop()
        self._user_id = ""
        self.bar.clear()

    @Slot()
    def _tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._say()
        else:
            self._go()

    def _go(self) -> None:
        self._timer.stop()
        self.bar.say(
            f"Deleting {self._name}…", "The profile is read once more and kept, then deleted.", tone="warn"
        )
        self.due.emit(self._user_id, self._keep)

    def _say(self) -> None:
        seconds = f"{self._left} seconds" if self._left != 1 else "1 second"
        self.bar.say(
            f"{self._name} is deleted in {seconds}.",
            "Nothing was sent yet.",
            tone="warn",
            action="Call it off",
        )
