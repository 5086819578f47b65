"""Where a file is written: with its ending, and never over another file unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.gui.places import ask_where


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def answers(monkeypatch: pytest.MonkeyPatch, *chosen: Path | str) -> list[Path]:
    """What the person answers to the file dialogs; the places they propose."""
    proposed: list[Path] = []
    left = [str(each) for each in chosen]

    def dialog(_parent: QWidget, _title: str, place: str, _kinds: str) -> tuple[str, str]:
        proposed.append(Path(place))
        return left.pop(0), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
    return proposed


def test_a_name_without_its_ending_gets_it(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, tmp_path / "v1.2", tmp_path / "list.XLSX", "")
    assert ask_where(parent, "Save", "result", "xlsx") == tmp_path / "v1.2.xlsx"
    assert ask_where(parent, "Save", "result", "xlsx") == tmp_path / "list.XLSX"
    assert ask_where(parent, "Save", "result", "xlsx") is None


def test_a_file_that_was_not_named_is_shown_before_it_is_replaced(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog has asked about “report”, of which there is none; “report.xlsx” is somebody's."""
    (tmp_path / "report.xlsx").write_text("last week's")
    proposed = answers(monkeypatch, tmp_path / "report", "")
    assert ask_where(parent, "Save", "result", "xlsx") is None
    assert proposed == [Path.home() / "result.xlsx", tmp_path / "report.xlsx"]


def test_what_no_file_can_be_called_is_not_proposed(parent: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    proposed = answers(monkeypatch, "")
    ask_where(parent, "Export", "a/b:c", "json")
    assert proposed == [Path.home() / "a_b_c.json"]
