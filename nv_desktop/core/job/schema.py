"""The tables of a job document, and how an older document becomes one of today.

One SQLite file holds an import: `rows` as they were read, `verdicts` and `found` as they were checked,
`edits` with what stood there before, `batches`, `ledger` and `snapshots` of what was sent. `PRAGMA
user_version` is the schema's version; `MIGRATIONS` leads from each to the next.

`problems` is a view: the sentence of a problem that stands in a million rows is kept once, in `sentences`.
"""

from __future__ import annotations

import sqlite3

from nv_desktop.core.errors import BadFile
from nv_desktop.core.job.connections import broken

VERSION = 1
APPLICATION_ID = 0x4E564A31  # "NVJ1": tells a job document from another SQLite file
MAX_COLUMNS = 1_900  # SQLite holds 2,000 columns in a table; some are ours

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE header (idx INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER, line INTEGER);
CREATE TABLE hazards (row INTEGER, col INTEGER, level INTEGER, code TEXT, message TEXT);
CREATE INDEX hazards_row ON hazards (row);

-- The result of the check, one line per row. send 0: would not be sent. level: its highest problem's, 0 none.
-- The keys are 32-bit sums of the folded userID, e-mail and mobile; they find candidates and prove nothing.
CREATE TABLE verdicts (
    row INTEGER PRIMARY KEY, user_id TEXT, send INTEGER NOT NULL, level INTEGER NOT NULL,
    id_key INTEGER, email_key INTEGER, mobile_key INTEGER);
CREATE TABLE sentences (id INTEGER PRIMARY KEY, message TEXT NOT NULL, step TEXT);
CREATE TABLE found (
    row INTEGER, col INTEGER, code TEXT, sentence INTEGER, level INTEGER NOT NULL,
    PRIMARY KEY (row, col, code, sentence)) WITHOUT ROWID;
CREATE VIEW problems AS
    SELECT row, col, level, code, message, step FROM found JOIN sentences ON sentences.id = found.sentence;
-- Why a row is not sent, in one sentence: what the person chose, then an error, then a duplicate's rule.
CREATE VIEW reasons AS
    SELECT v.row AS row, coalesce((
        SELECT p.message FROM problems p
        WHERE p.row = v.row AND (p.level = 3 OR p.code IN (
            'skipped_by_person', 'duplicate_same', 'duplicate_last', 'duplicate_first', 'duplicate_merge'))
        ORDER BY p.code <> 'skipped_by_person', p.level DESC, p.col LIMIT 1), '') AS message
    FROM verdicts v WHERE v.send = 0;
CREATE TABLE merged (row INTEGER PRIMARY KEY, into_row INTEGER NOT NULL);  -- row is sent as part of into_row
CREATE INDEX merged_into ON merged (into_row);
CREATE TABLE skips (row INTEGER PRIMARY KEY);  -- left out by the person
CREATE TABLE dirty (row INTEGER PRIMARY KEY);  -- edited, not yet checked again

-- An action is what one undo takes back. mapping: the other mapping (JSON) of an action that changed it.
-- undone 1: `before` holds what redo puts back; 2: an action after it took that away.
CREATE TABLE actions (id INTEGER PRIMARY KEY, label TEXT NOT NULL, at REAL NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0, mapping TEXT);
CREATE TABLE edits (action INTEGER, col INTEGER, row INTEGER, before TEXT,
    PRIMARY KEY (action, col, row)) WITHOUT ROWID;
CREATE INDEX edits_row ON edits (row);

CREATE TABLE batches (id INTEGER PRIMARY KEY, state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 1,
    made_at REAL, sent_at REAL, answered_at REAL, message TEXT, status TEXT);
CREATE TABLE ledger (row INTEGER PRIMARY KEY, user_id TEXT, state INTEGER NOT NULL, batch INTEGER,
    reason TEXT, hash BLOB);
CREATE INDEX ledger_state ON ledger (state);
CREATE INDEX ledger_batch ON ledger (batch) WHERE batch IS NOT NULL;
CREATE TABLE snapshots (user_id TEXT PRIMARY KEY, at REAL, profile TEXT) WITHOUT ROWID;
"""

# Few rows stand in these, so a check writes them as it goes.
LEVEL_INDEXES = {
    "verdicts_level": "verdicts (level) WHERE level > 0",
    "verdicts_stopped": "verdicts (send) WHERE send = 0",
}
# A check drops these: they are made again, in one go, when an edit touches many keys.
KEY_INDEXES = {
    "verdicts_id_key": "verdicts (id_key) WHERE id_key IS NOT NULL",
    "verdicts_email_key": "verdicts (email_key) WHERE email_key IS NOT NULL",
    "verdicts_mobile_key": "verdicts (mobile_key) WHERE mobile_key IS NOT NULL",
}
_INDEXES = LEVEL_INDEXES | KEY_INDEXES

MIGRATIONS: dict[int, str] = {}  # version -> the statements that lead to the next one


def recognise(db: sqlite3.Connection) -> int:
    """The version of a document of ours. Raises BadFile for another application's, or a newer one."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise broken("another application's database")
    if version > VERSION:
        raise BadFile(
            "This import was made by a newer version of NV Desktop. It was left as it is.",
            "Update NV Desktop to open it.",
        )
    return int(version)


def create_tables(db: sqlite3.Connection) -> None:
    """Fill an empty database. One transaction: it is a whole document, or none."""
    _run(db, TABLES, VERSION)


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Lead a document of an older `version` to today's, one step and one transaction at a time."""
    for step in range(version, VERSION):
        _run(db, MIGRATIONS[step], step + 1)


def _run(db: sqlite3.Connection, statements: str, version: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in _split(statements):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def make_index(db: sqlite3.Connection, name: str) -> None:
    """Make one of the indexes where it is not there: for a million rows about half a second for a key."""
    db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {_INDEXES[name]}")


def _split(statements: str) -> list[str]:
    """The single statements (`executescript` would commit in between)."""
    found, part = [], ""
    for line in statements.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part)
            part = ""
    return found


def rows_table(columns: int) -> str:
    """The CREATE statement of `rows` for a file with this many columns: id, number, line, c0, c1, …"""
    cells = "".join(f", c{index} TEXT" for index in range(columns))
    return f"CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER, line INTEGER{cells})"
