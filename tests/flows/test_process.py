"""The program as a process: killed, told to end at any moment, started twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import pytest

from nv_desktop.core.accounts import Accounts
from nv_desktop.core.connect import Connections
from nv_desktop.core.job import documents, open_job
from nv_desktop.core.keys import KeyStore
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.core.upload import Stage, Upload, UploadOptions
from tests.flows import lists
from tests.flows.conftest import Open
from tests.sandbox_process import PROJECT, Sandbox

ROWS = 1_500
STEPS = ("window", "ready", "file", "columns", "check", "sending")


class Child:
    """`tests.flows.child` as a process; `reach(step)` waits until its person is so far."""

    def __init__(self, folder: Path, url: str, path: Path) -> None:
        self._errors = (folder.parent / "child-errors.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.child", str(folder), url, str(path)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def reach(self, step: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == step:
                return
        raise AssertionError(f"the program ended before “{step}”: {self.errors()}")

    def errors(self) -> str:
        self._errors.flush()
        return Path(self._errors.name).read_text()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()


@pytest.fixture
def child(folder: Path, server: Sandbox, tmp_path: Path) -> Iterator[Child]:
    lists.plain(tmp_path / "long.csv", ROWS)
    made = Child(folder, server.url, tmp_path / "long.csv")
    yield made
    made.end()


@pytest.mark.gate("C1", seconds=120)
def test_killed_in_the_middle_and_resumed(
    child: Child, open_window: Open, server: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A call of the killed process might be applied for a minute after it began; here it has long answered.
    monkeypatch.setattr(UploadOptions, "__init__", partialmethod(UploadOptions.__init__, settle=2.0))
    wanted = lists.plain(tmp_path / "again.csv", ROWS)
    server.set_latency(0.3)
    child.reach("sending")
    wait_for_calls(server, child, 3)
    child.process.send_signal(signal.SIGKILL)
    child.process.wait(10)
    server.set_latency(0)
    assert 0 < len(server.applied()) < ROWS
    person = open_window()
    person.until(lambda: person.desk.at_work.waiting, "the import is offered")
    (job_id,) = person.desk.at_work.waiting
    person.click(f"activity.{job_id}.pause")
    counts = person.until_result()
    assert counts["confirmed"] == ROWS and sum(counts.values()) == ROWS
    assert server.applied() == wanted


def wait_for_calls(server: Sandbox, child: Child, count: int) -> None:
    """Until the server has applied so many calls."""
    for _ in range(400):
        if len(server.events("applied", "user/create")) >= count:
            return
        try:
            child.process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"the program ended: {child.errors()}")
    raise AssertionError("nothing was sent")


@pytest.mark.gate("G3", seconds=240)
@pytest.mark.parametrize(
    "moment", [*range(8), *(pytest.param(n, marks=pytest.mark.long) for n in range(8, 50))]
)
def test_told_to_end_at_any_moment(child: Child, folder: Path, server: Sandbox, moment: int) -> None:
    chance = random.Random(moment)
    server.set_latency(0.2)
    child.reach(chance.choice(STEPS))
    try:
        child.process.wait(chance.uniform(0, 1.5))
    except subprocess.TimeoutExpired:
        child.process.send_signal(chance.choice((signal.SIGTERM, signal.SIGINT)))
    assert child.process.wait(20) == 0, child.errors()
    assert "Traceback" not in child.errors()
    server.set_latency(0)
    finish(folder, server)


def finish(folder: Path, server: Sandbox) -> None:
    """Every import of the folder is whole; one that was begun goes on to its end, and the server agrees."""
    paths = Paths(folder)
    accounts, settings = Accounts(paths), Settings()
    connections = Connections(paths, settings, accounts, KeyStore(), server.url)
    for path in documents(paths.jobs):
        job = open_job(path)
        try:
            if job.meta("stage") not in ("sending", "paused", "stopped", "done"):
                continue
            client = connections.client(accounts.get("sandbox"))
            last = Upload(job, client).run(print)
            client.close()
            assert last.state is Stage.DONE
            assert last.confirmed == ROWS == last.rows
            assert len(server.applied()) == ROWS
        finally:
            job.close()


@pytest.mark.gate("G4", seconds=60)
def test_a_second_start_calls_the_first(child: Child, folder: Path) -> None:
    child.reach("ready")
    second = subprocess.run(
        [sys.executable, "-m", "nv_desktop", "--data-dir", str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 0 and "open already" in second.stdout
    assert child.process.poll() is None
