"""What drops down from the search box: every action by name, people, and "look this up"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.frames import Surface
from nv_desktop.gui.widgets.layout import column
from nv_desktop.gui.widgets.tables import RowList

_SHOWN = 9


@dataclass(frozen=True, slots=True)
class Command:
    """An action of a page (by its key), or of the window (page "")."""

    action: QAction
    page: str = ""

    def words(self) -> str:
        return self.action.text().replace("&", "").rstrip("…")

    def keys(self) -> str:
        keys = self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return keys.replace("+", " ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: what it says, and what choosing it does (exactly one of the three)."""

    cell: Cell
    command: Command | None = None
    person: str = ""
    lookup: str = ""


def matches(text: str, words: str) -> bool:
    """Whether every typed word begins a word of the name: "und imp" finds "Undo this import"."""
    names = words.casefold().split()
    return all(any(name.startswith(part) for name in names) for part in text.casefold().split())


class CommandPalette(Surface):
    """Opens under `search` while that has the focus; the keyboard stays in the box.

    `looked_up(text)`, `command_chosen(Command)`; `edited(text)` asks for people that fit, which
    `suggest_people` then shows.
    """

    looked_up = Signal(str)
    command_chosen = Signal(object)
    edited = Signal(str)

    def __init__(
        self, theme: Theme, search: QLineEdit, window: QWidget, commands: Callable[[], Sequence[Command]]
    ) -> None:
        super().__init__("popup", name="palette")
        self.setParent(window)
        self.setAccessibleName("Actions and people")
        self._search, self._commands = search, commands
        self._people: tuple[tuple[str, str], ...] = ()
        self._before: QWidget | None = None
        self.model: RowsModel[Entry] = RowsModel([Column("", lambda entry: entry.cell)], parent=self)
        self.list = RowList(
            theme, self.model, name="palette.list", words="Actions and people", row_height=34, kind="clear"
        )
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._choose)
        self.setLayout(column(self.list, margins=(1, 6, 1, 6)))
        self.hide()
        search.installEventFilter(self)
        search.textEdited.connect(self._edit)

    @Slot()
    def open(self) -> None:
        """Put the focus into the box, remembering where it was, and show the list."""
        focused = self.window().focusWidget()
        if focused is not self._search:
            self._before = focused
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()
        self._refill()

    def suggest_people(self, text: str, people: Sequence[tuple[str, str]]) -> None:
        """(user ID, name) that fit `text`; ignored when something else stands in the box by now."""
        if text == self._search.text():
            self._people = tuple(people)
            if self._search.hasFocus():
                self._refill()

    def entries(self) -> Sequence[Entry]:
        return self.model.rows()

    @Slot(str)
    def _edit(self, text: str) -> None:
        self._people = ()
        self._refill()
        self.edited.emit(text)

    def _refill(self) -> None:
        text = self._search.text().strip()
        found = [_command_entry(command) for command in self._commands() if _fits(command, text)]
        people = [
            Entry(Cell(name or user, icon="user", right=user if name else ""), person=user)
            for user, name in self._people
        ]
        rows = people + found
        if text:
            lookup = Entry(Cell(f"Look up {text}", icon="magnifying-glass", role="medium"), lookup=text)
            is_name = not any(letter.isdigit() or letter in "@+" for letter in text)
            # What looks like an ID means itself; a name means whoever, or whatever, bears it.
            rows = [*rows, lookup] if is_name and rows else [lookup, *rows]
        rows = rows[:_SHOWN] + [row for row in rows[_SHOWN:] if row.lookup]
        self.model.set_rows(rows)
        if rows:
            self._go(0)
            self._place(len(rows))
        self.setVisible(bool(rows))

    def _place(self, count: int) -> None:
        corner = self._search.mapTo(self.window(), QPoint(0, self._search.height() + 6))
        self.setGeometry(corner.x(), corner.y(), max(420, self._search.width()), count * 34 + 14)
        self.raise_()

    def _go(self, number: int) -> None:
        self.list.select(number)
        self._search.setAccessibleDescription(self.model.cell(number, 0).text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._press(event)
            if event.type() == QEvent.Type.MouseButtonPress and self.isHidden():
                self._refill()
            elif event.type() == QEvent.Type.FocusOut:
                self.hide()
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        key, count = event.key(), self.model.rowCount()
        number = self.list.currentIndex().row()
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.isHidden():
            self._choose(self.list.currentIndex())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self.isHidden():
                self._refill()
            elif count:
                self._go((number + (1 if key == Qt.Key.Key_Down else -1)) % count)
        else:
            return False
        return True

    def _leave(self) -> None:
        self.hide()
        self._search.clear()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self.model.row(index.row())
        self._leave()
        if entry.command is not None:
            self.command_chosen.emit(entry.command)
        else:
            self.looked_up.emit(entry.person or entry.lookup)


def _fits(command: Command, text: str) -> bool:
    return command.action.isEnabled() and command.action.isVisible() and matches(text, command.words())


def _command_entry(command: Command) -> Entry:
    return Entry(Cell(command.words(), icon="caret-right", icon_token="text3", right=command.keys()), command)
