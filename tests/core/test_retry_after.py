"""Retry-After in every form a server has been seen to use."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from nv_desktop.core.retry_after import MOST, retry_after

NOW = 1_795_000_000.0
FORMS: dict[str, tuple[dict[str, str], str, float | None]] = {
    "seconds": ({"Retry-After": "30"}, "", 30),
    "date": ({"Retry-After": formatdate(NOW + 30, usegmt=True)}, "", 30),
    "date by the server's own clock": (
        {"Retry-After": formatdate(NOW + 3630, usegmt=True), "Date": formatdate(NOW + 3600, usegmt=True)},
        "", 30,
    ),
    "past date": ({"Retry-After": formatdate(NOW - 3600, usegmt=True)}, "", 0),
    "negative": ({"Retry-After": "-30"}, "", None),
    "huge": ({"Retry-After": "9" * 30}, "", MOST),
    "float": ({"Retry-After": "30.5"}, "", 31),
    "garbage": ({"Retry-After": "soon, please"}, "", None),
    "empty": ({"Retry-After": ""}, "", None),
    "missing": ({}, "", None),
    "spaces": ({"Retry-After": "   30   "}, "", 30),
    "unicode digits": ({"Retry-After": "٣٠"}, "", 30),
    "twice": ({"Retry-After": "30, 31"}, "", 31),
    "hex": ({"Retry-After": "0x1e"}, "", 30),
    "in the body": ({}, "Rate limit exceeded, retry after 30 seconds", 30),
    "in the body, minutes": ({}, "Please try again in 2 minutes.", 120),
    "unit": ({"Retry-After": "30s"}, "", 30),
    "milliseconds": ({"Retry-After": "1500ms"}, "", 1.5),
    "a far date": ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, "", MOST),
    "a number that is no wait": ({}, "Limit of 500 calls exceeded, try again later", None),
}  # fmt: skip


@pytest.mark.gate("H5", seconds=20)
@pytest.mark.parametrize("form", FORMS)
def test_the_wait_is_understood_or_left_open(form: str) -> None:
    headers, message, seconds = FORMS[form]
    assert retry_after(headers, message, NOW) == seconds
