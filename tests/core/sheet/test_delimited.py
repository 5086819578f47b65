from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level
from nv_desktop.core.sheet import Opened, Options, delimited, inspect, rows, save_pasted

HEAD = "userID,email,mobile\n"


def codes(row) -> list[tuple[int, str]]:
    return [(column, problem.code) for column, problem in row.hazards]


@pytest.mark.gate("F2", seconds=60)
@pytest.mark.parametrize(
    "name",
    [
        "comma_in_quotes",
        "empty",
        "empty_crlf",
        "escaped_quotes",
        "json",
        "location_coordinates",
        "newlines",
        "newlines_crlf",
        "quotes_and_newlines",
        "simple",
        "simple_crlf",
        "utf8",
    ],
)
def test_csv_spectrum(name: str, corpus: Callable[[str], Path], read) -> None:
    folder = corpus("csv-spectrum")
    opened, found = read(folder / "csvs" / f"{name}.csv")
    expected = json.loads((folder / "json" / f"{name}.json").read_text())
    if name == "location_coordinates":  # the corpus itself gives one record, and another phone number in it
        expected = [{**expected, "Contact Phone Number": "2095257564"}]
        assert "lost_before" in [note.code for note in opened.notes]
    assert [dict(zip(opened.header, row.cells, strict=True)) for row in found] == expected
    assert all(not row.hazards for row in found)


def test_the_first_look_fills_every_option_and_survives_the_pipe(read) -> None:
    opened, found = read(HEAD + "1,a@b.cd,+491701234567\n\n2,,\n")
    assert opened.format == "csv"
    assert opened.options == Options(None, 1, "utf-8", ",", '"')
    assert opened.header == ["userID", "email", "mobile"]
    assert opened.sample == [["1", "a@b.cd", "+491701234567"], ["2", "", ""]]
    assert [row.number for row in found] == [2, 4]  # the blank record counts, and is no row
    again = Opened.from_json(json.loads(json.dumps(opened.to_json())))
    assert again == opened
    assert list(rows(again)) == found


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str, read) -> None:
    lines = [("userID", "name", "note"), ("1", "A", "10:30, with comma; and more"), ("2", "B", "x|y\tz")]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(lines)
    opened, found = read(out.getvalue())
    assert opened.options.delimiter == delimiter
    assert [tuple(row.cells) for row in found] == lines[1:]


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("id;price\n1;3,50\n2;4,20\n", ";", ["id", "price"]),
        ("email\na@b.cd\nc@d.ef\n", ",", ["email"]),
        ("time\n10:30:00\n11:45:00\n", ",", ["time"]),
        ("link\nhttps://a.b\nhttps://c.d\n", ",", ["link"]),
        ("name:city\nann:rome\nbob:oslo\n", ":", ["name", "city"]),
        ('userID,tags\n1,"a;b;c"\n2,"d;e;f"\n', ",", ["userID", "tags"]),
        ("userID\tname\n1\tSmith, John\n2\tDoe, Jane\n", "\t", ["userID", "name"]),
        ("sep=|\na,b|c\n1,5|2\n", "|", ["a,b", "c"]),
    ],
)
def test_delimiter_traps(text: str, delimiter: str, header: list[str], read) -> None:
    opened, _ = read(text)
    assert (opened.options.delimiter, opened.header) == (delimiter, header)


def test_the_line_that_excel_hides_is_no_record(read) -> None:
    opened, found = read("sep=;\r\nuserID;name\r\n1;A\r\n")
    assert opened.options.header_row == 1
    assert [(row.number, row.line, row.cells) for row in found] == [(2, 3, ["1", "A"])]


def test_single_quotes(read) -> None:
    opened, found = read("'userID','name'\n'1','Smith, John'\n'2','Doe'\n")
    assert opened.options.quote == "'"
    assert found[0].cells == ["1", "Smith, John"]


def test_an_apostrophe_is_no_quotation_mark(read) -> None:
    _, found = read("userID,name\n1,O'Brien\n2,D'Arcy\n")
    assert found[0].cells == ["1", "O'Brien"]


@pytest.mark.gate("F2", seconds=60)
def test_a_quote_never_closed_takes_no_other_row_along(read) -> None:
    body = "".join(f"{i},n{i},m{i}\n" for i in range(200))
    _, found = read(HEAD + '9,"open,x\n' + body)
    assert len(found) == 201
    assert codes(found[0])[0] == (-1, "quote_open")
    assert found[0].hazards[0][1].level is Level.ERROR
    assert found[0].hazards[0][1].step == {"step": "quote", "quote": ""}
    assert [row.cells for row in found[1:]] == [[f"{i}", f"n{i}", f"m{i}"] for i in range(200)]
    assert all(not row.hazards for row in found[1:])
    assert [row.number for row in found] == list(range(2, 203))
    assert [row.line for row in found] == list(range(2, 203))


def test_a_quote_that_another_quote_seems_to_close(read) -> None:
    _, found = read(HEAD + '1,"open,x\n2,"b",y\n3,c,z\n')
    assert [row.cells[0] for row in found] == ["1", "2", "3"]
    assert codes(found[0])[0] == (-1, "quote_open")
    assert found[1].cells == ["2", "b", "y"]
    assert not found[1].hazards


def test_quotes_inside_a_quoted_value_are_said(read) -> None:
    _, found = read(HEAD + '1,"John "Jack" Smith",x\n2,b,y\n')
    assert codes(found[0]) == [(-1, "quote_open")]
    assert len(found) == 2


def test_a_file_cut_off_inside_quotes(read) -> None:
    _, found = read(HEAD + '1,a,b\n2,"cut o')
    assert [row.cells[0] for row in found] == ["1", "2"]
    assert (-1, "quote_open") in codes(found[1])


def test_reading_without_quotes(read) -> None:
    _, found = read(HEAD + '1,"open,x\n2,b,y\n', quote="")
    assert [row.cells for row in found] == [["1", '"open', "x"], ["2", "b", "y"]]


def test_a_long_record_that_is_right(read) -> None:
    note = "\n".join(f"line {i}" for i in range(80))
    _, found = read(f'userID,note\n1,"{note}"\n2,b\n')
    assert found[0].cells == ["1", note]
    assert codes(found[0]) == [(-1, "record_long")]
    assert (found[1].cells, found[1].number, found[1].line) == (["2", "b"], 3, 82)


def test_blanks_after_a_closing_quote(read) -> None:
    _, found = read('userID,name\n1,"Smith" \n"2" ,"b"\n')
    assert [row.cells for row in found] == [["1", "Smith"], ["2", "b"]]


def test_short_and_long_rows(read) -> None:
    _, found = read(HEAD + "1,a\n2,a,b,c\n3,a,b,,\n4,a,b\n")
    assert [codes(row) for row in found] == [[(-1, "row_short")], [(-1, "row_long")], [], []]
    assert [row.cells for row in found] == [["1", "a", ""], ["2", "a", "b"], ["3", "a", "b"], ["4", "a", "b"]]
    assert found[1].hazards[0][1].level is Level.ERROR


def test_headers_repeated_and_missing(read) -> None:
    opened, _ = read("userID,Phone,Phone,,Phone (2),phone\n1,2,3,4,5,6\n2,3,4,5,6,7\n")
    assert opened.header == ["userID", "Phone", "Phone (3)", "Column D", "Phone (2)", "phone (4)"]
    assert [note.code for note in opened.notes] == ["header_repeated", "header_empty"]


def test_titles_above_the_header(read) -> None:
    opened, found = read("Customers of March,,\n,,\nuserID,email,city\n1,a@b.cd,Rome\n2,c@d.ef,Oslo\n")
    assert opened.options.header_row == 3
    assert [row.number for row in found] == [4, 5]
    assert "rows_above" in [note.code for note in opened.notes]


def test_the_header_row_can_be_chosen(read) -> None:
    opened, found = read("a,b\nuserID,email\n1,x\n", header_row=2)
    assert opened.header == ["userID", "email"]
    assert [row.cells for row in found] == [["1", "x"]]


def test_nul_and_odd_characters_in_a_cell(read) -> None:
    _, found = read("userID,name\n1,a\x00b\n2,a\u2028b\x85c\x0bd\x1ce\n")
    assert [row.cells[1] for row in found] == ["a\x00b", "a\u2028b\x85c\x0bd\x1ce"]


def test_a_huge_cell(read) -> None:
    _, found = read(f"userID,note\n1,{'x' * 300_000}\n")
    assert len(found[0].cells[1]) == 300_000


@pytest.mark.parametrize("cell", ["x" * 2_000, '"' + "x" * 2_000 + '"', '"' + "x" * 2_000])
def test_a_cell_beyond_the_limit_is_said(cell: str, read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_FIELD_LIMIT", 1_000)
    with pytest.raises(BadFile, match="larger than 64 MB"):
        read(f"userID,note\n1,{cell}\n2,b\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"   \n\n", "every row is empty"),
        (b"userID,email\n", "no row below"),
        (b"1,a@b.cd\n2,c@d.ef\n", "no header"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "web page"),
        (b"<div>\r\n<table border=1>\r\n<tr><th>userID</th></tr>\r\n", "web page"),
        (b"<style>td {mso-number-format:'@'}</style>\n<TABLE>\n<tr><td>userID</td></tr>", "web page"),
        (b"\n<!-- exported, 3 rows -->\n<html><body><table><tr>", "web page"),
        ("<html>\n<table><tr><td>userID</td></tr></table></html>".encode("utf-16"), "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "2003"),
        (b'[{"userID": 1}]', "JSON"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "very old Excel"),
        (b"PK\x03\x04 broken", "damaged"),
        (bytes(range(1, 32)) * 20, "neither"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
    ],
)
def test_what_is_no_table_gets_one_sentence(content: bytes, words: str, read) -> None:
    with pytest.raises(BadFile) as caught:
        read(content, name="people.xls")
    assert words in caught.value.message
    assert caught.value.remedy


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is a folder"):
        inspect(tmp_path)
    with pytest.raises(BadFile, match="no file"):
        inspect(tmp_path / "none.csv")


@pytest.mark.parametrize("name", ["PK", "MZ", "BZh", "GIF8", "RIFF", "PAR1", "PKID"])
def test_a_column_called_like_the_mark_of_another_format(name: str, read) -> None:
    opened, found = read(f"{name},email\n1,a@b.co\n2,c@d.ef\n")
    assert (opened.header, len(found)) == ([name, "email"], 2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "people.csv")
    with pytest.raises(BadFile, match="no file but a device"):
        inspect(tmp_path / "people.csv")
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    with pytest.raises(BadFile, match="no file but a device"):
        inspect(tmp_path / "endless.csv")


def test_text_called_xlsx_is_read_with_a_note(read) -> None:
    opened, found = read(HEAD + "1,a,b\n", name="people.xlsx")
    assert opened.format == "csv"
    assert [note.code for note in opened.notes] == ["not_as_named"]
    assert len(found) == 1


def test_pasted_cells(tmp_path: Path) -> None:
    path = save_pasted('userID\tnote\n1\t"two\nlines"\n', tmp_path / "paste")
    assert path.stat().st_mode & 0o777 == 0o600
    opened = inspect(path)
    assert opened.format == "clipboard"
    assert [row.cells for row in rows(opened)] == [["1", "two\nlines"]]


# without control characters: a file full of them is rightly taken for no text
cell = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t\x0b\x0c"), max_size=12
)


@pytest.mark.gate("F2", seconds=60)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(cell, min_size=width, max_size=width))),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_was_written_comes_back_equal(
    table: list[list[str]], delimiter: str, end: str, tmp_path: Path
) -> None:
    width = len(table[0]) if table else 2
    header = [f"name{index}" for index in range(width)]
    table = [*table, ["last", *["x"] * (width - 1)]]
    path = tmp_path / "round.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
            [header, *table]
        )
    opened = inspect(path, Options(header_row=1, delimiter=delimiter))
    found = list(rows(opened))
    assert [row.cells for row in found] == [line for line in table if any(line)]
    assert all(problem.code == "record_long" for row in found for _, problem in row.hazards)


def test_a_text_file_has_no_sheets(read) -> None:
    with pytest.raises(BadFile, match="a text file has no sheets"):
        read("userID,name\nu1,a\n", sheet="People")
