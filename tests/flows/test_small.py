"""The smallest window: nothing that is said is cut there."""

from __future__ import annotations

from pathlib import Path

from nv_desktop.gui.main_window import LEAST_SIZE
from tests.flows import lists
from tests.flows.conftest import Open
from tests.flows.driver import Person


def small(person: Person) -> None:
    person.window.resize(*LEAST_SIZE)
    person.until(lambda: person.window.width() == LEAST_SIZE[0])


def test_every_page_has_room_in_the_smallest_window(open_window: Open, tmp_path: Path) -> None:
    person = open_window()
    small(person)
    person.look_up("demo-1")
    lists.plain(tmp_path / "list.csv", 3)
    person.open_file(tmp_path / "list.csv")
    room = person.part("pages").width()
    needed = {name: page.minimumSizeHint().width() for name, page in person.window._pages.items()}
    assert {name: width for name, width in needed.items() if width > room} == {}


def test_a_number_is_never_cut_into_another(open_window: Open) -> None:
    person = open_window()
    small(person)
    person.window.set_budget(450, 500)
    bar = person.window.bar
    person.until(lambda: bar.budget.property("text") == "450 calls left", "the budget is whole")
    assert bar.meter.isHidden()
    person.window.resize(1280, 800)
    person.until(lambda: bar.budget.property("text") == "450 of 500 calls left this minute")
    assert bar.meter.isVisible()


def test_the_name_goes_before_its_badge(open_window: Open) -> None:
    person = open_window()
    small(person)
    person.look_up("demo-1")
    head = person.desk.people.head
    person.until(lambda: head.name.text() == head.name.full_text() != "", "the name is whole")
    assert head.badge.isHidden() and head.badge.text().startswith("Reachable by e-mail, SMS")
    person.window.resize(1280, 800)
    person.until(head.badge.isVisible, "the badge has room again")
    assert head.name.text() == head.name.full_text()
