"""Which account is worked with: chosen, the last one, the only one, or the sandbox of a first visitor."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.app.in_use import InUse
from nv_desktop.core.accounts import SANDBOX, Account, Accounts
from nv_desktop.core.errors import AppError, NotFound
from nv_desktop.core.settings import Settings
from nv_desktop.gui import messages
from nv_desktop.gui.accounts.wording import colour
from nv_desktop.gui.accounts_page import AccountsPage
from nv_desktop.gui.main_window import AccountEntry, MainWindow
from nv_desktop.gui.theme import Theme


class Choosing(QObject):
    """Keeps the window's account bar right. `failed(AppError)`: the chosen one cannot be read."""

    failed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        accounts: Accounts,
        settings: Settings,
        in_use: InUse,
        account_list: AccountsPage,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._accounts, self._settings = window, theme, accounts, settings
        self._in_use, self._account_list = in_use, account_list
        window.account_chosen.connect(self.choose)
        account_list.account_chosen.connect(self.choose)
        account_list.accounts_changed.connect(self._accounts_changed)
        in_use.taken.connect(self._show)
        in_use.failed.connect(self._not_connected)
        in_use.budget_told.connect(self._show_budget)

    def begin(self, account: str | None) -> None:
        """Take up the account that was asked for, or the last one, and show the page to begin with."""
        wanted = account or str(self._settings.layout.get("account", ""))
        own: list[Account] = []
        chosen = None
        try:
            self._list()
            own = self._own()
            wanted = wanted or (own[0].id if len(own) == 1 else "")
            chosen = self._accounts.get(wanted) if wanted else None
        except AppError as problem:
            self._window.set_status(str(problem), "warn")
        self._in_use.take(chosen)
        if chosen is None:
            self._window.show_page("accounts" if own else "welcome")
        elif account == SANDBOX:
            self._window.show_page("import")
        else:
            self._window.show_page("people")

    @Slot(str)
    def choose(self, account_id: str) -> None:
        """Work with this account from now on; what was typed stays with the account it was typed in."""
        if self.is_in_use(account_id):
            return
        try:
            self._in_use.take(self._accounts.get(account_id))
        except AppError as problem:
            self.failed.emit(problem)

    def is_in_use(self, account_id: str) -> bool:
        return self._in_use.account is not None and self._in_use.account.id == account_id

    def has_one(self) -> bool:
        """Whether there is one to work with: a first visitor gets the sandbox, others are asked."""
        if self._in_use.account is None and self._own():
            self._window.show_page("accounts")
            self._window.set_status("Choose the account to work with first.", "warn")
            return False
        if self._in_use.account is None:
            self.choose(SANDBOX)
        return True

    @Slot()
    def _accounts_changed(self) -> None:
        self._list()
        if self._in_use.account is None:
            own = self._own()
            if len(own) == 1:  # the first one that is added is meant to be used
                self._in_use.take(own[0])
            return
        try:
            self._in_use.take(self._accounts.get(self._in_use.account.id))
        except NotFound:
            self._in_use.take(self._accounts.get(SANDBOX))

    def _own(self) -> list[Account]:
        """Those that somebody added."""
        return [each for each in self._accounts.list() if not each.is_sandbox]

    def _list(self) -> None:
        self._window.set_accounts(
            [
                AccountEntry(each.id, each.name, each.environment, colour(each))
                for each in self._accounts.list()
            ]
        )

    @Slot()
    def _show(self) -> None:
        account = self._in_use.account
        if account is None:
            self._window.set_account("", "", "")
        else:
            self._window.set_account(account.name, account.environment, colour(account))

    @Slot(object)
    def _not_connected(self, problem: object) -> None:
        assert isinstance(problem, AppError)
        self._window.set_status(str(problem), "error")
        if self._window.isVisible() and not self._account_list.is_editing():  # its dialog says it itself
            messages.show_error(self._window, self._theme, problem, title="This account cannot be used yet")

    @Slot(object)
    def _show_budget(self, budget: object) -> None:
        assert isinstance(budget, tuple)
        self._window.set_budget(*budget)
