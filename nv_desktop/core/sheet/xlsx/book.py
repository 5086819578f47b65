"""A workbook of Excel 2007 and later: its sheets, its styles, and each row's cells as text with hazards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem, shown
from nv_desktop.core.sheet.formats import BUILT_IN, PLAIN, Format, format_of
from nv_desktop.core.sheet.numbers import Value, number_text
from nv_desktop.core.sheet.opened import HIDDEN, MAX_CELLS, MAX_COLUMNS, Hazard, Row, SheetInfo
from nv_desktop.core.sheet.xlsx.cells import CUT, NEVER, Cell, XmlRow, attributes_of, cell_of, parsed, rows_of
from nv_desktop.core.sheet.xlsx.package import Package, local, walk
from nv_desktop.core.sheet.xlsx.shape import PLAIN as _PLAIN
from nv_desktop.core.sheet.xlsx.shape import SHARED as _SHARED
from nv_desktop.core.sheet.xlsx.shape import Shape
from nv_desktop.core.sheet.xlsx.texts import SharedStrings, office_text

_LOOK_FOR_MERGED = 32 << 20  # bytes of a sheet's XML
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z0-9:]{1,30})"')
_KNOWN_NUMBERS = 50_000  # numbers that are remembered with their text
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="(?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})"')


def column_index(letters: str) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


_OTHER = 0  # a way to read a cell, beside _SHARED and _PLAIN: with care


_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})|-?(?:0|[1-9]\d{0,13})\.\d{0,10}[1-9]", re.ASCII)


def is_plain_number(text: str) -> bool:
    """Whether the text of a stored number is the text to show: whole up to 15 digits, or a short decimal."""
    if len(text) < 16 and text.isdigit() and text.isascii():
        return text[0] != "0" or text == "0"
    return len(text) < 16 and text != "-0" and _PLAIN_NUMBER.fullmatch(text) is not None


class _Columns(dict[str, int]):
    """Letters -> index, computed once each."""

    def __missing__(self, letters: str) -> int:
        index = self[letters] = column_index(letters)
        return index


class Xlsx:
    """An open xlsx or xlsm. Cells come in the order of the file, in flat memory but for the shared texts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._package = Package(path)
        try:
            self._open()
        except BaseException:
            self._package.close()
            raise

    def _open(self) -> None:
        self._main = self._main_part()
        self._related = self._package.relations(self._main)
        self._since_1904 = False
        self._parts: dict[str, str] = {}
        self.sheets: list[SheetInfo] = []
        self._read_sheets()
        macros = any(name.endswith("vbaproject.bin") for name in self._package.names())
        self.format = "xlsm" if macros else "xlsx"
        self._formats = self._read_styles()
        strings = self._part_of_kind("sharedStrings")
        self._strings = SharedStrings(
            self._path, (lambda: self._package.chunks(strings)) if strings else None
        )

    def __enter__(self) -> Xlsx:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._package.close()

    # --- parts ---------------------------------------------------------------------------------------

    def _main_part(self) -> str:
        for kind, part in self._package.relations("").values():
            if kind == "officeDocument" and part in self._package:
                return part
        if "xl/workbook.xml" in self._package:
            return "xl/workbook.xml"
        raise BadFile(
            f"“{self._path.name}” is a zip archive without a workbook in it.",
            "Unpack it and choose the file inside.",
        )

    def _part_of_kind(self, kind: str) -> str | None:
        return next(
            (part for found, part in self._related.values() if found == kind and part in self._package), None
        )

    def _read_sheets(self) -> None:
        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "workbookPr":
                self._since_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
            elif tag == "sheet":
                kind, part = self._related.get(
                    next((value for key, value in attributes.items() if local(key) == "id"), ""), ("", "")
                )
                name = attributes.get("name", "")
                if kind == "worksheet" and part in self._package:
                    self._parts[name] = part
                    hidden = attributes.get("state", "visible") != "visible"
                    rows, columns = self._declared(part)
                    self.sheets.append(SheetInfo(name, rows, columns, hidden))

        walk(self._path, [self._package.read(self._main)], start)

    def _declared(self, part: str) -> tuple[int | None, int | None]:
        """(rows, columns) that the sheet says it has; it may lie, so nothing depends on it."""
        head = next(self._package.chunks(part), b"")[:4096]
        found = _DIMENSION.search(head)
        if not found:
            return None, None
        return int(found[2]), column_index(found[1].decode()) + 1

    def _read_styles(self) -> list[Format]:
        part = self._part_of_kind("styles")
        if part is None:
            return []
        codes = dict(BUILT_IN)
        ids: list[int] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if tag == "numFmt":
                number = attributes.get("numFmtId", "")
                if number.isdecimal():
                    codes[int(number)] = attributes.get("formatCode", "General")
            elif tag == "cellXfs":
                inside = True
            elif tag == "xf" and inside:
                number = attributes.get("numFmtId", "0")
                ids.append(int(number) if number.isdecimal() else 0)

        def end(tag: str) -> None:
            nonlocal inside
            if tag == "cellXfs":
                inside = False

        walk(self._path, self._package.chunks(part), start, end)
        known: dict[int, Format] = {}
        for number in ids:
            if number not in known:
                known[number] = format_of(codes.get(number, "General"))
        return [known[number] for number in ids]

    # --- what the protocol asks ----------------------------------------------------------------------

    def first_with_cells(self) -> SheetInfo:
        for sheet in [*filter(lambda sheet: not sheet.hidden, self.sheets)]:
            if next(self.rows(sheet.name), None) is not None:
                return sheet
        return next((sheet for sheet in self.sheets if not sheet.hidden), self.sheets[0])

    def notes(self, sheet: str) -> list[Problem]:
        """Merged cells, which stand behind the rows: looked for only where that takes no time."""
        part = self._parts[sheet]
        if self._package.size(part) > _LOOK_FOR_MERGED:
            return []
        merged = _MERGED.findall(b"".join(self._package.chunks(part)))
        if not merged:
            return []
        places = ", ".join(place.decode() for place in merged[:3]) + (" …" if len(merged) > 3 else "")
        return [
            Problem(
                "merged_cells",
                f"Some cells are merged ({places}): the first one has the value, the others are empty.",
                Level.WARNING,
            )
        ]

    def rows(self, sheet: str) -> Iterator[Row]:
        part = self._parts[sheet]
        reader = RowReader(self._path, self._strings, self._formats, self._since_1904)
        total = 0
        last = 0
        for found in rows_of(self._path, lambda: self._package.chunks(part)):
            total += found.xml.count(CUT) or len(found.cells or ())
            if total > MAX_CELLS:
                raise BadFile(
                    f"The sheet has more than {MAX_CELLS:,} cells.",
                    "Save it as .csv, which has no such limit.",
                )
            row = reader.row(found)
            if found.hidden and row.cells:
                row.hazards = (*row.hazards, (-1, HIDDEN))
            if row.number <= last and row.cells:
                row.hazards = (*row.hazards, (-1, _out_of_order(row.number, last)))
            row.number = last = max(row.number, last + 1)
            yield row


def _out_of_order(number: int, last: int) -> Problem:
    return Problem(
        "row_order",
        f"The file gives this row the number {number:,} behind row {last:,}; it is counted as {last + 1:,}.",
        Level.WARNING,
    )


class RowReader:
    """Turns the cells of a row as they stand in the XML into texts and hazards."""

    def __init__(
        self, path: Path, strings: SharedStrings, formats: list[Format], since_1904: bool = False
    ) -> None:
        self._path = path
        self._strings = strings
        self._since_1904 = since_1904
        self._formats = {str(index): format_ for index, format_ in enumerate(formats)}
        self._plain = {"", *(index for index, format_ in self._formats.items() if format_ is PLAIN)}
        self._numbers: dict[tuple[str, str], Value] = {}
        self._columns = _Columns()
        self._shape = Shape(strings.texts, self._plain_number)
        self._ways: dict[str, int] = {}  # attributes as written -> how such a cell is read

    def row(self, found: XmlRow) -> Row:
        if found.digits:
            alike = self._shape.cells(found.xml, found.start)
            if alike is not None:
                return Row(found.number, alike)
            row = self._cut_row(found)
            if row is not None:
                return row
        return self._whole_row(found.number, parsed(self._path, found))

    def _cut_row(self, found: XmlRow) -> Row | None:
        """The row from its tokens, None where one of them needs the full parser. A row that is like
        those before it does not come here."""
        cells: list[str] = []
        hazards: list[Hazard] = []
        texts, columns, ways, digits = self._strings.texts, self._columns, self._ways, found.digits
        for token in found.tokens():
            head, _, tail = token.partition("><v>")
            letters, _, about = head.partition(digits)
            way = ways.get(about)
            if way is None:
                way = self._way(about)
            if way and tail[-8:] == "</v></c>":
                value = tail[:-8]
                if way == _SHARED:
                    known = value.isdigit() and int(value) < len(texts)
                    text = texts[int(value)] if known else ""
                else:
                    short = value.isdigit() and len(value) < 16 and (value[0] != "0" or value == "0")
                    known = short or is_plain_number(value)
                    text = value
                if known:
                    index = columns[letters]
                    if index == len(cells):
                        cells.append(text)
                        self._shape.learn(index, letters, about, way)
                    else:
                        self._put(cells, hazards, index, text, None)
                    continue
            if not tail and token[-2:] == "/>" and "<" not in token:
                continue  # only a format, no value
            cell = cell_of(token)
            if cell is None:
                return None
            if cell[3:] != ("", "", ""):
                self._put(cells, hazards, columns[letters], *self._value(cell))
        return Row(found.number, cells, tuple(hazards))

    def _way(self, about: str) -> int:
        """How a cell with these attributes (from the quotation mark after its place on) is read."""
        way = _OTHER
        if about[:1] == '"' and not about.count("<"):
            style, kind = attributes_of(about[1:])
            if kind == "s":
                way = _SHARED
            elif kind in ("", "n") and style in self._plain:
                way = _PLAIN
        if len(self._ways) < 10_000:
            self._ways[about] = way
        return way

    def _whole_row(self, number: int, found: list[Cell]) -> Row:
        cells: list[str] = []
        hazards: list[Hazard] = []
        for cell in found:
            index = self._columns[cell[0]] if cell[0] else len(cells)
            if cell[3:] != ("", "", "") or not cell[0]:
                self._put(cells, hazards, index, *self._value(cell))
        return Row(number, cells, tuple(hazards))

    def _put(
        self, cells: list[str], hazards: list[Hazard], index: int, text: str, problem: Problem | None
    ) -> None:
        if index >= MAX_COLUMNS:
            far = Problem(
                "cell_far",
                f"A value stands in column {index + 1:,}, far right of the table; not read.",
                Level.WARNING,
            )
            hazards.append((-1, far))
            return
        if index >= len(cells):
            cells.extend([""] * (index - len(cells)))
            cells.append(text)
        elif not cells[index]:
            cells[index] = text
        elif cells[index] != text:
            problem = Problem(
                "cell_twice", f"The file gives this cell two values; the other is “{shown(text)}”."
            )
        if problem is not None:
            hazards.append((index, problem))

    def _value(self, cell: Cell) -> Value:
        _, style, kind, formula, value, inline = cell
        if kind == "s":
            return self._shared(value)
        if formula != NEVER and (kind == "inlineStr" or (inline and not value)):
            return inline, None
        if formula != NEVER and kind == "str":
            return office_text(value), None
        if not value.strip():
            if not formula:
                return "", None
            return "", Problem(
                "formula_empty",
                "The cell holds a formula whose result was never computed. "
                "Open the file in Excel and save it.",
            )
        if kind in ("", "n"):
            return self._number(value.strip(), style)
        return _typed(kind, value)

    def _shared(self, value: str) -> Value:
        try:
            if value.isdecimal():
                return self._strings[int(value)], None
        except IndexError:
            pass
        return "", Problem("cell_broken", "The cell points to a text that the workbook does not have.")

    def _plain_number(self, value: str) -> str | None:
        if is_plain_number(value):
            return value
        text, problem = self._number(value, "")
        return text if problem is None else None

    def _number(self, value: str, style: str) -> Value:
        key = (value, style)
        known = self._numbers.get(key)
        if known is None:
            if len(self._numbers) > _KNOWN_NUMBERS:
                self._numbers.clear()
            known = number_text(value, self._formats.get(style, PLAIN), self._since_1904)
            self._numbers[key] = known
        return known


def _typed(kind: str, value: str) -> Value:
    if kind == "b":
        return {"1": "true", "0": "false"}.get(value.strip(), value.strip().lower()), None
    if kind == "e":
        text = value.strip()
        return text, Problem(
            "excel_error", f"The cell holds the spreadsheet error {shown(text)}, not a value."
        )
    if kind == "d":
        return value.strip().replace("T", " ").removesuffix(" 00:00:00"), None
    return value, Problem("cell_broken", f"The cell has the unknown type “{kind[:20]}”.")
