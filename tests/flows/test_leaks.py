"""Gate G12: pages opened a thousand times leave no widget, no object and no memory behind."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.flows import lists
from tests.flows.conftest import Open
from tests.flows.driver import Person
from tests.sandbox_process import Sandbox

PAGES = ("people", "history", "accounts", "settings", "import")


def memory() -> float:
    """MB that this process holds (Linux; elsewhere 0)."""
    if sys.platform != "linux":
        return 0.0
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def objects() -> Counter[str]:
    """How many of each type; not the references by which an open database knows its last cursors."""
    gc.collect()
    return Counter(name for thing in gc.get_objects() if (name := type(thing).__name__) != "ReferenceType")


def opened(person: Person, path: Path, times: int) -> None:
    """Each page, the import of a file and the job that was sent, over and over."""
    for _ in range(times):
        for page in PAGES:
            person.go(page)
        person.desk.ways.open_job(path)
        person.until(person.desk.job.result.isVisible, "the result is shown")
        person.settle()


def held(person: Person, app: QApplication, path: Path, times: int) -> None:
    """After some openings nothing grows any more: widgets, objects of Python, and 20 MB at the most."""
    opened(person, path, 10)
    widgets, before, megabytes = len(app.allWidgets()), objects(), memory()
    opened(person, path, times)
    assert len(app.allWidgets()) <= widgets
    grown = {name: count for name, count in (objects() - before).items() if count >= max(10, times // 4)}
    assert not grown
    assert memory() - megabytes < 20.0


def sent(person: Person, folder: Path) -> Path:
    """The document of a small list that was sent."""
    lists.plain(folder / "list.csv", 120)
    person.open_file(folder / "list.csv")
    person.to_columns()
    person.to_check()
    person.to_send()
    person.click("import.send")
    person.until_result()
    (path,) = (folder / "data").rglob("*.nvjob")
    return path


@pytest.mark.gate("G12", seconds=60, tries=15)
def test_pages_opened_again_leave_nothing(
    open_window: Open, server: Sandbox, qapp: QApplication, tmp_path: Path
) -> None:
    person = open_window()
    held(person, qapp, sent(person, tmp_path), 15)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.gate("G12 long", seconds=900, tries=1_000)
def test_pages_opened_a_thousand_times_leave_nothing(
    open_window: Open, server: Sandbox, qapp: QApplication, tmp_path: Path
) -> None:
    person = open_window()
    held(person, qapp, sent(person, tmp_path), 1_000)
