"""The limit of the sandbox, with a clock of the test's own."""

from __future__ import annotations

from nv_desktop.sandbox.rate import SlidingLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_window_slides() -> None:
    clock = Clock()
    limit = SlidingLimit(3, clock)
    waits = []
    for step in (0.0, 10.0, 10.0, 10.0):
        clock.now += step
        waits.append(limit.wait_needed("user/create", "k"))
    assert waits == [None, None, None, 30.0]
    clock.now = 1059.9
    assert limit.wait_needed("user/create", "k") is not None
    clock.now = 1060.0
    assert limit.wait_needed("user/create", "k") is None
    assert limit.wait_needed("user/create", "k") == 10.0  # the slots do not come back all at once


def test_refused_calls_take_no_slot() -> None:
    clock = Clock()
    limit = SlidingLimit(1, clock)
    assert limit.wait_needed("p", "k") is None
    for _ in range(50):
        clock.now += 1
        assert limit.wait_needed("p", "k") is not None
    clock.now = 1060.0
    assert limit.wait_needed("p", "k") is None


def test_each_path_and_key_has_its_own() -> None:
    limit = SlidingLimit(1, Clock())
    assert limit.wait_needed("a", "k") is None
    assert limit.wait_needed("b", "k") is None
    assert limit.wait_needed("a", "other") is None
    assert limit.wait_needed("a", "k") == 60.0


def test_the_limit_can_be_lifted_and_set() -> None:
    limit = SlidingLimit(0, Clock())
    assert all(limit.wait_needed("a", "k") is None for _ in range(1000))
    limit.set_calls(1)
    assert limit.wait_needed("a", "k") is None
    assert limit.wait_needed("a", "k") is not None
    limit.clear()
    assert limit.wait_needed("a", "k") is None
