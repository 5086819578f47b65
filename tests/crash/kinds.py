"""`python tests/crash/kinds.py`: deletes and imports that keep old values, killed in each gap, then resumed.

As `gaps.py` does for a plain upload. An import with safety must have every old value on disk before its
user is written; a delete must be sent once at most, and its copy must be on the shelf before.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nv_desktop.core.history import History
from nv_desktop.core.job import Job, open_job
from nv_desktop.core.job.ledger import Failpoint, Ledger, State, no_failpoint
from nv_desktop.core.settings import Paths
from nv_desktop.core.upload import Safety, Stage, Upload, UploadOptions
from nv_desktop.core.upload.deleting import Deleting, make_delete_job
from nv_desktop.core.upload.id_list import job_of_ids
from nv_desktop.core.upload.safety import Snapshots
from tests.core.upload.kit import small_job
from tests.crash.rig import SETTLE, fork, kill_at, unlimited, wait_or_kill
from tests.sandbox_process import Sandbox

LIMIT = 60.0
USERS = 12
OLD = "old"


@dataclass
class Case:
    """One job of a kind: `path`, its users, and the folder with the history."""

    path: Path
    users: list[str]
    folder: Path


@dataclass
class Kind:
    """`make` the job, `run` it, `wrong` says what the sandbox's ledger and the document do not agree on."""

    name: str
    make: Callable[[Path, int], Case]
    run: Callable[[Case, str, Failpoint], Stage]
    wrong: Callable[[Case, Sandbox, bool], list[str]]
    gaps: Counter[str] = field(default_factory=Counter)


def names(number: int, kind: str) -> list[str]:
    return [f"{kind}{number}-{n:03d}" for n in range(USERS)]


def put(case: Case, url: str) -> None:
    """Let the sandbox have these users, with an old value."""
    client = unlimited(case.folder, url)
    client.send_batch([{"userID": user, "user_attributes": {"a1": OLD}} for user in case.users])
    client.close()


# --- an import that keeps the old values ------------------------------------------------------------------


def make_import(folder: Path, number: int) -> Case:
    users = names(number, "import")
    job = small_job(folder, [(user, "new") for user in users])
    job.close()
    return Case(job.path, users, folder)


def run_import(case: Case, url: str, failpoint: Failpoint) -> Stage:
    options = UploadOptions(window=2, settle=SETTLE, attended=False, safety=Safety.FULL)
    return _run(case, url, lambda job, client: Upload(job, client, options=options, failpoint=failpoint))


def wrong_import(case: Case, sandbox: Sandbox, done: bool) -> list[str]:
    job = open_job(case.path)
    snapshots = Snapshots(job)
    kept = {each.user_id: each.attributes for each in snapshots.all()}
    told = _states(job)
    snapshots.close()
    job.close()
    received = Counter(
        user for event in sandbox.events("received", "user/create") for user in event["userIDs"]
    )
    found = []
    for user in case.users:
        if received[user] > 1 and kept.get(user) != {"a1": OLD}:  # the first time is `put`
            found.append(f"{user} was written before its old value was kept")
        if done and told.get(user) is not State.CONFIRMED:
            found.append(f"{user} ended as {told.get(user)}")
    return found


# --- a delete ---------------------------------------------------------------------------------------------


def make_delete(folder: Path, number: int) -> Case:
    users = names(number, "delete")
    job = make_delete_job(job_of_ids(users, Paths(folder)))
    job.close()
    return Case(job.path, users, folder)


def run_delete(case: Case, url: str, failpoint: Failpoint) -> Stage:
    history = History(case.folder / "history.db")
    options = UploadOptions(window=2, settle=SETTLE, attended=False)
    try:
        return _run(
            case,
            url,
            lambda job, client: Deleting(job, client, history, options=options, failpoint=failpoint),
        )
    finally:
        history.close()


def wrong_delete(case: Case, sandbox: Sandbox, done: bool) -> list[str]:
    job = open_job(case.path)
    told = _states(job)
    job.close()
    history = History(case.folder / "history.db")
    shelf = Counter(kept.profile.user_id for kept in history.shelf())
    history.close()
    asked = Counter(user for event in sandbox.events("received", "user/delete") for user in event["userIDs"])
    gone = {user for event in sandbox.events("applied", "user/delete") for user in event["userIDs"]}
    found = []
    for user in case.users:
        state = told.get(user)
        if asked[user] > 1:
            found.append(f"{user} was asked to be deleted {asked[user]} times")
        if asked[user] and user in gone and not shelf[user]:
            found.append(f"{user} was deleted without a copy")
        if state is State.CONFIRMED and user not in gone:
            found.append(f"{user} is shown as deleted and is there")
        if state is State.NOT_SENT and asked[user]:
            found.append(f"{user} is shown as not sent, and was")
        if done and (state is State.CONFIRMED) != (user in gone):
            found.append(f"{user} ended as {state}")
        if done and shelf[user] != (user in gone):
            found.append(f"{user} has {shelf[user]} copies")
    return found


# --- both -------------------------------------------------------------------------------------------------


def _run(case: Case, url: str, engine: Callable[[Job, Any], Upload]) -> Stage:
    job = open_job(case.path)
    client = unlimited(case.folder, url)
    try:
        return engine(job, client).run().state
    finally:
        client.close()
        job.close()


def _states(job: Job) -> dict[str, State]:
    ledger = Ledger(job)
    ledger.close()
    return {user: State(state) for user, state in job.db.execute("SELECT user_id, state FROM ledger")}


def try_kind(kind: Kind, base: Path, sandbox: Sandbox) -> tuple[int, list[str]]:
    """Kill at the first, a middle and the last pass of each gap; how many kills, and what was wrong."""
    first = kind.make(_folder(base, kind, 0), 0)
    put(first, sandbox.url)
    kind.run(first, sandbox.url, lambda name: kind.gaps.update([name]))
    found = [f"unharmed: {each}" for each in kind.wrong(first, sandbox, True)]
    kills = number = 0
    for gap, times in sorted(kind.gaps.items()):
        for hit in sorted({1, (times + 1) // 2, times}):
            number += 1
            case = kind.make(_folder(base, kind, number), number)
            put(case, sandbox.url)
            for failpoint in (kill_at(gap, hit), no_failpoint, no_failpoint):
                code = wait_or_kill(
                    fork(lambda case=case, failpoint=failpoint: kind.run(case, sandbox.url, failpoint)), LIMIT
                )
                kills += code is None
                done = failpoint is no_failpoint and code == 0
                found += [f"{gap}, time {hit}: {each}" for each in kind.wrong(case, sandbox, done)]
                if done:
                    break
            else:
                found.append(f"{gap}, time {hit}: the job does not come to an end")
    return kills, found


def _folder(base: Path, kind: Kind, number: int) -> Path:
    folder = base / f"{kind.name}{number}"
    folder.mkdir()
    return folder


def main() -> int:
    kinds = (
        Kind("safety", make_import, run_import, wrong_import),
        Kind("delete", make_delete, run_delete, wrong_delete),
    )
    bad = 0
    faults = [{"call": "user/delete", "fault": "rst", "phase": "after_apply", "every": 7}]
    with tempfile.TemporaryDirectory(prefix="nv-kind-") as name, Sandbox(people=0, faults=faults) as sandbox:
        for kind in kinds:
            kills, found = try_kind(kind, Path(name), sandbox)
            bad += len(found)
            print(f"{kind.name}: {kills} kills in {len(kind.gaps)} gaps: wrong {len(found)}")
            for sentence in found[:20]:
                print("  " + sentence)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
