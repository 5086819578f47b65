"""`python tests/crash/gaps.py`: an upload killed in each gap between two durable steps, resumed, compared.

A first, unharmed run records each failpoint and how often it is passed; then, for each of them, jobs are
killed at its first, middle and last time, resumed (with a pause in between), and compared with the
sandbox's ledger. Prints the gaps, lost and false; exit code 0 when nothing is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nv_desktop.core.job import open_job
from nv_desktop.core.job.ledger import Failpoint, no_failpoint
from nv_desktop.core.upload import Stage, Upload
from tests.crash.rig import (
    RESET,
    Findings,
    Server,
    compare,
    fork,
    kill_at,
    make_job,
    show_nothing,
    upload_once,
    wait_or_kill,
)
from tests.sandbox_process import Sandbox

LIMIT = 60.0  # seconds; a child that lives longer hangs


def paused_once(upload: Upload) -> Callable[[Any], None]:
    """Pauses after the first answers; unattended, the run ends with it."""

    def show(moment: Any) -> None:
        if moment.confirmed and moment.state is Stage.SENDING:
            upload.pause()

    return show


def passes(folder: Path, server: Server, rows: int) -> dict[str, int]:
    """Each failpoint of an unharmed upload with a pause, and how often it is passed. In this process."""
    path, _ = make_job(folder, 0, rows)
    job = open_job(path)
    with job.transaction() as db:  # a row that is stopped when it is about to be sent takes one gap more
        db.execute("UPDATE rows SET c0 = '' WHERE id = 7")
    job.close()
    seen = Counter[str]()
    for act in (paused_once, show_nothing):
        upload_once(path, server.sandbox.url, 2, lambda name: seen.update([name]), act)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("call ")]
    return dict(seen)


def kill_in(
    name: str, hit: int, number: int, folder: Path, server: Server, found: Findings, rows: int
) -> None:
    """One job killed there, then resumed to its end."""
    path, truth = make_job(folder, number, rows)
    moment = f"{name}, time {hit}"
    ends = False
    for failpoint, act in ((kill_at(name, hit), paused_once), (kill_at(name, hit), show_nothing)):
        code = _run(path, server, failpoint, act)
        found.kills += code is None
        if code not in (None, 0, 3):
            found.blame("lost", f"{moment}: the child ended with {code}")
        compare(path, truth, server, found, done=False, moment=moment)
    for _ in range(5):
        ends = ends or _run(path, server, no_failpoint, show_nothing) == 0
    if not ends:
        found.blame("lost", f"{moment}: the job does not come to an end")
    compare(path, truth, server, found, done=True, moment=moment + ", end")


def _run(
    path: Path, server: Server, failpoint: Failpoint, act: Callable[[Upload], Callable[[Any], None]]
) -> int | None:
    return wait_or_kill(fork(lambda: upload_once(path, server.sandbox.url, 2, failpoint, act)), LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=450)
    options = parser.parse_args()
    found = Findings()
    faults = [{**RESET, "every": 7}]
    with tempfile.TemporaryDirectory(prefix="nv-gap-") as name, Sandbox(people=0, faults=faults) as sandbox:
        folder, server = Path(name), Server(sandbox)
        gaps = passes(folder, server, options.rows)
        for gap, times in sorted(gaps.items()):
            for hit in sorted({1, (times + 1) // 2, times}):
                if hit <= times:
                    found.jobs += 1
                    kill_in(gap, hit, found.jobs, folder, server, found, options.rows)
            print(f"{gap:16} passed {times} times")
    print(
        f"{found.kills} kills in {len(gaps)} gaps, {found.jobs} jobs: lost {found.lost}, false {found.false}"
    )
    for sentence in found.details:
        print("  " + sentence)
    return 1 if found.lost or found.false else 0


if __name__ == "__main__":
    sys.exit(main())
