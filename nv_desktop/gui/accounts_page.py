"""The accounts of this computer: which there are, where their keys are, what may be done with each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.core.keys import KeyStore
from nv_desktop.gui import messages
from nv_desktop.gui.accounts import keeping, wording
from nv_desktop.gui.accounts.account_dialog import AccountDialog
from nv_desktop.gui.accounts.keeping import Connect, KeyState, Removed
from nv_desktop.gui.messages import Banner, TypedQuestion
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, ElidedLabel, Label, Page, Surface, Table, column, page_title

ROW, HEAD = 56, 33


@dataclass(frozen=True)
class Line:
    """One account as the table shows it."""

    account: Account
    key: KeyState
    in_use: bool


class AccountsPage(Page):
    """`account_chosen(id)` when a person wants to work with it, `accounts_changed()` after each change."""

    account_chosen = Signal(str)
    accounts_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        accounts: Accounts,
        keys: KeyStore,
        connect: Connect,
        history: History,
    ) -> None:
        super().__init__(name="accounts", words="Accounts")
        self._theme, self._tasks, self._accounts = theme, tasks, accounts
        self._keys, self._connect, self._history = keys, connect, history
        self._current = ""
        self._states: dict[str, KeyState] = {}
        self.dialog: AccountDialog | None = None
        self.banner = Banner(theme, name="accounts.banner")
        self.banner.retried.connect(self.refresh)
        self.use = Button(theme, "Work with it", name="accounts.use", on_click=self._use)
        self.edit = Button(theme, "Edit…", name="accounts.edit", on_click=self._edit)
        self.add = Button(theme, "Add account", "primary", "plus", name="accounts.add")
        self.add.clicked.connect(self.add_account)
        sentence = f"Keys stay in the keyring of this computer, never in a file: {keys.describe()}."
        head = page_title(
            theme, Label(theme, "Accounts", "page"), ElidedLabel(theme, sentence, "body", "text2"),
            self.use, self.edit, self.add,
        )  # fmt: skip
        self._make_table()
        self.hint = Label(theme, "", "small", "text3", wrap=True, name="accounts.hint")
        self.body.addLayout(head)
        for item in (self.banner, self._frame, self.hint):
            self.body.addWidget(item)
        self.body.addStretch(1)
        self._show_rows()

    def _make_table(self) -> None:
        self.model = RowsModel[Line](
            (
                Column(
                    "Account",
                    lambda line: Cell(
                        line.account.name,
                        wording.brand(line.account),
                        role="strong",
                        second_role="small",
                        second_tone="text2",
                        edge=wording.colour(line.account),
                        right="In use" if line.in_use else "",
                        right_icon="check" if line.in_use else "",
                        right_token="accent_t",
                    ),
                    280,
                ),
                Column("Environment", lambda line: Cell(environment=line.account.environment.upper()), 140),
                Column("Host", lambda line: wording.host(line.account), 240),
                Column("Key", lambda line: wording.key_cell(line.key), 190),
                Column("You may do", lambda line: wording.may_do(line.account), 180),
            ),
            key=lambda line: line.account.id,
            parent=self,
        )
        self.table = Table(
            self._theme, self.model, name="accounts.table", words="Accounts", row_height=ROW,
            head_height=HEAD, stretch=2, pad=12,
        )  # fmt: skip
        self.table.activated.connect(self._activated)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self._frame = Surface("card", column(self.table, margins=(1, 1, 1, 1)), name="accounts.list")

    # --- what the root tells ----------------------------------------------------------------------------

    def set_account(self, account: Account | None) -> None:
        """The account in use, marked in the table."""
        self._current = account.id if account is not None else ""
        self._show_rows()

    def is_editing(self) -> bool:
        """Whether the dialog of an account is open: what is wrong with its key is said there."""
        return self.dialog is not None and self.dialog.isVisible()

    def actions(self) -> list[QAction]:
        action = QAction("Add an account…", self)
        action.triggered.connect(self.add_account)
        return [action]

    @Slot()
    def refresh(self) -> None:
        """Read the list again and ask the keyring about each key."""
        self._show_rows()
        rows = [line.account for line in self.model.rows()]
        self._tasks.run(
            keeping.key_states, self._keys, rows,
            done=self._show_states, key="accounts.keys", front=True,
        )  # fmt: skip

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    # --- the list ---------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        try:
            accounts = self._accounts.list()
        except AppError as problem:
            self.banner.show_error(problem)
            return
        self.model.set_rows([Line(each, self._state(each), each.id == self._current) for each in accounts])
        high = HEAD + ROW * len(accounts) + 2
        self._frame.setMaximumHeight(high + 2)
        self._frame.setMinimumHeight(min(high + 2, HEAD + ROW * 3))
        self._frame.setFixedHeight(min(high + 2, 10 * ROW))
        if len(accounts) == 1:
            self.hint.setText("So far there is only the sandbox. Add your account with its brand ID and key.")
        else:
            self.hint.setText("")
        self._selected()

    def _state(self, account: Account) -> KeyState:
        return self._states.get(account.id, KeyState("built in" if account.is_sandbox else "asking"))

    @Slot(object)
    def _show_states(self, states: object) -> None:
        assert isinstance(states, dict)
        self._states = states
        self._show_rows()
        problems = [state.problem for state in states.values() if state.problem is not None]
        if problems:
            self.banner.show_error(problems[0])
        else:
            self.banner.clear()

    def _chosen(self) -> Account | None:
        line = self.table.current_row()
        return line.account if isinstance(line, Line) else None

    @Slot()
    def _selected(self) -> None:
        account = self._chosen()
        none = "Choose an account in the list first"
        in_use = account is not None and account.id == self._current
        self.use.set_allowed(account is not None and not in_use, "It is in use" if in_use else none)
        built_in = account is not None and account.is_sandbox
        self.edit.set_allowed(
            account is not None and not built_in,
            "The sandbox is built in; there is nothing to set" if built_in else none,
        )

    @Slot()
    def _use(self) -> None:
        account = self._chosen()
        if account is not None:
            self.account_chosen.emit(account.id)

    @Slot(QModelIndex)
    def _activated(self, _index: QModelIndex) -> None:
        account = self._chosen()
        if account is None:
            return
        if account.is_sandbox:
            self._use()
        else:
            self._edit()

    # --- add and change ---------------------------------------------------------------------------------

    @Slot()
    def add_account(self) -> None:
        """Open the dialog of a new account."""
        self._open(Account(""), KeyState("none"))

    @Slot()
    def _edit(self) -> None:
        account = self._chosen()
        if account is not None and not account.is_sandbox:
            self._open(account, self._state(account))

    def _open(self, account: Account, state: KeyState) -> None:
        taken = [line.account.name for line in self.model.rows() if line.account.id != account.id]
        self.dialog = AccountDialog(
            self, self._theme, self._tasks, self._accounts, self._keys, self._connect, account, state, taken
        )
        self.dialog.saved.connect(self._saved)
        self.dialog.remove_wanted.connect(self._remove)
        self.dialog.destroyed.connect(self._forget_dialog)
        self.dialog.open()

    @Slot()
    def _forget_dialog(self) -> None:
        self.dialog = None

    @Slot(object)
    def _saved(self, account: object) -> None:
        assert isinstance(account, Account)
        self._states.pop(account.id, None)
        self.refresh()
        self.table.select(self.model.find(account.id))
        self.accounts_changed.emit()

    @Slot(object)
    def _remove(self, account: object) -> None:
        assert isinstance(account, Account)
        forget = ask_removal(self, self._theme, account)
        if forget is None:
            return
        if self.dialog is not None:
            self.dialog.reject()
        self._tasks.run(
            keeping.remove, self._accounts, self._keys, self._history, account, forget,
            done=self._removed, failed=self._not_removed, front=True,
        )  # fmt: skip

    @Slot(object)
    def _removed(self, removed: object) -> None:
        assert isinstance(removed, Removed)
        self._states.pop(removed.account.id, None)
        self.refresh()
        self.accounts_changed.emit()
        if removed.problems:
            messages.information(self, self._theme, "The account is removed", "\n\n".join(removed.problems))

    @Slot(object)
    def _not_removed(self, problem: object) -> None:
        assert isinstance(problem, AppError)
        self.refresh()
        self.banner.show_error(problem, action="")


def ask_removal(parent: QWidget, theme: Theme, account: Account) -> bool | None:
    """Have the account's name typed; whether to erase what is remembered of it too, None for no removal."""
    text = (
        f"“{account.name}” and its key are removed from this computer. "
        "Nothing changes in NotifyVisitors, and the imports made with it stay in the history."
    )
    dialog = TypedQuestion(
        parent,
        theme,
        "Remove this account?",
        text,
        account.name,
        "Remove",
        "Type the account’s name to go on",
    )
    forget = QCheckBox("Also erase the profile changes, deleted profiles and recents kept for it")
    forget.setObjectName("accounts.forget")
    dialog.body.addWidget(forget)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    answer = forget.isChecked()
    dialog.deleteLater()
    return answer if accepted else None
