"""The questions of the People page; each function asks, waits and returns a value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QGridLayout,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from nv_desktop.core import deletion
from nv_desktop.core.accounts import Account
from nv_desktop.core.api import ENDPOINTS
from nv_desktop.core.fields import Field, Json
from nv_desktop.core.grace import Waiting
from nv_desktop.core.profile import Conflict
from nv_desktop.gui.field_words import breakable, value_words
from nv_desktop.gui.messages import Question, TypedQuestion
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, Dialog, Label, Scroll, Surface, column, rule
from nv_desktop.gui.words import said_at

_REFUSED = 2  # besides accepted and put off


@dataclass(frozen=True, slots=True)
class DeleteChoice:
    """`keep`: the profile stays on the shelf of this computer."""

    keep: bool


def ask_delete(
    parent: QWidget, theme: Theme, account: Account, user_id: str, name: str
) -> DeleteChoice | None:
    """Have the user ID typed before a profile is deleted; None when the person thought better of it."""
    who = f"{name} ({user_id})" if name else user_id
    text = (
        f"{who} is deleted from “{account.name}” ({account.environment.upper()}), for everybody.\n\n"
        f"A copy stays on this computer and can be put back. {deletion.CANNOT_RETURN}"
    )
    dialog = TypedQuestion(
        parent, theme, "Delete this profile?", text, user_id, "Delete", "Type the user ID to go on"
    )
    forget = QCheckBox("Delete for good: keep no copy here")
    forget.setObjectName("delete.forget")
    forget.setAccessibleDescription("For people who asked to be forgotten. It cannot be put back.")
    dialog.body.addWidget(forget)
    hint = Label(
        theme,
        "For people who asked to be forgotten. It cannot be put back then.",
        "small",
        "text3",
        wrap=True,
    )
    hint.setContentsMargins(28, 0, 0, 0)
    dialog.body.addWidget(hint)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = DeleteChoice(not forget.isChecked())
    dialog.deleteLater()
    return choice if accepted else None


def ask_left(parent: QWidget, theme: Theme, account: Account, waiting: Waiting) -> bool | None:
    """Whether a delete that the program ended before shall be done now; None where that was put off."""
    who = waiting.name if waiting.name == waiting.user_id else f"{waiting.name} ({waiting.user_id})"
    happened = (
        "The program ended in the middle of it, so the profile may be gone already."
        if waiting.begun
        else "The window was closed before the time to call it off was over, so nothing was deleted."
    )
    kept = (
        f"It is read again first, and a copy stays on this computer. {deletion.CANNOT_RETURN}"
        if waiting.keep
        else "It is read again first. As you asked, no copy stays here, so it cannot be put back."
    )
    text = (
        f"You asked to delete {who} from “{account.name}” ({account.environment.upper()}), "
        f"{said_at(waiting.asked_at)}. {happened}\n\n{kept}"
    )
    dialog = Question(
        parent, theme, f"Delete {waiting.name} now?", text, "Delete now",
        cancel="Do not delete", danger=True, name="left",
    )  # fmt: skip
    dialog.no.clicked.disconnect(dialog.reject)
    dialog.no.clicked.connect(lambda: dialog.done(_REFUSED))
    answer = {int(QDialog.DialogCode.Accepted): True, _REFUSED: False}.get(dialog.exec())
    dialog.deleteLater()
    return answer


class ConflictDialog(Dialog):
    """Before, yours and now of each field that changed here and elsewhere; nothing is chosen beforehand."""

    def __init__(
        self, parent: QWidget, theme: Theme, conflicts: Sequence[Conflict], field_of: Callable[[str], Field]
    ) -> None:
        self.go_on = Button(theme, "Use these values", "primary", name="conflict.action")
        self.back = Button(theme, "Back to the form", name="conflict.cancel")
        self._left = Label(theme, "", "label", "text2", name="conflict.left")
        super().__init__(
            parent, theme, "The profile changed meanwhile", self._left, None, self.back, self.go_on,
            width=560, name="conflict",
        )  # fmt: skip
        self.go_on.clicked.connect(self.accept)
        self.back.clicked.connect(self.reject)
        count = len(conflicts)
        what = "This field was" if count == 1 else f"These {count} fields were"
        text = f"{what} changed by somebody else since you read the profile. Nothing was sent yet."
        self.body.addWidget(Label(theme, f"{text} Choose what shall stand.", "body", "text2", wrap=True))
        self.choices: dict[str, QButtonGroup] = {}
        blocks = column(gap=12, margins=(16, 14, 16, 14))
        for number, each in enumerate(conflicts):
            if number:
                blocks.addWidget(rule())
            blocks.addLayout(self._block(each, field_of(each.name)))
        blocks.addStretch(1)
        scroll = Scroll(blocks, words="Fields")
        scroll.setFixedHeight(min(380, 128 * count + 10))
        self.body.addWidget(Surface("inset", column(scroll)))
        self._count()
        self.back.setFocus()

    def _block(self, each: Conflict, field: Field) -> QGridLayout:
        theme, grid = self._theme, QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Label(theme, field.label, "strong"), 0, 0, 1, 2)
        grid.addWidget(Label(theme, "Before", "body", "text3"), 1, 0)
        grid.addWidget(self._value(field, each.before, "text3"), 1, 1)
        group = self.choices[each.name] = QButtonGroup(self)
        for place, (key, words, value) in enumerate((("mine", "Yours", each.mine), ("now", "Now", each.now))):
            button = QRadioButton(words)
            button.setObjectName(f"conflict.{each.name}.{key}")
            button.setAccessibleName(f"{field.label}, {words}: {value_words(field, value) or 'empty'}")
            button.setFont(theme.font("medium"))
            group.addButton(button, place)
            grid.addWidget(button, 2 + place, 0)
            grid.addWidget(self._value(field, value, "text"), 2 + place, 1)
        group.idToggled.connect(self._count)
        return grid

    def _value(self, field: Field, value: Json, tone: str) -> Label:
        return Label(self._theme, breakable(value_words(field, value) or "empty"), "body", tone, wrap=True)

    @Slot()
    def _count(self) -> None:
        left = sum(group.checkedId() < 0 for group in self.choices.values())
        self._left.setText(f"Choose for {left} more" if left else "")
        self.go_on.set_allowed(not left, "Choose for each field first")

    def mine(self) -> frozenset[str]:
        """The fields that keep the person's own value."""
        return frozenset(name for name, group in self.choices.items() if group.checkedId() == 0)


def ask_conflicts(
    parent: QWidget, theme: Theme, conflicts: Sequence[Conflict], field_of: Callable[[str], Field]
) -> frozenset[str] | None:
    """Which fields keep the person's own value; None to go back to the form as it is."""
    dialog = ConflictDialog(parent, theme, conflicts, field_of)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    mine = dialog.mine()
    dialog.deleteLater()
    return mine if accepted else None


def request_text(host: str, account: Account, user_id: str, attributes: Mapping[str, Json]) -> str:
    """The request word for word, except the key, which is never shown."""
    endpoint = ENDPOINTS["send"]
    assert endpoint.body is not None
    body = endpoint.body([{"userID": user_id, "user_attributes": dict(attributes)}])
    return (
        f"{endpoint.method} /api/v1/{endpoint.path}\nHost: {host}\n"
        f"x-brand-id: {account.brand_id}\nx-api-key: (not shown)\nContent-Type: application/json\n\n"
        + json.dumps(body, ensure_ascii=False, indent=2)
    )


class RequestDialog(Dialog):
    """A request to read and copy."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, sentence: str, text: str) -> None:
        self._text = text
        copy = Button(theme, "Copy", icon="copy", name="request.copy", on_click=self._copy)
        shut = Button(theme, "Close", "primary", name="request.shut")
        super().__init__(parent, theme, title, None, copy, shut, width=600, name="request")
        shut.clicked.connect(self.accept)
        self.body.addWidget(Label(theme, sentence, "body", "text2", wrap=True))
        view = QPlainTextEdit(text)
        view.setObjectName("request.text")
        view.setAccessibleName("The request")
        view.setReadOnly(True)
        view.setFont(theme.font("mono"))
        view.setMinimumHeight(280)
        self.body.addWidget(view)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)


def show_request(parent: QWidget, theme: Theme, title: str, sentence: str, text: str) -> None:
    dialog = RequestDialog(parent, theme, title, sentence, text)
    dialog.exec()
    dialog.deleteLater()


__all__ = [
    "ConflictDialog",
    "DeleteChoice",
    "RequestDialog",
    "ask_conflicts",
    "ask_delete",
    "ask_left",
    "request_text",
    "show_request",
]
