from __future__ import annotations

import datetime as dt
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level
from nv_desktop.core.sheet import Options, inspect, rows
from nv_desktop.core.sheet.xlsx import package
from nv_desktop.core.sheet.xlsx.book import RowReader, Xlsx
from nv_desktop.core.sheet.xlsx.cells import exact_rows, rows_of
from tests.data.sheets import header_xml, inline, row_xml, sheet_xml, write_xlsx

HEADER = header_xml("userID", "value")


def one(tmp_path: Path, cell: str, **made: object):
    """Row 2 of a sheet whose cell B2 is the given XML."""
    path = write_xlsx(
        tmp_path / "one.xlsx", sheet_xml(HEADER + row_xml(2, [inline("A2", "u1"), cell])), **made
    )
    return next(rows(inspect(path)))


def number(value: str, format_: int = 0) -> str:
    return f'<c r="B2" s="{format_}"><v>{value}</v></c>'


@pytest.mark.parametrize(
    ("cell", "text", "code"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', "#N/A", "excel_error"),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", "excel_error"),
        ('<c r="B2"><f>A1+1</f></c>', "", "formula_empty"),
        ('<c r="B2"><f>A1+1</f><v></v></c>', "", "formula_empty"),
        ('<c r="B2"><f>A1+1</f><v/></c>', "", "formula_empty"),
        ('<c r="B2"><f>A1+1</f><v>7</v></c>', "7", None),
        ('<c r="B2" t="str"><f>A1&amp;"x"</f><v>a &lt; b_x000D_</v></c>', "a < b\r", None),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', "", None),
        ('<c r="B2" t="str"><f>""</f><v/></c>', "", None),
        ("<c r='B2' t='str'><f>A1</f><v></v></c>", "", None),
        ('<c r="B2" t="str"><f>A1</f></c>', "", "formula_empty"),
        ('<c r="B2" t="str"><f t="shared" si="0"/></c>', "", "formula_empty"),
        ("<c r='B2' t='str'><f>A1</f></c>", "", "formula_empty"),
        ('<c r="B2" t="inlineStr"><f>A1</f></c>', "", "formula_empty"),
        ('<c r="B2" t="b"><f>A1</f></c>', "", "formula_empty"),
        ('<c r="B2" t="inlineStr"><f>A1</f><is><t></t></is></c>', "", None),
        ('<c r="B2" t="b"><v>1</v></c>', "true", None),
        ('<c r="B2" t="b"><v>0</v></c>', "false", None),
        ('<c r="B2" t="d"><v>2021-01-02T10:11:12</v></c>', "2021-01-02 10:11:12", None),
        ('<c r="B2" t="d"><v>2021-01-02T00:00:00</v></c>', "2021-01-02", None),
        ('<c r="B2" t="s"><v>9</v></c>', "", "cell_broken"),
        ('<c r="B2" t="s"><v>-1</v></c>', "", "cell_broken"),
        ('<c r="B2" t="inlineStr"><is><t>a_xD83D__xDE00_b</t></is></c>', "a😀b", None),
        ('<c r="B2"><v>twelve</v></c>', "twelve", "cell_broken"),
        ('<c r="B2"><v>INF</v></c>', "INF", "cell_broken"),
        ('<c r="B2" s="1"/>', "", None),
        ('<c t="inlineStr" r="B2"><is><t>a</t></is></c>', "a", None),
        (
            '<c r="B2" t="inlineStr"><is><r><t>a</t></r><rPh><t>no</t></rPh><r><t> b</t></r></is></c>',
            "a b",
            None,
        ),
        ('<c r="B2">\n  <v>5</v>\n</c>', "5", None),
        ("<c r='B2'><v>5</v></c>", "5", None),
    ],
)
def test_kinds_of_cells(cell: str, text: str, code: str | None, tmp_path: Path) -> None:
    row = one(tmp_path, cell)
    assert row.cells == ["u1", text]
    assert [(column, problem.code) for column, problem in row.hazards] == ([(1, code)] if code else [])


@pytest.mark.parametrize(
    ("raw", "text", "code"),
    [
        ("7", "7", None),
        ("-7", "-7", None),
        ("7.0", "7", None),
        ("1E3", "1000", None),
        ("0.1", "0.1", None),
        ("0.10000000000000001", "0.1", None),
        ("1.0000000000000001E-5", "0.00001", None),
        ("-0", "0", None),
        ("999999999999999", "999999999999999", None),
        ("1000000000000000", "1000000000000000", "lost_digits"),
        ("123456789012345678", "123456789012345678", "lost_digits"),
        ("1.2345678901234568E+17", "1.2345678901234568E+17", "lost_digits"),
        ("0.30000000000000004", "0.3", "number_digits"),
        ("007", "7", None),
        ("nan", "nan", "cell_broken"),
        ("1_000", "1_000", "cell_broken"),
    ],
)
def test_numbers(raw: str, text: str, code: str | None, tmp_path: Path) -> None:
    row = one(tmp_path, number(raw))
    assert row.cells[1] == text
    assert [problem.code for _, problem in row.hazards] == ([code] if code else [])


@pytest.mark.parametrize(
    ("code", "raw", "text", "shown", "level"),
    [
        ("00000", "420", "420", "00420", Level.WARNING),
        ("0000", "42000", "42000", None, None),
        ("0.00", "5", "5", None, None),
        ("#,##0.00", "1234.5", "1234.5", None, None),
        ("0", "1.6", "1.6", "2", Level.NOTE),
        ("0%", "0.5", "0.5", "50%", Level.WARNING),
        ("0.00E+00", "123456", "123456", "1.23E+5", Level.WARNING),
        ('"ID-"0000', "42", "42", "ID-0042", Level.WARNING),
        ("+0", "919876543210", "919876543210", "+919876543210", Level.WARNING),
        ('"0"0', "42", "42", "042", Level.WARNING),
        ("[<=9999999]###-####;(###) ###-####", "2125551234", "2125551234", "(212) 555-1234", Level.NOTE),
        ("[<=9999999]###-####;(###) ###-####", "5551234", "5551234", "555-1234", Level.NOTE),
        ('[>=1000]0,"K";0', "500", "500", None, None),
        ('[=1]"yes";[=0]"no";0', "0", "0", "no", Level.WARNING),
        ("#,##0_);(#,##0)", "-1234", "-1234", None, None),
        ('#,##0.00;-#,##0.00;"-"??', "0", "0", None, None),
        ("0.00", "0.004", "0.004", "0.00", Level.NOTE),
        ("[" * 30_000, "5", "5", "otherwise", Level.NOTE),
        ("[$€-407]#,##0.00", "1234.5", "1234.5", "€1,234.50", Level.NOTE),
        ("000-00-0000", "12345678", "12345678", "012-34-5678", Level.WARNING),
        ("@", "5", "5", None, None),
        ("General", "5", "5", None, None),
        ("# ?/?", "0.5", "0.5", "otherwise", Level.NOTE),
    ],
)
def test_formats_that_show_something_else(
    code: str, raw: str, text: str, shown: str | None, level: Level | None, tmp_path: Path
) -> None:
    row = one(tmp_path, number(raw, 1), formats=[code])
    assert row.cells[1] == text
    if shown is None:
        assert not row.hazards
        return
    ((column, problem),) = row.hazards
    assert (column, problem.code, problem.level) == (1, "number_format", level)
    assert shown in problem.message
    assert problem.step == (
        {"step": "pad", "width": len(code)}
        if set(code) == {"0"} and "," not in code and len(code) > 1
        else None
    )


DAY, STAMP, CLOCK, SPAN = 1, 2, 3, 4
FORMATS = ["yyyy-mm-dd", "dd/mm/yyyy hh:mm", "h:mm AM/PM", "[h]:mm:ss"]


@pytest.mark.parametrize(
    ("style", "raw", "text", "code"),
    [
        (DAY, "1", "1900-01-01", None),
        (DAY, "59", "1900-02-28", None),
        (DAY, "60", "60", "date_broken"),
        (DAY, "61", "1900-03-01", None),
        (DAY, "33202", "1990-11-25", None),
        (DAY, "-1", "-1", "date_broken"),
        (DAY, "0", "0", "date_broken"),
        (DAY, "2958465", "9999-12-31", None),
        (DAY, "2958466", "2958466", "date_broken"),
        (STAMP, "33202.5", "1990-11-25 12:00:00", None),
        (STAMP, "33202", "1990-11-25", None),
        (STAMP, "44197.42372685185", "2021-01-01 10:10:10", None),
        (CLOCK, "0.75", "18:00:00", None),
        (SPAN, "1.25", "30:00:00", None),
    ],
)
def test_dates_since_1900(style: int, raw: str, text: str, code: str | None, tmp_path: Path) -> None:
    row = one(tmp_path, number(raw, style), formats=FORMATS)
    assert row.cells[1] == text
    assert [problem.code for _, problem in row.hazards] == ([code] if code else [])


@pytest.mark.parametrize(
    ("raw", "text"), [("0", "1904-01-01"), ("31740", "1990-11-25"), ("60", "1904-03-01")]
)
def test_dates_since_1904(raw: str, text: str, tmp_path: Path) -> None:
    row = one(tmp_path, number(raw, DAY), formats=FORMATS, workbook='<workbookPr date1904="1"/>')
    assert row.cells[1] == text


@pytest.mark.gate("F2", seconds=60)
def test_a_dimension_that_lies_hides_nothing(tmp_path: Path) -> None:
    body = HEADER + "".join(
        row_xml(n, [inline(f"A{n}", f"u{n}"), inline(f"B{n}", "x")]) for n in range(2, 50)
    )
    for said in ("A1", "A1:B2", "A1:XFD1048576"):
        path = write_xlsx(tmp_path / "lie.xlsx", sheet_xml(body, before=f'<dimension ref="{said}"/>'))
        assert len(list(rows(inspect(path)))) == 48


@pytest.mark.gate("F2", seconds=60)
@pytest.mark.parametrize(("place", "code"), [("W3", "row_long"), ("BH3", "row_long"), ("ALM3", "cell_far")])
def test_a_row_whose_only_value_stands_far_right(place: str, code: str, tmp_path: Path) -> None:
    body = HEADER + row_xml(2, [inline("A2", "u1")]) + row_xml(3, [inline(place, "lonely")])
    first, second = rows(inspect(write_xlsx(tmp_path / "far.xlsx", sheet_xml(body))))
    assert (first.cells, first.hazards) == (["u1", ""], ())
    assert (second.number, second.cells) == (3, ["", ""])
    assert [(column, problem.code) for column, problem in second.hazards] == [(-1, code)]


def test_a_formula_without_a_result_right_of_the_table(tmp_path: Path) -> None:
    body = HEADER + row_xml(2, [inline("A2", "u1")]) + row_xml(3, ['<c r="BH3"><f>A1</f></c>'])
    _, second = rows(inspect(write_xlsx(tmp_path / "far.xlsx", sheet_xml(body))))
    assert [(column, problem.code) for column, problem in second.hazards] == [(-1, "row_long")]


@pytest.mark.gate("F1", seconds=60)
def test_a_cell_in_the_last_corner(tmp_path: Path) -> None:
    body = HEADER + row_xml(2, [inline("A2", "u1")]) + row_xml(1048576, [inline("XFD1048576", "far")])
    found = list(rows(inspect(write_xlsx(tmp_path / "far.xlsx", sheet_xml(body)))))
    assert [(row.number, row.cells) for row in found] == [(2, ["u1", ""]), (1048576, ["", ""])]
    assert [problem.code for _, problem in found[1].hazards] == ["cell_far"]
    path = write_xlsx(
        tmp_path / "far.xlsx",
        sheet_xml(HEADER + row_xml(2, [inline("A2", "u1"), inline("XFD2", "far")])),
    )
    (row,) = rows(inspect(path))
    assert [(column, problem.code) for column, problem in row.hazards] == [(-1, "cell_far")]


@pytest.mark.gate("F2", seconds=60)
def test_rows_and_columns_before_the_table(tmp_path: Path) -> None:
    body = (
        row_xml(3, [inline("B3", "Our customers")])
        + row_xml(5, [inline("B5", "userID"), inline("C5", "email"), inline("D5", "city")])
        + row_xml(6, [inline("B6", "u1"), inline("D6", "Rome")])
        + '<row r="7" spans="1:3"/>'
        + row_xml(9, [inline("B9", "u2"), inline("C9", "a@b.cd"), inline("D9", "Oslo")])
    )
    opened = inspect(write_xlsx(tmp_path / "offset.xlsx", sheet_xml(body)))
    assert opened.options.header_row == 5
    assert opened.header == ["Column A", "userID", "email", "city"]
    assert [(row.number, row.cells) for row in rows(opened)] == [
        (6, ["", "u1", "", "Rome"]),
        (9, ["", "u2", "a@b.cd", "Oslo"]),
    ]


def test_a_column_without_a_name_has_its_letter(tmp_path: Path) -> None:
    body = HEADER + row_xml(2, [inline("A2", "u1"), inline("D2", "unnamed")])
    opened = inspect(write_xlsx(tmp_path / "wide.xlsx", sheet_xml(body)))
    assert opened.header == ["userID", "value", "Column C", "Column D"]
    assert next(rows(opened)).cells == ["u1", "", "", "unnamed"]


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    empty = sheet_xml("")
    full = sheet_xml(HEADER + row_xml(2, [inline("A2", "u1")]))
    path = write_xlsx(tmp_path / "sheets.xlsx", [full, empty, full], states=["hidden", "", ""])
    opened = inspect(path)
    assert [(sheet.name, sheet.hidden) for sheet in opened.sheets] == [
        ("Sheet1", True),
        ("Sheet2", False),
        ("Sheet3", False),
    ]
    assert opened.options.sheet == "Sheet3"
    assert inspect(path, Options(sheet="sheet1")).options.sheet == "Sheet1"
    with pytest.raises(BadFile, match="“Sheet1”, “Sheet2”, “Sheet3”"):
        inspect(path, Options(sheet="Kunden"))
    with pytest.raises(BadFile, match="every row is empty"):
        inspect(path, Options(sheet="Sheet2"))


def test_rows_out_of_order_are_read_and_their_count_is_said(tmp_path: Path) -> None:
    lines = [row_xml(number, [inline(f"A{number}", f"u{number}")]) for number in (5, 3, 5, 9)]
    found = list(rows(inspect(write_xlsx(tmp_path / "f.xlsx", sheet_xml(HEADER + "".join(lines))))))
    assert [(row.number, row.cells[0]) for row in found] == [(5, "u5"), (6, "u3"), (7, "u5"), (9, "u9")]
    said = [[problem.message for _, problem in row.hazards] for row in found]
    assert said[0] == said[3] == []
    assert "number 3 behind row 5" in said[1][0] and "counted as 7" in said[2][0]


def test_no_row_comes_twice_where_cutting_gives_up_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "CHUNK", 4_096)
    lines = [HEADER]
    for number in range(2, 400):
        cells = [inline(f"A{number}", f"u{number}"), f'<c r="B{number}" s="1"/>']
        blank = (f'<row r="{number}"/>', f'<row r="{number}"></row>', row_xml(number, cells[1:]))
        lines.append(row_xml(number, cells) if number % 2 else blank[number // 2 % 3])
    lines.append("<row r='400'><c r='A400' t='str'><v><![CDATA[u400]]></v></c></row>")  # not for cutting
    found = list(rows(inspect(write_xlsx(tmp_path / "f.xlsx", sheet_xml("".join(lines))))))
    assert [(row.number, row.cells) for row in found] == [
        (number, [f"u{number}", ""]) for number in (*range(3, 400, 2), 400)
    ]


def test_a_row_without_an_end_is_given_up_soon(tmp_path: Path) -> None:
    endless = f'<row r="2" spans="{"9" * (40 << 20)}"><c r="A2"><v>1</v></c></row>'
    with pytest.raises(BadFile, match="damaged") as caught:
        inspect(write_xlsx(tmp_path / "f.xlsx", sheet_xml(HEADER + endless)))
    assert "larger than 32 MB" in caught.value.detail


@pytest.mark.parametrize("unusual", ["", "<!-- read by the full parser -->"])
def test_a_hidden_row_is_read_and_said(unusual: str, tmp_path: Path) -> None:
    lines = [row_xml(number, [inline(f"A{number}", f"u{number}")]) for number in (2, 3, 4)]
    lines[0] = lines[0].replace("<row", '<row hidden="0"')
    lines[1] = lines[1].replace("<row", '<row hidden="1" spans="1:2"')
    lines[2] = '<row r="4" hidden="true"/>'
    found = list(rows(inspect(write_xlsx(tmp_path / "f.xlsx", sheet_xml(HEADER + "".join(lines) + unusual)))))
    assert [row.cells[0] for row in found] == ["u2", "u3"]
    assert [[problem.code for _, problem in row.hazards] for row in found] == [[], ["row_hidden"]]


def test_merged_cells_are_said(tmp_path: Path) -> None:
    body = HEADER + row_xml(2, [inline("A2", "u1"), inline("B2", "both")]) + row_xml(3, [inline("A3", "u2")])
    merged = '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    opened = inspect(write_xlsx(tmp_path / "merged.xlsx", sheet_xml(body, after=merged)))
    assert [note.code for note in opened.notes] == ["merged_cells"]
    assert "B2:B3" in opened.notes[0].message
    assert [row.cells for row in rows(opened)] == [["u1", "both"], ["u2", ""]]


def test_shared_texts(tmp_path: Path) -> None:
    strings = (
        '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<si><t>plain &amp; simple</t></si><si/><si><t xml:space="preserve"> blank </t></si>'
        '<si><r><rPr><b/></rPr><t>rich</t></r><r><t xml:space="preserve"> text</t></r></si>'
        '<si><t>漢字</t><rPh sb="0" eb="1"><t>かんじ</t></rPh></si><si><t>a\r\nb_x005F_x000D_</t></si></sst>'
    )
    body = HEADER + "".join(
        row_xml(n + 2, [inline(f"A{n + 2}", "u"), f'<c r="B{n + 2}" t="s"><v>{n}</v></c>']) for n in range(6)
    )
    path = write_xlsx(tmp_path / "shared.xlsx", sheet_xml(body), strings=strings)
    expected = ["plain & simple", "", " blank ", "rich text", "漢字", "a\nb_x000D_"]
    assert [row.cells[1] for row in rows(inspect(path))] == expected
    path = write_xlsx(
        tmp_path / "cdata.xlsx", sheet_xml(body), strings=strings.replace("<sst", "<!-- x --><sst")
    )
    assert [row.cells[1] for row in rows(inspect(path))] == expected


BODY = HEADER + "".join(
    row_xml(n, [inline(f"A{n}", f"u{n}"), f'<c r="B{n}"><v>{n}</v></c>']) for n in range(2, 9)
)


@pytest.mark.parametrize(
    "xml",
    [
        sheet_xml(BODY),
        sheet_xml(BODY).replace("><", ">\n  <"),
        sheet_xml(BODY).replace("<sheetData>", "<sheetData><!-- a remark -->"),
        sheet_xml(BODY).replace("<v>5</v>", "<v><![CDATA[5]]></v>"),
        sheet_xml(BODY).replace(' r="5"', "").replace(' r="6"', ""),
        sheet_xml(BODY).replace('<c r="B7">', "<c>"),
        sheet_xml(BODY)
        .replace("xmlns=", "xmlns:x=")
        .replace("</", "</x:")
        .replace("<", "<x:")
        .replace("<x:/x:", "</x:")
        .replace("<x:?", "<?"),
        sheet_xml(BODY).replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
    ],
    ids=["plain", "indented", "comment", "cdata", "no row numbers", "no place", "prefix", "utf16"],
)
def test_ways_to_write_the_same_sheet(xml: str | bytes, tmp_path: Path) -> None:
    found = list(rows(inspect(write_xlsx(tmp_path / "way.xlsx", [xml]))))  # type: ignore[list-item]
    assert [(row.number, row.cells) for row in found] == [(n, [f"u{n}", str(n)]) for n in range(2, 9)]


def test_cutting_and_parsing_agree(corpus, tmp_path: Path) -> None:
    """The quick way through the XML gives what the full parser gives, for every workbook of the corpus."""
    compared = 0
    for path in sorted(corpus("workbooks").glob("files/*.xls[xm]")):
        try:
            book = Xlsx(path)
        except BadFile:
            continue
        with book:
            for sheet, part in book._parts.items():
                reader = RowReader(path, book._strings, book._formats, book._since_1904)

                def read(part: str = part, book: Xlsx = book):
                    return book._package.chunks(part)

                try:
                    exact = [row for found in exact_rows(path, read()) if (row := reader.row(found)).cells]
                except BadFile:
                    continue
                quick = [row for found in rows_of(path, read) if (row := reader.row(found)).cells]
                assert quick == exact, (path.name, sheet)
                compared += len(exact)
    assert compared > 500


@pytest.mark.gate("F1", seconds=60)
@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'),
        lambda xml: xml[: len(xml) // 2],
        lambda xml: xml.replace("</sheetData>", ""),
    ],
    ids=["entities", "cut", "no end"],
)
def test_broken_xml_is_said(change, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "broken.xlsx", change(sheet_xml(BODY)))
    with pytest.raises(BadFile):
        list(rows(inspect(path)))


@pytest.mark.gate("F1", seconds=60)
def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "bomb.xlsx", sheet_xml(HEADER + " " * (100 << 20)))
    with pytest.raises(BadFile, match="would unpack"):
        inspect(path)


@pytest.mark.gate("F1", seconds=60)
def test_too_many_parts(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "parts.xlsx", sheet_xml(BODY))
    with zipfile.ZipFile(path, "a") as archive:
        for index in range(10_001):
            archive.writestr(f"xl/media/{index}", b"")
    with pytest.raises(BadFile, match="parts"):
        inspect(path)


@pytest.mark.gate("F1", seconds=60)
def test_a_million_empty_rows(tmp_path: Path) -> None:
    empty = "".join(f'<row r="{n}"/>' for n in range(3, 300_000))
    body = HEADER + row_xml(2, [inline("A2", "u1")]) + empty + row_xml(300_000, [inline("A300000", "u2")])
    found = list(rows(inspect(write_xlsx(tmp_path / "empty.xlsx", sheet_xml(body)))))
    assert [(row.number, row.cells[0]) for row in found] == [(2, "u1"), (300_000, "u2")]


def test_other_zips_are_named(tmp_path: Path) -> None:
    for part, words in (("word/document.xml", "Word"), ("Index/Document.iwa", "Numbers"), ("a.txt", "zip")):
        path = tmp_path / "other.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, "x")
        with pytest.raises(BadFile, match=words):
            inspect(path)


def test_what_openpyxl_writes(tmp_path: Path) -> None:
    """Ten thousand cells of many kinds: each is exactly what was written, or flagged."""
    rng = random.Random(20)
    kinds = [
        lambda: (v := rng.randrange(-(10**15) + 1, 10**15), str(v)),
        lambda: (v := rng.randrange(0, 1000), str(v)),
        lambda: (v := round(rng.uniform(-1e6, 1e6), rng.randrange(0, 6)), _plain(v)),
        lambda: (v := float(f"{rng.random() * 10.0 ** rng.randrange(-12, 12):.15g}"), _plain(v)),
        lambda: (v := rng.random() < 0.5, "true" if v else "false"),
        lambda: (
            v := dt.datetime(1900, 3, 1) + dt.timedelta(days=rng.randrange(36500)),
            v.date().isoformat(),
        ),
        lambda: (v := dt.datetime(1950, 3, 1, 1, 2, 3) + dt.timedelta(minutes=rng.randrange(10**7)), str(v)),
        lambda: (
            v := "".join(rng.choice(' aé"<>&;,\n\t漢🙂_x000D_\u202e') for _ in range(rng.randrange(1, 20))),
            v,
        ),
        lambda: (v := f"{rng.randrange(10**6):08d}", v),
        lambda: (v := f"+{rng.randrange(10**11)}", v),
        lambda: (v := f"{rng.randrange(10**18)}", v),
        lambda: (v := "#N/A", v),
        lambda: (v := rng.randrange(10**15, 10**18), str(v)),
    ]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append([f"name {index}" for index in range(10)])
    expected = []
    for _ in range(1000):
        line = [rng.choice(kinds)() for _ in range(10)]
        sheet.append([value for value, _ in line])
        expected.append([text for _, text in line])
    path = tmp_path / "many.xlsx"
    book.save(path)
    book.close()
    wrong = []
    for row, line in zip(rows(inspect(path, Options(header_row=1))), expected, strict=True):
        flagged = {column for column, _ in row.hazards}
        wrong += [
            (got, text)
            for index, (got, text) in enumerate(zip(row.cells, line, strict=True))
            if got != text and index not in flagged
        ]
    assert not wrong


def _plain(value: float) -> str:
    from decimal import Decimal

    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def test_rows_that_look_alike_are_read_as_they_stand(tmp_path: Path) -> None:
    """Read by one pattern or cell by cell: the same texts and hazards, in whatever mixture cells come."""
    rng = random.Random(3)
    numbers = ["7", "-0", "0.1", "1E3", "64.29000000000001", "12345678901234567", "007", "1.50", ".", "-7.25"]

    def cell(place: str) -> str:
        return rng.choice(
            [
                f'<c r="{place}" t="s"><v>{rng.randrange(4)}</v></c>',
                f'<c r="{place}"><v>{rng.choice(numbers)}</v></c>',
                f'<c r="{place}" s="1"><v>{rng.choice(numbers)}</v></c>',
                f'<c r="{place}" s="1"/>',
                f'<c r="{place}" t="e"><v>#N/A</v></c>',
                f'<c r="{place}"><f>A1</f><v>3</v></c>',
                "",
                inline(place, "text"),
            ]
        )

    body = HEADER
    for n in range(2, 600):
        kinds = [cell(f"{letter}{n}") for letter in "BCD"] if n % 3 else [f'<c r="B{n}"><v>{n}</v></c>']
        body += row_xml(n, [f'<c r="A{n}" t="s"><v>1</v></c>', *kinds])
    strings = (
        '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>zero</t></si><si><t>one</t></si><si><t/></si></sst>"
    )
    path = write_xlsx(tmp_path / "alike.xlsx", sheet_xml(body), strings=strings)
    with Xlsx(path) as book:
        part = next(iter(book._parts.values()))
        quick = list(book.rows(book.sheets[0].name))
        reader = RowReader(path, book._strings, book._formats)
        exact = [reader.row(found) for found in exact_rows(path, book._package.chunks(part))]
    assert quick == exact


@pytest.mark.parametrize("data", [2, 3])
def test_a_cover_sheet_is_passed_over(tmp_path: Path, data: int) -> None:
    cover = sheet_xml(row_xml(1, [inline("A1", "Customers of spring, made by the shop")]))
    people = sheet_xml(HEADER + row_xml(2, [inline("A2", "u1"), inline("B2", "x")]))
    hidden = people if data == 3 else cover
    sheets = [cover, people, cover] if data == 2 else [cover, hidden, people]
    path = write_xlsx(tmp_path / "cover.xlsx", sheets, states=("", "" if data == 2 else "hidden", ""))
    opened = inspect(path)
    assert opened.options.sheet == f"Sheet{data}"
    assert opened.header == ["userID", "value"]
    assert [note.code for note in opened.notes] == ["sheet_passed"]
    with pytest.raises(BadFile, match="no row below"):
        inspect(path, Options(sheet="Sheet1"))


def test_a_workbook_of_covers_says_why_the_first_is_no_list(tmp_path: Path) -> None:
    cover = sheet_xml(row_xml(1, [inline("A1", "Nothing here")]))
    with pytest.raises(BadFile, match="no row below"):
        inspect(write_xlsx(tmp_path / "covers.xlsx", [cover, cover]))
