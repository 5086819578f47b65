"""`python tests/crash/kill.py --kills 200 --seed S`: uploads killed at random moments, resumed, until done.

Each job is sent to a sandbox that resets 5 % of its connections after applying. After each kill, and at the
end of each job, its document is compared with the sandbox's ledger. Exit code 0: nothing lost, nothing false,
no more repeated batches than window x kills + answers that never came.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nv_desktop.core.job import open_job
from nv_desktop.core.job.ledger import State, no_failpoint
from nv_desktop.core.report import write
from nv_desktop.core.sheet import inspect, rows
from tests.crash.rig import (
    RESET,
    Findings,
    Server,
    compare,
    fork,
    make_job,
    now,
    show_nothing,
    upload_once,
    wait_or_kill,
)
from tests.sandbox_process import Sandbox

WINDOWS = (1, 4, 8)


def run_job(
    number: int,
    folder: Path,
    options: argparse.Namespace,
    chance: random.Random,
    server: Server,
    found: Findings,
) -> None:
    """One job: killed and resumed until it ends by itself, or until the kills are used up."""
    path, truth = make_job(folder, number, options.rows)
    window, ambiguous, repeated, kills = WINDOWS[number % 3], server.ambiguous, server.repeated, 0
    url = server.sandbox.url
    while True:
        patience = chance.uniform(0.0, options.longest) if found.kills < options.kills else 120.0
        pid = fork(lambda: upload_once(path, url, window, no_failpoint, show_nothing))
        code = wait_or_kill(pid, patience)
        if code is None and patience == 120.0:
            found.blame("lost", f"job {number} hung")
            return
        if code is None:
            kills += 1
            found.kills += 1
            compare(path, truth, server, found, done=False, moment=f"job {number}, kill {found.kills}")
        elif code == 0:
            break
        elif code != 3:
            found.blame("lost", f"job {number}: the child ended with {code}")
            return
    compare(path, truth, server, found, done=True, moment=f"job {number}, end")
    compare_report(path, truth, folder, found, number)
    found.jobs += 1
    found.repeated += server.repeated - repeated
    found.allowed += window * kills + server.ambiguous - ambiguous


def compare_report(
    path: Path, truth: dict[int, tuple[str, str]], folder: Path, found: Findings, number: int
) -> None:
    """The result workbook says of each row what the ledger says, beside the row's own cells."""
    job = open_job(path)
    try:
        book = write(job, folder / f"result-{number}.xlsx").path
        states = dict(job.db.execute("SELECT row, state FROM ledger"))
    finally:
        job.close()
    said = [row.cells for row in rows(inspect(book))]
    told = [[str(row + 1), State(states[row]).word, "", user, value] for row, (user, value) in truth.items()]
    if said != told:
        found.blame("false", f"job {number}: the report differs from the ledger")
    book.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--longest", type=float, default=0.8, help="seconds a child lives at most")
    options = parser.parse_args()
    chance, found, began = random.Random(options.seed), Findings(), now()
    with (
        tempfile.TemporaryDirectory(prefix="nv-kill-") as name,
        Sandbox(people=0, seed=options.seed, faults=[{**RESET, "probability": 0.05}]) as sandbox,
    ):
        server = Server(sandbox)
        while found.kills < options.kills and not found.details:
            run_job(found.jobs, Path(name), options, chance, server, found)
    print(
        f"seed {options.seed}: {found.kills} kills in {found.jobs} jobs of {options.rows:,} rows,"
        f" {now() - began:.1f} s"
    )
    print(f"lost {found.lost}, false {found.false}")
    print(
        f"repeated batches {found.repeated} ({found.repeated / max(1, found.kills):.2f} a kill),"
        f" allowed {found.allowed}"
    )
    for sentence in found.details:
        print("  " + sentence)
    return 1 if found.violations else 0


if __name__ == "__main__":
    sys.exit(main())
