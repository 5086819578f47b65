"""A job in one line: true while it runs, after it was cut off, and for a file that is none."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from nv_desktop.core.errors import BadFile, NotFound
from nv_desktop.core.job import Job
from nv_desktop.core.job.ledger import Ledger, Line, Mark, Outcome, State
from nv_desktop.core.job.listing import Listed, listed
from tests.core.upload.kit import FakeServer, run, small_job


def begun(job: Job, outcomes: dict[int, State], sending: tuple[int, ...] = ()) -> None:
    """Give rows outcomes without an engine."""
    ledger = Ledger(job)
    ledger.begin()
    rows = [*outcomes, *sending]
    (batch,) = ledger.write([Mark([Line(row, f"u{row}", b"") for row in rows], 1, 1_700_000_000.0)], [])
    settled = [(row, state, "why") for row, state in outcomes.items()]
    ledger.write([], [Outcome(batch, settled, "answered", "", 1_700_000_060.0)])
    ledger.close()
    job.set_meta("stage", "sending")


def six(line: Listed) -> tuple[int, ...]:
    return (line.confirmed, line.accepted, line.refused, line.unknown, line.not_sent, line.skipped)


def test_before_sending_the_numbers_are_those_of_the_check(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10, stopped=[3, 4])
    job.set_meta("account", "Shop")
    line = listed(job.path)
    job.close()
    assert six(line) == (0, 0, 0, 0, 8, 2)
    assert (line.file, line.account, line.rows, line.begun) == ("list.csv", "Shop", 10, False)
    assert line.resumable
    assert not line.unfinished, "nobody has said that it shall be sent"


def test_rows_that_were_never_checked_are_not_sent(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10)
    with job.transaction() as db:
        db.execute("DELETE FROM verdicts WHERE row > 4")
    job.set_meta("stage", "read")
    line = listed(job.path)
    job.close()
    assert six(line) == (0, 0, 0, 0, 10, 0)
    assert not line.resumable


def test_a_job_cut_off_counts_rows_on_their_way_as_unknown(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10, stopped=[10])
    outcomes = {1: State.CONFIRMED, 2: State.ACCEPTED, 3: State.REFUSED}
    begun(job, outcomes, sending=(4, 5))
    line = listed(job.path)
    job.close()
    assert six(line) == (1, 1, 1, 2, 4, 1)
    assert sum(six(line)) == line.rows == 10
    assert line.stage == "paused", "nobody is sending"
    assert line.resumable and line.unfinished
    assert line.started == 1_700_000_000.0
    assert line.ended == 1_700_000_060.0


def test_a_job_that_an_engine_holds_is_running_and_not_resumable(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10)
    begun(job, {1: State.CONFIRMED})
    with job.lock():
        line = listed(job.path)
    job.close()
    assert (line.running, line.resumable, line.stage) == (True, False, "sending")


def test_a_finished_job_names_the_account_that_it_was_sent_with(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10)
    run(job, FakeServer())
    line = listed(job.path)
    job.close()
    assert six(line) == (10, 0, 0, 0, 0, 0)
    assert (line.account, line.environment, line.brand_id, line.stage) == ("Shop", "test", 7, "done")
    assert not line.resumable


@pytest.mark.parametrize("stage", ["stopped", "done"])
def test_what_the_person_ended_is_not_offered_at_the_next_start(tmp_path: Path, stage: str) -> None:
    job = small_job(tmp_path, 10)
    begun(job, {1: State.UNKNOWN})
    job.set_meta("stage", stage)
    line = listed(job.path)
    job.close()
    assert line.resumable
    assert not line.unfinished


def test_json_holds_every_field(tmp_path: Path) -> None:
    job = small_job(tmp_path, 2)
    line = listed(job.path)
    job.close()
    told = json.loads(json.dumps(line.to_json()))
    assert told["path"] == str(job.path)
    assert told["rows"] == 2
    assert told["id"] == job.path.stem


def test_a_list_writes_nothing(tmp_path: Path) -> None:
    job = small_job(tmp_path, 2)
    job.close()
    before = job.path.read_bytes()
    listed(job.path)
    assert job.path.read_bytes() == before


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        listed(tmp_path / "20261123-220501-3f2a.nvjob")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"no database at all" * 100])
def test_a_file_that_is_no_document(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "20261123-220501-3f2a.nvjob"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        listed(path)
    assert path.read_bytes() == content


def test_a_document_cut_short(tmp_path: Path) -> None:
    job = small_job(tmp_path, 5_000)
    job.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    job.close()
    job.path.write_bytes(job.path.read_bytes()[:30_000])
    with pytest.raises(BadFile):
        listed(job.path)


@pytest.mark.parametrize("meta", ["[", '{"name": 1}', "7"])
def test_a_strange_entry_is_survived_or_named(tmp_path: Path, meta: str) -> None:
    job = small_job(tmp_path, 2)
    with job.transaction() as db:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('source', ?)", (meta,))
    job.close()
    if meta == "[":
        with pytest.raises(BadFile):
            listed(job.path)
    else:
        assert listed(job.path).rows == 2


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    job = small_job(tmp_path, 2)
    job.close()
    db = sqlite3.connect(job.path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(BadFile, match="newer version"):
        listed(job.path)


def test_kept_values_and_who_took_whom_back_are_said(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10)
    assert (listed(job.path).kept_old, listed(job.path).undoes, listed(job.path).undone_by) == (False, "", "")
    with job.transaction() as db:
        db.execute("INSERT INTO snapshots VALUES ('new', 1.0, NULL)")
    assert not listed(job.path).kept_old, "a profile that was not there has no old values"
    with job.transaction() as db:
        db.execute("INSERT INTO snapshots VALUES ('u1', 1.0, '{}')")
    job.set_meta("undone_by", "20261123-220501-3f2a")
    line = listed(job.path)
    job.close()
    assert line.kept_old and line.undone_by == "20261123-220501-3f2a"
