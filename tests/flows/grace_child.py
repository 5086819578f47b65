"""The real program as a process that tests may kill, with a person in it who deletes somebody.

`python -m tests.flows.grace_child DATA URL USER`: says "waiting" on stdout once the delete waits.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from nv_desktop.__main__ import main
from nv_desktop.gui.main_window import MainWindow
from nv_desktop.gui.people import dialogs
from tests.flows.driver import Person


class Errand:
    """What the person does, once the window is there."""

    def __init__(self, app: QApplication, user_id: str) -> None:
        self._app, self._user_id = app, user_id

    def run(self) -> None:
        window = next((each for each in self._app.topLevelWidgets() if isinstance(each, MainWindow)), None)
        if window is None or not window.isVisible():
            QTimer.singleShot(5, self.run)
            return
        person = Person(self._app, window)
        person.ready()
        person.desk._settings.grace_seconds = 60
        person.look_up(self._user_id)
        dialogs.ask_delete = lambda *_: dialogs.DeleteChoice(True)  # type: ignore[assignment]
        person.desk.people.changing.ask_delete()
        person.until(lambda: person.part("people.grace").isVisible(), "the delete waits")
        print("waiting", flush=True)


if __name__ == "__main__":
    data, url, user_id = sys.argv[1:]
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(sys.argv[:1])
    errand = Errand(application, user_id)
    QTimer.singleShot(0, errand.run)
    sys.argv = ["nv-desktop", "--sandbox", "--sandbox-url", url, "--data-dir", data]
    sys.exit(main())
