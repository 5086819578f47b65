"""User IDs in a text that was pasted or typed, exactly as they stand there."""

from __future__ import annotations

import re


def split_ids(text: str) -> list[str]:
    """`listed_ids`, each once."""
    return list(dict.fromkeys(listed_ids(text)))


def listed_ids(text: str) -> list[str]:
    """The user IDs of a pasted text, in order, as often as they stand there.

    Lines, tabs, commas and semicolons part them. Quotes that a spreadsheet put around a cell go.
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
