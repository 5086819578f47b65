"""What fields and their values are called and look like wherever they stand; no widget, no call."""

from __future__ import annotations

from datetime import date

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, Field, Json, Type

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
