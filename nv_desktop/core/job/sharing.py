"""Which keys stand in more than one row: collected while rows are checked, so that nobody has to sort them.

Each process keeps the keys of the rows that it checked, and leaves them in the document when it is done.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from operator import itemgetter

from nv_desktop.core.job.findings import KEYS, Verdict

_FIRST = 4  # the place of the first key in a verdict
_PART = 250_000  # keys in one line, which is a megabyte
_TOGETHER = 500_000  # keys that are compared in one go: about 40 MB


class SharedKeys:
    """The keys of one process: `add` while it checks, `leave` at its end; then `of` finds what is shared."""

    def __init__(self) -> None:
        self._rows = 0
        self._keys = {kind: array("I") for kind in KEYS}

    def add(self, verdicts: Sequence[Verdict]) -> None:
        self._rows += len(verdicts)
        for place, keys in enumerate(self._keys.values(), _FIRST):
            keys.extend(filter(None, map(itemgetter(place), verdicts)))

    def leave(self, db: sqlite3.Connection) -> None:
        """Put them into the document, inside a transaction."""
        db.execute("INSERT INTO shared VALUES (NULL, ?, NULL)", (self._rows,))
        for kind, keys in self._keys.items():
            for start in range(0, len(keys), _PART):
                part = keys[start : start + _PART].tobytes()
                db.execute("INSERT INTO shared VALUES (?, 0, ?)", (kind, part))
            del keys[:]
        self._rows = 0


def begin(db: sqlite3.Connection) -> None:
    """Forget those of an earlier check, inside a transaction."""
    end(db)
    db.execute("CREATE TABLE shared (kind TEXT, rows INTEGER, keys BLOB)")


def end(db: sqlite3.Connection) -> None:
    db.execute("DROP TABLE IF EXISTS shared")


def of(db: sqlite3.Connection, kind: str, rows: int) -> list[int]:
    """The keys of this kind that stand in several of the document's rows."""
    column = KEYS[kind]
    (told,) = db.execute("SELECT coalesce(sum(rows), 0) FROM shared").fetchone()
    if told != rows:  # some were not checked this time: they had been sent
        found = db.execute(
            f"SELECT {column} FROM verdicts WHERE {column} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        )
        return [key for (key,) in found]
    keys = array("I")
    for (part,) in db.execute("SELECT keys FROM shared WHERE kind = ?", (kind,)):
        keys.frombytes(part)
    return list(set(_several(keys)))


def _several(keys: array[int]) -> Iterator[int]:
    """Those that come more than once."""
    parts = 1 + len(keys) // _TOGETHER
    for part in range(parts):
        some = [key for key in keys if key % parts == part] if parts > 1 else keys
        seen = set(some)
        if len(seen) == len(some):
            continue
        for key in some:
            if key in seen:
                seen.discard(key)
            else:
                yield key
