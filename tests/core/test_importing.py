"""From a file to a checked job and its lines: in two processes, stopped or killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from nv_desktop.core import importing
from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import BadFile, Busy, Stopped
from nv_desktop.core.importing import (
    Step,
    check_rows,
    import_file,
    inspect_file,
    new_job,
    propose,
    read_and_check,
    read_rows,
    require_sendable,
    rows_out,
    summary,
)
from nv_desktop.core.job import documents, open_job
from nv_desktop.core.mapping import Recipe
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Options
from nv_desktop.core.worker import Worker


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def write(tmp_path: Path, text: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


SMALL = "\n".join(
    (
        "userID,Email,Mobile,Shoe size,Note",
        "a,a@x.com,+4915112345678,41,hello",
        "b,nonsense,0151 2345678,42,",
        ",c@x.com,,43,x",
        "d,D@x.com,,44,x",
        "e,d@x.com,,44,x",
    )
)


def many(rows: int) -> str:
    lines = ["userID,first_name,email,city"]
    lines += [f"u{n},Name {n},p{n}@example.com,Bonn" for n in range(rows)]
    return "\n".join(lines)


def test_a_file_becomes_a_checked_job_and_its_lines(tmp_path: Path, paths: Paths) -> None:
    job = import_file(write(tmp_path, SMALL), None, paths, account=Account("Shop", "test"))
    lines = list(rows_out(job))
    assert [(line["row"], line["userID"], line["send"]) for line in lines] == [
        (2, "a", True), (3, "b", False), (4, None, False), (5, "d", True), (6, "e", True),
    ]  # fmt: skip
    assert lines[0] == {
        "row": 2,
        "userID": "a",
        "cells": {
            "userID": "a",
            "Email": "a@x.com",
            "Mobile": "+4915112345678",
            "Shoe size": "41",
            "Note": "hello",
        },
        "attributes": {"email": "a@x.com", "mobile": "+4915112345678", "Shoe size": 41, "Note": "hello"},
        "send": True,
        "problems": [],
    }
    assert lines[1]["attributes"] == {"Shoe size": 42}
    first = lines[1]["problems"][0]
    assert (first["column"], first["field"], first["level"], first["code"]) == (
        "Email",
        "email",
        "error",
        "email",
    )
    assert lines[3]["problems"][0] == {
        "column": None,
        "field": None,
        "level": "warning",
        "code": "email_shared",
        "message": lines[3]["problems"][0]["message"],
    }
    assert "row 6" in lines[3]["problems"][0]["message"]
    json.dumps(lines)
    told = summary(job)
    columns = {column["header"]: column for column in told.pop("columns")}
    assert told == {"file": "people.csv", "sheet": None, "rows": 5, "send": 3, "stopped": 2, "warnings": 2}
    assert columns["Email"]["field"] == "email" and columns["Shoe size"]["type"] == "integer"
    assert all(column["reason"] for column in columns.values())
    assert job.meta("account") == "Shop" and job.meta("stage") == "checked" and job.checked()
    job.close()


def test_what_is_asked_for_by_name_counts(tmp_path: Path, paths: Paths) -> None:
    path = write(tmp_path, SMALL + "\na,a@x.com,,41,bye")
    recipe = Recipe("mine", [("Shoe size", [{"target": None}])])
    job = import_file(path, None, paths, recipe=recipe, country="DE", duplicates="merge")
    lines = {line["row"]: line for line in rows_out(job)}
    assert lines[3]["attributes"]["mobile"] == "+491512345678"
    assert "Shoe size" not in lines[7]["attributes"]
    assert lines[7]["send"] and not lines[2]["send"]
    assert lines[7]["attributes"] == {"email": "a@x.com", "mobile": "+4915112345678", "Note": "bye"}
    job.close()


def test_a_file_without_an_id_is_refused_when_it_must_be_sent(tmp_path: Path, paths: Paths) -> None:
    path = write(tmp_path, "first_name,city\nAnn,Bonn\nBob,Ulm")
    with pytest.raises(BadFile, match="user ID"):
        import_file(path, None, paths, strict=True)
    assert list(documents(paths.jobs)) == []
    job = import_file(path, None, paths)
    assert job.totals().send == 0
    job.close()
    require_sendable(propose(inspect_file(write(tmp_path, SMALL))))


@pytest.mark.parametrize("text", ["", "userID,email\n"])
def test_an_empty_file_is_said_and_leaves_no_job(tmp_path: Path, paths: Paths, text: str) -> None:
    with pytest.raises(BadFile):
        import_file(write(tmp_path, text), None, paths)
    assert list(documents(paths.jobs)) == []


def test_a_missing_sheet_is_said(tmp_path: Path, paths: Paths) -> None:
    with pytest.raises(BadFile):
        import_file(tmp_path / "absent.csv", Options(), paths)


def test_progress_is_told_and_rows_are_seen_before_the_end(tmp_path: Path, paths: Paths) -> None:
    opened = inspect_file(write(tmp_path, many(10_000)))
    job = new_job(opened, paths)
    job.set_mapping(propose(opened))
    steps: list[Step] = []
    seen: list[int] = []

    def progress(step: Step) -> None:
        steps.append(step)
        seen.append(job.row_count())

    read_and_check(job, progress)
    assert steps[0].doing == "read" and seen[0] >= steps[0].rows > 0
    assert steps[0].rows < 10_000
    assert job.totals().send == 10_000
    job.close()


def test_read_then_check_gives_the_same_as_both_at_once(tmp_path: Path, paths: Paths) -> None:
    path = write(tmp_path, SMALL)
    both = import_file(path, None, paths)
    opened = inspect_file(path)
    apart = new_job(opened, paths)
    with Worker() as worker:
        assert read_rows(apart, worker=worker) == 5
        assert apart.meta("stage") == "read"
        apart.set_mapping(propose(opened))
        check_rows(apart, worker=worker)
    assert list(rows_out(apart)) == list(rows_out(both))
    both.close()
    apart.close()


def test_two_processes_share_a_check_and_say_what_one_says(
    tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, many(3_000) + "u7,again@example.com\n")
    alone, shared = (import_file(path, None, paths) for _ in range(2))
    monkeypatch.setattr(importing, "SHARED_ROWS", 1)
    check_rows(shared)
    alone.check()
    assert list(rows_out(shared)) == list(rows_out(alone))
    assert shared.checked() and shared.totals() == alone.totals()
    shared.close()
    alone.close()


def test_stopping_leaves_no_job(tmp_path: Path, paths: Paths) -> None:
    stop = threading.Event()
    with pytest.raises(Stopped):
        import_file(write(tmp_path, many(50_000)), None, paths, progress=lambda step: stop.set(), stop=stop)
    assert list(documents(paths.jobs)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("victim", [0, 1])
def test_a_worker_killed_in_the_middle_is_said_and_the_job_can_be_read_again(
    tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch, victim: int
) -> None:
    opened = inspect_file(write(tmp_path, many(50_000)))
    job = new_job(opened, paths)
    job.set_mapping(propose(opened))
    workers: list[Worker] = []

    def noted() -> Worker:
        workers.append(Worker())
        return workers[-1]

    monkeypatch.setattr(importing, "Worker", noted)

    def kill(step: Step) -> None:
        pid = workers[victim].pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(BadFile, match="broke off"):
        read_and_check(job, kill)
    monkeypatch.undo()
    job.close()
    again = open_job(job.path)
    assert not again.checked()
    assert not any(row.state for row in again.page(again.ids()[:10]))
    read_and_check(again)
    assert again.totals().send == 50_000 == again.row_count()
    assert again.checked()
    again.close()


def test_a_job_that_is_read_cannot_be_read_by_another(tmp_path: Path, paths: Paths) -> None:
    job = new_job(inspect_file(write(tmp_path, SMALL)), paths)
    with job.lock(), pytest.raises(Busy):
        read_rows(job)
    job.close()


def test_a_file_that_changed_meanwhile_is_not_read_under_the_old_header(tmp_path: Path, paths: Paths) -> None:
    path = write(tmp_path, SMALL)
    job = new_job(inspect_file(path), paths)
    write(tmp_path, "x" + SMALL)
    with pytest.raises(BadFile, match="changed"):
        read_rows(job)
    write(tmp_path, SMALL.replace("hello", "jello"))  # as long as before
    with pytest.raises(BadFile, match="changed"):
        read_rows(job)
    path.unlink()
    with pytest.raises(BadFile, match="not there"):
        read_rows(job)
    job.close()


def test_many_cells_are_edited_in_the_worker(tmp_path: Path, paths: Paths) -> None:
    job = import_file(write(tmp_path, many(3_000)), None, paths)
    edit = {
        "job": str(job.path),
        "do": "replace",
        "with": {"find": "Bonn", "put": "Ulm", "within": {"text": "u1"}},
    }
    with Worker() as worker:
        done = worker.call("edit", edit)
        assert done["cells"] == job.count(importing.Filter(text="Ulm")) == 1_111
        assert worker.call("edit", {"job": str(job.path), "do": "undo"})["cells"] == 1_111
    assert job.count(importing.Filter(text="Ulm")) == 0
    job.close()
