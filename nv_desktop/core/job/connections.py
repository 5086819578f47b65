"""Connections to one SQLite file: one per thread, kept open, and its errors as sentences.

How a document is written to beside its readers is said by `core.drives`.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from nv_desktop.core.errors import AppError, BadFile, Busy

BUSY_SECONDS = 30.0  # how long a writer waits for another one
_CACHE_KIB = 8_000


class _Connection(sqlite3.Connection):
    """One that a thread still used when the document was closed is closed when it is let go."""

    def __del__(self) -> None:
        self.close()


class Connections:
    """The connections of this process to one file. Thread-safe; `close` closes those of all threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, sqlite3.Connection] = {}
        self._mine = threading.local()
        self._closed = False
        self._idle_references = 0  # to a connection that only this object knows

    def mine(self) -> sqlite3.Connection:
        """The connection of the calling thread."""
        db: sqlite3.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._connect()
            self._mine.db = db
        return db

    def _connect(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise BadFile("This import has been closed.", "Open it again from History.")
            for thread in [thread for thread in self._open if not thread.is_alive()]:
                self._open.pop(thread).close()
            db = connect(self.path)
            self._idle_references = sys.getrefcount(db)
            self._open[threading.current_thread()] = db
            return db

    def close(self) -> None:
        """Close every connection, one that a thread is using when it is done; `mine` raises BadFile then."""
        with self._lock:
            self._closed = True
            self._mine = threading.local()  # from now on nobody takes a connection that is open
            for thread in list(self._open):
                db = self._open.pop(thread)
                idle = thread is threading.current_thread() or not thread.is_alive()
                if idle or sys.getrefcount(db) <= self._idle_references:
                    db.close()  # under the hands of a thread this would take the whole process along


def connect(path: Path) -> sqlite3.Connection:
    """A connection as every document wants it: the file must exist, transactions are begun by hand."""
    try:
        db = sqlite3.connect(
            address(path.resolve(), "rw"),
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            db.execute("PRAGMA wal_autocheckpoint = 4000")
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as error:
        raise said(error) from error
    return db


def address(path: PurePath, mode: str) -> str:
    """The URI by which SQLite opens an existing file: `mode` ro or rw.

    A share on another computer is a path with two slashes to SQLite, which takes no host.
    """
    uri = path.as_uri()
    if not uri.startswith("file:///"):
        uri = "file:////" + uri.removeprefix("file://")
    return f"{uri}?mode={mode}"


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One `BEGIN IMMEDIATE` … `COMMIT`. Raises Busy, BadFile or AppError where the disk refuses."""
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise said(error) from error


@contextmanager
def reading() -> Iterator[None]:
    """Around reads: a broken file or a failing disk becomes a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise said(error) from error


def said(error: sqlite3.Error) -> AppError:
    """The sentence for what SQLite reports. Its own text can name columns, never values."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    detail = f"{type(error).__name__} {getattr(error, 'sqlite_errorname', '')}: {error}"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("Another window or command is writing to this import.", "Try again in a moment.", detail)
    if code == sqlite3.SQLITE_FULL:
        return AppError(
            "The disk is full, so the last change was not kept.", "Make room, then try again.", detail
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return broken(detail)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return AppError(
            "The file of this import cannot be written.", "Look at the rights of its folder.", detail
        )
    if code == sqlite3.SQLITE_IOERR:
        return AppError("The disk reported an error; the last change was not kept.", "Try again.", detail)
    return AppError("The file of this import could not be used.", "Open it again.", detail)


def broken(detail: str) -> BadFile:
    """A document that is no document any more; it is left as it is."""
    return BadFile(
        "The file of this import is damaged and cannot be opened. It was left as it is.",
        "Import the spreadsheet again; what was sent stays sent.",
        detail,
    )
