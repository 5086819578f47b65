"""The rows of one sheet's XML, as they stand in it.

Rows are cut out and cells found by pattern, at the speed of a compiled reader and in flat memory. What the
patterns do not account for to the last cell goes through a full XML parser: first the one row, or the whole
sheet where it is written in an unusual way. Both give the same cells, and a test compares them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nv_desktop.core.sheet.xlsx.package import damaged, walk, walking
from nv_desktop.core.sheet.xlsx.texts import is_plain, office_text

# (column letters or "", style, type, formula or "", value, inline text)
Cell = tuple[str, str, str, str, str, str]
# (row number or 0, cells, whether their texts still hold XML escapes)
Cells = tuple[int, list[Cell], bool]

_ROW = re.compile(r'<row\b(?:[^>]*?\sr="(\d{1,7})")?[^>]*>')
_CELL = re.compile(
    r'<c(?: r="([A-Z]{1,3})\d{1,7}")?(?: s="(\d*)")?(?: t="(\w+)")?(?: [cv]m="\d+")* ?'
    r"(?:/>|>"
    r"(<f\b[^>]*?(?:/>|>[^<]*</f>))?"
    r"(?:<v(?: [^>/]*)?>([^<]*)</v>|<v ?/>)?"
    r"(?:<is>(.*?)</is>|<is ?/>)?"
    r"</c>)",
    re.DOTALL,
)
_LONGEST = 128 << 20  # characters of one row's XML


class _UnusualXmlError(Exception):
    """The XML is written in a way that patterns must not be trusted with."""


def rows_of(path: Path, open_part: Callable[[], Iterator[bytes]]) -> Iterator[Cells]:
    """Every `<row>` in order. Raises `BadFile` where the XML is broken or ends early."""
    given = 0
    try:
        for cells in _fast(path, open_part()):
            yield cells
            given += 1
        return
    except _UnusualXmlError:
        pass
    for number, cells in enumerate(exact_rows(path, open_part())):
        if number >= given:
            yield cells


def _fast(path: Path, chunks: Iterator[bytes]) -> Iterator[Cells]:
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
            number, cells, raw = _row(path, piece, last)
            last = number
            yield number, cells, raw
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
        gone = rest[:start]
        numbers = [int(found) for found in re.findall(r'<row\b[^>]*?\sr="(\d{1,7})"', gone)]
        return max([last + gone.count("<row"), *numbers[-1:]]), rest[start:]
    if len(rest) > _LONGEST:
        raise damaged(path, "one row is larger than 128 MB")
    return last, rest


def _row(path: Path, piece: str, last: int) -> Cells:
    start = piece.rfind("<row")
    head = _ROW.match(piece, start) if start >= 0 else None
    if head is None:
        raise _UnusualXmlError
    number = int(head[1]) if head[1] else last + piece.count("<row", 0, start + 1)
    found: list[Cell] = _CELL.findall(piece, head.end())
    if len(found) != piece.count("<c ", head.end()) + piece.count("<c>", head.end()) + piece.count(
        "<c/", head.end()
    ):
        return number, _parsed_row(path, piece[start:]), False
    return number, found, True


def _parsed_row(path: Path, piece: str) -> list[Cell]:
    """One row by the full parser: attributes in another order, line ends between the tags."""
    if re.search(r"<[\w.-]+:", piece):
        raise _UnusualXmlError
    state = _Cells()
    walk(path, [(piece + "</row>").encode()], state.start, state.end, state.text)
    return state.rows[0][1] if state.rows else []


def exact_rows(path: Path, chunks: Iterator[bytes]) -> Iterator[Cells]:
    """The same by the full parser alone: about a quarter of the speed."""
    state = _Cells()
    for _ in walking(path, chunks, state.start, state.end, state.text):
        yield from state.rows
        state.rows.clear()
        if state.done:
            return


class _Cells:
    """Collects rows from a parser's events."""

    def __init__(self) -> None:
        self.rows: list[Cells] = []
        self.done = False
        self._last = 0
        self._cells: list[Cell] = []
        self._about: dict[str, str] = {}
        self._formula = ""
        self._value: list[str] = []
        self._inline: list[str] = []
        self._into: list[str] | None = None
        self._sound = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._about = attributes
            self._formula = ""
            self._value, self._inline = [], []
        elif tag == "v":
            self._into = self._value
        elif tag == "f":
            self._formula = "f"
        elif tag == "t":
            self._into = None if self._sound else self._inline
        elif tag == "rPh":
            self._sound = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._last = int(number) if number.isdecimal() and len(number) < 8 else self._last + 1
            self._cells = []

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._into = None
        elif tag == "c":
            letters = self._about.get("r", "").rstrip("0123456789")
            style, kind = self._about.get("s", ""), self._about.get("t", "")
            inline = office_text("".join(self._inline))
            self._cells.append((letters, style, kind, self._formula, "".join(self._value), inline))
        elif tag == "rPh":
            self._sound = False
        elif tag == "row":
            self.rows.append((self._last, self._cells, False))
        elif tag == "sheetData":
            self.done = True

    def text(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)
