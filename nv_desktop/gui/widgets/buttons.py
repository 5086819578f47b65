"""Things that are pressed: buttons, filter chips, segments, switches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.flow import FlowBox

_ICON_TOKENS = {"primary": "on_accent", "danger": "error", "link": "accent_t"}


class Button(QPushButton):
    """A button. `kind`: "" (plain), "primary" (one a page), "quiet", "danger", "link".

    `size`: "" (30 high), "small" (24), "large" (38). `icon` is a Phosphor name. `clicked` may be
    connected at once with `on_click` (a bound method). A disabled button gets its reason beside it from
    the page, and here as tool tip: `set_allowed(False, "One column needs a decision")`.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        kind: str = "",
        icon: str = "",
        *,
        size: str = "",
        name: str = "",
        on_click: Callable[..., object] | None = None,
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setProperty("sz", size)
        self.setFont(theme.font(_button_font(kind, size)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon:
            self.set_icon(icon)
        if on_click is not None:
            self.clicked.connect(on_click)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the keyboard; in a dialog it is the dialog's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.window(), QDialog):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def set_icon(self, icon: str, token: str = "", *, trailing: bool = False) -> None:
        """Another icon; `trailing` puts it after the words ("Next →")."""
        token = token or _ICON_TOKENS.get(str(self.property("kind")), "text2")
        self.setIcon(self._theme.icon(icon, token, 16, gap=-4 if trailing else 4))
        self.setIconSize(QSize(20, 16))
        # Qt has no other way to put an icon behind the text.
        side = Qt.LayoutDirection.RightToLeft if trailing else Qt.LayoutDirection.LeftToRight
        self.setLayoutDirection(side)

    def set_allowed(self, allowed: bool, reason: str = "") -> None:
        """Enable or disable, with the reason for a disabled button (tool tip, accessible description)."""
        self.setEnabled(allowed)
        self.setToolTip("" if allowed else reason)
        self.setAccessibleDescription("" if allowed else reason)


def _button_font(kind: str, size: str) -> str:
    if size == "small":
        return "label"
    return "strong" if kind == "primary" else "medium"


class IconButton(QToolButton):
    """A button that is only an icon: `words` is its tool tip and its accessible name. `tight` is 14 + 6."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        words: str,
        *,
        token: str = "text2",
        size: int = 18,
        tight: bool = False,
        name: str = "",
        on_click: Callable[..., object] | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("sz", "tight" if tight else "")
        self.setIconSize(QSize(size, size))
        self.set(icon, words, token)
        if on_click is not None:
            self.clicked.connect(on_click)

    def set(self, icon: str, words: str, token: str = "text2") -> None:
        self.setIcon(self._theme.icon(icon, token, self._size))
        self.setToolTip(words)
        self.setAccessibleName(words)


class Chip(QPushButton):
    """A filter with its count: "Errors  112". Checkable, 26 high."""

    def __init__(self, theme: Theme, text: str, count: int | None = None, *, name: str = "") -> None:
        super().__init__()
        self._text = text
        self.setObjectName(name)
        self.setProperty("kind", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFont(theme.font("label"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_count(count)

    def set_words(self, text: str) -> None:
        self._text = text
        self.set_count(self.count)

    def set_count(self, count: int | None) -> None:
        """Rows that would be shown; None shows none."""
        self.count = count
        self.setText(self._text if count is None else f"{self._text}  {count:,}")
        self.setAccessibleName(self._text if count is None else f"{self._text}, {count:,}")


class ChipRow(QWidget):
    """Chips of which one is chosen. `chosen(key)` is emitted when a person, or `choose`, picks another,
    `pressed_again(key)` when it is the chosen one that is pressed: to see its rows afresh."""

    chosen = Signal(str)
    pressed_again = Signal(str)

    def __init__(
        self,
        theme: Theme,
        options: Sequence[tuple[str, str, int | None]],
        *,
        name: str = "",
        words: str = "Filter",
        wraps: bool = False,
    ) -> None:
        """`options`: (key, text, count). Each chip's object name is `name.key`; the first is chosen.

        `wraps`: as many lines as the width asks for.
        """
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _text, _count in options]
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        box = FlowBox(gap=6) if wraps else None
        if box is not None:
            line.addWidget(box)
        layout = line if box is None else box.flow
        self.chips: dict[str, Chip] = {}
        for number, (key, text, count) in enumerate(options):
            chip = Chip(theme, text, count, name=f"{name}.{key}" if name else "")
            chip.setChecked(number == 0)
            self._group.addButton(chip, number)
            self.chips[key] = chip
            layout.addWidget(chip)
        self._group.idToggled.connect(self._tell)
        self._group.idPressed.connect(self._note)
        self._group.idClicked.connect(self._tell_again)
        self._was_chosen = False  # whether the chip under the press was the chosen one
        if not wraps:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def current(self) -> str:
        """The key of the chosen chip, "" while none is."""
        number = self._group.checkedId()
        return self._keys[number] if number >= 0 else ""

    def choose(self, key: str) -> None:
        self.chips[key].setChecked(True)

    def choose_none(self) -> None:
        """What is shown is none of these; each can be chosen (again) from here."""
        chosen = self._group.checkedButton()
        if chosen is not None:
            self._group.setExclusive(False)
            chosen.setChecked(False)
            self._group.setExclusive(True)

    @Slot(int)
    def _note(self, number: int) -> None:
        self._was_chosen = number == self._group.checkedId()

    @Slot(int)
    def _tell_again(self, number: int) -> None:
        if self._was_chosen:
            self.pressed_again.emit(self._keys[number])

    def set_counts(self, counts: dict[str, int]) -> None:
        for key, count in counts.items():
            self.chips[key].set_count(count)

    @Slot(int, bool)
    def _tell(self, number: int, checked: bool) -> None:
        if checked:
            self.chosen.emit(self._keys[number])


class Segment(QWidget):
    """Two to four answers of which one holds, side by side. `chosen(key)` as in `ChipRow`."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        options: Sequence[tuple[str, str]],
        current: str = "",
        *,
        name: str = "",
        words: str = "",
    ) -> None:
        """`options`: (key, text). `words` names the question for a screen reader."""
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._keys = [key for key, _text in options]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for number, (key, text) in enumerate(options):
            button = QPushButton(text)
            button.setObjectName(f"{name}.{key}" if name else "")
            button.setProperty("kind", "segment")
            place = "first" if number == 0 else "last" if number == len(options) - 1 else "middle"
            button.setProperty("place", place)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{words}: {text}" if words else text)
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.button(self._keys.index(current) if current else 0).setChecked(True)
        self._weigh()
        self._group.idToggled.connect(self._tell)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def current(self) -> str:
        return self._keys[self._group.checkedId()]

    def choose(self, key: str) -> None:
        self._group.button(self._keys.index(key)).setChecked(True)

    def _weigh(self) -> None:
        for button in self._group.buttons():
            button.setFont(self._theme.font("strong" if button.isChecked() else "body"))

    @Slot(int, bool)
    def _tell(self, number: int, checked: bool) -> None:
        if checked:
            self._weigh()
            self.chosen.emit(self._keys[number])


class Switch(QAbstractButton):
    """On or off, at once; `words` says what is on. Space toggles."""

    def __init__(self, theme: Theme, words: str, *, on: bool = False, name: str = "") -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setChecked(on)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(38, 24)
        theme.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color
        on = self.isChecked()
        body = QRectF(2.5, 2.5, 33, 19)
        edge = "dis_text" if not self.isEnabled() else "accent" if on else "border"
        painter.setPen(QPen(color(edge), 1))
        painter.setBrush(color(edge if on else "field"))
        painter.drawRoundedRect(body, 9.5, 9.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("on_accent" if on else edge))
        painter.drawEllipse(QRectF(19, 5, 14, 14) if on else QRectF(6, 6, 12, 12))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color("accent_t"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 11, 11)
