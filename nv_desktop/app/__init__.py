"""The start of the window: its frame is on the screen at once, the rest comes while it is looked at.

Only what the frame needs is imported here; `desk`, which knows everything, is imported in a thread after
the first painting.
"""

from __future__ import annotations

import argparse
import base64
import gc
import sys
from types import ModuleType
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nv_desktop import __version__
from nv_desktop.core.errors import AppError
from nv_desktop.core.settings import Paths, Settings, drop_ca_variables
from nv_desktop.gui.alone import Alone
from nv_desktop.gui.faults import FaultLog
from nv_desktop.gui.main_window import MainWindow
from nv_desktop.gui.quitting import QuitSignals
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Scheme, Theme

if TYPE_CHECKING:
    from nv_desktop.app.desk import Desk

SANDBOX = "sandbox"
CANNOT_OPEN = "NV Desktop cannot open"


def main(options: argparse.Namespace) -> int:
    """Open the window; the program's exit code. `options`: data_dir, account, sandbox."""
    keep_smooth()
    QGuiApplication.setDesktopFileName("nv-desktop")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("NV Desktop")
    app.setApplicationVersion(__version__)
    paths = Paths(options.data_dir)
    try:
        alone = Alone(paths.data_dir)
    except AppError as problem:  # no place for its files: who opened it by a click reads no terminal
        from nv_desktop.gui import messages

        messages.show_error(None, Theme(app, "system"), problem, title=CANNOT_OPEN)
        raise
    if alone.somebody_is_there():
        sys.stdout.write("NV Desktop is open already on this data folder; its window comes to the front.\n")
        return 0
    account = SANDBOX if options.sandbox else options.account
    start = Start(app, paths, account, options.sandbox_url)
    alone.called.connect(start.come_forward)
    QuitSignals(start).asked.connect(start.quit)
    start.furnished.connect(keep_for_good)
    start.window.show()
    start.begin()
    code = app.exec()
    alone.close()
    return code


def keep_smooth() -> None:
    """What the interpreter does beside the window's thread is done in small pieces, and seldom."""
    sys.setswitchinterval(0.001)  # the window's thread waits less for workers
    gc.set_threshold(5_000, 20, 20)


def keep_for_good() -> None:
    """What the program is made of stays to its end: no search for garbage looks at it again.

    Such a search through all of it held the window for 120 ms, at any moment."""
    gc.freeze()


class Start(QObject):
    """The frame, and then the `desk` behind it. `furnished()` once every page is there."""

    furnished = Signal()

    def __init__(
        self, app: QApplication, paths: Paths, account: str | None = None, sandbox_url: str | None = None
    ) -> None:
        """`sandbox_url`: a sandbox that runs already, instead of one that is started here."""
        super().__init__()
        self._paths, self._account, self._sandbox_url = paths, account, sandbox_url
        self._is_over = False
        self.settings, self._notice = Settings.load(paths.settings_file)
        drop_ca_variables(self.settings)
        self.theme = Theme(app, cast(Scheme, self.settings.theme))
        self.tasks = Tasks(self)
        self.faults = FaultLog(paths.logs, self)
        self.faults.raised.connect(self._give_up)
        self.desk: Desk | None = None
        self.window = MainWindow(
            {},
            self.theme,
            may_close=self._may_close,
            load_geometry=self._load_geometry,
            save_geometry=self._save_geometry,
        )
        self.window.set_status("Opening…")
        self.window.closing.connect(self._end)

    def begin(self) -> None:
        """Read the rest of the program beside the window, then furnish it."""
        self.tasks.run(_read_desk, done=self._furnish, failed=self._cannot_furnish, front=True)

    @Slot(object)
    def _furnish(self, module: object) -> None:
        assert isinstance(module, ModuleType)
        if self._is_over:
            return
        self.window.setUpdatesEnabled(False)
        try:
            with self.theme.undressed():
                self.desk = module.Desk(
                    self.window,
                    self.theme,
                    self.tasks,
                    self.faults,
                    self._paths,
                    self.settings,
                    self._sandbox_url,
                )
        except AppError as problem:
            self._give_up(problem)
            return
        finally:
            self.window.setUpdatesEnabled(True)
        self.faults.raised.disconnect(self._give_up)  # the desk shows them from now on
        self.desk.begin(self._account, self._notice)
        self.furnished.emit()

    @Slot(object)
    def _cannot_furnish(self, problem: object) -> None:
        assert isinstance(problem, AppError)
        damaged = "NV Desktop could not be opened; its installation seems damaged."
        self._give_up(AppError(damaged, "Install it again.", problem.detail))

    @Slot(object)
    def _give_up(self, problem: object) -> None:
        """There will be no pages: say why, and close."""
        assert isinstance(problem, AppError)
        from nv_desktop.gui import messages  # a start that goes well needs it later only

        self.window.set_status(problem.message, "error")
        messages.show_error(self.window, self.theme, problem, title=CANNOT_OPEN)
        self.window.close()

    # --- coming and going -------------------------------------------------------------------------------

    @Slot()
    def come_forward(self) -> None:
        """Another start on the same data folder: show this window instead."""
        self.window.setWindowState(self.window.windowState() & ~self.window.windowState().WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()

    @Slot()
    def quit(self) -> None:
        """The system wants the program to end: open questions get their safe answer first."""
        if self.desk is not None:
            self.desk.drop_questions()
        self.window.close()

    def _may_close(self) -> bool:
        return self.desk is None or self.desk.may_close()

    @Slot()
    def _end(self) -> None:
        self._is_over = True
        if self.desk is not None:
            self.desk.end()
        else:
            self.tasks.shutdown(1.0)
        self.faults.close()

    def _load_geometry(self) -> bytes | None:
        saved = self.settings.layout.get("window")
        return base64.b64decode(saved) if isinstance(saved, str) else None

    def _save_geometry(self, geometry: bytes) -> None:
        self.settings.layout["window"] = base64.b64encode(geometry).decode()


def _read_desk() -> ModuleType:
    """Import all pages and the core behind them: half of the time that a start takes."""
    from nv_desktop.app import desk

    return desk
