"""A slip of the keyboard in a header, forgiven: two letters swapped, one left out or doubled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AnySet

_SHORTEST = 4
_SLIP_LENGTH = 5  # in shorter words only swapped letters are a slip, and only beside a word that is right
_JOINED_LENGTH = 8  # of words written as one: “note” is no “notel” (no. tel)
_SUBSTITUTION_LENGTH = 10  # a letter replaced by another: `list name` is no `last name`
_REAL = """
form from mails males sire fist lest lasts nae mane phones mobility genders sender tender gene genes births
emails firm list past east names fame same game user users costumer consumer subscribe content contents
potable mali lats malie nominative names dely
"""
_REAL_WORDS = frozenset(_REAL.split())


class Slips:
    """The words that a slip is recognised against. `sources`: phrases as words and joined; `known`: words
    that are right as they stand."""

    def __init__(self, sources: Iterable[tuple[Sequence[str], str]], known: AnySet[str]) -> None:
        self._known = known | _REAL_WORDS
        found: dict[str, set[str]] = {}
        for parts, joined in sources:
            for part in [*parts, joined]:
                least = _SHORTEST if len(parts) == 1 or part != joined else _JOINED_LENGTH
                if len(part) >= least and part.isascii() and part.isalpha():
                    found.setdefault(part[0], set()).add(part)
        self._targets = {letter: tuple(sorted(many)) for letter, many in found.items()}

    def mended(self, parts: Sequence[str]) -> list[str] | None:
        """The words with their one slip put right; None where there is none, or more than one reading."""
        mended: list[str] = []
        slips = 0
        for part in parts:
            right = part
            if part.isascii() and part.isalpha() and part not in self._known and len(part) >= _SHORTEST:
                near = self._near(part, len(parts) > 1)
                if len(near) != 1:
                    return None
                right = near[0]
                slips += 1
            mended.append(right)
        return mended if slips == 1 else None

    def _near(self, part: str, has_company: bool) -> list[str]:
        least = _SHORTEST if has_company else _SLIP_LENGTH
        near = [
            word for word in self._targets.get(part[0], ()) if len(word) >= least and _one_slip(part, word)
        ]
        return near if len(near) < 2 else [word for word in near if _swapped(part, word)]


def _one_slip(typed: str, word: str) -> bool:
    if len(typed) == len(word):
        differing = [index for index, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
        if len(differing) == 1:
            return len(word) >= _SUBSTITUTION_LENGTH
        return _swapped(typed, word)
    if len(word) <= _SLIP_LENGTH:
        return False
    if len(typed) + 1 == len(word):  # one left out
        return any(word[:index] + word[index + 1 :] == typed for index in range(1, len(word)))
    if len(typed) == len(word) + 1:  # one doubled
        return any(
            typed[index] == typed[index - 1] and typed[:index] + typed[index + 1 :] == word
            for index in range(1, len(typed))
        )
    return False


def _swapped(typed: str, word: str) -> bool:
    if len(typed) != len(word):
        return False
    differing = [index for index, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and typed[differing[0]] == word[differing[1]]
        and typed[differing[1]] == word[differing[0]]
    )
