"""The head of the check table: under each title how much of the column is valid, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.cell_painting import paint_text
from nv_desktop.gui.widgets.meters import Part, paint_parts, part_widths

PARTS = ("valid", "warning", "error", "empty")
_TOKENS = ("ok_fill", "warn_fill", "error_fill", "neutral_fill")
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)


@dataclass(frozen=True, slots=True)
class Quality:
    """Rows of one column by what was found in it. `words` replaces the sentence made of the counts."""

    valid: int = 0
    warning: int = 0
    error: int = 0
    empty: int = 0
    words: str = ""

    def counts(self) -> tuple[int, int, int, int]:
        return self.valid, self.warning, self.error, self.empty

    def sentence(self) -> tuple[str, str]:
        """What stands below the bar, and its tone: the worst thing first."""
        tone = "error" if self.error else "warn" if self.warning else "text3"
        if self.words:
            return self.words, tone
        for count, one, many in (
            (self.error, "error", "errors"),
            (self.warning, "warning", "warnings"),
            (self.empty, "empty", "empty"),
        ):
            if count:
                return f"{count:,} {one if count == 1 else many}", tone
        return ("All valid" if self.valid else "", tone)


class QualityHeader(QHeaderView):
    """A head 62 high. `part_clicked(section, part)`: a part of a bar was pressed, `part` of `PARTS`."""

    part_clicked = Signal(int, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._quality: dict[int, Quality] = {}
        self.setObjectName(name)
        self.setAccessibleName("Columns and how much of each is valid")
        self.setFixedHeight(62)
        self.setSectionsClickable(True)
        self.setMouseTracking(True)
        theme.changed.connect(self.viewport().update)

    def set_quality(self, quality: Mapping[int, Quality]) -> None:
        """By section; a section without one has a title only."""
        self._quality = dict(quality)
        self.viewport().update()

    def quality(self, section: int) -> Quality | None:
        return self._quality.get(section)

    def part_at(self, section: int, x: float) -> str:
        """The part of the section's bar under `x` (points from the section's left), "" outside."""
        quality = self._quality.get(section)
        if quality is None:
            return ""
        left = 10.0
        for part, width in zip(
            PARTS, part_widths(quality.counts(), self.sectionSize(section) - 20.0), strict=True
        ):
            # One point to each side, since three points are hard to hit.
            if width and left - 1 <= x < left + width + 1:
                return part
            left += width
        return ""

    def sectionSizeFromContents(self, section: int) -> QSize:
        return QSize(super().sectionSizeFromContents(section).width(), 62)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        part = self._part_under(event)
        if part and event.button() == Qt.MouseButton.LeftButton:
            self.part_clicked.emit(self.logicalIndexAt(event.position().toPoint()), part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        part = self._part_under(event)
        quality = self._quality.get(self.logicalIndexAt(event.position().toPoint()))
        count = quality.counts()[PARTS.index(part)] if part and quality else 0
        self.viewport().setToolTip(f"{count:,} {part}: show these rows" if part else "")

    def _part_under(self, event: QMouseEvent) -> str:
        point = event.position().toPoint()
        section = self.logicalIndexAt(point)
        if section < 0 or not 26 <= point.y() <= 44:
            return ""
        return self.part_at(section, point.x() - self.sectionViewportPosition(section))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, area = self._theme, QRectF(rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.color("sunken"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("line2"))
        model = self.model()
        title = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        align = model.headerData(section, Qt.Orientation.Horizontal, _ALIGN) or Qt.AlignmentFlag.AlignLeft
        right = bool(Qt.AlignmentFlag(align) & Qt.AlignmentFlag.AlignRight)
        quality = self._quality.get(section)
        top = QRectF(area.x() + 10, area.y() + 6, area.width() - 20, 20)
        paint_text(painter, theme, top, title, "head", "text" if quality else "text2", right=right)
        if quality is not None:
            parts = [Part(count, token) for count, token in zip(quality.counts(), _TOKENS, strict=True)]
            paint_parts(painter, theme, QRectF(top.x(), area.y() + 31, top.width(), 7), parts)
            words, tone = quality.sentence()
            paint_text(
                painter, theme, QRectF(top.x(), area.y() + 41, top.width(), 17), words, "caption", tone
            )
        painter.restore()
