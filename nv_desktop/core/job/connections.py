"""Connections to one SQLite file: one per thread, kept open, and its errors as sentences.

Write-ahead logging lets the window read while the worker writes; it needs shared memory, which a network
folder does not have, so a document there keeps a rollback journal.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nv_desktop.core.errors import AppError, BadFile, Busy

BUSY_SECONDS = 30.0  # how long a writer waits for another one
_CACHE_KIB = 8_000

_NETWORK = """nfs nfs4 cifs smb smb2 smb3 smbfs afs afpfs webdav davfs 9p fuse.sshfs fuse.davfs2 fuse.rclone
    fuse.gvfsd-fuse ncpfs lustre ceph glusterfs fuse.glusterfs"""
_NETWORK_TYPES = frozenset(_NETWORK.split())


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
            f"{path.resolve().as_uri()}?mode=rw",
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


def journal_mode(folder: Path) -> str:
    """`WAL`, or `DELETE` where the folder lies on another computer."""
    return "DELETE" if on_network(folder) else "WAL"


def on_network(folder: Path) -> bool:
    """Whether the folder lies on a network drive; False where the system does not tell."""
    place = str(folder.resolve())
    if sys.platform == "win32":
        import ctypes

        remote = 4  # DRIVE_REMOTE
        return place.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(place[:3]) == remote
    return network_type(place, _mounts()) in _NETWORK_TYPES


def network_type(place: str, mounts: list[tuple[str, str]]) -> str:
    """The file system of the longest mount point above `place`, of (mount point, type) pairs."""
    best, found = "", ""
    for point, kind in mounts:
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, found = point, kind
    return found


def _mounts() -> list[tuple[str, str]]:
    if sys.platform == "darwin":
        listed = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
        # //user@host/share on /Volumes/share (smbfs, nodev, …)
        lines = [line.partition(" on ")[2] for line in listed.splitlines()]
        return [
            (line.rpartition(" (")[0], line.rpartition(" (")[2].split(",")[0].rstrip(")")) for line in lines
        ]
    try:
        text = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    parts = [line.split(" ") for line in text.splitlines()]
    return [(part[1].replace("\\040", " "), part[2]) for part in parts if len(part) > 2]
