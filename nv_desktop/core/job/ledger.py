"""What happened to each row: the durable state machine that the upload engine writes and everybody reads.

    not sent → sending → confirmed | accepted | refused(reason) | unknown | skipped(reason)

Once sending began there is exactly one line per row of the file, so the states add up to the rows at every
instant and after any crash. Every write is one `BEGIN IMMEDIATE` transaction with `synchronous=FULL`: when a
method returns, a power cut cannot take it back. A `sending` mark found by `recover` means that the process
ended before it knew the answer: unknown, never more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from nv_desktop.core.job.connections import connect


class State(IntEnum):
    """The state of one row; the numbers stand in job documents and never change."""

    NOT_SENT = 0
    SENDING = 1
    CONFIRMED = 2
    ACCEPTED = 3
    REFUSED = 4
    UNKNOWN = 5
    SKIPPED = 6

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS: dict[State, str] = {
    State.NOT_SENT: "not sent",
    State.SENDING: "sending",
    State.CONFIRMED: "confirmed",
    State.ACCEPTED: "accepted",
    State.REFUSED: "refused",
    State.UNKNOWN: "unknown",
    State.SKIPPED: "skipped",
}

Failpoint = Callable[[str], None]


def no_failpoint(_name: str) -> None:
    """Nothing fails: what everything but a crash test passes."""


class Document(Protocol):
    """What the ledger needs of a job."""

    @property
    def path(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows are in each state; `rows` is their sum."""

    not_sent: int = 0
    sending: int = 0
    confirmed: int = 0
    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    skipped: int = 0

    @property
    def rows(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))

    @staticmethod
    def of(numbers: dict[State, int]) -> Counts:
        return Counts(**{state.name.lower(): numbers.get(state, 0) for state in State})


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it goes out: `hash` is the digest of what is sent (see `core.upload.record`)."""

    row: int
    user_id: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A batch that is about to be sent: `batch` is filled in by the ledger."""

    lines: Sequence[Line]
    attempt: int
    at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows of one batch: (row, state, reason) for each of them."""

    batch: int
    rows: Sequence[tuple[int, State, str | None]]
    status: str
    message: str
    at: float


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Rows of one call whose outcome is unknown; `sent_at` in seconds since 1970."""

    batch: int
    sent_at: float
    attempt: int
    rows: tuple[int, ...]
    users: tuple[str, ...]


_BEGIN = f"""
INSERT INTO ledger(row, user_id, state, batch, reason, hash)
SELECT r.id, v.user_id,
       CASE WHEN v.send = 1 THEN {State.NOT_SENT:d} ELSE {State.SKIPPED:d} END,
       NULL,
       CASE WHEN v.send = 1 THEN NULL ELSE {{why}} END,
       NULL
FROM rows r LEFT JOIN verdicts v ON v.row = r.id
WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.row = r.id)
"""
_WHY = """coalesce((SELECT nullif(message, '') FROM reasons WHERE reasons.row = {row}),
          'The row was not checked.')"""


class Ledger:
    """The ledger of one job. One thread at a time; readers elsewhere open a `Ledger` of their own.

    Raises sqlite3.Error when the disk refuses a write; then nothing of that write stands.
    """

    def __init__(self, job: Document, failpoint: Failpoint = no_failpoint) -> None:
        self._db = connect(job.path)
        self._db.execute("PRAGMA synchronous=FULL")
        self._failpoint = failpoint

    def close(self) -> None:
        self._db.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection itself, for the engine's neighbours (report, undo) and for tests that limit it."""
        return self._db

    @contextmanager
    def _durably(self, name: str) -> Iterator[None]:
        self._failpoint(f"{name}.before")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._failpoint(f"{name}.inside")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._failpoint(f"{name}.after")

    # --- the beginning ------------------------------------------------------------------------------

    def begin(self) -> None:
        """Give every row of the file its line, and let edits made since speak.

        Rows that the check would not send are skipped with the first sentence of their problems; a skipped
        row that has been mended goes back to not sent. Safe to call at every start.
        """
        why = _WHY.format(row="r.id")
        with self._durably("begin"):
            self._db.execute(_BEGIN.format(why=why))
            self._db.execute(
                f"""UPDATE ledger SET state = {State.NOT_SENT:d}, reason = NULL,
                    user_id = (SELECT user_id FROM verdicts v WHERE v.row = ledger.row)
                    WHERE state = {State.SKIPPED:d}
                    AND row IN (SELECT row FROM verdicts WHERE send = 1)"""
            )
            self._db.execute(
                f"""UPDATE ledger SET state = {State.SKIPPED:d}, reason = {_WHY.format(row="ledger.row")}
                    WHERE state = {State.NOT_SENT:d}
                    AND row IN (SELECT row FROM verdicts WHERE send = 0)"""
            )

    def recover(self) -> int:
        """Rows that still stand as sending were on their way when the process ended: unknown. How many."""
        with self._durably("recover"):
            self._db.execute("UPDATE batches SET state = 'unknown' WHERE state = 'sending'")
            return self._db.execute(
                f"UPDATE ledger SET state = {State.UNKNOWN:d}, reason = ? WHERE state = {State.SENDING:d}",
                ("The program ended before the answer came.",),
            ).rowcount

    # --- one call -----------------------------------------------------------------------------------

    def write(self, marks: Sequence[Mark], outcomes: Sequence[Outcome]) -> list[int]:
        """Record outcomes and marks in one durable step; the batch number of each mark, in order.

        A row is marked only from not sent or unknown, and an outcome counts only for the batch that the row
        was last sent in: a late answer to an earlier batch changes nothing.
        """
        with self._durably("write"):
            for outcome in outcomes:
                self._settle(outcome)
            return [self._mark(mark) for mark in marks]

    def _mark(self, mark: Mark) -> int:
        cursor = self._db.execute(
            "INSERT INTO batches(state, attempt, made_at, sent_at) VALUES('sending', ?, ?, ?)",
            (mark.attempt, mark.at, mark.at),
        )
        batch = cursor.lastrowid
        assert batch is not None
        marked = self._db.executemany(
            f"""UPDATE ledger SET state = {State.SENDING:d}, batch = ?, user_id = ?, reason = NULL, hash = ?
                WHERE row = ? AND state IN ({State.NOT_SENT:d}, {State.UNKNOWN:d})""",
            [(batch, line.user_id, line.hash, line.row) for line in mark.lines],
        ).rowcount
        if marked != len(mark.lines):
            raise RuntimeError(f"{len(mark.lines) - marked} rows of a batch were not free to be sent")
        return batch

    def _settle(self, outcome: Outcome) -> None:
        self._db.executemany(
            f"""UPDATE ledger SET state = ?, reason = ?
                WHERE row = ? AND batch = ? AND state = {State.SENDING:d}""",
            [(int(state), reason, row, outcome.batch) for row, state, reason in outcome.rows],
        )
        self._db.execute(
            "UPDATE batches SET state = ?, answered_at = ?, status = ?, message = ? WHERE id = ?",
            ("answered", outcome.at, outcome.status, outcome.message, outcome.batch),
        )

    def change(self, rows: Sequence[tuple[int, State, str | None]], of: Sequence[State]) -> int:
        """Give rows a state without a call (skipped, read back), only from the states `of`. How many."""
        allowed = ",".join(str(int(state)) for state in of)
        with self._durably("change"):
            return self._db.executemany(
                f"UPDATE ledger SET state = ?, reason = ? WHERE row = ? AND state IN ({allowed})",
                [(int(state), reason, row) for row, state, reason in rows],
            ).rowcount

    def again(self, state: State, rows: Sequence[int] | None = None) -> int:
        """Refused or skipped rows shall be sent again (all, or those given). How many."""
        with self._durably("again"):
            sql = f"UPDATE ledger SET state = {State.NOT_SENT:d}, reason = NULL WHERE state = ?"
            if rows is None:
                return self._db.execute(sql, (int(state),)).rowcount
            return self._db.executemany(sql + " AND row = ?", [(int(state), row) for row in rows]).rowcount

    # --- reading ------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """How many rows are in each state; before `begin` all zero."""
        numbers = self._db.execute("SELECT state, count(*) FROM ledger GROUP BY state")
        return Counts.of({State(state): number for state, number in numbers})

    def not_sent(self, after: int, limit: int) -> list[int]:
        """Rows not sent yet, in the order of the file, behind the row `after`."""
        found = self._db.execute(
            f"SELECT row FROM ledger WHERE row > ? AND state = {State.NOT_SENT:d} ORDER BY row LIMIT ?",
            (after, limit),
        )
        return [row for (row,) in found]

    def unsettled(self) -> list[Unsettled]:
        """The rows with unknown outcome, one entry per call they were last in, oldest first."""
        found = self._db.execute(
            f"""SELECT l.batch, b.sent_at, b.attempt, l.row, l.user_id
                FROM ledger l LEFT JOIN batches b ON b.id = l.batch
                WHERE l.state = {State.UNKNOWN:d} ORDER BY l.batch, l.row"""
        )
        calls: dict[int, tuple[float, int, list[int], list[str]]] = {}
        for batch, sent_at, attempt, row, user_id in found:
            _, _, rows, users = calls.setdefault(batch or 0, (sent_at or 0.0, attempt or 1, [], []))
            rows.append(row)
            users.append(user_id)
        return [
            Unsettled(batch, at, attempt, tuple(rows), tuple(users))
            for batch, (at, attempt, rows, users) in calls.items()
        ]

    def unknown(self, rows: Sequence[int]) -> dict[int, float]:
        """Row → when its last call was sent, for those of these (at most 100) whose outcome is unknown."""
        found = self._db.execute(
            f"""SELECT l.row, b.sent_at FROM ledger l JOIN batches b ON b.id = l.batch
                WHERE l.state = {State.UNKNOWN:d} AND l.row IN ({",".join("?" * len(rows))})""",
            rows,
        )
        return dict(found)

    def hashes(self, state: State) -> dict[int, bytes]:
        """Row → digest of what was last sent, for the rows in this state."""
        found = self._db.execute(
            "SELECT row, hash FROM ledger WHERE state = ? AND hash NOT NULL", (int(state),)
        )
        return dict(found)

    def edited(self) -> bool:
        """Whether anything in this job was ever edited."""
        return self._db.execute("SELECT 1 FROM edits LIMIT 1").fetchone() is not None

    def calls(self) -> int:
        """How many calls were marked as sent, repeated ones included."""
        (number,) = self._db.execute("SELECT count(*) FROM batches").fetchone()
        return int(number)
