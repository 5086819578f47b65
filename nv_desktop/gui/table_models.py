"""Rows of objects as a Qt model: display text, a sort value, what to paint, and the object itself.

For lists that fit in memory (history, accounts, look-ups: up to some 20,000 rows). The million rows of
an import are paged by `cell_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The row object."""
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""The raw value that sorts."""
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 3
"""The `Cell` to paint."""

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows, as data; `widgets.tables` paints it. Colours and fonts are names of the theme.

    A `second` line makes it a two-line cell (rows of 47 or more). `section` makes the row a heading
    ("TODAY"), drawn over all columns from the first. `told` is read aloud in place of the texts.
    """

    text: str = ""
    second: str = ""
    role: str = ""
    tone: str = "text"
    second_role: str = "second"
    second_tone: str = "text3"
    icon: str = ""
    icon_token: str = "text2"
    tint: str = ""
    """error, warn (each with its 2 px line), ok, changed."""
    was: str = ""
    """The old value beside the new one."""
    badges: tuple[tuple[str, str, str], ...] = ()
    """(text, tone, icon)"""
    environment: str = ""
    right: str = ""
    right_icon: str = ""
    right_token: str = "text3"
    parts: tuple[Any, ...] = ()
    """`widgets.meters.Part`s of a small bar, drawn over `second`."""
    edge: str = ""
    """Token of a 5 px bar on the left: an account's colour."""
    align_right: bool = False
    is_edited: bool = False
    """A corner says that a person changed this cell."""
    section: bool = False
    told: str = ""

    def spoken(self) -> str:
        if self.told:
            return self.told
        words = [self.text, self.environment, self.second, *(badge[0] for badge in self.badges), self.right]
        if self.was:
            words.append(f"was {self.was}")
        return ", ".join(word for word in words if word)


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column: its title and how a row object becomes a cell. `sort` gives the value to order by."""

    title: str
    cell: Callable[[T], Cell | str]
    width: int = 120
    sort: Callable[[T], Any] | None = None
    align_right: bool = False


class RowsModel(QAbstractTableModel, Generic[T]):
    """Shows `rows` through `columns`. `key` names a row across updates (a job's id)."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        rows: Sequence[T] = (),
        *,
        key: Callable[[T], Hashable] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows = list(rows)
        self._key = key

    def rows(self) -> Sequence[T]:
        return self._rows

    def row(self, number: int) -> T:
        return self._rows[number]

    def find(self, key: Hashable) -> int:
        """Number of the row with this key, -1 if there is none."""
        if self._key is not None:
            for number, row in enumerate(self._rows):
                if self._key(row) == key:
                    return number
        return -1

    def set_rows(self, rows: Sequence[T]) -> None:
        """Show other rows. Where the keys are the same in the same order, selection and scroll stay."""
        if self._key is not None and [*map(self._key, rows)] == [*map(self._key, self._rows)]:
            self._rows = list(rows)
            if rows:
                last = self.index(len(rows) - 1, len(self.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last, [])
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def append(self, rows: Sequence[T]) -> None:
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def replace(self, number: int, row: T) -> None:
        self._rows[number] = row
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1), [])

    def remove(self, number: int) -> None:
        self.beginRemoveRows(QModelIndex(), number, number)
        del self._rows[number]
        self.endRemoveRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def cell(self, number: int, column: int) -> Cell:
        made = self.columns[column].cell(self._rows[number])
        if isinstance(made, Cell):
            return made
        return Cell(made, align_right=self.columns[column].align_right)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not index.isValid():
            return None
        if role == CELL_ROLE:
            return self.cell(index.row(), index.column())
        if role == _DISPLAY:
            return self.cell(index.row(), index.column()).text
        if role == _ACCESSIBLE:
            return self.cell(index.row(), index.column()).spoken()
        if role == ROW_ROLE:
            return self._rows[index.row()]
        if role == SORT_ROLE:
            sort = self.columns[index.column()].sort
            return sort(self._rows[index.row()]) if sort else self.data(index)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == _DISPLAY else None
        if not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return self.columns[section].title
        if role == _ALIGN:
            side = (
                Qt.AlignmentFlag.AlignRight
                if self.columns[section].align_right
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self.cell(index.row(), 0).section:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column's `sort`; a column without one changes nothing."""
        by = self.columns[column].sort if 0 <= column < len(self.columns) else None
        if by is None:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [(self._rows[index.row()], index.column()) for index in before]
        self._rows.sort(key=by, reverse=order == Qt.SortOrder.DescendingOrder)
        place = {id(row): number for number, row in enumerate(self._rows)}
        self.changePersistentIndexList(before, [self.index(place[id(row)], col) for row, col in kept])
        self.layoutChanged.emit()
