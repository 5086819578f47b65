"""Find and replace over the table: what, where, how many cells would change, and doing it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCheckBox, QLineEdit

from nv_desktop.core.job import Replacement
from nv_desktop.gui.importing.wording import counted
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, ComboBox, IconButton, Label, Surface, column, row

EVERYWHERE = "-1"
WAIT_MS = 250


class ReplaceBar(Surface):
    """count_wanted(Replacement): how many would it be? wanted(Replacement): do it. closed."""

    count_wanted = Signal(object)
    wanted = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("bar", name="import.replace")
        self.setAccessibleName("Find and replace")
        self.what = _line(theme, "Find", "import.replace.find", 180)
        self.instead = _line(theme, "Replace with", "import.replace.with", 180)
        self.columns = ComboBox(theme, name="import.replace.column", words="In which column")
        self.columns.setFixedWidth(150)
        self.case = _box("Aa", "Capital and small letters count", "import.replace.case")
        self.whole = _box("Whole cell", "Only cells that hold exactly this", "import.replace.whole")
        self.count = Label(theme, "", "small", "text2", name="import.replace.count")
        self.all = Button(theme, "Replace all", name="import.replace.all", on_click=self._replace)
        shut = IconButton(theme, "x", "Close", size=14, name="import.replace.close", on_click=self.close_bar)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._ask)
        for line in (self.what, self.instead):
            line.textChanged.connect(self.recount)
            line.returnPressed.connect(self._ask)
        self.columns.activated.connect(self.recount)
        for box in (self.case, self.whole):
            box.toggled.connect(self.recount)
        first = row(self.what, self.instead, self.all, self.count, None, shut, gap=8)
        second = row(self.columns, 4, self.case, self.whole, None, gap=8)
        self.setLayout(column(first, second, gap=6, margins=(24, 8, 16, 8)))
        self.setFixedHeight(86)
        self.all.set_allowed(False, "Type what to find")
        self.hide()
        away = QAction("Close find and replace", self)
        away.setShortcut(QKeySequence(QKeySequence.StandardKey.Cancel))
        away.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        away.triggered.connect(self.close_bar)
        self.addAction(away)

    def set_columns(self, labels: Sequence[str]) -> None:
        """The columns there are."""
        before = self.columns.current_key()
        self.columns.set_options(
            [(EVERYWHERE, "All columns"), *((str(n), words) for n, words in enumerate(labels))]
        )
        self.columns.choose(before or EVERYWHERE)

    def open_bar(self) -> None:
        """Show it, ready to type."""
        self.show()
        self.recount()
        self.what.setFocus()
        self.what.selectAll()

    @Slot()
    def close_bar(self) -> None:
        """Put it away."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def replacement(self) -> Replacement | None:
        """What is filled in; None without a text to find."""
        if not self.what.text():
            return None
        column = int(self.columns.current_key() or EVERYWHERE)
        return Replacement(
            self.what.text(), self.instead.text(), None if column < 0 else column,
            whole=self.whole.isChecked(), case=self.case.isChecked(),
        )  # fmt: skip

    def show_count(self, cells: int) -> None:
        """How many cells would change; what has been typed since is being counted."""
        if self._timer.isActive():
            return
        self.count.setText(counted(cells, "cell changes", "cells change"))
        self.all.set_allowed(cells > 0, "Nothing would change")

    def show_problem(self, sentence: str) -> None:
        self.count.setText(sentence)
        self.all.set_allowed(False, sentence)

    @Slot()
    def recount(self) -> None:
        """Something else is to be replaced, or elsewhere: count again."""
        if self.isHidden():
            return
        self.all.set_allowed(False, "Counting" if self.what.text() else "Type what to find")
        self.count.setText("")
        self._timer.start()

    @Slot()
    def _ask(self) -> None:
        self._timer.stop()
        wanted = self.replacement()
        if wanted is not None:
            self.count_wanted.emit(wanted)

    @Slot()
    def _replace(self) -> None:
        wanted = self.replacement()
        if wanted is not None:
            self.all.set_allowed(False, "At work")
            self.wanted.emit(wanted)


def _line(theme: Theme, words: str, name: str, width: int) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setPlaceholderText(words)
    line.setAccessibleName(words)
    line.setFont(theme.font("body"))
    line.setMaximumWidth(width)
    return line


def _box(words: str, tip: str, name: str) -> QCheckBox:
    box = QCheckBox(words)
    box.setObjectName(name)
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    return box
