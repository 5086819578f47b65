"""An import in the whole window, with hands that do not wait: where the keyboard is, what is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from nv_desktop.core.job import open_job
from tests.flows import lists
from tests.flows.conftest import Open
from tests.sandbox_process import Sandbox


def held(app: QApplication) -> str:
    """What has the keyboard."""
    now = app.focusWidget()
    return now.objectName() if now is not None else ""


def test_the_keyboard_follows_a_file_to_the_way_on(
    open_window: Open, tmp_path: Path, qapp: QApplication
) -> None:
    lists.messy(tmp_path / "list.csv")
    person = open_window()
    person.window.activateWindow()
    person.part("import.open").setFocus()
    person.open_file(tmp_path / "list.csv")
    person.until(lambda: held(qapp) == "import.next", f"the keyboard is at {held(qapp)}")
    person.to_columns()
    person.to_check()
    person.until(lambda: held(qapp) == "import.table", f"the keyboard is at {held(qapp)}")
    lists.plain(tmp_path / "other.csv", 5)
    person.open_file(tmp_path / "other.csv")
    person.until(lambda: held(qapp) == "import.next", f"the keyboard is at {held(qapp)}")


def test_what_is_being_typed_in_a_cell_is_kept_by_closing_the_window(
    open_window: Open, tmp_path: Path
) -> None:
    lists.messy(tmp_path / "list.csv")
    person = open_window()
    person.open_file(tmp_path / "list.csv")
    person.to_columns()
    person.to_check()
    step = person.desk.importing.check_step
    path = person.desk.importing.job_path()
    assert path is not None
    step.chips.choose("all")
    person.settle()
    step.table.setFocus()
    step.table.go_to(6, 2)
    step.table.edit(step.model.index(6, 2))
    editor = step.table.findChild(QLineEdit, "import.cell")
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "seven@example.org")
    person.close()
    job = open_job(path)
    assert job.page([7])[0].cells[2] == "seven@example.org"
    job.close()


def test_the_bar_says_offline_while_an_upload_cannot_reach_the_server(
    open_window: Open, server: Sandbox, tmp_path: Path
) -> None:
    wanted = lists.plain(tmp_path / "long.csv", 1_000)
    person = open_window()
    person.open_file(tmp_path / "long.csv")
    person.to_columns()
    person.to_check()
    person.to_send()
    server.set_latency(0.3)
    person.desk._settings.window = 2
    person.click("import.send")
    person.until(lambda: server.events("applied"), "the first rows are in")
    server.kill()
    bar = person.window.bar
    person.until(lambda: bar._net.text() == "Offline", "that the server is gone is said above")
    server.start()
    person.until_result()
    assert bar._net.text() == "Online"
    assert server.applied() == wanted
