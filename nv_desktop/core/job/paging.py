"""A few rows of a document as a table or a report shows them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.job.ledger import State

MOST = 5_000  # rows of one page


@dataclass(slots=True)
class PageRow:
    """One row. `number` as Excel counts; `problems` by column, -1 the row itself; `before`: what stood first
    in an edited cell, by column. `user_id`, `send`, `level` are None until the row is checked, `state` until
    sending began.
    """

    id: int
    number: int
    line: int | None
    cells: tuple[str, ...]
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    user_id: str | None = None
    send: bool | None = None
    level: int | None = None
    before: dict[int, str] = field(default_factory=dict)
    skipped: bool = False
    state: State | None = None
    reason: str | None = None


def page(db: sqlite3.Connection, ids: Sequence[int], columns: int) -> list[PageRow]:
    """These rows, in this order (at most 5,000); an id that is no row is left out."""
    if not ids:
        return []
    if len(ids) > MOST:
        raise ValueError(f"a page has at most {MOST} rows")
    where, values = _where(ids)
    cells = "".join(f", c{index}" for index in range(columns))
    rows = {
        line[0]: PageRow(line[0], line[1], line[2], line[3:])
        for line in db.execute(f"SELECT id, number, line{cells} FROM rows WHERE {where.format('id')}", values)
    }
    _add_verdicts(db, rows, where.format("v.row"), values)
    _add_problems(db, rows, where.format("row"), values)
    _add_edits(db, rows, where.format("e.row"), values)
    return [rows[row] for row in ids if row in rows]


def _where(ids: Sequence[int]) -> tuple[str, list[int]]:
    """The condition on these ids; `{}` stands for the column that holds them."""
    first, last = min(ids), max(ids)
    if last - first + 1 == len(ids):
        return "{} BETWEEN ? AND ?", [first, last]
    return "{} IN (" + ",".join("?" * len(ids)) + ")", list(ids)


def _add_verdicts(db: sqlite3.Connection, rows: dict[int, PageRow], where: str, values: list[int]) -> None:
    found = db.execute(
        "SELECT v.row, v.user_id, v.send, v.level, s.row, l.state, l.reason FROM verdicts v "
        "LEFT JOIN skips s ON s.row = v.row LEFT JOIN ledger l ON l.row = v.row "
        f"WHERE {where}",
        values,
    )
    for row, user_id, send, level, skip, state, reason in found:
        if row in rows:
            each = rows[row]
            each.user_id, each.send, each.level = user_id, bool(send), level
            each.skipped = skip is not None
            each.state, each.reason = None if state is None else State(state), reason


def _add_problems(db: sqlite3.Connection, rows: dict[int, PageRow], where: str, values: list[int]) -> None:
    found = db.execute(
        f"SELECT row, col, level, code, message, step FROM problems WHERE {where} ORDER BY level DESC", values
    )
    for row, col, level, code, message, step in found:
        problem = Problem(code, message, Level(level), json.loads(step) if step else None)
        if row in rows:
            rows[row].problems.setdefault(col, []).append(problem)


def _add_edits(db: sqlite3.Connection, rows: dict[int, PageRow], where: str, values: list[int]) -> None:
    found = db.execute(
        "SELECT e.row, e.col, e.before FROM edits e JOIN actions a ON a.id = e.action "
        f"WHERE {where} AND a.undone = 0 AND e.col >= 0 ORDER BY e.action",
        values,
    )
    for row, col, before in found:
        if row in rows:
            rows[row].before.setdefault(col, before)
