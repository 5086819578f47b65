"""Whom to delete: IDs that are pasted or typed, or a file; nothing is read or asked here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QWidget

from nv_desktop.core.pasted_ids import listed_ids
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, Dialog, Label
from nv_desktop.gui.words import counted

FILES = "Lists (*.xlsx *.xlsm *.xls *.xlsb *.ods *.csv *.tsv *.txt);;All files (*)"


@dataclass(frozen=True, slots=True)
class Whom:
    """A file, or else the IDs as they were listed, doubles included."""

    file: Path | None = None
    user_ids: tuple[str, ...] = ()


def ask_whom(parent: QWidget, theme: Theme) -> Whom | None:
    """None when it was put away."""
    dialog = WhomDialog(parent, theme)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    whom = dialog.whom
    dialog.deleteLater()
    return whom if accepted else None


def ask_file(parent: QWidget) -> Path | None:
    """A list to read; None when it was put away."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Delete users from a list", "", FILES)
    return Path(chosen) if chosen else None


class WhomDialog(Dialog):
    """`whom` once it was accepted."""

    def __init__(self, parent: QWidget | None, theme: Theme) -> None:
        self.whom = Whom()
        self.file = Button(theme, "Choose a file…", "", "folder-open", name="whom.file")
        self.back = Button(theme, "Cancel", name="whom.cancel")
        self.go = Button(theme, "Go on", "primary", name="whom.action")
        super().__init__(
            parent, theme, "Delete users from a list", self.file, None, self.back, self.go,
            width=520, name="whom",
        )  # fmt: skip
        text = (
            "Paste user IDs, one a line, or choose a spreadsheet with a column of them. "
            "Nothing is deleted yet: the list is looked at, and you are asked."
        )
        self.body.addWidget(Label(theme, text, "body", "text2", wrap=True))
        self.ids = QPlainTextEdit()
        self.ids.setObjectName("whom.ids")
        self.ids.setAccessibleName("User IDs")
        self.ids.setPlaceholderText("One user ID a line")
        self.ids.setFont(theme.font("mono"))
        self.ids.setTabChangesFocus(True)
        self.ids.setMinimumHeight(190)
        self.body.addWidget(self.ids)
        self.count = Label(theme, "", "small", "text2", name="whom.count")
        self.body.addWidget(self.count)
        self.ids.textChanged.connect(self._count)
        self.file.clicked.connect(self._choose)
        self.back.clicked.connect(self.reject)
        self.go.clicked.connect(self._agree)
        self._count()
        self.ids.setFocus()

    @Slot()
    def _count(self) -> None:
        found = len(listed_ids(self.ids.toPlainText()))
        self.count.setText(f"{counted(found, 'user ID')} listed." if found else "No user ID is listed yet.")
        self.go.set_allowed(found > 0, "List somebody first, or choose a file")

    @Slot()
    def _choose(self) -> None:
        path = ask_file(self)
        if path is not None:
            self.whom = Whom(file=path)
            self.accept()

    @Slot()
    def _agree(self) -> None:
        self.whom = Whom(user_ids=tuple(listed_ids(self.ids.toPlainText())))
        self.accept()
