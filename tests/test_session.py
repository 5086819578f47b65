"""The tests' own rules hold: leftovers fail, CI forbids missing tools, long gates wait, gates are counted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates import PROMISES

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = """
import subprocess, sys, threading
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

kept = []

def test_thread():
    stop = threading.Event(); kept.append(stop)
    thread = threading.Thread(target=stop.wait, args=(1.5,), name="leftover"); thread.start()

def test_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))

def test_widget(qapp):
    kept.append(QWidget())

def test_timer(qapp):
    timer = QTimer(); timer.start(60_000); kept.append(timer)

def test_nothing(qtbot):
    widget = QWidget(); qtbot.addWidget(widget); timer = QTimer(widget); timer.start(60_000)
    thread = threading.Thread(target=print); thread.start()
    subprocess.run([sys.executable, "-c", ""], check=True)

@pytest.mark.long
def test_long():
    raise AssertionError("ran without --long")

@pytest.mark.gate("Z9", seconds=1)
def test_gate():
    pass

def test_tool():
    pytest.skip("not installed: a-tool")

def test_corpus():
    pytest.skip("the test corpora are not beside the project")
"""


def outcomes(folder: Path, ci: str) -> tuple[dict[str, str], str]:
    """The last word about each of SAMPLES, run in a session like this one; and all that was printed."""
    (folder / "test_samples.py").write_text(SAMPLES, encoding="utf-8")
    hurry = "import tests.leftovers\ntests.leftovers.GRACE = 0.2\n"
    (folder / "conftest.py").write_text(hurry, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(ROOT / "pyproject.toml"),
        f"--rootdir={folder}",
        "-v",
    ]
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", str(folder)]
    env = {**os.environ, "CI": ci}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    words = ("PASSED", "SKIPPED", "FAILED", "ERROR")
    found = {}
    for line in done.stdout.splitlines():
        for word in words:
            if "::" in line and f" {word}" in line:
                found[line.partition("::")[2].split()[0]] = word
    return found, done.stdout


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str]:
    return outcomes(tmp_path_factory.mktemp("by-hand"), ci="")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("thread", "thread 'leftover'"),
        ("process", "time.sleep(60)"),
        ("widget", "QWidget"),
        ("timer", "QTimer"),
    ],
)
def test_what_is_left_behind_fails(name: str, word: str, by_hand: tuple[dict[str, str], str]) -> None:
    found, text = by_hand
    assert found[f"test_{name}"] == "ERROR"
    assert any(line.startswith("left behind") and word in line for line in text.splitlines())


def test_what_is_put_away_passes(by_hand: tuple[dict[str, str], str]) -> None:
    assert by_hand[0]["test_nothing"] == "PASSED"


def test_long_gates_wait_to_be_asked_for(by_hand: tuple[dict[str, str], str]) -> None:
    assert by_hand[0]["test_long"] == "SKIPPED"


def test_gates_are_counted_against_their_budget(by_hand: tuple[dict[str, str], str]) -> None:
    assert by_hand[0]["test_gate"] == "PASSED"
    (line,) = (line for line in by_hand[1].splitlines() if line.startswith("Z9"))
    assert line.endswith("s of      1 s")


def test_every_gate_has_words_for_the_table() -> None:
    named = {
        name.split()[0]
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"""mark\.gate\(["']([^"']+)""", path.read_text("utf-8"))
    }
    assert named - {"Z9"} <= PROMISES.keys()
    asked = "C1 C2 C3 C6 C7 C8 H1 H2 H3 H5 H6 H7 H8 H9 H15 H17 H18"  # of the engine
    assert set(asked.split()) <= named


def test_a_missing_tool_fails_in_ci_only(by_hand: tuple[dict[str, str], str], tmp_path: Path) -> None:
    assert by_hand[0]["test_tool"] == "SKIPPED"
    in_ci, _text = outcomes(tmp_path, ci="true")
    assert in_ci["test_tool"] == "FAILED"
    assert in_ci["test_corpus"] == "SKIPPED"


def test_the_session_sees_nothing_of_the_person() -> None:
    home = os.environ["HOME"]
    assert Path(home).stat().st_mode & 0o777 == 0o700 or os.name == "nt"
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        assert os.environ[name].startswith(home)
    for name in ("SSL_CERT_FILE", "SSLKEYLOGFILE", "PYTHON_KEYRING_BACKEND", "DISPLAY", "HTTPS_PROXY"):
        assert name not in os.environ
        assert name.lower() not in os.environ
