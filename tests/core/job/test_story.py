"""What happened to a job, told from its calls."""

from __future__ import annotations

from pathlib import Path

from nv_desktop.core.job.story import story
from tests.core.upload.kit import Call, FakeServer, poison, run, small_job


def test_nothing_is_told_before_the_first_call(tmp_path: Path) -> None:
    job = small_job(tmp_path, 5)
    assert story(job) == []
    job.close()


def test_a_smooth_job_has_a_beginning_and_an_end(tmp_path: Path) -> None:
    job = small_job(tmp_path, 5)
    run(job, FakeServer())
    assert [event.kind for event in story(job)] == ["ended", "began"]
    job.close()


def test_a_refused_row_is_named_and_the_splitting_told_once(tmp_path: Path) -> None:
    job = small_job(tmp_path, 100)
    run(job, FakeServer(poison(["user-000042"], "Invalid mobile")))
    told = story(job)
    job.close()
    refused = [event for event in told if event.kind == "refused"]
    assert [(event.title, event.detail) for event in refused] == [("Row 43 was refused", "Invalid mobile")]
    splits = [event for event in told if event.kind == "split"]
    assert sum(event.times for event in splits) >= 5
    assert len(splits) <= 2, "calls that were split one after the other are one event"


def test_a_call_without_an_answer_is_told(tmp_path: Path) -> None:
    def behave(server: FakeServer, call: Call) -> object:
        return server.lose(call) if call.number == 1 else server.take(call)

    job = small_job(tmp_path, 5)
    run(job, FakeServer(behave))  # type: ignore[arg-type]
    kinds = [event.kind for event in story(job)]
    job.close()
    assert "unknown" in kinds


def test_the_newest_come_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    job = small_job(tmp_path, 100)
    run(job, FakeServer(poison(["user-000042", "user-000007"])))
    told = story(job, limit=3)
    job.close()
    assert len(told) == 3
    assert [event.at for event in told] == sorted((event.at for event in told), reverse=True)
