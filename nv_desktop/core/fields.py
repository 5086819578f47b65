"""The fields of a profile and the one rule for each value: text in, value or explained Problem out.

The form, the table, the check, the command line and the report call `Field.parse`; nothing else decides
what is valid. It accepts only what the API accepts (users reference); anything else is a `Problem`, and
where a step would mend it (a value map, a country, a date order) the Problem proposes that step.
Lengths count code points.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

Json = Any  # str | int | float | bool | None | list | dict, as json reads and writes it
Step = dict[str, Any]  # {"step": NAME, …}: one entry of a recipe, see core.steps


class Level(IntEnum):
    """How much a Problem weighs: a row with an ERROR is not sent, one with a WARNING is."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Type(StrEnum):
    """What a value is on the wire. The seven custom types; documented fields are TEXT on the wire."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one value. `code` is stable; `step` is the proposed mend for the whole column."""

    code: str
    message: str
    level: Level = Level.ERROR
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text became: `value` as it would be sent, None where an ERROR stands among `problems`."""

    value: Json
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return all(problem.level < Level.ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `name` as on the wire, `label` for people, `parse` its rule (text of at least 1 character)."""

    name: str
    label: str
    type: Type
    parse: Callable[[str], Parsed]
    documented: bool = True
    choices: tuple[tuple[str, str], ...] = ()  # (value, word for people)
    clearable: bool = False  # "" may be sent (decision 6: text only)


def _bad(code: str, message: str, step: Step | None = None) -> Parsed:
    return Parsed(None, (Problem(code, message, Level.ERROR, step),))


def shown(text: str) -> str:
    """The text as a sentence can carry it: short, control characters made visible."""
    visible = "".join(char if char.isprintable() else f"⟨U+{ord(char):04X}⟩" for char in text[:60])
    return visible + ("…" if len(text) > 60 else "")


# --- damage that spreadsheets do, the same for every field --------------------------------------------

ERROR_VALUES = frozenset(
    "#N/A #NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED!".split()
)
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[Ee][+-]?\d+")
_SCIENTIFIC = re.compile(r"[+-]?\d[.,]\d+[Ee]\+?\d{1,3}")  # 1.23E+15: how Excel shows a long number


def damage(text: str) -> Problem | None:
    """The Problem of a text that a spreadsheet has spoilt (`#N/A`), or None."""
    if text[:1] == "#" and text.strip().upper() in ERROR_VALUES:
        return Problem("excel_error", f"The cell holds the spreadsheet error {text.strip()}, not a value.")
    return None


def _lost_digits(text: str) -> Parsed | None:
    if _SCIENTIFIC.fullmatch(text.strip()):
        return _bad(
            "lost_digits",
            f"“{shown(text)}” was shortened by a spreadsheet; its last digits are lost. Take it from the source again.",
        )
    return None


# --- userID ----------------------------------------------------------------------------------------------

_INVISIBLE = {
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
    "\u00ad": "soft hyphen",
    "\u00a0": "no-break space",
}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
USER_ID_MAX = 100


def _user_id(text: str) -> Parsed:
    if not text.strip():
        return _bad("id_blank", "The row has no user ID, so nobody could be found by it.")
    if len(text) > USER_ID_MAX:
        return _bad("id_long", f"A user ID has at most {USER_ID_MAX} characters; this one has {len(text)}.")
    lost = _lost_digits(text)
    if lost:
        return lost
    for char in text:
        if char == "\x00" or unicodedata.category(char) in ("Cc", "Cs"):
            return _bad("id_control", f"The user ID holds the control character U+{ord(char):04X}.")
    return Parsed(text, tuple(_id_doubts(text)))


def _id_doubts(text: str) -> list[Problem]:
    if text.isascii() and text.isprintable() and len(text) < USER_ID_MAX and text[0] != " " != text[-1]:
        return []
    doubts = []
    if text != text.strip():
        doubts.append(
            Problem(
                "id_spaces",
                "The user ID begins or ends with a blank, which is part of the ID.",
                Level.WARNING,
                {"step": "trim"},
            )
        )
    for char in dict.fromkeys(text):
        if char in _INVISIBLE:
            doubts.append(
                Problem(
                    "id_invisible",
                    f"The user ID holds an invisible character ({_INVISIBLE[char]}).",
                    Level.WARNING,
                )
            )
        elif char in _BIDI:
            doubts.append(
                Problem(
                    "id_bidi",
                    f"The user ID holds a character that turns the reading direction (U+{ord(char):04X}).",
                    Level.WARNING,
                )
            )
    if len(text) == USER_ID_MAX:
        doubts.append(
            Problem(
                "id_limit",
                "The user ID has exactly 100 characters; some pages say “under 100”.",
                Level.WARNING,
            )
        )
    if len(text.encode()) > USER_ID_MAX:
        doubts.append(
            Problem(
                "id_bytes",
                "The user ID is longer than 100 bytes, though not than 100 characters.",
                Level.WARNING,
            )
        )
    return doubts


# --- text ------------------------------------------------------------------------------------------------

TEXT_LIMIT = 1000  # "less than 1,000 characters"
NAME_LIMIT = 50  # "less than 50 characters"


def _text(text: str) -> Parsed:
    if len(text) >= TEXT_LIMIT:
        return _bad(
            "text_long",
            f"A text has fewer than {TEXT_LIMIT:,} characters; this one has {len(text):,}.",
        )
    if text.isascii():
        return Parsed(text) if "\x00" not in text else _bad("text_nul", "The text holds a NUL character.")
    if "\x00" in text:
        return _bad("text_nul", "The text holds a NUL character.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        return _bad("text_surrogate", "The text holds half a character (a lone surrogate).")
    if len(text) > TEXT_LIMIT // 4 and len(text.encode()) >= TEXT_LIMIT:
        return Parsed(
            text,
            (
                Problem(
                    "text_bytes",
                    "The text is longer than 1,000 bytes, though not than 1,000 characters.",
                    Level.WARNING,
                ),
            ),
        )
    return Parsed(text)


# --- contact ---------------------------------------------------------------------------------------------

_EMAIL = re.compile(  # the HTML5 form
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_EMAIL_INTERNATIONAL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)+"
)
_COMMON_DOMAINS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "gmaill.com": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "outlok.com": "outlook.com",
    "outlook.con": "outlook.com",
}


def _email(text: str) -> Parsed:
    if (
        _EMAIL.fullmatch(text)
        and ".." not in text
        and text[0] != "."
        and ".@" not in text
        and len(text) <= 254
    ):
        domain = text[text.index("@") + 1 :].lower()
        if domain in _COMMON_DOMAINS:
            return Parsed(
                text,
                (
                    Problem(
                        "email_misspelt",
                        f"The domain {domain} looks like a misspelling of {_COMMON_DOMAINS[domain]}.",
                        Level.WARNING,
                        {"step": "replace", "find": "@" + domain, "with": "@" + _COMMON_DOMAINS[domain]},
                    ),
                ),
            )
        return Parsed(text)
    return _email_refused(text)


def _email_refused(text: str) -> Parsed:
    if text != text.strip():
        return _bad("email_spaces", "The e-mail address begins or ends with a blank.", {"step": "trim"})
    if "@" not in text:
        return _bad("email", f"“{shown(text)}” has no @ sign, so it is not an e-mail address.")
    local, _, domain = text.rpartition("@")
    if text.count("@") > 1:
        reason = "it has more than one @ sign"
    elif not local:
        reason = "nothing stands before the @ sign"
    elif not domain:
        reason = "it ends at the @ sign"
    elif re.search(r"\s", text):
        reason = "it holds a blank"
    elif "," in text:
        reason = "it holds a comma"
    elif ".." in text or local.startswith(".") or local.endswith(".") or domain.startswith("."):
        reason = "a dot stands where none may"
    elif len(local) > 64:
        reason = "the part before the @ sign is longer than 64 characters"
    elif "." not in domain:
        reason = "the ending is missing, such as .com"
    elif not text.isascii() and _EMAIL_INTERNATIONAL.fullmatch(text) and len(text) <= 254:
        note = Problem(
            "email_international",
            "The e-mail address has letters beyond a–z; not every system delivers to it.",
            Level.NOTE,
        )
        return Parsed(text, (note,))
    else:
        reason = "it holds a character that addresses do not have, or is too long"
    return _bad("email", f"“{shown(text)}” is not an e-mail address: {reason}.")


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_LIKE = re.compile(r"[+(]?[\d\s().\-/\u00a0\u2010-\u2015]{6,30}(?:\s*(?:x|ext\.?)\s*\d+)?", re.ASCII)


def _mobile(text: str) -> Parsed:
    if _E164.fullmatch(text):
        return Parsed(text)
    lost = _lost_digits(text)
    if lost:
        return lost
    stripped = text.strip()
    if _E164.fullmatch(stripped):
        return _bad("mobile_spaces", "The number begins or ends with a blank.", {"step": "trim"})
    if re.search(r"[^\W\d_]", stripped):
        return _bad("mobile", f"“{shown(text)}” is not a phone number.")
    digits = re.sub(r"\D", "", stripped)
    if stripped.startswith(("+", "00")) and _PHONE_LIKE.fullmatch(stripped) and 7 <= len(digits) <= 17:
        return _bad(
            "mobile_form",
            f"“{shown(text)}” is not written as + country code and digits only, such as +917850009678.",
            {"step": "phone"},
        )
    if _PHONE_LIKE.fullmatch(stripped) and 6 <= len(digits) <= 15:
        return _bad(
            "mobile_country",
            f"“{shown(text)}” has no country code. A mobile number is + country code and digits, such as +917850009678.",
            {"step": "phone", "country": None},
        )
    if len(digits) < 7:
        return _bad("mobile_short", f"“{shown(text)}” has too few digits for a mobile number.")
    if len(digits) > 15:
        return _bad("mobile_long", f"“{shown(text)}” has more than the 15 digits that a number can have.")
    return _bad("mobile", f"“{shown(text)}” is not a phone number.")


# --- dates -----------------------------------------------------------------------------------------------

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})([./\- ])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([./ ])(\d{1,2})\2(\d{1,2})(?:[ T].*)?", re.ASCII)
_SERIAL = re.compile(r"\d{4,5}(?:\.\d+)?", re.ASCII)


def _iso(text: str) -> date | None:
    match = _ISO_DATE.fullmatch(text)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _date(text: str) -> Parsed:
    if _iso(text):
        return Parsed(text)
    if _ISO_DATE.fullmatch(text):
        return _bad("date_impossible", f"There is no day {text} in the calendar.")
    return _date_refused(text)


def _date_refused(text: str) -> Parsed:
    stripped = text.strip()
    if stripped != text and _iso(stripped):
        return _bad("date_spaces", "The date begins or ends with a blank.", {"step": "trim"})
    match = _DAY_MONTH.fullmatch(stripped)
    if match:
        first, second = int(match[1]), int(match[3])
        if max(first, second) > 31 or min(first, second) > 12 or min(first, second) < 1:
            return _bad("date_impossible", f"“{shown(text)}” is not a day of the calendar.")
        order = "dmy" if first > 12 else "mdy" if second > 12 else None
        return _bad(
            "date_order",
            f"“{shown(text)}” is not written as year-month-day, such as 1990-11-25.",
            {"step": "date", "order": order},
        )
    if _YEAR_FIRST.fullmatch(stripped) or re.fullmatch(
        r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?", stripped, re.ASCII
    ):
        return _bad(
            "date_order",
            f"“{shown(text)}” is not written as year-month-day, such as 1990-11-25.",
            {"step": "date", "order": "ymd"},
        )
    if _SERIAL.fullmatch(stripped):
        return _bad(
            "date_serial",
            f"“{shown(text)}” may be a spreadsheet's own count of days. Only the source can tell which day is meant.",
        )
    if re.search(r"[^\W\d_]{3,}", stripped) and re.search(r"\d", stripped):
        return _bad(
            "date_words",
            f"“{shown(text)}” is not written as year-month-day, such as 1990-11-25.",
            {"step": "date", "order": "words"},
        )
    return _bad("date", f"“{shown(text)}” is not a date. Dates are year-month-day, such as 1990-11-25.")


def _birth_date(text: str) -> Parsed:
    parsed = _date(text)
    day = _iso(text)
    if parsed.ok and day is not None:
        if day > date.today():
            return Parsed(
                text, (Problem("birth_future", "This birthday lies in the future.", Level.WARNING),)
            )
        if day.year < 1900:
            return Parsed(text, (Problem("birth_old", "This birthday lies before 1900.", Level.WARNING),))
    return parsed


# --- choices ---------------------------------------------------------------------------------------------

GENDER_WORDS: dict[str, str] = {  # what people write, folded -> what the API takes
    **dict.fromkeys(("m", "male", "man", "mr", "herr", "mann", "homme", "hombre", "masculino", "männlich", "maschio", "पुरुष", "男"), "male"),
    **dict.fromkeys(("f", "female", "woman", "w", "ms", "mrs", "frau", "femme", "mujer", "femenino", "feminino", "weiblich", "femmina", "महिला", "女"), "female"),
    **dict.fromkeys(("o", "other", "diverse", "divers", "d", "x", "non-binary", "nonbinary", "otro", "outro", "autre"), "other"),
}  # fmt: skip
OPT_IN_WORDS: dict[str, str] = {
    **dict.fromkeys(("yes", "y", "true", "on", "opted in", "opt in", "opt-in", "subscribed", "ja", "oui", "si", "sí", "sim", "x", "✓", "हाँ", "да", "是", "reachable", "1.0"), "1"),
    **dict.fromkeys(("no", "n", "false", "off", "opted out", "opt out", "opt-out", "unsubscribed", "nein", "non", "não", "नहीं", "нет", "否", "not available", "0.0"), "0"),
    **dict.fromkeys(("bounced", "bounce", "invalid", "2.0"), "2"),
}  # fmt: skip


def _choice(
    accepted: frozenset[str], words: dict[str, str], code: str, sentence: str
) -> Callable[[str], Parsed]:
    def parse(text: str) -> Parsed:
        if text in accepted:
            return Parsed(text)
        folded = text.strip().casefold()
        meant = folded if folded in accepted else words.get(folded)
        step: Step | None = {"step": "map", "map": {text: meant}} if meant else None
        return _bad(code, f"“{shown(text)}” {sentence}", step)

    return parse


_gender = _choice(
    frozenset(("male", "female", "other")), GENDER_WORDS, "gender", "is not one of male, female, other."
)


def _opt_in(two: str) -> Callable[[str], Parsed]:
    return _choice(
        frozenset("012"),
        OPT_IN_WORDS,
        "opt_in",
        f"is not one of 1 (reachable), 0 (not available), 2 ({two}).",
    )


# --- custom types ----------------------------------------------------------------------------------------

_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)


def _integer(text: str) -> Parsed:
    if not _INTEGER.fullmatch(text):
        return _bad("integer", f"“{shown(text)}” is not a whole number.", _trim_if(text, _INTEGER))
    if len(text.lstrip("-")) > 15:
        return _bad(
            "integer_long",
            f"“{shown(text)}” has more than 15 digits, which a number does not keep. Send it as text.",
        )
    return Parsed(int(text))


def _number(text: str) -> Parsed:
    if not _NUMBER.fullmatch(text):
        step = _trim_if(text, _NUMBER)
        if step is None and re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
            step = {"step": "replace", "find": ",", "with": ""}
        return _bad("number", f"“{shown(text)}” is not a number such as 1234.5.", step)
    if len(re.sub(r"[-.]", "", text).lstrip("0")) > 15:
        return _bad(
            "number_long",
            f"“{shown(text)}” has more than 15 digits, which a number does not keep. Send it as text.",
        )
    return Parsed(float(text) if "." in text else int(text))


def _trim_if(text: str, pattern: re.Pattern[str]) -> Step | None:
    return {"step": "trim"} if pattern.fullmatch(text.strip()) else None


def _boolean(text: str) -> Parsed:
    if text in ("true", "false"):
        return Parsed(text == "true")
    meant = {"1": "true", "0": "false"}.get(OPT_IN_WORDS.get(text.strip().casefold(), text.strip()))
    step: Step | None = {"step": "map", "map": {text: meant}} if meant else None
    return _bad("boolean", f"“{shown(text)}” is not one of true, false.", step)


def _list(text: str) -> Parsed:
    """A JSON list of texts, or texts with a semicolon, bar or line between them."""
    if text.lstrip().startswith("["):
        try:
            value = json.loads(text)
        except ValueError:
            return _bad("list", f"“{shown(text)}” begins like a JSON list but is not one.")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return _bad("list", "The list holds something other than texts.")
        return Parsed(value)
    return Parsed([item for part in re.split(r"[;|\n]", text) if (item := part.strip())])


def _unique(pairs: list[tuple[str, Json]]) -> Json:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _json(text: str) -> Parsed:
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _bad("json", f"“{shown(text)}” is not a JSON object.")
    if not isinstance(value, dict):
        return _bad("json", f"“{shown(text)}” is not a JSON object.")
    note = Problem("json_segments", "A JSON object is stored, but cannot be used in segments.", Level.WARNING)
    return Parsed(value, (note,))


_CUSTOM: dict[Type, Callable[[str], Parsed]] = {
    Type.TEXT: _text,
    Type.INTEGER: _integer,
    Type.NUMBER: _number,
    Type.BOOLEAN: _boolean,
    Type.DATE: _date,
    Type.LIST: _list,
    Type.JSON: _json,
}
TYPE_LABELS: dict[Type, str] = {
    Type.TEXT: "Text",
    Type.INTEGER: "Whole number",
    Type.NUMBER: "Number",
    Type.BOOLEAN: "Yes / no",
    Type.DATE: "Date",
    Type.LIST: "List of texts",
    Type.JSON: "JSON object",
}

# --- the table -------------------------------------------------------------------------------------------

USER_ID = "userID"
_GENDERS = (("male", "Male"), ("female", "Female"), ("other", "Other"))


def _opt_ins(two: str) -> tuple[tuple[str, str], ...]:
    return (("1", "Reachable"), ("0", "Not available"), ("2", two))


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field(USER_ID, "User ID", Type.TEXT, _user_id),
        Field("name", "Name", Type.TEXT, _text, clearable=True),
        Field("first_name", "First name", Type.TEXT, _text, clearable=True),
        Field("last_name", "Last name", Type.TEXT, _text, clearable=True),
        Field("email", "E-mail", Type.TEXT, _email, clearable=True),
        Field("mobile", "Mobile", Type.TEXT, _mobile, clearable=True),
        Field("birth_date", "Birthday", Type.DATE, _birth_date),
        Field("gender", "Gender", Type.TEXT, _gender, choices=_GENDERS),
        Field("email_opt_in", "E-mail opt-in", Type.TEXT, _opt_in("bounced"), choices=_opt_ins("Bounced")),
        Field("sms_opt_in", "SMS opt-in", Type.TEXT, _opt_in("invalid"), choices=_opt_ins("Invalid")),
        Field(
            "whatsapp_opt_in", "WhatsApp opt-in", Type.TEXT, _opt_in("invalid"), choices=_opt_ins("Invalid")
        ),
    )
}
OPT_INS = ("email_opt_in", "sms_opt_in", "whatsapp_opt_in")


def check_name(name: str) -> Problem | None:
    """The Problem of a custom attribute's name, or None: 1 to 49 characters, not a documented field's name."""
    if not name.strip():
        return Problem("name_blank", "The attribute has no name.")
    if len(name) >= NAME_LIMIT:
        return Problem(
            "name_long",
            f"An attribute's name has fewer than {NAME_LIMIT} characters; “{shown(name)}” has {len(name)}.",
        )
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return Problem("name_control", "The attribute's name holds a control character.")
    return None


def custom(name: str, type_: Type = Type.TEXT) -> Field:
    """The field of a custom attribute; `check_name` says whether its name is allowed."""
    return Field(name, name, type_, _CUSTOM[type_], documented=False, clearable=type_ is Type.TEXT)


def field_for(name: str, type_: Type | None = None) -> Field:
    """The documented field of this name, or a custom attribute of the given type (text when None)."""
    return FIELDS.get(name) or custom(name, type_ or Type.TEXT)


def parse(field: Field, text: str) -> Parsed:
    """`field.parse` behind the check for spreadsheet damage: what every caller uses for a cell's text."""
    harm = damage(text) if text[:1] == "#" else None
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
    return Type.DATE if isinstance(value, str) and _iso(value) else Type.TEXT


def text_of(value: Json) -> str:
    """The text that `parse` turns back into this value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
