"""Putting back all that a list deleted: each profile from the shelf, unless its user exists again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from nv_desktop.core.api import Client
from nv_desktop.core.deletion import CANNOT_RETURN, restore
from nv_desktop.core.errors import AppError, Rejected, Stopped
from nv_desktop.core.history import History
from nv_desktop.core.job import Job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State

AT_ONCE = 8  # profiles on their way back
_MAY_BE_GONE = (State.CONFIRMED, State.ACCEPTED, State.UNKNOWN)


@dataclass
class RestoredAll:
    """What became of it. `failed`: (user ID, why) of those that were not put back; they stay on the shelf.

    `left`: users that were not tried, because it was stopped. `message`: what cannot return.
    """

    restored: int = 0
    accepted: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    left: int = 0
    message: str = CANNOT_RETURN


def on_shelf(job: Job, account: str, history: History) -> list[int]:
    """Where the copies are of those whom this list deleted (or may have), and who were not put back yet."""
    states = ",".join(str(int(state)) for state in _MAY_BE_GONE)
    with reading():
        users = {user for (user,) in job.db.execute(f"SELECT user_id FROM ledger WHERE state IN ({states})")}
    places = {
        kept.profile.user_id: kept.id for kept in reversed(history.shelf(account)) if kept.state != "restored"
    }
    return [place for user, place in places.items() if user in users]


def restore_all(
    client: Client,
    history: History,
    places: Sequence[int],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    stop: threading.Event | None = None,
) -> RestoredAll:
    """Write these copies back, two calls each at the limit's pace; blocks. What is back is marked so on the
    shelf at once: after a stop or a crash, `on_shelf` gives those that are left."""
    done, halt = RestoredAll(), stop or threading.Event()
    tell = threading.Lock()

    def one(place: int) -> None:
        if halt.is_set():
            with tell:
                done.left += 1
            return
        outcome = _restored(client, history, place)
        with tell:
            if isinstance(outcome, tuple):
                done.failed.append(outcome)
            else:
                done.accepted += outcome
                done.restored += not outcome
            progress(done.restored + done.accepted + len(done.failed), len(places))

    with ThreadPoolExecutor(AT_ONCE, "restore") as pool:
        for _ in pool.map(one, places):
            pass
    return done


def _restored(client: Client, history: History, place: int) -> bool | tuple[str, str]:
    """Whether it was queued, or (user ID, why not)."""
    user_id = history.shelved(place).profile.user_id
    try:
        return restore(client, history, place).accepted
    except (Rejected, Stopped) as error:
        return user_id, error.message
    except AppError as error:
        return user_id, str(error)
