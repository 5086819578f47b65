"""How the connection fares: when the next call may start, and how many may be on their way at once."""

from __future__ import annotations

# Ten minutes without a connection must cost at most 40 calls (16 on their way when it broke, 23 probes), and
# the return must be noticed within 30 s.
PROBE_AFTER = (10.0, 15.0, 20.0, 25.0, 28.0)  # seconds; the last one repeats
UNCLEAR_LIMIT = 8  # calls in a row without a usable answer: the connection is down, whatever else it says
SLOW_DOWN_DEFAULT = 10.0  # where nobody says how long; the limiter waits longer each time
SLOW_DOWN_MOST = 600.0


class Weather:
    """Fine, down (one probe at a time) or told to slow down. Seconds are the clock's monotonic ones."""

    def __init__(self) -> None:
        self.sentence = ""  # why nothing moves, while the connection is down or before `resume_at`
        self.resume_at = 0.0  # no call starts before
        self._down_since: float | None = None
        self._probes = 0
        self._unclear = 0

    @property
    def down(self) -> bool:
        return self._down_since is not None

    def width(self, window: int) -> int:
        """How many calls may be on their way."""
        return 1 if self.down else window

    def fine(self) -> None:
        """The server gave an answer that can be read. Why nothing moves until `resume_at` stays told: the
        answer may be to a call that left before."""
        self._down_since = None
        self._probes = self._unclear = 0

    def offline(self, sentence: str, started: float, now: float) -> None:
        """A call that began at `started` never reached the server."""
        self._fall(sentence, started, now)

    def unclear(self, sentence: str, started: float, now: float, foreign: bool = False) -> None:
        """A call was handed over, but no usable answer came; `foreign`: something on the way answered."""
        self._unclear += 1
        if foreign or self.down or self._unclear >= UNCLEAR_LIMIT:
            self._fall(sentence, started, now)

    def slow_down(self, retry_after: float | None, now: float, words: str = "") -> None:
        """The server asked for patience. `words`: its own, where they may mean something else."""
        wait = SLOW_DOWN_DEFAULT if retry_after is None else min(max(retry_after, 0.0), SLOW_DOWN_MOST)
        self.fine()
        self.resume_at = max(self.resume_at, now + wait)
        said = f" It says: “{words}”." if words else ""
        self.sentence = f"The server asks to go slower.{said} The job goes on by itself."

    def _fall(self, sentence: str, started: float, now: float) -> None:
        if self._down_since is not None and started < self._down_since:
            return  # it left before the connection broke: nothing new
        if self._down_since is None:
            self._down_since = now
        wait = PROBE_AFTER[min(self._probes, len(PROBE_AFTER) - 1)]
        self._probes += 1
        self.resume_at = max(self.resume_at, now + wait)
        self.sentence = sentence
