"""The question before a list of users is deleted: how many, from where, what is kept, who stays behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from nv_desktop.core import deletion
from nv_desktop.core.accounts import Account
from nv_desktop.core.upload.deleting import Entry, Price
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Dialog,
    EnvironmentBadge,
    Field,
    IconLabel,
    Label,
    Surface,
    Table,
    boxed,
    column,
    plain_header,
    row,
)
from nv_desktop.gui.words import about, counted, rows

SHOWN = 1_000  # lines of the list that are shown
_LINES = 6  # of them at once


@dataclass(frozen=True, slots=True)
class DeleteList:
    """A list that was read and checked. `path`: its document, which deletes nobody until it is confirmed;
    `kept` and `bare`: what it costs with and without copies; `entries`: the first of its lines; `rate`: calls
    a minute."""

    path: Path
    name: str
    rows: int
    kept: Price
    bare: Price
    entries: tuple[Entry, ...]
    rate: int


def ask_delete_list(parent: QWidget, theme: Theme, account: Account, found: DeleteList) -> bool | None:
    """Have the count typed (on production the account's name as well); whether copies are kept, or None when
    nobody shall be deleted."""
    dialog = DeleteListDialog(parent, theme, account, found)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    keep = dialog.keeps()
    dialog.deleteLater()
    return keep if accepted else None


class DeleteListDialog(Dialog):
    """Return never deletes by itself: Cancel has the focus and is the default."""

    def __init__(self, parent: QWidget | None, theme: Theme, account: Account, found: DeleteList) -> None:
        self._found, self._account = found, account
        users = counted(found.kept.users, "user")
        self.yes = Button(theme, f"Delete {users}", "danger", "trash", name="delete_list.action")
        self.no = Button(theme, "Cancel", name="delete_list.cancel")
        badge = EnvironmentBadge(theme, account.environment, name="delete_list.environment")
        super().__init__(
            parent, theme, f"Delete {users}?", None, self.no, self.yes,
            width=640, beside=badge, name="delete_list",
        )  # fmt: skip
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self.reject)
        where = "the sandbox" if account.is_sandbox else f"“{account.name}”"
        text = f"The users of “{found.name}” are deleted from {where}, for everybody who uses it."
        self.setAccessibleDescription(text)
        self.body.addWidget(Label(theme, text, "body", "text2", wrap=True))
        self.body.addWidget(self._list(theme))
        self.body.addWidget(self._keeping(theme))
        self._ask(theme)
        self.no.setDefault(True)
        self._compare()
        (self.count.editor if found.kept.users else self.no).setFocus()

    def _list(self, theme: Theme) -> Surface:
        found, behind = self._found, self._found.kept.left_out
        words = f"{rows(behind)} of {found.rows:,} stay behind" if behind else "Every row names one user"
        words += f"; the first {SHOWN:,} are shown." if found.rows > SHOWN else "."
        self.behind = Label(theme, words, "strong", name="delete_list.behind")
        icon = IconLabel(theme, "prohibit" if behind else "check-circle", "warn" if behind else "ok")
        head = row(icon, self.behind, None, gap=8, margins=(14, 10, 14, 8))
        self.model: RowsModel[Entry] = RowsModel(_columns(), key=lambda each: each.number, parent=self)
        self.model.set_rows(list(found.entries))
        self.table = Table(
            theme, self.model, name="delete_list.rows", words="Rows of the list", row_height=28, stretch=2
        )
        plain_header(self.table)
        self.table.setFixedHeight(32 + 28 * min(_LINES, max(2, len(found.entries))) + 2)
        return Surface("inset", column(head, self.table, gap=0))

    def _keeping(self, theme: Theme) -> QWidget:
        self.price = Label(theme, "", "body", wrap=True, name="delete_list.price")
        self.forget = QCheckBox("Delete for good: keep no copies here")
        self.forget.setObjectName("delete_list.forget")
        self.forget.setAccessibleDescription("For people who asked to be forgotten. It cannot be undone.")
        self.forget.toggled.connect(self._show_price)
        line = row(IconLabel(theme, "archive", "text2"), self.price, gap=8)
        line.setStretch(1, 1)
        self._show_price()
        return boxed(column(line, self.forget, gap=8))

    def _ask(self, theme: Theme) -> None:
        number = self._found.kept.users
        self.count = Field(theme, f"Type the number of users to go on: {number:,}", name="delete_list.count")
        self.name = Field(theme, f"Type the account’s name: {self._account.name}", name="delete_list.name")
        self.asks_name = self._account.environment == "production"
        for field, asked in ((self.count, number > 0), (self.name, number > 0 and self.asks_name)):
            self.body.addWidget(field)
            field.setVisible(asked)
            field.edited.connect(self._compare)

    def keeps(self) -> bool:
        """Whether copies go on the shelf first."""
        return not self.forget.isChecked()

    @Slot()
    def _show_price(self) -> None:
        found, keep = self._found, self.keeps()
        cost = found.kept if keep else found.bare
        calls = (
            f"{counted(cost.calls, 'call')} in all, {about(cost.seconds)} at {found.rate:,} calls a minute."
        )
        if keep:
            first = (
                f"Each full profile is read first and kept on this computer ({counted(cost.users, 'read')}), "
                f"then deleted: {calls} They can be restored from the shelf. {deletion.CANNOT_RETURN}"
            )
        else:
            first = f"Nothing is read or kept: {calls} Nobody can bring these profiles back."
        self.price.setText(first)

    @Slot()
    def _compare(self) -> None:
        number = self._found.kept.users
        if not number:
            reason = "There is no user ID in this list that can be deleted"
        elif self.count.text().strip() not in (str(number), f"{number:,}"):
            reason = f"Type {number:,} first"
        elif self.asks_name and self.name.text() != self._account.name:
            reason = f"Type {self._account.name} first"
        else:
            reason = ""
        self.yes.set_allowed(not reason, reason)

    @Slot()
    def _agree(self) -> None:
        """Take no second press."""
        self.yes.set_allowed(False, "It has begun")
        self.accept()


def _columns() -> Sequence[Column[Entry]]:
    return (
        Column("Row", lambda each: Cell(f"{each.number:,}", role="small", tone="text2"), 64),
        Column("User ID", lambda each: Cell(each.user_id or "(blank)", role="mono_small"), 170),
        Column("", _fate, 200),
    )


def _fate(each: Entry) -> Cell:
    if not each.why:
        return Cell("Is deleted", role="small", tone="text2", icon="trash", icon_token="error")
    return Cell(each.why, role="small", tone="text2", icon="prohibit", icon_token="text3", told=each.why)
