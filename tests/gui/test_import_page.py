"""Steps 1 to 3 of an import, driven as a person does, over the real worker and the real job document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Type
from nv_desktop.core.job import filters, open_job
from nv_desktop.core.mapping import Mapping
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import inspect, rows
from nv_desktop.gui import messages
from nv_desktop.gui.import_page import CHECK, COLUMNS, FILE, ImportPage
from nv_desktop.gui.importing import column_panel, recipe_bar, work
from nv_desktop.gui.importing.column_panel import NOWHERE
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme

WAIT = 20_000
LIST = """userID,email,first_name,birth_date,city
u1,ann@example.org,Ann,1990-01-02,Köln
u2,bob@,Bob,1991-02-03,Bonn
u3,cid@example.org,अनन्या,1992-03-04,
u4,dora@,Dora,1993-04-05,Bonn
u5,eve@example.org,Eve,1994-05-06,Trier
"""


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    unhandled: list[Any] = []
    made.unhandled.connect(unhandled.append)
    yield made
    assert made.shutdown(10)
    assert not unhandled


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


@pytest.fixture
def page(theme: Theme, tasks: Tasks, paths: Paths, qtbot: QtBot) -> Iterator[ImportPage]:
    made = ImportPage(theme, tasks, paths)
    qtbot.addWidget(made)
    made.resize(1196, 700)
    made.show()
    settle(qtbot, made)
    yield made
    made.close_job()


def settle(qtbot: QtBot, page: ImportPage) -> None:
    """Until nothing is at work."""
    qtbot.waitUntil(lambda: not page._tasks._running and not page.check_step.queue.is_busy(), timeout=WAIT)


def part(page: QWidget, name: str) -> Any:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


def write(folder: Path, text: str = LIST, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def looked(page: ImportPage, qtbot: QtBot, path: Path) -> None:
    page.open_file(path)
    qtbot.waitUntil(lambda: page.file_step.opened is not None and page.foot.next.isEnabled(), timeout=WAIT)


def at_columns(page: ImportPage, qtbot: QtBot, path: Path) -> None:
    """At the columns of a file whose rows are read; read in this process, which is quicker than a worker."""
    page._leave_job()
    begun = work.begin(inspect(path), page._paths, None)
    begun.job.start_reading(begun.job.header() or inspect(path).header)
    begun.job.add_rows(rows(inspect(path)))
    begun.job.finish_reading()
    begun.job.close()
    page.open_job(begun.job.path)
    settle(qtbot, page)
    assert page.step() == COLUMNS


def walked(page: ImportPage, qtbot: QtBot, path: Path) -> None:
    """At the columns of a file, on the way of a person."""
    looked(page, qtbot, path)
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)


def at_check(page: ImportPage, qtbot: QtBot, path: Path) -> None:
    at_columns(page, qtbot, path)
    assert page._job is not None
    assert page.foot.next.isEnabled(), page.foot.reason.text()
    page._job.check()
    page.foot.next.click()
    settle(qtbot, page)
    assert page.step() == CHECK


def checked(page: ImportPage, qtbot: QtBot, path: Path) -> None:
    """As `at_check`, through the page and the worker."""
    walked(page, qtbot, path)
    assert page.foot.next.isEnabled(), page.foot.reason.text()
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == CHECK, timeout=WAIT)
    settle(qtbot, page)


def row_texts(page: ImportPage, column: int = 0) -> list[str]:
    model = page.check_step.model
    return [model.text(row, column) for row in range(model.rowCount())]


# --- the file -------------------------------------------------------------------------------------------


def test_the_first_page_offers_four_ways(page: ImportPage) -> None:
    for name in ("import.open", "import.paste", "import.sample", "import.drop"):
        assert part(page, name).isVisible()
        assert part(page, name).accessibleName() or part(page, name).text()
    assert page.foot.next.isHidden()


def test_a_file_is_shown_as_it_will_be_read(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    looked(page, qtbot, write(tmp_path, LIST.replace(",", ";")))
    look = page.file_step.look
    assert look.title.text() == "list.csv"
    assert look.delimiter.current_key() == ";"
    assert look.table.model().headerData(1, Qt.Orientation.Horizontal) == "userID"
    assert look.table.model().index(2, 3).data() == "अनन्या"
    assert part(page, "import.sheet").parentWidget().isHidden()


def test_another_header_row_is_looked_at_again(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    looked(page, qtbot, write(tmp_path))
    with qtbot.waitSignal(page.file_step.looked, timeout=WAIT):
        page.file_step.look.header_row.setValue(3)
    assert page.file_step.opened is not None
    assert page.file_step.opened.header[0] == "u2"


def test_a_file_without_a_header_lets_the_row_be_chosen(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write(tmp_path, "u0,zoe@example.org,2020-01-02\nu9,eve@example.org,2021-03-04\n" + LIST)
    page.open_file(path)
    settle(qtbot, page)
    step = page.file_step
    assert "no header" in step.banner.sentence.text()
    assert step.look.isVisible(), "with the rows, and where the header can be chosen"
    assert not page.foot.next.isEnabled()
    assert page.foot.reason.text() == "Choose the row of the header first"
    with qtbot.waitSignal(step.looked, timeout=WAIT):
        step.look.header_row.setValue(3)
    assert step.opened is not None
    assert step.opened.header[0] == "userID"
    assert not step.banner.isVisible()
    assert page.foot.next.isEnabled()


def test_what_wraps_cells_is_shown_and_can_be_changed(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    looked(page, qtbot, write(tmp_path, 'userID,note\n"u1","5"" pipe"\n'))
    look = page.file_step.look
    assert look.quote.current_key() == '"'
    with qtbot.waitSignal(page.file_step.looked, timeout=WAIT):
        look.quote.choose("")
        look.quote.activated.emit(look.quote.currentIndex())
    assert page.file_step.opened is not None
    assert page.file_step.opened.sample == [['"u1"', '"5"" pipe"']]
    assert look.quote.current_key() == ""


def test_a_sent_import_makes_room_and_its_file_begins_anew(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write(tmp_path)
    checked(page, qtbot, path)
    first = page.job_path()
    page.hide()
    assert page._job is not None
    page._job.set_meta("stage", "done")
    page.show()
    settle(qtbot, page)
    assert page.job_path() is None
    assert page.step() == FILE
    assert part(page, "import.open").isVisible()
    looked(page, qtbot, path)
    settle(qtbot, page)
    assert page.file_step.look.same.isVisible(), "that it was sent is said"
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)
    assert page.job_path() not in (None, first)


def test_the_answer_for_an_earlier_file_is_dropped(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.open_file(write(tmp_path))
    page.open_file(write(tmp_path, "userID,city\nz1,Bonn\n", "second.csv"))
    settle(qtbot, page)
    assert page.file_step.opened is not None
    assert page.file_step.opened.path.name == "second.csv"


@pytest.mark.parametrize("what", ["gone", "empty", "noise"])
def test_what_is_no_list_gets_a_sentence(page: ImportPage, qtbot: QtBot, tmp_path: Path, what: str) -> None:
    path = tmp_path / "list.xlsx"
    if what != "gone":
        path.write_bytes(b"" if what == "empty" else bytes(range(256)) * 40)
    page.open_file(path)
    qtbot.waitUntil(page.file_step.banner.isVisible, timeout=WAIT)
    assert page.file_step.banner.sentence.text().endswith(".")
    assert page.file_step.banner.remedy.text()
    assert page.step() == FILE
    assert part(page, "import.open").isVisible()


def test_pasted_cells_become_an_import_and_their_file_goes(
    page: ImportPage, qtbot: QtBot, paths: Paths
) -> None:
    QGuiApplication.clipboard().setText(LIST.replace(",", "\t"))
    part(page, "import.paste").click()
    qtbot.waitUntil(lambda: page.foot.next.isEnabled() and page.foot.next.isVisible(), timeout=WAIT)
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)
    assert page._rows.text() == "5 rows"
    assert not list(paths.jobs.glob("*.clipboard"))


def test_pasted_cells_that_nobody_imports_leave_nothing(page: ImportPage, qtbot: QtBot, paths: Paths) -> None:
    page.paste(LIST.replace(",", "\t"))
    settle(qtbot, page)
    assert list(paths.jobs.glob("*.clipboard"))
    page.foot.back.click()
    assert not list(paths.jobs.glob("*.clipboard"))
    settle(qtbot, page)


def test_an_empty_clipboard_is_said(page: ImportPage) -> None:
    QGuiApplication.clipboard().setText("")
    part(page, "import.paste").click()
    assert "no cells" in page.file_step.banner.sentence.text()


def test_a_file_that_vanishes_before_it_is_read(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    path = write(tmp_path)
    looked(page, qtbot, path)
    path.unlink()
    page.foot.next.click()
    qtbot.waitUntil(page.file_step.banner.isVisible, timeout=WAIT)
    assert "list.csv" in page.file_step.banner.sentence.text()
    assert page.step() == FILE
    settle(qtbot, page)
    assert not list(page._paths.jobs.glob("*.nvjob")), "of which nothing was read, nothing stays"


# --- nothing is lost ------------------------------------------------------------------------------------


def test_an_open_import_is_open_again_with_every_edit(
    page: ImportPage, theme: Theme, tasks: Tasks, paths: Paths, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    page.check_step.model.put(page.check_step.model.place(2), 1, "bob@example.org")
    settle(qtbot, page)
    path = page.job_path()
    page.close_job()
    again = ImportPage(theme, tasks, paths)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.job_path() == path, timeout=WAIT)
    settle(qtbot, again)
    assert again.step() == CHECK
    again.check_step.chips.choose("all")
    settle(qtbot, again)
    assert row_texts(again, 1)[1] == "bob@example.org"
    again.check_step.edits.undo()
    settle(qtbot, again)
    assert row_texts(again, 1)[1] == "bob@"
    again.close_job()


def test_the_last_decision_stands_however_threads_come(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step, job = page.columns_step, page._job
    assert step.mapping is not None
    assert job is not None
    begun, go_on, write_ = Event(), Event(), job.set_mapping

    def slow(mapping: Mapping) -> None:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(10)
        write_(mapping)

    monkeypatch.setattr(job, "set_mapping", slow)
    step.change_column(4, replace(step.mapping.columns[4], target="first"))
    assert begun.wait(10)
    step.change_column(4, replace(step.mapping.columns[4], target="second"))
    go_on.set()
    settle(qtbot, page)
    assert job.mapping().columns[4].target == "second"


def test_what_was_done_last_is_kept_when_the_window_closes_at_once(
    page: ImportPage, theme: Theme, qtbot: QtBot, tmp_path: Path, paths: Paths
) -> None:
    at_check(page, qtbot, write(tmp_path))
    path = page.job_path()
    assert path is not None
    own = Tasks()  # a window of its own, which closes before its threads come to anything
    again = ImportPage(theme, own, paths)
    qtbot.addWidget(again)
    again.open_job(path)
    qtbot.waitUntil(lambda: not own._running and again.check_step.model.rowCount() > 0, timeout=WAIT)
    for row, text in enumerate(("bob@example.org", "dora@example.org")):
        again.check_step.model.put(row, 1, text)
    assert again.check_step.queue.is_busy()
    assert again.can_leave()
    assert own.shutdown(10)
    job = open_job(path)
    assert [row.cells[1] for row in job.page([2, 4])] == ["bob@example.org", "dora@example.org"]
    assert [action.label for action in job.actions()] == ["Edit row 3, “email”", "Edit row 5, “email”"]
    job.close()
    again.close_job()


def test_a_decision_is_kept_when_another_file_is_opened_at_once(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step, path = page.columns_step, page.job_path()
    assert step.mapping is not None
    assert path is not None
    step.change_column(4, column_panel.retarget(step.mapping.columns[4], NOWHERE, {}))
    page.close_job()
    job = open_job(path)
    assert job.mapping().columns[4].target is None
    job.close()
    settle(qtbot, page)


def test_the_same_file_is_recognised(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    path = write(tmp_path)
    at_check(page, qtbot, path)
    first = page.job_path()
    page._show(FILE)
    page.file_step.start_over()
    settle(qtbot, page)
    looked(page, qtbot, path)
    assert page.file_step.look.same.isVisible()
    page.file_step.look.same.action.click()
    settle(qtbot, page)
    assert page.job_path() == first
    assert page.step() == CHECK


def test_the_name_above_is_that_of_the_file_in_sight(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    name, number = part(page, "import.name"), part(page, "import.rows")
    assert (name.full_text(), number.text()) == ("list.csv", "5 rows")
    looked(page, qtbot, write(tmp_path, LIST, "other.csv"))
    assert name.full_text() == "other.csv"
    assert not number.isVisible()
    page._go(COLUMNS)
    assert (name.full_text(), number.text()) == ("list.csv", "5 rows"), "whose columns these are"
    settle(qtbot, page)


def test_back_loses_nothing(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    path = page.job_path()
    for step in (COLUMNS, FILE):
        page.foot.back.click()
        assert page.step() == step
    page.foot.next.click()
    assert page.step() == COLUMNS
    page.foot.next.click()
    settle(qtbot, page)
    assert page.step() == CHECK
    assert page.job_path() == path


# --- the columns ----------------------------------------------------------------------------------------


def test_columns_have_a_field_a_reason_and_a_sample(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    lines = page.columns_step.table.lines.rows()
    assert [line.column.target for line in lines] == ["userID", "email", "first_name", "birth_date", "city"]
    assert lines[4].is_new
    assert lines[4].column.type is Type.TEXT
    assert lines[0].sample().startswith("u1, u2")
    assert all(line.column.reason for line in lines)
    assert page.foot.next.isEnabled()


def test_a_column_is_sent_elsewhere_and_back(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    menu = step.target_menu(4)
    next(action for action in menu.actions() if action.data() == (4, NOWHERE)).trigger()
    assert step.mapping is not None
    assert step.mapping.columns[4].target is None
    settle(qtbot, page)
    assert page._job is not None
    assert page._job.mapping().columns[4].target is None, "kept in the job at once"
    step.undo()
    assert step.mapping.columns[4].target == "city"
    step.redo()
    assert step.mapping.columns[4].target is None
    settle(qtbot, page)


def test_two_columns_for_one_field_shut_the_way_on(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    step.table.select(4)
    target = part(step.panel, "import.column.target")
    assert isinstance(target, QComboBox)
    target.setCurrentIndex(target.findData("email"))
    target.activated.emit(target.currentIndex())
    assert not page.foot.next.isEnabled()
    assert "E-mail" in page.foot.reason.text() or "email" in page.foot.reason.text()
    assert page.foot.next.toolTip()
    assert step.table.lines.row(4).problem is not None
    settle(qtbot, page)


def test_the_email_can_be_the_user_id(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path, "email,first_name\na@example.org,Ann\n"))
    step = page.columns_step
    assert not page.foot.next.isEnabled()
    assert step.email.isVisible()
    step.email.action.click()
    settle(qtbot, page)
    assert not step.email.isVisible()
    assert page.foot.next.isEnabled()


def test_dates_ask_once_with_their_proof(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    lines = "".join(f"u{n},{n:02}/{n:02}/1990\n" for n in range(1, 13))
    at_columns(page, qtbot, write(tmp_path, f"userID,birth_date\n{lines}"))
    step = page.columns_step
    line = step.table.lines.row(1)
    assert line.needs_decision
    assert not page.foot.next.isEnabled()
    assert "decision" in page.foot.reason.text()
    step.table.select(1)
    part(step.panel, "import.decision.answer.mdy").click()
    use = part(step.panel, "import.decision.use")
    assert use.text() == "Use month-day for all rows"
    use.click()
    settle(qtbot, page)
    assert step.mapping is not None
    assert step.mapping.columns[1].steps[-1]["order"] == "mdy"
    assert page.foot.next.isEnabled()


VISITS = "userID,visits,city\n" + "".join(f"u{n},{n},Bonn\n" for n in range(1, 140)) + "u140,007,Bonn\n"


def test_columns_follow_a_guess_that_the_whole_file_contradicts(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_columns(page, qtbot, write(tmp_path, VISITS))
    step = page.columns_step
    assert step.mapping is not None
    assert step.mapping.columns[1].type is Type.INTEGER
    step.change_column(2, column_panel.retarget(step.mapping.columns[2], NOWHERE, {}))
    settle(qtbot, page)
    assert page.foot.next.isEnabled(), "no decimal sign is asked for zeros in front"
    page.foot.next.click()
    settle(qtbot, page)
    assert page.step() == CHECK
    banner = page.check_step.banner
    assert banner.isVisible()
    assert banner.sentence.text() == "“visits” is sent as text now."
    assert "“007” in row 141" in banner.remedy.text()
    assert "none stays behind" in page.foot.reason.text()
    page.foot.back.click()
    assert step.mapping.columns[1].type is Type.TEXT
    assert step.table.lines.row(1).column.type is Type.TEXT
    step.undo()
    assert step.mapping.columns[2].target == "city", "the decision is taken back"
    assert step.mapping.columns[1].type is Type.TEXT, "the guess is not"
    settle(qtbot, page)


def test_a_type_that_a_person_chose_stays(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path, VISITS))
    step = page.columns_step
    assert step.mapping is not None
    step.change_column(1, replace(step.mapping.columns[1], guessed=False))
    settle(qtbot, page)
    if not page.foot.next.isEnabled():  # asked how numbers are written: not now
        step.table.select(1)
        part(step.panel, "import.decision.later").click()
        settle(qtbot, page)
    page.foot.next.click()
    settle(qtbot, page)
    assert "1</b> stays behind" in page.foot.reason.text()
    assert not page.check_step.banner.isVisible()
    assert step.mapping.columns[1].type is Type.INTEGER


def test_a_decision_can_wait(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path, "userID,mobile\nu1,0171 2345678\n"))
    step = page.columns_step
    step.table.select(1)
    part(step.panel, "import.decision.later").click()
    settle(qtbot, page)
    assert page.foot.next.isEnabled()


def test_steps_are_added_shown_and_removed(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    step.table.select(4)
    monkeypatch.setattr(column_panel, "ask_step", lambda *_: {"step": "case", "to": "upper"})
    menu = step.panel.step_menu()
    next(action for action in menu.actions() if action.data() == "case").trigger()
    settle(qtbot, page)
    assert step.mapping is not None
    assert [each["step"] for each in step.mapping.columns[4].steps] == ["trim", "case"]
    samples = part(step.panel, "import.column.samples").model()
    assert [samples.index(0, n).data() for n in range(3)] == ["Köln", "KÖLN", "KÖLN"]
    part(step.panel, "import.column.step1.remove").click()
    settle(qtbot, page)
    assert [each["step"] for each in step.mapping.columns[4].steps] == ["trim"]


def test_a_recipe_is_saved_and_proposed_again(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    step.change_column(4, column_panel.retarget(step.mapping.columns[4], NOWHERE, {}))  # type: ignore[union-attr]
    monkeypatch.setattr(messages, "ask_text", lambda *_: "Weekly list")
    step.recipe.save_as()
    settle(qtbot, page)
    walked(page, qtbot, write(tmp_path, LIST.replace("u1", "u9"), "next.csv"))
    assert step.notice.isVisible()
    assert "Weekly list" in step.notice.text.text()
    assert step.mapping is not None
    assert step.mapping.columns[4].target is None
    step.notice.action.click()
    settle(qtbot, page)
    assert step.mapping.columns[4].target == "city"
    assert not step.notice.isVisible()


def test_a_recipe_is_not_replaced_unasked(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    asked: list[str] = []
    answers = iter((False, True))
    monkeypatch.setattr(messages, "ask_text", lambda *_: "Weekly list")
    monkeypatch.setattr(messages, "confirm", lambda *said, **_: asked.append(said[2]) or next(answers))
    step.recipe.save_as()
    assert not asked
    (kept,) = page._paths.recipes.glob("*.json")
    before = kept.read_bytes()
    step.change_column(4, column_panel.retarget(step.mapping.columns[4], NOWHERE, {}))  # type: ignore[union-attr]
    settle(qtbot, page)
    step.recipe.save_as()
    assert asked == ["Replace the recipe “Weekly list”?"]
    assert kept.read_bytes() == before
    step.recipe.save_as()
    assert len(asked) == 2
    assert kept.read_bytes() != before


def test_a_broken_recipe_is_said(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    bad = write(tmp_path, "{", "bad.json")
    page.columns_step.recipe._load(bad)
    assert "bad.json" in page.columns_step.banner.sentence.text()
    assert isinstance(page.columns_step.recipe, recipe_bar.RecipeButton)


# --- the check ------------------------------------------------------------------------------------------


def test_the_check_begins_with_the_errors(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    assert step.chips.current() == "errors"
    assert row_texts(page) == ["u2", "u4"]
    assert "3</b> rows are sent" in page.foot.reason.text()
    assert "2</b> stay behind" in page.foot.reason.text()
    assert (step.table.current_row, step.table.current_column) == (0, 1)
    assert "@" in step.panel.title.text()
    quality = step.table.head.quality(1)
    assert quality is not None
    assert quality.counts() == (3, 0, 2, 0)


def test_next_opens_the_sending(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    checked(page, qtbot, write(tmp_path))
    with qtbot.waitSignal(page.job_checked) as heard:
        page.foot.next.click()
    job = open_job(heard.args[0])
    assert job.checked()
    job.close()


def test_a_problem_is_put_right_in_the_panel_and_taken_back(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.panel.editor.set_text("bob")
    step.panel.editor.edited.emit("bob")
    assert "@" in step.panel.editor.problem.text()
    step.panel.editor.set_text("bob@example.org")
    step.panel.use.click()
    assert row_texts(page, 1)[0] == "bob@example.org", "shown at once"
    settle(qtbot, page)
    assert step.chips.chips["errors"].count == 1
    assert "4</b> rows are sent" in page.foot.reason.text()
    assert row_texts(page) == ["u2", "u4"], "rows do not jump away under the hand"
    step.edits.undo()
    settle(qtbot, page)
    assert row_texts(page, 1)[0] == "bob@"
    step.edits.redo()
    settle(qtbot, page)
    assert step.chips.chips["errors"].count == 1


def test_f8_goes_from_problem_to_problem(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.table.setFocus()
    qtbot.keyClick(step.table, Qt.Key.Key_F8)
    assert (step.table.current_row, step.table.current_column) == (1, 1)
    qtbot.keyClick(step.table, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert (step.table.current_row, step.table.current_column) == (0, 1)
    assert step.table.block() == (0, 1, 0, 1), "the Shift of Shift+F8 selects nothing"
    step.chips.choose("all")
    settle(qtbot, page)
    step.shown.step_problem(1)
    settle(qtbot, page)
    assert step.chips.current() == "errors"


def test_a_row_is_left_out_and_taken_in_again(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.chips.choose("all")
    settle(qtbot, page)
    step.table.go_to(0, 0)
    step.panel.skip.click()
    settle(qtbot, page)
    assert "2</b> rows are sent" in page.foot.reason.text()
    assert step.panel.skip.text() == "Take in again"
    step.panel.skip.click()
    settle(qtbot, page)
    assert "3</b> rows are sent" in page.foot.reason.text()


def test_filters_order_and_text(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.chips.choose("all")
    settle(qtbot, page)
    assert row_texts(page) == ["u1", "u2", "u3", "u4", "u5"]
    step.table.head.title_clicked.emit(4)
    settle(qtbot, page)
    assert row_texts(page, 4) == ["Bonn", "Bonn", "Köln", "Trier", ""]
    step.search.setText("bonn")
    qtbot.waitUntil(lambda: step.model.rowCount() == 2, timeout=WAIT)
    assert row_texts(page) == ["u2", "u4"]
    step.search.clear()
    qtbot.waitUntil(lambda: step.model.rowCount() == 5, timeout=WAIT)
    step.table.head.part_clicked.emit(4, "empty")
    settle(qtbot, page)
    assert row_texts(page) == ["u3"]
    group = step.panel.groups.model().row(0)
    step.shown.show_group(group)
    settle(qtbot, page)
    assert row_texts(page) == ["u2", "u4"]


def test_what_a_search_finds_first_is_shown_first(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "_FIRST_PART", 1)
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    grown: list[tuple[int, int]] = []
    shown: list[str] = []
    step.model.rowsInserted.connect(lambda _parent, first, last: grown.append((first, last)))
    step.shown.changed.connect(lambda: shown.append(step.head.shown.text()))
    step.chips.choose("all")
    step.search.setText("example.org")
    qtbot.waitUntil(lambda: "3 rows shown" in shown, timeout=WAIT)
    assert row_texts(page) == ["u1", "u3", "u5"]
    assert grown == [(1, 2)]
    assert "1 row so far…" in shown


def test_a_block_is_copied_pasted_filled_and_emptied(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.chips.choose("all")
    settle(qtbot, page)
    selection, model = step.table.selectionModel(), step.model
    flag = selection.SelectionFlag
    step.table.go_to(0, 2)
    for row in (0, 1):
        for column in (2, 3):
            selection.select(model.index(row, column), flag.Select)
    step.edits.copy()
    settle(qtbot, page)
    assert QGuiApplication.clipboard().text() == "Ann\t1990-01-02\nBob\t1991-02-03"
    step.table.go_to(2, 2)
    step.edits.paste()
    settle(qtbot, page)
    assert not step.banner.isVisible(), step.banner.sentence.text()
    assert row_texts(page, 2) == ["Ann", "Bob", "Ann", "Bob", "Eve"]
    for row in (2, 3, 4):
        selection.select(model.index(row, 2), flag.Select)
    step.edits.fill_down()
    settle(qtbot, page)
    assert row_texts(page, 2) == ["Ann", "Bob", "Ann", "Ann", "Ann"]
    step.edits.clear()
    settle(qtbot, page)
    assert row_texts(page, 2) == ["Ann", "Bob", "", "", ""]
    for _ in range(3):
        step.edits.undo()
    settle(qtbot, page)
    assert row_texts(page, 2) == ["Ann", "Bob", "अनन्या", "Dora", "Eve"]


def test_find_and_replace_says_how_many_first(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.chips.choose("all")
    settle(qtbot, page)
    step.open_replace()
    bar = step.replace_bar
    bar.what.setText("bonn")
    bar.instead.setText("Berlin")
    qtbot.waitUntil(bar.all.isEnabled, timeout=WAIT)
    assert bar.count.text() == "2 cells change"
    bar.all.click()
    settle(qtbot, page)
    assert row_texts(page, 4) == ["Köln", "Berlin", "", "Berlin", "Trier"]
    assert step.chips.chips["edited"].count == 2
    step.edits.undo()
    settle(qtbot, page)
    assert row_texts(page, 4)[1] == "Bonn"


def test_one_click_mends_all_alike(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    lines = "".join(f"u{n},{word}\n" for n, word in enumerate(["M", "F", "Male", "female", "male"]))
    at_check(page, qtbot, write(tmp_path, f"userID,gender\n{lines}"))
    step = page.check_step
    assert step.chips.chips["errors"].count
    assert step.panel.mend.isVisible()
    step.panel.mend.action.click()
    settle(qtbot, page)
    assert step.chips.chips["errors"].count == 0
    assert "none stays behind" in page.foot.reason.text()
    step.edits.undo()
    settle(qtbot, page)
    assert step.chips.chips["errors"].count
    assert page.columns_step.mapping is not None
    assert page._job is not None
    assert page.columns_step.mapping == page._job.mapping()


def test_duplicates_wait_for_a_rule(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path, "userID,first_name\nu1,Ann\nu1,Anna\nu2,Bob\n"))
    step = page.check_step
    assert part(page, "import.duplicates.notice").isVisible()
    assert "1</b> row is sent" in page.foot.reason.text()
    step.head.rule.choose("last")
    part(page, "import.duplicates.use").click()
    settle(qtbot, page)
    assert "2</b> rows are sent" in page.foot.reason.text()


def test_a_stopped_check_can_be_begun_again(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    page.foot.next.click()
    qtbot.waitUntil(page.check_step.is_checking, timeout=WAIT)
    part(page, "import.checking.cancel").click()
    settle(qtbot, page)
    step = page.check_step
    if step.unchecked.isVisible():  # else the five rows were checked before the stop arrived
        assert not page.foot.next.isEnabled()
        step.unchecked.action.click()
        settle(qtbot, page)
    assert row_texts(page) == ["u2", "u4"]


def test_without_a_check_no_number_of_another_is_shown(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, write(tmp_path, "userID,gender,first_name\nu1,M,Ann\nu1,F,Bo\n"))
    step = page.check_step
    assert part(page, "import.duplicates.notice").isVisible()
    assert step.panel.mend.isVisible()

    def die(*_: object) -> None:
        raise BadFile("The rows could not be checked.", "Check them again.")

    monkeypatch.setattr(work, "check", die)
    at_columns(page, qtbot, write(tmp_path, LIST, "next.csv"))
    page.foot.next.click()
    qtbot.waitUntil(step.unchecked.isVisible, timeout=WAIT)
    assert step.unchecked.title.text() == "The rows could not be checked."
    assert not part(page, "import.duplicates.notice").isVisible()
    assert not step.panel.mend.isVisible()
    assert not page.foot.next.isEnabled()
    assert page.foot.reason.text() == "The rows must be checked first"
    assert part(page, "import.check.title").text() == "Check"
    monkeypatch.undo()
    step.unchecked.action.click()
    settle(qtbot, page)
    assert page.foot.next.isEnabled()


def test_a_check_that_fails_after_a_mend_lets_nothing_be_sent(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, write(tmp_path, "userID,gender\nu1,M\nu2,female\n"))
    assert page.foot.next.isEnabled()

    def die(*_: object) -> None:
        raise BadFile("The rows could not be checked.", "Check them again.")

    monkeypatch.setattr(work, "check", die)
    page.check_step.panel.mend.action.click()
    qtbot.waitUntil(page.check_step.unchecked.isVisible, timeout=WAIT)
    assert not page.foot.next.isEnabled()
    settle(qtbot, page)


def test_the_check_comes_back_to_the_row_that_was_looked_at(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = "".join(f"u{n},M,x@\n" for n in range(9))
    at_check(page, qtbot, write(tmp_path, f"userID,gender,email\n{lines}"))
    step = page.check_step
    step.table.go_to(6, 2)
    step.panel.mend.action.click()
    settle(qtbot, page)
    assert (step.table.current_row, step.table.current_column) == (6, 2)


def test_a_chip_can_be_pressed_again_after_another_filter(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.table.head.part_clicked.emit(4, "empty")
    settle(qtbot, page)
    assert row_texts(page) == ["u3"]
    assert not step.chips.chips["errors"].isChecked(), "these are no errors"
    assert step.head.shown.text() == "1 row shown, city: empty"
    step.chips.chips["errors"].click()
    settle(qtbot, page)
    assert row_texts(page) == ["u2", "u4"]
    assert step.head.shown.text() == "2 rows shown"


def test_a_row_that_was_sent_stays_as_it_is(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    assert page._job is not None
    with page._job.transaction() as db:
        db.execute("INSERT INTO batches (id, state) VALUES (1, 'answered')")
        db.execute("INSERT INTO ledger (row, user_id, state, batch) VALUES (2, 'u2', 3, 1)")
    page.check_step.model.put(0, 1, "bob@example.org")
    settle(qtbot, page)
    assert "been sent" in page.check_step.banner.sentence.text()
    assert row_texts(page, 1)[0] == "bob@", "what is not kept is not shown"


def test_every_control_has_a_name(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    for widget in filter(QWidget.isVisible, page.findChildren(QPushButton)):
        assert widget.text() or widget.accessibleName(), widget.objectName()
    for name in ("import.next", "import.back", "import.table", "import.search", "import.problem.text"):
        assert part(page, name).accessibleName() or part(page, name).text(), name


def test_the_sample_is_one_click(page: ImportPage, qtbot: QtBot) -> None:
    part(page, "import.sample").click()
    qtbot.waitUntil(lambda: page.foot.next.isVisible() and page.foot.next.isEnabled(), timeout=WAIT)
    page.foot.next.click()
    qtbot.waitUntil(lambda: page.step() == COLUMNS, timeout=WAIT)
    settle(qtbot, page)
    assert page.columns_step.table.lines.rows()


def test_pasted_blocks_keep_tabs_and_lines_in_cells() -> None:
    assert work.parse_block('a\t"b\nc"\r\n\t"d\te"\r\n') == [["a", "b\nc"], ["", "d\te"]]
    with pytest.raises(BadFile):
        work.paste(" \n", Path())


# --- by keys alone --------------------------------------------------------------------------------------

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def held(page: QWidget) -> str:
    """The name of what has the keyboard."""
    now = QApplication.focusWidget()
    return now.objectName() if now is not None else ""


def key(key: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    now = QApplication.focusWidget()
    assert now is not None
    QTest.keyClick(now, key, with_)


def test_the_way_from_file_to_send_needs_no_mouse(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.activateWindow()
    part(page, "import.open").setFocus()
    page.open_file(write(tmp_path))
    qtbot.waitUntil(lambda: held(page) == "import.next", timeout=WAIT)
    settle(qtbot, page)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: held(page) == "import.columns", timeout=WAIT)
    settle(qtbot, page)
    for _ in range(30):
        if held(page) == "import.next":
            break
        key(Qt.Key.Key_Tab)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: held(page) == "import.table", timeout=WAIT)
    settle(qtbot, page)
    step = page.check_step
    for text in ("bob@example.org", "dora@example.org"):
        key(Qt.Key.Key_Return)
        assert held(page) == "import.cell"
        key(Qt.Key.Key_A, CONTROL)
        QTest.keyClicks(QApplication.focusWidget(), text)
        key(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: held(page) == "import.table")
        settle(qtbot, page)
        key(Qt.Key.Key_F8)
    assert "none stays behind" in page.foot.reason.text()
    for _ in range(30):
        if held(page) == "import.next":
            break
        key(Qt.Key.Key_Tab)
    with qtbot.waitSignal(page.job_checked):
        key(Qt.Key.Key_Return)
    assert step.model.text(0, 1) == "bob@example.org"


def test_keys_of_a_step_work_wherever_the_keyboard_is(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.panel.editor.set_text("bob@example.org")
    step.panel.use.click()
    settle(qtbot, page)
    page.foot.back.setFocus()
    key(Qt.Key.Key_Z, CONTROL)
    settle(qtbot, page)
    assert row_texts(page, 1)[0] == "bob@"
    for redo in ((Qt.Key.Key_Y, CONTROL), (Qt.Key.Key_Z, CONTROL | SHIFT)):
        key(*redo)
        settle(qtbot, page)
        assert row_texts(page, 1)[0] == "bob@example.org"
        key(Qt.Key.Key_Z, CONTROL)
        settle(qtbot, page)
    key(Qt.Key.Key_F8)
    assert step.table.current_row == 1
    key(Qt.Key.Key_H, CONTROL)
    assert held(page) == "import.replace.find"
    key(Qt.Key.Key_Escape)
    assert not step.replace_bar.isVisible()
    assert held(page) == "import.table"
    key(Qt.Key.Key_F, CONTROL)
    assert held(page) == "import.search"
    page._show(FILE)
    QGuiApplication.clipboard().setText(LIST.replace(",", "\t"))
    page.foot.back.setFocus()
    with qtbot.waitSignal(page.file_step.looked, timeout=WAIT):
        key(Qt.Key.Key_V, CONTROL)
    page.file_step.start_over()
    settle(qtbot, page)


def test_the_tab_key_goes_through_the_columns_in_reading_order(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    for line in (1, 4):
        step.table.select(line)
        qtbot.waitUntil(lambda: part(step.panel, "import.column.target").isVisible())
        step.table.setFocus()
        names = []
        while held(page) != "import.next":
            names.append(held(page))
            key(Qt.Key.Key_Tab)
            assert len(names) < 40
        assert names[:2] == ["import.columns", "import.column.target"]
        assert names[-1] == "import.back"
        assert "import.column.step0.remove" in names
    assert names.index("import.column.name") < names.index("import.column.type")
    settle(qtbot, page)


def test_filling_several_columns_is_one_edit(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, write(tmp_path))
    step = page.check_step
    step.chips.choose("all")
    settle(qtbot, page)
    selection, model = step.table.selectionModel(), step.model
    for act, wanted in ((step.edits.fill_down, ["Ann", "Ann"]), (step.edits.clear, ["", ""])):
        step.table.go_to(0, 2)
        for row, column in ((0, 3), (1, 2), (1, 3)):
            selection.select(model.index(row, column), selection.SelectionFlag.Select)
        act()
        settle(qtbot, page)
        assert row_texts(page, 2)[:2] == wanted
        assert model.text(1, 3) == model.text(0, 3)
        step.edits.undo()
        settle(qtbot, page)
        assert (row_texts(page, 2)[1], model.text(1, 3)) == ("Bob", "1991-02-03"), "by one undo"
    QGuiApplication.clipboard().setText("x")
    step.edits.paste()
    settle(qtbot, page)
    assert [model.text(row, column) for row in (0, 1) for column in (2, 3)] == ["x"] * 4


def test_nothing_is_left_of_deleted_panels(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_columns(page, qtbot, write(tmp_path))
    step = page.columns_step
    for _ in range(3):
        for number in range(5):
            step.table.select(number)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert len(step.panel.findChildren(QWidget, "import.column.target")) == 1
