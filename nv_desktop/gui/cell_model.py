"""Rows of a job as a Qt model: paged in by id out of the document, never a list of rows.

Knows rows, cells and what is wrong with them; which rows are shown, and what an edit does, its page decides.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from nv_desktop.core.errors import AppError
from nv_desktop.core.fields import Problem
from nv_desktop.core.job import Job, PageRow

Index = QModelIndex | QPersistentModelIndex

PAGE = 64
"""Rows read at once, on the main thread: 0.5 to 0.7 ms. (256 rows took 1 to 7 ms: a visible hitch.)"""
PAGES_KEPT = 64

_EDIT, _TIP, _ACCESSIBLE = 2, 3, 11
_LOCKED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_OPEN = _LOCKED | Qt.ItemFlag.ItemIsEditable


class CellModel(QAbstractTableModel):
    """Rows of a job, by an array of their ids; columns are those of the file.

    edited(row id, column, text): a person typed something else; the text is shown until `refresh`.
    failed(AppError): a page could not be read; its rows stay blank.
    """

    edited = Signal(object, int, str)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._titles: list[str] = []
        self._ids: Sequence[int] = array("q")
        self._pages: OrderedDict[int, list[PageRow | None]] = OrderedDict()
        self._typed: dict[tuple[int, int], str] = {}
        self._row_count = self._column_count = 0
        self.locked = False

    # what the page tells

    def set_job(self, job: Job | None, titles: Sequence[str] = ()) -> None:
        """Show another job, without rows until `set_ids`; None shows none."""
        self.beginResetModel()
        self._job, self._titles = job, list(titles)
        self._column_count = len(self._titles)
        self._forget(array("q"))
        self.endResetModel()

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show these rows in this order. Scroll the view to its top first: a reset far down is slow."""
        self.beginResetModel()
        self._forget(ids)
        self.endResetModel()

    def grow(self, ids: Sequence[int]) -> None:
        """Show more rows below those that are shown, with which `ids` begins."""
        if len(ids) > self._row_count:
            self.beginInsertRows(QModelIndex(), self._row_count, len(ids) - 1)
            self._pages.pop(self._row_count // PAGE, None)  # it ended too early
            self._ids, self._row_count = ids, len(ids)
            self.endInsertRows()

    def refresh(self) -> None:
        """Read again what is shown: cells, problems, verdicts have changed, the rows are the same."""
        self._pages.clear()
        self._typed.clear()
        if self._row_count and self._column_count:
            last = self.index(self._row_count - 1, self._column_count - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self._row_count - 1)

    def _forget(self, ids: Sequence[int]) -> None:
        self._ids = ids
        self._row_count = len(ids)
        self._pages.clear()
        self._typed.clear()

    # what others ask

    def ids(self) -> Sequence[int]:
        return self._ids

    def place(self, row_id: int) -> int:
        """Where a row of this id is shown, -1 where it is not."""
        try:
            return self._ids.index(row_id)
        except ValueError:
            return -1

    def page_row(self, row: int) -> PageRow | None:
        """What the document says about a shown row; None where it cannot be read."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self._read(number)
        return page[place] if place < len(page) else None

    def text(self, row: int, column: int) -> str:
        """The text of a cell, with what was just typed."""
        found = self.page_row(row)
        if found is None:
            return ""
        if self._typed:
            typed = self._typed.get((found.id, column))
            if typed is not None:
                return typed
        return found.cells[column]

    def is_waiting(self, row: int, column: int) -> bool:
        """Whether a typed text is not in the document yet."""
        return bool(self._typed) and (self._ids[row], column) in self._typed

    def put(self, row: int, column: int, text: str) -> bool:
        """Show a text at once and tell that a person wants it. False where it is there already."""
        if self.locked or self.text(row, column) == text:
            return False
        row_id = self._ids[row]
        self._typed[row_id, column] = text
        self.dataChanged.emit(self.index(row, column), self.index(row, column), [])
        self.edited.emit(row_id, column, text)
        return True

    def _read(self, number: int) -> list[PageRow | None]:
        ids = self._ids[number * PAGE : (number + 1) * PAGE]
        page: list[PageRow | None]
        try:
            found = {row.id: row for row in self._job.page(ids)} if self._job is not None else {}
            page = [found.get(row_id) for row_id in ids]
        except AppError as error:
            page = [None] * len(ids)
            self.failed.emit(error)
        self._pages[number] = page
        if len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return page

    # what Qt asks; roles are plain numbers here, since comparing enums 2,700 times a frame is slow

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._row_count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._column_count

    def data(self, index: Index, role: int = 0) -> Any:
        if role and role not in (_EDIT, _TIP, _ACCESSIBLE):
            return None
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        text = self.text(row, column)
        if role in (0, _EDIT):
            return text
        sentences = " ".join(problem.message for problem in self.problems(row, column))
        if role == _TIP:
            return sentences or None
        return f"{text or 'empty'}. {sentences}" if sentences else text or "empty"

    def problems(self, row: int, column: int) -> list[Problem]:
        """What is wrong with a cell, the worst first; column -1: with the row."""
        found = self.page_row(row)
        return found.problems.get(column, []) if found is not None else []

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        return role == _EDIT and index.isValid() and self.put(index.row(), index.column(), str(value))

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _LOCKED if self.locked else _OPEN

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._titles[section] if 0 <= section < self._column_count else None
        found = self.page_row(section) if 0 <= section < self._row_count else None
        return f"{found.number:,}" if found is not None else ""
