"""What this computer remembers, how it is found, and that erased means gone from every byte."""

from __future__ import annotations

import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nv_desktop.core.errors import AppError, BadFile, NotFound
from nv_desktop.core.history import History
from nv_desktop.core.history.database import Database
from nv_desktop.core.profile import Profile

DAY = 86_400.0
CANARY = "canary-customer-51aa"


class Clock:
    now = 1.8e9

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.db", Clock())
    yield history
    history.close()


def ann(number: int = 0, **attributes: object) -> Profile:
    return Profile(
        f"ann{number}@example.com", {"name": "Ann Müller", "mobile": "+491761234567", **attributes}, 5.0
    )


def test_changes_are_noted_before_and_settled_after(history: History) -> None:
    change = history.begin_change("a", "ann", "saved", {"name": "A"}, {"name": "B"})
    assert [(each.state, each.before, each.after) for each in history.changes()] == [
        ("sending", {"name": "A"}, {"name": "B"})
    ]
    history.settle_change(change, "refused", "Invalid name")
    history.begin_change("b", "100%_sure", "deleted", {}, {})
    assert [each.user_id for each in history.changes()] == ["100%_sure", "ann"]
    assert [each.note for each in history.changes("a")] == ["Invalid name"]
    assert [each.user_id for each in history.changes(find="%_")] == ["100%_sure"]
    assert [each.user_id for each in history.changes(before_id=change + 1)] == ["ann"]


def test_a_change_that_was_refused_wrote_nothing(history: History) -> None:
    """An undo leaves alone whom somebody changed since; who was refused changed nobody."""
    for user, state in (("ann", "refused"), ("bob", "done"), ("cy", "unclear"), ("dee", "accepted")):
        history.settle_change(history.begin_change("shop", user, "saved", {}, {}), state)
    history.begin_change("shop", "eve", "saved", {}, {})  # on its way
    everybody = ["ann", "bob", "cy", "dee", "eve", "fay"]
    assert history.written_since("shop", everybody, 0.0) == {"bob", "cy", "dee", "eve"}
    assert history.written_since("other", everybody, 0.0) == set()


def test_recents_and_pins_are_per_account(history: History) -> None:
    for number in range(4):
        history.people.visited("a", ann(number))
    history.people.visited("b", ann(9))
    history.people.visited("a", ann(1))
    history.people.pin("a", "ann0@example.com")
    recents = history.people.recents("a", 3)
    assert [(each.person.user_id[:4], each.pinned) for each in recents] == [
        ("ann0", True), ("ann1", False), ("ann3", False),
    ]  # fmt: skip
    history.people.pin("a", "ann0@example.com", False)
    assert history.people.recents("a")[0].person.user_id == "ann1@example.com"


@pytest.mark.parametrize(
    "text", ["müller", "MÜLLER", "ann1@", "0176 1234567", "+49 (176) 123-4567", "1234567", "  ann m "]
)
def test_people_are_found_by_what_a_caller_gives(history: History, text: str) -> None:
    history.people.visited("a", ann(1))
    history.people.visited("b", ann(1))
    history.people.visited("a", Profile("bob", {"name": "Bob", "email": "bob@x.de"}))
    assert [person.user_id for person in history.people.search("a", text)] == ["ann1@example.com"]


@pytest.mark.parametrize("text", ["", " ", "%", "_", "müllerin", "999999"])
def test_nobody_is_found_by_accident(history: History, text: str) -> None:
    history.people.visited("a", ann(1))
    assert history.people.search("a", text) == []


def test_an_import_makes_people_findable_and_keeps_what_it_did_not_send(history: History) -> None:
    history.people.visited("a", ann(1, email_opt_in="0"))
    history.people.remember(
        "a", [("ann1@example.com", {"sms_opt_in": 2}), ("new", {"first_name": "N", "last_name": "E"})]
    )
    found = {person.user_id: person for person in history.people.search("a", "e", 10)}
    assert found["ann1@example.com"].mobile == "+491761234567"
    assert found["new"].name == "N E"
    assert history.people.opt_outs("a") == {"ann1@example.com": {"email_opt_in", "sms_opt_in"}}
    assert [each.person.user_id for each in history.people.recents("a")] == ["ann1@example.com"]


def test_the_shelf_gives_back_what_was_put_there(history: History) -> None:
    profile = ann(1, nested={"a": [1, None, "ü"]}, vip=True)
    place = history.shelve("a", profile)
    history.set_shelf_state(place, "deleted")
    assert [(each.state, each.profile) for each in history.shelf("a")] == [("deleted", profile)]
    assert history.shelf("b") == []
    history.forget_shelved(place)
    with pytest.raises(NotFound):
        history.shelved(place)


def fill(history: History) -> None:
    for number in range(60):
        user_id = f"{CANARY}@example.com" if number % 10 == 0 else f"user{number}@example.com"
        profile = Profile(user_id, {"name": CANARY if number % 10 == 0 else "Other", "note": "x" * 500})
        history.people.visited("a", profile)
        history.shelve("a", profile)
        history.begin_change("a", user_id, "saved", {}, dict(profile.attributes))
    history.people.pin("a", f"{CANARY}@example.com")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.gate("S7", seconds=20)
def test_an_erased_person_is_in_no_byte(history: History, tmp_path: Path) -> None:
    fill(history)
    assert CANARY.encode() in bytes_of(tmp_path)
    erased = history.erase_person(f"{CANARY}@example.com")
    assert erased.complete
    assert erased.entries == 1 + 6 + 6
    assert CANARY.encode() not in bytes_of(tmp_path)
    assert len(history.shelf()) == 54
    assert history.erase_person("nobody").entries == 0


def test_who_was_deleted_is_known_as_a_digest_until_the_person_is_erased(
    history: History, tmp_path: Path
) -> None:
    users = ["ann", CANARY, "bob"]
    history.note_deleted("shop", [(CANARY, 100.0), ("bob", 50.0)])
    history.note_deleted("shop", [(CANARY, 90.0)])
    history.erase_people([CANARY], "shop")
    history.retain(0)
    assert history.written_since("shop", users, 100.0) == {CANARY}
    assert history.written_since("shop", users, 50.0) == {CANARY, "bob"}
    assert history.written_since("other", users, 0.0) == set()
    assert CANARY.encode() not in bytes_of(tmp_path)
    history.erase_person(CANARY)
    history.forget_account("other")
    assert history.written_since("shop", users, 0.0) == {"bob"}
    history.forget_account("shop")
    assert history.written_since("shop", users, 0.0) == set()


@pytest.mark.gate("S7", seconds=20)
def test_people_are_erased_from_one_account_and_stay_in_another(history: History, tmp_path: Path) -> None:
    def remembered(account: str) -> list[str]:
        return sorted(
            [each.user_id for each in history.changes(account)]
            + [each.profile.user_id for each in history.shelf(account)]
            + [each.person.user_id for each in history.people.recents(account)]
        )

    for account in ("shop", "other"):
        for user in (CANARY, "bob", "cy"):
            history.people.visited(account, Profile(user, {}))
            history.shelve(account, Profile(user, {}))
            history.begin_change(account, user, "saved", {}, {})
    assert history.erase_people([CANARY, "bob", "nobody"], "shop").entries == 6
    assert set(remembered("shop")) == {"cy"} and len(remembered("other")) == 9
    assert history.erase_people(["cy"], "shop").entries == 3
    assert remembered("shop") == [] and len(remembered("other")) == 9
    assert history.erase_people([CANARY, "bob"], "other").complete
    assert CANARY.encode() not in bytes_of(tmp_path)


@pytest.mark.parametrize("value", ["yes", "", True, 7, None, "3"])
def test_only_a_known_opt_in_changes_what_is_known_of_consent(history: History, value: object) -> None:
    history.people.remember("shop", [("ann", {"email_opt_in": "0", "sms_opt_in": 2})])
    history.people.remember("shop", [("ann", {"email_opt_in": value})])
    assert history.people.opt_outs("shop") == {"ann": frozenset(("email_opt_in", "sms_opt_in"))}
    history.people.remember("shop", [("ann", {"email_opt_in": 1})])
    assert history.people.opt_outs("shop") == {"ann": frozenset(("sms_opt_in",))}


@pytest.mark.gate("S7", seconds=20)
def test_what_is_past_its_days_is_in_no_byte(tmp_path: Path) -> None:
    clock = Clock()
    history = History(tmp_path / "history.db", clock)
    fill(history)
    history.people.pin("a", f"{CANARY}@example.com", False)
    clock.now += 91 * DAY
    history.people.visited("a", Profile("today", {}))
    assert history.retain(90).complete
    assert CANARY.encode() not in bytes_of(tmp_path)
    assert [each.person.user_id for each in history.people.recents("a")] == ["today"]
    assert history.changes() == [] and history.shelf() == []
    history.close()


@pytest.mark.gate("S7", seconds=20)
def test_erasing_while_another_window_reads_is_finished_at_the_next_start(
    history: History, tmp_path: Path
) -> None:
    fill(history)
    reader = sqlite3.connect(tmp_path / "history.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM people").fetchone()
    assert not history.erase_person(f"{CANARY}@example.com").complete
    reader.rollback()
    reader.close()
    again = History(tmp_path / "history.db", Clock())
    assert CANARY.encode() not in bytes_of(tmp_path)
    again.close()


def test_an_account_can_be_forgotten(history: History, tmp_path: Path) -> None:
    fill(history)
    history.people.visited("b", ann())
    history.forget_account("a")
    assert CANARY.encode() not in bytes_of(tmp_path)
    assert history.people.recents("b")


@pytest.mark.skipif(sys.platform == "win32", reason="rights are POSIX")
@pytest.mark.gate("S6", seconds=20)
def test_the_file_and_its_log_are_private(history: History, tmp_path: Path) -> None:
    history.people.visited("a", ann())
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "history.db": 0o600, "history.db-wal": 0o600, "history.db-shm": 0o600,
    }  # fmt: skip


@pytest.mark.parametrize("damage", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_damaged_history_is_kept_aside_and_said(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "history.db").write_bytes(damage)
    history = History(tmp_path / "history.db")
    assert "damaged" in history.notice
    history.people.visited("a", ann())
    assert next(tmp_path.glob("history.db.broken-*")).read_bytes() == damage
    history.close()


def test_a_newer_history_is_left_alone(tmp_path: Path) -> None:
    History(tmp_path / "history.db").close()
    db = sqlite3.connect(tmp_path / "history.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(BadFile, match="newer version"):
        Database(tmp_path / "history.db")
    assert (tmp_path / "history.db").read_bytes() == before


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "history.db").mkdir()
    with pytest.raises((AppError, OSError)):
        History(tmp_path / "history.db")


def test_threads_write_side_by_side(history: History) -> None:
    def work(number: int) -> None:
        for each in range(20):
            history.people.visited("a", Profile(f"{number}-{each}", {}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history.people.recents("a", 100)) == 80
