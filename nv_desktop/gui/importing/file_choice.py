"""Where an import begins: choose, drop or paste a file, try the sample, or go on with one begun before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from nv_desktop.gui.importing.work import Known
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, Card, IconLabel, KeyHint, Label, Table, column, row

_STAGES = {
    "new": ("Not read yet", "plain"),
    "reading": ("Not read to the end", "warn"),
    "read": ("Not checked yet", "note"),
    "checked": ("Not sent yet", "note"),
    "sending": ("Not sent to the end", "warn"),
    "paused": ("Paused", "warn"),
    "trial": ("Trial run ended", "warn"),
    "stopped": ("Stopped", "plain"),
    "done": ("Sent", "ok"),
}
MOST = 8


class FileChoice(QWidget):
    """Signals: browse_wanted, paste_wanted, sample_wanted; known_chosen(Known): one of the list."""

    browse_wanted = Signal()
    paste_wanted = Signal()
    sample_wanted = Signal()
    known_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        drop = _Drop(theme)
        self.open = Button(theme, "Choose a file…", "primary", size="large", name="import.open")
        self.open.clicked.connect(self.browse_wanted)
        paste = Button(theme, "Paste cells", icon="clipboard-text", size="large", name="import.paste")
        paste.clicked.connect(self.paste_wanted)
        words = Label(theme, "Drop a file here, or choose one", "panel")
        kinds = Label(
            theme, "xlsx, xlsm, xls, xlsb, ods, csv, tsv and txt, or cells copied in Excel", "body", "text2"
        )
        hints = row(KeyHint(theme, "Ctrl O"), Label(theme, "choose", "small", "text3"), 10,
                    KeyHint(theme, "Ctrl V"), Label(theme, "paste", "small", "text3"), gap=6)  # fmt: skip
        inner = column(
            IconLabel(theme, "upload-simple", "accent_t", 32), words, kinds, 6,
            row(self.open, paste, 8, hints), gap=6,
        )  # fmt: skip
        drop.setLayout(row(28, inner, None, gap=0, margins=(0, 26, 24, 26)))
        self.sample = Button(theme, "Try the messy sample", icon="flask", name="import.sample")
        self.sample.clicked.connect(self.sample_wanted)
        sample_words = Label(
            theme,
            "A list with every mistake that real lists have. Nothing leaves this computer until you send it.",
            "small", "text2", wrap=True,
        )  # fmt: skip
        tip = Card(theme, "", "", row(sample_words, 24, self.sample), margins=(18, 12, 14, 12))
        tip.layout()
        self._model = RowsModel[Known](
            [
                Column("File", self._file, 330),
                Column("Rows", lambda known: Cell(f"{known.rows:,}", align_right=True), 90, align_right=True),
                Column("State", self._state, 170),
                Column("Begun", lambda known: Cell(when(known.at), tone="text2"), 160),
                Column("", self._action, 90),
            ],
            key=lambda known: known.path,
        )
        self.table = Table(
            theme,
            self._model,
            name="import.recent",
            words="Imports on this computer",
            row_height=40,
            stretch=0,
        )
        self.table.activated.connect(self._choose)
        self.table.clicked.connect(self._choose)
        self._empty = Label(
            theme, "Nothing yet. Each import you begin stays here, with every edit.", "body", "text2"
        )
        self._recent = Card(
            theme, "Imports on this computer", "clock-counter-clockwise", self._empty, self.table,
            margins=(18, 14, 2, 8),
        )  # fmt: skip
        self._recent.body.setStretch(2, 1)
        self._recent.body.addStretch(0)
        self.setLayout(column(drop, tip, self._recent, gap=14))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr] # the column set just above
        self.show_known([])

    def show_known(self, known: Sequence[Known]) -> None:
        """The latest imports; those not sent yet come first."""
        order = sorted(known, key=lambda each: (not each.unsent, -each.at.timestamp()))[:MOST]
        self._model.set_rows(order)
        self.table.setVisible(bool(order))
        self._empty.setVisible(not order)

    def _file(self, known: Known) -> Cell:
        return Cell(
            known.name, role="medium", icon="table", icon_token="accent_t" if known.unsent else "text3"
        )

    def _state(self, known: Known) -> Cell:
        words, tone = _STAGES.get(known.stage, (known.stage, "plain"))
        return Cell(badges=((words, tone, ""),), told=words)

    def _action(self, known: Known) -> Cell:
        return Cell("Go on" if known.unsent else "Look", role="medium", tone="accent_t")

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.known_chosen.emit(self._model.row(index.row()))


class _Drop(QFrame):
    """A dashed frame; the window takes the drop wherever it falls."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("import.drop")
        self.setAccessibleName("Drop a file anywhere in the window")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.color("surface"))
        painter.setPen(QPen(self._theme.color("border"), 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)


def when(at: datetime) -> str:
    """ "Today, 10:38", "16 November, 09:05"."""
    now = datetime.now(at.tzinfo)
    if at.date() == now.date():
        return f"Today, {at:%H:%M}"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {at:%B}{year}, {at:%H:%M}"
