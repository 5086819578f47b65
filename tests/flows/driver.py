"""The whole window with a person's hands: what flows and pictures do to it, in a person's words."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget

from nv_desktop.app import Start
from nv_desktop.app.desk import Desk
from nv_desktop.core.settings import Paths
from nv_desktop.gui.import_page import CHECK, COLUMNS
from nv_desktop.gui.main_window import MainWindow

LIMIT = 30.0  # seconds that a person would wait for anything here


class Closed(Exception):
    """The window was closed while something was waited for."""


class Person:
    """Somebody before the window. Waits on conditions only."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        self.app, self.window = app, window
        self._start: Start | None = None

    @classmethod
    def opens(
        cls, app: QApplication, folder: Path, account: str | None = None, sandbox_url: str | None = None
    ) -> Person:
        """Start the program on a data folder, and wait until it can be used; end it with `close`."""
        start = Start(app, Paths(folder), account, sandbox_url)
        person = cls(app, start.window)
        person._start = start
        start.window.show()
        start.begin()
        person.ready()
        return person

    def ready(self) -> None:
        """Wait until the pages are there and the account has its client."""
        self.until(lambda: self.window.findChild(Desk) is not None, "the window is furnished")
        self.until(lambda: not self.desk._tasks.is_busy("connect"), "the account is connected")
        self.settle()

    @property
    def desk(self) -> Desk:
        desk = self.window.findChild(Desk)
        assert isinstance(desk, Desk)
        return desk

    def is_open(self) -> bool:
        return self._start is not None

    def close(self) -> None:
        """By the window's button; uploads come to rest first, and nothing of the window stays here."""
        self.window.close()
        end = time.monotonic() + LIMIT
        while self.window.isVisible():
            assert time.monotonic() < end, "the window does not close"
            QTest.qWait(5)
        if self._start is not None:
            self.app.setStyleSheet("")
            self.window.deleteLater()
            self._start.deleteLater()
            self._start.theme.deleteLater()
            self._start = None
            QTest.qWait(0)

    # --- waiting ----------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], object], what: str = "", limit: float = LIMIT) -> None:
        """Let the window work until something is so; AssertionError with `what` when it does not come."""
        end = time.monotonic() + limit
        while not condition():
            if not self.window.isVisible():
                raise Closed(what)
            assert time.monotonic() < end, f"never came: {what or 'the condition'}"
            QTest.qWait(5)

    def settle(self) -> None:
        """Until nothing is at work but uploads, and everything is painted."""
        ignored = {"budget"}

        def is_still() -> bool:
            busy = [task for task in self.desk._tasks._running.values() if task.key not in ignored]
            return not busy and not self.desk.importing.check_step.queue.is_busy()

        for _ in range(3):  # one answer may ask the next question
            self.until(is_still, "nothing is at work")
            self.app.processEvents()

    # --- hands ------------------------------------------------------------------------------------------

    def part(self, name: str, of: QWidget | None = None) -> Any:
        """The visible widget of this object name, else any of it."""
        found = (of or self.window).findChildren(QWidget, name)
        assert found, f"there is no {name}"
        return next((each for each in found if each.isVisible()), found[0])

    def click(self, name: str) -> None:
        self.press(self.part(name))

    def press(self, button: object) -> None:
        if not self.window.isVisible():
            raise Closed("a button")  # told to end meanwhile: nobody can press a button of it any more
        assert isinstance(button, QAbstractButton) and button.isEnabled(), f"{button} cannot be pressed"
        button.click()

    def type(self, name: str, text: str) -> None:
        line = self.part(name)
        assert isinstance(line, QLineEdit), name
        line.window().activateWindow()
        line.setFocus()
        line.setText(text)
        line.textEdited.emit(text)

    def words(self, name: str) -> str:
        """The text that is on a widget."""
        part = self.part(name)
        full = getattr(part, "full_text", None)
        return str(full() if full is not None else part.text())

    def go(self, page: str) -> None:
        self.click(f"nav.{page}")
        self.settle()

    def drop(self, path: Path) -> None:
        """Drag a file onto the window and let it go."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy, none, left = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        place = QPoint(600, 400)
        QApplication.sendEvent(self.window, QDragEnterEvent(place, copy, data, left, none))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(place), copy, data, left, none))

    def answer(self, name: str, *, press: str) -> QDialog:
        """Wait for a dialog that was opened without waiting for it, press one of its buttons."""
        self.until(lambda: isinstance(self.app.activeModalWidget(), QDialog), f"a question {name}")
        dialog = self.app.activeModalWidget()
        assert isinstance(dialog, QDialog)
        self.part(press, dialog).click()
        return dialog

    # --- importing --------------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Drop it, and wait until it is shown as it will be read."""
        self.drop(path)
        page = self.desk.importing
        self.until(
            lambda: page.file_step.opened is not None and page.foot.next.isEnabled(), "the file is shown"
        )
        self.settle()

    def to_columns(self) -> None:
        page = self.desk.importing
        self.press(page.foot.next)
        self.until(lambda: page.step() == COLUMNS, "the columns are shown")
        self.settle()

    def to_check(self) -> None:
        page = self.desk.importing
        self.until(page.foot.next.isEnabled, "the columns are decided")
        self.press(page.foot.next)
        self.until(lambda: page.step() == CHECK and not page.check_step.is_checking(), "the rows are checked")
        self.settle()

    def to_send(self) -> None:
        page = self.desk.importing
        self.until(page.foot.next.isEnabled, "the import can be sent")
        self.press(page.foot.next)
        self.until(lambda: self.window.current_page() == "job", "the page of sending is shown")
        self.until(self.desk.job.ready.isVisible, "what would be sent is said")
        self.settle()

    def fix(self, row: int, column: int, text: str) -> None:
        """Put a text into a cell of the check's table, counted from 0 among the rows shown."""
        step = self.desk.importing.check_step
        step.table.go_to(row, column)
        self.until(step.panel.use.isVisible, "the cell can be put right")
        self.type("import.problem.text", text)
        self.press(step.panel.use)
        self.settle()

    def problems(self) -> dict[str, int]:
        """Kinds of problem of the check by their code and column, with their rows."""
        seen = self.desk.importing.check_step._overview
        assert seen is not None
        return {f"{group.code}:{group.column}": group.count for group in seen.groups}

    def until_result(self, limit: float = 90.0) -> dict[str, int]:
        """Wait until the upload has ended and its result is shown; the six numbers of the result."""
        self.until(
            lambda: not self.desk.running.runs() and self.desk.job.result.isVisible(), "the result", limit
        )
        self.settle()
        return self.counts()

    def counts(self) -> dict[str, int]:
        """The numbers on the result."""
        return {key: card.value or 0 for key, card in self.desk.job.result.cards.items()}

    # --- looking up -------------------------------------------------------------------------------------

    def look_up(self, user_id: str) -> None:
        """By the box at the top, from any page."""
        box = self.window.bar.search
        box.setText(user_id)
        self.window.lookup_requested.emit(user_id)
        box.clear()
        self.until(lambda: self.shown() == user_id, f"the profile of {user_id}")
        self.settle()

    def shown(self) -> str:
        """Whose form is in sight."""
        form = self.desk.people.form
        draft = form.draft()
        return draft.user_id if draft is not None and form.isVisible() else ""
