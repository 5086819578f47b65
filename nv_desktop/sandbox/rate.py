"""The API's limit: so many calls in any sliding minute, for each path and key."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from hashlib import sha256

WINDOW = 60.0


class SlidingLimit:
    """`calls` a window of 60 s for each (path, key); 0 = lifted. Refused calls do not count. Thread-safe."""

    def __init__(self, calls: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._calls = calls
        self._windows: dict[tuple[str, bytes], deque[float]] = {}

    def set_calls(self, calls: int) -> None:
        """Change the limit; calls already made keep counting."""
        with self._lock:
            self._calls = calls

    def clear(self) -> None:
        """Forget the calls made."""
        with self._lock:
            self._windows.clear()

    def wait_needed(self, path: str, key: str) -> float | None:
        """Count a call that is within the limit (None), or tell in how many seconds one would be."""
        # A digest, so that no key stays in this process's memory longer than its request.
        slot = (path, sha256(key.encode("utf-8", "replace")).digest())
        with self._lock:
            if self._calls <= 0:
                return None
            now = self._clock()
            window = self._windows.setdefault(slot, deque())
            while window and window[0] <= now - WINDOW:
                window.popleft()
            if len(window) < self._calls:
                window.append(now)
                return None
            return window[len(window) - self._calls] + WINDOW - now
