"""Writes from this computer that may still arrive: a delete waits for them, or the profile would come back.

A call that was cut off can be applied until its deadline. Who deletes a user in between sees the profile
gone, and then created again by the call before.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, Busy, Stopped
from nv_desktop.core.history import History
from nv_desktop.core.job import documents, open_job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.calls import identity
from nv_desktop.core.upload.options import DELETE, KIND

SETTLE = 60.0  # seconds from the start of a call after which it can no longer be applied (its deadline)
LOOK = 0.1  # seconds between two looks at `halt`
_UNSETTLED = frozenset(("sending", "unclear"))  # states of a change in the history


class Pending:
    """What was sent with unknown outcome less than `settle` seconds ago. `clock`: seconds since 1970.

    Read once, when made; thread-safe afterwards. `folder` holds the job documents; `but` is not looked at.
    """

    def __init__(
        self,
        folder: Path,
        account: Account,
        history: History,
        clock: Callable[[], float] = time.time,
        settle: float = SETTLE,
        but: Path | None = None,
    ) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        since = clock() - settle
        for path in documents(folder):
            if path != but:
                for user, at in _of_document(path, account, since):
                    self._add(user, at + settle)
        for change in history.changes(account.id, limit=500):
            if change.at >= since and change.state in _UNSETTLED and change.kind != "deleted":
                self._add(change.user_id, change.at + settle)

    def _add(self, user_id: str, until: float) -> None:
        self._until[user_id] = max(until, self._until.get(user_id, 0.0))

    def seconds(self, user_id: str) -> float:
        """How long a write to this user may still arrive; 0 when none can."""
        return max(0.0, self._until.get(user_id, 0.0) - self._clock())

    def refuse(self, user_id: str) -> None:
        """Raise Busy while one can."""
        seconds = math.ceil(self.seconds(user_id))
        if seconds:
            raise Busy(
                f"A change to “{user_id}” may still be on its way; deleted now, the profile could come back.",
                f"Try again in {seconds} seconds.",
            )

    def wait(self, user_id: str, halt: threading.Event) -> None:
        """Until none can. Raises Stopped."""
        while self.seconds(user_id) > 0.0:
            if halt.wait(min(LOOK, self.seconds(user_id))):
                raise Stopped("The call was stopped before it began.")


def _of_document(path: Path, account: Account, since: float) -> list[tuple[str, float]]:
    """(user, when it was sent) of the unsettled rows of one document; [] where it cannot be opened."""
    try:
        job = open_job(path)
    except AppError:
        return []
    try:
        mine, theirs = identity(account), job.meta("sent_with") or {}
        if job.meta(KIND) == DELETE or any(theirs.get(name) != mine[name] for name in ("brand_id", "host")):
            return []
        with reading():
            return job.db.execute(
                "SELECT l.user_id, b.sent_at FROM ledger l JOIN batches b ON b.id = l.batch "
                f"WHERE l.state IN ({State.SENDING:d}, {State.UNKNOWN:d}) AND b.sent_at >= ?",
                (since,),
            ).fetchall()
    finally:
        job.close()
