"""Step 3, the check: every row of the file in a table, what is wrong with it, and putting it right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.errors import AppError, Busy, Stopped
from nv_desktop.core.fields import USER_ID, Step
from nv_desktop.core.importing import Step as Progress
from nv_desktop.core.job import Job
from nv_desktop.core.mapping import Mapping
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.cell_model import CellModel
from nv_desktop.gui.cell_table import CellTable
from nv_desktop.gui.edit_queue import EditQueue
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.check_head import DUPLICATE_RULES, CheckHead
from nv_desktop.gui.importing.check_panel import CheckPanel
from nv_desktop.gui.importing.decision import ask_answer
from nv_desktop.gui.importing.parts import FootWords, Working
from nv_desktop.gui.importing.replace_bar import ReplaceBar
from nv_desktop.gui.importing.replacing import Replacing
from nv_desktop.gui.importing.shown_rows import ShownRows
from nv_desktop.gui.importing.table_edits import TableEdits
from nv_desktop.gui.importing.wording import done_words, kind_words, rows_words
from nv_desktop.gui.importing.work import Overview
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    EmptyState,
    Page,
    Quality,
    boxed,
    column,
    row,
)
from nv_desktop.gui.widths import Widths

PATIENCE_MS = 400


class CheckStep(Page):
    """Signals: foot_changed; mapping_changed(Mapping): a mend or a rule changed where columns go;
    said(sentence): for the status line; seen: the numbers are those of the document; arrived: other things
    are in sight.
    The job belongs to the page, which gives and takes it."""

    foot_changed = Signal()
    mapping_changed = Signal(object)
    said = Signal(str)
    seen = Signal()
    arrived = Signal()

    def __init__(self, theme: Theme, tasks: Tasks, layout: dict[str, Any]) -> None:
        """`layout`: keeps the widths of columns that a person has drawn, by header."""
        super().__init__(words="Step 3, the check", margins=(0, 0, 0, 0), gap=0)
        self._theme, self._tasks = theme, tasks
        self._widths = Widths(layout)
        self._job: Job | None = None
        self._overview: Overview | None = None
        self._task: Task | None = None
        self._patience = QTimer(self)  # an edit is mostly kept before anybody could read that it is not yet
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.foot_changed)
        self._labels: list[str] = []
        self._no_place = ""
        """What a paste had to leave out, to be said when it is done."""
        self.model = CellModel(self)
        self.table = CellTable(theme, self.model)
        self.queue = EditQueue(tasks, self)
        self.edits = TableEdits(self.table, self.queue, tasks, self)
        self.panel = CheckPanel(theme)
        self.replace_bar = ReplaceBar(theme)
        self.working = Working(theme, name="import.checking")
        self._build(theme)
        self._wire()

    def _build(self, theme: Theme) -> None:
        self.head = CheckHead(theme)
        self.banner, self.chips, self.search = self.head.banner, self.head.chips, self.head.search
        self.head.undo_button.clicked.connect(self.edits.undo)
        self.head.find_button.clicked.connect(self.open_replace)
        left = boxed(column(self.head, self.replace_bar, self.table, gap=0))
        body = row(left, self.panel, gap=0)
        body.setStretch(0, 1)
        self.stack = QStackedWidget()
        self._rows = boxed(body)
        self.unchecked = EmptyState(
            theme, "warning", "", "", action="Check again", on_click=self.check, name="import.unchecked"
        )
        for view in (self._rows, self.working, self.unchecked):
            self.stack.addWidget(view)
        self.body.addWidget(self.stack)
        self.shown = ShownRows(self._tasks, self.table, self.head, self.panel, self)
        self.replacing = Replacing(self.replace_bar, self.shown, self.queue, self._tasks, self)

    def _wire(self) -> None:
        self.shown.changed.connect(self._show_cell)
        self.shown.failed.connect(self._failed)
        self.table.moved.connect(self._show_cell)
        self.model.failed.connect(self._failed)
        self.panel.text_wanted.connect(self._put)
        self.panel.skip_wanted.connect(self.edits.skip)
        self.panel.moved.connect(self.shown.step_problem)
        self.panel.mend_wanted.connect(self.use_mend)
        self.queue.begun.connect(self._patience.start)
        self.queue.settled.connect(self._settled)
        self.queue.failed.connect(self._edit_failed)
        self.edits.said.connect(self.said)
        self.edits.no_place.connect(self._left_out)
        self.working.cancelled.connect(self._cancel)
        self.head.rule_wanted.connect(self._use_rule)
        self.banner.retried.connect(self.check)
        self.replace_bar.closed.connect(self._focus_table)
        self.search.searched.connect(self._focus_table)
        self.stack.currentChanged.connect(self.arrived)

    def commands(self) -> list[QAction]:
        """The step's actions, for keys and the palette."""
        standard = QKeySequence.StandardKey
        return [
            action_of(self, words, keys, slot)
            for words, keys, slot in (
                ("Undo the last edit", standard.Undo, self.edits.undo),
                ("Redo the last edit", standard.Redo, self.edits.redo),
                ("Next problem", "F8", self._ahead),
                ("Problem before", "Shift+F8", self._back),
                ("Filter rows by text", standard.Find, self._focus_search),
                ("Find and replace", standard.Replace, self.open_replace),
            )
        ]

    def first_focus(self) -> QWidget | None:
        """Where the keyboard is when this step comes into sight."""
        return {self._rows: self.table, self.unchecked: self.unchecked.action}.get(self.stack.currentWidget())

    # --- a job ------------------------------------------------------------------------------------------

    def show_job(self, job: Job | None) -> None:
        """Show another job (None: none); it is checked, or `check` follows."""
        self._tasks.supersede("import.overview")
        self._job, self._overview = job, None
        for part in (self.edits, self.shown, self.replacing):
            part.set_job(job)
        self.head.start_anew()
        self.panel.start_anew()
        self.stack.setCurrentWidget(self._rows)
        self.table.scrollToTop()
        self.model.set_job(None)
        self.table.head.set_quality({})

    @Slot()
    def check(self) -> None:
        """Check every row with the mapping there is."""
        if self._job is None:
            return
        self.banner.hide()
        self.shown.remember()
        self.model.locked = True
        self.working.begin(f"Checking {rows_words(self._job.row_count())}", "")
        self.stack.setCurrentWidget(self.working)
        self._task = self._tasks.run(
            work.check, self._job, done=self._checked, failed=self._check_failed, progressed=self._progressed,
            key="import.check",
        )  # fmt: skip
        self.foot_changed.emit()

    def is_checking(self) -> bool:
        return self._tasks.is_busy("import.check")

    def is_settled(self) -> bool:
        """Whether every edit is in the document, and the numbers shown are those after it."""
        return not (self.queue.is_busy() or self._tasks.is_busy("import.overview"))

    def commit(self) -> None:
        """Take over what is being typed in a cell: the way leads elsewhere."""
        self.table.commit()

    @Slot(object)
    def _progressed(self, step: Progress) -> None:
        self.working.tell(step)

    @Slot(object)
    def _checked(self, _: object) -> None:
        self.load()

    @Slot(object)
    def _check_failed(self, error: AppError) -> None:
        if isinstance(error, Stopped):
            self._say_unchecked("The check was stopped", "Nothing can be sent before it is done.")
        else:
            self._say_unchecked(error.message, error.remedy)

    def _say_unchecked(self, title: str, sentence: str) -> None:
        """No number holds while the rows are not checked, so none is shown."""
        self._overview = None
        self.model.locked = False
        self.unchecked.title.setText(title)
        self.unchecked.sentence.setText(sentence)
        self.unchecked.setAccessibleName(f"{title} {sentence}")
        self.stack.setCurrentWidget(self.unchecked)
        self.foot_changed.emit()

    @Slot()
    def _cancel(self) -> None:
        if self._task is not None:
            self._task.stop.set()

    def load(self) -> None:
        """Show what the document says: numbers first, then the rows."""
        self.model.locked = False
        if self._job is not None:
            self._tasks.run(
                work.settle,
                self._job,
                done=self._show_overview,
                failed=self._failed,
                key="import.overview",
                front=True,
            )

    # --- numbers ----------------------------------------------------------------------------------------

    @Slot(object)
    def _show_overview(self, seen: Overview) -> None:
        before, covered = self._overview, self.stack.currentWidget() is not self._rows
        self._overview = seen
        self.stack.setCurrentWidget(self._rows)
        self._show_columns(seen.mapping)
        self.head.show_overview(seen)
        self.table.head.set_quality(self._qualities(seen))
        self.panel.show_groups(seen.groups)
        self.shown.set_counts(seen.counts)
        if before is None:
            self.shown.begin()
        elif covered:
            self.shown.reload()
        self._show_cell()
        self.foot_changed.emit()
        self.seen.emit()

    def _qualities(self, seen: Overview) -> dict[int, Quality]:
        """The bars above the columns; of one that goes nowhere nothing is said but that."""
        sent = {each.index: each.target for each in seen.mapping.columns if each.target is not None}
        twice = f"{seen.same_ids:,} share an ID" if seen.same_ids else ""
        return {
            place: Quality(
                each.valid, each.warning, each.error, each.empty,
                twice if sent[place] == USER_ID and not each.error else "",
            )
            if place in sent
            else Quality(words="Not sent")
            for place, each in enumerate(seen.quality)
        }  # fmt: skip

    def _show_columns(self, mapping: Mapping) -> None:
        assert self._job is not None
        header = self._job.header()
        labels = list(header)
        quiet = set(range(len(header)))
        for each in mapping.columns:
            field = each.field()
            if field is not None and each.index in quiet:
                labels[each.index] = field.label
            if field is not None:
                quiet.discard(each.index)
        fixed = frozenset(each.index for each in mapping.columns if each.target == USER_ID)
        if labels == self._labels and self.model.columnCount() == len(labels):
            self.panel.set_columns(mapping.columns, labels)
            return
        self._labels = labels
        self.table.fixed_columns, self.table.quiet_columns = fixed, frozenset(quiet)
        self.model.set_job(self._job, labels)
        self.replace_bar.set_columns(labels)
        self.panel.set_columns(mapping.columns, labels)
        samples = self._job.page(range(1, 41))
        for place, label in enumerate(labels):
            longest = max((len(line.cells[place]) for line in samples), default=6)
            fitting = max(96, min(250, 7 * max(longest, len(label)) + 30))
            self.table.setColumnWidth(place, self._widths.of(header[place], fitting))
        self._widths.watch(self.table.head, header)

    def foot(self) -> FootWords:
        """What is sent and what stays behind, and the way on."""
        if self.is_checking():
            return FootWords("Next: Send", False, "The rows are being checked")
        seen = self._overview
        if seen is None:
            waits = self.stack.currentWidget() is self.unchecked
            return FootWords("Next: Send", False, "The rows must be checked first" if waits else "", "warn")
        totals = seen.totals
        extra = f"Save the {totals.stopped:,} as a workbook" if totals.stopped else ""
        if totals.stopped == 1:
            extra = "Save it as a workbook"
        if not seen.checked:
            return FootWords("Next: Send", False, "The rows must be checked again", "warn", extra)
        if not totals.send:
            return FootWords("Next: Send", False, "No row can be sent yet", "error", extra)
        verb = "stays" if totals.stopped == 1 else "stay"
        stays = f", <b>{totals.stopped:,}</b> {verb} behind" if totals.stopped else ", none stays behind"
        verb = "row is sent" if totals.send == 1 else "rows are sent"
        if self.queue.is_busy() and not self._patience.isActive():
            return FootWords("Next: Send", False, "Your last change is being kept", "text2", extra)
        return FootWords("Next: Send", True, f"<b>{totals.send:,}</b> {verb}{stays}", "text", extra)

    # --- problem by problem -----------------------------------------------------------------------------

    @Slot()
    def _focus_table(self) -> None:
        self.table.setFocus()

    @Slot()
    def _focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def _ahead(self) -> None:
        self.shown.step_problem(1)

    @Slot()
    def _back(self) -> None:
        self.shown.step_problem(-1)

    @Slot()
    def _show_cell(self) -> None:
        row, column = self.table.current_row, self.table.current_column
        found = self.model.page_row(row) if 0 <= row < self.model.rowCount() else None
        if found is None:
            self.panel.show_cell(None, -1, "", "")
            return
        self.panel.show_cell(found, column, self.model.text(row, column), self.shown.where())

    # --- edits ------------------------------------------------------------------------------------------

    @Slot(str)
    def _put(self, text: str) -> None:
        row, column = self.table.current_row, self.table.current_column
        if row >= 0:
            self.model.put(row, column, text)

    @Slot(object)
    def _settled(self, done: Any) -> None:
        self.banner.hide()
        if self._no_place:
            self.banner.say("Not all that was copied is pasted.", self._no_place, tone="warn")
            self._no_place = ""
        self.said.emit(done_words(done))
        if done is not None and done.recheck:
            self.check()
            if self._job is not None:
                self.mapping_changed.emit(self._job.mapping())
            return
        self.model.refresh()
        self.replace_bar.recount()
        self.load()

    @Slot(str)
    def _left_out(self, sentence: str) -> None:
        self._no_place = sentence

    @Slot(object)
    def _edit_failed(self, error: Any) -> None:
        self.model.refresh()  # what was typed is not in the document: show what is
        self.banner.show_error(error, "")
        self._show_cell()

    @Slot(object)
    def _failed(self, error: Any) -> None:
        if self._overview is None:
            self._say_unchecked(error.message, error.remedy)
            return
        self.stack.setCurrentWidget(self._rows)
        self.banner.show_error(error, "" if isinstance(error, Busy) else "Check again")

    @Slot(object)
    def use_mend(self, group: Any) -> None:
        """A group's step for its whole column; what it asks is asked first."""
        assert group.step is not None
        step: Step | None = group.step
        title = kind_words(group, self._labels)
        step = ask_answer(self.window(), self._theme, title, group.step)
        if step is not None and self._job is not None:
            self.queue.add(Job.apply_step, self._job, group.column, step)

    @Slot(str)
    def _use_rule(self, rule: str) -> None:
        seen = self._overview
        if seen is not None and self._job is not None and seen.mapping.duplicates != rule:
            words = dict(DUPLICATE_RULES)[rule]
            self.queue.add(
                Job.change_mapping,
                self._job,
                replace(seen.mapping, duplicates=rule),
                f"Same user ID: {words}",
            )

    @Slot()
    def open_replace(self) -> None:
        """Show the bar for finding and replacing."""
        self.replace_bar.open_bar()
