"""Fails the test that left a thread, a process, a widget or a running timer behind."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

GRACE = 3.0  # seconds for what is already ending
PASSED = pytest.StashKey[bool]()
# Python's own helpers; they live as long as the process that first used multiprocessing.
RESIDENT_COMMANDS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
# Qt's own; a tooltip's label outlives the tooltip.
RESIDENT_WIDGETS = ("QTipLabel",)


def our_threads() -> set[threading.Thread]:
    """Threads that keep a process alive, and those of this project even if they do not."""
    found = set()
    for thread in threading.enumerate():
        target = getattr(thread, "_target", None)
        rooms = (type(thread).__module__, getattr(target, "__module__", None) or "")
        if not thread.daemon or any(room.startswith("nv_desktop") for room in rooms):
            found.add(thread)
    return found


def left_threads(before: set[threading.Thread]) -> list[str]:
    end = time.monotonic() + GRACE
    left = our_threads() - before
    for thread in left:
        thread.join(max(0.0, end - time.monotonic()))
    return [f"thread {thread.name!r}" for thread in left if thread.is_alive()]


def process_state(pid: int) -> str:
    """The letter of /proc/PID/stat; X when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "ended meanwhile"


def child_processes() -> set[int]:
    """Pids of running children on Linux; elsewhere nothing tells cheaply, and the set is empty."""
    found: set[int] = set()
    for children in Path("/proc/self/task").glob("*/children"):
        try:
            pids = [int(pid) for pid in children.read_text().split()]
        except OSError:  # that thread has ended
            continue
        found.update(pid for pid in pids if process_state(pid) not in "ZX")
    return {pid for pid in found if not any(name in command_of(pid) for name in RESIDENT_COMMANDS)}


def left_children(before: set[int], grace: float) -> list[str]:
    """Names the new children that do not end within `grace` seconds, and kills them."""
    end = time.monotonic() + grace
    left = []
    for pid in child_processes() - before:
        words = f"process {pid}: {command_of(pid)[:200]}"
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([handle], [], [], max(0.0, end - time.monotonic()))[0]:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            left.append(words)
        os.close(handle)
    return left


def qt_widgets() -> dict[int, str]:
    """Address and words of every widget without a parent."""
    if "PySide6.QtWidgets" not in sys.modules:
        return {}
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication
    from shiboken6 import getCppPointer

    if not isinstance(QApplication.instance(), QApplication):
        return {}
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return {
        getCppPointer(widget)[0]: f"{type(widget).__name__} {widget.windowTitle()!r}"
        for widget in QApplication.topLevelWidgets()
        if widget.metaObject().className() not in RESIDENT_WIDGETS
    }


def left_widgets(before: dict[int, str]) -> list[str]:
    if qt_widgets().keys() - before.keys():
        gc.collect()  # a widget in a cycle of Python objects is late, not left
    now = qt_widgets()
    return [f"widget {now[address]}" for address in now.keys() - before.keys()]


def left_timers(wider: dict[int, str]) -> list[str]:
    """Running QTimers that Python knows, but for those under a `wider` widget; and work in Qt's own pool."""
    from PySide6.QtCore import QObject, QThreadPool, QTimer
    from shiboken6 import getCppPointer, isValid

    def root(item: QObject) -> QObject:
        while parent := item.parent():
            item = parent
        return item

    left = []
    for item in gc.get_objects():
        if not issubclass(type(item), QTimer) or not isValid(item) or not item.isActive():
            continue
        if getCppPointer(root(item))[0] not in wider:
            left.append(f"QTimer of {type(item.parent()).__name__}, {item.interval()} ms")
            item.stop()  # or the next test would be blamed
    if not QThreadPool.globalInstance().waitForDone(int(GRACE * 1000)):
        left.append("work in QThreadPool")
    return left


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up before a test's other fixtures, torn down after them; those of wider scope came earlier."""
    threads, children, widgets = our_threads(), child_processes(), qt_widgets()
    yield
    node: Any = request.node
    if not node.stash.get(PASSED, False):
        left_children(children, grace=0.0)  # nothing more: the traceback still holds what the test made
        return
    left = left_threads(threads) + left_children(children, GRACE) + left_widgets(widgets)
    if "qapp" in request.fixturenames:
        left += left_timers(widgets)
    if left:
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)
