"""Taking an import back: a new job that writes the old values again, where nobody has changed them since.

A profile is changed back as a whole or not at all: if somebody changed one of the values that the import
wrote, all of it is left alone and listed. What the import added cannot be removed by this API, only cleared;
profiles that it created can only be deleted. Both are listed.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from nv_desktop.core.errors import AppError, Rejected, Stopped
from nv_desktop.core.fields import (
    FIELDS,
    USER_ID,
    Field,
    Json,
    Type,
    field_for,
    parse,
    same_value,
    text_of,
    type_of,
)
from nv_desktop.core.job import Job, create, open_job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.mapping import ColumnMap
from nv_desktop.core.mapping import Mapping as Columns
from nv_desktop.core.sheet import Row
from nv_desktop.core.upload.calls import Looker
from nv_desktop.core.upload.consent import AGREED
from nv_desktop.core.upload.safety import Kept, Snapshots, read_one

READERS = 8  # look-ups on their way at once
_AT_ONCE = 200
WRITTEN = (State.CONFIRMED, State.ACCEPTED, State.UNKNOWN)

Values = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that somebody changed after the import: the whole profile is left alone. None: not there."""

    user_id: str
    name: str
    before: Json
    ours: Json
    now: Json


@dataclass
class Undo:
    """What taking back would do. `job` (checked, ready to be sent) holds `back` rows; None: there are none.

    `added`: attribute → in how many profiles the import was the first to set it. `created`: users that were
    not there before. `kept`: rows without kept old values. `same`: profiles that are as before already.
    """

    job: Job | None = None
    back: int = 0
    same: int = 0
    kept: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    added: Counter[str] = field(default_factory=Counter)
    created: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def untouched(self) -> set[str]:
        """Users whose profile is left alone because of a conflict."""
        return {conflict.user_id for conflict in self.conflicts}


def prepare_undo(
    job: Job,
    client: Looker,
    folder: Path,
    clock: Callable[[], float],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    stop: threading.Event | None = None,
) -> Undo:
    """Read every profile that the import wrote (at the limit's pace) and make the job that takes it back.

    Raises Rejected when no old values were kept, Stopped, and what a look-up raises; no job is left then.
    """
    halt = stop or threading.Event()
    before = _old_values(job)
    if not before:
        raise Rejected(
            "This import kept no old values, so it cannot be taken back.",
            "Choose “keep all old values” before sending the next one.",
        )
    undo, rows, seen = Undo(), list[tuple[str, dict[str, Json]]](), list[Kept]()
    written = _written(job)
    undo.kept = sum(user not in before for user in written)
    asked = [user for user in written if user in before]
    with ThreadPoolExecutor(READERS, "undo look-up") as pool:
        for start in range(0, len(asked), _AT_ONCE):
            users = asked[start : start + _AT_ONCE]
            found = pool.map(lambda user: read_one(client, user, halt, clock()), users)
            for user, now in zip(users, found, strict=True):
                if halt.is_set():
                    raise Stopped("Taking back was stopped; nothing was changed.")
                back = compare(undo, user, before[user].attributes, written[user], now.attributes)
                if back:
                    rows.append((user, back))
                    seen.append(
                        replace(now, attributes={name: (now.attributes or {}).get(name) for name in back})
                    )
            progress(start + len(users), len(asked))
    undo.back = len(rows)
    if rows:
        undo.job = _make_job(job, folder, rows, seen)
    return undo


def note_undone(job: Job) -> None:
    """The import that this one takes back, if it takes one back, says so from now on. Raises AppError."""
    undoes = job.meta("source", {}).get("undoes")
    if not undoes:
        return
    try:
        other = open_job(job.path.with_name(f"{undoes}{job.path.suffix}"))
    except AppError:
        return  # deleted from this computer meanwhile: there is nothing to say it on
    try:
        other.set_meta("undone_by", job.id)
    finally:
        other.close()


def compare(
    undo: Undo, user: str, before: Values | None, ours: Values, now: Values | None
) -> dict[str, Json]:
    """Judge one profile; what is to be written back ({}: nothing), everything else is noted in `undo`."""
    if now is None:
        undo.gone.append(user)
        return {}
    if before is None:
        undo.created.append(user)
        return {}
    back: dict[str, Json] = {}
    conflicts = []
    for name, sent in ours.items():
        old, current = before.get(name), now.get(name)
        if same_value(current, old):
            continue
        if not same_value(current, sent):
            conflicts.append(Conflict(user, name, old, sent, current))
        elif old is None or (old == "" and not field_for(name).clearable):
            undo.added[name] += 1
        else:
            back[name] = old
    if conflicts:
        undo.conflicts += conflicts
        return {}
    undo.same += not back
    return back


def _old_values(job: Job) -> dict[str, Kept]:
    snapshots = Snapshots(job)
    try:
        return {kept.user_id: kept for kept in snapshots.all()}
    finally:
        snapshots.close()


def _written(job: Job) -> dict[str, dict[str, Json]]:
    """User → what the import sent, for rows that were or may have been written."""
    states = ",".join(str(int(state)) for state in WRITTEN)
    rows = [
        row for (row,) in job.db.execute(f"SELECT row FROM ledger WHERE state IN ({states}) ORDER BY row")
    ]
    found: dict[str, dict[str, Json]] = {}
    for start in range(0, len(rows), _AT_ONCE):
        for _, _, converted in job.iter_converted(rows[start : start + _AT_ONCE]):
            if converted.user_id is not None:
                found.setdefault(converted.user_id, {}).update(converted.attributes)
    return found


def _make_job(job: Job, folder: Path, rows: list[tuple[str, dict[str, Json]]], seen: Sequence[Kept]) -> Job:
    """`seen`: what the profiles hold now in the fields that go back; see `guarding`."""
    names = list(dict.fromkeys(name for _, back in rows for name in back))
    source = job.meta("source", {})
    undo = create(
        folder, {"name": f"Undo of {source.get('name', job.id)}", "format": "undo", "undoes": job.id}
    )
    columns = [*_columns(rows, names)]
    undo.start_reading([USER_ID, *names])
    undo.add_rows(_cells(rows, columns))
    undo.finish_reading()
    undo.set_mapping(Columns([_column(0, USER_ID, ()), *columns]))
    undo.set_meta("account", job.meta("account"))
    undo.set_meta("sent_with", job.meta("sent_with"))
    undo.set_meta(AGREED, True)  # an opt-in that the import took away comes back: that is what was asked for
    undo.check()
    snapshots = Snapshots(undo)
    try:
        snapshots.keep_all(seen)
    finally:
        snapshots.close()
    return undo


def _cells(rows: list[tuple[str, dict[str, Json]]], columns: Sequence[ColumnMap]) -> Iterator[Row]:
    for number, (user, back) in enumerate(rows, 2):
        yield Row(number, [user, *(_cell(back, column) for column in columns)])


def _cell(back: dict[str, Json], column: ColumnMap) -> str:
    value = back.get(column.header)
    return json.dumps(value, ensure_ascii=False) if column.exact and value is not None else text_of(value)


def _columns(rows: list[tuple[str, dict[str, Json]]], names: list[str]) -> Iterator[ColumnMap]:
    for index, name in enumerate(names, 1):
        yield _column(index, name, [back[name] for _, back in rows if name in back])


def _column(index: int, name: str, values: Sequence[Json]) -> ColumnMap:
    """No steps: an old value goes back as it was, blanks included. Where its text would not become it again
    by the rules for a file (an older value that they refuse, types that differ), it stands there as JSON."""
    type_ = None if name in FIELDS else common_type(type_of(value) for value in values)
    column = ColumnMap(index, name, name, type_, "As it was before the import.", [])
    field = field_for(name, type_)
    if all(_comes_back(field, value) for value in values):
        return column
    return replace(column, type=None, exact=True)


def _comes_back(field: Field, value: Json) -> bool:
    text = text_of(value)
    if not text:  # an empty cell would leave the field alone
        return False
    parsed = parse(field, text)
    if field.documented:  # a number among them is sent as its text
        return parsed.ok and same_value(parsed.value, value)
    return parsed.ok and json.dumps(parsed.value) == json.dumps(value)


def common_type(types: Iterable[Type]) -> Type:
    """The type that all these values can be written as."""
    found = set(types)
    if len(found) == 1:
        return found.pop()
    return Type.NUMBER if found <= {Type.INTEGER, Type.NUMBER} and found else Type.TEXT
