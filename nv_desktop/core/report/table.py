"""A plain table as a workbook of text cells: what profiles are exported as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nv_desktop.core.errors import BadFile
from nv_desktop.core.files import reason as why
from nv_desktop.core.report.place import Place
from nv_desktop.core.report.text_cells import PlainSheet, close_book, new_book, put
from nv_desktop.core.report.workbook import SHEET_ROWS, Written, side_csv


def write_table(path: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Written:
    """One sheet (0600, whole or not at all), at most 1,048,575 rows. The first column names a row.

    Texts that no cell can hold stand whole in a csv beside it, which a sentence names. A file that another
    program holds open is left alone, and the next free name is taken. Raises BadFile.
    """
    try:
        with Place(path) as place:
            written = Written(place.path)
            book = new_book(place.new("book.xlsx"), place.folder)
            try:
                long = _fill(book, name, header, rows, written)
            finally:
                close_book(book)
            if long:
                side = place.beside("long cells.csv")
                place.put_beside(side, side_csv(long, header[0]))
                written.side_file = side
                written.sentences.append(f"Texts too long for a cell are whole in “{side.name}”.")
            written.path = place.put("book.xlsx")
    except OSError as problem:
        raise BadFile(
            f"“{path.name}” could not be written: {why(problem)}.", "Choose another folder or name."
        ) from problem
    if written.path != path:
        written.sentences.insert(0, f"“{path.name}” is open in another program, so another name was taken.")
    return written


def _fill(
    book: object, name: str, header: Sequence[str], rows: Iterable[Sequence[str]], written: Written
) -> list[tuple[str, str, str]]:
    """Write the rows; (first cell, header, text) of what does not fit."""
    sheet = book.add_worksheet(name, PlainSheet)  # type: ignore[attr-defined] # xlsxwriter is untyped
    bold = book.add_format({"bold": True})  # type: ignore[attr-defined] # as above
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(header), 20)
    long: list[tuple[str, str, str]] = []
    for column, text in enumerate(header):
        if put(sheet, 0, column, text, bold):
            long.append(("", text, text))
    for line, cells in enumerate(rows, 1):
        if line > SHEET_ROWS:
            raise BadFile("These are more rows than a sheet holds.", "Export them as CSV.")
        for column, text in enumerate(cells):
            if text and put(sheet, line, column, text):
                long.append((cells[0], header[column], text))
        written.rows += 1
    return long
