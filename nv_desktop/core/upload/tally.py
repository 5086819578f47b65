"""The running job's numbers: moved only when an outcome stands in the document, so nothing is shown early."""

from __future__ import annotations

from collections.abc import Iterable

from nv_desktop.core.job.ledger import Counts, State
from nv_desktop.core.upload.progress import Rate


class Tally:
    """Rows by state. `counts` is the ledger's at the start; rows on their way count as what they were."""

    def __init__(self, counts: Counts, calls: int, now: float) -> None:
        self._numbers = {state: getattr(counts, state.name.lower()) for state in State}
        self.calls = calls
        self._rate = Rate(now)

    def move(self, rows: Iterable[tuple[int, State, str | None]], was: State, now: float) -> None:
        """These rows were `was` and are now what is given."""
        settled = 0
        for _, state, _ in rows:
            if state is not was:
                self._numbers[was] -= 1
                self._numbers[state] += 1
                settled += state is not State.NOT_SENT
        if settled:
            self._rate.add(settled, now)

    def __getitem__(self, state: State) -> int:
        return int(self._numbers[state])

    def rate(self, now: float) -> float:
        return self._rate.per_minute(now)
