"""The words of the People page for people, times and prices; no widget, no call."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from nv_desktop.core import fields
from nv_desktop.core.fields import OPT_INS, Json
from nv_desktop.core.profile import Profile

MANY_MOST = 20_000
"""IDs that one table of look-ups takes; more belong in an import."""


def person_name(profile: Profile) -> str:
    """The name, the first and last name, or the e-mail of somebody; "" when nothing is known."""
    values = {name: value for name, value in profile.attributes.items() if isinstance(value, str)}
    both = " ".join(part for name in ("first_name", "last_name") if (part := values.get(name, "").strip()))
    return values.get("name", "").strip() or both or values.get("email", "")


def reach(attributes: Mapping[str, Json]) -> tuple[str, str]:
    """A few words on how this person may be written to, and their tone."""
    ways = {"email_opt_in": "e-mail", "sms_opt_in": "SMS", "whatsapp_opt_in": "WhatsApp"}
    stands = {name: fields.text_of(attributes.get(name)) for name in OPT_INS}
    open_ways = [ways[name] for name in OPT_INS if stands[name] == "1"]
    if open_ways:
        return "Reachable by " + " and ".join(
            [", ".join(open_ways[:-1])] * (len(open_ways) > 1) + open_ways[-1:]
        ), "ok"
    if any(stands.values()):
        return "Not to be contacted", "plain"
    return "", "plain"


def age(seconds: float) -> str:
    """How long ago, in words: "just now", "2 minutes ago", "3 hours ago", "4 days ago"."""
    if seconds < 45:
        return "just now"
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = round(seconds / size)
        if seconds >= size * 0.75 and count:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def brief_age(at: float, now: float) -> str:
    """The same for a list: "now", "2 min", "3 h", "Fri", "9 May"."""
    seconds = max(0.0, now - at)
    if seconds < 60:
        return "now"
    if seconds < 3_600:
        return f"{int(seconds // 60)} min"
    if seconds < 86_400:
        return f"{int(seconds // 3_600)} h"
    there = time.localtime(at)
    return (
        time.strftime("%a", there)
        if seconds < 6 * 86_400
        else f"{there.tm_mday} {time.strftime('%b', there)}"
    )


def price(count: int, calls_a_minute: int) -> str:
    """How long so many look-ups take: "about 40 seconds", "about 3 minutes"."""
    seconds = count * 60 / max(1, calls_a_minute)
    if seconds < 5:
        return "a few seconds"
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} seconds"
    return f"about {round(seconds / 60)} minutes"


def as_json(profile: Profile) -> str:
    """The profile as text, in the form in which the API takes it."""
    record = {"userID": profile.user_id, "user_attributes": dict(profile.attributes)}
    return json.dumps(record, ensure_ascii=False, indent=2)
