"""What rows that may speak of the same person mean for each other: the rules, without the database.

The same userID twice: identical rows, the first is kept; differing rows are all stopped until the person
says which wins. Look-alike IDs, and one e-mail or mobile under two IDs, are warned of: the platform may
merge them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from nv_desktop.core.fields import Level
from nv_desktop.core.job.fold import difference

ROW = -1  # the column of a problem that belongs to the whole row

ID_CODES = (
    "duplicate_differs",
    "duplicate_kept",
    "duplicate_same",
    "duplicate_last",
    "duplicate_first",
    "duplicate_merge",
    "duplicate_merged",
    "duplicate_merge_error",
    "id_similar",
)
SHARED_CODES = {"email": "email_shared", "mobile": "mobile_shared"}
CODES: dict[str, tuple[str, ...]] = {  # what is compared -> the codes that come of it
    "id": ID_CODES,
    "email": (SHARED_CODES["email"],),
    "mobile": (SHARED_CODES["mobile"],),
}
ALL_CODES = ID_CODES + tuple(SHARED_CODES.values())
SKIPPING = (  # a row with one of these is not sent, though nothing is wrong with it
    "skipped_by_person",
    "duplicate_same",
    "duplicate_last",
    "duplicate_first",
    "duplicate_merge",
)


@dataclass(slots=True)
class Member:
    """A row that shares something with another: `same` is equal for rows that would send the same."""

    row: int
    number: int
    user_id: str
    same: int
    error: bool  # it has an ERROR of its own


@dataclass(slots=True)
class Finding:
    """A problem of one row; `into` is the row that it is sent with."""

    row: int
    code: str
    level: Level
    message: str
    into: int | None = None


def same_ids(members: Sequence[Member], rule: str) -> Iterator[Finding]:
    """The findings of rows whose IDs fold to the same; `rule` is stop, last, first or merge."""
    exact: dict[str, list[Member]] = {}
    for member in members:
        exact.setdefault(member.user_id, []).append(member)
    for same in exact.values():
        if len(same) > 1:
            yield from _exact(same, rule)
    if len(exact) > 1:
        yield from _similar(members, exact)


def _exact(same: list[Member], rule: str) -> Iterator[Finding]:
    """Every row of the group gets a finding: by it the group is known when one of them is edited."""
    first, last = same[0], same[-1]
    if all(member.same == first.same for member in same):
        yield _kept(first, len(same) - 1, "the same")
        for member in same[1:]:
            fate = "has an error" if first.error else "is sent"
            yield _skip(member, "duplicate_same", f"The same as row {first.number:,}, which {fate}.")
    elif rule == "last":
        for member in same[:-1]:
            sentence = f"Row {last.number:,} has the same user ID and comes last, so it {_counts(last)}."
            yield _skip(member, "duplicate_last", sentence)
        yield _kept(last, len(same) - 1, "for the same user ID")
    elif rule == "first":
        yield _kept(first, len(same) - 1, "for the same user ID")
        for member in same[1:]:
            sentence = f"Row {first.number:,} has the same user ID and comes first, so it {_counts(first)}."
            yield _skip(member, "duplicate_first", sentence)
    elif rule == "merge":
        yield from _merge(same)
    else:
        yield from _stopped(same)


def _counts(member: Member) -> str:
    return "counts instead, but has an error: mend that first" if member.error else "is sent instead"


def _kept(member: Member, others: int, how: str) -> Finding:
    rows = f"{others:,} other row{'s' if others > 1 else ''}"
    sentence = f"{'Stands' if member.error else 'Sent'} in place of {rows} {how}."
    return Finding(member.row, "duplicate_kept", Level.NOTE, sentence)


def _stopped(same: list[Member]) -> Iterator[Finding]:
    for member in same:
        other = same[1] if member is same[0] else same[0]
        more = f" and {len(same) - 2:,} more have" if len(same) > 2 else " has"
        sentence = (
            f"Row {other.number:,}{more} the same user ID and other values. "
            "Choose whether the first, the last or a merge of them is sent."
        )
        yield Finding(member.row, "duplicate_differs", Level.ERROR, sentence)


def _merge(same: list[Member]) -> Iterator[Finding]:
    last = same[-1]
    harmed = next((member for member in same if member.error), None)
    for member in same[:-1]:
        part = "Sent as part of" if harmed is None else "It belongs to"
        sentence = f"{part} row {last.number:,}, which has the same user ID."
        yield Finding(member.row, "duplicate_merge", Level.NOTE, sentence, last.row)
    if harmed is not None and harmed is not last:
        sentence = f"It is sent together with row {harmed.number:,}, which has an error: mend that first."
        yield Finding(last.row, "duplicate_merge_error", Level.ERROR, sentence)
    else:
        numbers = ", ".join(f"{member.number:,}" for member in same[:-1][:5])
        more = f" and {len(same) - 6:,} more" if len(same) > 6 else ""
        row = "row" if len(same) == 2 else "rows"
        sentence = f"The values of {row} {numbers}{more} are sent with it; later values win."
        yield Finding(last.row, "duplicate_merged", Level.NOTE, sentence)


def _skip(member: Member, code: str, message: str) -> Finding:
    return Finding(member.row, code, Level.NOTE, message)


def _similar(members: Sequence[Member], exact: dict[str, list[Member]]) -> Iterator[Finding]:
    one, two = (same[0] for same in list(exact.values())[:2])
    said = {user_id: _similar_sentence(user_id, two if user_id == one.user_id else one) for user_id in exact}
    for member in members:
        yield Finding(member.row, "id_similar", Level.WARNING, said[member.user_id])


def _similar_sentence(user_id: str, other: Member) -> str:
    return (
        f"The user ID looks like “{other.user_id}” in row {other.number:,}; "
        f"they differ only by {difference(user_id, other.user_id)}. They are two people to the platform."
    )


_NAMES = {"email": "e-mail address", "mobile": "mobile number"}


def shared(members: Sequence[Member], kind: str) -> Iterator[Finding]:
    """The findings of rows with the same e-mail or mobile (`kind`), where their user IDs differ."""
    one = members[0]
    two = next((member for member in members if member.user_id != one.user_id), None)
    if two is None:
        return
    for member in members:
        other = two if member.user_id == one.user_id else one
        sentence = (
            f"The same {_NAMES[kind]} stands in row {other.number:,} under another user ID; "
            "the platform may take both for one person."
        )
        yield Finding(member.row, SHARED_CODES[kind], Level.WARNING, sentence)


def groups(
    keyed: Iterable[tuple[int, str, Member]],
) -> Iterator[list[Member]]:
    """The members that share a value: of (key, value, member) ordered by key, since keys can collide."""
    for _, together in groupby(keyed, key=lambda item: item[0]):
        by_value: dict[str, list[Member]] = {}
        for _, value, member in together:
            by_value.setdefault(value, []).append(member)
        yield from (members for members in by_value.values() if len(members) > 1)
