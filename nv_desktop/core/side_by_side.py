"""Two blocking pieces of work at once, mostly in two processes, as one call: their errors, stop, progress."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock, Thread

from nv_desktop.core.errors import Stopped

Work = Callable[[Event], None]


def side_by_side(one: Work, other: Work, stop: Event | None = None) -> None:
    """Do both, the first in a thread of its own; each gets an event that says when to stop.

    What one of them raises stops the other, and is raised when both have ended.
    """
    halt = Event()
    either = _Either(stop, halt)
    failed: list[BaseException] = []

    def beside() -> None:
        try:
            one(either)
        except BaseException as error:  # noqa: BLE001  raised below, in the thread that waits
            failed.append(error)
            halt.set()  # nobody needs the rest of the other

    thread = Thread(target=beside, name="side-by-side", daemon=True)
    thread.start()
    try:
        other(either)
    except BaseException as error:
        halt.set()
        thread.join()
        if isinstance(error, Stopped) and failed and not isinstance(failed[0], Stopped):
            raise failed[0] from error
        raise
    thread.join()
    if failed:
        raise failed[0]


class Sum:
    """How many rows several have done, told as one number and from one thread at a time."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._lock = Lock()
        self._done: dict[str, int] = {}

    def part(self, name: str) -> Callable[[int, int], None]:
        """What this one calls with (rows done, of); `of` 0: nobody knows yet, so nothing is told."""

        def told(done: int, of: int) -> None:
            with self._lock:
                self._done[name] = done
                if of:
                    self._tell(sum(self._done.values()), of)

        return told


class _Either(Event):
    """Set when one of two events is."""

    def __init__(self, one: Event | None, other: Event) -> None:
        super().__init__()
        self._events = [event for event in (one, other) if event is not None]

    def is_set(self) -> bool:
        return any(event.is_set() for event in self._events)
