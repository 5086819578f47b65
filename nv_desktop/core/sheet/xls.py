"""Workbooks of Excel 97–2003, read by xlrd: error cells, formats, formulas without a result are told.

The one module that knows xlrd. A file or a sheet that xlrd cannot take goes to `Foreign`, which sees less.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import xlrd
from xlrd import biffh

from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet.foreign import Foreign
from nv_desktop.core.sheet.formats import BUILT_IN, PLAIN, Format, format_of
from nv_desktop.core.sheet.header import column_letters
from nv_desktop.core.sheet.numbers import Value, number_text
from nv_desktop.core.sheet.opened import HIDDEN, Hazard, Row, SheetInfo

_KNOWN_NUMBERS = 50_000  # numbers that are remembered with their text
_FORMULA = (0x0006, 0x0206, 0x0406)
_BEGIN, _END = 0x0809, 0x000A  # a chart inside a sheet begins and ends within it
_COMPUTE_ON_OPEN = 0x0002
_TEXT = biffh.XL_CELL_TEXT
_NOTHING = (biffh.XL_CELL_EMPTY, biffh.XL_CELL_BLANK)
_NUMBERS = (biffh.XL_CELL_NUMBER, biffh.XL_CELL_DATE)


# xlrd has no types
Table = Any
_open: Any = xlrd.open_workbook


def _decoded(data: bytes, encoding: str) -> str:
    """The table of texts is cut into records of 8 kB anywhere, between the two halves of a character as well,
    and xlrd decodes each piece for itself: halves pass here, and are put together by `_whole`."""
    return data.decode(encoding, "surrogatepass")


xlrd.book.unicode = _decoded


class NotForXlrd(Exception):
    """xlrd cannot open the file; another reader may."""


class _Nowhere(io.TextIOBase):
    """Takes xlrd's remarks, which would go to standard output."""

    def write(self, text: str) -> int:
        return len(text)


class Xls:
    """An open xls. A sheet is held in memory whole while it is read. Raises `NotForXlrd`."""

    def __init__(self, path: Path) -> None:
        self.format = "xls"
        self._path = path
        self._foreign: Foreign | None = None
        self._numbers: dict[tuple[float, int], Value] = {}
        self._pending: dict[str, frozenset[tuple[int, int]]] = {}
        try:
            self._book: Any = _open(
                str(path), logfile=_Nowhere(), formatting_info=True, on_demand=True, ragged_rows=True
            )
        except Exception as error:  # xlrd meets broken bytes with whatever Python raises
            raise NotForXlrd(str(error)) from error
        self._book._sharedstrings = list(map(_whole, self._book._sharedstrings))
        self._names: list[str] = self._book.sheet_names()
        hidden = self._book._sheet_visibility
        self.sheets = [
            SheetInfo(name, None, None, bool(hidden[index])) for index, name in enumerate(self._names)
        ]
        self._since_1904 = self._book.datemode == 1
        self._formats = self._read_formats()

    def __enter__(self) -> Xls:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.release_resources()
        if self._foreign is not None:
            self._foreign.__exit__(kind, error, trace)

    def _read_formats(self) -> list[Format]:
        """The number format of each cell style, by its index."""
        codes = BUILT_IN | {found.format_key: found.format_str for found in self._book.format_list}
        known: dict[int, Format] = {}
        for style in self._book.xf_list:
            if style.format_key not in known:
                known[style.format_key] = format_of(codes.get(style.format_key, "General"))
        return [known[style.format_key] for style in self._book.xf_list]

    # --- what the protocol asks ----------------------------------------------------------------------

    def first_with_cells(self) -> SheetInfo:
        visible = [sheet for sheet in self.sheets if not sheet.hidden] or self.sheets
        for sheet in visible:
            if any(row.cells for row in self.rows(sheet.name)):
                return sheet
        return visible[0]

    def rows(self, sheet: str) -> Iterator[Row]:
        table = self._table(sheet)
        if table is None:
            yield from self._other().rows(sheet)
            return
        for index in range(table.nrows):
            yield self._row(table, index, sheet)

    def notes(self, sheet: str) -> list[Problem]:
        table = self._table(sheet)
        if table is None:
            return self._other().notes(sheet)
        if not table.merged_cells:
            return []
        places = ", ".join(_place(*merged) for merged in table.merged_cells[:3])
        more = " …" if len(table.merged_cells) > 3 else ""
        return [
            Problem(
                "merged_cells",
                f"Some cells are merged ({places}{more}): the first one has the value, the others are empty.",
                Level.WARNING,
            )
        ]

    def _table(self, sheet: str) -> Table | None:
        """The sheet's cells, None where xlrd fails on them."""
        try:
            return self._book.sheet_by_name(sheet)
        except Exception:  # noqa: BLE001 - as above; then the other reader says what can be said
            return None

    def _other(self) -> Foreign:
        if self._foreign is None:
            self._foreign = Foreign(self._path, self.format)
        return self._foreign

    # --- cells ---------------------------------------------------------------------------------------

    def _row(self, table: Table, index: int, sheet: str) -> Row:
        cells: list[str] = []
        hazards: list[Hazard] = []
        end = 0
        values = table.row_values(index)
        for column, kind in enumerate(table.row_types(index)):
            value = values[column]
            if kind == _TEXT and value:
                cells.append(value)
                end = column + 1
                continue
            text, problem = "", None
            if kind not in _NOTHING:
                if not value and (index, column) in self._never_computed(sheet):
                    problem = _never()
                elif kind in _NUMBERS:
                    text, problem = self._number(value, table.cell_xf_index(index, column))
                else:
                    text, problem = _typed(kind, value)
            cells.append(text)
            if problem is not None:
                hazards.append((column, problem))
            if text or problem is not None:
                end = column + 1
        del cells[end:]
        if cells and index in table.rowinfo_map and table.rowinfo_map[index].hidden:
            hazards.append((-1, HIDDEN))
        return Row(index + 1, cells, tuple(hazards))

    def _number(self, value: float, style: int) -> Value:
        known = self._numbers.get((value, style))
        if known is None:
            if len(self._numbers) > _KNOWN_NUMBERS:
                self._numbers.clear()
            format_ = self._formats[style] if style < len(self._formats) else PLAIN
            known = self._numbers[value, style] = number_text(repr(value), format_, self._since_1904)
        return known

    def _never_computed(self, sheet: str) -> frozenset[tuple[int, int]]:
        """(row, column) of the sheet's formulas, if not one of them was ever computed.

        An xls cannot say so: a program that writes formulas without computing them leaves an empty text, or
        0 and the wish to be computed on opening. One other result shows that the sheet was computed."""
        known = self._pending.get(sheet)
        if known is not None:
            return known
        found: set[tuple[int, int]] = set()
        for row, column, result, flags in self._formulas(sheet):
            no_text = result[0] == 3 and result[6:] == b"\xff\xff"
            if not no_text and not (result == bytes(8) and flags & _COMPUTE_ON_OPEN):
                found.clear()
                break
            found.add((row, column))
        self._pending[sheet] = frozenset(found)
        return self._pending[sheet]

    def _formulas(self, sheet: str) -> Iterator[tuple[int, int, bytes, int]]:
        """(row, column, stored result, flags) of each formula: xlrd keeps only the result."""
        data, depth = self._book.mem, 0
        place = self._book._sh_abs_posn[self._names.index(sheet)]
        while place + 4 <= len(data):
            kind, size = struct.unpack_from("<HH", data, place)
            place += 4
            if kind in _FORMULA and size >= 16 and place + 16 <= len(data):
                row, column, _, result, flags = struct.unpack_from("<HHH8sH", data, place)
                yield row, column, result, flags
            elif kind == _BEGIN:
                depth += 1
            elif kind == _END:
                depth -= 1
                if depth <= 0:
                    return
            place += size


def _whole(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _typed(kind: int, value: Any) -> Value:
    if kind == biffh.XL_CELL_BOOLEAN:
        return ("true" if value else "false"), None
    if kind == biffh.XL_CELL_ERROR:
        text = biffh.error_text_from_code.get(value, f"#ERROR {value}")
        return text, Problem("excel_error", f"The cell holds the spreadsheet error {text}, not a value.")
    return str(value), None


def _never() -> Problem:
    return Problem(
        "formula_empty",
        "The cell holds a formula whose result was never computed. Open the file in Excel and save it.",
    )


def _place(top: int, bottom: int, left: int, right: int) -> str:
    return f"{column_letters(left)}{top + 1}:{column_letters(right - 1)}{bottom}"
