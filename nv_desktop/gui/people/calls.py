"""What the page asks the server and the history, each as one blocking call whose answer knows its question.

Run through `Tasks`; an AppError becomes part of the answer, so that a late or refused one finds its form.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nv_desktop.core import deletion, saving
from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Offline, Refused, SlowDown
from nv_desktop.core.fields import FIELDS, Type
from nv_desktop.core.grace import Grace, Waiting
from nv_desktop.core.history import History, Person, Recent
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.core.saving import Saved
from nv_desktop.core.upload.pending import Pending


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A profile, or why there is none; with both, it could not be remembered here."""

    account: str
    user_id: str
    profile: Profile | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """What became of a Save; with both, it was saved and something could not be remembered here."""

    account: str
    draft: Draft
    saved: Saved | None = None
    error: AppError | None = None

    @property
    def is_saved(self) -> bool:
        return self.saved is not None and not self.saved.conflicts


@dataclass(frozen=True, slots=True)
class DeleteAnswer:
    account: str
    user_id: str
    deleted: deletion.Deleted | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class RestoreAnswer:
    account: str
    user_id: str
    restored: deletion.Restored | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What this computer knows: recents of an account, or who fits a text."""

    account: str
    recents: list[Recent]
    found: list[Person]
    text: str = ""


def look_up(
    client: Client, history: History, accounts: Accounts, user_id: str, stop: threading.Event
) -> LookedUp:
    """Read one profile, before any bulk reading; remember who was opened and the types of the attributes."""
    account = client.account.id
    try:
        profile = client.get_profile(user_id, True, stop)
    except AppError as error:
        return LookedUp(account, user_id, error=error)
    try:
        history.people.visited(account, profile)
        learn_types(accounts, account, read_types(profile))
    except AppError as error:  # the disk refuses: the answer is there all the same
        return LookedUp(account, user_id, profile, error)
    return LookedUp(account, user_id, profile)


def read_types(profile: Profile) -> dict[str, str]:
    """Types that attributes prove. A date is a text on the wire, and 5 may be one of many numbers."""
    types = saving.learned_types(profile)
    unsure = (str(Type.TEXT), str(Type.DATE), str(Type.INTEGER))
    return {name: type_ for name, type_ in types.items() if name not in FIELDS and type_ not in unsure}


def learn_types(accounts: Accounts, account: str, types: dict[str, str]) -> None:
    """Remember types; an account that was removed meanwhile has nothing to remember."""
    try:
        accounts.learn_types(account, types)
    except NotFound:
        return


def save(client: Client, history: History, accounts: Accounts, draft: Draft) -> SaveAnswer:
    """See `core.saving.save`."""
    account = client.account.id
    try:
        saved = saving.save(client, history, draft)
    except AppError as error:
        return SaveAnswer(account, draft, error=error)
    try:
        learn_types(accounts, account, saved.types)
    except AppError as error:  # the profile is saved; only its types could not be remembered here
        return SaveAnswer(account, draft, saved, error)
    return SaveAnswer(account, draft, saved)


def delete(client: Client, history: History, jobs: Path, grace: Grace, waiting: Waiting) -> DeleteAnswer:
    """Delete whom the note names (see `core.deletion.delete`); the note is gone once there is an answer.

    `jobs` holds the documents: what they sent and may still arrive is waited for by whoever asks again.
    """
    account, user_id = client.account.id, waiting.user_id
    try:
        grace.begin(waiting)
        pending = Pending(jobs, client.account, history)
        deleted = deletion.delete(client, history, user_id, waiting.keep, pending)
    except AppError as error:
        grace.forget(waiting)
        return DeleteAnswer(account, user_id, error=error)
    grace.forget(waiting)
    return DeleteAnswer(account, user_id, deleted)


def delete_left(
    connect: Callable[[Account], Client],
    account: Account,
    history: History,
    jobs: Path,
    grace: Grace,
    waiting: Waiting,
) -> DeleteAnswer:
    """The same for one that the last start left. Without a connection its note stays."""
    try:
        client = connect(account)
    except AppError as error:
        return DeleteAnswer(account.id, waiting.user_id, error=error)
    try:
        return delete(client, history, jobs, grace, waiting)
    finally:
        client.close()


def restore(client: Client, history: History, user_id: str, shelf: int) -> RestoreAnswer:
    """See `core.deletion.restore`."""
    account = client.account.id
    try:
        return RestoreAnswer(account, user_id, deletion.restore(client, history, shelf))
    except AppError as error:
        return RestoreAnswer(account, user_id, error=error)


def known(history: History, account: str, text: str) -> Known:
    """Recents, and who of the people known here fits `text`."""
    return Known(account, history.people.recents(account), history.people.search(account, text), text)


def pin(history: History, account: str, user_id: str, on: bool) -> Known:
    history.people.pin(account, user_id, on)
    return known(history, account, "")


def look_up_many(
    client: Client,
    waiting: queue.SimpleQueue[str],
    report: Callable[[object], None],
    stop: threading.Event,
) -> AppError | None:
    """Read profiles from the queue until it is empty, a person stops it, or nothing can be reached.

    Reports lists of `LookedUp`, at most some five times a second. Gives the error that ended it; the ID it
    was about is back in the queue. A server that asks to go slower is waited for by the limiter.
    """
    found: list[LookedUp] = []
    told = time.monotonic()
    problem: AppError | None = None
    while problem is None and not stop.is_set():
        try:
            user_id = waiting.get_nowait()
        except queue.Empty:
            break
        try:
            found.append(LookedUp(client.account.id, user_id, client.get_profile(user_id, False, stop)))
        except SlowDown:
            waiting.put(user_id)
        except (Offline, Refused) as error:
            waiting.put(user_id)
            problem = error
        except AppError as error:
            if stop.is_set():
                waiting.put(user_id)
                break
            found.append(LookedUp(client.account.id, user_id, error=error))
        if found and time.monotonic() - told > 0.2:
            report(found)
            found, told = [], time.monotonic()
    if found:
        report(found)
    return problem
