"""What an import does in the background: functions over the core, each blocking; none knows a widget."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Event

from nv_desktop.core import errands, fields, importing, steps
from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, BadFile, NotFound, Rejected
from nv_desktop.core.fields import Json, Level, Problem
from nv_desktop.core.importing import Step as Progress
from nv_desktop.core.job import (
    Filter,
    Group,
    Job,
    Quality,
    Sort,
    Totals,
    documents,
    open_job,
)
from nv_desktop.core.job.listing import listed
from nv_desktop.core.job.texts import MOST, texts
from nv_desktop.core.mapping import ColumnMap, Mapping, Recipe, guess
from nv_desktop.core.mapping.kept import kept_recipes
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened
from nv_desktop.core.sheet.reading import save_pasted
from nv_desktop.core.steps import Proposal, phones
from nv_desktop.core.upload.earlier import Compared
from nv_desktop.core.upload.options import DELETE, KIND

PASTED_KEPT_SECONDS = 86_400.0
LOOKED_AT = 200
"""Texts of a column among which an example of one that is stopped is looked for."""
Report = Callable[[Progress], None]
UNSENT = ("new", "reading", "read", "checked")
"""Stages of an import that is still in the hands of the Import page."""


# --- before anything is asked for ----------------------------------------------------------------------


def warm_up(folder: Path) -> None:
    """Import what the first look at a phone number needs (hundreds of small modules), and remove pasted
    cells that a window left behind when it was killed: those of the last day may be somebody's still."""
    phones.likely_countries(["+4915112345678"])
    oldest = time.time() - PASTED_KEPT_SECONDS
    for path in folder.glob("*.clipboard"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


# --- imports there are ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """An import on this computer. `open`: it was being worked on here last."""

    path: Path
    file: Path
    name: str
    rows: int
    stage: str
    at: datetime
    sha256: str
    open: bool = False
    confirmed: int = 0
    sent_at: datetime | None = None
    """When its last answer came."""

    @property
    def unsent(self) -> bool:
        return self.stage in UNSENT


def known_imports(folder: Path, most: int = 60) -> list[Known]:
    """The imports of a data folder, the latest first; one that cannot be opened is left out here (History
    shows it)."""
    found = []
    for path in sorted(documents(folder), reverse=True)[:most]:
        with contextlib.suppress(AppError):
            if (known := _known(path)) is not None:
                found.append(known)
    return found


def _known(path: Path) -> Known | None:
    """None for what is no import of a file: an undo, a list of users to be deleted."""
    job = open_job(path)
    try:
        source = job.meta("source")
        if job.meta(KIND) == DELETE or "path" not in source:
            return None
        return Known(
            path,
            Path(source["path"]),
            source["name"],
            job.row_count(),
            job.meta("stage"),
            datetime.fromisoformat(job.meta("created")),
            source["sha256"],
            bool(job.meta("open", False)),
            *_sent(job),
        )
    finally:
        job.close()


def _sent(job: Job) -> tuple[int, datetime | None]:
    """Rows that the server confirmed, and when the last answer came."""
    if job.meta("stage") in UNSENT:
        return 0, None
    line = listed(job.path)
    return line.confirmed, None if line.ended is None else datetime.fromtimestamp(line.ended)


def compared(job: Path, account: Account, history: Path, stop: Event) -> Compared | None:
    """How the rows that would be sent stand to earlier imports of the account; None where nothing was sent
    from here. In the worker: every row is looked at."""
    others = (each for each in documents(job.parent) if each.name != job.name)
    if not any(_was_sent(each) for each in others):
        return None
    return errands.compare(job, account, history, None, stop)


def _was_sent(path: Path) -> bool:
    with contextlib.suppress(AppError):
        job = open_job(path)
        try:
            return job.meta("sent_with") is not None
        finally:
            job.close()
    return False


# --- a file becomes a job -------------------------------------------------------------------------------


def paste(text: str, folder: Path) -> Path:
    """Keep pasted cells as a file until the job has its rows. Raises BadFile for nothing."""
    if not text.strip():
        raise BadFile("There are no cells to paste.", "Copy them in the spreadsheet first.")
    return save_pasted(text, folder / f"pasted {datetime.now():%Y-%m-%d %H.%M.%S %f}")


@dataclass(frozen=True, slots=True)
class Begun:
    """A new job with its first mapping, and the recipe that gave it."""

    job: Job
    mapping: Mapping
    recipe: str


def begin(opened: Opened, paths: Paths, account: Account | None) -> Begun:
    """Make the job of a file: guessed columns, and a recipe where one fits the headers exactly."""
    recipe = next((each for each in kept_recipes(paths.recipes) if each.fits(opened.header)), None)
    mapping = importing.propose(opened, account=account, recipe=recipe.recipe if recipe else None)
    job = importing.new_job(opened, paths, account)
    job.set_mapping(mapping)
    job.set_meta("recipe", recipe.name if recipe else "")
    job.set_meta("open", True)
    return Begun(job, mapping, recipe.name if recipe else "")


def put_away(path: Path) -> None:
    """Note that an import is not open here any more."""
    try:
        job = open_job(path)
    except NotFound:
        return
    try:
        job.set_meta("open", False)
    finally:
        job.close()


def read(job: Job, report: Report, stop: Event) -> int:
    """Read the rows in the worker; a file of pasted cells is removed then."""
    rows = importing.read_rows(job, report, stop)
    pasted = Path(job.meta("source")["path"])
    if job.meta("source")["format"] == "clipboard" and pasted.parent == job.path.parent:
        pasted.unlink(missing_ok=True)
    return rows


def check(job: Job, report: Report, stop: Event) -> None:
    """Check all rows with the mapping there is, in the worker."""
    importing.check_rows(job, report, stop)


def with_recipe(opened: Opened, mapping: Mapping, recipe: Recipe | None) -> Mapping:
    """The mapping with a recipe, or as it is guessed without one."""
    guessed = guess(opened.header, opened.sample, mapping.known)
    return recipe.apply(opened.header, guessed) if recipe is not None else guessed


# --- columns --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one column: its texts by frequency, and the steps that would mend it.

    `rows` are those looked at; `whole`: every row of the file was.
    """

    counts: tuple[tuple[str, int], ...]
    proposals: tuple[Proposal, ...]
    rows: int
    whole: bool
    first: tuple[str, ...] = ()
    """Texts of the first rows, as an example."""

    @property
    def asks(self) -> Proposal | None:
        return next((each for each in self.proposals if each.asks), None)


def first_texts(opened: Opened, column: ColumnMap, most: int = 4) -> tuple[str, ...]:
    """A few different texts of a column's first rows."""
    texts_ = (row[column.index] for row in opened.sample if column.index < len(row))
    return tuple(list(dict.fromkeys(text for text in texts_ if text.strip()))[:most])


def first_look(opened: Opened, mapping: Mapping, places: Sequence[int]) -> dict[int, Finding]:
    """Findings from the first rows only, by place in `mapping.columns`."""
    found = {}
    for place in places:
        column = mapping.columns[place]
        counts = Counter(row[column.index] for row in opened.sample if column.index < len(row))
        finding = judge(column, tuple(counts.most_common()), len(opened.sample), False)
        found[place] = replace(finding, first=first_texts(opened, column))
    return found


def whole_look(
    job: Job, opened: Opened, mapping: Mapping, places: Sequence[int], stop: Event
) -> dict[int, Finding]:
    """Findings from all rows."""
    found: dict[int, Finding] = {}
    rows = job.row_count()
    for place in places:
        if stop.is_set():
            return found
        column = mapping.columns[place]
        finding = judge(column, tuple(texts(job, column.index)), rows, True)
        found[place] = replace(finding, first=first_texts(opened, column))
    return found


def judge(column: ColumnMap, counts: tuple[tuple[str, int], ...], rows: int, whole: bool) -> Finding:
    """The steps that would mend what is still refused after the column's own steps."""
    target = column.field()
    if target is None:
        return Finding(counts, (), rows, whole)
    function = steps.compose(column.steps)
    after: Counter[str] = Counter()
    for text, number in counts:
        after[function(text)] += number
    offered = steps.propose(target, after.items())
    taken = {str(step["step"]) for step in column.steps if not steps.asks(step)} - {"map", "replace", "empty"}
    proposals = tuple(each for each in offered if each.step["step"] not in taken)
    return Finding(counts, proposals, rows, whole and len(counts) < MOST)


@dataclass(frozen=True, slots=True)
class Sample:
    """One text three times: in the file, after the steps, as it is sent (JSON), or why it is not."""

    typed: str
    ready: str
    sent: Json
    problem: Problem | None
    rows: int


def samples(column: ColumnMap, finding: Finding, most: int = 4) -> list[Sample]:
    """A few texts of a column as they come, are mended and go: frequent ones, and one that is stopped."""
    found: list[Sample] = []
    stopped: list[Sample] = []
    numbers = dict(finding.counts[:LOOKED_AT])
    for text in dict.fromkeys((*finding.first, *numbers)):
        if text and (len(found) < most or not stopped):
            sample = as_sent(column, text, numbers.get(text, 1))
            bad = sample.problem is not None and sample.problem.level >= Level.ERROR
            (stopped if bad else found).append(sample)
    room = most - min(len(stopped), max(1, most - len(found)))
    return (found[:room] + stopped)[:most]


def as_sent(column: ColumnMap, text: str, rows: int = 1) -> Sample:
    """What becomes of a text in this column."""
    target = column.field()
    try:
        ready = steps.compose(column.steps)(text)
    except Rejected as error:
        return Sample(text, text, None, Problem("step", str(error)), rows)
    if target is None or not ready:
        return Sample(text, ready, "" if column.empty == "clear" and not ready else None, None, rows)
    value, problems = fields.parse(target, ready)
    problem = max(problems, key=lambda each: each.level, default=None)
    return Sample(text, ready, value, problem, rows)


# --- the check ------------------------------------------------------------------------------------------

FILTERS: dict[str, Filter] = {
    "all": Filter(),
    "errors": Filter(level=Level.ERROR),
    "warnings": Filter(level=Level.WARNING),
    "notes": Filter(level=Level.NOTE),
    "duplicates": Filter(duplicates=True),
    "left_out": Filter(left_out=True),
    "edited": Filter(edited=True),
}


@dataclass(frozen=True, slots=True)
class Overview:
    """A checked job in numbers: what stands around its table."""

    totals: Totals
    counts: dict[str, int]
    quality: list[Quality]
    groups: list[Group]
    mapping: Mapping
    undo: str
    redo: str
    checked: bool
    shared_ids: int = 0
    """Rows of which nobody has said yet which one of their user ID counts."""
    same_ids: int = 0
    """Rows that have their user ID in common with another one."""


def overview(job: Job) -> Overview:
    """Everything but the rows. Blocks: some ten ms, a second for a million rows."""
    groups = job.problem_groups()
    actions = job.actions()
    done = [action for action in actions if not action.undone]
    undone = [action for action in actions if action.undone]
    return Overview(
        totals=job.totals(),
        counts={key: job.count(wanted) for key, wanted in FILTERS.items()},
        quality=job.column_quality(),
        groups=groups,
        mapping=job.mapping(),
        undo=done[-1].label if done else "",
        redo=undone[0].label if undone else "",
        checked=job.checked(),
        shared_ids=sum(group.count for group in groups if group.code == "duplicate_differs"),
        same_ids=sum(group.count for group in groups if group.code.startswith("duplicate_")),
    )


def row_ids(
    job: Job, wanted: Filter, order: Sort | None, *, report: Callable[[array[int]], object], stop: Event
) -> array[int]:
    """Ids of the rows that pass, in order; without one those found so far are reported a few times."""
    if order is not None:
        return job.ids(wanted, order)
    found = array("q")
    for part, share in job.parts(wanted):
        found = found + part  # what was reported stays as it was
        if stop.is_set():
            break
        if share < 1:
            report(found)
    return found


def cells(job: Job, ids: Sequence[int], left: int, right: int) -> str:
    """A block as text that spreadsheets paste: tabs and lines, quoted where a cell holds one."""
    lines = []
    for start in range(0, len(ids), 1_000):
        for row in job.page(ids[start : start + 1_000]):
            lines.append("\t".join(_quoted(text) for text in row.cells[left : right + 1]))
    return "\n".join(lines)


def _quoted(text: str) -> str:
    if any(char in text for char in '\t\n\r"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def parse_block(text: str) -> list[list[str]]:
    """Pasted cells as lines of texts; quoted cells may hold tabs and line ends. A last line end is none."""
    limit = csv.field_size_limit(10_000_000)
    try:
        return [line or [""] for line in csv.reader(io.StringIO(text, newline=""), dialect="excel-tab")]
    finally:
        csv.field_size_limit(limit)


def settle(job: Job) -> Overview:
    """Check what an interrupted edit left unchecked, then `overview`."""
    if job.meta("checked") is not None and job.meta("checked") == job.meta("mapping"):
        job.settle()
    return overview(job)
