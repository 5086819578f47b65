"""The start of the window: whose account is in use, and what it says where files were damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.history import History
from nv_desktop.core.settings import Paths
from nv_desktop.gui import messages
from nv_desktop.gui.messages import Question
from tests.flows.conftest import Open
from tests.flows.driver import Person


@pytest.fixture(autouse=True)
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors of accounts without a key, which no test here is about."""
    monkeypatch.setattr(messages, "show_error", lambda *_, **__: None)


def own(folder: Path, *names: str) -> list[Account]:
    accounts = Accounts(Paths(folder))
    return [accounts.add(Account(name, "test", brand_id=1, read_only=True)) for name in names]


def in_use(person: Person) -> str:
    account = person.desk.in_use.account
    return account.name if account is not None else ""


def question(person: Person) -> Question:
    found = person.app.activeModalWidget()
    assert isinstance(found, Question)
    return found


def test_the_first_account_that_is_added_is_in_use(open_window: Open) -> None:
    person = open_window(None)
    assert person.window.current_page() == "welcome"
    person.click("welcome.account")
    person.type("accounts.name", "Fernwood")
    person.type("accounts.brand", "12")
    person.click("accounts.save")
    person.until(lambda: in_use(person) == "Fernwood", "the new account is in use")
    person.until(lambda: not person.desk.account_list.is_editing(), "the dialog is closed")
    person.go("people")
    assert in_use(person) == "Fernwood" and person.window.current_page() == "people"


@pytest.mark.gate("G4-G8", seconds=30)
def test_damaged_files_are_said_and_the_only_account_is_found_again(open_window: Open, folder: Path) -> None:
    own(folder, "Fernwood")
    paths = Paths(folder)
    History(paths.history_file).close()
    paths.settings_file.write_bytes(b"\0" * 300)
    paths.history_file.write_bytes(b"no database at all" * 300)
    person = open_window(None)
    shown = question(person)
    words = shown.sentence.text()
    assert "The settings file was damaged" in words and "The history was damaged" in words
    assert words.count("was kept as") == 2 and len(list(folder.glob("*.broken-*"))) == 2
    shown.yes.click()
    assert in_use(person) == "Fernwood" and person.window.current_page() == "people"


def test_of_several_accounts_one_is_asked_for(open_window: Open, folder: Path) -> None:
    own(folder, "Fernwood", "Nordics")
    person = open_window(None)
    assert person.window.current_page() == "accounts" and in_use(person) == ""
    person.click("nav.people")
    assert person.window.current_page() == "accounts" and in_use(person) == ""
    assert "Choose the account" in person.words("activity.status")
    person.click("accounts.add")
    person.type("accounts.name", "A third")
    person.type("accounts.brand", "3")
    person.click("accounts.save")
    person.until(lambda: not person.desk.account_list.is_editing(), "the account is added")
    person.settle()
    assert in_use(person) == "", "which of the three is meant, only a person knows"
    person.desk.account_list.table.select(1)
    person.click("accounts.use")
    assert in_use(person) == "Nordics"


def test_columns_come_back_as_they_were_drawn(open_window: Open, folder: Path) -> None:
    own(folder, "Fernwood")
    person = open_window()
    person.go("accounts")
    table = person.desk.account_list.table
    head = table.horizontalHeader()
    edge = QPoint(head.sectionPosition(1) - 1, head.height() // 2)
    before = head.sectionSize(0)
    QTest.mousePress(head.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(head.viewport(), edge + QPoint(20, 0))
    QTest.mouseMove(head.viewport(), edge + QPoint(40, 0))
    QTest.mouseRelease(head.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(40, 0))
    drawn = head.sectionSize(0)
    assert drawn > before
    person.close()
    again = open_window()
    assert again.desk.account_list.table.horizontalHeader().sectionSize(0) == drawn
