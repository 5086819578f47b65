"""One lock per job for any engine: the reader, the check and the upload, in a window or on the command line.

The lock is the operating system's, so it is free again the moment its process ends, however it ends. It is
taken on a file beside the document: locking the document itself would drop SQLite's own locks.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from nv_desktop.core.errors import AppError, Busy

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class JobLock:
    """Held from construction until `release` or the end of the `with`. Raises Busy when another holds it."""

    def __init__(self, document: Path) -> None:
        path = lock_path(document)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise AppError(
                "The folder of this import cannot be written.", "Look at its rights.", str(error)
            ) from error
        try:
            _take(self._file)
        except OSError as error:
            os.close(self._file)
            raise Busy(
                "Another window or command is working on this import.",
                "Wait until it has finished, or stop it there.",
            ) from error
        self._held = True

    def release(self) -> None:
        """Give it back. Doing so twice does nothing."""
        if self._held:
            self._held = False
            os.close(self._file)  # the lock goes with the file

    def __enter__(self) -> JobLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def lock_path(document: Path) -> Path:
    """The file that the lock is taken on."""
    return document.with_suffix(".lock")


def is_locked(document: Path) -> bool:
    """Whether an engine is at work on this job now."""
    try:
        JobLock(document).release()
    except Busy:
        return True
    return False


if sys.platform == "win32":

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
