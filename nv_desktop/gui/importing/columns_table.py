"""The columns of a file as a table: what stands in them, where each goes, why, with which steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem

from nv_desktop.core import fields
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.mapping import ColumnMap, Mapping
from nv_desktop.gui.importing.wording import field_icon, rows_words, step_chip, target_words, why_words
from nv_desktop.gui.importing.work import Finding
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import CellDelegate, Table
from nv_desktop.gui.widgets.cell_painting import paint_text
from nv_desktop.gui.widgets.text import badge_width, paint_badge

GOES_TO, EMPTY_CELLS = 1, 3
_ASKS = {
    "order": "Dates need a decision",
    "country": "Needs a country",
    "decimal": "Needs a decimal sign",
}


@dataclass(frozen=True)
class ColumnRow:
    """One line: a place in `Mapping.columns`, what was found, what stands against it."""

    place: int
    column: ColumnMap
    finding: Finding | None
    problem: Problem | None
    is_new: bool
    put_off: bool

    @property
    def needs_decision(self) -> bool:
        """Whether a person must say something before the rows of this column can be sent."""
        return self.finding is not None and self.finding.asks is not None and not self.put_off

    def sample(self) -> str:
        """A few of its texts, the most frequent first."""
        if self.finding is None:
            return ""
        return ", ".join(" ".join(text.split()) for text in self.finding.first)[:120] or "all empty"


def _why(line: ColumnRow) -> Cell:
    if line.problem is not None:
        return Cell(line.problem.message, icon="warning-circle-fill", icon_token="error", tone="error")
    if line.column.target is None:
        return Cell(line.column.reason or "Chosen by you", tone="text3")
    asks = line.finding.asks if line.finding else None
    if asks is not None and asks.asks and not line.put_off:
        return Cell(_ASKS[asks.asks], icon="question-fill", icon_token="warn", tone="warn")
    offers = line.finding.proposals if line.finding else ()
    if offers and not line.put_off:
        rows = sum(offer.rows for offer in offers)
        return Cell(f"{rows_words(rows)} need a step", icon="magic-wand", icon_token="warn", tone="warn")
    return Cell(why_words(line.column), icon="check-circle", icon_token="ok", tone="text2")


def _empty(line: ColumnRow) -> Cell:
    if line.column.target is None:
        return Cell("")
    if line.column.empty == "clear":
        return Cell("Clear", tone="error", role="label")
    return Cell("Leave alone")


def _steps(line: ColumnRow) -> Cell:
    chips = [(step_chip(step), "plain", "") for step in line.column.steps]
    asks = line.finding.asks if line.finding else None
    if asks is not None and not line.put_off:  # first: it must not be among those that find no room
        chips.insert(0, (step_chip(asks.step), "warn", ""))
    return Cell(badges=tuple(chips), told=", ".join(chip[0] for chip in chips) or "No steps")


COLUMNS: Sequence[Column[ColumnRow]] = (
    Column(
        "Column in your file",
        lambda line: Cell(
            line.column.header or "(no name)", line.sample(), tone="text" if line.column.target else "text3"
        ),
        168,
    ),
    Column("        Goes to", lambda line: Cell(told=f"Goes to {target_words(line.column)}"), 206),
    Column("Why", _why, 184),
    Column("Empty cells", _empty, 96),
    Column("Steps", _steps, 120),
)


class _Delegate(CellDelegate):
    """Paints the choice of a field as the combo box it opens."""

    def __init__(self, theme: Theme, table: ColumnsTable) -> None:
        super().__init__(theme, table, pad=16)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        if index.column() == GOES_TO:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_choice(painter, QRectF(option.rect), self._table.lines.row(index.row()))
            painter.restore()

    def _paint_choice(self, painter: QPainter, area: QRectF, line: ColumnRow) -> None:
        theme = self._theme
        quiet = line.column.target is None
        theme.icons.paint(
            painter, QRectF(area.x() + 8, area.center().y() - 7, 14, 14), "arrow-right", "text3"
        )
        box = area.adjusted(32, 8, -8, -9)
        painter.setPen(QPen(theme.color("line2" if quiet else "border"), 1))
        painter.setBrush(theme.color("sunken" if quiet else "field"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        icon = QRectF(box.x() + 10, box.center().y() - 7.5, 15, 15)
        theme.icons.paint(painter, icon, field_icon(line.column.field()), "text3" if quiet else "text2")
        down = QRectF(box.right() - 23, box.center().y() - 7, 13, 13)
        theme.icons.paint(painter, down, "caret-down", "text2")
        words = box.adjusted(33, 0, -26, 0)
        room = words
        if line.is_new:
            room = words.adjusted(0, 0, -badge_width(theme, "new") - 8, 0)
        used = paint_text(
            painter, theme, room, target_words(line.column), "body", "text3" if quiet else "text"
        )
        if line.is_new:
            place = QRectF(words.x() + used + 8, words.center().y() - 10, badge_width(theme, "new"), 20)
            paint_badge(painter, theme, place, "new", "note")


class ColumnsTable(Table):
    """target_wanted(place, point): the choice was pressed; empty_wanted(place, point): the empty cells."""

    target_wanted = Signal(int, QPoint)
    empty_wanted = Signal(int, QPoint)

    def __init__(self, theme: Theme) -> None:
        self.lines = RowsModel[ColumnRow](COLUMNS, key=lambda line: line.place)
        super().__init__(
            theme, self.lines, name="import.columns", words="Columns of the file", row_height=47, stretch=4
        )
        self.setItemDelegate(_Delegate(theme, self))
        self.activated.connect(self._activate)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() in (GOES_TO, EMPTY_CELLS):
            self._ask(index)

    def _activate(self, index: QModelIndex) -> None:
        self._ask(self.lines.index(index.row(), index.column() if index.column() == EMPTY_CELLS else GOES_TO))

    def _ask(self, index: QModelIndex) -> None:
        line = self.lines.row(index.row())
        below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if index.column() == GOES_TO:
            self.target_wanted.emit(line.place, below + QPoint(32, -6))
        elif line.column.target is not None:
            self.empty_wanted.emit(line.place, below + QPoint(4, -6))


_WHOLE_FILE = frozenset(("no_user_id", "anonymous_only", "join_column", "duplicates"))
"""Problems of a mapping that speak of no single column."""


def column_problems(mapping: Mapping, problems: Sequence[Problem]) -> dict[int, Problem]:
    """Problems of single columns, by place: those of the mapping that name them."""
    found: dict[int, Problem] = {}
    for name, many in mapping.targets().items():
        twice = next(
            (p for p in problems if p.code == "target_twice" and f"“{many[0].header}”" in p.message), None
        )
        for place, each in enumerate(mapping.columns):
            if each.target == name and len(many) > 1 and twice is not None:
                found[place] = twice
    for place, each in enumerate(mapping.columns):
        alone = replace(mapping, columns=[each], notes=[])
        for problem in alone.problems():
            if problem.level >= Level.ERROR and problem.code not in _WHOLE_FILE:
                found.setdefault(place, problem)
    return found


def lines_of(
    mapping: Mapping, findings: dict[int, Finding], problems: dict[int, Problem], put_off: frozenset[int]
) -> list[ColumnRow]:
    """The lines of the table, in the order of the file."""
    columns = mapping.columns
    order = sorted(range(len(columns)), key=lambda place: (columns[place].index, place))
    return [
        ColumnRow(
            place,
            columns[place],
            findings.get(place),
            problems.get(place),
            columns[place].target is not None
            and columns[place].target not in fields.FIELDS
            and columns[place].target not in mapping.known,
            place in put_off,
        )
        for place in order
    ]
