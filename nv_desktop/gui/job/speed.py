"""Rows a minute over time, painted: what was, the limit, and the room that is still to go."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.words import duration

Sample = tuple[float, float]  # seconds since 1970, rows a minute
FOOT = 22  # points for the clock times
LEAST_SPAN = 30.0  # seconds over the whole width, or the first samples would fill it
MOST_POINTS = 400


class SpeedCurve(QWidget):
    """The pace of one job. `show_samples` redraws; its accessible name tells the last number."""

    def __init__(self, theme: Theme, *, name: str = "job.speed") -> None:
        super().__init__()
        self._theme = theme
        self._samples: Sequence[Sample] = ()
        self._seconds_left: float | None = None
        self._limit = 0.0
        self.setObjectName(name)
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_samples((), None, 0.0)
        theme.changed.connect(self.update)

    def show_samples(self, samples: Sequence[Sample], seconds_left: float | None, limit: float) -> None:
        """Pace so far, seconds to go (None: nobody knows), and the most rows a minute that are allowed."""
        self._samples = thinned(samples)
        self._seconds_left, self._limit = seconds_left, limit
        last = f"{round(samples[-1][1]):,} rows a minute now" if samples else "No pace yet"
        self.setAccessibleName(f"Speed: {last}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, 8, self.width(), self.height() - FOOT - 8)
        highest = max([self._limit, *(rate for _, rate in self._samples), 1.0])
        self._paint_limit(painter, area, highest)
        color = self._theme.color
        painter.fillRect(QRectF(area.x(), area.bottom(), area.width(), 1), color("line2"))
        painter.setFont(self._theme.font("second"))
        if len(self._samples) < 2:
            painter.setPen(color("text2"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "The pace shows after a few seconds")
            return
        begin, end = self._span()
        points = [
            QPointF(
                area.x() + area.width() * (at - begin) / (end - begin),
                area.bottom() - (area.height() - 4) * rate / highest,
            )
            for at, rate in self._samples
        ]
        self._paint_curve(painter, area, points)
        self._paint_words(painter, area, begin, end, points[-1].x())

    def _span(self) -> tuple[float, float]:
        """The first and the last moment of the axis."""
        begin, now = self._samples[0][0], self._samples[-1][0]
        left = self._seconds_left or 0.0
        return begin, max(now + left, begin + LEAST_SPAN)

    def _paint_limit(self, painter: QPainter, area: QRectF, highest: float) -> None:
        if self._limit <= 0:
            return
        y = area.bottom() - (area.height() - 4) * self._limit / highest
        painter.setPen(QPen(self._theme.color("line2"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.x(), y), QPointF(area.right(), y))

    def _paint_curve(self, painter: QPainter, area: QRectF, points: list[QPointF]) -> None:
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        ground = QPainterPath(line)
        ground.lineTo(points[-1].x(), area.bottom())
        ground.lineTo(points[0].x(), area.bottom())
        fill = QColor(self._theme.color("accent"))
        fill.setAlpha(34)
        painter.fillPath(ground, fill)
        painter.setPen(QPen(self._theme.color("accent_t"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(line)
        painter.setPen(QPen(self._theme.color("surface"), 2))
        painter.setBrush(self._theme.color("accent_t"))
        last = QPointF(min(points[-1].x(), area.right() - 5), max(points[-1].y(), area.y() + 1))
        painter.drawEllipse(last, 5, 5)

    def _paint_words(self, painter: QPainter, area: QRectF, begin: float, end: float, x: float) -> None:
        painter.setFont(self._theme.font("second"))
        painter.setPen(self._theme.color("text2"))
        foot = QRectF(area.x(), area.bottom() + 4, area.width(), FOOT - 4)
        with_seconds = end - begin < 300
        for at, side in ((begin, Qt.AlignmentFlag.AlignLeft), (end, Qt.AlignmentFlag.AlignRight)):
            painter.drawText(foot, side | Qt.AlignmentFlag.AlignVCenter, _clock(at, with_seconds))
        room = QRectF(x + 12, area.y(), area.right() - x - 12, area.height())
        if self._seconds_left and room.width() > 160:
            words = f"about {duration(self._seconds_left)} to go"
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


def _clock(at: float, with_seconds: bool) -> str:
    return time.strftime("%H:%M:%S" if with_seconds else "%H:%M", time.localtime(at))


def thinned(samples: Sequence[Sample]) -> list[Sample]:
    """At most `MOST_POINTS` of them, evenly, the last one always."""
    every = max(1, -(-len(samples) // MOST_POINTS))
    kept = list(samples)[::every]
    if samples and kept[-1] != samples[-1]:
        kept.append(samples[-1])
    return kept
