"""Deleting one profile and putting it back: the full profile goes on a shelf before the call goes out."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Rejected, Unclear
from nv_desktop.core.history import History, Shelved
from nv_desktop.core.profile import Profile
from nv_desktop.core.saving import send
from nv_desktop.core.upload.pending import Pending

CANNOT_RETURN = (
    "What the profile held comes back. Its events, its place in running journeys, its devices and the day "
    "it was created do not; segments count the user as new."
)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What became of a delete. `shelf`: where the copy is (None: none was kept). `queued`: gone soon.

    `notice`: a sentence when the history of this computer could not take it down.
    """

    profile: Profile
    shelf: int | None
    queued: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was written back, and the sentence about what cannot return. `notice` as in `Deleted`."""

    profile: Profile
    accepted: bool
    message: str = CANNOT_RETURN
    notice: str = ""


def delete(
    client: Client, history: History, user_id: str, keep: bool = True, pending: Pending | None = None
) -> Deleted:
    """Read the whole profile, keep it on the shelf, delete it once, and settle an unclear outcome by looking.

    `keep` False leaves no copy here, for people who asked to be forgotten. `pending`: what may still arrive
    from here. Raises Busy (a write to this user may), NotFound, Offline, Refused, Rejected, SlowDown (nothing
    was deleted), Unclear (not known; the copy stays on the shelf).
    """
    if pending is not None:
        pending.refuse(user_id)
    account = client.account.id
    profile = client.get_profile(user_id)
    shelf = history.shelve(account, profile) if keep else None
    change = history.begin_change(account, user_id, "deleted", {}, {}) if keep else None
    gone = [(user_id, time.time())]
    if not keep:  # nothing else would tell of it after a crash
        history.note_deleted(account, gone)
    state, queued = "deleted", False
    try:
        queued = not client.delete_profile(user_id)
        state = "queued" if queued else "deleted"
    except NotFound:
        pass  # somebody else was faster: it is gone
    except Unclear as problem:
        if not _gone(client, user_id):
            notice = _settle(history, shelf, change, "unclear", problem.message)
            raise Unclear(
                f"{problem.message} The profile is still there or could not be looked at.{notice}",
                "Look the user up in a minute. It was not tried again.",
                problem.detail,
            ) from None
    except AppError as problem:
        _refused(history, shelf, change, problem.message)
        raise
    if keep:
        notice = _settle(history, shelf, change, state) + _note(history, account, gone)
    else:
        notice = _erase(history, user_id, account)
    return Deleted(profile, shelf, queued, notice.strip())


def _gone(client: Client, user_id: str) -> bool:
    """Whether looking the user up shows that it was deleted."""
    try:
        client.get_profile(user_id)
    except NotFound:
        return True
    except AppError:
        return False  # the look-up failed too: the outcome stays unclear
    return False


def _settle(history: History, shelf: int | None, change: int | None, state: str, note: str = "") -> str:
    """Write down what became of the call, which has been made: a disk that refuses is said, not raised."""
    try:
        if shelf is not None:
            history.set_shelf_state(shelf, state)
        if change is not None:
            history.settle_change(change, {"deleted": "done", "queued": "accepted"}.get(state, state), note)
    except AppError as problem:
        return f" It could not be noted in the history here: {problem.message}"
    return ""


def _note(history: History, account: str, gone: list[tuple[str, float]]) -> str:
    try:
        history.note_deleted(account, gone)
    except AppError as problem:
        return f" Later imports may take the user for unchanged: {problem.message}"
    return ""


def _refused(history: History, shelf: int | None, change: int | None, note: str) -> None:
    """Nothing was deleted. Where that cannot be written down, the entry stays as one that was begun."""
    with suppress(AppError):
        if shelf is not None:
            history.forget_shelved(shelf)
        if change is not None:
            history.settle_change(change, "refused", note)


def _erase(history: History, user_id: str, account: str) -> str:
    try:
        history.erase_people([user_id], account)
    except AppError as problem:
        return f" What this computer knows of the user could not be erased: {problem.message}"
    return ""


def restore(client: Client, history: History, shelf: int) -> Restored:
    """Write a deleted profile back. Raises NotFound (not on the shelf), Rejected (the user exists again),
    Offline, Refused, SlowDown, Unclear."""
    kept: Shelved = history.shelved(shelf)
    if kept.account != client.account.id:
        raise Rejected("This profile was deleted from another account.", "Choose that account first.")
    _refuse_if_there(client, kept.profile.user_id)
    attributes = {name: value for name, value in kept.profile.attributes.items() if value is not None}
    change = history.begin_change(kept.account, kept.profile.user_id, "restored", {}, attributes)
    try:
        accepted = send(client, kept.profile.user_id, attributes)
    except AppError as problem:
        history.settle_change(
            change, "unclear" if isinstance(problem, Unclear) else "refused", problem.message
        )
        raise
    notice = ""
    try:
        history.settle_change(change, "accepted" if accepted else "done")
        history.set_shelf_state(shelf, "restored")
        history.people.visited(kept.account, kept.profile)
    except AppError as problem:  # the server has the profile: that must not be told as a failure
        notice = f"It could not be noted in the history here: {problem.message}"
    return Restored(kept.profile, accepted, notice=notice)


def _refuse_if_there(client: Client, user_id: str) -> None:
    try:
        client.get_profile(user_id)
    except NotFound:
        return
    raise Rejected(
        f"There is a user “{user_id}” again; nothing was written.",
        "Look that user up: restoring would overwrite what is there now.",
    )
