"""The People page over a real sandbox: looking up, saving, deleting, and every way in which that fails."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.grace import Waiting
from nv_desktop.core.history import History
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.profile import Profile
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.core.sheet import inspect, rows
from nv_desktop.gui import messages, places
from nv_desktop.gui.history.doing import erase
from nv_desktop.gui.people import dialogs
from nv_desktop.gui.people.list_pane import Row
from nv_desktop.gui.people_page import PeoplePage
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from tests.sandbox_process import Sandbox

WAIT = 15_000


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=60) as sandbox:
        yield sandbox


class Bench:
    """The page with all it stands on, and short words for what a person does."""

    def __init__(self, qtbot: QtBot, app: QApplication, server: Sandbox, folder: Path) -> None:
        self.qtbot, self.server = qtbot, server
        self.theme = Theme(app, "light")
        self.tasks = Tasks()
        paths = Paths(folder / "data")
        self.history = History(paths.history_file)
        self.accounts = Accounts(paths)
        self.account = self.accounts.get("sandbox")
        self.settings = Settings(grace_seconds=2)
        self.limiter = Limiter(folder, rate=None)
        self.client = self.connect()
        self.page = PeoplePage(
            self.theme, self.tasks, self.history, self.accounts, self.settings, paths, second=10
        )
        qtbot.addWidget(self.page)
        self.page.set_account(self.account, self.client)
        self.page.resize(1100, 700)
        self.page.show()
        self.applied_before = len(server.events("applied"))

    def connect(self, account: Account | None = None, url: str = "") -> Client:
        base = (url or self.server.url) + "/api/v1/"
        return Client(
            account or self.account, Secret("k"), self.limiter, base_url=base, deadline=5.0, connect=2.0
        )

    def close(self) -> None:
        self.page.hide()
        assert self.tasks.shutdown(10)
        self.client.close()
        self.history.close()
        QApplication.instance().setStyleSheet("")  # type: ignore[union-attr]
        self.theme.deleteLater()
        self.tasks.deleteLater()

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT)

    def find(self, name: str) -> Any:
        found = self.page.findChild(QWidget, name)
        assert found is not None, name
        return found

    def shown(self) -> str:
        """The user ID of the form in sight, "" without one."""
        draft = self.page.form.draft()
        return draft.user_id if draft is not None and self.page.form.isVisible() else ""

    def open(self, user_id: str) -> None:
        box = self.find("people.search")
        box.setText(user_id)
        self.qtbot.keyClick(box, Qt.Key.Key_Return)
        self.until(lambda: self.shown() == user_id and not self.tasks.is_busy("people.look"))
        box.clear()

    def type(self, name: str, text: str) -> None:
        editor = self.find(f"profile.{name}")
        assert isinstance(editor, QLineEdit)
        editor.setText(text)
        editor.textEdited.emit(text)

    def banner(self) -> str:
        """What the page says: on top, else in the place of the strip."""
        for name in ("people.banner.sentence", "people.done.sentence"):
            label = self.find(name)
            assert isinstance(label, QLabel)
            if label.isVisible():
                return str(getattr(label, "full_text", label.text)())
        return ""

    def sent(self) -> list[dict[str, Any]]:
        """Attributes that the server applied since the start of the test."""
        events = self.server.events("applied")[self.applied_before :]
        return [
            event["attributes"][user_id]
            for event in events
            for user_id in event["userIDs"]
            if event["call"] == "user/create"
        ]

    def deleted(self) -> list[str]:
        events = self.server.events("applied")[self.applied_before :]
        return [user_id for event in events for user_id in event["userIDs"] if event["call"] == "user/delete"]

    def listed(self) -> list[Row]:
        return [each for each in self.page.pane.model.rows() if each.user_id]


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, server: Sandbox, tmp_path: Path) -> Iterator[Bench]:
    server.reset()
    server.set_faults([])
    made = Bench(qtbot, qapp, server, tmp_path)
    yield made
    server.set_latency(0.0)
    server.set_faults([])
    made.close()


# looking up


def test_an_id_opens_its_profile_and_is_remembered(bench: Bench) -> None:
    bench.open("demo-1")
    assert bench.find("profile.title").accessibleName()
    assert "just now" in bench.find("profile.age").text()
    bench.until(lambda: [each.user_id for each in bench.listed()] == ["demo-1"])
    assert bench.page.pane.list.current_row().user_id == "demo-1"


def test_an_answer_to_an_older_question_is_dropped(bench: Bench) -> None:
    bench.server.set_faults([{"call": "user/userData", "fault": "drip", "bytes_per_second": 400, "at": [1]}])
    bench.page.look_up("demo-1")
    bench.page.look_up("demo-2")
    bench.until(lambda: bench.shown() == "demo-2")
    bench.until(lambda: not bench.tasks._running)
    assert bench.shown() == "demo-2"


def test_an_answer_for_another_account_is_dropped(bench: Bench) -> None:
    bench.server.set_latency(0.3)
    bench.page.look_up("demo-1")
    other = replace(bench.account, id="other", name="Other")
    bench.page.set_account(other, bench.client)
    bench.until(lambda: not bench.tasks._running)
    assert bench.shown() == "" and bench.listed() == []


def test_nobody_found_offers_to_create(bench: Bench) -> None:
    bench.page.look_up("nobody-1")
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and empty.action.text() == "Create it" and empty.action.isVisible())
    assert "nobody-1" in empty.sentence.text()
    bench.until(lambda: [(each.user_id, each.state) for each in bench.listed()] == [("nobody-1", "missing")])
    empty.action.click()
    assert bench.shown() == "nobody-1"
    bench.type("email", "nobody@example.com")
    bench.page.form.save()
    bench.until(lambda: "Created" in bench.banner())
    assert bench.sent() == [{"email": "nobody@example.com"}]
    assert bench.shown() == "nobody-1" and not bench.page.form.staged.isVisible()


@pytest.mark.parametrize(
    ("typed", "words", "offered"),
    [
        ("demo-1\u200b", "holds an invisible character (zero-width space)", "Look up “demo-1”"),
        ("\u202edemo\u200b-1", "turns the reading direction", "Look up “demo-1”"),
        ("ilse@example.org", "by their user ID", "Create it"),
        ("+4915112345678", "by their user ID", "Create it"),
    ],
)
def test_what_is_odd_about_an_id_is_said_and_put_right(
    bench: Bench, typed: str, words: str, offered: str
) -> None:
    bench.page.look_up(typed)
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and empty.action.isVisible())
    assert words in empty.sentence.text() and empty.action.text() == offered
    if offered.startswith("Look"):
        empty.action.click()
        bench.until(lambda: bench.shown() == "demo-1")


def test_an_id_that_cannot_be_says_why(bench: Bench) -> None:
    bench.page.look_up("x" * 101)
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and "at most 100 characters" in empty.sentence.text())
    assert bench.banner() == "" and len(empty.title.text()) < 70


def test_people_known_here_are_found_by_name_and_said_so(bench: Bench) -> None:
    person = Profile(
        "x-77", {"name": "अनन्या शर्मा", "email": "ananya@example.com", "mobile": "+919812345678"}, 1.0
    )
    bench.history.people.visited("sandbox", person)
    box = bench.find("people.search")
    for text in ("शर्मा", "ananya@", "98123"):
        box.setText(text)
        bench.until(lambda: [each.user_id for each in bench.listed()] == ["x-77"])
        assert "known on this computer" in bench.find("people.search.hint").text()
        box.clear()


def test_offline_says_so_and_tries_again(bench: Bench) -> None:
    bench.page.set_account(bench.account, bench.connect(url="http://127.0.0.1:9"))
    bench.page.look_up("demo-1")
    bench.until(lambda: bool(bench.banner()))
    assert bench.shown() == ""
    bench.page.set_account(bench.account, bench.client)
    bench.find("people.banner.retry").click()
    bench.until(lambda: bench.shown() == "demo-1")
    assert bench.banner() == ""


def test_a_refused_key_says_so(bench: Bench) -> None:
    bench.server.set_faults([{"fault": "status", "status": 401}])
    bench.page.look_up("demo-1")
    bench.until(lambda: "key" in bench.banner().lower())


def test_slow_down_counts_and_asks_again_by_itself(bench: Bench) -> None:
    bench.server.set_faults([{"call": "user/userData", "fault": "status", "status": 429, "times": 1}])
    bench.page.look_up("demo-4")
    bench.until(lambda: "slower" in bench.banner())
    bench.until(lambda: bench.shown() == "demo-4")
    assert bench.banner() == ""


# saving


def test_save_sends_only_what_changed(bench: Bench) -> None:
    bench.open("demo-2")
    bench.type("last_name", "Marlowe")
    bench.find("people.save").click()
    bench.until(lambda: "Saved" in bench.banner())
    assert bench.sent() == [{"last_name": "Marlowe"}]
    assert bench.find("profile.last_name").text() == "Marlowe"
    assert not bench.page.form.staged.isVisible()
    assert [change.state for change in bench.history.changes("sandbox")] == ["done"]


def test_nothing_moves_when_a_save_went_well(bench: Bench) -> None:
    bench.open("demo-4")
    editor = bench.find("profile.first_name")

    def place() -> QPoint:
        QApplication.processEvents()
        return QPoint(editor.mapTo(bench.page, QPoint(0, 0)))

    before = place()
    bench.type("first_name", "Ada")
    bench.page.form.save()
    bench.until(lambda: "Saved 1 change" in bench.banner())
    assert place() == before
    bench.type("first_name", "Ada L")
    assert place() == before and bench.banner() == ""
    bench.page.person.copy_json()
    assert "clipboard" in bench.banner(), "the changes keep their place, so it stands above"


def test_a_burst_of_saves_is_one(bench: Bench) -> None:
    bench.open("demo-2")
    bench.type("last_name", "Once")
    for _ in range(5):
        bench.page.form.save()
        bench.find("people.save").click()
    bench.until(lambda: "Saved" in bench.banner())
    assert bench.sent() == [{"last_name": "Once"}]


def change_elsewhere(bench: Bench, user_id: str, **attributes: object) -> None:
    answer = bench.client.send_batch([{"userID": user_id, "user_attributes": attributes}])
    assert user_id in answer.confirmed


@pytest.mark.parametrize(("mine", "sent"), [(frozenset(("last_name",)), ["Mine"]), (frozenset(), [])])
def test_a_profile_changed_meanwhile_asks_field_by_field(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, mine: frozenset[str], sent: list[str]
) -> None:
    asked: list[tuple[object, object, object]] = []

    def choose(_parent: object, _theme: object, conflicts: Any, _field: object) -> frozenset[str]:
        asked.extend((each.before, each.mine, each.now) for each in conflicts)
        return mine

    monkeypatch.setattr(dialogs, "ask_conflicts", choose)
    bench.open("demo-6")
    before = bench.find("profile.last_name").text()
    bench.type("last_name", "Mine")
    change_elsewhere(bench, "demo-6", last_name="Theirs")
    bench.page.form.save()
    bench.until(lambda: bool(bench.banner()))
    assert asked == [(before, "Mine", "Theirs")]
    assert [each["last_name"] for each in bench.sent()] == ["Theirs", *sent]
    assert bench.find("profile.last_name").text() == ("Mine" if mine else "Theirs")


def test_going_back_from_the_question_keeps_what_was_typed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "ask_conflicts", lambda *_: None)
    bench.open("demo-6")
    bench.type("last_name", "Mine")
    change_elsewhere(bench, "demo-6", last_name="Others")
    bench.page.form.save()
    bench.until(lambda: "Nothing was saved" in bench.banner())
    assert bench.find("profile.last_name").text() == "Mine"


def test_an_unclear_save_reads_back_and_says_the_truth(bench: Bench) -> None:
    bench.open("demo-7")
    bench.type("last_name", "Arrived")
    bench.server.set_faults([{"call": "user/create", "fault": "rst", "phase": "after_apply", "times": 1}])
    bench.page.form.save()
    bench.until(lambda: "Saved" in bench.banner())
    bench.type("last_name", "Lost")
    bench.server.set_faults([{"call": "user/create", "fault": "rst", "phase": "after_read", "times": 1}])
    bench.page.form.save()
    bench.until(lambda: bool(bench.banner()) and "Saved" not in bench.banner())
    assert "not" in bench.banner() and bench.find("profile.last_name").text() == "Lost"
    assert bench.page.form.changed_names() == ["last_name"]


def test_offline_while_saving_keeps_everything(bench: Bench) -> None:
    bench.open("demo-8")
    bench.type("last_name", "Kept")
    bench.page.set_account(bench.account, bench.connect(url="http://127.0.0.1:9"))
    bench.page.form.save()
    bench.until(lambda: "Not saved" in bench.banner())
    assert bench.find("profile.last_name").text() == "Kept" and bench.find("people.save").isEnabled()
    bench.page.set_account(bench.account, bench.client)
    bench.find("people.banner.retry").click()
    bench.until(lambda: "Saved" in bench.banner())
    assert bench.sent() == [{"last_name": "Kept"}]


def test_a_draft_is_kept_while_somebody_else_is_shown(bench: Bench) -> None:
    bench.open("demo-9")
    bench.type("last_name", "Later")
    bench.open("demo-10")
    assert bench.find("profile.last_name").text() != "Later"
    bench.until(lambda: [each.state for each in bench.listed() if each.user_id == "demo-9"] == ["changed"])
    bench.open("demo-9")
    assert bench.find("profile.last_name").text() == "Later"


def test_a_draft_never_follows_into_another_account(bench: Bench) -> None:
    bench.open("demo-6")
    bench.type("last_name", "Of the first")
    other = replace(bench.account, id="other", name="Other")
    client = bench.connect(other)
    bench.page.set_account(other, client)
    assert bench.page.one.unsaved() == [("sandbox", "demo-6")]
    bench.open("demo-6")
    assert bench.find("profile.last_name").text() != "Of the first" and not bench.page.form.changed_names()
    bench.page.set_account(bench.account, bench.client)
    bench.until(lambda: [(each.user_id, each.state) for each in bench.listed()] == [("demo-6", "changed")])
    bench.open("demo-6")
    assert bench.find("profile.last_name").text() == "Of the first"
    bench.until(lambda: not bench.tasks._running)
    client.close()


def test_a_save_that_ends_after_moving_on_reaches_its_own_profile(bench: Bench) -> None:
    bench.open("demo-11")
    bench.type("last_name", "Elsewhere")
    bench.server.set_latency(0.2)
    bench.page.form.save()
    bench.page.look_up("demo-12")
    with bench.qtbot.waitSignal(bench.page.profile_saved, timeout=WAIT) as heard:
        pass
    assert heard.args == ["sandbox", "demo-11"]
    bench.until(lambda: bench.shown() == "demo-12" and not bench.tasks._running)
    assert bench.find("profile.last_name").text() != "Elsewhere" and bench.page.one.unsaved() == []


def test_leaving_asks_for_what_is_unsaved(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def confirm(*args: Any, **_more: Any) -> bool:
        asked.append(args[3])
        return False

    monkeypatch.setattr(messages, "confirm", confirm)
    bench.open("demo-13")
    assert bench.page.can_leave() and asked == []
    bench.type("last_name", "Unsaved")
    bench.open("demo-14")
    assert not bench.page.can_leave()
    assert asked == ["Changes of demo-13 are not saved. Closing loses them."]


def test_what_was_said_while_it_was_saved_goes_with_the_answer(bench: Bench) -> None:
    bench.open("demo-12")
    bench.type("last_name", "Late")
    bench.server.set_latency(0.3)
    bench.page.form.save()
    assert not bench.page.can_leave() and "is being saved or deleted" in bench.banner()
    bench.until(lambda: "Saved 1 change" in bench.banner())
    assert not bench.find("people.banner").isVisible()


def test_refreshing_keeps_changes_and_shows_what_is_new(bench: Bench) -> None:
    bench.open("demo-15")
    bench.type("last_name", "Mine")
    change_elsewhere(bench, "demo-15", first_name="Theirs")
    bench.page.one.refresh()
    bench.until(lambda: bench.find("profile.first_name").text() == "Theirs")
    assert bench.find("profile.last_name").text() == "Mine"
    assert bench.page.form.changed_names() == ["last_name"]


def test_what_was_sent_is_shown_without_the_key(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    monkeypatch.setattr(dialogs, "show_request", lambda *args: texts.append(args[4]))
    bench.open("demo-16")
    assert not bench.page.head.request.isEnabled()
    bench.type("last_name", "Shown")
    bench.find("people.preview").click()
    bench.page.form.save()
    bench.until(lambda: "Saved" in bench.banner())
    bench.page.head.request.trigger()
    assert len(texts) == 2 and all('"last_name": "Shown"' in text for text in texts)
    assert all("(not shown)" in text for text in texts)


# guards


def test_read_only_locks_with_its_reason(bench: Bench) -> None:
    bench.page.set_account(replace(bench.account, read_only=True), bench.client)
    bench.open("demo-1")
    assert bench.find("profile.last_name").isReadOnly()
    assert bench.find("people.guard").isVisible() and "read only" in bench.find("people.guard").text.text()
    assert not bench.page.head.delete.isEnabled() and "read only" in bench.page.head.delete.text()
    assert not bench.find("people.new").isEnabled()


def test_no_delete_says_why(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogs, "ask_delete", lambda *_: pytest.fail("asked"))
    bench.page.set_account(replace(bench.account, no_delete=True), bench.client)
    bench.open("demo-1")
    assert "switched off" in bench.page.head.delete.text()
    bench.page.changing.ask_delete()
    assert not bench.find("profile.last_name").isReadOnly()


# the connection


def test_a_question_without_a_connection_is_asked_when_there_is_one(bench: Bench) -> None:
    bench.page.set_account(bench.account, None)
    bench.page.look_up("demo-1")
    assert "no connection yet" in bench.banner()
    bench.page.set_account(bench.account, bench.client)
    bench.until(lambda: bench.shown() == "demo-1")
    assert bench.banner() == ""


def test_another_connection_of_the_account_loses_no_question(bench: Bench) -> None:
    bench.server.set_latency(0.4)
    bench.page.look_up("demo-1")
    bench.page.set_account(bench.account, None)  # as when a limit is changed in Settings
    bench.page.set_account(bench.account, bench.client)
    bench.until(lambda: bench.shown() == "demo-1")


def test_offline_ends_with_the_first_answer_of_any_kind(bench: Bench) -> None:
    told: list[bool] = []
    bench.page.online_changed.connect(told.append)
    bench.page.set_account(bench.account, bench.connect(url="http://127.0.0.1:9"))
    bench.page.look_up("demo-1")
    bench.until(lambda: told == [False])
    bench.page.set_account(bench.account, bench.client)
    bench.page.look_up("nobody-5")
    bench.until(lambda: told[-1])
    told.append(False)
    bench.page.look_up_many(["demo-1", "demo-2"])
    bench.until(lambda: told[-1])


# deleting


def answer_delete(monkeypatch: pytest.MonkeyPatch, keep: bool = True) -> None:
    monkeypatch.setattr(dialogs, "ask_delete", lambda *_: dialogs.DeleteChoice(keep))


def test_a_delete_can_be_called_off(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 60
    bench.open("demo-17")
    bench.page.head.delete.trigger()
    bar = bench.find("people.grace")
    bench.until(bar.isVisible)
    noted = bench.page.deleting.grace.waiting()
    assert noted is not None and (noted.user_id, noted.keep, noted.begun) == ("demo-17", True, False)
    with bench.qtbot.waitSignal(bench.page.status_changed, timeout=WAIT):
        bench.find("people.grace.retry").click()
    assert not bar.isVisible() and bench.deleted() == [] and bench.shown() == "demo-17"
    bench.until(lambda: bench.page.deleting.grace.waiting() is None)


def test_a_delete_waits_no_more_once_the_window_closes_and_is_asked_about_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing can take long where uploads come to rest first: the grace must not run out meanwhile."""
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 60
    bench.open("demo-17")
    bench.page.head.delete.trigger()
    bench.until(bench.find("people.grace").isVisible)
    bench.page.close_down()
    assert not bench.page.deleting.is_waiting() and not bench.find("people.grace").isVisible()
    noted = bench.page.deleting.grace.waiting()
    assert noted is not None and (noted.user_id, noted.begun) == ("demo-17", False)
    assert bench.deleted() == []


def test_a_delete_is_sent_after_its_grace_and_can_be_restored(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_delete(monkeypatch)
    bench.open("demo-18")
    held = bench.client.get_profile("demo-18").attributes
    bench.page.head.delete.trigger()
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and "was deleted" in empty.title.text())
    assert bench.deleted() == ["demo-18"] and len(bench.history.shelf("sandbox")) == 1
    assert bench.page.deleting.grace.waiting() is None
    assert not bench.find("people.grace").isVisible()
    empty.action.click()
    bench.until(lambda: bench.shown() == "demo-18")
    assert bench.client.get_profile("demo-18").attributes == held


def test_restoring_is_asked_for_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 0
    bench.open("demo-17")
    bench.page.head.delete.trigger()
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and "was deleted" in empty.title.text())
    assert [each.state for each in bench.listed()] == ["deleted"]
    bench.server.set_latency(0.2)
    empty.action.click()
    empty.action.click()
    bench.until(lambda: bench.shown() == "demo-17")
    assert bench.banner() == "" and len(bench.sent()) == 1
    assert [each.state for each in bench.listed()] == [""]


def test_a_restore_that_failed_can_be_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 0
    bench.open("demo-18")
    bench.page.head.delete.trigger()
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and "was deleted" in empty.title.text())
    bench.server.set_faults([{"call": "user/create", "fault": "status", "status": 401, "at": [1]}])
    empty.action.click()
    bench.until(lambda: bench.banner().startswith("Not restored."))
    empty.action.click()
    bench.until(lambda: bench.shown() == "demo-18")


@pytest.mark.parametrize("moment", ["grace", "call"])
def test_nothing_is_saved_into_a_profile_that_is_being_deleted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 600 if moment == "grace" else 0
    bench.open("demo-19")
    bench.type("last_name", "Late")
    bench.server.set_latency(0.3)
    bench.page.head.delete.trigger()
    bench.until(bench.find("people.grace").isVisible)
    bench.page.form.save()
    assert "about to be deleted" in bench.banner() and not bench.page.saving.is_under_way()
    if moment == "grace":
        bench.page.deleting.call_off()
        bench.server.set_latency(0)
        bench.page.form.save()
        bench.until(lambda: "Saved 1 change" in bench.banner())
        assert bench.sent() == [{"last_name": "Late"}]
    else:
        bench.until(lambda: bench.deleted() == ["demo-19"] and not bench.page.deleting.is_waiting())
        assert bench.sent() == []


@pytest.mark.parametrize(
    ("fault", "sentence", "remedy"),
    [
        ({"fault": "429"}, "Not deleted. The server asks to go slower.", "try again"),
        ({"fault": "status", "status": 401}, "Not deleted. The server did not accept", "Accounts"),
        ({"fault": "status", "status": 500}, "The server had a problem of its own", "not tried again"),
        ({"fault": "refuse"}, "The connection to 127.0.0.1 broke", "not tried again"),
    ],
)
def test_a_delete_that_went_wrong_says_what_is_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], sentence: str, remedy: str
) -> None:
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 0
    bench.open("demo-16")
    bench.server.set_faults([{"call": "user/delete", **fault}])
    bench.page.head.delete.trigger()
    bench.until(lambda: bench.banner() != "")
    assert bench.banner().startswith(sentence) and bench.deleted() == []
    words = bench.find("people.banner.remedy").text()
    assert remedy in words and "goes on by itself" not in words


def test_a_reading_that_failed_leaves_no_doubt_about_anything(bench: Bench) -> None:
    bench.server.set_faults([{"call": "user/userData", "fault": "rst"}])
    bench.page.look_up("demo-16")
    bench.until(lambda: bench.banner() != "")
    assert "broke before the answer was whole." in bench.banner() and "not known" not in bench.banner()


def test_delete_for_good_keeps_nothing_here(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_delete(monkeypatch, keep=False)
    bench.open("demo-19")
    bench.page.head.delete.trigger()
    empty = bench.page.empty
    bench.until(lambda: empty.isVisible() and "was deleted" in empty.title.text())
    assert not empty.action.isVisible() and bench.history.shelf("sandbox") == []
    bench.until(lambda: bench.listed() == [])


def test_a_delete_never_outlives_the_account_in_sight(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_delete(monkeypatch)
    bench.settings.grace_seconds = 60
    bench.open("demo-20")
    bench.page.head.delete.trigger()
    with bench.qtbot.waitSignal(bench.page.status_changed) as said:
        bench.page.set_account(replace(bench.account, id="other"), bench.client)
    assert "the account or its connection was changed" in said.args[0]
    assert not bench.page.deleting.is_waiting() and bench.deleted() == []
    bench.until(lambda: not bench.tasks._running)
    assert bench.page.deleting.grace.waiting() is None
    assert not bench.page.deleting.is_waiting() and bench.deleted() == []


def test_a_change_still_on_its_way_holds_a_delete_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_delete(monkeypatch)
    bench.open("demo-11")
    bench.history.begin_change(bench.account.id, "demo-11", "saved", {}, {"city": "Leeds"})
    bench.page.head.delete.trigger()
    bench.until(lambda: "may still be on its way" in bench.banner())
    assert bench.banner().startswith("Not deleted.") and bench.deleted() == []
    assert bench.page.deleting.grace.waiting() is None and bench.history.shelf() == []


def test_erasing_a_person_forgets_a_delete_that_waits(bench: Bench, tmp_path: Path) -> None:
    grace = bench.page.deleting.grace
    grace.note(Waiting(bench.account.id, "demo-12", "Asha", True, 1.0))
    erase(tmp_path, bench.history, "demo-13")
    assert grace.waiting() is not None
    erase(tmp_path, bench.history, "demo-12")
    assert grace.waiting() is None and not (bench.history.path.parent / "waiting-delete.json").exists()


def test_somebody_who_is_erased_here_leaves_the_page(bench: Bench, tmp_path: Path) -> None:
    bench.open("demo-1")
    bench.open("demo-14")
    bench.page.forget_person("demo-14")
    erase(tmp_path, bench.history, "demo-14")
    bench.page.known_people.load()
    bench.until(lambda: [each.user_id for each in bench.listed()] == ["demo-1"])
    assert bench.shown() == ""
    bench.open("demo-1")
    bench.type("last_name", "Typed")
    bench.page.forget_person("demo-1")
    assert bench.shown() == "demo-1"


def test_deleting_needs_the_typed_id(bench: Bench) -> None:
    dialog = messages.TypedQuestion(None, bench.theme, "Delete?", "Gone.", "demo-1", "Delete")
    bench.qtbot.addWidget(dialog)
    assert not dialog.yes.isEnabled()
    dialog.field.edited.emit("demo-1 ")
    assert not dialog.yes.isEnabled()
    dialog.field.edited.emit("demo-1")
    assert dialog.yes.isEnabled()


# many


def test_pasted_lines_open_a_table_with_its_price(bench: Bench) -> None:
    QGuiApplication.clipboard().setText("\n".join([*bench.server.people(0, 30), "nobody-9"]))
    box = bench.find("people.search")
    box.setFocus()
    bench.qtbot.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    many = bench.page.many
    assert many.isVisible() and many.count() == 31 and not many.is_running()
    assert "A few seconds" in many.sentence.text()
    many.start.click()
    bench.until(lambda: not many.is_running())
    states = [each.state for each in many.model.rows()]
    assert states.count("found") == 30 and states.count("missing") == 1
    assert many.start.isHidden() and many.export.isEnabled()


def test_an_id_that_is_pasted_twice_is_counted_and_said(bench: Bench) -> None:
    QGuiApplication.clipboard().setText("demo-1\ndemo-2\ndemo-1\n\ndemo-1\n")
    bench.page.paste()
    many = bench.page.many
    bench.until(lambda: len(many.profiles()) == 2 and not many.is_running())
    assert many.banner.sentence.text() == "4 user IDs were given."
    assert many.banner.remedy.text().startswith("2 of them stood there again")
    QGuiApplication.clipboard().setText("demo-3\ndemo-3\n")
    bench.page.paste()
    bench.until(lambda: bench.shown() == "demo-3")


def test_few_begin_at_once_and_open_from_the_table(bench: Bench) -> None:
    bench.find("people.search").setText("demo-1, demo-2")
    bench.qtbot.keyClick(bench.find("people.search"), Qt.Key.Key_Return)
    many = bench.page.many
    bench.until(lambda: len(many.profiles()) == 2 and not many.is_running())
    many.table.activated.emit(many.model.index(1, 0))
    bench.until(lambda: bench.shown() == "demo-2")
    bench.find("people.back").click()
    assert many.isVisible() and many.count() == 2


def test_stopping_keeps_the_answers_and_goes_on(bench: Bench) -> None:
    bench.server.set_latency(0.05)
    many = bench.page.many
    bench.page.look_up_many(bench.server.people(0, 28))
    many.start.click()
    bench.until(lambda: len(many.profiles()) > 0)
    many.stop.click()
    done = len(many.profiles())
    assert not many.is_running() and done < 28 and many.start.text() == "Go on"
    bench.server.set_latency(0.0)
    many.start.click()
    bench.until(lambda: not many.is_running() and many._counts["waiting"] == 0)
    assert sum(many._counts.values()) == 28


def test_who_got_no_answer_is_asked_again(bench: Bench) -> None:
    bench.server.set_faults([{"call": "user/userData", "fault": "status", "status": 500, "at": [2, 3]}])
    many = bench.page.many
    bench.page.look_up_many(["demo-1", "demo-2", "demo-3", "demo-4"])
    bench.until(lambda: not many.is_running() and many._counts["unclear"] == 2)
    assert many.sentence.text() == "2 of 4 answered; no clear answer for the rest."
    assert many.start.isVisible() and many.start.text() == "Ask 2 again"
    many.start.click()
    bench.until(lambda: not many.is_running() and many._counts["found"] == 4)
    assert many.sentence.text().startswith("All have an answer.") and not many.start.isVisible()


def test_an_outage_stops_the_table_and_says_so(bench: Bench) -> None:
    bench.page.set_account(bench.account, bench.connect(url="http://127.0.0.1:9"))
    many = bench.page.many
    bench.page.look_up_many(["demo-1", "demo-2", "demo-3"])
    bench.until(lambda: many.banner.isVisible() and not many.is_running())
    assert many.banner.button.text() == "Go on" and many._counts["waiting"] == 3
    bench.page.set_account(bench.account, bench.client)
    bench.page.look_up_many(["demo-1", "demo-2", "demo-3"])
    bench.until(lambda: len(many.profiles()) == 3)


def test_models_keep_qts_rules(bench: Bench, qtmodeltester: ModelTester) -> None:
    bench.page.look_up_many(["demo-1", "demo-2"])
    qtmodeltester.check(bench.page.many.model)
    bench.until(lambda: len(bench.page.many.profiles()) == 2)
    bench.open("demo-3")
    qtmodeltester.check(bench.page.pane.model)


def test_profiles_are_written_as_csv_and_json(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench.open("demo-5")
    for ending in ("csv", "json"):
        target = tmp_path / f"out.{ending}"
        monkeypatch.setattr(places, "ask_where", lambda *_, to=target: to)
        bench.page.head.export_wanted.emit(ending)
        bench.until(target.exists)
        assert "demo-5" in target.read_text("utf-8-sig")
    bench.page.person.copy_json()
    assert '"userID": "demo-5"' in QGuiApplication.clipboard().text()


def test_profiles_are_written_as_a_workbook_of_texts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    naughty = {"note": "=1+1", "code": "00420", "phone2": "+49 30 1"}
    bench.client.send_batch([{"userID": "=demo", "user_attributes": naughty}])
    bench.page.look_up_many(["demo-1", "demo-6", "=demo", "nobody-7"])
    many = bench.page.many
    bench.until(lambda: many._counts["found"] == 3 and not many.is_running())
    target = tmp_path / "people.xlsx"
    monkeypatch.setattr(places, "ask_where", lambda *_: target)
    (action,) = [each for each in many.exports.actions() if each.data() == "xlsx"]
    action.trigger()
    bench.until(lambda: "3 profiles were written to “people.xlsx”" in many.banner.sentence.text())
    opened = inspect(target)
    lines = {row.cells[0]: dict(zip(opened.header, row.cells, strict=True)) for row in rows(opened)}
    assert list(lines) == ["demo-1", "demo-6", "=demo"]
    assert {name: lines["=demo"][name] for name in ("note", "code", "phone2")} == {
        "note": "=1+1", "code": "00420", "phone2": "+49 30 1",
    }  # fmt: skip
    assert lines["demo-1"]["email"] == bench.client.get_profile("demo-1").attributes["email"]
    with zipfile.ZipFile(target) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_one_profile_of_a_list_is_told_as_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    many = bench.page.many
    bench.page.look_up_many(["demo-1", "nobody-7"])
    bench.until(lambda: not many.is_running() and many._counts["waiting"] == 0)
    monkeypatch.setattr(places, "ask_where", lambda *_: tmp_path / "one.csv")
    many.export_as("csv")
    bench.until(lambda: many.banner.sentence.text() == "1 profile was written to “one.csv”.")


def test_a_workbook_that_cannot_be_written_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench.open("demo-5")
    monkeypatch.setattr(places, "ask_where", lambda *_: tmp_path / "gone" / "out.xlsx")
    bench.page.head.export_wanted.emit("xlsx")
    bench.until(lambda: "could not be written" in bench.banner())


def test_pinned_people_stand_first(bench: Bench) -> None:
    bench.open("demo-1")
    bench.open("demo-2")
    bench.page.head.pin_wanted.emit(True)
    bench.open("demo-3")
    bench.until(lambda: bench.page.pane.model.rows()[0] == Row("", "PINNED"))
    assert bench.listed()[0].user_id == "demo-2"


def test_every_action_has_its_name(bench: Bench) -> None:
    names = [action.text() for action in bench.page.actions()]
    assert len(names) == len(set(names)) and "Save the profile" in names


def test_a_new_profile_that_was_begun_is_never_lost(bench: Bench) -> None:
    bench.page.one.new_profile()
    bench.type("userID", "begun-1")
    bench.page.look_up("nobody-2")
    empty = bench.page.empty
    bench.until(lambda: empty.offered == "create")
    empty.action.click()
    bench.type("email", "second@example.com")
    assert len(bench.page.one.unsaved()) == 2
    bench.page.one.new_profile()
    assert bench.find("profile.userID").text() == "begun-1"
    bench.page.look_up("nobody-2")
    bench.until(lambda: empty.isVisible() and empty.offered == "create")
    empty.action.click()
    assert bench.find("profile.email").text() == "second@example.com"


def test_creating_somebody_who_exists_sends_nothing(bench: Bench) -> None:
    bench.page.one.new_profile()
    bench.type("userID", "demo-3")
    bench.type("email", "wrong@example.com")
    bench.page.form.save()
    bench.until(lambda: "already" in bench.banner())
    assert bench.sent() == [] and bench.find("profile.email").text() == "wrong@example.com"
