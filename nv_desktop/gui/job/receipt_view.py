"""The receipt of a job shown to a person, with what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QWidget

from nv_desktop.gui.job.kinds import DELETE, IMPORT
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, Dialog, Label, Scroll, column, row, rule
from nv_desktop.gui.words import counted, rows

COLUMNS_SHOWN = 60


class ReceiptDialog(Dialog):
    """What was sent where and what became of it. `wish` is "save" or "verify" when that button closed it,
    else "". `why_not`: why nothing can be read back now."""

    def __init__(
        self, parent: QWidget | None, theme: Theme, told: Mapping[str, Any], why_not: str = ""
    ) -> None:
        self.verify = Button(theme, "Verify now…", "", "arrows-clockwise", name="receipt.verify")
        self.verify.set_allowed(not why_not, why_not)
        self.save = Button(theme, "Save as JSON…", "", "file-arrow-down", name="receipt.save")
        close = Button(theme, "Close", "primary", name="receipt.done")
        super().__init__(
            parent, theme, "Receipt", self.save, self.verify, None, close, width=560, name="receipt"
        )
        self.wish = ""
        close.clicked.connect(self.accept)
        close.setDefault(True)
        close.setFocus()
        self.save.clicked.connect(self._save)
        self.verify.clicked.connect(self._verify)
        lines = column(gap=6)
        for name, text in facts(told):
            label = Label(theme, name, "small", "text2")
            label.setFixedWidth(110)
            value = Label(theme, text, "small", wrap=True, selectable=True)
            line = row(label, value, gap=10)
            line.setStretch(1, 1)
            lines.addLayout(line)
        lines.addWidget(rule())
        lines.addWidget(Label(theme, "Columns", "strong"))
        for header, goes in columns(told):
            line = row(Label(theme, header, "small"), Label(theme, goes, "small", "text2"), gap=10)
            line.setStretch(0, 1)
            line.setStretch(1, 1)
            lines.addLayout(line)
        lines.addStretch(1)
        scroll = Scroll(lines, name="receipt.lines", words="Receipt")
        scroll.setMinimumHeight(400)
        self.body.addWidget(scroll)

    @Slot()
    def _save(self) -> None:
        self.wish = "save"
        self.accept()

    @Slot()
    def _verify(self) -> None:
        self.wish = "verify"
        self.accept()


def show_receipt(parent: QWidget | None, theme: Theme, told: Mapping[str, Any], why_not: str = "") -> str:
    """Show it; what is wanted next: "save", "verify", or ""."""
    dialog = ReceiptDialog(parent, theme, told, why_not)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.wish if accepted else ""


def facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The receipt as (name, text), in the order in which people ask."""
    file, account, counts = told.get("file") or {}, told.get("account") or {}, told.get("counts") or {}
    found = [("File", str(file.get("name") or ""))]
    if told.get("sheet"):
        found.append(("Sheet", str(told["sheet"])))
    if file.get("size"):
        found.append(("Size", f"{file['size']:,} bytes"))
    if file.get("sha256"):
        mark = str(file["sha256"])
        found.append(("File mark", " ".join(mark[at : at + 16] for at in range(0, len(mark), 16))))
    where = f"{account.get('name', '')}, {account.get('environment', '')}".strip(", ")
    found.append(("Account", where or "Not sent"))
    if account.get("brand_id"):
        found.append(("Brand", str(account["brand_id"])))
    deletes = told.get("kind") == "delete"
    looks = (DELETE if deletes else IMPORT).looks.values()
    numbers = [f"{counts[look.key]:,} {look.word.lower()}" for look in looks if counts.get(look.key)]
    found.append(("Rows", f"{rows(int(told.get('rows') or 0))}: {', '.join(numbers) or 'none'}"))
    found.append(("Calls", counted(int(told.get("calls") or 0), "call")))
    for name, key in (("Opened", "created"), ("First call", "started"), ("Last answer", "ended")):
        if told.get(key):
            found.append((name, _when(str(told[key]))))
    if told.get("verified"):
        found.append(("Verified", _verified(told["verified"], deletes)))
    found += [
        ("List" if deletes else "Import", str(told.get("job") or "")),
        ("Made by", str(told.get("application") or "")),
    ]
    return found


def _verified(last: Mapping[str, Any], deletes: bool) -> str:
    """The last reading back: when, how many, and how many were not as they were sent, or not gone."""
    good, bad = ("all gone", "are there") if deletes else ("all as sent", "not as sent")
    drift = f"{last['drift']:,} {bad}" if last["drift"] else good
    return f"{_when(str(last['at']))}: {rows(int(last['read']))} read back, {drift}"


def columns(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Header and where it went."""
    found = [(str(each["header"]), str(each["field"] or "nowhere")) for each in (told.get("columns") or [])]
    more = len(found) - COLUMNS_SHOWN
    return found[:COLUMNS_SHOWN] + ([(f"and {more:,} more", "in the saved file")] if more > 0 else [])


def _when(text: str) -> str:
    """On this computer's clock, with its day: a receipt is read long afterwards."""
    at = datetime.fromisoformat(text).astimezone()
    return f"{at.day} {at:%B %Y, %H:%M}"
