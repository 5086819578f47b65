"""What is erased by itself, what is not, and who is remembered from an import."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from nv_desktop.core.history import History
from nv_desktop.core.job import Job
from nv_desktop.core.learning import learn_people
from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.core.retention import DAY, Tidied, tidy, told
from tests.core.upload.kit import FakeServer, run, small_job


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.db", clock=lambda: time.time() + 100 * DAY)
    yield made
    made.close()


def later(days: float) -> float:
    return time.time() + days * DAY


def sent(folder: Path, rows: int = 5, **options: object) -> Job:
    job = small_job(folder, rows)
    run(job, FakeServer(), **options)
    return job


def swept(folder: Path, history: History, after: float, days: int = 90) -> Tidied:
    return tidy(folder, history, days, lambda: later(after))


def test_what_is_over_goes_after_its_days(tmp_path: Path, history: History) -> None:
    done = sent(tmp_path)
    old = done.db.execute("UPDATE batches SET answered_at = ?, sent_at = ?", (time.time(), time.time()))
    assert old.rowcount
    never = small_job(tmp_path, 5)
    for job in (done, never):
        job.close()
    assert swept(tmp_path, history, 89) == Tidied()
    assert done.path.exists() and never.path.exists()
    assert swept(tmp_path, history, 91) == Tidied(imports=2)
    assert not [path.name for path in tmp_path.iterdir() if ".nvjob" in path.name]


def test_an_import_that_was_worked_on_lately_stays_however_old_it_is(
    tmp_path: Path, history: History
) -> None:
    job = small_job(tmp_path, 5)
    created = datetime.fromtimestamp(later(-100)).astimezone()
    job.set_meta("created", created.isoformat())  # and this is its last edit: just now
    job.close()
    assert swept(tmp_path, history, 0) == Tidied()
    assert swept(tmp_path, history, 91) == Tidied(imports=1)


def test_pinned_waiting_running_and_damaged_ones_stay(tmp_path: Path, history: History) -> None:
    pinned, waiting, running = sent(tmp_path), sent(tmp_path, trial=2), small_job(tmp_path, 5)
    pinned.set_meta("pinned", True)
    broken = tmp_path / "20200101-000000-0000.nvjob"
    broken.write_bytes(b"not a document")
    for job in (pinned, waiting):
        job.close()
    with running.lock():
        done = swept(tmp_path, history, 4_000_0)
    running.close()
    assert done == Tidied(waiting=2)
    assert all(path.exists() for path in (pinned.path, waiting.path, running.path, broken))


def test_an_undo_that_nobody_confirmed_goes_the_next_day(tmp_path: Path, history: History) -> None:
    job = small_job(tmp_path, 3)
    job.set_meta("source", {"name": "Undo of list.csv", "undoes": "x"})
    job.close()
    assert swept(tmp_path, history, 0.5) == Tidied()
    assert swept(tmp_path, history, 1.5) == Tidied(undos=1)
    assert not job.path.exists()


def test_the_history_goes_with_it_and_that_is_said(tmp_path: Path) -> None:
    now = [time.time()]
    history = History(tmp_path / "history.db", clock=lambda: now[0])
    for user in ("a", "b"):
        history.settle_change(history.begin_change("shop", user, "saved", {}, {}), "done")
    history.pin_change(1, True)
    now[0] += 91 * DAY
    done = tidy(tmp_path, history, 90, lambda: now[0])
    assert done == Tidied(entries=1)
    assert [each.user_id for each in history.changes()] == ["a"]
    history.close()
    assert told(done, 90) == "1 entry of the history older than 90 days was erased from this computer."
    assert told(Tidied(2, 1), 90).startswith("1 import and 2 entries older than 90 days were")
    assert told(Tidied(waiting=3, undos=2), 90) == ""


def test_people_of_an_import_are_found_by_name_and_only_those_confirmed(
    tmp_path: Path, history: History
) -> None:
    job = small_job(tmp_path, [(f"u{n}", f"p{n}@example.org", f"नाम {n}") for n in range(1, 8)], stopped=[7])
    names = ("userID", "email", "name")
    job.set_mapping(Mapping([ColumnMap(i, n, n, None, "") for i, n in enumerate(names)]))
    job.check()
    assert learn_people(job, history, "shop") == 0
    run(job, FakeServer())
    assert learn_people(job, history, "shop", most=5) == 5
    job.close()
    assert [person.user_id for person in history.people.search("shop", "p3@example")] == ["u3"]
    assert [person.user_id for person in history.people.search("shop", "नाम 2")] == ["u2"]
    assert not history.people.search("shop", "p6@example"), "beyond the first five"
    assert not history.people.search("shop", "p7@example"), "was left out"
    assert not history.people.recents("shop"), "nobody opened their profiles"
