"""The same file again is known by its content, a changed one is noticed, unchanged rows can be left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from nv_desktop.core.job import Job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.calls import identity
from nv_desktop.core.upload.earlier import Compared, Earlier, uses
from tests.core.upload.kit import FakeServer, FastClock, poison, run, small_job, states


def job_of(folder: Path, changed: set[int], rows: int = 250, sha: str = "a") -> Job:
    job = small_job(
        folder, [(f"u{n:04d}", f"new {n}" if n in changed else f"value {n}") for n in range(rows)]
    )
    job.set_meta("source", {"name": "list.csv", "sha256": sha * 64})
    return job


@pytest.mark.gate("C8", seconds=5)
def test_the_same_file_is_recognised_by_content_and_a_changed_one_noticed(tmp_path: Path) -> None:
    first = job_of(tmp_path, set())
    run(first, FakeServer(poison(["u0003"])))
    same, other = job_of(tmp_path, set()), job_of(tmp_path, {1}, sha="b")
    (use,) = uses(tmp_path, same)
    assert (use.job, use.same, use.rows, use.confirmed) == (first.id, True, 250, 249)
    assert [use.same for use in uses(tmp_path, other)] == [False]
    other.set_meta("source", {"name": "another.csv", "sha256": "b" * 64})
    assert uses(tmp_path, other) == []


@pytest.mark.gate("C8", seconds=5)
def test_rows_are_compared_with_what_was_confirmed(tmp_path: Path) -> None:
    server = FakeServer(poison(["u0003"]))
    run(job_of(tmp_path, set()), server)
    later = job_of(tmp_path, {5, 6, 7}, rows=260)
    earlier = Earlier(tmp_path, later, identity(server.account))
    assert earlier.compare(later) == Compared(unchanged=246, differ=4, new=10)
    earlier.close()


def test_unchanged_rows_are_left_out_and_the_others_sent(tmp_path: Path) -> None:
    server = FakeServer()
    run(job_of(tmp_path, set()), server)
    later = job_of(tmp_path, {5, 6, 7}, rows=260)
    earlier = Earlier(tmp_path, later, identity(server.account))
    before = len(server.calls)
    last, _ = run(later, server, unchanged=earlier.unchanged)
    earlier.close()
    sent = sorted(user for call in server.calls[before:] for user in call.users)
    assert sent == ["u0005", "u0006", "u0007", *(f"u{n:04d}" for n in range(250, 260))]
    assert (last.confirmed, last.skipped) == (13, 247)
    assert states(later)[1][0] is State.SKIPPED and "Unchanged" in (states(later)[1][2] or "")


def test_only_the_last_write_counts_and_only_if_confirmed_here_for_this_account(tmp_path: Path) -> None:
    server, clock = FakeServer(), FastClock()
    run(job_of(tmp_path, set()), server, clock=clock)
    run(job_of(tmp_path, {5}), server, clock=clock)  # u0005 is another now
    lost = job_of(tmp_path, {9}, rows=100)
    silent = FakeServer(lambda server, call: server.lose(), account=server.account)
    run(lost, silent, clock=clock, settle=0.1)
    later = job_of(tmp_path, set())
    account = identity(server.account)
    earlier = Earlier(tmp_path, later, account, lambda users, since: {"u0200"} & set(users))
    # 100 have an unknown outcome since (u0005 among them), one was written by a person
    assert earlier.compare(later) == Compared(unchanged=149, differ=101, new=0)
    earlier.close()
    stranger = Earlier(tmp_path, later, {**account, "brand_id": 99})
    assert stranger.compare(later).new == 250
    stranger.close()
