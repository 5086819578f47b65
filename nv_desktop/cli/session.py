"""What a command works with: this data folder's settings and accounts, and a client for one of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from nv_desktop.cli.say import aside
from nv_desktop.core.accounts import SANDBOX, Account, Accounts
from nv_desktop.core.errors import BadFile, NotFound
from nv_desktop.core.history import History
from nv_desktop.core.keys import KeyStore
from nv_desktop.core.settings import Paths, Settings, drop_ca_variables

if TYPE_CHECKING:
    from nv_desktop.core.api import Client
    from nv_desktop.core.connect import Connections


class Session:
    """The parts that commands share, made from the options `--data-dir`, `--account`, `--sandbox-url`."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.paths = Paths(options.data_dir)
        self.settings, notice = Settings.load(self.paths.settings_file)
        drop_ca_variables(self.settings)
        self.accounts = Accounts(self.paths)
        self.keys = KeyStore()
        self._account_name: str | None = options.account
        self._sandbox_url: str | None = getattr(options, "sandbox_url", None)
        for sentence in (notice, _notice_of(self.accounts)):
            if sentence:
                aside(sentence)

    @cached_property
    def connections(self) -> Connections:
        """Made when first needed: a command that calls nobody does not import what calls are made of."""
        from nv_desktop.core.connect import Connections

        return Connections(self.paths, self.settings, self.accounts, self.keys)

    def account(self) -> Account:
        """The account asked for; without one the sandbox, where no other could be meant. Raises NotFound."""
        if self._account_name:
            return self.accounts.get(self._account_name)
        known = self.accounts.list()
        if self._sandbox_url or len(known) == 1:
            return self.accounts.get(SANDBOX)
        names = ", ".join(account.name for account in known)
        raise NotFound("Which account is meant?", f"Add --account with one of: {names}.")

    def known_types(self) -> dict[str, str]:
        """The attribute types of the account, {} where no account was named."""
        return dict(self.account().known_types) if self._account_name else {}

    @contextmanager
    def client(self, account: Account | None = None) -> Iterator[Client]:
        """A client for the account asked for; the sandbox's server, if started, ends with the block."""
        client = self.connections.client(account or self.account(), self._sandbox_url)
        try:
            yield client
        finally:
            client.close()
            self.connections.close()

    @contextmanager
    def history(self) -> Iterator[History]:
        """What this computer remembers, closed with the block; that it was lost is said: it knew who has
        opted out. Raises BadFile, AppError."""
        with closing(History(self.paths.history_file)) as history:
            if history.notice:
                aside(history.notice)
            yield history


def says_account(account: Account) -> str:
    """`shop (PRODUCTION)`: name and environment, so that nobody mistakes one for another."""
    return f"{account.name} ({account.environment.upper()})"


def _notice_of(accounts: Accounts) -> str:
    try:
        accounts.list()
    except BadFile as problem:
        return str(problem)  # a command that needs an account is refused when it asks for it
    return accounts.notice
