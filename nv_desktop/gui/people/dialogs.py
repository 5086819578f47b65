"""The questions of the People page; each function asks, waits and returns a value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QGridLayout, QPlainTextEdit, QWidget

from nv_desktop.core import deletion
from nv_desktop.core.accounts import Account
from nv_desktop.core.api import ENDPOINTS
from nv_desktop.core.fields import Field, Json
from nv_desktop.core.profile import Conflict
from nv_desktop.gui.messages import TypedQuestion
from nv_desktop.gui.people.wording import value_words
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, Dialog, Label, Scroll, Segment, Surface, column, row


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
        f"{who} is deleted from the account “{account.name}” ({account.environment}), for everybody.\n\n"
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


class ConflictDialog(Dialog):
    """Before, yours and now of each field that changed here and elsewhere."""

    def __init__(
        self, parent: QWidget, theme: Theme, conflicts: Sequence[Conflict], field_of: Callable[[str], Field]
    ) -> None:
        self.go_on = Button(theme, "Use these values", "primary", name="conflict.action")
        self.back = Button(theme, "Back to the form", name="conflict.cancel")
        super().__init__(
            parent,
            theme,
            "The profile changed meanwhile",
            None,
            self.back,
            self.go_on,
            width=640,
            name="conflict",
        )
        self.go_on.clicked.connect(self.accept)
        self.back.clicked.connect(self.reject)
        count = len(conflicts)
        fields_words = "This field was" if count == 1 else f"These {count} fields were"
        text = (
            f"{fields_words} changed by somebody else since you read the profile. "
            "Nothing was sent yet. Choose what shall stand."
        )
        self.body.addWidget(Label(theme, text, "body", "text2", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for number, words in enumerate(("Field", "Before", "Yours", "Now", "Use")):
            grid.addWidget(Label(theme, words, "label", "text2"), 0, number)
        self.choices: dict[str, Segment] = {}
        for line, each in enumerate(conflicts, start=1):
            field = field_of(each.name)
            values = [value_words(field, value) or "empty" for value in (each.before, each.mine, each.now)]
            grid.addWidget(Label(theme, field.label, "medium"), line, 0)
            for place, (value, tone) in enumerate(
                zip(values, ("text3", "accent", "text"), strict=True), start=1
            ):
                grid.addWidget(Label(theme, value, "body", tone, wrap=True), line, place)
            segment = Segment(
                theme,
                [("mine", "Yours"), ("now", "Now")],
                "now",
                name=f"conflict.{each.name}",
                words=field.label,
            )
            self.choices[each.name] = segment
            grid.addWidget(segment, line, 4)
        for place in (1, 2, 3):
            grid.setColumnStretch(place, 1)
        body = column(grid, None, margins=(14, 12, 14, 12))
        scroll = Scroll(body, words="Fields")
        scroll.setMinimumHeight(min(320, 60 + 44 * count))
        self.body.addWidget(Surface("inset", column(scroll)))

    def mine(self) -> frozenset[str]:
        return frozenset(name for name, segment in self.choices.items() if segment.current() == "mine")


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
        f"{endpoint.method} https://{host}/api/v1/{endpoint.path}\n"
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


def ask_path(parent: QWidget, name: str, ending: str) -> Path | None:
    """Where to save an export; None when it was put away."""
    kinds = {"csv": "CSV (*.csv)", "json": "JSON (*.json)"}
    path, _kind = QFileDialog.getSaveFileName(parent, "Export", f"{name}.{ending}", kinds[ending])
    return Path(path) if path else None


__all__ = [
    "ConflictDialog",
    "DeleteChoice",
    "RequestDialog",
    "ask_conflicts",
    "ask_delete",
    "ask_path",
    "request_text",
    "row",
    "show_request",
]
