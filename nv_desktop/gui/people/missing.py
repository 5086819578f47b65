"""What there is to say about a user ID that nobody has, and which one may have been meant."""

from __future__ import annotations

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, USER_ID
from nv_desktop.gui.field_edit import mended

BY_ID_ONLY = (
    "The server finds people by their user ID; by e-mail, phone or name only those are found here who were "
    "opened or imported on this computer."
)
LONG = 60


def doubts(user_id: str) -> str:
    """What is odd about the ID itself, such as a character that cannot be seen; "" for nothing."""
    return " ".join(problem.message for problem in fields.parse(FIELDS[USER_ID], user_id).problems)


def meant(user_id: str) -> str:
    """The ID without what does not belong into one, where that is another; "" where nothing is odd."""
    made = user_id
    for _ in user_id:  # each step takes one kind of character away
        better = mended(FIELDS[USER_ID], made)
        if not better:
            break
        made = better
    return made if made != user_id else ""


def about(user_id: str) -> str:
    """What helps somebody who looked up this ID in vain; "" where there is nothing to add."""
    looks_like_another = "@" in user_id or user_id.startswith("+") or " " in user_id.strip()
    return " ".join(part for part in (doubts(user_id), BY_ID_ONLY if looks_like_another else "") if part)


def shortened(user_id: str) -> str:
    """For a title."""
    return user_id if len(user_id) <= LONG else f"{user_id[:LONG]}…"
