"""The worker process: its answers, its limits, and every way it can die."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nv_desktop.core import worker as module
from nv_desktop.core.errors import AppError, BadFile, Busy, Stopped
from nv_desktop.core.worker import Worker, command, environment

TASKS = """
import os, sys, time
from nv_desktop.core.errors import Busy

def echo(params, progress, stop):
    print("a stray word"); os.write(1, b"and bytes")
    progress({"half": True})
    return {"got": params, "env": dict(os.environ), "argv": sys.argv, "pid": os.getpid()}

def busy(params, progress, stop):
    raise Busy("Somebody is at it.", "Wait.", "detail")

def bug(params, progress, stop):
    raise ValueError("Erika Mustermann")

def die(params, progress, stop):
    progress({"half": True})
    os.abort()

def quiet(params, progress, stop):
    time.sleep(60)

def until_stopped(params, progress, stop):
    from nv_desktop.core.worker import stopped
    while not stop.wait(0.01):
        progress({"waiting": True})
    raise stopped()

def greedy(params, progress, stop):
    return {"bytes": len(bytes(params["bytes"]))}
"""


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks of a test's own, known to the children too."""
    (tmp_path / "own_tasks.py").write_text(TASKS)
    names = [line[4:].partition("(")[0] for line in TASKS.splitlines() if line.startswith("def ")]
    (tmp_path / "own_child.py").write_text(
        "import sys\nfrom nv_desktop.core import worker\n"
        f"worker.TASKS.update({{name: 'own_tasks:' + name for name in {names}}})\n"
        "sys.exit(worker.main(sys.argv[1:]))\n".replace("\\\n", "\n")
    )
    child = [sys.executable, "-P", "-m", "own_child"]
    monkeypatch.setattr(module, "command", lambda: child)
    known = environment()
    path = os.pathsep.join((known["PYTHONPATH"], str(tmp_path)))
    monkeypatch.setattr(module, "environment", lambda: known | {"PYTHONPATH": path})


def test_an_answer_comes_through_whatever_is_printed(tasks) -> None:
    heard: list[dict[str, bool]] = []
    with Worker() as worker:
        answer = worker.call("echo", {"text": "Ä\n\x00"}, heard.append)
        again = worker.call("echo", {})
    assert answer["got"] == {"text": "Ä\n\x00"} and heard == [{"half": True}]
    assert again["pid"] == answer["pid"]


def test_the_child_gets_only_what_it_needs(tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NV_API_KEY", "canary-key")
    monkeypatch.setattr(module, "environment", lambda known=module.environment: known())
    assert "NV_API_KEY" not in environment()
    with Worker() as worker:
        answer = worker.call("echo", {})
    assert "canary" not in str(answer)


def test_errors_travel_by_kind(tasks) -> None:
    with Worker() as worker:
        pid = worker.call("echo", {})["pid"]
        with pytest.raises(Busy) as caught:
            worker.call("busy", {})
        assert (caught.value.message, caught.value.remedy) == ("Somebody is at it.", "Wait.")
        assert worker.call("echo", {})["pid"] == pid  # an answer, not an accident


def test_a_bug_becomes_a_sentence_without_the_customer(tasks) -> None:
    with Worker() as worker, pytest.raises(BadFile) as caught:
        worker.call("bug", {})
    assert "could not be read safely" in caught.value.message
    assert "ValueError at" in caught.value.detail and "Erika" not in str(vars(caught.value))


def test_a_crash_says_what_it_means_and_the_next_call_works(tasks) -> None:
    with Worker() as worker:
        with pytest.raises(BadFile, match="broke off") as caught:
            worker.call("die", {}, lambda _: None)
        assert str(-signal.SIGABRT) in caught.value.detail or os.name == "nt"
        assert worker.call("echo", {"a": 1})["got"] == {"a": 1}


def test_a_killed_child_is_noticed_at_once(tasks) -> None:
    with Worker() as worker:

        def kill(_: dict[str, bool]) -> None:
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

        with pytest.raises(BadFile, match="broke off"):
            worker.call("until_stopped", {}, kill)


def test_silence_is_not_waited_for_longer_than_told(tasks) -> None:
    with Worker(stall=0.2) as worker:
        with pytest.raises(BadFile, match="nothing moved"):
            worker.call("quiet", {})
        assert worker.pid is None


def test_stop_ends_a_task_and_not_the_child(tasks) -> None:
    stop = threading.Event()
    with Worker() as worker:
        pid = worker.call("echo", {})["pid"]
        with pytest.raises(Stopped):
            worker.call("until_stopped", {}, lambda _: stop.set(), stop)
        assert worker.call("echo", {})["pid"] == pid


def test_an_error_of_the_listener_does_not_spoil_the_next_call(tasks) -> None:
    def fails(_: dict[str, bool]) -> None:
        raise RuntimeError("the window is gone")

    with Worker() as worker:
        with pytest.raises(RuntimeError):
            worker.call("until_stopped", {}, fails)
        assert worker.call("echo", {"b": 2})["got"] == {"b": 2}


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_memory_is_limited(tasks) -> None:
    with Worker(memory=300 * 1024 * 1024) as worker:
        with pytest.raises(BadFile, match="more memory"):
            worker.call("greedy", {"bytes": 400 * 1024 * 1024})
        assert worker.call("greedy", {"bytes": 1024}) == {"bytes": 1024}


def test_the_child_ends_when_its_parent_is_gone(tasks) -> None:
    child = subprocess.Popen(
        [*module.command(), "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=module.environment()
    )
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(b'{"task": "quiet", "params": {}}\n')
    child.stdin.flush()
    child.stdin.close()  # what the system does when the parent dies, in the middle of a task
    assert child.wait(10) == 0
    child.stdout.close()


def test_the_frozen_program_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command() == [sys.executable, "__worker"]
    assert "PYTHONPATH" not in environment()


def test_a_system_that_starts_no_process_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", none)
    with Worker() as worker, pytest.raises(AppError, match="could not be started: cannot allocate memory"):
        worker.call("inspect", {})
