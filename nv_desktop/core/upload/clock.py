"""Time as the engine sees it, so that a test can let ten minutes pass in three seconds."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from typing import Any, Protocol


class Clock(Protocol):
    """Seconds, and waiting for the next event with a limit."""

    def time(self) -> float:
        """Seconds since 1970: what stands in the document."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump: what waits are measured with."""
        ...

    def get(self, queue: SimpleQueue[Any], seconds: float) -> Any:
        """The next item of the queue, or None after so many seconds."""
        ...


class SystemClock:
    """The computer's own."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def get(self, queue: SimpleQueue[Any], seconds: float) -> Any:
        try:
            return queue.get(timeout=max(0.0, seconds))
        except Empty:
            return None
