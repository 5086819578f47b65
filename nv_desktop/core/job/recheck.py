"""Checking again what was touched: the rows that stand in `dirty`, and those they share something with.

A row is marked dirty in the transaction that changes it, so an edit that was cut off is checked at the next
start; until then the document is not settled and nothing may be sent.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from nv_desktop.core.job import reader, schema
from nv_desktop.core.job.check import Converter, findings, forget, survey
from nv_desktop.core.job.document import FIRST_BATCH, Document, next_size
from nv_desktop.core.job.duplicates import CODES
from nv_desktop.core.job.findings import (
    KEYS,
    Results,
    Sentences,
    Verdict,
    judge_again,
    write_findings,
    write_results,
)

_MOST = 5_000  # rows checked in one transaction
_FEW_KEYS = 200  # so many are found faster by looking at all rows than by an index that must be made first


def settle(document: Document, converter: Converter, rule: str) -> None:
    """Check all dirty rows. Safe to call at any time, from any thread; cheap when there are none.

    Each transaction reads, converts and writes, so an edit in between is never overlooked.
    """
    if document.db.execute("SELECT 1 FROM dirty LIMIT 1").fetchone() is None:
        return
    columns = len(document.header())
    size = FIRST_BATCH
    while True:
        began = time.perf_counter()
        with document.transaction() as db:
            found = db.execute("SELECT row FROM dirty ORDER BY row LIMIT ?", (size,))
            rows = [row for (row,) in found]
            if not rows:
                return
            _settle(db, rows, columns, converter, rule)
            db.executemany("DELETE FROM dirty WHERE row = ?", [(row,) for row in rows])
        size = min(_MOST, next_size(size, time.perf_counter() - began))


def _settle(
    db: sqlite3.Connection, rows: Sequence[int], columns: int, converter: Converter, rule: str
) -> None:
    before = _verdicts(db, rows)
    compared = _compared(db, rows)
    results = survey(db, reader.Lines(reader.lines_of(db, rows, columns)), converter)
    forget(db, rows)
    sentences = Sentences()
    write_results(db, results, sentences, before)
    sentences.kept()
    for place, kind in enumerate(KEYS):
        touched = _touched_keys(place, kind, before, compared, results)
        _compare_again(db, kind, sorted(touched), columns, converter, rule, sentences)


def _verdicts(db: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Verdict]:
    marks = ",".join("?" * len(rows))
    return {line[0]: line for line in db.execute(f"SELECT * FROM verdicts WHERE row IN ({marks})", rows)}


def _compared(db: sqlite3.Connection, rows: Sequence[int]) -> dict[str, set[int]]:
    """kind -> those of the rows that share something with others now."""
    marks = ",".join("?" * len(rows))
    sharing: dict[str, set[int]] = {}
    for kind, codes in CODES.items():
        named = ",".join("?" * len(codes))
        found = db.execute(
            f"SELECT row FROM found WHERE row IN ({marks}) AND col = -1 AND code IN ({named})",
            (*rows, *codes),
        )
        sharing[kind] = {row for (row,) in found}
    return sharing


def _touched_keys(
    place: int, kind: str, before: dict[int, Verdict], compared: dict[str, set[int]], results: Results
) -> set[int]:
    """The keys of `kind` whose rows must be compared again."""
    touched: set[int | None] = set()
    for verdict in results.verdicts:
        old = before.get(verdict[0])
        now, was = verdict[4:][place], old[4:][place] if old else None
        same_person = old is not None and old[1] == verdict[1]
        if now != was or not same_person or verdict[0] in compared[kind]:
            touched.update((now, was))
    return {key for key in touched if key is not None}


def _compare_again(
    db: sqlite3.Connection,
    kind: str,
    keys: Sequence[int],
    columns: int,
    converter: Converter,
    rule: str,
    sentences: Sentences,
) -> None:
    if not keys:
        return
    column = KEYS[kind]
    if len(keys) > _FEW_KEYS:
        schema.make_index(db, f"verdicts_{column}")
    sharing: list[tuple[int, int]] = []
    for start in range(0, len(keys), _FEW_KEYS):
        some = keys[start : start + _FEW_KEYS]
        sharing += db.execute(
            f"SELECT row, {column} FROM verdicts WHERE {column} IS NOT NULL "
            f"AND {column} IN ({','.join('?' * len(some))}) ORDER BY {column}, row",
            some,
        )
    if not sharing:
        return
    rows = [(row,) for row, _ in sharing]
    for code in CODES[kind]:
        db.executemany(f"DELETE FROM found WHERE row = ? AND col = -1 AND code = '{code}'", rows)
    if kind == "id":
        db.executemany("DELETE FROM merged WHERE row = ?", rows)
    told = list(findings(db, kind, iter(sharing), columns, converter, rule))
    write_findings(db, told, sentences)
    sentences.kept()
    judge_again(db, [row for row, _ in sharing])
