"""Edits that a person makes of many cells at once: in the worker process, or the window would slow down."""

from __future__ import annotations

from collections.abc import Sequence

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Json
from nv_desktop.core.job import Done, Job, Replacement
from nv_desktop.core.worker import READING_REMEDY, Worker

MANY = 10_000
"""Rows from which on the start of the worker is worth it."""
STALL_SECONDS = 600.0  # our own document; a transaction over a million rows is silent


def fill(job: Job, ids: Sequence[int], column: int, text: str) -> Done:
    """The same text into a column of these rows. Raises Rejected (a row was sent), Busy, BadFile."""
    if len(ids) < MANY:
        return job.fill(ids, column, text)
    return _made(job, "fill", {"ids": list(ids), "column": column, "text": text})


def paste(job: Job, ids: Sequence[int], column: int, block: Sequence[Sequence[str]]) -> Done:
    """A block of texts, as `Job.paste`."""
    if len(ids) < MANY:
        return job.paste(ids, column, block)
    return _made(job, "paste", {"ids": list(ids), "column": column, "block": [list(line) for line in block]})


def skip(job: Job, ids: Sequence[int], skipped: bool) -> Done:
    """Leave rows out, or take them in again."""
    if len(ids) < MANY:
        return job.skip(ids, skipped)
    return _made(job, "skip", {"ids": list(ids), "skipped": skipped})


def replace(job: Job, wanted: Replacement) -> Done:
    """Find and replace; how many cells that is shows only when it is done."""
    within = wanted.within
    what = {
        "find": wanted.find, "put": wanted.put, "column": wanted.column, "whole": wanted.whole,
        "case": wanted.case, "regex": wanted.regex,
        "within": None if within is None else {name: getattr(within, name) for name in within.__slots__},
    }  # fmt: skip
    return _made(job, "replace", what)


def undo(job: Job) -> Done | None:
    """Take the last edit back; None when there is none."""
    return job.undo() if job.turn_cells(back=True) < MANY else _made(job, "undo", {})


def redo(job: Job) -> Done | None:
    """Do again what was undone last; None when there is none."""
    return job.redo() if job.turn_cells(back=False) < MANY else _made(job, "redo", {})


def _made(job: Job, do: str, what: dict[str, Json]) -> Done:
    with job.lock(), Worker(stall=STALL_SECONDS) as child:
        try:
            return Done(**child.call("edit", {"job": str(job.path), "do": do, "with": what}))
        except BadFile as error:
            if error.remedy == READING_REMEDY:  # the worker's own words speak of reading a spreadsheet
                raise BadFile(
                    "The program broke off at this change.",
                    "Look whether it was made, and try again if it was not.",
                ) from error
            raise
