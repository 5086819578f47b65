"""Deleting from the page of jobs: a list nobody confirmed, those an import created, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.history import History
from nv_desktop.core.settings import Paths
from nv_desktop.gui.job.asking import may_restore, why_not_delete
from nv_desktop.gui.job.kinds import words_of
from nv_desktop.gui.job.list_deletion import ListDeletion
from nv_desktop.gui.job.look import Look
from nv_desktop.gui.job.restoring import Restoring
from nv_desktop.gui.running import RunningJobs
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import EmptyState


class Deletions(QObject):
    """`view` is shown for a list that was read and not confirmed. `said(sentence)` for the line below."""

    said = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        running: RunningJobs,
        history: History | None,
        paths: Paths,
        widget: QWidget,
    ) -> None:
        super().__init__(widget)
        self._theme, self._history, self._widget = theme, history, widget
        self._look: Look | None = None
        self._account: Account | None = None
        self._rate = 1
        self._asking = False
        self.lists = ListDeletion(theme, tasks, paths, widget)
        self.lists.reading.connect(self._tell_reading)
        self.restoring = Restoring(tasks, running.client_of, widget)
        self.view = EmptyState(
            theme, "user-minus", "", "Nobody on this list has been deleted yet.", action="Delete them…",
            on_click=self._ask, name="job.unconfirmed",
        )  # fmt: skip

    def look(self, found: Look | None, account: Account | None, reason: str, rate: int) -> None:
        """What is in sight. `reason`: why nothing can be done with it now; `rate`: calls a minute."""
        self._look, self._account, self._rate = found, account, rate
        if found is None or not found.line.deletes or found.line.begun:
            return
        count = words_of(found.line).count(found.line.not_sent)
        why = reason or why_not_delete(account)
        self.view.title.setText(f"Delete {count}?")
        self.view.action.set_allowed(not why, why)
        self.view.sentence.setText(f"Nobody on this list has been deleted. {why}".strip())

    @Slot()
    def _ask(self) -> None:
        """About the list in sight."""
        if self._account is not None and self._look is not None:
            self.lists.begin_document(self._account, self._look.line.path, self._rate)

    @Slot(object, str)
    def delete_created(self, user_ids: object, name: str) -> None:
        """Those whom an import created, as a list of its own."""
        assert isinstance(user_ids, list)
        if self._account is not None and not why_not_delete(self._account):
            self.lists.begin_ids(self._account, user_ids, name, self._rate)

    @Slot()
    def ask_restore(self) -> None:
        """Put back what this list deleted, once a person has said so."""
        look, account = self._look, self._account
        if look is None or account is None or self._history is None or self._asking:
            return
        self._asking = True
        try:
            agreed = may_restore(self._widget.window(), self._theme, look.kept)
        finally:
            self._asking = False
        if agreed:
            self.restoring.begin(look.line.path, account, self._history)

    @Slot(str)
    def _tell_reading(self, sentence: str) -> None:
        self.said.emit(sentence or "Ready.")
