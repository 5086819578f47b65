"""How a `Cell` looks: the painting that every delegate shares."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from nv_desktop.gui.table_models import Cell
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.environment import environment_size, paint_environment
from nv_desktop.gui.widgets.meters import paint_parts
from nv_desktop.gui.widgets.text import badge_width, paint_badge

BadgeLook = tuple[str, str, str]  # text, tone, icon
BADGE_GAP = 5
TINTS = {
    # tint: fill, line of 2 px below, text
    "error": ("error_tint", "error_fill", "error"),
    "warn": ("warn_tint", "warn_fill", "warn"),
    "ok": ("ok_tint", "", "text"),
    "changed": ("accent_tint", "", "text"),
}


def paint_text(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    text: str,
    role: str = "body",
    token: str = "text",
    *,
    right: bool = False,
) -> float:
    """One line of text, middle of `rect`, shortened with "…"; gives the points it took."""
    font = theme.font(role)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(theme.color(token))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


def paint_row_ground(
    painter: QPainter,
    theme: Theme,
    rect: QRect,
    *,
    selected: bool,
    hovered: bool,
    first: bool,
    current: bool = False,
    ruled: bool = True,
) -> None:
    """Selection, hover, the 3 px edge of the first column and the rule below a row.

    `current` is the row the keyboard stands on: without a selection it has the edge only.
    """
    if selected or hovered:
        painter.fillRect(rect, theme.color("sel" if selected else "hover"))
    if ruled:
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("line"))
    if first and (selected or current):
        painter.fillRect(rect.x(), rect.y(), 3, rect.height(), theme.color("accent_t"))


def paint_cell(
    painter: QPainter,
    theme: Theme,
    rect: QRect,
    cell: Cell,
    *,
    selected: bool = False,
    pad: int = 10,
    ring: bool = False,
    ruled: bool = True,
) -> None:
    """Everything inside a cell. `pad` is the room on its left; the right has 10.

    Headings of tables (`ruled`) have a ground of their own, those of side lists have none.
    """
    area = QRectF(rect)
    if cell.section and not ruled:
        paint_text(painter, theme, area.adjusted(pad, 8, -10, 0), cell.text, "badge", "text3")
        return
    if cell.section:
        painter.fillRect(area.adjusted(0, 0, 0, -1), theme.color("sunken"))
        paint_text(painter, theme, area.adjusted(pad, 0, -10, 0), cell.text, "badge", "text2")
        return
    token = _paint_tint(painter, theme, area, cell)
    if cell.edge:
        painter.fillRect(QRectF(area.x(), area.y(), 5, area.height() - 1), theme.color(cell.edge))
        pad += 6
    inner = area.adjusted(pad, 0, -10, 0)
    inner = _paint_right(painter, theme, inner, cell, selected)
    if cell.environment:
        _paint_environment(painter, theme, inner, cell.environment)
    elif cell.parts:
        bar = QRectF(inner.x(), inner.y() + 12, inner.width() - 4, 6)
        paint_parts(painter, theme, bar, cell.parts)
        below = QRectF(inner.x(), inner.y() + 22, inner.width(), 18)
        paint_text(painter, theme, below, cell.second or cell.text, "second", "text2")
    else:
        if cell.icon:
            size = 18 if cell.second else 14
            square = QRectF(inner.x(), inner.center().y() - size / 2, size, size)
            theme.icons.paint(painter, square, cell.icon, cell.icon_token)
            inner = inner.adjusted(size + 8, 0, 0, 0)
        _paint_words(painter, theme, inner, cell, token, selected)
    if ring:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent_t"), 2))
        painter.drawRect(area.adjusted(1, 1, -1, -2))


def _paint_tint(painter: QPainter, theme: Theme, area: QRectF, cell: Cell) -> str:
    """Fill and line of a tinted cell, the corner of an edited one; gives the token of its text."""
    token = cell.tone
    if cell.tint:
        fill, line, front = TINTS[cell.tint]
        token = front if token == "text" else token
        inset = area.adjusted(1, 1, -1, -2) if line else area.adjusted(0, 0, 0, -1)
        painter.fillRect(inset, theme.color(fill))
        if line:
            painter.fillRect(QRectF(inset.x(), area.bottom() - 3, inset.width(), 2), theme.color(line))
    if cell.is_edited:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_t"))
        x, y = area.right() - 1, area.y() + 1
        painter.drawPolygon(QPolygonF([QPointF(x - 7, y), QPointF(x, y), QPointF(x, y + 7)]))
    return token


def _paint_right(painter: QPainter, theme: Theme, inner: QRectF, cell: Cell, selected: bool) -> QRectF:
    """The small text and icon on the right; gives the room that is left."""
    room = 0.0
    upper = QRectF(inner.x(), inner.y() + 6, inner.width(), 20) if cell.second else inner
    if cell.right:
        token = "text2" if selected else "text3"
        room = paint_text(painter, theme, upper, cell.right, "second", token, right=True) + 8
    if cell.right_icon:
        lower = bool(cell.second and cell.right)
        y = inner.y() + 28 if lower else upper.center().y() - 7
        theme.icons.paint(painter, QRectF(inner.right() - 14, y, 14, 14), cell.right_icon, cell.right_token)
        room = max(room, 22.0)
    return inner.adjusted(0, 0, -room, 0)


def _paint_environment(painter: QPainter, theme: Theme, inner: QRectF, environment: str) -> None:
    size = environment_size(theme, environment, small=True)
    box = QRectF(inner.x(), round(inner.center().y() - size.height() / 2), size.width(), size.height())
    paint_environment(painter, theme, box, environment, quiet=True)


def _paint_words(
    painter: QPainter, theme: Theme, inner: QRectF, cell: Cell, token: str, selected: bool
) -> None:
    if cell.second:
        top = inner.y() + (inner.height() - 35) / 2
        first = QRectF(inner.x(), top, inner.width(), 19)
        role = cell.role or "medium"
        if selected and role == "medium":
            role = "strong"
        paint_text(painter, theme, first, cell.text, role, token)
        second = QRectF(inner.x(), top + 18, inner.width(), 17)
        quiet = "text2" if selected and cell.second_tone == "text3" else cell.second_tone
        paint_text(painter, theme, second, cell.second, cell.second_role, quiet)
        return
    role = cell.role or ("label" if cell.tint in ("error", "warn", "ok") else "small")
    x = 0.0
    if cell.text:
        x = paint_text(painter, theme, inner, cell.text, role, token, right=cell.align_right) + 10
    if cell.was:
        quiet = "ok" if cell.tint == "ok" else "accent_t"
        paint_text(painter, theme, inner.adjusted(x, 0, 0, 0), f"was {cell.was}", "caption", quiet)
    for text, tone, icon in fitting_badges(theme, cell.badges, inner.width() - x):
        width = badge_width(theme, text, icon)
        box = QRectF(inner.x() + x, round(inner.center().y() - 10), width, 20)
        paint_badge(painter, theme, box, text, tone, icon)
        x += width + BADGE_GAP


def fitting_badges(theme: Theme, badges: Sequence[BadgeLook], room: float) -> Sequence[BadgeLook]:
    """The badges for which there is room; where some have none, "+2" says how many."""
    widths = [badge_width(theme, text, icon) + BADGE_GAP for text, _, icon in badges]
    if len(badges) < 2 or sum(widths) - BADGE_GAP <= room:
        return badges
    shown = len(badges) - 1
    while shown > 0 and sum(widths[:shown]) + badge_width(theme, f"+{len(badges) - shown}", "") > room:
        shown -= 1
    return (*badges[:shown], (f"+{len(badges) - shown}", "plain", ""))


def needed_width(theme: Theme, cell: Cell, pad: int = 10) -> float:
    """The points that a cell takes when nothing of it is cut short."""
    words = _advance(theme, "medium" if cell.second else "small", cell.text, cell.role)
    words += _advance(theme, "caption", f"was {cell.was}") + 10 if cell.was else 0
    words += sum(badge_width(theme, text, icon) + BADGE_GAP for text, _, icon in cell.badges)
    second = _advance(theme, cell.second_role, cell.second) if cell.second else 0
    icon = (26 if cell.second else 22) if cell.icon else 0
    right = _advance(theme, "second", cell.right) + 8 if cell.right else 0
    return pad + icon + max(words, second) + right + 10


def _advance(theme: Theme, usual: str, text: str, role: str = "") -> float:
    return QFontMetricsF(theme.font(role or usual)).horizontalAdvance(text)
