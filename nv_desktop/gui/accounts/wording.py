"""The words of the Accounts page."""

from __future__ import annotations

from nv_desktop.core.accounts import DEFAULT_HOST, Account
from nv_desktop.gui.accounts.keeping import KeyState
from nv_desktop.gui.table_models import Cell
from nv_desktop.gui.theme import ACCOUNT_COLOURS

USUAL_HOST = DEFAULT_HOST.split("/")[2]

# kind of key state: icon, its token, words, tone
KEYS: dict[str, tuple[str, str, str, str]] = {
    "built in": ("check-circle", "text3", "Needs none", "text2"),
    "kept": ("check-circle-fill", "ok_fill", "In the keyring", "text"),
    "session": ("clock", "warn_fill", "For this session only", "warn"),
    "none": ("warning-fill", "warn_fill", "No key yet", "warn"),
    "unknown": ("lock", "error", "Keyring not reached", "error"),
    "asking": ("hourglass", "text3", "Asking the keyring…", "text3"),
}


def key_cell(state: KeyState) -> Cell:
    icon, token, words, tone = KEYS[state.kind]
    return Cell(words, icon=icon, icon_token=token, tone=tone)


def may_do(account: Account) -> str:
    """What may be done with this account from here."""
    if account.read_only:
        return "Read only"
    return "Read and write, no delete" if account.no_delete else "Read, write and delete"


def brand(account: Account) -> str:
    return "Built in" if account.is_sandbox else f"Brand {account.brand_id}"


def host(account: Account) -> str:
    return "This computer" if account.is_sandbox else account.host.split("/")[2]


def colour(account: Account) -> str:
    """The token of the account's colour; one follows from its id where none was chosen."""
    if account.colour.lower() in ACCOUNT_COLOURS:
        return account.colour.lower()
    if account.is_sandbox:
        return "sea"
    return ACCOUNT_COLOURS[sum(account.id.encode()) % len(ACCOUNT_COLOURS)]


def host_hint(host: str) -> tuple[str, bool]:
    """What to know about this address, and whether it is an unusual one."""
    if host.split("/")[2:3] == [USUAL_HOST]:
        return "Always encrypted (https). Usually left as it is.", False
    return "Not the usual address of NotifyVisitors: the key and your customers are sent there.", True
