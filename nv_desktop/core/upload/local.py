"""What this computer knows and an upload should heed: who was written since, what has not changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.core.job import Job
from nv_desktop.core.upload.calls import identity
from nv_desktop.core.upload.consent import AGREED, NOTED, Consent, catch_up, note
from nv_desktop.core.upload.earlier import Earlier
from nv_desktop.core.upload.options import UploadOptions
from nv_desktop.core.upload.record import Record

SKIP_UNCHANGED = "skip_unchanged"  # in the document: rows confirmed before with the same values stay out


@contextmanager
def with_local_knowledge(
    options: UploadOptions,
    job: Job,
    account: Account,
    accounts: Accounts,
    history: History,
    folder: Path,
    *,
    skip_unchanged: bool | None = None,
    raise_consent: bool | None = None,
    exclude: Collection[str] | None = None,
) -> Iterator[UploadOptions]:
    """The options with what is known here added, for the length of a `run` and its thread.

    A row of unknown outcome is not sent again over a later write from here; types that the server confirmed
    are remembered; with `skip_unchanged` rows confirmed before with the same values are left out. Rows that
    would opt in somebody known to have opted out are left out, unless `raise_consent`; so are the users in
    `exclude`. The three answers are kept in the document for its later runs (None: as they were). `folder`
    holds the job documents.
    """
    known = _Known(job, account, history, folder)
    _keep_answer(job, SKIP_UNCHANGED, skip_unchanged)
    _keep_answer(job, AGREED, raise_consent)
    _keep_answer(job, "exclude", sorted(exclude) if exclude is not None else None)
    catch_up(folder, account.id, identity(account), history)
    job.set_meta(NOTED, False)

    def learn(types: dict[str, str]) -> None:
        with suppress(AppError):  # a full disk: what became of the rows is what has to be told
            accounts.learn_types(account.id, types)

    try:
        yield replace(
            options,
            written_since=known.written_since,
            changed_by_hand=known.by_hand,
            unchanged=known.unchanged if job.meta(SKIP_UNCHANGED) else None,
            types_used=learn,
            exclude=frozenset(job.meta("exclude") or ()) | frozenset(options.exclude),
            consent=None if job.meta(AGREED) else Consent(history.people.opt_outs(account.id)),
        )
    finally:
        known.close()
        with suppress(AppError):  # a full disk: the next run from here catches up
            note(job, account.id, history)


def _keep_answer(job: Job, name: str, answer: bool | list[str] | None) -> None:
    if answer is not None:
        job.set_meta(name, answer)


class _Known:
    """Opens the earlier jobs at the first question."""

    def __init__(self, job: Job, account: Account, history: History, folder: Path) -> None:
        self._job, self._account, self._history, self._folder = job, account, history, folder
        self._earlier: Earlier | None = None

    def written_since(self, users: Sequence[str], since: float) -> set[str]:
        return self._opened().written_since(users, since)

    def unchanged(self, records: Sequence[Record]) -> Mapping[int, float]:
        return self._opened().unchanged(records)

    def close(self) -> None:
        if self._earlier is not None:
            self._earlier.close()

    def _opened(self) -> Earlier:
        if self._earlier is None:
            self._earlier = Earlier(self._folder, self._job, identity(self._account), self.by_hand)
        return self._earlier

    def by_hand(self, users: Sequence[str], since: float) -> set[str]:
        return self._history.written_since(self._account.id, users, since)
