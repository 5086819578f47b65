"""Above the table of the check: its numbers, which rows are shown, the rule for a user ID found twice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from nv_desktop.gui.importing.wording import rows_words
from nv_desktop.gui.importing.work import Overview
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    ChipRow,
    ElidedLabel,
    Label,
    Notice,
    SearchField,
    Segment,
    Surface,
    column,
    row,
)

CHIPS = (
    ("all", "All", None),
    ("errors", "Errors", None),
    ("warnings", "Warnings", None),
    ("notes", "Notes", None),
    ("duplicates", "Duplicates", None),
    ("left_out", "Left out", None),
    ("edited", "Changed by you", None),
)
CHIP_HEIGHT, SHOWN_WIDTH = 26, 140
NARROW = 800
"""Points below which the rule's words and its choices stand one below the other."""
DUPLICATE_RULES = (("last", "Last row wins"), ("first", "First row wins"), ("merge", "Merge them"))


class CheckHead(QWidget):
    """rule_wanted(str): this rule for rows of one user ID. Chips, search and buttons are parts of it."""

    rule_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = Label(theme, "Check", "page", name="import.check.title")
        self.sentence = ElidedLabel(theme, "", "body", "text2", name="import.check.sentence")
        self.undo_button = Button(theme, "Undo", "quiet", "arrow-u-up-left", name="import.undo")
        self.find_button = Button(theme, "Find, replace", icon="magnifying-glass", name="import.find_replace")
        self.chips = ChipRow(theme, CHIPS, name="import.filter", words="Which rows are shown", wraps=True)
        self.search = SearchField(theme, "Filter by text", name="import.search")
        self.search.setFixedWidth(150)
        self.shown = Label(theme, "", "small", "text2", name="import.shown")
        self.banner = Banner(theme, name="import.check.banner")
        self.earlier = Notice(theme, "", "info", "clock-counter-clockwise", name="import.check.earlier")
        self.earlier.hide()
        self.rule = Segment(theme, DUPLICATE_RULES, name="import.duplicates", words="The same user ID twice")
        self._rule_words = Label(theme, "", "small", wrap=True)
        self._rule_use = Button(theme, "Use this rule", size="small", name="import.duplicates.use")
        self._rule_use.clicked.connect(self._use_rule)
        choice = row(self.rule, self._rule_use, None, gap=10)
        self._rule_line = row(self._rule_words, choice, gap=8, margins=(14, 7, 10, 7))
        self._rule_line.setStretch(0, 1)
        self._rule_notice = Surface("notice", self._rule_line, name="import.duplicates.notice")
        self._rule_notice.setProperty("tone", "warn")
        for notice in (self.banner, self.earlier, self._rule_notice):  # the table gets the room
            notice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        filters = row(self.chips, self.shown, gap=8)
        filters.setStretch(0, 1)
        filters.setAlignment(self.shown, Qt.AlignmentFlag.AlignTop)
        self.shown.setFixedHeight(CHIP_HEIGHT)
        self.shown.setMinimumWidth(SHOWN_WIDTH)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(
            column(
                column(
                    row(self.title, None, self.undo_button, self.search, self.find_button, gap=8),
                    self.sentence, gap=2,
                ),
                self.banner, self.earlier, self._rule_notice, filters, gap=10, margins=(24, 16, 20, 12),
            )
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= NARROW
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._rule_line.setDirection(way)
        self._rule_line.setStretch(0, 1 if beside else 0)

    def start_anew(self) -> None:
        """Another job: nothing is said, counted or filtered yet."""
        self.title.setText("Check")
        self.sentence.setText("")
        self.shown.setText("")
        for notice in (self.banner, self.earlier, self._rule_notice):
            notice.hide()
        self.undo_button.set_allowed(False, "Nothing to undo")
        self.chips.set_counts(dict.fromkeys(self.chips.chips, 0))
        for key, chip in self.chips.chips.items():
            chip.setVisible(key == "all")
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        if self.chips.current() != "all":
            self.chips.blockSignals(True)
            self.chips.choose("all")
            self.chips.blockSignals(False)

    def show_overview(self, seen: Overview) -> None:
        """The numbers of a check."""
        self._show_words(seen)
        self._show_rule(seen)
        self.chips.set_counts(seen.counts)
        for key, chip in self.chips.chips.items():
            chip.setVisible(key in ("all", self.chips.current()) or seen.counts[key] > 0)
        self.undo_button.set_allowed(bool(seen.undo), "Nothing to undo")
        if seen.undo:
            self.undo_button.setToolTip(f"Undo: {seen.undo}")

    def say_earlier(self, sentence: str) -> None:
        """How the rows stand to what was confirmed before; "" where nothing was."""
        self.earlier.setVisible(bool(sentence))
        if sentence:
            self.earlier.set(sentence)

    def _show_words(self, seen: Overview) -> None:
        totals = seen.totals
        self.title.setText(f"Check {rows_words(totals.rows)}")
        words = [f"{rows_words(totals.send)} can be sent."]
        errors, others = totals.stopped - totals.skipped, totals.skipped
        if errors:
            words.append(f"{errors:,} {'has' if errors == 1 else 'have'} an error")
        if others:
            words.append(f"{'and ' if errors else ''}{others:,} {'is' if others == 1 else 'are'} left out")
        if totals.stopped:
            words[-1] += ": it stays behind." if totals.stopped == 1 else ": these stay behind."
        self.sentence.setText(" ".join(words))

    def _show_rule(self, seen: Overview) -> None:
        rule = seen.mapping.duplicates
        self._rule_notice.setVisible(seen.shared_ids > 0 or rule != "stop")
        if rule == "stop":
            self._rule_words.setText(
                f"{rows_words(seen.shared_ids)} share a user ID and differ. Which one counts?"
            )
        else:
            self._rule_words.setText("Rows with the same user ID: this rule is in use.")
            if self.rule.current() != rule:
                self.rule.choose(rule)
        self._rule_use.setText("Use this rule" if rule == "stop" else "Change")

    @Slot()
    def _use_rule(self) -> None:
        self.rule_wanted.emit(self.rule.current())
