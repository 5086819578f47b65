"""`check`: exit codes, the JSON object, the lines of --rows, one sentence for what cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import CUSTOMER_HEADER, PROJECT, CommandLine, customers, write_csv


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "data")


def test_a_clean_file_ends_with_0_and_leaves_no_job_behind(line: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "clean.csv", CUSTOMER_HEADER, customers(3))
    done = line.run("check", str(file), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"], told["send"], told["stopped"], told["warnings"]) == (3, 3, 0, 0)
    assert [(c["header"], c["field"], c["type"]) for c in told["columns"]] == [
        ("userID", "userID", "text"),
        ("email", "email", "text"),
        ("mobile", "mobile", "text"),
        ("first_name", "first_name", "text"),
        ("plan", "plan", "text"),
    ]
    assert list((tmp_path / "data").rglob("*.nvjob")) == []


BAD_ROWS: dict[str, tuple[str, str, str]] = {  # field: header, text, code
    "no ID": ("userID", "", "id_blank"),
    "long ID": ("userID", "x" * 101, "id_long"),
    "phone": ("mobile", "12", "mobile_short"),
    "date": ("birth_date", "1990-02-30", "date_impossible"),
    "gender": ("gender", "unknown", "gender"),
    "opt-in": ("email_opt_in", "3", "opt_in"),
    "text": ("city", "x" * 1000, "text_long"),
}


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_bad_value_stops_its_row_with_a_sentence_and_the_rest_works(
    what: str, line: CommandLine, tmp_path: Path
) -> None:
    header, text, code = BAD_ROWS[what]
    names = ["userID", "mobile", "birth_date", "gender", "email_opt_in", "city"]
    good = dict(zip(names, ["a", "+917850009678", "1990-11-25", "male", "1", "Pune"], strict=True))
    rows = [list(good.values()), list({**good, "userID": "b", header: text}.values())]
    out = tmp_path / "rows.jsonl"
    done = line.run("check", str(write_csv(tmp_path / "f.csv", names, rows)), "--rows", str(out), "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["send"] == 1
    first, second = (json.loads(row) for row in out.read_text("utf-8").splitlines())
    assert first["send"] is True
    assert [p for p in first["problems"] if p["level"] == "error"] == []
    assert second["send"] is False and second["row"] == 3
    (problem,) = (p for p in second["problems"] if p["level"] == "error")
    assert problem["code"] == code and problem["column"] == header
    assert problem["message"].endswith((".", "of the calendar."))


def test_rows_hold_the_text_as_read_beside_what_would_be_sent(line: CommandLine, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "f.csv",
        ["userID", "first_name", "last_name", "points"],
        [["007", " Ann ", "", "12"], *([f"{n}E1", "Bo", "Lee", "13"] for n in range(5, 15))],
    )
    out = tmp_path / "rows.jsonl"
    assert line.run("check", str(file), "--rows", str(out)).returncode == 0
    first, second, *_ = (json.loads(row) for row in out.read_text("utf-8").splitlines())
    assert first["cells"] == {"userID": "007", "first_name": " Ann ", "last_name": "", "points": "12"}
    assert first["attributes"] == {"first_name": "Ann", "points": 12}
    assert first["userID"] == "007" and second["userID"] == "5E1"
    assert (out.stat().st_mode & 0o777) == 0o600


UNREADABLE = {
    "missing": None,
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "a page": b"<html><table><tr><td>userID</td></tr></table></html>",
    "no data": b"userID,email\n",
    "no column for the ID": b"colour,size\nred,3\nblue,4\n",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_ends_with_2_and_one_sentence(
    what: str, line: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    content = UNREADABLE[what]
    if content is not None:
        file.write_bytes(content)
    done = line.run("check", str(file))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert done.stderr.strip().endswith(".")


def test_a_wrong_sheet_is_named_with_those_there_are(line: CommandLine, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Contacts"
    book.active.append(["userID", "email"])
    book.active.append(["a", "a@example.com"])
    book.save(tmp_path / "b.xlsx")
    done = line.run("check", str(tmp_path / "b.xlsx"), "--sheet", "Leads")
    assert done.returncode == 2 and "Leads" in done.stderr and "Contacts" in done.stderr
    assert line.run("check", str(tmp_path / "b.xlsx"), "--sheet", "Contacts").returncode == 0


@pytest.mark.parametrize(("choice", "sent"), [("last", "Bea"), ("first", "Ann"), ("merge", "Bea")])
def test_the_same_id_twice_is_stopped_until_a_way_is_chosen(
    choice: str, sent: str, line: CommandLine, tmp_path: Path
) -> None:
    rows = [["a", "Ann", "Pune"], ["a", "Bea", ""], ["b", "Cy", ""]]
    file = write_csv(tmp_path / "f.csv", ["userID", "first_name", "city"], rows)
    assert line.json("check", str(file))["send"] == 1
    out = tmp_path / "rows.jsonl"
    assert line.run("check", str(file), "--duplicates", choice, "--rows", str(out)).returncode == 1
    going = [row for row in map(json.loads, out.read_text("utf-8").splitlines()) if row["send"]]
    assert len(going) == 2
    mine = next(row for row in going if row["userID"] == "a")
    assert mine["attributes"]["first_name"] == sent
    assert mine["attributes"].get("city") == ("Pune" if choice in ("first", "merge") else None)


def test_country_delimiter_and_encoding_can_be_said(line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "f.txt"
    file.write_bytes("userID;mobile;first_name\na;0171 2345678;Jürgen\n".encode("cp1252"))
    out = tmp_path / "rows.jsonl"
    options = ["--country", "DE", "--delimiter", ";", "--encoding", "cp1252", "--rows", str(out)]
    assert line.run("check", str(file), *options).returncode == 0
    (row,) = map(json.loads, out.read_text("utf-8").splitlines())
    assert row["attributes"] == {"mobile": "+491712345678", "first_name": "Jürgen"}


@pytest.mark.parametrize("country", ["XX", "india", ""])
def test_a_country_that_is_none_is_said_in_words(country: str, line: CommandLine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(1))
    done = line.run("check", str(file), f"--country={country}")
    assert done.returncode == (2 if country else 0)
    assert (f"“{country}” is no country" in done.stderr) is bool(country)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_check_that_is_ended_leaves_no_customer_behind(line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("userID,city\n" + "".join(f"u{n},Pune\n" for n in range(300_000)))
    with line.start("check", str(tmp_path / "f.csv")) as going:
        while not list((tmp_path / "data").rglob("*.nvjob")):
            assert going.poll() is None
        going.terminate()
        assert going.wait(60) == 143
    assert list((tmp_path / "data").rglob("*.nvjob")) == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_file_name_of_any_bytes_is_read_and_shown(line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"list-\xff.csv")
    write_csv(file, CUSTOMER_HEADER, customers(1))
    assert line.json("check", str(file))["file"] == file.name
    told = line.run(
        "upload", str(file), "--account", "sandbox", "--yes", "--report", str(tmp_path / "r.xlsx")
    )
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "r.xlsx").exists()


def test_a_recipe_is_taken_by_its_file_or_by_the_name_it_has_in_the_window(
    line: CommandLine, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "f.csv", ("Key", "Town"), [("a", "Pune"), ("b", "Goa")])
    columns = {"Key": {"target": "userID"}, "Town": {"target": "city", "type": "text"}}
    text = json.dumps({"nv_recipe": 1, "name": "Every week", "columns": columns})
    (tmp_path / "r.json").write_text(text)
    kept = line.data / "recipes" / "Every week.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(text)
    for recipe in (str(tmp_path / "r.json"), "Every week"):
        told = line.json("check", str(file), "--recipe", recipe)
        assert [each["field"] for each in told["columns"]] == ["userID", "city"]
    missing = line.run("check", str(file), "--recipe", "Every day")
    assert missing.returncode == 2 and "Kept here: “Every week”." in missing.stderr


def test_a_check_imports_neither_qt_nor_what_calls_are_made_of(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "f.csv", CUSTOMER_HEADER, customers(2))
    script = (
        "import sys; from nv_desktop.__main__ import main; sys.argv = ['nv', 'check', sys.argv[1],"
        " '--data-dir', sys.argv[2]]; code = main();"
        " not_needed = ('PySide6', 'nv_desktop.app', 'nv_desktop.gui', 'requests', 'keyring');"
        " print([m for m in sys.modules if m.startswith(not_needed)]);"
        " sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(file), str(tmp_path / "data")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
