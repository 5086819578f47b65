"""The consent card: each opt-in as a word on a badge, chosen from a list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, OPT_INS, Level, Problem
from nv_desktop.gui.field_edit import NOTHING
from nv_desktop.gui.field_words import OPT_IN_TONES, short
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Card, ComboBox, IconLabel, Label, boxed, column, row, rule
from nv_desktop.gui.widgets.text import badge_width, paint_badge

_ICONS = {
    "email_opt_in": "envelope-simple",
    "sms_opt_in": "chat-circle-text",
    "whatsapp_opt_in": "whatsapp-logo",
}
_SENTENCES = {"": "Nothing on file", "0": "Has not agreed", "1": "Has agreed", "2": "Nothing arrives there"}
RAISED = "Only if the person has agreed"


class OptInBox(ComboBox):
    """A combo box that is painted as a badge with an arrow."""

    def __init__(self, theme: Theme, field: fields.Field, *, name: str) -> None:
        super().__init__(theme, [("", NOTHING), *field.choices], name=name, words=field.label)
        self._theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.currentIndexChanged.connect(self._fit)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self._theme, self.currentText()) + 30, 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @Slot()
    def _fit(self) -> None:
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, area = self._theme, QRectF(self.rect())
        if self.hasFocus() or (self.underMouse() and self.isEnabled()):
            painter.setBrush(theme.color("hover") if not self.hasFocus() else Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent_t"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)
        width = badge_width(theme, self.currentText())
        box = QRectF(6, (area.height() - 20) / 2, width, 20)
        paint_badge(painter, theme, box, self.currentText(), OPT_IN_TONES.get(self.current_key(), "plain"))
        if self.isEnabled():
            arrow = QRectF(box.right() + 6, area.center().y() - 6, 12, 12)
            theme.icons.paint(painter, arrow, "caret-down", "text2")


class ConsentRow(QWidget):
    """One opt-in: its way, what it means, the badge. Meets the form as `FieldEdit` does."""

    typed = Signal(str, str)
    was_left = Signal(str)

    def __init__(self, theme: Theme, field: fields.Field, *, name: str) -> None:
        super().__init__()
        self.field = field
        self._problem: Problem | None = None
        self.editor = OptInBox(theme, field, name=name)
        self.label = Label(theme, short(field), "medium")
        self._sentence = Label(theme, "", "second", "text3", name=f"{name}.meaning")
        self.problem = Label(theme, "", "label", "error", wrap=True, name=f"{name}.problem")
        self._problem_row = boxed(
            row(IconLabel(theme, "warning-circle-fill", "error", 14, "Problem"), self.problem, gap=5)
        )
        self._problem_row.hide()
        words = column(self.label, self._sentence, gap=0)
        line = row(IconLabel(theme, _ICONS[field.name], "text2", 18), words, None, self.editor, gap=10)
        self.setLayout(column(line, self._problem_row, gap=4, margins=(0, 8, 0, 8)))
        self.editor.activated.connect(self._tell_typed)

    @Slot()
    def _tell_typed(self) -> None:
        self.typed.emit(self.field.name, self.editor.current_key())
        self.was_left.emit(self.field.name)

    def text(self) -> str:
        return self.editor.current_key()

    def show_value(self, text: str, was: str | None, problem: Problem | None) -> None:
        """See `FieldEdit.show_value`."""
        box = self.editor
        while box.count() > len(self.field.choices) + 1:
            box.removeItem(box.count() - 1)
        if box.findData(text) < 0:
            box.addItem(text, text)
        box.choose(text)
        box.updateGeometry()
        raised = was is not None and text == "1"
        sentence = _SENTENCES.get(text, "") if was is None else f"was {was or NOTHING}"
        self._sentence.setText(sentence)
        self._sentence.set_tone("text3" if was is None else "accent")
        self._sentence.set_role("second" if was is None else "caption")
        self._sentence.setToolTip(RAISED if raised else "")
        self._problem = problem
        self.reveal()
        box.setAccessibleDescription(self.problem.text() or f"{sentence}. {RAISED if raised else ''}".strip())

    def reveal(self) -> None:
        """Say what is wrong."""
        self.problem.setText(self._problem.message if self._problem and self.has_error() else "")
        self._problem_row.setVisible(bool(self.problem.text()))

    def says_error(self) -> bool:
        return bool(self.problem.text())

    def has_error(self) -> bool:
        return self._problem is not None and self._problem.level >= Level.ERROR

    def set_read_only(self, read_only: bool, reason: str = "") -> None:
        self.editor.setEnabled(not read_only)
        self.editor.setToolTip(reason if read_only else "")


def consent_card(theme: Theme) -> tuple[Card, dict[str, ConsentRow]]:
    """The card and its rows by the name of the opt-in."""
    rows = {name: ConsentRow(theme, FIELDS[name], name=f"profile.{name}") for name in OPT_INS}
    card = Card(theme, "Consent", "shield-check", 6, gap=0, margins=(18, 14, 12, 10), name="profile.consent")
    for number, each in enumerate(rows.values()):
        if number:
            card.body.addWidget(rule())
        card.body.addWidget(each)
    note = Label(theme, "Change consent only as the person asked.", "small", "text3", wrap=True)
    card.body.addWidget(rule())
    card.body.addLayout(row(note, margins=(0, 10, 0, 4)))
    card.body.addStretch(1)
    return card, rows
