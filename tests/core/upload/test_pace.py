"""Whole uploads and the limit: two processes stay under one, and a person's look-up goes before the bulk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.job import Job
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.upload import Safety, Stage, Upload, UploadOptions
from tests.core.upload.kit import small_job
from tests.sandbox_process import PROJECT, Sandbox

RATE, PER = 60, 2.0

UPLOADER = """
import sys
from pathlib import Path
from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.job import open_job
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.upload import Upload, UploadOptions
path, state, url, attended, rate, per = sys.argv[1:]
limiter = Limiter(Path(state), rate=int(rate), per=float(per))
client = Client(sandbox_account(), Secret("sandbox"), limiter, base_url=url + "/api/v1/")
job = open_job(Path(path))
options = UploadOptions(window=16, attended=attended == "window", settle=0.2)
last = Upload(job, client, options=options).run()
client.close()
job.close()
print(last.state, last.confirmed)
"""


def start(
    job: Path, state: Path, url: str, as_what: str, rate: int = RATE, per: float = PER
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", UPLOADER, str(job), str(state), url, as_what, str(rate), str(per)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )


def most_in(times: list[float], per: float) -> int:
    ordered = sorted(times)
    return max(bisect_left(ordered, at + per) - index for index, at in enumerate(ordered))


def arrivals(sandbox: Sandbox) -> list[float]:
    return [event["at"] for event in sandbox.events("received", "user/create")]


def closed(job: Job) -> Path:
    job.close()
    return job.path


@pytest.mark.gate("H6", seconds=60)
def test_window_and_command_line_side_by_side_stay_under_the_limit(tmp_path: Path) -> None:
    """Scaled: 60 calls in 2 s. One of the two is killed and resumed; the sandbox's ledger is the judge."""
    jobs = [
        closed(small_job(tmp_path, [(f"{name}-{n:05d}", "x") for n in range(7_000)])) for name in ("a", "b")
    ]
    state = tmp_path / "state"
    with Sandbox(people=0) as sandbox:
        first = start(jobs[0], state, sandbox.url, "window")
        second = start(jobs[1], state, sandbox.url, "line")
        processes = [first, second]
        try:
            while len(arrivals(sandbox)) < 50:
                assert first.poll() is None, first.communicate()
                os.sched_yield()
            second.kill()
            processes.append(start(jobs[1], state, sandbox.url, "line"))
            told = [process.communicate(timeout=50)[0] for process in (first, processes[2])]
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        times = arrivals(sandbox)
        assert told == ["done 7000\n"] * 2
        assert most_in(times, PER) <= RATE
        # Not by standing still: once both run, the limit is nearly used up.
        assert most_in(times, PER) >= RATE * 0.8
        assert len(sandbox.applied()) == 14_000


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.gate("H6 long", seconds=300)
def test_the_real_limit_is_kept_and_used_by_two_processes(tmp_path: Path) -> None:
    """500 calls in 60 s for three minutes; a quiet second process beside it."""
    jobs = [
        closed(small_job(tmp_path, [(f"{name}-{n:06d}", "x") for n in range(70_000)])) for name in ("a", "b")
    ]
    with Sandbox(people=0, rate=500) as sandbox:
        processes = [start(job, tmp_path / "state", sandbox.url, "window", 500, 60.0) for job in jobs]
        try:
            told = [process.communicate(timeout=500)[0] for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        times = arrivals(sandbox)
        refused = [event for event in sandbox.events("answered", "user/create") if event["status"] == 429]
    assert told == ["done 70000\n"] * 2 and not refused
    assert most_in(times, 60.0) <= 500
    # After the first minute, which starts full, 500 calls take a minute and a latency of some milliseconds.
    assert 900 / (times[-1] - times[-901]) >= 0.984 * 500 / 60


class Watched(Limiter):
    """Notes who asked and who got a turn, in order: (“asks” | “gets”, front)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.notes: list[tuple[str, bool]] = []

    @contextmanager
    def slot(self, key: Any, front: bool = False, stop: Any = None, rank: int = 0) -> Iterator[None]:
        self.notes.append(("asks", front))
        with super().slot(key, front, stop, rank):
            self.notes.append(("gets", front))
            yield


@pytest.mark.gate("H6", seconds=60)
def test_a_look_up_goes_before_the_reads_of_a_running_import(tmp_path: Path) -> None:
    job = small_job(tmp_path, [(f"u-{n:04d}", "x") for n in range(1_000)])
    limiter = Watched(tmp_path, rate=60, per=1.0)
    with Sandbox(people=5, latency=0.01) as sandbox:
        somebody = sandbox.people()[0]
        client = Client(sandbox_account(), Secret("sandbox"), limiter, base_url=sandbox.url + "/api/v1/")
        upload = Upload(job, client, options=UploadOptions(safety=Safety.FULL, window=16))
        ended: list[Any] = []
        thread = threading.Thread(target=lambda: ended.append(upload.run()))
        thread.start()
        try:
            while limiter.notes.count(("gets", False)) < 70:  # more than a whole window: all wait in line
                os.sched_yield()
            for _ in range(20):
                client.get_profile(somebody)
        finally:
            upload.stop()
            thread.join(20)
            client.close()
            job.close()
    assert ended[0].state is Stage.STOPPED
    waits = []
    notes = limiter.notes
    for index, note in enumerate(notes):
        if note == ("asks", True):
            until = notes.index(("gets", True), index)
            waits.append(notes[index:until].count(("gets", False)))
    assert len(waits) == 20
    assert max(waits) <= 1, waits
