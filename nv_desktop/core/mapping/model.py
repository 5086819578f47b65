"""What a person decides about the columns of a file: to which field each goes, with which steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nv_desktop.core import fields, steps
from nv_desktop.core.countries import COUNTRIES
from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import FIELDS, USER_ID, Field, Level, Problem, Step, Type

EMPTY = ("leave", "clear")
DUPLICATES = ("stop", "last", "first", "merge")
TRIM: Step = {"step": "trim"}


@dataclass
class ColumnMap:
    """Where one column goes. A column that feeds several fields has several of these with one `index`.

    `target` is `userID`, a documented field, a custom attribute's name, or None for nowhere. `type`
    counts for custom attributes only. `reason` is the sentence that says why. `empty` says what an empty
    cell does: `leave` the stored value alone, or `clear` it (text only). `guessed`: the type was proposed
    from the first rows, so it gives way where a later cell would be lost in it. `exact`: the cells are values
    of the server, written as JSON, that go back to it as they stood there, whatever a field's rule says.
    """

    index: int
    header: str
    target: str | None = None
    type: Type | None = None
    reason: str = ""
    steps: list[Step] = dataclasses.field(default_factory=list)
    empty: str = "leave"
    guessed: bool = False
    exact: bool = False

    def field(self) -> Field | None:
        """The field that this column feeds, None when it goes nowhere."""
        if self.target is None:
            return None
        return fields.exact(self.target) if self.exact else fields.field_for(self.target, self.type)


def default_steps(target: str | None) -> list[Step]:
    """Trimming is on by default and shown, except for the userID (a blank is part of an ID)."""
    return [] if target in (None, USER_ID) else [dict(TRIM)]


@dataclass
class Mapping:
    """All columns of a file and what happens to the same userID twice (decision 5).

    `known` are the types that the account already uses for its attributes: they stay the same for ever.
    `notes` are Problems found while the mapping was made (a recipe's column that the file lacks …).
    """

    columns: list[ColumnMap]
    duplicates: str = "stop"
    known: dict[str, Type] = dataclasses.field(default_factory=dict)
    notes: list[Problem] = dataclasses.field(default_factory=list)

    def targets(self) -> dict[str, list[ColumnMap]]:
        """Target -> the columns that feed it."""
        found: dict[str, list[ColumnMap]] = {}
        for column in self.columns:
            if column.target is not None:
                found.setdefault(column.target, []).append(column)
        return found

    def problems(self) -> list[Problem]:
        """All that stands against this mapping as a whole; with an ERROR nothing can be sent."""
        found = list(self.notes)
        targets = self.targets()
        if USER_ID not in targets:
            found.append(_no_user_id(self, targets))
        for target, columns in targets.items():
            if len(columns) > 1:
                headers = " and ".join(f"“{column.header}”" for column in columns)
                label = fields.field_for(target).label
                found.append(
                    Problem("target_twice", f"{headers} go to the same field, {label}. Choose one of them.")
                )
        for column in self.columns:
            found.extend(_column_problems(column, self))
        if self.duplicates not in DUPLICATES:
            found.append(Problem("duplicates", f"“{self.duplicates}” is not a way to treat duplicates."))
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [dataclasses.asdict(column) for column in self.columns],
            "duplicates": self.duplicates,
            "known": dict(self.known),
            "notes": [dataclasses.asdict(note) for note in self.notes],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mapping:
        columns = [
            ColumnMap(**{**entry, "type": Type(entry["type"]) if entry["type"] else None})
            for entry in data["columns"]
        ]
        known = {name: Type(type_) for name, type_ in data.get("known", {}).items()}
        notes = [Problem(**{**note, "level": Level(note["level"])}) for note in data.get("notes", ())]
        return cls(columns, data["duplicates"], known, notes)


ANONYMOUS_WORDS = ("anonymous", "visitor", "cookie", "device", "distinct", "ga client", "session")


def _no_user_id(mapping: Mapping, targets: dict[str, list[ColumnMap]]) -> Problem:
    email = targets.get("email", [])
    if email:
        return Problem(
            "no_user_id",
            "No column is the user ID, without which nobody can be found. "
            f"The e-mail address (“{email[0].header}”) can be used as the user ID.",
            step={"step": "use_email_as_id"},
        )
    anonymous = [
        column.header
        for column in mapping.columns
        if any(word in column.header.casefold().replace("_", " ") for word in ANONYMOUS_WORDS)
    ]
    if anonymous:
        return Problem(
            "anonymous_only",
            f"“{anonymous[0]}” holds anonymous ids. Such profiles cannot be sent: the way to name them is "
            "not public, so each row needs a user ID.",
        )
    return Problem("no_user_id", "No column is the user ID, without which nobody can be found. Choose one.")


def _column_problems(column: ColumnMap, mapping: Mapping) -> Iterable[Problem]:
    field = column.field()
    if field is None:
        return
    if not field.documented:
        wrong = fields.check_name(field.name)
        if wrong:
            yield wrong
        known = mapping.known.get(field.name)
        if known is not None and known != field.type:
            yield Problem(
                "type_changed",
                f"“{field.name}” is {_kind(known)} in this account and its type stays the same for ever; "
                f"this mapping sends it as {_kind(field.type)}.",
            )
    if column.empty not in EMPTY or (column.empty == "clear" and not field.clearable):
        yield Problem("cannot_clear", f"An empty cell of “{column.header}” cannot clear {field.label}.")
    for step in column.steps:
        try:
            steps.make(step)
        except Rejected as error:
            yield Problem("step", str(error))
            continue
        if step["step"] == "join":
            headers = {_plain(other.header) for other in mapping.columns}
            for header in step["columns"]:
                if _plain(header) not in headers:
                    yield Problem("join_column", f"The file has no column “{header}” to join.")
        elif steps.asks(step):
            yield Problem("step_asks", f"“{column.header}”: {steps.describe(step)}.", Level.WARNING)


def _plain(header: str) -> str:
    return " ".join(header.casefold().split())


def _kind(type_: Type) -> str:
    return fields.TYPE_LABELS[type_].lower()


def use_email_as_id(mapping: Mapping) -> Mapping | None:
    """The mapping with the e-mail column feeding the userID too, or None where no column is the e-mail.

    The ID gets the same steps as the e-mail, so that both are the same text.
    """
    targets = mapping.targets()
    if USER_ID in targets or len(targets.get("email", [])) != 1:
        return None
    email = targets["email"][0]
    as_id = dataclasses.replace(
        email,
        target=USER_ID,
        reason="The e-mail address is used as the user ID.",
        steps=[dict(step) for step in email.steps],
        empty="leave",
    )
    return dataclasses.replace(mapping, columns=[as_id, *mapping.columns])


def with_country(mapping: Mapping, country: str) -> Mapping:
    """The mapping with a phone step of this country (ISO code such as `IN`) on each column of `mobile`.

    A column whose steps already name a country keeps it. `Rejected` for a code that is none.
    """
    code = country.strip().upper()
    if code not in COUNTRIES:
        raise Rejected(f"“{country}” is no country that phones have.", "Name it by two letters, such as IN.")
    step = steps.check({"step": "phone", "country": code})
    columns = []
    for column in mapping.columns:
        if column.target == "mobile" and not any(
            old["step"] == "phone" and old.get("country") for old in column.steps
        ):
            kept = [old for old in column.steps if old["step"] != "phone"]
            column = dataclasses.replace(column, steps=[*kept, dict(step)])
        columns.append(column)
    return dataclasses.replace(mapping, columns=columns)


def documented(name: str | None) -> bool:
    return name in FIELDS
