"""A mapping kept under a name, by the headers and not by their places, to be used on the next file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nv_desktop.core import steps
from nv_desktop.core.errors import BadFile, Rejected
from nv_desktop.core.fields import FIELDS, Level, Problem, Step, Type
from nv_desktop.core.files import atomic_write
from nv_desktop.core.mapping.model import DUPLICATES, EMPTY, ColumnMap, Mapping, default_steps

VERSION = 1
LARGEST = 1 << 20  # bytes: a recipe is a page of text
_KEYS = frozenset(("target", "type", "steps", "empty"))
Entry = dict[str, Any]  # {"target", "type", "steps", "empty"}; what is absent stays as guessed


def plain(header: str) -> str:
    """A header as recipes compare it: case and blanks do not count."""
    return " ".join(header.casefold().split())


def numbered(headers: Sequence[str]) -> list[tuple[str, int]]:
    """Each header with its place among the equal ones: the second `Email` is (`email`, 1)."""
    seen: Counter[str] = Counter()
    found = []
    for header in headers:
        name = plain(header)
        found.append((name, seen[name]))
        seen[name] += 1
    return found


def signature(header: Sequence[str]) -> str:
    """The same for files with the same headers in any order: by it a recipe is proposed again."""
    names = sorted(f"{name}\t{place}" for name, place in numbered(header))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


@dataclass
class Recipe:
    """`columns` are (header, entries): several entries where one column feeds several fields.

    A header that stands twice in a file is listed twice. Columns of a file that the recipe does not name
    are mapped by the guess, unless `others` is `nowhere`.
    """

    name: str
    columns: list[tuple[str, list[Entry]]]
    duplicates: str = "stop"
    others: str = "guess"
    header: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, mapping: Mapping, name: str = "") -> Recipe:
        """The recipe that gives this mapping again for a file with the same headers."""
        columns: dict[int, tuple[str, list[Entry]]] = {}
        for column in sorted(mapping.columns, key=lambda column: column.index):
            entry: Entry = {"target": column.target}
            if column.target is not None:
                if column.target not in FIELDS:
                    entry["type"] = (column.type or Type.TEXT).value
                entry["steps"] = column.steps
                entry["empty"] = column.empty
            columns.setdefault(column.index, (column.header, []))[1].append(entry)
        kept = list(columns.values())
        return cls(name, kept, mapping.duplicates, header=[header for header, _ in kept])

    @property
    def signature(self) -> str:
        return signature([header for header, _ in self.columns])

    def apply(self, header: Sequence[str], guess: Mapping) -> Mapping:
        """The mapping of a file with this header: the recipe where it speaks, the guess elsewhere."""
        entries = dict(zip(numbered([name for name, _ in self.columns]), self.columns, strict=True))
        taken = {
            entry["target"] for _, many in self.columns for entry in many if entry.get("target") is not None
        }
        columns: list[ColumnMap] = []
        guessed: dict[int, list[ColumnMap]] = {}
        for column in guess.columns:
            guessed.setdefault(column.index, []).append(column)
        for index, (text, key) in enumerate(zip(header, numbered(header), strict=True)):
            before = guessed.get(index) or [ColumnMap(index, text)]
            found = entries.pop(key, None)
            if found is None:
                columns.extend(self._not_named(column, taken) for column in before)
            else:
                columns.extend(self._named(before[0], entry) for entry in found[1])
        notes = guess.notes + [_missing(name) for name, _ in entries.values()]
        return replace(guess, columns=columns, duplicates=self.duplicates, notes=notes)

    def _named(self, guessed: ColumnMap, entry: Entry) -> ColumnMap:
        target = entry.get("target", guessed.target)
        type_ = guessed.type if target == guessed.target else None
        if "type" in entry:
            type_ = Type(entry["type"]) if entry["type"] else None
        if target in FIELDS or target is None:
            type_ = None
        elif type_ is None:
            type_ = Type.TEXT
        open_type = guessed.guessed and target == guessed.target and "type" not in entry
        chosen: list[Step] = entry.get("steps", default_steps(target))
        reason = f"The recipe “{self.name}” says so." if self.name else "The recipe says so."
        return ColumnMap(
            guessed.index,
            guessed.header,
            target,
            type_,
            reason,
            [dict(step) for step in chosen],
            entry.get("empty", "leave"),
            guessed=open_type,
        )

    def _not_named(self, guessed: ColumnMap, taken: set[str]) -> ColumnMap:
        if guessed.target is None or (self.others == "guess" and guessed.target not in taken):
            return guessed
        reason = (
            "The recipe gives this field to another column."
            if guessed.target in taken
            else "The recipe does not name this column."
        )
        return replace(guessed, target=None, type=None, steps=[], empty="leave", reason=reason)

    # --- the file ----------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Columns by header; as a list of pairs where a header stands twice, since JSON has no such names."""
        pairs = [(name, entries[0] if len(entries) == 1 else entries) for name, entries in self.columns]
        names = [name for name, _ in self.columns]
        columns: Any = dict(pairs) if len(set(names)) == len(names) else pairs
        data = {"nv_recipe": VERSION, "name": self.name, "columns": columns, "duplicates": self.duplicates}
        return data if self.others == "guess" else {**data, "others": self.others}

    @classmethod
    def from_json(cls, data: object) -> Recipe:
        """The recipe that `to_json` wrote, or that a person wrote by hand; `BadFile` where it is none."""
        if not isinstance(data, dict) or data.get("nv_recipe") is None:
            raise BadFile("This is not a recipe of NV Desktop.", 'A recipe begins with {"nv_recipe": 1, …}.')
        if data["nv_recipe"] != VERSION:
            raise BadFile(
                f"The recipe has the version {data['nv_recipe']!r}, which this program does not know.",
                "Update the program, or save the recipe again.",
            )
        unknown = set(data) - {"nv_recipe", "name", "columns", "duplicates", "others"}
        if unknown:
            raise _bad(f"It has an unknown part “{min(unknown)}”.")
        columns = data.get("columns", {})
        pairs = list(columns.items()) if isinstance(columns, dict) else columns
        if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
            raise _bad("Its columns are not given by header.")
        duplicates, others = data.get("duplicates", "stop"), data.get("others", "guess")
        if duplicates not in DUPLICATES:
            raise _bad(f"Duplicates can be {', '.join(DUPLICATES)}, not “{duplicates}”.")
        if others not in ("guess", "nowhere"):
            raise _bad(f"Other columns can be “guess” or “nowhere”, not “{others}”.")
        name = data.get("name", "")
        checked = [(header, _entries(header, given)) for header, given in pairs]
        return cls(name if isinstance(name, str) else "", checked, duplicates, others)

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """The recipe in a file; `BadFile` with a sentence where it cannot be read or is none."""
        try:
            if path.stat().st_size > LARGEST:
                raise BadFile(f"“{path.name}” is too large to be a recipe.", "Choose another file.")
            data = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_unique)
        except OSError as error:
            raise BadFile(
                f"The recipe “{path.name}” cannot be read: {error.strerror}.", "Check the path."
            ) from error
        except (ValueError, RecursionError) as error:
            raise BadFile(
                f"“{path.name}” is not a recipe: it is no valid JSON ({error}).", "Choose another file."
            ) from error
        recipe = cls.from_json(data)
        return recipe if recipe.name else replace(recipe, name=path.name.removesuffix(".json"))

    def save(self, path: Path) -> None:
        """Put the recipe in place of `path`, readable by this person only. Raises BadFile."""
        atomic_write(path, f"{json.dumps(self.to_json(), ensure_ascii=False, indent=1)}\n".encode())


def _bad(reason: str) -> BadFile:
    return BadFile(f"The recipe cannot be used. {reason}", "Correct the recipe, or save it again.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"“{twice[0]}” stands twice")
    return dict(pairs)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[0], str)


def _entries(header: str, given: object) -> list[Entry]:
    many = given if isinstance(given, list) else [given]
    entries = [entry for entry in many if isinstance(entry, dict)]
    if not entries or len(entries) != len(many):
        raise _bad(f"What it says about “{header}” is not a column's entry.")
    for entry in entries:
        _check_entry(header, entry)
    return entries


def _check_entry(header: str, entry: Entry) -> None:
    unknown = set(entry) - _KEYS
    if unknown:
        raise _bad(f"The column “{header}” has an unknown part “{min(unknown)}”.")
    target = entry.get("target")
    if target is not None and (not isinstance(target, str) or not target):
        raise _bad(f"The target of “{header}” is not a field's name.")
    type_ = entry.get("type")
    if type_ is not None and type_ not in list(Type):
        raise _bad(f"The type of “{header}” can be {', '.join(Type)}, not “{type_}”.")
    if entry.get("empty", "leave") not in EMPTY:
        raise _bad(f"An empty cell of “{header}” can be “leave” or “clear”.")
    given = entry.get("steps", [])
    if not isinstance(given, list):
        raise _bad(f"The steps of “{header}” are not a list.")
    for step in given:
        try:
            steps.make(step)
        except Rejected as error:
            raise _bad(f"“{header}”: {error.message} {error.remedy}") from error


def _missing(header: str) -> Problem:
    return Problem(
        "recipe_column", f"The recipe names a column “{header}” that this file does not have.", Level.WARNING
    )
