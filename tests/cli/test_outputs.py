"""`--rows` and `--report`: never over what is read, looked at before a call; a pipe stays a pipe."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nv_desktop.cli.outputs import require_place
from nv_desktop.core.errors import BadFile
from tests.command_line import CUSTOMER_HEADER, CommandLine, customers, write_csv
from tests.sandbox_process import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(people=0) as running:
        yield running


@pytest.fixture
def line(tmp_path: Path, sandbox: Sandbox) -> CommandLine:
    return CommandLine(tmp_path / "data", sandbox.url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(3))


@pytest.mark.parametrize("option", ["--rows", "--report"])
@pytest.mark.parametrize("name", ["f.csv", "link.csv", "recipe.json"])
def test_what_is_read_is_never_written_over(
    option: str, name: str, line: CommandLine, sandbox: Sandbox, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "link.csv").symlink_to(file)
    (tmp_path / "recipe.json").write_text('{"nv_recipe": 1}')
    before = file.read_bytes()
    out = str(tmp_path / name)
    done = line.run("upload", str(file), "--yes", "--recipe", str(tmp_path / "recipe.json"), option, out)
    assert done.returncode == 2 and "would write over" in done.stderr
    assert file.read_bytes() == before and (tmp_path / "recipe.json").read_text() == '{"nv_recipe": 1}'
    assert sandbox.ledger() == [] and line.json("jobs") == []


def test_a_report_that_has_no_place_is_said_before_anything_is_sent(
    line: CommandLine, sandbox: Sandbox, file: Path, tmp_path: Path
) -> None:
    for place in (tmp_path / "none" / "r.xlsx", tmp_path):
        done = line.run("upload", str(file), "--yes", "--report", str(place))
        assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert sandbox.ledger() == []
    told = line.json("upload", str(file), "--yes")
    done = line.run("resume", told["job"], "--report", str(file))
    assert done.returncode == 2 and "would write over" in done.stderr


def test_rows_go_to_standard_output_or_down_a_pipe_and_the_words_beside(
    line: CommandLine, file: Path, tmp_path: Path
) -> None:
    done = line.run("check", str(file), "--rows", "-")
    assert [json.loads(row)["row"] for row in done.stdout.splitlines()] == [2, 3, 4]
    assert "3 rows can be sent" in done.stderr
    assert line.run("check", str(file), "--rows", "-", "--json").returncode == 2
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        assert line.run("check", str(file), "--rows", str(pipe)).returncode == 0
        assert reader.communicate(timeout=30)[0] == done.stdout
    assert pipe.is_fifo()


@pytest.mark.parametrize("value", ["0", "33", "x", "1.5", "²"])
def test_a_window_is_a_number_from_1_to_32(value: str, line: CommandLine, file: Path) -> None:
    done = line.run("upload", str(file), "--yes", "--window", value)
    assert done.returncode == 2 and "from 1 to 32" in done.stderr
    assert line.json("jobs") == []


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_folder_that_may_not_be_written_is_said_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(BadFile, match="may not be written"):
        require_place("--report", tmp_path / "r.xlsx")
    require_place("--rows", Path(os.devnull))


def test_an_upload_whose_output_nobody_reads_any_more_is_sent_all_the_same(
    line: CommandLine, sandbox: Sandbox, file: Path, tmp_path: Path
) -> None:
    report = tmp_path / "r.xlsx"
    with line.start("upload", str(file), "--yes", "--report", str(report)) as going:
        assert going.stdout is not None and going.stderr is not None
        going.stdout.close()
        said = going.stderr.read()
        assert going.wait(60) == 0, said
    assert len(sandbox.applied()) == 3 and report.exists() and "Traceback" not in said
