"""The result workbook: every row of the file as it was, with its number, its outcome and the reason.

Text cells only: nothing that a customer typed becomes a formula, a link or a number. Opened again as an
import, the original columns come back as they were. Excel's limits: 1,048,576 lines of a sheet (then there
are several), 32,767 characters of a cell (then the whole text stands in a csv that the workbook names).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level
from nv_desktop.core.files import reason as why
from nv_desktop.core.job import Job, PageRow
from nv_desktop.core.job.ledger import State
from nv_desktop.core.report.place import Place
from nv_desktop.core.report.receipt import lines, receipt
from nv_desktop.core.report.text_cells import CELL_UNITS, PlainSheet, close_book, new_book, put
from nv_desktop.core.result_columns import ADDED
from nv_desktop.core.upload.options import DELETE, KIND

ALL: frozenset[State | None] = frozenset((*State, None))
REFUSED: frozenset[State | None] = frozenset((State.REFUSED, State.SKIPPED))
NOT_THROUGH: frozenset[State | None] = ALL - {State.CONFIRMED, State.ACCEPTED}

SHEET_ROWS = 1_048_575  # under the header
PAGE = 1_000
DELETED = {State.CONFIRMED: "deleted", State.ACCEPTED: "deleted soon", State.NOT_SENT: "not deleted"}
NOT_THERE = "not there"
_FILLS = {Level.ERROR: "#F8D7DA", Level.WARNING: "#FFF3CD"}


@dataclass
class Written:
    """What was written where; `sentences` for a person, in order."""

    path: Path
    rows: int = 0
    side_file: Path | None = None
    sentences: list[str] = field(default_factory=list)


def write_result(job: Job, path: Path, states: Collection[State | None] = ALL) -> list[str]:
    """`write`, for those who only pass its sentences on."""
    return write(job, path, states).sentences


def write(
    job: Job,
    path: Path,
    states: Collection[State | None] = ALL,
    tell: Callable[[int], None] = lambda _rows: None,
    only: Callable[[PageRow], bool] = lambda _row: True,
) -> Written:
    """Write the workbook (0600, whole or not at all). `states`: which rows, e.g. ALL, REFUSED, NOT_THROUGH;
    `only` says of each of these whether it is wanted.

    `tell(rows looked at)` now and then; what it raises ends the writing, and nothing is left then. A file
    that another program holds open is left alone, and the next free name is taken. Raises BadFile.
    """
    deletes = job.meta(KIND) == DELETE
    try:
        with Place(path) as place:
            written = Written(place.path)
            with _Result(place.new("book.xlsx"), place.folder, job.header(), deletes) as book:
                for row in filter(only, _rows(job, states, tell)):
                    book.add(row)
                    written.rows += 1
                side = place.beside("long cells.csv") if book.long else None
                book.finish(receipt(job), side.name if side else None)
            if side is not None:
                place.put_beside(side, side_csv(book.long))
                written.side_file = side
            written.path = place.put("book.xlsx")
    except OSError as problem:
        raise BadFile(
            f"“{path.name}” could not be written: {why(problem)}.", "Choose another folder or name."
        ) from problem
    written.sentences = _sentences(written, path)
    return written


def _sentences(written: Written, asked: Path) -> list[str]:
    said = []
    if written.path != asked:
        said.append(f"“{asked.name}” is open in another program, so another name was taken.")
    said.append(f"{written.rows:,} rows are in “{written.path.name}”.")
    if written.side_file is not None:
        said.append(f"Texts too long for a cell are whole in “{written.side_file.name}”.")
    return said


def _rows(job: Job, states: Collection[State | None], tell: Callable[[int], None]) -> Iterator[PageRow]:
    last = job.row_count()
    for start in range(1, last + 1, PAGE):
        tell(start - 1)
        for row in job.page(range(start, min(start + PAGE, last + 1))):
            if row.state in states:
                yield row


def side_csv(long: list[tuple[str, str, str]], first: str = ADDED[0]) -> bytes:
    """(row, header, text) of what no cell can hold; `first` says what a row is named by."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((first, "Column", "Text"))
    writer.writerows(long)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "surrogatepass")


class _Result:
    """The workbook while it is written. `long`: (row number, header, text) of what no cell can hold."""

    def __init__(self, path: Path, folder: Path, header: list[str], deletes: bool) -> None:
        self._book = new_book(path, folder)
        self._deletes = deletes
        self._bold = self._book.add_format({"bold": True})
        self._fills = {level: self._book.add_format({"bg_color": fill}) for level, fill in _FILLS.items()}
        # A job made from a result workbook has the added columns already.
        self._columns = [index for index, name in enumerate(header) if name not in ADDED]
        self._header = [*ADDED, *(header[index] for index in self._columns)]
        self._sheet: Any = None
        self._sheets = 0
        self._line = SHEET_ROWS
        self.long: list[tuple[str, str, str]] = []

    def __enter__(self) -> _Result:
        self._next_sheet()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_book(self._book)

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = "Rows" if self._sheets == 1 else f"Rows {self._sheets}"
        self._sheet = self._book.add_worksheet(name, PlainSheet)
        self._sheet.freeze_panes(1, len(ADDED))
        self._sheet.set_column(2, 2, 40)
        self._sheet.set_column(3, len(self._header), 18)
        self._line = 0
        for column, text in enumerate(self._header):
            self._put(column, text, "1", text, self._bold)

    def add(self, row: PageRow) -> None:
        """One row; cells with a problem are marked."""
        if self._line == SHEET_ROWS:
            self._next_sheet()
        self._line += 1
        number = str(row.number)
        self._put(0, number, number, ADDED[0])
        self._put(1, outcome_of(row, self._deletes), number, ADDED[1])
        self._put(2, reason_of(row, self._header, self._columns), number, ADDED[2])
        for place, index in enumerate(self._columns, len(ADDED)):
            fill = self._fill(row, index) if row.problems else None
            text = row.cells[index]
            if text:
                self._put(place, text, number, self._header[place], fill)
            elif fill is not None:
                self._sheet.write_blank(self._line, place, None, fill)

    def _fill(self, row: PageRow, index: int) -> Any:
        levels = [problem.level for problem in row.problems.get(index, ())]
        return self._fills.get(max(levels)) if levels else None

    def _put(self, column: int, text: str, number: str, header: str, style: Any = None) -> None:
        if not text:
            return
        if put(self._sheet, self._line, column, text, style):
            self.long.append((number, header, text))

    def finish(self, told: dict[str, Any], side_file: str | None) -> None:
        """The receipt as the last sheet."""
        sheet = self._book.add_worksheet("Receipt", PlainSheet)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 70)
        entries = list(lines(told))
        if side_file is not None:
            entries.insert(0, ("texts too long for a cell", side_file))
        for line, (name, text) in enumerate(entries):
            if sheet.write_string(line, 0, name, self._bold) or (
                text and sheet.write_string(line, 1, text[:CELL_UNITS])
            ):
                raise ValueError("the receipt does not fit a cell")


def outcome_of(row: PageRow, deletes: bool = False) -> str:
    """The word for what became of a row; one that stands as sending while nobody sends is unknown.

    `deletes`: of a list of users that were to be deleted.
    """
    state = State.NOT_SENT if row.state is None else row.state
    state = State.UNKNOWN if state is State.SENDING else state
    if not deletes:
        return state.word
    if state is State.SKIPPED and row.send:
        return NOT_THERE
    return DELETED.get(state, state.word)


def reason_of(row: PageRow, header: list[str], columns: list[int]) -> str:
    """Why, in sentences: the ledger's reason, or for rows that were not sent each error with its column."""
    if row.state in (State.SKIPPED, None) and not row.skipped:
        found = []
        for index, problems in sorted(row.problems.items()):
            name = header[columns.index(index) + len(ADDED)] + ": " if index in columns else ""
            found += [name + problem.message for problem in problems if problem.level >= Level.ERROR]
        if found:
            return " ".join(found)[: CELL_UNITS // 2]
    return row.reason or ""
