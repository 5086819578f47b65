"""The history's SQLite file: private from birth, one connection a thread, nothing left in free pages."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nv_desktop.core.drives import journal_mode
from nv_desktop.core.errors import AppError, BadFile, Busy
from nv_desktop.core.files import set_aside

BUSY_SECONDS = 5.0
_UNUSABLE = "The history could not be used."
_RIGHTS = "Look at the rights of the data folder."

SCHEMA: tuple[str, ...] = (  # one script a version, in order; `PRAGMA user_version` counts them
    """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
    CREATE TABLE changes(
        id INTEGER PRIMARY KEY, account TEXT NOT NULL, user_id TEXT NOT NULL, at REAL NOT NULL,
        kind TEXT NOT NULL, state TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '', pinned INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX changes_at ON changes(at);
    CREATE INDEX changes_user ON changes(user_id);
    CREATE TABLE shelf(
        id INTEGER PRIMARY KEY, account TEXT NOT NULL, user_id TEXT NOT NULL, at REAL NOT NULL,
        state TEXT NOT NULL, profile TEXT NOT NULL, fetched_at REAL NOT NULL);
    CREATE INDEX shelf_user ON shelf(user_id);
    CREATE TABLE people(
        account TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
        mobile TEXT NOT NULL, consent TEXT NOT NULL, found_by TEXT NOT NULL, at REAL NOT NULL,
        visited REAL, pinned INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(account, user_id)) WITHOUT ROWID;
    CREATE INDEX people_visited ON people(account, visited) WHERE visited IS NOT NULL;
    """,
    """
    CREATE TABLE gone(
        account TEXT NOT NULL, user INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY(account, user))
        WITHOUT ROWID;
    """,
)


class Database:
    """Connections to one file for any threads. A damaged file is kept aside and a new one begun (`notice`).

    Raises BadFile (a file of a newer version), AppError (the disk refuses).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._open: list[sqlite3.Connection] = []
        try:
            self._prepare()
        except OSError as problem:
            raise AppError(_UNUSABLE, _RIGHTS, f"errno {problem.errno}") from problem
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError):
                raise said(problem) from problem
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.close()
        aside = set_aside(self.path)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        kept = f" The file was kept as “{aside.name}”." if aside else ""
        self.notice = f"The history was damaged and starts anew; jobs are not touched.{kept}"
        self._prepare()

    def _prepare(self) -> None:
        # Born 0600, before SQLite would make it with the usual rights; its -wal and -shm take them over.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        db = self.mine()
        db.execute(f"PRAGMA journal_mode = {journal_mode(self.path.parent)}")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(SCHEMA):
            raise BadFile(
                "The history was written by a newer version of NV Desktop.",
                "Use that version, or another data folder.",
            )
        for number in range(version, len(SCHEMA)):
            self._migrate(number + 1)

    def _migrate(self, number: int) -> None:
        db = self.mine()
        db.execute("BEGIN IMMEDIATE")
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] < number:  # another process may have been here
                for statement in SCHEMA[number - 1].split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def mine(self) -> sqlite3.Connection:
        """The connection of this thread."""
        db: sqlite3.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("PRAGMA synchronous = FULL")
            db.row_factory = sqlite3.Row
            self._mine.db = db
            with self._lock:
                self._open.append(db)
        return db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises Busy, AppError."""
        try:
            db = self.mine()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        except sqlite3.Error as problem:
            raise said(problem) from problem

    def read(self, sql: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """The rows of one query. Raises Busy, AppError."""
        try:
            return self.mine().execute(sql, values).fetchall()
        except sqlite3.Error as problem:
            raise said(problem) from problem

    def compact(self) -> bool:
        """Write the file anew without its free pages, and empty the write-ahead log.

        False while another window or command is reading it: to be asked again later.
        """
        db = self.mine()
        db.execute("PRAGMA busy_timeout = 200")  # nobody waits for this: it can be done at any later time
        try:
            db.execute("VACUUM")
            return not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        finally:
            db.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for db in self._open:
                db.close()
            self._open.clear()
            self._mine = threading.local()


def said(problem: sqlite3.Error) -> AppError:
    """The sentence for what SQLite reports; its own text names tables, never values."""
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    detail = f"{getattr(problem, 'sqlite_errorname', '')}: {problem}"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("Another window or command is writing the history.", "Try again in a moment.", detail)
    if code == sqlite3.SQLITE_FULL:
        return AppError(
            "The disk is full, so the history could not be kept.", "Make room, then try again.", detail
        )
    return AppError(_UNUSABLE, _RIGHTS, detail)


def like(text: str) -> str:
    """The pattern that finds the text anywhere."""
    for char in "!%_":
        text = text.replace(char, "!" + char)
    return f"%{text}%"
