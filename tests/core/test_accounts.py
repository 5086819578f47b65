"""Accounts: checked values, a sandbox that is always there, no key in the file, no lost changes."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from nv_desktop.core.accounts import DEFAULT_HOST, Account, Accounts, check_host
from nv_desktop.core.errors import BadFile, NotFound, Rejected
from nv_desktop.core.files import FileLock
from nv_desktop.core.settings import Paths


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(Paths(tmp_path))


def test_an_account_is_kept_found_changed_and_removed(accounts: Accounts) -> None:
    assert [account.name for account in accounts.list()] == ["sandbox"]
    shop = accounts.add(Account(" Shop ", "production", "#c00", 7, "analytics.notifyvisitors.com"))
    assert (shop.name, shop.host) == ("Shop", DEFAULT_HOST)
    assert accounts.get("shop") == accounts.get(shop.id) == shop
    accounts.update(replace(shop, name="Store", read_only=True))
    assert accounts.get("Store").id == shop.id
    assert accounts.get("Store").read_only
    with pytest.raises(NotFound, match=r"Known here: Store, sandbox\."):
        accounts.get("Shop")
    accounts.remove("Store")
    with pytest.raises(NotFound):
        accounts.update(shop)
    assert [account.name for account in accounts.list()] == ["sandbox"]


@pytest.mark.parametrize(
    "bad",
    [
        Account("", brand_id=1),
        Account("x" * 61, brand_id=1),
        Account("a\nb", brand_id=1),
        Account("Sandbox", brand_id=1),
        Account("a", "staging", brand_id=1),
        Account("a", "sandbox", brand_id=1),
        Account("a", brand_id=0),
        Account("a", brand_id="7"),  # type: ignore[arg-type]
        Account("a", brand_id=True),
        Account("a", brand_id=1, host="http://analytics.notifyvisitors.com"),
        Account("a", brand_id=1, host="http://127.0.0.1:80"),
        Account("a", brand_id=1, known_types={"tier": "colour"}),
    ],
)
def test_what_cannot_be_an_account_is_refused(accounts: Accounts, bad: Account) -> None:
    with pytest.raises(Rejected):
        accounts.add(bad)
    assert len(accounts.list()) == 1


def test_the_sandbox_cannot_be_changed_but_learns_types(accounts: Accounts) -> None:
    with pytest.raises(Rejected):
        accounts.remove("sandbox")
    accounts.learn_types("sandbox", {"tier": "text"})
    accounts.learn_types("sandbox", {"tier": "integer", "age": "integer"})
    assert accounts.get("sandbox").known_types == {"tier": "text", "age": "integer"}
    accounts.update(
        replace(accounts.get("sandbox"), host="https://evil.example.com/", environment="production")
    )
    assert accounts.get("sandbox").is_sandbox
    assert accounts.get("sandbox").host == ""


def test_two_accounts_have_two_names(accounts: Accounts) -> None:
    accounts.add(Account("Shop", brand_id=1))
    other = accounts.add(Account("Other", brand_id=1))
    with pytest.raises(Rejected):
        accounts.add(Account("SHOP", brand_id=2))
    with pytest.raises(Rejected):
        accounts.update(replace(other, name="shop"))


def test_changes_from_many_threads_are_all_kept(tmp_path: Path) -> None:
    def add(number: int) -> None:
        Accounts(Paths(tmp_path)).add(Account(f"Shop {number}", brand_id=1))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Accounts(Paths(tmp_path)).list()) == 9


def test_an_edit_from_an_older_copy_keeps_the_types_learned_since(accounts: Accounts) -> None:
    shop = accounts.add(Account("Shop", brand_id=1))
    accounts.learn_types(shop.id, {"tier": "integer"})
    changed = accounts.update(replace(shop, colour="Sea", known_types={"tier": "text", "age": "integer"}))
    assert changed == accounts.get("Shop")
    assert (changed.colour, changed.known_types) == ("Sea", {"tier": "integer", "age": "integer"})


def test_a_guard_set_while_types_are_learned_stays_set(
    accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = accounts.add(Account("Shop", brand_id=1))
    lock, other = accounts._lock, Accounts(Paths(tmp_path))

    def guarded_meanwhile() -> FileLock:
        other.update(replace(other.get("Shop"), read_only=True))
        return lock()

    monkeypatch.setattr(accounts, "_lock", guarded_meanwhile)
    accounts.learn_types(shop.id, {"tier": "text"})
    assert accounts.get("Shop").read_only and accounts.get("Shop").known_types == {"tier": "text"}


def test_a_list_that_cannot_be_read_is_said_and_left_alone(accounts: Accounts, tmp_path: Path) -> None:
    (tmp_path / "accounts.json").mkdir()
    for attempt in (accounts.list, lambda: accounts.add(Account("Shop", brand_id=1))):
        with pytest.raises(BadFile, match="list of accounts cannot be read"):
            attempt()
    assert (tmp_path / "accounts.json").is_dir()


@pytest.mark.parametrize(
    "damage",
    [b"", b"\0\0", b"{}", b'{"accounts": [{}]}', b'{"accounts": [{"name": "a", "brand_id": 1}]}', b"[]"],
)
def test_a_damaged_list_is_kept_aside_and_said(accounts: Accounts, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "accounts.json").write_bytes(damage)
    assert [account.name for account in accounts.list()] == ["sandbox"]
    aside = next(tmp_path.glob("accounts.json.broken-*"))
    assert aside.read_bytes() == damage
    assert aside.name in accounts.notice


def test_a_guard_that_is_not_plainly_off_is_on(accounts: Accounts, tmp_path: Path) -> None:
    accounts.add(Account("Shop", brand_id=1))
    file = tmp_path / "accounts.json"
    file.write_text(file.read_text().replace('"no_delete": false', '"no_delete": "off"'))
    assert accounts.get("Shop").no_delete


@pytest.mark.gate("S9", seconds=20)
def test_hosts_are_https_or_this_computer() -> None:
    assert check_host("api.example.com") == "https://api.example.com/api/v1/"
    assert check_host("https://API.example.com:8443/x") == "https://api.example.com:8443/x/"
    assert check_host("http://127.0.0.1:80/", local=True) == "http://127.0.0.1:80/api/v1/"
    assert check_host("http://[::1]:80", local=True) == "http://[::1]:80/api/v1/"
    for bad in (
        "http://example.com", "http://127.0.0.1.example.com", "http://127.0.0.1@example.com", "ftp://127.0.0.1",
        "http://localhost.example.com", "http://0.0.0.0", "http://[::ffff:8.8.8.8]", "https://me:pw@example.com",
        "https://example.com/?x=1", "https://example.com/#x", "https://", "", "https://exa mple.com",
        "https://пример.example", "https://example.com:99999", "http://127.0.0.1\\@example.com",
    ):  # fmt: skip
        with pytest.raises(Rejected):
            check_host(bad, local=True)
