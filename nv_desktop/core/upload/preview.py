"""What sending a job would do and cost, said before the first call: rows, calls, time, raised consent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Event

from nv_desktop.core.job import Filter, Job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.backlog import BATCH
from nv_desktop.core.upload.consent import LEFT_OUT, OptOuts, raised
from nv_desktop.core.upload.record import digest
from nv_desktop.core.upload.source import EXCLUDED, UNCHANGED

SAMPLE = 200  # profiles that safety “only a sample” reads
_CHOSEN = tuple(text.partition("{")[0] + "%" for text in (EXCLUDED, UNCHANGED, LEFT_OUT))


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` of the file = `send` + `left_out` + `settled` (those with an outcome already).

    `duplicates` and `skipped` (by the person) are part of `left_out`; `warnings` of `send`. `raised`: user
    IDs known here to have opted out whom the file would opt in. `rate`: calls a minute.
    """

    rows: int
    send: int
    left_out: int
    duplicates: int
    warnings: int
    settled: int
    raised: tuple[str, ...]
    rate: int

    @property
    def calls(self) -> int:
        return math.ceil(self.send / BATCH)

    @property
    def seconds(self) -> float:
        """The shortest time that sending takes at the limit."""
        return self.calls * 60.0 / self.rate

    def reading(self, rows: int) -> float:
        """Seconds that reading so many profiles takes first."""
        return rows * 60.0 / self.rate


def preview(job: Job, opted_out: OptOuts, rate: int, stop: Event | None = None) -> Preview:
    """Look at a checked job. `opted_out`: user ID -> opt-ins that stand at 0 or 2 (`People.opt_outs`).

    Raises Stopped, BadFile.
    """
    totals = job.totals()
    settled = sum(job.count(Filter(state=state)) for state in (State.CONFIRMED, State.ACCEPTED))
    refused = job.count(Filter(state=State.REFUSED, send=True))
    settled += refused - len(_mended_refused(job)) if refused else 0
    return Preview(
        rows=totals.rows,
        send=totals.send - settled,
        left_out=totals.rows - totals.send,
        duplicates=job.count(Filter(send=False, duplicates=True)),
        warnings=totals.warnings,
        settled=settled,
        raised=tuple(raised(job, opted_out, stop)),
        rate=max(1, rate),
    )


def mended_rows(job: Job) -> list[int]:
    """Ids of the rows that would go out again because they were mended: refused ones that would now be sent
    with other values, and those left out by the check that would now pass it, but not those left out by
    choice."""
    chosen = " AND l.reason NOT LIKE ?" * len(_CHOSEN)
    with reading():
        found = job.db.execute(
            "SELECT l.row FROM ledger l JOIN verdicts v ON v.row = l.row "
            "WHERE l.state = ? AND l.batch IS NULL AND v.send = 1" + chosen,
            (int(State.SKIPPED), *_CHOSEN),
        ).fetchall()
    return sorted([*_mended_refused(job), *(row for (row,) in found)])


def _mended_refused(job: Job) -> list[int]:
    edited = job.ids(Filter(state=State.REFUSED, edited=True, send=True))
    if not edited:
        return []
    with reading():
        sent = dict(
            job.db.execute(
                "SELECT row, hash FROM ledger WHERE state = ? AND hash NOT NULL", (int(State.REFUSED),)
            )
        )
    return [
        row
        for row, _, converted in job.iter_converted(edited)
        if converted.user_id is not None and digest(converted.user_id, converted.attributes) != sent.get(row)
    ]
