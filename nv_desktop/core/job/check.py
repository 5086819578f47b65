"""Checking a whole document: every row is converted, then rows are compared with each other.

Works in short transactions, so that the window reads and edits beside it; may follow a reading that is still
going on. Two processes can share the rows: one takes them from the first on, one from the last. Memory stays
flat: what is compared lies in the document as 32-bit keys.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from threading import Event
from typing import Any, Protocol

from nv_desktop.core.errors import Stopped
from nv_desktop.core.fields import Level
from nv_desktop.core.job import reader, schema, sharing
from nv_desktop.core.job.document import FIRST_BATCH, BlockLike, Document, next_size
from nv_desktop.core.job.duplicates import Finding, Member, groups, same_ids, shared
from nv_desktop.core.job.findings import (
    KEYS,
    SKIPPED,
    Converted,
    Results,
    Sentences,
    Survey,
    judge,
    judge_many,
    write_findings,
    write_results,
)
from nv_desktop.core.job.fold import fold_email, fold_id
from nv_desktop.core.job.ledger import State
from nv_desktop.core.job.reader import Hazard, Stored

Progress = Callable[[str, int, int], None]  # what is being done, rows done, rows in all
REPORT_SECONDS = 0.1
FOLLOW_SECONDS = 0.02
BEHIND = 10_000  # rows by which who follows a reading must be behind before the reader checks as well
_FINDINGS = 2_000  # written in one transaction

# a row that was handed to the server keeps the verdict with which it went
SENT_STATES = (State.SENDING, State.CONFIRMED, State.ACCEPTED, State.UNKNOWN)
SENT = f"SELECT row FROM ledger WHERE state IN ({', '.join(str(int(state)) for state in SENT_STATES)})"


class Converter(Protocol):
    """What the check needs of `core.mapping.Converter`."""

    def convert(self, cells: Sequence[str], hazards: Iterable[Hazard] = ()) -> Converted: ...

    def survey(self, columns: Sequence[Sequence[str]]) -> Survey: ...


class Check:
    """One run over one document: `begin` once, `rows` in one process or two, then `finish` once.

    Raises Stopped; what was checked so far then stays as it is. `meta("checking")` holds what is left:
    {"first", "last" (None: whatever is read), "taken" (stretches between them that are not), "sentences"
    (the last number before)}.
    """

    def __init__(
        self,
        document: Document,
        converter: Converter,
        rule: str,
        *,
        progress: Progress | None = None,
        stop: Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._document = document
        self._converter = converter
        self._rule = rule
        self._progress = progress
        self._stop = stop
        self._clock = clock
        self._reported = clock()
        self._sentences = Sentences()
        self._keys = sharing.SharedKeys()
        self._columns = len(document.header())

    @staticmethod
    def begin(document: Document, db: sqlite3.Connection) -> None:
        """Drop what would slow the writing, inside a transaction; no row is checked from now on."""
        for name in schema.KEY_INDEXES:
            db.execute(f"DROP INDEX IF EXISTS {name}")
        for name in schema.LEVEL_INDEXES:
            schema.make_index(db, name)
        sharing.begin(db)
        (last,) = db.execute("SELECT coalesce(max(id), 0) FROM sentences").fetchone()
        document.write_meta(db, "checking", {"first": 1, "last": None, "taken": [], "sentences": last})

    def finish(self) -> None:
        """Compare the rows with each other: to be called when each is checked for itself."""
        last = self._document.meta("checking")["sentences"]
        with self._document.transaction() as db:
            self._forget_old(db, last)
        self._compare()
        with self._document.transaction() as db:
            sharing.end(db)

    def _forget_old(self, db: sqlite3.Connection, last: int) -> None:
        """Sentences of an earlier check, unless rows that were sent still speak them."""
        if last and not db.execute("SELECT 1 FROM ledger LIMIT 1").fetchone():
            db.execute("DELETE FROM sentences WHERE id <= ?", (last,))

    def _tell(self, doing: str, done: int, rows: int) -> None:
        if self._stop is not None and self._stop.is_set():
            raise Stopped("The check was stopped.", "Start it again when you like.")
        now = self._clock()
        if self._progress is not None and now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self._progress(doing, done, rows)

    # --- each row for itself ----------------------------------------------------------------------------

    def rows(self, *, follow: bool = False, backwards: bool = False) -> None:
        """Check rows until none is left. `follow`: rows are still being read; wait for them until reading is
        done. `backwards`: from the last row on, beside another process that begins with the first."""
        done, size = 0, FIRST_BATCH
        db = self._document.db
        keeps = db.execute("SELECT 1 FROM ledger LIMIT 1").fetchone() is not None
        while True:
            reading = follow and self._document.meta("stage") == "reading"
            taken = self._take(size, backwards)
            if taken is not None:
                rows = reader.between(db, *taken, self._columns)
                if keeps:
                    sent = {row for (row,) in db.execute(f"{SENT} AND row BETWEEN ? AND ?", taken)}
                    rows = [line for line in rows if line[0] not in sent]
                size = next_size(size, self._check(reader.Lines(rows), keeps))
                done += taken[1] - taken[0] + 1
            elif not reading:
                self.leave()
                return
            else:
                time.sleep(FOLLOW_SECONDS)
            self._tell("check", done, 0 if reading else self._document.row_count())

    def _take(self, size: int, backwards: bool) -> tuple[int, int] | None:
        """The first and the last of the rows to check next; no other process gets them."""
        with self._document.transaction() as db:
            left = self._document.meta("checking")
            last = self._document.row_count() if left["last"] is None else left["last"]
            taken = _from(left, last, size, backwards)
            if taken is not None:
                self._document.write_meta(db, "checking", left)
            return taken

    def in_hand(self, first: int, blocks: Sequence[BlockLike]) -> int:
        """Check rows that were just read, `first` being the id of the first, where the process that follows
        is behind; how many were checked. It saves reading them again."""
        last = first + sum(len(block.numbers) for block in blocks) - 1
        with self._document.transaction() as db:
            left = self._document.meta("checking")
            taken = left["taken"]
            behind = first - left["first"] - sum(end - begin + 1 for begin, end in taken)
            if behind < BEHIND or left["last"] is not None:
                return 0
            if taken and taken[-1][1] == first - 1:
                taken[-1][1] = last
            else:
                taken.append([first, last])
            self._document.write_meta(db, "checking", left)
        self._check(reader.Blocks(first, blocks, self._columns), False)
        return last - first + 1

    def _check(self, lines: reader.Surveyed, keeps: bool) -> float:
        """Convert and write these rows. The seconds that the transaction took."""
        if not lines.ids:
            return 0.0
        first, last = lines.ids[0], lines.ids[-1]
        db = self._document.db
        results = survey(db, lines, self._converter)
        began = time.perf_counter()
        with self._document.transaction():
            if keeps:
                forget(db, lines.ids)
            else:
                db.execute("DELETE FROM found WHERE row BETWEEN ? AND ?", (first, last))
                db.execute("DELETE FROM merged WHERE row BETWEEN ? AND ?", (first, last))
            write_results(db, results, self._sentences)
        self._sentences.kept()
        self._keys.add(results.verdicts)
        return time.perf_counter() - began

    def leave(self) -> None:
        """This process checks no more rows for themselves: what was seen of them is left to `finish`."""
        with self._document.transaction() as db:
            self._keys.leave(db)

    # --- rows with each other ---------------------------------------------------------------------------

    def _compare(self) -> None:
        """The rows to look at are listed in a temporary table: reading it holds no lock on the document."""
        db, rows = self._document.db, self._document.row_count()
        for kind, column in KEYS.items():
            self._tell("compare", 0, 0)
            keys = sharing.of(db, kind, rows)
            if not keys:
                continue
            db.execute("CREATE TEMP TABLE shared_keys (key INTEGER PRIMARY KEY)")
            db.execute("CREATE TEMP TABLE sharing (row INTEGER, key INTEGER)")
            try:
                db.executemany("INSERT INTO shared_keys VALUES (?)", [(key,) for key in sorted(keys)])
                db.execute(
                    f"INSERT INTO sharing SELECT row, {column} FROM verdicts "
                    f"WHERE {column} IS NOT NULL AND {column} IN (SELECT key FROM shared_keys) "
                    f"ORDER BY {column}, row"
                )
                found = db.execute("SELECT row, key FROM sharing ORDER BY rowid")
                self._write(findings(db, kind, found, self._columns, self._converter, self._rule))
            finally:
                db.execute("DROP TABLE shared_keys")
                db.execute("DROP TABLE sharing")

    def _write(self, found: Iterator[Finding]) -> None:
        done = 0
        while batch := list(islice(found, _FINDINGS)):
            with self._document.transaction() as db:
                write_findings(db, batch, self._sentences)
            self._sentences.kept()
            done += len(batch)
            self._tell("compare", done, 0)


def _from(left: dict[str, Any], last: int, size: int, backwards: bool) -> tuple[int, int] | None:
    """Take at most `size` rows off either end of what is left, up to the next stretch that is taken."""
    first, between = left["first"], left["taken"]
    if backwards:
        while between and between[-1][1] >= last:
            last = min(last, between.pop()[0] - 1)
        begin = max(between[-1][1] + 1 if between else first, last - size + 1)
        if first > last:
            return None
        left["last"] = begin - 1
        return begin, last
    while between and between[0][0] <= first:
        first = max(first, between.pop(0)[1] + 1)
    if first > last:
        return None
    end = min(between[0][0] - 1 if between else last, first + size - 1)
    left["first"] = end + 1
    return first, end


def survey(db: sqlite3.Connection, lines: reader.Surveyed, converter: Converter) -> Results:
    """`examine` for many rows of the file: most are not looked at one by one."""
    rows = lines.ids
    if not rows:
        return Results([], [])
    first, last = rows[0], rows[-1]
    seen = converter.survey(lines.columns())
    special = reader.hazardous(db, first, last)
    special.update(row for (row,) in db.execute(_SKIPPED, (first, last)))
    if special:
        seen.unclear.update(place for place, row in enumerate(rows) if row in special)
    unclear = reader.stored(db, [lines.line(place) for place in sorted(seen.unclear)])
    one_by_one, together = examine(db, unclear, converter), judge_many(rows, seen)
    return Results(one_by_one.verdicts + together.verdicts, one_by_one.found + together.found)


_SKIPPED = "SELECT row FROM skips WHERE row BETWEEN ? AND ?"


def examine(db: sqlite3.Connection, rows: Sequence[Stored], converter: Converter) -> Results:
    """The verdicts and problems of rows, each for itself."""
    results = Results([], [])
    if not rows:
        return results
    first, last = rows[0].id, rows[-1].id
    lowest, highest = (first, last) if first <= last else (last, first)
    skipped = {row for (row,) in db.execute(_SKIPPED, (lowest, highest))}
    verdicts, found, convert = results.verdicts, results.found, converter.convert
    for row in rows:
        converted = convert(row.cells, row.hazards)
        verdicts.append(judge(row.id, converted, row.id in skipped))
        if converted.problems:
            found.extend((row.id, col, problem) for col, problem in converted.problems)
        if skipped and row.id in skipped:
            found.append((row.id, -1, SKIPPED))
    return results


def forget(db: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Take away what was found about these rows, inside a transaction."""
    each = [(row,) for row in rows]
    db.executemany("DELETE FROM found WHERE row = ?", each)
    db.executemany("DELETE FROM merged WHERE row = ?", each)


def findings(
    db: sqlite3.Connection,
    kind: str,
    rows: Iterator[tuple[int, int]],
    columns: int,
    converter: Converter,
    rule: str,
) -> Iterator[Finding]:
    """What rows mean for each other as to `kind`: of (row, key), ordered by key, then row.

    The rows are converted once more: a key only says that two values may be the same.
    """
    for together in groups(_keyed(db, rows, kind, columns, converter)):
        yield from same_ids(together, rule) if kind == "id" else shared(together, kind)


def _keyed(
    db: sqlite3.Connection,
    rows: Iterator[tuple[int, int]],
    kind: str,
    columns: int,
    converter: Converter,
) -> Iterator[tuple[int, str, Member]]:
    while chunk := list(islice(rows, 1_000)):
        keys = dict(chunk)
        for stored in reader.of_ids(db, [row for row, _ in chunk], columns):
            converted = converter.convert(stored.cells, stored.hazards)
            value = _value(kind, converted)
            if value is None or converted.user_id is None:
                continue
            error = converted.level >= Level.ERROR
            # a row with an error sends nothing, so rows with errors are compared by their texts
            same = hash(stored.cells) if error else hash(repr(converted.attributes))
            member = Member(stored.id, stored.number, converted.user_id, same, error)
            yield keys[stored.id], value, member


def _value(kind: str, converted: Converted) -> str | None:
    if kind == "id":
        return None if converted.user_id is None else fold_id(converted.user_id)
    text: str | None = converted.attributes.get(kind)
    return fold_email(text) if text and kind == "email" else text or None
