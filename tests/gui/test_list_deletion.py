"""Deleting the users of a list in the window: said, confirmed by its count, run as a job, put back.

The sandbox's ledger is the oracle of what was read and deleted, and when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.history import History
from nv_desktop.core.job import documents
from nv_desktop.core.job.listing import listed
from nv_desktop.core.retention import tidy
from nv_desktop.core.upload.deleting import Entry, Price
from nv_desktop.gui import messages
from nv_desktop.gui.history.entries import gather
from nv_desktop.gui.history.panel import Panel
from nv_desktop.gui.history.wording import second_line
from nv_desktop.gui.importing.work import known_imports
from nv_desktop.gui.job import delete_dialog, delete_whom
from nv_desktop.gui.job.delete_dialog import DeleteList, DeleteListDialog
from nv_desktop.gui.job.delete_whom import Whom, WhomDialog
from nv_desktop.gui.job.list_deletion import Confirmed
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.people_page import PeoplePage
from nv_desktop.gui.running import Wanted, unfinished
from tests.gui.job_kit import LIMIT, House, house, sandbox, theme
from tests.sandbox_process import Sandbox

__all__ = ["house", "sandbox", "theme"]

PEOPLE = 40


class Window:
    """The two pages with the one thread between them that the root spins, and a person's answers."""

    def __init__(self, house: House, qtbot: QtBot) -> None:
        self.house, self.qtbot = house, qtbot
        self.client = house.connect(house.account)
        self.job = JobPage(
            house.theme, house.tasks, house.running, house.settings, house.history, house.paths
        )
        self.people = PeoplePage(
            house.theme, house.tasks, house.history, house.accounts, house.settings, house.paths
        )
        self.people.list_confirmed.connect(self.job.delete_list)
        self.agreed: list[Confirmed] = []
        self.people.list_confirmed.connect(self.agreed.append)
        self.dialogs = 0
        self.seen = len(house.sandbox.ledger())
        for page in (self.job, self.people):
            qtbot.addWidget(page)
            page.resize(1196, 712)
            page.show()
            qtbot.waitExposed(page)
        self.set_account(house.account, self.client)

    def set_account(self, account: Account, client: Client | None) -> None:
        self.job.set_account(account, client)
        self.people.set_account(account, client)

    def close(self) -> None:
        self.house.running.pause_all()
        self.qtbot.waitUntil(lambda: not self.house.running.runs(), timeout=LIMIT)
        self.job.close_job()
        self.people.can_leave()
        self.client.close()

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=LIMIT)

    def answers(
        self, monkeypatch: pytest.MonkeyPatch, count: str, *, presses: int = 1, forget: bool = False
    ) -> None:
        """The next question is answered by a person who types this count and presses so often."""

        def ask(parent: QWidget, theme: Any, account: Account, found: DeleteList) -> bool | None:
            dialog = DeleteListDialog(parent, theme, account, found)
            dialog.show()
            self.dialogs += 1
            typed(dialog.count.editor, count)
            dialog.forget.setChecked(forget)
            for _ in range(presses):
                dialog.yes.click()
            agreed = dialog.result() == dialog.DialogCode.Accepted
            dialog.close()
            dialog.deleteLater()
            return dialog.keeps() if agreed else None

        monkeypatch.setattr(delete_dialog, "ask_delete_list", ask)

    def idle(self) -> bool:
        deletion = self.people.list_deletion
        return not deletion.is_busy and not self.house.tasks._running

    def result(self) -> dict[str, int]:
        self.until(
            lambda: not self.house.running.runs() and self.job._stack.currentWidget() is self.job.result
        )
        self.until(lambda: not self.house.tasks._running)
        return {key: card.value for key, card in self.job.result.cards.items()}


def typed(editor: object, text: str) -> None:
    assert isinstance(editor, QLineEdit)
    editor.setText(text)
    editor.textEdited.emit(text)


@pytest.fixture(scope="module")
def crowd() -> Iterator[Sandbox]:
    with Sandbox(rate=0, people=PEOPLE) as made:
        yield made


@pytest.fixture
def window(tmp_path: Path, theme: Any, crowd: Sandbox, qtbot: QtBot) -> Iterator[Window]:
    crowd.reset()
    crowd.set_faults([])
    house = House(tmp_path, theme, crowd)
    house.settle()
    made = Window(house, qtbot)
    yield made
    made.close()
    house.close()


def events(window: Window, event: str, call: str) -> list[dict[str, Any]]:
    """What the server's ledger says since the start of the test."""
    ledger = window.house.sandbox.ledger()[window.seen :]
    return [line for line in ledger if line["event"] == event and line["call"] == call]


def deleted(window: Window) -> list[str]:
    return [user for line in events(window, "applied", "user/delete") for user in line["userIDs"]]


def jobs(window: Window) -> list[Path]:
    return list(documents(window.house.paths.jobs))


def found(users: int, entries: Sequence[Entry] = (), behind: int = 0) -> DeleteList:
    kept, bare = Price(users, behind, 2 * users, 0.12 * users), Price(users, behind, users, 0.12 * users)
    return DeleteList(Path("x.nvjob"), "leavers.csv", users + behind, kept, bare, tuple(entries), 500)


# --- the question ---------------------------------------------------------------------------------------


def dialog_of(qtbot: QtBot, theme: Any, account: Account, what: DeleteList) -> DeleteListDialog:
    dialog = DeleteListDialog(None, theme, account, what)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_question_says_who_where_what_is_kept_and_what_it_costs(qtbot: QtBot, theme: Any) -> None:
    lines = [Entry(3, "", "The row has no user ID."), Entry(2, "u1"), Entry(4, "रिया")]
    dialog = dialog_of(qtbot, theme, Account("Fernwood Test", "test"), found(1_204, lines, behind=3))
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert "1,204 users" in dialog.title.text() and "1,204 users" in dialog.yes.text()
    assert (
        "Fernwood Test" in dialog.accessibleDescription() and "leavers.csv" in dialog.accessibleDescription()
    )
    assert dialog.behind.text().startswith("3 rows of 1,207 stay behind")
    assert "1,204 reads" in dialog.price.text() and "2,408 calls" in dialog.price.text()
    assert "about 2 minutes at 500 calls a minute" in dialog.price.text()
    dialog.forget.setChecked(True)
    assert "1,204 calls" in dialog.price.text() and "Nothing is read or kept" in dialog.price.text()
    assert not dialog.keeps()


@pytest.mark.parametrize("text", ["", "12", "1204 ", "1,204", "12004", "1.204", "all"])
def test_only_the_count_opens_the_button(qtbot: QtBot, theme: Any, text: str) -> None:
    dialog = dialog_of(qtbot, theme, Account("Fernwood Test", "test"), found(1_204))
    assert not dialog.yes.isEnabled()
    typed(dialog.count.editor, text)
    assert dialog.yes.isEnabled() == (text.strip() in ("1204", "1,204"))
    assert dialog.name.isHidden()


def test_production_asks_for_its_name_too(qtbot: QtBot, theme: Any) -> None:
    dialog = dialog_of(qtbot, theme, Account("Fernwood Outdoor", "production"), found(2))
    typed(dialog.count.editor, "2")
    assert dialog.name.isVisible() and not dialog.yes.isEnabled()
    typed(dialog.name.editor, "Fernwood")
    assert not dialog.yes.isEnabled()
    typed(dialog.name.editor, "Fernwood Outdoor")
    assert dialog.yes.isEnabled()


def test_a_list_without_anybody_cannot_be_agreed_to(qtbot: QtBot, theme: Any) -> None:
    dialog = dialog_of(
        qtbot, theme, Account("Fernwood Test", "test"), found(0, [Entry(2, "#N/A", "An error.")], behind=1)
    )
    typed(dialog.count.editor, "0")
    assert not dialog.yes.isEnabled() and dialog.count.isHidden()
    assert "no user ID in this list" in dialog.yes.toolTip()


def test_return_does_not_delete(qtbot: QtBot, theme: Any) -> None:
    dialog = dialog_of(qtbot, theme, Account("Fernwood Test", "test"), found(2))
    typed(dialog.count.editor, "2")
    assert dialog.no.isDefault() and not dialog.yes.isDefault()


def test_whom_is_pasted_or_a_file(qtbot: QtBot, theme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = WhomDialog(None, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.go.isEnabled()
    dialog.ids.setPlainText("u1\nu2\n\nu1\n")
    assert "3 user IDs" in dialog.count.text()
    dialog.go.click()
    assert dialog.whom == Whom(user_ids=("u1", "u2", "u1")), "doubles are told later, not hidden here"
    other = WhomDialog(None, theme)
    qtbot.addWidget(other)
    monkeypatch.setattr(delete_whom, "ask_file", lambda _parent: Path("leavers.xlsx"))
    other.file.click()
    assert other.whom == Whom(file=Path("leavers.xlsx")) and other.result() == 1


# --- from a list to its end -----------------------------------------------------------------------------


def test_a_file_is_deleted_each_kept_first(
    window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    people = window.house.sandbox.people()
    file = tmp_path / "leavers.csv"
    lines = [*people[:10], people[2], "nobody@example.org"]
    file.write_text("Name,userID\n" + "".join(f"x,{user}\n" for user in lines) + "no ID,\n", "utf-8")
    held = {user: dict(window.client.get_profile(user).attributes) for user in people[:10]}
    monkeypatch.setattr(delete_whom, "ask_whom", lambda *_: Whom(file=file))
    window.answers(monkeypatch, "11")
    window.people.ask_delete_list()
    window.until(lambda: window.agreed)
    counts = window.result()
    assert counts == {
        "confirmed": 10, "accepted": 0, "refused": 0, "unknown": 0, "not_sent": 0, "skipped": 3,
    }  # fmt: skip
    assert Counter(deleted(window)) == Counter(people[:10])
    assert set(window.house.sandbox.people()) == set(people[10:])
    shelf = {kept.profile.user_id: dict(kept.profile.attributes) for kept in window.house.history.shelf()}
    assert shelf == held
    ledger = window.house.sandbox.ledger()[window.seen :]
    for user in people[:10]:
        calls = [
            line["call"] for line in ledger if line["event"] == "answered" and user in line.get("userIDs", ())
        ]
        assert calls and calls[-1] == "user/delete" and len(set(calls)) == 2, (user, calls)
    (path,) = jobs(window)
    assert listed(path).deletes and listed(path).file == "leavers.csv"


def test_words_speak_of_deleting(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = window.house.sandbox.people()
    window.house.sandbox.set_latency(0.2)
    window.house.settings.window = 2
    window.answers(monkeypatch, "13")
    window.people.list_deletion.begin_ids(
        window.house.account, [*people[:12], "nobody", people[0]], "Pasted IDs", 500
    )
    progress = window.job.progress
    window.until(lambda: progress.cards["confirmed"].value > 0)
    assert progress.title.text() == "Deleting from Fernwood Test"
    assert "of 13 users" in progress.of.text()
    progress.pause.click()
    window.until(lambda: progress.title.text().startswith("Paused"))
    progress.pause.click()
    window.house.sandbox.set_latency(0)
    window.result()
    result = window.job.result
    assert result.title.text() == "Done: 12 of 14 users are deleted"
    assert result.sentence.text().startswith("Deleted from Fernwood Test")
    assert result.sum.text() == "12 + 2 = 14, every row of your list."
    assert result.cards["confirmed"].accessibleName().startswith("Deleted: 12")
    assert "1 not there, 1 by the check" in result.cards["skipped"].sentence.text()
    shown = {key: chip.text() for key, chip in result.chips.chips.items() if not chip.isHidden()}
    assert shown["confirmed"] == "Deleted  12" and shown["not_there"] == "Not there  1"
    assert result.fix.isHidden() and window.job.stepper.isHidden()
    assert result.undo_words.text() == "12 profiles can be restored."
    assert [event.title for event in window.job._look.events if event.kind == "ended"]  # type: ignore[union-attr]
    index = result.model.index(0, 3)
    assert not index.flags() & index.flags().ItemIsEditable


def test_a_double_click_makes_one_job(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = window.house.sandbox.people()
    window.people.look_up_many(people[:6])
    window.until(window.idle)
    window.answers(monkeypatch, "6", presses=5)
    for _ in range(5):
        QTest.mouseDClick(window.people.many.delete, Qt.MouseButton.LeftButton)
        window.people.many.delete.click()
    window.until(lambda: window.agreed)
    assert window.result()["confirmed"] == 6
    assert (len(jobs(window)), window.dialogs, len(window.agreed)) == (1, 1, 1)
    assert Counter(deleted(window)) == Counter(people[:6])


@pytest.mark.parametrize("count", ["", "5", "66"])
def test_a_wrong_count_or_closing_deletes_nobody(
    window: Window, monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    people = window.house.sandbox.people()
    window.answers(monkeypatch, count)
    window.people.list_deletion.begin_ids(window.house.account, people[:6], "Pasted IDs", 500)
    window.until(lambda: window.dialogs == 1 and window.idle())
    assert jobs(window) == [] and not window.agreed
    assert not events(window, "received", "user/delete")
    assert window.house.sandbox.ledger()[window.seen :] == []


@pytest.mark.parametrize("switch", [{"read_only": True}, {"no_delete": True}])
def test_an_account_that_refuses_makes_no_job(
    window: Window, monkeypatch: pytest.MonkeyPatch, switch: dict[str, bool]
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(delete_whom, "ask_whom", lambda *_: asked.append(1))
    account = window.house.accounts.update(replace(window.house.account, **switch))
    window.set_account(account, window.client)
    window.people.ask_delete_list()
    assert "does not delete here" in window.people.notices.banner.remedy.text()
    window.people.look_up_many(window.house.sandbox.people()[:3])
    assert not window.people.many.delete.isEnabled()
    assert "does not delete here" in window.people.many.delete.toolTip()
    window.until(window.idle)
    assert not asked and jobs(window) == [] and not events(window, "received", "user/delete")


def test_a_file_that_cannot_be_read_says_so(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "two.csv"
    file.write_text("a,b\n1,2\n3,4\n", "utf-8")
    monkeypatch.setattr(delete_whom, "ask_whom", lambda *_: Whom(file=file))
    window.people.ask_delete_list()
    window.until(lambda: "user ID" in window.people.notices.banner.sentence.text())
    assert jobs(window) == []


def test_who_goes_elsewhere_is_not_asked(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.answers(monkeypatch, "3")
    window.people.list_deletion.begin_ids(window.house.account, ["a", "b", "c"], "Pasted IDs", 500)
    window.people.hide()
    window.until(window.idle)
    assert window.dialogs == 0 and jobs(window) == []


def test_another_account_meanwhile_drops_the_list(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.answers(monkeypatch, "3")
    window.people.list_deletion.begin_ids(window.house.account, ["a", "b", "c"], "Pasted IDs", 500)
    window.set_account(window.house.accounts.get("sandbox"), window.client)
    window.until(window.idle)
    assert window.dialogs == 0 and jobs(window) == []


# --- broken off, gone on, put back ----------------------------------------------------------------------


def test_broken_off_and_gone_on_each_is_deleted_once(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = window.house.sandbox.people()
    window.house.sandbox.set_latency(0.1)
    window.house.settings.window = 2
    window.answers(monkeypatch, "30")
    window.people.list_deletion.begin_ids(window.house.account, people[:30], "Pasted IDs", 500)
    window.until(lambda: len(deleted(window)) > 3)
    window.house.running.pause_all()  # what closing the window does
    window.until(lambda: not window.house.running.runs())
    window.house.sandbox.set_latency(0)
    (line,) = unfinished(window.house.paths.jobs)
    assert line.deletes and 0 < line.confirmed < 30
    window.house.running.resume(line)
    window.job.open_job(line.path)
    assert window.result()["confirmed"] == 30
    assert Counter(deleted(window)) == Counter(people[:30])


def test_stopped_and_the_rest_deleted_later(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = window.house.sandbox.people()
    asked: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda *words, **_: asked.append(words[2]) or True)
    window.house.sandbox.set_latency(0.1)
    window.house.settings.window = 1
    window.answers(monkeypatch, "20")
    window.people.list_deletion.begin_ids(window.house.account, people[:20], "Pasted IDs", 500)
    window.until(lambda: len(deleted(window)) > 2)
    window.job.progress.stop.click()
    assert asked == ["Stop deleting?"]
    window.house.sandbox.set_latency(0)
    left = window.result()["not_sent"]
    assert 0 < left < 20
    assert window.job.result.again.text() == f"Delete the other {left} users"
    window.job.result.again.click()
    window.until(window.house.running.runs)
    assert window.result()["confirmed"] == 20
    assert Counter(deleted(window)) == Counter(people[:20])


def test_what_was_deleted_is_put_back(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = window.house.sandbox.people()
    held = {user: dict(window.client.get_profile(user).attributes) for user in people[:8]}
    monkeypatch.setattr(messages, "confirm", lambda *_, **__: True)
    window.answers(monkeypatch, "8")
    window.people.list_deletion.begin_ids(window.house.account, people[:8], "Pasted IDs", 500)
    window.until(lambda: window.agreed)
    window.result()
    result = window.job.result
    assert result.undo.text() == "Restore them…" and result.undo.isEnabled()
    with window.qtbot.waitSignal(window.job.deletions.restoring.restored, timeout=LIMIT):
        result.undo.click()
        result.undo.click()
    window.until(lambda: not result.undo.isEnabled())
    assert "8 of 8 profiles are back" in window.job.banner.sentence.text()
    assert set(window.house.sandbox.people()) == set(people)
    for user, attributes in held.items():
        now = window.client.get_profile(user).attributes
        assert {name: now.get(name) for name in attributes if attributes[name]} == {
            name: value for name, value in attributes.items() if value
        }
    assert len(events(window, "applied", "user/create")) == 8


def test_for_good_nothing_is_kept(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = window.house.sandbox.people()
    window.answers(monkeypatch, "5", forget=True)
    window.people.list_deletion.begin_ids(window.house.account, people[:5], "Pasted IDs", 500)
    window.until(lambda: window.agreed)
    assert window.result()["confirmed"] == 5
    assert window.house.history.shelf() == [] and not window.job.result.undo.isEnabled()
    assert len(deleted(window)) == 5


# --- a list that nobody confirmed -----------------------------------------------------------------------


def unconfirmed(window: Window, monkeypatch: pytest.MonkeyPatch, count: int) -> Path:
    """As the program leaves it when it ends while it asks."""
    left: list[Path] = []

    def ask(_parent: object, _theme: object, _account: object, read: DeleteList) -> bool | None:
        left.append(read.path)
        return None

    monkeypatch.setattr(delete_dialog, "ask_delete_list", ask)
    window.people.list_deletion._keeps_document = True
    users = window.house.sandbox.people()[:count]
    window.people.list_deletion.begin_ids(window.house.account, users, "Pasted IDs", 500)
    window.people.list_deletion._keeps_document = True
    window.until(lambda: left and window.idle())
    return left[0]


def test_it_is_never_sent_by_another_way(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    path = unconfirmed(window, monkeypatch, 4)
    with window.qtbot.waitSignal(window.house.running.failed, timeout=LIMIT) as heard:
        window.house.running.start(path, "x", window.house.account, Wanted())
    assert "not confirmed" in heard.args[1].message
    assert known_imports(window.house.paths.jobs) == [], "it is no import"
    assert unfinished(window.house.paths.jobs) == []
    assert not events(window, "received", "user/delete") and not events(window, "received", "user/create")
    history: History = window.house.history
    assert tidy(window.house.paths.jobs, history, 90).undos == 0, "today it can still be confirmed"
    day_after = listed(path).created + 2 * 86_400
    assert tidy(window.house.paths.jobs, history, 90, lambda: day_after).undos == 1
    assert jobs(window) == []


def test_it_is_asked_about_again_where_it_is_opened(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    path = unconfirmed(window, monkeypatch, 4)
    with window.qtbot.waitSignal(window.job.job_shown, timeout=LIMIT):
        window.job.open_job(path)
    view = window.job.deletions.view
    assert window.job._stack.currentWidget() is view and "4 users" in view.title.text()
    window.answers(monkeypatch, "")
    view.action.click()
    window.until(lambda: window.dialogs == 1 and not window.job.deletions.lists.is_busy)
    assert jobs(window) == [path] and not events(window, "received", "user/delete")
    window.answers(monkeypatch, "4")
    view.action.click()
    window.until(lambda: window.dialogs == 2 and window.house.running.runs())
    assert window.result()["confirmed"] == 4


def test_history_tells_it_as_a_deletion(
    window: Window, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.answers(monkeypatch, "4")
    window.people.list_deletion.begin_ids(
        window.house.account, window.house.sandbox.people()[:4], "Pasted IDs", 500
    )
    window.until(lambda: window.agreed)
    window.result()
    entries = gather(
        window.house.paths.jobs, window.house.history, window.house.accounts.list(), "", "", Event()
    ).entries
    (entry,) = (each for each in entries if each.kind == "list")
    assert second_line(entry) == "Deleting by a list, 4 users"
    assert sum(each.kind == "deleted" for each in entries) == 4
    panel = Panel(window.house.theme)
    qtbot.addWidget(panel)
    panel.show_entry(entry)
    assert not panel.findChildren(QWidget, "history.undo")
