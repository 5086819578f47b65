"""The page without a form: what there is to say, and one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import EmptyState, IconLabel


class EmptyPane(EmptyState):
    """`acted(key)` when the button is pressed; the key is what was offered."""

    acted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "users", "", "", action="New profile", name="people.empty")
        self.action.clicked.connect(self._act)
        self.offered = ""

    def say(self, icon: str, title: str, sentence: str) -> None:
        """One title and one sentence; there is nothing to do until something is offered."""
        picture = self.findChild(IconLabel)
        if picture is not None:
            picture.set_icon(icon, "text3")
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{title}. {sentence}")
        self.action.hide()
        self.offered = ""

    def offer(self, key: str, words: str, reason: str = "") -> None:
        """Show the button; `reason` says why it cannot be pressed."""
        self.offered = key
        self.action.setText(words)
        self.action.set_allowed(not reason, reason)
        self.action.show()

    @Slot()
    def _act(self) -> None:
        self.acted.emit(self.offered)
