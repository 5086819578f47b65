"""Quick and wandering hands at an import: what is typed is never lost, every number is of what is shown."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import Busy
from nv_desktop.core.job import Done, Job, open_job
from nv_desktop.core.job.ledger import State
from nv_desktop.gui.import_page import CHECK, COLUMNS, FILE, ImportPage
from nv_desktop.gui.importing import many_cells
from nv_desktop.gui.importing.step_dialog import StepDialog
from nv_desktop.gui.theme import Theme
from tests.gui.test_import_page import (
    LIST,
    WAIT,
    at_check,
    looked,
    page,
    part,
    paths,
    row_texts,
    settle,
    tasks,
    theme,
    write,
)

__all__ = ["page", "paths", "tasks", "theme"]


def typed(page: ImportPage, row: int, column: int, text: str) -> QLineEdit:
    """The editor of a cell with this text in it, not taken over yet."""
    table = page.check_step.table
    table.setFocus()
    table.go_to(row, column)
    table.edit(page.check_step.model.index(row, column))
    editor = table.findChild(QLineEdit, "import.cell")
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    return editor


def slowly(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Every edit waits until this is set, as in a big document."""
    go_on, edit = Event(), Job.edit

    def slow(self: Job, row: int, column: int, text: str) -> Done:
        assert go_on.wait(10)
        return edit(self, row, column, text)

    monkeypatch.setattr(Job, "edit", slow)
    return go_on


def test_what_is_being_typed_survives_the_edit_before_it(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.model.put(0, 1, "bob@example.org")
    editor = typed(page, 1, 1, "dora@example")
    settle(qtbot, page)
    assert editor.text() == "dora@example"
    QTest.keyClicks(editor, ".org")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wanted = ["bob@example.org", "dora@example.org"]
    qtbot.waitUntil(lambda: row_texts(page, 1) == wanted, timeout=WAIT)
    settle(qtbot, page)
    assert row_texts(page, 1) == wanted


def test_what_is_being_typed_beside_the_table_survives_too(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.model.put(0, 1, "bob@example.org")
    step.table.go_to(1, 1)
    line = step.panel.editor.editor
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "dora@example")
    settle(qtbot, page)
    assert line.text() == "dora@example"
    step.table.go_to(0, 1)
    assert line.text() == "bob@example.org", "another cell is another text"
    step.table.go_to(1, 1)
    assert line.text() == "dora@"


def test_an_edit_that_is_refused_can_be_tried_again(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, write(tmp_path))

    def refuse(*_: object) -> Done:
        raise Busy("Another window is at it.", "Wait for it.")

    monkeypatch.setattr(Job, "edit", refuse)
    line = page.check_step.panel.editor.editor
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "bob@example.org")
    page.check_step.panel.use.click()
    settle(qtbot, page)
    assert page.check_step.banner.isVisible()
    assert row_texts(page, 1)[0] == "bob@", "the table shows what is in the document"
    assert line.text() == "bob@example.org"


def test_a_header_row_typed_just_before_next_is_the_one_that_is_read(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    looked(page, qtbot, write(tmp_path, f"A title\n\n\n{LIST}"))
    page.file_step.look.header_row.setValue(5)
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)
    assert page._opened is not None
    assert page._opened.header[0] == "u1"


def test_a_header_row_that_is_not_there_leads_nowhere(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    looked(page, qtbot, write(tmp_path))
    page.file_step.look.header_row.setValue(500)
    page.foot.next.click()
    settle(qtbot, page)
    assert page.step() == FILE
    assert page.file_step.banner.isVisible()
    page.file_step.look.header_row.setValue(2)
    settle(qtbot, page)
    qtbot.waitUntil(lambda: not page.file_step.look._timer.isActive(), timeout=WAIT)
    settle(qtbot, page)
    assert page.step() == FILE, "the press from before is forgotten"


def test_the_count_of_a_replacement_is_that_of_the_rows_shown(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    step, bar = page.check_step, page.check_step.replace_bar
    step.open_replace()
    bar.what.setText("bonn")
    bar.instead.setText("Berlin")
    qtbot.waitUntil(bar.all.isEnabled, timeout=WAIT)
    assert bar.count.text() == "2 cells change"
    step.search.setText("bob")
    qtbot.waitUntil(lambda: not bar.all.isEnabled(), timeout=WAIT)
    assert bar.count.text() == "", "a number of other rows is no number"
    qtbot.waitUntil(bar.all.isEnabled, timeout=WAIT)
    assert bar.count.text() == "1 cell changes"
    said: list[str] = []
    page.said.connect(said.append)
    bar.all.click()
    settle(qtbot, page)
    assert "Replace “bonn” in 1 cell. Kept." in said
    step.search.clear()
    step.chips.choose("all")
    settle(qtbot, page)
    assert row_texts(page, 4) == ["Köln", "Berlin", "", "Bonn", "Trier"]


def test_undo_of_a_mend_leaves_what_was_decided_at_the_columns_since(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = "".join(f"u{n},{word},x{n}\n" for n, word in enumerate(["M", "F", "Male", "female", "male"]))
    at_check(page, qtbot, write(tmp_path, f"userID,gender,city\n{lines}"))
    said: list[str] = []
    page.said.connect(said.append)
    page.check_step.panel.mend.action.click()
    settle(qtbot, page)
    page.foot.back.click()
    settle(qtbot, page)
    columns = page.columns_step
    assert columns.mapping is not None
    columns.change_column(2, replace(columns.mapping.columns[2], target="town"))
    settle(qtbot, page)
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == CHECK and not page.check_step.is_checking(), timeout=WAIT)
    settle(qtbot, page)
    page.check_step.edits.undo()
    settle(qtbot, page)
    assert said[-1].startswith("Undone: ")
    assert columns.mapping is not None
    assert [column.target for column in columns.mapping.columns] == ["userID", "gender", "town"]
    assert page.check_step.chips.chips["errors"].count, "and the mend is taken back"
    page.check_step.edits.undo()
    settle(qtbot, page)
    assert said[-1] == "There is nothing more to take back."


def test_next_waits_for_the_edit_that_is_being_typed(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, write(tmp_path))
    go_on = slowly(monkeypatch)
    went: list[tuple[str, bool]] = []

    def look(path: Path) -> None:
        job = open_job(path)
        went.append((job.page([2])[0].cells[1], job.checked()))
        job.close()

    page.job_checked.connect(look)
    typed(page, 0, 1, "bob@example.org")
    QTest.mouseClick(page.foot.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.foot.next.isEnabled(), timeout=WAIT)
    assert page.foot.reason.text() == "Your last change is being kept"
    assert went == []
    go_on.set()
    settle(qtbot, page)
    assert went == [("bob@example.org", True)]


def test_next_stays_where_the_last_edit_could_not_be_kept(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, write(tmp_path))

    def refuse(*_: object) -> Done:
        raise Busy("Another window is at it.", "Wait for it.")

    monkeypatch.setattr(Job, "edit", refuse)
    went: list[object] = []
    page.job_checked.connect(went.append)
    typed(page, 0, 1, "bob@example.org")
    page.foot.next.click()
    settle(qtbot, page)
    assert not went
    assert page.check_step.banner.isVisible()
    page.foot.next.click()
    assert went, "pressed again with the error in sight it goes on"


def test_what_is_being_typed_is_kept_when_the_window_closes(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    typed(page, 0, 1, "bob@example.org")
    assert page.can_leave()
    path = page.job_path()
    assert path is not None
    job = open_job(path)
    assert job.page([2])[0].cells[1] == "bob@example.org"
    job.close()
    settle(qtbot, page)


def test_what_a_paste_has_no_place_for_is_said(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.table.go_to(1, 3)
    QGuiApplication.clipboard().setText("1990-01-01\ta\tb\tc\n1990-01-02\td\te\tf\n")
    step.edits.paste()
    settle(qtbot, page)
    assert row_texts(page, 4) == ["Bonn", "a"]
    assert step.banner.isVisible()
    said = f"{step.banner.sentence.text()} {step.banner.remedy.text()}"
    assert "1 row below the last row shown and 2 columns right of the last one" in said


def test_the_columns_of_a_sent_import_stay_as_they_were(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    assert page._job is not None
    with page._job.transaction() as db:
        db.execute("INSERT INTO ledger (row, state, batch) VALUES (1, ?, 1)", (int(State.CONFIRMED),))
    before = page._job.mapping()
    page.foot.back.click()
    settle(qtbot, page)
    step = page.columns_step
    step.change_column(4, replace(before.columns[4], target="town"))
    settle(qtbot, page)
    assert "columns stay as they are" in step.banner.sentence.text()
    assert page._job.mapping() == before
    assert step.mapping == before, "what is shown is what stands"


def test_a_chip_pressed_again_shows_its_rows_afresh(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.model.put(0, 1, "bob@example.org")
    settle(qtbot, page)
    assert row_texts(page) == ["u2", "u4"]
    QTest.mouseClick(part(page, "import.filter.errors"), Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert row_texts(page) == ["u4"]


def test_the_panel_never_squeezes_what_it_holds(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.resize(940, 500)
    lines = "".join(f"u{n},{word},p{n}@,33202\n" for n, word in enumerate(["M", "F", "Male", "female"]))
    at_check(page, qtbot, write(tmp_path, f"userID,gender,email,birth_date\n{lines}"))
    step, panel = page.check_step, page.check_step.panel
    assert panel.mend.isVisible()
    for height in (500, 560, 660, 700, 1000):
        page.resize(940, height)
        for column in (1, 2, 3):
            step.table.go_to(0, column)
            QTest.qWait(0)
            boxes = [
                QRect(each.mapTo(panel, QPoint()), each.size())
                for each in (panel.title, panel.means, panel.editor, panel.use, panel.groups, panel.mend)
            ]
            assert panel.editor.height() >= panel.editor.heightForWidth(panel.editor.width())
            for above, below in pairwise(boxes):
                assert above.bottom() < below.top(), (height, column, boxes)
            assert panel.groups.height() >= 4 * panel.groups.row_height
            assert panel.mend.height() >= panel.mend.heightForWidth(panel.mend.width())
            assert panel._scroll.verticalScrollBar().isVisible() is (height < 660), "only where it must"


def test_the_panel_says_what_a_text_is_sent_as(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path, "userID,city\nu1, Bonn \nu2,Köln\n"))
    step = page.check_step
    step.chips.choose("all")
    settle(qtbot, page)
    step.table.go_to(0, 1)
    assert step.panel.editor.editor.accessibleDescription() == "Sent as Bonn."
    step.table.go_to(1, 1)
    assert step.panel.editor.editor.accessibleDescription() == ""


def test_what_a_table_cuts_short_is_whole_in_its_tool_tip(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    long = "a" * 60
    looked(page, qtbot, write(tmp_path, f"userID,city\nu1,{long}\nu2,Köln\n"))
    table = page.file_step.look.table
    told = []
    for row in (1, 0):
        rect = table.visualRect(table.model().index(row, 2))
        place = rect.topLeft() + QPoint(4, 4)
        QApplication.sendEvent(
            table.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(place))
        )
        told.append(QToolTip.text())
    assert told[0] == ""
    assert long in told[1]


def test_the_column_that_asks_is_chosen_in_each_file(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    """Also where the file before had as many columns."""
    dates = "".join(f"u{n},0{n}/0{n + 1}/1990\n" for n in range(1, 8))
    for name, text in (
        ("first.csv", "userID,city\nu1,Bonn\n"),
        ("second.csv", f"userID,birth_date\n{dates}"),
    ):
        looked(page, qtbot, write(tmp_path, text, name))
        page.foot.next.click()
        qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
        settle(qtbot, page)
        qtbot.waitUntil(lambda: page.columns_step.table.current_row() is not None, timeout=WAIT)
    assert page.columns_step.table.current_row().column.header == "birth_date"


def test_the_bars_speak_of_what_is_sent_and_of_shared_ids_alone(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    rows = (
        "u1,a@example.org,x\nu1,a@example.org,x\nu2,b@example.org,x\nu2,c@example.org,x\nu3,a@example.org,x\n"
    )
    looked(page, qtbot, write(tmp_path, f"userID,email,city\n{rows}"))
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)
    columns = page.columns_step
    assert columns.mapping is not None
    columns.change_column(2, replace(columns.mapping.columns[2], target=None))
    settle(qtbot, page)
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == CHECK and not page.check_step.is_checking(), timeout=WAIT)
    settle(qtbot, page)
    bars = [page.check_step.table.head.quality(place) for place in range(3)]
    assert [bar.sentence()[0] for bar in bars if bar is not None] == [
        "4 share an ID",
        "All valid",
        "Not sent",
    ]
    assert page.check_step.chips.chips["duplicates"].count == 5, "with those that share an e-mail"


def test_edits_of_many_cells_are_made_beside_the_window_and_taken_back(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_cells, "MANY", 3)
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    here: list[str] = []  # what this process does itself
    for name in ("fill", "paste", "skip", "undo", "redo"):
        monkeypatch.setattr(Job, name, lambda *_, made=name: here.append(made))
    step.chips.choose("all")
    settle(qtbot, page)
    selection, flag = step.table.selectionModel(), QItemSelectionModel.SelectionFlag.ClearAndSelect

    def choose(left: int, right: int) -> None:
        first, last = step.model.index(0, left), step.model.index(4, right)
        selection.select(QItemSelection(first, last), flag)

    def texts() -> list[list[str]]:
        settle(qtbot, page)
        return [row_texts(page, column) for column in (2, 4)]

    before = texts()
    choose(2, 2)
    step.edits.fill_down()
    assert texts()[0] == ["Ann"] * 5
    choose(2, 4)
    step.edits.clear()
    assert texts() == [[""] * 5, [""] * 5]
    step.edits.undo()
    step.edits.undo()
    assert texts() == before
    step.edits.redo()
    assert texts()[0] == ["Ann"] * 5
    choose(0, 0)
    step.edits.skip(True)
    settle(qtbot, page)
    assert page.foot.reason.text() == "No row can be sent yet"
    assert here == []


def test_the_panel_fits_whatever_a_problem_says(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    """Also where its scroll bar comes with the longer sentence, and takes room from it."""
    lines = "".join(f"u{n},{'x' * n}@\n" for n in range(1, 60))
    at_check(page, qtbot, write(tmp_path, f"userID,email\n{lines}"))
    panel = page.check_step.panel
    for height in range(540, 640, 20):
        page.resize(940, height)
        for row in range(0, 59, 2):
            page.check_step.table.go_to(row, 1)
            QTest.qWait(0)
            for label in (panel.title, panel.means):
                assert label.height() >= label.heightForWidth(label.width()), (height, row)
            assert panel.editor.height() >= panel.editor.minimumSizeHint().height(), (height, row)


def test_a_paste_of_the_same_is_no_edit(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    said: list[str] = []
    page.said.connect(said.append)
    page.check_step.table.go_to(0, 2)
    page.check_step.edits.copy()
    settle(qtbot, page)
    page.check_step.edits.paste()
    settle(qtbot, page)
    assert said[-1] == "That is what stands there already."


@pytest.mark.parametrize(
    ("kind", "first"), [("replace", "step.find"), ("date", "step.order"), ("pad", "step.")]
)
def test_a_step_is_typed_at_once(page: ImportPage, theme: Theme, qtbot: QtBot, kind: str, first: str) -> None:
    page.activateWindow()
    dialog = StepDialog(page, theme, kind, ["userID", "email"])
    dialog.open()
    qtbot.waitUntil(lambda: dialog.focusWidget() is not None, timeout=WAIT)
    now = dialog.focusWidget()
    assert now is not None
    assert (now.objectName() or "").startswith(first)
    dialog.reject()
    dialog.deleteLater()


def test_a_mend_at_the_check_can_be_taken_back_at_the_columns_and_what_came_before_it(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = "".join(f"u{n},{word},x\n" for n, word in enumerate(["M", "F", "male"]))
    looked(page, qtbot, write(tmp_path, f"userID,gender,city\n{lines}"))
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)
    columns = page.columns_step
    assert columns.mapping is not None
    first = columns.mapping
    columns.change_column(2, replace(first.columns[2], target="town"))
    second = columns.mapping
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == CHECK and not page.check_step.is_checking(), timeout=WAIT)
    settle(qtbot, page)
    page.check_step.panel.mend.action.click()
    settle(qtbot, page)
    assert columns.mapping != second
    page.foot.back.click()
    columns.undo()
    assert columns.mapping == second
    columns.undo()
    assert columns.mapping == first
    settle(qtbot, page)
