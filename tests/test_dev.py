"""dev.py from a bare checkout: what it needs, installs and says; and that the locks hold exact versions."""

from __future__ import annotations

import argparse
import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("packaging/requirements.txt", "packaging/requirements-dev.txt")


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """dev.py as a module of this test's own, in a checkout that is empty."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "stamp.json")
    (tmp_path / ".venv").mkdir()
    return module


class Calls:
    """Stands for `call`: remembers each command and answers with the next code, then with 0."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.commands: list[list[str]] = []
        self.places: list[object] = []

    def __call__(
        self, command: list[str], env: object = None, stdin: object = None, cwd: object = None
    ) -> int:
        self.commands.append(command)
        self.places.append(cwd)
        return self.codes.pop(0) if self.codes else 0


def test_it_parses_where_it_cannot_run() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_an_old_python_is_told_what_to_do(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dev.py", "test", "-k", "a b"])
    monkeypatch.setattr(dev.shutil, "which", lambda name: name if name == "python3.12" else None)
    sentence = dev.old_python((3, 8))
    assert sentence.startswith("NV Desktop needs Python 3.11 or newer; this is 3.8.")
    assert sentence.endswith("Try: python3.12 dev.py test -k 'a b'")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    assert dev.old_python((3, 10)).endswith("Install a newer Python first.")
    assert dev.old_python((3, 11)) is None


def test_the_second_installation_does_nothing(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pip = Calls()
    monkeypatch.setattr(dev, "call", pip)
    app, tools = tmp_path / "a.txt", tmp_path / "b.txt"
    app.write_text("one==1"), tools.write_text("two==2")
    dev.install_locks([app])
    dev.install_locks([app])
    assert len(pip.commands) == 1
    dev.install_locks([app, tools])
    dev.install_locks([app])
    assert len(pip.commands) == 2
    app.write_text("one==2")
    dev.install_locks([app, tools])
    assert len(pip.commands) == 3
    assert "--require-hashes" in pip.commands[0]


def test_a_hiccup_is_tried_once_more_and_a_failure_leaves_no_stamp(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "a.txt"
    lock.write_text("one==1")
    monkeypatch.setattr(dev, "call", Calls(1, 0))
    dev.install_locks([lock])
    assert dev.installed_stamp() == dev.wanted_stamp([lock])
    lock.write_text("one==2")
    monkeypatch.setattr(dev, "call", Calls(1, 1))
    with pytest.raises(dev.StopError, match="could not be installed"):
        dev.install_locks([lock])
    assert dev.installed_stamp() == {}


def dpkg(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, installed: str, apt_code: int = 0
) -> list[list[str]]:
    """A Debian that has `installed`; the list of what was asked of apt fills as it is used."""
    asked: list[list[str]] = []

    def ask(command: list[str]) -> subprocess.CompletedProcess[str]:
        if command[0] == "dpkg-query":
            lines = "".join(f"{name} installed\n" for name in installed.split()) + "gone not-installed\n"
            return subprocess.CompletedProcess(command, 1, lines, "")
        asked.append(command)
        return subprocess.CompletedProcess(command, apt_code, "", "E: no network\n")

    monkeypatch.setattr(dev, "ask", ask)
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    return asked


def test_nothing_missing_asks_nothing_of_apt(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dpkg(dev, monkeypatch, "one two-t64")
    assert dev.install_packages(("one", "two|two-t64"), "the window")
    assert asked == []


def test_only_what_is_missing_is_installed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dpkg(dev, monkeypatch, "one")
    assert dev.install_packages(("one", "gone", "two|two-t64"), "the window")
    (command,) = asked  # the lists are not fetched when the first try works
    assert command[-2:] == ["gone", "two"]


def test_a_failing_apt_is_told_and_does_not_stop(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = dpkg(dev, monkeypatch, "one", apt_code=100)
    assert not dev.install_packages(("one", "two"), "the window")
    assert [command[-1] for command in asked] == ["two", "update", "two"]
    said = capsys.readouterr().out
    assert "Could not install two (E: no network)" in said
    assert "sudo apt-get install --no-install-recommends two" in said


def test_without_rights_the_line_to_run_is_printed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = dpkg(dev, monkeypatch, "one", apt_code=1)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    assert not dev.install_packages(("two",), "the window")
    assert asked == [["sudo", "-n", "true"]]
    assert "sudo apt-get install --no-install-recommends two" in capsys.readouterr().out


@pytest.mark.parametrize("code", [0, 1, 2])
def test_without_a_screen_the_sample_is_sent_and_its_code_returned(
    code: int, dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job = Calls(code)
    monkeypatch.setattr(dev, "call", job)
    monkeypatch.setattr(dev, "prepare", lambda dev: "python")
    monkeypatch.setattr(dev, "has_screen", lambda: False)
    monkeypatch.setattr(dev, "install_packages", lambda *_: False)
    monkeypatch.setattr(dev, "SAMPLE", tmp_path / "messy.xlsx")
    (tmp_path / "messy.xlsx").touch()
    assert dev.run(argparse.Namespace(args=[])) == code
    command, *drawing = job.commands
    assert [each[2] for each in drawing] == ([] if code else ["tests.flows.pictures"])
    assert command[:5] == ["python", "-m", "nv_desktop", "upload", str(tmp_path / "messy.xlsx")]
    assert "--yes" in command
    assert not Path(command[-1]).exists(), "the job's folder is left behind"


def test_with_a_screen_the_window_opens_on_the_sandbox(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Calls()
    monkeypatch.setattr(dev, "call", window)
    monkeypatch.setattr(dev, "prepare", lambda dev: "python")
    monkeypatch.setattr(dev, "has_screen", lambda: True)
    monkeypatch.setattr(dev, "install_packages", lambda *_: False)
    dev.main(["run", "--data-dir", "here"])
    dev.main(["run", "check", "file.xlsx"])
    assert window.commands == [
        ["python", "-m", "nv_desktop", "--sandbox", "--data-dir", "here"],
        ["python", "-P", "-m", "nv_desktop", "check", "file.xlsx"],
    ]
    assert window.places[-1] == Path.cwd()  # where the person's file is


def test_arguments_of_test_reach_pytest(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest_call = Calls(5)
    monkeypatch.setattr(dev, "call", pytest_call)
    monkeypatch.setattr(dev, "prepare", lambda dev: "python")
    monkeypatch.setattr(dev, "install_packages", lambda *_: True)
    assert dev.main(["test", "--long", "-k", "one and two", "tests/core"]) == 5
    (command,) = pytest_call.commands
    assert command[-3:] == ["-k", "one and two", "tests/core"] and "--long" in command


def test_options_reach_the_one_benchmark_that_is_named(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (dev.ROOT / "benchmarks").mkdir()
    (dev.ROOT / "benchmarks" / "sheets.py").touch()
    called = Calls(0)
    monkeypatch.setattr(dev, "call", called)
    monkeypatch.setattr(dev, "prepare", lambda dev: "python")
    assert dev.main(["bench", "sheets", "--rows", "500", "--full"]) == 0
    assert called.commands == [["python", "-m", "benchmarks.sheets", "--rows", "500", "--full"]]
    assert dev.main(["bench", "--full"]) == 1 and "Name it" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["pictures", "out"], ["bundle"], ["bench", "nothing"]])
def test_what_is_not_there_is_said_and_fails(
    command: list[str], dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "PICTURES", dev.ROOT / "pictures.py")
    assert dev.main(command) == 1
    assert capsys.readouterr().out.endswith(".\n")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_exact_versions_with_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|[\s(]/\w", text)
    entries = re.sub(r"\\\n", " ", re.sub(r"^ *#.*\n", "", text, flags=re.M)).strip().splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_two_locks_agree() -> None:
    pins = [dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.M)) for name in LOCKS]
    shared = pins[0].keys() & pins[1].keys()
    assert {name: pins[0][name] for name in shared} == {name: pins[1][name] for name in shared}


def test_everything_the_project_names_is_locked() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tools = (ROOT / "packaging/requirements-dev.in").read_text().splitlines()
    for named, lock in ((project["dependencies"], LOCKS[0]), (tools, LOCKS[1])):
        pinned = {name.lower() for name in re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.M)}
        wanted = {re.split(r"[<>=; ]", line)[0].lower() for line in named if line and line[0] != "#"}
        assert wanted <= pinned
