"""What the job page asks of a document in the background: a look at it, an edit, a file to be written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag

from nv_desktop.core.accounts import Account
from nv_desktop.core.errands import compare, write_workbook
from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Json
from nv_desktop.core.history import History
from nv_desktop.core.job import Done, Job, documents, open_job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.ledger import State
from nv_desktop.core.job.listing import Listed, listed
from nv_desktop.core.job.story import Event, story
from nv_desktop.core.report import receipt, write_receipt
from nv_desktop.core.upload.earlier import Compared, Use, uses
from nv_desktop.core.upload.options import DELETE as DELETES
from nv_desktop.core.upload.options import KIND
from nv_desktop.core.upload.preview import Preview, mended_rows, preview
from nv_desktop.core.upload.restoring import on_shelf
from nv_desktop.gui.job.kinds import DELETE, IMPORT, words_of
from nv_desktop.gui.job.result_table import Shape


@dataclass(frozen=True, slots=True)
class Look:
    """A job as the page shows it: what would be sent while nothing was, else what became of it.

    `kept`: profiles whose old values are kept; of a list of deleted users, those that can be
    restored. `uses`: earlier imports of the same file, `compares`: whether there is any to compare with.
    """

    line: Listed
    sheet: str
    checked_for: str | None
    events: list[Event]
    preview: Preview | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    mended: frozenset[int] = frozenset()
    shape: Shape = field(default_factory=Shape)
    kept: int = 0
    uses: tuple[Use, ...] = ()
    compares: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The ids behind a chip of one document."""

    path: Path
    kind: str
    ids: Sequence[int]


def look_at(path: Path, account_id: str, history: History | None, rate: int, stop: Flag) -> Look:
    """Read what the page shows. Raises BadFile, NotFound, Busy, Stopped."""
    job = open_job(path)
    try:
        line = listed(path)
        if line.stage in ("new", "reading", "read"):
            raise BadFile("This import has not been checked to its end.", "Go back and check it first.")
        sheet = str((job.meta("source", {}).get("options") or {}).get("sheet") or "")
        account = job.meta("account")
        if line.begun:
            kinds = {kind.key: job.count(kind.wanted) for kind in words_of(line).kinds}
            mended = frozenset(mended_rows(job)) if not line.deletes else frozenset()
            kept = _kept(job, line, account_id, history)
            return Look(line, sheet, account, story(job), None, kinds, mended, Shape.of(job), kept)
        if line.deletes:
            return Look(line, sheet, account, [])
        out = history.people.opt_outs(account_id) if history is not None and account_id else {}
        found = preview(job, out, rate, stop)
        others = len(list(documents(path.parent))) > 1 and not line.undoes
        same = tuple(use for use in uses(path.parent, job) if use.same) if others else ()
        return Look(line, sheet, account, [], found, uses=same, compares=others)
    finally:
        job.close()


def _kept(job: Job, line: Listed, account_id: str, history: History | None) -> int:
    """Profiles whose old values are kept; of deleted users, how many can be restored."""
    if line.deletes:
        return len(on_shelf(job, account_id, history)) if history is not None else 0
    with reading():
        sql = "SELECT count(*) FROM snapshots WHERE profile IS NOT NULL"  # the others were not there
        return int(job.db.execute(sql).fetchone()[0])


def tell_story(path: Path) -> list[Event]:
    """The latest events of a job that runs."""
    job = open_job(path)
    try:
        return story(job)
    finally:
        job.close()


def find_rows(path: Path, kind: str) -> Rows:
    """The rows behind a chip."""
    job = open_job(path)
    try:
        kinds = DELETE.kinds if job.meta(KIND) == DELETES else IMPORT.kinds
        wanted = next(each.wanted for each in kinds if each.key == kind)
        return Rows(path, kind, job.ids(wanted))
    finally:
        job.close()


def edit_cell(path: Path, row: int, column: int, text: str) -> Done:
    """Correct one cell and check its row again. Raises Rejected (it was sent), Busy."""
    job = open_job(path)
    try:
        return job.edit(row, column, text)
    finally:
        job.close()


def turn(path: Path, back: bool) -> Done | None:
    """Undo the last edit, or redo it. Raises Rejected when its rows have been sent."""
    job = open_job(path)
    try:
        return job.undo() if back else job.redo()
    finally:
        job.close()


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that was written, and what to say about it."""

    path: Path
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    """How far something long is, in rows of the file."""

    rows: int
    of: int


def save_workbook(
    path: Path,
    target: Path,
    states: Collection[State | None],
    report: Callable[[Step], None],
    stop: Flag,
) -> Saved:
    """The result workbook, written by the worker process. Raises BadFile, Stopped."""
    written = write_workbook(path, target, states, lambda rows, of: report(Step(rows, of)), stop)
    return Saved(written.path, " ".join(written.sentences))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the rows of one document stand to what this account confirmed before."""

    path: Path
    account: str
    found: Compared


def compare_rows(
    path: Path, account: Account, history_file: Path | None, report: Callable[[Step], None], stop: Flag
) -> Comparison:
    """Compare with earlier imports, in the worker process. Raises Stopped, BadFile."""
    found = compare(path, account, history_file, lambda rows, of: report(Step(rows, of)), stop)
    return Comparison(path, account.id, found)


def read_receipt(path: Path) -> dict[str, Json]:
    """The receipt as it is now."""
    job = open_job(path)
    try:
        return receipt(job)
    finally:
        job.close()


def save_receipt(path: Path, target: Path) -> Saved:
    """The receipt. Raises BadFile."""
    job = open_job(path)
    try:
        write_receipt(job, target)
        return Saved(target, f"The receipt is in “{target.name}”.")
    finally:
        job.close()
