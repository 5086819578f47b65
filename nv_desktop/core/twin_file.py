"""A small state in one file, written in place many times a minute and whole even if its writer is killed.

Two places take turns; each holds a number, a checksum and the bytes. A write that was cut off leaves the
other place, and with it the state before. Renaming a new file over the old one would be as safe, but makes
some file systems wait for the disk each time.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from types import TracebackType

HEAD = struct.Struct("<4sIQI")  # mark, checksum of all that follows, number of the write, length
MARK = b"nvt1"
PLACE = 512 * 2**10  # bytes


class TwinFile:
    """The open file, for a caller that holds a lock: `read` once, then `write` as often as wished.

    Raises OSError where the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._number = 0
        self._place = 0  # where the latest whole state stands

    def read(self) -> bytes | None:
        """What was written last; b"" when nothing ever was, None when neither place is whole any more."""
        found: bytes | None = None
        for place in (0, 1):
            self._file.seek(PLACE * place)
            head = self._file.read(HEAD.size)
            if len(head) < HEAD.size or head[:4] != MARK:
                continue
            _, checksum, number, length = HEAD.unpack(head)
            state = self._file.read(min(length, PLACE))
            if number > self._number and zlib.crc32(head[8:] + state) == checksum:
                self._number, self._place, found = number, place, state
        if found is None and os.fstat(self._file.fileno()).st_size == 0:
            return b""
        return found

    def write(self, state: bytes) -> None:
        """Put a new state beside the latest, which stays. Raises OSError, also when it is too large."""
        if len(state) > PLACE - HEAD.size:
            raise OSError("the state is too large")
        self._number += 1
        self._place = 1 - self._place
        rest = struct.pack("<QI", self._number, len(state))
        self._file.seek(PLACE * self._place)
        self._file.write(MARK + struct.pack("<I", zlib.crc32(rest + state)) + rest + state)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> TwinFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
