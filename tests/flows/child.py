"""The real program as a process that tests may kill, with a person in it who sends a list.

`python -m tests.flows.child DATA URL FILE`: says in lines on stdout how far the person is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from nv_desktop.__main__ import main
from nv_desktop.gui.main_window import MainWindow
from tests.flows.driver import Closed, Person


def say(words: str) -> None:
    print(words, flush=True)


class Errand:
    """What the person does, once the window is there."""

    def __init__(self, app: QApplication, path: Path) -> None:
        self._app, self._path = app, path

    def run(self) -> None:
        window = next((each for each in self._app.topLevelWidgets() if isinstance(each, MainWindow)), None)
        if window is None or not window.isVisible():
            QTimer.singleShot(5, self.run)
            return
        say("window")
        person = Person(self._app, window)
        try:
            self._send(person)
        except (Closed, RuntimeError):
            say("closed")  # RuntimeError: the window is gone while it is looked at

    def _send(self, person: Person) -> None:
        person.ready()
        say("ready")
        person.open_file(self._path)
        say("file")
        person.to_columns()
        say("columns")
        person.to_check()
        say("check")
        person.to_send()
        person.desk._settings.window = 2
        person.click("import.send")
        say("sending")


if __name__ == "__main__":
    data, url, path = sys.argv[1:]
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(sys.argv[:1])
    errand = Errand(application, Path(path))
    QTimer.singleShot(0, errand.run)
    sys.argv = ["nv-desktop", "--sandbox", "--sandbox-url", url, "--data-dir", data]
    sys.exit(main())
