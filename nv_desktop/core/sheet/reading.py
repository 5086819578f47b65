"""From a path to the first look, and from the first look to every row: the same for all formats."""

from __future__ import annotations

import gc
import hashlib
import locale
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TypeVar

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet import delimited, encoding, header, sniff
from nv_desktop.core.sheet.opened import MAX_TEXT, Block, Opened, Options, Row, SheetInfo
from nv_desktop.core.sheet.workbook import Workbook, open_workbook

Found = TypeVar("Found")
SAMPLE = 100  # rows of the first look
_ODD = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f-\x9f\udc00-\udcff]")  # seldom in text, always in programs
TEXT = ("csv", "tsv", "txt", "clipboard")  # formats of plain text
_BLOCK = 1_000  # rows of a block that are read one by one
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
    with _no_collection():
        for row in _records(opened):
            if row.number > start and _fitted(row, width, text):
                yield row


def blocks(opened: Opened) -> Iterator[Block]:
    """`rows`, many at once: what is plain text needs no look at each row."""
    if opened.format in TEXT:
        yield from _blocks(opened)
        return
    characters = 0
    for block in _blocks(opened):
        characters += sum(map(len, block.cells))
        if characters > MAX_TEXT:
            raise BadFile(
                "The texts of this sheet would fill more than 1 GB, which no list of people does.",
                "Save it as .csv to see what is so large.",
            )
        yield block


def _blocks(opened: Opened) -> Iterator[Block]:
    start = opened.options.header_row or 1
    width = len(opened.header)
    text = opened.format in TEXT
    waiting: list[Row] = []
    with _no_collection():
        for piece in _pieces(opened):
            found = piece.since(start + 1) if isinstance(piece, delimited.Piece) else None
            block = _plain_block(found, opened.options.delimiter or "", width) if found else None
            if block is not None:
                if waiting:
                    yield _block(waiting)
                    waiting = []
                yield block
                continue
            rows = [piece] if isinstance(piece, Row) else _rows_of(piece, opened.options.delimiter or "")
            waiting += [row for row in rows if row.number > start and _fitted(row, width, text)]
            if len(waiting) >= _BLOCK:
                yield _block(waiting)
                waiting = []
        if waiting:
            yield _block(waiting)


def _plain_block(piece: delimited.Piece, delimiter: str, width: int) -> Block | None:
    """The piece as a block, where every record is as wide as the header and none is blank."""
    if piece.texts is None:
        if not all(map(any, piece.records)) or set(map(len, piece.records)) != {width}:
            return None
        cells = list(chain.from_iterable(piece.records))
        count = len(piece.records)
    else:
        count = len(piece.texts)
        inner = list(map(str.count, piece.texts, repeat(delimiter)))
        if inner.count(width - 1) != count or delimiter * (width - 1) in piece.texts or not count:
            return None
        cells = delimiter.join(piece.texts).split(delimiter)
    return Block(range(piece.number, piece.number + count), range(piece.line, piece.line + count), cells)


def _rows_of(piece: delimited.Piece, delimiter: str) -> Iterator[Row]:
    records = piece.records
    if piece.texts is not None:
        records = [text.split(delimiter) if text else [] for text in piece.texts]
    for place, cells in enumerate(records):
        yield Row(piece.number + place, cells, (), piece.line + place)


def _block(rows: list[Row]) -> Block:
    lines = [row.line for row in rows if row.line is not None]
    return Block(
        [row.number for row in rows],
        lines if len(lines) == len(rows) else None,
        list(chain.from_iterable([row.cells for row in rows])),
        [(place, col, problem) for place, row in enumerate(rows) for col, problem in row.hazards],
    )


def _fitted(row: Row, width: int, text: bool) -> bool:
    """Make the row as wide as the header; whether it is one at all."""
    cells = row.cells
    if len(cells) != width:
        if not (any(cells) or row.hazards):
            return False
        _fit(row, width, text)
        return True
    return bool(cells[0] or any(cells) or row.hazards)


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


def _pieces(opened: Opened) -> Iterator[delimited.Piece | Row]:
    if opened.format in TEXT:
        yield from _text(opened, delimited.Reader.pieces)
    else:
        yield from _records(opened)


def _records(opened: Opened) -> Iterator[Row]:
    if opened.format in TEXT:
        yield from _text(opened, delimited.Reader.rows)
        return
    _same_size(opened)
    with open_workbook(opened.path, opened.format) as book:
        assert opened.options.sheet is not None
        yield from book.rows(opened.options.sheet)
    _same_bytes(opened)


def _text(opened: Opened, read: Callable[[delimited.Reader], Iterator[Found]]) -> Iterator[Found]:
    options = opened.options
    _same_size(opened)
    try:
        assert options.encoding is not None and options.delimiter is not None
        head = delimited.head_of(opened.path, options.encoding, opened.clean)
        dialect = delimited.dialect_of(head, options.delimiter, options.quote)
        yield from read(delimited.Reader(opened.path, options.encoding, opened.clean, dialect))
    except UnicodeDecodeError as error:
        raise _changed(opened, str(error)) from error
    except OSError as error:
        raise _gone(opened, error) from error
    _same_bytes(opened)


def _same_size(opened: Opened) -> None:
    """Before reading: another file would be read under the wrong header."""
    try:
        if opened.path.stat().st_size != opened.size:
            raise _changed(opened, "another size")
    except OSError as error:
        raise _gone(opened, error) from error


def _same_bytes(opened: Opened) -> None:
    """After reading: what was read is what the first look saw, and what a receipt will name."""
    try:
        if _sha256(opened.path) != opened.sha256:
            raise _changed(opened, "other bytes")
    except OSError as error:
        raise _gone(opened, error) from error


def _gone(opened: Opened, error: OSError) -> BadFile:
    if isinstance(error, FileNotFoundError):
        return BadFile(
            f"“{opened.path.name}” is not there any more.", "Choose the file again.", str(error.errno)
        )
    return BadFile(f"“{opened.path.name}” can no longer be read: {error.strerror}.", "Open it again.")


def _changed(opened: Opened, detail: str) -> BadFile:
    return BadFile(f"“{opened.path.name}” has changed since it was opened.", "Open it again.", detail)


def _fit(row: Row, width: int, text: bool) -> None:
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
    cells.extend([""] * (width - len(cells)))


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
        sheet, (names, number, sample, notes) = _first_list(book, options)
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


def _first_list(book: Workbook, options: Options) -> tuple[SheetInfo, _Look]:
    """The sheet that was asked for; else the first visible one with rows below a header, and not a cover."""
    first = _choose_sheet(book, options.sheet)
    try:
        return first, _first_look(book.rows(first.name), options.header_row, positional=True)
    except BadFile as error:
        no_list = error.detail.startswith((header.NO_HEADER, header.NO_ROWS))
        if no_list and options.sheet is None and options.header_row is None:
            for other in book.sheets:
                if other is not first and not other.hidden:
                    with suppress(BadFile):  # no list either; then the first one's reason is the one to say
                        return other, _passed_over(
                            first, other, _first_look(book.rows(other.name), None, positional=True)
                        )
        raise


def _passed_over(cover: SheetInfo, sheet: SheetInfo, look: _Look) -> _Look:
    names, number, sample, notes = look
    sentence = f"The sheet “{cover.name}” holds no list, so “{sheet.name}” is read."
    return names, number, sample, [Problem("sheet_passed", sentence, Level.NOTE), *notes]


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


_Look = tuple[list[str], int, list[list[str]], list[Problem]]
"""Names of the columns, the header's record number, sample, notes."""


def _first_look(records: Iterator[Row], header_row: int | None, *, positional: bool) -> _Look:
    wanted = SAMPLE + 1 + (header_row or 0)
    filled = (row for row in records if any(cell.strip() for cell in row.cells))
    first = list(islice(filled, wanted + 30))
    head = header.find_header(first, header_row)
    below = [row for row in first if row.number > head.number][:SAMPLE]
    if not below:
        raise BadFile(
            "There is a header, but no row below it.",
            "Check that the right sheet and header row are chosen.",
            header.NO_ROWS,
        )
    width = header.width_of(head, below, positional)
    names, notes = header.names_of([_whole(cell) for cell in head.cells], width)
    above = [row for row in first if row.number < head.number]
    if above:
        notes.append(
            Problem(
                "rows_above",
                f"The header is in row {head.number:,}; what stands above it is not read.",
                Level.NOTE,
            )
        )
    sample = [[_whole(cell) for cell in (row.cells + [""] * width)[:width]] for row in below]
    return names, head.number, sample, notes


def _whole(text: str) -> str:
    """The text with half characters written out, which no document keeps."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
