"""From rows of the document to records that can be sent, or the sentence why one cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from nv_desktop.core.fields import Json, Level, Problem
from nv_desktop.core.upload.backlog import Fetched
from nv_desktop.core.upload.consent import Consent
from nv_desktop.core.upload.options import Unchanged
from nv_desktop.core.upload.record import Record

EXCLUDED = "The user ID stands on the list of those to be left out."
UNCHANGED = "Unchanged since {day}: exactly these values were confirmed then."
NOT_SENDABLE = "The row has a problem and is not sent."


class ConvertedLike(Protocol):
    """What the engine reads of a converted row (`core.mapping.Converted`)."""

    user_id: str | None
    attributes: dict[str, Json]
    problems: list[tuple[int, Problem]]
    level: int


class RowSource(Protocol):
    """What the engine reads of a job."""

    def iter_converted(self, ids: Iterable[int]) -> Iterable[tuple[int, int, ConvertedLike]]: ...


class Source:
    """Reads rows of one job as they would be sent now, edits included."""

    def __init__(
        self,
        job: RowSource,
        exclude: Collection[str] = (),
        unchanged: Unchanged | None = None,
        consent: Consent | None = None,
    ) -> None:
        self._job = job
        self._consent = consent
        self._unchanged = unchanged
        self._exclude = frozenset(exclude)

    def fetch_fresh(self, rows: Sequence[int]) -> Fetched:
        """`fetch` for rows that were never sent: those that need no sending are left out too."""
        records, unsendable = self.fetch(rows)
        left: dict[int, str] = {}
        if self._unchanged is not None and records:
            left = {row: UNCHANGED.format(day=_day(at)) for row, at in self._unchanged(records).items()}
        if self._consent is not None:
            left |= self._consent.left_out([record for record in records if record.row not in left])
        return [record for record in records if record.row not in left], [*unsendable, *left.items()]

    def fetch(self, rows: Sequence[int]) -> Fetched:
        """The records in the order asked for, and (row, reason) for rows that cannot be sent."""
        records: dict[int, Record] = {}
        unsendable: dict[int, str] = {}
        for row, _, converted in self._job.iter_converted(rows):
            if converted.user_id is None or converted.level >= Level.ERROR:
                unsendable[row] = _why(converted)
            elif converted.user_id in self._exclude:
                unsendable[row] = EXCLUDED
            else:
                records[row] = Record(row, converted.user_id, converted.attributes)
        missing = [row for row in rows if row not in records and row not in unsendable]
        return (
            [records[row] for row in rows if row in records],
            [*unsendable.items(), *((row, NOT_SENDABLE) for row in missing)],
        )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d")


def _why(converted: ConvertedLike) -> str:
    errors = [problem.message for _, problem in converted.problems if problem.level >= Level.ERROR]
    return errors[0] if errors else NOT_SENDABLE
