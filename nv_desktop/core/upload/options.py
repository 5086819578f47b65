"""What a person, a setting or the window's other parts tell the engine before it starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from nv_desktop.core.upload.consent import Consent
from nv_desktop.core.upload.record import Record
from nv_desktop.core.upload.safety import Safety

WINDOW = 16  # calls on their way at once
WINDOW_MOST = 32
DAY = 86_400.0
KIND, IMPORT, DELETE = "kind", "import", "delete"  # in the document: what its rows are for
READ_BACK_MOST = 500  # one minute of look-ups

# User IDs of those given that another job or a person here has written since the moment (seconds since 1970).
WrittenSince = Callable[[Sequence[str], float], Collection[str]]
# Row -> when (seconds since 1970) exactly this record was confirmed; rows that must be sent are absent.
Unchanged = Callable[[Sequence[Record]], Mapping[int, float]]


class OldUnknown(StrEnum):
    """What to do with rows that have been unknown for more than a day."""

    SETTLE = "settle"  # read them back where they are at most READ_BACK_MOST, else ask
    SEND = "send"
    LEAVE = "leave"


def _nobody(_users: Sequence[str], _since: float) -> Collection[str]:
    return ()


def _forget(_types: dict[str, str]) -> None:
    return None


@dataclass(frozen=True)
class UploadOptions:
    """How to send.

    `trial`: send only so many rows, then end (Stage.TRIAL); a run that is broken off before goes on
    to them, the next run after the end sends the rest. `attended`: a pause waits in `run` for
    `go_on`; without, `run` returns and a new `run` goes on. `safety`: old values kept before they are
    overwritten. `settle`: seconds from the start of a call after which it can no longer be applied (the
    deadline of a call). `written_since` is asked at the start of a run about rows of unknown outcome,
    `changed_by_hand` about each that goes out again in it. `stop_within`: seconds that `stop` waits for
    answers. `exclude`: users to leave out. `unchanged` (see `core.upload.earlier`): rows to leave out.
    `consent`: tells whose consent must not be raised. `types_used` hears which custom attributes, of
    which type, the server confirmed. `insist`: the person has said go on to whatever is refused.
    """

    window: int = WINDOW
    trial: int | None = None
    attended: bool = True
    insist: bool = False
    safety: Safety = Safety.NONE
    settle: float = 60.0
    stop_within: float = 8.0
    old_unknown: OldUnknown = OldUnknown.SETTLE
    written_since: WrittenSince = _nobody
    changed_by_hand: WrittenSince = _nobody
    types_used: Callable[[dict[str, str]], None] = _forget
    unchanged: Unchanged | None = None
    consent: Consent | None = None
    exclude: Collection[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not 1 <= self.window <= WINDOW_MOST:
            raise ValueError(f"window must be 1 to {WINDOW_MOST}")
