"""Profiles as a file: a workbook of text cells, CSV or JSON, by the ending of its name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nv_desktop.core import fields
from nv_desktop.core.fields import FIELDS, USER_ID
from nv_desktop.core.files import atomic_write
from nv_desktop.core.profile import Profile
from nv_desktop.core.report import write_table
from nv_desktop.gui.people.wording import as_json

KINDS = (
    # ending, words of the menu
    ("xlsx", "As Excel workbook…"),
    ("csv", "As CSV…"),
    ("json", "As JSON…"),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """Where it stands now, of how many profiles, and what else there is to say."""

    path: Path
    count: int
    sentence: str = ""


def export(path: Path, profiles: Sequence[Profile]) -> Exported:
    """Write profiles. Raises BadFile; then nothing is left.

    The CSV holds texts exactly as they are, in UTF-8 with a mark that spreadsheets know: a spreadsheet may
    read a value that begins with = + - @ as a formula, which the workbook's text cells prevent.
    """
    ending = path.suffix.lower()
    if ending == ".xlsx":
        names = _names(profiles)
        written = write_table(path, "Profiles", [USER_ID, *names], (_row(each, names) for each in profiles))
        return Exported(written.path, len(profiles), " ".join(written.sentences))
    if ending == ".csv":
        atomic_write(path, _csv(profiles))
        sentence = "The values stand there as they are; open them as text, or here under Import."
        return Exported(path, len(profiles), sentence)
    atomic_write(path, _json(profiles))
    return Exported(path, len(profiles))


def _names(profiles: Sequence[Profile]) -> list[str]:
    """Every documented field, then the attributes that somebody has."""
    names = [name for name in FIELDS if name != USER_ID]
    return names + sorted({name for each in profiles for name in each.attributes} - {*names})


def _row(profile: Profile, names: Sequence[str]) -> list[str]:
    return [profile.user_id, *(fields.text_of(profile.attributes.get(name)) for name in names)]


def _json(profiles: Sequence[Profile]) -> bytes:
    if len(profiles) == 1:
        return (as_json(profiles[0]) + "\n").encode()
    records = [{"userID": each.user_id, "user_attributes": dict(each.attributes)} for each in profiles]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()


def _csv(profiles: Sequence[Profile]) -> bytes:
    names = _names(profiles)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([USER_ID, *names])
    writer.writerows(_row(each, names) for each in profiles)
    return text.getvalue().encode("utf-8-sig")


class ExportMenu(QMenu):
    """The kinds of file by name. `chosen(ending)`."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setAccessibleName("Export")
        for ending, words in KINDS:
            action = QAction(words, self)
            action.setObjectName(f"{name}.{ending}")
            action.setData(ending)
            action.triggered.connect(self._tell)
            self.addAction(action)

    def open_under(self, button: QWidget) -> None:
        self.popup(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot()
    def _tell(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.chosen.emit(str(action.data()))
