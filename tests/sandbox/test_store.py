"""The people and what becomes of them: merged, forgotten, kept over a kill, private on disk."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from nv_desktop.sandbox import rules
from nv_desktop.sandbox.people import KNOWN_IDS, make_people
from nv_desktop.sandbox.rules import Attributes, Batch
from nv_desktop.sandbox.store import DataFileError, Store

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


def two() -> Iterator[tuple[str, Attributes]]:
    yield "a", {"name": "Ann", "points": 5}
    yield "b", {"name": "Bob"}


def test_attributes_that_are_not_named_stay() -> None:
    store = Store(two)
    store.update({"a": {"name": "Anna"}, "c": {"city": "Köln"}})
    assert store.get("a") == {"name": "Anna", "points": 5}
    assert store.get("c") == {"city": "Köln"}
    assert store.user_ids(0, 10) == ["a", "b", "c"]
    assert store.user_ids(1, 1) == ["b"]


def test_deleted_people_are_gone() -> None:
    store = Store(two)
    assert store.delete("a")
    assert not store.delete("a")
    assert store.get("a") is None
    assert len(store) == 1


def test_types_come_from_the_people_and_outlive_them(tmp_path: Path) -> None:
    file = tmp_path / "people"
    store = Store(two, file)
    assert store.types == {"points": "number"}
    store.learn_types({"city": "text", "points": "text"})
    store.update({"c": {"city": "x"}})
    store.delete("a")
    store.delete("c")
    store.close()
    again = Store(two, file)
    assert again.types == {"points": "number", "city": "text"}
    again.close()


def test_changes_are_in_the_file_before_the_store_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "people"
    store = Store(two, file)
    store.update({"a": {"name": "\ud800 Ann \u2028"}})
    store.delete("b")
    copy = tmp_path / "copy"
    copy.write_bytes(file.read_bytes())  # what a killed process would leave
    store.close()
    again = Store(two, copy)
    assert again.get("a") == {"name": "\ud800 Ann \u2028", "points": 5}
    assert again.get("b") is None
    again.close()


def test_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "people"
    store = Store(two, file)
    store.update({"c": {"name": "Cy"}})
    store.close()
    whole = file.read_bytes()
    for cut in range(1, len(whole.splitlines()[-1])):
        file.write_bytes(whole[:-cut])
        again = Store(two, file)
        assert again.user_ids(0, 9) == ["a", "b"]
        again.update({"d": {"name": "Di"}})
        again.close()
        third = Store(two, file)
        assert third.user_ids(0, 9) == ["a", "b", "d"]
        third.close()


def test_the_file_is_written_anew_when_most_of_it_is_old(tmp_path: Path) -> None:
    file = tmp_path / "people"
    store = Store(two, file)
    for number in range(1100):
        store.update({"a": {"name": f"Ann {number}"}})
    store.close()
    Store(two, file).close()
    assert len(file.read_bytes().splitlines()) == 3
    again = Store(two, file)
    assert again.get("a") == {"name": "Ann 1099", "points": 5}
    again.close()
    assert {path.name for path in tmp_path.iterdir()} == {"people", "people.lock"}


def test_reset_goes_back_to_the_first_people(tmp_path: Path) -> None:
    file = tmp_path / "people"
    store = Store(two, file)
    store.update({"c": {"city": "x"}})
    store.delete("a")
    store.reset()
    assert store.user_ids(0, 9) == ["a", "b"]
    assert store.types == {"points": "number"}
    store.update({"d": {}})
    store.close()
    again = Store(two, file)
    assert again.user_ids(0, 9) == ["a", "b", "d"]
    again.close()


def test_two_sandboxes_cannot_share_a_file(tmp_path: Path) -> None:
    store = Store(two, tmp_path / "people")
    with pytest.raises(DataFileError, match="open in another sandbox"):
        Store(two, tmp_path / "people")
    store.close()
    Store(two, tmp_path / "people").close()


def test_a_foreign_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "people"
    for content in (b"name;mail\nAnn;a@example.com\n", b'{"some": "json"}\n', b"[1]\n", b"no line end"):
        file.write_bytes(content)
        with pytest.raises(DataFileError, match="not a data file"):
            Store(two, file)
        assert file.read_bytes() == content


@posix_only
def test_the_file_is_private_from_birth(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = Store(two, tmp_path / "people")
        store.close()
    finally:
        os.umask(old)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_same_seed_makes_the_same_people() -> None:
    first = list(make_people(300, 7))
    assert first == list(make_people(300, 7))
    assert first != list(make_people(300, 8))
    assert first[:100] == list(make_people(100, 7))


def test_people_keep_to_the_rules_of_the_api() -> None:
    people = list(make_people(3000, 1))
    types: dict[str, str] = {}
    for user_id, attributes in people:
        batch = rules.check_create({"nv": [{"userID": user_id, "user_attributes": attributes}]}, types)
        assert isinstance(batch, Batch), batch
        types.update(batch.new_types)


def test_no_two_people_share_what_must_be_their_own() -> None:
    people = list(make_people(5000, 1))
    assert len({user_id for user_id, _ in people}) == 5000
    for name in ("email", "mobile"):
        values = [attributes[name].lower() for _, attributes in people if name in attributes]
        assert len(values) == len(set(values))


def test_people_live_in_domains_and_ranges_that_are_nobodys() -> None:
    for _, attributes in make_people(2000, 1):
        assert attributes["email"].rsplit("@", 1)[1] in ("example.com", "example.org")
        if attributes["country"] == "US" and "mobile" in attributes:
            assert attributes["mobile"][5:10] == "55501"


def test_known_people_come_first() -> None:
    assert tuple(user_id for user_id, _ in make_people(len(KNOWN_IDS), 3)) == KNOWN_IDS
    assert KNOWN_IDS[:2] == ("demo-1", "demo-2")
    text = json.dumps(list(make_people(400, 1)), ensure_ascii=False)
    assert all(script in text for script in ("प्रिया", "محمد", "王", "さくら", "Дмитрий"))
