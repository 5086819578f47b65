"""History: found by day, by file and by user; reopened, restored, deleted, erased; broken files named."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account
from nv_desktop.core.history import Shelved
from nv_desktop.core.job.listing import listed
from nv_desktop.core.profile import Profile
from nv_desktop.core.upload import Safety, Upload, UploadOptions
from nv_desktop.gui import messages, places
from nv_desktop.gui.history.entries import Entry, with_days
from nv_desktop.gui.history.wording import second_line
from nv_desktop.gui.history_page import HistoryPage
from nv_desktop.gui.job import receipt_view
from nv_desktop.gui.words import day
from tests.gui.job_kit import LIMIT, House, house, sandbox, theme

__all__ = ["house", "sandbox", "theme"]

DAY = 86_400.0
NAME = "आरती शर्मा"


def send(house: House, path: Path, account: Account | None = None, **options: object) -> None:
    from nv_desktop.core.job import open_job

    job, client = open_job(path), house.connect(account or house.account)
    Upload(job, client, options=UploadOptions(attended=False, **options)).run()  # type: ignore[arg-type]
    client.close()
    job.close()


def change(house: House, user_id: str, kind: str = "saved", account: str = "") -> int:
    number = house.history.begin_change(
        account or house.account.id, user_id, kind, {"name": "before"}, {"name": NAME}
    )
    house.history.settle_change(number, "done")
    return number


def shelve(house: House, user_id: str) -> int:
    number = house.history.shelve(house.account.id, Profile(user_id, {"name": NAME}, time.time()))
    house.history.set_shelf_state(number, "deleted")
    return number


@pytest.fixture
def page(house: House, qtbot: QtBot) -> Iterator[HistoryPage]:
    made = HistoryPage(
        house.theme,
        house.tasks,
        house.history,
        house.accounts,
        house.settings,
        house.paths.jobs,
        house.connect,
    )
    qtbot.addWidget(made)
    made.resize(1196, 712)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made._typing.stop()


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    heard: list[tuple[object, ...]] = []

    def yes(*words: object, **more: object) -> bool:
        heard.append(words)
        return True

    monkeypatch.setattr(messages, "confirm", yes)
    monkeypatch.setattr(messages, "confirm_typed", yes)
    monkeypatch.setattr(receipt_view, "show_receipt", lambda *_: "save")
    return heard


def shown(page: HistoryPage) -> list[str]:
    return [entry.title for entry in page.model.rows() if entry.kind != "day"]


def refreshed(page: HistoryPage, qtbot: QtBot) -> None:
    before = page._gathered
    page.refresh()
    qtbot.waitUntil(lambda: page._gathered is not before, timeout=LIMIT)


def choose(page: HistoryPage, title: str) -> Entry:
    number = next(n for n, entry in enumerate(page.model.rows()) if entry.title == title)
    page.table.select(number)
    return page.model.row(number)


def press(page: HistoryPage, action: str) -> None:
    assert page.panel._content is not None
    button = page.panel._content.findChild(QAbstractButton, f"history.{action}")
    assert button is not None, action
    assert button.isEnabled()
    button.click()


def test_an_empty_history_says_what_belongs_here(page: HistoryPage, qtbot: QtBot) -> None:
    refreshed(page, qtbot)
    assert not page.empty.isHidden() and page.card.isHidden()
    assert page.sentence.text() == "Kept for 90 days on this computer. 0 entries."


def test_imports_changes_and_deletions_by_day(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    send(house, house.job(30, name="week 47.csv"))
    change(house, "FW-1")
    shelve(house, "FW-2")
    refreshed(page, qtbot)
    assert page.model.row(0).title == "TODAY"
    assert sorted(shown(page)) == ["FW-1", "FW-2", "week 47.csv"]
    assert {key: chip.count for key, chip in page.chips.chips.items()} == {
        "all": None, "import": 1, "change": 1, "deleted": 1,
    }  # fmt: skip
    page.chips.choose("deleted")
    assert shown(page) == ["FW-2"]


def test_the_numbers_of_an_import_are_in_the_panel(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    lines = [(f"u{n}", f"u{n}@example.org", "", "") for n in range(20)]
    send(house, house.job([*lines, ("bad", "wrong", "", "")], name="week 47.csv"))
    refreshed(page, qtbot)
    choose(page, "week 47.csv")
    for key, words in (("confirmed", "20"), ("skipped", "1"), ("refused", "0")):
        assert page.panel._content is not None
        label = page.panel._content.findChild(QWidget, f"history.panel.{key}")
        assert label is not None and label.property("text") == words


def test_search_by_file_and_by_user(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    send(house, house.job(30, name="spring.csv"))
    send(house, house.job([("only-here", "a@example.org", "", "")], name="autumn.csv"))
    change(house, "FW-00007")
    refreshed(page, qtbot)
    for text, expected in (
        ("SPRING", ["spring.csv"]),
        ("FW-00007", ["FW-00007", "spring.csv"]),
        ("only-here", ["autumn.csv"]),
        ("nobody at all", []),
    ):
        before = page._gathered
        page.search.setText(text)
        page.search.searched.emit(text)
        qtbot.waitUntil(lambda before=before: page._gathered is not before, timeout=LIMIT)
        assert sorted(shown(page)) == expected, text
    assert page.empty.title.text() == "Nothing fits"


def test_only_the_last_search_is_shown(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    for name in ("a.csv", "b.csv"):
        house.job(3, name=name)
    for text in ("a", "b", "a.csv", "b.csv"):
        page.search.setText(text)
        page.refresh()
    qtbot.waitUntil(lambda: page._gathered is not None and page._gathered.text == "b.csv", timeout=LIMIT)
    assert shown(page) == ["b.csv"]


def test_one_account_only(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    other = house.accounts.add(Account("Another", "test", "sea", 8))
    send(house, house.job(3, name="mine.csv"))
    send(house, house.job(3, other, name="other.csv"), other)
    change(house, "FW-1")
    change(house, "OT-1", account=other.id)
    page.set_account(house.account, None)
    page.account_filter.choose(other.id)
    refreshed(page, qtbot)
    assert sorted(shown(page)) == ["OT-1", "other.csv"]


def test_reopen_and_look_up_are_told(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    path = house.job(3, name="mine.csv")
    change(house, "FW-1")
    refreshed(page, qtbot)
    choose(page, "mine.csv")
    with qtbot.waitSignal(page.job_opened, timeout=LIMIT) as heard:
        press(page, "reopen")
    assert heard.args == [path]
    choose(page, "FW-1")
    with qtbot.waitSignal(page.user_opened, timeout=LIMIT) as looked:
        press(page, "look_up")
    assert looked.args == [house.account.id, "FW-1"]
    with qtbot.waitSignal(page.job_opened, timeout=LIMIT):
        page.table.activated.emit(page.model.index(page.model.find(path.stem), 0))


def test_an_unfinished_import_offers_to_resume(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    send(house, house.job(30, name="half.csv"), trial=10)
    refreshed(page, qtbot)
    choose(page, "half.csv")
    with qtbot.waitSignal(page.resume_requested, timeout=LIMIT) as heard:
        press(page, "resume")
    assert heard.args[0].not_sent == 20


def test_pins_stay(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    path = house.job(3, name="mine.csv")
    number = change(house, "FW-1")
    refreshed(page, qtbot)
    for title in ("mine.csv", "FW-1"):
        choose(page, title)
        press(page, "pin")
        qtbot.waitUntil(
            lambda title=title: any(each.pinned for each in page.model.rows() if each.title == title),
            timeout=LIMIT,
        )
    assert listed(path).pinned
    assert [each.pinned for each in house.history.changes() if each.id == number] == [True]
    entry = page.panel.entry()
    assert entry is not None and entry.title == "FW-1", "the choice stays"


def test_deleting_asks_and_removes(
    house: House, page: HistoryPage, qtbot: QtBot, asked: list[tuple[object, ...]]
) -> None:
    path = house.job(3, name="mine.csv")
    refreshed(page, qtbot)
    choose(page, "mine.csv")
    with qtbot.waitSignal(page.job_deleted, timeout=LIMIT) as heard:
        press(page, "delete")
    assert heard.args == [path]
    qtbot.waitUntil(lambda: shown(page) == [], timeout=LIMIT)
    assert asked and not path.exists()


def test_an_import_that_is_being_sent_is_not_deleted(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    from nv_desktop.core.job import open_job

    job = open_job(house.job(3, name="mine.csv"))
    refreshed(page, qtbot)
    choose(page, "mine.csv")
    with job.lock():
        press(page, "delete")
        qtbot.waitUntil(lambda: not page.banner.isHidden(), timeout=LIMIT)
    assert "working on this import" in page.banner.sentence.text()
    assert job.path.exists()
    job.close()


def test_a_broken_document_is_named_and_hides_nothing(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    house.job(3, name="mine.csv")
    broken = house.paths.jobs / "20261101-101010-dead.nvjob"
    broken.write_bytes(b"rubbish" * 50)
    refreshed(page, qtbot)
    assert sorted(shown(page)) == ["20261101-101010-dead.nvjob", "mine.csv"]
    choose(page, broken.name)
    assert broken.read_bytes() == b"rubbish" * 50
    press(page, "delete")
    qtbot.waitUntil(lambda: shown(page) == ["mine.csv"], timeout=LIMIT)


def values(page: HistoryPage) -> dict[str, str]:
    """The values in the panel by the name of their field."""
    assert page.panel._content is not None
    found = page.panel._content.findChildren(QLabel)
    start = "history.panel.value."
    return {
        each.objectName().removeprefix(start): each.text()
        for each in found
        if each.objectName().startswith(start)
    }


def test_values_are_told_as_people_read_them_and_whole(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    long = "gustavo.dos.santos.e.silva.da.costa@mail.example.org"
    held = {"email": long, "email_opt_in": "0", "vip": False, "tags": ["a", "b"], "gone": None}
    number = house.history.shelve(house.account.id, Profile("FW-8", held, time.time()))
    house.history.set_shelf_state(number, "deleted")
    saved = house.history.begin_change(
        house.account.id, "FW-9", "saved", {"sms_opt_in": "1", "first_name": ""}, {"sms_opt_in": "0"}
    )
    house.history.settle_change(saved, "done")
    refreshed(page, qtbot)
    choose(page, "FW-8")
    told = values(page)
    assert told.pop("email").replace("\u200b", "") == long
    assert told == {"email_opt_in": "Not available", "vip": "No", "tags": "a; b"}
    label = next(each for each in page.panel.findChildren(QLabel) if each.objectName().endswith(".email"))
    assert label.sizeHint().width() <= page.panel.width() - 40, "a long address is cut"
    choose(page, "FW-9")
    assert values(page) == {"sms_opt_in": "Not available"}
    assert page.panel._content is not None
    assert "was Reachable" in [each.text() for each in page.panel._content.findChildren(QLabel)]
    row = next(entry for entry in page.model.rows() if entry.title == "FW-9")
    assert second_line(row) == "SMS opt-in"


def test_an_account_that_is_gone_is_said_and_never_called_by_its_number(
    house: House, page: HistoryPage, qtbot: QtBot
) -> None:
    change(house, "FW-10", account="8d5c8209435c61c0")
    house.history.set_shelf_state(
        house.history.shelve("8d5c8209435c61c0", Profile("FW-11", {"name": NAME}, time.time())), "deleted"
    )
    refreshed(page, qtbot)
    opened: list[str] = []
    page.user_opened.connect(lambda account, user: opened.append(user))
    for user, action in (("FW-10", "look_up"), ("FW-11", "restore")):
        choose(page, user)
        assert page.panel._content is not None
        button = page.panel._content.findChild(QAbstractButton, f"history.{action}")
        assert button is not None and not button.isEnabled()
        assert "no longer on this computer" in button.toolTip()
        page.table.activated.emit(page.table.currentIndex())
    assert opened == []
    assert not any("8d5c" in each.text() for each in page.panel.findChildren(QLabel))


def test_a_deleted_profile_is_restored(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    number = shelve(house, "back-again")
    refreshed(page, qtbot)
    choose(page, "back-again")
    assert page.panel._content is not None
    restore = page.panel._content.findChild(QAbstractButton, "history.restore")
    assert restore is not None and not restore.isEnabled(), "no account is chosen"
    client = house.connect(house.account)
    page.set_account(house.account, client)
    press(page, "restore")
    qtbot.waitUntil(lambda: "written back" in page.banner.sentence.text(), timeout=LIMIT)
    client.close()
    assert house.value("back-again", "name") == NAME
    assert house.history.shelved(number).state == "restored"
    qtbot.waitUntil(
        lambda: (
            isinstance(shelf := getattr(page.panel.entry(), "thing", None), Shelved)
            and shelf.state == "restored"
        ),
        timeout=LIMIT,
    )


def test_a_delete_and_its_copy_are_one_entry(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    change(house, "gone", "deleted")
    shelve(house, "gone")
    refreshed(page, qtbot)
    assert shown(page) == ["gone"]
    choose(page, "gone")
    press(page, "forget")
    qtbot.waitUntil(lambda: house.history.shelf() == [], timeout=LIMIT)


def test_erasing_a_person_asks_for_the_id_and_leaves_no_byte(
    house: House, page: HistoryPage, qtbot: QtBot, asked: list[tuple[object, ...]]
) -> None:
    canary = "canary-5a7e@example.org"
    send(house, house.job([(canary, canary, "", "Canary Town"), ("b", "b@example.org", "", "")]))
    change(house, canary)
    shelve(house, canary)
    house.history.people.visited(house.account.id, Profile(canary, {"email": canary}, 1.0))
    page.chips.choose("change")
    refreshed(page, qtbot)
    choose(page, canary)
    with qtbot.waitSignal(page.person_erased, timeout=LIMIT):
        press(page, "erase")
    assert canary in asked[0], "the ID is to be typed"
    qtbot.waitUntil(lambda: "was erased here" in page.banner.sentence.text(), timeout=LIMIT)
    assert page.banner.property("tone") == "ok", page.banner.remedy.text()
    for path in house.paths.data_dir.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert canary.encode() not in held, path.name
            assert b"Canary Town" not in held, path.name


def test_anybody_can_be_erased_by_name(
    house: House, page: HistoryPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(house, "FW-1")
    monkeypatch.setattr(messages, "ask_text", lambda *_: "FW-1")
    refreshed(page, qtbot)
    next(action for action in page.actions() if "Erase" in action.text()).trigger()
    qtbot.waitUntil(lambda: house.history.changes() == [], timeout=LIMIT)
    qtbot.waitUntil(lambda: shown(page) == [], timeout=LIMIT)


def test_receipt_and_workbook(
    house: House, page: HistoryPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(house, house.job(3, name="mine.csv"))
    refreshed(page, qtbot)
    choose(page, "mine.csv")
    for action, kind in (("receipt", "json"), ("workbook", "xlsx")):
        target = house.folder / f"saved.{kind}"
        monkeypatch.setattr(places, "ask_where", lambda *_, target=target: target)
        press(page, action)
        qtbot.waitUntil(lambda target=target: target.name in page.banner.sentence.text(), timeout=LIMIT)
        assert target.stat().st_size > 100


def test_the_table_keeps_the_rules_of_models(house: House, page: HistoryPage, qtbot: QtBot) -> None:
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    house.job(3, name="a" * 300 + ".csv")
    change(house, "FW-" + "9" * 97)
    for _ in range(3):
        refreshed(page, qtbot)
    page.chips.choose("import")
    page.chips.choose("all")
    assert not page.grab().isNull()
    tester.deleteLater()


def test_days_are_named() -> None:
    now = time.mktime((2026, 11, 23, 12, 0, 0, 0, 0, -1))
    assert [day(now - days * DAY, now) for days in (0, 1, 3)] == ["Today", "Yesterday", "Friday, 20 November"]
    assert day(now - 400 * DAY, now).endswith("2025")
    entries = [Entry("change", str(n), now - n * DAY / 2, str(n)) for n in range(4)]
    assert [entry.title for entry in with_days(entries, now)] == [
        "TODAY", "0", "1", "YESTERDAY", "2", "3",
    ]  # fmt: skip


def test_an_import_with_kept_values_can_be_undone_from_here(
    house: House, page: HistoryPage, qtbot: QtBot
) -> None:
    first, second = house.job(3, name="first.csv"), house.job(3, name="second.csv")
    send(house, first)
    send(house, second, safety=Safety.FULL)
    refreshed(page, qtbot)
    choose(page, "first.csv")
    assert page.panel._content is not None
    assert page.panel._content.findChild(QAbstractButton, "history.undo") is None
    choose(page, "second.csv")
    with qtbot.waitSignal(page.undo_requested, timeout=LIMIT) as heard:
        press(page, "undo")
    assert heard.args == [second]
