"""Files of people for the benchmarks: 15 columns of mixed types, as csv and as an ordinary workbook."""

from __future__ import annotations

import csv
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

HEADER = (
    "userID", "first_name", "last_name", "email", "mobile", "birth_date", "gender", "email_opt_in",
    "sms_opt_in", "whatsapp_opt_in", "plan", "points", "score", "vip", "city",
)  # fmt: skip
BAD_CELLS = 0.02
_NUMBERS = (11, 12)  # columns that a workbook keeps as numbers
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def people(rows: int) -> Iterator[tuple[str, ...]]:
    """Rows of texts; 2 % of the cells of seven columns break a rule."""
    rng = random.Random(7)
    for n in range(rows):
        bad = [rng.random() < BAD_CELLS for _ in range(7)]
        yield (
            f"CUST-{n:07d}",
            f"First{n % 5_000}",
            f"Last{n % 70_000}",
            f"user{n}.example.com" if bad[0] else f"user{n}@example.com",
            "98 7654 321" if bad[1] else f"+9198{n:08d}",
            "25/11/1990" if bad[2] else f"1990-11-{n % 28 + 1:02d}",
            "M" if bad[3] else ("male", "female")[n % 2],
            "yes" if bad[4] else "1",
            "off" if bad[5] else "0",
            "1",
            ("gold", "silver")[n % 2],
            "n/a" if bad[6] else str(n * 7 % 10_000),
            f"{n % 977 / 7:.2f}",
            "true",
            f"Berlin Mitte {n % 300}",
        )


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows(people(rows))


def write_xlsx(path: Path, rows: int) -> None:
    """One sheet, texts shared, numbers as numbers; streamed, but for the shared texts."""
    texts: dict[str, int] = {}
    letters = "ABCDEFGHIJKLMNO"

    def cell(number: int, column: int, text: str) -> str:
        if column in _NUMBERS and text[0].isdigit():
            return f'<c r="{letters[column]}{number}"><v>{float(text):.10g}</v></c>'
        index = texts.setdefault(text, len(texts))
        return f'<c r="{letters[column]}{number}" t="s"><v>{index}</v></c>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for name, text in _SMALL.items():
            book.writestr(name, _HEAD + text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:O{rows + 1}"/>'.encode())
            sheet.write(b"<sheetData>")
            for number, row in enumerate((HEADER, *people(rows)), 1):
                cells = "".join(cell(number, column, text) for column, text in enumerate(row))
                sheet.write(f'<row r="{number}" spans="1:15">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w") as shared:
            shared.write(f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">'.encode())
            for text in texts:
                shared.write(f"<si><t>{escape(text)}</t></si>".encode())
            shared.write(b"</sst>")


_SMALL = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
