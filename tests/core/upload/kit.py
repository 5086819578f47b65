"""A small job, a server in this process that lies on demand, and a clock that runs fast: for the engine's tests."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from types import SimpleNamespace
from typing import Any

from nv_desktop.core.accounts import Account
from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.errors import NotFound
from nv_desktop.core.job.document import Document, make
from nv_desktop.core.job.ledger import Counts, Ledger, State
from nv_desktop.core.profile import Profile
from nv_desktop.core.upload import Progress, Upload, UploadOptions


class SmallJob(Document):
    """A job document whose mapping is: the first column is the userID, the others are text attributes."""

    def iter_converted(self, ids: Iterable[int]) -> Iterator[tuple[int, int, Any]]:
        names = self.header()
        for row in ids:
            found = self.db.execute("SELECT * FROM rows WHERE id = ?", (row,)).fetchone()
            cells = found[3:]
            attributes = {name: text for name, text in zip(names[1:], cells[1:], strict=True) if text}
            yield (
                row,
                found[1],
                SimpleNamespace(user_id=cells[0], attributes=attributes, problems=[], level=0),
            )

    def mapping(self) -> Any:
        columns = [SimpleNamespace(target=name, type="text") for name in self.header()]
        return SimpleNamespace(columns=columns)

    def put(self, row: int, column: int, text: str) -> None:
        """An edit, as the document records one."""
        with self.transaction() as db:
            action = db.execute("INSERT INTO actions(label, at) VALUES('typed', 0)").lastrowid
            db.execute(
                f"INSERT INTO edits SELECT ?, ?, id, c{column} FROM rows WHERE id = ?", (action, column, row)
            )
            db.execute(f"UPDATE rows SET c{column} = ? WHERE id = ?", (text, row))
            db.execute("UPDATE verdicts SET user_id = (SELECT c0 FROM rows r WHERE r.id = row)")


def small_job(folder: Path, rows: Sequence[Sequence[str]] | int, stopped: Iterable[int] = ()) -> SmallJob:
    """A checked job; `rows` may be a number. The rows in `stopped` (from 1) would not be sent."""
    if isinstance(rows, int):
        rows = [(f"user-{number:06d}", f"value {number}") for number in range(1, rows + 1)]
    job = SmallJob(make(folder, {"name": "list.csv"}))
    job.start_reading(["userID", *(f"a{n}" for n in range(1, len(rows[0])))])
    halted = set(stopped)
    with job.transaction() as db:
        marks = ",".join("?" * (len(rows[0]) + 3))
        db.executemany(
            f"INSERT INTO rows VALUES ({marks})", [(n, n + 1, None, *row) for n, row in enumerate(rows, 1)]
        )
        db.executemany(
            "INSERT INTO verdicts(row, user_id, send, level) VALUES(?, ?, ?, ?)",
            [(n, row[0], int(n not in halted), 3 if n in halted else 0) for n, row in enumerate(rows, 1)],
        )
        db.execute("INSERT INTO sentences VALUES(1, 'The mobile number is too short.', NULL)")
        db.executemany("INSERT INTO found VALUES(?, 1, 'mobile', 1, 3)", [(n,) for n in sorted(halted)])
    return job


class FastClock:
    """Time that passes `factor` times as fast as it does."""

    def __init__(self, factor: float = 200.0) -> None:
        self._factor = factor
        self._start = time.monotonic()

    def time(self) -> float:
        return 1_700_000_000.0 + self.monotonic()

    def monotonic(self) -> float:
        return 1000.0 + (time.monotonic() - self._start) * self._factor

    def get(self, queue: SimpleQueue[Any], seconds: float) -> Any:
        try:
            return queue.get(timeout=max(0.0, seconds) / self._factor)
        except Empty:
            return None


@dataclass
class Call:
    """One call as the server saw it."""

    number: int
    records: list[dict[str, Any]]
    at: float
    applied: bool = False

    @property
    def users(self) -> list[str]:
        return [record["userID"] for record in self.records]


Behaviour = Callable[["FakeServer", Call], BatchAnswer]


@dataclass
class FakeServer:
    """Stands where `core.api.Client` stands. `behave(server, call)` decides; the default takes all."""

    behave: Behaviour = lambda server, call: server.take(call)
    clock: Any = None
    latency: float = 0.0
    account: Account = field(default_factory=lambda: Account("Shop", "test", brand_id=7, host="https://x/"))
    calls: list[Call] = field(default_factory=list)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    outstanding: set[str] = field(default_factory=set)
    twice_at_once: set[str] = field(default_factory=set)
    widest: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send_batch(
        self,
        records: Sequence[Mapping[str, Any]],
        *,
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> BatchAnswer | None:
        if (stop is not None and stop.is_set()) or (ready is not None and not ready()):
            return None
        users = {record["userID"] for record in records}
        with self._lock:
            assert len(users) == len(records) <= 100
            call = Call(len(self.calls) + 1, [dict(record) for record in records], self._time())
            self.calls.append(call)
            self.twice_at_once |= users & self.outstanding
            self.outstanding |= users
            self._now += 1
            self.widest = max(self.widest, self._now)
        if self.latency:
            time.sleep(self.latency)  # a server that takes its time; nothing waits for a condition here
        try:
            with self._lock:
                return self.behave(self, call)
        finally:
            with self._lock:
                self.outstanding -= users
                self._now -= 1

    def _time(self) -> float:
        return self.clock.monotonic() if self.clock else 0.0

    # --- what a behaviour does ------------------------------------------------------------------------

    def apply(self, call: Call, users: Iterable[str] | None = None) -> None:
        wanted = set(call.users if users is None else users)
        for record in call.records:
            if record["userID"] in wanted:
                self.state.setdefault(record["userID"], {}).update(record["user_attributes"])
                self.writes.setdefault(record["userID"], []).append(record["user_attributes"])
        call.applied = True

    def take(self, call: Call) -> BatchAnswer:
        self.apply(call)
        return BatchAnswer(Kind.ANSWERED, frozenset(call.users))

    def accept(self, call: Call) -> BatchAnswer:
        self.apply(call)
        return BatchAnswer(Kind.ANSWERED, accepted=True)

    def refuse(self, message: str = "A record is invalid") -> BatchAnswer:
        return BatchAnswer(Kind.REFUSED, message=message)

    def lose(self, call: Call | None = None) -> BatchAnswer:
        """No answer; applied first where a call is given."""
        if call is not None:
            self.apply(call)
        return BatchAnswer(Kind.UNCLEAR, message="The connection broke.")

    def offline(self) -> BatchAnswer:
        return BatchAnswer(Kind.NOT_SENT, message="The server cannot be reached.")

    def get_profile(self, user_id: str, front: bool = True) -> Profile:
        if user_id not in self.state:
            raise NotFound("nobody")
        return Profile(user_id, dict(self.state[user_id]), 1.0)


def poison(bad: Iterable[str], message: str = "A record is invalid") -> Behaviour:
    """Refuses, naming nobody, every call that holds one of these users."""
    wrong = set(bad)

    def behave(server: FakeServer, call: Call) -> BatchAnswer:
        return server.refuse(message) if wrong & set(call.users) else server.take(call)

    return behave


def seeded(seed: int) -> random.Random:
    return random.Random(seed)


def counts(job: Document) -> Counts:
    ledger = Ledger(job)
    try:
        return ledger.counts()
    finally:
        ledger.close()


def states(job: Document) -> dict[int, tuple[State, str, str | None]]:
    """Row → (state, user, reason) as the document has it."""
    found = job.db.execute("SELECT row, state, user_id, reason FROM ledger")
    return {row: (State(state), user, reason) for row, state, user, reason in found}


def upload(job: SmallJob, server: FakeServer, **options: Any) -> Upload:
    clock = options.pop("clock", None) or FastClock()
    server.clock = clock
    failpoint = options.pop("failpoint", lambda name: None)
    return Upload(job, server, options=UploadOptions(**options), clock=clock, failpoint=failpoint)


def run(job: SmallJob, server: FakeServer, **options: Any) -> tuple[Progress, list[Progress]]:
    """Run to the end; the last progress and all of them, each checked to add up."""
    seen: list[Progress] = []
    last = upload(job, server, **options).run(seen.append)
    total = job.row_count()
    assert all(moment.rows == total for moment in seen[1:]), "the counts do not add up to the rows"
    return last, seen
