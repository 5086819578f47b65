"""What happened to a job on its way, as sentences for a person: read from its calls, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.document import Document
from nv_desktop.core.job.ledger import State

MOST = 60  # calls looked at


@dataclass(frozen=True, slots=True)
class Event:
    """Worth telling. `kind`: began, refused, unknown, split, slow_down, offline, key_refused or ended.

    `at` in seconds since 1970; `times`: how many like it, one after the other, this stands for.
    """

    at: float
    kind: str
    title: str
    detail: str = ""
    times: int = 1


def story(job: Document, limit: int = 12) -> list[Event]:
    """The latest events of a job. Some milliseconds; raises AppError where the document cannot be read."""
    with reading():
        db = job.db
        events = [*_calls(db), *_refused(db), *_ends(db)]
    merged: list[Event] = []
    for event in sorted(events, key=lambda each: each.at, reverse=True):
        last = merged[-1] if merged else None
        if last is not None and event.kind in _MANY and event.kind == last.kind:
            merged[-1] = replace(last, times=last.times + 1, title=_MANY[event.kind](last.times + 1))
        else:
            merged.append(event)
    return merged[:limit]


_MANY: dict[str, Callable[[int], str]] = {
    "split": lambda times: f"{times:,} calls were split to find refused rows",
    "unknown": lambda times: f"{times:,} calls without a clear answer",
    "offline": lambda times: f"The server could not be reached, {times:,} times",
    "slow_down": lambda times: f"The server asked to go slower, {times:,} times",
}

_ANSWERS: dict[str, tuple[str, str, str]] = {
    # status of a call: kind, title, what it means where the server said nothing
    "refused": ("split", "Call {call:,} was split to find the refused row", "The rest goes through."),
    "unclear": ("unknown", "Call {call:,} had no clear answer", "Its rows are unknown until sent again."),
    "slow_down": ("slow_down", "The server asked to go slower", "Sending goes on by itself."),
    "not_sent": ("offline", "The server could not be reached", "Nothing was handed over."),
    "key_refused": ("key_refused", "The key was refused", "Sending paused."),
}


def _calls(db: sqlite3.Connection) -> list[Event]:
    found = db.execute(
        "SELECT b.id, coalesce(b.answered_at, b.sent_at), b.status, b.message FROM batches b "
        "WHERE b.status IN ('unclear', 'slow_down', 'not_sent', 'key_refused') OR (b.status = 'refused' "
        f"AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.batch = b.id AND l.state = {State.REFUSED:d})) "
        "ORDER BY b.id DESC LIMIT ?",
        (MOST,),
    )
    events = []
    for call, at, status, message in found:
        kind, title, means = _ANSWERS[status]
        events.append(Event(at or 0.0, kind, title.format(call=call), message or means))
    return events


def _refused(db: sqlite3.Connection) -> list[Event]:
    found = db.execute(
        "SELECT l.batch, count(*), min(l.row), min(l.reason), coalesce(b.answered_at, b.sent_at) "
        f"FROM ledger l JOIN batches b ON b.id = l.batch WHERE l.state = {State.REFUSED:d} "
        "GROUP BY l.batch ORDER BY l.batch DESC LIMIT ?",
        (MOST,),
    )
    events = []
    for call, rows, first, reason, at in found.fetchall():
        (number,) = db.execute("SELECT number FROM rows WHERE id = ?", (first,)).fetchone()
        title = f"Row {number:,} was refused" if rows == 1 else f"Call {call:,}: {rows:,} rows refused"
        events.append(Event(at or 0.0, "refused", title, reason or ""))
    return events


def _ends(db: sqlite3.Connection) -> list[Event]:
    first, last, calls = db.execute("SELECT min(sent_at), max(answered_at), count(*) FROM batches").fetchone()
    if first is None:
        return []
    events = [Event(first, "began", "Sending began", "")]
    stage = db.execute("SELECT value FROM meta WHERE key = 'stage'").fetchone()
    if last is not None and stage is not None and stage[0] == '"done"':
        events.append(Event(last, "ended", "All rows have an answer", f"{calls:,} calls"))
    return events
