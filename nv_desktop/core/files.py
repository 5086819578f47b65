"""Files that are private from birth and replaced whole: folders 0700, files 0600, one OS lock per subject."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from nv_desktop.core.errors import BadFile, Busy

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "it may not be written here",
    errno.EPERM: "it may not be written here",
    errno.EFBIG: "the file would be too large",
    errno.EIO: "the disk reported an error",
    errno.ENOENT: "the folder is gone",
}


def reason(problem: OSError) -> str:
    """Why the system refused, as the second half of a sentence."""
    return REASONS.get(problem.errno or 0) or (problem.strerror or "the system refused").lower()


_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # in names of files on Windows; elsewhere, the slash
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10)))
)


def file_name(text: str, most: int = 80) -> str:
    """The text as a name for a file (without its ending) that every system takes; “file” for nothing."""
    name = _FORBIDDEN.sub("_", text).strip(" .")[:most].strip(" .")
    device = name.partition(".")[0].strip().casefold() in _DEVICES
    return f"_{name}" if device else name or "file"


def private_folder(path: Path) -> Path:
    """Make the folder, and what is missing above it, for this user only (0700). Raises BadFile."""
    missing = []
    folder = path
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    try:
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a file stands in its place")
    except OSError as problem:
        raise BadFile(
            f"The folder “{path}” could not be made: {reason(problem)}.", "Choose another folder."
        ) from problem
    return path


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte or raise OSError: one `write` may take only a part."""
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if written <= 0:
            raise OSError(errno.EIO, "the disk took nothing")
        rest = rest[written:]


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable. Windows has no such call; its rename is journalled."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, data: bytes | Iterable[bytes], *, durable: bool = True) -> None:
    """Put a new file in place of `path`: the old one is whole until the new one is. Raises OSError.

    `data` may come in parts, which never lie in memory together.

    The temporary file stands in the same folder and is 0600 before it holds a byte. `durable` waits
    for the disk; without it the file survives a killed process, though perhaps not a power cut.
    """
    target = Path(os.path.realpath(path))  # a link to a settings file stays a link
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".new", dir=target.parent)
    temporary = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.writelines([data] if isinstance(data, bytes) else data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _rename(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(target.parent)


def _rename(temporary: Path, target: Path) -> None:
    """`os.replace`; on Windows a virus scanner may hold the old file open for a moment."""
    for wait in (0.02, 0.1, 0.3) if sys.platform == "win32" else ():
        try:
            os.replace(temporary, target)  # noqa: PTH105 (named like the promise it keeps)
            return
        except PermissionError:
            time.sleep(wait)
    os.replace(temporary, target)  # noqa: PTH105 (as above)


def atomic_write(path: Path, data: bytes | Iterable[bytes]) -> None:
    """`replace`, durably, with a sentence for people when it fails. Raises BadFile; the old file is whole."""
    try:
        replace(path, data)
    except OSError as problem:
        raise BadFile(
            f"“{path.name}” could not be saved: {reason(problem)}.",
            "What was saved before is untouched.",
            f"errno {problem.errno}",
        ) from problem


def set_aside(path: Path, now: Callable[[], float] = time.time) -> Path | None:
    """Move a broken file to `NAME.broken-DATE-TIME` beside it; None when it could not be moved."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now()))
    for number in range(100):
        aside = path.with_name(f"{path.name}.broken-{stamp}" + (f"-{number}" if number else ""))
        if aside.exists():
            continue
        try:
            path.rename(aside)
        except OSError:
            return None  # a folder that can only be read: the broken file stays where it is
        return aside
    return None


class FileLock:
    """An OS lock on a file of its own: held until `release`, or until the process ends however it ends.

    Two FileLocks exclude each other in one process as in two. `acquire` never waits longer than asked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, seconds: float = 0.0, wait: Callable[[float], object] = time.sleep) -> bool:
        """Take the lock, trying again for `seconds`; False when somebody else holds it. Raises OSError."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        end = time.monotonic() + seconds
        pause = 0.0005
        try:
            while not _try_lock(descriptor):
                if time.monotonic() >= end:
                    os.close(descriptor)
                    return False
                wait(pause)
                pause = min(pause * 2, 0.02)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._descriptor is not None:
            _unlock(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        if not self.acquire(10.0):
            raise Busy(f"“{self.path.name}” is held by another window or command.", "Try again in a moment.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
