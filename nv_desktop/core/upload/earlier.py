"""What earlier jobs on this computer sent to the same account: the same file again, unchanged rows.

It speaks of what was sent from here and confirmed; it never reads the server. Users are held as digests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Event

from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.job import Job, documents, open_job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.options import DELETE, KIND, WrittenSince
from nv_desktop.core.upload.record import Record

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Use:
    """An earlier job that sent this file (`same`), or another content under its name. `at`: seconds
    since 1970 of its last answer; `confirmed` of its `rows`."""

    job: str
    same: bool
    at: float
    rows: int
    confirmed: int


def uses(folder: Path, job: Job) -> list[Use]:
    """Earlier jobs in this folder that sent the same file, or one of the same name; newest first.

    Documents that cannot be opened are left out: they are somebody else's trouble.
    """
    source = job.meta("source", {})
    found = []
    for other in _others(folder, job):
        theirs = other.meta("source", {})
        same = bool(source.get("sha256")) and theirs.get("sha256") == source.get("sha256")
        if other.meta(KIND) == DELETE:
            continue
        if same or (source.get("name") and theirs.get("name") == source.get("name")):
            (at,) = other.db.execute("SELECT max(answered_at) FROM batches").fetchone()
            (confirmed,) = other.db.execute(
                "SELECT count(*) FROM ledger WHERE state = ?", (int(State.CONFIRMED),)
            ).fetchone()
            if at is not None:
                found.append(Use(other.id, same, at, other.row_count(), confirmed))
    return sorted(found, key=lambda use: -use.at)


def _others(folder: Path, job: Job) -> Iterator[Job]:
    for path in documents(folder):
        if path.name == job.path.name:
            continue
        try:
            other = open_job(path)
        except AppError:
            continue
        try:
            yield other
        finally:
            other.close()


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows that would be sent: as they were confirmed, with other values, or never sent from here."""

    unchanged: int
    differ: int
    new: int


class Earlier:
    """The last write to each user, over all earlier jobs of one account. One thread. `close` it.

    `account`: as `core.upload.calls.identity` gives it. `written_since`: as in UploadOptions.
    """

    def __init__(
        self,
        folder: Path,
        job: Job,
        account: dict[str, object],
        written_since: WrittenSince = lambda users, since: (),
    ) -> None:
        self._written_since = written_since
        self._db = sqlite3.connect("", isolation_level=None)  # a private, unnamed file that goes with it
        self._db.execute("CREATE TABLE last(user INTEGER PRIMARY KEY, at REAL, state INTEGER, hash BLOB)")
        for other in _others(folder, job):
            theirs = other.meta("sent_with") or {}
            if all(theirs.get(name) == account[name] for name in ("brand_id", "host")):
                self._take_in(other)

    def close(self) -> None:
        self._db.close()

    def _take_in(self, other: Job) -> None:
        found = other.db.execute(
            "SELECT l.user_id, b.sent_at, l.state, l.hash FROM ledger l JOIN batches b ON b.id = l.batch"
        )
        deletes = other.meta(KIND) == DELETE  # a deleted user has no values that could be unchanged
        self._db.execute("BEGIN")
        self._db.executemany(
            """INSERT INTO last VALUES(?, ?, ?, ?) ON CONFLICT(user) DO UPDATE
               SET at = excluded.at, state = excluded.state, hash = excluded.hash
               WHERE excluded.at >= last.at""",
            ((_key(user), at, state, b"" if deletes else digest) for user, at, state, digest in found),
        )
        self._db.execute("COMMIT")

    def unchanged(self, records: Sequence[Record]) -> dict[int, float]:
        """Row → when it was confirmed exactly as it would be sent now, and nothing was written since."""
        found: dict[int, float] = {}
        users = {}
        for record in records:
            last = self._last(record.user_id)
            if last is not None and last[1] == State.CONFIRMED and last[2] == record.hash:
                found[record.row] = last[0]
                users[record.row] = record.user_id
        if found:
            since = set(self._written_since(list(users.values()), min(found.values())))
            found = {row: at for row, at in found.items() if users[row] not in since}
        return found

    def written_since(self, users: Sequence[str], since: float) -> set[str]:
        """Those of these users that another job, or a person here, has written since the moment."""
        found = set(self._written_since(users, since))
        for user in users:
            last = self._last(user)
            if last is not None and last[0] >= since:
                found.add(user)
        return found

    def _last(self, user_id: str) -> tuple[float, int, bytes] | None:
        row: tuple[float, int, bytes] | None = self._db.execute(
            "SELECT at, state, hash FROM last WHERE user = ?", (_key(user_id),)
        ).fetchone()
        return row

    def compare(
        self, job: Job, progress: Callable[[int], None] = lambda _rows: None, stop: Event | None = None
    ) -> Compared:
        """Look at every row that would be sent. Raises Stopped."""
        unchanged = differ = new = 0
        last = job.row_count()
        for start in range(1, last + 1, _AT_ONCE):
            if stop is not None and stop.is_set():
                raise Stopped("The comparison was stopped.")
            sendable = [
                row
                for (row,) in job.db.execute(
                    "SELECT row FROM verdicts WHERE send = 1 AND row BETWEEN ? AND ?",
                    (start, start + _AT_ONCE - 1),
                )
            ]
            records = [
                Record(row, converted.user_id, converted.attributes)
                for row, _, converted in job.iter_converted(sendable)
                if converted.user_id is not None
            ]
            same = self.unchanged(records)
            known = sum(self._last(record.user_id) is not None for record in records)
            unchanged, differ, new = (
                unchanged + len(same),
                differ + known - len(same),
                new + len(records) - known,
            )
            progress(min(start + _AT_ONCE - 1, last))
        return Compared(unchanged, differ, new)


def _key(user_id: str) -> int:
    return int.from_bytes(blake2b(user_id.encode(), digest_size=8).digest(), "big", signed=True)
