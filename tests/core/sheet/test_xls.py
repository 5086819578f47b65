"""Workbooks of Excel 97–2003: every cell, the doubts about it, and a second reader's opinion."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt
from xlrd import biffh

from nv_desktop.core import mapping
from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level
from nv_desktop.core.sheet import Options, Row, inspect, rows
from nv_desktop.core.sheet.foreign import Foreign
from nv_desktop.core.sheet.xls import NotForXlrd, Xls


class _Error:
    """An error cell."""

    def __init__(self, text: str) -> None:
        self.code = next(code for code, known in biffh.error_text_from_code.items() if known == text)


class _Shown:
    """A value with a number format."""

    def __init__(self, value: object, code: str) -> None:
        self.value, self.code = value, code


def _xls(path: Path, lines: list[list[object]], since_1904: bool = False) -> Path:
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    sheet = book.add_sheet("Data")
    styles: dict[str, xlwt.XFStyle] = {}
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if isinstance(value, dt.date):
                value = _Shown(value, "YYYY-MM-DD")
            if isinstance(value, _Error):
                sheet.row(row).set_cell_error(column, value.code)
            elif isinstance(value, _Shown):
                if value.code not in styles:
                    styles[value.code] = xlwt.easyxf(num_format_str=value.code)
                sheet.write(row, column, value.value, styles[value.code])
            else:
                sheet.write(row, column, value)
    book.save(str(path))
    return path


def _codes(row: Row) -> list[tuple[int, str]]:
    return [(column, problem.code) for column, problem in row.hazards]


def test_texts_numbers_and_booleans(tmp_path: Path) -> None:
    path = _xls(
        tmp_path / "old.xls",
        [
            ["userID", "points", "born", "vip", "long"],
            ["00420", 7, dt.date(1990, 11, 25), True, 123456789012345678],
            ["é漢", 1.5, dt.date(1900, 3, 1), False, 0.1],
            ["u3", -3, None, None, 123456789012345],
            ["u4", 0.07, None, None, 1e-7],
        ],
    )
    opened = inspect(path)
    assert (opened.format, opened.notes) == ("xls", [])
    found = list(rows(opened))
    assert found[0].cells[:4] == ["00420", "7", "1990-11-25", "true"]
    assert _codes(found[0]) == [(4, "lost_digits")]
    assert found[1].cells == ["é漢", "1.5", "1900-03-01", "false", "0.1"]
    assert found[2].cells == ["u3", "-3", "", "", "123456789012345"]
    assert found[3].cells == ["u4", "0.07", "", "", "0.0000001"]
    assert not any(row.hazards for row in found[1:])


@pytest.mark.parametrize("code", ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])
def test_an_error_cell_is_never_a_blank(code: str, tmp_path: Path) -> None:
    path = _xls(tmp_path / "errors.xls", [["userID", "name"], ["u1", _Error(code)], [_Error(code)]])
    first, second = rows(inspect(path))
    assert first.cells == ["u1", code]
    assert _codes(first) == [(1, "excel_error")]
    assert (second.cells, _codes(second)) == ([code, ""], [(0, "excel_error")])
    assert first.hazards[0][1].level is Level.ERROR


def test_zeros_that_only_the_format_shows(tmp_path: Path) -> None:
    lines: list[list[object]] = [["userID", "zip"], [_Shown(420, "00000"), _Shown(420, "0")]]
    opened = inspect(_xls(tmp_path / "zeros.xls", lines))
    (row,) = rows(opened)
    assert row.cells == ["420", "420"]
    assert _codes(row) == [(0, "number_format")]
    assert row.hazards[0][1].step == {"step": "pad", "width": 5}
    converted = mapping.compile(mapping.guess(opened.header, opened.sample), opened.header).convert(
        row.cells, row.hazards
    )
    assert converted.level == Level.ERROR, "a userID that lost its zeros is another customer"


@pytest.mark.parametrize(
    ("value", "since_1904", "text", "code"),
    [
        (1, False, "1900-01-01", None),
        (59, False, "1900-02-28", None),
        (60, False, "60.0", "date_broken"),
        (61, False, "1900-03-01", None),
        (0, True, "1904-01-01", None),
        (60, True, "1904-03-01", None),
        (33202.5, False, "1990-11-25 12:00:00", None),
        (33202 - 1462, True, "1990-11-25", None),
        (-1, False, "-1.0", "date_broken"),
        (-1, True, "-1.0", "date_broken"),
        (2958466, False, "2958466.0", "date_broken"),
    ],
)
def test_dates_of_both_epochs(
    value: float, since_1904: bool, text: str, code: str | None, tmp_path: Path
) -> None:
    lines: list[list[object]] = [["userID", "born"], ["u1", _Shown(value, "DD.MM.YYYY")]]
    (row,) = rows(inspect(_xls(tmp_path / "days.xls", lines, since_1904)))
    assert row.cells == ["u1", text]
    assert _codes(row) == ([(1, code)] if code else [])


def test_formulas_that_were_never_computed(tmp_path: Path) -> None:
    lines: list[list[object]] = [["userID", "sum"], ["u1", xlwt.Formula("1+1")], [xlwt.Formula("A2")]]
    first, second = rows(inspect(_xls(tmp_path / "never.xls", lines)))
    assert (first.cells, _codes(first)) == (["u1", ""], [(1, "formula_empty")])
    assert (second.number, _codes(second)) == (3, [(0, "formula_empty")]), "no other value, yet no blank row"


def _with_result(path: Path, row: int, column: int, result: bytes, flags: int = 0) -> None:
    """Puts a result behind the formula in this cell, as a program that computes would."""
    data = path.read_bytes()
    start = data.index(b"\x03\x00\x00\x00\x00\x00\xff\xff", data.index(struct.pack("<HH", row, column)))
    while struct.unpack_from("<HH", data, start - 6) != (row, column):
        start = data.index(b"\x03\x00\x00\x00\x00\x00\xff\xff", start + 1)
    path.write_bytes(data[:start] + result + struct.pack("<H", flags) + data[start + 10 :])


def test_results_of_formulas(tmp_path: Path) -> None:
    formulas = [xlwt.Formula("1+1") for _ in range(4)]
    path = _xls(tmp_path / "computed.xls", [["userID", "a", "b", "c", "d"], ["u1", *formulas]])
    _with_result(path, 1, 1, struct.pack("<d", 2.5))
    _with_result(path, 1, 2, b"\x02\x00\x2a\x00\x00\x00\xff\xff")
    _with_result(path, 1, 3, b"\x01\x00\x01\x00\x00\x00\xff\xff")
    (row,) = rows(inspect(path))
    assert row.cells == ["u1", "2.5", "#N/A", "true", ""]
    assert _codes(row) == [(2, "excel_error")], "where others were computed, an empty text is a result"


def test_a_zero_that_waits_to_be_computed(tmp_path: Path) -> None:
    path = _xls(tmp_path / "waits.xls", [["userID", "a"], ["u1", xlwt.Formula("1+1")]])
    _with_result(path, 1, 1, bytes(8), flags=2)
    (row,) = rows(inspect(path))
    assert (row.cells, _codes(row)) == (["u1", ""], [(1, "formula_empty")])


@pytest.mark.parametrize("before", range(4))
def test_a_character_cut_in_two_by_the_file_s_records_is_whole(tmp_path: Path, before: int) -> None:
    texts = ["x" * before, *(f"{number:04}" + "😀" * 20 for number in range(1_000))]
    path = _xls(tmp_path / "old.xls", [["userID", "note"], *([f"u{n}", t] for n, t in enumerate(texts))])
    with Xls(path) as book:  # not the other reader, which puts two � where the character was
        assert [row.cells[1:] for row in book.rows("Data")][1:] == [[text] if text else [] for text in texts]
        assert book.notes("Data") == []


def test_a_hidden_row_is_read_and_said(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for number in range(3):
        sheet.write(number, 0, f"u{number}" if number else "userID")
    sheet.row(2).hidden = True
    book.save(str(tmp_path / "f.xls"))
    found = list(rows(inspect(tmp_path / "f.xls")))
    assert [_codes(row) for row in found] == [[], [(-1, "row_hidden")]]


def test_merged_cells_are_said(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    sheet.write(0, 0, "userID")
    sheet.write(0, 1, "city")
    sheet.write_merge(1, 2, 1, 1, "Bonn")
    sheet.write(1, 0, "u1")
    sheet.write(2, 0, "u2")
    book.save(str(tmp_path / "merged.xls"))
    (note,) = inspect(tmp_path / "merged.xls").notes
    assert note.code == "merged_cells" and "B2:B3" in note.message


def test_the_reader_says_nothing_on_the_pipes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = _xls(tmp_path / "odd.xls", [["userID"], ["u1"]])
    path.write_bytes(path.read_bytes() + b"odd")  # xlrd remarks on a size that is no whole sector
    assert [row.cells for row in rows(inspect(path))] == [["u1"]]
    assert capfd.readouterr() == ("", "")


def test_a_file_that_only_the_other_reader_takes(corpus: Callable[[str], Path]) -> None:
    path = corpus("workbooks") / "files" / "gh548_incorrect_sst_unique_count.xls"
    with pytest.raises(NotForXlrd):
        Xls(path)
    opened = inspect(path)
    assert "format_blind" in [note.code for note in opened.notes]
    assert any(any(row.cells) for row in rows(opened))


# (file, sheet) -> why the two readers differ; each was looked at, and xlrd is right
_DIFFERENT = {
    ("biff5-rich-text-string.xls", "Sheet1"): "a rich text of Excel 95: calamine does not use its code page",
    (
        "sheet_name_parsing.xls",
        "Sheet1",
    ): "UTF-16 in Excel 95: calamine leaves a NUL in each letter",
}
_ONLY_OTHER = {"gh548_incorrect_sst_unique_count.xls"}  # counts its texts wrongly, and xlrd believes it


def _texts(book: Xls | Foreign, sheet: str) -> dict[tuple[int, int], str]:
    """Every text but those of error cells, which calamine does not have."""
    return {
        (row.number, column): text
        for row in book.rows(sheet)
        for column, text in enumerate(row.cells)
        if text and (column, "excel_error") not in _codes(row)
    }


def test_the_other_reader_agrees(corpus: Callable[[str], Path]) -> None:
    different: set[tuple[str, str]] = set()
    only_other: set[str] = set()
    compared = 0
    for path in sorted((corpus("workbooks") / "files").glob("*.xls")):
        try:
            other = Foreign(path, "xls")
        except BadFile:
            continue
        with other:
            try:
                book = Xls(path)
            except NotForXlrd:
                only_other.add(path.name)
                continue
            with book:
                assert book.sheets == other.sheets, path.name
                for sheet in book.sheets:
                    compared += 1
                    if _texts(book, sheet.name) != _texts(other, sheet.name):
                        different.add((path.name, sheet.name))
    assert compared > 50
    assert different == set(_DIFFERENT)
    assert only_other == _ONLY_OTHER


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = _xls(tmp_path / "old.xls", [["userID"], ["1"]])
    with pytest.raises(BadFile, match="“Data”"):
        inspect(path, Options(sheet="Other"))
