"""Verify now reads a fair part back, says what drifted, and the receipt tells it."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nv_desktop.core.errors import Offline, Rejected, Stopped
from nv_desktop.core.history import History
from nv_desktop.core.job.ledger import State
from nv_desktop.core.report import receipt
from nv_desktop.core.settings import Paths
from nv_desktop.core.upload import UploadOptions
from nv_desktop.core.upload.deleting import Deleting, make_delete_job
from nv_desktop.core.upload.id_list import job_of_ids
from nv_desktop.core.upload.verify import draw, sample_size, verify
from tests.core.upload.kit import FakeServer, FastClock, poison, run, small_job


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.db")
    yield made
    made.close()


def at_noon() -> float:
    return 1_700_000_000.0


@pytest.mark.parametrize(("rows", "size"), [(7, 7), (50, 50), (900, 50), (2000, 100), (1_000_000, 500)])
def test_fifty_or_five_percent(rows: int, size: int) -> None:
    assert sample_size(rows) == size


def test_every_outcome_is_drawn_from_in_proportion_and_at_random() -> None:
    found = {
        State.CONFIRMED: range(1, 9001),
        State.ACCEPTED: range(9001, 10001),
        State.REFUSED: range(10001, 10004),
        State.UNKNOWN: range(0),
    }
    drawn = draw(found, 500, random.Random(1))
    assert {state: len(rows) for state, rows in drawn.items()} == {
        State.CONFIRMED: 450,
        State.ACCEPTED: 49,
        State.REFUSED: 1,
    }
    assert all(
        set(rows) <= set(found[state]) and len(set(rows)) == len(rows) for state, rows in drawn.items()
    )
    assert drawn != draw(found, 500, random.Random(2))


def test_drift_is_found_and_stands_in_the_receipt(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 40), FakeServer(poison(["user-000009"]))
    run(job, server)
    assert verify(job, server, at_noon).drift == []
    told = receipt(job)["verified"]
    assert (told["asked"], told["drift"], told["at"]) == (40, 0, "2023-11-14T22:13:20+00:00")
    server.state["user-000003"]["a1"] = "by another hand"
    del server.state["user-000004"]
    result = verify(job, server, at_noon)
    assert sorted(result.drift) == [(4, ("a1",)), (5, ())]  # numbers as in the file, header included
    assert "2 are not as they were sent" in result.sentence
    told = receipt(job)["verified"]
    assert (told["drift"], told["outcomes"]["confirmed"]["hold"]) == (2, 37)
    assert told["outcomes"]["refused"] == {
        "rows": 1, "read": 1, "hold": 0, "differ": 0, "absent": 1, "edited": 0,
    }  # fmt: skip
    assert "user-" not in json.dumps(told) and "hand" not in json.dumps(told)


def test_a_row_shown_as_accepted_drifts_as_well(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 5), FakeServer(lambda server, call: server.accept(call))
    run(job, server)
    del server.state["user-000002"]
    result = verify(job, server, at_noon)
    assert (result.drift, result.outcomes["accepted"].absent) == ([(3, ())], 1)


def test_trouble_and_a_stop_leave_the_result_before(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 60), FakeServer()
    with pytest.raises(Rejected):
        verify(job, server, at_noon)
    run(job, server)
    server.trouble = [Offline("no network")]
    with pytest.raises(Offline):
        verify(job, server, at_noon)
    stop = threading.Event()
    with pytest.raises(Stopped):
        verify(job, server, at_noon, progress=lambda done, of: stop.set(), stop=stop)
    assert receipt(job)["verified"] is None


def test_a_delete_is_verified_by_absence(tmp_path: Path, history: History) -> None:
    account = replace(FakeServer().account, id="shop")
    server = FakeServer(account=account, state={"u1": {"a1": 1}, "u2": {"a1": 2}})
    job = make_delete_job(job_of_ids(["u1", "u2"], Paths(tmp_path)))
    Deleting(job, server, history, options=UploadOptions(attended=False), clock=FastClock()).run()
    assert verify(job, server, at_noon).drift == []
    server.state["u2"] = {"a1": 2}
    assert verify(job, server, at_noon).drift == [(2, ())]
