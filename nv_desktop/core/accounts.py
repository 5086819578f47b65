"""The accounts a person works with: name, brand, host and guards. The key is never here, see `keys`."""

from __future__ import annotations

import ipaddress
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

from nv_desktop.core.errors import BadFile, NotFound, Rejected
from nv_desktop.core.fields import Type
from nv_desktop.core.files import FileLock, atomic_write, reason, set_aside
from nv_desktop.core.settings import Paths

PATH = "/api/v1/"
DEFAULT_HOST = "https://analytics.notifyvisitors.com" + PATH  # getting-started guide
ENVIRONMENTS = ("sandbox", "test", "production")
SANDBOX = "sandbox"
NAME_MAX = 60


@dataclass
class Account:
    """One brand of a NotifyVisitors account as seen from here.

    `id` never changes (the key is kept under it), `known_types` maps a custom attribute to the type
    it was sent with or read as: the API keeps a type for ever. `host` is the base address of the calls;
    the sandbox has none, it is told by the server it starts.
    """

    name: str
    environment: str = "production"
    colour: str = ""
    brand_id: int = 0
    host: str = DEFAULT_HOST
    read_only: bool = False
    no_delete: bool = False
    known_types: dict[str, str] = field(default_factory=dict)
    id: str = ""

    @property
    def is_sandbox(self) -> bool:
        return self.environment == SANDBOX


def sandbox_account() -> Account:
    """The account that is always there: a server on this computer with invented people."""
    return Account(SANDBOX, SANDBOX, "", 1, "", id=SANDBOX)


def loopback(host: str) -> bool:
    """Whether this host name is this computer and nothing else (no name is looked up)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_host(text: str, *, local: bool = False) -> str:
    """The base address as calls use it: https only, with the API's path where none is given. Raises Rejected.

    `local` also takes http, on this computer only: for the sandbox.
    """
    stripped = text.strip()
    if "://" not in stripped:
        stripped = "https://" + stripped
    try:
        parts = urlsplit(stripped)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or not host.isascii() or not all(char.isalnum() or char in "-.:" for char in host):
        raise Rejected("This is not the address of a server.", f"The usual one is {DEFAULT_HOST}")
    if parts.scheme != "https" and not (local and parts.scheme == "http" and loopback(host)):
        raise Rejected(
            "The address must begin with https://, so that nobody on the way can read the key.",
            "Plain http is for the sandbox on this computer only.",
        )
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise Rejected("The address holds more than a server and a path.", "Leave out names, ? and #.")
    path = parts.path.rstrip("/") + "/" if parts.path.strip("/") else PATH
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{path}"


def check(account: Account) -> Account:
    """The account with its values made regular. Raises Rejected with one sentence about the first bad one."""
    name = account.name.strip()
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Rejected("The account needs a name.", f"1 to {NAME_MAX} characters.")
    if name.casefold() == SANDBOX:
        raise Rejected("“sandbox” is the name of the built-in account.", "Choose another name.")
    if account.environment not in ENVIRONMENTS[1:]:
        raise Rejected("The environment is either test or production.")
    if type(account.brand_id) is not int or not 0 < account.brand_id < 2**63:
        raise Rejected("The brand ID is a whole number.", "It stands beside the key in NotifyVisitors.")
    bad = [kind for kind in account.known_types.values() if kind not in list(Type)]
    if bad:
        raise Rejected("An attribute of this account has a type that is not known here.")
    return replace(account, name=name, host=check_host(account.host))


Rows = list[Account]


class Accounts:
    """The list of accounts of one data folder. Every change reads the file again under a lock.

    Two windows or commands therefore never undo each other's changes. Raises BadFile when the disk refuses,
    Busy when another process holds the lock for too long.
    """

    def __init__(self, paths: Paths) -> None:
        self._file = paths.accounts_file
        self.notice = ""  # one sentence when the file was damaged

    def list(self) -> Rows:
        """All accounts, the sandbox last."""
        accounts, sandbox = self._read()
        return [*accounts, sandbox]

    def get(self, name: str) -> Account:
        """The account of this name or id; capitals do not matter. Raises NotFound."""
        for account in self.list():
            if name in (account.id, account.name):
                return account
        for account in self.list():
            if name.casefold() == account.name.casefold():
                return account
        known = ", ".join(account.name for account in self.list())
        raise NotFound(f"There is no account “{name}”.", f"Known here: {known}.")

    def add(self, account: Account) -> Account:
        """Keep a new account; gives it with its id. Raises Rejected."""
        added = replace(check(account), id=secrets.token_hex(8))
        with self._lock():
            accounts, sandbox = self._read()
            self._refuse_twin(added, accounts)
            self._write([*accounts, added], sandbox)
        return added

    def update(self, account: Account) -> Account:
        """Replace the account with the same id; types learned meanwhile stay. Raises NotFound, Rejected."""
        with self._lock():
            accounts, sandbox = self._read()
            if account.id == SANDBOX:
                return self._put(_learned(sandbox, account.known_types))
            changed = check(account)
            self._refuse_twin(changed, accounts)
            before = next((each for each in accounts if each.id == changed.id), None)
            if before is None:
                raise NotFound(f"The account “{account.name}” is no longer kept here.")
            return self._put(replace(changed, known_types={**changed.known_types, **before.known_types}))

    def remove(self, name: str) -> Account:
        """Forget an account; its key is the caller's to delete. Raises NotFound, Rejected (the sandbox)."""
        with self._lock():
            gone = self.get(name)
            if gone.is_sandbox:
                raise Rejected("The sandbox is always there; it harms nobody.")
            accounts, sandbox = self._read()
            self._write([each for each in accounts if each.id != gone.id], sandbox)
        return gone

    def learn_types(self, account_id: str, types: Mapping[str, str]) -> None:
        """Remember the types of custom attributes not known yet; a known one keeps its first type."""
        if types.keys() <= self.get(account_id).known_types.keys():
            return
        with self._lock():
            self._put(_learned(self.get(account_id), types))

    def _refuse_twin(self, account: Account, accounts: Rows) -> None:
        for other in accounts:
            if other.id != account.id and other.name.casefold() == account.name.casefold():
                raise Rejected(f"There is an account “{other.name}” already.", "Choose another name.")

    def _lock(self) -> FileLock:
        return FileLock(self._file.with_name(".accounts.lock"))

    def _read(self) -> tuple[Rows, Account]:
        sandbox = sandbox_account()
        try:
            saved = json.loads(self._file.read_bytes())
            accounts = [_account(entry) for entry in saved["accounts"]]
            sandbox.known_types = _types(saved.get("sandbox_types", {}))
        except FileNotFoundError:
            return [], sandbox
        except OSError as problem:
            raise BadFile(
                f"The list of accounts cannot be read: {reason(problem)}.",
                "Look at the rights of the data folder.",
                f"errno {problem.errno}",
            ) from problem
        except (ValueError, KeyError, TypeError, AttributeError, Rejected, RecursionError):
            aside = set_aside(self._file)
            kept = f" The file was kept as “{aside.name}”." if aside else ""
            self.notice = f"The list of accounts was damaged; add your account again.{kept}"
            return [], sandbox_account()
        return accounts, sandbox

    def _put(self, account: Account) -> Account:
        """Write the list with this account in the place of the one with its id, under the lock."""
        accounts, sandbox = self._read()
        if account.is_sandbox:
            self._write(accounts, account)
        else:
            self._write([account if each.id == account.id else each for each in accounts], sandbox)
        return account

    def _write(self, accounts: Rows, sandbox: Account) -> None:
        saved: dict[str, Any] = {
            "accounts": [asdict(account) for account in accounts],
            "sandbox_types": sandbox.known_types,
        }
        atomic_write(self._file, json.dumps(saved, ensure_ascii=False, indent=1).encode())


def _account(entry: dict[str, Any]) -> Account:
    known = {each.name for each in fields(Account)}
    account = check(Account(**{name: value for name, value in entry.items() if name in known}))
    if not isinstance(account.id, str) or not account.id:
        raise ValueError("an account without id")
    # A guard that is not plainly off stays on.
    return replace(
        account, read_only=account.read_only is not False, no_delete=account.no_delete is not False
    )


def _learned(account: Account, types: Mapping[str, str]) -> Account:
    """The account with more types: one that is known already stays, the API keeps it for ever."""
    return replace(account, known_types={**types, **account.known_types})


def _types(entry: dict[str, str]) -> dict[str, str]:
    return {name: kind for name, kind in entry.items() if kind in list(Type)}
