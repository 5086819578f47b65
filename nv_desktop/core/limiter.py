"""The one budget of calls per account and path, shared by every window and command of this user.

A small file per budget holds the `Window`; an OS lock guards it. Times are the system's monotonic ones, so
a changed clock changes nothing; after a restart of the computer the old times mean nothing and are treated
with caution. A process that dies leaves its calls in the file: they count as made.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from nv_desktop.core.errors import BadFile, Stopped
from nv_desktop.core.files import FileLock, private_folder
from nv_desktop.core.twin_file import TwinFile
from nv_desktop.core.window import Window

Key = tuple[str, str, str]  # host, brand, path
T = TypeVar("T")

RATE = 500  # calls a minute and path (older pages of the API's documentation)
PER = 60.0
LOOK = 0.1  # seconds between two looks at `stop`
STALE = 600.0  # seconds of the wall clock after which a file from before a restart is no matter
LOCK_PATIENCE = 5.0  # seconds; a process halted while it holds the lock must not halt the others


def boot_id() -> str:
    """What tells one run of this computer from the next; "" where the system has no such name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class _Turn:
    """Who waits for one budget in this process: look-ups first, then in order. The first asks the file."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.waiting: list[tuple[int, int]] = []


class Limiter:
    """Lets calls start so that no server ever sees more than `rate` in `per` seconds. Thread-safe.

    `rate` None lifts it. `share` (0 to 1) is the part that this computer uses, where others share the key.
    `state_dir` is the folder that all processes of this user share.
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        rate: int | None = RATE,
        per: float = PER,
        share: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        boot: Callable[[], str] = boot_id,
    ) -> None:
        self._folder = state_dir / "limiter"
        self._cap = None if rate is None else max(1, int(rate * min(max(share, 0.0), 1.0)))
        self._per = per
        self._clock = clock
        self._boot = boot()
        self._lock = threading.Lock()
        self._turns: dict[Key, _Turn] = {}
        self._memory: dict[Key, Window] = {}  # what was last seen, should the disk fail
        self._numbers = itertools.count()
        self._cancelled = False

    @contextmanager
    def slot(
        self, key: Key, front: bool = False, stop: threading.Event | None = None, rank: int = 0
    ) -> Iterator[None]:
        """Wait for a turn, and hold it while the call lasts. `front`: a person waits for this one.

        Of the other calls of this process, the lowest `rank` goes first.

        Raises Stopped within about 0.1 s after `stop` is set, or after `cancel`.
        """
        if self._cap is None:
            if self._ended(stop):
                raise Stopped("The call was stopped before it began.")
            yield
            return
        token = secrets.token_hex(6)
        self._wait(key, token, (-1 if front else rank), stop)
        try:
            yield
        finally:
            self._change(key, lambda window, now: window.answered(now, token))

    def learn(self, key: Key, retry_after: float | None) -> None:
        """The server said "too many calls": none before it allows (10 minutes at most), then a lower pace."""
        if self._cap is not None:
            self._change(key, lambda window, now: window.learn(now, retry_after))

    def budget(self, key: Key) -> tuple[int, int]:
        """Calls that could be made at this moment, and the limit of a minute. (0, 0): there is no limit."""
        if self._cap is None:
            return 0, 0
        return self._change(key, lambda window, now: window.left(now)), self._cap

    def countdown(self, key: Key) -> float:
        """Seconds until the server allows calls again; 0 when it does."""
        if self._cap is None:
            return 0.0
        return self._change(key, lambda window, now: max(0.0, window.not_before - now))

    def cancel(self) -> None:
        """End all waiting with Stopped, for good: the program is closing."""
        self._cancelled = True
        with self._lock:
            turns = list(self._turns.values())
        for turn in turns:
            with turn.changed:
                turn.changed.notify_all()

    def _ended(self, stop: threading.Event | None) -> bool:
        return self._cancelled or (stop is not None and stop.is_set())

    def _wait(self, key: Key, token: str, rank: int, stop: threading.Event | None) -> None:
        front = rank < 0
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
        ticket = (rank, next(self._numbers))
        with turn.changed:
            heapq.heappush(turn.waiting, ticket)
            try:
                while not self._ended(stop):
                    first = turn.waiting[0] == ticket
                    seconds = self._change(key, lambda w, now: _try(w, now, token, front)) if first else LOOK
                    if seconds == 0.0:
                        return
                    turn.changed.wait(min(seconds, LOOK))
            finally:
                turn.waiting.remove(ticket)
                heapq.heapify(turn.waiting)
                turn.changed.notify_all()
        if front:
            self._change(key, lambda window, now: window.leave(token))
        raise Stopped("The call was stopped before it began.")

    def _change(self, key: Key, change: Callable[[Window, float], T]) -> T:
        """Apply a change to the shared window. A disk that fails leaves each process its own window."""
        name = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        with self._lock:
            try:
                private_folder(self._folder)
                lock = FileLock(self._folder / f"{name}.lock")
                if not lock.acquire(LOCK_PATIENCE):
                    raise TimeoutError("a process was halted while it held the lock")
            except (OSError, BadFile):
                return self._apply(key, None, change)
            try:
                with TwinFile(self._folder / f"{name}.state") as file:
                    return self._apply(key, file, change)
            except OSError:
                return self._apply(key, None, change)
            finally:
                lock.release()

    def _apply(self, key: Key, file: TwinFile | None, change: Callable[[Window, float], T]) -> T:
        assert self._cap is not None
        now = self._clock()
        window = self._load(file, now) if file is not None else None
        if window is None:
            window = self._memory.get(key) or Window(self._cap, self._per)
        result = change(window, now)
        self._memory[key] = window
        if file is not None:
            saved = {"boot": self._boot, "wall": time.time(), "now": now, "window": window.to_json()}
            with suppress(OSError):  # a full disk: this process keeps its own count in memory
                file.write(json.dumps(saved, separators=(",", ":")).encode())
        return result

    def _load(self, file: TwinFile, now: float) -> Window | None:
        """The shared window, or None where there is none yet. Raises OSError."""
        assert self._cap is not None
        state = file.read()
        if state == b"":
            return None
        try:
            saved = json.loads(state or b"")
            window = Window.from_json(self._cap, self._per, saved["window"])
            same_run = saved["boot"] == self._boot and saved["now"] <= now
            age = time.time() - saved["wall"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return Window(self._cap, self._per, not_before=now + self._per)  # what it held may still count
        if same_run:
            return window
        if not -STALE < age < STALE:
            return Window(self._cap, self._per)
        calls: dict[str, list[float | None]] = {token: [now, now] for token in window.calls}
        return Window(self._cap, self._per, calls, pace=window.pace, pace_at=now)


def _try(window: Window, now: float, token: str, front: bool) -> float:
    """Start the call if it may; else the seconds until it may be tried again."""
    seconds = window.wait(now, token, front)
    if seconds <= 0.0:
        window.start(now, token)
        return 0.0
    return seconds
