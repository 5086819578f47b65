"""Things that are filled in, with what is wrong and what it was before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView, QPlainTextEdit, QSizePolicy, QSpinBox, QWidget

from nv_desktop.gui.theme import Theme, repolish
from nv_desktop.gui.widgets.buttons import IconButton
from nv_desktop.gui.widgets.frames import Surface
from nv_desktop.gui.widgets.layout import boxed, column, row
from nv_desktop.gui.widgets.text import ElidedLabel, IconLabel, KeyHint, Label

Editor = QLineEdit | QComboBox | QSpinBox | QPlainTextEdit


class ComboBox(QComboBox):
    """A choice. `options`: (key, text); the wheel changes it only while it has the focus."""

    def __init__(
        self, theme: Theme, options: Sequence[tuple[str, str]] = (), *, name: str = "", words: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setView(QListView())
        self.setFont(theme.font("body"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_options(options)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        self.clear()
        for key, text in options:
            self.addItem(text, key)

    def current_key(self) -> str:
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        self.setCurrentIndex(self.findData(key))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberBox(QSpinBox):
    """A whole number from `low` to `high`; the wheel changes it only while it has the focus."""

    def __init__(
        self, theme: Theme, low: int, high: int, value: int | None = None, *, name: str = "", words: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setFont(theme.font("body"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRange(low, high)
        if value is not None:
            self.setValue(value)
        # The style sheet's padding does not reach the line inside.
        self.lineEdit().setTextMargins(8, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SearchField(QLineEdit):
    """A box to search in, with its icon and the key that leads to it. `searched(text)` on Return."""

    searched = Signal(str)

    def __init__(
        self, theme: Theme, placeholder: str, *, keys: str = "", name: str = "", kind: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setAccessibleName(placeholder)
        self.setPlaceholderText(placeholder)
        self.setFont(theme.font("body"))
        self._icon = IconLabel(theme, "magnifying-glass", "text3", 15, "Search")
        self._icon.setParent(self)
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon.setToolTip("")
        self._hint = KeyHint(theme, keys) if keys else None
        room = 0
        if self._hint is not None:
            self._hint.setParent(self)
            self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._hint.installEventFilter(self)
            room = self._hint.sizeHint().width()
        self.setTextMargins(29 if kind == "bar" else 22, 0, room, 0)
        self.textChanged.connect(self._show_hint)
        self.returnPressed.connect(self._tell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A style sheet makes the hint wider without a resize of this field, and after its own change."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.Polish, QEvent.Type.Show):
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self._icon.move(10, (self.height() - self._icon.height()) // 2)
        if self._hint is not None:
            size = self._hint.sizeHint()
            self._hint.setGeometry(
                self.width() - size.width() - 6,
                (self.height() - size.height()) // 2,
                size.width(),
                size.height(),
            )

    @Slot(str)
    def _show_hint(self, text: str) -> None:
        if self._hint is not None:
            self._hint.setVisible(not text)

    @Slot()
    def _tell(self) -> None:
        self.searched.emit(self.text())


class Field(QWidget):
    """A label, an input, and under it a hint or what is wrong.

    `edited(text)` at each change a person makes, `left()` when the input loses the focus. The input's
    object name is `name`, the sentence's `name.problem`; the sentence is also its accessible description.
    """

    edited = Signal(str)
    left = Signal()

    def __init__(
        self,
        theme: Theme,
        label: str,
        editor: Editor | None = None,
        *,
        name: str = "",
        hint: str = "",
        placeholder: str = "",
        mono: bool = False,
        beside: QWidget | None = None,
    ) -> None:
        """`editor` is a QLineEdit unless given; `beside` stands right of it (a button)."""
        super().__init__()
        self.editor: Editor = QLineEdit() if editor is None else editor
        self.editor.setObjectName(name)
        self.editor.setAccessibleName(label)
        self.editor.setFont(theme.font("mono" if mono else "body"))
        self._hint_text = hint
        self.label = Label(theme, label, "label", "text2")
        self.label.setBuddy(self.editor)
        self._was = ElidedLabel(theme, "", "caption", "accent", name=f"{name}.was" if name else "")
        self._was.hide()
        self.problem = Label(theme, "", "label", "error", wrap=True, name=f"{name}.problem" if name else "")
        self.problem.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        icon = column(1, IconLabel(theme, "warning-circle-fill", "error", 14, "Problem"), None, gap=0)
        self._problem_row = boxed(row(icon, self.problem, gap=5))
        self._problem_row.hide()
        self._hint = Label(theme, hint, "small", "text3", wrap=True)
        if not hint:  # never setVisible(True) here: without a parent yet it would open as a window
            self._hint.hide()
        head = row(self.label, self._was, None, gap=10)
        line = row(self.editor, beside) if beside is not None else row(self.editor)
        self.setLayout(column(head, line, self._problem_row, self._hint, gap=4))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._listen(placeholder)

    def _listen(self, placeholder: str) -> None:
        editor = self.editor
        editor.installEventFilter(self)
        if isinstance(editor, QLineEdit):
            editor.setPlaceholderText(placeholder)
            editor.textEdited.connect(self.edited)
        elif isinstance(editor, QComboBox):
            editor.textActivated.connect(self.edited)
        elif isinstance(editor, QSpinBox):
            editor.textChanged.connect(self.edited)
        else:
            editor.setPlaceholderText(placeholder)
            editor.textChanged.connect(self._tell_text)

    @Slot()
    def _tell_text(self) -> None:
        self.edited.emit(self.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.editor and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)

    def text(self) -> str:
        if isinstance(self.editor, QComboBox):
            return self.editor.currentText()
        if isinstance(self.editor, QPlainTextEdit):
            return self.editor.toPlainText()
        return self.editor.text()

    def set_text(self, text: str) -> None:
        """Show another value, cursor at its start. Emits nothing for a line or a choice."""
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentText(text)
        elif isinstance(self.editor, QPlainTextEdit):
            self.editor.setPlainText(text)
        elif isinstance(self.editor, QSpinBox):
            self.editor.setValue(int(text or 0))
        elif self.editor.text() != text:
            self.editor.setText(text)
            self.editor.setCursorPosition(0)

    def set_problem(self, sentence: str) -> None:
        """What is wrong, in one sentence; "" when nothing is."""
        self.problem.setText(sentence)
        self._problem_row.setVisible(bool(sentence))
        self._hint.setVisible(bool(self._hint_text) and not sentence)
        self.editor.setAccessibleDescription(sentence or self._hint_text)
        self._mark("invalid", bool(sentence))

    def set_changed(self, was: str | None) -> None:
        """Tint the input and show the old value; None when it is as it was, "" when it was empty."""
        self._was.setText("" if was is None else f"was {was}" if was else "was empty")
        self._was.setVisible(was is not None)
        self._mark("changed", was is not None)

    def set_hint(self, hint: str) -> None:
        self._hint_text = hint
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint) and not self.problem.text())
        if not self.problem.text():
            self.editor.setAccessibleDescription(hint)

    def set_read_only(self, read_only: bool, reason: str = "") -> None:
        """Not to be changed; `reason` becomes the hint."""
        if isinstance(self.editor, QComboBox):
            self.editor.setEnabled(not read_only)
        else:
            self.editor.setReadOnly(read_only)
        repolish(self.editor)
        if reason:
            self.set_hint(reason)

    def _mark(self, name: str, on: bool) -> None:
        if bool(self.editor.property(name)) != on:
            self.editor.setProperty(name, on)
            repolish(self.editor)


class StagedChip(Surface):
    """One change that waits to be saved: field, old struck out, arrow, new, and × to take it back."""

    taken_back = Signal()

    def __init__(self, theme: Theme, field: str, old: str, new: str, *, name: str = "") -> None:
        super().__init__("chip", name=name)
        self.setFixedHeight(30)
        self.setAccessibleName(f"{field}: {old or 'empty'} becomes {new or 'empty'}")
        before = ElidedLabel(theme, old or "empty", "small", "text3")
        struck = before.font()
        struck.setStrikeOut(bool(old))
        before.setFont(struck)
        after = ElidedLabel(theme, new or "empty", "head")
        for label in (before, after):
            label.setMaximumWidth(min(label.sizeHint().width(), 180))
        arrow = IconLabel(theme, "arrow-right", "text3", 12, "becomes")
        back = IconButton(
            theme, "x", f"Take back {field}", size=12, tight=True, name=f"{name}.back" if name else ""
        )
        back.clicked.connect(self.taken_back)
        parts = (Label(theme, field, "label", "text2"), before, arrow, after, back)
        self.setLayout(row(*parts, gap=6, margins=(10, 0, 6, 0)))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 30)
