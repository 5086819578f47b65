"""`delete --file`, `resume` of it and `restore --job`, against the sandbox's ledger."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from nv_desktop.cli import main
from nv_desktop.cli.say import confirmed_by_count
from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.settings import Paths
from tests.command_line import CommandLine, write_csv
from tests.sandbox_process import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(people=60) as running:
        yield running


def test_a_list_is_deleted_once_though_broken_off_and_put_back(sandbox: Sandbox, tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data", sandbox.url)
    people = sandbox.people()
    listed = [*people[:50], people[3], "nobody@example.com"]
    file = write_csv(tmp_path / "leavers.csv", ("Name", "userID"), [("x", user) for user in listed])
    sandbox.set_latency(0.1)
    going = line.start("delete", "--file", str(file), "--yes", "--window", "4")
    try:
        while len(sandbox.events("applied", "user/delete")) < 12:
            assert going.poll() is None, going.communicate()
        going.send_signal(signal.SIGINT)
        assert "Nothing is lost" in going.communicate()[0]
    finally:
        going.kill()
        going.communicate()
    sandbox.set_latency(0)
    (job,) = line.json("jobs")
    done = line.json("resume", job["job"])
    assert (done["state"], done["confirmed"], done["skipped"], done["unknown"]) == ("done", 50, 2, 0)
    asked = Counter(user for event in sandbox.events("received", "user/delete") for user in event["userIDs"])
    assert set(asked) == set(people[:50]) and set(asked.values()) == {1}
    assert set(sandbox.people()) == set(people[50:])
    back = line.run("restore", "--job", job["job"])
    assert back.returncode == 0 and "50 of 50 profiles are back" in back.stdout, back.stderr
    assert set(sandbox.people()) == set(people)


def test_rows_of_users_deleted_meanwhile_are_not_left_out_as_unchanged(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    line = CommandLine(tmp_path / "data", sandbox.url)
    people = sandbox.people()[:6]
    file = str(write_csv(tmp_path / "f.csv", ("userID", "name"), [(user, "Ann") for user in people]))
    assert line.json("upload", file, "--yes")["confirmed"] == 6
    assert line.run("delete", people[0], "--yes").returncode == 0
    assert line.run("delete", people[1], "--yes", "--keep-nothing").returncode == 0
    for number, more in ((2, []), (3, ["--keep-nothing"])):
        listed = write_csv(tmp_path / f"{number}.csv", ("userID",), [(people[number],)])
        done = line.json("delete", "--file", str(listed), "--yes", *more)
        (path,) = line.data.rglob(f"{done['job']}.nvjob")
        path.unlink()  # the list is no longer kept; that somebody was deleted is known all the same
    told = line.json("upload", file, "--yes", "--skip-unchanged")
    assert (told["confirmed"], told["skipped"]) == (4, 2)
    assert set(people) <= set(sandbox.people())
    again = line.json("upload", file, "--yes", "--skip-unchanged")
    assert again["confirmed"] + again["skipped"] == 6


@pytest.mark.parametrize("answer", ["y", "yes", "", "0", "1201", "1200 users"])
def test_a_list_is_deleted_only_when_its_number_is_typed(
    answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _at_a_terminal(monkeypatch, answer)
    Accounts(Paths(tmp_path / "data")).add(Account("shop", "test", brand_id=1))
    (tmp_path / "leavers.txt").write_text("".join(f"user{number}\n" for number in range(1_200)))
    where = ["--data-dir", str(tmp_path / "data"), "--account", "shop"]
    command = ["delete", "--file", str(tmp_path / "leavers.txt"), *where]
    assert main(command, open_window=lambda _: 0, run_sandbox=lambda _: 0) == 2
    said = capsys.readouterr().err
    assert "Delete 1,200 users of shop" in said and "Type their number to go on:" in said
    assert "Nothing was deleted." in said
    assert not list((tmp_path / "data").rglob("*.nvjob"))


@pytest.mark.parametrize("answer", ["1200", " 1,200 "])
def test_the_number_of_users_confirms(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _at_a_terminal(monkeypatch, answer)
    assert confirmed_by_count("Delete 1,200 users?", 1_200)


def _at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    terminal = StringIO(f"{answer}\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)


@pytest.mark.parametrize("confirm", [[], ["--confirm", "Shop"], ["--confirm", "sandbox"], ["--confirm", ""]])
def test_production_deletes_nobody_unless_its_name_is_given_exactly(
    tmp_path: Path, confirm: list[str]
) -> None:
    line = CommandLine(tmp_path / "data")
    Accounts(Paths(line.data)).add(Account("shop", "production", brand_id=1))
    (tmp_path / "leavers.txt").write_text("ann\nbob\n")
    for whom in (["ann"], ["--file", str(tmp_path / "leavers.txt")]):
        done = line.run("delete", *whom, "--account", "shop", "--yes", *confirm)
        assert done.returncode == 2 and "shop (PRODUCTION) is a production account" in done.stderr
