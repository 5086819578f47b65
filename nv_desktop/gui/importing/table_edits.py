"""Keys over the check table: copy, paste, fill, empty, leave out, undo; each is one edit of the job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import Job
from nv_desktop.gui.cell_table import CellTable
from nv_desktop.gui.edit_queue import EditQueue
from nv_desktop.gui.importing import many_cells, work
from nv_desktop.gui.importing.wording import counted, rows_words
from nv_desktop.gui.tasks import Tasks

MOST_COPIED = 200_000
"""Rows that go to the clipboard at once; more would fill the memory of both programs."""


class TableEdits(QObject):
    """said(sentence): what was done or why not. no_place(sentence): a part of what was pasted was left out.
    Everything goes through the queue, in order."""

    said = Signal(str)
    no_place = Signal(str)

    def __init__(self, table: CellTable, queue: EditQueue, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._table, self._queue, self._tasks = table, queue, tasks
        self._job: Job | None = None
        table.cells.edited.connect(self._edit)
        for words, keys, slot in (
            ("Copy cells", QKeySequence.StandardKey.Copy, self.copy),
            ("Paste cells", QKeySequence.StandardKey.Paste, self.paste),
            ("Fill down", "Ctrl+D", self.fill_down),
            ("Empty cells", QKeySequence.StandardKey.Delete, self.clear),
        ):
            action = QAction(words, table)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            table.addAction(action)

    def set_job(self, job: Job | None) -> None:
        self._job = job

    @Slot(object, int, str)
    def _edit(self, row_id: Any, column: int, text: str) -> None:
        self._add(Job.edit, row_id, column, text)

    def _add(self, fn: Callable[..., object], *args: object) -> None:
        if self._job is not None and not self._table.cells.locked:
            self._queue.add(fn, self._job, *args)

    def _ids(self, top: int, bottom: int) -> list[int]:
        return list(self._table.cells.ids()[top : bottom + 1])

    # what a person does

    @Slot()
    def copy(self) -> None:
        """The selected block to the clipboard, as spreadsheets take it."""
        block = self._table.block()
        if block is None or self._job is None:
            return
        top, left, bottom, right = block
        if bottom - top >= MOST_COPIED:
            self.said.emit(f"At most {MOST_COPIED:,} rows can be copied at once.")
            return
        self._tasks.run(
            work.cells, self._job, self._ids(top, bottom), left, right,
            done=self._copied, failed=self._failed, key="import.copy", front=True,
        )  # fmt: skip

    @Slot(object)
    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.said.emit(f"Copied {rows_words(text.count(chr(10)) + 1)}.")

    @Slot(object)
    def _failed(self, error: AppError) -> None:
        self.said.emit(str(error))

    @Slot()
    def paste(self) -> None:
        """The clipboard's block, from the upper left of the selection; a single text fills the selection."""
        block, text = self._table.block(), QGuiApplication.clipboard().text()
        if block is None or not text:
            return
        top, left, _, right = block
        lines = work.parse_block(text)
        if len(lines) == 1 and len(lines[0]) == 1:
            self._fill(block, [lines[0][0]] * (right - left + 1))
            return
        ids = self._ids(top, top + len(lines) - 1)
        below = len(lines) - len(ids)
        right = left + max(map(len, lines)) - self._table.cells.columnCount()
        lost = [f"{rows_words(below)} below the last row shown"] if below > 0 else []
        lost += [f"{counted(right, 'column', 'columns')} right of the last one"] if right > 0 else []
        if lost:
            self.no_place.emit(f"There was no place for {' and '.join(lost)}.")
        self._add(many_cells.paste, ids, left, lines)

    @Slot()
    def fill_down(self) -> None:
        """The top text of each selected column into the rows below it."""
        block = self._table.block()
        if block is None:
            return
        top, left, _, right = block
        self._fill(block, [self._table.cells.text(top, column) for column in range(left, right + 1)])

    @Slot()
    def clear(self) -> None:
        """Empty the selected cells."""
        block = self._table.block()
        if block is not None:
            _, left, _, right = block
            self._fill(block, [""] * (right - left + 1))

    def _fill(self, block: tuple[int, int, int, int], texts: list[str]) -> None:
        """One text for each column of the block, as one edit: one undo takes it back."""
        top, left, bottom, _ = block
        ids = self._ids(top, bottom)
        if len(texts) == 1:
            self._add(many_cells.fill, ids, left, texts[0])
        else:
            self._add(many_cells.paste, ids, left, [texts] * len(ids))

    def skip(self, skipped: bool) -> None:
        """Leave the selected rows out, or take them in again."""
        block = self._table.block()
        if block is not None:
            self._add(many_cells.skip, self._ids(block[0], block[2]), skipped)

    @Slot()
    def undo(self) -> None:
        """Take the last edit back, across restarts too."""
        self._add(many_cells.undo)

    @Slot()
    def redo(self) -> None:
        """Do it again."""
        self._add(many_cells.redo)
