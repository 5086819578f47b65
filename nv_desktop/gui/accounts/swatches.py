"""The eight colours an account can wear, of which one is chosen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from nv_desktop.gui.theme import ACCOUNT_COLOURS, Theme
from nv_desktop.gui.widgets import Label, column, row


class Swatches(QWidget):
    """`chosen(token)` when a person picks another colour; its name stands above, never colour alone."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, current: str, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._label = Label(theme, "", "label", "text2", name=f"{name}.name")
        self._group = QButtonGroup(self)
        line = row(gap=1)
        for number, token in enumerate(ACCOUNT_COLOURS):
            swatch = _Swatch(theme, token, f"{name}.{token}")
            self._group.addButton(swatch, number)
            line.addWidget(swatch)
        line.addStretch(1)
        self.setLayout(column(self._label, line, gap=4))
        self._group.button(ACCOUNT_COLOURS.index(current)).setChecked(True)
        self._say()
        self._group.idToggled.connect(self._toggled)

    def current(self) -> str:
        return ACCOUNT_COLOURS[self._group.checkedId()]

    def choose(self, token: str) -> None:
        self._group.button(ACCOUNT_COLOURS.index(token)).setChecked(True)

    @Slot(int, bool)
    def _toggled(self, _number: int, checked: bool) -> None:
        if checked:
            self._say()
            self.chosen.emit(self.current())

    def _say(self) -> None:
        words = f"Colour: {self.current().title()}"
        self._label.setText(words)
        self.setAccessibleName(words)


class _Swatch(QAbstractButton):
    """A disc of one colour, with a ring when it is the one, and a wider one with the focus."""

    def __init__(self, theme: Theme, token: str, name: str) -> None:
        super().__init__()
        self._theme, self._token = theme, token
        self.setObjectName(name)
        self.setAccessibleName(f"Colour {token}")
        self.setToolTip(token.title())
        self.setCheckable(True)
        self.setFixedSize(28, 28)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, middle = QPainter(self), QPointF(14, 14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._token))
        painter.drawEllipse(middle, 9, 9)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(self._theme.color(self._token), 2))
            painter.drawEllipse(middle, 12, 12)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("text"), 1.5))
            painter.drawEllipse(middle, 13, 13)
