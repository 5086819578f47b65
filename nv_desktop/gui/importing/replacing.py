"""Find and replace at work: what the bar wants, for the rows that are shown; counted first, done in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Slot

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import Filter, Job, Replacement
from nv_desktop.gui.edit_queue import EditQueue
from nv_desktop.gui.importing import many_cells
from nv_desktop.gui.importing.replace_bar import ReplaceBar
from nv_desktop.gui.importing.shown_rows import ShownRows
from nv_desktop.gui.tasks import Tasks


class Replacing(QObject):
    """What is replaced lies within the rows shown: a filter is there to be meant."""

    def __init__(
        self, bar: ReplaceBar, shown: ShownRows, queue: EditQueue, tasks: Tasks, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar, self._shown, self._queue, self._tasks = bar, shown, queue, tasks
        self._job: Job | None = None
        bar.count_wanted.connect(self._count)
        bar.wanted.connect(self._replace)
        shown.asked.connect(bar.recount)

    def set_job(self, job: Job | None) -> None:
        self._tasks.supersede("import.matches")
        self._job = job

    def _within(self, wanted: Replacement) -> Replacement:
        shown = self._shown.wanted()
        return wanted if shown == Filter() else replace(wanted, within=shown)

    @Slot(object)
    def _count(self, wanted: Any) -> None:
        if self._job is not None:
            self._tasks.run(
                self._job.matches, self._within(wanted), done=self._counted, failed=self._not_counted,
                key="import.matches", front=True,
            )  # fmt: skip

    @Slot(object)
    def _counted(self, cells: int) -> None:
        self._bar.show_count(cells)

    @Slot(object)
    def _not_counted(self, error: AppError) -> None:
        self._bar.show_problem(error.message)

    @Slot(object)
    def _replace(self, wanted: Any) -> None:
        if self._job is not None:
            self._queue.add(many_cells.replace, self._job, self._within(wanted))
