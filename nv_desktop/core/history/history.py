"""The history of one data folder: changes made here, the shelf of the deleted, retention and erasing."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from nv_desktop.core.errors import NotFound
from nv_desktop.core.fields import Json
from nv_desktop.core.history.database import Database, like
from nv_desktop.core.history.people import People
from nv_desktop.core.profile import Profile

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change of one profile made here; `before` and `after` hold the changed fields.

    `kind`: saved, created, deleted, restored. `state`: sending (the program ended before the answer), done,
    accepted, refused, unclear.
    """

    id: int
    account: str
    user_id: str
    at: float
    kind: str
    state: str
    before: dict[str, Json]
    after: dict[str, Json]
    note: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Shelved:
    """A deleted profile. `state`: deleting (the program ended before the answer), deleted, queued, unclear,
    restored."""

    id: int
    account: str
    at: float
    state: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed. `complete` False: another window still reads the file; the rest happens at the next
    start, or when `finish_erasing` is called."""

    entries: int
    complete: bool


class History:
    """Changes, shelf and, as `people`, who is known here. Thread-safe; times are seconds since 1970.

    Raises Busy, AppError where the disk refuses.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(path)
        self._clock = clock
        self.people = People(self._database, clock)
        self.notice = self._database.notice
        if self._database.read("SELECT 1 FROM meta WHERE key = 'compact'"):
            self.finish_erasing()

    @property
    def path(self) -> Path:
        """Its file, for a process of one's own."""
        return self._database.path

    def close(self) -> None:
        self._database.close()

    # --- changes made here ---

    def begin_change(
        self, account: str, user_id: str, kind: str, before: Mapping[str, Json], after: Mapping[str, Json]
    ) -> int:
        """Note a change before it is sent, so that a crash leaves its trace; gives its id."""
        with self._database.writing() as db:
            cursor = db.execute(
                "INSERT INTO changes(account, user_id, at, kind, state, before, after)"
                " VALUES (?,?,?,?,?,?,?)",
                (account, user_id, self._clock(), kind, "sending", _text(before), _text(after)),
            )
        return cursor.lastrowid or 0

    def settle_change(self, change: int, state: str, note: str = "") -> None:
        """Write down what became of it."""
        with self._database.writing() as db:
            db.execute("UPDATE changes SET state = ?, note = ? WHERE id = ?", (state, note, change))

    def pin_change(self, change: int, on: bool) -> None:
        """Keep an entry beyond the days of retention."""
        with self._database.writing() as db:
            db.execute("UPDATE changes SET pinned = ? WHERE id = ?", (on, change))

    def changes(
        self, account: str | None = None, find: str = "", limit: int = 200, before_id: int | None = None
    ) -> list[StoredChange]:
        """The latest first. `find`: part of a user ID; `before_id`: continue after that entry."""
        rows = self._database.read(
            "SELECT * FROM changes WHERE (?1 IS NULL OR account = ?1)"
            " AND (?2 = '' OR user_id LIKE ?3 ESCAPE '!') AND (?4 IS NULL OR id < ?4)"
            " ORDER BY id DESC LIMIT ?5",
            (account, find, like(find), before_id, limit),
        )
        return [_change(row) for row in rows]

    def written_since(self, account: str, user_ids: Sequence[str], since: float) -> set[str]:
        """Those of these users that were changed, deleted or restored from here since (Unix seconds)."""
        rows = self._database.read(
            "SELECT DISTINCT user_id FROM changes WHERE account = ? AND at >= ? AND state != 'refused'",
            (account, since),
        )
        found = {row["user_id"] for row in rows} & set(user_ids)
        digests = {_digest(user): user for user in user_ids}
        gone = self._database.read(
            "SELECT user FROM gone WHERE account = ? AND at >= ?"
            " AND user IN (SELECT value FROM json_each(?))",
            (account, since, json.dumps(list(digests))),
        )
        return found | {digests[row["user"]] for row in gone}

    def note_deleted(self, account: str, deleted: Iterable[tuple[str, float]]) -> None:
        """Keep that these users (ID, when, in seconds since 1970) were deleted from here, as digests only.

        What an import confirmed before no longer stands, however long that import is kept and whatever was
        forgotten of the person: these notes go only with the person's erasure or with the account.
        """
        with self._database.writing() as db:
            db.executemany(
                "INSERT INTO gone VALUES (?,?,?) ON CONFLICT(account, user)"
                " DO UPDATE SET at = max(at, excluded.at)",
                ((account, _digest(user), at) for user, at in deleted),
            )

    # --- the shelf ---

    def shelve(self, account: str, profile: Profile) -> int:
        """Keep a whole profile that is about to be deleted; gives its place."""
        with self._database.writing() as db:
            cursor = db.execute(
                "INSERT INTO shelf(account, user_id, at, state, profile, fetched_at) VALUES (?,?,?,?,?,?)",
                (
                    account, profile.user_id, self._clock(), "deleting",
                    _text(profile.attributes), profile.fetched_at,
                ),
            )  # fmt: skip
        return cursor.lastrowid or 0

    def set_shelf_state(self, shelf: int, state: str) -> None:
        with self._database.writing() as db:
            db.execute("UPDATE shelf SET state = ? WHERE id = ?", (state, shelf))

    def forget_shelved(self, shelf: int) -> None:
        """Take a copy off the shelf: nothing was deleted after all, or a person wants it gone."""
        with self._database.writing() as db:
            db.execute("DELETE FROM shelf WHERE id = ?", (shelf,))

    def shelf(self, account: str | None = None) -> list[Shelved]:
        """The deleted profiles, the latest first."""
        rows = self._database.read(
            "SELECT * FROM shelf WHERE (?1 IS NULL OR account = ?1) ORDER BY id DESC", (account,)
        )
        return [_shelved(row) for row in rows]

    def shelved(self, shelf: int) -> Shelved:
        """One of them. Raises NotFound."""
        rows = self._database.read("SELECT * FROM shelf WHERE id = ?", (shelf,))
        if not rows:
            raise NotFound(
                "This profile is no longer on the shelf.", "It was kept for the days set in Settings."
            )
        return _shelved(rows[0])

    # --- forgetting ---

    def retain(self, days: int) -> Erased:
        """Erase what is older, except what is pinned."""
        oldest = self._clock() - days * DAY
        with self._database.writing() as db:
            count = db.execute("DELETE FROM changes WHERE at < ? AND NOT pinned", (oldest,)).rowcount
            count += db.execute("DELETE FROM shelf WHERE at < ?", (oldest,)).rowcount
            count += db.execute("DELETE FROM people WHERE at < ? AND NOT pinned", (oldest,)).rowcount
        return self._erased(count)

    def erase_person(self, user_id: str) -> Erased:
        """Remove every trace of a user from this file, its free pages and its write-ahead log.

        Job documents hold rows of their own; they are erased by their own module.
        """
        with self._database.writing() as db:
            count = sum(
                db.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,)).rowcount
                for table in ("changes", "shelf", "people")
            )
            noted = db.execute("DELETE FROM gone WHERE user = ?", (_digest(user_id),)).rowcount
        return replace(self._erased(count + noted), entries=count)

    def erase_people(self, user_ids: Sequence[str], account: str) -> Erased:
        """Remove what is kept of deleted users of one account, but for the note that they were deleted."""
        with self._database.writing() as db:
            count = 0
            for table in ("changes", "shelf", "people"):
                done = db.executemany(
                    f"DELETE FROM {table} WHERE user_id = ? AND account = ?",
                    ((user_id, account) for user_id in user_ids),
                )
                count += max(0, done.rowcount)
        return self._erased(count)

    def forget_account(self, account: str) -> Erased:
        """Remove everything that was kept of an account."""
        with self._database.writing() as db:
            count = sum(
                db.execute(f"DELETE FROM {table} WHERE account = ?", (account,)).rowcount
                for table in ("changes", "shelf", "people", "gone")
            )
        return self._erased(count)

    def _erased(self, count: int) -> Erased:
        if not count:
            return Erased(0, True)
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('compact', '1')")
        return Erased(count, self.finish_erasing())

    def finish_erasing(self) -> bool:
        """Clear free pages and log of what was deleted; False while another window reads the file."""
        if not self._database.compact():
            return False
        with self._database.writing() as db:
            db.execute("DELETE FROM meta WHERE key = 'compact'")
        return True


def _digest(user_id: str) -> int:
    return int.from_bytes(blake2b(user_id.encode(), digest_size=8).digest(), "big", signed=True)


def _text(value: Mapping[str, Json]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def _change(row: sqlite3.Row) -> StoredChange:
    return StoredChange(
        row["id"], row["account"], row["user_id"], row["at"], row["kind"], row["state"],
        json.loads(row["before"]), json.loads(row["after"]), row["note"], bool(row["pinned"]),
    )  # fmt: skip


def _shelved(row: sqlite3.Row) -> Shelved:
    profile = Profile(row["user_id"], json.loads(row["profile"]), row["fetched_at"])
    return Shelved(row["id"], row["account"], row["at"], row["state"], profile)
