"""Threads of the window: who hears what, and who does not any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.gui.tasks import Tasks


class Ear(QObject):
    """Keeps what it hears, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()

    @Slot(object)
    def done(self, value: object) -> None:
        self._keep("done", value)

    @Slot(object)
    def failed(self, value: object) -> None:
        self._keep("failed", value)

    @Slot(object)
    def progressed(self, value: object) -> None:
        self._keep("progressed", value)

    def _keep(self, kind: str, value: object) -> None:
        self.heard.append((kind, value))
        self.threads.add(QThread.currentThread())


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks(threads=2, front_threads=1)
    yield made
    assert made.shutdown(5), "a thread was left behind"


def test_answer_comes_home_in_the_main_thread(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()
    where: list[int] = []

    def work(value: int) -> int:
        where.append(threading.get_ident())
        return value * 2

    task = tasks.run(work, 21, done=ear.done)
    qtbot.waitUntil(lambda: task.is_finished)
    assert ear.heard == [("done", 42)]
    assert ear.threads == {ear.thread()}
    assert where != [threading.get_ident()]


def test_progress_arrives_in_order_before_the_answer(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()

    def work(count: int, report: Callable[[object], None], stop: threading.Event) -> str:
        for number in range(count):
            report(2**40 + number)
        return f"stopped: {stop.is_set()}"

    tasks.run(work, 50, done=ear.done, progressed=ear.progressed)
    qtbot.waitUntil(lambda: len(ear.heard) == 51)
    assert ear.heard[:50] == [("progressed", 2**40 + number) for number in range(50)]
    assert ear.heard[50] == ("done", "stopped: False")


@pytest.mark.parametrize("receiver", [lambda value: None, print, [].append, "done"])
def test_only_methods_of_qobjects_may_receive(tasks: Tasks, receiver: object) -> None:
    with pytest.raises(TypeError):
        tasks.run(int, done=receiver)  # type: ignore[arg-type]


def test_app_error_is_handed_over_as_it_is(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()
    error = AppError("The list is empty.", "Choose another.")

    def work() -> None:
        raise error

    tasks.run(work, failed=ear.failed)
    qtbot.waitUntil(lambda: bool(ear.heard))
    assert ear.heard == [("failed", error)]


def test_error_without_receiver_is_unhandled(tasks: Tasks, qtbot: QtBot) -> None:
    def work() -> None:
        raise AppError("The list is empty.")

    with qtbot.waitSignal(tasks.unhandled) as caught:
        tasks.run(work)
    assert caught.args is not None
    assert caught.args[0].message == "The list is empty."


def test_stopped_is_no_error_to_show(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()
    tasks.unhandled.connect(ear.failed)

    def work() -> None:
        raise Stopped("stopped")

    task = tasks.run(work)
    qtbot.waitUntil(lambda: task.is_finished)
    assert ear.heard == []


def test_unexpected_error_becomes_a_sentence_and_leaves_no_value_in_the_log(
    tasks: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    ear = Ear()

    def work(secret: str) -> None:
        raise ValueError(secret)

    with caplog.at_level(logging.DEBUG):
        tasks.run(work, "canary-customer", failed=ear.failed)
        qtbot.waitUntil(lambda: bool(ear.heard))
    error = ear.heard[0][1]
    assert isinstance(error, AppError)
    assert error.message
    assert error.remedy
    assert "canary" not in f"{error.message}{error.remedy}{error.detail}{caplog.text}"
    assert "ValueError" in caplog.text
    assert "test_tasks.py" in caplog.text


def test_later_call_with_the_same_key_makes_the_earlier_late(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()
    gate = threading.Event()
    stops: list[threading.Event] = []

    def slow(value: str, stop: threading.Event) -> str:
        stops.append(stop)
        gate.wait(5)
        return value

    first = tasks.run(slow, "old", done=ear.done, key="search")
    qtbot.waitUntil(lambda: len(stops) == 1)
    second = tasks.run(slow, "new", done=ear.done, key="search")
    other = tasks.run(str, "other key", done=ear.done, key="else", front=True)
    assert stops[0].is_set()
    assert first.is_late
    assert tasks.is_busy("search")
    gate.set()
    qtbot.waitUntil(lambda: first.is_finished and second.is_finished and other.is_finished)
    assert sorted(str(value) for _kind, value in ear.heard) == ["new", "other key"]
    assert not tasks.is_busy("search")


def test_cancelled_task_says_nothing(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()
    started, gate = threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        gate.wait(5)
        return "too late"

    task = tasks.run(slow, done=ear.done)
    qtbot.waitUntil(started.is_set)
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: task.is_finished)
    assert ear.heard == []


def test_what_nobody_waits_for_any_more_is_not_begun(qtbot: QtBot) -> None:
    """A look-up that a later one replaced while it waited for its turn costs no call."""
    tasks, go_on, called = Tasks(threads=1, front_threads=0), threading.Event(), []
    tasks.run(go_on.wait, 10)
    first = tasks.run(called.append, "first", key="look")
    second = tasks.run(called.append, "second", key="look")
    go_on.set()
    qtbot.waitUntil(lambda: first.is_finished and second.is_finished)
    assert called == ["second"]
    assert tasks.shutdown(5)


def test_receiver_that_is_gone_hears_nothing(tasks: Tasks, qtbot: QtBot) -> None:
    ear: Ear | None = Ear()
    assert ear is not None
    heard = ear.heard
    gate = threading.Event()
    task = tasks.run(gate.wait, 5, done=ear.done)
    del ear
    gate.set()
    qtbot.waitUntil(lambda: task.is_finished)
    assert heard == []


def test_front_does_not_wait_for_slow_work(tasks: Tasks, qtbot: QtBot) -> None:
    ear = Ear()
    gate = threading.Event()
    for _ in range(4):
        tasks.run(gate.wait, 5)
    tasks.run(str, "at once", done=ear.done, front=True)
    qtbot.waitUntil(lambda: ear.heard == [("done", "at once")])
    gate.set()


def test_threads_are_bounded(tasks: Tasks, qtbot: QtBot) -> None:
    lock, gate = threading.Lock(), threading.Event()
    running: list[int] = []
    most: list[int] = []

    def work() -> None:
        with lock:
            running.append(1)
            most.append(len(running))
        gate.wait(5)
        with lock:
            running.pop()

    made = [tasks.run(work) for _ in range(10)]
    qtbot.waitUntil(lambda: len(most) == 2)
    gate.set()
    qtbot.waitUntil(lambda: all(task.is_finished for task in made))
    assert len(most) == 10
    assert max(most) == 2


def test_shutdown_stops_delivers_nothing_and_refuses_more(qtbot: QtBot) -> None:
    tasks, ear = Tasks(threads=1), Ear()
    started = threading.Event()

    def work(stop: threading.Event) -> str:
        started.set()
        stop.wait(5)
        return "late"

    tasks.run(work, done=ear.done)
    tasks.run(str, "never begun", done=ear.done)
    qtbot.waitUntil(started.is_set)
    assert tasks.shutdown(5)
    qtbot.waitUntil(lambda: ear.heard == [])
    with pytest.raises(RuntimeError):
        tasks.run(str)
