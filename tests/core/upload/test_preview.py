"""What is said before Send: numbers that add up, and whose consent would be raised."""

from __future__ import annotations

from pathlib import Path

from nv_desktop.core.job import Job, create
from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.core.sheet import Row
from nv_desktop.core.upload.preview import mended_rows, preview
from tests.core.upload.kit import FakeServer, poison, run, small_job


def consent_job(folder: Path, rows: list[tuple[str, str]]) -> Job:
    job = create(folder, {"name": "list.csv"})
    job.start_reading(["id", "consent"])
    job.add_rows(Row(number, list(row)) for number, row in enumerate(rows, 2))
    job.finish_reading()
    job.set_mapping(
        Mapping(
            [
                ColumnMap(0, "id", "userID", None, ""),
                ColumnMap(1, "consent", "email_opt_in", None, ""),
            ]
        )
    )
    job.check()
    return job


def test_rows_calls_and_time(tmp_path: Path) -> None:
    job = small_job(tmp_path, 250, stopped=[1, 2])
    look = preview(job, {}, 500)
    job.close()
    assert (look.rows, look.send, look.left_out, look.calls) == (250, 248, 2, 3)
    assert look.seconds == 3 * 60 / 500
    assert look.reading(500) == 60.0
    assert look.send + look.left_out + look.settled == look.rows


def test_duplicates_are_part_of_what_stays_behind(tmp_path: Path) -> None:
    job = small_job(tmp_path, [("a", "1"), ("a", "2"), ("b", "3"), ("b", "3")])
    look = preview(job, {}, 500)
    job.close()
    assert (look.send, look.left_out, look.duplicates) == (1, 3, 3)


def test_only_those_who_opted_out_and_would_be_opted_in_are_raised(tmp_path: Path) -> None:
    job = consent_job(tmp_path, [("ann", "1"), ("bob", "0"), ("cho", "1"), ("dee", "1")])
    opted_out = {
        "ann": ["email_opt_in"],
        "bob": ["email_opt_in"],
        "cho": ["sms_opt_in"],
        "nobody": ["email_opt_in"],
    }
    look = preview(job, opted_out, 500)
    job.close()
    assert look.raised == ("ann",)


def test_what_is_settled_is_not_sent_again_but_mended_rows_are(tmp_path: Path) -> None:
    job = small_job(tmp_path, 10, stopped=[10])
    run(job, FakeServer(poison(["user-000003", "user-000004"])))
    look = preview(job, {}, 500)
    assert (look.send, look.settled, look.left_out) == (0, 9, 1)
    assert mended_rows(job) == []
    job.edit(3, 1, "mended")
    job.edit(4, 1, "other")
    job.edit(4, 1, "value 4")  # as it was: it would be refused again
    assert mended_rows(job) == [3]
    job.skip([10], skipped=False)
    assert mended_rows(job) == [3, 10]
    assert preview(job, {}, 500).send == 2
    job.close()


def test_rows_left_out_by_name_are_not_mended(tmp_path: Path) -> None:
    job = small_job(tmp_path, 5)
    run(job, FakeServer(), exclude=["user-000002"])
    assert mended_rows(job) == []
    job.close()
