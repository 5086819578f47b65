"""Makes the spreadsheets that the tests of reading need: XML and zip by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types '
    'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    "</Types>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    """The XML of a sheet around the given `<row>` elements."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def write_xlsx(
    path: Path,
    sheet: str | Sequence[str],
    *,
    strings: str | None = None,
    formats: Sequence[str] = (),
    workbook: str = "",
    states: Sequence[str] = (),
) -> Path:
    """An xlsx from the XML of its sheets (named Sheet1, Sheet2 …). Style `s="N"` has the N-th number format,
    counted from 1; style 0 is General."""
    sheets = [sheet] if isinstance(sheet, str) else list(sheet)
    listed, related = "", ""
    for number, _ in enumerate(sheets, 1):
        state = f' state="{states[number - 1]}"' if states and states[number - 1] else ""
        listed += f'<sheet name="Sheet{number}" sheetId="{number}"{state} r:id="rId{number}"/>'
        target = f"worksheets/sheet{number}.xml"
        related += f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="{target}"/>'
    related += f'<Relationship Id="rId900" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    codes = "".join(
        f'<numFmt numFmtId="{163 + number}" formatCode="{_escaped(code)}"/>'
        for number, code in enumerate(formats, 1)
    )
    used = '<xf numFmtId="0"/>' + "".join(f'<xf numFmtId="{163 + n}"/>' for n, _ in enumerate(formats, 1))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            _RELS.format(
                f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            ),
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{workbook}'
            f"<sheets>{listed}</sheets></workbook>",
        )
        if strings is not None:
            related += (
                f'<Relationship Id="rId901" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
            )
            archive.writestr("xl/sharedStrings.xml", strings)
        archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(related))
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{used}</cellXfs></styleSheet>',
        )
        for number, xml in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", xml)
    return path


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def inline(place: str, text: str) -> str:
    """A cell with its text in place."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


def row_xml(number: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def header_xml(*names: str) -> str:
    """Row 1 with these names from column A on."""
    return row_xml(1, (inline(f"{chr(65 + index)}1", name) for index, name in enumerate(names)))


def write_ods(path: Path, table: str) -> Path:
    """An ods from the XML of its `<table:table-row>` elements; the sheet is called Sheet1."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
            f'<office:spreadsheet><table:table table:name="Sheet1">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path
