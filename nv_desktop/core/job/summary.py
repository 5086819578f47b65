"""A document in numbers: totals, the quality of each column, its problems in groups."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from nv_desktop.core.fields import Json, Level, Step


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows of the file: `send` + `stopped` = `checked`. `warnings` are rows that are sent with a warning;
    `skipped` those of the stopped that have no error (duplicates, or left out by the person)."""

    rows: int
    checked: int
    send: int
    stopped: int
    warnings: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The cells of one column; the four numbers add up to the rows."""

    valid: int
    warning: int
    error: int
    empty: int


@dataclass(frozen=True, slots=True)
class Group:
    """All problems of one code in one column (-1: the row). `message` is the first one's; `step` mends them,
    as far as one can: a map names every text that it knows."""

    code: str
    level: Level
    column: int
    message: str
    count: int
    step: Step | None


def totals(db: sqlite3.Connection) -> Totals:
    """The numbers above the table. A few milliseconds: partial indexes answer."""

    def number(sql: str) -> int:
        return int(db.execute(sql).fetchone()[0])

    checked = number("SELECT count(*) FROM verdicts")
    stopped = number("SELECT count(*) FROM verdicts WHERE send = 0")
    return Totals(
        rows=number("SELECT coalesce(max(id), 0) FROM rows"),
        checked=checked,
        send=checked - stopped,
        stopped=stopped,
        warnings=number("SELECT count(*) FROM verdicts WHERE level = 2 AND send = 1"),
        skipped=number("SELECT count(*) FROM verdicts WHERE send = 0 AND level < 3"),
    )


def empties(db: sqlite3.Connection, columns: int) -> list[int]:
    """How many cells of each column are empty: reads every cell, about half a second for a million rows."""
    if not columns:
        return []
    sums = ", ".join(f"coalesce(sum(c{index} = ''), 0)" for index in range(columns))
    return list(db.execute(f"SELECT {sums} FROM rows").fetchone())


def column_quality(db: sqlite3.Connection, empty: list[int]) -> list[Quality]:
    """The quality of each column, given its `empties`. A cell with a problem counts as that, empty or not."""
    (rows,) = db.execute("SELECT coalesce(max(id), 0) FROM rows").fetchone()
    worst: dict[int, dict[int, int]] = {}
    found = db.execute(
        "SELECT col, level, count(*) FROM (SELECT col, max(level) AS level FROM found "
        "WHERE col >= 0 AND level >= 2 GROUP BY row, col) GROUP BY col, level"
    )
    for col, level, number in found:
        worst.setdefault(col, {})[level] = number
    qualities = []
    for col, blank in enumerate(empty):
        warning, error = (worst.get(col, {}).get(level, 0) for level in (Level.WARNING, Level.ERROR))
        if blank and warning + error:
            blank -= _empty_with_problem(db, col)
        qualities.append(Quality(rows - warning - error - blank, warning, error, blank))
    return qualities


def _empty_with_problem(db: sqlite3.Connection, col: int) -> int:
    sql = (
        "SELECT count(DISTINCT f.row) FROM found f JOIN rows r ON r.id = f.row "
        f"WHERE f.col = ? AND f.level >= 2 AND r.c{col} = ''"
    )
    return int(db.execute(sql, (col,)).fetchone()[0])


def problem_groups(db: sqlite3.Connection) -> list[Group]:
    """The problems by column and code, errors first, then the most frequent."""
    found = db.execute(
        "SELECT col, code, max(level), count(*), min(sentence) FROM found GROUP BY col, code"
    ).fetchall()
    groups = []
    for col, code, level, number, sentence in found:
        (message, step) = db.execute(
            "SELECT message, step FROM sentences WHERE id = ?", (sentence,)
        ).fetchone() or ("", None)
        mend = combined(_steps(db, col, code)) if step else None
        groups.append(Group(code, Level(level), col, message, number, mend))
    return sorted(groups, key=lambda group: (-group.level, -group.count, group.column, group.code))


_MOST_STEPS = 500


def _steps(db: sqlite3.Connection, col: int, code: str) -> list[Step]:
    found = db.execute(
        "SELECT DISTINCT step FROM found JOIN sentences ON sentences.id = sentence "
        "WHERE col = ? AND code = ? AND step IS NOT NULL LIMIT ?",
        (col, code, _MOST_STEPS),
    )
    return [json.loads(step) for (step,) in found]


def combined(steps: list[Step]) -> Step | None:
    """One step that stands for all: maps are joined; where others differ in a value, that is left to ask."""
    if not steps:
        return None
    kind = steps[0]["step"]
    same = [step for step in steps if step["step"] == kind]
    if kind == "map":
        pairs: dict[str, Json] = {}
        for step in same:
            pairs.update(step["map"])
        return {"step": "map", "map": pairs}
    if kind == "replace" and len(same) > 1:
        return None  # two different replacements are two steps
    joined: Step = {}
    for name in dict.fromkeys(name for step in same for name in step):
        values = [step[name] for step in same if step.get(name) is not None]
        joined[name] = values[0] if values and all(value == values[0] for value in values) else None
    return joined
