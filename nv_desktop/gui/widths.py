"""How wide a person has drawn the columns of a table: kept by header, for the next start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTableView

from nv_desktop.gui.table_models import RowsModel

CHECK = "import.columns"
MOST = 200
"""Headers that are remembered; the ones drawn longest ago are forgotten."""


class Widths(QObject):
    """`layout` is the settings' own: what is put there, under `key`, is saved with them."""

    def __init__(self, layout: dict[str, Any], key: str = CHECK, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layout, self._key = layout, key
        self._head: QHeaderView | None = None
        self._header: Sequence[str] = ()

    def of(self, header: str, fitting: int) -> int:
        """The width that was drawn for this header, else the one that fits."""
        width = self._kept().get(header)
        return width if isinstance(width, int) and 40 <= width <= 2_000 else fitting

    def watch(self, head: QHeaderView, header: Sequence[str]) -> None:
        """Keep each width that is drawn from now on."""
        if self._head is None:
            self._head = head
            head.sectionResized.connect(self._resized)
        self._header = list(header)

    @Slot(int, int, int)
    def _resized(self, section: int, _before: int, width: int) -> None:
        by_hand = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if by_hand and section < len(self._header):
            kept = self._kept()
            kept.pop(self._header[section], None)
            kept[self._header[section]] = width
            while len(kept) > MOST:
                kept.pop(next(iter(kept)))
            self._layout[self._key] = kept

    def _kept(self) -> dict[str, Any]:
        kept = self._layout.get(self._key)
        return kept if isinstance(kept, dict) else {}


def keep_widths(table: QTableView, layout: dict[str, Any]) -> None:
    """A table whose columns are always the same has them as they were drawn, also after the next start."""
    model, head = table.model(), table.horizontalHeader()
    if not isinstance(model, RowsModel):
        raise TypeError("the columns of this table are not known")
    widths = Widths(layout, f"columns.{table.objectName()}", table)
    titles = [column.title for column in model.columns]
    for number, title in enumerate(titles):
        if head.sectionResizeMode(number) == QHeaderView.ResizeMode.Interactive:
            table.setColumnWidth(number, widths.of(title, table.columnWidth(number)))
    widths.watch(head, titles)
