"""Uploads beside the window: one click one job, several at once, paused, stopped, resumed, closed."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import AppError, NoKeyring, NotFound, Rejected
from nv_desktop.core.job import open_job
from nv_desktop.core.job.listing import listed
from nv_desktop.core.upload import Progress, Stage
from nv_desktop.gui.running import Wanted, unfinished
from tests.gui.job_kit import LIMIT, House, house, sandbox, theme

__all__ = ["house", "sandbox", "theme"]


def ended(house: House, qtbot: QtBot, act: object) -> Progress:
    assert callable(act)
    with qtbot.waitSignal(house.running.ended, timeout=LIMIT) as heard:
        act()
    last = heard.args[1]
    assert isinstance(last, Progress)
    return last


def test_a_job_is_sent_to_its_end(house: House, qtbot: QtBot) -> None:
    path = house.job(250)
    moments: list[Progress] = []
    house.running.progressed.connect(lambda _, progress: moments.append(progress))
    last = ended(house, qtbot, lambda: house.running.start(path, "list.csv", house.account))
    assert (last.state, last.confirmed) == (Stage.DONE, 250)
    assert all(moment.rows == 250 for moment in moments[1:])
    assert not house.running.runs()
    assert house.value("FW-00042", "email") == "p42@example.org"


def test_a_thousand_starts_are_one_job(house: House, qtbot: QtBot) -> None:
    path = house.job(100)
    begun = []

    def burst() -> None:
        begun.extend(house.running.start(path, "list.csv", house.account) for _ in range(1_000))

    last = ended(house, qtbot, burst)
    assert begun.count(True) == 1
    assert last.confirmed == 100
    assert house.calls() == 1


def test_several_jobs_at_once_each_to_its_own_account(house: House, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.2)
    first, second = house.job(100, name="a.csv"), house.job(100, name="b.csv")
    with qtbot.waitSignal(house.running.rested, timeout=LIMIT):
        house.running.start(first, "a.csv", house.account)
        house.running.start(second, "b.csv", house.account)
        assert len(house.running.runs()) == 2
    assert [listed(path).confirmed for path in (first, second)] == [100, 100]


def test_pause_and_go_on(house: House, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.3)
    path = house.job(4_000)
    house.running.start(path, "list.csv", house.account)
    run = house.running.run_of(path.stem)
    assert run is not None
    qtbot.waitUntil(lambda: run.last is not None and run.last.confirmed > 0, timeout=LIMIT)
    house.running.pause(path.stem)
    assert run.stage is Stage.PAUSED, "a pause shows at once"
    assert run.activity().state == "paused"
    qtbot.waitUntil(
        lambda: run.last is not None and run.last.state is Stage.PAUSED and not run.last.sending,
        timeout=LIMIT,
    )
    held = house.calls()
    assert run.last is not None and run.last.not_sent > 0
    house.sandbox.set_latency(0)
    assert house.calls() == held, "no call leaves during a pause"
    last = ended(house, qtbot, lambda: house.running.go_on(path.stem))
    assert (last.state, last.confirmed) == (Stage.DONE, 4_000)


def test_stop_leaves_the_rest_in_the_document(house: House, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.3)
    path = house.job(4_000)
    house.running.start(path, "list.csv", house.account)
    run = house.running.run_of(path.stem)
    assert run is not None
    qtbot.waitUntil(lambda: run.last is not None and run.last.confirmed > 0, timeout=LIMIT)
    last = ended(house, qtbot, lambda: house.running.stop(path.stem))
    line = listed(path)
    assert last.state is Stage.STOPPED
    assert line.not_sent > 0 and line.unknown == 0
    assert unfinished(house.paths.jobs) == [], "what a person stopped is not offered again"


def test_closing_pauses_durably_and_the_next_start_offers_to_resume(house: House, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.3)
    path = house.job(4_000)
    house.running.start(path, "list.csv", house.account)
    run = house.running.run_of(path.stem)
    assert run is not None
    qtbot.waitUntil(lambda: run.last is not None and run.last.confirmed > 0, timeout=LIMIT)
    with qtbot.waitSignal(house.running.rested, timeout=LIMIT):
        house.running.pause_all()
    (line,) = unfinished(house.paths.jobs)
    assert (line.id, line.stage, line.unknown) == (path.stem, "paused", 0)
    house.sandbox.set_latency(0)
    last = ended(house, qtbot, lambda: house.running.resume(line))
    assert (last.state, last.confirmed) == (Stage.DONE, 4_000)
    sent = house.applied()
    assert len(sent) == len(set(sent)) == 4_000, "no row is sent twice"


def test_nothing_running_rests_at_once(house: House, qtbot: QtBot) -> None:
    with qtbot.waitSignal(house.running.rested, timeout=LIMIT):
        house.running.pause_all()


def test_a_key_that_is_refused_pauses_and_trying_again_uses_the_key_kept_then(
    house: House, qtbot: QtBot
) -> None:
    body = {"status": "error", "message": "Invalid API key", "status_code": "401"}
    house.sandbox.set_faults([{"call": "user/create", "fault": "status", "status": 401, "body": body}])
    path = house.job(50)
    house.running.start(path, "list.csv", house.account)
    run = house.running.run_of(path.stem)
    assert run is not None
    qtbot.waitUntil(lambda: run.last is not None and run.last.state is Stage.PAUSED, timeout=LIMIT)
    assert run.last is not None and run.last.waiting_reason
    house.sandbox.set_faults([])
    last = ended(house, qtbot, lambda: house.running.go_on(path.stem))
    assert house.connected == 2, "a new client has the new key"
    assert (last.state, last.confirmed) == (Stage.DONE, 50)


def test_no_keyring_is_a_failure_that_changes_nothing(house: House, qtbot: QtBot) -> None:
    house.connect_error = NoKeyring("The keyring is locked.", "Unlock it.")
    path = house.job(5)
    with qtbot.waitSignal(house.running.failed, timeout=LIMIT) as heard:
        house.running.start(path, "list.csv", house.account)
    assert isinstance(heard.args[1], NoKeyring)
    assert not listed(path).begun
    assert not house.running.is_running(path.stem)


def test_a_job_that_another_command_holds_fails_in_words(house: House, qtbot: QtBot) -> None:
    path = house.job(5)
    job = open_job(path)
    with job.lock(), qtbot.waitSignal(house.running.failed, timeout=LIMIT) as heard:
        house.running.start(path, "list.csv", house.account)
    job.close()
    assert isinstance(heard.args[1], AppError)
    assert house.calls() == 0


def test_a_vanished_document_fails_in_words(house: House, qtbot: QtBot) -> None:
    path = house.job(5)
    path.unlink()
    with qtbot.waitSignal(house.running.failed, timeout=LIMIT) as heard:
        house.running.start(path, "list.csv", house.account)
    assert isinstance(heard.args[1], NotFound)


def test_a_job_that_was_not_checked_to_its_end_is_not_sent(house: House, qtbot: QtBot) -> None:
    path = house.job(5)
    job = open_job(path)
    with job.transaction() as db:
        db.execute("INSERT INTO dirty VALUES (1)")
    job.close()
    with qtbot.waitSignal(house.running.failed, timeout=LIMIT) as heard:
        house.running.start(path, "list.csv", house.account)
    assert isinstance(heard.args[1], Rejected)
    assert house.calls() == 0


def test_those_left_out_stay_out_when_the_job_goes_on(house: House, qtbot: QtBot) -> None:
    path = house.job(30)
    wanted = Wanted(trial=10, exclude=["FW-00020"])
    last = ended(house, qtbot, lambda: house.running.start(path, "list.csv", house.account, wanted))
    assert (last.state, last.confirmed) == (Stage.TRIAL, 10)
    last = ended(house, qtbot, lambda: house.running.resume(listed(path)))
    assert (last.state, last.confirmed, last.skipped) == (Stage.DONE, 29, 1)
    assert "FW-00020" not in house.applied()


def test_a_job_of_an_account_that_is_gone_is_not_resumed(house: House, qtbot: QtBot) -> None:
    path = house.job(30)
    ended(house, qtbot, lambda: house.running.start(path, "l", house.account, Wanted(trial=10)))
    house.accounts.remove(house.account.id)
    with pytest.raises(NotFound):
        house.running.resume(listed(path))


def test_the_line_at_the_bottom_follows(house: House, qtbot: QtBot) -> None:
    path = house.job(300)
    shown: list[object] = []
    gone: list[str] = []
    house.running.activity_changed.connect(shown.append)
    house.running.activity_ended.connect(gone.append)
    ended(house, qtbot, lambda: house.running.start(path, "list.csv", house.account))
    assert gone == [path.stem]
    assert {getattr(each, "name", "") for each in shown} == {"list.csv"}
    assert getattr(shown[-1], "done", 0) == getattr(shown[-1], "total", 0) == 300
