"""The virtual table: pages by id, what stands in a cell, edits shown at once, and scrolling to the end."""

from __future__ import annotations

import statistics
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nv_desktop.core import mapping
from nv_desktop.core.fields import Level
from nv_desktop.core.job import Filter, Job, create
from nv_desktop.core.sheet import Row
from nv_desktop.gui.cell_model import PAGE, PAGES_KEPT, CellModel
from nv_desktop.gui.cell_table import CellTable
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Quality

HEADER = ["userID", "email", "first_name", "note"]
LABELS = ["User ID", "E-mail", "First name", "note"]
CEILING_MS = 250  # of one frame, on a busy machine; the figures live in `dev.py bench window`


def make_job(folder: Path, rows: int) -> Job:
    """Every tenth row has a bad e-mail."""
    job = create(folder, {"name": "list.csv", "path": "list.csv", "sha256": "", "format": "csv"})
    job.start_reading(HEADER)
    job.add_rows(
        Row(n + 1, [f"u{n}", f"u{n}@" if n % 10 == 0 else f"u{n}@example.org", "अनन्या", ""])
        for n in range(1, rows + 1)
    )
    job.finish_reading()
    columns = [mapping.ColumnMap(n, name, name) for n, name in enumerate(HEADER)]
    job.set_mapping(mapping.Mapping(columns))
    job.check()
    return job


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    made = make_job(tmp_path, 300)
    yield made
    made.close()


def shown(job: Job, wanted: Filter | None = None) -> CellModel:
    model = CellModel()
    model.set_job(job, LABELS)
    model.set_ids(job.ids(wanted))
    return model


@pytest.mark.parametrize("force_py", [False, True])
def test_model_keeps_qts_rules_while_it_changes(job: Job, qtmodeltester: object, force_py: bool) -> None:
    model = shown(job)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtmodeltester.check(model, force_py=force_py)  # type: ignore[attr-defined]
    model.set_ids(job.ids(Filter(level=Level.ERROR)))
    assert model.put(0, 1, "other@example.org")
    model.refresh()
    model.set_ids(array("q", [1, 2, 3]))
    model.grow(job.ids())
    assert [model.text(row, 0) for row in (0, 3, 299)] == ["u1", "u4", "u300"]
    model.set_ids(array("q"))
    model.set_job(None)
    assert tester.model() is model


def test_cells_are_those_of_the_document_in_any_order(job: Job) -> None:
    model = shown(job)
    assert (model.rowCount(), model.columnCount()) == (300, 4)
    for row in (0, PAGE - 1, PAGE, 299):
        assert model.data(model.index(row, 0)) == f"u{row + 1}"
    model.set_ids(array("q", [300, 7, 10]))
    assert [model.text(row, 0) for row in range(3)] == ["u300", "u7", "u10"]
    assert model.headerData(2, Qt.Orientation.Vertical) == "11"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "E-mail"
    assert model.place(10) == 2
    assert model.place(11) == -1
    assert model.rowCount(model.index(0, 0)) == 0


def test_a_problem_is_tip_and_is_told(job: Job) -> None:
    model = shown(job)
    bad, good = model.index(9, 1), model.index(8, 1)
    assert "@" in model.data(bad, Qt.ItemDataRole.ToolTipRole)
    assert model.data(bad, Qt.ItemDataRole.AccessibleTextRole).startswith("u10@. ")
    assert model.data(good, Qt.ItemDataRole.ToolTipRole) is None
    assert model.data(model.index(0, 3), Qt.ItemDataRole.AccessibleTextRole) == "empty"
    assert model.data(good, Qt.ItemDataRole.DecorationRole) is None
    assert model.data(QModelIndex()) is None


def test_only_a_few_pages_are_kept(tmp_path: Path) -> None:
    job = make_job(tmp_path, PAGE * (PAGES_KEPT + 5))
    model = shown(job)
    for row in range(0, model.rowCount(), PAGE):
        assert model.text(row, 0) == f"u{row + 1}"
    assert len(model._pages) == PAGES_KEPT
    job.close()


def test_an_edit_is_shown_at_once_and_the_document_has_the_last_word(job: Job, qtbot: QtBot) -> None:
    model = shown(job)
    index = model.index(9, 1)
    with qtbot.waitSignal(model.edited) as told:
        assert model.setData(index, "ten@example.org")
    assert told.args == [10, 1, "ten@example.org"]
    assert model.data(index) == "ten@example.org"
    assert model.is_waiting(9, 1)
    model.refresh()
    assert model.data(index) == "u10@"
    assert not model.setData(index, "u10@"), "the same text is no edit"
    model.locked = True
    assert not model.setData(index, "x")
    assert not model.flags(index) & Qt.ItemFlag.ItemIsEditable


def test_a_document_that_cannot_be_read_is_told_and_blank(tmp_path: Path, qtbot: QtBot) -> None:
    job = make_job(tmp_path, 20)
    model = shown(job)
    job.db.execute("DROP TABLE verdicts")
    with qtbot.waitSignal(model.failed):
        assert model.data(model.index(3, 0)) == ""
    assert model.page_row(3) is None
    job.close()


def test_scrolled_from_end_to_end_each_frame_is_quick(tmp_path: Path, theme: Theme, qtbot: QtBot) -> None:
    job = make_job(tmp_path, 20_000)
    model = shown(job)
    table = CellTable(theme, model)
    qtbot.addWidget(table)
    model.setParent(table)
    table.resize(1000, 600)
    table.show()
    bar = table.verticalScrollBar()
    frames = []
    for step in range(101):
        bar.setValue(bar.maximum() * step // 100)
        began = time.perf_counter()
        picture = table.grab()
        frames.append((time.perf_counter() - began) * 1000)
    assert not picture.isNull()
    assert model.text(19_999, 0) == "u20000"
    assert statistics.median(frames) < CEILING_MS
    job.close()


def test_return_after_an_edit_goes_to_the_cell_below(job: Job, theme: Theme, qtbot: QtBot) -> None:
    model = shown(job)
    table = CellTable(theme, model)
    qtbot.addWidget(table)
    model.setParent(table)
    table.resize(800, 500)
    table.show()
    table.go_to(9, 1)
    table.edit(table.currentIndex())
    line = table.findChild(QLineEdit, "import.cell")
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "ten@example.org")
    with qtbot.waitSignal(model.edited) as told:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told.args == [10, 1, "ten@example.org"]
    assert (table.current_row, table.current_column) == (10, 1)


def test_a_press_on_a_bar_filters_and_on_a_title_sorts(job: Job, theme: Theme, qtbot: QtBot) -> None:
    model = shown(job)
    table = CellTable(theme, model)
    qtbot.addWidget(table)
    model.setParent(table)
    table.resize(800, 500)
    table.show()
    table.head.set_quality({1: Quality(270, 0, 30, 0)})
    titles: list[int] = []
    parts: list[tuple[int, str]] = []
    table.head.title_clicked.connect(titles.append)
    table.head.part_clicked.connect(lambda section, part: parts.append((section, part)))
    left = table.head.sectionViewportPosition(1)
    view = table.head.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(left + 40, 14))
    assert (titles, parts) == ([1], [])
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(left + 20, 34))
    assert (titles, parts) == ([1], [(1, "valid")])
