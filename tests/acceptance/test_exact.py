"""Values and IDs arrive as they stand in the file, whatever they are; what is printed can be read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from tests.acceptance.conftest import Nv
from tests.command_line import PROJECT


def _naughty(corpora: Path) -> list[str]:
    strings: list[str] = json.loads((corpora / "naughty-strings" / "blns.json").read_text("utf-8"))
    assert len(strings) > 500
    return strings


def test_naughty_strings_as_values_of_a_csv_and_a_workbook(nv: Nv, corpora: Path) -> None:
    strings = _naughty(corpora)
    rows = [[f"u{n}", text] for n, text in enumerate(strings)]
    book = xlsxwriter.Workbook(
        nv.folder / "n.xlsx",
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet()
    for place, (id_, text) in enumerate([["userID", "note"], *rows]):
        sheet.write_string(place, 0, id_)
        sheet.write_string(place, 1, text)
    book.close()
    for file in (nv.csv("n.csv", ["userID", "note"], rows), nv.folder / "n.xlsx"):
        answer = nv.check(file)
        assert answer.code == 0, answer.err
        assert answer.cells("note") == strings
        assert answer.attributes("note") == [text.strip() or None for text in strings]


@pytest.mark.gate("F4", seconds=60)
def test_naughty_strings_as_ids_are_exact_or_stopped(nv: Nv, corpora: Path) -> None:
    strings = _naughty(corpora)
    answer = nv.check(nv.csv("n.csv", ["userID", "note"], [[s, f"n{n}"] for n, s in enumerate(strings)]))
    assert answer.cells("userID") == strings
    for text, row in zip(strings, answer.rows.values(), strict=True):
        stopped = {"id_blank", "id_long", "id_control", "lost_digits"} & {p["code"] for p in row["problems"]}
        assert row["userID"] == text or (row["userID"] is None and stopped and not row["send"])


def test_naughty_strings_as_headers_are_custom_attributes_of_that_name(nv: Nv, corpora: Path) -> None:
    headers = [text for text in dict.fromkeys(_naughty(corpora)) if text.strip()]
    answer = nv.check(nv.csv("n.csv", ["userID", *headers], [["u1", *(["x"] * len(headers))]]))
    assert answer.code == 0, answer.err
    columns = answer.told["columns"][1:]
    folded = [each["header"].casefold() for each in columns]
    for header, column in zip(headers, columns, strict=True):
        assert column["header"] == header or column["header"].startswith(f"{header} (")
        assert column["field"] in (column["header"].strip(), None)
        if column["field"] is None:
            assert len(header.strip()) >= 50 or not header.isprintable() or "passwd" in header
    assert len(set(folded)) == len(folded)


IDS = [
    "5E1", "1e5", "123.0", "1.0", "+15551234", "0042", "1234567890123456", "12345678901234567890", "-0",
    "=1+1", "@a", "NULL", "n/a", "-", "true", "2024-01-02", "45000", "раypal", "a'b\"c", "a,b;c d", "a" * 100,
]  # fmt: skip


@pytest.mark.gate("F4", seconds=60)
def test_ids_that_other_programs_spoil_are_exact(nv: Nv) -> None:
    answer = nv.check(nv.csv("f.csv", ["userID", "n"], [[text, "x"] for text in IDS]))
    assert answer.code == 0
    assert [row["userID"] for row in answer.rows.values()] == IDS


@pytest.mark.gate("F4", seconds=60)
def test_ids_that_were_spoilt_already_are_stopped(nv: Nv) -> None:
    wrong = {"1.23E+15": "lost_digits", "1,5E+12": "lost_digits", "#N/A": "excel_error", "a" * 101: "id_long"}
    wrong |= {"": "id_blank", "   ": "id_blank", "a\x00b": "id_control", "########": "excel_error"}
    answer = nv.check(nv.csv("f.csv", ["userID", "n"], [[text, "x"] for text in wrong]))
    assert (answer.code, answer.told["send"]) == (1, 0)
    assert [answer.codes(row) & set(wrong.values()) for row in answer.rows] == [{c} for c in wrong.values()]


def test_an_address_of_the_email_corpus_is_sent_as_it_stands_or_stopped(nv: Nv, corpora: Path) -> None:
    from xml.etree import ElementTree

    tests = ElementTree.parse(corpora / "email-addresses" / "test" / "tests.xml").getroot().iter("test")
    cases = [(test.findtext("address") or "", test.findtext("category") or "") for test in tests]
    cases = [(text, category) for text, category in cases if text.strip()]
    rows = [[f"u{n}", text] for n, (text, _) in enumerate(cases)]
    answer = nv.check(nv.csv("f.csv", ["userID", "email"], rows))
    assert answer.cells("email") == [text for text, _ in cases]
    wrong = []
    for (text, category), row in zip(cases, answer.rows.values(), strict=True):
        sent = row["attributes"].get("email")
        assert sent is None or sent == text.strip()
        assert (sent is None) != row["send"]
        if sent is not None and category == "ISEMAIL_ERR" and text == text.strip():
            wrong.append(text)
    assert wrong == []


def test_what_is_printed_can_be_read_in_every_place(nv: Nv) -> None:
    text = "a\u2028b\x85c\u2029d😀"
    answer = nv.check(nv.csv("f.csv", ["userID", "note ü→"], [["u1", text]]))
    assert answer.rows[2]["cells"]["note ü→"] == text  # read by splitlines, which knows more ends of lines
    file = nv.csv("g.csv", ["userID", "note ü→"], [["漢", text]])
    for encoding, options in (("ascii", ["--json"]), ("cp1252", [])):
        done = subprocess.run(
            [sys.executable, "-m", "nv_desktop", "check", str(file), *options],
            cwd=PROJECT,
            capture_output=True,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )
        assert (done.returncode, done.stderr) == (0, b"")
        if options:
            assert json.loads(done.stdout)["columns"][1]["header"] == "note ü→"
