"""Rows of a document with their hazards, as a converter takes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from nv_desktop.core.fields import Level, Problem

Hazard = tuple[int, Problem]


@dataclass(slots=True)
class Stored:
    """A row of the document: `number` as Excel counts."""

    id: int
    number: int
    cells: Sequence[str]
    hazards: tuple[Hazard, ...] = ()


Line = tuple[Any, ...]  # id, number, then the cells


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
