"""Workbooks of other people, and the formats that another library reads."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level
from nv_desktop.core.sheet import blocks, inspect, rows
from tests.data.sheets import write_ods

ROOT = Path(__file__).resolve().parents[3]
READ_ALL = """
import json, sys
from pathlib import Path
from nv_desktop.core.errors import BadFile
from nv_desktop.core.sheet import Options, inspect, rows
for name in sys.argv[1:]:
    print(json.dumps([name, "begun"]), flush=True)
    try:
        first = inspect(Path(name))
        count = sum(1 for _ in rows(first))
        for sheet in first.sheets:
            try:
                count += sum(1 for _ in rows(inspect(Path(name), Options(sheet=sheet.name))))
            except BadFile:
                pass
        print(json.dumps([name, count]), flush=True)
    except BadFile as error:
        assert error.message and error.remedy, error
        print(json.dumps([name, error.message]), flush=True)
"""


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1536 << 20, 1536 << 20))


@pytest.mark.gate("F1", seconds=60)
@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is set with RLIMIT_AS")
def test_every_workbook_ends_in_rows_or_a_reason(corpus) -> None:
    files = sorted(corpus("workbooks").glob("files/*"))
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=_limited,
    )
    ends = dict(json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 0, (list(ends)[-1], done.stderr[-800:])
    assert len(ends) == len(files)
    assert "begun" not in ends.values()
    by_name = {Path(name).name: end for name, end in ends.items()}
    for name in ("pass_protected.xlsx", "pass_protected.xlsb", "pass_protected.ods", "issue_385.xls"):
        assert "password" in str(by_name[name])
    assert sum(1 for end in by_name.values() if isinstance(end, int)) > 50


def _ods_cell(kind: str, value: str, shown: str, more: str = "") -> str:
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    said = "" if kind == "string" else f' office:{name}="{value}"'
    about = f'office:value-type="{kind}"{said} {more}'
    return f"<table:table-cell {about}><text:p>{shown}</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("cell", "text", "code"),
    [
        (_ods_cell("float", "7", "7"), "7", None),
        (_ods_cell("float", "420", "00420"), "420", "number_format"),
        (_ods_cell("float", "1234.5", "1,234.50"), "1234.5", None),
        (_ods_cell("float", "1234.5", "1.234,50"), "1234.5", None),
        (_ods_cell("float", "1234.5", "1 234,50"), "1234.5", None),
        (_ods_cell("percentage", "0.5", "50%"), "0.5", "number_format"),
        (_ods_cell("float", "1.23456789012346E+017", "1E17"), "1.23456789012346E+017", "lost_digits"),
        (_ods_cell("date", "1990-11-25", "25.11.90"), "1990-11-25", None),
        (_ods_cell("date", "1990-11-25T10:11:12", "25.11.90"), "1990-11-25 10:11:12", None),
        (_ods_cell("time", "PT30H00M05S", "30:00:05"), "30:00:05", None),
        (_ods_cell("boolean", "true", "WAHR"), "true", None),
        (_ods_cell("string", "", "a<text:s text:c='2'/>b</text:p><text:p>c"), "a  b\nc", None),
        (_ods_cell("string", "", "#N/A", 'table:formula="of:=NA()"'), "#N/A", "excel_error"),
        ('<table:table-cell table:formula="of:=A1"/>', "", "formula_empty"),
    ],
)
def test_ods_cells(cell: str, text: str, code: str | None, tmp_path: Path) -> None:
    head = "".join(_ods_cell("string", "", name) for name in ("userID", "value"))
    table = (
        f"<table:table-row>{head}</table:table-row>"
        f"<table:table-row>{_ods_cell('string', '', 'u1')}{cell}</table:table-row>"
    )
    (row,) = rows(inspect(write_ods(tmp_path / "one.ods", table)))
    assert row.cells == ["u1", text]
    assert [(column, problem.code) for column, problem in row.hazards] == ([(1, code)] if code else [])


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        ("ID-42", Level.WARNING),
        ("+42", Level.WARNING),
        ("(04) 2", Level.WARNING),
        ("00042", Level.WARNING),
        ("42 Stück", Level.NOTE),
        ("€ 42", Level.NOTE),
        ("41,9", Level.NOTE),
    ],
)
def test_an_ods_number_that_may_be_meant_as_it_is_shown(shown: str, level: Level, tmp_path: Path) -> None:
    table = f"<table:table-row>{_ods_cell('string', '', 'userID')}</table:table-row>"
    table += f"<table:table-row>{_ods_cell('float', '42', shown)}</table:table-row>"
    (row,) = rows(inspect(write_ods(tmp_path / "one.ods", table)))
    assert [problem.level for _, problem in row.hazards] == [level]


def test_merged_cells_of_an_ods_are_said(tmp_path: Path) -> None:
    wide = _ods_cell("string", "", "x", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    plain = _ods_cell("string", "", "x", 'table:number-rows-spanned="1" table:number-columns-spanned="1"')
    for cell, codes in ((wide, ["merged_cells"]), (plain, [])):
        table = f"<table:table-row>{cell}</table:table-row>" * 2
        assert [note.code for note in inspect(write_ods(tmp_path / "m.ods", table)).notes] == codes


def test_ods_repeats(tmp_path: Path) -> None:
    names = "".join(_ods_cell("string", "", name) for name in ("userID", "a", "b", "c"))
    gap = (
        '<table:table-row table:number-rows-repeated="{}">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    seven = _ods_cell("float", "7", "7", 'table:number-columns-repeated="2"')
    table = (
        f"<table:table-row>{names}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{_ods_cell("string", "", "u1")}'
        f"{seven}"
        '<table:table-cell table:number-columns-repeated="16381"/></table:table-row>'
        + gap.format(5)
        + f"<table:table-row>{_ods_cell('string', '', 'u2')}</table:table-row>"
        + gap.format(1048566)
    )
    found = list(rows(inspect(write_ods(tmp_path / "repeats.ods", table))))
    assert [(row.number, row.cells) for row in found] == [
        (2, ["u1", "7", "7", ""]),
        (3, ["u1", "7", "7", ""]),
        (9, ["u2", "", "", ""]),
    ]


def test_ods_rows_that_a_filter_hides_are_read_and_said(tmp_path: Path) -> None:
    cell = _ods_cell("string", "", "x")
    table = f"<table:table-row>{cell}</table:table-row>"
    for more in ("", ' table:visibility="filter" table:number-rows-repeated="2"'):
        table += f"<table:table-row{more}>{cell}</table:table-row>"
    found = list(rows(inspect(write_ods(tmp_path / "f.ods", table))))
    assert [[problem.code for _, problem in row.hazards] for row in found] == [
        [],
        ["row_hidden"],
        ["row_hidden"],
    ]


@pytest.mark.gate("F1", seconds=60)
@pytest.mark.parametrize(
    ("repeated", "columns", "words"),
    [(1_048_576, 1000, "60,000,000 cells"), (2_000_000, 2, "1,048,576 rows")],
)
def test_an_ods_bomb_is_refused_before_it_goes_off(
    repeated: int, columns: int, words: str, tmp_path: Path
) -> None:
    line = _ods_cell("string", "", "x", f'table:number-columns-repeated="{columns}"')
    table = f'<table:table-row table:number-rows-repeated="{repeated}">{line}</table:table-row>'
    with pytest.raises(BadFile, match=words):
        inspect(write_ods(tmp_path / "bomb.ods", table))


@pytest.mark.gate("F1", seconds=60)
def test_one_long_text_named_a_million_times_does_not_fill_the_disk(tmp_path: Path) -> None:
    head = "<table:table-row>" + _ods_cell("string", "", "userID") + _ods_cell("string", "", "note")
    line = _ods_cell("string", "", "u1") + _ods_cell("string", "", "x" * 100_000)
    many = f'<table:table-row table:number-rows-repeated="1000000">{line}</table:table-row>'
    table = f"{head}</table:table-row>{many}"
    opened = inspect(write_ods(tmp_path / "bomb.ods", table))
    read = 0
    with pytest.raises(BadFile, match="more than 1 GB"):
        for block in blocks(opened):
            read += len(block.cells)
    assert read < 40_000
