"""Old values kept before they are overwritten: each user is read and stored durably before the first byte of
the write. What was read stays when the job is paused, so nobody is read twice."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.errors import AppError, NotFound, Offline, Refused, SlowDown, Stopped
from nv_desktop.core.fields import Json
from nv_desktop.core.job.connections import connect, said
from nv_desktop.core.job.ledger import Document, Failpoint, State, no_failpoint
from nv_desktop.core.upload.calls import Looker, Settled, Wire
from nv_desktop.core.upload.consent import Consent
from nv_desktop.core.upload.record import Record

SAMPLE = 200  # profiles that “only a sample” reads, about


class Safety(StrEnum):
    """What is kept: nothing, the old values of about 200 profiles, or all old values (full undo)."""

    NONE = "none"
    SAMPLE = "sample"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Kept:
    """The old values of one user; `attributes` None: there was no such profile."""

    user_id: str
    at: float
    attributes: dict[str, Json] | None


class Snapshots:
    """The kept profiles of one job. Thread-safe. Raises sqlite3.Error when the disk refuses."""

    def __init__(self, job: Document) -> None:
        self._lock = threading.Lock()
        self._db = connect(job.path)
        self._db.execute("PRAGMA synchronous = FULL")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def missing(self, users: Sequence[str]) -> list[str]:
        """Those of these users (at most 100) that were not read yet."""
        with self._lock:
            found = self._db.execute(
                f"SELECT user_id FROM snapshots WHERE user_id IN ({','.join('?' * len(users))})", users
            ).fetchall()
        known = {user for (user,) in found}
        return [user for user in users if user not in known]

    def keep(self, kept: Kept) -> None:
        """Store one profile, durably. The first reading counts: later ones show what we wrote."""
        self.keep_all([kept])

    def keep_all(self, kept: Sequence[Kept]) -> None:
        """Store many in one durable step."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT OR IGNORE INTO snapshots VALUES(?, ?, ?)", ((e.user_id, e.at, _text(e)) for e in kept)
            )

    def of(self, users: Sequence[str]) -> list[Kept]:
        """The kept profiles of these users (at most 100)."""
        with self._lock:
            found = self._db.execute(
                f"SELECT * FROM snapshots WHERE user_id IN ({','.join('?' * len(users))})", users
            ).fetchall()
        return [_kept(*line) for line in found]

    def all(self) -> Iterable[Kept]:
        """Every kept profile, in the order of the user IDs."""
        after: str | None = ""
        while after is not None:
            with self._lock:
                found = self._db.execute(
                    "SELECT * FROM snapshots WHERE user_id > ? ORDER BY user_id LIMIT 1000", (after,)
                ).fetchall()
            yield from (_kept(*line) for line in found)
            after = found[-1][0] if found else None


def _text(kept: Kept) -> str | None:
    return None if kept.attributes is None else json.dumps(kept.attributes, ensure_ascii=False)


def _kept(user: str, at: float, text: str | None) -> Kept:
    return Kept(user, at, None if text is None else json.loads(text))


class Safely:
    """A wire that reads and keeps each user of a batch before it lets the batch through to another wire."""

    def __init__(
        self,
        wire: Wire,
        client: Looker,
        snapshots: Snapshots,
        clock: Callable[[], float],
        share: float = 1.0,
        consent: Consent | None = None,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._consent = consent
        self._failpoint = failpoint
        self._wire = wire
        self._client = client
        self._snapshots = snapshots
        self._clock = clock
        self._share = share

    def call(
        self, records: Sequence[Record], halt: threading.Event, ready: Callable[[], bool]
    ) -> BatchAnswer | Settled | None:
        """As `Wire.call`. Trouble with reading is an answer to a call that never left."""
        users = [record.user_id for record in records if self._chosen(record.user_id)]
        try:
            for user in self._snapshots.missing(users) if users else ():
                # The earliest batch first: so they leave one after the other, and not all at the end.
                kept = read_one(self._client, user, halt, self._clock(), records[0].row)
                self._failpoint("safety.read")
                self._snapshots.keep(kept)
                self._failpoint("safety.kept")
            left = self._left_out(users, records)
        except Stopped:
            return None
        except AppError as error:
            return trouble(error)
        except sqlite3.Error as error:
            return trouble(said(error))
        return left or self._wire.call(records, halt, ready)

    def _left_out(self, users: Sequence[str], records: Sequence[Record]) -> Settled | None:
        """Rows that the profiles just read forbid; a row that was sent before is asked about no more."""
        if self._consent is None or not users:
            return None
        for kept in self._snapshots.of(users):
            self._consent.learn(kept.user_id, kept.attributes)
        left = self._consent.left_out(records)
        return Settled([(row, State.SKIPPED, why) for row, why in left.items()]) if left else None

    def _chosen(self, user_id: str) -> bool:
        """Always the same users of a job, whatever order they come in."""
        if self._share >= 1.0:
            return True
        number = int.from_bytes(blake2b(user_id.encode(), digest_size=4).digest(), "big")
        return number < self._share * 2**32


def read_one(client: Looker, user_id: str, halt: threading.Event, now: float, rank: int = 0) -> Kept:
    """Read one user behind those for whom a person waits. Raises Stopped, and AppErrors but for NotFound."""
    try:
        profile = client.get_profile(user_id, front=False, stop=halt, rank=rank)
    except NotFound:
        return Kept(user_id, now, None)
    return Kept(user_id, now, dict(profile.attributes))


def trouble(error: AppError) -> BatchAnswer:
    """What stopped the reading, as an answer: the engine waits, or pauses with its sentence."""
    kinds = {Offline: Kind.NOT_SENT, SlowDown: Kind.SLOW_DOWN, Refused: Kind.KEY_REFUSED}
    kind = next((kind for error_type, kind in kinds.items() if isinstance(error, error_type)), Kind.UNCLEAR)
    retry = error.retry_after if isinstance(error, SlowDown) else None
    return BatchAnswer(kind, message=error.message, retry_after=retry, error=error)


def share_of(safety: Safety, rows: int) -> float:
    """The part of the users that is read: 1 for all, 0 for none."""
    return {Safety.NONE: 0.0, Safety.FULL: 1.0}.get(safety, min(1.0, SAMPLE / max(1, rows)))
