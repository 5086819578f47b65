"""The card of custom attributes: name, type and value a row, and a row to add one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from nv_desktop.core import fields
from nv_desktop.core.fields import TYPE_LABELS, Problem, Type
from nv_desktop.gui.field_edit import PLACEHOLDERS, YES_NO, FieldEdit
from nv_desktop.gui.field_words import TYPE_ICONS
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    ComboBox,
    ElidedLabel,
    Field,
    IconButton,
    IconLabel,
    Label,
    boxed,
    column,
    row,
    rule,
    section_title,
)

NAME_WIDTH = 190
TYPE_WIDTH = 120
AT_ONCE = 8
"""Rows made in one turn of the event loop: each takes a few milliseconds."""


class AttributeRow(QWidget):
    """One attribute: its name, the type it has for ever, its value."""

    def __init__(self, theme: Theme, field: fields.Field) -> None:
        super().__init__()
        name = ElidedLabel(theme, field.name, "mono")
        name.setFixedWidth(NAME_WIDTH)
        kind = Label(theme, TYPE_LABELS[field.type], "small", "text2")
        type_box = boxed(row(IconLabel(theme, TYPE_ICONS[field.type], "text3", 14), kind, None, gap=6))
        type_box.setFixedWidth(TYPE_WIDTH)
        self.edit = FieldEdit(theme, field, name=f"profile.attribute.{field.name}", in_table=True)
        self.edit.editor.setAccessibleName(f"{field.name}, {TYPE_LABELS[field.type]}")
        line = row(name, type_box, self.edit, gap=12, margins=(18, 3, 12, 3))
        line.setStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        name.setFixedHeight(30)
        type_box.setFixedHeight(30)
        line.setAlignment(name, top)
        line.setAlignment(type_box, top)
        self.setLayout(column(rule(), line, gap=0))


class AddRow(QWidget):
    """Name, type and value of an attribute to be added. `added(name, type, text)`, `closed()`."""

    added = Signal(str, str, str)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._known: Mapping[str, str] = {}
        self._taken: Sequence[str] = ()
        self.name = Field(
            theme, "Name", QLineEdit(), name="profile.add.name", placeholder="loyalty_tier", mono=True
        )
        options = [(str(kind), TYPE_LABELS[kind]) for kind in Type]
        self.type = ComboBox(theme, options, name="profile.add.type", words="Type")
        self._type_field = Field(theme, "Type", self.type, name="profile.add.type")
        self.value = Field(theme, "Value", QLineEdit(), name="profile.add.value")
        self.yes_no = ComboBox(theme, YES_NO, name="profile.add.yes_no", words="Value")
        self._yes_no_field = Field(theme, "Value", self.yes_no, name="profile.add.yes_no")
        self._yes_no_field.hide()
        self.button = Button(theme, "Add", name="profile.add.ok", on_click=self._add)
        away = IconButton(theme, "x", "Put this row away", size=14, name="profile.add.close")
        away.clicked.connect(self.closed)
        buttons = column(20, row(self.button, away, gap=4), None, gap=0)
        self.name.setMinimumWidth(170)
        self._type_field.setFixedWidth(140)
        top = Qt.AlignmentFlag.AlignTop
        line = row(gap=12, margins=(18, 12, 12, 14))
        parts = ((self.name, 2), (self._type_field, 0), (self.value, 3), (self._yes_no_field, 3))
        for part, stretch in parts:
            line.addWidget(part, stretch, top)
        line.addLayout(buttons)
        self.setLayout(column(rule(), line, gap=0))
        self.name.edited.connect(self._follow_name)
        self.value.edited.connect(self._check_value)
        self.type.activated.connect(self._follow_type)
        for field in (self.name, self.value):
            if isinstance(field.editor, QLineEdit):
                field.editor.returnPressed.connect(self._add)

    def open(self, known: Mapping[str, str], taken: Sequence[str]) -> None:
        """Begin anew. `known`: types of this account's attributes; `taken`: names the profile has."""
        self._known, self._taken = known, taken
        for field in (self.name, self.value):
            field.set_text("")
            field.set_problem("")
        self.type.choose(str(Type.TEXT))
        self._follow_name()
        self.name.set_problem("")
        self.show()
        self.name.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _follow_name(self) -> None:
        """A name that the account knows has its type already."""
        known = self._known.get(self.name.text())
        if known is not None:
            self.type.choose(known)
        self.type.setEnabled(known is None)
        self._type_field.set_hint("Always this type in this account" if known is not None else "")
        self._follow_type()
        if self.name.problem.text():
            self.name.set_problem(self._name_problem())

    @Slot()
    def _follow_type(self) -> None:
        """Yes or no is chosen; what else there is to write says how."""
        kind = Type(self.type.current_key())
        self._yes_no_field.setVisible(kind is Type.BOOLEAN)
        self.value.setVisible(kind is not Type.BOOLEAN)
        if isinstance(self.value.editor, QLineEdit):
            self.value.editor.setPlaceholderText(PLACEHOLDERS.get(kind, ""))
        self._check_value()

    def _text(self) -> str:
        """The value as it is added."""
        chosen = Type(self.type.current_key()) is Type.BOOLEAN
        return self.yes_no.current_key() if chosen else self.value.text()

    def _name_problem(self) -> str:
        name = self.name.text()
        problem = fields.check_name(name)
        if problem is not None:
            return problem.message
        return "The profile has this attribute already." if name in self._taken else ""

    def _value_problem(self) -> str:
        text = self._text()
        if not text:
            return "Type a value: an attribute without one is not sent."
        parsed = fields.parse(fields.custom(self.name.text(), Type(self.type.current_key())), text)
        return "" if parsed.ok else parsed.problems[0].message

    @Slot()
    def _check_value(self) -> None:
        if self.value.problem.text():
            self.value.set_problem(self._value_problem())

    @Slot()
    def _add(self) -> None:
        self.name.set_problem(self._name_problem())
        self.value.set_problem(self._value_problem())
        for field in (self.name, self.value):
            if field.problem.text():
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.added.emit(self.name.text(), self.type.current_key(), self._text())


class AttributesCard(Card):
    """All custom attributes. `typed` and `was_left` as of `FieldEdit`; `added(name, type, text)`,
    `opened()` when the row to add one appears, `grown()` when more rows stand there."""

    typed = Signal(str, str)
    was_left = Signal(str)
    added = Signal(str, str, str)
    opened = Signal()
    grown = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, gap=0, margins=(1, 12, 1, 4), name="profile.attributes")
        self.setAccessibleName("Custom attributes")
        self._theme = theme
        self._known: Mapping[str, str] = {}
        self.rows: dict[str, AttributeRow] = {}
        self._waiting: list[fields.Field] = []
        self._order: list[str] = []
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._make_more)
        self.add_button = Button(
            theme, "Add attribute", "quiet", "plus", size="small", name="profile.add", on_click=self.open_add
        )
        title = section_title(theme, "Custom attributes", "list-bullets", self.add_button)
        title.setContentsMargins(17, 0, 12, 6)
        self.body.addLayout(title)
        heads = [Label(theme, text, "label", "text2") for text in ("Name", "Type", "Value")]
        heads[0].setFixedWidth(NAME_WIDTH)
        heads[1].setFixedWidth(TYPE_WIDTH)
        heads[2].setContentsMargins(10, 0, 0, 0)
        self._heads = boxed(row(*heads, gap=12, margins=(18, 2, 12, 6)))
        self.body.addWidget(self._heads)
        self._list = column(gap=0)
        self.body.addLayout(self._list)
        self._empty = Label(theme, "This profile has none yet.", "body", "text3")
        self._empty.setContentsMargins(18, 6, 18, 12)
        self.body.addWidget(self._empty)
        self.add_row = AddRow(theme)
        self.add_row.hide()
        self.add_row.added.connect(self.added)
        self.add_row.closed.connect(self.close_add)
        self.body.addWidget(self.add_row)

    def set_fields(self, shown: Sequence[fields.Field], known: Mapping[str, str]) -> None:
        """Show a row for each of these fields; a row that is there with the same type stays as it is."""
        self._known = known
        wanted = {field.name: field for field in shown}
        for name in [*self.rows]:
            if name not in wanted or self.rows[name].edit.field.type is not wanted[name].type:
                gone = self.rows.pop(name)
                self._list.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
        self._waiting = [field for field in shown if field.name not in self.rows]
        self._order = [field.name for field in shown]
        self._make_some()
        self._heads.setVisible(bool(shown))
        self._empty.setVisible(not shown and self.add_row.isHidden())

    def _make_some(self) -> None:
        """Make some rows now and the rest in later turns, so that a long profile never halts the window."""
        batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        for field in batch:
            made = self.rows[field.name] = AttributeRow(self._theme, field)
            made.edit.typed.connect(self.typed)
            made.edit.was_left.connect(self.was_left)
            place = sum(name in self.rows for name in self._order[: self._order.index(field.name)])
            self._list.insertWidget(place, made)
        self._order_tabs()
        if self._waiting:
            self._more.start(0)

    def _order_tabs(self) -> None:
        """The keyboard goes from value to value as they stand; rows made late would come last."""
        before: QWidget = self.add_button
        for name in self._order:
            if name in self.rows:
                editor = self.rows[name].edit.editor
                self.setTabOrder(before, editor)
                before = editor

    @Slot()
    def _make_more(self) -> None:
        self._make_some()
        self.grown.emit()

    def show_value(self, name: str, text: str, was: str | None, problem: Problem | None) -> None:
        self.rows[name].edit.show_value(text, was, problem)

    @Slot()
    def open_add(self) -> None:
        """Show the row in which an attribute is added."""
        self._empty.hide()
        self.add_row.open(self._known, [*self.rows])
        self.opened.emit()

    @Slot()
    def close_add(self) -> None:
        had_focus = self.add_row.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.add_row.hide()
        self._empty.setVisible(not self.rows)
        if had_focus:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_read_only(self, read_only: bool, reason: str) -> None:
        self.add_button.set_allowed(not read_only, reason)
        for each in self.rows.values():
            each.edit.set_read_only(read_only)
