"""One line about a job document, for lists of jobs: read quickly, never written to, whoever works on it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from nv_desktop.core.errors import NotFound
from nv_desktop.core.fields import Json
from nv_desktop.core.job import schema
from nv_desktop.core.job.connections import address, broken, said
from nv_desktop.core.job.ledger import Counts, State
from nv_desktop.core.job.lock import is_locked

BUSY_SECONDS = 2.0  # a list that waits longer for a writer is no list
BEGUN = frozenset({"sending", "paused", "trial"})  # stages of a job that the person did not end


@dataclass(frozen=True, slots=True)
class Listed:
    """A job in one line. The six counts add up to `rows`; before sending began they are those of the check.

    `account` and `environment` are those it was sent with (None while nobody sent it and none was named).
    `stage` as in the document (“trial”: a trial run has ended, the rest waits for a word), but “paused” where
    it stands as sending and nobody is at it. Times in seconds since 1970; `started` and `ended` are the first
    call and the last answer. `begun`: sending has begun, by a person's word. `running`: an engine holds the
    job now. `resumable`: there are rows to send or to settle and nobody holds it. `kept_old`: old values were
    kept, so it can be taken back. `undoes`: the job that this one takes back, `undone_by`: the one that took
    it back ("" for none). `read_first`: profiles were read before they were written, there or not.
    `deletes`: a list of users to be deleted.
    """

    id: str
    path: Path
    file: str
    account: str | None
    environment: str | None
    stage: str
    rows: int
    confirmed: int
    accepted: int
    refused: int
    unknown: int
    not_sent: int
    skipped: int
    created: float
    started: float | None
    ended: float | None
    begun: bool
    running: bool
    resumable: bool
    pinned: bool = False
    sha256: str = ""
    brand_id: int | None = None
    kept_old: bool = False
    undoes: str = ""
    undone_by: str = ""
    read_first: bool = False
    deletes: bool = False

    @property
    def unfinished(self) -> bool:
        """Whether it was cut off or paused on its way: what the next start offers to resume."""
        return self.begun and self.resumable and self.stage in BEGUN

    @property
    def arrived(self) -> int:
        """Rows that the server took."""
        return self.confirmed + self.accepted

    def to_json(self) -> dict[str, Json]:
        """As the command line prints it: the path as text, the times as seconds since 1970."""
        return asdict(self) | {"path": str(self.path)}


def listed(path: Path) -> Listed:
    """The line of one document; some milliseconds, a moment for a million rows.

    Raises NotFound, BadFile (damaged, something else, of a newer version), Busy.
    """
    with _open(path) as db:
        meta = {key: json.loads(value) for key, value in db.execute("SELECT key, value FROM meta")}
        counts = _counts(db)
        (begun,) = db.execute("SELECT EXISTS (SELECT 1 FROM ledger)").fetchone()
        started, ended = db.execute("SELECT min(sent_at), max(answered_at) FROM batches").fetchone()
        (rows,) = db.execute("SELECT coalesce(max(id), 0) FROM rows").fetchone()
        (kept,) = db.execute("SELECT EXISTS (SELECT 1 FROM snapshots WHERE profile IS NOT NULL)").fetchone()
        (read,) = db.execute("SELECT EXISTS (SELECT 1 FROM snapshots)").fetchone()
    line = _line(path, meta, counts, rows, bool(begun), started, ended)
    return replace(line, kept_old=bool(kept), read_first=bool(read))


def _line(
    path: Path,
    meta: dict[str, Json],
    counts: Counts,
    rows: int,
    begun: bool,
    started: float | None,
    ended: float | None,
) -> Listed:
    source, sent_with = _mapping(meta.get("source")), _mapping(meta.get("sent_with"))
    stage = str(meta.get("stage") or "new")
    running = is_locked(path)
    unknown = counts.unknown + counts.sending
    # Rows that no check has looked at are not sent either: the six numbers are those of the whole file.
    not_sent = counts.not_sent + max(0, rows - counts.rows)
    ready = begun or (stage == "checked" and meta.get("checked") is not None)
    return Listed(
        id=path.stem,
        path=path,
        file=str(source.get("name") or path.stem),
        account=sent_with.get("name") or meta.get("account"),
        environment=sent_with.get("environment") or meta.get("environment"),
        stage="paused" if stage == "sending" and not running else stage,
        rows=max(rows, counts.rows),
        confirmed=counts.confirmed,
        accepted=counts.accepted,
        refused=counts.refused,
        unknown=unknown,
        not_sent=not_sent,
        skipped=counts.skipped,
        created=_seconds(meta.get("created"), path),
        started=started,
        ended=ended,
        begun=begun,
        running=running,
        resumable=ready and not running and not_sent + unknown > 0,
        pinned=meta.get("pinned") is True,
        sha256=str(source.get("sha256") or ""),
        brand_id=sent_with.get("brand_id"),
        undoes=str(source.get("undoes") or ""),
        undone_by=str(meta.get("undone_by") or ""),
        deletes=meta.get("kind") == "delete",
    )


def _counts(db: sqlite3.Connection) -> Counts:
    found = dict(db.execute("SELECT state, count(*) FROM ledger GROUP BY state").fetchall())
    if found:
        return Counts.of({State(state): number for state, number in found.items()})
    (checked,) = db.execute("SELECT count(*) FROM verdicts").fetchone()
    (stopped,) = db.execute("SELECT count(*) FROM verdicts WHERE send = 0").fetchone()
    return Counts(not_sent=checked - stopped, skipped=stopped)


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, in one read transaction. What goes wrong comes as a sentence."""
    if not path.is_file():
        raise NotFound("The file of this import is not there any more.", "Import the spreadsheet again.")
    try:
        db = sqlite3.connect(
            address(path.resolve(), "ro"), uri=True, timeout=BUSY_SECONDS, isolation_level=None
        )
        try:
            schema.recognise(db)
            db.execute("BEGIN")
            yield db
        finally:
            db.close()
    except sqlite3.Error as error:
        raise said(error) from error
    except (ValueError, TypeError) as error:  # a value that is no JSON, a state that is none
        raise broken(type(error).__name__) from error


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _seconds(created: Json, path: Path) -> float:
    try:
        return datetime.fromisoformat(str(created)).timestamp()
    except ValueError:
        return path.stat().st_mtime
