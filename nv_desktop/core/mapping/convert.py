"""From the cells of a row to what would be sent: the mapping compiled to one memo for each column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from nv_desktop.core import fields, steps
from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import USER_ID, Json, Level, Problem, Step
from nv_desktop.core.mapping.model import ColumnMap, Mapping
from nv_desktop.core.steps import phones

Hazard = tuple[int, Problem]

MEMO_MOST = 32_768  # distinct texts that a column remembers: about 5 MB


@dataclass(slots=True)
class Converted:
    """One row as it would be sent. `level` is the highest of its problems, 0 without; ERROR: not sent.

    Lists and objects in `attributes` may be shared between rows: never change them in place.
    """

    user_id: str | None
    attributes: dict[str, Json] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    level: int = 0


@dataclass(slots=True)
class Survey:
    """Many rows by their places: the userID of each, target -> the value of each (None: nothing is sent).

    `problems` stand at the places that have some, as `convert` gives them. `unclear` are the places that
    `convert` must be asked about; of these the rest says nothing.
    """

    user_ids: list[Json]
    values: dict[str, list[Json]]
    problems: dict[int, list[tuple[int, Problem]]]
    unclear: set[int]


class _Special:
    """A memo's entry that is not simply a value: nothing to send, or problems, or both."""

    __slots__ = ("empty", "problems", "send", "value")

    def __init__(
        self, value: Json, send: bool, problems: tuple[Problem, ...] = (), empty: bool = False
    ) -> None:
        self.value = value
        self.send = send
        self.problems = problems
        self.empty = empty


def _lines(pattern: re.Pattern[str]) -> Callable[[str, int], re.Match[str]]:
    """Matches, from a place on, as many whole lines as the pattern takes: a tenth of a call for each."""
    match = re.compile(rf"(?:(?:{pattern.pattern})\n)*+", pattern.flags).match
    return cast(Callable[[str, int], re.Match[str]], match)  # no line is a match, too


class _Memo(dict[str, Json]):
    """text -> value or _Special of one column, worked out when a text is met first; bounded."""

    def __init__(self, column: ColumnMap, rows: Callable[[], int]) -> None:
        super().__init__()
        target = column.field()
        if target is None:
            raise ValueError("a column that goes nowhere has no memo")
        self._field = target
        self._rule = target.parse
        self._plain = target.plain.fullmatch if target.plain else None
        self._steps = column.steps
        self._function = steps.compose(column.steps) if column.steps else None
        self._rows = rows
        self._room = MEMO_MOST
        trims = all(step == {"step": "trim"} for step in column.steps)
        self._plain_lines = _lines(target.plain) if target.plain and trims else None
        self.plain = True  # no text but the blank one had a special entry so far
        self.blank = _Special("", column.empty == "clear" and target.clearable, empty=True)
        self[""] = self.blank

    def __missing__(self, text: str) -> Json:
        ready = self._function(text) if self._function else text
        if not ready:
            return self.blank
        if self._plain and self._plain(ready):
            if self._room:
                self._remember(text, ready)
            return ready
        # Only a text that begins so can be spreadsheet damage: the others spare a call.
        value, problems = fields.parse(self._field, ready) if ready[0] in "#E" else self._rule(ready)
        if problems:
            value = self._special(text, value, problems)
        if self._room:
            self._remember(text, value)
        elif len(self) < MEMO_MOST // 8:  # where texts hardly repeat, the unusual ones may
            self[text] = value
        return value

    def entries(self, texts: Sequence[str]) -> list[Json]:
        """`self[text]` of each. Where texts hardly repeat, the usual ones are known by their pattern."""
        if self._plain_lines is None or self._room:
            return list(map(self.__getitem__, texts))
        together = "\n".join(texts) + "\n"
        if together.count("\n") != len(texts):
            return list(map(self.__getitem__, texts))
        found: list[Json] = list(texts)
        place = start = 0
        while (end := self._plain_lines(together, start).end()) < len(together):
            place += together.count("\n", start, end)
            found[place] = self[texts[place]]  # the first that the pattern does not take
            start = end + len(texts[place]) + 1
            place += 1
        return found

    def all_plain(self, entries: Sequence[Json]) -> bool:
        """Whether none of these is special: mostly known without a look at each."""
        return self.plain and self.blank not in entries

    def _special(self, text: str, value: Json, problems: tuple[Problem, ...]) -> _Special:
        self.plain = False
        send = all(problem.level < Level.ERROR for problem in problems)
        return _Special(value, send, tuple(_still(problem, text, self._steps) for problem in problems))

    def _remember(self, text: str, entry: Json) -> None:
        self[text] = entry
        self._room -= 1
        if not self._room and self._rows() < MEMO_MOST * 1.25:  # hardly a text came twice: memory for nothing
            self.clear()
            self[""] = self.blank


def _still(problem: Problem, text: str, done: Sequence[Step]) -> Problem:
    """The problem of a text that the column's steps did not mend: a step taken is not offered again."""
    step = problem.step
    if step is None:
        return problem
    for taken in done:
        if taken["step"] != step["step"]:
            continue
        if step["step"] == "phone" and taken.get("country"):
            place = phones.country_name(taken["country"])
            return Problem(
                "mobile_plan",
                f"“{fields.shown(text)}” cannot be a number in {place}, nor does it begin with + "
                "and the code of another country.",
                problem.level,
            )
        if taken == step:
            return Problem(problem.code, problem.message, problem.level)
    return problem


_NO_ID = Problem("id_blank", "The row has no user ID, so nobody could be found by it.")
_ONLY_ID = Problem(
    "no_attributes", "The row has a user ID and nothing else: it would only create the profile.", Level.NOTE
)


class Converter:
    """Turns rows into what would be sent. One converter for one file; not to be shared between threads."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self._id_index = -1
        self._id_memo: _Memo | None = None
        self._columns: list[tuple[int, str, _Memo]] = []
        self._joins: list[tuple[int, tuple[int, ...], str]] = []  # (place to put it, columns, separator)
        self._sources: dict[int, tuple[int, ...]] = {}  # mapped column -> columns whose hazards concern it
        self._padded: set[int] = set()
        self._width = len(header)
        self._rows = 0
        for column in mapping.columns:
            self._add(column, header)

    def _row_count(self) -> int:
        return self._rows

    def _add(self, column: ColumnMap, header: Sequence[str]) -> None:
        if column.target is None:
            return
        place = column.index
        joined = next((step for step in column.steps if step["step"] == "join"), None)
        if joined is not None:
            sources = _joined_columns(joined, header)
            place = self._width + len(self._joins)
            self._joins.append((place, sources, joined["sep"]))
            for source in sources:
                self._sources.setdefault(source, ())
        self._sources.setdefault(column.index, ())
        if any(step["step"] == "pad" for step in column.steps):
            self._padded.add(column.index)
        if column.target == USER_ID:
            self._id_index, self._id_memo = place, _Memo(column, self._row_count)
        else:
            self._columns.append((place, column.target, _Memo(column, self._row_count)))

    def convert(self, cells: Sequence[str], hazards: Iterable[Hazard] = ()) -> Converted:
        """What a row's texts become. `cells` are as wide as the header; `hazards` come from the reading."""
        if self._joins:
            cells = self._with_joined(cells)
        self._rows += 1
        attributes: dict[str, Json] = {}
        problems: list[tuple[int, Problem]] = []
        for index, name, memo in self._columns:
            value = memo[cells[index]]
            if value.__class__ is _Special:
                if value.send:
                    attributes[name] = value.value
                for problem in value.problems:
                    problems.append((index, problem))
            else:
                attributes[name] = value
        user_id = self._user_id(cells, problems)
        if hazards:
            problems = self._with_hazards(cells, hazards, problems, attributes)
        if not attributes and not problems:
            problems.append((-1, _ONLY_ID))
        if not problems:
            return Converted(user_id, attributes, problems, 0)
        if self._joins:
            problems = [(self._real(index), problem) for index, problem in problems]
        return Converted(user_id, attributes, problems, max(problem.level for _, problem in problems))

    def _user_id(self, cells: Sequence[str], problems: list[tuple[int, Problem]]) -> str | None:
        if self._id_memo is None:
            problems.insert(0, (-1, _NO_ID))
            return None
        value = self._id_memo[cells[self._id_index]]
        if value.__class__ is not _Special:
            return str(value)
        if value.empty:
            problems.insert(0, (self._id_index, _NO_ID))
            return None
        problems[:0] = [(self._id_index, problem) for problem in value.problems]
        return str(value.value) if value.send else None

    def survey(self, columns: Sequence[Sequence[str]]) -> Survey:
        """Many rows at once, given column by column, several times as fast as one by one.

        It says of a row nothing but what `convert` says; hazards are not asked for.
        """
        count = len(columns[0]) if columns else 0
        if self._joins or self._id_memo is None or not self._columns:
            return Survey([None] * count, {}, {}, set(range(count)))
        self._rows += count
        found = Survey([], {}, {}, set())
        bare: set[int] | None = None  # places where no column so far sends anything
        for index, name, memo in self._columns:
            column = found.values[name] = memo.entries(columns[index])
            unsent = set() if memo.all_plain(column) else _unravel(column, index, found.problems)
            bare = unsent if bare is None else bare & unsent
        found.user_ids = self._id_memo.entries(columns[self._id_index])
        unnamed = {row for row, each in enumerate(found.user_ids) if each.__class__ is _Special}
        found.unclear = unnamed | (bare or set())
        return found

    # --- the rarer ways: joined columns, hazards ----------------------------------------------------------

    def _with_joined(self, cells: Sequence[str]) -> list[str]:
        wide = list(cells)
        for _, sources, separator in self._joins:
            wide.append(separator.join(text for source in sources if (text := cells[source].strip())))
        return wide

    def _real(self, place: int) -> int:
        """The column of the file that a problem is shown at: a joined text stands at its first source."""
        return self._joins[place - self._width][1][0] if place >= self._width else place

    def _with_hazards(
        self,
        cells: Sequence[str],
        hazards: Iterable[Hazard],
        problems: list[tuple[int, Problem]],
        attributes: dict[str, Json],
    ) -> list[tuple[int, Problem]]:
        """Problems and hazards of the mapped columns; damage takes the value and the rule's own words away.

        A cell whose text the steps have turned into “empty” (a person said that `#N/A` means nothing) is
        done with: its hazard does not count.
        """
        damaged: set[int] = set()
        found: list[tuple[int, Problem]] = []
        for index, problem in hazards:
            if index != -1 and (index not in self._sources or self._declared_empty(index, cells)):
                continue
            if problem.code == "number_format" and index in self._padded:
                continue  # the zeros that only the format showed are there now
            if problem.code == "number_format" and problem.level is Level.WARNING and index == self._id_index:
                problem = _id_not_as_shown(problem)
            if index != -1 and problem.level >= Level.ERROR:
                damaged.add(index)
            found.append((index, problem))
        if damaged:
            for index, name, _ in self._columns:
                if self._places(index) & damaged:
                    attributes.pop(name, None)
            problems = [entry for entry in problems if not self._places(entry[0]) & damaged]
        return problems + found

    def _places(self, index: int) -> set[int]:
        return set(self._joins[index - self._width][1]) if index >= self._width else {index}

    def _declared_empty(self, index: int, cells: Sequence[str]) -> bool:
        if not cells[index]:
            return False
        memos = [memo for place, _, memo in self._columns if place == index]
        if self._id_index == index and self._id_memo is not None:
            memos.append(self._id_memo)
        entries = [memo[cells[index]] for memo in memos]
        return bool(entries) and all(entry.__class__ is _Special and entry.empty for entry in entries)


def _id_not_as_shown(problem: Problem) -> Problem:
    """42 shown as 00042 would be another person: whoever knows which is meant must say so."""
    remedy = "Say which is the user ID: fill the column up with zeros, or store its cells as text."
    return Problem(problem.code, f"{problem.message} {remedy}", Level.ERROR, problem.step)


def _unravel(column: list[Json], index: int, problems: dict[int, list[tuple[int, Problem]]]) -> set[int]:
    """Put plain values in the place of special entries; the places where nothing is sent."""
    unsent: set[int] = set()
    kinds = list(map(type, column))
    row = -1
    for _ in range(kinds.count(_Special)):
        row = kinds.index(_Special, row + 1)
        entry = cast(_Special, column[row])
        column[row] = entry.value if entry.send else None
        if not entry.send:
            unsent.add(row)
        if entry.problems:
            problems.setdefault(row, []).extend([(index, problem) for problem in entry.problems])
    return unsent


def _joined_columns(step: Step, header: Sequence[str]) -> tuple[int, ...]:
    places = {" ".join(text.casefold().split()): index for index, text in reversed(list(enumerate(header)))}
    found = []
    for name in step["columns"]:
        place = places.get(" ".join(name.casefold().split()))
        if place is None:
            raise BadFile(f"The file has no column “{name}” to join.", "Correct the step of that column.")
        found.append(place)
    return tuple(found)


def compile(mapping: Mapping, header: Sequence[str]) -> Converter:
    """The converter of a mapping for a file with this header. `BadFile` where a step names no column of it,
    `Rejected` where a step is none. Ask `mapping.problems()` before: they are not asked for here."""
    return Converter(mapping, header)
