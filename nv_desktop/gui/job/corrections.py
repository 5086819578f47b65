"""The result's table at work: which rows are shown, cells corrected in place, undone, redone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import Done, Job, open_job
from nv_desktop.gui.edit_queue import EditQueue
from nv_desktop.gui.job.look import Look, Rows, edit_cell, find_rows, turn
from nv_desktop.gui.job.result import ResultView
from nv_desktop.gui.job.result_table import Shape
from nv_desktop.gui.tasks import Tasks


class Corrections(QObject):
    """Feeds a `ResultView` with the rows of one document. `changed(sentence)` after an edit ("" when it was
    refused): the numbers are to be read again; `failed(AppError)`."""

    changed = Signal(str)
    failed = Signal(object)

    def __init__(self, view: ResultView, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._tasks = view, tasks
        self._job: Job | None = None
        self._look: Look | None = None
        self._queue = EditQueue(tasks, self)
        self._queue.settled.connect(self._edited)
        self._queue.failed.connect(self._refused)
        view.kind_chosen.connect(self.find_rows)
        view.cell_edited.connect(self._edit)
        view.model.failed.connect(self.failed)

    @property
    def is_open(self) -> bool:
        return self._job is not None

    def show(self, found: Look, *, first: bool) -> None:
        """A look at the document; `first`: it was not shown before, so choose what needs a look most."""
        self._look = found
        if self._job is None or first:
            self._open(found)
        kind = self._view.choose_first(found.kinds) if first else self._view.kind()
        self._view.model.refresh(found.mended)
        self.find_rows(kind)

    def _open(self, found: Look) -> None:
        """A connection of this thread for the pages that the table shows: some milliseconds."""
        self.close()
        try:
            self._job = open_job(found.line.path)
        except AppError as error:
            self.failed.emit(error)
            return
        self._look = found
        self._view.show_job(self._job, found.shape, may_edit=not (found.line.running or found.line.deletes))

    def close(self) -> None:
        """Let go of the document."""
        self._look = None
        if self._job is not None:
            self._view.show_job(None, Shape(), may_edit=False)
            self._job.close()
            self._job = None

    def finish(self) -> None:
        """Take over what is being typed, and make every correction that waits, here and now."""
        self._view.table.commit()
        self._queue.finish()

    def forget(self) -> None:
        """Show nothing that was read before."""
        self._view.model.refresh(frozenset())

    def _path(self) -> Path | None:
        return self._look.line.path if self._look is not None else None

    @Slot(str)
    def find_rows(self, kind: str) -> None:
        path = self._path()
        if path is not None:
            self._tasks.run(
                find_rows, path, kind,
                done=self._rows_found, failed=self._tell, key=("job.rows", id(self)), front=True,
            )  # fmt: skip

    @Slot(object)
    def _rows_found(self, found: object) -> None:
        assert isinstance(found, Rows)
        if self._look is not None and self._look.line.path == found.path and found.kind == self._view.kind():
            self._view.show_rows(found.kind, found.ids, self._look.mended)

    @Slot(int, int, str)
    def _edit(self, row: int, column: int, text: str) -> None:
        path = self._path()
        if path is not None:
            self._queue.add(edit_cell, path, row, column, text)

    @Slot()
    def undo(self) -> None:
        self._turn(back=True)

    @Slot()
    def redo(self) -> None:
        self._turn(back=False)

    def _turn(self, *, back: bool) -> None:
        path = self._path()
        if path is not None:
            self._queue.add(turn, path, back)

    @Slot(object)
    def _edited(self, done: object) -> None:
        self.changed.emit(f"{done.label}." if isinstance(done, Done) else "")

    @Slot(object)
    def _refused(self, error: object) -> None:
        self.failed.emit(error)
        self.changed.emit("")  # the cell shows what the document holds

    @Slot(object)
    def _tell(self, error: object) -> None:
        self.failed.emit(error)
