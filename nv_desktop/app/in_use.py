"""The account in use: its client, made in the background, and its budget, asked every second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.settings import Settings
from nv_desktop.gui.tasks import Tasks

BUDGET_EVERY = 1_000  # milliseconds


class InUse(QObject):
    """`taken()` another account, without a client yet; `connected()` its client is there; `failed(AppError)`
    none can be made; `budget_told((calls left, of))`."""

    taken = Signal()
    connected = Signal()
    failed = Signal(object)
    budget_told = Signal(object)

    def __init__(
        self, tasks: Tasks, connect: Callable[[Account], Client], settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._connect, self._settings = tasks, connect, settings
        self.account: Account | None = None
        self.client: Client | None = None
        self._called_with: tuple[object, ...] = ()
        self._budget = QTimer(self)
        self._budget.setInterval(BUDGET_EVERY)
        self._budget.timeout.connect(self.ask_budget)

    def take(self, account: Account | None) -> None:
        """Work with this account from now on, and again at the next start."""
        self.account = account
        self._called_with = self._call_choices()
        self.drop()
        self.taken.emit()
        if account is not None:
            self._settings.layout["account"] = account.id
            self._tasks.run(
                self._connect, account, done=self._made, failed=self._not_made, key="connect", front=True
            )

    def renew(self) -> None:
        """The settings have changed: another client, where they concern it."""
        if self.account is not None and self._call_choices() != self._called_with:
            self.take(self.account)

    def drop(self) -> None:
        """Without a client from now on; none that is on its way is taken."""
        self._budget.stop()
        client, self.client = self.client, None
        if client is not None:
            client.close()

    @Slot()
    def ask_budget(self) -> None:
        if self.client is not None:
            self._tasks.run(self.client.budget, done=self._tell_budget, key="budget")

    def _call_choices(self) -> tuple[object, ...]:
        """The settings that a client is made with."""
        chosen = self._settings
        return (chosen.limit, chosen.limit_share, chosen.proxy, chosen.opt_in_as_strings)

    @Slot(object)
    def _made(self, client: object) -> None:
        assert isinstance(client, Client)
        if self.account is None or client.account.id != self.account.id:
            client.close()
            return
        self.client = client
        self.connected.emit()
        self._budget.start()
        self.ask_budget()

    @Slot(object)
    def _not_made(self, problem: object) -> None:
        self.failed.emit(problem)

    @Slot(object)
    def _tell_budget(self, budget: object) -> None:
        self.budget_told.emit(budget)
