"""Find and replace over a document: which cells match, and what they become."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from nv_desktop.core.errors import Rejected
from nv_desktop.core.job.filters import LONGEST_PATTERN, Filter, escaped, subquery
from nv_desktop.core.steps.patterns import compiled


@dataclass(frozen=True, slots=True)
class Replacement:
    """What to find and what to put there. `column` None: everywhere. `whole`: the whole cell must match.
    `case`: upper and lower case count. `regex`: `find` is a regular expression, `put` may name its groups.
    `within`: only rows that pass this filter."""

    find: str
    put: str
    column: int | None = None
    whole: bool = False
    case: bool = False
    regex: bool = False
    within: Filter | None = None


def work_out(db: sqlite3.Connection, wanted: Replacement, columns: int) -> None:
    """Fill `change` with the cells that become something else. Raises Rejected for a bad expression."""
    rule = _rule(wanted)
    where = "1"
    values: list[object] = []
    if wanted.within is not None:
        rows, values = subquery(wanted.within, columns)
        where = f"id IN ({rows})"
    db.create_function("nv_replaced", 1, rule, deterministic=True)
    test, needles = _first_test(wanted)
    try:
        for col in range(columns) if wanted.column is None else (wanted.column,):
            cell = f"c{col}"
            db.execute(
                f"INSERT INTO temp.change SELECT {col}, id, after FROM (SELECT id, {cell} AS now, "
                f"nv_replaced({cell}) AS after FROM rows WHERE {where} AND {test.format(cell)}) "
                "WHERE after IS NOT NULL AND after <> now",
                [*values, *needles],
            )
    finally:
        db.create_function("nv_replaced", 1, None)


def _first_test(wanted: Replacement) -> tuple[str, list[str]]:
    """A quick test in SQL that lets through every cell that can match."""
    if wanted.regex or not wanted.find or len(wanted.find) > LONGEST_PATTERN:
        return "1", []
    if wanted.case:
        return ("{} = ?" if wanted.whole else "instr({}, ?) > 0"), [wanted.find]
    if not wanted.find.isascii():  # LIKE knows the case of ASCII letters only
        return "1", []
    return "{} LIKE ? ESCAPE '\\'", [f"%{escaped(wanted.find)}%"]


def _rule(wanted: Replacement) -> Callable[[str], str | None]:
    """text -> the text after it, None where nothing matches."""
    if not wanted.find and not wanted.whole:
        raise Rejected("Nothing was given to look for.", "Type the text to find.")
    flags = 0 if wanted.case else re.IGNORECASE
    find = wanted.find if wanted.regex else re.escape(wanted.find)
    put = wanted.put if wanted.regex else wanted.put.replace("\\", "\\\\")
    pattern = compiled(find, put, flags, whole=wanted.whole)

    def replaced(text: str) -> str | None:
        if wanted.whole:
            match = pattern.fullmatch(text)
            return match.expand(put) if match else None
        after, number = pattern.subn(put, text)
        return after if number else None

    return replaced
