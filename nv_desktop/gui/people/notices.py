"""What the page says on top: a delete that waits, what happened last, what the account does not allow."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.errors import AppError
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Notice, column


class Notices(QWidget):
    """`retried(words of the button)`. Takes no room while it has nothing to say."""

    retried = Signal(str)

    def __init__(self, theme: Theme, grace: Banner) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self._grace = grace
        self.banner = Banner(theme, name="people.banner")
        self.guard = Notice(theme, "", "note", "lock-simple", name="people.guard")
        self.guard.hide()
        self.setLayout(column(grace, self.banner, self.guard, gap=8, margins=(24, 12, 24, 0)))
        self.banner.retried.connect(self._retry)
        self.banner.dismissed.connect(self.refresh)
        self.refresh()

    def say(self, sentence: str, remedy: str = "", *, tone: str = "info", action: str = "") -> None:
        self.banner.say(sentence, remedy, tone=tone, action=action)
        self.refresh()

    def say_error(self, error: AppError, action: str = "") -> None:
        self.say(error.message, error.remedy, tone="error", action=action)

    def clear(self) -> None:
        """What happened last is over; the other two stay."""
        self.banner.clear()

    def clear_good(self) -> None:
        """Put away what only told that something went well."""
        if self.banner.property("tone") in ("ok", "info"):
            self.clear()

    def set_guard(self, reason: str) -> None:
        """What the account does not allow; "" for nothing."""
        self.guard.set(f"{reason}. You can look, copy and export; nothing can be changed.", "note")
        self.guard.setVisible(bool(reason))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        self.setVisible(not all(part.isHidden() for part in (self._grace, self.banner, self.guard)))

    @Slot()
    def _retry(self) -> None:
        self.refresh()
        self.retried.emit(self.banner.button.text())
