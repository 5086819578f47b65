"""Rows of a sheet that look alike, read by one pattern for the whole row instead of cell by cell.

The pattern is made of the cells that were met: for each column the ways in which its cells were written. A
row that it does not take in full is read cell by cell, and teaches it what was new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

SHARED, PLAIN = 1, 2  # ways to read a cell: from the shared texts, as it stands
_VALUES = {
    SHARED: r"(\d{1,9}+)",
    PLAIN: r"([-+.0-9Ee]{1,40}+)",
}
_MOST = 2_000  # cells that are learned; a sheet with more ways to write them is not of one shape
_TRIES = 64  # patterns that are made
_NUMBERS = 50_000  # that are remembered with their text


class _Numbers(dict[str, str | None]):
    """Number as stored -> its text, worked out once; bounded."""

    def __init__(self, text_of: Callable[[str], str | None]) -> None:
        super().__init__()
        self._text_of = text_of

    def __missing__(self, value: str) -> str | None:
        if len(self) >= _NUMBERS:
            self.clear()
        text = self[value] = self._text_of(value)
        return text


class Shape:
    """What is known of a sheet's rows. `texts` are the shared texts read so far: the list may grow; `number`
    gives the text of a stored number without a format, None where there is more to say about it."""

    def __init__(self, texts: list[str], number: Callable[[str], str | None]) -> None:
        self._texts = texts
        self._numbers = _Numbers(number)
        self._met: dict[int, dict[tuple[str, str], int]] = {}  # column -> (letters, attributes) -> way
        self._plan: list[tuple[int, int]] = []  # column and way of each group of the pattern
        self._pattern: re.Pattern[str] | None = None
        self._made = self._known = 0
        self._stale = False

    def cells(self, row: str, start: int) -> list[str] | None:
        """The texts of a row's XML from its first cell on; None where it is to be read cell by cell."""
        if self._stale:
            self._make()
        found = self._pattern.fullmatch(row, start) if self._pattern else None
        if found is None:
            return None
        cells: list[str] = []
        texts, numbers = self._texts, self._numbers
        try:
            for (column, way), value in zip(self._plan, found.groups(), strict=True):
                if value is None:
                    continue
                if column != len(cells):
                    cells.extend([""] * (column - len(cells)))
                text = texts[int(value)] if way == SHARED else numbers[value]
                if text is None:
                    return None
                cells.append(text)
        except IndexError:  # a shared text that is not read yet, or that there is not
            return None
        return cells

    def learn(self, column: int, letters: str, about: str, way: int) -> None:
        """A cell was met; `about` is what stands between its place and its value: `" s="1" t="s"`."""
        met = self._met.setdefault(column, {})
        if (letters, about) not in met and self._known < _MOST and self._made < _TRIES:
            met[letters, about] = way
            self._known += 1
            self._stale = True

    def _make(self) -> None:
        self._stale = False
        self._made += 1
        self._plan = []
        parts: list[str] = []
        for column, met in sorted(self._met.items()):
            ways: Sequence[str] = [
                rf"{re.escape(about)}><v>{_VALUES[way]}</v></c>" for (_, about), way in met.items()
            ]
            self._plan += [(column, way) for way in met.values()]
            letters = next(iter(met))[0]
            parts.append(rf'(?:<c r="{letters}\d{{1,7}}+(?:{"|".join(ways)}|"[^<>]*/>))?+')
        self._pattern = re.compile("".join(parts), re.ASCII)
