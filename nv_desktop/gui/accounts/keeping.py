"""What the Accounts page does in threads: asking the keyring, keeping and removing accounts, testing keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NoKeyring
from nv_desktop.core.history import History
from nv_desktop.core.keys import KeyStore, Secret


class Connect(Protocol):
    """Makes a client; `secret` is a key that is not kept yet."""

    def __call__(self, account: Account, *, secret: Secret | None = None) -> Client: ...


@dataclass(frozen=True, slots=True)
class KeyState:
    """Where an account's key is: built in, kept, session, none, or unknown with the keyring's reason."""

    kind: str
    problem: NoKeyring | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """An account that was saved; `problem` when its key could not be kept."""

    account: Account
    problem: NoKeyring | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """An account that was removed; `problems` are sentences about what stayed."""

    account: Account
    problems: tuple[str, ...] = ()


def key_states(keys: KeyStore, accounts: Sequence[Account]) -> dict[str, KeyState]:
    """State by account id. A keyring that fails once is not asked again for the others: it may take long."""
    states: dict[str, KeyState] = {}
    problem: NoKeyring | None = None
    for account in accounts:
        if account.is_sandbox:
            states[account.id] = KeyState("built in")
        elif keys.session_only(account.id):
            states[account.id] = KeyState("session")
        elif problem is not None:
            states[account.id] = KeyState("unknown", problem)
        else:
            try:
                states[account.id] = KeyState("kept" if keys.get(account.id) is not None else "none")
            except NoKeyring as error:
                problem = error
                states[account.id] = KeyState("unknown", problem)
    return states


def save(accounts: Accounts, keys: KeyStore, account: Account, secret: Secret | None, session: bool) -> Saved:
    """Keep the account, then its key (`session`: in memory only). Raises Rejected, NotFound, BadFile."""
    kept = accounts.update(account) if account.id else accounts.add(account)
    if secret is None:
        return Saved(kept)
    if session:
        keys.keep_for_session(kept.id, secret)
        return Saved(kept)
    try:
        keys.set(kept.id, secret)
    except NoKeyring as problem:
        return Saved(kept, problem)
    return Saved(kept)


def test(connect: Connect, account: Account, secret: Secret | None) -> tuple[str, float]:
    """The sentence of a key that works, and the seconds it took. Raises what `Client.test_key` raises."""
    client = connect(account, secret=secret)
    try:
        started = time.monotonic()
        sentence = client.test_key()
        return sentence, time.monotonic() - started
    finally:
        client.close()


def remove(accounts: Accounts, keys: KeyStore, history: History, account: Account, forget: bool) -> Removed:
    """Remove account and key, and with `forget` what this computer remembers of it. Raises NotFound."""
    gone = accounts.remove(account.id)
    problems = []
    try:
        keys.delete(gone.id)
    except NoKeyring as problem:
        problems.append(f"Its key could not be removed from the keyring: {problem}")
    if forget:
        try:
            if not history.forget_account(gone.id).complete:
                problems.append(
                    "Another window still reads the history; the rest is erased at the next start."
                )
        except AppError as problem:
            problems.append(f"What this computer remembers of it could not be erased: {problem}")
    return Removed(gone, tuple(problems))
