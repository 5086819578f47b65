"""OpenDocument spreadsheets, read row by row: exact texts, error cells, numbers that are shown otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import TracebackType

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import ERROR_VALUES, Level, Problem
from nv_desktop.core.sheet.formats import PLAIN
from nv_desktop.core.sheet.numbers import Value, number_text
from nv_desktop.core.sheet.opened import HIDDEN, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Hazard, Row, SheetInfo
from nv_desktop.core.sheet.xlsx.package import Package, walk, walking

_CONTENT = "content.xml"
_DURATION = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+)(?:[.,](\d+))?S")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_SPANS = frozenset(("table:number-columns-spanned", "table:number-rows-spanned"))
_MEANT = re.compile(r"[^\W\d_]|\+|.*%|\D*0\d")
"""How a text begins that may be the value that was meant: ID-42, +919876543210, 012-34-5678, 50%."""
_NO_TEXT = frozenset(("annotation", "frame", "custom-shape", "note", "ruby-text"))
"""Remarks and drawings inside a cell, and how its text is pronounced."""


class Ods:
    """An open ods, in flat memory."""

    format = "ods"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._package = Package(path)
        self._merged: set[str] = set()  # names of sheets
        try:
            self._refuse_password()
            self.sheets = self._read_sheets()
        except BaseException:
            self._package.close()
            raise

    def __enter__(self) -> Ods:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._package.close()

    def _refuse_password(self) -> None:
        listing = "META-INF/manifest.xml"
        if listing in self._package and b"encryption-data" in self._package.read(listing):
            raise BadFile(
                f"“{self._path.name}” is protected with a password.",
                "Open it in LibreOffice, remove the password and save it again.",
            )

    def _read_sheets(self) -> list[SheetInfo]:
        sheets: list[SheetInfo] = []
        hidden: set[str] = set()
        style = ""
        depth = 0  # a table may stand inside another's cell; those are no sheets

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal style, depth
            if tag == "table-cell":
                if depth == 1 and _SPANS.intersection(attributes) and _is_merged(attributes):
                    self._merged.add(sheets[-1].name)
            elif tag == "style":
                style = attributes.get("style:name", "")
            elif tag == "table-properties" and attributes.get("table:display") == "false":
                hidden.add(style)
            elif tag == "table":
                depth += 1
                if depth == 1:
                    name = attributes.get("table:name", f"Sheet{len(sheets) + 1}")
                    sheets.append(SheetInfo(name, hidden=attributes.get("table:style-name", "") in hidden))

        def end(tag: str) -> None:
            nonlocal depth
            if tag == "table":
                depth -= 1

        walk(self._path, self._package.chunks(_CONTENT), start, end)
        return sheets

    def first_with_cells(self) -> SheetInfo:
        visible = [sheet for sheet in self.sheets if not sheet.hidden] or self.sheets
        for sheet in visible:
            if next(self.rows(sheet.name), None) is not None:
                return sheet
        return visible[0]

    def notes(self, sheet: str) -> list[Problem]:
        if sheet not in self._merged:
            return []
        sentence = "Some cells are merged: the first one has the value, the others are empty."
        return [Problem("merged_cells", sentence, Level.WARNING)]

    def rows(self, sheet: str) -> Iterator[Row]:
        wanted = next(index for index, info in enumerate(self.sheets) if info.name == sheet)
        table = _Table(wanted)
        total = 0
        for _ in walking(self._path, self._package.chunks(_CONTENT), table.start, table.end, table.text):
            for row, times in table.rows:
                total += len(row.cells) * times
                if total > MAX_CELLS:
                    raise _too_many(f"{MAX_CELLS:,} cells")
                if row.number + times - 1 > MAX_ROWS:
                    raise _too_many(f"{MAX_ROWS:,} rows")
                for copy in range(times):
                    yield Row(row.number + copy, list(row.cells), row.hazards)
            table.rows.clear()
            if table.done:
                return


def _too_many(what: str) -> BadFile:
    return BadFile(f"The sheet has more than {what}.", "Save it as .csv, which has no such limit.")


class _Table:
    """Collects the rows of one sheet from a parser's events."""

    def __init__(self, wanted: int) -> None:
        self.rows: list[tuple[Row, int]] = []  # (row, how many times it is repeated)
        self.done = False
        self._wanted = wanted
        self._tables = 0
        self._depth = 0
        self._number = 1
        self._times = 1
        self._hidden = False
        self._cells: list[str] = []
        self._hazards: list[Hazard] = []
        self._column = 0
        self._about: dict[str, str] | None = None  # attributes of the cell that is being read
        self._lines: list[list[str]] = []
        self._silent = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._depth += 1
            self._tables += self._depth == 1
        elif self._tables != self._wanted + 1 or self._depth != 1:
            return
        elif tag == "table-row":
            self._times = _count(attributes, "table:number-rows-repeated")
            self._cells, self._hazards, self._column = [], [], 0
            self._hidden = attributes.get("table:visibility", "visible") != "visible"
        elif tag in ("table-cell", "covered-table-cell"):
            self._about, self._lines, self._silent = attributes, [], 0
        elif tag in _NO_TEXT:
            self._silent += 1
        elif self._about is not None and not self._silent:
            self._mark(tag, attributes)

    def _mark(self, tag: str, attributes: dict[str, str]) -> None:
        """The elements that stand for text: a paragraph, blanks, a tab, a line's end."""
        if tag == "p":
            self._lines.append([])
        elif self._lines:
            if tag == "s":
                self._lines[-1].append(" " * min(_count(attributes, "text:c"), 10_000))
            elif tag == "tab":
                self._lines[-1].append("\t")
            elif tag == "line-break":
                self._lines[-1].append("\n")

    def text(self, data: str) -> None:
        if self._about is not None and self._lines and not self._silent:
            self._lines[-1].append(data)

    def end(self, tag: str) -> None:
        if tag == "table":
            self._depth -= 1
            self.done = self.done or (self._depth == 0 and self._tables == self._wanted + 1)
        elif self._tables != self._wanted + 1 or self._depth != 1:
            return
        elif tag in _NO_TEXT:
            self._silent -= 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif tag == "table-row":
            if self._cells:
                if self._hidden:
                    self._hazards.append((-1, HIDDEN))
                self.rows.append((Row(self._number, self._cells, tuple(self._hazards)), self._times))
            self._number += self._times

    def _end_cell(self) -> None:
        assert self._about is not None
        text, problem = _value(self._about, "\n".join("".join(line) for line in self._lines))
        times = _count(self._about, "table:number-columns-repeated")
        self._about = None
        if text or problem:
            self._cells.extend([""] * (min(self._column, MAX_COLUMNS) - len(self._cells)))
            for index in range(self._column, min(self._column + times, MAX_COLUMNS)):
                self._cells.append(text)
                if problem is not None:
                    self._hazards.append((index, problem))
            if self._column + times > MAX_COLUMNS:
                far = Problem("cell_far", "A value stands far right of the table; not read.", Level.WARNING)
                self._hazards.append((-1, far))
        self._column += times


def _is_merged(attributes: dict[str, str]) -> bool:
    return any(_count(attributes, name) > 1 for name in _SPANS)


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def _value(about: dict[str, str], shown: str) -> Value:
    kind = about.get("office:value-type", "")
    failed = about.get("calcext:value-type") == "error" or (
        "table:formula" in about and (shown.upper() in ERROR_VALUES or shown.startswith("Err:"))
    )
    if failed:
        text = shown or "#VALUE!"
        return text, Problem("excel_error", f"The cell holds the spreadsheet error {text}, not a value.")
    if kind in ("float", "percentage", "currency"):
        return _number(about.get("office:value", ""), shown)
    if kind == "date":
        text = about.get("office:date-value", "").replace("T", " ")
        return text.removesuffix(" 00:00:00"), None
    if kind == "boolean":
        return about.get("office:boolean-value", shown.lower()), None
    if kind == "time":
        return _time(about.get("office:time-value", ""), shown), None
    if not kind and not shown and "table:formula" in about:
        return "", Problem(
            "formula_empty",
            "The cell holds a formula whose result was never computed. Open the file and save it again.",
        )
    return about.get("office:string-value", shown), None


def _number(raw: str, shown: str) -> Value:
    text, problem = number_text(raw, PLAIN)
    if problem is not None or not shown or shown == text:
        return text, problem
    if any(_NUMBER.fullmatch(plain) and Decimal(plain) == Decimal(text) for plain in _readings(shown)):
        return text, problem
    zeros = re.fullmatch(r"0\d+", shown) and int(shown) == float(raw)
    return text, Problem(
        "number_format",
        f"The spreadsheet shows {shown[:40]}, but the cell holds {text}.",
        Level.WARNING if zeros or "E" in shown or _MEANT.match(shown) else Level.NOTE,
        {"step": "pad", "width": len(shown)} if zeros else None,
    )


def _readings(shown: str) -> tuple[str, str]:
    """What is shown as a number with a decimal point, and with a decimal comma."""
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", shown)
    return bare.replace(",", ""), bare.replace(".", "").replace(",", ".")


def _time(raw: str, shown: str) -> str:
    found = _DURATION.fullmatch(raw)
    if not found:
        return raw or shown
    sign, hours, minutes, seconds, fraction = found.groups()
    rest = f".{fraction[:3].ljust(3, '0')}" if fraction and fraction.strip("0") else ""
    return f"{sign}{int(hours):02d}:{int(minutes):02d}:{int(seconds):02d}{rest}"
