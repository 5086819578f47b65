"""What is erased by itself after its days: history, imports that are over, what nobody confirmed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nv_desktop.core.errors import AppError, Busy, Stopped
from nv_desktop.core.history import History
from nv_desktop.core.job import documents, remove
from nv_desktop.core.job.listing import Listed, listed

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was erased: entries of the history (changes, the shelf, people), imports, undos and lists to
    delete that nobody confirmed.

    `waiting`: imports older than the days that are kept because rows of them wait to be sent.
    """

    entries: int = 0
    imports: int = 0
    undos: int = 0
    waiting: int = 0


def tidy(
    folder: Path,
    history: History,
    days: int,
    clock: Callable[[], float] = time.time,
    stop: threading.Event | None = None,
) -> Tidied:
    """Erase what is older than `days`, except what is pinned, runs, or waits to be resumed. Blocks.

    A document that cannot be opened, or that somebody works on, is left for the next time. Raises Stopped,
    AppError where the history cannot be written.
    """
    entries = history.retain(days).entries
    oldest, yesterday = clock() - days * DAY, clock() - DAY
    imports = undos = waiting = 0
    for path in documents(folder):
        if stop is not None and stop.is_set():
            raise Stopped("Tidying up was called off.")
        try:
            line = listed(path)
            at = last_touched(line)
            if is_unconfirmed(line) and at < yesterday:
                remove(path)
                undos += 1
            elif at < oldest and not line.pinned:
                if line.unfinished or line.running:
                    waiting += 1
                else:
                    remove(path)
                    imports += 1
        except Busy:
            continue  # a window or a command is at work on it
        except (AppError, OSError):
            continue  # damaged, of a newer version, not ours to delete: History shows it, a person decides
    return Tidied(entries, imports, undos, waiting)


def last_touched(line: Listed) -> float:
    """The last answer; where nothing was sent, the last edit. Seconds since 1970."""
    if line.begun:
        return line.ended or line.started or line.created
    return max(line.created, line.path.stat().st_mtime)


def is_unconfirmed(line: Listed) -> bool:
    """An undo or a list to delete, prepared and never confirmed: it must not be sent later by mistake."""
    return (bool(line.undoes) or line.deletes) and not line.begun and not line.running


def told(done: Tidied, days: int) -> str:
    """One sentence for a person; "" when nothing that was theirs was erased."""
    parts = []
    if done.imports:
        parts.append("1 import" if done.imports == 1 else f"{done.imports:,} imports")
    if done.entries:
        parts.append("1 entry of the history" if done.entries == 1 else f"{done.entries:,} entries")
    if not parts:
        return ""
    return f"{' and '.join(parts)} older than {days:,} days {_were(done)} erased from this computer."


def _were(done: Tidied) -> str:
    return "was" if done.imports + done.entries == 1 else "were"
