"""Types that were guessed from the first rows, judged again when every cell is known (decision 2).

A guessed type is a proposal for a column in which nothing would be lost. Where a later cell contradicts it
(007 in row 500 of whole numbers) the column gives way, not the rows. A type that a recipe, a person or the
account has said stays, and stops the rows that do not fit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from nv_desktop.core import fields, steps
from nv_desktop.core.fields import TYPE_LABELS, Level, Type
from nv_desktop.core.mapping import content
from nv_desktop.core.mapping.model import ColumnMap, Mapping

_MOST = 5_000  # distinct texts that are asked whether another number type holds them all


def revised(db: sqlite3.Connection, mapping: Mapping) -> Mapping | None:
    """The mapping without the guesses that the last check has contradicted; None when all of them hold."""
    refused = {col for (col,) in db.execute("SELECT DISTINCT col FROM found WHERE level = ?", (Level.ERROR,))}
    columns = [_revised(db, column, column.index in refused) for column in mapping.columns]
    return None if columns == mapping.columns else replace(mapping, columns=columns)


def _revised(db: sqlite3.Connection, column: ColumnMap, refused: bool) -> ColumnMap:
    if not column.guessed or column.type in (None, Type.TEXT):
        return column
    first = next(_contradictions(db, column), None) if refused else None
    if first is None and column.type is Type.NUMBER:
        first = _loses_zero(db, column)
    if first is None:
        return column
    number, text = first
    type_ = Type.TEXT
    if column.type is Type.INTEGER and _are_numbers(db, column):
        type_ = Type.NUMBER
    was = TYPE_LABELS[column.type or Type.TEXT].lower()
    reason = (
        f"A custom attribute, as {TYPE_LABELS[type_].lower()}: “{fields.shown(text)}” in row {number:,} "
        f"does not fit {was}."
    )
    return replace(column, type=type_, reason=reason)


# What reading found about a cell (an error value, lost digits) stands whatever the type, so it says nothing
# against one. `found` is in the order of the rows: the first hit comes soon, or the column has none.
_REFUSED = """
    SELECT r.number, r.c{index} FROM found f JOIN rows r ON r.id = f.row
    WHERE f.col = ? AND f.level = ? AND NOT EXISTS (
        SELECT 1 FROM hazards h WHERE h.row = f.row AND h.col = f.col AND h.level = f.level)"""


def _contradictions(db: sqlite3.Connection, column: ColumnMap) -> Iterator[tuple[int, str]]:
    """Row number and text of the cells that the type refuses and a text would keep."""
    mend = steps.compose(column.steps)
    text_field = fields.custom(column.target or "", Type.TEXT)
    for number, text in db.execute(_REFUSED.format(index=column.index), (column.index, Level.ERROR)):
        if fields.parse(text_field, mend(text)).ok:
            yield number, text


def _loses_zero(db: sqlite3.Connection, column: ColumnMap) -> tuple[int, str] | None:
    """The first 1.10, whose 0 a number drops, unless all have two decimals: then they are amounts."""
    name = f"c{column.index}"
    found: tuple[int, str] | None = db.execute(
        f"SELECT number, {name} FROM rows WHERE {name} LIKE '%.%0' LIMIT 1"
    ).fetchone()
    if found is None:
        return None
    uneven = f"SELECT 1 FROM rows WHERE {name} <> '' AND substr(trim({name}), -3, 1) <> '.' LIMIT 1"
    return found if db.execute(uneven).fetchone() else None


def _are_numbers(db: sqlite3.Connection, column: ColumnMap) -> bool:
    """Whether whole numbers and what contradicts them are all numbers that lose nothing."""
    mend = steps.compose(column.steps)
    texts: set[str] = set()
    for _, text in _contradictions(db, column):
        texts.add(mend(text))
        if len(texts) > _MOST or not content.keeps(Type.NUMBER, [text]):
            return False
    return content.keeps(Type.NUMBER, ["0", *texts])
