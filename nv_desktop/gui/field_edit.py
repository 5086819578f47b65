"""One field of a profile: its text, its rule, what is wrong in words under it, and a mend for one click.

Checked when it is left, and from then on at each keystroke (`core.fields` decides what is valid). Holds no
profile: the form tells it what stands in it and hears `typed(name, text)`.
"""

from __future__ import annotations

from PySide6.QtCore import QDate, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QBoxLayout, QCalendarWidget, QComboBox, QLineEdit, QMenu, QWidgetAction

from nv_desktop.core import fields, steps
from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Level, Problem, Type
from nv_desktop.gui.field_words import day_words, shown_text, stored_text, text_words
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, ComboBox, ElidedLabel, Field, boxed, row

LONGEST = 1_000_000
"""Characters an input takes: far more than any value, since Qt would cut a longer one in silence."""

NOTHING = "Not set"
PLACEHOLDERS = {Type.DATE: "YYYY-MM-DD", Type.LIST: "one; two; three", Type.JSON: '{"key": "value"}'}
YES_NO = (("true", "Yes"), ("false", "No"))


class FieldEdit(Field):
    """An input for one `core.fields.Field`; `typed(name, text)` at each change a person makes.

    Choices and yes/no are a combo box, all else a line. `in_table` leaves out the label and puts the old
    value beside the input. The input's object name is `name`.
    """

    typed = Signal(str, str)
    was_left = Signal(str)

    def __init__(
        self, theme: Theme, field: fields.Field, *, name: str, label: str = "", in_table: bool = False
    ) -> None:
        self.field = field
        self._watched = False
        self._problem: Problem | None = None
        self._mended = ""
        self._stored = ""
        self._calendar: QAction | None = None
        choices = field.choices or (YES_NO if field.type is Type.BOOLEAN else ())
        self._choices = choices
        editor: QLineEdit | QComboBox
        editor = ComboBox(theme, [("", NOTHING), *choices]) if choices else QLineEdit()
        self._beside = ElidedLabel(theme, "", "caption", "accent") if in_table else None
        super().__init__(
            theme,
            label or field.label,
            editor,
            name=name,
            placeholder=PLACEHOLDERS.get(field.type, ""),
            beside=self._beside,
        )
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(LONGEST)
        if self._beside is not None:
            self.label.hide()
            self._beside.hide()
            self._beside.setMaximumWidth(220)
            editor.setProperty("kind", "cell")
            self._hint.setContentsMargins(10, 0, 0, 0)
        self._mend = Button(theme, "", "link", name=f"{name}.mend", on_click=self._use_mend)
        self._mend_row = boxed(row(19, self._mend, None, gap=0))
        self._mend_row.hide()
        layout = self.layout()
        if isinstance(layout, QBoxLayout):
            layout.insertWidget(3, self._mend_row)  # under the sentence
        if field.type is Type.DATE and isinstance(editor, QLineEdit):
            self._add_calendar(theme, editor)
        self.edited.connect(self._tell_typed)
        self.left.connect(self._tell_left)

    # what the form tells

    def show_value(self, text: str, was: str | None, problem: Problem | None) -> None:
        """The text as the draft has it, the old value's words (None: unchanged), what is to be said of it."""
        self._stored = text
        if self.text() != text:
            self.set_text(text)
        self.set_changed(was)
        self._problem = problem
        if was is None:
            self._watched = False
        self._say()

    def reveal(self) -> None:
        """Say what is wrong now, whether or not the field was left."""
        self._watched = True
        self._say()

    def says_error(self) -> bool:
        """Whether an error stands under the field."""
        return bool(self.problem.text())

    def has_error(self) -> bool:
        return self._problem is not None and self._problem.level >= Level.ERROR

    # as the kit asks for

    def text(self) -> str:
        editor = self.editor
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "")
        return stored_text(self.field, super().text(), self._stored)

    def set_text(self, text: str) -> None:
        """Show `text`; a value that is none of the choices is shown as it is."""
        editor = self.editor
        if not isinstance(editor, QComboBox):
            super().set_text(shown_text(self.field, text))
            return
        while editor.count() > len(self._choices) + 1:
            editor.removeItem(editor.count() - 1)
        if editor.findData(text) < 0:
            editor.addItem(text, text)
        editor.setCurrentIndex(editor.findData(text))

    def set_read_only(self, read_only: bool, reason: str = "") -> None:
        """As the kit's; without styling anew an input that is so already."""
        editor = self.editor
        is_so = editor.isReadOnly() if isinstance(editor, QLineEdit) else not editor.isEnabled()
        if is_so != read_only or reason:
            super().set_read_only(read_only, reason)
        if self._calendar is not None:
            self._calendar.setVisible(not read_only)

    def set_changed(self, was: str | None) -> None:
        super().set_changed(was)
        if self._beside is not None:
            self._was.hide()
            self._beside.setText("" if was is None else f"was {was}" if was else "new")
            self._beside.setVisible(was is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Undo is the form's: the input's own would bring back a text that the draft knows nothing of.
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(
            event, QKeyEvent
        ):
            undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(
                QKeySequence.StandardKey.Redo
            )
            if watched is self.editor and (undo or event.matches(QKeySequence.StandardKey.Save)):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    # inside

    def _add_calendar(self, theme: Theme, editor: QLineEdit) -> None:
        pick = self._calendar = QAction(theme.icon("calendar-blank", "text2", 16), "Choose a day", editor)
        pick.triggered.connect(self._show_calendar)
        editor.addAction(pick, QLineEdit.ActionPosition.TrailingPosition)

    @Slot()
    def _show_calendar(self) -> None:
        calendar = QCalendarWidget()
        calendar.setAccessibleName(f"{self.field.label}: choose a day")
        day = QDate.fromString(self.text(), "yyyy-MM-dd")
        if day.isValid():
            calendar.setSelectedDate(day)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        calendar.clicked.connect(self._take_day)
        calendar.activated.connect(self._take_day)
        calendar.clicked.connect(menu.close)
        menu.popup(self.editor.mapToGlobal(self.editor.rect().bottomLeft()))

    @Slot(QDate)
    def _take_day(self, day: QDate) -> None:
        self._type(day.toString("yyyy-MM-dd"))

    @Slot()
    def _use_mend(self) -> None:
        if self._mended:
            self._type(self._mended)

    def _type(self, text: str) -> None:
        self.set_text(text)
        self._tell_typed()
        self.was_left.emit(self.field.name)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _tell_typed(self) -> None:
        self.typed.emit(self.field.name, self.text())

    @Slot()
    def _tell_left(self) -> None:
        self.reveal()
        self.was_left.emit(self.field.name)

    def _say(self) -> None:
        problem = self._problem
        error = problem if problem and problem.level >= Level.ERROR else None
        self.set_problem(error.message if error and self._watched else "")
        self._mended = mended(self.field, self.text()) if error and self._watched else ""
        self._mend.setText(f"Use “{text_words(self.field, self._mended)}”")
        self._mend_row.setVisible(bool(self._mended))
        self._mend.setAccessibleName(f"{self.field.label}: {self._mend.text()}")
        self.set_hint(problem.message if problem and not error else self._hint_of_value())

    def _hint_of_value(self) -> str:
        return day_words(self.text()) if self.field.type is Type.DATE and self._beside is None else ""


def mended(field: fields.Field, text: str) -> str:
    """The text that the step proposed by the field's Problem would make, if that is valid; else ""."""
    for problem in fields.parse(field, text).problems if text else ():
        if problem.step is None or steps.asks(problem.step):
            continue
        try:
            made = steps.make(problem.step)(text)
        except Rejected:
            continue  # a proposal that is no step of the table can't be offered
        if made and made != text and fields.parse(field, made).ok:
            return made
    return ""
