"""When nothing goes through at all: the point at which the engine stops trying and asks."""

from __future__ import annotations

from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.outcome import Ruling

REFUSALS = 32  # refused calls; ten bad rows in a hundred need 25 of them before the first part goes through
BARREN = 5  # answered calls that settle no row
CAREFUL = 4  # calls on their way at once, until the first row goes through


class Doubt:
    """Counts calls until the first row goes through; `sentence` is not empty once it is time to ask."""

    def __init__(self) -> None:
        self.sentence = ""
        self._over = False
        self._refusals = 0
        self._barren = 0

    def width(self, window: int) -> int:
        """How many calls may be on their way: few until something goes through."""
        return window if self._over else min(window, CAREFUL)

    def hear(self, answer: BatchAnswer, ruling: Ruling) -> None:
        """Take in one judged answer."""
        if self._over or answer.kind not in (Kind.ANSWERED, Kind.REFUSED):
            return
        if any(state in (State.CONFIRMED, State.ACCEPTED) for _, state, _ in ruling.rows):
            self._over = True
            return
        self._refusals += answer.kind is Kind.REFUSED
        self._barren += answer.kind is Kind.ANSWERED
        if self._refusals >= REFUSALS:
            self.sentence = f"The server refused everything so far. It says: {answer.message}"
        elif self._barren >= BARREN:
            self.sentence = "The server answers, but never says which rows it took."

    def dispel(self) -> None:
        """The person was asked and said go on: do not ask again."""
        self.sentence = ""
        self._over = True
