"""The keys of the program, on one sheet."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from nv_desktop.gui.actions import bindings
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.buttons import Button
from nv_desktop.gui.widgets.dialog import Dialog
from nv_desktop.gui.widgets.layout import boxed, row
from nv_desktop.gui.widgets.text import KeyHint, Label

Key = QKeySequence.StandardKey | str

KEYS: tuple[tuple[str, tuple[tuple[tuple[Key, ...], str], ...]], ...] = (
    (
        "Everywhere",
        (
            (("Ctrl+K",), "Look a person up, or find any action by name"),
            ((QKeySequence.StandardKey.Open,), "Import a file"),
            (
                (QKeySequence.StandardKey.Paste,),
                "Paste cells from Excel to import them, or IDs to look up",
            ),
            (("Ctrl+1", "Ctrl+5"), "1 to 5: People, Import, History, Accounts, Settings"),
            (("F1",), "This sheet"),
        ),
    ),
    (
        "Where something can be changed",
        (
            ((QKeySequence.StandardKey.Save,), "Save"),
            (("Ctrl+Z",), "Undo"),
            (("Ctrl+Shift+Z",), "Redo"),
            (("F8", "Shift+F8"), "Next problem, previous problem"),
            (("F5",), "Read again"),
        ),
    ),
    (
        "In the table",
        (
            ((QKeySequence.StandardKey.Find,), "Find"),
            ((QKeySequence.StandardKey.Replace,), "Replace"),
            (("Return",), "Open the row, or edit the cell"),
            (("Ctrl+D",), "Fill down: the first selected text into those below"),
            ((QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste), "Copy to Excel, paste a block"),
            ((QKeySequence.StandardKey.Delete,), "Empty the selected cells"),
        ),
    ),
)


def key_text(key: Key) -> str:
    """A key as this system writes it: "Ctrl K" here, "⌘K" on a Mac."""
    keys = bindings(key)[0] if isinstance(key, QKeySequence.StandardKey) else QKeySequence(key)
    text = keys.toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("+", " ")


class KeyboardSheet(Dialog):
    """Opened by F1."""

    def __init__(self, parent: QWidget | None, theme: Theme) -> None:
        close = Button(theme, "Close", "primary", name="keys.action", on_click=self.accept)
        super().__init__(parent, theme, "Keyboard", None, close, width=600, name="keys")
        for title, lines in KEYS:
            self.body.addWidget(Label(theme, title, "strong"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(7)
            grid.setColumnStretch(1, 1)
            grid.setColumnMinimumWidth(0, 160)
            for number, (keys, words) in enumerate(lines):
                hints = [KeyHint(theme, key_text(key)) for key in keys]
                grid.addWidget(boxed(row(*hints, None, gap=4)), number, 0)
                grid.addWidget(Label(theme, words, "body", "text2"), number, 1)
            self.body.addLayout(grid)
        close.setFocus()
