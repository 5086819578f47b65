"""Whether a regular expression can be used: one that never ends holds up everything at one text."""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]  # the tree of a pattern, which `re` shows nowhere else
from typing import Any

from nv_desktop.core.errors import Rejected

MANY = 10  # repetitions: with fewer, even the worst text is through in a moment

_REPEATS = frozenset((_parser.MAX_REPEAT, _parser.MIN_REPEAT))


def compiled(find: str, put: str, flags: int = 0, *, whole: bool = False) -> re.Pattern[str]:
    """The pattern; `Rejected` where it is none, where `put` names a group it lacks, where it may never end.

    `whole`: it is for `fullmatch`.
    """
    try:
        pattern = re.compile(find, flags)
        pattern.sub(put, "")
    except (re.error, IndexError) as error:
        raise Rejected(
            f"“{find}” → “{put}” is not a pattern that can be used: {error}.",
            "Correct it, or look for plain text.",
        ) from error
    if _is_endless(_parser.parse(find, flags), followed=whole):
        raise Rejected(
            f"“{find}” is not a pattern that can be used: it repeats a part that repeats itself, "
            "which would not come to an end on some texts.",
            "Take one of the two repetitions away: (a+)+ finds the same as a+.",
        )
    return pattern


def _is_endless(sequence: Any, *, followed: bool) -> bool:
    """Whether a repetition of what repeats itself stands before something that may not fit (`followed`):
    then each way to share the text among the two is tried, twice as many with every character."""
    for kind, about in reversed(list(sequence)):
        if kind in _REPEATS and about[1] >= MANY and followed and _stretches(about[2]):
            return True
        if any(_is_endless(part, followed=followed) for part in _parts(about)):
            return True
        followed = followed or not (kind in _REPEATS and about[0] == 0)
    return False


def _stretches(sequence: Any) -> bool:
    """Whether one part of these takes as much of a text as it likes, and nothing else need fit."""
    needed = [item for item in sequence if not _can_be_missing(*item)]
    if len(needed) > 1:
        return False
    return any(_item_stretches(*item) for item in needed or sequence)


def _item_stretches(kind: Any, about: Any) -> bool:
    if kind in _REPEATS:
        least, most, body = about
        return (most >= MANY and most > least) or (least <= 1 and _stretches(body))
    return kind in (_parser.SUBPATTERN, _parser.BRANCH) and any(_stretches(part) for part in _parts(about))


def _can_be_missing(kind: Any, about: Any) -> bool:
    if kind in _REPEATS:
        return bool(about[0] == 0)
    if kind is _parser.SUBPATTERN:
        return all(_can_be_missing(*item) for item in about[-1])
    return False


def _parts(about: Any) -> list[Any]:
    """The sequences in one item of the tree."""
    if isinstance(about, _parser.SubPattern):
        return [about]
    if isinstance(about, (tuple, list)):
        return [part for each in about for part in _parts(each)]
    return []
