"""When a server that said "too many calls" may be called again."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

MOST = 600.0  # seconds; a longer wait is shown and asked about, never slept through

_NUMBER = r"\d+(?:\.\d+)?"
_PLAIN = re.compile(
    rf"\s*({_NUMBER})\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?)?\s*", re.IGNORECASE
)
_HEX = re.compile(r"\s*0x([0-9a-f]{1,8})\s*", re.IGNORECASE)
_IN_TEXT = re.compile(
    rf"(?:retry|try again|wait|available)\D{{0,24}}?({_NUMBER})\s*"
    r"(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?)\b",
    re.IGNORECASE,
)


def retry_after(headers: Mapping[str, str], message: str, now: float) -> float | None:
    """Seconds to wait, 0 to 600, or None when nothing usable was said. `now`: seconds since 1970.

    The header may hold seconds (whole, broken, in hex, in other digits, repeated: the longest counts), a
    unit, or a date, which is measured against the server's own clock where it tells it. Else the text of
    the message is looked at. A negative number says nothing; a date that has passed says 0.
    """
    text = _as_sent(headers.get("Retry-After", ""))
    found = _seconds(text)
    if found is None:
        found = _until(text, headers.get("Date", ""), now)
    if found is None:
        match = _IN_TEXT.search(message)
        found = _with_unit(match[1], match[2]) if match else None
    return None if found is None else min(max(found, 0.0), MOST)


def _as_sent(text: str) -> str:
    """HTTP libraries read headers as Latin-1; digits of other scripts come as UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _seconds(text: str) -> float | None:
    """The longest of the numbers that the whole header consists of."""
    found = []
    for part in text.split(","):
        hexadecimal = _HEX.fullmatch(part)
        plain = _PLAIN.fullmatch(part)
        if hexadecimal:
            found.append(float(int(hexadecimal[1], 16)))
        elif plain:
            found.append(_with_unit(plain[1], plain[2]))
        else:
            return None
    return max(found, default=None)


def _with_unit(number: str, unit: str | None) -> float:
    seconds = min(float(number), 1e9)
    kind = (unit or "s").lower()
    if kind.startswith(("ms", "milli")):
        return seconds / 1000
    return seconds * 60 if kind.startswith("m") else math.ceil(seconds)


def _until(text: str, server_date: str, now: float) -> float | None:
    then = _date(text)
    if then is None:
        return None
    there = _date(server_date)
    return math.ceil(then - (now if there is None else there))


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
