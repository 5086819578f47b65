"""Cells that hold text and nothing else: what a customer typed becomes no formula, no link and no number."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

CELL_UNITS = 32_767  # UTF-16 units that Excel takes in a cell
_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")  # what XML cannot hold or would change
_OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


class PlainSheet(Worksheet):
    """A sheet on which a text is a text.

    Two habits of the library would change what a customer typed: in constant memory `<r>…</r>` goes out as
    markup, and of `_x0041_x0042_` only the first half is escaped.
    """

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, True, attributes)

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        escaped = _ESCAPE.sub("_x005F_", data)
        return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", escaped)


def new_book(path: Path, folder: Path) -> Any:
    """A workbook at `path` (xlsxwriter's), its drafts in `folder`."""
    return xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(folder)})


def close_book(book: Any) -> None:
    """Write it. Raises OSError."""
    try:
        book.close()
    except FileCreateError as problem:
        cause = problem.args[0] if problem.args and isinstance(problem.args[0], OSError) else None
        raise cause or OSError("the workbook could not be written") from problem


def put(sheet: Any, line: int, column: int, text: str, style: Any = None) -> bool:
    """Write a text; True where it does not fit and only its beginning stands there now."""
    too_long = (
        len(text) > CELL_UNITS // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > CELL_UNITS
    )
    code = sheet.write_string(line, column, _cut(text) if too_long else text, style)
    if code != 0:
        raise ValueError(f"a cell was not written ({code})")
    return too_long


def _cut(text: str) -> str:
    """The beginning that fits: still longer than the API takes, so that it is stopped, not sent."""
    return text.encode("utf-16-le", "surrogatepass")[: CELL_UNITS * 2].decode("utf-16-le", "ignore")
