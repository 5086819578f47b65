"""Writing what a check found: verdicts, problems and their sentences, and what one follows from the other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nv_desktop.core.fields import Json, Level, Problem, Step
from nv_desktop.core.job import bulk
from nv_desktop.core.job.duplicates import ROW, SKIPPING, Finding
from nv_desktop.core.job.fold import fold_email, fold_id, key, keys

Verdict = tuple[int, str | None, int, int, int | None, int | None, int | None]  # a line of `verdicts`
Found = tuple[int, int, Problem]  # row, column, problem
KEYS = {"id": "id_key", "email": "email_key", "mobile": "mobile_key"}  # kind -> column of `verdicts`

SKIPPED = Problem("skipped_by_person", "Left out by you.", Level.NOTE)


class Converted(Protocol):
    """What judging needs of `core.mapping.Converted`."""

    user_id: str | None
    attributes: dict[str, Json]
    problems: list[tuple[int, Problem]]
    level: int


def judge(row: int, converted: Converted, skipped: bool) -> Verdict:
    """The verdict of one row for itself; duplicates come later. A skipped row meets no duplicate."""
    user_id = converted.user_id
    if user_id is None or skipped:
        return (row, user_id, 0, converted.level or int(skipped), None, None, None)
    email = converted.attributes.get("email")
    mobile = converted.attributes.get("mobile")
    return (
        row,
        user_id,
        int(converted.level < Level.ERROR),
        converted.level,
        key(fold_id(user_id)),
        key(fold_email(email)) if email else None,
        key(mobile) if mobile else None,
    )


@dataclass
class Results:
    """What is written in one go: each row's verdict, and all its problems (those that stand are dropped)."""

    verdicts: list[Verdict]
    found: list[Found]


class Survey(Protocol):
    """What judging many rows needs of `core.mapping.convert.Survey`."""

    user_ids: list[Json]
    values: dict[str, list[Json]]
    problems: dict[int, list[tuple[int, Problem]]]
    unclear: set[int]


def judge_many(rows: Sequence[int], survey: Survey) -> Results:
    """`judge` for the rows of a survey that are clear, with their problems."""
    unclear = survey.unclear
    if len(unclear) == len(rows):
        return Results([], [])
    user_ids = list(survey.user_ids)
    for place in unclear:
        user_ids[place] = None
    sends, levels = [1] * len(rows), [0] * len(rows)
    for place, each in survey.problems.items():
        levels[place] = level = int(max([problem.level for _, problem in each]))
        sends[place] = int(level < Level.ERROR)
    compared = [keys(user_ids, fold_id)]
    for kind, fold in (("email", fold_email), ("mobile", str)):
        values = survey.values.get(kind)
        compared.append(keys(values, fold) if values else [None] * len(rows))
    verdicts = list(zip(rows, user_ids, sends, levels, *compared, strict=True))
    if unclear:
        verdicts = [verdict for place, verdict in enumerate(verdicts) if place not in unclear]
    found = [
        (rows[place], col, problem)
        for place, each in survey.problems.items()
        if place not in unclear
        for col, problem in each
    ]
    return Results(verdicts, found)


class Sentences:
    """Keeps each sentence once. To be used by one writer, within one check."""

    _MOST = 20_000  # remembered; one that is forgotten is kept a second time, which harms nobody

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}
        self._new: dict[tuple[str, str], int] = {}

    def numbers(self, db: sqlite3.Connection, problems: Iterable[Problem]) -> list[int]:
        """The sentence's number for each problem, inside a transaction; `kept` must follow its COMMIT."""
        (last,) = db.execute("SELECT coalesce(max(id), 0) FROM sentences").fetchone()
        known, new, numbers = self._known, self._new, []
        lines: list[tuple[int, str, str | None]] = []
        new.clear()
        for problem in problems:
            name = (problem.code, problem.message)
            number = known.get(name) or new.get(name)
            if number is None:
                last += 1
                number = new[name] = last
                lines.append((last, problem.message, _step(problem.step)))
            numbers.append(number)
        db.executemany("INSERT INTO sentences VALUES (?, ?, ?)", lines)
        return numbers

    def kept(self) -> None:
        """The transaction is durable: its sentences may be used again."""
        if len(self._known) > self._MOST:
            self._known.clear()
        self._known.update(self._new)


def _step(step: Step | None) -> str | None:
    return None if step is None else json.dumps(step, ensure_ascii=False, sort_keys=True)


def write_results(
    db: sqlite3.Connection, results: Results, sentences: Sentences, before: dict[int, Verdict] | None = None
) -> None:
    """Verdicts of rows and their problems, inside a transaction.

    `before`: the verdicts that stand now. A line whose keys stay is not touched in the keys' indexes, which
    cost ten times as much as the line.
    """
    verdicts = results.verdicts
    if before:
        known = [(verdict, before.get(verdict[0])) for verdict in verdicts]
        verdicts = [new for new, old in known if old is None or old[4:] != new[4:]]
        db.executemany(
            "UPDATE verdicts SET user_id = ?, send = ?, level = ? WHERE row = ?",
            [
                (*new[1:4], new[0])
                for new, old in known
                if old is not None and old[4:] == new[4:] and old != new
            ],
        )
    bulk.insert(db, "INSERT OR REPLACE INTO verdicts", verdicts)
    _write_found(db, results.found, sentences)


def _write_found(db: sqlite3.Connection, found: Sequence[Found], sentences: Sentences) -> None:
    if not found:
        return
    numbers = sentences.numbers(db, (problem for _, _, problem in found))
    bulk.insert(
        db,
        "INSERT OR IGNORE INTO found",
        [
            (row, col, problem.code, number, int(problem.level))
            for (row, col, problem), number in zip(found, numbers, strict=True)
        ],
    )


def write_findings(db: sqlite3.Connection, findings: Sequence[Finding], sentences: Sentences) -> None:
    """What rows mean for each other, and their verdicts after it, inside a transaction."""
    _write_found(
        db, [(each.row, ROW, Problem(each.code, each.message, each.level)) for each in findings], sentences
    )
    db.executemany(
        "INSERT OR REPLACE INTO merged VALUES (?, ?)",
        [(each.row, each.into) for each in findings if each.into is not None],
    )
    db.executemany(_JUDGE_AGAIN, [(row,) for row in {each.row for each in findings}])


_SKIPS = ", ".join(f"'{code}'" for code in SKIPPING)
_JUDGE_AGAIN = f"""
    UPDATE verdicts SET
        level = (SELECT coalesce(max(f.level), 0) FROM found f WHERE f.row = verdicts.row),
        send = user_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM found f
            WHERE f.row = verdicts.row AND (f.level = {Level.ERROR:d} OR f.code IN ({_SKIPS})))
    WHERE row = ?"""


def judge_again(db: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Derive send and level of these rows from the problems that stand now."""
    db.executemany(_JUDGE_AGAIN, [(row,) for row in rows])
