"""The rules of the userID, of free text, and of an attribute's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nv_desktop.core.fields.damage import lost_digits, wrong_letters
from nv_desktop.core.fields.model import Level, Parsed, Problem, bad, doubt, shown

USER_ID_MAX = 100  # "1 to 100 characters"; other pages say "under 100"
TEXT_LIMIT = 1000  # "less than 1,000 characters"
NAME_LIMIT = 50  # "less than 50 characters"

_INVISIBLE = {
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
    "\u00ad": "soft hyphen",
    "\u00a0": "no-break space",
    "\u202f": "narrow no-break space",
    "\u2007": "figure space",
    "\u3164": "Hangul filler",
    "\u2800": "blank braille pattern",
    "\u180e": "Mongolian vowel separator",
}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,99}|(?!Err:)[A-Za-z_][!-~]{0,98}")
PLAIN_TEXT = re.compile(r"(?!Err:)[A-Za-z0-9](?:[ -~]{0,198}[!-~])?")  # trimmed or not, the same

# --- userID ----------------------------------------------------------------------------------------------


def user_id(text: str) -> Parsed:
    """1 to 100 characters, no control characters, taken exactly as it stands (users reference)."""
    if text.isascii() and text.isalnum() and len(text) < USER_ID_MAX:
        return Parsed(text)  # the usual ID, sooner
    if not text.strip():
        return bad("id_blank", "The row has no user ID, so nobody could be found by it.")
    if len(text) > USER_ID_MAX:
        return bad("id_long", f"A user ID has at most {USER_ID_MAX} characters; this one has {len(text)}.")
    lost = lost_digits(text)
    if lost:
        return lost
    if text.isascii() and text.isprintable() and len(text) < USER_ID_MAX and text[0] != " " != text[-1]:
        return Parsed(text)
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs"):
            return bad("id_control", f"The user ID holds the control character U+{ord(char):04X}.")
    return Parsed(text, tuple(_id_doubts(text)))


def _id_doubts(text: str) -> Iterator[Problem]:
    if text != text.strip():
        yield Problem(
            "id_spaces",
            "The user ID begins or ends with a blank, which is part of the ID.",
            Level.WARNING,
            {"step": "trim"},
        )
    for char in dict.fromkeys(text.strip()):
        if char in _INVISIBLE:
            yield Problem(
                "id_invisible",
                f"The user ID holds an invisible character ({_INVISIBLE[char]}).",
                Level.WARNING,
                {"step": "replace", "find": char, "with": ""},
            )
        elif char in _BIDI:
            yield Problem(
                "id_bidi",
                f"The user ID holds a character that turns the reading direction (U+{ord(char):04X}).",
                Level.WARNING,
                {"step": "replace", "find": char, "with": ""},
            )
    wrong = None if text.isascii() else wrong_letters(text)
    if wrong:
        yield wrong
    if len(text) == USER_ID_MAX:
        yield Problem(
            "id_limit",
            "The user ID has exactly 100 characters; some pages say “under 100”.",
            Level.WARNING,
        )
    if len(text.encode()) > USER_ID_MAX:
        yield Problem(
            "id_bytes",
            "The user ID is longer than 100 bytes, though not than 100 characters.",
            Level.WARNING,
        )


# --- text ------------------------------------------------------------------------------------------------


def text_rule(text: str) -> Parsed:
    """Fewer than 1,000 characters, no NUL and no half characters, which no JSON text can carry everywhere."""
    if len(text) >= TEXT_LIMIT:
        return bad(
            "text_long", f"A text has fewer than {TEXT_LIMIT:,} characters; this one has {len(text):,}."
        )
    if "\x00" in text:
        return bad("text_nul", "The text holds a NUL character.")
    if text.isascii():
        return Parsed(text)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return bad("text_surrogate", "The text holds half a character (a lone surrogate).")
    if size >= TEXT_LIMIT:
        return doubt(
            text, "text_bytes", "The text is longer than 1,000 bytes, though not than 1,000 characters."
        )
    wrong = wrong_letters(text)
    return Parsed(text, (wrong,)) if wrong else Parsed(text)


# --- the name of a custom attribute ----------------------------------------------------------------------


def check_name(name: str, documented: frozenset[str]) -> Problem | None:
    """What stands against a custom attribute's name (1 to 49 characters, not that of a documented field)."""
    if not name.strip():
        return Problem("name_blank", "The attribute has no name.")
    if len(name) >= NAME_LIMIT:
        return Problem(
            "name_long",
            f"An attribute's name has fewer than {NAME_LIMIT} characters; “{shown(name)}” has {len(name)}.",
        )
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return Problem("name_control", "The attribute's name holds a control character.")
    if name in documented:
        return Problem("name_taken", f"“{name}” is the name of a documented field.")
    if name != name.strip():
        return Problem(
            "name_spaces", f"The attribute's name “{shown(name)}” begins or ends with a blank.", Level.WARNING
        )
    if name.casefold() in {field.casefold() for field in documented}:
        return Problem(
            "name_alike",
            f"“{name}” differs only in capital letters from a documented field; it is another attribute.",
            Level.WARNING,
        )
    return None
