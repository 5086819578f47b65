"""Two pieces of work as one call: neither ends unheard."""

from __future__ import annotations

from threading import Event

import pytest

from nv_desktop.core.errors import BadFile, Stopped
from nv_desktop.core.side_by_side import Sum, Work, side_by_side


def raising(error: BaseException) -> Work:
    def work(halt: Event) -> None:
        raise error

    return work


def until_halted(halt: Event) -> None:
    while not halt.is_set():  # an event of two events cannot be waited for
        Event().wait(0.001)
    raise Stopped("It was stopped.")


@pytest.mark.parametrize("error", [BadFile("It broke off."), OSError("no memory"), KeyError("rows")])
def test_what_either_raises_ends_both_and_is_raised(error: Exception) -> None:
    for pair in ((raising(error), until_halted), (until_halted, raising(error))):
        with pytest.raises(type(error)) as raised:
            side_by_side(*pair)
        assert raised.value is error


def test_an_error_of_the_first_is_raised_where_the_other_has_ended_well() -> None:
    with pytest.raises(OSError, match="no memory"):
        side_by_side(raising(OSError("no memory")), lambda halt: None)


def test_both_are_stopped_from_outside() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        side_by_side(until_halted, until_halted, stop)


def test_rows_of_both_are_one_number() -> None:
    told: list[tuple[int, int]] = []
    total = Sum(lambda rows, of: told.append((rows, of)))
    front, back = total.part("front"), total.part("back")
    front(10, 0)  # nobody knows yet of how many
    back(5, 100)
    front(20, 100)
    assert told == [(15, 100), (25, 100)]
