"""Small pieces that the three steps share: what the footer says, and work in progress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.importing import Step as Progress
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, Card, Label, ProgressBar, Surface, column, row


def tab_through(first: QWidget, inside: QWidget) -> None:
    """The Tab key goes from `first` through `inside` in reading order, then on to where it went before.

    What is built later than its neighbours comes last otherwise.
    """
    before = first
    for part in _in_reading_order(inside):
        QWidget.setTabOrder(before, part)
        before = part


def _in_reading_order(inside: QWidget) -> Iterator[QWidget]:
    """The parts that take the Tab key, in the order in which their layouts hold them: as they were made."""
    for child in inside.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None:
            yield child
        else:
            yield from _in_reading_order(child)


@dataclass(frozen=True, slots=True)
class FootWords:
    """What the footer says at a step. `next` "": no button to go on. `extra`: a second button."""

    next: str = ""
    allowed: bool = False
    reason: str = ""
    tone: str = "text2"
    extra: str = ""
    back: str = "Back"


class Foot(Surface):
    """Back on the left; on the right the reason or the numbers, and the way on."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("foot", name="import.foot")
        self.setFixedHeight(60)
        self.back = Button(theme, "Back", icon="arrow-left", name="import.back")
        self.next = Button(theme, "Next", "primary", name="import.next")
        self.extra = Button(theme, "", name="import.save_stopped")
        self.reason = Label(theme, "", "body", rich=True, name="import.reason")
        layout = row(self.back, None, self.reason, 6, self.extra, self.next, gap=10, margins=(24, 0, 24, 0))
        self.setLayout(layout)
        self.say(FootWords())

    def say(self, words: FootWords) -> None:
        self.back.setVisible(bool(words.back))
        self.back.setText(words.back)
        self.next.setVisible(bool(words.next))
        self.next.setText(words.next)
        plain = words.reason.replace("<b>", "").replace("</b>", "")
        self.next.set_allowed(words.allowed, plain)
        self.reason.setText(words.reason)
        self.reason.set_tone(words.tone)
        self.reason.setAccessibleName(plain)
        self.extra.setVisible(bool(words.extra))
        self.extra.setText(words.extra)


class Working(QWidget):
    """Something is at work: what, how far, and a way to stop it. cancelled(): it was pressed."""

    cancelled = Signal()

    def __init__(self, theme: Theme, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.title = Label(theme, "", "panel", name=f"{name}.title")
        self.sentence = Label(theme, "", "body", "text2", name=f"{name}.sentence")
        self.bar = ProgressBar(theme, name=f"{name}.bar")
        self.bar.setFixedWidth(420)
        self._stop = Button(theme, "Cancel", name=f"{name}.cancel", on_click=self._cancel)
        card = Card(
            theme, "", "", self.title, self.sentence, 4, self.bar, 6, row(None, self._stop),
            gap=6, margins=(28, 24, 28, 22),
        )  # fmt: skip
        self.setLayout(column(None, row(None, card, None), None, None))

    def begin(self, title: str, sentence: str = "", *, may_stop: bool = True) -> None:
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.setAccessibleName(title)
        self._stop.setEnabled(may_stop)
        self.bar.set_progress(0, None)

    def tell(self, step: Progress) -> None:
        """How far the worker is."""
        words = {"read": "read", "check": "checked", "compare": "compared"}.get(step.doing, step.doing)
        of = f" of {step.of:,}" if step.of else ""
        self.sentence.setText(f"{step.rows:,}{of} rows {words}")
        self.bar.set_progress(step.rows, step.of or None)

    @Slot()
    def _cancel(self) -> None:
        self._stop.setEnabled(False)
        self.cancelled.emit()
