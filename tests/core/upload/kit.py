"""A small job, a server in this process that lies on demand, a fast clock: what the engine is tested with."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nv_desktop.core.accounts import Account
from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.errors import AppError, NotFound, Rejected, SlowDown, Stopped, Unclear
from nv_desktop.core.fields import Type
from nv_desktop.core.job import Job, create
from nv_desktop.core.job.ledger import Counts, Ledger, State
from nv_desktop.core.mailbox import Mailbox
from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.core.profile import Profile
from nv_desktop.core.sheet import Row
from nv_desktop.core.upload import Progress, Upload, UploadOptions


def small_job(folder: Path, rows: Sequence[Sequence[str]] | int, stopped: Iterable[int] = ()) -> Job:
    """A checked job: userID and text attributes a1, a2 …; `rows` may be a number. `stopped` are left out."""
    if isinstance(rows, int):
        rows = [(f"user-{number:06d}", f"value {number}") for number in range(1, rows + 1)]
    header = ["userID", *(f"a{n}" for n in range(1, len(rows[0])))]
    job = create(folder, {"name": "list.csv", "sha256": "0" * 64, "size": 1})
    job.start_reading(header)
    job.add_rows(Row(number, list(row)) for number, row in enumerate(rows, 2))
    job.finish_reading()
    job.set_mapping(
        Mapping(
            [ColumnMap(i, name, name, None if i == 0 else Type.TEXT, "") for i, name in enumerate(header)]
        )
    )
    job.check()
    if stopped := list(stopped):
        job.skip(stopped)
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

    def get(self, events: Mailbox[Any], seconds: float) -> Any:
        return events.get(seconds / self._factor)


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
    writes: dict[str, list[ReadOnly[str, Any]]] = field(default_factory=dict)
    outstanding: set[str] = field(default_factory=set)
    twice_at_once: set[str] = field(default_factory=set)
    widest: int = 0
    looked_up: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)  # calls, in order
    deleting: Callable[[int], str] | None = None  # what happens to the n-th delete
    trouble: list[AppError] = field(default_factory=list)  # what the next look-ups raise
    held: float = 0.0  # seconds for which the limiter lets nothing start
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def held_for(self) -> float:
        return self.held

    def send_batch(
        self,
        records: Sequence[ReadOnly[str, Any]],
        *,
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> BatchAnswer:
        if (stop is not None and stop.is_set()) or (ready is not None and not ready()):
            raise Stopped("called off")
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

    def delete_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> bool:
        if (stop is not None and stop.is_set()) or (ready is not None and not ready()):
            raise Stopped("called off")
        with self._lock:
            self.deleted.append(user_id)
            fault = self.deleting(len(self.deleted)) if self.deleting else ""
            if fault == "lost":
                raise Unclear("The connection broke.")
            if fault == "rejected":
                raise Rejected("This one stays.")
            if fault == "slow":
                raise SlowDown("Slow", retry_after=1.0)
            there = self.state.pop(user_id, None) is not None
        if fault == "lose":
            raise Unclear("The connection broke.")
        if fault == "queued":
            return False
        if not there:
            raise NotFound("nobody")
        return True

    def get_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        rank: int = 0,
    ) -> Profile:
        if stop is not None and stop.is_set():
            raise Stopped("called off")
        with self._lock:
            self.looked_up.append(user_id)
            if self.trouble:
                raise self.trouble.pop(0)
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


def counts(job: Job) -> Counts:
    ledger = Ledger(job)
    try:
        return ledger.counts()
    finally:
        ledger.close()


def states(job: Job) -> dict[int, tuple[State, str, str | None]]:
    """Row → (state, user, reason) as the document has it."""
    found = job.db.execute("SELECT row, state, user_id, reason FROM ledger")
    return {row: (State(state), user, reason) for row, state, user, reason in found}


def upload(job: Job, server: FakeServer, **options: Any) -> Upload:
    clock = options.pop("clock", None) or FastClock()
    server.clock = clock
    failpoint = options.pop("failpoint", lambda name: None)
    return Upload(job, server, options=UploadOptions(**options), clock=clock, failpoint=failpoint)


def run(job: Job, server: FakeServer, **options: Any) -> tuple[Progress, list[Progress]]:
    """Run to the end; the last progress and all of them, each checked to add up."""
    seen: list[Progress] = []
    last = upload(job, server, **options).run(seen.append)
    total = job.row_count()
    assert all(moment.rows == total for moment in seen[1:]), "the counts do not add up to the rows"
    return last, seen
