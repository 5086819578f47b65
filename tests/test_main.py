"""The entrance, as it is used where there is no console."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nv_desktop import cli
from tests.command_line import PROJECT

# What `pythonw` gives a program on Windows.
WITHOUT = """
import os, sys
sys.stdin = sys.stdout = sys.stderr = None
sys.argv = ["nv-desktop", *sys.argv[1:]]
from nv_desktop.__main__ import main
os._exit(main())
"""


@pytest.mark.parametrize(
    ("arguments", "code"), [(["jobs"], 0), (["get", "ann", "--account", "nobody"], 2), (["upload"], 2)]
)
def test_a_program_without_a_console_answers_by_its_exit_code(
    arguments: list[str], code: int, tmp_path: Path
) -> None:
    if arguments == ["upload"]:
        (tmp_path / "list.csv").write_text("userID,email\nann,ann@example.com\n")
        arguments = ["upload", str(tmp_path / "list.csv")]  # asks, and there is nobody to say yes
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments, "--data-dir", str(tmp_path / "data")],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=100,
        check=False,
    )
    assert done.returncode == code


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-m", "nv_desktop", *arguments],
        cwd=PROJECT,
        env=env | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="screens are told by the environment on Linux only")
def test_without_a_screen_the_window_says_so(tmp_path: Path) -> None:
    done = run("--data-dir", str(tmp_path), "--sandbox")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "no screen" in done.stderr


def test_a_full_disk_under_the_output_is_a_sentence_and_never_the_code_of_a_part(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "list.csv").write_text("userID,email\nann,ann@example.com\n")
    command = [sys.executable, "-m", "nv_desktop", "check", str(tmp_path / "list.csv")]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "--data-dir", str(tmp_path / "data")],
            cwd=PROJECT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 2 and done.stderr.startswith("nv-desktop: The system refused")


def test_what_nobody_foresaw_names_its_place_and_quotes_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_options: object) -> int:
        raise KeyError("ann@example.com")

    code = cli.main(["--sandbox"], open_window=broken, run_sandbox=lambda _: 0)
    said = capsys.readouterr().err
    assert code == 2 and "KeyError at " in said and "test_main.py" in said and "ann@" not in said


def test_options_may_stand_before_the_command(tmp_path: Path) -> None:
    refused = run("--data-dir", str(tmp_path), "--sandbox-url", "http://127.0.0.1:1", "get", "ann")
    assert refused.returncode == 2 and "refused the connection" in refused.stderr
    assert "internet" not in refused.stderr  # it is this computer that does not answer
    both = run("--data-dir", str(tmp_path), "--sandbox", "--account", "shop", "get", "ann")
    assert both.returncode == 2 and "exclude each other" in both.stderr
    given: list[list[str]] = []

    def server(arguments: list[str]) -> int:
        given.append(arguments)
        return 0

    def window(_options: object) -> int:
        raise AssertionError("a window")

    for arguments in (
        ["--data-dir", str(tmp_path), "sandbox", "--port", "0", "--ledger", "L"],
        ["sandbox", "--port", "0", "--data-dir", str(tmp_path), "--ledger", "L"],
    ):
        assert cli.main(arguments, open_window=window, run_sandbox=server) == 0
    people = str(tmp_path / "sandbox" / "people.db")
    assert given == [["--data", people, "--port", "0", "--ledger", "L"]] * 2
    assert cli.main(["sandbox", "--data", "x", "--help"], open_window=window, run_sandbox=server) == 0
    assert given[-1] == ["--data", "x", "--help"]


def test_a_python_without_the_libraries_is_told_where_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nv_desktop.cli.jobs", None)  # as if it could not be imported
    code = cli.main(["jobs"], open_window=lambda _: 0, run_sandbox=lambda _: 0)
    said = capsys.readouterr().err
    assert code == 2 and "nv_desktop.cli.jobs" in said and "dev.py setup" in said
