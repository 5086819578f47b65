"""From a spreadsheet to a checked job: looked at, read, mapped, checked. For the window and the command line.

What touches the file's content runs in the worker process; the check follows the reading in a second one, and
the two share what is left of it.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Event
from typing import Any

from nv_desktop.core import sheet
from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Json, Level, Type
from nv_desktop.core.job import Job, Replacement, create, open_job, remove
from nv_desktop.core.job.filters import Filter
from nv_desktop.core.job.paging import PageRow
from nv_desktop.core.mapping import Mapping, Recipe, guess, with_country
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened, Options
from nv_desktop.core.side_by_side import Sum, side_by_side
from nv_desktop.core.worker import Params, Worker, stopped

REPORT_SECONDS = 0.1
SHARED_ROWS = 30_000  # from here on a second process is worth its start


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """How far an import is. `doing`: read, check or compare; `of` 0: nobody knows yet how many."""

    doing: str
    rows: int
    of: int = 0


Progress = Callable[[Step], None]


# --- step by step: what the window calls ----------------------------------------------------------------


def inspect_file(
    path: Path, options: Options | None = None, *, worker: Worker | None = None, stop: Event | None = None
) -> Opened:
    """The first look at a file. Raises BadFile."""
    params = {"path": str(path), "options": dataclasses.asdict(options or Options())}
    with _worker(worker) as child:
        return Opened.from_json(child.call("inspect", params, None, stop))


def propose(
    opened: Opened,
    *,
    account: Account | None = None,
    recipe: Recipe | None = None,
    country: str | None = None,
    duplicates: str | None = None,
) -> Mapping:
    """Where the columns go: guessed, then as the recipe says, then with what was asked for by name.

    `country`: two letters, for numbers without a country code. `duplicates`: stop, last, first, merge.
    """
    known = {name: Type(kind) for name, kind in account.known_types.items()} if account else {}
    mapping = guess(opened.header, opened.sample, known)
    if recipe is not None:
        mapping = recipe.apply(opened.header, mapping)
    if country:
        mapping = with_country(mapping, country)
    if duplicates:
        mapping = dataclasses.replace(mapping, duplicates=duplicates)
    return mapping


def require_sendable(mapping: Mapping) -> None:
    """Raise BadFile when nothing could be sent with this mapping (no userID, two columns for one field …)."""
    wrong = [problem for problem in mapping.problems() if problem.level >= Level.ERROR]
    if wrong:
        more = f" ({len(wrong) - 1:,} more problems with the columns.)" if len(wrong) > 1 else ""
        raise BadFile(wrong[0].message + more, "Name the columns in a recipe, or correct the file's header.")


def new_job(opened: Opened, paths: Paths, account: Account | None = None) -> Job:
    """An empty job for this file."""
    source = {
        "path": str(opened.path),
        "name": opened.path.name,
        "sha256": opened.sha256,
        "size": opened.size,
        "format": opened.format,
        "options": dataclasses.asdict(opened.options),
    }
    job = create(paths.jobs, source)
    job.set_meta("opened", opened.to_json())
    job.set_meta("account", account.name if account else None)
    return job


def read_rows(
    job: Job, progress: Progress | None = None, stop: Event | None = None, *, worker: Worker | None = None
) -> int:
    """Read the job's file into it (again from the start, after a reading that broke off); how many rows.

    Raises BadFile: then the job stays in the stage “reading” and can be read again. Raises Stopped, Busy.
    """
    with job.lock(), _worker(worker) as child:
        job.start_reading(job.meta("opened")["header"])
        return _read(job, child, progress, stop)["rows"]


def check_rows(
    job: Job, progress: Progress | None = None, stop: Event | None = None, *, worker: Worker | None = None
) -> None:
    """Check a job that is read, with the mapping it has. Raises Stopped, Busy."""
    shared = job.row_count() >= SHARED_ROWS
    with job.lock(), _worker(worker) as child, Worker() if shared else nullcontext() as second:
        _check(job, child, second, progress, stop)


def read_and_check(job: Job, progress: Progress | None = None, stop: Event | None = None) -> None:
    """Both at once, in two processes: for a job that has its mapping. Raises BadFile, Stopped, Busy."""
    with job.lock(), Worker() as reader, Worker() as checker:
        job.start_reading(job.meta("opened")["header"])
        _check(job, checker, reader, progress, stop, read=True)


def import_file(
    path: Path,
    options: Options | None,
    paths: Paths,
    *,
    account: Account | None = None,
    recipe: Recipe | None = None,
    country: str | None = None,
    duplicates: str | None = None,
    progress: Progress | None = None,
    stop: Event | None = None,
    strict: bool = False,
) -> Job:
    """All of it: a checked job of this file. `strict`: raise BadFile when its columns allow no sending.

    Raises BadFile, Stopped, Rejected (a country that is none); then no job is left behind.
    """
    opened = inspect_file(path, options, stop=stop)
    mapping = propose(opened, account=account, recipe=recipe, country=country, duplicates=duplicates)
    if strict:
        require_sendable(mapping)
    job = new_job(opened, paths, account)
    try:
        job.set_mapping(mapping)
        read_and_check(job, progress, stop)
    except BaseException:
        job.close()
        remove(job.path)
        raise
    return job


# --- what a job says ------------------------------------------------------------------------------------


def summary(job: Job) -> dict[str, Json]:
    """The file, its rows in numbers and where its columns go: what `check` prints."""
    source, totals, mapping = job.meta("source"), job.totals(), job.mapping()
    columns = []
    for column in mapping.columns:
        field = column.field()
        columns.append(
            {
                "header": column.header,
                "field": column.target,
                "type": field.type.value if field else None,
                "reason": column.reason,
            }
        )
    return {
        "file": source["name"],
        "sheet": source["options"]["sheet"],
        "rows": totals.rows,
        "send": totals.send,
        "stopped": totals.stopped,
        "warnings": totals.warnings,
        "columns": columns,
    }


def rows_out(job: Job) -> Iterator[dict[str, Json]]:
    """One object for each row, in the order of the file: what `--rows` prints.

    `cells` as read; `attributes` as they would be sent (cells left alone are absent).
    """
    header = job.header()
    fields: dict[int, str] = {}
    for column in job.mapping().columns:
        if column.target is not None:
            fields.setdefault(column.index, column.target)
    last = job.row_count()
    for start in range(1, last + 1, 1_000):
        ids = range(start, min(start + 1_000, last + 1))
        sent = {row: converted.attributes for row, _, converted in job.iter_converted(ids)}
        for row in job.page(ids):
            yield {
                "row": row.number,
                "userID": row.user_id,
                "cells": dict(zip(header, row.cells, strict=True)),
                "attributes": sent[row.id],
                "send": bool(row.send),
                "problems": list(_problems(row, header, fields)),
            }


def _problems(row: PageRow, header: list[str], fields: dict[int, str]) -> Iterator[dict[str, Json]]:
    for column in sorted(row.problems):
        for problem in row.problems[column]:
            yield {
                "column": header[column] if column >= 0 else None,
                "field": fields.get(column),
                "level": problem.level.word,
                "code": problem.code,
                "message": problem.message,
            }


# --- between the processes ------------------------------------------------------------------------------


class _Borrowed:
    """A worker that stays open after the `with`."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def __enter__(self) -> Worker:
        return self._worker

    def __exit__(self, *_: object) -> None:
        return


def _worker(given: Worker | None) -> Worker | _Borrowed:
    return Worker() if given is None else _Borrowed(given)


def _told(progress: Progress | None) -> Callable[[dict[str, Any]], None] | None:
    return None if progress is None else lambda step: progress(Step(**step))


def _read(
    job: Job, child: Worker, progress: Progress | None, stop: Event | None, *, followed: bool = False
) -> dict[str, int]:
    """{"rows", "checked"}"""
    return child.call("read", {"job": str(job.path), "followed": followed}, _told(progress), stop)


def _check(
    job: Job,
    front: Worker,
    back: Worker | None,
    progress: Progress | None,
    stop: Event | None,
    *,
    read: bool = False,
) -> None:
    """Check the job's rows, shared by both workers. `read`: `back` reads them first, and `front` follows.

    Where the whole file contradicts what was guessed from its first rows, it is checked once more.
    """
    job.begin_check()
    _check_rows(job, front, back, progress, stop, read=read)
    if front.call("check", {"job": str(job.path), "part": "revise"}, None, stop)["revised"]:
        job.begin_check()
        _check_rows(job, front, back, progress, stop)
    front.call("check", {"job": str(job.path), "part": "finish"}, _told(progress), stop)


def _check_rows(
    job: Job,
    front: Worker,
    back: Worker | None,
    progress: Progress | None,
    stop: Event | None,
    *,
    read: bool = False,
) -> None:
    told = Sum(lambda rows, of: progress(Step("check", rows, of)) if progress is not None else None)

    def rows(
        child: Worker, halt: Event | None, *, follow: bool = False, backwards: bool = False, done: int = 0
    ) -> None:
        params = {"job": str(job.path), "part": "rows", "follow": follow, "backwards": backwards}
        tell = told.part("back" if backwards else "front")
        child.call("check", params, lambda step: tell(done + step["rows"], step["of"]), halt)

    def from_the_end(halt: Event) -> None:
        assert back is not None
        done = _read(job, back, progress, halt, followed=True)["checked"] if read else 0
        rows(back, halt, backwards=True, done=done)

    if back is None:
        rows(front, stop)
    else:
        side_by_side(lambda halt: rows(front, halt, follow=read), from_the_end, stop)


# --- in the worker --------------------------------------------------------------------------------------

Send = Callable[[dict[str, Any]], None]


def inspect_task(params: Params, _progress: Send, _stop: Event) -> dict[str, Any]:
    """{"path", "options"} → what `sheet.inspect` sees."""
    return sheet.inspect(Path(params["path"]), Options(**params["options"])).to_json()


def read_task(params: Params, progress: Send, stop: Event) -> dict[str, Any]:
    """{"job", "followed"} → {"rows", "checked"}. The parent holds the job's lock and has made the table.

    `followed`: another process checks the rows meanwhile; those for which it would be late are checked here.
    """
    job = open_job(Path(params["job"]))
    try:
        opened = Opened.from_json(job.meta("opened"))
        told = 0.0

        def tell(rows: int) -> None:
            nonlocal told
            if stop.is_set():
                raise stopped()
            if time.monotonic() - told >= REPORT_SECONDS:
                told = time.monotonic()
                progress({"doing": "read", "rows": rows})

        rows, checked = job.read_and_check(sheet.blocks(opened), tell, params["followed"])
        job.finish_reading()
        return {"rows": rows, "checked": checked}
    finally:
        job.close()


def check_task(params: Params, progress: Send, stop: Event) -> dict[str, Any]:
    """{"job", "part": rows | revise | finish} → what came of it. The parent holds the job's lock.

    rows: {"follow", "backwards"}; revise: → {"revised"}, whether the rows must be checked again.
    """
    job = open_job(Path(params["job"]))

    def tell(doing: str, rows: int, of: int) -> None:
        progress({"doing": doing, "rows": rows, "of": of})

    try:
        if params["part"] == "revise":
            return {"revised": job.revise_guesses()}
        if params["part"] == "finish":
            return dataclasses.asdict(job.finish_check(tell, stop))
        job.check_rows(tell, stop, follow=params["follow"], backwards=params["backwards"])
        return {}
    finally:
        job.close()


def edit_task(params: Params, _progress: Send, _stop: Event) -> dict[str, Any]:
    """{"job", "do": fill, paste, skip, replace, undo, redo or settle, "with": …} → what was done, for edits
    of many rows."""
    job = open_job(Path(params["job"]))
    try:
        if params["do"] == "settle":
            job.settle()
            return {}
        if params["do"] == "replace":
            wanted = dict(params["with"])
            within = wanted.pop("within", None)
            done = job.replace(Replacement(**wanted, within=Filter(**within) if within else None))
        elif params["do"] in ("fill", "paste", "skip"):
            done = getattr(job, params["do"])(**params["with"])
        else:
            turned = job.undo() if params["do"] == "undo" else job.redo()
            if turned is None:
                return {}
            done = turned
        return dataclasses.asdict(done)
    finally:
        job.close()
