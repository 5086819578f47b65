"""Old values kept, unchanged rows left out, an import taken back: over the sandbox and its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account
from nv_desktop.core.job import documents
from nv_desktop.core.job.listing import listed
from nv_desktop.core.upload import Safety, Stage
from nv_desktop.gui import messages, places
from nv_desktop.gui.job import delete_dialog, receipt_view, taking_back
from nv_desktop.gui.job.delete_dialog import DeleteList
from nv_desktop.gui.job.result import ALL_NEW, IS_UNDO, NOTHING_KEPT
from nv_desktop.gui.job.undo_view import worth_knowing
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.running import Wanted
from tests.gui.job_kit import LIMIT, House, Line, house, person, sandbox, theme

__all__ = ["house", "sandbox", "theme"]


@pytest.fixture
def page(house: House, qtbot: QtBot) -> Iterator[JobPage]:
    made = JobPage(house.theme, house.tasks, house.running, house.settings, house.history, house.paths)
    qtbot.addWidget(made)
    made.resize(1196, 712)
    made.set_account(house.account)
    made.show()
    qtbot.waitExposed(made)
    yield made
    house.running.pause_all()
    qtbot.waitUntil(lambda: not house.running.runs(), timeout=LIMIT)
    made.close_job()


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    heard: list[tuple[object, ...]] = []

    def yes(*words: object, **more: object) -> bool:
        heard.append(words)
        return True

    monkeypatch.setattr(messages, "confirm", yes)
    monkeypatch.setattr(messages, "confirm_typed", yes)
    return heard


def shows(page: JobPage, view: QWidget, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page._stack.currentWidget() is view, timeout=LIMIT)


def opened(page: JobPage, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.job_shown, timeout=LIMIT):
        page.open_job(path)


def sent(house: House, qtbot: QtBot, lines: list[Line], **wanted: Any) -> Path:
    """These people are sent from here, without the page; the document."""
    path = house.job(lines)
    with qtbot.waitSignal(house.running.ended, timeout=LIMIT) as heard:
        house.running.start(path, "list.csv", house.account, Wanted(**wanted))
    assert heard.args[1].state in (Stage.DONE, Stage.TRIAL)
    return path


def with_city(number: int, city: str) -> Line:
    user, email, mobile, _ = person(number)
    return user, email, mobile, city


def by_another_hand(house: House, user: str, city: str) -> None:
    client = house.connect(house.account)
    client.send_batch([{"userID": user, "user_attributes": {"city": city}}])
    client.close()


def imported(house: House, qtbot: QtBot, rows: int = 20) -> Path:
    """People are there with one city, then an import gives them another and keeps the old values."""
    sent(house, qtbot, [with_city(n, "Leeds") for n in range(1, rows + 1)])
    lines = [with_city(n, "York") for n in range(1, rows + 3)]  # two of them are new
    return sent(house, qtbot, lines, safety=Safety.FULL)


def prepared(page: JobPage, path: Path, qtbot: QtBot) -> None:
    opened(page, path, qtbot)
    shows(page, page.result, qtbot)
    with qtbot.waitSignal(page.undoing.prepared, timeout=LIMIT):
        page.result.undo.click()


# --- taking back ----------------------------------------------------------------------------------------


def test_an_import_is_taken_back_but_for_what_others_changed(
    house: House, page: JobPage, qtbot: QtBot
) -> None:
    path = imported(house, qtbot)
    by_another_hand(house, "FW-00003", "Bath")
    prepared(page, path, qtbot)
    view = page.undo_view
    numbers = [view.cards[key].value for key in ("back", "untouched", "same", "created", "gone")]
    assert numbers == [19, 1, 0, 2, 0]
    (conflict,) = view.model.rows()
    assert (conflict.user_id, conflict.before, conflict.ours, conflict.now) == (
        "FW-00003", "Leeds", "York", "Bath",
    )  # fmt: skip
    assert view.go.text() == "Change 19 profiles back"
    assert house.value("FW-00001", "city") == "York", "nothing is changed before the button"
    view.copy.click()
    assert QGuiApplication.clipboard().text() == "FW-00021\nFW-00022"
    with qtbot.waitSignal(house.running.ended, timeout=LIMIT) as heard:
        view.go.click()
    assert heard.args[1].confirmed == 19
    shows(page, page.result, qtbot)
    assert page._path != path and page.result.undo_words.text() == IS_UNDO
    assert [house.value(f"FW-{n:05d}", "city") for n in (1, 3, 20, 21)] == ["Leeds", "Bath", "Leeds", "York"]
    assert listed(path).undone_by == page.job_id()


def test_leaving_changes_nothing_and_leaves_no_document(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = imported(house, qtbot, 5)
    before = list(documents(house.paths.jobs))
    prepared(page, path, qtbot)
    assert len(list(documents(house.paths.jobs))) == len(before) + 1
    page.undo_view.back.click()
    shows(page, page.result, qtbot)
    assert list(documents(house.paths.jobs)) == before
    assert house.value("FW-00001", "city") == "York"


def test_reading_can_be_stopped(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = imported(house, qtbot, 60)
    house.sandbox.set_latency(0.3)
    opened(page, path, qtbot)
    page.result.undo.click()
    assert page._stack.currentWidget() is page.undo_view
    assert not page.undo_view.go.isEnabled() and "being read" in page.undo_view.reason.text()
    qtbot.waitUntil(lambda: page.undo_view.number.text() not in ("", "0"), timeout=LIMIT)
    page.undo_view.back.click()
    shows(page, page.result, qtbot)
    assert not page.undoing.is_reading
    house.sandbox.set_latency(0)
    assert house.value("FW-00001", "city") == "York"


def test_a_server_that_is_gone_while_reading_is_a_sentence(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = imported(house, qtbot, 5)
    opened(page, path, qtbot)
    house.sandbox.set_faults([{"call": "user/userData", "fault": "status", "status": 500, "body": {}}])
    with qtbot.waitSignal(page.undoing.failed, timeout=LIMIT):
        page.result.undo.click()
    shows(page, page.result, qtbot)
    assert page.banner.isVisible() and page.banner.sentence.text()


def test_an_aged_comparison_is_made_anew(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = imported(house, qtbot, 3)
    prepared(page, path, qtbot)
    by_another_hand(house, "FW-00002", "Bath")
    monkeypatch.setattr(taking_back, "FRESH_SECONDS", -1.0)
    with qtbot.waitSignal(page.undoing.prepared, timeout=LIMIT):
        page.undo_view.go.click()
    assert page.undo_view.cards["untouched"].value == 1
    assert house.value("FW-00001", "city") == "York"


def test_production_is_asked_for_its_name(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account = house.accounts.update(
        replace(house.accounts.get(house.account.id), environment="production")
    )
    page.set_account(house.account)
    path = imported(house, qtbot, 3)
    prepared(page, path, qtbot)
    monkeypatch.setattr(messages, "confirm_typed", lambda *_a, **_k: False)
    page.undo_view.go.click()
    assert page._stack.currentWidget() is page.undo_view and not house.running.runs()
    assert house.value("FW-00001", "city") == "York"


def test_why_an_import_cannot_be_taken_back(house: House, page: JobPage, qtbot: QtBot) -> None:
    opened(page, sent(house, qtbot, [person(n) for n in range(1, 4)]), qtbot)
    assert not page.result.undo.isEnabled() and page.result.undo_words.text() == NOTHING_KEPT
    opened(page, sent(house, qtbot, [person(n) for n in range(4, 7)], safety=Safety.FULL), qtbot)
    assert page.result.undo.isEnabled() and page.result.undo_words.text() == ALL_NEW
    path = imported(house, qtbot, 5)
    page.set_account(Account("Another", "test"))
    opened(page, path, qtbot)
    assert not page.result.undo.isEnabled()
    assert "belongs to" in page.result.undo.toolTip()


def test_history_can_ask_for_it(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = imported(house, qtbot, 5)
    with qtbot.waitSignal(page.undoing.prepared, timeout=LIMIT):
        page.undo_job(path)
    assert page._stack.currentWidget() is page.undo_view
    assert any("did not exist before" in words for _, _, words in worth_knowing(page.undoing.ready.found))


# --- those whom an import created ---------------------------------------------------------------------


def created(house: House, page: JobPage, qtbot: QtBot) -> Path:
    """An import of people who were not there, about to be taken back."""
    path = sent(house, qtbot, [person(n) for n in range(1, 6)], safety=Safety.FULL)
    prepared(page, path, qtbot)
    return path


def test_an_import_of_new_profiles_offers_to_delete_them(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = created(house, page, qtbot)
    view = page.undo_view
    assert view.cards["created"].value == 5 and not view.go.isEnabled()
    assert view.delete.isVisible() and view.delete.text() == "Delete these 5 profiles…"
    asked: list[DeleteList] = []

    def agree(_parent: object, _theme: object, _account: object, found: DeleteList) -> bool:
        asked.append(found)
        return True

    monkeypatch.setattr(delete_dialog, "ask_delete_list", agree)
    for _ in range(3):
        view.delete.click()
    qtbot.waitUntil(lambda: bool(house.running.runs()) or bool(asked), timeout=LIMIT)
    shows(page, page.result, qtbot)
    qtbot.waitUntil(lambda: page.result.title.text().startswith("Done"), timeout=LIMIT)
    (found,) = asked
    assert [entry.user_id for entry in found.entries] == [f"FW-{n:05d}" for n in range(1, 6)], "listed"
    assert found.name == "Created by list.csv" and found.kept.users == 5
    assert page.result.cards["confirmed"].value == 5 and page._path != path
    assert house.value("FW-00001", "city") is None
    kept = {each.profile.user_id for each in house.history.shelf()}
    assert kept == {f"FW-{n:05d}" for n in range(1, 6)}


def test_who_says_no_keeps_them(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    created(house, page, qtbot)
    monkeypatch.setattr(delete_dialog, "ask_delete_list", lambda *_: None)
    with qtbot.waitSignal(page.deletions.lists.put_away, timeout=LIMIT):
        page.undo_view.delete.click()
    assert page._stack.currentWidget() is page.undo_view
    assert house.value("FW-00001", "email") == "p1@example.org"


def test_another_account_meanwhile_changes_nothing(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete_dialog, "ask_delete_list", lambda *_: pytest.fail("asked"))
    path = imported(house, qtbot, 5)
    prepared(page, path, qtbot)
    page.set_account(house.accounts.get("sandbox"))
    page.undo_view.delete.click()
    assert "belongs to" in page.banner.remedy.text()
    page.undo_view.go.click()
    assert "belongs to" in page.banner.remedy.text()
    assert not house.running.runs() and not page.deletions.lists.is_busy
    assert house.value("FW-00001", "city") == "York"


def test_an_account_that_does_not_delete_says_so(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.account = house.accounts.update(replace(house.account, no_delete=True))
    page.set_account(house.account)
    created(house, page, qtbot)
    assert not page.undo_view.delete.isEnabled()
    assert "does not delete" in page.undo_view.delete.toolTip()


def test_those_deleted_since_are_not_offered(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = sent(house, qtbot, [person(n) for n in range(1, 4)], safety=Safety.FULL)
    client = house.connect(house.account)
    client.delete_profile("FW-00002")
    client.close()
    prepared(page, path, qtbot)
    cards = page.undo_view.cards
    assert (cards["created"].value, cards["gone"].value) == (2, 1)


# --- kept values ----------------------------------------------------------------------------------------


def test_kept_values_are_said_while_sending(house: House, page: JobPage, qtbot: QtBot) -> None:
    opened(page, house.job(300), qtbot)
    page.ready._keeps[Safety.FULL].click()
    kept: list[str] = []
    house.running.activity_changed.connect(lambda _: kept.append(page.progress.sentence.text()))
    page.ready.send.click()
    shows(page, page.result, qtbot)
    assert any("Profiles read first: " in words and "of 300." in words for words in kept)
    assert page._look is not None and page._look.kept == 0, "nobody was there before"


# --- rows that have not changed -------------------------------------------------------------------------


def test_rows_that_have_not_changed_are_left_out(house: House, page: JobPage, qtbot: QtBot) -> None:
    sent(house, qtbot, [with_city(n, "Leeds") for n in range(1, 31)])
    house.settle()
    path = house.job([with_city(n, "York" if n <= 4 else "Leeds") for n in range(1, 33)])
    opened(page, path, qtbot)
    ready = page.ready
    assert ready.skip.isChecked() and ready.send.text() == "Send up to 32 rows"
    qtbot.waitUntil(lambda: ready.send.text() == "Send 6 rows", timeout=LIMIT)
    assert "26 rows as confirmed before, 4 with other values, 2 never sent" in ready._skip_words.text()
    ready.skip.click()
    assert ready.send.text() == "Send 32 rows"
    ready.skip.click()
    ready.send.click()
    shows(page, page.result, qtbot)
    assert sorted(house.applied()) == [f"FW-{n:05d}" for n in (1, 2, 3, 4, 31, 32)]
    assert (listed(path).confirmed, listed(path).skipped) == (6, 26)


def test_the_same_file_again_is_said(house: House, page: JobPage, qtbot: QtBot) -> None:
    lines = [person(n) for n in range(1, 6)]
    sent(house, qtbot, lines)
    opened(page, house.job(lines), qtbot)
    qtbot.waitUntil(lambda: not page.ready.send.isEnabled(), timeout=LIMIT)
    assert page.ready.reason.text() == "Every row is as it was confirmed before."
    assert page._look is not None and page._look.uses[0].confirmed == 5


def test_the_sandbox_sends_everything_unless_told(house: House, page: JobPage, qtbot: QtBot) -> None:
    sent(house, qtbot, [person(1)])
    page.set_account(house.accounts.get("sandbox"))
    path = house.job(3, house.accounts.get("sandbox"))
    opened(page, path, qtbot)
    assert not page.ready.skip.isChecked()
    qtbot.waitUntil(lambda: page.ready._compared is not None, timeout=LIMIT)


# --- receipt, people ------------------------------------------------------------------------------------


def test_the_receipt_is_shown_and_saved(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened(page, sent(house, qtbot, [person(n) for n in range(1, 4)]), qtbot)
    seen: list[dict[str, Any]] = []

    def show(parent: object, theme: object, told: dict[str, Any], why: str) -> str:
        seen.append(told)
        return "save"

    monkeypatch.setattr(receipt_view, "show_receipt", show)
    monkeypatch.setattr(places, "ask_where", lambda *_: tmp_path / "receipt.json")
    with qtbot.waitSignal(page.files.saved, timeout=LIMIT):
        page.result.receipt.click()
    facts = dict(receipt_view.facts(seen[0]))
    assert facts["Rows"] == "3 rows: 3 confirmed" and facts["Account"] == "Fernwood Test, test"
    assert receipt_view.columns(seen[0])[1] == ("E-mail", "email")
    assert (tmp_path / "receipt.json").stat().st_size > 100
    dialog = receipt_view.ReceiptDialog(page, house.theme, seen[0])
    dialog.save.click()
    assert dialog.wish == "save"
    dialog.deleteLater()


def test_people_of_an_import_are_found_afterwards(house: House, qtbot: QtBot) -> None:
    sent(house, qtbot, [person(n) for n in range(1, 4)])
    found = house.history.people.search(house.account.id, "p2@example.org")
    assert [each.user_id for each in found] == ["FW-00002"]
