"""What a running job tells: numbers that always add up to the rows of the file, the pace, why it waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from nv_desktop.core.job.ledger import Counts

RATE_WINDOW = 60.0  # seconds
SHORTEST = 3.0  # seconds; a rate over less is noise


class Stage(StrEnum):
    """Where a job stands. PAUSED, STOPPED, TRIAL and DONE are ends of a run; ASKING waits for the person."""

    PREPARING = "preparing"
    SENDING = "sending"
    WAITING = "waiting"  # for the connection or the limit; goes on by itself
    PAUSED = "paused"
    ASKING = "asking"
    STOPPED = "stopped"
    TRIAL = "trial"  # the rows of the trial run are through
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a job. confirmed + accepted + refused + unknown + not_sent + skipped = rows, always.

    `sending` rows are on their way right now; until their answer is safely recorded they still count as what
    they were before (not sent, or unknown). `rate` is rows a minute over the last minute, `seconds_left` None
    where nothing can be said, `resume_in` the countdown while waiting. `down`: the server cannot be reached.
    """

    state: Stage
    confirmed: int
    accepted: int
    refused: int
    unknown: int
    not_sent: int
    skipped: int
    sending: int = 0
    calls: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    waiting_reason: str = ""
    resume_in: float | None = None
    down: bool = False

    @property
    def rows(self) -> int:
        return self.confirmed + self.accepted + self.refused + self.unknown + self.not_sent + self.skipped

    @staticmethod
    def at_rest(state: Stage, counts: Counts, calls: int = 0, reason: str = "") -> Progress:
        """The moment of a job that nobody runs; what stands as sending is unknown."""
        return Progress(
            state,
            counts.confirmed,
            counts.accepted,
            counts.refused,
            counts.unknown + counts.sending,
            counts.not_sent,
            counts.skipped,
            calls=calls,
            waiting_reason=reason,
        )


class Rate:
    """Rows a minute over a sliding minute."""

    def __init__(self, now: float) -> None:
        self._started = now
        self._settled: deque[tuple[float, int]] = deque()
        self._rows = 0

    def add(self, rows: int, now: float) -> None:
        self._settled.append((now, rows))
        self._rows += rows

    def per_minute(self, now: float) -> float:
        """0.0 until something can be said."""
        while self._settled and self._settled[0][0] < now - RATE_WINDOW:
            self._rows -= self._settled.popleft()[1]
        elapsed = min(now - self._started, RATE_WINDOW)
        return self._rows * 60.0 / elapsed if elapsed >= SHORTEST else 0.0


class Teller:
    """Hands progress on, at most every `every` seconds unless it is the last word."""

    def __init__(self, tell: Callable[[Progress], None], every: float = 0.1) -> None:
        self._tell = tell
        self._every = every
        self._last: float | None = None

    def due(self, now: float) -> bool:
        return self._last is None or now - self._last >= self._every

    def tell(self, progress: Progress, now: float) -> None:
        self._last = now
        self._tell(progress)
