"""How long a spreadsheet takes: from the file to a checked job, then what its table asks for.

    python -m benchmarks.sheets [--rows 200000] [--runs 3] [--full] [--peers-python PATH] [--sheetjs DIR]

Each table has the floor (reading alone) and, where installed, the peers, over the same kind of file in
the same run: ratios matter, not seconds. Peers run once, over at most 100,000 rows, and are scaled.
`--full`: the sizes that the bars are set for, to a million rows. Figures are medians of the runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._peers import Other, floor, peers
from benchmarks._people import HEADER, write_csv, write_xlsx
from nv_desktop.core import importing
from nv_desktop.core.fields import Level
from nv_desktop.core.job import Filter, Job, Sort
from nv_desktop.core.settings import Paths
from nv_desktop.core.worker import Worker

PEER_ROWS = 100_000
SCREEN = 60  # rows of a first screen
IMPORT = "read, in the job and checked"
FILTERS = (
    ("rows with an error", Filter(level=Level.ERROR)),
    ("one problem of one column", Filter(code="gender", column=6)),
    ("would be sent", Filter(send=True)),
    ("text in one column", Filter(text="99999", column=3)),
    ("text anywhere", Filter(text="99999")),
)
# seconds at a million rows (xlsx: also at 100,000), from the file's look to the table's edit
BARS = {
    "first screen of the file": 1.0,
    **{f"filter, first rows: {name}": 0.3 for name, _ in FILTERS},
    "sort by a column": 1.5,
}
IMPORT_BARS = {("csv", 1_000_000): 12.0, ("xlsx", 100_000): 4.0, ("xlsx", 1_000_000): 30.0}
MEMORY_BARS = {"csv": 200.0, "xlsx": 1_536.0}  # MB of a worker


@dataclass
class Table:
    """Figures of one file by what they are of: seconds, or MB where the name says so."""

    kind: str
    rows: int
    figures: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.figures.setdefault(name, []).append(value)

    def timed(self, name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        self.add(name, time.perf_counter() - began)

    def bar(self, name: str) -> float | None:
        if name == IMPORT:
            return IMPORT_BARS.get((self.kind, self.rows))
        if name == "memory of a worker, MB":
            return MEMORY_BARS[self.kind]
        return BARS.get(name)

    def show(self) -> None:
        bottom = statistics.median(next(iter(self.figures.values())))
        print(f"\n{self.kind}, {self.rows:,} rows x {len(HEADER)} columns, load {os.getloadavg()[0]:.1f}")
        print(f"{'':50} {'median':>10} {'x floor':>9} {'bar':>8}")
        for name, values in self.figures.items():
            middle, bar = statistics.median(values), self.bar(name)
            ratio = "" if "MB" in name or middle < bottom / 20 else f"{middle / bottom:9.1f}"
            shown = f"{middle:10.0f}" if "MB" in name else f"{middle:10.3f}"
            print(f"{name:50} {shown} {ratio:>9} {'' if bar is None else f'{bar:g}':>8}")
        for name, note in self.notes.items():
            print(f"{name:50} {note:>10}")


class Memory:
    """The highest resident memory of a worker process, in MB (Linux: from /proc; elsewhere 0)."""

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


def cpu_of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def one_import(path: Path, folder: Path, table: Table) -> Job:
    """Import once; the job stays open."""
    table.timed("first screen of the file", lambda: importing.inspect_file(path))
    kept = importing.Worker
    with Memory() as memory:
        importing.Worker = memory.worker  # type: ignore[misc,assignment]
        before = cpu_of_children()
        began = time.perf_counter()
        job = importing.import_file(path, None, Paths(folder))
        table.add(IMPORT, time.perf_counter() - began)
        importing.Worker = kept  # type: ignore[misc]
    table.add("… CPU of all its processes", cpu_of_children() - before)
    table.add("memory of a worker, MB", memory.highest)
    return job


def first_rows(job: Job, wanted: Filter) -> None:
    """Until the first rows that are found can be shown: those of the whole file, or those at its top."""
    found = next(part for part, _ in job.parts(wanted) if part)
    job.page(found[:SCREEN])


def look(job: Job, table: Table) -> None:
    """What the table asks of a checked job."""
    for name, wanted in FILTERS:
        table.timed(f"filter, first rows: {name}", lambda wanted=wanted: first_rows(job, wanted))
        table.timed(f"filter, all of it: {name}", lambda wanted=wanted: job.ids(wanted))
    table.timed("sort by a column", lambda: job.ids(None, Sort(3)))
    ids = job.ids(None, Sort(4))
    table.timed("page of 60, sorted", lambda: job.page(ids[len(ids) // 2 :][:SCREEN]))
    table.timed("totals", job.totals)
    table.timed("problem groups", job.problem_groups)
    table.timed("column quality, first time", job.column_quality)
    table.timed("edit of one cell, the first", lambda: job.edit(5, 1, "New"))
    table.timed("edit of one cell, the second", lambda: job.edit(6, 1, "New"))
    table.timed("edit of an ID", lambda: job.edit(7, 0, "CUST-0000001"))


def measure(kind: str, rows: int, runs: int, folder: Path, others: list[Other]) -> Table:
    write = write_csv if kind == "csv" else write_xlsx
    path, small = folder / f"{rows}.{kind}", folder / f"small.{kind}"
    write(path, rows)
    write(small, min(rows, PEER_ROWS))
    table = Table(kind, rows)
    alone = floor(kind)
    asked = [other for other in others if other.installed()]
    table.notes = {other.name: "not installed" for other in others if other not in asked}
    for run in range(runs):
        table.add(alone.name, alone.seconds(path) or 0.0)
        job = one_import(path, folder / f"{kind}-{rows}-{run}", table)
        look(job, table)
        job.close()
        job.path.unlink()
    for other in asked:
        seconds = other.seconds(small)
        if seconds is None:
            table.notes[other.name] = "failed"
        else:
            table.add(other.name, seconds * rows / min(rows, PEER_ROWS))
    return table


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.sheets")
    parser.add_argument("--rows", type=int, default=200_000, help="of the csv; the xlsx has half of them")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="csv and xlsx of a million rows, too")
    parser.add_argument("--peers-python", default=os.environ.get("NV_PEERS_PYTHON", sys.executable))
    parser.add_argument("--sheetjs", type=Path, default=os.environ.get("NV_SHEETJS"))
    asked = parser.parse_args(arguments)
    sizes = [("csv", asked.rows), ("xlsx", max(1, asked.rows // 2))]
    if asked.full:
        sizes = [("csv", 1_000_000), ("xlsx", 100_000), ("xlsx", 1_000_000)]
    for kind, rows in sizes:
        others = peers(kind, asked.peers_python, Path(asked.sheetjs) if asked.sheetjs else None)
        with tempfile.TemporaryDirectory(prefix="nv-bench-") as name:
            measure(kind, rows, asked.runs, Path(name), others).show()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
