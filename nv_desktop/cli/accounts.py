"""`accounts add|test|remove|list`: the key comes from a hidden prompt or standard input, never from argv."""

from __future__ import annotations

import argparse
import getpass
import sys
import warnings

from nv_desktop.cli import DONE
from nv_desktop.cli.say import as_json, aside, line, table
from nv_desktop.cli.session import Session
from nv_desktop.core.accounts import DEFAULT_HOST, Account
from nv_desktop.core.errors import AppError, NoKeyring, Rejected
from nv_desktop.core.keys import SESSION, Secret

IN_THE_WINDOW = "The window can keep a key for as long as it is open."  # a command ends with its session


def run(options: argparse.Namespace) -> int:
    if options.action == "list":
        return _list(Session(options), options.json)
    if options.name:
        options.account = options.name
    if not options.account:
        raise Rejected("Which account is meant?", f"Give its name: accounts {options.action} NAME")
    actions = {"add": _add, "test": _test, "remove": _remove}
    return actions[options.action](Session(options), options)


def _list(session: Session, json: bool) -> int:
    accounts = session.accounts.list()
    if json:
        as_json(
            [
                {
                    "name": each.name,
                    "environment": each.environment,
                    "brand_id": each.brand_id,
                    "host": each.host,
                    "read_only": each.read_only,
                    "no_delete": each.no_delete,
                }
                for each in accounts
            ]
        )
        return DONE
    table(
        ("NAME", "ENVIRONMENT", "BRAND", "HOST", "GUARDS"),
        (
            (
                each.name,
                each.environment.upper(),
                str(each.brand_id),
                each.host or "this computer",
                ", ".join(
                    word for word, on in (("read only", each.read_only), ("no delete", each.no_delete)) if on
                ),
            )
            for each in accounts
        ),
    )
    line(f"Keys: {session.keys.describe()}")
    return DONE


def _add(session: Session, options: argparse.Namespace) -> int:
    try:
        brand = int(options.brand_id)
    except (TypeError, ValueError):
        raise Rejected("The brand ID is a whole number.", "Give it with --brand-id N.") from None
    account = Account(
        options.account,
        options.environment,
        options.colour or "",
        brand,
        options.host or DEFAULT_HOST,
        options.read_only,
        options.no_delete,
    )
    secret = _read_key(options.key_stdin)
    added = session.accounts.add(account)
    try:
        session.keys.set(added.id, secret)
    except NoKeyring as problem:
        session.accounts.remove(added.id)
        raise NoKeyring(
            f"{problem.message} The key could not be kept, so the account was not added.",
            problem.remedy.replace(SESSION, IN_THE_WINDOW),
            problem.detail,
        ) from None
    line(f"Added “{added.name}”. Keys: {session.keys.describe()}")
    return DONE


def _read_key(from_stdin: bool) -> Secret:
    text = sys.stdin.readline() if from_stdin else _typed_key()
    if not text.strip():
        raise Rejected("No key was given.", "It stands under Settings > Store Integration in NotifyVisitors.")
    return Secret.typed(text)


def _typed_key() -> str:
    """Asked for on the terminal, which does not show it. Raises Rejected where that cannot be."""
    try:
        with warnings.catch_warnings(action="error", category=getpass.GetPassWarning):
            return getpass.getpass("API key (not shown): ")
    except (getpass.GetPassWarning, EOFError):
        raise Rejected(
            "There is no terminal here on which a key could be typed unseen.",
            "Give it on standard input with --key-stdin.",
        ) from None


def _test(session: Session, options: argparse.Namespace) -> int:
    with session.client() as client:
        line(client.test_key())
    return DONE


def _remove(session: Session, options: argparse.Namespace) -> int:
    gone = session.accounts.get(options.account)
    if not gone.is_sandbox:
        try:
            session.keys.delete(gone.id)
        except AppError as problem:
            aside(f"The key could not be removed from the keyring: {problem}")
            raise
    session.accounts.remove(gone.id)
    line(f"Removed “{gone.name}” and its key.")
    return DONE
