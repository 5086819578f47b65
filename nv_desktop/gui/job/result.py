"""The result: six numbers that add up, the rows behind each, and what can be done about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QWidget

from nv_desktop.core.job import Job
from nv_desktop.core.job.listing import Listed
from nv_desktop.gui.job.kinds import IMPORT, KEYS, Words, words_of
from nv_desktop.gui.job.result_table import FIRST, WIDTHS, ResultModel, Shape
from nv_desktop.gui.job.wording import LOOKS, parts, result_sentence, result_title, six, sum_sentence
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    CellDelegate,
    ChipRow,
    CountCard,
    IconLabel,
    Label,
    Notice,
    StackBar,
    Table,
    boxed,
    column,
    count_row,
    row,
    rule,
)
from nv_desktop.gui.words import profiles, rows

NOTHING_KEPT = "No old values were kept, so the import can’t be undone."
ALL_NEW = "None of the profiles existed before. Undo lists them, and can delete those it created."
IS_UNDO = "This takes another import back. To have its values again, send that file again."
NO_COPY = "No copy of these profiles is on the shelf, so they can’t be restored."


def why_not_undo(line: Listed) -> str:
    """Why this import cannot be taken back, "" when it can: said alike by the result and in History."""
    if line.undoes:
        return IS_UNDO
    return "" if line.read_first else NOTHING_KEPT


def kept_words(line: Listed, kept: int) -> str:
    """What stands beside the sum: whether it can be taken back, or was. `kept`: profiles read before they
    were written; of a list of deleted users, copies on the shelf."""
    if line.deletes:
        return f"{profiles(kept)} can be restored." if kept else NO_COPY
    if line.undone_by and not line.undoes:
        return "An undo of this import was sent; it is in the history."
    if line.read_first and not line.kept_old:
        return ALL_NEW
    return why_not_undo(line) or f"Old values of {profiles(kept)} are kept."


class _KeepingDelegate(CellDelegate):
    """Paints as every table; what somebody is typing is not overwritten when the rows are read again."""

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


class ResultView(QWidget):
    """Step 5. Signals: send_again_wanted(), resume_wanted(), workbook_wanted("all" | "refused"),
    writing_stopped(), receipt_wanted(), undo_wanted(), restore_wanted(), fix_wanted() (the whole table of
    step 3), kind_chosen(key), cell_edited(row, col, text).
    """

    send_again_wanted = Signal()
    resume_wanted = Signal()
    workbook_wanted = Signal(str)
    receipt_wanted = Signal()
    undo_wanted = Signal()
    restore_wanted = Signal()
    writing_stopped = Signal()
    folder_wanted = Signal()
    fix_wanted = Signal()
    kind_chosen = Signal(str)
    cell_edited = Signal(int, int, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._line: Listed | None = None
        self._words: Words = IMPORT
        self._mended = 0
        self.setObjectName("job.result")
        self.setAccessibleName("Result")
        self.model = ResultModel(self)
        self.model.cell_edited.connect(self.cell_edited)
        self.writing = Notice(
            theme, "", "info", "file-arrow-down", name="job.writing", action="Stop",
            on_click=self.writing_stopped.emit,
        )  # fmt: skip
        self.writing.hide()
        layout = column(
            self._head(theme),
            self.writing,
            self._count_card(theme),
            self._rows_card(theme),
            gap=14,
            margins=(24, 20, 24, 16),
        )
        layout.setStretch(3, 1)
        self.setLayout(layout)

    def _head(self, theme: Theme) -> QWidget:
        self.title = Label(theme, "", "page", name="job.result.title")
        self.sentence = Label(theme, "", "body", "text2", wrap=True, name="job.result.sentence")
        self.receipt = Button(
            theme, "Receipt", "", "receipt", name="job.receipt", on_click=self.receipt_wanted.emit
        )
        self.undo = Button(
            theme, "Undo this import…", "", "arrow-counter-clockwise", name="job.undo",
            on_click=self._take_back,
        )  # fmt: skip
        self.save = Button(theme, "Save result workbook", "", "file-arrow-down", name="job.workbook")
        menu = QMenu(self)
        for key, words in (("all", "All rows"), ("refused", "Only refused rows")):
            action = menu.addAction(words)
            action.setObjectName(f"job.workbook.{key}")
            action.setData(key)
            action.triggered.connect(self._save)
        self.save.setMenu(menu)
        self.workbook_menu = menu
        self.folder = Button(
            theme, "Open folder", "quiet", "folder-open", name="job.folder", on_click=self.folder_wanted.emit
        )
        self.folder.hide()
        below = row(self.sentence, self.folder, self.receipt, self.undo, self.save)
        below.setStretch(0, 1)
        return boxed(column(self.title, below, gap=0))

    def _count_card(self, theme: Theme) -> Card:
        self.bar = StackBar(theme, name="job.result.bar")
        self.cards = {
            look.key: CountCard(theme, look.word, look.icon, look.tone, name=f"job.result.{look.key}")
            for look in LOOKS.values()
        }
        self.sum = Label(theme, "", "small", "text2", name="job.sum")
        self.undo_words = Label(theme, "", "small", "text2", name="job.undo.reason")
        line = row(IconLabel(theme, "check-circle", "ok", 14), self.sum, None, self.undo_words, gap=6)
        counts = count_row(list(self.cards.values()))
        counts.setObjectName("job.result.counts")
        return Card(theme, "", "", self.bar, 2, counts, line, gap=12, margins=(24, 18, 24, 14))

    def _rows_card(self, theme: Theme) -> Card:
        kinds = [(key, key, 0) for key in KEYS]
        self.chips = ChipRow(theme, kinds, name="job.kinds", words="Rows shown", wraps=True)
        self.chips.chosen.connect(self.kind_chosen)
        self.ready = Label(theme, "", "label", "ok", wrap=True, name="job.ready_again")
        self.again = Button(theme, "", "primary", "paper-plane-tilt", name="job.again", on_click=self._go)
        self.fix = Button(
            theme, "Open in the table", "quiet", "table", name="job.fix", on_click=self.fix_wanted.emit
        )
        self.fix.setToolTip("All rows, in the table of step 3")
        bar = row(self.chips, self.fix, gap=10, margins=(16, 12, 8, 11))
        bar.setStretch(0, 1)
        strip = row(self.ready, self.again, gap=12, margins=(16, 0, 16, 11))
        strip.setStretch(0, 1)
        self._strip = boxed(strip)
        self._strip.hide()
        self.table = Table(
            theme, self.model, name="job.table", words="Rows of the result", row_height=32, pad=12
        )
        self.table.setItemDelegate(_KeepingDelegate(theme, self.table, pad=12, cell_ring=True))
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.table.activated.connect(self._edit)
        self.model.modelReset.connect(self._set_widths)
        self.empty = Label(theme, "", "body", "text2", name="job.table.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.hide()
        card = Card(theme, "", "", gap=0, margins=(1, 1, 1, 6))
        card.body.addLayout(bar)
        card.body.addWidget(self._strip)
        card.body.addWidget(rule())
        card.body.addWidget(self.empty, 1)
        card.body.addWidget(self.table, 1)
        return card

    # --- what is shown ----------------------------------------------------------------------------------

    def show_result(
        self,
        line: Listed,
        kinds: dict[str, int],
        mended: Collection[int],
        reason: str = "",
        kept: int = 0,
    ) -> None:
        """The numbers of a job at rest. `kinds`: rows of each chip; `reason`: why nothing can be sent now;
        `kept`: see `kept_words`."""
        self._line, self._words = line, words_of(line)
        words, numbers = self._words, six(line)
        self.title.setText(result_title(line, words.count, words.arrived))
        self.sentence.setText(result_sentence(line))
        self.bar.set_parts(parts(numbers, words.looks))
        for look in words.looks.values():
            card = self.cards[look.key]
            card.set_words(look.word)
            card.set_count(numbers[look.key], self._sentence(look.key, numbers, kinds))
        self.sum.setText(sum_sentence(numbers, words.of))
        self._show_chips(kinds)
        self._show_again(line, mended, reason)
        why = reason or (NO_COPY if not kept else "") if line.deletes else why_not_undo(line) or reason
        self.undo.setText("Restore them…" if line.deletes else "Undo this import…")
        self.undo.set_allowed(not why, why)
        self.undo_words.setText(kept_words(line, kept))
        self.fix.setVisible(not line.deletes)

    def _sentence(self, key: str, numbers: dict[str, int], kinds: dict[str, int]) -> str:
        """What stands under a number."""
        if not numbers[key]:
            return ""
        return self._words.behind(numbers[key], kinds) if key == "skipped" else self._words.states[key]

    def _show_chips(self, kinds: dict[str, int]) -> None:
        mine = {kind.key: kind.words for kind in self._words.kinds}
        for key, chip in self.chips.chips.items():
            chip.set_words(mine.get(key, key))
            chip.setVisible(key in mine and (kinds.get(key, 0) > 0 or key in ("refused", "confirmed")))
        self.chips.set_counts(kinds)

    def _show_again(self, line: Listed, mended: Collection[int], reason: str) -> None:
        """One primary: go on with what is left, or send again what was fixed."""
        self._mended, left = len(mended), line.not_sent + line.unknown
        self.ready.setText("")
        if line.deletes:
            other = f"the other {self._words.count(left)}" if line.arrived else self._words.count(left)
            self.again.setText(f"Delete {other}" if line.not_sent else f"Look at {other} again")
            self.again.set_icon("trash" if line.not_sent else "arrows-clockwise")
        elif line.resumable:
            other = f"the other {rows(left)}" if line.arrived else rows(left)
            self.again.setText(f"Send {other}" if line.not_sent else f"Send {rows(left)} again")
            self.again.set_icon("paper-plane-tilt")
            if self._mended:
                self.ready.setText(f"{rows(self._mended)} fixed, sent with them")
        elif self._mended:
            self.ready.setText(f"{rows(self._mended)} fixed, ready to send again")
            self.again.setText(f"Send {rows(self._mended)} again")
        self._strip.setVisible(line.resumable or self._mended > 0)
        self.again.set_allowed(not reason, reason)
        if reason:
            self.ready.setText(reason)
        self.ready.set_tone("text2" if reason else "ok")

    def show_rows(self, kind: str, ids: Sequence[int], mended: Collection[int]) -> None:
        """The rows behind a chip."""
        self.model.show_ids(ids, mended)
        words = next((each.words for each in self._words.kinds if each.key == kind), kind).lower()
        self.empty.setText(f"No row is {words}." if words != "duplicates" else "There are no duplicates.")
        self.empty.setVisible(not ids)
        self.table.setVisible(bool(ids))

    def show_job(self, job: Job | None, shape: Shape, may_edit: bool) -> None:
        self.model.words = self._words
        self.model.show_job(job, shape, may_edit)

    def show_writing(self, sentence: str) -> None:
        """How far the workbook is; "" when it is done."""
        if sentence:
            self.writing.set(sentence, "info")
        self.writing.setVisible(bool(sentence))
        self.save.set_allowed(not sentence, "The workbook is being written.")

    def choose_first(self, kinds: dict[str, int]) -> str:
        """The chip that needs a look most; its key."""
        key = next((kind.key for kind in self._words.kinds if kinds.get(kind.key)), "confirmed")
        self.chips.blockSignals(True)
        self.chips.choose(key)
        self.chips.blockSignals(False)
        return key

    def kind(self) -> str:
        return self.chips.current()

    @Slot()
    def _set_widths(self) -> None:
        for number, width in enumerate(WIDTHS):
            self.table.setColumnWidth(number, width)
        for number in range(len(FIRST), self.model.columnCount()):
            self.table.setColumnWidth(number, self.model.width(number))

    # --- what a person does -----------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _edit(self, index: QModelIndex) -> None:
        """Return edits the cell, or the first cell of the row that can be."""
        if index.column() < len(FIRST):
            index = index.siblingAtColumn(len(FIRST))
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.table.edit(index)

    @Slot()
    def _go(self) -> None:
        if self._line is not None and self._line.resumable:
            self.resume_wanted.emit()
        else:
            self.send_again_wanted.emit()

    @Slot()
    def _take_back(self) -> None:
        if self._line is not None:
            (self.restore_wanted if self._line.deletes else self.undo_wanted).emit()

    @Slot()
    def _save(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.workbook_wanted.emit(str(action.data()))

    def save_action(self) -> QAction:
        """For the palette: save the workbook of all rows (Ctrl+S)."""
        action = QAction("Save result workbook", self)
        action.setData("all")
        action.setShortcut(QKeySequence(QKeySequence.StandardKey.Save))
        action.triggered.connect(self._save)
        return action
