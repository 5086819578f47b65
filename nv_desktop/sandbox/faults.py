"""The script of faults: which call is hit by which fault, by number or by chance.

A script is a JSON list of rules, for example a reset after a fifth of all writes, and one poisoned user:
[{"call": "user/create", "fault": "rst", "phase": "after_apply", "probability": 0.2},
 {"call": "*", "fault": "refuse_batch", "userIDs": ["poison"]}]
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nv_desktop.sandbox.fault_kinds import KINDS, FaultKind

BEFORE_READ, AFTER_READ, AFTER_APPLY, IN_ANSWER = "before_read", "after_read", "after_apply", "in_answer"
SELECTORS = ("at", "every", "probability", "after", "until", "times")
COMMON = ("call", "phase", "fault", *SELECTORS)


class ScriptError(ValueError):
    """The script of faults says something that this server does not know."""


@dataclass(slots=True)
class Rule:
    """One line of the script. Calls that match `call` are counted from 1, from the moment the script was set.

    `at` [n, …], `every` k and `probability` p choose calls (none of them: every call); `after` n = only
    calls later than the n-th, `until` n = up to and with the n-th, `times` n = acts n times at most.
    A call over the limit is counted, but answered by the limit alone.
    """

    kind: FaultKind
    call: str
    phase: str
    params: Mapping[str, Any]
    at: frozenset[int] = frozenset()
    every: int = 0
    probability: float | None = None
    after: int = 0
    until: int | None = None
    times: int | None = None
    seen: int = field(default=0, init=False)
    acted: int = field(default=0, init=False)

    def chosen(self, rng: random.Random) -> bool:
        """Count a call and tell whether it is hit."""
        self.seen += 1
        if self.seen <= self.after or (self.until is not None and self.seen > self.until):
            return False
        if self.probability is not None and rng.random() < self.probability:
            return True
        if self.seen in self.at or (self.every and self.seen % self.every == 0):
            return True
        return not self.at and not self.every and self.probability is None


class Script:
    """The rules in force, in order; the first that hits a call acts. Thread-safe; chance is seeded."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self._rng = random.Random(seed)  # noqa: S311  # chance that must be replayable
        self._rules: list[Rule] = []

    def replace(self, script: object) -> None:
        """Set the rules; counts and chance begin anew. Raises ScriptError and changes nothing."""
        if not isinstance(script, list):
            raise ScriptError("The script must be a list of rules")
        rules = [parse_rule(line) for line in script]
        with self._lock:
            self._rules = rules
            self._rng = random.Random(self._seed)  # noqa: S311  # as above

    def candidates(self, call: str) -> list[Rule]:
        """Count this call with every rule; those that hit it, in order."""
        with self._lock:
            matching = [rule for rule in self._rules if rule.call in ("*", call)]
            return [rule for rule in matching if rule.chosen(self._rng)]

    def act(self, candidates: Sequence[Rule], phases: Sequence[str], user_ids: Sequence[str]) -> Rule | None:
        """The first candidate of these phases that has turns left and concerns one of these users."""
        with self._lock:
            for rule in candidates:
                spent = rule.times is not None and rule.acted >= rule.times
                if rule.phase in phases and not spent and rule.kind.concerns(rule.params, user_ids):
                    rule.acted += 1
                    return rule
        return None

    def chance(self) -> random.Random:
        """A source of its own for one answer, drawn from the seed."""
        with self._lock:
            return random.Random(self._rng.random())  # noqa: S311  # as above


def parse_rule(line: object) -> Rule:
    """One rule of the script; raises ScriptError that says what is wrong."""
    if not isinstance(line, dict):
        raise ScriptError("A rule must be an object")
    name = line.get("fault")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ScriptError(f"Unknown fault {name!r}; known: {', '.join(KINDS)}")
    phase = line.get("phase", kind.phases[0])
    if phase not in kind.phases:
        raise ScriptError(f"{kind.name} acts in {', '.join(kind.phases)}, not in {phase!r}")
    given = {name: value for name, value in line.items() if name not in COMMON}
    try:
        params = kind.check(given)
        return Rule(kind, str(line.get("call", "*")), phase, params, **_selectors(line))
    except (TypeError, ValueError) as error:
        raise ScriptError(f"{kind.name}: {error}") from error


def _selectors(line: Mapping[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name in SELECTORS:
        if line.get(name) is None:
            continue
        value = line[name]
        if name == "at":
            chosen[name] = frozenset(
                int(number) for number in (value if isinstance(value, list) else [value])
            )
        else:
            chosen[name] = float(value) if name == "probability" else int(value)
    return chosen
