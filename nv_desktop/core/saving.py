"""Saving one profile: read again, compare, send only what changed, know the outcome, keep it in history."""

from __future__ import annotations

from dataclasses import dataclass, field

from nv_desktop.core.answers import Kind
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Rejected, Unclear
from nv_desktop.core.fields import Json, type_of
from nv_desktop.core.history import History
from nv_desktop.core.profile import Conflict, Draft, Profile, same


@dataclass(frozen=True)
class Saved:
    """What became of a Save. With `conflicts` nothing was sent: `profile` is then the fresh reading.

    `accepted`: the server has taken it and applies it later. `types`: the custom attributes sent, for the
    account to remember. `notice`: a sentence when the change is saved but could not be written into the
    history of this computer.
    """

    profile: Profile
    conflicts: list[Conflict] = field(default_factory=list)
    accepted: bool = False
    types: dict[str, str] = field(default_factory=dict)
    notice: str = ""


def save(client: Client, history: History, draft: Draft) -> Saved:
    """Save the draft. Blocks for up to three calls.

    Raises Rejected (problems, the profile exists already or is gone), Offline, Refused, SlowDown, Unclear
    (after looking, it is still not known whether the server took it).
    """
    if not draft.can_save:
        raise Rejected("There is nothing to save, or a field still has a problem.")
    before = _now(client, draft)
    conflicts = draft.conflicts(before)
    if conflicts:
        return Saved(before, conflicts)
    sent = draft.attributes()
    kind = "created" if draft.is_new else "saved"
    old: dict[str, Json] = {name: before.attributes.get(name) for name in sent}
    change = history.begin_change(client.account.id, draft.user_id, kind, old, sent)
    try:
        accepted = send(client, draft.user_id, sent)
    except AppError as problem:
        history.settle_change(
            change, "unclear" if isinstance(problem, Unclear) else "refused", problem.message
        )
        raise
    profile = Profile(draft.user_id, {**before.attributes, **sent}, before.fetched_at)
    notice = ""
    try:
        history.settle_change(change, "accepted" if accepted else "done")
        history.people.visited(client.account.id, profile)
    except AppError as problem:  # the server has the change: that must not be told as a failure
        notice = f"The change is saved, but not noted in the history here: {problem.message}"
    types = {name: str(draft.field(name).type) for name in sent if not draft.field(name).documented}
    return Saved(profile, [], accepted, types, notice)


def _now(client: Client, draft: Draft) -> Profile:
    """The profile as it is at this moment; an empty one for a new user."""
    try:
        fresh = client.get_profile(draft.user_id)
    except NotFound:
        if draft.is_new:
            return Profile(draft.user_id)
        raise Rejected(
            "This profile is no longer there: somebody has deleted it meanwhile.",
            "Your changes are still in the form. To create the user again, use New profile.",
        ) from None
    if draft.is_new:
        raise Rejected(
            f"There is a user “{draft.user_id}” already; nothing was sent.",
            "Look that user up to change the profile.",
        )
    return fresh


def send(client: Client, user_id: str, attributes: dict[str, Json]) -> bool:
    """Send and know the outcome: False when applied, True when taken for later. Raises AppError."""
    answer = client.send_batch([{"userID": user_id, "user_attributes": attributes}])
    if answer.kind is Kind.ANSWERED and user_id in answer.confirmed:
        return False
    if answer.kind is Kind.ANSWERED and answer.accepted:
        return True
    if answer.error is not None and answer.kind is not Kind.UNCLEAR:
        raise answer.error
    if applied(client, user_id, attributes):
        return False
    raise Unclear(
        answer.message or "The server's answer does not name this user.",
        "The profile does not show the change yet. Refresh in a minute before saving again.",
    )


def applied(client: Client, user_id: str, attributes: dict[str, Json]) -> bool:
    """Whether the profile, read again, shows these values. False as well where it cannot be read."""
    try:
        now = client.get_profile(user_id).attributes
    except AppError:
        return False  # the first, unclear outcome is what the person hears
    return all(same(now.get(name) or "", value) for name, value in attributes.items())


def learned_types(profile: Profile) -> dict[str, str]:
    """The types of a profile's custom attributes, for the account to remember."""
    return {name: str(type_of(value)) for name, value in profile.attributes.items() if value is not None}
