"""A data folder in disorder: the window opens where it can, and always says what is the matter."""

from __future__ import annotations

import sqlite3
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nv_desktop.app import Start, main
from nv_desktop.core.errors import AppError
from nv_desktop.core.settings import Paths
from nv_desktop.gui import messages
from tests.flows.conftest import Open


@pytest.mark.gate("G4-G8", seconds=30)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("accounts.json", "The list of accounts cannot be read"),
        ("settings.json", "The settings in “settings.json” could not be read"),
    ],
)
def test_it_opens_without_what_cannot_be_read(open_window: Open, folder: Path, name: str, said: str) -> None:
    (folder / name).mkdir(parents=True)
    person = open_window()
    assert person.window.activity.status.text().startswith(said)
    person.click("nav.history")
    person.click("nav.accounts")
    person.close()
    assert (folder / name).is_dir()


def newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


@pytest.mark.gate("G4-G8", seconds=30)
@pytest.mark.parametrize(
    ("spoil", "said"), [(newer, "newer version"), (Path.mkdir, "history could not be used")]
)
def test_without_its_history_it_says_why_and_closes(
    spoil: Callable[[Path], object],
    said: str,
    qapp: QApplication,
    qtbot: QtBot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing could be sent and noted before; the file of a newer version is not touched."""
    folder.mkdir()
    spoil(folder / "history.db")
    told: list[AppError] = []
    monkeypatch.setattr(messages, "show_error", lambda parent, theme, error, title="": told.append(error))
    start = Start(qapp, Paths(folder), "sandbox")
    start.window.show()
    start.begin()
    qtbot.waitUntil(lambda: not start.window.isVisible(), timeout=30_000)
    assert [said in error.message for error in told] == [True]
    assert start.window.activity.status.text() == told[0].message
    if (folder / "history.db").is_file():
        db = sqlite3.connect(folder / "history.db")
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
        db.close()
    qapp.setStyleSheet("")
    for each in (start.window, start, start.theme):
        each.deleteLater()


def test_a_folder_that_cannot_be_made_is_said_in_a_window(
    qapp: QApplication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_text("a file where the folder should be")
    told: list[AppError] = []
    monkeypatch.setattr(messages, "show_error", lambda parent, theme, error, title="": told.append(error))
    monkeypatch.setattr("nv_desktop.app.keep_smooth", lambda: None)
    with pytest.raises(AppError, match="could not be made"):
        main(Namespace(data_dir=folder, account=None, sandbox=False, sandbox_url=None))
    assert ["a file stands in its place" in error.message for error in told] == [True]
    qapp.setStyleSheet("")
