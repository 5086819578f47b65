"""The usual texts of a field, known by one pattern: a shortcut for millions of rows, never a second rule.

A text that matches is taken by the field's rule exactly as it stands, without a word, trimmed or not; a test
holds each pattern to that. A text that does not match is the rule's to judge.
"""

from __future__ import annotations

import re

from nv_desktop.core.fields.contact import _MEANT
from nv_desktop.core.fields.model import Field, Type

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MISSPELT = "|".join(re.escape(domain) for domain in _MEANT)
# texts that begin with # or E may be a spreadsheet's error value
_BY_FIELD = {
    "userID": re.compile(r"[0-9][0-9A-Za-z_-]{0,97}|[A-DF-Za-z_][!-~]{0,97}"),
    "email": re.compile(
        rf"[a-zA-DF-Z0-9_][\w+-]{{0,30}}(?:\.[\w+-]{{1,15}}){{0,2}}@(?!(?i:{_MISSPELT})\Z)"
        rf"(?:{_LABEL}\.){{1,3}}[A-Za-z]{{2,24}}",
        re.ASCII,
    ),
    "mobile": re.compile(r"\+[1-9][0-9]{6,14}"),
}
_TEXT = re.compile(r'[!"$-DF-~](?:[ -~]{0,248}[!-~])?')


def plain(field: Field) -> re.Pattern[str] | None:
    """The pattern of texts that surely become themselves (`fullmatch`), None where there is none."""
    if field.name in _BY_FIELD:
        return _BY_FIELD[field.name]
    free = not field.choices and field.type is Type.TEXT
    return _TEXT if free else None
