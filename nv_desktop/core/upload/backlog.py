"""What still waits to be sent, in which order: fresh rows of the document, parts to repeat, users in turn.

At most one write per user is outstanding: a row whose user is on the way, or waits to be repeated, stands
back until that is settled, and rows of one user keep the order of the file.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.record import Record

BATCH = 100  # profiles in one call (users reference)
_READ_AHEAD = 2000  # row numbers taken from the ledger at a time

Fetched = tuple[list[Record], list[tuple[int, str]]]  # what can be sent; (row, why not) for the others
Fetch = Callable[[Sequence[int]], Fetched]


@dataclass(slots=True)
class Piece:
    """Rows that go out in one call. `was` is what they are until then; `attempt` counts from 1; `waited`: how
    often they were sent back with words that may speak of the pace."""

    rows: list[int]
    was: State = State.NOT_SENT
    attempt: int = 1
    not_before: float = 0.0
    users: list[str] = field(default_factory=list)  # held back for these rows while the piece waits
    waited: int = 0


@dataclass(slots=True)
class Load:
    """A piece made ready: its records, and rows that turned out not to be sendable (row, reason)."""

    piece: Piece
    records: list[Record]
    unsendable: list[tuple[int, str]]


class Backlog:
    """One thread. `read(after, limit)` gives fresh row numbers in order, `fetch` their records, `fetch_fresh`
    those of rows that go out for the first time, where it may leave out more; `size`: rows of one call."""

    def __init__(
        self,
        read: Callable[[int, int], list[int]],
        fetch: Fetch,
        fresh_limit: int | None = None,
        fetch_fresh: Fetch | None = None,
        size: int = BATCH,
    ) -> None:
        self._size = size
        self._read = read
        self._fetch = fetch
        self._fetch_fresh = fetch_fresh or fetch
        self._left = fresh_limit
        self._ahead: deque[int] = deque()
        self._cursor = 0
        self._exhausted = False
        self._order = count()
        self._parts: list[tuple[float, int, int, Piece]] = []  # by time, then the smallest, then the oldest
        self._busy: set[str] = set()
        self._behind: defaultdict[str, deque[tuple[int, State]]] = defaultdict(deque)

    def add(self, piece: Piece) -> None:
        """A part to be sent (again) from `piece.not_before` on; its users are held until it is settled."""
        self._busy.update(piece.users)
        insort(self._parts, (piece.not_before, len(piece.rows), next(self._order), piece))

    def release(self, users: Sequence[str], not_before: float) -> None:
        """These users' rows are settled; a row that stood behind one may go from `not_before` on."""
        self._busy.difference_update(users)
        if not self._behind:
            return
        rows: dict[State, list[tuple[int, str]]] = {}
        for user in users:
            if user in self._behind:
                row, was = self._behind[user].popleft()
                rows.setdefault(was, []).append((row, user))
                if not self._behind[user]:
                    del self._behind[user]
        for was, found in rows.items():
            for start in range(0, len(found), self._size):
                part = found[start : start + self._size]
                self.add(Piece([row for row, _ in part], was, 1, not_before, [user for _, user in part]))

    def next_at(self) -> float | None:
        """When the next call may start, 0.0 = at once, None = nothing waits (more may be on the way)."""
        if self._fresh_ready():
            return 0.0
        return self._parts[0][0] if self._parts else None

    @property
    def cut_short(self) -> bool:
        """Whether the trial run ended while fresh rows are left."""
        return self._left == 0 and bool(self._ahead or self._read(self._cursor, 1))

    def take(self, now: float, fresh_first: bool = False) -> Load | None:
        """The next load: due parts, the smallest first (a refused batch is cleared up); then fresh rows.
        `fresh_first`: the other way round."""
        if fresh_first and self._fresh_ready():
            return self._take_fresh()
        if self._parts and self._parts[0][0] <= now:
            return self._take_part(now)
        return self._take_fresh() if self._fresh_ready() else None

    def _take_part(self, now: float) -> Load:
        # Most parts may go at once (0.0) and stand sorted by size; the others become due one by one.
        due = [entry for entry in self._parts if entry[0] <= now] if self._parts[0][0] else self._parts[:1]
        entry = min(due, key=lambda entry: entry[1:3])
        self._parts.remove(entry)
        piece = entry[3]
        records, unsendable = self._fetch(piece.rows)
        kept: list[Record] = []
        held = set(piece.users)
        # A row edited meanwhile can have another user now, or none.
        self.release([*(held - {record.user_id for record in records})], 0.0)
        for record in records:
            if record.user_id in held or record.user_id not in self._busy:
                kept.append(record)
            else:
                self._behind[record.user_id].append((record.row, piece.was))
        return self._loaded(piece, kept, unsendable)

    def _take_fresh(self) -> Load:
        rows = [self._ahead.popleft() for _ in range(min(self._size, len(self._ahead)))]
        if self._left is not None:
            for row in reversed(rows[self._left :]):
                self._ahead.appendleft(row)
            rows = rows[: self._left]
        records, unsendable = self._fetch_fresh(rows)
        if self._left is not None:
            self._left -= len(records)
        kept: list[Record] = []
        seen: set[str] = set()
        for record in records:
            if record.user_id in self._busy or record.user_id in seen:
                self._behind[record.user_id].append((record.row, State.NOT_SENT))
            else:
                seen.add(record.user_id)
                kept.append(record)
        return self._loaded(Piece([]), kept, unsendable)

    def _loaded(self, piece: Piece, kept: list[Record], unsendable: list[tuple[int, str]]) -> Load:
        piece.rows = [record.row for record in kept]
        piece.users = [record.user_id for record in kept]
        self._busy.update(piece.users)
        return Load(piece, kept, unsendable)

    def _fresh_ready(self) -> bool:
        if self._left == 0:
            return False
        if not self._ahead and not self._exhausted:
            rows = self._read(self._cursor, _READ_AHEAD)
            self._exhausted = len(rows) < _READ_AHEAD
            if rows:
                self._cursor = rows[-1]
                self._ahead.extend(rows)
        return bool(self._ahead)
