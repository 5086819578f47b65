"""The settings page: every choice is kept at once, a wrong one has its sentence, a full disk is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import BadFile
from nv_desktop.core.settings import RANGES, Paths, Settings
from nv_desktop.gui.settings_page import SettingsPage
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme

WAIT = 10_000


class Bench:
    def __init__(self, qtbot: QtBot, app: QApplication, folder: Path) -> None:
        self.qtbot = qtbot
        self.theme, self.tasks = Theme(app, "light"), Tasks()
        self.settings, self.paths = Settings(), Paths(folder)
        self.page = SettingsPage(self.theme, self.tasks, self.settings, self.paths)
        qtbot.addWidget(self.page)
        self.page.resize(1196, 712)
        self.page.show()
        self.heard = 0
        self.page.settings_changed.connect(self._hear)

    def _hear(self) -> None:
        self.heard += 1

    def part(self, name: str) -> Any:
        found = self.page.findChild(QWidget, name)
        assert found is not None, name
        return found

    def kept(self) -> Settings:
        """What is on the disk once nothing is being written."""
        self.qtbot.waitUntil(lambda: not self.tasks._running, timeout=WAIT)
        settings, notice = Settings.load(self.paths.settings_file)
        assert notice == ""
        return settings

    def close(self, app: QApplication) -> None:
        self.page.hide()
        assert self.tasks.shutdown(10)
        app.setStyleSheet("")
        self.theme.deleteLater()
        self.tasks.deleteLater()


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, qapp, tmp_path / "data")
    yield made
    made.close(qapp)


def test_the_theme_changes_at_once_and_stays(bench: Bench) -> None:
    bench.part("settings.theme.dark").click()
    assert bench.theme.is_dark and bench.heard == 1
    assert bench.kept().theme == "dark"


@pytest.mark.parametrize("name", RANGES)
def test_each_number_keeps_to_its_ends(bench: Bench, name: str) -> None:
    low, high = RANGES[name]
    box = bench.part(f"settings.{name}")
    assert (box.minimum(), box.maximum()) == (low, high)
    assert box.accessibleDescription().endswith(f" {low:,} to {high:,}.")
    assert box.value() == getattr(Settings(), name)
    box.setValue(high + 1)
    box.setValue(low)
    assert getattr(bench.settings, name) == low == getattr(bench.kept(), name)


def test_the_other_choices(bench: Bench) -> None:
    bench.part("settings.opt_in_as_strings.no").click()
    bench.part("settings.env_cas").click()
    box = bench.part("settings.safety")
    box.setCurrentIndex(box.findData("full"))
    box.activated.emit(box.currentIndex())
    kept = bench.kept()
    assert (kept.opt_in_as_strings, kept.env_cas, kept.safety) == (False, True, "full")
    assert bench.heard == 3


def test_typing_a_number_is_one_choice(bench: Bench) -> None:
    box = bench.part("settings.limit")
    box.setFocus()
    box.selectAll()
    bench.qtbot.keyClicks(box, "120")
    assert bench.settings.limit == 500
    bench.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert bench.settings.limit == 120 and bench.heard == 1


@pytest.mark.parametrize("wrong", ["http://name:word@proxy:8080", "proxy.example.com", "ftp://x:1", "a b:1"])
def test_a_wrong_proxy_has_its_sentence_and_is_not_kept(bench: Bench, wrong: str) -> None:
    bench.page.proxy.set_text(wrong)
    bench.page.proxy.left.emit()
    assert bench.part("settings.proxy.problem").text()
    assert bench.settings.proxy == "" and bench.heard == 0
    bench.page.proxy.set_text("proxy.example.com:8080")
    bench.page.proxy.left.emit()
    assert not bench.part("settings.proxy.problem").text()
    assert bench.kept().proxy == bench.settings.proxy != ""


def test_what_cannot_be_kept_is_said_and_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Settings, path: Path) -> None:
        raise BadFile("The disk is full, so nothing was written.", "Make room and try again.")

    with monkeypatch.context() as patch:
        patch.setattr(Settings, "save", full)
        bench.part("settings.theme.dark").click()
        bench.qtbot.waitUntil(lambda: not bench.page.banner.isHidden(), timeout=WAIT)
    assert "disk is full" in bench.page.banner.sentence.text()
    assert bench.theme.is_dark
    bench.page.banner.button.click()
    assert bench.kept().theme == "dark"
    assert bench.page.banner.isHidden()


def test_a_storm_of_choices_ends_with_the_last(bench: Bench) -> None:
    box = bench.part("settings.grace_seconds")
    for value in [*range(0, 60, 3), 7]:
        box.setValue(value)
    assert bench.kept().grace_seconds == 7


def test_every_control_has_a_name_and_the_facts_are_there(bench: Bench) -> None:
    for control in bench.page.findChildren(QWidget):
        name = control.objectName()
        if name.startswith("settings.") and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert control.accessibleName() or control.text(), name  # type: ignore[attr-defined]
    assert str(bench.paths.data_dir) in bench.part("settings.folder").full_text()
    assert "Never in a file" in bench.part("settings.keyring").text()
    assert "English" in bench.part("settings.language").text()
