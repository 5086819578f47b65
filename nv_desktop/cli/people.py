"""`get`, `set`, `delete`, `restore`: single profiles by their user ID."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nv_desktop.cli import DONE, IN_PART, NOT_AT_ALL
from nv_desktop.cli.lists import delete_list, restore_list
from nv_desktop.cli.say import as_json, aside, confirmed, line
from nv_desktop.cli.session import Session, says_account
from nv_desktop.core import fields
from nv_desktop.core.accounts import Account
from nv_desktop.core.deletion import delete as delete_profile
from nv_desktop.core.deletion import restore as restore_profile
from nv_desktop.core.errors import AppError, NotFound, Rejected
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.core.saving import save
from nv_desktop.core.upload.pending import Pending


def get(options: argparse.Namespace) -> int:
    session = Session(options)
    missing = 0
    with session.client() as client:
        for user_id in options.ids:
            try:
                profile = client.get_profile(user_id)
            except NotFound as problem:
                missing += 1
                aside(f"{user_id}: not found. {problem.message} Capitals and blanks count.")
                if options.json:
                    as_json({"userID": user_id, "found": False})
                continue
            if options.json:
                as_json({"userID": profile.user_id, "found": True, "attributes": dict(profile.attributes)})
            else:
                _show(profile)
    return IN_PART if missing else DONE


def _show(profile: Profile) -> None:
    line(profile.user_id)
    width = max((len(name) for name in profile.attributes), default=0)
    for name, value in profile.attributes.items():
        line(f"  {name.ljust(width)}  {fields.text_of(value)}")


def set_values(options: argparse.Namespace) -> int:
    session = Session(options)
    account = session.account()
    wanted = _wanted(options.changes)
    _refuse_early(wanted, account)
    with session.client(account) as client:
        draft = _draft(client.get_profile, options, account)
        for name, text in wanted.items():
            if name not in draft.names():
                problem = draft.add(name)
                if problem:
                    raise Rejected(problem.message)
            draft.set(name, text)
        _say_problems(draft)
        if not draft.is_changed:
            line(f"{options.id} has these values already; nothing was sent.")
            return DONE
        with session.history() as history:
            saved = save(client, history, draft)
    if saved.conflicts:
        names = ", ".join(conflict.label for conflict in saved.conflicts)
        raise Rejected(f"Somebody else changed this profile meanwhile: {names}.", "Look again, then repeat.")
    if saved.notice:
        aside(saved.notice)
    _learn_types(session, account, saved.types)
    done = "accepted, not yet applied" if saved.accepted else "saved"
    line(f"{options.id} in {says_account(account)}: {', '.join(wanted)} {done}.")
    return DONE


def _learn_types(session: Session, account: Account, types: dict[str, str]) -> None:
    try:
        session.accounts.learn_types(account.id, types)
    except AppError as problem:  # the profile is saved: that must not be told as a failure
        aside(f"The types of its attributes could not be kept: {problem}")


def _wanted(changes: Sequence[str]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for name, value in map(_change, changes):
        if name in wanted:
            raise Rejected(f"“{name}” is given twice; nothing was sent.", "Give each field once.")
        wanted[name] = value
    return wanted


def _change(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Rejected(f"“{text}” is not of the form FIELD=VALUE.")
    if name == fields.USER_ID:
        raise Rejected("A user ID cannot be changed.", "Create a profile with the new ID instead.")
    return name, value


def _refuse_early(wanted: dict[str, str], account: Account) -> None:
    """What can be said without a call is said without one. Raises Rejected."""
    for name, text in wanted.items():
        known = account.known_types.get(name)
        if name not in fields.FIELDS and known is None:
            wrong = fields.check_name(name)
            if wrong and wrong.level >= fields.Level.ERROR:
                raise Rejected(f"{wrong.message} Nothing was sent.")
            continue
        if not text:
            continue
        field = fields.field_for(name, fields.Type(known) if known else None)
        parsed = fields.parse(field, text)
        if not parsed.ok:
            raise Rejected(f"{_about(field, parsed.problems[0])} Nothing was sent.")


def _draft(get_profile: object, options: argparse.Namespace, account: Account) -> Draft:
    assert callable(get_profile)
    try:
        return Draft(get_profile(options.id), account.known_types)
    except NotFound as problem:
        if not options.create:
            raise NotFound(problem.message, "Add --create to make the profile.") from None
    return Draft(Profile(options.id), account.known_types, is_new=True)


def _say_problems(draft: Draft) -> None:
    for name, problems in draft.problems().items():
        for problem in problems:
            sentence = _about(draft.field(name), problem)
            if problem.level >= fields.Level.ERROR:
                raise Rejected(f"{sentence} Nothing was sent.")
            aside(sentence)


def _about(field: fields.Field, problem: fields.Problem) -> str:
    """The sentence with the field's name before it, unless it begins with that."""
    return problem.message if problem.message.startswith(field.label) else f"{field.label}: {problem.message}"


def delete(options: argparse.Namespace) -> int:
    session = Session(options)
    account = session.account()
    ids = list(dict.fromkeys(options.ids))
    if bool(ids) == bool(options.file):
        raise Rejected("Whom to delete?", "Give user IDs, or --file FILE.")
    if account.environment == "production" and options.confirm != account.name:
        raise Rejected(
            f"{says_account(account)} is a production account.", f"Add --confirm “{account.name}”."
        )
    if options.file:
        return delete_list(session, account, options)
    if not options.yes and not confirmed(f"Delete {len(ids)} of {says_account(account)}: {', '.join(ids)}?"):
        raise Rejected("Nothing was deleted.", "Add --yes to delete without asking.")
    failed = 0
    with session.client(account) as client, session.history() as history:
        pending = Pending(session.paths.jobs, account, history)
        for user_id in ids:
            try:
                deleted = delete_profile(client, history, user_id, not options.keep_nothing, pending)
            except AppError as problem:
                failed += 1
                aside(f"{user_id}: {problem}")
                continue
            kept = "" if deleted.shelf is None else f" Its copy is kept: restore {user_id}"
            line(f"{user_id}: {'will be deleted' if deleted.queued else 'deleted'}.{kept}")
            if deleted.notice:
                aside(f"{user_id}: {deleted.notice}")
    return _code(failed, len(ids))


def restore(options: argparse.Namespace) -> int:
    session = Session(options)
    account = session.account()
    if bool(options.ids) == bool(options.job):
        raise Rejected("Whom to restore?", "Give user IDs, or --job JOB.")
    if options.job:
        with session.history() as history:
            return restore_list(session, account, history, options.job)
    failed = 0
    with session.client(account) as client, session.history() as history:
        for user_id in options.ids:
            try:
                restored = restore_profile(client, history, _on_shelf(history, account, user_id))
            except AppError as problem:
                failed += 1
                aside(f"{user_id}: {problem}")
                continue
            done = "accepted, not yet applied" if restored.accepted else "restored"
            line(f"{user_id}: {done}. {restored.message}")
            if restored.notice:
                aside(f"{user_id}: {restored.notice}")
    return _code(failed, len(options.ids))


def _on_shelf(history: History, account: Account, user_id: str) -> int:
    """The latest copy of this user. Raises NotFound."""
    kept = [each for each in history.shelf(account.id) if each.profile.user_id == user_id]
    if not kept:
        raise NotFound(
            f"No copy of “{user_id}” is kept on this computer for {account.name}.",
            "Only profiles that were deleted from here can be restored.",
        )
    return max(kept, key=lambda each: each.id).id


def _code(failed: int, asked: int) -> int:
    return DONE if not failed else NOT_AT_ALL if failed == asked else IN_PART
