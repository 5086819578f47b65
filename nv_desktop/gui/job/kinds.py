"""The words of a job by its kind: an import sends rows, a list of users deletes profiles. One table each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nv_desktop.core.job import Filter, PageRow
from nv_desktop.core.job.ledger import State
from nv_desktop.core.job.listing import Listed
from nv_desktop.gui.job.wording import LOOKS, Look


@dataclass(frozen=True, slots=True)
class Kind:
    """A filter of the result: its chip, which rows, which of the numbers it shows."""

    key: str
    words: str
    wanted: Filter


@dataclass(frozen=True, slots=True)
class Words:
    """`unit`: what a row is called. `a_call`: how many of them a call takes. `going`, `noun` and `begun`:
    while it runs. `arrived`: the end of “12 of 40 rows …”. `states` and `running`: a sentence under each
    number, at rest and on the way. `kinds`: the chips of the result."""

    unit: str
    of: str
    a_call: int
    going: str
    noun: str
    begun: str
    arrived: str
    looks: Mapping[State, Look]
    states: Mapping[str, str]
    running: Mapping[str, str]
    kinds: tuple[Kind, ...]

    def count(self, number: int) -> str:
        """ "1 row", "1,204 users"."""
        return f"{number:,} {self.unit}{'' if number == 1 else 's'}"

    def behind(self, number: int, kinds: Mapping[str, int]) -> str:
        """What stands under the number of rows left out. `kinds`: rows of each chip."""
        if there := kinds.get("not_there", 0):
            return f"{there:,} not there" + (f", {number - there:,} by the check" if number > there else "")
        duplicates = kinds.get("duplicates", 0)
        return f"{duplicates:,} of them duplicates" if duplicates else self.states["skipped"]

    def look(self, row: PageRow) -> Look:
        """How the state of one row looks."""
        state = State.UNKNOWN if row.state is State.SENDING else row.state or State.NOT_SENT
        if self.a_call == 1 and state is State.SKIPPED and row.send:
            return NOT_THERE
        return self.looks[state]


NOT_THERE = replace(LOOKS[State.SKIPPED], word="Not there", icon="user-minus")


IMPORT = Words(
    unit="row",
    of="your file",
    a_call=100,
    going="Sending to",
    noun="Sending",
    begun="Sending began",
    arrived="are in",
    looks=LOOKS,
    states={
        "confirmed": "named in the answer",
        "accepted": "taken, not named one by one",
        "refused": "can be fixed below",
        "unknown": "no clear answer yet",
        "not_sent": "wait to be sent",
        "skipped": "by the check, or by you",
    },
    running={
        "confirmed": "named in the answer",
        "accepted": "taken, not named one by one",
        "refused": "each with its reason",
        "unknown": "sent again later",
    },
    kinds=(
        Kind("refused", "Refused", Filter(state=State.REFUSED)),
        Kind("unknown", "Unknown", Filter(state=State.UNKNOWN)),
        Kind("not_sent", "Not sent", Filter(state=State.NOT_SENT)),
        Kind("left_out", "Left out", Filter(state=State.SKIPPED)),
        Kind("duplicates", "Duplicates", Filter(state=State.SKIPPED, duplicates=True)),
        Kind("accepted", "Accepted", Filter(state=State.ACCEPTED)),
        Kind("confirmed", "Confirmed", Filter(state=State.CONFIRMED)),
    ),
)

DELETE = Words(
    unit="user",
    of="your list",
    a_call=1,
    going="Deleting from",
    noun="Deleting",
    begun="Deleting began",
    arrived="are deleted",
    looks={
        **LOOKS,
        State.CONFIRMED: replace(LOOKS[State.CONFIRMED], word="Deleted"),
        State.ACCEPTED: replace(LOOKS[State.ACCEPTED], word="Deleted soon"),
        State.NOT_SENT: replace(LOOKS[State.NOT_SENT], word="Not deleted"),
    },
    states={
        "confirmed": "the server said so",
        "accepted": "taken, not applied yet",
        "refused": "they are still there",
        "unknown": "no clear answer yet",
        "not_sent": "wait to be deleted",
        "skipped": "not touched",
    },
    running={
        "confirmed": "the server said so",
        "accepted": "taken, not applied yet",
        "refused": "each with its reason",
        "unknown": "looked at again later",
    },
    kinds=(
        Kind("refused", "Refused", Filter(state=State.REFUSED)),
        Kind("unknown", "Unknown", Filter(state=State.UNKNOWN)),
        Kind("not_sent", "Not deleted", Filter(state=State.NOT_SENT)),
        Kind("not_there", "Not there", Filter(state=State.SKIPPED, send=True)),
        Kind("left_out", "Left out", Filter(state=State.SKIPPED, send=False)),
        Kind("duplicates", "Duplicates", Filter(state=State.SKIPPED, send=False, duplicates=True)),
        Kind("accepted", "Deleted soon", Filter(state=State.ACCEPTED)),
        Kind("confirmed", "Deleted", Filter(state=State.CONFIRMED)),
    ),
)

KEYS = tuple(dict.fromkeys(kind.key for kind in (*IMPORT.kinds[:3], *DELETE.kinds[3:4], *IMPORT.kinds[3:])))
"""Every chip that there is, in the order in which they stand."""


def words_of(line: Listed) -> Words:
    return DELETE if line.deletes else IMPORT
