"""The result workbook: text stays text, rows come back as they were, nothing is cut in silence."""

from __future__ import annotations

import json
import stat
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core import report
from nv_desktop.core.errors import BadFile
from nv_desktop.core.job import Job
from nv_desktop.core.mapping import guess
from nv_desktop.core.report import workbook
from nv_desktop.core.sheet import Options, inspect, rows
from tests.core.upload.kit import FakeServer, poison, run, small_job

NAUGHTY = [
    "=1+1", "+49 30 1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "http://example.com", "mailto:a@b.c",
    "00420", "1E+15", "123456789012345678", "TRUE", "#N/A", " both ends ", "tab\there", "line\nbreak",
    "cr\rlf\r\n", "_x0041_", "_x0041_x0042_", "_x005F_", "<r><t>x</t></r>", "<b>&amp;</b>", "\"quoted\"",
    "\x01\x1f", "\ufffe\uffff", "\u202eright to left", "zero\u200bwidth", "नमस्ते", "😀" * 10, "'apostrophe",
    "1990-11-25", "12:30", "a" * 999, "' OR 1=1", "{{7*7}}", "\u00a0nbsp\u00a0", "=cmd|' /C calc'!A0",
]  # fmt: skip


def sent_job(folder: Path, texts: list[str], bad: list[str]) -> Job:
    job = small_job(folder, [(f"u{n}", text, "") for n, text in enumerate(texts)])
    run(job, FakeServer(poison(bad, "No")), attended=False)
    return job


def back(path: Path, sheet: str | None = None) -> tuple[list[str], list[list[str]]]:
    opened = inspect(path, Options(sheet=sheet))
    return opened.header, [row.cells for row in rows(opened)]


@pytest.mark.gate("F7", seconds=60)
def test_rows_come_back_byte_equal(tmp_path: Path) -> None:
    job = sent_job(tmp_path, NAUGHTY, ["u3"])
    written = report.write(job, tmp_path / "result.xlsx")
    header, cells = back(written.path)
    assert header == ["NV row", "NV outcome", "NV reason", "userID", "a1", "a2"]
    assert [line[3:] for line in cells] == [[f"u{n}", text, ""] for n, text in enumerate(NAUGHTY)]
    assert [line[0] for line in cells] == [str(n) for n in range(2, len(NAUGHTY) + 2)]
    assert cells[3][1:3] == ["refused", "No"] and cells[0][1] == "confirmed"
    assert written.rows == len(NAUGHTY) and written.side_file is None


@pytest.mark.gate("F6", seconds=60)
def test_no_formula_no_link_and_no_number_is_in_the_file(tmp_path: Path) -> None:
    path = report.write(sent_job(tmp_path, NAUGHTY, []), tmp_path / "result.xlsx").path
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        names = book.namelist()
    assert "<f>" not in sheet and "hyperlink" not in sheet and "<v>" not in sheet
    assert not [name for name in names if "rels" in name and "sheet" in name]


def test_only_what_was_refused(tmp_path: Path) -> None:
    job = sent_job(tmp_path, ["a", "b", "c", "d"], ["u1"])
    job_rows = report.write(job, tmp_path / "r.xlsx", report.REFUSED)
    assert job_rows.rows == 1
    assert back(job_rows.path)[1] == [["3", "refused", "No", "u1", "b", ""]]


@pytest.mark.gate("F7", seconds=60)
def test_a_result_opened_again_is_an_import_without_the_added_columns(tmp_path: Path) -> None:
    first = report.write(sent_job(tmp_path, ["a", "b"], []), tmp_path / "r.xlsx")
    header, cells = back(first.path)
    guessed = guess(header, cells).columns
    assert [column.target for column in guessed] == [None, None, None, "userID", "a1", "a2"]
    again = small_job(tmp_path, [tuple(line) for line in cells])
    with again.transaction() as db:
        db.executemany("UPDATE header SET text = ? WHERE idx = ?", [(n, i) for i, n in enumerate(header)])
    second = report.write(again, tmp_path / "again.xlsx")
    assert back(second.path)[0] == header
    assert [line[3:] for line in back(second.path)[1]] == [line[3:] for line in cells]


def test_stopped_rows_say_why_and_their_cells_are_marked(tmp_path: Path) -> None:
    job = small_job(tmp_path, [("u1", "fine"), ("", "no id"), ("u3", "fine")])
    run(job, FakeServer())
    path = report.write(job, tmp_path / "r.xlsx").path
    line = back(path)[1][1]
    assert line[1] == "skipped" and "userID: " in line[2]
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'r="D3" s="' in sheet


@pytest.mark.gate("F7", seconds=60)
def test_a_text_too_long_for_a_cell_is_whole_in_a_side_file(tmp_path: Path) -> None:
    longest, over, astral = "x" * 32_767, "y" * 32_768, "😀" * 16_384
    job = small_job(tmp_path, [("u1", longest), ("u2", over), ("u3", astral)])
    run(job, FakeServer())
    written = report.write(job, tmp_path / "r.xlsx")
    assert written.side_file is not None and written.side_file.name in " ".join(written.sentences)
    texts = [line[4] for line in back(written.path)[1]]
    assert texts == [longest, "y" * 32_767, "😀" * 16_383]
    side = written.side_file.read_text("utf-8-sig").splitlines()
    assert side[1:] == [f"3,a1,{over}", f"4,a1,{astral}"]
    named = dict(line[:2] for line in [back(written.path, "Receipt")[0], *back(written.path, "Receipt")[1]])
    assert named["texts too long for a cell"] == written.side_file.name


def test_more_rows_than_a_sheet_holds_make_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 40)
    path = report.write(sent_job(tmp_path, [str(n) for n in range(100)], []), tmp_path / "r.xlsx").path
    found = [back(path, name) for name in ("Rows", "Rows 2", "Rows 3")]
    assert [len(cells) for _, cells in found] == [40, 40, 20]
    assert [cells[4] for _, lines in found for cells in lines] == [str(n) for n in range(100)]
    assert len({tuple(header) for header, _ in found}) == 1


def test_it_is_private_and_leaves_no_draft(tmp_path: Path) -> None:
    job = sent_job(tmp_path, ["a"], [])
    out = tmp_path / "out"
    out.mkdir()
    path = report.write(job, out / "r.xlsx").path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(out.iterdir()) == [path]


def test_an_old_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = sent_job(tmp_path, ["a"], [])
    out = tmp_path / "out"
    out.mkdir()
    (out / "r.xlsx").write_text("old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("nv_desktop.core.report.place.os.fsync", full)
        with pytest.raises(BadFile, match="the disk is full"):
            report.write(job, out / "r.xlsx")
    assert (out / "r.xlsx").read_text() == "old" and list(out.iterdir()) == [out / "r.xlsx"]
    report.write(job, out / "r.xlsx")
    assert zipfile.is_zipfile(out / "r.xlsx")


def test_a_file_that_excel_holds_open_is_left_and_another_name_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = sent_job(tmp_path, ["a"], [])
    (tmp_path / "r.xlsx").write_text("held")
    (tmp_path / "r (2).xlsx").write_text("kept")
    rename = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.name == "r.xlsx":
            raise PermissionError(13, "sharing violation")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", held)
    written = report.write(job, tmp_path / "r.xlsx")
    assert written.path.name == "r (3).xlsx" and (tmp_path / "r.xlsx").read_text() == "held"
    assert "open in another program" in written.sentences[0]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="could not be written"):
        report.write(sent_job(tmp_path, ["a"], []), tmp_path / "nowhere" / "r.xlsx")


def test_the_receipt_tells_file_account_counts_and_times_but_no_key(tmp_path: Path) -> None:
    job = sent_job(tmp_path, ["a", "b", "c"], ["u1"])
    report.write_receipt(job, tmp_path / "receipt.json")
    told = json.loads((tmp_path / "receipt.json").read_text())
    assert told["file"]["name"] == "list.csv" and told["file"]["sha256"] == "0" * 64
    assert told["account"] == {"name": "Shop", "environment": "test", "brand_id": 7, "host": "https://x/"}
    assert (told["counts"]["confirmed"], told["counts"]["refused"], told["rows"]) == (2, 1, 3)
    assert told["started"] <= told["ended"] and told["started"].endswith("+00:00")
    assert "u1" not in json.dumps(told), "a receipt may be handed on: no customer stands in it"
    assert told["columns"][0] == {
        "header": "userID", "field": "userID", "type": None, "empty": "leave", "steps": [],
    }  # fmt: skip
    sheet = back(report.write(job, tmp_path / "r.xlsx").path, "Receipt")
    assert ["counts.confirmed", "2"] in [sheet[0][:2], *(line[:2] for line in sheet[1])]


def test_a_job_that_was_not_sent_has_a_receipt_and_a_workbook_too(tmp_path: Path) -> None:
    job = small_job(tmp_path, 3)
    told = report.receipt(job)
    assert told["started"] is None and told["counts"]["confirmed"] == 0
    assert {line[1] for line in back(report.write(job, tmp_path / "r.xlsx").path)[1]} == {"not sent"}


def test_twenty_thousand_rows_are_quick(tmp_path: Path) -> None:
    job = small_job(tmp_path, 20_000)
    began = time.perf_counter()
    report.write(job, tmp_path / "r.xlsx")
    assert time.perf_counter() - began < 20.0  # a loose ceiling: the figure is in the benchmarks


def test_a_table_holds_texts_only_and_nothing_is_cut_in_silence(tmp_path: Path) -> None:
    naughty = [[f"u{n}", text] for n, text in enumerate(NAUGHTY)]
    written = report.write_table(tmp_path / "people.xlsx", "Profiles", ["userID", "note"], naughty)
    header, cells = back(written.path)
    assert header == ["userID", "note"] and cells == naughty and written.rows == len(naughty)
    long = [["u1", "x" * 40_000], ["=u2", "short"]]
    written = report.write_table(tmp_path / "long.xlsx", "Profiles", ["userID", "note"], iter(long))
    assert written.side_file is not None and written.side_file.name in written.sentences[0]
    assert "u1,note," + "x" * 40_000 in written.side_file.read_text("utf-8-sig")
    assert stat.S_IMODE(written.side_file.stat().st_mode) == 0o600
    assert back(written.path)[1][1] == ["=u2", "short"]
    with pytest.raises(BadFile):
        report.write_table(tmp_path / "gone" / "x.xlsx", "Profiles", ["userID"], [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "long long cells.csv", "long.xlsx", "people.xlsx",
    ]  # fmt: skip
