"""How long a spreadsheet takes: from the file to a checked job, and the table's filters, sort and pages.

    python -m benchmarks.sheets [--rows 1000000] [--runs 3]

The floor is the csv module alone over the same file in the same run. Figures are medians of the runs.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from nv_desktop.core import importing
from nv_desktop.core.fields import Level
from nv_desktop.core.job import Filter, Job, Sort
from nv_desktop.core.settings import Paths
from nv_desktop.core.worker import Worker

HEADER = (
    "userID", "first_name", "last_name", "email", "mobile", "birth_date", "gender", "email_opt_in",
    "sms_opt_in", "whatsapp_opt_in", "plan", "points", "score", "vip", "city",
)  # fmt: skip
BAD_CELLS = 0.02


def write_people(path: Path, rows: int) -> None:
    """A csv of 15 columns of mixed types; 2 % of the cells of seven columns break a rule."""
    rng = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n in range(rows):
            bad = [rng.random() < BAD_CELLS for _ in range(7)]
            out.writerow(
                (
                    f"CUST-{n:07d}",
                    f"First{n % 5_000}",
                    f"Last{n % 70_000}",
                    f"user{n}.example.com" if bad[0] else f"user{n}@example.com",
                    "98 7654 321" if bad[1] else f"+9198{n:08d}",
                    "25/11/1990" if bad[2] else f"1990-11-{n % 28 + 1:02d}",
                    "M" if bad[3] else ("male", "female")[n % 2],
                    "yes" if bad[4] else "1",
                    "off" if bad[5] else "0",
                    "1",
                    ("gold", "silver")[n % 2],
                    "n/a" if bad[6] else str(n * 7 % 10_000),
                    f"{n % 977 / 7:.2f}",
                    "true",
                    f"Berlin Mitte {n % 300}",
                )
            )


def floor(path: Path) -> float:
    """Seconds for the csv module to split the file and do nothing with it."""
    began = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - began


class Memory:
    """The highest resident memory of the worker processes, in MB (Linux: from /proc; elsewhere 0)."""

    def __init__(self) -> None:
        self.highest = 0.0
        self._end = threading.Event()
        self._workers: list[Worker] = []
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def worker(self) -> Worker:
        self._workers.append(Worker())
        return self._workers[-1]

    def _watch(self) -> None:
        while not self._end.wait(0.05):
            for worker in self._workers:
                try:
                    lines = Path(f"/proc/{worker.pid}/status").read_text().splitlines()
                except OSError:
                    continue
                high = [line.split()[1] for line in lines if line.startswith("VmHWM")]
                self.highest = max(self.highest, *(int(kib) / 1024 for kib in high), 0.0)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def timed(figures: dict[str, list[float]], name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    figures.setdefault(name, []).append(time.perf_counter() - began)


def one_import(path: Path, folder: Path, figures: dict[str, list[float]]) -> Job:
    """Import once; the job stays open."""
    first: list[float] = []
    kept = importing.Worker
    with Memory() as memory:
        importing.Worker = memory.worker  # type: ignore[misc,assignment]
        began = time.perf_counter()

        def progress(step: importing.Step) -> None:
            first.append(time.perf_counter() - began)

        job = importing.import_file(path, None, Paths(folder), progress=progress)
        figures.setdefault("read and check", []).append(time.perf_counter() - began)
        importing.Worker = kept  # type: ignore[misc]
    figures.setdefault("first rows in the document", []).append(first[0])
    figures.setdefault("memory of a worker, MB", []).append(memory.highest)
    return job


def look(job: Job, figures: dict[str, list[float]]) -> None:
    """What the table asks of a checked job."""
    for name, wanted in (
        ("filter: rows with an error", Filter(level=Level.ERROR)),
        ("filter: one code in one column", Filter(code="gender", column=6)),
        ("filter: would be sent", Filter(send=True)),
        ("filter: text in one column", Filter(text="99999", column=3)),
        ("filter: text anywhere", Filter(text="99999")),
    ):
        timed(figures, name, lambda wanted=wanted: job.ids(wanted))
    ids = job.ids(None, Sort(3))
    timed(figures, "sort by a column", lambda: job.ids(None, Sort(3)))
    timed(figures, "page of 50, sorted", lambda: job.page(ids[len(ids) // 2 :][:50]))
    timed(figures, "page of 50, file order", lambda: job.page(range(len(ids) // 2, len(ids) // 2 + 50)))
    timed(figures, "totals", job.totals)
    timed(figures, "problem groups", job.problem_groups)
    timed(figures, "column quality, first time", job.column_quality)
    timed(figures, "edit of one cell, first time", lambda: job.edit(5, 1, "New"))
    timed(figures, "edit of one cell", lambda: job.edit(6, 1, "New"))
    timed(figures, "edit of an ID", lambda: job.edit(7, 0, "CUST-0000001"))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.sheets")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="nv-bench-") as name:
        path = Path(name) / "people.csv"
        write_people(path, asked.rows)
        size = path.stat().st_size / 1e6
        for run in range(asked.runs):
            figures.setdefault("floor: csv module alone", []).append(floor(path))
            job = one_import(path, Path(name) / f"data{run}", figures)
            look(job, figures)
            job.close()
    print(f"{asked.rows:,} rows x {len(HEADER)} columns, {size:,.0f} MB, median of {asked.runs}")
    for what, seconds in figures.items():
        middle = statistics.median(seconds)
        print(f"{what:32} {middle:10.1f}" if "MB" in what else f"{what:32} {middle:10.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
