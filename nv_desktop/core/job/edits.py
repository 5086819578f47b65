"""Edits of cells, and of the mapping, as actions that can be taken back: across restarts, set by set.

An edit is first worked out in a temporary table (`change`), which locks nobody out; one transaction then
keeps what stood there, writes the cells and marks the rows dirty. 400,000 replaced cells are one action.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Json
from nv_desktop.core.job import remapping
from nv_desktop.core.job.check import SENT
from nv_desktop.core.job.document import Document

SKIP = -1  # the column under which leaving a row out is kept: "1" left out, "0" not


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did. `recheck`: the mapping changed, so the whole document must be checked again."""

    label: str
    cells: int
    recheck: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """An action that can be undone (or redone, when `undone`). `at` in seconds since 1970."""

    id: int
    label: str
    at: float
    undone: bool


def actions(db: sqlite3.Connection) -> list[Action]:
    """All actions, the oldest first."""
    found = db.execute("SELECT id, label, at, undone FROM actions WHERE undone < 2 ORDER BY id")
    return [Action(number, label, at, bool(undone)) for number, label, at, undone in found]


# --- working out the change -----------------------------------------------------------------------------


def clear_change(db: sqlite3.Connection) -> None:
    """An empty `change` for the next edit."""
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS change (col INTEGER, row INTEGER, after TEXT, "
        "PRIMARY KEY (col, row)) WITHOUT ROWID"
    )
    db.execute("DELETE FROM temp.change")


def add_cells(db: sqlite3.Connection, cells: Iterable[tuple[int, int, str]]) -> None:
    """Put (column, row, text) into `change`; the last text for a cell counts."""
    try:
        db.executemany("INSERT OR REPLACE INTO temp.change VALUES (?, ?, ?)", cells)
    except UnicodeEncodeError as error:
        raise Rejected("The text holds half a character, which cannot be kept.", "Type it again.") from error


# --- doing --------------------------------------------------------------------------------------------


def perform(document: Document, label: Callable[[int], str], skip_sent: bool = False) -> Done:
    """Carry out `change` as one action; `label` gets the number of cells that really change.

    Rows that were sent: left out with `skip_sent`, otherwise the whole action is refused (Rejected).
    """
    with document.transaction() as db:
        if skip_sent:
            db.execute(f"DELETE FROM temp.change WHERE row IN ({SENT})")
        else:
            refuse_sent(db, "SELECT row FROM temp.change")
        action = _new_action(db)
        columns = [col for (col,) in db.execute("SELECT DISTINCT col FROM temp.change").fetchall()]
        cells = sum(_write_column(db, action, col) for col in columns)
        return _finish(document, db, action, label, cells)


def _write_column(db: sqlite3.Connection, action: int, col: int) -> int:
    keep = (
        "INSERT INTO edits SELECT ?, ?, t.row, {now} FROM temp.change t JOIN rows r ON r.id = t.row "
        "WHERE t.col = ? AND t.after IS NOT {now}"
    )
    now = "CAST(EXISTS (SELECT 1 FROM skips s WHERE s.row = t.row) AS TEXT)" if col == SKIP else f"r.c{col}"
    changed = db.execute(keep.format(now=now), (action, col, col)).rowcount
    if col == SKIP:
        _write_skips(db, action, "SELECT after FROM temp.change t WHERE t.col = -1 AND t.row = e.row")
    else:
        db.execute(
            f"UPDATE rows SET c{col} = (SELECT after FROM temp.change t WHERE t.col = ? AND t.row = rows.id) "
            "WHERE id IN (SELECT row FROM edits WHERE action = ? AND col = ?)",
            (col, action, col),
        )
    return changed


def _write_skips(db: sqlite3.Connection, action: int, wanted: str) -> None:
    rows = f"SELECT e.row FROM edits e WHERE e.action = ? AND e.col = -1 AND ({wanted}) = ?"
    db.execute(f"DELETE FROM skips WHERE row IN ({rows})", (action, "0"))
    db.execute(f"INSERT OR IGNORE INTO skips {rows}", (action, "1"))


def _new_action(db: sqlite3.Connection) -> int:
    """A new action, in the place of those that were undone once it turns out to change something."""
    number = db.execute("INSERT INTO actions (label, at) VALUES ('', ?)", (time.time(),)).lastrowid
    assert number is not None
    return number


def _finish(
    document: Document, db: sqlite3.Connection, action: int, label: Callable[[int], str], cells: int
) -> Done:
    words = label(cells)
    if cells:
        _end_redo(db, action)
        db.execute("UPDATE actions SET label = ? WHERE id = ?", (words, action))
        _touch(document, db, action)
    else:
        db.execute("DELETE FROM actions WHERE id = ?", (action,))
    return Done(words, cells)


def _touch(document: Document, db: sqlite3.Connection, action: int) -> None:
    db.execute("INSERT OR IGNORE INTO dirty SELECT row FROM edits WHERE action = ?", (action,))
    (revision,) = db.execute("SELECT coalesce(max(value), '0') FROM meta WHERE key = 'revision'").fetchone()
    document.write_meta(db, "revision", int(revision) + 1)


def refuse_sent(db: sqlite3.Connection, rows: str, values: Sequence[object] = ()) -> None:
    """Raise Rejected when one of these rows (a statement that selects them) was handed to the server."""
    (sent,) = db.execute(f"SELECT count(DISTINCT row) FROM ({rows}) WHERE row IN ({SENT})", values).fetchone()
    if sent:
        which = "This row has" if sent == 1 else f"{sent:,} of these rows have"
        raise Rejected(
            f"{which} been sent, so what was sent stays as it is.", "Change the profile under People instead."
        )


def _end_redo(db: sqlite3.Connection, action: int) -> None:
    """What was undone before this action can no longer be redone; it goes with the next check."""
    db.execute("UPDATE actions SET undone = 2 WHERE undone = 1 AND id < ?", (action,))


def forget_overwritten(db: sqlite3.Connection) -> None:
    """Drop the actions that can neither be undone nor redone, inside a transaction."""
    db.execute("DELETE FROM edits WHERE action IN (SELECT id FROM actions WHERE undone = 2)")
    db.execute("DELETE FROM actions WHERE undone = 2")


def change_mapping(document: Document, label: str, mapping: Json) -> Done:
    """Put this mapping (JSON) in the place of the one there is, as an action. Raises Rejected (rows were
    sent)."""
    with document.transaction() as db:
        remapping.refuse_when_sent(db)
        before = remapping.stored(db)
        if before == mapping:
            return Done(label, 0)
        action = _new_action(db)
        _end_redo(db, action)
        kept = remapping.kept(before, mapping)
        db.execute("UPDATE actions SET label = ?, mapping = ? WHERE id = ?", (label, kept, action))
        document.write_meta(db, "mapping", mapping)
    return Done(label, 0, recheck=True)


# --- undoing --------------------------------------------------------------------------------------------


_LAST_DONE = "SELECT max(id) FROM actions WHERE undone = 0"
_FIRST_UNDONE = "SELECT min(id) FROM actions WHERE undone = 1"


def undo(document: Document) -> Done | None:
    """Take the last action back; None when there is none. Raises Rejected when its rows have been sent."""
    return _turn(document, _LAST_DONE, undone=1)


def redo(document: Document) -> Done | None:
    """Do the action again that was undone last; None when there is none."""
    return _turn(document, _FIRST_UNDONE, undone=0)


def turn_cells(db: sqlite3.Connection, *, back: bool) -> int:
    """How many cells the next undo (`back`) or redo holds."""
    which = _LAST_DONE if back else _FIRST_UNDONE
    return int(db.execute(f"SELECT count(*) FROM edits WHERE action = ({which})").fetchone()[0])


def _turn(document: Document, which: str, undone: int) -> Done | None:
    with document.transaction() as db:
        while True:
            (action,) = db.execute(which).fetchone()
            if action is None:
                return None
            (label, remaps) = db.execute(
                "SELECT label, mapping IS NOT NULL FROM actions WHERE id = ?", (action,)
            ).fetchone()
            if not remaps or remapping.turn(document, db, action, undone):
                break
            db.execute("UPDATE actions SET undone = 2 WHERE id = ?", (action,))  # decided anew since
        refuse_sent(db, "SELECT row FROM edits WHERE action = ?", (action,))
        found = db.execute("SELECT DISTINCT col FROM edits WHERE action = ?", (action,)).fetchall()
        cells = sum(_swap(db, action, col) for (col,) in found)
        db.execute("UPDATE actions SET undone = ? WHERE id = ?", (undone, action))
        _touch(document, db, action)
    return Done(f"{'Undone' if undone else 'Done again'}: {label}", cells, recheck=bool(remaps))


def _swap(db: sqlite3.Connection, action: int, col: int) -> int:
    """What stands in the cells changes places with what stands in the action."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS swap (row INTEGER PRIMARY KEY, now TEXT)")
    db.execute("DELETE FROM temp.swap")
    now = "CAST(EXISTS (SELECT 1 FROM skips s WHERE s.row = e.row) AS TEXT)" if col == SKIP else f"r.c{col}"
    cells = db.execute(
        f"INSERT INTO temp.swap SELECT e.row, {now} FROM edits e JOIN rows r ON r.id = e.row "
        "WHERE e.action = ? AND e.col = ?",
        (action, col),
    ).rowcount
    if col == SKIP:
        _write_skips(db, action, "SELECT e.before")
    else:
        db.execute(
            f"UPDATE rows SET c{col} = "
            "(SELECT before FROM edits e WHERE e.action = ? AND e.col = ? AND e.row = rows.id) "
            "WHERE id IN (SELECT row FROM temp.swap)",
            (action, col),
        )
    db.execute(
        "UPDATE edits SET before = (SELECT now FROM temp.swap s WHERE s.row = edits.row) "
        "WHERE action = ? AND col = ?",
        (action, col),
    )
    return cells
