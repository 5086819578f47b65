"""One user's profile, and the Draft in which a person changes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, USER_ID, Field, Json, Level, Parsed, Problem, Type


@dataclass(frozen=True)
class Profile:
    """A profile as the server told it: `attributes` by their wire names, `fetched_at` in seconds since 1970.

    A new profile that is only being written has no attributes and `fetched_at` 0.
    """

    user_id: str
    attributes: Mapping[str, Json] = field(default_factory=dict)
    fetched_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One staged change. `before` None: the profile does not have this attribute; `after` "" clears it."""

    name: str
    label: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that was changed here and, meanwhile, on the server: three values. None: not there."""

    name: str
    label: str
    before: Json
    mine: Json
    now: Json


class Draft:
    """A profile being edited: the original, the text typed into each field, and what follows from them.

    Nothing here calls the server. `known_types` are the custom attributes' types of the account: a type
    stays the same for ever. A new profile is a Draft of an empty Profile with `is_new`.
    """

    def __init__(
        self, profile: Profile, known_types: Mapping[str, str] | None = None, *, is_new: bool = False
    ) -> None:
        self.profile = profile
        self.is_new = is_new
        self._known_types = dict(known_types or {})
        self._texts: dict[str, str] = {}  # only those that differ from the original
        self._added: dict[str, Type] = {}
        self._new_id = profile.user_id
        self._undo: list[tuple[str, str | None, str | None]] = []  # field, text before, text after
        self._redo: list[tuple[str, str | None, str | None]] = []

    # --- what is there ---

    @property
    def user_id(self) -> str:
        """The userID as typed (new) or as it is."""
        return self._new_id if self.is_new else self.profile.user_id

    def names(self) -> list[str]:
        """The documented fields, then the custom attributes by name, then those added here."""
        documented = [name for name in FIELDS if name != USER_ID]
        custom = sorted(name for name in self.profile.attributes if name not in FIELDS)
        return documented + custom + [name for name in self._added if name not in custom]

    def field(self, name: str) -> Field:
        """The field of this name with the type it has in this account, in this profile, or was added with."""
        if name in FIELDS:
            return FIELDS[name]
        if name in self._added:
            return fields.custom(name, self._added[name])
        if name in self._known_types:
            return fields.custom(name, Type(self._known_types[name]))
        return fields.custom(name, fields.type_of(self.profile.attributes.get(name)))

    def original(self, name: str) -> str:
        """The text that stands for the server's value; "" where there is none."""
        return fields.text_of(self.profile.attributes.get(name))

    def text(self, name: str) -> str:
        """The text as it stands in the form."""
        return self._texts.get(name, self.original(name))

    # --- editing ---

    def set(self, name: str, text: str) -> tuple[Problem, ...]:
        """Type a text into a field (or the userID of a new profile); gives what is to be said about it."""
        before = self._stored(name)
        self._store(name, text)
        after = self._stored(name)
        if before != after:
            self._undo.append((name, before, after))
            self._redo.clear()
        return self.problems_of(name)

    def add(self, name: str, type_: Type = Type.TEXT) -> Problem | None:
        """Add a custom attribute to the form, or say why not; an account's known type is kept."""
        problem = fields.check_name(name)
        if problem:
            return problem
        if name in FIELDS or name in self.profile.attributes or name in self._added:
            return Problem("name_twice", f"The profile has “{name}” already.")
        self._added[name] = Type(self._known_types.get(name, type_))
        return None

    def take_back(self, name: str) -> None:
        """Give a field its original text again."""
        self.set(name, self.profile.user_id if name == USER_ID else self.original(name))

    def undo(self) -> str | None:
        """Take the last edit back; gives the field's name, None when there is nothing to undo."""
        return self._step(self._undo, self._redo)

    def redo(self) -> str | None:
        """Make the last undone edit again; gives the field's name."""
        return self._step(self._redo, self._undo)

    def _step(
        self,
        source: list[tuple[str, str | None, str | None]],
        other: list[tuple[str, str | None, str | None]],
    ) -> str | None:
        if not source:
            return None
        name, before, after = source.pop()
        other.append((name, after, before))
        self._put(name, before)
        return name

    def _stored(self, name: str) -> str | None:
        return self._new_id if name == USER_ID else self._texts.get(name)

    def _put(self, name: str, text: str | None) -> None:
        if name == USER_ID:
            self._new_id = text or ""
        elif text is None:
            self._texts.pop(name, None)
        else:
            self._texts[name] = text

    def _store(self, name: str, text: str) -> None:
        if name == USER_ID:
            if self.is_new:
                self._new_id = text
        else:
            self._put(name, None if text == self.original(name) else text)

    # --- what follows ---

    def _parsed(self, name: str) -> Parsed:
        text = self._texts[name]
        if text:
            return fields.parse(self.field(name), text)
        if name not in self.profile.attributes:
            return Parsed(None)
        if self.field(name).clearable:
            return Parsed("")
        return Parsed(
            None,
            (
                Problem(
                    "not_clearable",
                    f"{self.field(name).label} can be changed, but not emptied: the API has no way to do it.",
                ),
            ),
        )

    def problems_of(self, name: str) -> tuple[Problem, ...]:
        """What is to be said about one field as it stands. An original value is never complained about."""
        if name == USER_ID:
            if not self.is_new:
                return ()
            if not self._new_id.strip():
                return (Problem("id_blank", "A new profile needs a user ID, which cannot be changed later."),)
            return fields.parse(FIELDS[USER_ID], self._new_id).problems
        return self._parsed(name).problems if name in self._texts else ()

    def problems(self) -> dict[str, tuple[Problem, ...]]:
        """Every field about which something is to be said, the userID of a new profile first."""
        found = {name: self.problems_of(name) for name in (USER_ID, *self._texts)}
        return {name: problems for name, problems in found.items() if problems}

    @property
    def can_save(self) -> bool:
        """Whether there is something to save and nothing against it."""
        errors = [problem for each in self.problems().values() for problem in each]
        return self.is_changed and all(problem.level < Level.ERROR for problem in errors)

    @property
    def is_changed(self) -> bool:
        """Whether closing the form would lose something."""
        return bool(self._texts) or (self.is_new and bool(self._new_id))

    def changes(self) -> list[Change]:
        """What differs from the original and can be sent, in the order of the form."""
        found = []
        for name in self.names():
            if name not in self._texts:
                continue
            parsed = self._parsed(name)
            before = self.profile.attributes.get(name)
            if parsed.ok and parsed.value is not None:
                found.append(Change(name, self.field(name).label, before, parsed.value))
        return found

    def attributes(self) -> dict[str, Json]:
        """What would be sent: only what changed."""
        return {change.name: change.after for change in self.changes()}

    def conflicts(self, fresh: Profile) -> list[Conflict]:
        """The changed fields that somebody else has changed as well since the original was read."""
        found = []
        for change in self.changes():
            now = fresh.attributes.get(change.name)
            if not same(now, change.before) and not same(now, change.after):
                found.append(Conflict(change.name, change.label, change.before, change.after, now))
        return found

    def rebased(self, fresh: Profile, mine: Collection[str]) -> Draft:
        """The same edits on a fresh reading; of conflicting fields only those in `mine` keep the edit."""
        against = {conflict.name for conflict in self.conflicts(fresh)} - set(mine)
        draft = Draft(fresh, self._known_types)
        draft._added = dict(self._added)
        for name, text in self._texts.items():
            if name not in against:
                draft.set(name, text)
        return draft


def same(one: Json, other: Json) -> bool:
    """Whether two values say the same: 1 and "1" do (opt-ins come back either way), 1 and true do not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | str) and isinstance(other, int | str):
        return str(one) == str(other)
    return bool(one == other)
