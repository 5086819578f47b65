"""The keys that work on every page, pressed in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from nv_desktop.gui.actions import action_of
from tests.flows.conftest import Open

CONTROL = Qt.KeyboardModifier.ControlModifier
PAGES = ("people", "import", "history", "accounts", "settings")


@pytest.mark.parametrize("page", ["welcome", *PAGES])
def test_a_file_is_chosen_from_every_page(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: asked.append("file") or ("", ""))
    person = open_window()
    person.window.show_page(page)
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)
    QTest.keyClick(person.window, Qt.Key.Key_O, CONTROL)
    assert asked == ["file"] and person.window.current_page() == "import"


@pytest.mark.parametrize("page", ["welcome", "import", "history", "accounts", "settings"])
def test_cells_are_pasted_on_every_page_but_people(open_window: Open, page: str) -> None:
    person = open_window()
    person.window.show_page(page)
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)
    person.window.centralWidget().setFocus()
    QGuiApplication.clipboard().setText("userID\temail\n7\ta@example.org\n8\tb@example.org\n")
    QTest.keyClick(person.window, Qt.Key.Key_V, CONTROL)
    person.until(lambda: person.desk.importing.file_step.opened is not None, "the cells are shown")
    assert person.window.current_page() == "import"
    person.settle()


def test_ids_pasted_on_people_open_their_table(open_window: Open) -> None:
    person = open_window()
    person.go("people")
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)
    QGuiApplication.clipboard().setText("demo-1\ndemo-2\n")
    QTest.keyClick(person.window, Qt.Key.Key_V, CONTROL)
    assert person.desk.people.many.count() == 2 and person.window.current_page() == "people"
    person.settle()


def test_every_key_of_the_system_is_one_of_the_action(open_window: Open) -> None:
    """Redo is Ctrl+Y and Ctrl+Shift+Z on Windows; a single shortcut would be the first of them only."""
    redo = QKeySequence.StandardKey.Redo
    window = open_window().window
    action = action_of(window, "Redo", redo, window.show_keys)
    assert action.shortcuts() == QKeySequence.keyBindings(redo)


@pytest.mark.parametrize("page", PAGES)
def test_tab_goes_from_the_rail_through_the_page_to_the_bottom(open_window: Open, page: str) -> None:
    person = open_window()
    person.go(page)
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)
    person.window.rail.buttons[page].setFocus()
    names = []
    while names[-1:] != [f"nav.{page}"]:
        focused = person.app.focusWidget()
        QTest.keyClick(focused or person.window, Qt.Key.Key_Tab)
        names.append(person.app.focusWidget().objectName())  # type: ignore[union-attr]
        assert len(names) < 60, names
    assert names[-4:] == ["activity.keys", "bar.account", "bar.search", f"nav.{page}"], names
    if page == "accounts":
        assert names.index("accounts.add") < names.index("accounts.table")
