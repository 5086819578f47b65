"""The virtual table over a job document: how its rows, their numbers and their problems are painted."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygon,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from nv_desktop.gui.cell_model import CellModel, Index
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import QualityHeader
from nv_desktop.gui.widgets.tables import commit_open, plain_corner

ROW_HEIGHT = 28
LONGEST_SHOWN = 400
"""Characters of a cell that are painted; the editor gets all of them."""

WIDEST = 12
"""Points that a character may take (an ideograph)."""

LEVEL_ICONS = {
    # level: icon, its token
    3: ("warning-circle-fill", "error"),
    2: ("warning-fill", "warn"),
    1: ("info-fill", "note"),
}


class CellDelegate(QStyledItemDelegate):
    """Paints a cell by what the model says of it; colours are looked up once for each theme."""

    def __init__(self, theme: Theme, view: CellTable) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._learn()
        theme.changed.connect(self._learn)

    def _learn(self) -> None:
        color = self._theme.color
        names = ("sel", "line", "text", "text2", "text3", "accent_t", "accent_tint", "hover")
        self._colors = {name: color(name) for name in names}
        self._tints: dict[int, tuple[QColor, QColor, QColor]] = {
            3: (color("error_tint"), color("error_fill"), color("error")),
            2: (color("warn_tint"), color("warn_fill"), color("warn")),
        }
        self._plain, self._strong = self._theme.font("small"), self._theme.font("label")
        self._mono = self._theme.font("mono")
        self._metrics = {id(font): QFontMetrics(font) for font in (self._plain, self._strong, self._mono)}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        row, column = index.row(), index.column()
        view, colors = self._view, self._colors
        model = view.cells
        found = model.page_row(row)
        x, y, width, height = rect.x(), rect.y(), rect.width(), rect.height()
        is_current_row = row == view.current_row
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_current_row or selected:
            painter.fillRect(rect, colors["sel"])
        painter.fillRect(x, y + height - 1, width, 1, colors["line"])
        if found is None:
            return
        ink, font = colors["text"], self._mono if column in view.fixed_columns else self._plain
        problems = found.problems.get(column)
        level = problems[0].level if problems else 0
        if level >= 2:
            fill, edge, ink = self._tints[int(level)]
            font = self._strong
            painter.fillRect(x + 1, y + 1, width - 2, height - 3, fill)
            painter.fillRect(x + 1, y + height - 3, width - 2, 2, edge)
        elif found.skipped or column in view.quiet_columns:
            ink = colors["text3"]
        text = model.text(row, column)
        if model.is_waiting(row, column):
            painter.fillRect(x + 1, y + 1, width - 2, height - 3, colors["accent_tint"])
        if column in found.before:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors["accent_t"])
            painter.drawPolygon(QPolygon([QRect(x + width - 8, y + 1, 7, 7).topLeft(),
                                          QRect(x + width - 1, y + 1, 1, 1).topLeft(),
                                          QRect(x + width - 1, y + 8, 1, 1).topLeft()]))  # fmt: skip
        self._text(painter, QRect(x + 9, y, width - 16, height - 1), text, font, ink)
        if is_current_row and column == view.current_column:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colors["accent_t"], 2))
            painter.drawRect(x + 1, y + 1, width - 2, height - 3)

    def _text(self, painter: QPainter, rect: QRect, text: str, font: Any, ink: QColor) -> None:
        if not text:
            text, ink = "empty", self._colors["text3"]
        elif len(text) * WIDEST > rect.width():  # only what may be too long is measured
            text = self._metrics[id(font)].elidedText(
                text[:LONGEST_SHOWN], Qt.TextElideMode.ElideRight, rect.width()
            )
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(rect, 0x0081 | 0x0100, text)  # AlignLeft, AlignVCenter, TextSingleLine

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """What is wrong with the cell; above it the text, where it is too long to be read in its place."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        model, row, column = self._view.cells, index.row(), index.column()
        text = model.text(row, column)
        font = self._mono if column in self._view.fixed_columns else self._plain
        cut = self._metrics[id(font)].horizontalAdvance(text[:LONGEST_SHOWN]) > option.rect.width() - 16
        lines = [text[:LONGEST_SHOWN]] if cut else []
        lines += [problem.message for problem in model.problems(row, column)]
        # as rich text a customer's "<b>" would be taken for markup, and long lines would not wrap
        words = "<br>".join(escape(line) for line in lines)
        QToolTip.showText(event.globalPos(), f"<qt>{words}</qt>" if words else "", view.viewport())
        return True

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(1_000_000)
        editor.setObjectName("import.cell")
        editor.setAccessibleName(str(self._view.cells.headerData(index.column(), Qt.Orientation.Horizontal)))
        editor.setFont(self._theme.font("body"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """What somebody is typing is not overwritten when the rows are read again after an earlier edit."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text())


class _TableHead(QualityHeader):
    """The head of the table: a press on a bar filters, on a title sorts; an arrow shows the order."""

    title_clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="import.table.head")
        self._on_bar = False
        self.sorted: tuple[int, bool] | None = None
        self.sectionClicked.connect(self._tell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._on_bar = bool(self._part_under(event))
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        section = self.logicalIndexAt(event.position().toPoint())
        if section >= 0 and not self.viewport().toolTip():
            title = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
            room = QFontMetrics(self._theme.font("head")).horizontalAdvance(title) + 20
            self.viewport().setToolTip(title if room > self.sectionSize(section) else "")

    def _tell(self, section: int) -> None:
        if not self._on_bar:
            self.title_clicked.emit(section)

    def set_sorted(self, order: tuple[int, bool] | None) -> None:
        """(column, descending), None: in the order of the file."""
        self.sorted = order
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        super().paintSection(painter, rect, section)
        if self.sorted is not None and self.sorted[0] == section:
            icon = "caret-down-fill" if self.sorted[1] else "caret-up-fill"
            place = QRect(rect.right() - 18, rect.y() + 9, 12, 12)
            painter.fillRect(place.adjusted(-3, 0, 0, 0), self._theme.color("sunken"))
            self._theme.icons.paint(painter, place, icon, "accent_t")


class _RowHead(QHeaderView):
    """Row numbers as Excel counts, each with the worst of the row; they stay when the table scrolls aside."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._theme = theme
        self.setAccessibleName("Row numbers")
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFixedWidth(108)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # as the table's own

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("surface"))
        painter.end()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        view = self.parent()
        assert isinstance(view, CellTable)
        theme, found = self._theme, view.cells.page_row(section)
        current = section == view.current_row
        painter.save()
        painter.fillRect(rect, theme.color("sel" if current else "surface"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if current:
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), theme.color("accent_t"))
        if found is not None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2" if current else "text3"))
            painter.drawText(rect.adjusted(0, 0, -46, -1), 0x0082, f"{found.number:,}")
            icon = ("prohibit", "text3") if found.skipped else LEVEL_ICONS.get(found.level or 0)
            if icon:
                place = QRect(rect.right() - 31, rect.y() + (rect.height() - 15) // 2, 14, 14)
                theme.icons.paint(painter, place, *icon)
        painter.restore()


class _Corner(QWidget):
    """The title above the row numbers."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self.setAccessibleName("Row")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("sunken"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line2"))
        painter.setFont(theme.font("head"))
        painter.setPen(theme.color("text2"))
        painter.drawText(QRect(0, 6, self.width() - 46, 20), 0x0082, "Row")


class CellTable(QTableView):
    """The view. `head` has the quality bars; `current_row`, `current_column` follow the current cell.

    `fixed_columns` are written in a fixed pitch (IDs), `quiet_columns` go nowhere and are grey.
    moved(): another cell is the current one.
    """

    moved = Signal()

    def __init__(self, theme: Theme, model: CellModel, *, name: str = "import.table") -> None:
        super().__init__()
        self._theme = theme
        self.cells = model
        self.current_row = self.current_column = -1
        self.fixed_columns: frozenset[int] = frozenset()
        self.quiet_columns: frozenset[int] = frozenset()
        self.setObjectName(name)
        self.setAccessibleName("Rows of the file")
        self.head = _TableHead(theme)
        self.setHorizontalHeader(self.head)
        rows = _RowHead(theme)
        self.setVerticalHeader(rows)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        # ResizeToContents over a million rows froze one reset for minutes.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._corner = _Corner(theme, self)
        self.setItemDelegate(CellDelegate(theme, self))
        self.setModel(model)
        self._set_up()
        model.modelReset.connect(self._start_anew)
        theme.changed.connect(self.viewport().update)
        theme.changed.connect(rows.viewport().update)

    def _set_up(self) -> None:
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(plain_corner())
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        # Painted whole, so that scrolling moves what is there and paints the new rows only; and none of the
        # ten widgets below it is asked to paint first.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.head.setMinimumSectionSize(56)
        self.head.setDefaultSectionSize(132)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("surface"))
        painter.end()
        super().paintEvent(event)

    def show_rows(self, ids: Sequence[int]) -> None:
        """Show these rows, from the top: a reset that shortens the list is slow anywhere else."""
        self.scrollToTop()
        self.cells.set_ids(ids)

    def go_to(self, row: int, column: int) -> None:
        """Make a cell the current one and bring it into sight."""
        index = self.cells.index(row, max(0, column))
        # not the view's own setCurrentIndex: with Shift held (Shift+F8) that would extend the selection
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def commit(self) -> None:
        """Take over the text that is being typed in a cell, as Return does."""
        commit_open(self)

    def block(self) -> tuple[int, int, int, int] | None:
        """The selected block: top, left, bottom, right; None without a selection. Parts apart make one."""
        ranges = self.selectionModel().selection()
        if ranges.isEmpty():
            return None
        parts = [ranges[number] for number in range(ranges.count())]
        return (
            min(part.top() for part in parts),
            min(part.left() for part in parts),
            max(part.bottom() for part in parts),
            max(part.right() for part in parts),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return edits the cell, on every system; only a Mac does so by itself."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if self.state() != QAbstractItemView.State.EditingState:
                self.edit(index)
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_row, self.current_column = current.row(), current.column()
        self.viewport().update()
        self.verticalHeader().viewport().update()
        self.moved.emit()

    def _start_anew(self) -> None:
        self.current_row = self.current_column = -1

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self._corner.setGeometry(0, 0, self.verticalHeader().width(), self.horizontalHeader().height())
        self._corner.raise_()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Return the cell below is next, as in a spreadsheet."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.cells.index(self.current_row + 1, self.current_column)
            if below.isValid():
                self.go_to(below.row(), below.column())
