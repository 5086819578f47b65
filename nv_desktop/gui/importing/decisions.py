"""What a person has decided about the columns, step by step, so that each can be taken back."""

from __future__ import annotations

from dataclasses import replace

from nv_desktop.core.mapping import ColumnMap, Mapping


class Decisions:
    """Mappings before and after the one that stands. Each method gives the mapping that stands then."""

    def __init__(self) -> None:
        self._before: list[Mapping] = []
        self._after: list[Mapping] = []

    def forget(self) -> None:
        """Another import."""
        self._before, self._after = [], []

    def add(self, now: Mapping) -> None:
        """`now` is about to give way to another."""
        self._before.append(now)
        self._after.clear()

    def undo(self, now: Mapping) -> Mapping | None:
        if not self._before:
            return None
        self._after.append(now)
        return self._before.pop()

    def redo(self, now: Mapping) -> Mapping | None:
        if not self._after:
            return None
        self._before.append(now)
        return self._after.pop()

    def correct(self, wrong: ColumnMap, right: ColumnMap) -> None:
        """A guess that the file contradicts is no decision: undo does not bring it back."""
        for many in (self._before, self._after):
            many[:] = [
                replace(each, columns=[right if column == wrong else column for column in each.columns])
                for each in many
            ]


def revised(mine: Mapping, theirs: Mapping) -> list[tuple[int, ColumnMap]]:
    """(place, column) of the guesses in `mine` that the check gave up in `theirs`; decided columns stay."""
    return [
        (place, new)
        for place, (old, new) in enumerate(zip(mine.columns, theirs.columns, strict=False))
        if old.guessed
        and new.guessed
        and old.type != new.type
        and old == replace(new, type=old.type, reason=old.reason)
    ]
