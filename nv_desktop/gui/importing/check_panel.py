"""Beside the table: the problem of the current cell with its editor, all problems, one mend for all alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from nv_desktop.core import fields, steps
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.job import Group, PageRow
from nv_desktop.core.mapping import ColumnMap
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.wording import kind_words, level_words, rows_words
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme, repolish
from nv_desktop.gui.widgets import (
    Button,
    Field,
    IconButton,
    Label,
    Notice,
    RowList,
    Scroll,
    Surface,
    boxed,
    column,
    row,
    rule,
)

WIDTH = 316
USUAL_HEIGHT = 232
"""Of the cell's editor: a title, a sentence of two lines, the field and its buttons."""
LEAST_LIST = 4 * 28
"""Of the list of all problems."""
_ICONS = {
    Level.ERROR: ("warning-circle-fill", "error"),
    Level.WARNING: ("warning-fill", "warn"),
    Level.NOTE: ("info-fill", "note"),
}
_DUPLICATE = ("copy-simple", "note")


class CheckPanel(Surface):
    """Signals: text_wanted(str): put this into the current cell. skip_wanted(bool): leave the row out, or
    take it in. moved(int): to the next (1) or the problem before (-1). group_chosen(Group): show its rows.
    mend_wanted(Group): its step for the whole column."""

    text_wanted = Signal(str)
    skip_wanted = Signal(bool)
    moved = Signal(int)
    group_chosen = Signal(object)
    mend_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("panel", name="import.problem")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._columns: list[ColumnMap] = []
        self._column = -1
        self._cell: tuple[int, int, str] | None = None
        """(row id, column, text) of the cell that is shown."""
        self._skipped = False
        self._labels: Sequence[str] = ()
        self._group: Group | None = None
        self._where = Label(theme, "", "label", "text2", name="import.problem.where")
        back = IconButton(
            theme, "arrow-left", "Problem before (Shift F8)", size=16, name="import.problem.previous"
        )
        ahead = IconButton(theme, "arrow-right", "Next problem (F8)", size=16, name="import.problem.next")
        back.clicked.connect(self._back)
        ahead.clicked.connect(self._ahead)
        self.title = Label(theme, "", "panel", wrap=True, name="import.problem.title")
        self.means = Label(theme, "", "body", "text2", wrap=True, name="import.problem.means")
        self.editor = Field(theme, "Text", name="import.problem.text")
        self.editor.edited.connect(self._judge)
        self.use = Button(theme, "Use this", "primary", name="import.problem.use", on_click=self._use)
        self.clear = Button(theme, "Clear it", name="import.problem.clear", on_click=self._clear)
        self.skip = Button(theme, "Skip row", name="import.problem.skip", on_click=self._skip)
        self._line().returnPressed.connect(self._use)
        self._edit = boxed(column(self.editor, row(self.use, self.clear, self.skip, None, gap=6), gap=10))
        self._groups = RowsModel[Group](
            [Column("Problem", self._group_cell, 276)], key=lambda group: (group.column, group.code)
        )
        self.groups = RowList(
            theme, self._groups, name="import.problems", words="All problems", row_height=28, kind="clear"
        )
        self.groups.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.groups.clicked.connect(self._choose)
        self.groups.activated.connect(self._choose)
        self._all = Label(theme, "All problems", "strong")
        self.mend = Notice(theme, "", "info", "magic-wand", action="Use it", stacked=True, name="import.mend")
        self.mend.action.clicked.connect(self._mend)
        self._build(row(self._where, None, back, ahead, gap=4))

    def _build(self, head: object) -> None:
        upper = column(head, self.title, self.means, self._edit, gap=10, margins=(20, 14, 20, 12))  # type: ignore[arg-type] # a row
        upper.addStretch(1)
        self._upper = boxed(upper)
        self.groups.setMinimumHeight(LEAST_LIST)
        # the height it would like is none that the panel should scroll for
        self.groups.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        lower = column(self._all, self.groups, self.mend, gap=8, margins=(20, 12, 20, 14))
        lower.setStretch(1, 1)
        self._parts = column(self._upper, rule(), lower, gap=0)
        self._parts.setStretch(2, 1)
        self._scroll = Scroll(self._parts, words="The problem")
        self._scroll.viewport().installEventFilter(self)  # a scroll bar that comes makes it narrower
        self._upper.installEventFilter(self)  # what it holds is dressed, and larger, when it is first shown
        self.setLayout(column(self._scroll))
        self.start_anew()

    def start_anew(self) -> None:
        """Another job: nothing is known of it yet."""
        self.show_cell(None, -1, "", "")
        self._groups.set_rows([])
        self._offer(None)
        self._all.setText("All problems")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """The cell's editor takes what it needs, the list of all problems the rest; where that is too little
        the panel scrolls. From cell to cell the list mostly stays where it is."""
        width = self._scroll.viewport().width()
        self._upper.setFixedHeight(max(USUAL_HEIGHT, self._upper.heightForWidth(width)))
        body = self._scroll.widget()
        if body is not None:
            body.setMinimumHeight(self._parts.totalMinimumHeightForWidth(width))

    def set_columns(self, columns: list[ColumnMap], labels: Sequence[str]) -> None:
        """Where the columns go, for the sentences and the judging of what is typed."""
        self._columns, self._labels = columns, labels

    # the current cell

    def show_cell(self, found: PageRow | None, column: int, text: str, where: str) -> None:
        """The cell that is current now: its row as the document has it, its text, "Problem 5 of 112"."""
        self._where.setText(where)
        self._edit.setVisible(found is not None and column >= 0)
        if found is None or column < 0:
            self._cell = None
            self.title.setText("Choose a cell")
            self.means.setText("What is wrong with it is said here, and can be put right here.")
            return
        cell = (found.id, column, text)
        typing = cell == self._cell and self._line().isModified()  # in the very cell, which is as it was
        self._cell = cell
        self._column, self._skipped = column, found.skipped
        problem = _first(found, column)
        self._say(problem, found)
        label = self._labels[column] if column < len(self._labels) else ""
        self.editor.label.setText(label or "Text")
        self.editor.editor.setAccessibleName(label or "Text")
        if not typing:
            self._fill(text, found.problems.get(column, []))
        before = found.before.get(column)
        told = [f"It was “{before[:60] or 'empty'}” in the file."] if before is not None else []
        self.editor.set_hint(" ".join([*told, *self._sent_as(text)]))
        self.skip.setText("Take in again" if found.skipped else "Skip row")
        self.clear.set_allowed(bool(text), "The cell is empty already")
        self._fit()

    def _fill(self, text: str, here: Sequence[Problem]) -> None:
        """Another text to be edited."""
        self.editor.set_text(text)
        self._line().setModified(False)
        self.editor.set_problem("")
        self._mark(any(each.level >= Level.ERROR for each in here))

    def _sent_as(self, text: str) -> Iterator[str]:
        """What becomes of the cell's text on its way, where it is not sent as it stands."""
        for each in self._columns:
            if each.index == self._column and each.target is not None and text:
                sample = work.as_sent(each, text)
                sent = fields.text_of(sample.sent) if sample.sent is not None else ""
                if sent and sent != text:
                    yield f"Sent as {sent[:80]}."

    def _line(self) -> QLineEdit:
        line = self.editor.editor
        assert isinstance(line, QLineEdit)
        return line

    def _say(self, problem: Problem | None, found: PageRow) -> None:
        if problem is None:
            self.title.setText("Left out by you" if found.skipped else "Nothing is wrong here")
            stays = "This row stays behind until you take it in again."
            self.means.setText(stays if found.skipped else "You can change the text all the same.")
            return
        first, _, rest = problem.message.partition(". ")
        title = first.rstrip(".") if rest or len(first) < 90 else problem.message
        means = f"{rest} {level_words(problem.level)}".strip() if problem.code not in _SKIPPING else rest
        self.title.setText(_breakable(title))
        self.means.setText(_breakable(means))

    def _mark(self, wrong: bool) -> None:
        if bool(self.editor.editor.property("invalid")) != wrong:
            self.editor.editor.setProperty("invalid", wrong)
            repolish(self.editor.editor)

    @Slot(str)
    def _judge(self, text: str) -> None:
        """The rule's word on what is typed, before it is used."""
        wrong = ""
        for each in self._columns:
            if each.index == self._column and each.target is not None:
                sample = work.as_sent(each, text)
                if text and sample.problem is not None and sample.problem.level >= Level.ERROR:
                    wrong = sample.problem.message
        self.editor.set_problem(wrong)
        self._fit()

    @Slot()
    def _use(self) -> None:
        self.text_wanted.emit(self.editor.text())

    @Slot()
    def _clear(self) -> None:
        self.text_wanted.emit("")

    @Slot()
    def _skip(self) -> None:
        self.skip_wanted.emit(not self._skipped)

    @Slot()
    def _back(self) -> None:
        self.moved.emit(-1)

    @Slot()
    def _ahead(self) -> None:
        self.moved.emit(1)

    # all problems

    def show_groups(self, groups: Sequence[Group]) -> None:
        """All problems with their numbers; the best mend for many alike below."""
        self._groups.set_rows(groups)
        self._all.setText("All problems" if groups else "No problems: every row can go")
        chosen = self.groups.current_row()
        with_step = [group for group in groups if group.step is not None and group.column >= 0]
        best = chosen if isinstance(chosen, Group) and chosen in with_step else None
        self._offer(best or max(with_step, key=lambda group: (group.level, group.count), default=None))

    def choose_group(self, group: Group | None) -> None:
        """Mark the group whose rows are shown; None: none."""
        if group is None:
            self.groups.clearSelection()
        else:
            self.groups.select(self._groups.find((group.column, group.code)))
            if group.step is not None:
                self._offer(group)

    def _offer(self, group: Group | None) -> None:
        self._group = group
        self.mend.setVisible(group is not None)
        self._fit()
        if group is not None and group.step is not None:
            words = steps.describe(group.step)
            label = self._labels[group.column] if 0 <= group.column < len(self._labels) else ""
            self.mend.set(f"{rows_words(group.count)}, {label}: {words[:1].lower() + words[1:]}.", "info")
            self.mend.action.setText(
                "Choose…" if steps.asks(group.step) else f"Use it for all {group.count:,}"
            )

    def _group_cell(self, group: Group) -> Cell:
        icon, token = _DUPLICATE if group.column < 0 and "duplicate" in group.code else _ICONS[group.level]
        return Cell(
            kind_words(group, self._labels), role="small", icon=icon, icon_token=token,
            right=f"{group.count:,}",
            told=f"{kind_words(group, self._labels)}, {rows_words(group.count)}, {group.level.word}",
        )  # fmt: skip

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        group = self._groups.row(index.row())
        if group.step is not None and group.column >= 0:
            self._offer(group)
        self.group_chosen.emit(group)

    @Slot()
    def _mend(self) -> None:
        if self._group is not None:
            self.mend_wanted.emit(self._group)


_SKIPPING = frozenset(
    ("skipped_by_person", "duplicate_same", "duplicate_last", "duplicate_first", "duplicate_merge")
)


def _breakable(words: str) -> str:
    """A sentence that fits the panel though it holds a value of one long word."""
    return re.sub(r"(\S{20})(?=\S)", "\\1\u200b", words)


def _first(found: PageRow, column: int) -> Problem | None:
    """The problem to speak about: of the cell, else of the row."""
    for place in (column, -1):
        many = found.problems.get(place)
        if many:
            return max(many, key=lambda each: each.level)
    return None


def problem_columns(found: PageRow, width: int) -> list[int]:
    """The columns of a row that have a problem, from the left; those of the row itself count as the first."""
    places = sorted({max(0, place) for place in found.problems})
    return [place for place in places if place < width]
