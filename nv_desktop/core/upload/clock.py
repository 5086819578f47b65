"""Time as the engine sees it, so that a test can let ten minutes pass in three seconds."""

from __future__ import annotations

import time
from typing import Any, Protocol

from nv_desktop.core.mailbox import Mailbox


class Clock(Protocol):
    """Seconds, and waiting for the next event with a limit."""

    def time(self) -> float:
        """Seconds since 1970: what stands in the document."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump: what waits are measured with."""
        ...

    def get(self, events: Mailbox[Any], seconds: float) -> Any:
        """The next event, or None after so many seconds."""
        ...


class SystemClock:
    """The computer's own."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def get(self, events: Mailbox[Any], seconds: float) -> Any:
        return events.get(seconds)
