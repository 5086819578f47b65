"""Many lines in one statement: three times as fast as a statement for each line."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

_VALUES = 1_500  # in one statement; each must be prepared once


def at_once(width: int) -> int:
    """How many lines of so many values go into one statement."""
    return max(1, min(100, _VALUES // max(1, width)))


def insert(db: sqlite3.Connection, into: str, lines: Sequence[tuple[Any, ...]]) -> None:
    """`into`: such as "INSERT INTO verdicts"; the lines are of one width."""
    if not lines:
        return
    width = len(lines[0])
    many = at_once(width)
    whole = len(lines) - len(lines) % many
    if whole:
        sql = _statement(into, width, many)
        values = list(chain.from_iterable(lines[:whole]))
        for start in range(0, whole * width, many * width):
            db.execute(sql, values[start : start + many * width])
    if whole < len(lines):
        db.executemany(_statement(into, width, 1), lines[whole:])


def insert_run(
    db: sqlite3.Connection, into: str, first: Sequence[int | None], cells: Sequence[Any], width: int
) -> None:
    """Lines of some numbers, each one higher than in the line before, and then `width` cells.

    `first`: the numbers of the first line (a None stays None). `cells`: of all lines, one after another.
    """
    many = at_once(width)
    count = len(cells) // width
    sql = _counting(into, len(first), width, many)
    done = 0
    while done < count:
        if count - done < many:
            many = 1
            sql = _counting(into, len(first), width, many)
        numbers = [None if number is None else number + done for number in first]
        db.execute(sql, [*numbers, *cells[done * width : (done + many) * width]])
        done += many


@cache
def _statement(into: str, width: int, lines: int) -> str:
    line = f"({','.join('?' * width)})"
    return f"{into} VALUES {','.join([line] * lines)}"


@cache
def _counting(into: str, numbers: int, width: int, lines: int) -> str:
    def line(place: int) -> str:
        counted = [f"?{number}+{place}" for number in range(1, numbers + 1)]
        cells = [f"?{numbers + 1 + place * width + cell}" for cell in range(width)]
        return f"({','.join(counted + cells)})"

    return f"{into} VALUES {','.join(map(line, range(lines)))}"
