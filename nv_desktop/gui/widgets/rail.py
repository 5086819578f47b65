"""The way between pages: icons with words on the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.layout import Item, column


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the rail: its key, its words, its icon; `at_end` puts it at the bottom."""

    key: str
    words: str
    icon: str
    at_end: bool = False


PLACES = (
    Place("people", "People", "address-book"),
    Place("import", "Import", "upload-simple"),
    Place("history", "History", "clock-counter-clockwise"),
    Place("accounts", "Accounts", "key"),
    Place("settings", "Settings", "gear-six", at_end=True),
)


class NavButton(QAbstractButton):
    """Icon over word; `nav.<key>`."""

    def __init__(self, theme: Theme, place: Place) -> None:
        super().__init__()
        self._theme, self.place = theme, place
        self.setObjectName(f"nav.{place.key}")
        self.setText(place.words)
        self.setAccessibleName(place.words)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(68, 56)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(68, 56)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, on = self._theme, self.isChecked()
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if on or self.underMouse():
            painter.setBrush(theme.color("sel" if on else "hover"))
            painter.drawRoundedRect(area, 8, 8)
        token = "accent_t" if on else "text2" if self.isEnabled() else "dis_text"
        filled = on and self.place.icon in ("key", "gear-six")
        icon = self.place.icon + ("-fill" if filled else "")
        theme.icons.paint(painter, QRectF(23, 8, 22, 22), icon, token)
        painter.setFont(theme.font("badge" if on else "caption"))
        painter.setPen(theme.color(token))
        painter.drawText(QRectF(0, 32, 68, 18), Qt.AlignmentFlag.AlignCenter, self.place.words)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent_t"), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 7, 7)


class Rail(QWidget):
    """84 wide. `page_chosen(key)` when a person picks a page; Up and Down move between them."""

    page_chosen = Signal(str)

    def __init__(self, theme: Theme, places: Sequence[Place] = PLACES) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("nav")
        self.setAccessibleName("Pages")
        self.setFixedWidth(84)
        self._group = QButtonGroup(self)
        self.buttons = {place.key: NavButton(theme, place) for place in places}
        items: list[Item] = [button for button in self.buttons.values() if not button.place.at_end]
        items.append(None)
        items += [button for button in self.buttons.values() if button.place.at_end]
        for button in self.buttons.values():
            self._group.addButton(button)
            button.clicked.connect(self._tell)
        self.setLayout(column(*items, gap=6, margins=(8, 12, 8, 10)))
        theme.changed.connect(self.update)

    def set_current(self, key: str) -> None:
        """Mark a page; a key that is not on the rail marks none."""
        button = self.buttons.get(key)
        self._group.setExclusive(button is not None)
        for other in self.buttons.values():
            other.setChecked(other is button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        order = list(self.buttons.values())
        focused = next((number for number, button in enumerate(order) if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
        else:
            order[(focused + step) % len(order)].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _tell(self) -> None:
        button = self.sender()
        if isinstance(button, NavButton):
            self.page_chosen.emit(button.place.key)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("window"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.color("line"))
