"""The ledger takes nothing twice and nothing late: a row's state is that of the call it was last sent in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nv_desktop.core.job import Job
from nv_desktop.core.job.ledger import Ledger, Line, Mark, Outcome, State
from tests.core.upload.kit import small_job


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    made = small_job(tmp_path, 3)
    yield made
    made.close()


@pytest.fixture
def ledger(job: Job) -> Iterator[Ledger]:
    made = Ledger(job)
    made.begin()
    yield made
    made.close()


def mark(*rows: int, attempt: int = 1) -> Mark:
    return Mark([Line(row, f"user-{row:06d}", b"x" * 16) for row in rows], attempt, 1.0)


def outcome(batch: int, state: State, *rows: int) -> Outcome:
    return Outcome(batch, [(row, state, None) for row in rows], "answered", "", 2.0)


def state_of(ledger: Ledger, row: int) -> State:
    (state,) = ledger.connection.execute("SELECT state FROM ledger WHERE row = ?", (row,)).fetchone()
    return State(state)


def test_a_late_answer_to_an_earlier_call_changes_nothing(ledger: Ledger) -> None:
    (first,) = ledger.write([mark(1, 2)], [])
    ledger.write([], [outcome(first, State.UNKNOWN, 1, 2)])
    (second,) = ledger.write([mark(1, attempt=2)], [])
    ledger.write([], [outcome(first, State.CONFIRMED, 1, 2)])
    assert (state_of(ledger, 1), state_of(ledger, 2)) == (State.SENDING, State.UNKNOWN)
    ledger.write([], [outcome(second, State.REFUSED, 1)])
    ledger.write([], [outcome(second, State.CONFIRMED, 1)])
    assert state_of(ledger, 1) is State.REFUSED


def test_a_row_on_its_way_or_done_is_not_marked_again(ledger: Ledger) -> None:
    (batch,) = ledger.write([mark(1, 2)], [])
    ledger.write([], [outcome(batch, State.CONFIRMED, 1)])
    for row in (1, 2):
        with pytest.raises(RuntimeError, match="not free"):
            ledger.write([mark(row, 3)], [])
    assert state_of(ledger, 3) is State.NOT_SENT, "half a batch was marked"
    assert ledger.calls() == 1


def test_the_mark_survives_a_power_cut(ledger: Ledger) -> None:
    """No kill of a process shows this: what the system has taken, it has, but not yet the disk."""
    assert ledger.connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_refused_row_goes_out_only_when_it_is_taken_up_again(ledger: Ledger) -> None:
    (batch,) = ledger.write([mark(1)], [])
    ledger.write([], [outcome(batch, State.REFUSED, 1)])
    with pytest.raises(RuntimeError, match="not free"):
        ledger.write([mark(1)], [])
    assert ledger.again(State.REFUSED, [1]) == 1
    ledger.write([mark(1, attempt=2)], [])
    assert state_of(ledger, 1) is State.SENDING


def test_a_row_that_was_refused_and_left_out_comes_back_when_it_is_wanted(job: Job, ledger: Ledger) -> None:
    (batch,) = ledger.write([mark(1)], [])
    ledger.write([], [outcome(batch, State.REFUSED, 1)])
    ledger.again(State.REFUSED, [1])
    job.skip([1])
    ledger.begin()
    assert state_of(ledger, 1) is State.SKIPPED
    job.undo()
    ledger.begin()
    assert state_of(ledger, 1) is State.NOT_SENT
