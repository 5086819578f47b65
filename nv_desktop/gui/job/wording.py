"""The words of sending: states and outcomes as people say them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nv_desktop.core.job.ledger import State
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.upload import Progress, Stage
from nv_desktop.gui.widgets import Part
from nv_desktop.gui.words import clock, duration, rows


@dataclass(frozen=True, slots=True)
class Look:
    """How a state of rows looks everywhere: its key in counts, word, icon, tone, fill of its bar."""

    key: str
    word: str
    icon: str
    tone: str
    fill: str
    hatched: bool = False


LOOKS: dict[State, Look] = {
    State.CONFIRMED: Look("confirmed", "Confirmed", "check-circle-fill", "ok", "ok_fill"),
    State.ACCEPTED: Look("accepted", "Accepted", "check-circle", "note", "note_fill"),
    State.REFUSED: Look("refused", "Refused", "x-circle-fill", "error", "error_fill"),
    State.UNKNOWN: Look("unknown", "Unknown", "question-fill", "warn", "warn_fill", True),
    State.NOT_SENT: Look("not_sent", "Not sent", "hourglass", "text3", "neutral_fill"),
    State.SKIPPED: Look("skipped", "Left out", "prohibit", "text3", "line2"),
}
"""The six, in the order in which they are shown; rows on their way count as what they were."""


def six(line: Listed | Progress) -> dict[str, int]:
    """The six numbers by key; they add up to the rows."""
    return {look.key: int(getattr(line, look.key)) for look in LOOKS.values()}


def parts(
    numbers: dict[str, int], looks: Mapping[State, Look] = LOOKS, *, skipped: bool = True
) -> tuple[Part, ...]:
    """The parts of a stacked bar for the six numbers. `looks`: as a job of this kind calls them."""
    return tuple(
        Part(numbers[look.key], look.fill, look.word.lower(), look.hatched)
        for look in looks.values()
        if skipped or look.key != "skipped"
    )


def sum_sentence(numbers: dict[str, int], of: str = "your file") -> str:
    """ "47,701 + 171 + 68 = 47,940, every row of your file."."""
    shown = [count for count in numbers.values() if count]
    total = sum(numbers.values())
    if len(shown) < 2:
        return f"{rows(total)}, every row of {of}."
    return f"{' + '.join(f'{count:,}' for count in shown)} = {total:,}, every row of {of}."


def result_title(line: Listed, count: Callable[[int], str] = rows, end: str = "are in") -> str:
    """The result in one line, as it stands."""
    how = {"done": "Done", "stopped": "Stopped"}.get(line.stage, "Paused")
    return f"{how}: {line.arrived:,} of {count(line.rows)} {end}"


def result_sentence(line: Listed, now: float | None = None) -> str:
    """When it was, and for how long."""
    if line.started is None or line.ended is None:
        what = "list" if line.deletes else "file"
        return f"Began with the {what} of {clock(line.created, now)}; no call has been answered."
    took = max(1.0, line.ended - line.started)
    done, way = ("Deleted", "from") if line.deletes else ("Sent", "to")
    to = f" {way} {line.account}" if line.account else ""
    ended = clock(line.ended, now)
    return f"{done}{to} in {duration(took)}, the last answer at {ended}."


def kept_sentence(kept: int | None, of: int | None) -> str:
    """How many profiles were read before they are written; `of` None where only a sample is."""
    if kept is None:
        return ""
    return (
        f" Profiles read first: {kept:,} of {of:,}." if of is not None else f" Profiles read first: {kept:,}."
    )


def progress_sentence(progress: Progress | None, began: float, now: float) -> str:
    """Under the title while a job runs: since when, how long still, until when."""
    started = f"Started {clock(began, now)}."
    if progress is None or progress.state is Stage.PREPARING:
        return f"{started} Getting ready."
    if progress.state is not Stage.SENDING or progress.seconds_left is None:
        return started
    if progress.not_sent == 0:
        return f"{started} The last answers are on their way."
    until = clock(now + progress.seconds_left, now)
    return f"{started} About {duration(progress.seconds_left)} left, until {until}."
