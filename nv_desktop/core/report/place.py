"""A file that is written privately beside its place and put there whole, or under the next free name."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType

from nv_desktop.core.files import sync_folder, write_all

_NAMES = 20  # how many other names are tried when a program holds the file open


class Place:
    """`with Place(path)`: a folder for drafts (0700, gone at the end) beside `path`. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._drafts = tempfile.TemporaryDirectory(prefix=".nv-", dir=path.parent)
        self.folder = Path(self._drafts.name)

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drafts.cleanup()

    def new(self, name: str) -> Path:
        """An empty draft, 0600 from birth."""
        path = self.folder / name
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return path

    def beside(self, ending: str) -> Path:
        """The name of a second file that belongs to this one."""
        return self.path.with_name(f"{self.path.stem} {ending}")

    def put(self, name: str) -> Path:
        """Put a draft in its place, durably; where it stands now."""
        draft = self.folder / name
        descriptor = os.open(draft, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.path = _settle(draft, self.path)
        return self.path

    def put_beside(self, path: Path, data: bytes) -> None:
        """Write a second file (0600) in full."""
        draft = self.new(path.name)
        descriptor = os.open(draft, os.O_WRONLY)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(path)


def _settle(draft: Path, path: Path) -> Path:
    """Rename; Windows refuses while a program such as Excel holds the old file open."""
    for number in range(1, _NAMES):
        target = path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")
        if number > 1 and target.exists():
            continue
        try:
            draft.replace(target)
        except PermissionError:
            continue
        sync_folder(target.parent)
        return target
    draft.replace(path)
    return path
