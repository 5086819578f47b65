"""What the worker process does with a job document for the window: compare it with earlier imports, write its
result workbook. Both look at every row, so the window's own process must not.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection
from pathlib import Path
from threading import Event
from typing import Any

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import BadFile
from nv_desktop.core.history import History
from nv_desktop.core.job import open_job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.report import Written, write
from nv_desktop.core.upload.calls import identity
from nv_desktop.core.upload.earlier import Compared, Earlier
from nv_desktop.core.upload.options import WrittenSince
from nv_desktop.core.worker import READING_REMEDY, Params, Worker, stopped

STALL_SECONDS = 600.0  # our own document harms nobody, and the last step of a long workbook is silent
REPORT_SECONDS = 0.2

Tell = Callable[[int, int], None]  # rows done, of
Send = Callable[[dict[str, Any]], None]


# --- in the calling process -----------------------------------------------------------------------------


def compare(
    job: Path,
    account: Account,
    history_file: Path | None,
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Compared:
    """How the rows that would be sent stand to what earlier imports had confirmed. Raises Stopped."""
    params = {
        "job": str(job),
        "account": identity(account),
        "account_id": account.id,
        "history": str(history_file) if history_file is not None else None,
    }
    return Compared(**_call("compare", params, "The comparison with earlier imports broke off.", tell, stop))


def write_workbook(
    job: Path,
    target: Path,
    states: Collection[State | None],
    tell: Tell | None = None,
    stop: Event | None = None,
) -> Written:
    """The result workbook (`core.report.write`). Raises Stopped (nothing is written then), BadFile."""
    params = {
        "job": str(job),
        "target": str(target),
        "states": [None if state is None else int(state) for state in states],
    }
    done = _call("report", params, "Writing the workbook broke off; nothing was written.", tell, stop)
    side = done["side_file"]
    return Written(Path(done["path"]), done["rows"], Path(side) if side else None, done["sentences"])


def _call(task: str, params: Params, trouble: str, tell: Tell | None, stop: Event | None) -> dict[str, Any]:
    """The worker's own words speak of reading a spreadsheet: `trouble` says what broke off instead."""
    with Worker(stall=STALL_SECONDS) as worker:
        try:
            return worker.call(task, params, _told(tell), stop)
        except BadFile as error:
            if error.remedy == READING_REMEDY:
                raise BadFile(trouble, "Try again.", error.detail) from error
            raise


def _told(tell: Tell | None) -> Callable[[dict[str, Any]], None] | None:
    return None if tell is None else lambda step: tell(step["rows"], step["of"])


# --- in the worker --------------------------------------------------------------------------------------


def compare_task(params: Params, progress: Send, stop: Event) -> dict[str, Any]:
    """{"job", "account": identity, "account_id", "history"} → `Compared`."""
    job = open_job(Path(params["job"]))
    history = History(Path(params["history"])) if params["history"] else None
    account_id = params["account_id"]

    def by_hand(users: Any, since: float) -> Collection[str]:
        return history.written_since(account_id, users, since) if history is not None else ()

    known: WrittenSince = by_hand
    try:
        earlier = Earlier(job.path.parent, job, params["account"], known)
        try:
            pulse = _Pulse(progress, job.row_count())
            return dataclasses.asdict(earlier.compare(job, pulse.tell, stop))
        finally:
            earlier.close()
    finally:
        if history is not None:
            history.close()
        job.close()


def report_task(params: Params, progress: Send, stop: Event) -> dict[str, Any]:
    """{"job", "target", "states"} → what was written."""
    job = open_job(Path(params["job"]))
    states = {None if state is None else State(state) for state in params["states"]}
    try:
        pulse = _Pulse(progress, job.row_count())

        def tell(rows: int) -> None:
            if stop.is_set():
                raise stopped()
            pulse.tell(rows)

        done = write(job, Path(params["target"]), states, tell)
        return {
            "path": str(done.path),
            "rows": done.rows,
            "side_file": str(done.side_file) if done.side_file else None,
            "sentences": done.sentences,
        }
    finally:
        job.close()


class _Pulse:
    """Hands progress on, some five times a second."""

    def __init__(self, progress: Send, of: int) -> None:
        self._progress, self._of = progress, of
        self._at = 0.0

    def tell(self, rows: int) -> None:
        now = time.monotonic()
        if now - self._at >= REPORT_SECONDS:
            self._at = now
            self._progress({"rows": rows, "of": self._of})
