"""A sandbox with its ledger, and people who open the window on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.flows.driver import Person
from tests.sandbox_process import Sandbox

Open = Callable[..., Person]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    folder = tmp_path / "server"
    folder.mkdir()
    with Sandbox(folder, people=60, keep=True) as sandbox:
        yield sandbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_window(qapp: QApplication, server: Sandbox, folder: Path) -> Iterator[Open]:
    """`open_window()` starts the program on `folder` and the sandbox; all are closed at the end."""
    opened: list[Person] = []

    def start(account: str | None = "sandbox") -> Person:
        opened.append(Person.opens(qapp, folder, account, server.url))
        return opened[-1]

    yield start
    for person in opened:
        if person.is_open():
            person.close()
