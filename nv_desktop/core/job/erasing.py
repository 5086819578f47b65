"""Erase one person from a job document: cells, IDs, reasons, old values, and the free pages they stood in."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

from nv_desktop.core.errors import BadFile, Busy
from nv_desktop.core.job import Job, JobLock, open_job
from nv_desktop.core.job.connections import reading, said
from nv_desktop.core.job.filters import escaped
from nv_desktop.core.job.ledger import State

ERASED = "Erased from this computer on request."


def holds(path: Path, user_id: str) -> bool:
    """Whether a user stands in this document. Raises BadFile, NotFound."""
    job = open_job(path)
    try:
        with reading():
            return _mark(job, user_id) > 0
    finally:
        job.close()


def erase_person(path: Path, user_id: str) -> int:
    """Remove every trace of a user; the rows stay, empty, so that the numbers still add up. How many rows.

    A row that was not sent yet is left out from now on. Raises Busy (an engine is at work), BadFile.
    """
    with JobLock(path):
        job = open_job(path)
        try:
            return _erase(job, user_id)
        finally:
            job.close()


def _erase(job: Job, user_id: str) -> int:
    db = job.db
    try:
        db.execute("PRAGMA secure_delete = ON")
        rows = _mark(job, user_id)
        if not rows and not _mentioned(db, user_id):
            return 0
        with job.transaction():
            _blank(db, job.width())
            _forget(db, user_id)
            _forget_meta(job, db, user_id)
        db.execute("DROP TABLE temp.gone")
        db.execute("VACUUM")
        (held,) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[:1]
    except sqlite3.Error as error:
        raise said(error) from error
    if held:
        raise Busy(
            "Another window is reading this import, so its old pages could not be cleared yet.",
            "Close it there and erase again.",
        )
    return rows


def _mark(job: Job, user_id: str) -> int:
    """Put the user's rows into `gone`: by the check, by the ledger, and by the column of the userID."""
    db = job.db
    db.execute("CREATE TEMP TABLE IF NOT EXISTS gone (row INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM temp.gone")
    for table in ("verdicts", "ledger"):
        db.execute(f"INSERT OR IGNORE INTO temp.gone SELECT row FROM {table} WHERE user_id = ?", (user_id,))
    for column in _id_columns(job):
        db.execute(f"INSERT OR IGNORE INTO temp.gone SELECT id FROM rows WHERE c{column} = ?", (user_id,))
    return int(db.execute("SELECT count(*) FROM temp.gone").fetchone()[0])


def _id_columns(job: Job) -> list[int]:
    try:
        return [column.index for column in job.mapping().columns if column.target == "userID"]
    except BadFile:  # nobody has said yet where the columns go: any of them may hold it
        return list(range(job.width()))


def _mentioned(db: sqlite3.Connection, user_id: str) -> bool:
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM snapshots WHERE user_id = ?1) OR EXISTS "
            "(SELECT 1 FROM meta WHERE value LIKE ?2 ESCAPE '\\')",
            (user_id, f"%{escaped(json.dumps(user_id, ensure_ascii=False)[1:-1])}%"),
        ).fetchone()[0]
    )


def _blank(db: sqlite3.Connection, width: int) -> None:
    """Empty cells, nothing that could name the person beside them."""
    gone = "(SELECT row FROM temp.gone)"
    if width:
        cells = ", ".join(f"c{column} = ''" for column in range(width))
        db.execute(f"UPDATE rows SET {cells} WHERE id IN {gone}")
    db.execute(f"UPDATE edits SET before = '' WHERE col >= 0 AND row IN {gone}")
    for table in ("hazards", "found", "dirty"):
        db.execute(f"DELETE FROM {table} WHERE row IN {gone}")
    db.execute("DELETE FROM sentences WHERE id NOT IN (SELECT sentence FROM found)")
    db.execute(
        "UPDATE verdicts SET user_id = NULL, send = 0, level = 0, id_key = NULL, email_key = NULL, "
        f"mobile_key = NULL WHERE row IN {gone}"
    )
    db.execute(f"INSERT OR IGNORE INTO skips SELECT row FROM verdicts WHERE row IN {gone}")
    db.execute(
        f"UPDATE ledger SET state = CASE WHEN state = {State.NOT_SENT:d} AND batch IS NULL "
        f"THEN {State.SKIPPED:d} ELSE state END, "
        f"user_id = '', hash = NULL, reason = ? WHERE row IN {gone}",
        (ERASED,),
    )


def _forget(db: sqlite3.Connection, user_id: str) -> None:
    """What names the person elsewhere: old values, the server's words, labels of actions."""
    db.execute("DELETE FROM snapshots WHERE user_id = ?", (user_id,))
    # As a word: the user "7" is not every 7 that a sentence holds.
    word = re.compile(rf"(?<!\w){re.escape(user_id)}(?!\w)")
    db.create_function("names", 1, lambda text: text is not None and bool(word.search(text)))
    db.execute("UPDATE batches SET message = '' WHERE names(message)")
    db.execute("UPDATE batches SET message = '' WHERE id IN (SELECT batch FROM ledger WHERE user_id = '')")
    db.execute("UPDATE ledger SET reason = ? WHERE names(reason)", (ERASED,))
    db.execute("UPDATE actions SET label = 'Edit' WHERE names(label)")


def _forget_meta(job: Job, db: sqlite3.Connection, user_id: str) -> None:
    """The sample of the first look holds whole rows; the list of those left out holds IDs."""
    opened = job.meta("opened")
    if isinstance(opened, dict) and opened.get("sample"):
        job.write_meta(db, "opened", {**opened, "sample": []})
    excluded = job.meta("exclude")
    if isinstance(excluded, list) and user_id in excluded:
        job.write_meta(db, "exclude", [each for each in excluded if each != user_id])
    job.write_meta(db, "revision", int(job.meta("revision", 0)) + 1)
