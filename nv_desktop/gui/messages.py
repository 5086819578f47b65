"""The one place that speaks to a person: a banner for what can be retried, a dialog for what needs an answer.

Each function here opens a dialog, waits and returns a value, so that a test replaces one name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QDialog, QLineEdit, QRadioButton, QSizePolicy, QWidget

from nv_desktop.core.errors import AppError
from nv_desktop.gui.theme import Theme, repolish
from nv_desktop.gui.widgets import Button, Field, IconButton, IconLabel, Label, Surface, column, row
from nv_desktop.gui.widgets.dialog import Dialog

_TONES = {
    # tone: icon, its token
    "error": ("warning-circle-fill", "error"),
    "warn": ("warning-fill", "warn"),
    "ok": ("check-circle-fill", "ok"),
    "info": ("info-fill", "accent_t"),
}


class Banner(Surface):
    """A line on top of a page: what happened, what to do, one button. Hidden until it has something to say.

    `retried` when the button is pressed, `dismissed` when it is put away.
    """

    retried = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, *, name: str = "banner") -> None:
        super().__init__("notice", name=name)
        self._icon = IconLabel(theme, "warning-circle-fill", "error")
        self.sentence = Label(theme, "", "strong", wrap=True, name=f"{name}.sentence")
        self.remedy = Label(theme, "", "small", "text2", wrap=True, name=f"{name}.remedy")
        for label in (self.sentence, self.remedy):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = Button(theme, "Try again", name=f"{name}.retry", on_click=self._retry)
        away = IconButton(theme, "x", "Put this message away", size=14, name=f"{name}.close")
        away.clicked.connect(self.clear)
        words = column(self.sentence, self.remedy, gap=2)
        icon = column(2, self._icon, None, gap=0)
        layout = row(icon, words, self.button, away, gap=12, margins=(14, 10, 10, 10))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.hide()

    def show_error(self, error: AppError, action: str = "Try again") -> None:
        """Say an error; without `action` there is no button."""
        self.say(error.message, error.remedy, tone="error", action=action)

    def say(self, sentence: str, remedy: str = "", *, tone: str = "info", action: str = "") -> None:
        """Tones: error, warn, ok, info."""
        self._icon.set_icon(*_TONES[tone])
        self.sentence.setText(sentence)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(f"{sentence} {remedy}".strip())
        self.setProperty("tone", tone)
        repolish(self)
        self.show()

    @Slot()
    def clear(self) -> None:
        """Put it away."""
        if not self.isHidden():
            self.hide()
            self.dismissed.emit()

    @Slot()
    def _retry(self) -> None:
        self.hide()
        self.retried.emit()


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of `choose`: its key, its words, and a sentence on what it means."""

    key: str
    words: str
    sentence: str = ""


class Question(Dialog):
    """A sentence, perhaps something to fill in, Cancel and one action."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        title: str,
        text: str,
        action: str,
        *,
        cancel: str = "Cancel",
        danger: bool = False,
        detail: str = "",
        name: str = "question",
    ) -> None:
        self.yes = Button(theme, action, "danger" if danger else "primary", name=f"{name}.action")
        self.no = Button(theme, cancel, name=f"{name}.cancel")
        buttons = (None, self.no, self.yes) if cancel else (None, self.yes)
        super().__init__(parent, theme, title, *buttons, name=name)
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        self.sentence = Label(theme, text, "body", "text2", wrap=True)
        self.body.addWidget(self.sentence)
        self.setAccessibleDescription(text)
        if detail:
            inset = column(
                Label(theme, detail, "small", "text2", wrap=True, selectable=True), margins=(12, 10, 12, 10)
            )
            self.body.addWidget(Surface("inset", inset))
        # Return must never destroy anything by itself: the safe answer has the focus.
        (self.no if danger and cancel else self.yes).setFocus()
        (self.no if danger and cancel else self.yes).setDefault(True)


class TypedQuestion(Question):
    """A question whose action waits until the right word was typed."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        title: str,
        text: str,
        word: str,
        action: str,
        label: str = "",
    ) -> None:
        super().__init__(parent, theme, title, text, action, danger=True, name="typed")
        self._word = word
        self.field = Field(theme, label or f"Type {word} to go on", name="typed.word")
        self.field.edited.connect(self._compare)
        self.body.addWidget(self.field)
        self.yes.set_allowed(False, f"Type {word} first")
        self.field.editor.setFocus()

    @Slot(str)
    def _compare(self, text: str) -> None:
        self.yes.set_allowed(text == self._word, f"Type {self._word} first")


class Choice(Question):
    """A question with several answers, each with a sentence on what it means."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        title: str,
        text: str,
        options: Sequence[Option],
        action: str,
        current: str = "",
    ) -> None:
        super().__init__(parent, theme, title, text, action, name="choice")
        self._keys = [option.key for option in options]
        self._group = QButtonGroup(self)
        for number, option in enumerate(options):
            button = QRadioButton(option.words)
            button.setObjectName(f"choice.{option.key}")
            button.setFont(theme.font("medium"))
            button.setAccessibleDescription(option.sentence)
            button.setChecked(option.key == current or (not current and number == 0))
            self._group.addButton(button, number)
            sentence = Label(theme, option.sentence, "small", "text3", wrap=True)
            if not option.sentence:
                sentence.hide()
            self.body.addLayout(column(button, row(26, sentence, gap=0), gap=2))
        self._group.buttons()[max(0, self._group.checkedId())].setFocus()

    def chosen(self) -> str:
        return self._keys[self._group.checkedId()]


def confirm(
    parent: QWidget | None,
    theme: Theme,
    title: str,
    text: str,
    action: str,
    *,
    cancel: str = "Cancel",
    danger: bool = False,
    detail: str = "",
) -> bool:
    """Ask yes or no; True only for `action`. `danger` gives the focus to Cancel."""
    return _asked(Question(parent, theme, title, text, action, cancel=cancel, danger=danger, detail=detail))


def confirm_typed(
    parent: QWidget | None, theme: Theme, title: str, text: str, word: str, action: str, label: str = ""
) -> bool:
    """Ask for `word` (an account's name, a user ID) to be typed exactly; True only then."""
    return _asked(TypedQuestion(parent, theme, title, text, word, action, label))


def choose(
    parent: QWidget | None,
    theme: Theme,
    title: str,
    text: str,
    options: Sequence[Option],
    action: str = "Go on",
    current: str = "",
) -> str | None:
    """Ask for one of `options`; its key, or None when the question was put away."""
    dialog = Choice(parent, theme, title, text, options, action, current)
    key = dialog.chosen() if dialog.exec() == QDialog.DialogCode.Accepted else None
    dialog.deleteLater()
    return key


def ask_text(
    parent: QWidget | None, theme: Theme, title: str, text: str, label: str, action: str, value: str = ""
) -> str | None:
    """Ask for one line (a recipe's name); None when it was put away, never an empty text."""
    dialog = Question(parent, theme, title, text, action, name="text")
    field = Field(theme, label, QLineEdit(), name="text.value")
    field.set_text(value)
    dialog.body.addWidget(field)
    field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    typed = field.text().strip()
    dialog.deleteLater()
    return typed if accepted and typed else None


def information(
    parent: QWidget | None, theme: Theme, title: str, text: str, *, detail: str = "", action: str = "Close"
) -> None:
    """Tell something that must be seen."""
    _asked(Question(parent, theme, title, text, action, cancel="", detail=detail))


def tell(parent: QWidget, theme: Theme, title: str, text: str) -> None:
    """The same without waiting for it to be read; it goes with its window."""
    dialog = Question(parent, theme, title, text, "Close", cancel="")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def show_error(
    parent: QWidget | None, theme: Theme, error: AppError, title: str = "That did not work"
) -> None:
    """Tell an error that no banner fits: what happened and what to do."""
    information(parent, theme, title, str(error))


def _asked(dialog: QDialog) -> bool:
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return accepted
