"""The five steps of an import, with a way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from nv_desktop.gui.theme import Theme

IMPORT_STEPS = ("File", "Columns", "Check", "Send", "Result")


class Stepper(QWidget):
    """Steps of which one is open. `step_chosen(number)` when a person goes back to an earlier one.

    Steps up to `reachable` can be pressed; the page then calls `set_current`.
    """

    step_chosen = Signal(int)

    def __init__(
        self, theme: Theme, steps: Sequence[str] = IMPORT_STEPS, *, name: str = "import.steps"
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Steps")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.steps = [_Step(theme, number, words, len(steps)) for number, words in enumerate(steps)]
        for step in self.steps:
            step.setObjectName(f"{name}.{step.words.lower()}")
            step.chosen.connect(self.step_chosen)
            layout.addWidget(step)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_current(0)

    def current(self) -> int:
        return self._current

    def set_current(self, current: int, reachable: int | None = None) -> None:
        """Open step `current` (from 0); steps before it, and others up to `reachable`, can be pressed."""
        self._current = current
        furthest = current if reachable is None else max(current, reachable)
        for step in self.steps:
            step.set_place(current, step.number <= furthest)


class _Step(QAbstractButton):
    chosen = Signal(int)

    def __init__(self, theme: Theme, number: int, words: str, count: int) -> None:
        super().__init__()
        self._theme, self.number, self.words = theme, number, words
        self._is_last = number == count - 1
        self._place = 0
        self.setFixedHeight(30)
        self.clicked.connect(self._choose)
        theme.changed.connect(self.update)

    def set_place(self, current: int, reachable: bool) -> None:
        self._place = (self.number > current) - (self.number < current)
        state = {-1: "done", 0: "open now", 1: "not yet"}[self._place]
        self.setAccessibleName(f"Step {self.number + 1}, {self.words}, {state}")
        self.setEnabled(reachable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if reachable else Qt.FocusPolicy.NoFocus)
        self.updateGeometry()
        self.update()

    def _choose(self) -> None:
        if self._place:
            self.chosen.emit(self.number)

    def sizeHint(self) -> QSize:
        # The weight changes with the state, the width must not.
        words = QFontMetrics(self._theme.font("strong")).horizontalAdvance(self.words)
        return QSize(30 + words + (12 if self._is_last else 48), 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color
        is_done, is_open = self._place < 0, self._place == 0
        circle = QRectF(0.75, 4.75, 20.5, 20.5)
        painter.setPen(QPen(color("accent" if is_done or is_open else "line2"), 1.5))
        fill = "accent" if is_open else "accent_tint" if is_done else ""
        painter.setBrush(color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if is_done:
            self._theme.icons.paint(painter, QRectF(5, 9, 12, 12), "check-bold", "accent_t")
        else:
            painter.setFont(self._theme.font("badge"))
            painter.setPen(color("on_accent" if is_open else "text3"))
            painter.drawText(QRectF(0, 4, 22, 22), Qt.AlignmentFlag.AlignCenter, str(self.number + 1))
        font = self._theme.font("strong" if is_open else "medium")
        width = QFontMetrics(font).horizontalAdvance(self.words)
        painter.setFont(font)
        painter.setPen(color("text" if is_open else "text2" if is_done else "text3"))
        words = QRectF(30, 0, width + 4, 30)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.words)
        if not self._is_last:
            painter.setPen(QPen(color("accent" if is_done else "line2"), 1.5))
            painter.drawLine(QPointF(self.width() - 36, 15), QPointF(self.width() - 12, 15))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color("accent_t"), 2))
            painter.drawRoundedRect(QRectF(1, 1, 34 + width, 28).intersected(QRectF(self.rect())), 6, 6)
        elif self.underMouse() and self.isEnabled() and not is_open:
            painter.setPen(color("text2"))
            painter.drawLine(QPointF(30, 23.5), QPointF(30 + width, 23.5))
