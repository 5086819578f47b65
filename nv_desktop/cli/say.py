"""How the command line speaks: results on stdout, progress and refusals on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

COUNTS = (
    ("confirmed", "confirmed by the server"),
    ("accepted", "accepted, not yet applied"),
    ("refused", "refused by the server"),
    ("unknown", "of unknown outcome"),
    ("not_sent", "not sent"),
    ("skipped", "left out"),
)


def line(text: str = "") -> None:
    """A line of the result. Where its reader has gone (`| head`), what was asked for is done all the same."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def aside(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def as_json(value: Any) -> None:
    """JSON on a line; in ASCII where the output has no sign for what it holds (a pipe on Windows)."""
    text = json_line(value)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value)
    line(text)


# Ends of lines to some readers, and half characters, which no UTF-8 holds: all are written as escapes.
_ESCAPED = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def json_line(value: Any) -> str:
    """JSON that is one line to every reader, whatever the texts in it hold."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def rows(number: int) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number:,} row{'' if number == 1 else 's'}"


def counts(values: Mapping[str, int]) -> None:
    """The six counts that add up to the rows of the file, one a line."""
    for name, words in COUNTS:
        line(f"  {values[name]:>9,}  {words}")


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their longest text."""
    lines = [list(head), *(list(row) for row in body)]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head))]
    for row in lines:
        line("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


class Ticker:
    """One line of progress on stderr: rewritten in place on a screen, every ten seconds in a log."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._on_screen = sys.stderr.isatty()
        self._next = 0.0 if self._on_screen else clock() + 10
        self._width = 0

    def tick(self, text: str) -> None:
        if self._clock() < self._next:
            return
        self._next = self._clock() + (0.2 if self._on_screen else 10)
        if not self._on_screen:
            aside(text)
            return
        print("\r" + text.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(text)

    def done(self) -> None:
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
            self._width = 0


def duration(seconds: float | None) -> str:
    """`3 min 20 s`; an unknown time is said so."""
    if seconds is None:
        return "time unknown"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def confirmed(question: str) -> bool:
    """Asks on the terminal; without one the answer is no."""
    return _typed(f"{question} [y/N] ").lower() in ("y", "yes")


def confirmed_by_count(question: str, number: int) -> bool:
    """Asks on the terminal for the number to be typed; without one the answer is no."""
    return _typed(f"{question} Type their number to go on: ") in (str(number), f"{number:,}")


def _typed(question: str) -> str:
    if not sys.stdin.isatty():
        return ""
    aside(question)
    return sys.stdin.readline().strip()
