"""Work in the background: the only module of the window that starts threads.

A thread never touches a widget. It calls a function and posts what became of it on one bridge object
that lives in the main thread; from there a bound method of a QObject receives it, or nobody does.
"""

from __future__ import annotations

import inspect
import logging
import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, cast

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nv_desktop.core.errors import AppError, Stopped

log = logging.getLogger(__name__)

Receiver = Callable[[Any], object]

UNEXPECTED = "Something unexpected went wrong in the program, and this step did not finish."
UNEXPECTED_REMEDY = "Try again. If it comes back, the log file says where it happened."


class Task:
    """One call in the background; made by `Tasks.run`, kept to cancel it or to ask about it.

    `stop` is set when nobody waits for the answer any more: long functions look at it.
    """

    def __init__(
        self,
        key: Hashable | None,
        done: Receiver | None,
        failed: Receiver | None,
        progressed: Receiver | None,
    ) -> None:
        self.key = key
        self.stop = threading.Event()
        self.is_late = False
        self.is_finished = False
        self._receivers = {"done": _weak(done), "failed": _weak(failed), "progressed": _weak(progressed)}

    def cancel(self) -> None:
        """Nobody wants the answer: `stop` is set, and nothing is delivered any more."""
        self.is_late = True
        self.stop.set()

    def has_receiver(self, kind: str) -> bool:
        return self._receivers[kind] is not None

    def receiver(self, kind: str) -> Receiver | None:
        """The bound method, if it was given and its object still lives."""
        reference = self._receivers[kind]
        method: Any = reference() if reference is not None else None
        alive = method is not None and shiboken6.isValid(method.__self__)  # type: ignore[no-untyped-call] # its stubs
        return cast(Receiver, method) if alive else None


class Tasks(QObject):
    """Runs functions in a bounded number of daemon threads and brings their answers home.

    `unhandled(AppError)` is emitted for an error that no `failed` receiver was named for. Every method
    is for the main thread. Answers of one task arrive in order, `done` or `failed` at most once; between
    two answers the window paints and hears its keys, however many came at once.
    """

    unhandled = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 4, front_threads: int = 2) -> None:
        """`threads` for ordinary work, `front_threads` more that only `front=True` calls may use."""
        super().__init__(parent)
        self._lanes = (_Lane("work", threads), _Lane("front", front_threads))
        self._running: dict[int, Task] = {}
        self._closed = False
        self._arrived: deque[tuple[Task, str, object]] = deque()
        self._turn = QTimer(self)  # of 0 ms: Qt hands out all that is posted before it looks at anything else
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._deliver)
        self._posted.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        fn: Callable[..., object],
        *args: object,
        done: Receiver | None = None,
        failed: Receiver | None = None,
        progressed: Receiver | None = None,
        key: Hashable | None = None,
        front: bool = False,
    ) -> Task:
        """Call `fn(*args)` in a thread.

        `done(result)`, `failed(AppError)` and `progressed(value)` are bound methods of QObjects, else
        TypeError: a lambda would run in the wrong thread or outlive its page. A later call with the same
        `key` makes an unfinished earlier one late: its `stop` is set and its answer is dropped. `front`
        is for what a person waits for. `fn` may take a keyword `report` (call it with a value, at most
        some ten times a second) and a keyword `stop` (a threading.Event). RuntimeError after `shutdown`.
        """
        if self._closed:
            raise RuntimeError("tasks were shut down")
        task = Task(key, done, failed, progressed)
        if key is not None:
            self.supersede(key)
        self._running[id(task)] = task
        wanted = _keywords(fn)
        extra: dict[str, object] = {}
        if "report" in wanted:
            extra["report"] = lambda value: self._post(task, "progressed", value)
        if "stop" in wanted:
            extra["stop"] = task.stop
        self._lanes[1 if front else 0].add(lambda: self._work(task, fn, args, extra))
        return task

    def supersede(self, key: Hashable) -> None:
        """Make every unfinished task of `key` late, without starting another."""
        for task in self._running.values():
            if task.key == key:
                task.cancel()

    def is_busy(self, key: Hashable) -> bool:
        """Whether an answer for `key` is still wanted and not there."""
        return any(task.key == key and not task.is_late for task in self._running.values())

    def shutdown(self, timeout: float) -> bool:
        """Ask all work to stop and wait at most `timeout` seconds; True if every thread has ended.

        Nothing is delivered afterwards. Threads that are stuck die with the process.
        """
        self._closed = True
        self._turn.stop()
        self._arrived.clear()
        for task in self._running.values():
            task.cancel()
        for lane in self._lanes:
            lane.close()
        deadline = time.monotonic() + timeout
        ended = [lane.join(deadline) for lane in self._lanes]
        return all(ended)

    def _work(
        self, task: Task, fn: Callable[..., object], args: tuple[object, ...], extra: dict[str, object]
    ) -> None:
        """Runs in a thread: call, then post what became of it."""
        if task.is_late:
            self._post(task, "done", None)
            return
        try:
            result = fn(*args, **extra)
        except AppError as error:
            self._post(task, "failed", error)
        except Exception as error:  # noqa: BLE001 - the edge of a thread: whatever it is, a person hears of it
            self._post(task, "failed", _unexpected(error))
        else:
            self._post(task, "done", result)

    def _post(self, task: Task, kind: str, value: object) -> None:
        if self._closed:
            return
        try:
            self._posted.emit((task, kind, value))
        except RuntimeError:
            # The window is gone and this daemon thread came too late: nobody is left to hear it.
            log.debug("an answer came after the window had closed")

    @Slot(object)
    def _arrive(self, posted: object) -> None:
        self._arrived.append(cast(tuple[Task, str, object], posted))
        if not self._turn.isActive():
            self._turn.start()

    @Slot()
    def _deliver(self) -> None:
        task, kind, value = self._arrived.popleft()
        if self._arrived:
            self._turn.start()  # first: the receiver may open a dialog, and they shall come meanwhile
        if kind != "progressed":
            self._running.pop(id(task), None)
            task.is_finished = True
        if task.is_late or self._closed:
            return
        if kind == "failed" and not task.has_receiver("failed"):
            if not isinstance(value, Stopped):
                self.unhandled.emit(value)
            return
        receiver = task.receiver(kind)
        if receiver is not None:
            receiver(value)


class _Lane:
    """Daemon threads, started as work comes in, at most `size` of them."""

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._threads: list[threading.Thread] = []
        self._waiting: deque[Callable[[], None]] = deque()
        self._idle = 0
        self._closed = False
        self._changed = threading.Condition()

    def add(self, job: Callable[[], None]) -> None:
        with self._changed:
            self._waiting.append(job)
            if self._idle < len(self._waiting) and len(self._threads) < self._size:
                name = f"{self._name}-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._loop, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Drop what has not begun; threads end after what they do now."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def join(self, deadline: float) -> bool:
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                while not self._waiting and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if self._closed:
                    return
                job = self._waiting.popleft()
            job()
            del job  # else the last answer of an idle thread stays in memory


def _weak(receiver: Receiver | None) -> weakref.WeakMethod[Any] | None:
    if receiver is None:
        return None
    if not inspect.ismethod(receiver) or not isinstance(receiver.__self__, QObject):
        raise TypeError(f"a receiver is a bound method of a QObject, not {receiver!r}")
    return weakref.WeakMethod(receiver)


def _keywords(fn: Callable[..., object]) -> set[str]:
    """Which of "report" and "stop" the function declares by name."""
    try:
        parameters = inspect.signature(fn).parameters
    except ValueError:  # a builtin that does not tell its parameters takes neither
        return set()
    return {"report", "stop"} & set(parameters)


def _unexpected(error: Exception) -> AppError:
    """A general sentence; the log gets the kind of error and the places, never values or its text,
    which may hold a customer's data or a key."""
    places = "; ".join(
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    )
    log.error("unexpected %s in the background: %s", type(error).__name__, places)
    return AppError(UNEXPECTED, UNEXPECTED_REMEDY, type(error).__name__)
