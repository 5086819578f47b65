"""`jobs`, `resume`, `undo`, `verify`: imports that were begun on this computer."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from nv_desktop.cli import DONE, IN_PART, NOT_AT_ALL
from nv_desktop.cli.running import report, require_report_place, run
from nv_desktop.cli.say import Ticker, as_json, aside, confirmed, line, rows, table
from nv_desktop.cli.session import Session, says_account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.fields import text_of
from nv_desktop.core.job import Job, documents, find, open_job, remove
from nv_desktop.core.job.listing import Listed, listed
from nv_desktop.core.upload.undo import Undo, prepare_undo
from nv_desktop.core.upload.verify import verify as read_back

_BY_NAME = {"trial": "its trial run has ended and waits for a look", "stopped": "it was stopped"}


def jobs(options: argparse.Namespace) -> int:
    session = Session(options)
    found = _all(session.paths.jobs)
    if options.json:
        as_json([{"job": each.id, **each.to_json()} for each in found])
        return DONE
    if not found:
        line("No imports on this computer yet.")
        return DONE
    table(
        ("JOB", "FILE", "ACCOUNT", "STATE", "ROWS", "CONFIRMED", "LEFT"),
        (
            (
                each.id,
                each.file,
                each.account or "",
                each.stage,
                f"{each.rows:,}",
                f"{each.confirmed:,}",
                f"{each.not_sent + each.unknown:,}",
            )
            for each in found
        ),
    )
    return DONE


def _all(folder: Path) -> list[Listed]:
    found = []
    for path in documents(folder):
        try:
            found.append(listed(path))
        except AppError as problem:
            aside(f"{path.name}: {problem}")
    return sorted(found, key=lambda each: each.id)


def resume(options: argparse.Namespace) -> int:
    if bool(options.job) == bool(options.all):
        raise Rejected("Which import is meant?", "Give its JOB, or --all; `jobs` lists them.")
    session = Session(options)
    if options.all:
        found = _all(session.paths.jobs)
        paths = _unfinished(found)
        waiting = _waiting(found)
        for each in waiting:
            aside(_left_alone(each))
        if not paths and not options.json:
            nothing = "Nothing was sent." if waiting else "Nothing is left to send."
            line(f"{nothing}{_never_begun(found)}")
    else:
        paths = [find(session.paths.jobs, options.job)]
    codes = []
    for path in paths:
        try:
            codes.append(_resume(path, session, options))
        except AppError as problem:
            if not options.all:
                raise
            aside(f"{path.stem}: {problem}")
            codes.append(NOT_AT_ALL)
    return DONE if not any(codes) else max(codes) if len(codes) == 1 else IN_PART


def _unfinished(found: list[Listed]) -> list[Path]:
    """What was begun and broken off on its way."""
    return [each.path for each in found if each.resumable and each.begun and each.stage not in _BY_NAME]


def _waiting(found: list[Listed]) -> list[Listed]:
    """What a person has ended, or wanted to look at first: it is gone on with by its name only."""
    return [each for each in found if each.resumable and each.begun and each.stage in _BY_NAME]


def _left_alone(each: Listed) -> str:
    left = rows(each.not_sent + each.unknown)
    return f"{each.id}: {_BY_NAME[each.stage]}; {left} left. To send them: resume {each.id}"


def _never_begun(found: list[Listed]) -> str:
    """The sentence about imports of which no row was sent, such as one that was killed while it was read."""
    number = sum(not each.begun and not each.running for each in found)
    if not number:
        return ""
    return f" {number:,} import{' was' if number == 1 else 's were'} never begun; `jobs` lists them."


def _resume(path: Path, session: Session, options: argparse.Namespace) -> int:
    job = open_job(path)
    try:
        if not job.checked():
            raise Rejected("This import was broken off before it was checked.", "Import the file again.")
        account = session.accounts.get(options.account or job.meta("account") or session.account().name)
        with session.client(account) as client:
            outcome = run(job, client, session, options)
        outcome.tell(options.json)
        report(job, options)
        return outcome.code
    finally:
        job.close()


def undo(options: argparse.Namespace) -> int:
    session = Session(options)
    job = open_job(find(session.paths.jobs, options.job))
    try:
        sent_with = job.meta("sent_with") or {}
        account = session.accounts.get(options.account or sent_with.get("name") or session.account().name)
        with session.client(account) as client:
            taking_back = _prepared(job, client, session)
            _say_undo(taking_back, options.json)
            if taking_back.job is None:
                return DONE
            try:
                return _take_back(taking_back, client, session, options)
            finally:
                taking_back.job.close()
    finally:
        job.close()


def _prepared(job: Job, client: Client, session: Session) -> Undo:
    """Reads every profile that the import wrote; the first Ctrl+C ends that, and nothing is changed."""
    ticker = Ticker()
    try:
        return prepare_undo(
            job,
            client,
            session.paths.jobs,
            time.time,
            lambda done, of: ticker.tick(f"reading: {done:,} of {of:,} profiles"),
        )
    finally:
        ticker.done()


def _take_back(taking_back: Undo, client: Client, session: Session, options: argparse.Namespace) -> int:
    assert taking_back.job is not None
    account = client.account
    if not options.yes and not confirmed(
        f"Change {taking_back.back:,} profiles of {says_account(account)} back?"
    ):
        remove(taking_back.job.path)
        raise Rejected("Nothing was changed back.", "Add --yes to do it without asking.")
    outcome = run(taking_back.job, client, session, options)
    outcome.tell(options.json, _undo_told(taking_back))
    report(taking_back.job, options)
    return outcome.code


def _undo_told(taking_back: Undo) -> dict[str, Any]:
    return {
        "back": taking_back.back,
        "same": taking_back.same,
        "without_old_values": taking_back.kept,
        "untouched": sorted(taking_back.untouched),
        "added": dict(taking_back.added),
        "created": taking_back.created,
        "gone": taking_back.gone,
    }


def _say_undo(taking_back: Undo, json: bool) -> None:
    if json:
        if taking_back.job is None:
            as_json(_undo_told(taking_back))
        return
    line(f"{taking_back.back:,} profiles can be changed back, {taking_back.same:,} are as before already.")
    for conflict in taking_back.conflicts:
        line(
            f"  {conflict.user_id} is left alone, {conflict.name} was changed since: before"
            f" {text_of(conflict.before)!r}, ours {text_of(conflict.ours)!r}, now {text_of(conflict.now)!r}"
        )
    for name, count in taking_back.added.items():
        line(f"  {name}: new in {count:,} profiles; it cannot be removed, only cleared.")
    for words, users in (("was created by the import", taking_back.created), ("is gone", taking_back.gone)):
        for user_id in users:
            line(f"  {user_id} {words}.")
    if taking_back.kept:
        line(f"  {rows(taking_back.kept)} kept no old values.")


def verify(options: argparse.Namespace) -> int:
    session = Session(options)
    job = open_job(find(session.paths.jobs, options.job))
    try:
        require_report_place(job, options)
        sent_with = job.meta("sent_with") or {}
        account = session.accounts.get(options.account or sent_with.get("name") or session.account().name)
        ticker = Ticker()
        with session.client(account) as client:
            told = read_back(
                job,
                client,
                time.time,
                rows=options.rows,
                progress=lambda done, of: ticker.tick(f"reading: {done:,} of {of:,} profiles"),
            )
        ticker.done()
        report(job, options)
        if options.json:
            as_json({"job": job.id, **told.told()})
        else:
            line(told.sentence)
            for number, names in told.drift:
                nothing = "the profile is there" if told.deleting else "there is no profile"
                line(f"  row {number:,}: {', '.join(names) or nothing}")
        return IN_PART if told.drift else DONE
    finally:
        job.close()
