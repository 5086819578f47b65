"""Killed anywhere, on a full disk, on a failing one: nothing is lost and nothing is said that is not so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import open_job
from nv_desktop.core.job.ledger import Ledger, State
from nv_desktop.core.upload import Progress, Stage
from tests.core.upload.kit import FakeServer, counts, run, small_job, states, upload

FOLDER = Path(__file__).parent


def script(name: str, *options: str, seconds: float) -> str:
    """Run a script of this folder; what it printed. A violation fails with all of it."""
    done = subprocess.run(
        [sys.executable, str(FOLDER / name), *options],
        capture_output=True,
        text=True,
        timeout=seconds,
        cwd=FOLDER.parents[1],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.gate("C1", seconds=60, tries=40)
def test_killed_at_random() -> None:
    told = script("kill.py", "--kills", "40", "--seed", "20261", "--longest", "0.6", seconds=110)
    assert "lost 0, false 0" in told and " 40 kills" in told


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.gate("C1 long", seconds=400, tries=200)
def test_killed_at_random_two_hundred_times() -> None:
    assert "lost 0, false 0" in script("kill.py", "--kills", "200", "--seed", "77", seconds=1700)


@pytest.mark.gate("C2", seconds=60)
def test_killed_in_every_gap() -> None:
    assert "lost 0, false 0" in script("gaps.py", seconds=110)


@pytest.mark.gate("C2", seconds=60)
def test_deletes_and_imports_with_old_values_killed_in_every_gap() -> None:
    told = script("kinds.py", seconds=110)
    assert told.count("wrong 0") == 2


@pytest.mark.gate("C2", seconds=60)
def test_settings_migrations_and_undos_killed_before_every_touch_of_the_disk() -> None:
    told = script("steps.py", seconds=110)
    assert told.count("wrong 0") == 3


# --- a disk that fails (C3) ---------------------------------------------------------------------------


class Unwilling:
    """Fails the n-th durable write, and every later one until `mended`."""

    def __init__(self, nth: int, name: str = "write.inside") -> None:
        self.nth = nth
        self.name = name
        self.passed = 0
        self.mended = False

    def __call__(self, name: str) -> None:
        self.passed += name == self.name
        if name == self.name and self.passed >= self.nth and not self.mended:
            raise sqlite3.OperationalError("disk I/O error")


def marked(job: Any) -> set[str]:
    """Users that have a durable mark of a call."""
    return {user for user, batch in job.db.execute("SELECT user_id, batch FROM ledger") if batch is not None}


def check_unharmed(job: Any, server: FakeServer) -> None:
    assert {user for call in server.calls for user in call.users} <= marked(job), (
        "sent without a durable mark"
    )
    for row, (state, user, _) in states(job).items():
        has = server.state.get(user) == {"a1": f"value {row}"}
        assert has or state not in (State.CONFIRMED, State.ACCEPTED)
        assert not has or state is not State.NOT_SENT


@pytest.mark.gate("C3", seconds=60)
def test_the_nth_write_fails_for_every_n(tmp_path: Path) -> None:
    for nth in range(1, 100):
        folder = tmp_path / str(nth)
        folder.mkdir()
        job, server, disk = small_job(folder, 700), FakeServer(), Unwilling(nth)
        last, _ = run(job, server, window=2, attended=False, failpoint=disk)
        check_unharmed(job, server)
        if last.state is Stage.DONE:
            assert nth > 7 and last.confirmed == 700
            return
        assert last.state is Stage.PAUSED and last.waiting_reason
        truth = counts(job)
        assert (last.rows, last.confirmed, last.unknown) == (
            truth.rows,
            truth.confirmed,
            truth.unknown + truth.sending,
        )
        last, _ = run(job, server, settle=0.5)
        check_unharmed(job, server)
        assert (last.state, last.confirmed) == (Stage.DONE, 700)
        job.close()
    pytest.fail("the upload never got through")


@pytest.mark.gate("C3", seconds=60)
def test_answers_that_could_not_be_kept_are_kept_after_go_on(tmp_path: Path) -> None:
    job, server = small_job(tmp_path, 1000), FakeServer(latency=0.002)
    disk = Unwilling(6)
    engine = upload(job, server, window=4, failpoint=disk)
    shown: list[Progress] = []

    def tell(moment: Progress) -> None:
        shown.append(moment)
        if moment.state is Stage.PAUSED:
            assert moment.confirmed == counts(job).confirmed, "shown before it was durable"
            disk.mended = True
            engine.go_on()

    last = engine.run(tell)
    assert any(moment.state is Stage.PAUSED for moment in shown)
    assert (last.state, last.confirmed) == (Stage.DONE, 1000)
    assert len(server.calls) == 10, "a kept answer needs no second call"


@pytest.mark.gate("C3", seconds=60)
@pytest.mark.parametrize("spare", [0, 1, 3, 10])
def test_a_full_disk_pauses_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: int
) -> None:
    job, server = small_job(tmp_path, 3000), FakeServer()
    ledger = Ledger(job)
    ledger.begin()
    ledger.close()
    opened = Ledger.__init__

    def limited(self: Ledger, *args: Any, **options: Any) -> None:
        opened(self, *args, **options)
        (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
        self.connection.execute(f"PRAGMA max_page_count = {pages + spare}")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "__init__", limited)
        last, _ = run(job, server, window=4, attended=False)
    check_unharmed(job, server)
    if last.state is not Stage.DONE:
        assert last.state is Stage.PAUSED and "disk is full" in last.waiting_reason
    last, _ = run(job, server, settle=0.5)
    check_unharmed(job, server)
    assert (last.state, last.confirmed) == (Stage.DONE, 3000)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("only somebody who may mount a small disk can fill one")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.skipif(not shutil.which("mount"), reason="only Linux mounts a small disk")
@pytest.mark.gate("C3", seconds=60)
@pytest.mark.parametrize("left", [0, 8_192, 65_536, 400_000])
def test_a_disk_that_is_truly_full(small_disk: Path, left: int) -> None:
    job, server, filler = small_job(small_disk, 3000), FakeServer(), small_disk / "filler"
    free = os.statvfs(small_disk)
    filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))
    began = time.monotonic()
    sentence = ""
    try:
        last, _ = run(job, server, window=4, attended=False)
        sentence = last.waiting_reason
        assert last.state in (Stage.PAUSED, Stage.DONE)
        assert last.state is Stage.DONE or "full" in sentence
    except (sqlite3.Error, AppError) as error:  # not even the beginning could be written
        sentence = str(error)
    assert sentence or left == 400_000
    assert time.monotonic() - began < 10.0
    check_unharmed(job, server)
    filler.unlink()
    last, _ = run(job, server, settle=0.5)
    check_unharmed(job, server)
    assert (last.state, last.confirmed) == (Stage.DONE, 3000)
    job.close()


CHILD = """
import resource, signal, sys
from pathlib import Path
from nv_desktop.core.job import open_job
from tests.core.upload.kit import FakeServer, upload
job = open_job(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
server = FakeServer()
try:
    last = upload(job, server, window=2, attended=False).run()
    print(last.state, "|", last.waiting_reason, "|", sum(len(call.users) for call in server.calls))
except Exception as error:
    print("raised", "|", error, "|", sum(len(call.users) for call in server.calls))
"""


@pytest.mark.gate("C3", seconds=60)
@pytest.mark.parametrize("room", [0, 20_000, 60_000, 150_000])
def test_a_limit_on_the_size_of_files(tmp_path: Path, room: int) -> None:
    job = small_job(tmp_path, 3000)
    path, size = job.path, job.path.stat().st_size
    job.close()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(min(size, 200_000) + room)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=FOLDER.parents[1],
    )
    state, sentence, sent = done.stdout.strip().split(" | ") if done.stdout.count("|") == 2 else ("", "", "")
    assert state in ("paused", "raised", "done") and not done.stderr, done.stdout + done.stderr
    assert sentence or state == "done"
    again = open_job(path)
    assert int(sent) <= len(marked(again)), "sent without a durable mark"
    last, _ = run(again, FakeServer(), settle=0.5)
    assert (last.state, last.confirmed) == (Stage.DONE, 3000)
    again.close()
