"""Which rows, and in which order: a filter and a sort as SQL that gives row ids. Never OFFSET."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, compress

from nv_desktop.core.fields import Level
from nv_desktop.core.job.duplicates import ALL_CODES

LONGEST_PATTERN = 10_000  # SQLite takes patterns up to 50,000 bytes
_SORT_KIB = 24_000
_FIRST_PART = 25_000  # rows: a text in any of 15 columns takes about 40 ms
QUALITIES = ("valid", "warning", "error", "empty")


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows for which all that is given holds.

    `level`, `code`: they have a problem of that level or code, in `column` when that is given too (-1: the
    row itself). `quality`: the cell in `column` is valid, warning, error or empty. `text`: it stands in
    `column`, or anywhere; case does not count. `edited`, `duplicates`: True or False. `send`: would be sent.
    `state`: as the ledger has it (`core.job.ledger.State`). `skipped`: left out by the person. `left_out`:
    not sent although nothing is wrong (by the person, or since another row of the user ID goes), or not so.
    """

    level: Level | None = None
    code: str | None = None
    column: int | None = None
    quality: str | None = None
    text: str | None = None
    edited: bool | None = None
    duplicates: bool | None = None
    send: bool | None = None
    state: int | None = None
    skipped: bool | None = None
    left_out: bool | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """By a column's text (case does not count, empty cells last) or numbers; column -1: by row number."""

    column: int
    descending: bool = False
    numeric: bool = False


SENT = Filter(send=True)

Condition = tuple[str, Sequence[object]]  # SQL over `rows`, `verdicts` or neither; values


class Query:
    """A filter and a sort as one statement. `table` is the narrowest one that can answer."""

    def __init__(self, wanted: Filter, sort: Sort | None, columns: int) -> None:
        self._columns = columns
        self._ids: list[Condition] = []  # conditions on the id alone: "{id} IN (…)"
        self._cells: list[Condition] = []  # conditions on cells: need `rows`
        self._verdicts: list[Condition] = []  # need `verdicts`
        self._sort = sort if sort is not None and sort.column >= 0 else None
        self._backwards = sort is not None and sort.column < 0 and sort.descending
        self._gather(wanted)

    def _gather(self, wanted: Filter) -> None:
        if wanted.level is not None or wanted.code is not None:
            self._problems(wanted)
        if wanted.quality is not None and wanted.column is not None:
            self._quality(wanted.quality, wanted.column)
        if wanted.text:
            self._text(wanted.text, wanted.column)
        if wanted.send is not None:
            self._verdicts.append(("send = ?", (int(wanted.send),)))
        if wanted.left_out is not None:
            self._verdicts.append(("(send = 0 AND level < 3) = ?", (int(wanted.left_out),)))
        if wanted.state is not None:
            self._within("SELECT row FROM ledger WHERE state = ?", (wanted.state,))
        for choice, rows, values in (
            (wanted.edited, _EDITED, ()),
            (wanted.duplicates, _DUPLICATES, ALL_CODES),
            (wanted.skipped, "SELECT row FROM skips", ()),
        ):
            if choice is not None:
                self._within(rows, values, inside=choice)

    def _within(self, rows: str, values: Sequence[object], inside: bool = True) -> None:
        self._ids.append((f"{{id}} {'IN' if inside else 'NOT IN'} ({rows})", values))

    def _problems(self, wanted: Filter) -> None:
        if wanted.level == Level.ERROR and wanted.code is None and wanted.column is None:
            self._verdicts.append(("level = 3", ()))  # the highest level is in the verdict
            return
        choices = (("level", wanted.level), ("code", wanted.code), ("col", wanted.column))
        given = [(name, value) for name, value in choices if value is not None]
        where = " AND ".join(f"{name} = ?" for name, _ in given)
        self._within(f"SELECT DISTINCT row FROM found WHERE {where}", [value for _, value in given])

    def _quality(self, quality: str, column: int) -> None:
        cell = f"c{column}"
        level = {"warning": Level.WARNING, "error": Level.ERROR}.get(quality)
        if level is not None:
            self._within(
                "SELECT row FROM found WHERE col = ? AND level >= 2 GROUP BY row HAVING max(level) = ?",
                (column, int(level)),
            )
            return
        self._cells.append((f"{cell} = ''" if quality == "empty" else f"{cell} <> ''", ()))
        self._within("SELECT row FROM found WHERE col = ? AND level >= 2", (column,), inside=False)

    def _text(self, text: str, column: int | None) -> None:
        text = text[:LONGEST_PATTERN]
        spellings = dict.fromkeys((text, text.lower(), text.upper(), text.title()))
        if text.isascii():  # LIKE forgets the case of ASCII letters by itself
            spellings = {text: None}
        patterns = [f"%{escaped(spelling)}%" for spelling in spellings]
        named = range(self._columns) if column is None or column < 0 else (column,)
        tests = [f"c{name} LIKE ? ESCAPE '\\'" for name in named for _ in patterns]
        self._cells.append((f"({' OR '.join(tests)})", [*patterns] * len(named)))

    def statement(self, what: str = "{id}") -> tuple[str, list[object]]:
        """The statement and its values; `what` is selected (`{id}`: the row's id)."""
        if self._cells or self._sort:
            table, row = "rows", "id"
            checked = [
                (f"EXISTS (SELECT 1 FROM verdicts WHERE row = {{id}} AND {test})", values)
                for test, values in self._verdicts
            ]
            conditions = [*self._cells, *checked, *self._ids]
        elif self._verdicts:
            table, row, conditions = "verdicts", "row", [*self._verdicts, *self._ids]
        else:
            table, row, conditions = "rows", "id", self._ids
        where = " AND ".join(test for test, _ in conditions) or "1"
        sql = f"SELECT {what} FROM {table} WHERE {where}".format(id=row)
        return sql, list(chain.from_iterable(values for _, values in conditions))

    def order(self) -> str:
        """The ORDER BY of the statement; upwards by text empty cells come first (see `empty_last`)."""
        if self._sort is None:
            return f"ORDER BY 1 {'DESC' if self._backwards else ''}"
        cell, way = f"c{self._sort.column}", "DESC" if self._sort.descending else ""
        by = f"{cell} = '', CAST({cell} AS REAL) {way}, " if self._sort.numeric else ""
        # plain bytes as the only key are compared in two thirds of the time that NOCASE takes
        return f"ORDER BY {by}lower({cell}) {way}, id"

    def empty_last(self, db: sqlite3.Connection, found: array[int]) -> array[int]:
        """The rows found, with those that have nothing in the column of the sort at the end."""
        if self._sort is None or self._sort.numeric or self._sort.descending:
            return found
        cell = f"SELECT c{self._sort.column} <> '' FROM rows WHERE id = ?"
        empty = bisect_left(found, 1, key=lambda row: db.execute(cell, (row,)).fetchone()[0])
        return found[empty:] + found[:empty] if empty else found

    @property
    def everything(self) -> bool:
        """Whether all rows are asked for, in the order of the file or backwards."""
        return not (self._ids or self._cells or self._verdicts or self._sort)

    @property
    def searches(self) -> bool:
        """Whether cells are read."""
        return bool(self._cells)

    @property
    def sorts(self) -> bool:
        """Whether the rows are put in another order than that of the file."""
        return self._sort is not None

    @property
    def backwards(self) -> bool:
        return self._backwards


_EDITED = (
    "SELECT row FROM edits JOIN actions ON actions.id = edits.action WHERE undone = 0 AND edits.col >= 0"
)
_DUPLICATES = f"SELECT row FROM found WHERE col = -1 AND code IN ({','.join('?' * len(ALL_CODES))})"


def escaped(text: str) -> str:
    """The text with LIKE's own signs made plain (`ESCAPE '\\'`)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def ids(db: sqlite3.Connection, wanted: Filter, sort: Sort | None, columns: int) -> array[int]:
    """The ids of the rows that pass, sorted; without a sort in the order of the file."""
    query = Query(wanted, sort, columns)
    if query.everything:
        last = _last(db)
        return array("q", range(last, 0, -1) if query.backwards else range(1, last + 1))
    if wanted == SENT and sort is None:
        sent = _all_but_stopped(db)
        if sent is not None:
            return sent
    sql, values = query.statement()
    with _room_to_sort(db) if query.sorts else nullcontext():
        return query.empty_last(
            db, array("q", chain.from_iterable(db.execute(f"{sql} {query.order()}", values)))
        )


def parts(db: sqlite3.Connection, wanted: Filter, columns: int) -> Iterator[tuple[array[int], float]]:
    """`ids` in the order of the file, part by part, each with the share of the rows looked at so far (to 1).

    What stands at the top is there in a moment though a text is searched in every cell of a million rows.
    The parts grow, since what a filter needs of other tables is found anew for each.
    """
    last = _last(db)
    if Query(wanted, None, columns).searches:
        first, size = 1, _FIRST_PART
        while first + 2 * size < last:
            yield _between(db, wanted, columns, first, first + size - 1), (first + size - 1) / last
            first, size = first + size, 2 * size
        yield _between(db, wanted, columns, first, last), 1.0
    else:
        yield ids(db, wanted, None, columns), 1.0


def _between(db: sqlite3.Connection, wanted: Filter, columns: int, first: int, last: int) -> array[int]:
    sql, values = Query(wanted, None, columns).statement()
    found = db.execute(f"{sql} AND rows.id BETWEEN ? AND ? ORDER BY 1", (*values, first, last))
    return array("q", chain.from_iterable(found))


def _last(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) FROM rows").fetchone()[0])


@contextmanager
def _room_to_sort(db: sqlite3.Connection) -> Iterator[None]:
    """For a million rows a third of the time: fewer pieces that were sorted each for itself are merged."""
    (usual,) = db.execute("PRAGMA cache_size").fetchone()
    db.execute(f"PRAGMA cache_size = -{_SORT_KIB}")
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size = {usual}")


def _all_but_stopped(db: sqlite3.Connection) -> array[int] | None:
    """The rows that would be sent: mostly nearly all, and those that would not have an index. None where
    some are not checked yet."""
    last = _last(db)
    (checked,) = db.execute("SELECT count(*) FROM verdicts").fetchone()
    if checked != last:
        return None
    sent = bytearray(b"\x01") * last
    for (row,) in db.execute("SELECT row FROM verdicts WHERE send = 0"):
        sent[row - 1] = 0
    return array("q", compress(range(1, last + 1), sent))


def count(db: sqlite3.Connection, wanted: Filter, columns: int) -> int:
    """How many rows pass."""
    query = Query(wanted, None, columns)
    if query.everything:
        return _last(db)
    sql, values = query.statement("count(*)")
    return int(db.execute(sql, values).fetchone()[0])


def subquery(wanted: Filter, columns: int) -> tuple[str, list[object]]:
    """A statement that selects the ids, to stand inside another one."""
    return Query(wanted, None, columns).statement()
