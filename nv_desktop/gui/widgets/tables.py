"""Tables and lists: a view set up as the look wants it, and the painting of its cells."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from nv_desktop.gui.table_models import CELL_ROLE, ROW_ROLE, Cell, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.cell_painting import needed_width, paint_cell, paint_row_ground

_TIP = int(Qt.ItemDataRole.ToolTipRole)


class CellDelegate(QStyledItemDelegate):
    """Paints the `Cell` that a model hands out under `CELL_ROLE` (or its display text).

    Row: sel fill and a 3 px edge when selected, hover fill under the pointer, one rule below. `pad` is
    the room left of the first column's text, `cell_ring` draws 2 px around the current cell.
    """

    def __init__(self, theme: Theme, parent: QWidget, *, pad: int = 10, cell_ring: bool = False) -> None:
        super().__init__(parent)
        self._theme, self._pad, self._cell_ring = theme, pad, cell_ring

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = option.widget
        first = not isinstance(view, QTableView) or view.horizontalHeader().visualIndex(index.column()) == 0
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = _hovered_row(view) == index.row()
        has_focus = view is not None and view.hasFocus()
        current = (
            has_focus and isinstance(view, QAbstractItemView) and view.currentIndex().row() == index.row()
        )
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, Cell):
            cell = Cell(str(index.data() or ""))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ruled = not isinstance(view, RowList)
        paint_row_ground(
            painter,
            self._theme,
            option.rect,
            selected=selected,
            hovered=hovered,
            first=first,
            current=current,
            ruled=ruled,
        )
        ring = self._cell_ring and current and bool(state & QStyle.StateFlag.State_HasFocus)
        paint_cell(
            painter,
            self._theme,
            option.rect,
            cell,
            selected=selected,
            pad=self._pad if first else 10,
            ring=ring,
            ruled=ruled,
        )
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """What is cut short in its cell is whole in its tool tip, unless the model has one of its own."""
        cell = index.data(CELL_ROLE)
        if event.type() != QEvent.Type.ToolTip or index.data(_TIP) or not isinstance(cell, Cell):
            return super().helpEvent(event, view, option, index)
        cut = needed_width(self._theme, cell, self._pad if index.column() == 0 else 10) > option.rect.width()
        # as rich text a customer's "<b>" would be taken for markup, and long lines would not wrap
        QToolTip.showText(
            event.globalPos(), f"<qt>{escape(cell.spoken())}</qt>" if cut else "", view.viewport()
        )
        return True

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = option.widget
        if isinstance(view, RowList):
            cell = index.data(CELL_ROLE)
            is_section = isinstance(cell, Cell) and cell.section
            return QSize(100, view.section_height if is_section else view.row_height)
        return super().sizeHint(option, index)


def _hovered_row(view: QWidget | None) -> int:
    return view.hovered_row if isinstance(view, Table | RowList) else -1


class Table(QTableView):
    """A table of rows of one height: no grid, whole rows, keyboard, hover. Return activates (`activated`).

    Rows: 28 data, 32 standard, 47 two lines, 56 accounts. `stretch` is the column that takes the room
    left over. Sections (`Cell.section`) are 28 high: call `fit_sections` after the rows changed.
    """

    def __init__(
        self,
        theme: Theme,
        model: QAbstractItemModel,
        *,
        name: str,
        words: str,
        row_height: int = 32,
        head_height: int = 32,
        stretch: int | None = None,
        pad: int = 16,
        header: QHeaderView | None = None,
    ) -> None:
        """`words` is the accessible name. Widths come from a `RowsModel`'s columns."""
        super().__init__()
        self.hovered_row = -1
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setFont(theme.font("body"))
        if header is not None:
            self.setHorizontalHeader(header)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(theme, self, pad=pad))
        self._set_up_view()
        self._set_up_headers(row_height, head_height)
        self.horizontalHeader().setProperty("pad", str(pad))
        if isinstance(model, RowsModel):
            for number, column in enumerate(model.columns):
                self.setColumnWidth(number, column.width)
            if any(column.sort for column in model.columns):
                self._allow_sorting()
        if stretch is not None:
            self.horizontalHeader().setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self.fit_sections)
        self.fit_sections()
        theme.changed.connect(self.viewport().update)

    def _set_up_view(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(plain_corner())

    def _set_up_headers(self, row_height: int, head_height: int) -> None:
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(min(row_height, 28))
        rows.setDefaultSectionSize(row_height)
        # ResizeToContents over a million rows froze one reset for minutes.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(head_height)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(32)

    def _allow_sorting(self) -> None:
        head = self.horizontalHeader()
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def fit_sections(self) -> None:
        """Make heading rows 28 high and as wide as the table."""
        model = self.model()
        if not isinstance(model, RowsModel):
            return
        self.clearSpans()
        for number in range(model.rowCount()):
            if model.cell(number, 0).section:
                self.setSpan(number, 0, 1, model.columnCount())
                self.verticalHeader().resizeSection(number, 28)

    def commit(self) -> None:
        """Take over the text that is being typed in a cell, as Return does."""
        commit_open(self)

    def current_row(self) -> Any:
        """The selected row object, None without a selection."""
        chosen = self.selectionModel().selectedRows()
        return chosen[0].data(ROW_ROLE) if chosen else None

    def select(self, number: int) -> None:
        """Select a row by its number; -1 selects none."""
        if number < 0:
            self.clearSelection()
        else:
            self.selectRow(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _show_where_focus_is(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _activate_by_return(self, event):
            super().keyPressEvent(event)

    def _hover(self, number: int) -> None:
        if number != self.hovered_row:
            self.hovered_row = number
            self.viewport().update()


class RowList(QListView):
    """A list on a side: rows of one height (50) and headings (34). Return activates."""

    def __init__(
        self,
        theme: Theme,
        model: QAbstractItemModel,
        *,
        name: str,
        words: str,
        row_height: int = 50,
        section_height: int = 34,
        kind: str = "side",
    ) -> None:
        super().__init__()
        self.row_height, self.section_height = row_height, section_height
        self.hovered_row = -1
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setProperty("kind", kind)
        self.setFont(theme.font("body"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(theme, self, pad=16 if kind == "side" else 10))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        theme.changed.connect(self.viewport().update)

    def current_row(self) -> Any:
        """The selected row object, None without a selection."""
        chosen = self.selectionModel().selectedIndexes()
        return chosen[0].data(ROW_ROLE) if chosen else None

    def select(self, number: int) -> None:
        if number < 0:
            self.clearSelection()
        else:
            self.setCurrentIndex(self.model().index(number, 0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(QPoint(2, event.position().toPoint().y())).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _show_where_focus_is(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _activate_by_return(self, event):
            super().keyPressEvent(event)

    def _hover(self, number: int) -> None:
        if number != self.hovered_row:
            self.hovered_row = number
            self.viewport().update()


def _show_where_focus_is(view: QAbstractItemView) -> None:
    """Give the focus a row to stand on, without choosing it."""
    model, chosen = view.model(), view.selectionModel()
    if model is None or view.currentIndex().isValid():
        return
    for number in range(min(model.rowCount(), 3)):  # headings can't be stood on
        index = model.index(number, 0)
        if index.flags() & Qt.ItemFlag.ItemIsEnabled:
            chosen.setCurrentIndex(index, chosen.SelectionFlag.NoUpdate)
            return


def _activate_by_return(view: QAbstractItemView, event: QKeyEvent) -> bool:
    """Return opens the current row on every system; macOS would start editing instead."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not view.currentIndex().isValid():
        return False
    if view.state() == QAbstractItemView.State.EditingState:
        return False
    view.activated.emit(view.currentIndex())
    return True


def commit_open(view: QAbstractItemView) -> None:
    """Take over the text that is being typed in a cell of the view, and close its line."""
    if view.state() != QAbstractItemView.State.EditingState:
        return
    for editor in view.viewport().findChildren(QLineEdit):
        view.commitData(editor)
        view.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)


def plain_corner() -> QWidget:
    """What stands where two scroll bars meet: nothing, instead of the style's little frame."""
    corner = QWidget()
    corner.setProperty("role", "clear")
    return corner


def plain_header(table: QTableView) -> None:
    """A head on the card's own white, for tables inside a card."""
    table.horizontalHeader().setProperty("kind", "plain")
