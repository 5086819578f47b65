"""Which record is the header, how wide the table is, and what each column is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median_high

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet.opened import MAX_COLUMNS, Row

NO_HEADER, NO_ROWS = "no header", "no rows"
"""How the details of a `BadFile` begin that says: there is no list. After `NO_HEADER: ` stands the row."""
_GAP = 20  # a value further right than this many empty columns belongs to no column of the table
_LOOK = 30  # the header is looked for among the first records
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[+-]?[\d\s().,/:-]*\d[\d\s().,/:-]*")


def column_letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA: as spreadsheets name columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def find_header(records: Sequence[Row], chosen: int | None) -> Row:
    """The record that names the columns. `records` are the first ones, none of them blank.

    Raises `BadFile` when the chosen one is not there, or when none looks like names."""
    if chosen is not None:
        for record in records:
            if record.number == chosen:
                return record
        raise BadFile(
            f"Row {chosen:,} cannot be the header: it is empty, or the file ends before it.",
            "Choose the row that holds the names of the columns.",
        )
    if not records:
        raise BadFile("There is nothing in it: every row is empty.", "Choose another sheet or file.", NO_ROWS)
    usual = median_high([_filled(record.cells) for record in records])
    enough = max(1, min(2, usual), round(usual * 0.6))
    first = next((record for record in records[:_LOOK] if _filled(record.cells) >= enough), records[0])
    if _looks_like_data(first):
        raise BadFile(
            f"Row {first.number:,} holds values, not names of columns: the file seems to have no header.",
            "Put a row with names such as userID, email, mobile above the first customer, "
            "or choose the row that holds them.",
            f"{NO_HEADER}: {first.number}",
        )
    return first


def _looks_like_data(record: Row) -> bool:
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    if any(_EMAIL.fullmatch(cell) for cell in filled):
        return True
    return sum(1 for cell in filled if _NUMBER.fullmatch(cell)) * 2 > len(filled)


def width_of(header: Row, below: Sequence[Row], positional: bool) -> int:
    """How many columns the table has.

    In a workbook (`positional`) a value right of the header still stands in its own column; in a text
    file a longer row is a row that went wrong, unless most rows are that long."""
    width = _last_filled(header.cells)
    ends = [_last_filled(row.cells) for row in below]
    if positional:
        for end in sorted(set(ends)):
            if width < end <= width + _GAP:
                width = end
    elif ends:
        usual = sorted(ends)[len(ends) // 2]
        longer = sum(1 for end in ends if end > width)
        named = len(header.cells)  # "a,b," names a third column with nothing
        width = max(width, min(named, max(ends))) if longer else width
        if longer * 2 > len(ends):
            width = max(width, usual)
    if width > MAX_COLUMNS:
        raise BadFile(
            f"The table has {width:,} columns; at most {MAX_COLUMNS:,} can be read.",
            "Keep the columns that you want to send, and save it again.",
        )
    return width


def _last_filled(cells: Sequence[str]) -> int:
    for index in range(len(cells), 0, -1):
        if cells[index - 1].strip():
            return index
    return 0


def names_of(cells: Sequence[str], width: int) -> tuple[list[str], list[Problem]]:
    """A distinct name for each column: repeated ones get " (2)", empty ones "Column D"."""
    names: list[str] = []
    notes: list[Problem] = []
    taken: set[str] = {cell.strip().casefold() for cell in cells}
    seen: set[str] = set()
    unnamed: list[str] = []
    repeated: list[str] = []
    for index in range(width):
        text = cells[index] if index < len(cells) else ""
        name = text if text.strip() else f"Column {column_letters(index)}"
        if not text.strip():
            unnamed.append(name)
        if name.strip().casefold() in seen or (not text.strip() and name.casefold() in taken):
            if text.strip():
                repeated.append(name.strip())
            name = _next_name(name.strip(), seen | taken)
        seen.add(name.strip().casefold())
        names.append(name)
    if repeated:
        words = ", ".join(f"“{name}”" for name in dict.fromkeys(repeated))
        notes.append(
            Problem(
                "header_repeated",
                f"More than one column is called {words}; the later ones are shown with a number.",
                Level.WARNING,
            )
        )
    if unnamed:
        notes.append(
            Problem(
                "header_empty",
                f"Without a name in the header: {', '.join(unnamed[:10])}"
                f"{' …' if len(unnamed) > 10 else ''}.",
                Level.NOTE,
            )
        )
    return names, notes


def _next_name(name: str, taken: set[str]) -> str:
    count = 2
    while f"{name} ({count})".casefold() in taken:
        count += 1
    return f"{name} ({count})"
