"""The questions before sending and stopping, and why a job cannot be sent now."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.deletion import CANNOT_RETURN
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.upload.deleting import refusal
from nv_desktop.gui import messages
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.words import profiles, said


def why_not(line: Listed, checked_for: str | None, account: Account | None, running_here: bool) -> str:
    """Why a job can't be sent with this account now, in one sentence; "" when it can."""
    if line.running and not running_here:
        return f"Another window or command is working on this {_what(line)}."
    if account is None:
        return "Choose an account first, in the bar above."
    wanted = line.account if line.begun else checked_for
    if wanted is not None and wanted.casefold() != account.name.casefold():
        word = "belongs to" if line.begun else "was checked for"
        return f"This {_what(line)} {word} “{wanted}”. Choose that account above."
    if account.read_only:
        return f"“{account.name}” is read-only here; that is changed under Accounts."
    refused = refusal(account) if line.deletes else None
    return refused.message if refused is not None else ""


def _what(line: Listed) -> str:
    return "list" if line.deletes else "import"


def why_not_delete(account: Account | None, *, connected: bool = True) -> str:
    """Why nobody can be deleted with this account now, in one sentence; "" where it can be asked for."""
    if account is None:
        return "Choose an account first, in the bar above."
    refused = refusal(account)
    if refused is not None:
        return str(refused)
    return "" if connected else "This account has no connection yet. See Accounts."


def may_send(parent: QWidget, theme: Theme, account: Account, action: str, what: str = "changed") -> bool:
    """Production asks for the account's name to be typed; `action` is what the button says, `what` becomes of
    the customers."""
    if account.environment != "production":
        return True
    return messages.confirm_typed(
        parent,
        theme,
        f"{action} {'to' if what == 'changed' else 'from'} production?",
        f"Real customers of “{account.name}” are {what} by this.",
        account.name,
        action,
        f"Type the account’s name: {account.name}",
    )


def may_stop(parent: QWidget, theme: Theme, left: int, deletes: bool = False) -> bool:
    """`left`: rows not sent, or users not deleted, yet."""
    if deletes:
        text = said(
            left,
            "1 user is not deleted yet, stays in this list and can be deleted later.",
            "{} users are not deleted yet. They stay in this list and can be deleted later.",
        )
        return messages.confirm(
            parent, theme, "Stop deleting?", text, "Stop deleting", cancel="Go on deleting", danger=True
        )
    text = said(
        left,
        "1 row is not sent yet, stays in this import and can be sent later; what was sent stays sent.",
        "{} rows are not sent yet. They stay in this import and can be sent later; what was sent stays sent.",
    )
    return messages.confirm(
        parent,
        theme,
        "Stop sending?",
        text,
        "Stop sending",
        cancel="Go on sending",
        danger=True,
    )


def may_restore(parent: QWidget, theme: Theme, copies: int) -> bool:
    """`copies`: how many profiles are on the shelf."""
    text = f"The copies on the shelf are written back, two calls each. {CANNOT_RETURN}"
    return messages.confirm(parent, theme, f"Restore {profiles(copies)}?", text, "Restore")
