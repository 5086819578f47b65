"""Rows of a document with their hazards, as a converter takes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Protocol

from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.job.document import BlockLike

Hazard = tuple[int, Problem]


@dataclass(slots=True)
class Stored:
    """A row of the document: `number` as Excel counts."""

    id: int
    number: int
    cells: Sequence[str]
    hazards: tuple[Hazard, ...] = ()


Line = tuple[Any, ...]  # id, number, then the cells


class Surveyed(Protocol):
    """Rows in the order of the file, whole columns at once or one by one."""

    @property
    def ids(self) -> Sequence[int]: ...

    def columns(self) -> Sequence[Sequence[str]]: ...

    def line(self, place: int) -> Line: ...


class Lines:
    """Rows as the database gives them."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self.ids = [line[0] for line in lines]

    def columns(self) -> Sequence[Sequence[str]]:
        return list(zip(*self._lines, strict=True))[2:]

    def line(self, place: int) -> Line:
        return self._lines[place]


class Blocks:
    """Rows as they were read."""

    def __init__(self, first: int, blocks: Sequence[BlockLike], width: int) -> None:
        self._numbers = list(chain.from_iterable(block.numbers for block in blocks))
        self._cells = list(chain.from_iterable(block.cells for block in blocks))
        self._width = width
        self.ids = range(first, first + len(self._numbers))

    def columns(self) -> Sequence[Sequence[str]]:
        return [self._cells[place :: self._width] for place in range(self._width)]

    def line(self, place: int) -> Line:
        begin = place * self._width
        return (self.ids[place], self._numbers[place], *self._cells[begin : begin + self._width])


def between(db: sqlite3.Connection, first: int, last: int, columns: int) -> list[Line]:
    """The rows from `first` to `last`, in the order of the file, as the database gives them."""
    sql = f"SELECT {_names(columns)} FROM rows WHERE id BETWEEN ? AND ? ORDER BY id"
    return db.execute(sql, (first, last)).fetchall()


def stored(db: sqlite3.Connection, lines: Sequence[Line]) -> list[Stored]:
    """Lines in the order of the file, with their hazards."""
    rows = [Stored(line[0], line[1], line[2:]) for line in lines]
    return _with_hazards(db, rows, rows[0].id, rows[-1].id) if rows else rows


def hazardous(db: sqlite3.Connection, first: int, last: int) -> set[int]:
    """The rows from `first` to `last` that reading found something about."""
    found = db.execute("SELECT row FROM hazards WHERE row BETWEEN ? AND ?", (first, last))
    return {row for (row,) in found}


def lines_of(db: sqlite3.Connection, ids: Sequence[int], columns: int) -> list[Line]:
    """These rows (at most 10,000), in the order of the file; ids that are no rows are left out."""
    if not ids:
        return []
    first, last = min(ids), max(ids)
    if last - first + 1 == len(ids):
        where, values = "id BETWEEN ? AND ?", [first, last]
    else:
        where, values = f"id IN ({','.join('?' * len(ids))})", list(ids)
    return db.execute(f"SELECT {_names(columns)} FROM rows WHERE {where} ORDER BY id", values).fetchall()


def of_ids(db: sqlite3.Connection, ids: Sequence[int], columns: int) -> list[Stored]:
    """These rows (at most 10,000), in this order; ids that are no rows are left out."""
    by_id = {row.id: row for row in stored(db, lines_of(db, ids, columns))}
    return [by_id[row] for row in ids if row in by_id]


def streamed(db: sqlite3.Connection, ids: Iterator[int], columns: int) -> Iterator[Stored]:
    """`of_ids` for any number of ids, a thousand at a time."""
    while chunk := list(islice(ids, 1_000)):
        yield from of_ids(db, chunk, columns)


def _names(columns: int) -> str:
    return "".join(("id, number", *(f", c{index}" for index in range(columns))))


# what reading found does not speak of a cell that was edited since
_HAZARDS = """
    SELECT row, col, code, message, level FROM hazards h WHERE row BETWEEN ? AND ? AND NOT EXISTS (
        SELECT 1 FROM edits e JOIN actions a ON a.id = e.action
        WHERE e.row = h.row AND e.col = h.col AND a.undone = 0)"""


def _with_hazards(db: sqlite3.Connection, rows: list[Stored], first: int, last: int) -> list[Stored]:
    found = db.execute(_HAZARDS, (first, last)).fetchall()
    if found:
        by_row: dict[int, list[Hazard]] = {}
        for row, col, code, message, level in found:
            by_row.setdefault(row, []).append((col, Problem(code, message, Level(level))))
        for stored in rows:
            stored.hazards = tuple(by_row.get(stored.id, ()))
    return rows
