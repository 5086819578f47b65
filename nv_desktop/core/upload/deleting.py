"""Deleting the users of a list: an upload of another kind, with its ledger, pause, resume and result.

For each user: read, keep the whole profile on the shelf, mark, delete once. An unclear outcome is settled by
looking again once the call can no longer count; nothing is ever deleted a second time by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from nv_desktop.core.accounts import Account
from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.errors import AppError, NotFound, Rejected, Stopped, Unclear
from nv_desktop.core.history import History
from nv_desktop.core.job import Filter, Job, PageRow
from nv_desktop.core.job.duplicates import ALL_CODES
from nv_desktop.core.job.ledger import Failpoint, Ledger, State, no_failpoint
from nv_desktop.core.profile import Profile
from nv_desktop.core.upload.backlog import Fetch, Piece
from nv_desktop.core.upload.calls import Sender, Settled, Wire
from nv_desktop.core.upload.clock import Clock
from nv_desktop.core.upload.engine import Upload
from nv_desktop.core.upload.options import DELETE, KIND, UploadOptions
from nv_desktop.core.upload.pending import Pending
from nv_desktop.core.upload.progress import Progress
from nv_desktop.core.upload.record import Record
from nv_desktop.core.upload.safety import Snapshots, trouble
from nv_desktop.core.upload.source import Source
from nv_desktop.core.upload.unsettled import Plan

_PAGE = 1_000
KEEP = "keep"  # in the document: whether the profiles go on the shelf first
LEFT_OUT = "Left out by hand."
TWICE = "The same user ID stands in another row, which counts."
NOBODY = "There is no such profile; nothing had to be deleted."
GONE = "Looked again: the profile is gone."
STILL_THERE = "Looked again: the profile is still there, so it was not deleted."


class Deleter(Sender, Protocol):
    """What deleting needs of `core.api.Client`."""

    def delete_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class Price:
    """What deleting would do, said before the first call. `left_out`: duplicates and rows with a problem;
    `seconds`: the shortest time, reading and deleting side by side (each has a budget of its own)."""

    users: int
    left_out: int
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: its number as in the file, the user ID as it stands there, why it stays behind
    ("" where the user is deleted)."""

    number: int
    user_id: str
    why: str = ""


def make_delete_job(job: Job, keep: bool = True) -> Job:
    """Turn a checked list of user IDs (`core.upload.id_list`) into a job that deletes them."""
    if any(column.target not in (None, "userID") for column in job.mapping().columns):
        raise ValueError("a list to be deleted feeds nothing but the userID")
    job.set_meta(KIND, DELETE)
    job.set_meta(KEEP, keep)
    return job


def price(job: Job, rate: int, keep: bool | None = None) -> Price:
    """Of a job from `make_delete_job`; nothing is called. `keep`: None for what the document says."""
    totals = job.totals()
    kept = job.meta(KEEP, True) if keep is None else keep
    calls = totals.send * (2 if kept else 1)
    return Price(totals.send, totals.rows - totals.send, calls, totals.send * 60.0 / max(1, rate))


def entries(job: Job, most: int) -> list[Entry]:
    """At most so many lines of the list, those that stay behind first, in the order of the file."""
    found = list(job.ids(Filter(send=False)))[:most]
    found += list(job.ids(Filter(send=True)))[: most - len(found)]
    (column,) = (column.index for column in job.mapping().columns if column.target is not None)
    return [
        _entry(row, column)
        for start in range(0, len(found), _PAGE)
        for row in job.page(found[start : start + _PAGE])
    ]


def _entry(row: PageRow, column: int) -> Entry:
    if row.send:
        return Entry(row.number, row.user_id or row.cells[column])
    problems = (each for found in row.problems.values() for each in found)
    worst = max(problems, key=lambda each: each.level, default=None)
    why = LEFT_OUT if worst is None else TWICE if worst.code in ALL_CODES else worst.message
    return Entry(row.number, row.cells[column], why)


def refusal(account: Account) -> Rejected | None:
    """Why nothing may be deleted with this account; None where it may."""
    if not (account.read_only or account.no_delete):
        return None
    return Rejected(
        f"The account “{account.name}” is set so that NV Desktop does not delete here.",
        "Its switches are in Accounts.",
    )


class Deleting(Upload):
    """An `Upload` that deletes. Raises Rejected as well for an account that is set not to delete."""

    kind = DELETE
    batch = 1

    def __init__(
        self,
        job: Job,
        client: Deleter,
        history: History,
        *,
        options: UploadOptions | None = None,
        clock: Clock | None = None,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        super().__init__(job, client, options=options, clock=clock, failpoint=failpoint)
        self._list = job
        self._deleter = client
        self._history = history

    def run(self, progress: Callable[[Progress], None] = lambda _: None) -> Progress:
        refused = refusal(self._client.account)
        if refused is not None:
            raise refused
        last = super().run(progress)
        with suppress(AppError):  # a full disk: as long as the list is kept, its ledger says the same
            self._history.note_deleted(self._client.account.id, _deleted(self._list))
        if not self._list.meta(KEEP, True):
            self._erase()
        return last

    def _erase(self) -> None:
        try:
            users = [user for user, _ in _deleted(self._list)]
            self._history.erase_people(users, self._client.account.id)
        except AppError as problem:  # the calls were made: that must not be told as a failure
            raise AppError(
                "The users were deleted as the result says, but what this computer knows of them could not"
                f" be erased: {problem.message}",
                "Erase them in History once that works.",
                problem.detail,
            ) from problem

    def _plan(self, ledger: Ledger, now: float) -> Plan:
        """Whatever its age, a row of unknown outcome is looked at once its call can no longer count."""
        wall, settle = self._clock.time(), self._options.settle
        found = Plan()
        for call in ledger.unsettled():
            wait = min(settle, call.sent_at + settle - wall)
            for row, user in zip(call.rows, call.users, strict=True):
                found.parts.append(Piece([row], State.UNKNOWN, 1, now + wait if wait > 0 else 0.0, [user]))
        return found

    def _again(self, source: Source, ledger: Ledger) -> Fetch:
        """A row of unknown outcome is only looked at again, whoever has changed what since."""
        return source.fetch

    def _wire(self, snapshots: Snapshots, ledger: Ledger) -> Wire:
        doubtful = {user for call in ledger.unsettled() for user in call.users}
        account = self._client.account
        shelf = Shelf(self._history, account.id) if self._list.meta(KEEP, True) else None
        pending = Pending(
            self._list.path.parent,
            account,
            self._history,
            self._clock.time,
            self._options.settle,
            but=self._list.path,
        )
        return Deletes(self._deleter, shelf, doubtful, pending, self._failpoint)


def _deleted(job: Job) -> list[tuple[str, float]]:
    """Who was deleted, and when the call went out (seconds since 1970)."""
    found: list[tuple[str, float]] = job.db.execute(
        "SELECT l.user_id, b.sent_at FROM ledger l JOIN batches b ON b.id = l.batch"
        f" WHERE l.state IN ({State.CONFIRMED:d}, {State.ACCEPTED:d})"
    ).fetchall()
    return found


class Shelf:
    """The copies of one run: one a user, however often the run was cut off. Thread-safe."""

    def __init__(self, history: History, account: str) -> None:
        self._history, self._account = history, account
        self._places = {
            kept.profile.user_id: kept.id
            for kept in reversed(history.shelf(account))  # the latest copy of a user counts
            if kept.state in ("deleting", "unclear")
        }

    def put(self, profile: Profile) -> None:
        """Keep the profile as it is now, in place of a copy from a run that was cut off. Raises AppError."""
        before = self._places.get(profile.user_id)
        self._places[profile.user_id] = self._history.shelve(self._account, profile)
        if before is not None:
            self._history.forget_shelved(before)

    def settle(self, user_id: str, state: str) -> None:
        """What became of it. A disk that refuses leaves “deleting”; the job's ledger holds the outcome."""
        if user_id in self._places:
            with suppress(AppError):
                self._history.set_shelf_state(self._places[user_id], state)

    def drop(self, user_id: str) -> None:
        """Nothing was deleted: no copy is needed."""
        place = self._places.pop(user_id, None)
        if place is not None:
            with suppress(AppError):  # one copy too many harms nobody
                self._history.forget_shelved(place)


class Deletes:
    """The wire: one user a call. `doubtful`: users whose delete was sent with unknown outcome."""

    def __init__(
        self,
        client: Deleter,
        shelf: Shelf | None,
        doubtful: Iterable[str],
        pending: Pending,
        failpoint: Failpoint,
    ) -> None:
        self._client, self._shelf, self._pending, self._failpoint = client, shelf, pending, failpoint
        self._doubtful = set(doubtful)

    def call(
        self, records: Sequence[Record], halt: threading.Event, ready: Callable[[], bool]
    ) -> BatchAnswer | Settled | None:
        (record,) = records
        try:
            if record.user_id in self._doubtful:
                return self._look_again(record, halt)
            self._pending.wait(record.user_id, halt)
            if self._shelf is not None:
                profile = self._client.get_profile(record.user_id, False, halt)
                self._shelf.put(profile)
                self._failpoint("delete.kept")
        except NotFound:
            return Settled([(record.row, State.SKIPPED, NOBODY)])
        except Stopped:
            return None
        except AppError as error:
            return trouble(error)
        return self._delete(record.user_id, halt, ready)

    def _delete(self, user_id: str, halt: threading.Event, ready: Callable[[], bool]) -> BatchAnswer | None:
        try:
            gone = self._client.delete_profile(user_id, False, halt, ready)
            self._failpoint("delete.answered")
        except NotFound:
            gone = True  # somebody else was faster
        except Unclear as error:
            self._doubtful.add(user_id)
            if not self._is_gone(user_id, halt):
                self._settle(user_id, "unclear")
                return BatchAnswer(Kind.UNCLEAR, message=error.message, error=error)
            gone = True
        except AppError as error:
            if self._shelf is not None:
                self._shelf.drop(user_id)
            if isinstance(error, Stopped):
                return None
            if isinstance(error, Rejected):
                return BatchAnswer(Kind.REFUSED, message=error.message, error=error)
            return trouble(error)
        self._settle(user_id, "deleted" if gone else "queued")
        users = frozenset([user_id])
        return BatchAnswer(Kind.ANSWERED, users) if gone else BatchAnswer(Kind.ANSWERED, queued=users)

    def _is_gone(self, user_id: str, halt: threading.Event) -> bool:
        try:
            self._client.get_profile(user_id, False, halt)
        except NotFound:
            return True
        except AppError:
            return False  # it stays unclear, and is looked at again later
        return False

    def _look_again(self, record: Record, halt: threading.Event) -> Settled:
        """Raises what a look-up raises, but for NotFound."""
        try:
            self._client.get_profile(record.user_id, False, halt)
        except NotFound:
            self._settle(record.user_id, "deleted")
            outcome = (record.row, State.CONFIRMED, GONE)
        else:
            if self._shelf is not None:
                self._shelf.drop(record.user_id)
            outcome = (record.row, State.REFUSED, STILL_THERE)
        self._doubtful.discard(record.user_id)
        return Settled([outcome])

    def _settle(self, user_id: str, state: str) -> None:
        if self._shelf is not None:
            self._shelf.settle(user_id, state)
