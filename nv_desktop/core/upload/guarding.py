"""Taking back writes over nobody: a profile that was read a while ago is read again just before its write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence

from nv_desktop.core.answers import BatchAnswer
from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.fields import same_value
from nv_desktop.core.job.connections import said
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.calls import Looker, Settled, Wire
from nv_desktop.core.upload.record import Record
from nv_desktop.core.upload.safety import Kept, Snapshots, read_one, trouble

FRESH = 60.0  # seconds; preparing to take 100,000 profiles back reads for hours

GONE = "The profile was deleted since; it is not made again."
MOVED = "“{name}” was changed by somebody since; the profile was left as it is."


class Unmoved:
    """A wire that leaves out who is not any more as `snapshots` holds them. Thread-safe.

    A field that holds already what is to be written counts as unmoved: a call before a crash may have
    written it.
    """

    def __init__(self, wire: Wire, client: Looker, snapshots: Snapshots, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._client = client
        self._snapshots = snapshots
        self._clock = clock
        self._found_same: dict[str, float] = {}  # user -> when

    def call(
        self, records: Sequence[Record], halt: threading.Event, ready: Callable[[], bool]
    ) -> BatchAnswer | Settled | None:
        """As `Wire.call`. Trouble with reading is an answer to a call that never left."""
        try:
            seen = {kept.user_id: kept for kept in self._snapshots.of([each.user_id for each in records])}
            left = [
                (record.row, State.SKIPPED, why)
                for record in records
                if (why := self._moved(record, seen.get(record.user_id), halt, records[0].row))
            ]
        except Stopped:
            return None
        except AppError as error:
            return trouble(error)
        except sqlite3.Error as error:
            return trouble(said(error))
        return Settled(left) if left else self._wire.call(records, halt, ready)

    def _moved(self, record: Record, seen: Kept | None, halt: threading.Event, rank: int) -> str | None:
        if seen is None:  # a document from before this was kept
            return None
        now = self._clock()
        if 0 <= now - max(seen.at, self._found_same.get(record.user_id, 0.0)) <= FRESH:
            return None
        found = read_one(self._client, record.user_id, halt, now, rank).attributes
        if found is None:
            return GONE
        before = seen.attributes or {}
        for name, back in record.attributes.items():
            if not (same_value(found.get(name), before.get(name)) or same_value(found.get(name), back)):
                return MOVED.format(name=name)
        self._found_same[record.user_id] = now
        return None
