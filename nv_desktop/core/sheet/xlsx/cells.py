"""The rows of one sheet's XML, as they stand in it.

Rows and cells are cut out where their tags begin, at the speed of a compiled reader and in flat memory. What
does not look exactly as expected goes through a pattern, what that does not account for through a full XML
parser: first the one row, or the whole sheet where it is written in an unusual way. All give the same cells,
and a test compares them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nv_desktop.core.sheet.xlsx.package import damaged, walk, walking
from nv_desktop.core.sheet.xlsx.texts import is_plain, office_text, rich_text, unescape

# (column letters or "", style, type, "f" or NEVER for a formula, value, inline text)
Cell = tuple[str, str, str, str, str, str]


@dataclass(slots=True)
class XmlRow:
    """One `<row>`: either its XML with the row's `digits`, the first cell at `start`; or its cells."""

    number: int
    digits: str
    xml: str
    start: int = 0
    cells: list[Cell] | None = None
    hidden: bool = False

    def tokens(self) -> list[str]:
        """The XML cut at each `<c r="`, without what stands before the first."""
        return self.xml.split(CUT)[1:]


CUT = '<c r="'
NEVER = "never computed"  # a formula with neither a `<v>` nor an `<is>`, however empty
_ROW = re.compile(r'<row\b(?:[^>]*?\sr="(\d{1,7})")?[^>]*>')
_VALUE = re.compile(r"<(?:v|f|is)[\s/>]")
_HIDDEN = re.compile(r""" hidden=["'](?:1|true)["']""")
_CELL = re.compile(
    r'([A-Z]{1,3})\d{1,7}"((?: [a-z]+="[^"<>]*")*) ?'
    r"(?:/>|>"
    r"(<f\b[^>]*?(?:/>|>[^<]*</f>))?"
    r"((?:<v(?: [^>/]*)?>([^<]*)</v>|<v ?/>)?"
    r"(?:<is>(.*?)</is>|<is ?/>)?)"
    r"</c>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_LONGEST = 32 << 20  # characters of one row's XML


class _UnusualXmlError(Exception):
    """The XML is written in a way that cutting must not be trusted with."""


def attributes_of(text: str) -> tuple[str, str]:
    """(style, type) of ` s="4" t="s"`, in whatever order."""
    found = dict(_ATTRIBUTE.findall(text))
    return found.get("s", ""), found.get("t", "")


def cell_of(token: str) -> Cell | None:
    """The cell of a token, None where it is not written as cells usually are."""
    found = _CELL.fullmatch(token)
    if found is None or "<c" in token:  # a second cell that does not begin with its place
        return None
    letters, about, formula, result, value, inline = found.groups()
    style, kind = attributes_of(about)
    value = value or ""
    if "&" in value:
        value = unescape(value)
    return letters, style, kind, _formula(formula, result), value, rich_text(inline) if inline else ""


def _formula(formula: object, result: object) -> str:
    return "" if not formula else "f" if result else NEVER


def rows_of(path: Path, open_part: Callable[[], Iterator[bytes]]) -> Iterator[XmlRow]:
    """Every `<row>` that holds a value, in order. Raises `BadFile` where the XML is broken or ends early."""
    given = 0
    try:
        for row in _fast(path, open_part()):
            yield row
            given += 1
        return
    except _UnusualXmlError:
        pass
    for number, row in enumerate(exact_rows(path, open_part())):
        if number >= given:
            yield row


def _fast(path: Path, chunks: Iterator[bytes]) -> Iterator[XmlRow]:
    decode = codecs.getincrementaldecoder("utf-8")().decode
    rest = ""
    begun = False
    last = 0
    for chunk in chunks:
        if b"<!" in chunk or (not begun and not rest and not is_plain(chunk)):
            raise _UnusualXmlError
        try:
            text = rest + decode(chunk)
        except UnicodeDecodeError as error:
            raise damaged(path, str(error)) from error
        if not begun:
            begun, text = _begin(text)
            if not begun:
                rest = text
                continue
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        pieces = text.split("</row>")
        rest = pieces.pop()
        for piece in pieces:
            row = _row(piece, last) if "<v>" in piece or _VALUE.search(piece) else None
            if row is None:  # nothing but formats; sheets are often formatted down to their last row
                last = _last_number(piece, last)
                continue
            last = row.number
            yield row
        if "</sheetData>" in rest or rest.startswith("<sheetData/>"):
            return
        last, rest = _drop_empty(path, last, rest)
    raise damaged(path, "the sheet ends in the middle")


def _begin(text: str) -> tuple[bool, str]:
    """(whether the cells have begun, the text from there on)."""
    found = re.search(r"<sheetData ?/?>", text)
    if found:
        return True, ("<sheetData/>" if found[0].endswith("/>") else text[found.end() :])
    if len(text) > 8 << 20 or re.search(r"<\w+:(?:worksheet|sheetData)\b", text):
        raise _UnusualXmlError
    return False, text


def _drop_empty(path: Path, last: int, rest: str) -> tuple[int, str]:
    """Forgets `<row/>` after `<row/>`, of which a hostile sheet has a million, but counts them."""
    if len(rest) < 4 << 20:
        return last, rest
    start = rest.rfind("<row")
    if start > 0:
        return _last_number(rest[:start], last), rest[start:]
    if len(rest) > _LONGEST:
        raise damaged(path, "one row is larger than 32 MB")
    return last, rest


def _last_number(text: str, last: int) -> int:
    """The number of the last row of these, when that before them had the number `last`."""
    start = text.rfind("<row")
    head = _ROW.match(text, start) if start >= 0 else None
    return int(head[1]) if head and head[1] else last + text.count("<row")


def _row(piece: str, last: int) -> XmlRow:
    first = piece.find(CUT)
    if first < 0:
        first = len(piece)
    start = piece.rfind("<row", 0, first)
    head = _ROW.match(piece, start, first) if start >= 0 else None
    if head is None:
        raise _UnusualXmlError
    digits = head[1] or ""
    if head.end() != first:
        digits = ""  # something stands before the first cell: not for cutting
    number = int(head[1] or last + piece.count("<row", 0, first))
    hidden = piece.find(" hidden=", start, head.end()) >= 0 and _HIDDEN.search(head[0]) is not None
    return XmlRow(number, digits, piece[start:], first - start, None, hidden)


def parsed(path: Path, row: XmlRow) -> list[Cell]:
    """The row's cells by the full parser: no place given, line ends between the tags."""
    if row.cells is not None:
        return row.cells
    state = _Cells()
    walk(path, [(row.xml + "</row>").encode()], state.start, state.end, state.text)
    return (state.rows[0].cells or []) if state.rows else []


def exact_rows(path: Path, chunks: Iterator[bytes]) -> Iterator[XmlRow]:
    """The same by the full parser alone: about a quarter of the speed. It must leave out the same rows, since
    it goes on where cutting ends."""
    state = _Cells()
    for _ in walking(path, chunks, state.start, state.end, state.text):
        yield from state.rows
        state.rows.clear()
        if state.done:
            return


class _Cells:
    """Collects rows from a parser's events."""

    def __init__(self) -> None:
        self.rows: list[XmlRow] = []
        self.done = False
        self._last = 0
        self._hidden = self._has_value = False
        self._cells: list[Cell] = []
        self._about: dict[str, str] = {}
        self._formula = self._result = False
        self._value: list[str] = []
        self._inline: list[str] = []
        self._into: list[str] | None = None
        self._sound = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._about = attributes
            self._formula = self._result = False
            self._value, self._inline = [], []
        elif tag == "v":
            self._into = self._value
            self._result = self._has_value = True
        elif tag == "f":
            self._formula = self._has_value = True
        elif tag == "is":
            self._result = self._has_value = True
        elif tag == "t":
            self._into = None if self._sound else self._inline
        elif tag == "rPh":
            self._sound = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._last = int(number) if number.isdecimal() and len(number) < 8 else self._last + 1
            self._cells, self._has_value = [], False
            self._hidden = attributes.get("hidden", "") in ("1", "true")

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._into = None
        elif tag == "c":
            letters = self._about.get("r", "").rstrip("0123456789")
            style, kind = self._about.get("s", ""), self._about.get("t", "")
            inline = office_text("".join(self._inline))
            formula = _formula(self._formula, self._result)
            self._cells.append((letters, style, kind, formula, "".join(self._value), inline))
        elif tag == "rPh":
            self._sound = False
        elif tag == "row" and self._has_value:
            self.rows.append(XmlRow(self._last, "", "", 0, self._cells, self._hidden))
        elif tag == "sheetData":
            self.done = True

    def text(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)
