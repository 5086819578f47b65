"""The strip below a profile: what waits to be saved, what stands against it, and Save."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    ElidedLabel,
    IconButton,
    IconLabel,
    KeyHint,
    Label,
    Scroll,
    StagedChip,
    Surface,
    boxed,
    column,
    row,
    rule,
)
from nv_desktop.gui.widgets.flow import FlowBox

Chips = Sequence[tuple[str, str, str, str]]
"""(field name, its label, old words, new words)"""


class StagedStrip(Surface):
    """Hidden while nothing waits. `taken_back(name)`, `all_taken_back()`; `save`, `preview` are buttons."""

    taken_back = Signal(str)
    all_taken_back = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("foot", name="people.staged")
        self._theme = theme
        self._shown: list[tuple[str, str, str, str]] = []
        self._can_save = False
        self._saving = False
        self._new = False
        self._title = Label(theme, "", "strong", name="people.staged.title")
        self.preview = Button(theme, "See what is sent", "quiet", size="small", name="people.preview")
        self._chips = FlowBox()
        self._chips.installEventFilter(self)
        self._scroll = Scroll(column(self._chips, None), words="Changes not saved yet")
        self._scroll.setMaximumHeight(70)
        icon = IconLabel(theme, "warning-circle-fill", "error", 15, "Problem")
        self._sentence = ElidedLabel(theme, "", "label", "error", name="people.problem")
        self.show_problem = Button(theme, "Show it", "link", name="people.problem.show")
        self._problem = boxed(row(icon, self._sentence, self.show_problem, KeyHint(theme, "F8"), None, gap=8))
        self._waiting = Label(theme, "", "label", "text2", name="people.saving")
        self._back = Button(theme, "Take all back", name="people.take_back")
        self._back.clicked.connect(self.all_taken_back)
        self.save = Button(theme, "Save", "primary", name="people.save")
        head = row(self._title, None, self.preview)
        foot = row(self._problem, self._waiting, None, self._back, self.save)
        foot.setStretch(0, 1000)  # the sentence shortens last
        self.setLayout(column(head, self._scroll, rule(), foot, gap=8, margins=(24, 10, 24, 12)))
        self.hide()

    def show_changes(self, chips: Chips, *, is_new: bool, can_save: bool, problem: str) -> None:
        """Show what waits; `problem` says what stands against saving."""
        self._can_save, self._new = can_save, is_new
        if [*chips] != self._shown:
            self._shown = [*chips]
            made = [self._chip(each) for each in chips]
            self._chips.set_widgets(made)
            self._order_tabs(made)
        count = len(chips)
        self._scroll.setVisible(bool(chips))
        if is_new:
            self._title.setText(f"New profile, {_changes(count, 'value')}, not saved yet")
            self.save.setText("Create profile")
        else:
            self._title.setText(f"{_changes(count, 'change')}, not saved yet")
            self.save.setText(f"Save {_changes(count, 'change')}" if count else "Save")
        self._sentence.setText(problem)
        self._problem.setVisible(bool(problem))
        self.setVisible(bool(chips) or is_new)
        self._allow()
        self._fit()

    def set_saving(self, saving: bool) -> None:
        self._saving = saving
        self._waiting.setText("Saving… reading the profile again first." if saving else "")
        self._waiting.setVisible(saving)
        self._chips.setEnabled(not saving)
        self._allow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._chips and event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # chips know their widths only once they are styled
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        wanted = self._chips.flow.heightForWidth(max(200, self.width() - 62))
        self._scroll.setFixedHeight(min(max(30, wanted), 70))

    def _allow(self) -> None:
        self.save.set_allowed(
            self._can_save and not self._saving,
            "A save is under way" if self._saving else self._sentence.full_text() or "Nothing to save yet",
        )
        self._back.setEnabled((bool(self._shown) or self._new) and not self._saving)
        self._back.setText("Discard" if self._new else "Take all back")
        self._problem.setVisible(bool(self._sentence.full_text()) and not self._saving)

    def _order_tabs(self, chips: Sequence[QWidget]) -> None:
        """From the preview over the chips to the buttons below."""
        before: QWidget = self.preview
        for chip in chips:
            button = chip.findChild(IconButton)
            if button is not None:
                self.setTabOrder(before, button)
                before = button

    def _chip(self, each: tuple[str, str, str, str]) -> QWidget:
        name, label, old, new = each
        chip = StagedChip(self._theme, label, old, new, name=f"people.staged.{name}")
        chip.setProperty("field", name)
        chip.taken_back.connect(self._take_back)
        return chip

    @Slot()
    def _take_back(self) -> None:
        chip = self.sender()
        if isinstance(chip, StagedChip):
            self.taken_back.emit(str(chip.property("field")))


class DoneLine(Surface):
    """What went well, in the strip's place: nothing above it moves when it comes or goes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("foot", name="people.done")
        self._words = ElidedLabel(theme, "", "medium", name="people.done.sentence")
        icon = IconLabel(theme, "check-circle-fill", "ok", 15, "Done")
        line = row(icon, self._words, gap=8, margins=(24, 10, 24, 10))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()

    def say(self, sentence: str) -> None:
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()


def _changes(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
