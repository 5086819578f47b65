"""Who is known on this computer: recents, pinned, IDs that nobody has, and people found by a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.history import History
from nv_desktop.gui.people import calls
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.tasks import Tasks

KEY = "people.known"


class KnownPeople(QObject):
    """Fills the list pane from the history of the account in use. `changed()` after an answer."""

    changed = Signal()

    def __init__(
        self, tasks: Tasks, history: History, pane: ListPane, clock: Callable[[], float], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._history, self._pane, self._clock = tasks, history, pane, clock
        self._account = ""
        self._pinned: set[str] = set()
        self._missing: dict[str, list[tuple[str, float]]] = {}
        pane.searched.connect(self.search)

    def set_account(self, account: str) -> None:
        """Show this account's people; nothing of the one before stays in sight, nor comes late."""
        self._tasks.supersede(KEY)
        if account != self._account:
            self._pinned = set()
            self._pane.forget()
        self._account = account
        self.load()

    def load(self) -> None:
        self.search("")

    @Slot(str)
    def search(self, text: str) -> None:
        """Ask for recents, and for who fits `text`."""
        if self._account:
            self._tasks.run(
                calls.known, self._history, self._account, text, done=self._take, key=KEY, front=True
            )

    def pin(self, user_id: str, on: bool) -> None:
        """Keep somebody at the top, or no longer."""
        if self._account:
            self._tasks.run(
                calls.pin, self._history, self._account, user_id, on, done=self._take, key=KEY, front=True
            )

    def is_pinned(self, user_id: str) -> bool:
        return user_id in self._pinned

    def add_missing(self, user_id: str) -> None:
        """Nobody has this ID: listed while the window is open."""
        self.forget_missing(user_id)
        self._missing.setdefault(self._account, []).insert(0, (user_id, self._clock()))
        self.load()

    def forget_missing(self, user_id: str) -> None:
        listed = self._missing.get(self._account, [])
        listed[:] = [each for each in listed if each[0] != user_id]

    @Slot(object)
    def _take(self, posted: object) -> None:
        known = cast(calls.Known, posted)
        if known.account != self._account:
            return
        self._pinned = {each.person.user_id for each in known.recents if each.pinned}
        self._pane.set_people(known.recents, self._missing.get(known.account, []))
        if known.text:
            self._pane.set_found(known.text, known.found)
        self.changed.emit()
