"""Verify now: some rows of a job are read back, and compared with what the job says became of them.

50 rows or 5 %, whichever is more, at most 500 (one minute of look-ups); drawn at random within each outcome,
in proportion, at least one of each. Drift is a row shown as done whose profile does not hold what was sent.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field

from nv_desktop.core.errors import Rejected, Stopped
from nv_desktop.core.fields import Json, text_of
from nv_desktop.core.job import Job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.calls import Looker
from nv_desktop.core.upload.options import DELETE, KIND
from nv_desktop.core.upload.record import Record
from nv_desktop.core.upload.safety import Kept, read_one

LEAST, SHARE, MOST = 50, 0.05, 500
VERIFIED = "verified"  # in the document: the last one, as `told` gives it
READERS = 8
_DONE = (State.CONFIRMED, State.ACCEPTED)
_ASKED = (*_DONE, State.REFUSED, State.UNKNOWN)


@dataclass
class Outcome:
    """Of one outcome: `rows` of the job, `read` of them, of which `hold` the values, `differ`, are `absent`.

    `edited` rows were drawn but could not be judged: they have been edited since they were sent.
    """

    rows: int
    read: int = 0
    hold: int = 0
    differ: int = 0
    absent: int = 0
    edited: int = 0


@dataclass
class Verified:
    """`outcomes` by the word for the state. `drift`: (row number as in the file, attributes that differ), no
    attributes where there is no profile, or, for a delete, where it is still there."""

    at: float
    asked: int
    deleting: bool = False
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    drift: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    @property
    def read(self) -> int:
        return sum(each.read for each in self.outcomes.values())

    @property
    def sentence(self) -> str:
        """What it showed, for a person."""
        done = sum(self.outcomes[state.word].read for state in _DONE if state.word in self.outcomes)
        if not done:
            return f"{self.read:,} rows were read back; none of them is shown as done."
        if not self.drift:
            return f"{done:,} rows shown as done were read back: all are as they were sent."
        return f"{done:,} rows shown as done were read back: {len(self.drift):,} are not as they were sent."

    def told(self) -> dict[str, Json]:
        """For the receipt: no customer in it."""
        return {
            "at": self.at,
            "asked": self.asked,
            "read": self.read,
            "drift": len(self.drift),
            "drift_rows": [row for row, _ in self.drift],
            "outcomes": {word: asdict(each) for word, each in self.outcomes.items()},
        }


def sample_size(rows: int) -> int:
    """How many of so many rows with an outcome are read back."""
    return min(rows, MOST, max(LEAST, round(rows * SHARE)))


def verify(
    job: Job,
    client: Looker,
    clock: Callable[[], float],
    *,
    chance: random.Random | None = None,
    rows: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    stop: threading.Event | None = None,
) -> Verified:
    """Read back and keep the result in the document, where the receipt finds it. Blocks.

    `rows`: another size. Raises Rejected where nothing was sent yet, Stopped, and what a look-up raises; then
    the document keeps the result it had.
    """
    found = _by_state(job)
    total = sum(len(each) for each in found.values())
    if not total:
        raise Rejected("Nothing of this job has an outcome yet, so there is nothing to read back.")
    drawn = draw(found, min(rows or sample_size(total), total), chance or random.SystemRandom())
    result = Verified(clock(), sum(map(len, drawn.values())), job.meta(KIND) == DELETE)
    halt = stop or threading.Event()
    with ThreadPoolExecutor(READERS, "verify") as pool:
        for state, wanted in drawn.items():
            outcome = result.outcomes[state.word] = Outcome(len(found[state]))
            records = _records(job, wanted, result.deleting)
            outcome.edited = len(wanted) - len(records)
            kept = pool.map(lambda each: read_one(client, each[1].user_id, halt, 0.0), records)
            for (number, record), now in zip(records, kept, strict=True):
                if halt.is_set():
                    raise Stopped("Reading back was stopped.")
                _judge(result, outcome, state, number, record, now)
                progress(result.read, result.asked)
    job.set_meta(VERIFIED, result.told())
    return result


def draw(found: dict[State, Sequence[int]], size: int, chance: random.Random) -> dict[State, list[int]]:
    """So many rows at random, from each outcome in proportion, at least one of each."""
    total = sum(map(len, found.values()))
    shares = {state: max(1, size * len(rows) // total) for state, rows in found.items() if rows}
    largest = max(shares, key=lambda state: len(found[state]))
    shares[largest] += max(0, size - sum(shares.values()))
    return {
        state: sorted(chance.sample(found[state], min(share, len(found[state]))))
        for state, share in shares.items()
    }


def _by_state(job: Job) -> dict[State, Sequence[int]]:
    with reading():
        return {
            state: [row for (row,) in job.db.execute("SELECT row FROM ledger WHERE state = ?", (int(state),))]
            for state in _ASKED
        }


def _records(job: Job, rows: Sequence[int], deleting: bool) -> list[tuple[int, Record]]:
    """(row number, what was sent) of those that are as they were when they were sent."""
    with reading():
        marks = ",".join("?" * len(rows))
        hashes = dict(job.db.execute(f"SELECT row, hash FROM ledger WHERE row IN ({marks})", rows))
    found = []
    for row, number, converted in job.iter_converted(rows):
        if converted.user_id is not None:
            record = Record(row, converted.user_id, converted.attributes)
            if deleting or hashes[row] == record.hash:
                found.append((number, record))
    return found


def _judge(result: Verified, outcome: Outcome, state: State, number: int, record: Record, now: Kept) -> None:
    outcome.read += 1
    held = now.attributes
    other = tuple(
        name
        for name, value in record.attributes.items()
        if held is not None and text_of(held.get(name)) != text_of(value)
    )
    outcome.absent += held is None
    outcome.differ += bool(other)
    outcome.hold += held is not None and not other
    as_sent = held is None if result.deleting else held is not None and not other
    if state in _DONE and not as_sent:
        result.drift.append((number, other))
