"""The one kind of dialog: rounded, a title, a body, one primary action; the window behind is veiled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QGraphicsDropShadowEffect, QVBoxLayout, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.buttons import IconButton
from nv_desktop.gui.widgets.frames import Surface
from nv_desktop.gui.widgets.layout import Item, column, row
from nv_desktop.gui.widgets.text import ColourBar, Label

_SHADOW = 28


class Veil(QWidget):
    """Dims the window that a dialog stands before."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(window.rect())
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and parent is not None:
            self.setGeometry(parent.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("veil"))


class Dialog(QDialog):
    """A modal dialog. `body` is the column between title and footer; Escape and × reject.

    `buttons` stand in the footer from left to right, None takes the room between. `beside` stands right
    of the title (a badge). `colour` is the token of an account's colour, a bar on top. The title bar
    drags the dialog.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        title: str,
        *buttons: Item,
        width: int = 480,
        beside: QWidget | None = None,
        colour: str = "",
        name: str = "dialog",
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self._veil: Veil | None = None
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.body: QVBoxLayout = column(gap=14, margins=(28, 0, 28, 20))
        self.title = Label(theme, title, "dialog", wrap=beside is None)
        shut = IconButton(theme, "x", "Close", size=16, name=f"{name}.close", on_click=self.reject)
        head = row(self.title, beside, None, shut, gap=12) if beside else row(self.title, shut, gap=12)
        if beside is None:
            head.setStretch(0, 1)
        head.setContentsMargins(28, 16, 22, 12)
        layout = column(gap=0, margins=(1, 1, 1, 1))
        self.colour_bar = _TopBar(theme, colour or "surface")
        if colour:
            layout.addWidget(self.colour_bar)
        layout.addLayout(head)
        layout.addLayout(self.body, 1)
        if buttons:
            self.foot = Surface("dialog-foot", row(*buttons, gap=8, margins=(28, 0, 28, 0)))
            self.foot.setFixedHeight(60)
            layout.addWidget(self.foot)
        card = Surface("dialog", layout)
        card.setFixedWidth(width)
        shadow = QGraphicsDropShadowEffect(card)
        shadow.setBlurRadius(_SHADOW * 1.6)
        shadow.setOffset(0, 10)
        shadow.setColor(theme.color("shadow"))
        card.setGraphicsEffect(shadow)
        self._outer = column(card, margins=(_SHADOW, _SHADOW, _SHADOW, _SHADOW + 10))
        self.setLayout(self._outer)

    def showEvent(self, event: QShowEvent) -> None:
        parent = self.parentWidget()
        if parent is not None and self._veil is None:
            self._veil = Veil(self._theme, parent.window())
            self._veil.show()
            self._veil.raise_()
        super().showEvent(event)
        # Wrapped sentences know their height only once they know their width.
        self._outer.activate()
        self.resize(self.sizeHint())  # adjustSize would stop at two thirds of the screen

    def hideEvent(self, event: QHideEvent) -> None:
        if self._veil is not None:
            self._veil.hide()
            self._veil.deleteLater()
            self._veil = None
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and event.position().y() < _SHADOW + 56 and handle:
            handle.startSystemMove()
        super().mousePressEvent(event)


class _TopBar(ColourBar):
    """The account's colour along the rounded top."""

    def __init__(self, theme: Theme, token: str) -> None:
        super().__init__(theme, token, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.color(self._token)))
        painter.setClipRect(self.rect())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 0, 0, 20), 11, 11)
