"""What an answer means for each row of its batch. Pure: no clock, no file, no network.

Confirmed only where the answer names exactly that userID; accepted where the server took the whole batch
without a list; refused where it names the row, or refuses it alone; unknown in every other case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.job.ledger import State
from nv_desktop.core.upload.record import Record

ATTEMPTS = 4  # how often a row with an unknown outcome is sent in one run
PATIENCE = 6  # waits of 10 s for words that may speak of the pace: a minute, which is what the limit counts
NOT_NAMED = "The server's answer did not name this row."
NO_ANSWER = "The connection ended before the answer came."
NO_REASON = "The server refused this row without a reason."


@dataclass(frozen=True, slots=True)
class Again:
    """Rows that go out again in one call. `late`: only when the earlier call can no longer be applied."""

    records: Sequence[Record]
    was: State
    attempt: int
    late: bool = False


@dataclass(slots=True)
class Ruling:
    """`rows`: (row, state, reason) for every row of the call; `again`: those that go out once more."""

    rows: list[tuple[int, State, str | None]] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)

    def settle(self, record: Record, state: State, reason: str | None = None) -> None:
        self.rows.append((record.row, state, reason))


def as_meant(answer: BatchAnswer, waited: int) -> BatchAnswer:
    """Words about some limit which the same rows bring again and again, with a minute's quiet between, are
    about these rows and not about the pace: a refusal. `waited`: how often they were sent back so."""
    if not answer.vague or waited < PATIENCE:
        return answer
    return replace(answer, kind=Kind.REFUSED, message=answer.vague)


def rule(records: Sequence[Record], was: State, attempt: int, answer: BatchAnswer) -> Ruling:
    """Judge one answer. `was`: what the rows were before (not sent, or unknown); `attempt` from 1."""
    if answer.kind is Kind.ANSWERED:
        return _answered(records, attempt, answer)
    if answer.kind is Kind.REFUSED:
        return _refused(records, was, attempt, answer)
    ruling = Ruling()
    if answer.kind is Kind.UNCLEAR:
        for record in records:
            ruling.settle(record, State.UNKNOWN, answer.message or NO_ANSWER)
        if attempt < ATTEMPTS:
            ruling.again.append(Again(records, State.UNKNOWN, attempt + 1, late=True))
        return ruling
    for record in records:  # nothing was taken: they are what they were
        ruling.settle(record, was)
    ruling.again.append(Again(records, was, attempt))
    return ruling


def _answered(records: Sequence[Record], attempt: int, answer: BatchAnswer) -> Ruling:
    ruling = Ruling()
    missing = []
    for record in records:
        if record.user_id in answer.confirmed:
            ruling.settle(record, State.CONFIRMED)
        elif record.user_id in answer.named:
            ruling.settle(record, State.REFUSED, answer.reasons.get(record.user_id) or NO_REASON)
        elif answer.accepted or record.user_id in answer.queued:
            ruling.settle(record, State.ACCEPTED)
        else:
            ruling.settle(record, State.UNKNOWN, NOT_NAMED)
            missing.append(record)
    if missing and attempt < ATTEMPTS:
        ruling.again.append(Again(missing, State.UNKNOWN, attempt + 1))
    return ruling


def _refused(records: Sequence[Record], was: State, attempt: int, answer: BatchAnswer) -> Ruling:
    ruling = Ruling()
    reason = answer.message or NO_REASON
    left = []
    for record in records:
        if record.user_id in answer.confirmed:
            ruling.settle(record, State.CONFIRMED)
        elif record.user_id in answer.named or len(records) == 1:
            ruling.settle(record, State.REFUSED, answer.reasons.get(record.user_id) or reason)
        else:
            ruling.settle(record, was)
            left.append(record)
    if len(left) == len(records):  # nobody is named: halve until the guilty rows stand alone
        half = (len(left) + 1) // 2
        ruling.again += [Again(left[:half], was, attempt), Again(left[half:], was, attempt)]
    elif left:
        ruling.again.append(Again(left, was, attempt))
    return ruling
