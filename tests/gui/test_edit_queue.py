"""Edits one after the other: in order, and none is lost when the window closes."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import AppError
from nv_desktop.gui import edit_queue
from nv_desktop.gui.edit_queue import EditQueue
from nv_desktop.gui.tasks import Tasks

WAIT = 10_000


@pytest.fixture
def tasks(qapp: QObject) -> Tasks:
    return Tasks()


def test_edits_are_made_in_order_whatever_they_take(tasks: Tasks, qtbot: QtBot) -> None:
    queue, made, go_on = EditQueue(tasks, tasks), [], threading.Event()

    def slow() -> None:
        go_on.wait(10)
        made.append("slow")

    with qtbot.waitSignal(queue.idle, timeout=WAIT):
        queue.add(slow)
        queue.add(made.append, "quick")
        assert queue.is_busy() and made == []
        go_on.set()
    assert made == ["slow", "quick"] and not queue.is_busy()
    assert tasks.shutdown(5)


def test_a_closing_window_waits_for_the_edit_that_is_being_made_and_makes_the_rest(
    tasks: Tasks, qtbot: QtBot
) -> None:
    queue, made, begun, go_on = EditQueue(tasks, tasks), [], threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(10)
        made.append("slow")

    queue.add(slow)
    queue.add(made.append, "typed last")
    assert begun.wait(10)
    threading.Timer(0.2, go_on.set).start()
    queue.finish()
    assert made == ["slow", "typed last"]
    assert tasks.shutdown(5)


def test_what_could_not_be_waited_for_is_said(
    tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_queue, "LEAVE_WITHIN", 0.05)
    queue, made, begun, go_on = EditQueue(tasks, tasks), [], threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(10)

    said: list[AppError] = []
    queue.failed.connect(said.append)
    queue.add(slow)
    queue.add(made.append, "typed last")
    assert begun.wait(10)
    queue.finish()
    assert [error.message for error in said] == [
        "The last edits could not be kept: one before them does not end."
    ]
    go_on.set()
    assert tasks.shutdown(5) and made == []
