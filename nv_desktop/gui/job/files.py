"""What a person takes away from a result: the workbook, the receipt, the folder they lie in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from nv_desktop.core.errors import BadFile
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.report import ALL, REFUSED
from nv_desktop.gui.job import saving
from nv_desktop.gui.job.look import Saved, save_receipt, save_workbook
from nv_desktop.gui.tasks import Tasks

WORKBOOKS = {
    # which rows: words in the file's name, states
    "all": ("result", ALL),
    "refused": ("refused rows", REFUSED),
}


class ResultFiles(QObject):
    """Asks where, writes in the background. `saved(Saved)`, `failed(AppError)`."""

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks, self._widget = tasks, parent
        self._folder: Path | None = None

    def save_workbook(self, line: Listed, which: str) -> None:
        """`which`: a key of `WORKBOOKS`. Nothing happens for a job of which nothing was sent."""
        words, states = WORKBOOKS[which]
        target = self._ask("Save result workbook", line, words, "xlsx") if line.begun else None
        if target is not None:
            self._tasks.run(save_workbook, line.path, target, states, done=self._was_saved, failed=self._tell)

    def save_receipt(self, line: Listed) -> None:
        target = self._ask("Save receipt", line, "receipt", "json")
        if target is not None:
            self._tasks.run(save_receipt, line.path, target, done=self._was_saved, failed=self._tell)

    def _ask(self, title: str, line: Listed, words: str, kind: str) -> Path | None:
        return saving.ask_where(self._widget, title, f"{Path(line.file).stem} {words}.{kind}", kind)

    @Slot(object)
    def _was_saved(self, saved: object) -> None:
        assert isinstance(saved, Saved)
        self._folder = saved.path.parent
        self.saved.emit(saved)

    @Slot(object)
    def _tell(self, error: object) -> None:
        self.failed.emit(error)

    @Slot()
    def open_folder(self) -> None:
        """Show the folder of the last file."""
        if self._folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.failed.emit(BadFile("The folder could not be opened from here.", str(self._folder)))
