"""A folder for what is needed only while a command runs. What a killed one left is removed by the next."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nv_desktop.core.files import FileLock, private_folder
from nv_desktop.core.settings import Paths


@contextmanager
def scratch(paths: Paths) -> Iterator[Paths]:
    """An empty data folder of its own (0700) inside this one, gone at the end. Raises BadFile, Busy, OSError.

    It holds customers, so it must not outlive its command, not even a killed one, by much.
    """
    home = private_folder(paths.data_dir / "scratch")
    with FileLock(home / ".lock"):
        for left in home.iterdir():
            if left.is_dir():
                _remove(left, FileLock(_lock_of(left)))
        folder = Path(tempfile.mkdtemp(dir=home))
        lock = FileLock(_lock_of(folder))
        lock.acquire()
    try:
        yield Paths(folder)
    finally:
        lock.release()
        _remove(folder, lock)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _remove(folder: Path, lock: FileLock) -> None:
    """Remove a folder that nobody holds."""
    if lock.acquire():
        shutil.rmtree(folder, ignore_errors=True)  # what cannot go now, the next command tries again
        lock.release()
        if not folder.exists():
            lock.path.unlink(missing_ok=True)
