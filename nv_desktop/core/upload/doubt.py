"""When nothing goes through at all: the point at which the engine stops trying and asks."""

from __future__ import annotations

from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.options import WINDOW_MOST
from nv_desktop.core.upload.outcome import Ruling

REFUSALS = 32  # refused calls; ten bad rows in a hundred need 25 of them before the first part goes through
BARREN = 5  # answered calls that settle no row
CAREFUL = 4  # calls on their way at once, until the first row goes through
WORTH_ASKING = 1_000  # rows; fewer are refused one by one in the time it takes to answer


class Doubt:
    """Counts calls since a row last went through; `sentence` is not empty once it is time to ask.

    At the start a file is in doubt until the first row goes through. After that it comes into doubt when so
    many calls were refused in a row; then other rows are tried first (`elsewhere`): bad ones may stand
    together.
    """

    def __init__(self) -> None:
        self.sentence = ""
        self.elsewhere = False
        self._in_doubt = True
        self._asked = False
        self._refusals = 0
        self._barren = 0

    def width(self, window: int) -> int:
        """How many calls may be on their way: few until something goes through."""
        return min(window, CAREFUL) if self._in_doubt else window

    def hear(self, answer: BatchAnswer, ruling: Ruling, left: int) -> None:
        """Take in one judged answer. `left`: rows that are not sent yet."""
        if self._asked or answer.kind not in (Kind.ANSWERED, Kind.REFUSED):
            return
        if any(state in (State.CONFIRMED, State.ACCEPTED) for _, state, _ in ruling.rows):
            self.elsewhere = self._in_doubt = False
            self._refusals = self._barren = 0
            return
        self._refusals += answer.kind is Kind.REFUSED
        self._barren += answer.kind is Kind.ANSWERED
        if self._refusals >= REFUSALS:
            self._refused(answer, left)
        elif self._barren >= BARREN and self._in_doubt:
            self.sentence = "The server answers, but never says which rows it took."

    def _refused(self, answer: BatchAnswer, left: int) -> None:
        if not self._in_doubt:
            self.elsewhere = self._in_doubt = True
            self._refusals = -WINDOW_MOST  # those on their way are no news
        elif not self.elsewhere:
            self.sentence = f"The server refused everything so far. It says: {answer.message}"
        elif left > WORTH_ASKING:
            self.sentence = f"For a while now the server has refused everything. It says: {answer.message}"

    def dispel(self) -> None:
        """The person was asked and said go on: do not ask again."""
        self.sentence = ""
        self._asked = True
        self.elsewhere = self._in_doubt = False
