"""A list of users is deleted as an import is sent: each once, kept first, never blindly a second time."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core import report
from nv_desktop.core.deletion import delete
from nv_desktop.core.errors import AppError, Busy, Rejected
from nv_desktop.core.history import History
from nv_desktop.core.job import Job, open_job
from nv_desktop.core.job.ledger import Ledger, Line, Mark, State
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import inspect, rows
from nv_desktop.core.upload import Progress, Stage, Upload, UploadOptions
from nv_desktop.core.upload.calls import identity
from nv_desktop.core.upload.deleting import (
    NOBODY,
    STILL_THERE,
    TWICE,
    Deleting,
    entries,
    make_delete_job,
    price,
)
from nv_desktop.core.upload.id_list import job_of_ids
from nv_desktop.core.upload.pending import Pending
from nv_desktop.core.upload.restoring import on_shelf, restore_all
from tests.core.upload.kit import FakeServer, FastClock, seeded, small_job, states


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.db")
    yield made
    made.close()


def listed(folder: Path, count: int, keep: bool = True) -> Job:
    return make_delete_job(job_of_ids([f"u{n:03d}" for n in range(1, count + 1)], Paths(folder)), keep)


def server_of(count: int, deleting: Callable[[int], str] | None = None) -> FakeServer:
    account = replace(FakeServer().account, id="shop")
    people: dict[str, dict[str, Any]] = {f"u{n:03d}": {"a1": n} for n in range(1, count + 1)}
    return FakeServer(account=account, state=people, deleting=deleting)


def engine(job: Job, server: FakeServer, history: History, **options: Any) -> Deleting:
    clock = options.pop("clock", None) or FastClock()
    failpoint = options.pop("failpoint", lambda name: None)
    chosen = UploadOptions(attended=False, **options)
    return Deleting(job, server, history, options=chosen, clock=clock, failpoint=failpoint)


def adds_up(job: Job, last: Progress) -> None:
    assert last.rows == job.row_count()


def test_each_is_kept_first_and_deleted_once(tmp_path: Path, history: History) -> None:
    server = server_of(40)
    server.state["other"] = {"a1": 0}
    job = make_delete_job(job_of_ids([*[*server.state][:40], "u001", "nobody"], Paths(tmp_path)))
    assert (price(job, 500).users, price(job, 500).calls) == (41, 82)
    last = engine(job, server, history).run()
    adds_up(job, last)
    assert (last.state, last.confirmed, last.skipped) == (Stage.DONE, 40, 2)
    assert server.state == {"other": {"a1": 0}}
    assert Counter(server.deleted).most_common(1)[0][1] == 1
    assert states(job)[42][2] == NOBODY
    shelf = {kept.profile.user_id: (kept.state, kept.profile.attributes) for kept in history.shelf("shop")}
    assert shelf == {f"u{n:03d}": ("deleted", {"a1": n}) for n in range(1, 41)}
    again = engine(job, server, history).run()
    assert again.confirmed == 40 and len(server.deleted) == 40


def test_without_a_copy_nothing_stays_here(tmp_path: Path, history: History) -> None:
    server = server_of(5)
    job = listed(tmp_path, 5, keep=False)
    last = engine(job, server, history).run()
    assert (last.confirmed, server.state, server.looked_up) == (5, {}, [])
    assert history.shelf("shop") == []


@pytest.mark.parametrize("fault", ["lose", "lost"])
def test_an_unclear_outcome_is_looked_at_and_never_repeated(
    tmp_path: Path, history: History, fault: str
) -> None:
    server = server_of(30, lambda number: fault if number % 3 == 0 else "")
    job = listed(tmp_path, 30)
    last = engine(job, server, history).run()
    adds_up(job, last)
    assert last.state is Stage.DONE and last.unknown == 0
    assert Counter(server.deleted).most_common(1)[0][1] == 1, "deleted twice"
    for state, user, reason in states(job).values():
        assert (state is State.CONFIRMED) == (user not in server.state)
        assert state is State.CONFIRMED or reason == STILL_THERE
    assert last.refused == (0 if fault == "lose" else 10)
    assert len(history.shelf("shop")) == last.confirmed


def test_refusals_queues_and_requests_to_slow_down(tmp_path: Path, history: History) -> None:
    script = {1: "rejected", 2: "queued", 3: "slow"}
    server = server_of(10, lambda number: script.get(number, ""))
    job = listed(tmp_path, 10)
    last = engine(job, server, history, window=1).run()
    assert (last.state, last.confirmed, last.accepted, last.refused) == (Stage.DONE, 8, 1, 1)
    assert states(job)[1][2] == "This one stays."
    assert {kept.state for kept in history.shelf("shop")} == {"deleted", "queued"}
    assert len(history.shelf("shop")) == 9


def test_stopped_and_gone_on(tmp_path: Path, history: History) -> None:
    server = server_of(60)
    job = listed(tmp_path, 60)
    going = engine(job, server, history, window=2)
    last = going.run(lambda moment: going.stop() if moment.calls >= 10 else None)
    adds_up(job, last)
    assert last.state is Stage.STOPPED and last.confirmed == len(server.deleted) < 60
    path = job.path
    job.close()
    job = open_job(path)
    last = engine(job, server, history).run()
    assert (last.confirmed, len(server.deleted), len(history.shelf("shop"))) == (60, 60, 60)


def test_killed_between_mark_and_answer_it_looks_and_does_not_repeat(
    tmp_path: Path, history: History
) -> None:
    server, job = server_of(4), listed(tmp_path, 4)
    ledger, clock = Ledger(job), FastClock()
    ledger.begin()
    for row, user in ((1, "u001"), (2, "u002")):
        ledger.write([Mark([Line(row, user, b"")], 1, clock.time())], [])
    ledger.close()
    del server.state["u001"]  # its call arrived, the other did not
    last = engine(job, server, history, clock=clock).run()
    assert sorted(server.deleted) == ["u003", "u004"]
    assert (last.confirmed, last.refused) == (3, 1)
    assert states(job)[2][2] == STILL_THERE


def test_an_import_is_not_deleted_and_a_list_is_not_sent(tmp_path: Path, history: History) -> None:
    server = server_of(3)
    with pytest.raises(Rejected):
        engine(small_job(tmp_path, 3), server, history).run()
    with pytest.raises(Rejected):
        Upload(listed(tmp_path, 3), server).run()
    guarded = replace(server.account, no_delete=True)
    server.account = guarded
    with pytest.raises(Rejected, match="does not delete"):
        engine(listed(tmp_path, 3), server, history).run()
    assert not server.calls and not server.deleted


def test_all_is_put_back_from_the_shelf(tmp_path: Path, history: History) -> None:
    server = server_of(30)
    before = {user: dict(values) for user, values in server.state.items()}
    job = listed(tmp_path, 30)
    engine(job, server, history).run()
    server.state["u007"] = {"a1": "somebody new"}
    places = on_shelf(job, "shop", history)
    assert len(places) == 30
    client: Any = server
    done = restore_all(client, history, places)
    assert (done.restored, [user for user, _ in done.failed]) == (29, ["u007"])
    assert server.state == {**before, "u007": {"a1": "somebody new"}}
    assert len(on_shelf(job, "shop", history)) == 1


class Late(FakeServer):
    """Answers no write; each arrives for its user at a moment of its own, up to 60 s later."""

    def begin(self, seed: int, clock: FastClock) -> None:
        self.chance, self.late = seeded(seed), list[tuple[float, str]]()
        self.clock = clock
        self.behave = lambda server, call: self.lose_it(call)

    def lose_it(self, call: Any) -> Any:
        self.late += [(self.clock.time() + self.chance.uniform(0.0, 60.0), user) for user in call.users]
        return self.lose()

    def arrive(self) -> None:
        for entry in [each for each in self.late if each[0] <= self.clock.time()]:
            self.late.remove(entry)
            self.state[entry[1]] = {"a1": "late"}

    def get_profile(self, *args: Any, **options: Any) -> Any:
        self.arrive()
        return super().get_profile(*args, **options)


ORDERS = 20  # users of one list, each with an order of its own


@pytest.mark.gate("H18", seconds=60, tries=ORDERS)
@pytest.mark.parametrize("seed", range(10))
def test_a_write_that_may_still_arrive_does_not_bring_a_deleted_profile_back(
    tmp_path: Path, history: History, seed: int
) -> None:
    """200 orders in all: writes whose answer is lost arrive up to 60 s later, deletes at any moment."""
    clock, people = FastClock(400.0), server_of(ORDERS)
    server = Late(account=people.account, state=people.state)
    server.begin(seed, clock)
    names = list(server.state)
    imported = small_job(tmp_path, [(name, "new") for name in names])
    going = Upload(imported, server, options=UploadOptions(attended=False), clock=clock)
    going.run(lambda moment: going.stop() if moment.unknown else None)
    imported.close()
    later = clock.time() + seed * 8.0
    while clock.time() < later:  # the list comes at once, between, and when nothing can arrive any more
        os.sched_yield()
    server.chance.shuffle(names)
    job = make_delete_job(job_of_ids(names, Paths(tmp_path)))
    job.close()
    job = open_job(job.path.rename(tmp_path / job.path.name))
    last = engine(job, server, history, clock=clock, window=8).run()
    while server.late:
        server.arrive()
    told = {user: state for state, user, _ in states(job).values()}
    assert [user for user in server.state if told[user] is State.CONFIRMED] == []
    assert last.confirmed + last.skipped == ORDERS and len(server.deleted) == len(set(server.deleted))
    job.close()


@pytest.mark.gate("H18", seconds=60)
def test_one_profile_is_not_deleted_while_a_write_to_it_may_arrive(tmp_path: Path, history: History) -> None:
    server, clock = server_of(2), FastClock(1.0)
    job = small_job(tmp_path, [("u001", "new")])
    server.behave = lambda server, call: server.lose()
    going = Upload(job, server, options=UploadOptions(attended=False), clock=clock)
    going.run(lambda moment: going.stop() if moment.unknown else None)
    pending = Pending(tmp_path, server.account, history, clock.time)
    client: Any = server
    with pytest.raises(Busy, match="on its way"):
        delete(client, history, "u001", pending=pending)
    delete(client, history, "u002", pending=pending)
    assert server.deleted == ["u002"]
    later = Pending(tmp_path, server.account, history, lambda: clock.time() + 61.0)
    server.behave = lambda server, call: server.take(call)
    delete(client, history, "u001", pending=later)
    assert server.deleted == ["u002", "u001"]


def test_deletes_that_were_made_are_not_told_as_failed_when_nothing_can_be_erased(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise AppError("The disk is full.")

    server, job = server_of(3), listed(tmp_path, 3, keep=False)
    monkeypatch.setattr(history, "erase_people", full)
    with pytest.raises(AppError, match=r"were deleted .* could not be erased: The disk is full\."):
        engine(job, server, history).run()
    assert server.state == {} and job.meta("stage") == "done"


def test_a_call_that_is_on_its_way_just_now_holds_a_delete_back(tmp_path: Path, history: History) -> None:
    """By another window or command, or by one that was killed: its mark is in the document."""
    server = server_of(2)
    job = small_job(tmp_path, [("u001", "new"), ("u002", "new")])
    job.set_meta("sent_with", identity(server.account))
    ledger = Ledger(job)
    ledger.begin()
    ledger.write([Mark([Line(1, "u001", b"x" * 16)], 1, 1_000.0)], [])
    ledger.close()
    assert Pending(tmp_path, server.account, history, lambda: 1_010.0).seconds("u001") == 50.0
    assert Pending(tmp_path, server.account, history, lambda: 1_010.0).seconds("u002") == 0.0
    assert Pending(tmp_path, server.account, history, lambda: 1_061.0).seconds("u001") == 0.0
    other = replace(server.account, brand_id=8)
    assert Pending(tmp_path, other, history, lambda: 1_010.0).seconds("u001") == 0.0
    job.close()


def test_a_delete_that_was_unclear_holds_no_other_delete_back(tmp_path: Path, history: History) -> None:
    """It cannot bring the profile back; a save of unknown outcome could."""
    account = server_of(1).account
    for user, kind in (("u001", "deleted"), ("u002", "saved"), ("u003", "restored")):
        history.settle_change(history.begin_change(account.id, user, kind, {}, {}), "unclear")
    pending = Pending(tmp_path, account, history)
    assert [pending.seconds(f"u00{number}") > 0.0 for number in (1, 2, 3)] == [False, True, True]


def test_the_result_workbook_speaks_of_deleting(tmp_path: Path, history: History) -> None:
    server = server_of(4, lambda number: {1: "rejected", 2: "queued"}.get(number, ""))
    job = make_delete_job(job_of_ids([*server.state, "nobody", "u001", "#N/A"], Paths(tmp_path)))
    engine(job, server, history, window=1).run()
    written = report.write(job, tmp_path / "result.xlsx")
    told = {row.cells[3] + row.cells[0]: row.cells[1] for row in rows(inspect(written.path))}
    assert told == {
        "u0011": "refused", "u0022": "deleted soon", "u0033": "deleted", "u0044": "deleted",
        "nobody5": "not there", "u0016": "skipped", "#N/A7": "skipped",
    }  # fmt: skip


def test_the_lines_of_a_list_name_who_stays_behind(tmp_path: Path) -> None:
    job = make_delete_job(job_of_ids(["u1", "", "u2", "u1", "1.23E+15"], Paths(tmp_path)))
    found = entries(job, 10)
    assert [(each.number, each.user_id, bool(each.why)) for each in found] == [
        (2, "", True), (4, "u1", True), (5, "1.23E+15", True), (1, "u1", False), (3, "u2", False),
    ]  # fmt: skip
    assert found[1].why == TWICE and "no user ID" in found[0].why
    assert [each.number for each in entries(job, 4)] == [2, 4, 5, 1]
    assert (price(job, 500, keep=True).calls, price(job, 500, keep=False).calls) == (4, 2)
