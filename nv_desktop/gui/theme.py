"""How everything looks: one table of tokens makes the palette, the style sheet, the fonts and the icons.

Nothing here knows a page. A widget asks its `Theme` for a colour, a font or an icon by name and never
writes a colour itself; `Theme.changed` tells painted widgets that the same names now mean other colours.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from PySide6.QtCore import QDir, QObject, QPointF, Qt, QTemporaryDir, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QWidget

from nv_desktop.core.resources import resource
from nv_desktop.gui.icons import Icons

Scheme = Literal["light", "dark", "system"]

LIGHT: Mapping[str, str] = {
    "window": "#F3F2EE", "bar": "#FBFAF8", "surface": "#FFFFFF", "sunken": "#FAF9F6",
    "hover": "#EDEBE5", "pressed": "#E1DED6", "sel": "#DEE6FB",
    "line": "#E5E2DB", "line2": "#CECAC0", "border": "#8B877E", "field": "#FFFFFF",
    "text": "#1C1D20", "text2": "#55565B", "text3": "#676663", "dis_text": "#A3A19B", "dis_bg": "#EAE8E2",
    "accent": "#2B4FC4", "accent_h": "#2443A8", "accent_p": "#1C368A", "on_accent": "#FFFFFF",
    "accent_t": "#2B4FC4", "accent_tint": "#ECF0FC",
    "error": "#B42318", "error_tint": "#FCEDEA", "error_fill": "#CF4434",
    "warn": "#855000", "warn_tint": "#FCF2DE", "warn_fill": "#BC7C0A",
    "ok": "#1A6B40", "ok_tint": "#E5F3EB", "ok_fill": "#38925F",
    "note": "#465877", "note_tint": "#EBEFF5", "note_fill": "#7D8CA8", "neutral_fill": "#DAD7CF",
    "prod_bg": "#B42318", "prod_fg": "#FFFFFF", "prod_bd": "#B42318",
    "test_bg": "#FCF2DE", "test_fg": "#855000", "test_bd": "#D9A441",
    "sand_bg": "#E1F2F1", "sand_fg": "#0B6460", "sand_bd": "#6DB5B0",
    "on_colour": "#FFFFFF", "veil": "#5F16140F", "shadow": "#26281C24",
    "plum": "#7A3E8E", "sea": "#0E7C7B", "amber": "#A56100", "moss": "#4F7A28",
    "rose": "#B8345E", "sky": "#1F6FB2", "slate": "#55606E", "brick": "#A6452B",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "window": "#17181B", "bar": "#1C1D21", "surface": "#212327", "sunken": "#1C1E21",
    "hover": "#2C2F35", "pressed": "#383B42", "sel": "#2B3658",
    "line": "#303339", "line2": "#454952", "border": "#7A7F8A", "field": "#1A1B1F",
    "text": "#ECECEA", "text2": "#B6B8BD", "text3": "#9FA1A7", "dis_text": "#696C74", "dis_bg": "#2A2C31",
    "accent": "#4468E0", "accent_h": "#4A6CE0", "accent_p": "#3A5CD0", "on_accent": "#FFFFFF",
    "accent_t": "#A6BAFF", "accent_tint": "#262D42",
    "error": "#FF9F92", "error_tint": "#3C2523", "error_fill": "#E0604F",
    "warn": "#F0C066", "warn_tint": "#383019", "warn_fill": "#D8A238",
    "ok": "#82D4A2", "ok_tint": "#1E352A", "ok_fill": "#4AA973",
    "note": "#B0C0DA", "note_tint": "#2A303B", "note_fill": "#6F81A0", "neutral_fill": "#3B3E46",
    "prod_bg": "#C4392B", "prod_fg": "#FFFFFF", "prod_bd": "#C4392B",
    "test_bg": "#383019", "test_fg": "#F0C066", "test_bd": "#8A6C2C",
    "sand_bg": "#16322F", "sand_fg": "#7FD6CE", "sand_bd": "#2F7A74",
    "on_colour": "#14151A", "veil": "#96000000", "shadow": "#96000000",
    "plum": "#A768BC", "sea": "#2FA5A2", "amber": "#D69030", "moss": "#7BA653",
    "rose": "#DC6A8E", "sky": "#4F9BDB", "slate": "#8793A3", "brick": "#D0745A",
}  # fmt: skip

ACCOUNT_COLOURS = ("plum", "sea", "amber", "moss", "rose", "sky", "slate", "brick")
"""Token names an account can wear, in the order they are offered; their titles are for people."""

FONTS: Mapping[str, tuple[int, int, bool]] = {
    # role: pixels, weight, fixed pitch
    "number": (36, 600, False),
    "welcome": (32, 600, False),
    "count": (24, 600, False),
    "page": (20, 600, False),
    "dialog": (18, 600, False),
    "panel": (15, 600, False),
    "lead": (15, 500, False),
    "intro": (15, 400, False),
    "card": (14, 600, False),
    "strong": (13, 600, False),
    "medium": (13, 500, False),
    "body": (13, 400, False),
    "head": (12, 600, False),
    "label": (12, 500, False),
    "small": (12, 400, False),
    "badge": (11, 600, False),
    "caption": (11, 500, False),
    "second": (11, 400, False),
    "environment": (11, 700, False),
    "quiet": (10, 700, False),
    "mono": (12, 400, True),
    "mono_small": (11, 400, True),
}

_FIXED_PITCH = {"win32": "Consolas", "darwin": "Menlo"}
_TOKEN = re.compile(r"@([a-z_0-9]+)")


def fill_tokens(template: str, tokens: Mapping[str, str]) -> str:
    """The style sheet with every `@token` replaced. Raises KeyError for a name that no token has."""
    return _TOKEN.sub(lambda found: tokens[found.group(1)], template)


def repolish(widget: QWidget) -> None:
    """Apply the style sheet again after a dynamic property of `widget` changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


class Theme(QObject):
    """Colours, fonts and icons of the running application; made once, by the composition root.

    `changed` is emitted after the application wears other colours. `tokens` maps token names to
    "#RRGGBB" (or "#AARRGGBB" for `veil` and `shadow`). Main thread only.
    """

    changed = Signal()

    def __init__(self, application: QApplication, scheme: Scheme = "system") -> None:
        super().__init__(application)
        self._application = application
        self._template = resource("style.qss").read_text(encoding="utf-8")
        self._family = application.font().family()
        self._fixed = _FIXED_PITCH.get(
            sys.platform, QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        )
        self._fonts: dict[str, QFont] = {}
        self._marks = QTemporaryDir()
        self._scheme: Scheme = scheme
        self._worn: Mapping[str, str] | None = None
        self.tokens: Mapping[str, str] = LIGHT
        self.icons = Icons(self.color)
        application.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.set_scheme(scheme)

    @property
    def scheme(self) -> Scheme:
        """What was asked for: "light", "dark" or "system"."""
        return self._scheme

    @property
    def is_dark(self) -> bool:
        return self.tokens is DARK

    def set_scheme(self, scheme: Scheme) -> None:
        """Wear `scheme` from now on. "system" follows the desktop where Qt can tell, else it is light."""
        self._scheme = scheme
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(scheme)
        hints = QGuiApplication.styleHints()
        # Native parts (title bar, file dialogs) follow where the platform allows it; elsewhere this is
        # silently ignored, which is why the palette below is always our own.
        if wanted is None:
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(wanted)
        self._wear(self._resolve(hints.colorScheme()))

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """For building many widgets at once: the style sheet is away until the end.

        With it, Qt polishes a widget anew for each thing that it is put into; building every page takes a
        third of the time without.
        """
        sheet = self._application.styleSheet()
        self._application.setStyleSheet("")
        try:
            yield
        finally:
            self._application.setStyleSheet(sheet)

    def color(self, token: str) -> QColor:
        """The colour of a token; "#RRGGBB" is taken as it stands. Raises KeyError for an unknown name."""
        return QColor(token if token.startswith("#") else self.tokens[token])

    def font(self, role: str) -> QFont:
        """The font of a role in `FONTS`, figures all of one width. Raises KeyError for an unknown role."""
        font = self._fonts.get(role)
        if font is None:
            font = self._fonts[role] = self._make_font(role)
        return font

    def icon(self, name: str, token: str = "text2", size: int = 16, *, gap: int = 0) -> QIcon:
        """See `Icons.icon`."""
        return self.icons.icon(name, token, size, gap=gap)

    def _make_font(self, role: str) -> QFont:
        pixels, weight, fixed = FONTS[role]
        font = QFont(self._fixed if fixed else self._family)
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight(weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if fixed:
            font.setStyleHint(QFont.StyleHint.Monospace)
        else:
            font.setFeature(QFont.Tag("tnum"), 1)
        if role in ("environment", "quiet"):
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        return font

    def _resolve(self, system: Qt.ColorScheme) -> Mapping[str, str]:
        if self._scheme == "system":
            return DARK if system == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._scheme == "dark" else LIGHT

    @Slot(Qt.ColorScheme)
    def _follow_system(self, system: Qt.ColorScheme) -> None:
        self._wear(self._resolve(system))

    def _wear(self, tokens: Mapping[str, str]) -> None:
        # Setting a scheme may also come back as the system's own change: polish everything once only.
        if tokens is self._worn:
            return
        self._worn = tokens
        self.tokens = tokens
        self._application.setPalette(make_palette(tokens))
        self._application.setFont(self.font("body"))
        marks = draw_marks(QDir(self._marks.path()), tokens)
        self._application.setStyleSheet(fill_tokens(self._template, {**tokens, **marks}))
        self.changed.emit()


def make_palette(tokens: Mapping[str, str]) -> QPalette:
    """The palette of the tokens, for all that a style sheet does not reach."""
    palette = QPalette(QColor(tokens["window"]))
    role = QPalette.ColorRole
    for name, token in (
        (role.Window, "window"), (role.Base, "surface"), (role.AlternateBase, "sunken"),
        (role.Button, "surface"), (role.Text, "text"), (role.WindowText, "text"),
        (role.ButtonText, "text"), (role.Highlight, "accent"), (role.HighlightedText, "on_accent"),
        (role.Link, "accent_t"), (role.PlaceholderText, "text3"), (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"), (role.Accent, "accent"),
    ):  # fmt: skip
        palette.setColor(name, QColor(tokens[token]))
    for name in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens["dis_text"]))
    return palette


_MARKS: Mapping[str, tuple[str, tuple[tuple[float, float], ...]]] = {
    # name: colour token, line through a square of 16
    "mark_down": ("text2", ((4, 6), (8, 10), (12, 6))),
    "mark_up": ("text2", ((4, 10), (8, 6), (12, 10))),
    "mark_check": ("on_accent", ((3.5, 8.5), (6.5, 11.5), (12.5, 5))),
    "mark_partly": ("on_accent", ((4, 8), (12, 8))),
}


def draw_marks(folder: QDir, tokens: Mapping[str, str]) -> dict[str, str]:
    """Arrows and check marks as image files, since a style sheet takes nothing else; name -> path.

    Drawn in the colours of `tokens`, at one and two pixels a point.
    """
    paths = {}
    for name, (token, points) in _MARKS.items():
        for scale, suffix in ((1, ""), (2, "@2x")):
            pixmap = QPixmap(16 * scale, 16 * scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(scale, scale)
            pen = QPen(QColor(tokens[token]), 1.6 if token == "on_accent" else 1.2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline([QPointF(x, y) for x, y in points])
            painter.end()
            path = folder.filePath(f"{name}-{tokens['window'][1:]}{suffix}.png")
            if not pixmap.save(path):
                raise OSError(f"cannot write {name} into the temporary folder")
            if scale == 1:
                paths[name] = QDir.fromNativeSeparators(path)
    return paths
