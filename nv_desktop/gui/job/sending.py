"""An upload in its own thread: the document opened, the account connected, what is known here heeded."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.history import History
from nv_desktop.core.job import Job, open_job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.learning import learn_people
from nv_desktop.core.upload import Progress, Safety, Upload, UploadOptions
from nv_desktop.core.upload.deleting import KEEP
from nv_desktop.core.upload.local import with_local_knowledge
from nv_desktop.core.upload.opening import engine_for
from nv_desktop.core.upload.options import DELETE, KIND
from nv_desktop.core.upload.undo import note_undone
from nv_desktop.gui.job.run import Moment, Run

log = logging.getLogger(__name__)

COUNT_SECONDS = 1.0
COUNT_SHARE = 20  # counting takes at most a twentieth of the thread's time


@dataclass(frozen=True, slots=True)
class Known:
    """What this computer knows: types of attributes, and what was written by hand."""

    accounts: Accounts
    history: History


def send(
    run: Run,
    connect: Callable[[Account], Client],
    window: int,
    known: Known | None,
    report: Callable[[Moment], None],
) -> Progress:
    """Send what is left of a job; blocks until it comes to rest. Raises AppError: nothing was sent then.

    `window`: calls on their way at once.
    """
    job = open_job(run.path)
    try:
        if not job.checked():
            raise Rejected("This import has not been checked to its end.", "Go back to Check first.")
        _refuse_unconfirmed(job, run)
        _keep_choices(job, run)
        client = connect(run.account)
        try:
            with _informed(_options(job, run, window), job, run, known) as options:
                upload = _engine(job, client, known, options)
                run.obey(upload)
                note_undone(job)
                last = upload.run(_Teller(job, options.safety, report).tell)
        finally:
            client.close()
        if known is not None and last.confirmed and job.meta(KIND) != DELETE:
            _learn(job, known.history, run.account.id)
        return last
    finally:
        job.close()


def _engine(job: Job, client: Client, known: Known | None, options: UploadOptions) -> Upload:
    """The engine that fits the document; a list to be deleted needs the shelf, so it needs `known`."""
    if known is None:
        return Upload(job, client, options=options)
    return engine_for(job, client, known.history, options)


def _refuse_unconfirmed(job: Job, run: Run) -> None:
    """Nobody is deleted by a way that did not ask for it."""
    if job.meta(KIND) == DELETE and not run.wanted.deletes:
        raise Rejected("This is a list of users to be deleted; it was not confirmed.", "Open it in History.")


def _keep_choices(job: Job, run: Run) -> None:
    """What was chosen before Send holds for every later run of this document."""
    wanted = run.wanted
    for name, chosen in (
        ("safety", str(wanted.safety) if wanted.safety is not None else None),
        ("skip_unchanged", wanted.skip_unchanged),
        ("raise_consent", wanted.raise_consent),
        (KEEP, wanted.keep),
        ("exclude", sorted(wanted.exclude) if wanted.exclude is not None else None),
    ):
        if chosen is not None:
            job.set_meta(name, chosen)


def _options(job: Job, run: Run, window: int) -> UploadOptions:
    return UploadOptions(
        window=window,
        trial=run.wanted.trial,
        safety=Safety(job.meta("safety") or Safety.NONE),
        old_unknown=run.wanted.old_unknown,
        exclude=frozenset(job.meta("exclude") or ()),
    )


@contextmanager
def _informed(options: UploadOptions, job: Job, run: Run, known: Known | None) -> Iterator[UploadOptions]:
    if known is None:
        yield options
        return
    with with_local_knowledge(
        options,
        job,
        run.account,
        known.accounts,
        known.history,
        run.path.parent,
        skip_unchanged=job.meta("skip_unchanged") is True,
    ) as informed:
        yield informed


def _learn(job: Job, history: History, account_id: str) -> None:
    if job.meta("source", {}).get("undoes"):
        return
    try:
        learn_people(job, history, account_id)
    except AppError as error:
        # The rows are in, and that is what the result must say; people can be looked up all the same.
        log.warning("people of an import were not kept: %s", type(error).__name__)


class _Teller:
    """Hands on every moment of the upload, with the number of kept profiles counted now and then."""

    def __init__(self, job: Job, safety: Safety, report: Callable[[Moment], None]) -> None:
        self._job, self._report = job, report
        self._kept: int | None = None if safety is Safety.NONE else 0
        self._keeps_all = safety is Safety.FULL
        self._next = 0.0

    def tell(self, progress: Progress) -> None:
        if self._kept is not None and time.monotonic() >= self._next:
            started = time.monotonic()
            with reading():
                (self._kept,) = self._job.db.execute("SELECT count(*) FROM snapshots").fetchone()
            took = time.monotonic() - started
            self._next = started + max(COUNT_SECONDS, took * COUNT_SHARE)
        self._report(Moment(progress, self._kept, self._keeps_all))
