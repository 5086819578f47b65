"""What is decided about the columns of an import, written into its document at once."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import Job
from nv_desktop.core.mapping import Mapping
from nv_desktop.gui.tasks import Tasks


class DecisionKeeper(QObject):
    """Writes what is decided about the columns into the job at once; the last decision is what stands there.

    kept(Mapping): it is in the document. failed(AppError): it is not.
    """

    kept = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._lock = Lock()
        self._last: tuple[Job, Mapping] | None = None
        self._number = self._written = 0

    def keep(self, job: Job, mapping: Mapping) -> None:
        """Keep this instead of what was asked for before."""
        self._last = job, mapping
        self._number += 1
        self._tasks.run(
            self._write, job, mapping, self._number,
            done=self._done, failed=self._not_written, key="import.keep", front=True,
        )  # fmt: skip

    def is_busy(self) -> bool:
        return self._tasks.is_busy("import.keep")

    def finish(self) -> None:
        """Write here and now what may still wait for a thread: the job, or the window, is about to close."""
        if self._last is not None and self._written < self._number:
            try:
                self._write(*self._last, self._number)
            except AppError as error:
                self.failed.emit(error)
        self._tasks.supersede("import.keep")
        self._last = None

    def _write(self, job: Job, mapping: Mapping, number: int) -> None:
        """Threads may come in any order: an older decision never lands on a newer one."""
        with self._lock:
            if number > self._written:
                job.set_mapping(mapping)
                self._written = number

    @Slot(object)
    def _done(self, _: object) -> None:
        if self._last is not None:
            self.kept.emit(self._last[1])

    @Slot(object)
    def _not_written(self, error: AppError) -> None:
        self.failed.emit(error)
