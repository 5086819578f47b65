"""What an open import asks for beside its three steps: the comparison with earlier imports, and a workbook of
the rows that stay behind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.job import Job
from nv_desktop.core.left_behind import save_left_behind
from nv_desktop.core.report import Written
from nv_desktop.core.upload.earlier import Compared
from nv_desktop.gui import places
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.wording import compared_words
from nv_desktop.gui.tasks import Tasks


class Comparison(QObject):
    """told(sentence): how the rows stand to what was confirmed before, "" while nobody knows."""

    told = Signal(str)

    def __init__(self, tasks: Tasks, history: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._history = tasks, history
        self._about: tuple[Path, str, object] | None = None
        self._leaves_out = False

    def ask(self, job: Job, account: Account | None) -> None:
        """Compare a checked job in the background; once for each check and account."""
        about = (job.path, account.id if account is not None else "", job.meta("revision", 0))
        if account is None or about == self._about:
            return
        self._about, self._leaves_out = about, not account.is_sandbox
        self._tasks.run(
            work.compared, job.path, account, self._history,
            done=self._compared, failed=self._failed, key="import.compare",
        )  # fmt: skip

    def forget(self) -> None:
        """Another import: what is on its way is about an earlier one."""
        self._tasks.supersede("import.compare")
        self._about = None
        self.told.emit("")

    @Slot(object)
    def _compared(self, found: Compared | None) -> None:
        self.told.emit(compared_words(found, self._leaves_out) if found is not None else "")

    @Slot(object)
    def _failed(self, error: AppError) -> None:
        """Nothing hangs on it: what is unchanged is looked for again before it is sent."""
        self._about = None
        if not isinstance(error, Stopped):
            self.told.emit("")


class LeftBehind(QObject):
    """Asks for a place and writes the rows that stay behind. saved(sentence); failed(AppError)."""

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks, self._over = tasks, parent

    def ask(self, job: Job) -> None:
        """A file dialog, then the worker."""
        name = f"{Path(job.meta('source')['name']).stem} not sent"
        path = places.ask_where(self._over.window(), "Save the rows that stay behind", name, "xlsx")
        if path is not None:
            self.saved.emit("Writing the workbook…")
            self._tasks.run(
                save_left_behind, job.path, path,
                done=self._written, failed=self._not_written, key="import.left_behind",
            )  # fmt: skip

    @Slot(object)
    def _written(self, written: Written) -> None:
        self.saved.emit(" ".join(written.sentences))

    @Slot(object)
    def _not_written(self, error: AppError) -> None:
        self.failed.emit(error)
