"""The rules of custom attributes that are no text: numbers, lists, JSON objects."""

from __future__ import annotations

import json
import re

from nv_desktop.core.fields.model import Json, Parsed, Step, bad, doubt, shown
from nv_desktop.core.fields.texts import TEXT_LIMIT

_INTEGER = re.compile(r"0|-?[1-9]\d*", re.ASCII)  # no leading zero, no plus, no -0: those are texts
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(
    r"[-−]?[^\w\s]?\s*\d{1,3}(?:[.,\s'’\u00a0\u202f]\d{2,3})*(?:[.,]\d+)?\s*[^\w\s]?|[-−]?\d+[.,]\d+"
)
_DIGITS_KEPT = 15  # what a double keeps exactly


def integer(text: str) -> Parsed:
    """A whole number of at most 15 digits."""
    if not _INTEGER.fullmatch(text):
        return bad("integer", f"“{shown(text)}” is not a whole number.", _mend(text, _INTEGER))
    if len(text) > _DIGITS_KEPT and len(text.lstrip("-")) > _DIGITS_KEPT:
        return _too_long("integer_long", text)
    return Parsed(int(text))


def number(text: str) -> Parsed:
    """A number with a decimal point and at most 15 digits in all."""
    if not _NUMBER.fullmatch(text) or text == "-0":
        return bad("number", f"“{shown(text)}” is not a number such as 1234.5.", _mend(text, _NUMBER))
    if len(text) > _DIGITS_KEPT and _significant(text) > _DIGITS_KEPT:
        return _too_long("number_long", text)
    return Parsed(float(text) if "." in text else int(text))


def _significant(text: str) -> int:
    return len(re.sub(r"[-.]", "", re.sub(r"[Ee].*", "", text)).lstrip("0"))


def _too_long(code: str, text: str) -> Parsed:
    return bad(
        code,
        f"“{shown(text)}” has more than {_DIGITS_KEPT} digits, which a number loses. Send it as text.",
    )


def _mend(text: str, pattern: re.Pattern[str]) -> Step | None:
    """The step for an amount as people write it; which sign is the decimal one, the whole column tells."""
    stripped = text.strip()
    if stripped != text and pattern.fullmatch(stripped):
        return {"step": "trim"}
    return {"step": "number", "decimal": None} if _GROUPED.fullmatch(stripped) else None


def list_rule(text: str) -> Parsed:
    """A JSON list of texts, or texts with a semicolon, bar or line between them; at least one."""
    if text.lstrip().startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            return bad("list", f"“{shown(text)}” begins like a JSON list but is not one.")
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            return bad("list", "The list holds something other than texts.")
    else:
        items = [item for part in re.split(r"[;|\r\n]", text) if (item := part.strip())]
    if not items:
        return bad("list_empty", "The list holds no text.")
    if any(len(item) >= TEXT_LIMIT for item in items):
        return bad("text_long", f"A text of the list has {TEXT_LIMIT:,} characters or more.")
    return _unsendable(items) or Parsed(items)


def json_rule(text: str) -> Parsed:
    """A JSON object, read strictly: no name twice, no NaN, no number that would lose digits."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_exact,
            parse_float=_exact,
        )
    except (ValueError, RecursionError) as error:
        reason = f" ({error})" if isinstance(error, _NotExact) else ""
        return bad("json", f"“{shown(text)}” is not a JSON object that can be sent{reason}.")
    if not isinstance(value, dict):
        return bad("json", f"“{shown(text)}” is not a JSON object.")
    return _unsendable(value) or doubt(
        value, "json_segments", "A JSON object is stored, but cannot be used in segments."
    )


def exact_rule(text: str) -> Parsed:
    """Any JSON value but null, as it stands: what a server has held, it is given back."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        value = None
    if value is None:
        return bad("exact", f'“{shown(text)}” is not a value written as JSON, such as "text" or 12.5.')
    return Parsed(value)


class _NotExact(ValueError):
    """What JSON allows, but would not arrive as it stands."""


def _unique(pairs: list[tuple[str, Json]]) -> Json:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _NotExact("a name stands twice in it")
    return value


def _refuse_constant(name: str) -> Json:
    raise _NotExact(f"{name} is not JSON")


def _exact(digits: str) -> Json:
    if _significant(digits) > _DIGITS_KEPT:
        raise _NotExact(f"a number has more than {_DIGITS_KEPT} digits")
    value = float(digits) if re.search(r"[.eE]", digits) else int(digits)
    if value in (float("inf"), float("-inf")):
        raise _NotExact("a number is too large")
    return value


def _unsendable(value: Json) -> Parsed | None:
    """The refusal of half characters and NUL, which escapes can bring into JSON."""
    written = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in written:
        return bad("text_nul", "The text holds a NUL character.")
    try:
        written.encode()
    except UnicodeEncodeError:
        return bad("text_surrogate", "The text holds half a character (a lone surrogate).")
    return None
