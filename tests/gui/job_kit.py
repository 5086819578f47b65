"""A house for tests of sending: accounts, uploads and a page over the real sandbox process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.core.job import Job, create
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.core.sheet import Row
from nv_desktop.gui.running import RunningJobs
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from tests.sandbox_process import Sandbox

HEADER = ("Customer", "E-mail", "Mobile", "City")
FIELDS = ("userID", "email", "mobile", "city")
LIMIT = 20_000  # ms that a test waits for a condition
Line = tuple[str, str, str, str]


def person(number: int) -> Line:
    return (
        f"FW-{number:05d}",
        f"p{number}@example.org",
        f"+4477009{number:05d}",
        "लीड्स" if number % 2 else "ليدز",
    )


class House:
    """`account` is a test account at the sandbox; `connect_error` makes the next connection fail."""

    def __init__(self, folder: Path, theme: Theme, sandbox: Sandbox) -> None:
        self.theme, self.sandbox, self.folder = theme, sandbox, folder
        self.paths = Paths(folder / "data")
        self.settings = Settings(safety="none")
        self.accounts = Accounts(self.paths)
        self.account = self.accounts.add(Account("Fernwood Test", "test", "plum", 7))
        self.history = History(self.paths.history_file)
        self.tasks, self.uploads = Tasks(), Tasks(threads=4, front_threads=0)
        self.connect_error: AppError | None = None
        self.connected = 0
        self.running = RunningJobs(
            self.uploads, self.connect, self.accounts, self.settings, history=self.history
        )

    def connect(self, account: Account) -> Client:
        self.connected += 1
        if self.connect_error is not None:
            error, self.connect_error = self.connect_error, None
            raise error
        limiter = Limiter(self.folder / "limiter", rate=None)
        return Client(account, Secret("sandbox-key"), limiter, base_url=self.sandbox.url + "/api/v1/")

    def job(self, rows: int | Sequence[Line], account: Account | None = None, name: str = "list.csv") -> Path:
        """A checked job of so many people, or of these."""
        lines = [person(number) for number in range(1, rows + 1)] if isinstance(rows, int) else rows
        job: Job = create(self.paths.jobs, {"name": name, "sha256": "ab" * 32, "size": 1, "options": {}})
        job.start_reading(list(HEADER))
        job.add_rows(Row(number, list(line)) for number, line in enumerate(lines, 2))
        job.finish_reading()
        columns = [
            ColumnMap(place, header, target, None, "")
            for place, (header, target) in enumerate(zip(HEADER, FIELDS, strict=True))
        ]
        job.set_mapping(Mapping(columns))
        job.set_meta("account", (account or self.account).name)
        job.check()
        job.close()
        return job.path

    def calls(self) -> int:
        """Calls that the server received since `settle`."""
        return len(self.sandbox.events("received", "user/create")) - self._before

    def applied(self) -> list[str]:
        """User IDs written since `settle`, one for each time."""
        return [
            user for event in self.sandbox.events("applied")[self._applied :] for user in event["userIDs"]
        ]

    def value(self, user_id: str, name: str) -> object:
        """What the server holds of a user."""
        return self.sandbox.applied().get(user_id, {}).get(name)

    def settle(self) -> None:
        self._before = len(self.sandbox.events("received", "user/create"))
        self._applied = len(self.sandbox.events("applied"))

    def close(self) -> None:
        self.running.pause_all()
        assert self.uploads.shutdown(15), "an upload did not end"
        assert self.tasks.shutdown(10), "a task did not end"
        self.history.close()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate=0, people=5) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, theme: Theme, sandbox: Sandbox, qtbot: QtBot) -> Iterator[House]:
    sandbox.reset()
    made = House(tmp_path, theme, sandbox)
    made.settle()
    yield made
    made.close()
