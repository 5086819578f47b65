"""A delete that waits for its grace to be over, noted so that it is asked about when the program ended first.

It never goes out by itself after that: a note is a question for the next start, not an order.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from nv_desktop.core.errors import BadFile
from nv_desktop.core.files import atomic_write, reason

FILE = "waiting-delete.json"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom somebody wanted to delete. `account`: its id; `keep`: a copy goes on the shelf; `asked_at`:
    seconds since 1970; `begun`: the call may have gone out, its outcome was not noted."""

    account: str
    user_id: str
    name: str
    keep: bool
    asked_at: float
    begun: bool = False


class Grace:
    """The one note of a data folder (0600). Blocks; thread-safe. Raises BadFile where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()

    def note(self, waiting: Waiting) -> None:
        """From now on the next start asks about it."""
        with self._lock:
            atomic_write(self._file, json.dumps(asdict(waiting), ensure_ascii=False).encode())

    def begin(self, waiting: Waiting) -> None:
        """The call is about to go out."""
        self.note(replace(waiting, begun=True))

    def waiting(self) -> Waiting | None:
        """What the program ended before; None for nothing. A damaged note deletes nobody; one that cannot be
        read just now is kept for the next start."""
        with self._lock:
            try:
                return self._read()
            except OSError as problem:
                raise BadFile(
                    f"Whether a delete is waiting could not be read: {reason(problem)}.",
                    "It is asked about at the next start.",
                    f"errno {problem.errno}",
                ) from problem

    def forget(self, waiting: Waiting) -> None:
        """It was done, or called off; a note about another one stays."""
        with self._lock, suppress(OSError):  # a question too many harms nobody
            noted = self._read()
            if noted is not None and replace(noted, begun=False) == replace(waiting, begun=False):
                self._remove()

    def forget_person(self, user_id: str) -> None:
        """Nothing about this user stays here."""
        waiting = self.waiting()
        if waiting is not None and waiting.user_id == user_id:
            self.forget(waiting)

    def _read(self) -> Waiting | None:
        try:
            told = json.loads(self._file.read_bytes())
            return Waiting(**{each.name: told[each.name] for each in fields(Waiting)})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            self._remove()
            return None

    def _remove(self) -> None:
        with suppress(OSError):  # as above
            self._file.unlink(missing_ok=True)
