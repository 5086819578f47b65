"""The append-only record of what this server truly received, applied and answered, in that order."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT_IN_MEMORY = 1000  # events, when there is no file
_START = b'{"seq": '  # how a ledger begins, and nothing else that somebody may name by mistake


def open_private(path: Path) -> int:
    """Open for appending and reading; the file is 0600 from birth, and made so when it was not.

    Raises OSError, also for what is no file: the rights of a device are everybody's.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "This is no file", str(path))
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)
    return descriptor


def drop_torn_line(descriptor: int, path: Path) -> None:
    """Cut off a last line without its line end, which a killed process can leave."""
    size = os.fstat(descriptor).st_size
    with path.open("rb") as file:
        end = size
        while end > 0:
            start = max(0, end - 65536)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
    if end < size:
        os.ftruncate(descriptor, end)


@dataclass(frozen=True, slots=True)
class Entry:
    """One call in the ledger: what binds its events."""

    call: str
    id: int
    user_ids_json: str


class Ledger:
    """Writes one JSON object a line, one `write` an event, under one lock. Thread-safe.

    Events: `received` when the body was read, `applied` when the store changed, `answered` when the answer
    is about to be written (`status` null: dropped on purpose; `fault`: the rule that acted, where one did).
    A call dropped before its body was read has an `answered` event only. The API key is never written.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: deque[bytes] = deque(maxlen=KEPT_IN_MEMORY)
        self._descriptor: int | None = None
        self._seq = 0
        if path is not None:
            _refuse_foreign(path)
            self._descriptor = open_private(path)
            drop_torn_line(self._descriptor, path)
            self._seq = _last_seq(path)
        # Each call writes at least one event and takes its number with its first, so ids never pass seqs and
        # a restart that goes on from the last seq cannot give a number twice.
        self._calls = self._seq

    def received(self, call: str, user_ids: Sequence[str]) -> Entry:
        """A call whose body was read."""
        ids_json = json.dumps(user_ids)
        with self._lock:
            self._calls += 1
            entry = Entry(call, self._calls, ids_json)
            self._write(entry, "received", "")
        return entry

    def applied(self, entry: Entry, attributes_json: str, user_ids: Sequence[str] | None = None) -> None:
        """The store changed. Call it while the store's lock is held: then the order is the true one."""
        ids_json = entry.user_ids_json if user_ids is None else json.dumps(user_ids)
        with self._lock:
            self._write(
                Entry(entry.call, entry.id, ids_json), "applied", f', "attributes": {attributes_json}'
            )

    def answered(self, entry: Entry, status: int | None, fault: str | None = None) -> None:
        """The answer is about to be written, or the connection is dropped on purpose (`status` None)."""
        with self._lock:
            self._write(entry, "answered", _ending(status, fault))

    def dropped(self, call: str, status: int | None, fault: str) -> None:
        """A call that ended before its body was read."""
        with self._lock:
            self._calls += 1
            self._write(Entry(call, self._calls, "[]"), "answered", _ending(status, fault))

    def as_json(self, after: int = 0) -> bytes:
        """A JSON list of the events with `seq` above `after`; without a file, of the last ones only."""
        with self._lock:
            lines = list(self._recent) if self._path is None else self._path.read_bytes().splitlines()
        if after:
            lines = [line for line in lines if json.loads(line)["seq"] > after]
        return b"[" + b",".join(lines) + b"]"

    def close(self) -> None:
        """Give the file back; nothing is written afterwards."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _write(self, entry: Entry, event: str, rest: str) -> None:
        self._seq += 1
        line = (
            f'{{"seq": {self._seq}, "at": {self._clock():.6f}, "id": {entry.id}, '
            f'"call": {json.dumps(entry.call)}, "event": "{event}", "userIDs": {entry.user_ids_json}{rest}}}'
        ).encode("ascii")
        if self._descriptor is not None:
            write_whole(self._descriptor, line + b"\n")
        elif self._path is None:
            self._recent.append(line)


def write_whole(descriptor: int, data: bytes) -> None:
    """Write all of it; one call of the system where that is possible, so that lines never mix."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _ending(status: int | None, fault: str | None) -> str:
    told = "null" if status is None else str(status)
    return f', "status": {told}' + ("" if fault is None else f', "fault": {json.dumps(fault)}')


def _refuse_foreign(path: Path) -> None:
    """Raise ValueError for a file that holds something else, before a byte of it is touched."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(len(_START))
    if not _START.startswith(head):
        raise ValueError(f"{path} is not a ledger of the sandbox")


def _last_seq(path: Path) -> int:
    last = b""
    with path.open("rb") as file:
        for line in file:
            last = line
    try:
        return int(json.loads(last)["seq"]) if last else 0
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path} is damaged at its end") from error
