"""The rows of a result as a virtual table: ids in memory, cells by the page out of the job document."""

from __future__ import annotations

import re
from array import array
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from nv_desktop.core.errors import AppError
from nv_desktop.core.fields import Level
from nv_desktop.core.job import Job, PageRow
from nv_desktop.core.job.ledger import State
from nv_desktop.gui.job.kinds import IMPORT, Words
from nv_desktop.gui.table_models import CELL_ROLE, ROW_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex

PAGE = 100
PAGES_KEPT = 12
FIRST = ("Row", "Now", "Why")
WIDTHS = (76, 112, 330)
CELL_WIDTHS = (110, 290)  # at least, at most
LOOKED_AT = 40  # rows whose texts decide how wide a column is
MOST_WIDE = 200  # columns of the file that are shown; a wider file is corrected in the table of step 3
EDITABLE = frozenset({State.REFUSED, State.SKIPPED, State.NOT_SENT})

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_EDIT = int(Qt.ItemDataRole.EditRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the table knows of a job: its header, and (column, names) by which a reason may call it."""

    header: tuple[str, ...] = ()
    names: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @staticmethod
    def of(job: Job) -> Shape:
        header = job.header()
        targets: dict[int, list[str]] = {}
        for column in job.mapping().columns:
            if column.target is not None:
                targets.setdefault(column.index, [header[column.index]]).append(column.target)
        return Shape(
            tuple(header[:MOST_WIDE]),
            tuple((index, tuple(names)) for index, names in targets.items() if index < MOST_WIDE),
        )

    def guilty(self, reason: str) -> int:
        """The column that a refusal speaks of, -1 when it names none. The longest name found counts; that
        of the userID only where no other is found, since a refusal often says whose it is."""
        best, found = 0, -1
        for index, names in self.names:
            for name in names:
                weight = 1 if "userID" in names else 1 + len(name)
                if weight > best and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", reason, re.IGNORECASE):
                    best, found = weight, index
        return found


class ResultModel(QAbstractTableModel):
    """Rows by their ids. `cell_edited(row id, column, text)` when a person typed; `failed(AppError)` when the
    document cannot be read. Reads a page of 100 rows at a time, some milliseconds, when it is first shown."""

    cell_edited = Signal(int, int, str)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._shape = Shape()
        self._ids: Sequence[int] = array("q")
        self._pages: OrderedDict[int, list[PageRow]] = OrderedDict()
        self._mended: Collection[int] = frozenset()
        self._typed: dict[tuple[int, int], str] = {}
        self._may_edit = False
        self.words: Words = IMPORT

    def show_job(self, job: Job | None, shape: Shape, may_edit: bool) -> None:
        """Another job, no rows yet."""
        self.beginResetModel()
        self._job, self._shape, self._may_edit = job, shape, may_edit
        self._ids, self._mended = array("q"), frozenset()
        self._pages.clear()
        self._typed.clear()
        self.endResetModel()

    def show_ids(self, ids: Sequence[int], mended: Collection[int]) -> None:
        """These rows, in this order. The same rows again keep selection and scroll."""
        self._mended = mended
        self._pages.clear()
        if ids == self._ids:
            self._tell_all()
            return
        self.beginResetModel()
        self._ids = ids
        self.endResetModel()

    def refresh(self, mended: Collection[int]) -> None:
        """Read again what an edit may have changed."""
        self._mended = mended
        self._typed.clear()
        self._pages.clear()
        self._tell_all()

    def _tell_all(self) -> None:
        if self._ids:
            last = self.index(len(self._ids) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])

    def width(self, column: int) -> int:
        """The points that a column of the file asks for, by its title and by the first texts."""
        index = column - len(FIRST)
        longest = len(self._shape.header[index])
        for number in range(min(LOOKED_AT, len(self._ids))):
            row = self.page_row(number)
            if row is not None:
                was = row.before.get(index)
                longest = max(longest, len(row.cells[index]) + (len(was) + 5 if was is not None else 0))
        least, most = CELL_WIDTHS
        return max(least, min(most, 7 * longest + 30))

    def page_row(self, number: int) -> PageRow | None:
        """The row at this place of the table; None where it cannot be read."""
        page = number // PAGE
        rows = self._pages.get(page)
        if rows is None:
            rows = self._read(page)
        self._pages.move_to_end(page)
        place = number - page * PAGE
        return rows[place] if place < len(rows) else None

    def _read(self, page: int) -> list[PageRow]:
        rows: list[PageRow] = []
        if self._job is not None:
            try:
                rows = self._job.page(self._ids[page * PAGE : (page + 1) * PAGE])
            except AppError as error:
                self.failed.emit(error)
        self._pages[page] = rows
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return rows

    # --- Qt ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(FIRST) + len(self._shape.header)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == _DISPLAY else None
        titles = (*FIRST, *self._shape.header)
        if role == _DISPLAY and 0 <= section < len(titles):
            return titles[section]
        if role == _ALIGN:
            side = Qt.AlignmentFlag.AlignRight if section == 0 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not index.isValid() or role not in _ROLES:
            return None
        row = self.page_row(index.row())
        if row is None:
            return Cell() if role == CELL_ROLE else None
        if role == ROW_ROLE:
            return row
        if role == _EDIT:
            return row.cells[index.column() - 3] if index.column() >= 3 else None
        cell = self._cell(row, index.column())
        if role == CELL_ROLE:
            return cell
        return cell.spoken() if role in (_ACCESSIBLE, _TIP) else cell.text

    def _cell(self, row: PageRow, column: int) -> Cell:
        if column == 0:
            return Cell(f"{row.number:,}", role="small", tone="text2", align_right=True)
        if column == 1:
            return self._now(row)
        if column == 2:
            return Cell(why(row), role="small", tone="text2")
        return self._file_cell(row, column - len(FIRST))

    def _now(self, row: PageRow) -> Cell:
        if row.id in self._mended:
            return Cell("", badges=(("Fixed", "ok", "check"),))
        look = self.words.look(row)
        tone = "plain" if look.tone == "text3" else look.tone
        return Cell("", badges=((look.word, tone, look.icon),))

    def _file_cell(self, row: PageRow, index: int) -> Cell:
        text = self._typed.get((row.id, index), row.cells[index])
        was = row.before.get(index)
        edited = was is not None and was != text
        problems = row.problems.get(index, ())
        tint = ""
        if any(problem.level >= Level.ERROR for problem in problems):
            tint = "error"
        elif edited:
            tint = "ok"
        elif row.state is State.REFUSED and row.id not in self._mended:
            tint = "error" if self._shape.guilty(row.reason or "") == index else ""
        told = "; ".join(problem.message for problem in problems)
        return Cell(
            text,
            role="small",
            tint=tint,
            was=(was or "empty") if edited else "",
            told=f"{text}. {told}" if told else "",
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not self._may_edit or not index.isValid() or index.column() < len(FIRST):
            return flags
        row = self.page_row(index.row())
        if row is not None and row.state in EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        row = self.page_row(index.row()) if index.isValid() and role == _EDIT else None
        if row is None or index.column() < len(FIRST):
            return False
        column, text = index.column() - len(FIRST), str(value)
        if text == row.cells[column]:
            return False
        self._typed[row.id, column] = text  # shown until the document has it
        self.dataChanged.emit(index, index, [])
        self.cell_edited.emit(row.id, column, text)
        return True


_ROLES = frozenset({CELL_ROLE, ROW_ROLE, _DISPLAY, _EDIT, _ACCESSIBLE, _TIP})


def why(row: PageRow) -> str:
    """Why a row is what it is: what is wrong with it now, else the server's or the check's reason."""
    for column in sorted(row.problems):
        for problem in row.problems[column]:
            if problem.level >= Level.ERROR:
                return problem.message
    return row.reason or ""
