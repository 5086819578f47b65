"""What a first start shows: the way into the sandbox, and the way to one's own account."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QLayout, QSizePolicy, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, IconLabel, KeyHint, Label, Page, Scroll, Surface, column, row
from nv_desktop.gui.widgets.environment import environment_size, paint_environment

WIDTH, CARD_HEIGHT, PICTURE_HEIGHT = 840, 406, 134


class WelcomePage(Page):
    """Two cards in the middle. `sandbox_chosen()`, `account_wanted()`."""

    sandbox_chosen = Signal()
    account_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(margins=(0, 0, 0, 0), gap=0, name="welcome", words="Welcome")
        self._theme = theme
        sentence = "Look after profiles one by one, or send a whole list and see what became of every row."
        cards = row(self._sandbox_card(), self._account_card(), gap=18)
        middle = QWidget()
        middle.setProperty("role", "clear")
        middle.setFixedWidth(WIDTH)
        middle.setLayout(
            column(
                Label(theme, "Good to have you here.", "welcome", name="welcome.title"),
                8,
                Label(theme, sentence, "intro", "text2", wrap=True),
                28,
                cards,
                26,
                self._keys(),
                gap=0,
                margins=(0, 16, 0, 16),
            )
        )
        around = column(None, row(None, middle, None, gap=0), None, gap=0)
        self.body.addWidget(Scroll(around, name="welcome.scroll", words="Welcome"))

    def _sandbox_card(self) -> QWidget:
        self.sandbox = Button(self._theme, "Try it with the sandbox", "primary", size="large",
                              name="welcome.sandbox", on_click=self.sandbox_chosen)  # fmt: skip
        self.sandbox.set_icon("arrow-right", trailing=True)
        return self._card(
            _paint_list,
            self.sandbox,
            "A practice account on this computer with 5,000 invented profiles. Nothing leaves the machine.",
            ("No key, no set-up", "Import a list, look people up, change them", "Nobody is written to"),
            "ok",
        )

    def _account_card(self) -> QWidget:
        self.account = Button(self._theme, "Add your account", icon="key", size="large",
                              name="welcome.account", on_click=self.account_wanted)  # fmt: skip
        return self._card(
            _paint_accounts,
            self.account,
            "Connect to NotifyVisitors. Have the API key and the brand ID at hand; your admin has them.",
            (
                "The key stays in the keyring of this computer",
                "“Test this key” changes nothing",
                "Can start as read only",
            ),
            "text3",
        )

    def _card(
        self, picture: Callable[..., None], button: Button, sentence: str, points: Sequence[str], tick: str
    ) -> QWidget:
        theme = self._theme
        button.setFont(theme.font("strong"))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        words = column(gap=0, margins=(26, 20, 26, 24))
        words.addWidget(Label(theme, button.text(), "dialog"))
        words.addSpacing(6)
        words.addWidget(Label(theme, sentence, "body", "text2", wrap=True))
        words.addSpacing(16)
        for point in points:
            words.addLayout(row(IconLabel(theme, "check-bold", tick, 13), Label(theme, point), None, gap=9))
            words.addSpacing(7)
        words.addStretch(1)
        words.addWidget(button)
        layout = column(_Picture(theme, picture), gap=0)
        layout.addLayout(words, 1)
        card = Surface("card", layout)
        card.setAccessibleName(button.text())
        card.setMinimumHeight(CARD_HEIGHT)
        return card

    def _keys(self) -> QLayout:
        theme = self._theme
        return row(
            IconLabel(theme, "keyboard", "text3"),
            Label(theme, "Look up anyone from anywhere:", "body", "text2"),
            KeyHint(theme, "Ctrl K"),
            12,
            Label(theme, "Import: drop a file on this window, or paste cells", "body", "text2"),
            KeyHint(theme, "Ctrl V"),
            12,
            Label(theme, "All keys:", "body", "text2"),
            KeyHint(theme, "F1"),
            None,
        )


class _Picture(QWidget):
    """The drawing on top of a card; it says nothing that the words below do not say."""

    def __init__(self, theme: Theme, paint: Callable[[QPainter, Theme, QRectF], None]) -> None:
        super().__init__()
        self._theme, self._paint = theme, paint
        self.setFixedHeight(PICTURE_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, area = QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        self._paint(painter, self._theme, area)
        painter.fillRect(QRectF(0, area.bottom() - 1, area.width(), 1), self._theme.color("line"))


def _paint_ground(painter: QPainter, theme: Theme, area: QRectF, token: str) -> None:
    """The tint behind a drawing, rounded on top as the card is."""
    ground = QPainterPath()
    ground.addRoundedRect(area.adjusted(0, 0, 0, 20), 9, 9)
    painter.fillPath(ground, theme.color(token))


def _paint_words(painter: QPainter, theme: Theme, x: float, y: float, width: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("neutral_fill"))
    painter.drawRoundedRect(QRectF(x, y, width, 8), 4, 4)


def _paint_list(painter: QPainter, theme: Theme, area: QRectF) -> None:
    """A list in which one row has a problem."""
    _paint_ground(painter, theme, area, "sand_bg")
    sheet = QRectF(round(area.width() / 2) - 122, 26, 244, 140)
    painter.setBrush(theme.color("surface"))
    painter.setPen(QPen(theme.color("line2"), 1))
    painter.drawRoundedRect(sheet, 8, 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("sea"))
    painter.drawRoundedRect(QRectF(sheet.x() + 1, sheet.y() + 1, sheet.width() - 2, 5), 2, 2)
    for number, (first, second, state) in enumerate(
        ((44, 70, "ok"), (58, 54, "ok"), (38, 80, "error"), (50, 62, "ok"))
    ):
        y = sheet.y() + 20 + number * 23
        if state == "error":
            stripe = QRectF(sheet.x() + 1, y - 6, sheet.width() - 2, 23)
            painter.fillRect(stripe, theme.color("error_tint"))
        _paint_words(painter, theme, sheet.x() + 16, y, first)
        _paint_words(painter, theme, sheet.x() + 92, y, second)
        icon = "check-circle-fill" if state == "ok" else "warning-circle-fill"
        theme.icons.paint(painter, QRectF(sheet.right() - 34, y - 4, 16, 16), icon, f"{state}_fill")


def _paint_accounts(painter: QPainter, theme: Theme, area: QRectF) -> None:
    """Three accounts, each with its colour and its word."""
    _paint_ground(painter, theme, area, "accent_tint")
    for number, (colour, environment, width) in enumerate(
        (("plum", "PRODUCTION", 74), ("amber", "TEST", 56), ("sea", "SANDBOX", 64))
    ):
        line = QRectF(round(area.width() / 2) - 122, 21 + number * 34, 244, 28)
        painter.setBrush(theme.color("surface"))
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawRoundedRect(line, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(colour))
        painter.drawRoundedRect(QRectF(line.x() + 1, line.y() + 1, 5, 26), 2, 2)
        _paint_words(painter, theme, line.x() + 18, line.y() + 10, width)
        size = environment_size(theme, environment, small=True)
        badge = QRectF(line.right() - size.width() - 8, line.y() + 5, size.width(), size.height())
        paint_environment(painter, theme, badge, environment, quiet=True)
