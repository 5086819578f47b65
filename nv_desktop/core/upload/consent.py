"""Consent is never raised in silence: who is known here to have opted out, and which rows would opt them in.

Known is what a look-up, a change by hand, an earlier import or the reading before a write has shown on this
computer. Such rows are counted before Send and left out, unless the person said to send them all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Event, Lock

from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.fields import FIELDS, OPT_INS, Json
from nv_desktop.core.history import History
from nv_desktop.core.job import Job, documents, is_locked, open_job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.record import Record

AGREED = "raise_consent"  # in the document: the person said to send such rows all the same
NOTED = "consent_noted"  # in the document: whether what its run showed stands in the history
LEFT_OUT = "Left out: this person is known here to have opted out"
_AT_ONCE = 1_000

OptOuts = Mapping[str, Collection[str]]  # user ID -> opt-ins that stand at 0 or 2


def raised_by(attributes: Mapping[str, Json], opted_out: Collection[str]) -> list[str]:
    """The opt-ins that a row would turn from 0 or 2 into 1: the one rule of this module."""
    return [name for name in OPT_INS if name in opted_out and str(attributes.get(name)) == "1"]


class Consent:
    """Tells the engine which rows to leave out. Thread-safe; `learn` adds what is read before a write."""

    def __init__(self, opted_out: OptOuts) -> None:
        self._opted_out: dict[str, Collection[str]] = dict(opted_out)
        self._lock = Lock()

    def learn(self, user_id: str, attributes: Mapping[str, Json] | None) -> None:
        """What the profile holds now, beside what was known."""
        found = opt_outs_in(attributes or {})
        if found:
            with self._lock:
                self._opted_out[user_id] = found.union(self._opted_out.get(user_id, ()))

    def left_out(self, records: Sequence[Record]) -> dict[int, str]:
        """Row → why it is left out."""
        with self._lock:
            found = {
                record.row: raised_by(record.attributes, self._opted_out.get(record.user_id, ()))
                for record in records
            }
        return {row: _sentence(names) for row, names in found.items() if names}


def opt_outs_in(attributes: Mapping[str, Json]) -> frozenset[str]:
    """The opt-ins of a profile that stand at 0 or 2."""
    return frozenset(name for name in OPT_INS if str(attributes.get(name)) in ("0", "2"))


def _sentence(names: Sequence[str]) -> str:
    fields = ", ".join(FIELDS[name].label for name in names)
    return f"{LEFT_OUT} ({fields}), and the row would opt them in."


# --- before Send ----------------------------------------------------------------------------------------


def raised(job: Job, opted_out: OptOuts, stop: Event | None = None) -> list[str]:
    """User IDs of a checked job that are known to have opted out and would be opted in. Raises Stopped."""
    if not opted_out or not _writes_consent(job):
        return []
    found = []
    for start, rows in enumerate(_in_pages(rows_of(job, opted_out))):
        if start and stop is not None and stop.is_set():
            raise Stopped("The preview was called off.")
        for _, _, converted in job.iter_converted(rows):
            user = converted.user_id or ""
            if raised_by(converted.attributes, opted_out.get(user, ())):
                found.append(user)
    return found


def _writes_consent(job: Job) -> bool:
    return any(column.target in OPT_INS for column in job.mapping().columns)


def rows_of(job: Job, users: Iterable[str]) -> list[int]:
    """The rows of a checked job that would be sent and are about one of these users, in order."""
    with reading():
        db = job.db
        db.execute("CREATE TEMP TABLE IF NOT EXISTS listed (user_id TEXT PRIMARY KEY) WITHOUT ROWID")
        db.execute("DELETE FROM temp.listed")
        db.executemany("INSERT INTO temp.listed VALUES (?)", ((user,) for user in users))
        # CROSS JOIN keeps the order: one walk over the rows, a look into the small table for each.
        found = db.execute(
            "SELECT v.row FROM verdicts v CROSS JOIN temp.listed o ON o.user_id = v.user_id "
            "WHERE v.send = 1 ORDER BY v.row"
        )
        return [row for (row,) in found]


def _in_pages(rows: Sequence[int]) -> Iterable[Sequence[int]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


# --- after a run ----------------------------------------------------------------------------------------


def catch_up(folder: Path, account: str, sent_with: Mapping[str, Json], history: History) -> None:
    """Note the opt-outs that a run of this account showed before its process was killed."""
    for path in documents(folder):
        if is_locked(path):
            continue
        try:
            job = open_job(path)
        except AppError:  # a damaged document: History names it
            continue
        try:
            theirs = job.meta("sent_with") or {}
            mine = all(theirs.get(name) == sent_with[name] for name in ("brand_id", "host"))
            if mine and job.meta(NOTED) is False:
                note(job, account, history, opted_in=False)
        finally:
            job.close()


def note(job: Job, account: str, history: History, *, opted_in: bool = True) -> None:
    """Keep in the history whose opt-outs the run has read or written, and (`opted_in`) who agreed again."""
    with reading():
        read = [
            (user, {name: value for name, value in zip(OPT_INS, values, strict=True) if value is not None})
            for user, *values in job.db.execute(
                f"SELECT user_id, {_VALUES} FROM snapshots WHERE profile LIKE '%opt_in%'"
            )
        ]
    history.people.remember(account, [each for each in read if opt_outs_in(each[1])])
    if _writes_consent(job):
        _note_written(job, account, history, opted_in)
    job.set_meta(NOTED, True)


_VALUES = ", ".join(f"json_extract(profile, '$.{name}')" for name in OPT_INS)


def _note_written(job: Job, account: str, history: History, opted_in: bool) -> None:
    known = history.people.opt_outs(account)
    with reading():
        rows = [
            row
            for (row,) in job.db.execute(
                f"SELECT row FROM ledger WHERE state IN ({State.CONFIRMED:d}, {State.ACCEPTED:d})"
            )
        ]
    for page in _in_pages(rows):
        written = []
        for _, _, converted in job.iter_converted(page):
            user = converted.user_id or ""
            now = {name: value for name in OPT_INS if (value := converted.attributes.get(name)) is not None}
            if opt_outs_in(now) or (opted_in and raised_by(now, known.get(user, ()))):
                written.append((user, now))
        if written:
            history.people.remember(account, written)
