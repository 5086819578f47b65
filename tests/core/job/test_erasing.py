"""A person erased from a job document leaves not one byte, and the numbers still add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from nv_desktop.core.errors import Busy
from nv_desktop.core.job import open_job
from nv_desktop.core.job.erasing import erase_person, holds
from nv_desktop.core.job.listing import listed
from tests.core.upload.kit import FakeServer, counts, poison, run, small_job

CANARY = "canary-77f3@example.org"
SECRET = "Ottoline-9c41-Marlow"


def bytes_of(path: Path) -> bytes:
    return b"".join(
        each.read_bytes()
        for each in path.parent.iterdir()
        if each.is_file() and each.stem.startswith(path.stem)
    )


def rows(number: int = 30) -> list[tuple[str, str]]:
    made = [(f"user-{n}", f"value {n}") for n in range(1, number + 1)]
    made[6] = (CANARY, SECRET)
    return made


def test_no_trace_is_left_of_a_refused_edited_row(tmp_path: Path) -> None:
    job = small_job(tmp_path, rows())
    run(job, FakeServer(poison([CANARY], f"Invalid mobile for userID {CANARY}")))
    job.edit(7, 1, SECRET + " again")
    job.set_meta("exclude", [CANARY, "user-1"])
    job.set_meta("opened", {"sample": [[CANARY, SECRET]]})
    path = job.path
    job.close()
    assert CANARY.encode() in bytes_of(path)
    assert holds(path, CANARY)
    assert erase_person(path, CANARY) == 1
    assert CANARY.encode() not in bytes_of(path)
    assert SECRET.encode() not in bytes_of(path)
    assert not holds(path, CANARY)
    line = listed(path)
    assert (line.rows, line.confirmed, line.refused) == (30, 29, 1)


def test_before_sending_the_row_is_left_out(tmp_path: Path) -> None:
    job = small_job(tmp_path, rows())
    path = job.path
    job.close()
    assert erase_person(path, CANARY) == 1
    assert CANARY.encode() not in bytes_of(path)
    job = open_job(path)
    server = FakeServer()
    run(job, server)
    assert counts(job).skipped == 1
    assert CANARY not in server.state
    assert "" not in server.state
    job.close()


def test_others_are_untouched_and_a_stranger_changes_nothing(tmp_path: Path) -> None:
    job = small_job(tmp_path, rows())
    path = job.path
    job.close()
    assert erase_person(path, "nobody@example.org") == 0
    assert erase_person(path, CANARY) == 1
    job = open_job(path)
    assert job.page([6])[0].cells == ("user-6", "value 6")
    assert job.page([7])[0].cells == ("", "")
    job.close()


def test_a_job_that_is_being_sent_is_left_alone(tmp_path: Path) -> None:
    job = small_job(tmp_path, rows())
    with job.lock(), pytest.raises(Busy):
        erase_person(job.path, CANARY)
    assert holds(job.path, CANARY)
    job.close()


def test_a_short_id_is_erased_as_a_word_only(tmp_path: Path) -> None:
    job = small_job(tmp_path, [("7", "seven"), ("77", "both")])
    run(job, FakeServer(poison(["7", "77"], "Invalid mobile for 77")))
    path = job.path
    job.close()
    assert erase_person(path, "7") == 1
    job = open_job(path)
    assert job.page([2])[0].reason == "Invalid mobile for 77"
    assert job.page([2])[0].cells == ("77", "both")
    job.close()
