"""What an import offers beside its steps: rows left out, their workbook, earlier imports, recipes, widths."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nv_desktop.core import mapping
from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.importing import rows_out
from nv_desktop.core.job import Filter, open_job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import inspect, rows
from nv_desktop.core.upload.calls import identity
from nv_desktop.core.upload.earlier import Compared
from nv_desktop.core.upload.record import digest
from nv_desktop.gui import messages, places
from nv_desktop.gui.import_page import CHECK, COLUMNS, ImportPage
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.wording import compared_words
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from tests.command_line import CommandLine

WAIT = 20_000
LIST = "userID,email,gender\nu1,ann@example.org,female\nu2,bob@,male\nu3,cid@example.org,male\n"


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
def layout() -> dict[str, Any]:
    return {}


@pytest.fixture
def page(
    theme: Theme, tasks: Tasks, paths: Paths, layout: dict[str, Any], qtbot: QtBot
) -> Iterator[ImportPage]:
    made = ImportPage(theme, tasks, paths, layout)
    qtbot.addWidget(made)
    made.resize(1196, 700)
    made.set_account(sandbox_account())
    made.show()
    settle(qtbot, made)
    yield made
    made.close_job()


def settle(qtbot: QtBot, page: ImportPage) -> None:
    qtbot.waitUntil(lambda: not page._tasks._running and not page.check_step.queue.is_busy(), timeout=WAIT)


def read(page: ImportPage, path: Path, text: str = LIST) -> Path:
    """A job whose rows are read; its path."""
    path.write_text(text, encoding="utf-8")
    opened = inspect(path)
    begun = work.begin(opened, page._paths, None)
    begun.job.start_reading(opened.header)
    begun.job.add_rows(rows(opened))
    begun.job.finish_reading()
    begun.job.close()
    return begun.job.path


def at_check(page: ImportPage, qtbot: QtBot, path: Path, text: str = LIST) -> None:
    job = open_job(read(page, path, text))
    job.check()
    job.close()
    page.open_job(job.path)
    settle(qtbot, page)
    assert page.step() == CHECK


def sent_before(page: ImportPage, path: Path, text: str = LIST) -> None:
    """An import of this file that was sent from here: all that could go was confirmed."""
    job = open_job(read(page, path, text))
    job.check()
    with job.transaction() as db:
        now = time.time()
        db.execute(
            "INSERT INTO batches (id, state, sent_at, answered_at) VALUES (1, 'answered', ?, ?)", (now, now)
        )
        for row, _, converted in job.iter_converted(job.ids(Filter(send=True))):
            assert converted.user_id is not None
            line = (
                row,
                converted.user_id,
                int(State.CONFIRMED),
                digest(converted.user_id, converted.attributes),
            )
            db.execute("INSERT INTO ledger (row, user_id, state, batch, hash) VALUES (?, ?, ?, 1, ?)", line)
    job.set_meta("sent_with", identity(sandbox_account()))
    job.set_meta("stage", "done")
    job.set_meta("open", False)
    job.close()


def test_rows_left_out_have_a_chip(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, tmp_path / "list.csv", LIST + "u3,cid@example.org,male\n")
    step = page.check_step
    chip = step.chips.chips["left_out"]
    assert chip.isVisible()
    assert chip.count == 1, "a row that stands twice; the one with an error is no row left out"
    step.chips.choose("left_out")
    settle(qtbot, page)
    assert [step.model.page_row(row).number for row in range(step.model.rowCount())] == [5]  # type: ignore[union-attr]


def test_rows_that_stay_behind_are_saved_and_open_again(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, tmp_path / "list.csv")
    target = tmp_path / "behind.xlsx"
    monkeypatch.setattr(places, "ask_where", lambda *_: target)
    assert page.foot.extra.isVisible()
    with qtbot.waitSignal(
        page.left_behind.saved, check_params_cb=lambda said: "1 rows" in said, timeout=WAIT
    ):
        page.foot.extra.click()
    settle(qtbot, page)
    opened = inspect(target)
    assert [[*row.cells][-3:] for row in rows(opened)] == [["u2", "bob@", "male"]]


def test_a_place_where_nothing_can_be_written_is_said(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_check(page, qtbot, tmp_path / "list.csv")
    monkeypatch.setattr(places, "ask_where", lambda *_: tmp_path / "gone" / "a.xlsx")
    page.foot.extra.click()
    qtbot.waitUntil(page.check_step.banner.isVisible, timeout=WAIT)
    assert "a.xlsx" in page.check_step.banner.sentence.text()


def test_the_same_file_again_says_what_was_confirmed(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    sent_before(page, tmp_path / "list.csv")
    page.file_step.refresh_known()
    settle(qtbot, page)
    page.open_file(tmp_path / "list.csv")
    settle(qtbot, page)
    same = page.file_step.look.same
    assert same.isVisible()
    assert "3 rows, 2 of them confirmed" in same.text.text()
    assert "Today" in same.text.text()


def test_a_checked_list_is_compared_with_what_was_confirmed(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    sent_before(page, tmp_path / "list.csv")
    later = LIST.replace("cid@", "kid@") + "u4,dora@example.org,female\n"
    at_check(page, qtbot, tmp_path / "later.csv", later)
    notice = page.check_step.head.earlier
    qtbot.waitUntil(notice.isVisible, timeout=WAIT)
    assert notice.text.text().endswith(
        "1 row was confirmed before with the same values, 1 differs now and 1 is new."
    )
    page._go(0)
    assert "1 differs now" in page.file_step.look.same.text.text(), "said at the file too"
    page.close_job()
    assert not notice.isVisible()


def test_nothing_is_compared_where_nothing_was_sent(page: ImportPage, qtbot: QtBot, tmp_path: Path) -> None:
    at_check(page, qtbot, tmp_path / "list.csv")
    assert not page.check_step.head.earlier.isVisible()
    assert compared_words(Compared(0, 0, 5)) == ""
    assert compared_words(Compared(3, 0, 0), leaves_out=True).endswith(
        "3 rows were confirmed before with the same values. "
        "What has not changed is left out, unless you choose otherwise at Send."
    )


def test_a_recipe_saved_here_gives_the_same_rows_on_the_command_line(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.csv"
    text = "ID,E-Mail,Sex,Phone,Note\n 007,ann@example.org,f,0171 1234567,a\nu2, bob@example.org ,m,,-\n"
    page.open_job(read(page, path, text))
    settle(qtbot, page)
    assert page.step() == COLUMNS
    step = page.columns_step
    assert step.mapping is not None
    places = {each.header: place for place, each in enumerate(step.mapping.columns)}
    wanted = {
        "ID": mapping.ColumnMap(0, "ID", "userID", steps=[{"step": "trim"}]),
        "E-Mail": mapping.ColumnMap(1, "E-Mail", "email", steps=[{"step": "trim"}]),
        "Sex": mapping.ColumnMap(
            2, "Sex", "gender", steps=[{"step": "map", "map": {"f": "female", "m": "male"}}]
        ),
        "Phone": mapping.ColumnMap(3, "Phone", "mobile", steps=[{"step": "phone", "country": "DE"}]),
        "Note": mapping.ColumnMap(4, "Note", None),
    }
    for header, column in wanted.items():
        step.change_column(places[header], column)
    monkeypatch.setattr(messages, "ask_text", lambda *_: "Weekly")
    step.recipe.save_as()
    settle(qtbot, page)
    assert page._job is not None
    page._job.check()
    here = [json.loads(json.dumps(row)) for row in rows_out(page._job)]
    out = tmp_path / "rows.jsonl"
    recipe = next(page._paths.recipes.glob("*.json"))
    done = CommandLine(tmp_path / "other").run(
        "check", str(path), "--recipe", str(recipe), "--rows", str(out)
    )
    assert done.returncode in (0, 1), done.stderr
    there = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert there == here
    assert here[0]["attributes"]["mobile"] == "+491711234567"


def test_a_recipe_saved_after_the_check_says_what_the_check_decided(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A type given up for the whole file, a mend and a rule for duplicates: all are in the recipe."""
    path = tmp_path / "list.csv"
    people = "".join(f"u{number},{number},M\n" for number in range(1, 140))
    page.open_job(read(page, path, f"userID,visits,gender\n{people}u140,007,female\nu1,8,female\n"))
    settle(qtbot, page)
    page.foot.next.click()
    settle(qtbot, page)
    assert page.step() == CHECK
    page.check_step.panel.mend.action.click()
    settle(qtbot, page)
    page.check_step.head.rule_wanted.emit("last")
    settle(qtbot, page)
    page.foot.back.click()
    monkeypatch.setattr(messages, "ask_text", lambda *_: "Visits")
    page.columns_step.recipe.save_as()
    settle(qtbot, page)
    assert page._job is not None
    here = [json.loads(json.dumps(row)) for row in rows_out(page._job)]
    out = tmp_path / "rows.jsonl"
    recipe = next(page._paths.recipes.glob("*.json"))
    CommandLine(tmp_path / "other").run("check", str(path), "--recipe", str(recipe), "--rows", str(out))
    there = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert there == here
    assert here[139]["attributes"] == {"visits": "007", "gender": "female"}
    assert [here[0]["send"], here[140]["send"]] == [False, True]


def test_a_recipe_given_out_is_said(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_job(read(page, tmp_path / "list.csv"))
    settle(qtbot, page)
    banner = page.columns_step.banner
    for place, said in ((tmp_path / "mine.json", "mine.json"), (tmp_path / "gone" / "a.json", "a.json")):
        monkeypatch.setattr(places, "ask_where", lambda *_, place=place: place)
        page.columns_step.recipe._give_out()
        assert banner.isVisible()
        assert said in banner.sentence.text()
        assert place.exists() is (said == "mine.json")


def test_pasted_cells_of_a_killed_window_are_swept(paths: Paths) -> None:
    old, fresh = paths.jobs / "old.clipboard", paths.jobs / "fresh.clipboard"
    for path in (old, fresh):
        path.write_text("a\tb\n", encoding="utf-8")
    before = time.time() - 2 * work.PASTED_KEPT_SECONDS
    os.utime(old, (before, before))
    work.warm_up(paths.jobs)
    assert not old.exists()
    assert fresh.exists()


def test_a_width_that_was_drawn_is_there_for_the_next_file(
    page: ImportPage, qtbot: QtBot, tmp_path: Path, layout: dict[str, Any]
) -> None:
    at_check(page, qtbot, tmp_path / "list.csv")
    head = page.check_step.table.head
    edge = QPoint(head.sectionViewportPosition(1) + head.sectionSize(1) - 1, 12)
    drawn = head.sectionSize(1) + 60
    QTest.mousePress(head.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(head.viewport(), edge + QPoint(60, 0))
    QTest.mouseRelease(head.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(60, 0))
    assert head.sectionSize(1) == drawn
    assert layout["import.columns"] == {"email": drawn}
    at_check(page, qtbot, tmp_path / "next.csv", LIST.replace("userID,email", "userID,email,city", 1))
    assert page.check_step.table.head.sectionSize(1) == drawn


def test_a_text_that_is_cut_short_is_whole_in_its_tool_tip(
    page: ImportPage, qtbot: QtBot, tmp_path: Path
) -> None:
    long = "<b>" + "अनन्या and many words more " * 6
    at_check(page, qtbot, tmp_path / "list.csv", f"userID,note\nu1,{long}\nu2,short\n")
    table = page.check_step.table
    for row in (0, 1):
        place = table.visualRect(table.model().index(row, 1)).center()
        where = table.viewport().mapToGlobal(place)
        QApplication.sendEvent(table.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, place, where))
        if row == 0:
            assert long.strip().replace("<b>", "&lt;b&gt;") in QToolTip.text()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())  # what can be read needs none
