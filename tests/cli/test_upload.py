"""`upload`, `resume`, `jobs`, and people by ID, against the sandbox's ledger."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from nv_desktop.core.job import open_job
from tests.command_line import CUSTOMER_HEADER, CommandLine, customers, write_csv
from tests.sandbox_process import Sandbox

COUNTS = ("confirmed", "accepted", "refused", "unknown", "not_sent", "skipped")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    folder = tmp_path / "server"
    folder.mkdir()
    with Sandbox(folder, people=20) as running:
        yield running


@pytest.fixture
def line(tmp_path: Path, sandbox: Sandbox) -> CommandLine:
    return CommandLine(tmp_path / "data", sandbox.url)


def attributes(row: list[str]) -> dict[str, str]:
    return dict(zip(CUSTOMER_HEADER[1:], row[1:], strict=True))


def test_an_upload_is_confirmed_and_get_gives_back_what_the_file_said(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    rows = customers(250)
    told = line.json("upload", str(write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, rows)), "--yes")
    assert {name: told[name] for name in COUNTS} == {**dict.fromkeys(COUNTS, 0), "confirmed": 250}
    assert told["rows"] == 250 and told["calls"] == 3
    assert sandbox.applied() == {row[0]: attributes(row) for row in rows}
    got = line.json("get", rows[7][0])
    assert got == {"userID": rows[7][0], "found": True, "attributes": attributes(rows[7])}


@pytest.mark.gate("C1", seconds=60)
def test_killed_half_way_and_resumed_every_row_is_told_truly(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    rows = [
        *customers(3_000),
        ["", "n@example.com", "", "Nobody", "gold"],
        ["bad", "no address", "", "B", ""],
    ]
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, rows)
    sandbox.set_latency(0.2)
    going = line.start("upload", str(file), "--yes", "--window", "2", "--json")
    try:
        while len(sandbox.events("answered", "user/create")) < 10:
            assert going.poll() is None, going.communicate()
    finally:
        going.kill()
        going.communicate()
    sandbox.set_latency(0)
    (job,) = line.json("jobs")
    assert 0 < job["confirmed"] < 3_000
    assert sum(job[name] for name in COUNTS) == len(rows)
    done = line.run("resume", job["job"], "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name: told[name] for name in COUNTS} == {
        **dict.fromkeys(COUNTS, 0),
        "confirmed": 3_000,
        "skipped": 2,
    }
    assert sandbox.applied() == {row[0]: attributes(row) for row in rows[:3_000]}
    assert len(sandbox.events("applied")) <= 30 + 2  # at most the window again
    assert "Nothing is left to send." in line.run("resume", "--all").stdout


def test_a_wrong_key_or_no_server_loses_nothing(tmp_path: Path) -> None:
    nobody = CommandLine(tmp_path / "data", "http://127.0.0.1:9")
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(5))
    done = nobody.run("get", "somebody")
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.count("\n") == 1
    going = nobody.start("upload", str(file), "--yes", "--json")
    try:
        while not any(job["begun"] for job in nobody.json("jobs")):
            assert going.poll() is None, going.communicate()
        going.terminate()
        out, _ = going.communicate(timeout=30)
    finally:
        going.kill()
    told = json.loads(out)
    assert (told["not_sent"], told["confirmed"], told["unknown"]) == (5, 0, 0)
    assert going.returncode == 1 and told["state"] == "paused"
    (job,) = nobody.json("jobs")
    assert job["stage"] == "paused", "the window offers it at its next start"


def test_all_goes_on_with_what_was_cut_off_and_not_with_what_waits_for_a_person(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    names = []
    for name in ("stopped", "cut", "trial"):
        file = write_csv(tmp_path / f"{name}.csv", CUSTOMER_HEADER, customers(20))
        names.append(line.json("upload", str(file), "--yes", "--trial", "5")["job"])
    for name, stage in zip(names, ("stopped", "sending"), strict=False):
        (path,) = (tmp_path / "data").rglob(f"{name}.nvjob")
        job = open_job(path)
        job.set_meta("stage", stage)  # as the window's Stop leaves it, and a kill
        job.set_meta("trial_until", None)
        job.close()
    done = line.run("resume", "--all")
    assert done.returncode == 0
    assert f"{names[2]}: its trial run has ended and waits for a look; 15 rows left." in done.stderr
    assert f"resume {names[2]}" in done.stderr and f"{names[0]}: it was stopped" in done.stderr
    left = {each["job"]: each["not_sent"] for each in line.json("jobs")}
    assert left == {names[0]: 15, names[1]: 0, names[2]: 15}
    again = line.run("resume", "--all")
    assert again.returncode == 0 and "Nothing was sent." in again.stdout
    for name in (names[0], names[2]):
        assert line.json("resume", name)["not_sent"] == 0
    assert "Nothing is left to send." in line.run("resume", "--all").stdout


def test_what_keeping_old_values_costs_is_said_before_anything_is_sent(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = str(write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(2_000)))
    full = line.run("upload", file, "--safety", "full").stdout
    assert "20 calls, at least 2 s" in full and "2,000 profiles are read first, at least 4 min" in full
    assert " 200 profiles are read" in line.run("upload", file, "--safety", "sample").stdout
    assert "read first" not in line.run("upload", file).stdout
    assert sandbox.ledger() == []


def test_what_a_job_asks_can_be_answered_on_the_command_line(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.set_faults([{"call": "user/create", "fault": "refuse_batch", "contains": "c-"}])
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(80))
    done = line.run("upload", str(file), "--yes", "--json")
    told = json.loads(done.stdout)
    assert told["state"] == "asking" and "refused everything" in told["reason"]
    assert f"resume {told['job']} --go-on" in done.stderr
    told = line.json("resume", told["job"], "--go-on")
    assert (told["state"], told["refused"]) == ("done", 80)


def test_rows_unknown_for_long_are_sent_again_or_left_as_the_command_says(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(600))
    told = line.json("upload", str(file), "--yes", "--trial", "510")
    (path,) = (tmp_path / "data").rglob(f"{told['job']}.nvjob")
    job = open_job(path)
    with job.transaction() as db:  # as if their answers had never come, two days ago
        db.execute("UPDATE ledger SET state = 5 WHERE state = 2")
        db.execute("UPDATE batches SET sent_at = sent_at - 172800")
    job.close()
    told = line.json("resume", told["job"])
    assert (told["state"], told["unknown"], told["confirmed"]) == ("asking", 510, 0)
    told = line.json("resume", told["job"], "--leave-unknown")
    assert (told["state"], told["unknown"], told["confirmed"]) == ("done", 510, 90)
    told = line.json("resume", told["job"], "--go-on")
    assert (told["state"], told["unknown"], told["confirmed"]) == ("done", 0, 600)


def test_without_yes_nothing_is_sent_and_no_job_stays(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    done = line.run("upload", str(write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(2))))
    assert done.returncode == 2 and "--yes" in done.stderr
    assert sandbox.ledger() == [] and line.json("jobs") == []


def test_a_trial_sends_its_rows_and_resume_the_rest(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(120))
    told = line.json("upload", str(file), "--yes", "--trial", "10")
    assert (told["confirmed"], told["not_sent"]) == (10, 110)
    assert len(sandbox.applied()) == 10
    assert line.json("resume", told["job"])["confirmed"] == 120


def test_set_sends_only_what_changed_and_refuses_what_is_wrong_without_a_call(
    line: CommandLine, sandbox: Sandbox
) -> None:
    bad = line.run("set", "demo-1", "mobile=12")
    assert bad.returncode == 2 and "too few digits" in bad.stderr and sandbox.ledger() == []
    assert line.run("set", "demo-1", "mobile=+917850009678").returncode == 0
    (applied,) = sandbox.events("applied")
    assert applied["attributes"] == {"demo-1": {"mobile": "+917850009678"}}
    assert line.run("set", "no-such-user", "first_name=Ann").returncode == 2
    assert len(sandbox.events("applied")) == 1
    assert line.run("set", "no-such-user", "first_name=Ann", "--create").returncode == 0
    assert sandbox.applied()["no-such-user"] == {"first_name": "Ann"}


def test_delete_asks_for_yes_then_get_says_not_found_and_restore_brings_it_back(
    line: CommandLine, sandbox: Sandbox
) -> None:
    before = line.json("get", "demo-2")["attributes"]
    assert line.run("delete", "demo-2").returncode == 2
    assert sandbox.events("received", "user/delete") == []
    assert line.run("delete", "demo-2", "--yes").returncode == 0
    gone = line.run("get", "demo-2")
    assert gone.returncode == 1 and "nobody with the user ID" in gone.stderr
    assert line.run("restore", "demo-2").returncode == 0
    assert line.json("get", "demo-2")["attributes"] == before
    assert line.run("restore", "demo-3").returncode == 2


def test_the_sandbox_account_starts_its_own_server_that_ends_with_the_command(tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data")
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(3))
    told = line.json("upload", str(file), "--account", "sandbox", "--yes")
    assert told["confirmed"] == 3
    got = line.json("get", "c-000001", "--account", "sandbox")
    assert got["attributes"]["first_name"] == "Name 1"  # its people stay in the data folder


def test_only_the_sandbox_can_be_pointed_at_a_server_and_only_on_this_computer(tmp_path: Path) -> None:
    far = CommandLine(tmp_path / "data", "http://example.com:80").run("get", "x")
    assert far.returncode == 2 and "https://" in far.stderr


def test_an_import_is_taken_back_except_what_somebody_changed_since(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    people = [f"demo-{n}" for n in range(1, 6)]
    before = {user: line.json("get", user)["attributes"] for user in people}
    rows = [[user, "Elsewhere", "new"] for user in people]
    file = write_csv(tmp_path / "f.csv", ["userID", "city", "wave"], rows)
    told = line.json("upload", str(file), "--yes", "--safety", "full")
    assert told["confirmed"] == 5
    assert line.run("set", "demo-2", "city=Moved").returncode == 0
    taken = line.json("undo", told["job"], "--yes")
    assert (taken["back"], taken["untouched"], taken["added"]) == (4, ["demo-2"], {"wave": 5})
    for user in people:
        now = line.json("get", user)["attributes"]
        assert now["city"] == ("Moved" if user == "demo-2" else before[user]["city"])
    jobs = {job["job"]: job for job in line.json("jobs")}
    assert jobs[jobs[told["job"]]["undone_by"]]["undoes"] == told["job"]
    plain = line.json("upload", str(file), "--yes")
    refused = line.run("undo", plain["job"], "--yes")
    assert refused.returncode == 2 and "kept no old values" in refused.stderr


def test_rows_confirmed_before_with_the_same_values_can_be_left_out(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    rows = customers(6)
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, rows)
    assert line.json("upload", str(file), "--yes")["confirmed"] == 6
    assert line.run("set", rows[1][0], "first_name=Other").returncode == 0
    rows[0][3] = "Changed"
    write_csv(file, CUSTOMER_HEADER, rows)
    told = line.json("upload", str(file), "--yes", "--skip-unchanged")
    assert (told["confirmed"], told["skipped"]) == (
        2,
        4,
    )  # the changed row, and the one changed by hand since
    assert sandbox.applied()[rows[1][0]]["first_name"] == rows[1][3]


def test_the_choice_to_leave_out_what_is_unchanged_holds_for_the_rest_of_the_import(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(6))
    assert line.json("upload", str(file), "--yes")["confirmed"] == 6
    rows = customers(8)
    rows[0][3] = "Changed"
    write_csv(file, CUSTOMER_HEADER, rows)
    calls = len(sandbox.events("received", "user/create"))
    told = line.json("upload", str(file), "--yes", "--skip-unchanged", "--trial", "1")
    assert told["confirmed"] == 1
    told = line.json("resume", told["job"])
    assert (told["confirmed"], told["skipped"]) == (3, 5)
    assert sum(len(event["userIDs"]) for event in sandbox.events("received", "user/create")[calls:]) == 3


@pytest.mark.parametrize("shape", [(), ("--json",)])
def test_a_refused_key_is_said_with_what_to_do_and_the_job_waits(
    shape: tuple[str, ...], line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.set_faults([{"fault": "status", "status": 401}])
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(250))
    done = line.run("upload", str(file), "--yes", *shape)
    (job,) = line.json("jobs")
    said = done.stderr if shape else done.stdout
    assert done.returncode == 1
    assert "The server did not accept the key. Check the key and the brand ID in Accounts." in said
    assert f"resume {job['job']}" in said
    assert (job["stage"], job["not_sent"]) == ("paused", 250)
    sandbox.set_faults([])
    assert line.json("resume", job["job"])["confirmed"] == 250


def test_without_a_connection_it_is_said_at_once_and_ctrl_c_leaves_the_job_to_be_resumed(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.kill()
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(250))
    with line.start("upload", str(file), "--yes", "--json") as going:
        assert going.stderr is not None
        try:
            assert "refused the connection. It goes on by itself; Ctrl+C" in going.stderr.readline()
            going.send_signal(signal.SIGINT)
            told = json.loads(going.communicate(timeout=60)[0])
        finally:
            going.kill()
    assert going.returncode == 1 and told["not_sent"] == 250
    sandbox.start()
    assert line.json("resume", told["job"])["confirmed"] == 250


def test_an_upload_that_was_killed_before_it_sent_is_not_passed_over_in_silence(
    line: CommandLine, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(20_000))
    with line.start("upload", str(file), "--yes") as going:
        while not list(line.data.glob("jobs/*.nvjob")):
            assert going.poll() is None
        going.kill()
    assert sandbox.ledger() == []
    assert "1 import was never begun; `jobs` lists them." in line.run("resume", "--all").stdout
    (job,) = line.json("jobs")
    refused = line.run("resume", job["job"])
    assert refused.returncode == 2 and "Import the file again." in refused.stderr


def test_a_field_that_is_given_twice_is_refused_and_no_name_stands_twice_in_a_sentence(
    line: CommandLine, sandbox: Sandbox
) -> None:
    twice = line.run("set", "demo-1", "city=Pune", "city=Delhi")
    assert twice.returncode == 2 and "“city” is given twice" in twice.stderr
    long = line.run("set", "demo-1", "x" * 50 + "=1")
    assert long.returncode == 2 and "fewer than 50 characters" in long.stderr
    assert sandbox.ledger() == []
    empty = line.run("set", "demo-1", "gender=")
    assert empty.returncode == 2 and empty.stderr.startswith("nv-desktop: Gender can be changed, but not")


def test_options_may_stand_within_a_list(line: CommandLine, sandbox: Sandbox) -> None:
    found = line.run("get", "demo-1", "--json", "demo-2").stdout.splitlines()
    assert [json.loads(each)["userID"] for each in found] == ["demo-1", "demo-2"]
    assert line.run("set", "demo-1", "city=Pune", "--account", "sandbox", "plan=free").returncode == 0
    assert sandbox.applied() == {"demo-1": {"city": "Pune", "plan": "free"}}
    refused = line.run("delete", "demo-1", "--yes", "demo-2", "--kep-nothing")
    assert refused.returncode == 2 and "--kep-nothing" in refused.stderr
    assert sandbox.events("received", "user/delete") == []
