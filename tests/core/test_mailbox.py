"""Waiting for what others put, no longer than so long, whatever wakes the one who waits."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from nv_desktop.core.mailbox import Mailbox


def test_items_come_in_their_order_and_all_at_once() -> None:
    box: Mailbox[int] = Mailbox()
    for number in range(5):
        box.put(number)
    assert (box.get(0), box.get(60), box.rest(), box.rest()) == (0, 1, [2, 3, 4], [])


def test_nothing_comes_in_time() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.get(0) is None and box.get(-1) is None and box.get(0.01) is None


def test_a_bell_without_an_item_neither_ends_the_waiting_nor_makes_it_endless() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(1)
    assert box.get(1) == 1  # the bell is still free
    began = time.monotonic()
    assert box.get(0.05) is None
    assert time.monotonic() - began >= 0.05
    box.put(2)
    box.rest()
    assert box.get(1e-9) is None  # woken when the time is over: SimpleQueue would wait for ever


def test_one_who_waits_hears_at_once() -> None:
    box: Mailbox[str] = Mailbox()
    thread = threading.Thread(target=lambda: box.put("here"))
    thread.start()
    assert box.get(60) == "here"
    thread.join()


def test_many_put_at_the_same_time_and_nothing_is_lost() -> None:
    box: Mailbox[int] = Mailbox()
    threads = [
        threading.Thread(target=lambda first=first: [box.put(first + n) for n in range(1_000)])
        for first in range(0, 4_000, 1_000)
    ]
    for thread in threads:
        thread.start()
    found = [box.get(60) for _ in range(4_000)]
    for thread in threads:
        thread.join()
    assert sorted(each for each in found if each is not None) == list(range(4_000))
    assert box.get(0) is None


@contextmanager
def alarms(each: Callable[[], object]) -> Iterator[None]:
    """A signal every millisecond."""
    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no such signals")
    before = signal.signal(signal.SIGALRM, lambda *_: each())
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_signals_neither_cut_the_waiting_short_nor_make_it_endless() -> None:
    box: Mailbox[int] = Mailbox()
    heard: list[None] = []
    with alarms(lambda: heard.append(None)):
        began = time.monotonic()
        for _ in range(40):
            assert box.get(0.003) is None
        assert time.monotonic() - began >= 0.12 and heard


def test_a_signal_s_handler_may_put() -> None:
    box: Mailbox[str] = Mailbox()
    with alarms(lambda: box.put("asked")):
        assert box.get(60) == "asked"
