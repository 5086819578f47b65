"""`upload` leaves out whom it must: known opt-outs, and those on a list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import CommandLine, write_csv
from tests.sandbox_process import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(people=0) as running:
        yield running


def test_known_opt_outs_and_those_on_a_list_are_left_out(sandbox: Sandbox, tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data", sandbox.url)
    header = ("userID", "email_opt_in")
    first = write_csv(tmp_path / "1.csv", header, [("ann", "0"), ("bob", "1")])
    told = line.json("upload", str(first), "--yes")
    assert told["raised"] == 0
    seen = line.json("verify", told["job"])
    assert (seen["asked"], seen["drift"], seen["outcomes"]["confirmed"]["hold"]) == (2, 0, 2)
    second = write_csv(tmp_path / "2.csv", header, [("ann", "1"), ("bob", "1"), ("cho", "1"), ("dee", "1")])
    (tmp_path / "not.txt").write_text("dee\n")
    told = line.run("upload", str(second), "--yes", "--exclude", str(tmp_path / "not.txt"))
    assert told.returncode == 0, told.stderr
    assert "1 row left out: their user IDs stand on the list." in told.stdout
    assert "1 row would opt in people known here to have opted out; left out" in told.stdout
    assert sandbox.applied() == {
        "ann": {"email_opt_in": "0"},
        **{u: {"email_opt_in": "1"} for u in ("bob", "cho")},
    }
    done = line.run("upload", str(second), "--yes", "--raise-consent", "--json")
    told = json.loads(done.stdout)
    assert (told["raised"], told["confirmed"], told["send"]) == (1, 4, 4)
    assert sandbox.applied()["ann"] == {"email_opt_in": "1"}


def test_that_nobody_remembers_who_opted_out_is_said(sandbox: Sandbox, tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data", sandbox.url)
    line.data.mkdir()
    (line.data / "history.db").write_bytes(b"no database at all" * 300)
    path = write_csv(tmp_path / "1.csv", ("userID", "email_opt_in"), [("ann", "1")])
    done = line.run("upload", str(path), "--yes")
    assert done.returncode == 0 and "The history was damaged and starts anew" in done.stderr
