"""Steps 4 and 5: what is said before Send, one press one job, the progress, the result, rows sent again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import NoKeyring
from nv_desktop.core.job import Done, Job, open_job
from nv_desktop.core.job.ledger import Ledger, Line, Mark
from nv_desktop.core.job.listing import listed
from nv_desktop.core.profile import Profile
from nv_desktop.core.upload import Safety, Stage
from nv_desktop.core.upload.preview import Preview
from nv_desktop.gui import messages, places
from nv_desktop.gui.job import receipt_view
from nv_desktop.gui.job.ready import worth_knowing
from nv_desktop.gui.job.result_table import ResultModel, Shape
from nv_desktop.gui.job.speed import SpeedCurve, thinned
from nv_desktop.gui.job.wording import sum_sentence
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.table_models import CELL_ROLE
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.words import counted, rows
from tests.gui.job_kit import LIMIT, House, house, person, sandbox, theme

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
    """What was asked; every question is answered with yes."""
    heard: list[tuple[object, ...]] = []

    def yes(*words: object, **more: object) -> bool:
        heard.append(words)
        return True

    monkeypatch.setattr(messages, "confirm", yes)
    monkeypatch.setattr(messages, "confirm_typed", yes)
    monkeypatch.setattr(receipt_view, "show_receipt", lambda *_: "save")
    return heard


def shows(page: JobPage, view: QWidget, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page._stack.currentWidget() is view, timeout=LIMIT)


def opened(page: JobPage, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.job_shown, timeout=LIMIT):
        page.open_job(path)


def sent(page: JobPage, path: Path, qtbot: QtBot) -> None:
    """Open, send, and look at the result."""
    opened(page, path, qtbot)
    page.ready.send.click()
    shows(page, page.result, qtbot)


def poison(house: House, *users: str, message: str = "Invalid email") -> None:
    rule = {"call": "user/create", "fault": "refuse_batch", "userIDs": list(users), "message": message}
    house.sandbox.set_faults([rule])


# --- before ---------------------------------------------------------------------------------------------


def test_before_send_the_numbers_are_said(house: House, page: JobPage, qtbot: QtBot) -> None:
    lines = [person(number) for number in range(1, 251)]
    lines += [lines[0], ("FW-x", "not an address", "", "")]
    opened(page, house.job(lines), qtbot)
    ready = page.ready
    assert page._stack.currentWidget() is ready
    assert ready.title.text() == "Send to Fernwood Test"
    assert ready.badge.environment() == "TEST"
    assert [ready.cards[key].value for key in ("send", "left_out", "calls")] == [250, 2, 3]
    assert ready.send.text() == "Send 250 rows"
    assert ready.send.isEnabled()
    assert not page.stepper.steps[4].isEnabled()
    assert house.calls() == 0


def test_old_values_have_a_price_tag(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.settings.safety = "sample"
    opened(page, house.job(10_000), qtbot)
    ready = page.ready
    assert ready.safety() is Safety.SAMPLE, "as set in Settings"
    assert "About 200 reads" in ready._prices[Safety.SAMPLE].text()
    tag = ready._prices[Safety.FULL].text()
    assert "10,000 reads" in tag and "20 minutes" in tag and "Full undo" in tag
    assert ready.cards["time"].number.text() == "1 minute"
    ready._keeps[Safety.FULL].click()
    assert ready.cards["time"].number.text() == "20 minutes"
    ready.some.click()
    tag = ready._prices[Safety.FULL].text()
    assert "10,000 reads" in tag and "20 minutes" in tag, "the choice holds for the rest too"
    assert "For the trial 50 of them." in tag
    assert [ready.cards[key].value for key in ("send", "left_out", "calls")] == [50, 0, 1]
    assert ready.cards["send"].sentence.text() == "first, 9,950 wait"
    assert ready.sentence.text().startswith(
        "50 of 10,000 rows go out first, the other 9,950 when you say so."
    )
    assert house.calls() == 0


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (None, "Choose an account first"),
        (Account("Fernwood Test", "test", read_only=True), "read-only"),
        (Account("Another", "test"), "was checked for “Fernwood Test”"),
    ],
)
def test_why_it_cannot_be_sent(
    house: House, page: JobPage, qtbot: QtBot, account: Account | None, words: str
) -> None:
    page.set_account(account)
    opened(page, house.job(5), qtbot)
    assert not page.ready.send.isEnabled()
    assert words in page.ready.reason.text()
    page.ready.send.click()
    assert not house.running.runs()


def test_a_file_of_which_nothing_can_be_sent(house: House, page: JobPage, qtbot: QtBot) -> None:
    opened(page, house.job([("a", "wrong", "", ""), ("b", "wrong too", "", "")]), qtbot)
    assert not page.ready.send.isEnabled()
    assert page.ready.reason.text() == "No row of this file can be sent."


def test_a_later_opening_drops_the_earlier_one(house: House, page: JobPage, qtbot: QtBot) -> None:
    first, second = house.job(5, name="first.csv"), house.job(7, name="second.csv")
    with qtbot.waitSignal(page.job_shown, timeout=LIMIT) as heard:
        page.open_job(first)
        page.open_job(second)
    assert heard.args == [second.stem]
    assert page.file.full_text() == "second.csv"
    assert page.ready.cards["send"].value == 7


def test_a_document_that_is_gone_is_a_sentence(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = house.job(5)
    path.unlink()
    page.open_job(path)
    qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=LIMIT)
    assert "not there any more" in page.banner.sentence.text()
    assert page._stack.currentWidget() is page.empty


def test_going_back_asks_for_the_check(house: House, page: JobPage, qtbot: QtBot) -> None:
    path = house.job(5)
    opened(page, path, qtbot)
    for act in (page.ready.back.click, page.stepper.steps[2].click):
        with qtbot.waitSignal(page.check_reopened, timeout=LIMIT) as heard:
            act()
        assert heard.args == [path]


# --- sending --------------------------------------------------------------------------------------------


def test_one_press_one_job_however_fast(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.2)
    path = house.job(1_000)
    opened(page, path, qtbot)
    started: list[str] = []
    house.running.started.connect(started.append)
    reopened: list[object] = []
    page.check_reopened.connect(reopened.append)
    send = page.ready.send
    send.setFocus()
    for _ in range(50):
        qtbot.mouseDClick(send, Qt.MouseButton.LeftButton)
        qtbot.keyClick(page.focusWidget() or page, Qt.Key.Key_Space)
        qtbot.keyClick(page.focusWidget() or page, Qt.Key.Key_Return)
    run = house.running.run_of(path.stem)
    assert run is not None and run.stage is not Stage.PAUSED, "the burst must not reach the next view"
    assert not isinstance(page.focusWidget(), QAbstractButton), "nor any button after it"
    assert reopened == []
    shows(page, page.result, qtbot)
    assert started == [path.stem]
    assert house.calls() == 10
    assert len(house.applied()) == 1_000


def test_production_asks_for_the_name(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = house.accounts.add(Account("Fernwood Outdoor", "production", "plum", 9))
    page.set_account(account)
    opened(page, house.job(30, account), qtbot)
    words: list[object] = []

    def no(*asked: object) -> bool:
        words.extend(asked)
        return False

    monkeypatch.setattr(messages, "confirm_typed", no)
    page.ready.send.click()
    assert "Fernwood Outdoor" in words and "Send 30 rows" in words
    assert not house.running.runs()
    assert page.ready.send.isEnabled(), "saying no leaves everything as it was"
    monkeypatch.setattr(messages, "confirm_typed", lambda *_: True)
    page.ready.send.click()
    shows(page, page.result, qtbot)
    assert listed(page._path or Path()).confirmed == 30


def test_the_progress_adds_up_and_can_be_held(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.3)
    path = house.job(6_000)
    opened(page, path, qtbot)
    page.ready.send.click()
    view = page.progress
    shows(page, view, qtbot)
    qtbot.waitUntil(lambda: view.cards["confirmed"].value > 0, timeout=LIMIT)
    assert sum(card.value for card in view.cards.values()) == 6_000
    assert view.of.text() == "of 6,000 rows have an answer"
    assert "close the window" in view.home.text.text()
    view.pause.click()
    assert view.pause.text() == "Resume" and view.title.text() == "Paused: list.csv"
    run = house.running.run_of(path.stem)
    assert run is not None
    qtbot.waitUntil(lambda: run.last is not None and run.last.state is Stage.PAUSED, timeout=LIMIT)
    assert sum(card.value for card in view.cards.values()) == 6_000
    house.sandbox.set_latency(0)
    view.pause.click()
    shows(page, page.result, qtbot)
    assert page.result.cards["confirmed"].value == 6_000


def test_stop_is_asked_about_and_shows_what_is_left(
    house: House, page: JobPage, qtbot: QtBot, asked: list[tuple[object, ...]]
) -> None:
    house.sandbox.set_latency(0.3)
    opened(page, house.job(6_000), qtbot)
    page.ready.send.click()
    qtbot.waitUntil(lambda: page.progress.cards["confirmed"].value > 0, timeout=LIMIT)
    page.progress.stop.click()
    shows(page, page.result, qtbot)
    assert asked and "Stop sending?" in asked[0]
    result = page.result
    assert result.title.text().startswith("Stopped: ")
    assert sum(card.value for card in result.cards.values()) == 6_000
    left = result.cards["not_sent"].value
    assert left > 0 and result.again.text() == f"Send the other {left:,} rows"
    house.sandbox.set_latency(0)
    result.again.click()
    qtbot.waitUntil(lambda: result.title.text() == "Done: 6,000 of 6,000 rows are in", timeout=LIMIT)


def test_a_server_that_is_gone_is_waited_for_in_words(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.sandbox.set_faults([{"call": "user/create", "fault": "refuse"}])
    path = house.job(500)
    opened(page, path, qtbot)
    page.ready.send.click()
    qtbot.waitUntil(lambda: not page.progress.notice.isHidden(), timeout=LIMIT)
    assert page.progress.notice.text.text().strip()
    assert page.progress.cards["confirmed"].value == 0
    house.running.stop(path.stem)
    shows(page, page.result, qtbot)
    line = listed(path)
    assert line.confirmed == 0 and line.not_sent + line.unknown == 500


def test_a_refused_key_pauses_with_its_sentence(house: House, page: JobPage, qtbot: QtBot) -> None:
    body = {"status": "error", "message": "Invalid API key", "status_code": "401"}
    house.sandbox.set_faults([{"call": "user/create", "fault": "status", "status": 401, "body": body}])
    opened(page, house.job(50), qtbot)
    page.ready.send.click()
    notice = page.progress.notice
    qtbot.waitUntil(lambda: not notice.isHidden(), timeout=LIMIT)
    assert "key" in notice.text.text().lower()
    assert notice.action.text() == "Try again"
    house.sandbox.set_faults([])
    notice.action.click()
    shows(page, page.result, qtbot)
    assert page.result.cards["confirmed"].value == 50


def test_a_locked_keyring_is_said_and_nothing_is_lost(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.connect_error = NoKeyring("The keyring is locked.", "Unlock it and try again.")
    opened(page, house.job(5), qtbot)
    page.ready.send.click()
    qtbot.waitUntil(lambda: page.banner.sentence.text() == "The keyring is locked.", timeout=LIMIT)
    shows(page, page.ready, qtbot)
    qtbot.waitUntil(page.ready.send.isEnabled, timeout=LIMIT)
    page.ready.send.click()
    shows(page, page.result, qtbot)


@pytest.mark.parametrize(("button", "confirmed"), [("job.leave", 10), ("job.waiting.action", 710)])
def test_rows_unknown_for_long_are_asked_about(
    house: House, page: JobPage, qtbot: QtBot, button: str, confirmed: int
) -> None:
    path = house.job(710)
    job = open_job(path)
    ledger = Ledger(job)
    ledger.begin()
    long_ago = time.time() - 3 * 86_400
    for start in range(1, 701, 100):
        ledger.write(
            [Mark([Line(row, person(row)[0], b"") for row in range(start, start + 100)], 1, long_ago)], []
        )
    ledger.recover()
    ledger.close()
    job.close()
    opened(page, path, qtbot)
    assert page.result.cards["unknown"].value == 700
    page.result.again.click()
    qtbot.waitUntil(lambda: "more than a day" in page.progress.notice.text.text(), timeout=LIMIT)
    answer = page.findChild(QAbstractButton, button)
    assert answer is not None
    answer.click()
    qtbot.waitUntil(lambda: page.result.cards["confirmed"].value == confirmed, timeout=LIMIT)
    assert page.result.cards["unknown"].value == 710 - confirmed


def test_a_trial_sends_only_its_rows_and_the_rest_follows(house: House, page: JobPage, qtbot: QtBot) -> None:
    opened(page, house.job(120), qtbot)
    page.ready.some.setChecked(True)
    page.ready.trial.setValue(20)
    assert page.ready.send.text() == "Send a trial of 20 rows"
    page.ready.send.click()
    shows(page, page.result, qtbot)
    assert len(house.applied()) == 20
    assert page.result.again.text() == "Send the other 100 rows"
    page.result.again.click()
    qtbot.waitUntil(lambda: page.result.cards["confirmed"].value == 120, timeout=LIMIT)
    assert len(house.applied()) == 120


def test_consent_is_not_raised_silently(house: House, page: JobPage, qtbot: QtBot) -> None:
    job = open_job(house.job(10))
    mapping = job.mapping()
    mapping.columns[3] = replace(mapping.columns[3], target="email_opt_in", type=None)
    job.fill(range(1, 11), 3, "1")
    job.set_mapping(mapping)
    job.check()
    job.close()
    house.history.people.visited(house.account.id, Profile("FW-00003", {"email_opt_in": "0"}, 1.0))
    opened(page, job.path, qtbot)
    assert page.ready._consent_words.text().startswith("1 person who had opted out")
    assert page.ready.send.text() == "Send 9 rows"
    page.ready.consent.setChecked(True)
    assert page.ready.send.text() == "Send 10 rows"
    page.ready.consent.setChecked(False)
    page.ready.send.click()
    shows(page, page.result, qtbot)
    assert "FW-00003" not in house.applied()
    assert page.result.cards["skipped"].value == 1
    assert not page.result.again.isVisible(), "those left out are not offered as mended"


# --- the result -----------------------------------------------------------------------------------------


def test_six_numbers_that_add_up(house: House, page: JobPage, qtbot: QtBot) -> None:
    poison(house, "FW-00002")
    lines = [person(number) for number in range(1, 41)]
    sent(page, house.job([*lines, lines[0], ("FW-x", "wrong", "", "")]), qtbot)
    result = page.result
    numbers = {key: card.value for key, card in result.cards.items()}
    assert numbers == {
        "confirmed": 39, "accepted": 0, "refused": 1, "unknown": 0, "not_sent": 0, "skipped": 2,
    }  # fmt: skip
    assert result.sum.text() == "39 + 1 + 2 = 42, every row of your file."
    assert result.chips.chips["refused"].count == 1
    assert result.chips.chips["duplicates"].count == 1
    assert result.chips.chips["left_out"].count == 2, "as the number above"
    qtbot.waitUntil(lambda: result.model.rowCount() == 1, timeout=LIMIT)
    assert result.kind() == "refused"
    assert result.model.index(0, 0).data() == "3"
    assert "Invalid email" in result.model.index(0, 2).data()
    assert result.model.index(0, 4).data(CELL_ROLE).tint == "error", "the reason names the e-mail"


def test_a_refused_row_is_fixed_in_place_and_sent_again(house: House, page: JobPage, qtbot: QtBot) -> None:
    poison(house, "FW-00002")
    sent(page, house.job(40), qtbot)
    result = page.result
    qtbot.waitUntil(lambda: result.model.rowCount() == 1, timeout=LIMIT)
    house.sandbox.set_faults([])
    cell = result.model.index(0, 4)
    assert result.model.setData(cell, "not an address")
    qtbot.waitUntil(lambda: "@" in result.model.index(0, 2).data(), timeout=LIMIT)
    assert not result.again.isVisible(), "the same rule as in the check stops it"
    assert result.model.setData(cell, "right@example.org")
    qtbot.waitUntil(result.again.isVisible, timeout=LIMIT)
    assert result.again.text() == "Send 1 row again"
    assert result.ready.text() == "1 row fixed, ready to send again"
    assert result.model.index(0, 1).data(CELL_ROLE).badges[0][0] == "Fixed"
    assert result.model.index(0, 4).data(CELL_ROLE).was == "p2@example.org"
    calls = house.calls()
    result.again.click()
    qtbot.waitUntil(lambda: result.cards["confirmed"].value == 40, timeout=LIMIT)
    assert house.calls() == calls + 1
    assert house.value("FW-00002", "email") == "right@example.org"


def test_a_correction_can_be_undone(house: House, page: JobPage, qtbot: QtBot) -> None:
    poison(house, "FW-00002")
    path = house.job(40)
    sent(page, path, qtbot)
    qtbot.waitUntil(lambda: page.result.model.rowCount() == 1, timeout=LIMIT)
    page.result.model.setData(page.result.model.index(0, 6), "York")
    qtbot.waitUntil(page.result.again.isVisible, timeout=LIMIT)
    next(action for action in page.actions() if "Undo" in action.text()).trigger()
    qtbot.waitUntil(lambda: not page.result.again.isVisible(), timeout=LIMIT)
    assert page.result.model.index(0, 6).data() == person(2)[3]


def test_what_is_being_typed_survives_a_fresh_look(house: House, page: JobPage, qtbot: QtBot) -> None:
    poison(house, "FW-00002")
    sent(page, house.job(40), qtbot)
    table = page.result.table
    qtbot.waitUntil(lambda: page.result.model.rowCount() == 1, timeout=LIMIT)
    table.setCurrentIndex(page.result.model.index(0, 4))
    table.edit(page.result.model.index(0, 4))
    editor = table.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "half")
    text = editor.text()
    with qtbot.waitSignal(page.job_shown, timeout=LIMIT):
        page.set_account(house.account)
    assert editor.text() == text and "half" in text
    qtbot.keyClick(editor, Qt.Key.Key_Escape)


def test_corrections_are_made_in_the_order_of_the_hand_and_all_of_them(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(house, "FW-00002")
    path = house.job(40)
    sent(page, path, qtbot)
    model = page.result.model
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=LIMIT)
    go_on, edit = Event(), Job.edit

    def slow_at_first(self: Job, row: int, column: int, text: str) -> Done:
        if text == "first":
            assert go_on.wait(10)
        return edit(self, row, column, text)

    monkeypatch.setattr(Job, "edit", slow_at_first)
    assert model.setData(model.index(0, 6), "first")
    assert model.setData(model.index(0, 6), "second")
    table = page.result.table
    table.edit(model.index(0, 4))
    editor = table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "right@example.org")
    go_on.set()
    assert page.can_leave()
    job = open_job(path)
    assert list(job.page([2])[0].cells[1:]) == ["right@example.org", person(2)[2], "second"]
    job.close()
    qtbot.waitUntil(lambda: not house.tasks._running, timeout=LIMIT)


def test_old_values_are_kept_of_those_who_were_there(house: House, page: JobPage, qtbot: QtBot) -> None:
    (there,) = house.sandbox.people(0, 1)
    opened(page, house.job([(there, *person(1)[1:]), person(2)]), qtbot)
    page.ready._keeps[Safety.FULL].click()
    page.ready.send.click()
    shows(page, page.result, qtbot)
    assert page.result.undo_words.text() == "Old values of 1 profile are kept."


def test_the_rows_of_a_chip_are_those_of_its_number(house: House, page: JobPage, qtbot: QtBot) -> None:
    lines = [person(1), person(1), person(2), ("", *person(3)[1:])]
    sent(page, house.job(lines), qtbot)
    chips, cards = page.result.chips.chips, page.result.cards
    assert cards["skipped"].value == chips["left_out"].count == 2
    assert chips["duplicates"].count == 1
    page.result.chips.choose("left_out")
    qtbot.waitUntil(lambda: page.result.model.rowCount() == 2, timeout=LIMIT)


def test_confirmed_rows_are_shown_but_not_edited(house: House, page: JobPage, qtbot: QtBot) -> None:
    sent(page, house.job(250), qtbot)
    model = page.result.model
    qtbot.waitUntil(lambda: model.rowCount() == 250, timeout=LIMIT)
    assert page.result.kind() == "confirmed"
    assert not model.flags(model.index(0, 4)) & Qt.ItemFlag.ItemIsEditable
    assert model.index(249, 6).data() == person(250)[3]
    page.result.chips.choose("refused")
    qtbot.waitUntil(lambda: model.rowCount() == 0, timeout=LIMIT)
    assert page.result.empty.text() == "No row is refused."


def test_the_model_keeps_the_rules_of_models(house: House, qtbot: QtBot) -> None:
    job = open_job(house.job(230))
    model = ResultModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_job(job, Shape.of(job), may_edit=True)
    model.show_ids(job.ids(), frozenset())
    assert (model.rowCount(), model.columnCount()) == (230, 7)
    model.refresh(frozenset({3}))
    model.show_ids(job.ids(), frozenset())
    model.show_ids([5, 3], frozenset())
    assert model.index(0, 0).data() == "6"
    model.show_job(None, Shape(), may_edit=False)
    job.close()
    tester.deleteLater()


def test_a_wide_result_reads_pages_not_the_file(house: House, qtbot: QtBot) -> None:
    job = open_job(house.job(3_000))
    model = ResultModel()
    model.show_job(job, Shape.of(job), may_edit=False)
    model.show_ids(job.ids(), frozenset())
    for row in range(0, 3_000, 10):
        assert model.index(row, 3).data() == person(row + 1)[0]
    assert len(model._pages) <= 12
    job.close()


@pytest.mark.parametrize(("which", "expected"), [("all", 40), ("refused", 1)])
def test_the_workbook_is_saved(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, which: str, expected: int
) -> None:
    poison(house, "FW-00002")
    sent(page, house.job(40), qtbot)
    target = house.folder / "result.xlsx"
    monkeypatch.setattr(places, "ask_where", lambda *_: target)

    action = next(each for each in page.result.workbook_menu.actions() if each.data() == which)
    action.trigger()
    qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=LIMIT)
    assert "result.xlsx" in page.banner.sentence.text()
    book = openpyxl.load_workbook(target, read_only=True)
    assert sum(1 for _ in book.worksheets[0].iter_rows()) == expected + 1
    book.close()
    assert not page.result.folder.isHidden()


def test_a_receipt_that_cannot_be_written_is_a_sentence(
    house: House, page: JobPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(page, house.job(3), qtbot)
    monkeypatch.setattr(places, "ask_where", lambda *_: house.folder / "missing" / "receipt.json")
    page.result.receipt.click()
    qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=LIMIT)
    assert page.banner.sentence.text()
    good = house.folder / "receipt.json"
    monkeypatch.setattr(places, "ask_where", lambda *_: good)
    page.result.receipt.click()
    qtbot.waitUntil(good.exists, timeout=LIMIT)
    qtbot.waitUntil(lambda: "receipt.json" in page.banner.sentence.text(), timeout=LIMIT)


def test_another_account_cannot_send_the_rest(house: House, page: JobPage, qtbot: QtBot) -> None:
    opened(page, house.job(30), qtbot)
    page.ready.some.setChecked(True)
    page.ready.trial.setValue(10)
    page.ready.send.click()
    shows(page, page.result, qtbot)
    with qtbot.waitSignal(page.job_shown, timeout=LIMIT):
        page.set_account(Account("Another", "test", brand_id=8))
    assert not page.result.again.isEnabled()
    assert "belongs to “Fernwood Test”" in page.result.ready.text()


def test_a_job_that_runs_is_shown_running(house: House, page: JobPage, qtbot: QtBot) -> None:
    house.sandbox.set_latency(0.3)
    path = house.job(4_000)
    house.running.start(path, "list.csv", house.account)
    page.open_job(path)
    assert page._stack.currentWidget() is page.progress
    house.sandbox.set_latency(0)
    shows(page, page.result, qtbot)


# --- small parts ----------------------------------------------------------------------------------------


def test_one_row_is_spoken_of_as_one() -> None:
    one = Preview(5, 1, 2, 1, 1, 1, (), 500)
    told = [words for _, _, words in worth_knowing(one)]
    assert "1 row has an outcome already; it stays as it is." in told
    assert "1 row is a duplicate and stays behind." in told
    assert "1 row stays behind; the result gives its reason." in told
    assert "1 row is sent with a warning." in told
    more = Preview(50, 10, 20, 10, 1_500, 10, (), 500)
    assert "1,500 rows are sent with a warning." in [words for _, _, words in worth_knowing(more)]


def test_words() -> None:
    assert [rows(1), rows(1_204), counted(2, "entry"), counted(1, "call")] == [
        "1 row", "1,204 rows", "2 entries", "1 call",
    ]  # fmt: skip
    assert sum_sentence({"a": 5, "b": 0}) == "5 rows, every row of your file."


def test_a_reason_finds_its_column() -> None:
    shape = Shape(("Mail", "Mobile number"), ((0, ("Mail", "email")), (1, ("Mobile number", "mobile"))))
    assert shape.guilty("Invalid email") == 0
    assert shape.guilty("Invalid MOBILE for userID x") == 1
    assert shape.guilty("An emailed reason") == -1
    whose = Shape(("Customer", "Mobile"), ((0, ("Customer", "userID")), (1, ("Mobile", "mobile"))))
    assert whose.guilty("Invalid mobile for userID x") == 1
    assert whose.guilty("A userID must be a text") == 0


def test_the_curve_paints_anything(theme: Theme, qtbot: QtBot) -> None:
    curve = SpeedCurve(theme)
    qtbot.addWidget(curve)
    curve.resize(400, 200)
    samples = [(1_700_000_000.0 + second, second % 900 * 10.0) for second in range(9_000)]
    for given in ((), samples[:1], samples[:2], samples):
        for left in (None, 0.0, 5_000.0):
            curve.show_samples(given, left, 50_000.0)
            assert not curve.grab().isNull()
    assert len(thinned(samples)) <= 402
    assert thinned(samples)[-1] == samples[-1]
    assert "rows a minute" in curve.accessibleName()
