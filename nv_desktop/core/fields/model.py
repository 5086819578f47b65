"""The shapes every rule speaks in: Problem, Parsed, Field, and the types of values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

Json = Any  # str | int | float | bool | None | list | dict, as json reads and writes it
Step = dict[str, Any]  # {"step": NAME, …}: one entry of a recipe, see core.steps


class Level(IntEnum):
    """How much a Problem weighs: a row with an ERROR is not sent, one with a WARNING is."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Type(StrEnum):
    """What a value is on the wire. The seven custom types; documented fields are TEXT on the wire."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
    JSON = "json"


TYPE_LABELS: dict[Type, str] = {
    Type.TEXT: "Text",
    Type.INTEGER: "Whole number",
    Type.NUMBER: "Number",
    Type.BOOLEAN: "Yes / no",
    Type.DATE: "Date",
    Type.LIST: "List of texts",
    Type.JSON: "JSON object",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one value. `code` is stable; `step` is the proposed mend for the whole column.

    A step may still ask something: an option that is None (`{"step": "phone", "country": None}`) must be
    said by a person first, see `core.steps.asks`.
    """

    code: str
    message: str
    level: Level = Level.ERROR
    step: Step | None = None


class Parsed(NamedTuple):
    """What a text became: `value` as it would be sent, None where an ERROR stands among `problems`.

    A named tuple, since one is made for each of millions of cells.
    """

    value: Json
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return all(problem.level < Level.ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `name` as on the wire, `label` for people, `parse` its rule (a text, never empty)."""

    name: str
    label: str
    type: Type
    parse: Callable[[str], Parsed]
    documented: bool = True
    choices: tuple[tuple[str, str], ...] = ()  # (value, word for people)
    clearable: bool = False  # "" may be sent (decision 6: text only)
    plain: re.Pattern[str] | None = (
        None  # what it matches in full, `parse` returns as it stands: spares the call
    )


def bad(code: str, message: str, step: Step | None = None) -> Parsed:
    return Parsed(None, (Problem(code, message, Level.ERROR, step),))


def doubt(value: Json, code: str, message: str, step: Step | None = None) -> Parsed:
    return Parsed(value, (Problem(code, message, Level.WARNING, step),))


def shown(text: str) -> str:
    """The text as a sentence can carry it: short, control characters made visible."""
    visible = text[:60]
    if not visible.isprintable():
        visible = "".join(char if char.isprintable() else f"⟨U+{ord(char):04X}⟩" for char in visible)
    return visible + ("…" if len(text) > 60 else "")


def text_of(value: Json) -> str:
    """The text that `parse` turns back into this value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def same_value(one: Json, other: Json) -> bool:
    """Whether both are the same to a server that answers 1 as "1"; nothing is the same as an empty text."""
    return text_of(one) == text_of(other)
