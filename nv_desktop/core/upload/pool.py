"""The engine's threads: a bounded number of calls that wait for the network, and nothing else.

Daemon threads: a call that hangs must not keep the process alive (the document covers it).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Pool(Generic[Item]):
    """Runs `work(item)` for each submitted item in at most `size` threads, started when first needed.

    `work` must not raise. One thread submits and closes.
    """

    def __init__(self, work: Callable[[Item], None], size: int) -> None:
        self._work = work
        self._size = size
        self._items: SimpleQueue[Item | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._submitted = 0

    def submit(self, item: Item) -> None:
        self._submitted += 1
        if len(self._threads) < min(self._size, self._submitted):
            thread = threading.Thread(target=self._serve, name=f"call {len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._items.put(item)

    def close(self, seconds: float) -> bool:
        """Ask all threads to end and wait so long; whether all did."""
        for _ in self._threads:
            self._items.put(None)
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self) -> None:
        while (item := self._items.get()) is not None:
            self._work(item)
