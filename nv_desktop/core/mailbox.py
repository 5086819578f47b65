"""Items from any thread, or from a signal's handler, for the one who waits for them no longer than so long.

`queue.SimpleQueue` cannot be used for such a wait: woken without an item, it counts what is left of the time,
and where a stall or a signal made that less than nothing it waits for ever (CPython 3.11; it hung an engine).
`queue.Queue` cannot be used from a signal's handler.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Many may put, one may get."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bell = threading.Lock()  # free: something was put since the last look
        self._bell.acquire()

    def put(self, item: Item) -> None:
        """Never waits."""
        self._items.append(item)
        with suppress(RuntimeError):  # it rings already
            self._bell.release()

    def get(self, seconds: float) -> Item | None:
        """The next item, or None where none came in so many seconds."""
        end = time.monotonic() + seconds
        while not self._items:
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._bell.acquire(timeout=min(left, threading.TIMEOUT_MAX))
        return self._items.popleft()

    def rest(self) -> list[Item]:
        """What is there now, without waiting."""
        found: list[Item] = []
        while self._items:
            found.append(self._items.popleft())
        return found
