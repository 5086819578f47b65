"""`jobs`, `resume`, `undo`: imports that were begun on this computer."""

from __future__ import annotations

import argparse
from pathlib import Path

from nv_desktop.cli import DONE, IN_PART, NOT_AT_ALL
from nv_desktop.cli.running import Outcome, report, run
from nv_desktop.cli.say import as_json, aside, line, table
from nv_desktop.cli.session import Session
from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.job import documents, find, open_job
from nv_desktop.core.job.listing import Listed, listed


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
        paths = [each.path for each in _all(session.paths.jobs) if each.resumable]
    else:
        paths = [find(session.paths.jobs, options.job)]
    if not paths:
        line("Nothing is left to send.")
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


def _resume(path: Path, session: Session, options: argparse.Namespace) -> int:
    job = open_job(path)
    try:
        if not job.checked():
            raise Rejected("This import was broken off before it was checked.", "Import the file again.")
        account = session.accounts.get(options.account or job.meta("account") or session.account().name)
        with session.client(account) as client:
            outcome = run(job, client, session, options)
        report(job, options)
        _say(outcome, options.json)
        return outcome.code
    finally:
        job.close()


def _say(outcome: Outcome, json: bool) -> None:
    if json:
        as_json(outcome.told())
    else:
        outcome.say()


def undo(options: argparse.Namespace) -> int:
    raise Rejected("Taking an import back is not in this version.", "")
