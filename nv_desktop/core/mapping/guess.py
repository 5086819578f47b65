"""Which column goes where, by header, neighbours and values; what has two readings is left open."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, TYPE_LABELS, USER_ID, Type
from nv_desktop.core.mapping import content, names
from nv_desktop.core.mapping.model import ColumnMap, Mapping, default_steps
from nv_desktop.core.mapping.names import Certainty, Reading
from nv_desktop.core.result_columns import ADDED


@dataclass
class _Column:
    """A column while it is guessed: what its header says, and what stands in the sample."""

    index: int
    header: str
    values: list[str]
    reading: Reading | None
    target: str | None = None
    reason: str = ""
    open: bool = False  # known to have two readings: nothing is sent until somebody chooses


def guess(
    header: Sequence[str], sample: Sequence[Sequence[str]], known: Dict[str, Type] | None = None
) -> Mapping:
    """The mapping proposed for a file; `sample` are its first rows (some 100), `known` the account's types.

    Never a wrong field rather than none: a header with two readings goes nowhere or stays a custom
    attribute, and its `reason` says why. Unknown headers become custom attributes. Raises nothing.
    """
    columns = [
        _Column(index, text, [row[index] for row in sample if index < len(row)], names.read(text))
        for index, text in enumerate(header)
    ]
    _by_neighbours(columns)
    _by_values(columns)
    _one_each(columns)
    types = dict(known or {})
    used: set[str] = set()
    return Mapping([_column_map(column, types, used) for column in columns], known=types)


_OTHER_THINGS = 2  # so many headers about orders make a bare “ID” doubtful

# --- neighbours: what “name” means depends on the columns beside it ---------------------------------------


def _by_neighbours(columns: list[_Column]) -> None:
    if sum(names.is_other_thing(column.header) for column in columns) >= _OTHER_THINGS:
        for column in columns:
            if column.reading and column.reading.certainty is Certainty.LONE:
                column.reading = Reading(
                    None, Certainty.LONE, "It may be the number of an order, not a user."
                )
    said = {column.reading.target for column in columns if column.reading}
    if ("?first" in said and said & {"?last", "last_name"}) or ("?last" in said and "first_name" in said):
        _resolve(columns, "?first", "first_name", "It stands beside a column for last names.")
        _resolve(columns, "?last", "last_name", "It stands beside a column for first names.")
        said |= {"first_name", "last_name"}
    for kind in ("?first", "?last"):
        _resolve(columns, kind, None, "It may be a name or something else.")
    if "?name_or_first" in said:
        beside = "last_name" in said or "?name_or_last" in said
        if beside and "first_name" not in said:
            _resolve(columns, "?name_or_first", "first_name", "The last name has a column of its own.")
            _resolve(columns, "?name_or_last", "last_name", "The first name has a column of its own.")
            said |= {"first_name", "last_name"}
    if "?name_or_last" in said and "first_name" in said and "last_name" not in said:
        _resolve(columns, "?name_or_last", "last_name", "The first name has a column of its own.")
        said.add("last_name")
    for column in columns:
        if column.reading and column.reading.target in ("?name", "?name_or_first", "?name_or_last"):
            column.reading = _whole_name(column, columns, said)


def _resolve(columns: list[_Column], kind: str, target: str | None, why: str) -> None:
    for column in columns:
        if column.reading and column.reading.target == kind:
            column.reading = Reading(target, Certainty.NEIGHBOUR, why)


def _whole_name(column: _Column, columns: list[_Column], said: set[str | None]) -> Reading:
    """`name` for a column that says so; beside first or last names only where the values prove it."""
    assert column.reading is not None
    if not said & {"first_name", "last_name"}:
        if column.reading.target == "?name_or_first" and _are_single_words(column.values):
            return Reading(None, Certainty.NEIGHBOUR, "It may be the first name or the whole name.")
        return Reading("name", column.reading.certainty)
    firsts = [other for other in columns if other.reading and other.reading.target == "first_name"]
    lasts = [other for other in columns if other.reading and other.reading.target == "last_name"]
    if len(firsts) == 1 and len(lasts) == 1 and _is_joined(column, firsts[0], lasts[0]):
        return Reading("name", Certainty.NEIGHBOUR, "Its values are first and last name together.")
    return Reading(None, Certainty.NEIGHBOUR, "Beside first or last names it may be either.")


def _are_single_words(values: Sequence[str]) -> bool:
    """Most are one word, in a script whose names are written apart (those have capitals)."""
    filled = content.filled(values)
    single = sum(len(text.split()) == 1 and text.upper() != text.lower() for text in filled)
    return bool(filled) and single >= 0.8 * len(filled)


def _is_joined(whole: _Column, first: _Column, last: _Column) -> bool:
    rows = [
        (a.casefold().split(), b.casefold().split() + c.casefold().split())
        for a, b, c in zip(whole.values, first.values, last.values, strict=False)
        if a.strip() and b.strip() and c.strip()
    ]
    return bool(rows) and sum(sorted(a) == sorted(b) for a, b in rows) >= 0.9 * len(rows)


# --- values: they can veto and prove ----------------------------------------------------------------------

_VETO = "The header says {label}, but the values do not look like it."


def _by_values(columns: list[_Column]) -> None:
    for column in columns:
        reading = column.reading
        if reading is None:
            continue
        if reading.target is None:
            column.open, column.reason = True, reading.why
            continue
        label = FIELDS[reading.target].label
        # A column under a field's own name is that field: wrong values are told cell by cell.
        own_name = column.header.strip().casefold() == reading.target.casefold()
        if not own_name and not content.fits(reading.target, column.values):
            column.reason = _VETO.format(label=label)
        elif reading.certainty is Certainty.PROVEN and not content.proves(reading.target, column.values):
            column.reason = f"The header may mean {label}, but not for certain."
        else:
            column.target = reading.target
            column.reason = reading.why or f"The header says {label}."


# --- one column for each field ----------------------------------------------------------------------------


def _one_each(columns: list[_Column]) -> None:
    for target in FIELDS:
        rivals = [column for column in columns if column.target == target]
        if len(rivals) < 2:
            continue
        best = max(_rank(column) for column in rivals)
        winners = [column for column in rivals if _rank(column) == best]
        for column in rivals:
            if column not in winners:
                column.target = None
                column.reason = f"“{winners[0].header}” is the {FIELDS[target].label}."
        if len(winners) > 1:
            _settle(target, winners)


def _rank(column: _Column) -> Certainty:
    assert column.reading is not None
    return column.reading.certainty


def _settle(target: str, rivals: list[_Column]) -> None:
    """Columns that are equally sure: the first where all hold the same, else none until somebody chooses."""
    first, *others = rivals
    filled = bool(content.filled(first.values))
    if filled and all(other.values == first.values for other in others):
        for other in others:
            other.target, other.open = None, True
            other.reason = f"It holds the same as “{first.header}”."
        return
    headers = " and ".join(f"“{column.header}”" for column in rivals)
    for column in rivals:
        column.target, column.open = None, True
        column.reason = f"{headers} can both be the {FIELDS[target].label}. Choose one."


# --- the rest: custom attributes --------------------------------------------------------------------------

_DOCUMENTED = frozenset(name.casefold() for name in FIELDS)
_SECRETS = frozenset(("password", "passwd", "pwd", "passwort", "kennwort", "contrasena", "senha", "passcode"))


def _column_map(column: _Column, known: Dict[str, Type], used: set[str]) -> ColumnMap:
    if column.header in ADDED:
        return ColumnMap(column.index, column.header, None, None, "Added by NV Desktop to a result workbook.")
    if column.target is not None:
        return ColumnMap(
            column.index, column.header, column.target, None, column.reason, default_steps(column.target)
        )
    name = column.header.strip()
    why = _nowhere(column, name, used)
    if why:
        return ColumnMap(column.index, column.header, None, None, why)
    used.add(name.casefold())
    type_ = known.get(name)
    guessed = type_ is None
    if type_ is not None:
        reason = f"Known in this account as {TYPE_LABELS[type_].lower()}."
    else:
        type_ = content.propose_type(name, column.values)
        reason = f"A custom attribute, as {TYPE_LABELS[type_].lower()}."
    if column.reason:
        reason = f"{column.reason} {reason}"
    return ColumnMap(column.index, column.header, name, type_, reason, default_steps(name), guessed=guessed)


def _nowhere(column: _Column, name: str, used: set[str]) -> str:
    """Why a column without a field is not a custom attribute either; empty when it is one."""
    if column.open:
        return column.reason
    if not name or name.casefold().startswith("unnamed:"):
        return "The column has no header."
    wrong = fields.check_name(name)
    if wrong:
        return wrong.message
    if name.casefold() in _DOCUMENTED:
        return column.reason or f"“{name}” is the name of a field."
    if name.casefold() in used:
        return f"Another column is called “{name}” too."
    if _SECRETS & set(names.tokens(name)):
        return "A password has no place in a profile."
    if name.casefold() == USER_ID.casefold():
        return column.reason
    return ""
