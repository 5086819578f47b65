"""From a path to the first look, and from the first look to every row: the same for all formats."""

from __future__ import annotations

import gc
import hashlib
import locale
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet import delimited, encoding, header, sniff
from nv_desktop.core.sheet.opened import Opened, Options, Row, SheetInfo
from nv_desktop.core.sheet.workbook import Workbook, open_workbook

SAMPLE = 100  # rows of the first look
_ODD = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f-\x9f\udc00-\udcff]")  # seldom in text, always in programs
TEXT = ("csv", "tsv", "txt", "clipboard")  # formats of plain text
CLIPBOARD = ".clipboard"  # the suffix of a file that `save_pasted` wrote


def inspect(path: Path, options: Options | None = None, *, code_page: str | None = None) -> Opened:
    """The first look at a file: what it is, its sheets, its header, up to 100 rows; every option filled in.

    `code_page` is the computer's own encoding for text (None: ask the system). Raises `BadFile` with one
    sentence and what to do."""
    options = options or Options()
    path = Path(path)
    kind = sniff.kind_of(path)
    if kind == "text":
        if options.sheet is not None:
            raise BadFile("This is a text file, and a text file has no sheets.", "Leave the sheet out.")
        return _inspect_text(path, options, code_page or locale.getencoding())
    return _inspect_workbook(path, kind, options)


def rows(opened: Opened) -> Iterator[Row]:
    """The records below the header, in order; blank ones are no rows but count in `number`.
    A record without a text, but with a hazard, is no blank one: something stood there.

    Raises `BadFile` where the file cannot be read on."""
    start = opened.options.header_row or 1
    width = len(opened.header)
    text = opened.format in TEXT
    blank = [""] * width
    with _no_collection():
        for row in _records(opened):
            if row.number <= start:
                continue
            cells = row.cells
            if len(cells) != width:
                if not (any(cells) or row.hazards):
                    continue
                _fit(row, width, blank, text)
            elif not (cells[0] or any(cells) or row.hazards):
                continue
            yield row


def save_pasted(text: str, path: Path) -> Path:
    """Writes pasted cells where `inspect` can read them: a new file, only for this person to read.

    `path` gets the suffix `.clipboard`; the caller removes the file when the job has its rows."""
    path = path.with_suffix(CLIPBOARD)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


@contextmanager
def _no_collection() -> Iterator[None]:
    """Rows make no cycles; looking for some costs a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _records(opened: Opened) -> Iterator[Row]:
    options = opened.options
    try:
        if opened.path.stat().st_size != opened.size:
            raise _changed(opened, "another size")
        if opened.format in TEXT:
            assert options.encoding is not None and options.delimiter is not None
            head = delimited.head_of(opened.path, options.encoding, opened.clean)
            dialect = delimited.dialect_of(head, options.delimiter, options.quote)
            yield from delimited.Reader(opened.path, options.encoding, opened.clean, dialect).rows()
            return
    except UnicodeDecodeError as error:
        raise _changed(opened, str(error)) from error
    except OSError as error:
        raise BadFile(
            f"“{opened.path.name}” can no longer be read: {error.strerror}.", "Open it again."
        ) from error
    with open_workbook(opened.path, opened.format) as book:
        assert options.sheet is not None
        yield from book.rows(options.sheet)


def _changed(opened: Opened, detail: str) -> BadFile:
    return BadFile(f"“{opened.path.name}” has changed since it was opened.", "Open it again.", detail)


def _fit(row: Row, width: int, blank: list[str], text: bool) -> None:
    """Pads or cuts the cells to the header's width, and says so where something may be wrong."""
    cells = row.cells
    if len(cells) > width:
        extra = {index for index in range(width, len(cells)) if cells[index].strip()}
        extra |= {column for column, _ in row.hazards if column >= width}
        del cells[width:]
        if extra:
            row.hazards = (*row.hazards, (-1, _too_long(len(extra), width, text)))
        if row.hazards:
            row.hazards = tuple(hazard for hazard in row.hazards if hazard[0] < width)
        return
    if text:
        row.hazards = (*row.hazards, (-1, _too_short(len(cells), width)))
    cells.extend(blank[len(cells) :])


def _too_long(extra: int, width: int, text: bool) -> Problem:
    more = "1 value" if extra == 1 else f"{extra:,} values"
    if text:
        return Problem(
            "row_long",
            f"This row has {more} more than the {width:,} columns of the header: a value may hold the "
            "delimiter, so that those after it stand in the wrong column.",
        )
    return Problem(
        "row_long", f"This row has {more} to the right of the last named column; not read.", Level.WARNING
    )


def _too_short(count: int, width: int) -> Problem:
    return Problem(
        "row_short",
        f"This row has {count:,} of {width:,} columns; the missing ones are read as empty.",
        Level.WARNING,
    )


# --- first look -----------------------------------------------------------------------------------------


def _inspect_text(path: Path, options: Options, code_page: str) -> Opened:
    facts = encoding.facts_of(path, options.encoding, code_page)
    head = delimited.head_of(path, facts.encoding, facts.clean)
    _refuse_binary(path, head)
    dialect = delimited.dialect_of(head, options.delimiter, options.quote)
    reader = delimited.Reader(path, facts.encoding, facts.clean, dialect)
    names, number, sample, notes = _first_look(reader.rows(), options.header_row, positional=False)
    if path.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"):
        notes.insert(
            0,
            Problem("not_as_named", f"The file is called {path.suffix} but holds plain text.", Level.NOTE),
        )
    return Opened(
        path,
        _text_format(path, dialect.delimiter, len(names)),
        [SheetInfo(path.stem, None, len(names))],
        Options(None, number, facts.encoding, dialect.delimiter, dialect.quote),
        names,
        sample,
        facts.size,
        facts.sha256,
        [*facts.notes, *notes],
        facts.clean,
    )


def _refuse_binary(path: Path, head: str) -> None:
    odd = len(_ODD.findall(head[:4096]))
    if odd > 64 and odd * 10 > len(head[:4096]):
        raise BadFile(
            f"“{path.name}” is neither a workbook nor text.",
            "Open it in the program that made it and save it as .xlsx or .csv.",
        )


def _text_format(path: Path, delimiter: str, width: int) -> str:
    if path.suffix.lower() == CLIPBOARD:
        return "clipboard"
    if delimiter == "\t" and width > 1:
        return "tsv"
    return "txt" if path.suffix.lower() == ".txt" else "csv"


def _inspect_workbook(path: Path, kind: str, options: Options) -> Opened:
    with open_workbook(path, kind) as book:
        sheet = _choose_sheet(book, options.sheet)
        names, number, sample, notes = _first_look(book.rows(sheet.name), options.header_row, positional=True)
        sheet.columns = len(names)
        return Opened(
            path,
            book.format,
            book.sheets,
            Options(sheet.name, number),
            names,
            sample,
            path.stat().st_size,
            _sha256(path),
            [*book.notes(sheet.name), *notes],
        )


def _choose_sheet(book: Workbook, wanted: str | None) -> SheetInfo:
    if not book.sheets:
        raise BadFile("The workbook has no sheet with cells.", "Choose another file.")
    if wanted is None:
        return book.first_with_cells()
    for match in (str.__eq__, lambda a, b: a.strip().casefold() == b.strip().casefold()):
        for sheet in book.sheets:
            if match(sheet.name, wanted):
                return sheet
    names = ", ".join(f"“{sheet.name}”" for sheet in book.sheets[:20])
    raise BadFile(f"There is no sheet “{wanted}”. The workbook has {names}.", "Choose one of them.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_look(
    records: Iterator[Row], header_row: int | None, *, positional: bool
) -> tuple[list[str], int, list[list[str]], list[Problem]]:
    """(names of the columns, header's record number, sample, notes)."""
    wanted = SAMPLE + 1 + (header_row or 0)
    filled = (row for row in records if any(cell.strip() for cell in row.cells))
    first = list(islice(filled, wanted + 30))
    head = header.find_header(first, header_row)
    below = [row for row in first if row.number > head.number][:SAMPLE]
    if not below:
        raise BadFile(
            "There is a header, but no row below it.", "Check that the right sheet and header row are chosen."
        )
    width = header.width_of(head, below, positional)
    names, notes = header.names_of(head.cells, width)
    above = [row for row in first if row.number < head.number]
    if above:
        notes.append(
            Problem(
                "rows_above",
                f"The header is in row {head.number:,}; what stands above it is not read.",
                Level.NOTE,
            )
        )
    sample = [(row.cells + [""] * width)[:width] for row in below]
    return names, head.number, sample, notes
