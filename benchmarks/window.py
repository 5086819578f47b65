"""How smooth the window is: its table over a million rows, its event loop while rows are checked and sent.

    python -m benchmarks.window [--rows 1000000] [--sent 100000] [--paced] [--quiet]

Without a screen. A gap is the time between two ticks of a timer of 5 ms in the main thread; a frame is the
whole table painted anew. The promise: gaps of p99.9 <= 50 ms, none over 150 ms.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks._people import write_csv
from nv_desktop.app import keep_for_good, keep_smooth
from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.job import Job
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.settings import Paths
from nv_desktop.core.upload import Progress, Upload, UploadOptions
from nv_desktop.gui.import_page import CHECK, COLUMNS, ImportPage
from nv_desktop.gui.main_window import MainWindow
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from tests.sandbox_process import Sandbox

TICK_MS = 5
LOOK_MS = 10
FRAMES = 400
LIMIT = 900.0  # seconds for one step


class Gaps(QObject):
    """Times between ticks of the main thread."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.found, self._last = [], time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """Milliseconds, sorted."""
        self._timer.stop()
        return sorted(self.found)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.found.append((now - self._last) * 1000)
        self._last = now


def memory() -> float:
    """MiB that this process holds now (Linux; 0 elsewhere)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 2**20


def part(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def line(words: str, text: str) -> None:
    print(f"{words:<46} {text}", flush=True)


def gap_line(words: str, seconds: float, gaps: Sequence[float]) -> None:
    line(
        words,
        f"{seconds:7.1f} s   gaps p99 {part(gaps, 0.99):5.1f}  "
        f"p99.9 {part(gaps, 0.999):5.1f}  max {gaps[-1]:6.1f} ms",
    )


class Bench:
    """One window with its import page, driven step by step."""

    def __init__(self, folder: Path, *, quiet: bool = False) -> None:
        """`quiet`: nothing is printed, `measured` has the gaps by what was done."""
        self._quiet = quiet
        self.measured: dict[str, list[float]] = {}
        found = QApplication.instance()
        self.app = found if isinstance(found, QApplication) else QApplication([])
        self._interval = sys.getswitchinterval()
        self._collection = gc.get_threshold()
        keep_smooth()
        theme = Theme(self.app, "light")
        self.tasks = Tasks()
        self.page = ImportPage(theme, self.tasks, Paths(folder / "data"))
        self.window = MainWindow({"import": self.page}, theme)
        self.window.resize(1280, 800)
        self.window.show()
        keep_for_good()  # as the program does
        self.gaps = Gaps()
        self.ended: list[object] = []

    def close(self) -> None:
        """Let everything go."""
        self.gaps.stop()
        self.page.close_job()
        self.tasks.shutdown(10)
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.app.setStyleSheet("")
        sys.setswitchinterval(self._interval)
        gc.set_threshold(*self._collection)
        gc.unfreeze()

    def _note(self, what: str, words: str, seconds: float) -> None:
        self.measured[what] = self.gaps.stop()
        if not self._quiet:
            gap_line(words, seconds, self.measured[what])

    def until(self, condition: Callable[[], bool], what: str) -> float:
        """Run the event loop as the program does, asleep between events, until the condition holds.

        Not processEvents with a time: that never sleeps, and a main thread that spins takes the
        interpreter from the threads it is measured beside.
        """
        began = time.perf_counter()
        loop, timer = QEventLoop(), QTimer()
        timer.setInterval(LOOK_MS)
        late = False

        def look() -> None:
            nonlocal late
            late = time.perf_counter() - began > LIMIT
            if late or condition():
                loop.quit()

        timer.timeout.connect(look)
        timer.start()
        if not condition():
            loop.exec()
        timer.stop()
        if late:
            raise TimeoutError(what)
        return time.perf_counter() - began

    def idle(self) -> bool:
        return not self.tasks._running and not self.page.check_step.queue.is_busy()

    def read_and_check(self, path: Path) -> Job:
        """The way of a person from the file to the check, with the gaps on it."""
        page, began = self.page, time.perf_counter()
        self.gaps.start()
        page.open_file(path)
        first = self.until(
            lambda: page.foot.next.isEnabled() and page.foot.next.isVisible(), "the first look"
        )
        if not self._quiet:
            line("first look at the file", f"{first:7.2f} s")
        page.foot.next.click()
        self.until(lambda: page.step() == COLUMNS and self.idle(), "reading")
        self._note("reading", "reading, columns shown and judged", time.perf_counter() - began)
        step = page.columns_step
        if not page.foot.next.isEnabled():
            for each in step.table.lines.rows():
                if each.needs_decision:
                    step.panel.put_off.emit(each.place)
            self.until(self.idle, "putting decisions off")
        began = time.perf_counter()
        self.gaps.start()
        page.foot.next.click()
        self.until(
            lambda: page.step() == CHECK and self.idle() and page.check_step.model.rowCount() > 0, "the check"
        )
        self._note("checking", "checking", time.perf_counter() - began)
        assert page._job is not None
        return page._job

    # the table

    def scroll(self) -> None:
        """Frames from the first row to the last, and at random places."""
        table = self.page.check_step.table
        bar, rng = table.verticalScrollBar(), random.Random(1)
        for words, places in (
            ("scrolling end to end, one frame", [bar.maximum() * n // (FRAMES - 1) for n in range(FRAMES)]),
            ("scrolling row by row, one frame", list(range(5_000, 5_000 + FRAMES))),
            ("jumping anywhere, one frame", [rng.randint(0, bar.maximum()) for _ in range(FRAMES)]),
        ):
            frames = []
            for place in places:
                began = time.perf_counter()
                bar.setValue(place)
                table.viewport().repaint()
                table.verticalHeader().viewport().repaint()
                frames.append((time.perf_counter() - began) * 1000)
                self.app.processEvents()
            frames.sort()
            line(
                words,
                f"median {statistics.median(frames):5.1f}  p95 {part(frames, 0.95):5.1f}  "
                f"max {frames[-1]:5.1f} ms",
            )

    def timed(self, words: str, act: Callable[[], object]) -> None:
        """From a click to the first painted frame of the other rows, and the longest gap on the way."""
        self.until(self.idle, words)
        shown: list[int] = []
        model = self.page.check_step.model
        model.modelReset.connect(lambda: shown.append(model.rowCount()))
        self.gaps.start()
        began = time.perf_counter()
        act()
        self.until(lambda: bool(shown), words)
        self.page.check_step.table.viewport().repaint()
        took = (time.perf_counter() - began) * 1000
        gaps = self.gaps.stop() or [0.0]
        line(words, f"{took:7.0f} ms   {shown[-1]:>9,} rows shown, longest gap {gaps[-1]:.0f} ms")

    def tables(self) -> None:
        step = self.page.check_step
        self.timed("filter: errors", lambda: step.chips.choose("errors"))
        self.timed("filter: all again, from the far end", lambda: step.chips.choose("all"))
        self.timed("filter: text", lambda: step.search.setText("lena"))
        self.timed("filter: no text", step.search.clear)
        self.timed("sort by e-mail", lambda: step.table.head.title_clicked.emit(3))
        self.timed("sort by e-mail, downwards", lambda: step.table.head.title_clicked.emit(3))
        self.timed("sort: as in the file", lambda: step.table.head.title_clicked.emit(3))

    def edit(self) -> None:
        step = self.page.check_step
        self.until(self.idle, "edits")
        self.gaps.start()
        began = time.perf_counter()
        step.model.put(5, 1, "Another")
        self.until(lambda: not step.queue.is_busy(), "one edit")
        kept = (time.perf_counter() - began) * 1000
        self.until(self.idle, "the numbers after one edit")
        whole = (time.perf_counter() - began) * 1000
        line(
            "one edit: in the document / all numbers new",
            f"{kept:7.0f} / {whole:.0f} ms   longest gap {self.gaps.stop()[-1]:.0f} ms",
        )

    # sending

    def send(self, job: Job, folder: Path, *, paced: bool = False) -> Progress:
        """The engine in this process, as in the program, while the table is repainted all the time.

        `paced`: at the pace that the API allows; else as fast as it goes, five times that.
        """
        with Sandbox(people=0) as sandbox:
            client = Client(
                sandbox_account(),
                Secret("sandbox"),
                Limiter(folder / "state") if paced else Limiter(folder / "state", rate=None),
                base_url=sandbox.url,
            )
            upload = Upload(job, client, options=UploadOptions())
            began = time.perf_counter()
            self.gaps.start()
            ended: list[Progress] = []
            receiver = _Receiver(ended)
            self.tasks.run(_send, upload, done=receiver.take, failed=receiver.fail)
            bar, place = self.page.check_step.table.verticalScrollBar(), 0
            timer = QTimer()
            timer.setInterval(50)

            def turn() -> None:
                nonlocal place
                place = (place + 7) % max(1, bar.maximum())
                bar.setValue(place)

            timer.timeout.connect(turn)
            timer.start()
            self.until(lambda: bool(ended), "sending")
            timer.stop()
            self._note("sending", "sending, the table scrolled meanwhile", time.perf_counter() - began)
            done = ended[0]
            if not self._quiet:
                line("", f"{done.confirmed:,} confirmed of {done.rows:,}, {done.calls:,} calls")
            client.close()
            return done


class _Receiver(QObject):
    def __init__(self, ended: list[Progress]) -> None:
        super().__init__()
        self._ended = ended

    def take(self, progress: Progress) -> None:
        self._ended.append(progress)

    def fail(self, error: Exception) -> None:
        raise error


def _send(upload: Upload, report: Callable[[object], None]) -> Progress:
    return upload.run(report)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table")
    parser.add_argument("--sent", type=int, default=100_000, help="rows that are checked and sent")
    parser.add_argument("--paced", action="store_true", help="send at the pace that the API allows")
    parser.add_argument("--quiet", action="store_true", help="gaps only: no frames, filters and edits")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-window-") as name:
        folder = Path(name)
        bench = Bench(folder)
        line("the window before a file", f"{memory():7.0f} MiB")
        for count, words in ((options.rows, "rows in the table"), (options.sent, "rows to be sent")):
            if not count:
                continue
            print(f"-- {count:,} x 15 {words}")
            write_csv(folder / f"people-{count}.csv", count)
            job = bench.read_and_check(folder / f"people-{count}.csv")
            bench.page.check_step.chips.choose("all")
            bench.until(bench.idle, "all rows")
            line("memory of the window's process", f"{memory():7.0f} MiB")
            if words.endswith("table") and options.quiet:
                continue
            if words.endswith("table"):
                bench.scroll()
                bench.tables()
                bench.edit()
                line("memory after all that", f"{memory():7.0f} MiB")
            else:
                bench.send(job, folder, paced=options.paced)
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
