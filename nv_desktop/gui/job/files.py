"""What a person takes away from a result: the workbook, the receipt, the folder they lie in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from nv_desktop.core.errors import BadFile, Stopped
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.report import ALL, REFUSED
from nv_desktop.gui import places
from nv_desktop.gui.job.look import Saved, Step, save_receipt, save_workbook
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.words import rows

WORKBOOKS = {
    # which rows: words in the file's name, states
    "all": ("result", ALL),
    "refused": ("refused rows", REFUSED),
}


class ResultFiles(QObject):
    """Asks where, writes in the background. `saved(Saved)`, `failed(AppError)`; `writing(sentence)` while a
    workbook is written, with "" at its end."""

    saved = Signal(object)
    writing = Signal(str)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks, self._widget = tasks, parent
        self._folder: Path | None = None
        self._task: Task | None = None

    def save_workbook(self, line: Listed, which: str) -> None:
        """`which`: a key of `WORKBOOKS`. Nothing happens for a job of which nothing was sent."""
        words, states = WORKBOOKS[which]
        target = self._ask("Save result workbook", line, words, "xlsx") if line.begun else None
        if target is None or self._task is not None:
            return
        self._task = self._tasks.run(
            save_workbook, line.path, target, states,
            done=self._workbook_saved, failed=self._workbook_failed, progressed=self._wrote,
        )  # fmt: skip
        self.writing.emit("The result workbook is being written.")

    @Slot()
    def stop_writing(self) -> None:
        """Nothing is written then."""
        if self._task is not None:
            self._task.stop.set()
            self.writing.emit("Stopping; no workbook will be left.")

    @Slot(object)
    def _wrote(self, step: object) -> None:
        if isinstance(step, Step) and self._task is not None and not self._task.stop.is_set():
            self.writing.emit(f"Writing the result workbook: {step.rows:,} of {rows(step.of)}.")

    def _end_writing(self) -> None:
        self._task = None
        self.writing.emit("")

    def save_receipt(self, line: Listed) -> None:
        target = self._ask("Save receipt", line, "receipt", "json")
        if target is not None:
            self._tasks.run(save_receipt, line.path, target, done=self._was_saved, failed=self._tell)

    def _ask(self, title: str, line: Listed, words: str, kind: str) -> Path | None:
        return places.ask_where(self._widget, title, f"{Path(line.file).stem} {words}", kind)

    @Slot(object)
    def _was_saved(self, saved: object) -> None:
        assert isinstance(saved, Saved)
        self._folder = saved.path.parent
        self.saved.emit(saved)

    @Slot(object)
    def _tell(self, error: object) -> None:
        self.failed.emit(error)

    @Slot(object)
    def _workbook_saved(self, saved: object) -> None:
        self._end_writing()
        self._was_saved(saved)

    @Slot(object)
    def _workbook_failed(self, error: object) -> None:
        self._end_writing()
        if not isinstance(error, Stopped):
            self.failed.emit(error)

    @Slot()
    def open_folder(self) -> None:
        """Show the folder of the last file."""
        if self._folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.failed.emit(BadFile("The folder could not be opened from here.", str(self._folder)))
