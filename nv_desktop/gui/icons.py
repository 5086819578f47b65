"""Icons by name in a token's colour: Phosphor glyphs, drawn when they are first painted.

The font and its table of names come from the installed QtAwesome package; its code is not imported,
which would cost a quarter of a second at start for fonts that nothing here uses.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

_GLYPH_SHARE = 0.875
"""How much of its square a glyph fills: the room around it belongs to the icon."""


@cache
def _glyphs() -> tuple[str, dict[str, str]]:
    """Family of the icon font, loaded at the first painting, and its characters by name."""
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the icon font (QtAwesome) is missing from this installation")
    folder = Path(spec.origin).parent / "fonts"
    # Read and handed over as bytes: Qt does not keep the file open, and no path reaches the font engine.
    data = next(folder.glob("phosphor-[0-9]*.ttf")).read_bytes()
    number = QFontDatabase.addApplicationFontFromData(data)
    family = QFontDatabase.applicationFontFamilies(number)[0]
    table = json.loads(next(folder.glob("phosphor-charmap-*.json")).read_text(encoding="utf-8"))
    return family, {name: chr(int(code, 16)) for name, code in table.items()}


class Icons:
    """Draws icons in the colours that `color(token)` gives at that moment."""

    def __init__(self, color: Callable[[str], QColor]) -> None:
        self._color = color
        self._pixmaps: dict[tuple[str, int, int, float], QPixmap] = {}

    def icon(self, name: str, token: str = "text2", size: int = 16, *, gap: int = 0) -> QIcon:
        """An icon that follows the theme by itself, grey when disabled.

        `name` is Phosphor's ("key", "check-circle-fill"); "ph." before it is allowed. `gap` adds points
        of room on the right (below zero: on the left), since Fusion leaves only four between an icon and its
        text. Raises KeyError
        for a name or a token that is unknown.
        """
        self.check(name, token)
        return QIcon(_Glyph(self, plain_name(name), token, size, gap))

    def check(self, name: str, token: str) -> None:
        """KeyError now rather than inside a painting, where an exception leaves the painter open."""
        self._color(token)
        assert _glyphs()[1][plain_name(name)]

    def pixmap(self, name: str, token: str, size: int, ratio: float) -> QPixmap:
        """The icon as a square of `size` points at `ratio` pixels a point. Raises KeyError if unknown."""
        color = self._color(token)
        key = (name, color.rgba(), size, ratio)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = _draw(plain_name(name), color, size, ratio)
        return pixmap

    def paint(self, painter: QPainter, rect: QRectF | QRect, name: str, token: str) -> None:
        """Draw the icon as a square centred in `rect`, as large as fits, on whole pixels."""
        rect = QRectF(rect)
        size = round(min(rect.width(), rect.height()))
        if size < 1:
            return
        pixmap = self.pixmap(name, token, size, painter.device().devicePixelRatioF())
        corner = QPoint(round(rect.center().x() - size / 2), round(rect.center().y() - size / 2))
        painter.drawPixmap(corner, pixmap)


def plain_name(name: str) -> str:
    return name.removeprefix("ph.")


def _draw(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    family, characters = _glyphs()
    character = characters[name]
    pixels = max(1, round(size * ratio))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    font = QFont(family)
    font.setPixelSize(max(1, round(pixels * _GLYPH_SHARE)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QRect(0, 0, pixels, pixels), Qt.AlignmentFlag.AlignCenter, character)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class _Glyph(QIconEngine):
    """One icon that looks its colour up each time it is painted."""

    def __init__(self, icons: Icons, name: str, token: str, size: int, gap: int) -> None:
        super().__init__()
        self._icons, self._name, self._token, self._size, self._gap = icons, name, token, size, gap

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = "dis_text" if mode == QIcon.Mode.Disabled else self._token
        inner = rect.adjusted(max(0, -self._gap), 0, -max(0, self._gap), 0)
        self._icons.paint(painter, inner, self._name, token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """`size` is in points: as many pixels as the screen has for them, so that lines stay sharp."""
        pixmap = QPixmap(round(size.width() * scale), round(size.height() * scale))
        pixmap.fill(Qt.GlobalColor.transparent)
        pixmap.setDevicePixelRatio(scale)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        return size

    def isNull(self) -> bool:
        return False

    def key(self) -> str:
        return "phosphor"

    def clone(self) -> QIconEngine:
        return _Glyph(self._icons, self._name, self._token, self._size, self._gap)
