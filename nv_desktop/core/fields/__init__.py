"""The fields of a profile and the one rule for each value: text in, value or explained Problem out.

The form, the table, the check, the command line and the report call `parse`; nothing else decides what
is valid. It accepts only what the API accepts (users reference); anything else is a `Problem`, and where
a step would mend it (a value map, a country, a date order) the Problem proposes that step. Lengths count
code points.
"""

from __future__ import annotations

from collections.abc import Callable

from nv_desktop.core.fields.choices import BOOLEAN_WORDS, GENDER_WORDS, OPT_IN_WORDS, boolean, gender, opt_in
from nv_desktop.core.fields.contact import E164, PLAIN_EMAIL, email, mobile
from nv_desktop.core.fields.custom import exact_rule, integer, json_rule, list_rule, number
from nv_desktop.core.fields.damage import ERROR_VALUES, damage
from nv_desktop.core.fields.dates import birth_date, date_rule, iso
from nv_desktop.core.fields.model import (
    TYPE_LABELS,
    Field,
    Json,
    Level,
    Parsed,
    Problem,
    Step,
    Type,
    same_value,
    shown,
    text_of,
)
from nv_desktop.core.fields.texts import (
    NAME_LIMIT,
    PLAIN_ID,
    PLAIN_TEXT,
    TEXT_LIMIT,
    USER_ID_MAX,
    text_rule,
    user_id,
)
from nv_desktop.core.fields.texts import check_name as _check_name

__all__ = [
    "BOOLEAN_WORDS",
    "ERROR_VALUES",
    "FIELDS",
    "GENDER_WORDS",
    "NAME_LIMIT",
    "OPT_INS",
    "OPT_IN_WORDS",
    "TEXT_LIMIT",
    "TYPE_LABELS",
    "USER_ID",
    "USER_ID_MAX",
    "Field",
    "Json",
    "Level",
    "Parsed",
    "Problem",
    "Step",
    "Type",
    "check_name",
    "custom",
    "damage",
    "exact",
    "field_for",
    "parse",
    "same_value",
    "shown",
    "text_of",
    "type_of",
]

USER_ID = "userID"
OPT_INS = ("email_opt_in", "sms_opt_in", "whatsapp_opt_in")
_GENDERS = (("male", "Male"), ("female", "Female"), ("other", "Other"))


def _opt_in_field(name: str, label: str, two: str) -> Field:
    words = (("1", "Reachable"), ("0", "Not available"), ("2", two.capitalize()))
    return Field(name, label, Type.TEXT, opt_in(two), choices=words)


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field(USER_ID, "User ID", Type.TEXT, user_id, plain=PLAIN_ID),
        Field("name", "Name", Type.TEXT, text_rule, clearable=True, plain=PLAIN_TEXT),
        Field("first_name", "First name", Type.TEXT, text_rule, clearable=True, plain=PLAIN_TEXT),
        Field("last_name", "Last name", Type.TEXT, text_rule, clearable=True, plain=PLAIN_TEXT),
        Field("email", "E-mail", Type.TEXT, email, clearable=True, plain=PLAIN_EMAIL),
        Field("mobile", "Mobile", Type.TEXT, mobile, clearable=True, plain=E164),
        Field("birth_date", "Birthday", Type.DATE, birth_date),
        Field("gender", "Gender", Type.TEXT, gender, choices=_GENDERS),
        _opt_in_field("email_opt_in", "E-mail opt-in", "bounced"),
        _opt_in_field("sms_opt_in", "SMS opt-in", "invalid"),
        _opt_in_field("whatsapp_opt_in", "WhatsApp opt-in", "invalid"),
    )
}
_DOCUMENTED = frozenset(FIELDS)
_CUSTOM: dict[Type, Callable[[str], Parsed]] = {
    Type.TEXT: text_rule,
    Type.INTEGER: integer,
    Type.NUMBER: number,
    Type.BOOLEAN: boolean,
    Type.DATE: date_rule,
    Type.LIST: list_rule,
    Type.JSON: json_rule,
}


def check_name(name: str) -> Problem | None:
    """What stands against a custom attribute's name (1 to 49 characters, not that of a documented field).

    A WARNING leaves the name usable.
    """
    return _check_name(name, _DOCUMENTED)


def custom(name: str, type_: Type = Type.TEXT) -> Field:
    """The field of a custom attribute; `check_name` says whether its name is allowed."""
    is_text = type_ is Type.TEXT
    plain = PLAIN_TEXT if is_text else None
    return Field(name, name, type_, _CUSTOM[type_], documented=False, clearable=is_text, plain=plain)


def field_for(name: str, type_: Type | None = None) -> Field:
    """The documented field of this name, or a custom attribute of the given type (text when None)."""
    return FIELDS.get(name) or custom(name, type_ or Type.TEXT)


def exact(name: str) -> Field:
    """The field of this name for values that the server itself has held: JSON, sent back as they stood."""
    known = field_for(name)
    return Field(name, known.label, known.type, exact_rule, known.documented)


def parse(field: Field, text: str) -> Parsed:
    """`field.parse` behind the check for spreadsheet damage: what every caller uses for a cell's text."""
    harm = damage(text) if text[:1] == "#" or text[:4] == "Err:" else None
    return Parsed(None, (harm,)) if harm else field.parse(text)


def type_of(value: Json) -> Type:
    """The custom type that a value from the server has; used to keep an attribute's type for ever."""
    if isinstance(value, bool):
        return Type.BOOLEAN
    if isinstance(value, int):
        return Type.INTEGER
    if isinstance(value, float):
        return Type.NUMBER
    if isinstance(value, list):
        return Type.LIST
    if isinstance(value, dict):
        return Type.JSON
    return Type.DATE if isinstance(value, str) and iso(value) else Type.TEXT
