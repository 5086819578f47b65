"""What people come for, from the first start to the result, over the real window and a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from nv_desktop.core.errors import AppError
from nv_desktop.gui import messages
from nv_desktop.gui.people import dialogs
from tests.flows import lists
from tests.flows.conftest import Open
from tests.sandbox_process import Sandbox


def test_a_list_goes_from_drop_to_result(open_window: Open, server: Sandbox, tmp_path: Path) -> None:
    wanted = lists.messy(tmp_path / "list.csv")
    person = open_window()
    person.open_file(tmp_path / "list.csv")
    person.to_columns()
    offers = person.desk.importing.columns_step.offers
    assert offers.isVisible() and "2 steps" in offers.text.text()
    offers.action.click()
    person.settle()
    person.to_check()
    assert list(person.problems().values()) == [1]
    person.fix(0, 2, "seven@example.org")
    assert person.problems() == {}
    person.to_send()
    assert person.desk.job.ready.send.text() == "Send 40 rows"
    person.click("import.send")
    counts = person.until_result()
    assert counts["confirmed"] == 40 and sum(counts.values()) == 40
    assert server.applied() == wanted
    assert len(server.events("received", "user/create")) == 1


def test_a_first_start_leads_into_the_sandbox(open_window: Open, folder: Path) -> None:
    person = open_window(None)
    assert person.window.current_page() == "welcome"
    person.click("welcome.sandbox")
    person.settle()
    assert person.window.current_page() == "import"
    assert person.window.bar.badge.environment() == "SANDBOX"
    person.close()
    again = open_window(None)
    assert again.window.current_page() == "people"
    assert json.loads((folder / "settings.json").read_text())["layout"]["account"] == "sandbox"


def test_a_caller_is_looked_up_put_right_and_deleted(
    open_window: Open, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    person.desk._settings.grace_seconds = 0
    person.look_up("demo-1")
    person.type("profile.mobile", "12")
    person.part("profile.last_name").setFocus()
    person.settle()
    assert person.words("profile.mobile.problem")
    assert not person.part("people.save").isEnabled()
    person.type("profile.mobile", "+919812345670")
    person.settle()
    assert not person.words("profile.mobile.problem")
    person.click("people.save")
    person.until(lambda: server.events("applied", "user/create"), "the profile is saved")
    person.settle()
    assert server.applied() == {"demo-1": {"mobile": "+919812345670"}}
    monkeypatch.setattr(dialogs, "ask_delete", lambda *_: dialogs.DeleteChoice(True))
    person.desk.people.changing.ask_delete()
    person.until(lambda: server.events("applied", "user/delete"), "the profile is deleted")
    person.settle()
    person.go("history")
    person.until(lambda: person.desk.past.model.rowCount() >= 2, "the history lists both")
    assert "demo-1" not in server.people(0, 100)


def test_closing_in_the_middle_pauses_and_the_next_start_resumes(
    open_window: Open, server: Sandbox, tmp_path: Path
) -> None:
    wanted = lists.plain(tmp_path / "long.csv", 3_000)
    person = open_window()
    person.open_file(tmp_path / "long.csv")
    person.to_columns()
    person.to_check()
    person.to_send()
    server.set_latency(0.4)
    person.desk._settings.window = 2
    person.click("import.send")
    person.until(lambda: server.events("applied"), "the first rows are in")
    person.close()
    server.set_latency(0)
    before = len(server.applied())
    assert 0 < before < len(wanted)
    again = open_window()
    again.until(lambda: again.desk.at_work.waiting, "the import is offered")
    (job_id,) = again.desk.at_work.waiting
    assert again.words(f"activity.{job_id}.pause") == "Resume"
    again.click(f"activity.{job_id}.pause")
    counts = again.until_result()
    assert counts["confirmed"] == 3_000 and sum(counts.values()) == 3_000
    assert server.applied() == wanted


def burst(button: QWidget) -> None:
    """What impatient hands do: double clicks and keys, faster than the window answers."""
    left = Qt.MouseButton.LeftButton
    for _ in range(4):
        QTest.mouseClick(button, left)
        QTest.mouseDClick(button, left)
        QTest.mouseRelease(button, left)
        QTest.keyClick(button, Qt.Key.Key_Space)


@pytest.mark.gate("G2", seconds=60)
def test_bursts_of_presses_make_one_job(open_window: Open, server: Sandbox, tmp_path: Path) -> None:
    person = open_window()
    sizes = (101, 3, 4, 5, 6, 7, 8, 9, 10, 11)  # old values are read first, at the limit's pace
    for number, size in enumerate(sizes):
        wanted = lists.plain(tmp_path / f"burst{number}.csv", size)
        already = len(server.events("received", "user/create"))
        person.open_file(tmp_path / f"burst{number}.csv")
        next_ = person.desk.importing.foot.next
        burst(next_)
        person.settle()
        if person.desk.importing.step() == 1:
            person.to_check()
        if person.window.current_page() != "job":
            person.to_send()
        send = person.part("import.send")
        burst(send)
        assert len(person.desk.running.runs()) <= 1
        counts = person.until_result()
        assert counts["confirmed"] == len(wanted)
        assert len(server.events("received", "user/create")) - already == -(-size // 100)
    assert len(list(person.desk._paths.jobs.glob("*.nvjob"))) == len(sizes)


@pytest.mark.gate("G9", seconds=30)
def test_every_way_out_asks_or_keeps(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def keep(_parent: object, _theme: object, title: str, *_: object, **__: object) -> bool:
        asked.append(title)
        return False

    monkeypatch.setattr(messages, "confirm", keep)
    person = open_window()
    person.look_up("demo-2")
    person.type("profile.last_name", "Unsaved")
    for page in ("import", "history", "accounts", "settings", "people"):
        person.go(page)
    assert person.part("profile.last_name").text() == "Unsaved"
    person.look_up("demo-3")
    person.look_up("demo-2")
    assert person.part("profile.last_name").text() == "Unsaved"
    person.part("settings.theme.dark").click()
    person.part("settings.limit").setValue(300)
    person.settle()
    assert person.part("profile.last_name").text() == "Unsaved"
    person.window.close()
    assert person.window.isVisible() and asked == ["Close without saving?"]
    monkeypatch.setattr(messages, "confirm", lambda *_, **__: True)
    person.close()


@pytest.mark.gate("G10", seconds=30)
@pytest.mark.parametrize("place", ["slot", "worker"])
def test_a_fault_is_shown_logged_without_values_and_survived(
    open_window: Open, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    shown: list[str] = []

    def show(_parent: object, _theme: object, error: AppError, *_: object, **__: object) -> None:
        shown.append(str(error))

    monkeypatch.setattr(messages, "show_error", show)
    person = open_window()

    def fail(*_: object) -> None:
        raise ZeroDivisionError("+4915112345678 canary@example.org")

    if place == "slot":
        action = person.desk.people.actions()[0]
        action.triggered.connect(fail)
        action.trigger()
    else:
        person.desk._tasks.run(fail)
    person.until(lambda: shown, "the fault is shown")
    assert "canary" not in shown[0] and shown[0].count(".") >= 1
    logged = (folder / "logs" / "faults.log").read_text()
    assert "ZeroDivisionError" in logged and "canary" not in logged and "49151" not in logged
    person.look_up("demo-1")
    assert person.shown() == "demo-1"


def test_the_same_list_again_sends_only_what_changed(
    open_window: Open, server: Sandbox, tmp_path: Path
) -> None:
    wanted = lists.plain(tmp_path / "weekly.csv", 30)
    person = open_window()
    for changed in (0, 2):
        path = tmp_path / "weekly.csv"
        if changed:
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("Name 7\n", "Name VII\n").replace("Name 9\n", "Name IX\n"))
        person.go("import")
        assert person.part("import.open").isVisible(), "an import that is sent makes room"
        person.open_file(path)
        person.to_columns()
        person.to_check()
        told = person.desk.importing.check_step.head.earlier
        assert told.isVisible() is bool(changed)
        if changed:
            assert "28 rows were confirmed before with the same values and 2 differ now" in told.text.text()
        person.to_send()
        if changed:
            person.part("job.unchanged.skip").setChecked(True)
            person.settle()
            assert person.desk.job.ready.send.text() == "Send 2 rows"
        person.click("import.send")
        counts = person.until_result()
        assert counts["confirmed"] == (2 if changed else 30)
        assert sum(counts.values()) == 30
    wanted["row-00007"]["first_name"], wanted["row-00009"]["first_name"] = "Name VII", "Name IX"
    assert server.applied() == wanted
