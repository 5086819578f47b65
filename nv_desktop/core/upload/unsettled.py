"""Rows whose outcome an earlier run did not learn: sent again, read back, or left to the person.

A write is an upsert, so a row younger than a day is sent again, unless somebody has written that user since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nv_desktop.core.errors import AppError, NotFound
from nv_desktop.core.fields import Json, same_value
from nv_desktop.core.job.ledger import Ledger, State, Unsettled
from nv_desktop.core.upload.backlog import BATCH, Fetch, Fetched, Piece
from nv_desktop.core.upload.options import DAY, READ_BACK_MOST, OldUnknown, UploadOptions, WrittenSince
from nv_desktop.core.upload.source import Source

WRITTEN_SINCE = "This user was written by something else since. Look the profile up before sending again."
READ_SAME = "Read back: the profile holds these values."
READ_OTHER = "Read back: the profile holds other values. Look it up before sending again."
READ_NOBODY = "Read back: there is no such profile. Send the row again if it should be there."
ASK = "{rows:,} rows have been unknown for more than a day. Go on to send them again, or leave them out."

Attributes = Mapping[str, Json]


@dataclass(slots=True)
class Plan:
    """`parts` are sent again, `old` is read back, `question` (about `asked`) goes to the person."""

    parts: list[Piece] = field(default_factory=list)
    old: list[Unsettled] = field(default_factory=list)
    asked: list[Piece] = field(default_factory=list)
    question: str = ""


def plan(ledger: Ledger, options: UploadOptions, wall: float, now: float) -> Plan:
    """What to do with each unknown row. `wall`: seconds since 1970; `now`: the engine's clock."""
    result = Plan()
    old = []
    for call in ledger.unsettled():
        if wall - call.sent_at <= DAY:
            result.parts += _again(ledger, call, options, wall, now)
        else:
            old.append(call)
    if options.old_unknown is OldUnknown.SEND:
        result.parts += [part for call in old for part in _again(ledger, call, options, wall, now)]
    elif options.old_unknown is OldUnknown.SETTLE:
        rows = sum(len(call.rows) for call in old)
        if rows <= READ_BACK_MOST:
            result.old = old
        else:
            result.question = ASK.format(rows=rows)
            result.asked = [part for call in old for part in _again(ledger, call, options, wall, now)]
    return result


def _again(ledger: Ledger, call: Unsettled, options: UploadOptions, wall: float, now: float) -> list[Piece]:
    since = set(options.written_since(call.users, call.sent_at))
    if since:
        touched = [
            (row, State.UNKNOWN, WRITTEN_SINCE)
            for row, user in zip(call.rows, call.users, strict=True)
            if user in since
        ]
        ledger.change(touched, (State.UNKNOWN,))
    kept = [pair for pair in zip(call.rows, call.users, strict=True) if pair[1] not in since]
    wait = min(options.settle, call.sent_at + options.settle - wall)
    not_before = now + wait if wait > 0 else 0.0
    pieces = []
    for start in range(0, len(kept), BATCH):
        part = kept[start : start + BATCH]
        pieces.append(
            Piece([row for row, _ in part], State.UNKNOWN, 1, not_before, [user for _, user in part])
        )
    return pieces


def unless_changed(fetch: Fetch, ledger: Ledger, changed: WrittenSince) -> Fetch:
    """`fetch` for rows that go out again: one of unknown outcome stays so where a person has changed that
    user here while it waited. Between two attempts lies a minute or more."""

    def fetch_again(rows: Sequence[int]) -> Fetched:
        records, unsendable = fetch(rows)
        sent = ledger.unknown(rows)
        if not sent:
            return records, unsendable
        users = changed([record.user_id for record in records], min(sent.values()))
        left = {record.row for record in records if record.row in sent and record.user_id in users}
        kept = [record for record in records if record.row not in left]
        return kept, [*unsendable, *((row, WRITTEN_SINCE) for row in sorted(left))]

    return fetch_again


def read_back(
    ledger: Ledger,
    source: Source,
    old: Sequence[Unsettled],
    get_attributes: Callable[[str], Attributes],
    go_on: Callable[[], bool],
) -> None:
    """Look each user up (at the limit's pace) and settle the row by what the profile holds now.

    `get_attributes(user_id)` raises NotFound, or another AppError, after which the rest stays unknown.
    """
    for call in old:
        records, _ = source.fetch(call.rows)
        for record in records:
            if not go_on():
                return
            try:
                found = get_attributes(record.user_id)
            except NotFound:
                outcome = (record.row, State.UNKNOWN, READ_NOBODY)
            except AppError:
                return  # the connection will be tried, and its trouble told, by the first batch
            else:
                same = holds(found, record.attributes)
                outcome = (
                    (record.row, State.CONFIRMED, READ_SAME)
                    if same
                    else (record.row, State.UNKNOWN, READ_OTHER)
                )
            ledger.change([outcome], (State.UNKNOWN,))


def holds(found: Attributes, sent: Attributes) -> bool:
    """Whether a profile holds every value that was sent; a cleared value may be absent."""
    return all(same_value(found.get(name), value) for name, value in sent.items())
