"""A delete whose grace was not over when the window was closed or killed is asked about, never done alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from nv_desktop.core.grace import Grace
from nv_desktop.core.history import History
from nv_desktop.core.settings import Paths
from nv_desktop.gui.people import dialogs
from tests.flows.conftest import Open
from tests.flows.driver import Person
from tests.sandbox_process import PROJECT, Sandbox

USER = "demo-4"


def begun(person: Person, monkeypatch: pytest.MonkeyPatch, keep: bool = True) -> None:
    """A delete that waits for its grace to be over."""
    person.desk._settings.grace_seconds = 60
    person.look_up(USER)
    monkeypatch.setattr(dialogs, "ask_delete", lambda *_: dialogs.DeleteChoice(keep))
    person.desk.people.changing.ask_delete()
    person.until(lambda: person.part("people.grace").isVisible(), "the delete waits")


def answering(app: QApplication, press: str, heard: list[str]) -> None:
    """The question that the next start asks is answered with this button; its words are kept."""

    def look() -> None:
        dialog = app.activeModalWidget()
        if not isinstance(dialog, QDialog) or dialog.objectName() != "left":
            QTimer.singleShot(10, look)
            return
        heard.append(dialog.accessibleDescription())
        button = dialog.findChild(QPushButton, press)
        if button is not None:
            button.click()
        else:
            dialog.reject()

    QTimer.singleShot(10, look)


def started_again(qapp: QApplication, open_window: Open, press: str) -> tuple[Person, str]:
    heard: list[str] = []
    answering(qapp, press, heard)
    person = open_window()
    person.until(lambda: heard, "it is asked about")
    person.settle()
    return person, heard[0]


def noted(folder: Path) -> object:
    return Grace(folder).waiting()


Break = Callable[[], None]


@pytest.fixture(params=["closed", "killed"])
def broken_off(
    request: pytest.FixtureRequest,
    open_window: Open,
    server: Sandbox,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The window is gone inside the grace period; nobody was deleted."""
    if request.param == "closed":
        person = open_window()
        begun(person, monkeypatch)
        person.close()
    else:
        command = [sys.executable, "-m", "tests.flows.grace_child", str(folder), server.url, USER]
        child = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        try:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == "waiting"
        finally:
            child.kill()
            child.wait(10)
            child.stdout.close()  # type: ignore[union-attr]
    assert noted(folder) is not None
    assert not server.events("received", "user/delete")


def test_yes_deletes_after_reading_again(
    broken_off: None, qapp: QApplication, open_window: Open, server: Sandbox, folder: Path
) -> None:
    before = len(server.events("received"))
    person, words = started_again(qapp, open_window, "left.action")
    assert USER in words and "nothing was deleted" in words and "SANDBOX" in words
    person.until(lambda: server.events("applied", "user/delete"), "it is deleted")
    person.settle()
    calls = [event["call"] for event in server.events("received")[before:]]
    assert calls[-1] == "user/delete" and calls.count("user/delete") == 1 and len(calls) >= 2
    history = History(Paths(folder).history_file)
    assert [kept.profile.user_id for kept in history.shelf()] == [USER]
    history.close()
    assert noted(folder) is None and USER not in server.people(0, 100)


def test_no_keeps_the_profile_for_good(
    broken_off: None, qapp: QApplication, open_window: Open, server: Sandbox, folder: Path
) -> None:
    person, _ = started_again(qapp, open_window, "left.cancel")
    person.close()
    assert noted(folder) is None
    assert not server.events("received", "user/delete") and USER in server.people(0, 100)
    again = open_window()
    again.settle()
    assert qapp.activeModalWidget() is None, "it is not asked twice"


def test_put_off_is_asked_again(
    open_window: Open, qapp: QApplication, server: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    begun(person, monkeypatch, keep=False)
    person.close()
    later, words = started_again(qapp, open_window, "nothing")
    assert "no copy stays here" in words
    later.close()
    assert noted(folder) is not None and not server.events("received", "user/delete")
    last, _ = started_again(qapp, open_window, "left.action")
    last.until(lambda: server.events("applied", "user/delete"), "it is deleted")
    last.settle()
    assert USER.encode() not in (folder / "history.db").read_bytes(), "no copy was kept"


def test_a_user_who_is_gone_already_is_said_so(
    open_window: Open, qapp: QApplication, server: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    begun(person, monkeypatch)
    client = person.desk.in_use.client
    assert client is not None
    client.delete_profile(USER)  # somebody else, meanwhile
    person.close()
    again, _ = started_again(qapp, open_window, "left.action")
    again.settle()
    assert len(server.events("received", "user/delete")) == 1
    assert noted(folder) is None


def test_a_damaged_note_deletes_nobody(open_window: Open, qapp: QApplication, folder: Path) -> None:
    Paths(folder).jobs  # noqa: B018 - makes the folder
    for text in ("", "{", "[]", '{"user_id": "demo-1"}', "null"):
        (folder / "waiting-delete.json").write_text(text)
        assert noted(folder) is None
    person = open_window()
    person.settle()
    assert qapp.activeModalWidget() is None
