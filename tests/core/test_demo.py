"""The sandbox's process: starts when needed, keeps its people, and never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nv_desktop.core.demo import DemoServer, own_command, own_environment
from nv_desktop.core.errors import Busy
from nv_desktop.core.settings import Paths
from tests.core.conftest import ClientMaker
from tests.leftovers import process_state
from tests.sandbox_process import PROJECT


@pytest.mark.gate("S9", seconds=20)
def test_it_starts_once_keeps_people_and_ends(tmp_path: Path, make_client: ClientMaker) -> None:
    demo = DemoServer(Paths(tmp_path / "data"))
    try:
        url = demo.url
        assert url.startswith("http://127.0.0.1:")
        assert demo.url == url
        make_client(url).send_batch([{"userID": "ann", "user_attributes": {"name": "Ann"}}])
        demo.close()
        again = make_client(demo.url)
        assert again.get_profile("ann").attributes == {"name": "Ann"}
    finally:
        demo.close()
        demo.close()


def test_a_second_one_on_the_same_people_is_told_who_has_them(tmp_path: Path) -> None:
    first, second = DemoServer(Paths(tmp_path)), DemoServer(Paths(tmp_path))
    try:
        assert first.url
        with pytest.raises(Busy, match="Another window or command"):
            _ = second.url
        first.close()
        assert second.url
    finally:
        first.close()
        second.close()


PARENT = """
import sys
from pathlib import Path
from nv_desktop.core.demo import DemoServer
from nv_desktop.core.settings import Paths
demo = DemoServer(Paths(Path(sys.argv[1])))
print(demo.url, demo._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_it_dies_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdout is not None and parent.stdin is not None
    child = int(parent.stdout.readline().split()[1])
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    while process_state(child) not in "XZ":
        os.sched_yield()


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "canary")
    assert own_command("sandbox") == [sys.executable, "-m", "nv_desktop", "sandbox"]
    assert own_environment()["PYTHONPATH"].startswith(str(PROJECT))
    assert "MY_API_KEY" not in own_environment()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command("sandbox") == [sys.executable, "sandbox"]
