"""The job document as a file: made, opened, locked, closed; its meta, header and rows as they were read."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Protocol

from nv_desktop.core.drives import journal_mode
from nv_desktop.core.errors import BadFile, NotFound
from nv_desktop.core.fields import Json, Problem
from nv_desktop.core.files import reason
from nv_desktop.core.job import bulk, schema
from nv_desktop.core.job.connections import (
    Connections,
    address,
    broken,
    connect,
    reading,
    said,
    transaction,
)
from nv_desktop.core.job.lock import JobLock, lock_path

SUFFIX = ".nvjob"
TRANSACTION_SECONDS = 0.035  # aim; the promise to other writers is 0.05
FIRST_BATCH = 200  # the first rows stand in the document at once
LARGEST_BATCH = 20_000


class RowLike(Protocol):
    """What `add_rows` takes: `core.sheet.Row`."""

    number: int
    cells: list[str]
    hazards: tuple[tuple[int, Problem], ...]
    line: int | None


class BlockLike(Protocol):
    """What `add_blocks` takes: `core.sheet.Block`."""

    numbers: Sequence[int]
    lines: Sequence[int] | None
    cells: list[str]
    hazards: list[tuple[int, int, Problem]]


@dataclass
class _Rows:
    """Some rows as a block."""

    numbers: Sequence[int]
    lines: Sequence[int] | None
    cells: list[str]
    hazards: list[tuple[int, int, Problem]]


class Document:
    """One open job file. Thread-safe: each thread has its own connection (`db`).

    Stages, in `meta("stage")`: "new", "reading", "read", "checked", then those of the engine.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.stem
        self._connections = Connections(path)

    @property
    def db(self) -> sqlite3.Connection:
        """The calling thread's connection: for reads, and for `transaction`."""
        return self._connections.mine()

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """One write transaction of the calling thread. Keep it under 50 ms where others wait."""
        return transaction(self.db)

    def lock(self) -> JobLock:
        """The job's one lock, for an engine. Raises Busy."""
        return JobLock(self.path)

    def close(self) -> None:
        """Close the connections of all threads."""
        self._connections.close()

    # --- meta -------------------------------------------------------------------------------------------

    def meta(self, key: str, default: Json = None) -> Json:
        """A value kept under this name, or the default."""
        text = self.meta_text(key)
        return default if text is None else json.loads(text)

    def meta_text(self, key: str) -> str | None:
        """The value as JSON, to be compared without being understood."""
        with reading():
            found = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else found[0]

    def set_meta(self, key: str, value: Json) -> None:
        """Keep a value (anything json can write)."""
        with self.transaction() as db:
            self.write_meta(db, key, value)

    @staticmethod
    def write_meta(db: sqlite3.Connection, key: str, value: Json) -> None:
        """`set_meta` as part of a transaction that has begun."""
        text = json.dumps(value, ensure_ascii=False)
        if any("\ud800" <= char <= "\udfff" for char in text):  # a file's name can be any bytes
            text = json.dumps(value)
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, text))

    # --- rows as read -----------------------------------------------------------------------------------

    def header(self) -> list[str]:
        """The texts of the header, in the order of the file."""
        with reading():
            return [text for (text,) in self.db.execute("SELECT text FROM header ORDER BY idx")]

    def row_count(self) -> int:
        """How many rows stand in the document now."""
        with reading():
            return int(self.db.execute("SELECT coalesce(max(id), 0) FROM rows").fetchone()[0])

    def start_reading(self, header: list[str]) -> None:
        """Make the empty table for rows of this header; whatever an earlier reading left is dropped.

        Raises BadFile when rows of this job have been sent, or when there are too many columns.
        """
        if len(header) > schema.MAX_COLUMNS:
            raise BadFile(
                f"The sheet has {len(header):,} columns; {schema.MAX_COLUMNS:,} can be read.",
                "Delete the columns that are not needed and save the file again.",
            )
        with self.transaction() as db:
            if db.execute("SELECT 1 FROM ledger LIMIT 1").fetchone():
                raise BadFile("Rows of this import have been sent.", "Start a new import for this file.")
            db.execute("DROP TABLE rows")
            db.execute(schema.rows_table(len(header)))
            for table in ("header", "hazards", *CHECKED_TABLES, "edits", "actions", "skips"):
                db.execute(f"DELETE FROM {table}")
            db.executemany("INSERT INTO header VALUES (?, ?)", enumerate(header))
            self.write_meta(db, "stage", "reading")

    def add_rows(self, rows: Iterable[RowLike], on_batch: Callable[[int], None] | None = None) -> int:
        """`add_blocks` of single rows."""
        return self.add_blocks(_blocks(rows), on_batch)

    def add_blocks(
        self,
        blocks: Iterable[BlockLike],
        on_batch: Callable[[int], None] | None = None,
        also: Callable[[int, Sequence[BlockLike]], object] | None = None,
    ) -> int:
        """Append rows; each batch is seen by others at once. How many rows there are now.

        After each batch `also(id of its first row, its rows as they stand in the document now)`, then
        `on_batch(rows so far)`; what one raises ends the reading. Batches are sized so that one transaction
        takes about 35 ms.
        """
        width = len(self.header())
        count, size = self.row_count(), FIRST_BATCH
        source = iter(blocks)
        while batch := _gathered(source, size):
            rows = sum(len(block.numbers) for block in batch)
            began = time.perf_counter()
            written = self._insert(count + 1, batch, width)
            size = next_size(rows, time.perf_counter() - began)
            if also is not None:
                also(count + 1, written)
            count += rows
            if on_batch is not None:
                on_batch(count)
        return count

    def _insert(self, first: int, blocks: list[BlockLike], width: int) -> list[BlockLike]:
        """Write these rows, the first of which gets the id `first`; as they stand in the document then."""
        try:
            self._write_blocks(first, blocks, width)
        except UnicodeEncodeError:  # a lone surrogate, which no database keeps: shown, and stopped
            blocks = [_storable(block, width) for block in blocks]
            self._write_blocks(first, blocks, width)
        return blocks

    def _write_blocks(self, first: int, blocks: list[BlockLike], width: int) -> None:
        with self.transaction() as db:
            for block in blocks:
                _write_block(db, first, block, width)
                first += len(block.numbers)

    def finish_reading(self) -> None:
        """All rows are here."""
        self.set_meta("stage", "read")


CHECKED_TABLES = ("verdicts", "found", "sentences", "merged", "dirty")


def next_size(size: int, seconds: float) -> int:
    """The size of the next batch, when one of `size` took so long: aims at `TRANSACTION_SECONDS`."""
    wanted = size * TRANSACTION_SECONDS / max(seconds, 1e-4)
    return max(FIRST_BATCH // 4, min(LARGEST_BATCH, round(min(wanted, size * 3))))


def _gathered(source: Iterator[BlockLike], rows: int) -> list[BlockLike]:
    """The next blocks that have together at least so many rows."""
    batch: list[BlockLike] = []
    for block in source:
        batch.append(block)
        rows -= len(block.numbers)
        if rows <= 0:
            break
    return batch


def _blocks(rows: Iterable[RowLike]) -> Iterator[BlockLike]:
    source = iter(rows)
    while some := list(islice(source, FIRST_BATCH)):
        lines = [row.line for row in some if row.line is not None]
        yield _Rows(
            [row.number for row in some],
            lines if len(lines) == len(some) else None,
            list(chain.from_iterable(row.cells for row in some)),
            [(place, col, problem) for place, row in enumerate(some) for col, problem in row.hazards],
        )


def _write_block(db: sqlite3.Connection, first: int, block: BlockLike, width: int) -> None:
    """The rows of a block and what reading found about them, inside a transaction."""
    numbers, lines, cells = block.numbers, block.lines, block.cells
    if _is_run(numbers) and (lines is None or _is_run(lines)):
        begin = (first, numbers[0], None if lines is None else lines[0])
        bulk.insert_run(db, "INSERT INTO rows", begin, cells, width)
    else:
        ids = range(first, first + len(numbers))
        columns = (cells[place::width] for place in range(width))
        bulk.insert(
            db, "INSERT INTO rows", list(zip(ids, numbers, lines or repeat(None), *columns, strict=False))
        )
    if block.hazards:
        db.executemany(
            "INSERT INTO hazards VALUES (?, ?, ?, ?, ?)",
            [
                (first + place, col, int(problem.level), problem.code, problem.message)
                for place, col, problem in block.hazards
            ],
        )


def _is_run(numbers: Sequence[int]) -> bool:
    """Whether each is one higher than that before it."""
    return isinstance(numbers, range) or list(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))


def _storable(block: BlockLike, width: int) -> BlockLike:
    """The block with half characters written out, each with a problem."""
    cells, hazards = list(block.cells), list(block.hazards)
    for index, text in enumerate(cells):
        if any("\ud800" <= char <= "\udfff" for char in text):
            cells[index] = text.encode("utf-8", "backslashreplace").decode()
            sentence = "The cell holds half a character (a lone surrogate), shown here as \\u….."
            hazards.append((index // width, index % width, Problem("text_surrogate", sentence)))
    return _Rows(block.numbers, block.lines, cells, hazards)


# --- files ----------------------------------------------------------------------------------------------


def new_id(now: datetime, salt: str) -> str:
    """A job's id, such as 20261123-220501-3f2a."""
    return f"{now:%Y%m%d-%H%M%S}-{salt}"


def make(folder: Path, source: dict[str, Json]) -> Path:
    """A new, empty document in the folder: 0600 from birth, whole or not there. Its path.

    `source` is kept as it is (path, name, sha256, size, format, options).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now().astimezone()
    path = folder / (new_id(now, secrets.token_hex(2)) + SUFFIX)
    birth = path.with_suffix(".new")
    os.close(os.open(birth, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        db = connect(birth)
        try:
            schema.create_tables(db)
            with transaction(db):
                for key, value in {"created": now.isoformat(), "source": source, "stage": "new"}.items():
                    Document.write_meta(db, key, value)
            db.execute(f"PRAGMA journal_mode = {journal_mode(folder)}")
        except sqlite3.Error as error:
            raise said(error) from error
        finally:
            db.close()
        birth.rename(path)
    except BaseException:
        birth.unlink(missing_ok=True)
        raise
    return path


def inspect(path: Path) -> None:
    """Make sure that this file is a document of ours and of this version; an older one is migrated.

    Raises NotFound when there is no file, BadFile when it is damaged, something else, or of a newer version.
    Such a file is never written to. Cheap: it reads the header, the schema and the size. Only SQLite may
    open the file: closing a handle of our own would drop the locks that this process holds on it (POSIX),
    and another process could then take the log away from under an open document.
    """
    if not path.is_file():
        raise NotFound("The file of this import is not there any more.", "Import the spreadsheet again.")
    try:
        _recognise(path)
        db = connect(path)
        try:
            _inspect(path, db)
        finally:
            db.close()
    except sqlite3.Error as error:
        raise said(error) from error


def _recognise(path: Path) -> None:
    """Through a connection that cannot write: is this a document of ours, and not of a newer version?"""
    db = sqlite3.connect(address(path.resolve(), "ro"), uri=True, isolation_level=None)
    try:
        schema.recognise(db)
    finally:
        db.close()


def _inspect(path: Path, db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    if not path.with_name(path.name + "-wal").exists() and pages * size > path.stat().st_size:
        raise broken("shorter than its header says")
    if version < schema.VERSION:
        schema.migrate(db, version)
    for table in ("meta", "rows", "verdicts", "found", "ledger"):
        db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()


def find(folder: Path, job_id: str) -> Path:
    """The document with this id, or with the only id that begins so. Raises NotFound."""
    paths = [path for path in documents(folder) if path.stem.startswith(job_id)]
    exact = [path for path in paths if path.stem == job_id]
    if exact or len(paths) == 1:
        return (exact or paths)[0]
    if not paths:
        raise NotFound(f"There is no import “{job_id}”.", "The list of imports shows which there are.")
    raise NotFound(f"{len(paths):,} imports begin with “{job_id}”.", "Give more of the id.")


def documents(folder: Path) -> Iterator[Path]:
    """The documents of a folder, oldest first."""
    return iter(sorted(folder.glob("*" + SUFFIX)))


def remove(path: Path) -> None:
    """Delete a document with all that lies beside it. Raises Busy when an engine is at work on it, BadFile
    when the system does not let go of it (Windows, while a window has it open)."""
    with JobLock(path):
        try:
            for other in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                other.unlink(missing_ok=True)
        except OSError as error:
            raise BadFile(
                f"The file of this import could not be deleted: {reason(error)}.",
                "Close what has it open and try again.",
                f"errno {error.errno}",
            ) from error
    with suppress(OSError):  # somebody looks at the lock just now: an empty file stays, the import is gone
        lock_path(path).unlink(missing_ok=True)
