"""What is suggested below the window's search box: people of the account in use that this computer knows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nv_desktop.app.in_use import InUse
from nv_desktop.core.history import History
from nv_desktop.gui.main_window import MainWindow
from nv_desktop.gui.tasks import Tasks

LEAST = 2  # characters that are worth a search
AT_MOST = 6  # people


class SearchBox(QObject):
    def __init__(self, window: MainWindow, tasks: Tasks, history: History, in_use: InUse) -> None:
        super().__init__(window)
        self._window, self._tasks, self._history, self._in_use = window, tasks, history, in_use
        window.search_edited.connect(self._suggest)

    @Slot(str)
    def _suggest(self, text: str) -> None:
        account = self._in_use.account
        if account is not None and len(text.strip()) >= LEAST:
            self._tasks.run(
                _people_like, self._history, account.id, text, done=self._show, key="suggest", front=True
            )

    @Slot(object)
    def _show(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._window.suggest_people(*found)


def _people_like(history: History, account: str, text: str) -> tuple[str, list[tuple[str, str]]]:
    """What was typed, and the (user ID, name) of known people that fit it."""
    found = history.people.search(account, text.strip(), AT_MOST)
    return text, [(person.user_id, person.name) for person in found]
