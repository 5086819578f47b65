"""The welcome page: two ways, both by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.welcome_page import WelcomePage
from nv_desktop.sandbox.server import add_arguments


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot) -> Iterator[WelcomePage]:
    theme = Theme(qapp, "light")
    made = WelcomePage(theme)
    qtbot.addWidget(made)
    made.resize(1196, 712)
    made.show()
    yield made
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.mark.parametrize(
    ("name", "signal"), [("welcome.sandbox", "sandbox_chosen"), ("welcome.account", "account_wanted")]
)
def test_both_ways_lead_on(page: WelcomePage, qtbot: QtBot, name: str, signal: str) -> None:
    button = page.findChild(QWidget, name)
    assert button is not None and button.isVisible() and button.text()  # type: ignore[attr-defined]
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.setFocus()
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.keyClick(button, Qt.Key.Key_Space)


def test_what_it_promises_is_so(page: WelcomePage) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    people = parser.parse_args([]).people
    words = " ".join(label.text() for label in page.findChildren(QWidget) if hasattr(label, "text"))
    assert f"{people:,} invented profiles" in words


@pytest.mark.parametrize("size", [(916, 588), (1196, 712)])
def test_nothing_is_cut_in_a_small_window(page: WelcomePage, size: tuple[int, int]) -> None:
    page.resize(*size)
    for button in (page.sandbox, page.account):
        assert button.width() >= button.sizeHint().width()
        assert button.visibleRegion().boundingRect().width() == button.width()
