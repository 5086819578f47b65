"""The words of the People page for values, times, prices and pasted IDs; no widget, no call."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from datetime import date

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, OPT_INS, Field, Json, Type
from nv_desktop.core.profile import Profile

TYPE_ICONS = {
    Type.TEXT: "text-t",
    Type.INTEGER: "hash",
    Type.NUMBER: "hash",
    Type.BOOLEAN: "toggle-left",
    Type.DATE: "calendar-blank",
    Type.LIST: "list-bullets",
    Type.JSON: "brackets-curly",
}
OPT_IN_TONES = {"1": "ok", "0": "plain", "2": "error"}
MANY_MOST = 20_000
"""IDs that one table of look-ups takes; more belong in an import."""


def short(field: Field) -> str:
    """What a field is called in a tight place: "WhatsApp" for "WhatsApp opt-in"."""
    return field.label.removesuffix(" opt-in")


def shown_text(field: Field, text: str) -> str:
    """The text as a person edits it: a list as "one; two" where that says the same, else the text itself."""
    if field.type is not Type.LIST or not text.startswith("["):
        return text
    if text == "[]":
        return ""
    parsed = fields.parse(field, text)
    if not parsed.ok or any(item != item.strip() or not item for item in parsed.value):
        return text
    plain = "; ".join(parsed.value)
    again = fields.parse(field, plain)
    return plain if again.ok and again.value == parsed.value else text


def stored_text(field: Field, typed: str, stored: str) -> str:
    """The text that the draft keeps for what was typed: the one it has, where both show the same."""
    return stored if typed == shown_text(field, stored) else typed


def value_words(field: Field, value: Json) -> str:
    """A value as people read it: "Reachable" for 1, "Yes" for true, "" for nothing."""
    return text_words(field, fields.text_of(value))


def text_words(field: Field, text: str) -> str:
    """As `value_words`, for a text that stands in the form."""
    words = dict(field.choices) or ({"true": "Yes", "false": "No"} if field.type is Type.BOOLEAN else {})
    return words.get(text, shown_text(field, text))


def label_of(name: str) -> str:
    """What a field is called: "E-mail" for `email`; a custom attribute by its own name."""
    return FIELDS[name].label if name in FIELDS else name


def stored_words(name: str, value: Json) -> str:
    """`value_words` of a value that is kept under its field's wire name."""
    return value_words(FIELDS.get(name) or fields.custom(name, fields.type_of(value)), value)


def breakable(words: str) -> str:
    """For a label: a long value without blanks may break anywhere, so that it is read whole."""
    if len(words) < 40:
        return words
    return "\u200b".join(words[:600]) + ("…" if len(words) > 600 else "")


def day_words(text: str) -> str:
    """ "14 March 1988" for "1988-03-14", "" for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return f"{day.day} {day:%B} {day.year}" if len(text) == 10 else ""


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


def split_ids(text: str) -> list[str]:
    """`listed_ids`, each once."""
    return list(dict.fromkeys(listed_ids(text)))


def listed_ids(text: str) -> list[str]:
    """The user IDs of a pasted text, in order, as often as they stand there.

    Lines part IDs, and tabs do; commas and semicolons do only where a line has no blank after them or
    several stand in it. Quotes that a spreadsheet put around a cell go.
    """
    found: list[str] = []
    for line in re.split(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+", text):
        for part in re.split(r"[,;]", line):
            cell = part.strip()
            if len(cell) > 1 and cell[0] == cell[-1] == '"':
                cell = cell[1:-1].replace('""', '"')
            if cell:
                found.append(cell)
    return found


def as_json(profile: Profile) -> str:
    """The profile as text, in the form in which the API takes it."""
    record = {"userID": profile.user_id, "user_attributes": dict(profile.attributes)}
    return json.dumps(record, ensure_ascii=False, indent=2)
