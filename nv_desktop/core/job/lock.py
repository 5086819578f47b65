"""One lock per job for any engine: the reader, the check and the upload, in a window or on the command line.

It is taken on a file beside the document: locking the document itself would drop SQLite's own locks.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from nv_desktop.core.errors import AppError, Busy
from nv_desktop.core.files import FileLock


class JobLock:
    """Held from construction until `release` or the end of the `with`. Raises Busy when another holds it."""

    def __init__(self, document: Path) -> None:
        self._lock = FileLock(lock_path(document))
        try:
            is_mine = self._lock.acquire()
        except OSError as error:
            raise AppError(
                "The folder of this import cannot be written.", "Look at its rights.", str(error)
            ) from error
        if not is_mine:
            raise Busy(
                "Another window or command is working on this import.",
                "Wait until it has finished, or stop it there.",
            )

    def release(self) -> None:
        """Give it back. Doing so twice does nothing."""
        self._lock.release()

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
