"""Old values are kept before they are overwritten, and an import can be taken back from them."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core.errors import Offline, Rejected, SlowDown, Stopped, Unclear
from nv_desktop.core.job import Job
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.upload import Safety, Stage
from nv_desktop.core.upload.guarding import FRESH, GONE, MOVED
from nv_desktop.core.upload.safety import Kept, Snapshots
from nv_desktop.core.upload.undo import prepare_undo
from tests.core.upload.kit import Call, FakeServer, FastClock, counts, run, small_job, states, upload


def known(rows: int) -> dict[str, dict[str, Any]]:
    return {f"user-{n:06d}": {"a1": f"old {n}", "points": n} for n in range(1, rows + 1)}


def kept(job: Job) -> dict[str, Any]:
    snapshots = Snapshots(job)
    try:
        return {each.user_id: each.attributes for each in snapshots.all()}
    finally:
        snapshots.close()


def test_every_old_value_is_kept_before_it_is_overwritten(tmp_path: Path) -> None:
    job = small_job(tmp_path, 350)

    def behave(server: FakeServer, call: Call) -> Any:
        assert set(call.users) <= set(kept(job)), "written before it was kept"
        return server.take(call)

    server = FakeServer(behave, state=known(300))
    last, _ = run(job, server, safety=Safety.FULL, window=4)
    assert (last.state, last.confirmed) == (Stage.DONE, 350)
    assert kept(job) == {**known(300), **{f"user-{n:06d}": None for n in range(301, 351)}}
    assert sorted(server.looked_up) == sorted(kept(job))


def test_what_is_kept_survives_a_power_cut(tmp_path: Path) -> None:
    snapshots = Snapshots(small_job(tmp_path, 1))
    for value in ("old", "ours"):  # the first reading counts: a later one shows what was written
        snapshots.keep(Kept("u1", 1.0, {"a1": value}))
    assert [kept.attributes for kept in snapshots.of(["u1"])] == [{"a1": "old"}]
    assert snapshots._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL: no kill shows this
    snapshots.close()


class Limited(FakeServer):
    """A server behind the limit: 80 looks a second."""

    def __init__(self, folder: Path, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.limiter = Limiter(folder, rate=24, per=0.3)

    def get_profile(self, user_id: str, *args: Any, stop: Any = None, rank: int = 0, **options: Any) -> Any:
        with self.limiter.slot(("host", "1", "user/userData"), False, stop, rank):
            return super().get_profile(user_id, *args, stop=stop, **options)


def test_batches_leave_one_after_the_other_while_the_rest_is_read(tmp_path: Path) -> None:
    """At the limit's pace, the first answers would else come when all the batches in flight are read."""
    job, read_at_call = small_job(tmp_path, 400), []

    def behave(server: FakeServer, call: Call) -> Any:
        read_at_call.append(len(server.looked_up))
        return server.take(call)

    run(job, Limited(tmp_path, behave, state=known(400)), safety=Safety.FULL, window=4)
    assert len(read_at_call) == 4
    assert read_at_call[0] < 250, "the first batch waited for the others"


def test_a_sample_reads_some_and_none_reads_nobody(tmp_path: Path) -> None:
    server = FakeServer()
    run(small_job(tmp_path, 2000), server, safety=Safety.SAMPLE)
    assert 120 <= len(server.looked_up) <= 280
    server = FakeServer()
    run(small_job(tmp_path, 300), server)
    assert server.looked_up == []


def test_reading_goes_on_after_trouble_and_reads_nobody_twice_without_need(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 200), FakeServer(state=known(200))
    server.trouble = [Offline("no network"), SlowDown("slow", retry_after=3.0), Unclear("what?")]
    last, seen = run(job, server, safety=Safety.FULL, window=1)
    assert (last.state, last.confirmed, len(server.looked_up)) == (Stage.DONE, 200, 203)
    assert {"no network"} <= {moment.waiting_reason for moment in seen if moment.state is Stage.WAITING}


def test_what_cannot_be_read_at_all_pauses_with_its_sentence(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 200), FakeServer(trouble=[Rejected("Not allowed here.")] * 9)
    last, _ = run(job, server, safety=Safety.FULL, window=1, attended=False)
    assert last.state is Stage.PAUSED and not server.calls and counts(job).not_sent == 200


def test_a_stop_while_reading_keeps_what_was_read(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 500), FakeServer(state=known(500))
    engine = upload(job, server, safety=Safety.FULL, window=2)
    last = engine.run(lambda moment: engine.stop() if len(server.looked_up) > 120 else None)
    assert last.state is Stage.STOPPED
    before = len(kept(job))
    last, _ = run(job, server, safety=Safety.FULL)
    assert last.confirmed == 500 and len(server.looked_up) <= 500 + 2 and before > 0
    assert kept(job) == known(500)


def test_an_import_is_taken_back_but_for_what_others_changed(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 2000), FakeServer(state=known(2000))
    for n in range(1951, 2001):
        server.state[f"user-{n:06d}"].pop("a1")  # the import adds it to these
    run(job, server, safety=Safety.FULL)
    others = [f"user-{n:06d}" for n in range(1, 51)]
    for user in others:
        server.state[user]["a1"] = "by another hand"
    undo = prepare_undo(job, server, tmp_path, lambda: 0.0)
    assert undo.job is not None and undo.back == 1900
    assert undo.untouched == set(others)
    (first, *_) = [each for each in undo.conflicts if each.user_id == others[0]]
    assert (first.name, first.before, first.ours, first.now) == ("a1", "old 1", "value 1", "by another hand")
    assert undo.added == {"a1": 50}
    last, _ = run(undo.job, server)
    assert (last.state, last.confirmed) == (Stage.DONE, 1900)
    for n in range(51, 1951):
        assert server.state[f"user-{n:06d}"] == {"a1": f"old {n}", "points": n}
    assert all(server.state[user]["a1"] == "by another hand" for user in others)


def test_who_was_changed_or_deleted_between_looking_and_taking_back_is_left_alone(tmp_path: Path) -> None:
    """Reading many profiles takes hours at the limit's pace, and people go on working."""
    job, server = small_job(tmp_path, 250), FakeServer(state=known(250))
    run(job, server, safety=Safety.FULL)
    clock = FastClock()
    undo = prepare_undo(job, server, tmp_path, lambda: clock.time() - 2 * FRESH)
    assert undo.job is not None and undo.back == 250
    server.state["user-000007"]["a1"] = "by another hand"
    server.state["user-000008"]["points"] = 99  # not ours: no reason to leave it out
    server.state["user-000009"]["a1"] = "old 9"  # is as it was already
    del server.state["user-000130"]
    last, _ = run(undo.job, server)
    assert (last.state, last.confirmed, last.skipped) == (Stage.DONE, 248, 2)
    assert server.state["user-000007"]["a1"] == "by another hand"
    assert server.state["user-000008"] == {"a1": "old 8", "points": 99}
    assert "user-000130" not in server.state
    reasons = dict(undo.job.db.execute("SELECT row, reason FROM ledger WHERE reason IS NOT NULL"))
    assert set(reasons.values()) == {MOVED.format(name="a1"), GONE}


def test_what_was_just_read_is_not_read_again(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 20), FakeServer(state=known(20))
    run(job, server, safety=Safety.FULL)
    clock = FastClock(1.0)
    undo = prepare_undo(job, server, tmp_path, clock.time)
    assert undo.job is not None
    server.looked_up.clear()
    assert run(undo.job, server, clock=clock)[0].confirmed == 20
    assert server.looked_up == []


def test_old_values_go_back_with_their_types(tmp_path: Path) -> None:
    before = {"u1": {"a1": 5, "a2": True, "a3": ["x", "y"]}, "u2": {"a1": 2.5, "a2": False, "a3": []}}
    job = small_job(tmp_path, [("u1", "new", "new", "new"), ("u2", "new", "new", "new")])
    server = FakeServer(state={user: dict(values) for user, values in before.items()})
    run(job, server, safety=Safety.FULL)
    undo = prepare_undo(job, server, tmp_path, lambda: 0.0)
    assert undo.job is not None and not undo.added
    run(undo.job, server)
    assert server.state == before


HELD: tuple[dict[str, Any], ...] = (  # what a server can hold though no file could send it so
    {"a1": 5, "a2": "text", "gender": "male"},
    {"a1": "five", "a2": "#N/A", "gender": "M"},
    {"a1": 12345678901234567890, "a2": "Err:502", "gender": "other"},
    {"a1": 1e300, "a2": "  blanks\r\n", "gender": "female"},
    {"a1": [1, {"x": None}], "a2": "x" * 2000, "gender": "female"},
    {"a1": {}, "a2": "", "gender": ""},
)


def test_old_values_that_no_file_could_hold_go_back_exactly(tmp_path: Path) -> None:
    """What is said to go back goes back, also where the rules for a file refuse it today."""
    users = [f"u{n}" for n in range(1, len(HELD) + 1)]
    job = small_job(tmp_path, [(user, "new", "new", "other") for user in users])
    mapping = job.mapping()
    mapping.columns[3].target, mapping.columns[3].type = "gender", None
    job.set_mapping(mapping)
    job.check()
    server = FakeServer(state={user: dict(held) for user, held in zip(users, HELD, strict=True)})
    run(job, server, safety=Safety.FULL)
    undo = prepare_undo(job, server, tmp_path, lambda: 0.0)
    assert undo.job is not None and undo.back == len(HELD) == undo.job.totals().send
    last, _ = run(undo.job, server)
    assert last.confirmed == undo.back
    for user, held in zip(users[:-1], HELD, strict=False):
        assert json.dumps(server.state[user], sort_keys=True) == json.dumps(held, sort_keys=True)
    assert undo.added == {"gender": 1}  # an empty choice cannot be written
    assert server.state[users[-1]] == {"a1": {}, "a2": "", "gender": "other"}


def test_created_and_gone_profiles_are_listed(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 3), FakeServer(state=known(2))
    run(job, server, safety=Safety.FULL)
    del server.state["user-000002"]
    undo = prepare_undo(job, server, tmp_path, lambda: 0.0)
    assert (undo.created, undo.gone, undo.back) == (["user-000003"], ["user-000002"], 1)


def test_without_kept_values_nothing_can_be_taken_back(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 3), FakeServer(state=known(3))
    run(job, server)
    with pytest.raises(Rejected, match="no old values"):
        prepare_undo(job, server, tmp_path, lambda: 0.0)
    assert states(job)


def test_taking_back_can_be_stopped_while_it_reads(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 300), FakeServer(state=known(300))
    run(job, server, safety=Safety.FULL)
    stop = threading.Event()
    before = list(tmp_path.glob("*.nvjob"))
    with pytest.raises(Stopped):
        prepare_undo(job, server, tmp_path, lambda: 0.0, lambda done, of: stop.set(), stop)
    assert list(tmp_path.glob("*.nvjob")) == before
