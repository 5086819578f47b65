"""Workbooks: a cell is read as what it holds; what it only shows, lost or never computed is said there."""

from __future__ import annotations

import datetime
import json
from typing import Any

import openpyxl
import xlsxwriter

from tests.acceptance.conftest import Nv
from tests.data.sheets import header_xml, inline, row_xml, sheet_xml, write_xlsx


def _book(nv: Nv, name: str, rows: list[list[Any]], **options: Any) -> Any:
    """Cells are values, or (value, number format), or ("=formula", None, cached result)."""
    book = xlsxwriter.Workbook(nv.folder / name, options)
    sheet = book.add_worksheet("People")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, tuple) and len(cell) == 3:
                sheet.write_formula(number, column, cell[0], None, cell[2])
                continue
            value, code = cell if isinstance(cell, tuple) else (cell, None)
            look = book.add_format({"num_format": code}) if code else None
            kinds = {str: sheet.write_string, bool: sheet.write_boolean, datetime.date: sheet.write_datetime}
            kinds[datetime.datetime] = sheet.write_datetime
            if value is not None:
                kinds.get(type(value), sheet.write_number)(number, column, value, look)
    book.close()
    return nv.folder / name


DAY = datetime.date(1990, 11, 25)


def test_numbers_dates_and_flags_are_the_text_of_what_the_cell_holds(nv: Nv) -> None:
    header = ["userID", "birth_date", "email_opt_in", "size", "price", "vip", "seen", "zeros", "formula"]
    row = [
        1001, (DAY, "dd/mm/yyyy"), 1, 42, 0.1 + 0.2, True,
        (datetime.datetime(2024, 1, 2, 10, 30), "yyyy-mm-dd hh:mm"), "007", ("=1+1", None, 2),
    ]  # fmt: skip
    for name, options in (("1900.xlsx", {}), ("1904.xlsx", {"date_1904": True})):
        answer = nv.check(_book(nv, name, [header, row], **options))
        assert answer.code == 0, answer.rows
        assert list(answer.rows[2]["cells"].values()) == [
            "1001", "1990-11-25", "1", "42", "0.3", "true", "2024-01-02 10:30:00", "007", "2",
        ]  # fmt: skip
        assert answer.rows[2]["attributes"] == {
            "birth_date": "1990-11-25", "email_opt_in": "1", "size": 42, "price": 0.3, "vip": True,
            "seen": "2024-01-02 10:30:00", "zeros": "007", "formula": 2,
        }  # fmt: skip


def test_damage_stops_the_row_at_its_cell(nv: Nv) -> None:
    wrong: list[tuple[list[Any], str, str]] = [
        ([1234567890123456, "x"], "userID", "lost_digits"),
        ([("=NA()", None, "#N/A"), "x"], "userID", "excel_error"),
        ([("=A1", None, ""), "x"], "userID", "formula_empty"),
        (["a", ("=1/0", None, "#DIV/0!")], "note", "excel_error"),
        (["b", 123456789012345678], "note", "lost_digits"),
        (["c", "x", 33202], "birth_date", "date_serial"),
        (["d", "x", "25.11.1990"], "birth_date", "date_order"),
        ([(42, "00000"), "x"], "userID", "number_format"),
    ]
    answer = nv.check(_book(nv, "f.xlsx", [["userID", "note", "birth_date"], *(row for row, _, _ in wrong)]))
    assert answer.told["send"] == 0
    for (_, column, code), row in zip(wrong, answer.rows.values(), strict=True):
        assert (column, code) in [(p["column"], p["code"]) for p in row["problems"] if p["level"] == "error"]
    assert answer.rows[3]["cells"]["userID"] == "#N/A"


def test_half_a_character_stops_its_row_wherever_it_stands(nv: Nv) -> None:
    row = row_xml(2, [inline("A2", "u1"), inline("B2", "x_xDC00_y")])
    told = nv.check(write_xlsx(nv.folder / "f.xlsx", sheet_xml(header_xml("userID", "no_xD800_te") + row)))
    assert (told.code, told.told["send"]) == (1, 0) and "text_surrogate" in told.codes(2)
    assert told.rows[2]["cells"] == {"userID": "u1", "no\\ud800te": "x\\udc00y"}


def test_an_id_that_a_format_shows_as_another_is_stopped(nv: Nv) -> None:
    codes = ['"ID-"0', "+0", '"0"0', "000-00-0000"]
    rows = [[(12345678, code), "x"] for code in codes]
    answer = nv.check(_book(nv, "f.xlsx", [["userID", "note"], *rows, [(1234, "#,##0.00"), "x"]]))
    assert [row["send"] for row in answer.rows.values()] == [False] * len(codes) + [True]


def test_an_id_whose_zeros_only_the_format_shows_is_padded_where_a_recipe_says_so(nv: Nv) -> None:
    file = _book(nv, "f.xlsx", [["userID", "zip"], [(42, "00000"), (7, "0000")]])
    steps = [{"step": "pad", "width": 5}]
    recipe = nv.text(
        "r.json",
        json.dumps({"nv_recipe": 1, "columns": {"userID": {"target": "userID", "steps": steps}}}),
    )
    answer = nv.check(file, "--recipe", recipe)
    assert (answer.code, answer.rows[2]["userID"]) == (0, "00042")
    assert answer.rows[2]["attributes"] == {"zip": "7"} and answer.codes(2) == {"number_format"}


def test_rows_count_as_excel_counts_them(nv: Nv) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Data")
    for row in (["My customers"], [], ["userID", "first_name"], ["a", "A"], [], ["b", "B"]):
        sheet.append(row)
    book.save(nv.folder / "f.xlsx")
    answer = nv.check(nv.folder / "f.xlsx", "--sheet", "Data")
    assert (answer.code, list(answer.rows), answer.told["sheet"]) == (0, [4, 6], "Data")
    assert nv.check(nv.folder / "f.xlsx").told["sheet"] == "Data"  # the first sheet is empty
    wrong = nv.check(nv.folder / "f.xlsx", "--sheet", "Leads")
    assert wrong.code == 2 and "Leads" in wrong.err and "Data" in wrong.err and wrong.err.count("\n") == 1
    lines = nv.check(nv.text("f.csv", 'Title\n\nuserID,note\n\n1,"a\nb"\n,\n2,c\n'))
    assert list(lines.rows) == [5, 7] and lines.rows[5]["cells"]["note"] == "a\nb"


def test_csv_spectrum_is_read_as_its_json_says_though_it_has_no_id(nv: Nv, corpora: Any) -> None:
    folder = corpora / "csv-spectrum"
    names = ["comma_in_quotes", "escaped_quotes", "json", "newlines_crlf", "quotes_and_newlines", "utf8"]
    for name in names:  # the others are read in the tests of the sheet package
        answer = nv.check(folder / "csvs" / f"{name}.csv")
        assert answer.code == 2 and "user ID" in answer.err and answer.out == ""
        expected = json.loads((folder / "json" / f"{name}.json").read_text("utf-8"))
        assert [row["cells"] for row in answer.rows.values()] == expected
        assert not any(row["send"] for row in answer.rows.values())
