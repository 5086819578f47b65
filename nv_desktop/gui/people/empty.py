"""The page without a form: what there is to say where nobody is in sight, and one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from nv_desktop.core.deletion import CANNOT_RETURN, Deleted
from nv_desktop.core.errors import NotFound
from nv_desktop.gui.people import missing
from nv_desktop.gui.people.deleting import fate
from nv_desktop.gui.people.wording import person_name
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import EmptyState, IconLabel

CREATE, LOOK_UP, RESTORE = "create", "look up", "restore"


class EmptyPane(EmptyState):
    """`said()` when there is something new to read; what its button can mean: `create_wanted(user_id)`, with
    "" for an empty form, `look_up_wanted(user_id)`, `restore_wanted(user_id, shelf)`."""

    said = Signal()
    create_wanted = Signal(str)
    look_up_wanted = Signal(str)
    restore_wanted = Signal(str, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "users", "", "", action="New profile", name="people.empty")
        self.action.clicked.connect(self._act)
        self.offered = ""  # what its button means just now
        self._user_id = ""
        self._shelf = 0

    def say_start(self, no_new: str) -> None:
        """`no_new`: why there can be no new profile; "" where there can."""
        self._say(
            "users",
            "Look somebody up",
            "Type a user ID on the left and press Enter, or paste a column of them from Excel. "
            "An e-mail, a phone number or a name finds people this computer knows already.",
        )
        self._offer(CREATE, "", "New profile", no_new)

    def say_looking_up(self, user_id: str) -> None:
        title = f"Looking up {missing.shortened(user_id)}"
        self._say("magnifying-glass", title, "The answer comes in a moment.")

    def say_later(self, user_id: str) -> None:
        """The server asks to go slower."""
        title = missing.shortened(user_id)
        self._say("hourglass", title, "It is looked up as soon as the server allows.")

    def say_unanswered(self, user_id: str) -> None:
        title = missing.shortened(user_id)
        self._say("cloud-slash", title, "There is no answer about this user ID yet.")

    def say_impossible(self, user_id: str) -> None:
        """The ID itself is refused, and one can see why."""
        self._say("warning-circle", "Nobody can have this user ID", missing.doubts(user_id))
        self._offer_meant(user_id)

    def say_nobody(self, user_id: str, error: NotFound, no_new: str) -> None:
        parts = (error.message, missing.about(user_id), no_new or error.remedy)
        sentence = " ".join(part for part in parts if part)
        self._say("user-minus", "Nobody has this user ID", sentence)
        if not self._offer_meant(user_id):
            self._offer(CREATE, user_id, "Create it", no_new)

    def say_deleted(self, user_id: str, deleted: Deleted) -> None:
        title = f"{person_name(deleted.profile) or user_id} {fate(deleted)}"
        if deleted.shelf is None:
            self._say("trash", title, "No copy was kept on this computer, as you asked.")
        else:
            self._say("trash", title, f"The profile is on the shelf, in History. {CANNOT_RETURN}")
            self._shelf = deleted.shelf
            self._offer(RESTORE, user_id, "Restore it")

    def set_restoring(self, on: bool) -> None:
        """Whether what it offered to write back is on its way."""
        if self.offered == RESTORE:
            self.action.set_allowed(not on, "It is being written back" if on else "")

    def _say(self, icon: str, title: str, sentence: str) -> None:
        """One title and one sentence; there is nothing to do until something is offered."""
        picture = self.findChild(IconLabel)
        if picture is not None:
            picture.set_icon(icon, "text3")
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{title}. {sentence}")
        self.action.hide()
        self.offered = ""
        self.said.emit()

    def _offer_meant(self, user_id: str) -> bool:
        """Where the ID holds something that cannot be seen: offer the one without it."""
        meant = missing.meant(user_id)
        if meant:
            self._offer(LOOK_UP, meant, f"Look up “{missing.shortened(meant)}”")
        return bool(meant)

    def _offer(self, what: str, user_id: str, words: str, reason: str = "") -> None:
        """Show the button; `reason` says why it cannot be pressed."""
        self.offered, self._user_id = what, user_id
        self.action.setText(words)
        self.action.set_allowed(not reason, reason)
        self.action.show()

    @Slot()
    def _act(self) -> None:
        if self.offered == CREATE:
            self.create_wanted.emit(self._user_id)
        elif self.offered == LOOK_UP:
            self.look_up_wanted.emit(self._user_id)
        elif self.offered == RESTORE:
            self.restore_wanted.emit(self._user_id, self._shelf)
