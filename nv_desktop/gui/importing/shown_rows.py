"""Which rows of the check are shown: filter, order, the text searched for; going from problem to problem."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nv_desktop.core.job import Filter, Job, Sort
from nv_desktop.gui.cell_table import CellTable
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.check_head import CheckHead
from nv_desktop.gui.importing.check_panel import CheckPanel, problem_columns
from nv_desktop.gui.importing.wording import rows_words
from nv_desktop.gui.tasks import Tasks

SEARCH_MS = 200
PARTS = {"valid": "valid", "warning": "warnings", "error": "errors", "empty": "empty"}
LOOKED_THROUGH = 2_000
"""Rows among which the next problem is looked for at one press of a key."""


class ShownRows(QObject):
    """asked(): other rows are wanted. changed(): other rows are in the table. failed(AppError): they could
    not be found."""

    asked = Signal()
    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, tasks: Tasks, table: CellTable, head: CheckHead, panel: CheckPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._table, self._head, self._panel = tasks, table, head, panel
        self._model = table.cells
        self._job: Job | None = None
        self._filter = Filter()
        self._sort: Sort | None = None
        self._keep: tuple[int, int] | None = None
        """(row id, column) to come back to once the rows are there."""
        self._some = False
        """Whether the first of the rows looked for are in the table, and more may come."""
        self._counts: dict[str, int] = {}
        self._part = ""
        """The part of a column's bar whose rows are shown, in words."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self._search)
        head.chips.chosen.connect(self._choose_chip)
        head.chips.pressed_again.connect(self._choose_chip)
        head.search.textChanged.connect(self._timer.start)
        table.head.part_clicked.connect(self._choose_part)
        table.head.title_clicked.connect(self._choose_order)
        panel.group_chosen.connect(self.show_group)

    def set_job(self, job: Job | None) -> None:
        """Another document: all its rows, in the order of the file."""
        self._tasks.supersede("import.ids")
        self._timer.stop()
        self._job = job
        self._filter, self._sort, self._keep, self._counts = Filter(), None, None, {}
        self._part = ""
        self._table.head.set_sorted(None)

    def set_counts(self, counts: dict[str, int]) -> None:
        """How many rows each of `work.FILTERS` has now."""
        self._counts = counts

    def is_all(self) -> bool:
        """Whether every row of the file is shown."""
        return self.wanted() == Filter()

    def wanted(self) -> Filter:
        """The filter with the text that is searched for."""
        text = self._head.search.text()
        return replace(self._filter, text=text) if text else self._filter

    def begin(self) -> None:
        """The first look at a checked document: at the errors, where there are some."""
        if self._counts.get("errors") and self._head.chips.current() == "all" and self._filter == Filter():
            self._head.chips.choose("errors")
        else:
            self.reload()

    def remember(self) -> None:
        """Come back to the cell that is current now, when the rows are found the next time."""
        row = self._table.current_row
        if 0 <= row < self._model.rowCount():
            self._keep = (self._model.ids()[row], self._table.current_column)

    def reload(self) -> None:
        """Find the rows to be shown; those asked for before are dropped."""
        if self._job is not None:
            self._head.shown.setText("Looking…")
            self.asked.emit()
            self._some = False
            self._tasks.run(
                work.row_ids, self._job, self.wanted(), self._sort,
                done=self._show_ids, failed=self._not_found, progressed=self._show_some,
                key="import.ids", front=True,
            )  # fmt: skip

    def show_rows(self, wanted: Filter) -> None:
        """Show the rows of a filter, with the text that is searched for."""
        self._filter = wanted
        self.reload()

    @Slot(object)
    def show_group(self, group: Any) -> None:
        """The rows of one kind of problem."""
        self._part = ""
        self._head.chips.choose_none()
        self._panel.choose_group(group)
        self.show_rows(Filter(code=group.code, column=group.column))

    @Slot(str)
    def _choose_chip(self, key: str) -> None:
        self._part = ""
        self._panel.choose_group(None)
        self.show_rows(work.FILTERS[key])

    @Slot(int, str)
    def _choose_part(self, column: int, part: str) -> None:
        title = self._model.headerData(column, Qt.Orientation.Horizontal)
        self._part = f", {title}: {PARTS[part]}"
        self._head.chips.choose_none()
        self._panel.choose_group(None)
        self.show_rows(Filter(column=column, quality=part))

    @Slot(int)
    def _choose_order(self, column: int) -> None:
        """Up, down, and back to the order of the file."""
        now = self._sort
        if now is None or now.column != column:
            self._sort = Sort(column)
        else:
            self._sort = None if now.descending else Sort(column, descending=True)
        self._table.head.set_sorted(None if self._sort is None else (column, self._sort.descending))
        self.reload()

    @Slot()
    def _search(self) -> None:
        self.reload()

    @Slot(object)
    def _not_found(self, error: Any) -> None:
        self._head.shown.setText("")
        self.failed.emit(error)

    @Slot(object)
    def _show_some(self, ids: array[int]) -> None:
        """Those found so far: what stands at the top need not wait for the last row of a million."""
        if not ids:
            return
        self._head.shown.setText(f"{rows_words(len(ids))} so far…")
        if self._some:
            self._model.grow(ids)
        else:
            self._some = True
            self._table.show_rows(ids)
            if self._keep is None:
                self._go_to_problem(0)
        self.changed.emit()

    @Slot(object)
    def _show_ids(self, ids: array[int]) -> None:
        if self._some:
            self._model.grow(ids)
        else:
            self._table.show_rows(ids)
        self._head.shown.setText(f"{rows_words(len(ids)) if ids else 'No row'} shown{self._part}")
        keep, self._keep = self._keep, None
        if keep is not None and (place := self._model.place(keep[0])) >= 0:
            self._table.go_to(place, keep[1])
        elif len(ids) and not self._some:
            self._go_to_problem(0)
        self._some = False
        self.changed.emit()

    # --- problem by problem -----------------------------------------------------------------------------

    def _go_to_problem(self, row: int) -> None:
        found = self._model.page_row(row)
        if found is None:
            return
        places = problem_columns(found, self._model.columnCount())
        wanted = self._filter.column
        asked = wanted is not None and wanted >= 0
        column = wanted if asked and wanted is not None else places[0] if places else 0
        self._table.go_to(row, column)

    @Slot(int)
    def step_problem(self, way: int) -> None:
        """To the next (1) or the problem before (-1) among the rows shown; with all rows: the errors."""
        model = self._model
        if not model.rowCount():
            return
        if self.is_all():
            key = next((key for key in ("errors", "warnings", "notes") if self._counts.get(key)), "")
            if key:
                self._head.chips.choose(key)
            return
        row, column = self._table.current_row, self._table.current_column
        for _ in range(min(model.rowCount(), LOOKED_THROUGH)):
            found = model.page_row(row) if row >= 0 else None
            places = problem_columns(found, model.columnCount()) if found is not None else []
            later = [place for place in places if (place > column if way > 0 else place < column)]
            if later:
                self._table.go_to(row, later[0] if way > 0 else later[-1])
                return
            row = (row + way) % model.rowCount()
            column = -1 if way > 0 else model.columnCount()

    def where(self) -> str:
        """The current row in words: "5 of 112, row 1,204"."""
        row = self._table.current_row
        found = self._model.page_row(row)
        if found is None:
            return ""
        words = f"Row {found.number:,}"
        if self._filter != Filter():
            words = f"{row + 1:,} of {self._model.rowCount():,}, row {found.number:,}"
        if found.line is not None and found.line != found.number:
            words += f" (line {found.line:,})"
        return words
