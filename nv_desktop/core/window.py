"""The sliding window of calls as pure arithmetic: who may start when. No clock, no file, no thread.

A call holds its place from its start until `per` seconds after its answer. The server counted it somewhere
between the two, so in any `per` seconds as the server sees them no more than `cap` calls arrive, however long
each was on its way. The share of the limit that can be reached is therefore per / (per + latency).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

OPEN_MOST = 75.0  # seconds a call can be under way (deadline 60 s); then its process has died
FRONT_MARK = 1.5  # seconds for which a waiting look-up of another process holds bulk calls back
PACE_LOSS = 0.8  # what a "too many calls" leaves of the pace
PACE_LEAST = 0.2
PACE_GAIN = 1 / 300  # of the pace regained a second
STRIKE_QUIET = 120.0  # seconds without "too many calls" after which the default wait is short again
CATCH_UP = 1 / 60  # of the window: how far starts may lag behind an even pace and still make up for it
AT_ONCE = 1 / 5  # of the limit: a short list need not wait for an even pace when little else was sent
WAIT_FIRST = 5.0
WAIT_MOST = 600.0
TICKS = 10_000  # of a second, in the file


@dataclass
class Window:
    """The log of one limit. `calls`: token -> [start, answer or None]; all times by one clock."""

    cap: int
    per: float
    calls: dict[str, list[float | None]] = field(default_factory=dict)
    paced: float = -math.inf  # when the last call was due at an even pace
    not_before: float = -math.inf
    pace: float = 1.0
    pace_at: float = 0.0
    strikes: int = 0
    fronts: dict[str, float] = field(default_factory=dict)  # waiting look-ups -> until when they count

    def forget(self, now: float) -> None:
        """Drop calls whose places are free again, and marks that have run out."""
        self.calls = {token: call for token, call in self.calls.items() if self._held_until(call) > now}
        self.fronts = {token: until for token, until in self.fronts.items() if until > now}

    def _held_until(self, call: list[float | None]) -> float:
        start, answer = call[0] or 0.0, call[1]
        return (start + OPEN_MOST if answer is None else answer) + self.per

    def _free_at(self, call: list[float | None], now: float) -> float:
        """The earliest moment at which this place can be free: an open call may be answered this instant."""
        start, answer = call[0] or 0.0, call[1]
        return (min(start + OPEN_MOST, now) if answer is None else answer) + self.per

    def pace_now(self, now: float) -> float:
        """The share of the limit in use: falls with each "too many calls", comes back within minutes."""
        return min(1.0, self.pace + max(0.0, now - self.pace_at) * PACE_GAIN)

    def room(self, now: float) -> int:
        """How many calls may be in the window."""
        return max(1, math.floor(self.cap * self.pace_now(now)))

    def left(self, now: float) -> int:
        """Places free at this moment."""
        self.forget(now)
        return max(0, self.room(now) - len(self.calls))

    def wait(self, now: float, token: str, front: bool) -> float:
        """Seconds until this caller may try: 0 says now. `front` goes before others, and is not spaced."""
        self.forget(now)
        if front:
            self.fronts[token] = now + FRONT_MARK
        wait = max(0.0, self.not_before - now)
        if len(self.calls) >= self.room(now):
            ends = sorted(self._free_at(call, now) for call in self.calls.values())
            wait = max(wait, ends[len(self.calls) - self.room(now)] - now)
        if not front:
            if any(other != token for other in self.fronts):
                wait = max(wait, 0.02)
            wait = max(wait, self.paced + self._space(now) - now)
        return wait

    def _space(self, now: float) -> float:
        """Seconds between two starts of bulk calls, so that places are always left for a look-up.

        0 for the first calls of a quiet minute; what these took is saved over the rest of it.
        """
        room = self.room(now)
        if len(self.calls) < room * AT_ONCE:
            return 0.0
        first = min(self._free_at(call, now) for call in self.calls.values())
        return max(self.per / room, (first - now) / (max(0, room - len(self.calls)) + 1))

    def start(self, now: float, token: str) -> None:
        """The call begins; `wait` has said 0 just before."""
        self.calls[token] = [now, None]
        if self.fronts.pop(token, None) is None:  # look-ups do not set the pace
            self.paced = max(self.paced + self._space(now), now - self.per * CATCH_UP)

    def answered(self, now: float, token: str) -> None:
        """The answer has come, or the connection is given up."""
        if token in self.calls:
            self.calls[token][1] = now

    def leave(self, token: str) -> None:
        """The caller waits no more."""
        self.fronts.pop(token, None)

    def learn(self, now: float, retry_after: float | None) -> None:
        """The server said "too many calls": nothing starts before it allows, and the pace falls."""
        if now - self.pace_at > STRIKE_QUIET:
            self.strikes = 0
        wait = WAIT_FIRST * 2**self.strikes if retry_after is None else retry_after
        self.not_before = max(self.not_before, now + min(max(wait, 0.0), WAIT_MOST))
        if self.strikes == 0 or now - self.pace_at > 1.0:  # one burst is one lesson
            self.pace = max(PACE_LEAST, self.pace_now(now) * PACE_LOSS)
            self.strikes = min(self.strikes + 1, 6)
            self.pace_at = now

    def to_json(self) -> dict[str, Any]:
        """Times in tenths of milliseconds, rounded so that a call never frees its place early."""

        def finite(value: float) -> float | None:
            return value if math.isfinite(value) else None

        return {
            "calls": {
                token: [int((start or 0.0) * TICKS), None if answer is None else math.ceil(answer * TICKS)]
                for token, (start, answer) in self.calls.items()
            },
            "paced": finite(self.paced),
            "not_before": finite(self.not_before),
            "pace": self.pace,
            "pace_at": self.pace_at,
            "strikes": self.strikes,
            "fronts": self.fronts,
        }

    @classmethod
    def from_json(cls, cap: int, per: float, saved: dict[str, Any]) -> Window:
        """Raises KeyError, TypeError, ValueError for what is no saved window."""

        def time(value: float | None) -> float:
            return -math.inf if value is None else float(value)

        return cls(
            cap,
            per,
            {
                token: [start / TICKS, None if answer is None else answer / TICKS]
                for token, (start, answer) in saved["calls"].items()
            },
            time(saved["paced"]),
            time(saved["not_before"]),
            float(saved["pace"]),
            float(saved["pace_at"]),
            int(saved["strikes"]),
            {str(token): float(until) for token, until in saved["fronts"].items()},
        )
