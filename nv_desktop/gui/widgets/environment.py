"""Which account this is: production, test or sandbox, always as a word with an icon, never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nv_desktop.gui.theme import Theme

ENVIRONMENTS: dict[str, tuple[str, str]] = {
    # environment: icon, family of tokens
    "PRODUCTION": ("broadcast", "prod"),
    "TEST": ("wrench", "test"),
    "SANDBOX": ("flask", "sand"),
}


class EnvironmentBadge(QWidget):
    """The word PRODUCTION, TEST or SANDBOX. `quiet` is for tables, where red would scream.

    22 high, 18 when `small`.
    """

    def __init__(
        self, theme: Theme, environment: str, *, quiet: bool = False, small: bool = False, name: str = ""
    ) -> None:
        super().__init__()
        self._theme, self._quiet, self._small = theme, quiet, small
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_environment(environment)
        theme.changed.connect(self.update)

    def environment(self) -> str:
        return self._environment

    def set_environment(self, environment: str) -> None:
        """`environment` in any case ("production"). Raises KeyError for another word."""
        self._environment = environment.upper()
        self.setAccessibleName(f"Environment {self._environment.lower()}")
        self.setFixedSize(environment_size(self._theme, self._environment, small=self._small))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        rect = QRectF(self.rect())
        paint_environment(QPainter(self), self._theme, rect, self._environment, quiet=self._quiet)


def environment_size(theme: Theme, environment: str, *, small: bool = False) -> QSize:
    """Width and height of the badge. Raises KeyError for a word that is no environment."""
    assert ENVIRONMENTS[environment]
    font = theme.font("quiet" if small else "environment")
    width = QFontMetrics(font).horizontalAdvance(environment) + (29 if small else 33)
    return QSize(width, 18 if small else 22)


def paint_environment(
    painter: QPainter, theme: Theme, rect: QRectF, environment: str, *, quiet: bool = False
) -> None:
    """Draw the badge over `rect`, whose size `environment_size` gives."""
    icon, family = ENVIRONMENTS[environment]
    back, front, edge = f"{family}_bg", f"{family}_fg", f"{family}_bd"
    if quiet and environment == "PRODUCTION":
        back, front, edge = "error_tint", "error", "error_fill"
    small = rect.height() < 20
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(edge), 1))
    painter.setBrush(theme.color(back))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    side = 12 if small else 14
    square = QRectF(rect.x() + 6, rect.center().y() - side / 2, side, side)
    theme.icons.paint(painter, square, icon, front)
    painter.setFont(theme.font("quiet" if small else "environment"))
    painter.setPen(theme.color(front))
    words = rect.adjusted(10 + side, 0, -2, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, environment)
    painter.restore()
