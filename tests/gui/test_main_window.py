"""The frame: navigation, account, search, activity, drop, close."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.gui.main_window import AccountEntry, Activity, MainWindow
from nv_desktop.gui.theme import LIGHT, Theme
from nv_desktop.gui.widgets import Button, Page, column
from nv_desktop.gui.widgets.command_palette import matches
from nv_desktop.gui.widgets.keyboard_sheet import KEYS, KeyboardSheet, key_text

PAGES = ("people", "import", "history", "accounts", "settings")


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> MainWindow:
    made = MainWindow({key: Page(words=key) for key in (*PAGES, "welcome")}, theme)
    qtbot.addWidget(made)
    made.set_account("Fernwood Outdoor", "production", "plum")
    made.set_accounts(
        [
            AccountEntry("a1", "Fernwood Outdoor", "production", "plum"),
            AccountEntry("a2", "Practice", "sandbox", "sea"),
        ]
    )
    made.set_budget(412, 500)
    made.set_online(True)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def part(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


@pytest.mark.parametrize("key", PAGES)
def test_rail_leads_to_each_page(window: MainWindow, qtbot: QtBot, key: str) -> None:
    window.show_page("welcome")
    with qtbot.waitSignal(window.page_chosen) as heard:
        qtbot.mouseClick(part(window, f"nav.{key}"), Qt.MouseButton.LeftButton)
    assert heard.args == [key]
    assert window.current_page() == key
    marked = [name for name, button in window.rail.buttons.items() if button.isChecked()]
    assert marked == [key]


def test_page_without_a_button_marks_none(window: MainWindow) -> None:
    window.show_page("welcome")
    assert not any(button.isChecked() for button in window.rail.buttons.values())
    window.show_page("import")
    assert window.rail.buttons["import"].isChecked()


def test_pages_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page() == "history"
    window.rail.buttons["history"].setFocus()
    qtbot.keyClick(window.rail.buttons["history"], Qt.Key.Key_Down)
    assert window.rail.buttons["accounts"].hasFocus()
    qtbot.keyClick(window.rail.buttons["accounts"], Qt.Key.Key_Space)
    assert window.current_page() == "accounts"


def test_account_is_a_name_a_word_and_a_colour(window: MainWindow) -> None:
    assert window.bar.badge.environment() == "PRODUCTION"
    assert window.bar.button.name.full_text() == "Fernwood Outdoor"
    assert "PRODUCTION" in window.windowTitle()
    bar = window.bar.colour.grab().toImage()
    assert bar.pixelColor(bar.width() // 2, 2).name().upper() == LIGHT["plum"]
    assert bar.height() == 5


def test_no_account_claims_no_environment(window: MainWindow) -> None:
    window.set_account("", "", "")
    assert window.bar.badge.isHidden()
    assert window.windowTitle() == "NV Desktop"


@pytest.mark.parametrize(
    "name", ["A", "Fernwood Outdoor", "A very long name of an account that nobody can read"]
)
def test_search_box_always_begins_at_480(window: MainWindow, qtbot: QtBot, name: str) -> None:
    window.set_account(name, "sandbox", "sea")
    qtbot.waitUntil(lambda: window.bar.search.mapTo(window, QPoint(0, 0)).x() == 480)


def test_account_menu(window: MainWindow) -> None:
    menu = window.bar.make_menu()
    chosen: list[str] = []
    window.account_chosen.connect(chosen.append)
    actions = [action for action in menu.actions() if not action.isSeparator()]
    assert "SANDBOX" in actions[1].text()
    actions[1].trigger()
    actions[-1].trigger()
    assert chosen == ["a2"]
    assert window.current_page() == "accounts"
    menu.deleteLater()


def test_budget_in_words(window: MainWindow, qtbot: QtBot) -> None:
    assert window.bar.budget.full_text() == "412 of 500 calls left this minute"
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: window.bar.budget.full_text() == "412 calls left")
    window.set_budget(0, 0)
    assert window.bar.budget.isHidden()


def test_offline_is_a_word(window: MainWindow) -> None:
    window.set_online(False)
    label = window.findChild(QWidget, "bar.online")
    assert label is not None
    assert label.property("text") == "Offline"
    assert label.property("tone") == "error"


# the search box


def search(window: MainWindow, qtbot: QtBot, text: str) -> QLineEdit:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    box = window.bar.search
    qtbot.waitUntil(box.hasFocus)
    qtbot.keyClicks(box, text)
    return box


def test_an_id_is_looked_up_from_anywhere(window: MainWindow, qtbot: QtBot) -> None:
    box = search(window, qtbot, "FW-2048817")
    with qtbot.waitSignal(window.lookup_requested) as heard:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert heard.args == ["FW-2048817"]
    assert window.palette_list.isHidden()
    assert box.text() == ""


def test_an_action_is_found_by_name_and_opens_its_page(window: MainWindow, qtbot: QtBot) -> None:
    undo = QAction("&Undo this import…")
    window.add_commands([undo], "import")
    box = search(window, qtbot, "und imp")
    with qtbot.waitSignal(undo.triggered):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert window.current_page() == "import"


def test_disabled_actions_are_not_offered(window: MainWindow, qtbot: QtBot) -> None:
    undo = QAction("Undo this import")
    window.add_commands([undo], "import")
    undo.setEnabled(False)
    search(window, qtbot, "und imp")
    assert [entry.lookup for entry in window.palette_list.entries()] == ["und imp"]


def test_known_people_come_first_and_late_answers_are_dropped(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[str] = []
    window.search_edited.connect(asked.append)
    box = search(window, qtbot, "il")
    assert asked == ["i", "il"]
    window.suggest_people("i", [("FW-9", "Ivo")])
    assert not any(entry.person for entry in window.palette_list.entries())
    window.suggest_people("il", [("FW-1", "Ilse Marlow")])
    with qtbot.waitSignal(window.lookup_requested) as heard:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert heard.args == ["FW-1"]


def test_escape_goes_back_to_where_one_was(window: MainWindow, qtbot: QtBot) -> None:
    window.rail.buttons["people"].setFocus()
    box = search(window, qtbot, "x")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert window.palette_list.isHidden()
    assert window.rail.buttons["people"].hasFocus()


def test_arrows_move_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    box = search(window, qtbot, "go to")
    first = box.accessibleDescription()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.accessibleDescription() != first
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.accessibleDescription() == first


@pytest.mark.parametrize(
    ("text", "fits"), [("", True), ("imp", True), ("THIS undo", True), ("mport", False), ("undo x", False)]
)
def test_matching(text: str, fits: bool) -> None:
    assert matches(text, "Undo this import") is fits


def test_keys_of_a_page_work_only_there(window: MainWindow, qtbot: QtBot) -> None:
    save = QAction("Save")
    save.setShortcut(QKeySequence("Ctrl+S"))
    window.add_commands([save], "people")
    heard: list[bool] = []
    save.triggered.connect(lambda: heard.append(True))
    window.show_page("history")
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert heard == []
    window.show_page("people")
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert len(heard) == 1


# activity


def test_each_running_job_has_a_line(window: MainWindow, qtbot: QtBot) -> None:
    window.set_status("Nothing is running.")
    window.set_job(Activity("j1", "Spring list", 18240, 47948, 1150, 26 * 60))
    window.set_job(Activity("j2", "Other", 1, 2))
    window.set_job(Activity("j2", "Other", 2, 2, state="paused"))
    assert window.activity.jobs() == ("j1", "j2")
    text = part(window, "activity.j1.text")
    assert text.accessibleName() == "18,240 of 47,948 rows, 1,150 a minute, 26 minutes left"
    with qtbot.waitSignal(window.pause_requested) as paused:
        qtbot.mouseClick(part(window, "activity.j1.pause"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.resume_requested) as resumed:
        qtbot.mouseClick(part(window, "activity.j2.pause"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.job_opened) as opened:
        qtbot.mouseClick(part(window, "activity.j2.open"), Qt.MouseButton.LeftButton)
    assert (paused.args, resumed.args, opened.args) == (["j1"], ["j2"], ["j2"])
    assert part(window, "activity.status").isHidden() or not part(window, "activity.status").isVisible()
    window.remove_job("j1")
    window.remove_job("j2")
    assert part(window, "activity.status").isVisible()


def test_waiting_says_why() -> None:
    activity = Activity("j", "x", 1, 2, 50, 9, "waiting", "waits for the connection")
    assert activity.sentence() == "1 of 2 rows, waits for the connection"


# keys, drop, close


def test_keyboard_sheet_by_f1(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: bool(window.findChildren(KeyboardSheet)))
    sheet = window.findChildren(KeyboardSheet)[0]
    assert sheet.isVisible()
    sheet.accept()
    qtbot.waitUntil(lambda: not window.findChildren(KeyboardSheet))


def test_every_key_of_the_sheet_has_a_text() -> None:
    assert all(key_text(key) for _title, lines in KEYS for keys, _words in lines for key in keys)


def drop(window: MainWindow, urls: list[str]) -> bool:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.setAccepted(False)
    QApplication.sendEvent(window, enter)
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, event)
    return enter.isAccepted()


def test_files_can_be_dropped(window: MainWindow) -> None:
    heard: list[object] = []
    window.files_dropped.connect(heard.append)
    assert drop(window, ["file:///tmp/spring%20list.xlsx", "https://example.org/x.csv"])
    assert heard == [[Path("/tmp/spring list.xlsx")]]
    assert not drop(window, ["https://example.org/x.csv"])
    assert len(heard) == 1


def test_close_asks_and_keeps_its_place(theme: Theme, qtbot: QtBot) -> None:
    answers = [False, True]
    kept: list[bytes] = []
    window = MainWindow(
        {"people": Page()}, theme, may_close=lambda: answers.pop(0), save_geometry=kept.append
    )
    qtbot.addWidget(window)
    window.resize(1000, 700)  # no wider than the screen of the tests allows
    window.show()
    heard: list[bool] = []
    window.closing.connect(lambda: heard.append(True))
    assert not window.close()
    assert window.isVisible()
    assert (heard, kept) == ([], [])
    assert window.close()
    assert heard == [True]
    again = MainWindow({"people": Page()}, theme, load_geometry=lambda: kept[0])
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (1000, 700)


@pytest.mark.parametrize("kept", [None, b"", b"not a geometry"])
def test_broken_geometry_is_no_matter(theme: Theme, qtbot: QtBot, kept: bytes | None) -> None:
    window = MainWindow({"people": Page()}, theme, load_geometry=lambda: kept)
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == (1280, 800)


# accessibility

ROLES_THAT_ACT = {
    QAccessible.Role.Button,
    QAccessible.Role.PushButton,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.ButtonDropDown,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.Table,
    QAccessible.Role.Dialog,
}


def nameless(root: QWidget) -> list[str]:
    """Visible controls below `root` that a screen reader could not name."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        interface = QAccessible.queryAccessibleInterface(widget)
        acts = widget.isVisible() and interface is not None and interface.role() in ROLES_THAT_ACT
        if acts and not interface.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def test_audit_finds_a_planted_nameless_button(qtbot: QtBot) -> None:
    root = QWidget()
    root.setLayout(column(QToolButton()))
    qtbot.addWidget(root)
    root.show()
    assert nameless(root) == ["QToolButton "]


def test_every_visible_control_of_the_frame_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    assert nameless(window) == []
    window.set_job(Activity("j1", "Spring list", 1, 2))
    search(window, qtbot, "go")
    assert nameless(window) == []
    sheet = KeyboardSheet(window, window._theme)
    qtbot.addWidget(sheet)
    sheet.show()
    assert nameless(sheet) == []


def test_what_acts_has_an_object_name(window: MainWindow) -> None:
    for kind in (Button, QLineEdit):
        for widget in window.findChildren(kind):
            assert "." in widget.objectName(), widget


def test_nothing_has_the_focus_ring_at_first(window: MainWindow) -> None:
    focused = window.focusWidget()
    assert focused is None or focused.focusPolicy() == Qt.FocusPolicy.NoFocus
