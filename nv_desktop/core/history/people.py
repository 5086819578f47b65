"""Who is known on this computer, so that a caller is found by a name, an e-mail address or a number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from nv_desktop.core.fields import OPT_INS, Json
from nv_desktop.core.history.database import Database, like
from nv_desktop.core.profile import Profile

Known = tuple[str, Mapping[str, Json]]  # userID, attributes

KEEP = """
    INSERT INTO people(account, user_id, name, email, mobile, consent, found_by, at, visited)
    VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT(account, user_id) DO UPDATE SET
        name = excluded.name, email = excluded.email, mobile = excluded.mobile, consent = excluded.consent,
        found_by = excluded.found_by, at = excluded.at, visited = ifnull(excluded.visited, visited)
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known on this computer, from a look-up or an import."""

    user_id: str
    name: str
    email: str
    mobile: str


@dataclass(frozen=True, slots=True)
class Recent:
    """A profile that was opened here. `at`: when, in seconds since 1970."""

    person: Person
    at: float
    pinned: bool


class People:
    """Recents, pins and search, per account. Thread-safe."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def visited(self, account: str, profile: Profile) -> None:
        """A profile was opened or saved here: it leads the recents and can be searched for."""
        self._keep(account, [(profile.user_id, profile.attributes)], self._clock())

    def remember(self, account: str, people: Iterable[Known]) -> None:
        """Make people of an import findable. Values that were not sent keep what is known."""
        self._keep(account, people, None)

    def _keep(self, account: str, people: Iterable[Known], visited: float | None) -> None:
        now = self._clock()
        with self._database.writing() as db:
            for user_id, attributes in people:
                known = _row(db, account, user_id)
                name, email, mobile, consent = _merged(known, attributes)
                db.execute(
                    KEEP,
                    (
                        account, user_id, name, email, mobile, consent,
                        _found_by(user_id, name, email, mobile), now, visited,
                    ),
                )  # fmt: skip

    def recents(self, account: str, limit: int = 20) -> list[Recent]:
        """The pinned first, then the latest opened."""
        rows = self._database.read(
            "SELECT * FROM people WHERE account = ? AND (visited IS NOT NULL OR pinned)"
            " ORDER BY pinned DESC, visited DESC LIMIT ?",
            (account, limit),
        )
        return [Recent(_person(row), row["visited"] or row["at"], bool(row["pinned"])) for row in rows]

    def pin(self, account: str, user_id: str, on: bool = True) -> None:
        """Keep somebody at the top of the recents."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE people SET pinned = ? WHERE account = ? AND user_id = ?", (on, account, user_id)
            )

    def search(self, account: str, text: str, limit: int = 20) -> list[Person]:
        """People known here whose user ID, name or e-mail holds the text, or their number its digits."""
        wanted = text.strip().casefold()
        if not wanted:
            return []
        digits = "".join(char for char in wanted if char.isdigit())
        is_number = len(digits) >= 4 and not any(char.isalpha() or char == "@" for char in wanted)
        rows = self._database.read(
            "SELECT * FROM people WHERE account = ?1 AND (found_by LIKE ?2 ESCAPE '!'"
            " OR (?3 != '' AND found_by LIKE ?4 ESCAPE '!')) ORDER BY visited DESC, user_id LIMIT ?5",
            (account, like(wanted), digits if is_number else "", like(digits.lstrip("0") or digits), limit),
        )
        return [_person(row) for row in rows]

    def opt_outs(self, account: str) -> dict[str, frozenset[str]]:
        """Who is known here to have opted out: user ID -> the opt-ins that stand at 0 or 2."""
        rows = self._database.read(
            "SELECT user_id, consent FROM people WHERE account = ? AND consent GLOB '*[02]*'", (account,)
        )
        return {
            row["user_id"]: frozenset(
                name for name, value in zip(OPT_INS, row["consent"], strict=True) if value in "02"
            )
            for row in rows
        }


def _person(row: sqlite3.Row) -> Person:
    return Person(row["user_id"], row["name"], row["email"], row["mobile"])


def _row(db: sqlite3.Connection, account: str, user_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM people WHERE account = ? AND user_id = ?", (account, user_id)
    ).fetchone()
    return row


def _merged(known: sqlite3.Row | None, attributes: Mapping[str, Json]) -> tuple[str, str, str, str]:
    """Name, e-mail, mobile and consent: what is new, else what was known. Consent: a sign for each opt-in."""

    def value(name: str) -> str | None:
        return str(attributes[name]) if isinstance(attributes.get(name), str | int) else None

    parts = [part for name in ("first_name", "last_name") if (part := value(name))]
    name = value("name") or " ".join(parts) or (known["name"] if known else "")
    email, mobile = value("email"), value("mobile")
    old = known["consent"] if known else "-" * len(OPT_INS)
    consent = [
        new if (new := value(opt_in)) in ("0", "1", "2") else before
        for opt_in, before in zip(OPT_INS, old, strict=True)
    ]
    return (
        name,
        email if email is not None else (known["email"] if known else ""),
        mobile if mobile is not None else (known["mobile"] if known else ""),
        "".join(consent),
    )


def _found_by(user_id: str, name: str, email: str, mobile: str) -> str:
    digits = "".join(char for char in mobile if char.isdigit())
    return "\n".join((user_id, name, email, digits)).casefold()
