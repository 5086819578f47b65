"""Lists of user IDs, from a file or pasted: whom to leave out, whom to delete. Exactly as they stand there.

A list is a job document with one column that feeds the userID, so that reading, its hazards (lost digits,
error cells) and duplicates are those of any import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Event

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import USER_ID, Level
from nv_desktop.core.importing import Progress, check_rows, inspect_file, new_job, read_rows
from nv_desktop.core.job import Job, create, remove
from nv_desktop.core.mapping import ColumnMap, Mapping, guess, names
from nv_desktop.core.scratch import scratch
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened, Options, Row

_SHORT = 1_000  # bytes; a text file with one user ID is shorter


def job_of_file(
    path: Path,
    paths: Paths,
    account: Account | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> Job:
    """A checked job of the user IDs in a file; each ID once, its other lines are left out as duplicates.

    The column is found by its header; a file with one column needs none. Raises BadFile, Stopped; no job is
    left then.
    """
    if (alone := _single(path)) is not None:
        return job_of_ids([alone], paths, account, path.name)
    opened = inspect_file(path, options, stop=stop)
    column, headless = _column(opened)
    job = new_job(opened, paths, account)
    try:
        job.set_mapping(_only(column, opened.header[column]))
        read_rows(job, progress, stop)
        if headless:
            job.add_rows([Row(opened.options.header_row or 1, [opened.header[0]])])
        check_rows(job, progress, stop)
    except BaseException:
        _drop(job)
        raise
    return job


def job_of_ids(
    user_ids: Sequence[str], paths: Paths, account: Account | None = None, name: str = "Pasted IDs"
) -> Job:
    """The same for IDs that were pasted or typed, one a row."""
    size = sum(len(user_id) for user_id in user_ids)
    source = {"name": name, "format": "clipboard", "size": size, "options": asdict(Options())}
    job = create(paths.jobs, source)
    try:
        job.set_meta("account", account.name if account else None)
        job.start_reading([USER_ID])
        job.add_rows(Row(number, [user_id]) for number, user_id in enumerate(user_ids, 1))
        job.finish_reading()
        job.set_mapping(_only(0, USER_ID))
        job.check()
    except BaseException:
        _drop(job)
        raise
    return job


def ids_in_file(path: Path, paths: Paths, options: Options | None = None) -> list[str]:
    """The user IDs of a list to be left out. Raises BadFile, also where one cannot be read for sure: a list
    of those to be left out must be whole."""
    with scratch(paths) as aside:
        job = job_of_file(path, aside, options=options)
        try:
            return _whole_list(job, path.name)
        finally:
            job.close()


def _whole_list(job: Job, name: str) -> list[str]:
    wrong = [group for group in job.problem_groups() if group.level >= Level.ERROR]
    if wrong:
        raise BadFile(
            f"“{name}” cannot be used as a list: {wrong[0].message}",
            "Correct the file: nobody is left out unless everybody on the list can be.",
        )
    found = job.db.execute("SELECT user_id FROM verdicts WHERE user_id IS NOT NULL ORDER BY row")
    return list(dict.fromkeys(user_id for (user_id,) in found))


def _column(opened: Opened) -> tuple[int, bool]:
    """Which column holds the IDs, and whether its header is one of them."""
    mapping = guess(opened.header, opened.sample, {})
    for column in mapping.columns:
        if column.target == USER_ID:
            return column.index, False
    if len(opened.header) == 1:
        return 0, names.read(opened.header[0]) is None
    raise BadFile(
        f"No column of “{opened.path.name}” says that it holds user IDs.",
        "Name the column userID, or give a file with that column alone.",
    )


def _single(path: Path) -> str | None:
    """The only line of a text file, where it has one: an ID without a header. None for any other file."""
    try:
        if path.stat().st_size > _SHORT:
            return None
        lines = path.read_text("utf-8-sig").split()
    except (OSError, UnicodeDecodeError):  # whatever it is, the look into the file has the sentence for it
        return None
    return lines[0] if len(lines) == 1 and not set(lines[0]) & set(",;\t") else None


def _only(index: int, header: str) -> Mapping:
    return Mapping([ColumnMap(index, header, USER_ID, None, "The list of user IDs.", [])], duplicates="first")


def _drop(job: Job) -> None:
    job.close()
    remove(job.path)
