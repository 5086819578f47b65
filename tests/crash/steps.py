"""`python tests/crash/steps.py`: killed before each call that touches the disk, whatever the code looks like.

For what has no failpoints of its own: settings saved, a document migrated, an undo prepared. The N-th call of
SQLite or of the file system kills the child; N = 1, 2, 3 … until it comes to its end.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nv_desktop.core.job import Job, documents, open_job, schema
from nv_desktop.core.job.ledger import State
from nv_desktop.core.job.listing import listed
from nv_desktop.core.settings import Settings
from nv_desktop.core.upload import Safety, Stage
from nv_desktop.core.upload.undo import prepare_undo
from tests.core.upload.kit import FakeServer, run, small_job
from tests.crash.rig import fork, wait_or_kill

TOUCHES = frozenset(
    (
        *("execute", "executemany", "executescript", "commit"),
        *("open", "write", "fsync", "replace", "rename", "unlink", "chmod", "mkdir", "ftruncate"),
    )
)
LIMIT = 60.0
ROWS = 30


def kill_at_touch(number: int) -> None:
    """From now on the N-th call of this thread that touches the disk kills the process, before it is made."""
    left = number

    def look(_frame: FrameType, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and getattr(called, "__name__", "") in TOUCHES:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)


def every_step(
    work: Callable[[], object], look: Callable[[bool], list[str]], most: int
) -> tuple[int, list[str]]:
    """Kill `work` at its first, second … touch (in strides, about `most` kills); what `look(done)` finds."""
    number, kills, found, stride = 1, 0, list[str](), 1
    while True:

        def child(number: int = number) -> Stage:
            kill_at_touch(number)
            work()
            sys.setprofile(None)
            return Stage.DONE

        code = wait_or_kill(fork(child), LIMIT)
        found += [f"touch {number}: {each}" for each in look(code == 0)]
        if code == 0:
            return kills, found
        if code is not None:
            return kills, [*found, f"touch {number}: the child ended with {code}"]
        kills += 1
        stride += kills % most == 0
        number += stride


# --- settings -------------------------------------------------------------------------------------------


def settings(folder: Path) -> tuple[int, list[str]]:
    path = folder / "settings.json"
    Settings(language="", window=8).save(path)
    chosen = iter(range(9, 10_000))

    def work() -> None:
        Settings(window=next(chosen) % 20 + 9).save(path)

    def look(_done: bool) -> list[str]:
        loaded, notice = Settings.load(path)
        whole = not notice and 8 <= loaded.window <= 32 and json.loads(path.read_bytes())
        private = path.stat().st_mode & 0o077 == 0
        return [] if whole and private else [f"the settings are not whole: {notice or loaded.window}"]

    return every_step(work, look, 60)


# --- a document of an older version ---------------------------------------------------------------------

STEPS = {
    1: "CREATE TABLE one (x);\nINSERT INTO one SELECT text FROM header;\nALTER TABLE meta ADD COLUMN y;\n",
    2: "CREATE TABLE two (x);\nINSERT INTO two SELECT x FROM one;\nDROP TABLE one;\n",
}


def migration(folder: Path) -> tuple[int, list[str]]:
    job = small_job(folder, ROWS)
    job.close()
    before, base = job.path.read_bytes(), schema.VERSION
    schema.VERSION = base + 2
    steps = {base + offset - 1: text for offset, text in STEPS.items()}
    schema.MIGRATIONS.update(steps)

    def work() -> None:
        open_job(job.path).close()

    def look(done: bool) -> list[str]:
        db = sqlite3.connect(job.path)
        (version,) = db.execute("PRAGMA user_version").fetchone()
        tables = {
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name IN ('one', 'two')")
        }
        (rows,) = db.execute("SELECT count(*) FROM rows").fetchone()
        db.close()
        whole = tables == {0: set(), 1: {"one"}, 2: {"two"}}[version - base] and rows == ROWS
        again = open_job(job.path)
        fine = again.row_count() == ROWS and again.checked()
        again.close()
        for path in folder.glob("*.nvjob*"):
            path.unlink()
        job.path.write_bytes(before)  # the next child finds the old one
        return [] if whole and fine and (not done or version == base + 2) else [f"half migrated: {version}"]

    try:
        return every_step(work, look, 60)
    finally:
        schema.VERSION = base
        for version in steps:
            schema.MIGRATIONS.pop(version, None)


# --- an undo that is prepared ---------------------------------------------------------------------------


def undo(folder: Path) -> tuple[int, list[str]]:
    job = small_job(folder, ROWS)
    people = {f"user-{n:06d}": {"a1": f"old {n}"} for n in range(1, ROWS + 1)}
    server = FakeServer(state=people)
    run(job, server, safety=Safety.FULL)
    truth = _contents(job)
    job.close()

    def work() -> None:
        again = open_job(job.path)
        prepared = prepare_undo(again, server, folder, lambda: 0.0)
        assert prepared.back == ROWS and prepared.job is not None
        prepared.job.close()
        again.close()

    def look(done: bool) -> list[str]:
        found = []
        original = open_job(job.path)
        if _contents(original) != truth:
            found.append("the import that was to be taken back has changed")
        original.close()
        others = [path for path in documents(folder) if path != job.path]
        if done and not others:
            found.append("no undo was made")
        for path in others:
            line = listed(path)
            if line.unfinished or (line.resumable and line.rows != ROWS):
                found.append(f"half an undo would be sent: {line.rows} rows, {line.stage}")
        for path in folder.iterdir():
            if path.stem != job.path.stem and path.is_file():
                path.unlink()
        return found

    return every_step(work, look, 60)


def _contents(job: Job) -> tuple[Any, ...]:
    ledger = job.db.execute("SELECT row, user_id, state FROM ledger ORDER BY row").fetchall()
    assert {State(state) for _, _, state in ledger} == {State.CONFIRMED}
    return ledger, job.db.execute("SELECT * FROM snapshots ORDER BY user_id").fetchall(), job.meta("stage")


def main() -> int:
    bad = 0
    for name, scenario in (("settings save", settings), ("migration", migration), ("undo preparation", undo)):
        with tempfile.TemporaryDirectory(prefix="nv-step-") as folder:
            kills, found = scenario(Path(folder))
        bad += len(found)
        print(f"{name}: {kills} kills: wrong {len(found)}", flush=True)
        for sentence in found[:20]:
            print("  " + sentence)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
