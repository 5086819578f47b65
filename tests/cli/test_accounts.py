"""`accounts`: the key goes to the real keyring and nowhere else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.command_line import CommandLine
from tests.desktop import SecretBus

KEY = "canary-3f9c-key-71d2"


@pytest.mark.gate("S1", seconds=20)
def test_the_key_lies_in_the_keyring_and_in_no_file(secret_bus: SecretBus, tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data")
    added = line.run("accounts", "add", "shop", "--brand-id", "4711", "--key-stdin", typed=KEY + "\n")
    assert added.returncode == 0, added.stderr
    assert KEY not in added.stdout + added.stderr
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for form in (KEY.encode(), base64.b64encode(KEY.encode()), KEY.encode("utf-16-le")):
                assert form not in content, path
    from nv_desktop.core.accounts import Accounts
    from nv_desktop.core.keys import KeyStore
    from nv_desktop.core.settings import Paths

    account = Accounts(Paths(tmp_path / "data")).get("shop")
    secret = KeyStore().get(account.id)
    assert secret is not None and secret.reveal() == KEY
    assert "shop" in line.run("accounts", "list").stdout
    assert line.run("accounts", "remove", "shop").returncode == 0
    assert KeyStore().get(account.id) is None


def test_without_a_keyring_the_account_is_not_added_and_the_reason_is_said(tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data")
    done = line.run("accounts", "add", "shop", "--brand-id", "4711", "--key-stdin", typed=KEY + "\n")
    assert done.returncode == 2 and "Traceback" not in done.stderr and KEY not in done.stderr
    assert "session" not in done.stderr  # a command has none
    assert [each["name"] for each in line.json("accounts", "list")] == ["sandbox"]


def test_a_key_is_never_typed_where_it_could_be_seen(tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data")
    done = line.run("accounts", "add", "shop", "--brand-id", "4711", typed=KEY + "\n")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "--key-stdin" in done.stderr


def test_a_key_given_as_an_argument_is_refused_and_kept_nowhere(tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data")
    add = ("accounts", "add", "--brand-id", "1")
    for given in (("--account", "shop", "--key", KEY), ("shop", f"--key={KEY}"), ("shop", KEY)):
        done = line.run(*add, *given, typed="x\n")
        assert done.returncode == 2 and KEY not in done.stderr and "unrecognized" in done.stderr
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("brand", ["", "abc", "-3"])
def test_a_brand_is_a_whole_number(brand: str, tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "data")
    done = line.run("accounts", "add", "shop", f"--brand-id={brand}", "--key-stdin", typed=KEY)
    assert done.returncode == 2 and "whole number" in done.stderr


def test_a_list_of_accounts_that_is_damaged_or_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Otherwise a list without --account would go to the sandbox, and nobody would know why."""
    line = CommandLine(tmp_path / "data")
    line.data.mkdir()
    (line.data / "accounts.json").write_text("[]")
    done = line.run("accounts", "list")
    assert done.returncode == 0 and "list of accounts was damaged" in done.stderr
    assert len(list(line.data.glob("accounts.json.broken-*"))) == 1
    (line.data / "accounts.json").mkdir()
    done = line.run("accounts", "list")
    assert done.returncode == 2 and "list of accounts cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
