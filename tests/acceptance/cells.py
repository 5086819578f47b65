"""Cells as a list of customers may hold them, of some 45 kinds, and the files that hold them.

A `Cell` says what is written into the file and what a reader must give back: one of `texts`, or, where there
is none, a flag at the cell. Made from a seed, and independent of the reader's rules.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt
from xlrd import biffh

from tests.data.sheets import write_ods

Stored = str | int | float | bool | dt.date | dt.datetime | dt.time


@dataclass(frozen=True)
class Cell:
    """`stored` with a number format `shown`; `form`: value, error (an error cell) or formula (`stored` is its
    result; where `texts` is empty it was never computed)."""

    kind: str
    stored: Stored
    texts: tuple[str, ...]
    shown: str = ""
    form: str = "value"
    must_flag: bool = False


def _digits(rng: Random, count: int) -> str:
    return str(rng.randrange(1, 10)) + "".join(rng.choices("0123456789", k=count - 1))


def _letters(rng: Random, alphabet: str, least: int, most: int) -> str:
    return "".join(rng.choices(alphabet, k=rng.randint(least, most)))


def _day(rng: Random) -> dt.date:
    return dt.date(1905, 1, 1) + dt.timedelta(days=rng.randrange(40_000))


_LATIN = "abcdefghijklmnopqrstuvwxyz"

# kind -> the text; the same in every format
TEXTS: dict[str, Callable[[Random], str]] = {
    "leading zeros": lambda r: "0" * r.randint(1, 4) + _digits(r, r.randint(1, 9)),
    "exponent": lambda r: f"{r.randrange(1, 10)}E{r.randrange(1, 30)}",
    "small exponent": lambda r: f"{r.randrange(1, 10)}e{r.randrange(1, 30):02}",
    "point zero": lambda r: f"{r.randrange(1000)}.0",
    "trailing zeros": lambda r: f"{r.randrange(100)}.{r.randrange(1, 10)}00",
    "plus": lambda r: "+" + _digits(r, r.randint(1, 15)),
    "16 digits": lambda r: _digits(r, 16),
    "20 digits": lambda r: _digits(r, 20),
    "minus zero": lambda r: r.choice(["-0", "-0.0", "-00"]),
    "word for yes": lambda r: r.choice(["true", "FALSE", "Yes", "no", "Y", "1"]),
    "word for nothing": lambda r: r.choice(["NULL", "null", "None", "nil", "NaN", "-", "n/a"]),
    "date as text": lambda r: _day(r).strftime(r.choice(["%Y-%m-%d", "%d/%m/%Y", "%m-%d-%y", "%d.%m.%Y"])),
    "grouped": lambda r: f"{r.randrange(1, 999)},{r.randrange(1000):03}.{r.randrange(100):02}",
    "decimal comma": lambda r: f"{r.randrange(1, 999)},{r.randrange(100):02}",
    "formula as text": lambda r: r.choice("=+-@") + _letters(r, _LATIN, 2, 6) + "()",
    "quotes": lambda r: _letters(r, _LATIN + "\"'", 3, 9),
    "delimiters": lambda r: _letters(r, _LATIN + ",;\t|", 3, 12),
    "lines": lambda r: _letters(r, _LATIN + "\n", 5, 20).strip() or "x",
    "blanks around": lambda r: " " * r.randint(0, 3) + _letters(r, _LATIN, 1, 8) + " " * r.randint(1, 3),
    "blanks inside": lambda r: f"{_letters(r, _LATIN, 1, 5)}  {_letters(r, _LATIN, 1, 5)}",
    "hard blank": lambda r: f"{_letters(r, _LATIN, 1, 5)}\u00a0{_letters(r, _LATIN, 1, 5)}",
    "emoji": lambda r: _letters(r, "😀👩🏽🇮🇳🎉", 1, 5) + _letters(r, _LATIN, 0, 3),
    "accents, composed": lambda r: _letters(r, "äöüßéèñçøåÅŁžİı", 2, 9),
    "accents, combining": lambda r: "".join(c + "\u0301" for c in _letters(r, "aeiou", 1, 5)),
    "right to left": lambda r: _letters(r, "שלוםמחמדعلي", 2, 9),
    "bidi marks": lambda r: f"{_letters(r, _LATIN, 1, 4)}\u202e{_letters(r, _LATIN, 1, 4)}\u202c",
    "zero width": lambda r: f"{_letters(r, _LATIN, 1, 4)}\u200b{_letters(r, _LATIN, 1, 4)}",
    "Devanagari": lambda r: _letters(r, "नमस्तेआशा", 2, 9).strip("्े") or "न",
    "CJK": lambda r: _letters(r, "張偉王小明北京市山田太郎", 2, 9),
    "Arabic digits": lambda r: _letters(r, "٠١٢٣٤٥٦٧٨٩", 1, 9),
    "long": lambda r: _letters(r, _LATIN + " ", 500, 900).strip(),
    "escaped as Excel does": lambda r: f"_x{r.randrange(0x10, 0xFFFF):04X}_",
    "markup": lambda r: f"<b>&amp;{_letters(r, _LATIN, 1, 4)}</b>&#{r.randrange(40, 99)};",
    "apostrophe": lambda r: "'" + _digits(r, r.randint(1, 6)),
    "half a number": lambda r: f"{r.randrange(100)}{_letters(r, 'abcxyz', 1, 2)}{r.randrange(100)}",
}  # fmt: skip


def _number(kind: str, value: float | int, shown: str = "", must_flag: bool = False) -> Cell:
    text = format(value, ".15g")
    texts = (text,) if "e" not in text else (f"{value:.20f}".rstrip("0"), text)
    return Cell(kind, value, texts, shown, must_flag=must_flag)


# kind -> the cell, in workbooks alone: in a csv there are only texts
TYPED: dict[str, Callable[[Random], Cell]] = {
    "whole": lambda r: _number("whole", r.randrange(-9999, 99_999)),
    "15 digits": lambda r: _number("15 digits", int(_digits(r, 15))),
    "18 digits": lambda r: Cell("18 digits", float(_digits(r, 18)), (), must_flag=True),
    "fraction": lambda r: _number("fraction", r.randrange(1, 10**6) / 10 ** r.randint(1, 4)),
    "amount": lambda r: _number("amount", r.randrange(1, 10**6) / 100, "#,##0.00"),
    "zeros of the format": lambda r: _number("zeros", r.randrange(1, 9999), "00000", must_flag=True),
    "percent": lambda r: _number("percent", r.randrange(1, 99) / 100, "0%", must_flag=True),
    "flag": lambda r: (lambda v: Cell("flag", v, ("true" if v else "false",)))(r.random() < 0.5),
    "day": lambda r: (lambda d: Cell("day", d, (d.isoformat(),), "yyyy-mm-dd"))(_day(r)),
    "moment": lambda r: (
        lambda m: Cell("moment", m, (m.isoformat(" "),), "yyyy-mm-dd hh:mm:ss")
    )(dt.datetime.combine(_day(r), dt.time(r.randrange(24), r.randrange(60), r.randrange(1, 60)))),
    "error": lambda r: (lambda e: Cell("error", e, (e,), form="error", must_flag=True))(
        r.choice(["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
    ),
    "formula": lambda r: (lambda n: Cell("formula", n, (str(n),), form="formula"))(r.randrange(9999)),
    "formula never computed": lambda r: Cell("formula never computed", 0, (), form="formula", must_flag=True),
}  # fmt: skip


def text_cell(kind: str, rng: Random) -> Cell:
    text = TEXTS[kind](rng)
    return Cell(kind, text, (text,))


def grid(count: int, width: int, seed: int, *, typed: bool) -> list[list[Cell]]:
    """At least `count` cells in rows of `width`, every kind as often as the others."""
    rng = Random(seed)
    makers = [lambda kind=kind: text_cell(kind, rng) for kind in TEXTS]
    if typed:
        makers += [lambda kind=kind: TYPED[kind](rng) for kind in TYPED]
    cells: list[Cell] = []
    while len(cells) < count:
        rng.shuffle(makers)
        cells += [make() for make in makers]
    return [cells[start : start + width] for start in range(0, len(cells) - width + 1, width)]


def write_csv(path: Path, header: Sequence[str], rows: Sequence[tuple[str, list[Cell]]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([[user, *(str(cell.stored) for cell in cells)] for user, cells in rows])
    return path


def write_xlsx(path: Path, header: Sequence[str], rows: Sequence[tuple[str, list[Cell]]]) -> Path:
    off = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, off)
    sheet = book.add_worksheet("People")
    looks = {cell.shown: book.add_format({"num_format": cell.shown}) for _, row in rows for cell in row}
    sheet.write_row(0, 0, header)
    for number, (user, cells) in enumerate(rows, 1):
        sheet.write_string(number, 0, user)
        for column, cell in enumerate(cells, 1):
            look = looks[cell.shown] if cell.shown else None
            if cell.form == "error":
                sheet.write_formula(number, column, f"={cell.stored}", None, cell.stored)
            elif cell.form == "formula":
                sheet.write_formula(number, column, "=1+1", None, cell.stored if cell.texts else "")
            elif isinstance(cell.stored, str):
                sheet.write_string(number, column, cell.stored, look)
            elif isinstance(cell.stored, bool):
                sheet.write_boolean(number, column, cell.stored, look)
            elif isinstance(cell.stored, dt.date):
                sheet.write_datetime(number, column, cell.stored, look)
            else:
                sheet.write_number(number, column, cell.stored, look)
    book.close()
    return path


def write_xls(path: Path, header: Sequence[str], rows: Sequence[tuple[str, list[Cell]]]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("People")
    codes = {text: code for code, text in biffh.error_text_from_code.items()}
    looks = {
        cell.shown: xlwt.easyxf(num_format_str=cell.shown) for _, row in rows for cell in row if cell.shown
    }
    for column, name in enumerate(header):
        sheet.write(0, column, name)
    for number, (user, cells) in enumerate(rows, 1):
        sheet.write(number, 0, user)
        for column, cell in enumerate(cells, 1):
            if cell.form == "error":
                sheet.row(number).set_cell_error(column, codes[str(cell.stored)])
            elif cell.form == "formula":
                sheet.write(number, column, xlwt.Formula("1+1"))  # xlwt computes nothing
            elif cell.shown:
                sheet.write(number, column, cell.stored, looks[cell.shown])
            else:
                sheet.write(number, column, cell.stored)
    book.save(str(path))
    return path


def _ods(cell: Cell) -> str:
    value, kind = cell.stored, "float"
    if cell.form == "error":
        said = 'table:formula="of:=NA()" office:value-type="string"'
        return f"<table:table-cell {said}><text:p>{value}</text:p></table:table-cell>"
    if cell.form == "formula" and not cell.texts:
        return '<table:table-cell table:formula="of:=1+1"/>'
    if isinstance(value, str):
        lines = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in value.split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
    shown = str(value)
    if isinstance(value, bool):
        said = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, dt.date):
        said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        if cell.shown == "0%":
            kind, shown = "percentage", f"{round(float(value) * 100)}%"
        elif cell.shown == "00000":
            shown = f"{value:05}"
        elif cell.shown == "#,##0.00":
            shown = f"{value:,.2f}"
        said = f'office:value-type="{kind}" office:value="{value!r}"'
    return f"<table:table-cell {said}><text:p>{shown}</text:p></table:table-cell>"


def _ods_text(text: str) -> str:
    """Blanks that stand together, first or last, and tabs are elements of their own."""
    parts: list[str] = []
    for place, char in enumerate(text):
        alone = char == " " and 0 < place < len(text) - 1 and text[place - 1] != " "
        parts.append(
            "<text:tab/>" if char == "\t" else "<text:s/>" if char == " " and not alone else escape(char)
        )
    return "".join(parts)


def write_ods_file(path: Path, header: Sequence[str], rows: Sequence[tuple[str, list[Cell]]]) -> Path:
    lines = [[Cell("header", name, (name,)) for name in header]]
    lines += [[Cell("userID", user, (user,)), *cells] for user, cells in rows]
    return write_ods(
        path, "".join(f"<table:table-row>{''.join(map(_ods, line))}</table:table-row>" for line in lines)
    )


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "xls": write_xls, "ods": write_ods_file}
