"""`check` and `upload`: a file of customers, looked at or sent."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from pathlib import Path

from nv_desktop.cli import DONE, IN_PART
from nv_desktop.cli.outputs import STDOUT, require_book_place, require_place, write_lines
from nv_desktop.cli.say import Ticker, as_json, aside, confirmed, duration, line, rows
from nv_desktop.cli.session import Session, says_account
from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, BadFile, Rejected
from nv_desktop.core.fields import Json, Level
from nv_desktop.core.importing import Step, import_file, require_sendable, rows_out, summary
from nv_desktop.core.job import Job, remove
from nv_desktop.core.mapping import Recipe
from nv_desktop.core.mapping.kept import kept_recipes
from nv_desktop.core.scratch import scratch
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened, Options
from nv_desktop.core.upload.backlog import BATCH
from nv_desktop.core.upload.consent import raised, rows_of
from nv_desktop.core.upload.id_list import ids_in_file
from nv_desktop.core.upload.safety import Safety, share_of

_WORTH_SAYING = frozenset(("not_as_named", "rows_above"))  # notes of the reading, beside its warnings
SHOWN = 12  # groups of problems that are printed; the rest is counted


def check(options: argparse.Namespace) -> int:
    _require_outputs(options)
    session = Session(options)
    account = session.account() if options.account else None
    with scratch(session.paths) as aside_paths:
        # Rows that were asked for are written though the columns allow no sending: they show what was read.
        job = _checked(options, session, aside_paths, account, strict=options.rows is None)
        try:
            _write_rows(job, options.rows)
            require_sendable(job.mapping())
            with _told_beside(options.rows):
                return _say_checked(job, options.json)
        finally:
            job.close()


def upload(options: argparse.Namespace) -> int:
    from nv_desktop.cli.running import report, run  # the engine and its calls: check needs neither

    _require_outputs(options)
    session = Session(options)
    account = session.account()
    job = _checked(options, session, session.paths, account)
    try:
        try:
            _write_rows(job, options.rows)
            with _told_beside(options.rows):
                told = _say_before(job, account, session, options)
                _ask(told, account, options.yes)
        except BaseException:
            job.close()
            remove(job.path)
            raise
        with _told_beside(options.rows):
            with _kept(job), session.client(account) as client:
                outcome = run(job, client, session, options)
            outcome.tell(options.json, told)
            report(job, options)
        return outcome.code
    finally:
        job.close()


@contextmanager
def _kept(job: Job) -> Iterator[None]:
    """What keeps a checked import from being sent (no key, another window …) costs no second reading."""
    try:
        yield
    except AppError:
        aside(f"The import is kept. To send it: resume {job.id}")
        raise


def _checked(
    options: argparse.Namespace,
    session: Session,
    paths: Paths,
    account: Account | None,
    *,
    strict: bool = True,
) -> Job:
    """A checked job of the file; it stands in `paths`."""
    wanted = Options(sheet=options.sheet, encoding=options.encoding, delimiter=_delimiter(options.delimiter))
    with _ticking() as tell:
        return import_file(
            options.file,
            wanted,
            paths,
            account=account,
            recipe=_recipe(options.recipe, session.paths) if options.recipe else None,
            country=options.country,
            duplicates=options.duplicates,
            progress=tell,
            strict=strict,
        )


def _recipe(given: Path, paths: Paths) -> Recipe:
    """The recipe in this file, or the one that the window keeps under this name. Raises BadFile."""
    if given.exists():
        return Recipe.load(given)
    kept = {each.name: each.recipe for each in kept_recipes(paths.recipes)}
    if str(given) not in kept:
        names = ", ".join(f"“{name}”" for name in sorted(kept))
        raise BadFile(
            f"There is no recipe “{given}”, neither as a file nor kept under this name.",
            f"Kept here: {names}." if names else "Check the path; none is kept here.",
        )
    return kept[str(given)]


class _Reading:
    def __init__(self, ticker: Ticker) -> None:
        self._ticker = ticker

    def __call__(self, step: Step) -> None:
        of = f" of {step.of:,}" if step.of else ""
        self._ticker.tick(f"{step.doing}: {step.rows:,}{of} rows")


@contextmanager
def _ticking() -> Iterator[_Reading]:
    ticker = Ticker()
    try:
        yield _Reading(ticker)
    finally:
        ticker.done()


NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    delimiter = NAMED_DELIMITERS.get(text.lower(), text)
    if len(delimiter) != 1:
        raise BadFile(f"“{text}” cannot separate columns.", "Give one character, or tab.")
    return delimiter


def _require_outputs(options: argparse.Namespace) -> None:
    """Where something is to be written, before anything is read or sent. Raises Rejected, BadFile."""
    reads = [options.file, options.recipe, getattr(options, "exclude", None)]
    if options.rows == STDOUT and options.json:
        raise Rejected("--json and --rows - would both go to standard output.", "Give --rows a file.")
    if options.rows != STDOUT:
        require_place("--rows", options.rows, reads)
    require_book_place(getattr(options, "report", None), [*reads, options.rows])


def _told_beside(rows: Path | None) -> AbstractContextManager[object]:
    """Where the rows have gone to standard output, the words for people go to the other one."""
    return redirect_stdout(sys.stderr) if rows == STDOUT else nullcontext()


def _write_rows(job: Job, path: Path | None) -> None:
    if path is not None:
        write_lines(path, rows_out(job))


def _say_notes(job: Job) -> None:
    """What a person should know about the file as a whole: that its encoding is a guess, its name wrong …"""
    opened = Opened.from_json(job.meta("opened"))
    for note in (*opened.notes, *job.mapping().notes):
        if note.level >= Level.WARNING or note.code in _WORTH_SAYING:
            aside(note.message)


def _say_checked(job: Job, json: bool) -> int:
    """What `check` found; its exit code."""
    _say_notes(job)
    told = summary(job)
    if json:
        as_json(told)
    else:
        _say_check(job, told)
    return DONE if told["send"] == told["rows"] else IN_PART


def _say_before(job: Job, account: Account, session: Session, options: argparse.Namespace) -> dict[str, Json]:
    """What is about to be sent, and who is left out; the summary with both."""
    _say_notes(job)
    told = summary(job)
    _leave_out(job, told, account, session, options)
    if not options.json:
        _say_check(job, told)
        _say_left_out(told)
        _say_price(told["send"], session, options)
    return told


def _say_check(job: Job, told: dict[str, Json]) -> None:
    sheet = f", sheet {told['sheet']}" if told["sheet"] else ""
    line(f"{told['file']}{sheet}: {rows(told['rows'])}")
    for column in told["columns"]:
        target = column["field"] or "(goes nowhere)"
        line(f"  {column['header']} → {target}   {column['reason']}")
    behind, warned = told["stopped"], told["warnings"]
    line(f"{rows(told['send'])} can be sent, {behind:,} stay behind, {warned:,} with a warning.")
    groups = job.problem_groups()
    for group in groups[:SHOWN]:
        line(f"  {group.count:>9,}  {group.level.word}: {group.message}")
    if len(groups) > SHOWN:
        line(f"  and {len(groups) - SHOWN} more kinds")


def _leave_out(
    job: Job, told: dict[str, Json], account: Account, session: Session, options: argparse.Namespace
) -> None:
    """Counts whom `--exclude` names, and who would be opted in though known to have opted out (`raised`)."""
    options.excluded = ids_in_file(options.exclude, session.paths) if options.exclude else None
    with session.history() as history:
        against = set(raised(job, history.people.opt_outs(account.id)))
    listed = set(options.excluded or ())
    told["excluded"] = len(rows_of(job, listed))
    told["raised"] = len(against - listed)
    told["send"] -= told["excluded"] + (0 if options.raise_consent else told["raised"])
    told["raise_consent"] = bool(options.raise_consent)


def _say_left_out(told: dict[str, Json]) -> None:
    if told["excluded"]:
        line(f"{rows(told['excluded'])} left out: their user IDs stand on the list.")
    if told["raised"]:
        fate = "sent all the same" if told["raise_consent"] else "left out (--raise-consent sends them)"
        line(f"{rows(told['raised'])} would opt in people known here to have opted out; {fate}.")


def _say_price(send: int, session: Session, options: argparse.Namespace) -> None:
    """What sending costs, before it is asked about: reading is a hundred times dearer than writing."""
    rate = max(1, session.settings.limit * session.settings.limit_share // 100)
    asked = min(send, options.trial or send)
    calls = math.ceil(asked / BATCH)
    line(f"Sending takes {calls:,} calls, at least {duration(calls * 60 / rate)}.")
    reads = math.ceil(share_of(Safety(options.safety), send) * asked)
    if reads:
        what = "all old values" if options.safety == Safety.FULL else "a sample of the old values"
        line(f"To keep {what}, {reads:,} profiles are read first, at least {duration(reads * 60 / rate)}.")


def _ask(told: dict[str, Json], account: Account, yes: bool) -> None:
    if told["send"] == 0:
        raise Rejected("No row of this file can be sent.", "Run check --rows OUT.jsonl to see why.")
    if yes:
        return
    if not confirmed(f"Send {rows(told['send'])} to {says_account(account)}?"):
        raise Rejected("Nothing was sent.", "Add --yes to send without asking.")
    aside("")
