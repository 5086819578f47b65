"""Changes of the mapping as actions: each takes back what it changed itself, whatever was decided since.

An action keeps the mapping as it was and as it became. Taking it back looks column by column, part by part:
what still is as the action left it goes back; what a person has decided anew stays.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Json
from nv_desktop.core.job.document import Document

Stored = dict[str, Any]  # a mapping as JSON


def refuse_when_sent(db: sqlite3.Connection) -> None:
    """Raise Rejected when rows were handed to the server: what they were sent with stays what it was."""
    if db.execute("SELECT 1 FROM ledger WHERE batch IS NOT NULL LIMIT 1").fetchone():
        raise Rejected(
            "Rows of this import have been sent, so its columns stay as they are.",
            "Edit single cells, or start a new import.",
        )


def kept(before: Json, after: Json) -> str:
    """What an action keeps of its change."""
    return json.dumps({"was": before, "is": after}, ensure_ascii=False)


def turn(document: Document, db: sqlite3.Connection, action: int, undone: int) -> bool:
    """Take a change of the mapping back (`undone` 1) or make it again (0); False: nothing is left of it."""
    now = stored(db)
    (text,) = db.execute("SELECT mapping FROM actions WHERE id = ?", (action,)).fetchone()
    change = json.loads(text)
    if "columns" in change:  # kept by an earlier version: the other mapping alone
        change = {"was": change, "is": now} if undone else {"was": now, "is": change}
        db.execute("UPDATE actions SET mapping = ? WHERE id = ?", (json.dumps(change), action))
    after = _moved(now, *((change["is"], change["was"]) if undone else (change["was"], change["is"])))
    if after == now:
        return False
    refuse_when_sent(db)
    document.write_meta(db, "mapping", after)
    return True


def stored(db: sqlite3.Connection) -> Stored:
    """The mapping that stands."""
    found = db.execute("SELECT value FROM meta WHERE key = 'mapping'").fetchone()
    return json.loads(found[0]) if found else {}


def _moved(now: Stored, start: Stored, end: Stored) -> Stored:
    """`now` with what differs between `start` and `end`, as far as it is as in `start`."""
    after = _parts(now, start, end)
    columns, first, last = (each.get("columns", []) for each in (now, start, end))
    if len(columns) == len(first) == len(last):
        after["columns"] = [_parts(*each) for each in zip(columns, first, last, strict=True)]
    return after


def _parts(now: Stored, start: Stored, end: Stored) -> Stored:
    return {
        name: end[name] if name in end and name in start and value == start[name] else value
        for name, value in now.items()
    }
