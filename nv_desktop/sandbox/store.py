"""The people of the sandbox: in memory, and in an append-only file that outlives a killed process."""

from __future__ import annotations

import json
import marshal
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from nv_desktop.sandbox.ledger import drop_torn_line, open_private, write_whole
from nv_desktop.sandbox.rules import FIELDS, Attributes, type_of

People = Iterable[tuple[str, Attributes]]
SLACK = 1000  # records of overwritten values that the file may hold before it is written anew


class DataFileError(Exception):
    """The data file cannot be used: not one of this server's, or open in another sandbox."""


class InUseError(DataFileError):
    """Another sandbox has the data file open."""


class Store:
    """Profiles by userID. Thread-safe; every change holds `lock`, and so may a caller who needs its order.

    A profile is kept packed, which takes far less memory than the parsed one. The data file has a header and
    one change a line: `{"set": {userID: whole profile}}` or `{"delete": userID}`.
    """

    def __init__(self, first_people: Callable[[], People], path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.types: dict[str, str] = {}
        self._first_people = first_people
        self._profiles: dict[str, bytes] = {}
        self._path = path
        self._descriptor: int | None = None
        self._lock_descriptor: int | None = None
        if path is None:
            self._begin_anew()
            return
        if path.exists() and not path.is_file():
            raise DataFileError(f"{path} is no file")
        self._lock_descriptor = _lock_file(path.with_name(path.name + ".lock"))
        try:
            self._open(path)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._profiles)

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._profiles

    def get(self, user_id: str) -> Attributes | None:
        """A copy of the profile's attributes; None when there is no such profile."""
        packed = self._profiles.get(user_id)
        return None if packed is None else _unpacked(packed)

    def user_ids(self, start: int, count: int) -> list[str]:
        """IDs in the order in which the profiles were made."""
        with self.lock:
            return list(islice(self._profiles, start, start + count))

    def learn_types(self, new_types: Mapping[str, str]) -> None:
        """Fix the types of custom attributes that were used for the first time."""
        with self.lock:
            for name, kind in new_types.items():
                self.types.setdefault(name, kind)

    def update(self, changes: Mapping[str, Attributes]) -> None:
        """Create or update; attributes that are not named stay."""
        with self.lock:
            whole = {user_id: self._merged(user_id, attributes) for user_id, attributes in changes.items()}
            self._append({"set": whole})
            for user_id, attributes in whole.items():
                self._profiles[user_id] = marshal.dumps(attributes)

    def delete(self, user_id: str) -> bool:
        """Forget the profile; False when there was none."""
        with self.lock:
            if user_id not in self._profiles:
                return False
            self._append({"delete": user_id})
            del self._profiles[user_id]
            return True

    def reset(self) -> None:
        """Back to the people of the first start."""
        with self.lock:
            self._begin_anew()
            if self._path is not None:
                self._replace_file(self._path)

    def close(self) -> None:
        """Give the files back."""
        with self.lock:
            for descriptor in (self._descriptor, self._lock_descriptor):
                if descriptor is not None:
                    os.close(descriptor)
            self._descriptor = self._lock_descriptor = None

    def _merged(self, user_id: str, attributes: Attributes) -> Attributes:
        packed = self._profiles.get(user_id)
        return attributes if packed is None else {**_unpacked(packed), **attributes}

    def _begin_anew(self) -> None:
        self.types = {}
        self._profiles = {}
        for user_id, attributes in self._first_people():
            self._note_types(attributes)
            self._profiles[user_id] = marshal.dumps(attributes)

    def _note_types(self, attributes: Attributes) -> None:
        for name, value in attributes.items():
            if name not in FIELDS and name not in self.types:
                kind = type_of(value)
                if kind is not None:
                    self.types[name] = kind

    def _append(self, change: Mapping[str, object]) -> None:
        if self._descriptor is not None:
            write_whole(self._descriptor, _line(change))

    def _open(self, path: Path) -> None:
        if path.exists() and path.stat().st_size:
            self.types = _header(path)  # before anything is cut off a file that may be someone else's
            self._load(path)
        else:
            self._begin_anew()
            self._replace_file(path)

    def _load(self, path: Path) -> None:
        self._descriptor = open_private(path)
        drop_torn_line(self._descriptor, path)
        records = 0
        try:
            with path.open(encoding="ascii") as lines:
                next(lines)
                for line in lines:
                    records += self._replay(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise DataFileError(f"{path} is damaged") from error
        if records > 2 * len(self._profiles) + SLACK:
            self._replace_file(path)

    def _replay(self, change: Any) -> int:
        if "delete" in change:
            self._profiles.pop(change["delete"], None)
            return 1
        for user_id, attributes in change["set"].items():
            self._note_types(attributes)
            self._profiles[user_id] = marshal.dumps(attributes)
        return len(change["set"])

    def _replace_file(self, path: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mkstemp: 0600 from birth
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_line({"sandbox": 1, "types": self.types}))
                for user_id, packed in self._profiles.items():
                    file.write(_line({"set": {user_id: _unpacked(packed)}}))
                file.flush()
                os.fsync(file.fileno())
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._descriptor = open_private(path)


def _header(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        line = file.readline()
    try:
        header = json.loads(line)
        if line.endswith(b"\n") and header["sandbox"] == 1:
            return dict(header["types"])
    except (ValueError, TypeError, KeyError) as error:
        raise DataFileError(f"{path} is not a data file of the sandbox") from error
    raise DataFileError(f"{path} is not a data file of the sandbox")


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


def _unpacked(packed: bytes) -> Attributes:
    return dict(marshal.loads(packed))  # noqa: S302  # packed by this process, never read from outside


def _lock_file(path: Path) -> int:
    """Hold the lock file until closed; raises DataFileError when another process holds it."""
    descriptor = open_private(path)
    try:
        _lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise InUseError(f"{path.stem} is open in another sandbox") from error
    return descriptor


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only

else:

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
