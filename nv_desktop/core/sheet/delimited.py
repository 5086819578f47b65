"""Text files with delimiters: how their records are divided, and the records, each with what went wrong."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet.encoding import offsets_of, open_text
from nv_desktop.core.sheet.opened import Hazard, Row

DELIMITERS = ("\t", ";", "|", ",", "^", ":")  # on a tie the one that is rarer in running text wins
QUOTES = ('"', "'")
LONG_RECORD = 50  # lines; a longer record is a doubtful one
LONGEST_RECORD = 5_000  # lines; a quotation mark that stays open for more was never closed
_HEAD_CHARS = 262_144
_HEAD_RECORDS = 200
_PIECE = 131_072  # characters that are looked at together
_FIELD_LIMIT = 64 << 20  # characters of one cell
_SEP = re.compile(r"sep=(.)[\r\n]+", re.IGNORECASE)
_WRONG = re.compile("[\udc00-\udcff]")
_BLANK_AFTER_QUOTE = re.compile(r'(?<=")[ ]+(?=[,;\t|:^\r\n]|$)')


@dataclass(frozen=True)
class Dialect:
    """How the records are written. `quote` "": quotation marks are plain characters.
    `skip`: the first line is Excel's `sep=;` and no record."""

    delimiter: str
    quote: str
    skip: bool = False


def head_of(path: Path, encoding: str, clean: bool) -> str:
    """The first 262,144 characters, without a last line that was cut off."""
    with open_text(path, encoding, clean) as file:
        text = file.read(_HEAD_CHARS)
        if not file.read(1):
            return text
    cut = max(text.rfind("\n"), text.rfind("\r"))
    return text[: cut + 1] if cut > 0 else text


def dialect_of(head: str, delimiter: str | None, quote: str | None) -> Dialect:
    """What was chosen, else what the head of the file tells."""
    said = _SEP.match(head)
    if said:
        head = head[said.end() :]
    if delimiter is None and said:
        delimiter = said[1]
    if quote is None:
        quote = _quote_of(head, delimiter)
    if delimiter is None:
        delimiter = _delimiter_of(head, quote)
    if len(delimiter) != 1 or delimiter in '\r\n"' or len(quote) > 1:
        raise BadFile("A delimiter is one character, and no quotation mark.", "Try a comma or a semicolon.")
    return Dialect(delimiter, quote, said is not None)


def _quote_of(head: str, delimiter: str | None) -> str:
    """'"' unless cells are wrapped in single quotes and there is no double one at all."""
    if '"' in head or "'" not in head:
        return '"'
    fence = re.escape(delimiter) if delimiter else r"[,;\t|]"
    wrapped = len(re.findall(rf"(?:^|{fence})'[^'\r\n]*'(?={fence}|[\r\n]|$)", head, re.MULTILINE))
    lines = head.count("\n") + head.count("\r") + 1
    return "'" if wrapped >= lines else '"'


def _delimiter_of(head: str, quote: str) -> str:
    """The candidate on whose number of cells most records agree; then the widest; then the rarer."""
    best, best_score = ",", (0.0, 0.0)
    for candidate in DELIMITERS:
        if candidate not in head:
            continue
        score = _agreement(head, candidate, quote)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _agreement(head: str, delimiter: str, quote: str) -> tuple[float, float]:
    """(share of records with the usual number of cells, that number); zeros for an unlikely candidate."""
    counted: list[int] = []
    header: list[str] = []
    try:
        for cells in islice(_plain(head, delimiter, quote), _HEAD_RECORDS):
            filled = sum(1 for cell in cells if cell.strip())
            if filled:
                header = header or cells
                counted.append(len(cells))
    except csv.Error:
        pass  # a record that goes wrong ends the look; what was counted before it stands
    if not counted:
        return 0.0, 0.0
    usual, times = Counter(counted).most_common(1)[0]
    if usual < 2:
        wide = [count for count in counted if count > 1]
        if len(wide) * 2 < len(counted):
            return 0.0, 0.0
        usual, times = Counter(wide).most_common(1)[0]
    share = times / len(counted)
    if delimiter in ":^" and (share < 1.0 or not all(re.search(r"[^\W\d_]", cell) for cell in header)):
        return (
            0.0,
            0.0,
        )  # 10:30, https://…: a colon divides only where every record and a header of words agree
    return (1.0 if share > 0.95 else share), float(usual)


def _plain(text: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    lines = _lines(text)
    if quote:
        return csv.reader(lines, delimiter=delimiter, quotechar=quote)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _lines(text: str) -> list[str]:
    """Lines as a text file has them: \\n, \\r\\n and \\r end one, nothing else does."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


@dataclass(slots=True)
class Piece:
    """Records of one line each: their texts where no quotation mark is near, else their cells."""

    number: int  # of the first record
    line: int  # of the first record
    texts: list[str] | None
    records: list[list[str]]

    def since(self, number: int) -> Piece:
        """The piece from the record of this number on."""
        gone = max(0, number - self.number)
        texts = self.texts[gone:] if self.texts is not None else None
        return Piece(self.number + gone, self.line + gone, texts, self.records[gone:])


class _EndlessRecordError(Exception):
    """A record runs over more lines than any record should."""


class Reader:
    """The records of one text file, one after another. A record whose quotation marks do not fit is read
    as well as can be, marked, and never takes the lines after it along."""

    def __init__(self, path: Path, encoding: str, clean: bool, dialect: Dialect) -> None:
        self._path, self._encoding, self._clean = path, encoding, clean
        self._dialect = dialect
        self._pending: deque[str] = deque()  # lines that are to be read again
        self._record: list[str] = []  # lines of the record that is being read
        self._line = 0  # lines that are done with
        self._number = 0  # records that are done with
        self._limit = LONG_RECORD
        self._source: TextIO | None = None
        self._offsets: deque[int] = deque()

    def rows(self) -> Iterator[Row]:
        """Every record, blank ones too, numbered from 1; cells as many as there are. Raises `BadFile`."""
        if not self._clean:
            self._offsets = deque(offsets_of(self._path, self._encoding))
        with self._opened() as source:
            rows = self._quoted() if self._dialect.quote else self._unquoted(source)
            yield from rows if self._clean else map(self._with_wrong_bytes, rows)

    def pieces(self) -> Iterator[Piece | Row]:
        """The same records, many at once where they are plain: three times as fast."""
        if not self._clean:
            yield from self.rows()
            return
        with self._opened() as source:
            while text := source.read(_PIECE):
                if text[-1] != "\n":  # in the middle of a line, or of its end
                    text += source.readline()
                piece = self._piece(text)
                if piece is not None:
                    yield piece
                    continue
                self._pending.extend(_lines(text))
                yield from self._waiting()

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        csv.field_size_limit(_FIELD_LIMIT)
        with open_text(self._path, self._encoding, self._clean) as source:
            self._source = source
            if self._dialect.skip:
                source.readline()
                self._line = 1
            yield source

    def _piece(self, text: str) -> Piece | None:
        """These lines, where each is a record of its own; None where that is not sure."""
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        if "\r" in text or len(text) > 2 * _PIECE:
            return None
        lines = text.removesuffix("\n").split("\n")
        piece = Piece(self._number + 1, self._line + 1, lines, [])
        if self._dialect.quote and self._dialect.quote in text:
            try:
                records = list(self._strict(iter(lines)))
            except csv.Error:
                return None
            if len(records) != len(lines):
                return None  # a cell runs over several lines
            piece.texts, piece.records = None, records
        self._number += len(lines)
        self._line += len(lines)
        return piece

    def _waiting(self) -> Iterator[Row]:
        """The records of the lines that wait, and of as many after them as the last record needs."""
        if not self._dialect.quote:
            yield from self._unquoted(iter([self._pending.popleft() for _ in range(len(self._pending))]))
            return
        for row in self._quoted():
            yield row
            if not self._pending:
                break

    def _unquoted(self, lines: Iterator[str]) -> Iterator[Row]:
        reader = csv.reader(lines, delimiter=self._dialect.delimiter, quoting=csv.QUOTE_NONE)
        for cells in self._guarded(reader):
            self._number += 1
            self._line += 1
            yield Row(self._number, cells, (), self._line)

    def _guarded(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        try:
            yield from reader
        except csv.Error as error:
            raise BadFile("One cell of the file is larger than 64 MB.", "Export it again.") from error

    def _feed(self) -> Iterator[str]:
        assert self._source is not None
        record = self._record
        while self._pending:
            line = self._pending.popleft()
            record.append(line)
            if len(record) > self._limit:
                raise _EndlessRecordError
            yield line
        for line in self._source:
            record.append(line)
            if len(record) > self._limit:
                raise _EndlessRecordError
            yield line

    def _strict(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines, delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True
        )

    def _quoted(self) -> Iterator[Row]:
        record = self._record
        while True:
            record.clear()
            try:
                for cells in self._strict(self._feed()):
                    line = self._line + 1
                    self._number += 1
                    self._line += len(record)
                    record.clear()
                    yield Row(self._number, cells, (), line)
                return
            except (csv.Error, _EndlessRecordError):
                self._number += 1
            yield self._mended(self._number)

    def _mended(self, number: int) -> Row:
        """The record that stopped the strict reader; the lines that it does not need are read again."""
        lines = list(self._record)
        self._record.clear()
        start = self._line + 1
        cells, used = self._whole(lines)
        if cells is not None:
            self._give_back(lines[used:], used)
            return Row(number, cells, _long_hazard(used), start)
        self._give_back(lines[1:], 1)
        try:
            return Row(number, next(self._strict(iter([_BLANK_AFTER_QUOTE.sub("", lines[0])]))), (), start)
        except (csv.Error, StopIteration):
            pass  # not merely blanks between a quotation mark and the delimiter
        lenient = next(self._guarded(_plain(lines[0], self._dialect.delimiter, self._dialect.quote)), [])
        return Row(number, lenient, ((-1, _open_quote(start)),), start)

    def _whole(self, lines: list[str]) -> tuple[list[str] | None, int]:
        """A record that is right after all (it only runs long), with the number of its lines; else None."""
        assert self._source is not None
        source = self._source
        used = 0

        def more() -> Iterator[str]:
            nonlocal used
            for line in lines:
                used += 1
                yield line
            while used < LONGEST_RECORD:
                line = self._pending.popleft() if self._pending else next(source, "")
                if not line:
                    return
                lines.append(line)
                used += 1
                yield line

        try:
            return next(self._strict(more()), []), used
        except csv.Error:
            return None, used

    def _give_back(self, lines: list[str], used: int) -> None:
        self._pending.extendleft(reversed(lines))
        self._line += used

    def _with_wrong_bytes(self, row: Row) -> Row:
        hazards: list[Hazard] = []
        for index, cell in enumerate(row.cells):
            found = _WRONG.findall(cell) if not cell.isascii() else []
            if not found:
                continue
            offsets = [self._offsets.popleft() for _ in found if self._offsets]
            where = f" (byte {offsets[0] + 1:,} of the file)" if offsets else ""
            hazards.append(
                (
                    index,
                    Problem(
                        "wrong_byte",
                        f"The byte 0x{ord(found[0]) - 0xDC00:02X}{where} does not fit the encoding "
                        f"{self._encoding}. Choose another encoding, or type the value.",
                    ),
                )
            )
            row.cells[index] = _WRONG.sub(lambda match: f"\\x{ord(match[0]) - 0xDC00:02X}", cell)
        if hazards:
            row.hazards = (*row.hazards, *hazards)
        return row


def _long_hazard(lines: int) -> tuple[Hazard, ...]:
    if lines <= LONG_RECORD:
        return ()
    return (
        (
            -1,
            Problem(
                "record_long",
                f"This row runs over {lines:,} lines; a quotation mark may not be closed where it should be.",
                Level.WARNING,
            ),
        ),
    )


def _open_quote(line: int) -> Problem:
    return Problem(
        "quote_open",
        f"The quotation marks in line {line:,} do not fit: one is not closed, or stands inside a value. "
        "Correct the row, or read the file with quotation marks as plain characters.",
        Level.ERROR,
        {"step": "quote", "quote": ""},
    )
