"""Things that are read: labels, badges, key hints, icons."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nv_desktop.gui.theme import Theme, repolish


class Label(QLabel):
    """Plain text in the font of a role (`theme.FONTS`) and the colour of a tone.

    Tones: text, text2, text3, error, warn, ok, note, accent. Text is never read as HTML, since it may
    come from a customer's file; `rich=True` is for sentences of our own.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: str = "body",
        tone: str = "text",
        *,
        wrap: bool = False,
        rich: bool = False,
        selectable: bool = False,
        name: str = "",
    ) -> None:
        super().__init__()
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setFont(theme.font(role))
        self.setWordWrap(wrap)
        self.setObjectName(name)
        self.setProperty("tone", tone)
        self.setText(text)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def set_tone(self, tone: str) -> None:
        if tone != self.property("tone"):
            self.setProperty("tone", tone)
            repolish(self)

    def set_role(self, role: str) -> None:
        self.setFont(self._theme.font(role))


class ElidedLabel(Label):
    """A label that shortens its text with "…" where there is no room; the whole text is its tool tip."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: str = "body",
        tone: str = "text",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        name: str = "",
    ) -> None:
        self._full = ""
        self._mode = mode
        super().__init__(theme, "", role, tone, name=name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._full = text
        self.setAccessibleName(text)
        self._shorten()
        self.updateGeometry()

    def full_text(self) -> str:
        return self._full

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._full) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._full, self._mode, max(self.width(), 0))
        super().setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class Badge(QWidget):
    """A word on a tint, 20 high, with an icon where it names a state.

    Tones: ok, note, error, warn, accent, plain.
    """

    def __init__(
        self, theme: Theme, text: str = "", tone: str = "plain", icon: str = "", name: str = ""
    ) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(text, tone, icon)
        theme.changed.connect(self.update)

    def set(self, text: str, tone: str = "plain", icon: str = "") -> None:
        """Another word, tone and icon; the width follows."""
        if icon:
            self._theme.icons.check(icon, "text2")
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.setFixedSize(badge_width(self._theme, text, icon), 20)
        self.update()

    def text(self) -> str:
        return self._text

    def tone(self) -> str:
        return self._tone

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_badge(painter, self._theme, QRectF(self.rect()), self._text, self._tone, self._icon)


def badge_width(theme: Theme, text: str, icon: str = "") -> int:
    return QFontMetrics(theme.font("badge")).horizontalAdvance(text) + 15 + (16 if icon else 0)


def paint_badge(painter: QPainter, theme: Theme, rect: QRectF, text: str, tone: str, icon: str = "") -> None:
    """Draw a badge over the whole of `rect`, which should be `badge_width` wide."""
    back, front = {"plain": ("hover", "text2"), "accent": ("accent_tint", "accent_t")}.get(
        tone, (f"{tone}_tint", tone)
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(back))
    painter.drawRoundedRect(rect, 4, 4)
    if icon:
        square = QRectF(rect.x() + 6, rect.center().y() - 6.5, 13, 13)
        theme.icons.paint(painter, square, icon, front)
    painter.setFont(theme.font("badge"))
    painter.setPen(theme.color(front))
    text_rect = rect.adjusted(22 if icon else 7, 0, 0, 0)
    painter.drawText(text_rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


class KeyHint(QLabel):
    """A key, as it stands on the keyboard: "Ctrl K", "F8"."""

    def __init__(self, theme: Theme, keys: str) -> None:
        super().__init__(keys)
        self.setProperty("badge", "key")
        self.setFont(theme.font("caption"))
        self.setAccessibleName(f"Key {keys}")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)


class IconLabel(QWidget):
    """An icon beside words that say the same; alone it needs `meaning`, which is also read aloud."""

    def __init__(
        self, theme: Theme, icon: str, token: str = "text2", size: int = 16, meaning: str = ""
    ) -> None:
        super().__init__()
        self._theme = theme
        self.set_icon(icon, token)
        self.setFixedSize(size, size)
        self.setToolTip(meaning)
        self.setAccessibleName(meaning or icon.replace("-", " "))
        theme.changed.connect(self.update)

    def set_icon(self, icon: str, token: str = "text2") -> None:
        self._theme.icons.check(icon, token)
        self._icon, self._token = icon, token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._theme.icons.paint(QPainter(self), self.rect(), self._icon, self._token)


class Avatar(QWidget):
    """Initials: round for a person (`token` "sel"), square for an account in its colour."""

    def __init__(self, theme: Theme, initials: str = "", size: int = 44, token: str = "sel") -> None:
        super().__init__()
        self._theme = theme
        self._round = token == "sel"
        self.setFixedSize(size, size)
        self.set(initials, token)
        theme.changed.connect(self.update)

    def set(self, initials: str, token: str = "sel") -> None:
        self._initials, self._token = initials, token
        self.setAccessibleName(f"Initials {initials}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._token))
        radius = self.width() / 2 if self._round else 6
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setFont(self._theme.font("panel" if self._round else "environment"))
        painter.setPen(self._theme.color("accent_t" if self._round else "on_colour"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)


def initials(name: str) -> str:
    """Up to two letters that stand for a name: "Fernwood Outdoor" -> "FO"."""
    return "".join(word[0] for word in name.split()[:2]).upper()


class ColourBar(QWidget):
    """A bar in an account's colour over the whole width."""

    def __init__(self, theme: Theme, token: str = "line2", height: int = 5) -> None:
        super().__init__()
        self._theme, self._token = theme, token
        self.setFixedHeight(height)
        theme.changed.connect(self.update)

    def set_token(self, token: str) -> None:
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color(self._token))
