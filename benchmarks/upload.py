"""How fast the engine sends, what its journal costs, and how near it comes to the limit. See `--help`."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import requests

from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.fields import Type
from nv_desktop.core.job import Job, create
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.core.sheet import Row
from nv_desktop.core.upload import Progress, Upload, UploadOptions
from tests.sandbox_process import Sandbox

HEADER = ["userID", "name", "email", "city", "points"]


def rows(count: int) -> Iterator[Row]:
    for n in range(1, count + 1):
        yield Row(n + 1, [f"user-{n:07d}", f"Name {n}", f"user{n}@example.com", f"City {n % 500}", str(n)])


def make_job(folder: Path, count: int) -> Job:
    job = create(folder, {"name": "bench.csv"})
    job.start_reading(HEADER)
    job.add_rows(rows(count))
    job.finish_reading()
    types = (None, None, None, Type.TEXT, Type.INTEGER)
    job.set_mapping(
        Mapping([ColumnMap(i, name, name, types[i], "") for i, name in enumerate(HEADER)], "stop")
    )
    job.check()
    return job


def memory() -> float:
    """MiB that this process holds now (Linux; 0 elsewhere)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 2**20


def bare(url: str, job: Job, threads: int) -> float:
    """Seconds for the same batches, posted by requests in a loop of so many threads, answers looked at."""
    work: SimpleQueue[list[dict[str, Any]]] = SimpleQueue()
    last = job.row_count()
    for start in range(1, last + 1, 100):
        ids = range(start, min(start + 100, last + 1))
        work.put(
            [{"userID": c.user_id, "user_attributes": c.attributes} for _, _, c in job.iter_converted(ids)]
        )

    def post() -> None:
        session = requests.Session()
        session.trust_env = False
        headers = {"x-api-key": "sandbox", "x-brand-id": "1", "Content-Type": "application/json"}
        while True:
            try:
                batch = work.get_nowait()
            except Empty:
                return session.close()
            answer = session.post(
                url + "/api/v1/user/create",
                data=json.dumps({"nv": batch}).encode(),
                headers=headers,
                timeout=60,
            )
            assert answer.json()["status"] == "success"

    pool = [threading.Thread(target=post) for _ in range(threads)]
    began = time.perf_counter()
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    return time.perf_counter() - began


def send(
    url: str, job: Job, limiter: Limiter, window: int, seconds: float | None = None
) -> tuple[float, Progress, list[float]]:
    """Upload until done (or for so many seconds): the time, the last moment, the memory along the way."""
    client = Client(sandbox_account(), Secret("sandbox"), limiter, base_url=url + "/api/v1/")
    upload = Upload(job, client, options=UploadOptions(window=window, attended=False))
    held: list[float] = []
    began = time.perf_counter()

    def watch(moment: Progress) -> None:
        if moment.calls // 50 > len(held):
            held.append(memory())
        if seconds is not None and time.perf_counter() - began > seconds:
            upload.stop()

    last = upload.run(watch)
    took = time.perf_counter() - began
    client.close()
    return took, last, held


def journal(folder: Path, job: Job) -> tuple[float, float]:
    """Milliseconds of one durable step (100 rows marked, 100 settled), and of a bare commit with a fsync."""
    from nv_desktop.core.job.ledger import Ledger, Line, Mark, Outcome, State

    ledger = Ledger(job)
    ledger.begin()
    steps = min(200, job.row_count() // 100)
    outcomes: list[Outcome] = []
    began = time.perf_counter()
    for step in range(steps):
        lines = [Line(row, f"user-{row:07d}", b"0" * 16) for row in range(step * 100 + 1, step * 100 + 101)]
        (batch,) = ledger.write([Mark(lines, 1, 0.0)], outcomes)
        outcomes = [
            Outcome(batch, [(line.row, State.CONFIRMED, None) for line in lines], "answered", "", 0.0)
        ]
    ours = (time.perf_counter() - began) / steps * 1000
    ledger.close()
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE t(x)")
    began = time.perf_counter()
    for step in range(steps):
        db.execute("INSERT INTO t VALUES(?)", (step,))
    bare_commit = (time.perf_counter() - began) / steps * 1000
    db.close()
    return ours, bare_commit


def line(name: str, value: str) -> None:
    print(f"{name:58} {value}")


def lifted(folder: Path, options: argparse.Namespace) -> None:
    """With the limit lifted: the engine against a bare loop."""
    job = make_job(folder, options.rows)
    with Sandbox(people=0) as sandbox:
        plain = bare(sandbox.url, job, options.window)
    with Sandbox(people=0) as sandbox:
        took, last, held = send(sandbox.url, job, Limiter(folder, rate=None), options.window)
        assert last.confirmed == options.rows, last
    line(
        f"{options.rows:,} rows, limit lifted, window {options.window}",
        f"{options.rows / took:10,.0f} rows a second",
    )
    line("  the same batches by bare requests", f"{options.rows / plain:10,.0f} rows a second")
    line("  ratio (1.0 = as fast as the bare loop)", f"{plain / took:10.2f}")
    if len(held) > 2:
        line("  memory after a tenth, at the end (MiB)", f"{held[len(held) // 10]:10,.0f} {held[-1]:,.0f}")
    job.close()  # what stands in its log goes into it
    size = sum(path.stat().st_size for path in folder.glob(f"{job.path.name}*")) / 2**20
    line("  document (MiB)", f"{size:10,.1f}")


def limited(folder: Path, options: argparse.Namespace) -> None:
    """With the limit on for a while: the share of the ceiling, as the server saw it."""
    seconds = options.minutes * 60.0
    job = make_job(folder, int(55_000 * options.minutes) + 5_000)
    with Sandbox(people=0, rate=500, latency=options.latency) as sandbox:
        send(sandbox.url, job, Limiter(folder / "limit"), options.window, seconds)
        calls = sorted(event["at"] for event in sandbox.events("received", "user/create"))
        over = [event for event in sandbox.events("answered", "user/create") if event["status"] == 429]
    most = max(bisect_left(calls, at + 60.0) - place for place, at in enumerate(calls))
    counted = sum(1 for at in calls if at < calls[0] + seconds)
    ceiling = 500 * options.minutes
    line(f"{options.minutes:g} minutes at the limit, latency {options.latency:g} s", f"{counted:10,} calls")
    line("  share of the ceiling", f"{counted / ceiling:10.1%}")
    line("  reachable, 60 / (60 + latency)", f"{60 / (60 + options.latency):10.1%}")
    line("  most calls in any 60 s; answers 429", f"{most:10,} {len(over):,}")
    job.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="1000000 for the full run")
    parser.add_argument("--window", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=1.0, help="with the limit on; 0 leaves it out")
    parser.add_argument("--latency", type=float, default=0.3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nv-bench-") as name:
        folder = Path(name)
        lifted(folder, options)
        job = make_job(folder, 20_000)
        ours, plain = journal(folder, job)
        job.close()
        line("journal: one durable step of 100 + 100 rows", f"{ours:10.2f} ms")
        line("  a bare commit with fsync", f"{plain:10.2f} ms")
        if options.minutes:
            (folder / "limit").mkdir()
            limited(folder, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
