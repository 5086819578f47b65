"""Tokens, contrast, the style sheet, fonts and icons."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nv_desktop.core.resources import resource
from nv_desktop.gui.theme import ACCOUNT_COLOURS, DARK, FONTS, LIGHT, Theme, fill_tokens
from nv_desktop.gui.widgets import Button, Chip, ComboBox, IconButton, Segment, column

BACKGROUNDS = ("window", "bar", "surface", "sunken", "hover", "sel", "accent_tint", "field")
SCHEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two "#RRGGBB"."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_both_schemes_have_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()


@SCHEMES
@pytest.mark.parametrize("text", ["text", "text2", "text3", "accent_t", "error", "warn", "ok", "note"])
def test_text_can_be_read_on_every_ground(tokens: Mapping[str, str], text: str) -> None:
    grounds = [*BACKGROUNDS, *([f"{text}_tint"] if f"{text}_tint" in tokens else [])]
    worst = min((contrast(tokens[text], tokens[ground]), ground) for ground in grounds)
    assert worst[0] >= 4.5, worst


@SCHEMES
@pytest.mark.parametrize(
    ("text", "ground"),
    [("on_accent", "accent"), ("on_accent", "accent_h"), ("on_accent", "accent_p")]
    + [(f"{name}_fg", f"{name}_bg") for name in ("prod", "test", "sand")]
    + [("on_colour", colour) for colour in ACCOUNT_COLOURS],
)
def test_text_on_fills_can_be_read(tokens: Mapping[str, str], text: str, ground: str) -> None:
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@SCHEMES
@pytest.mark.parametrize("fill", ["border", "accent", "error_fill", "warn_fill", "ok_fill", "note_fill"])
def test_fills_and_borders_can_be_seen(tokens: Mapping[str, str], fill: str) -> None:
    assert min(contrast(tokens[fill], tokens[ground]) for ground in ("field", "surface", "window")) >= 3.0


def test_style_sheet_knows_every_token_it_names_and_no_object_name() -> None:
    template = resource("style.qss").read_text(encoding="utf-8")
    marks = dict.fromkeys(("mark_down", "mark_up", "mark_check", "mark_partly"), "x.png")
    filled = fill_tokens(template, {**LIGHT, **marks})
    assert "@" not in filled
    assert not re.search(r"#\w*[g-z_]", filled), "selects by property, never by id"


def test_unknown_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill_tokens("a { color: @nonsense; }", LIGHT)


def test_scheme_switches_live(theme: Theme, qapp: QApplication) -> None:
    heard: list[bool] = []
    theme.changed.connect(lambda: heard.append(theme.is_dark))
    theme.set_scheme("dark")
    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK["window"])
    assert DARK["surface"] in qapp.styleSheet()
    theme.set_scheme("light")
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT["window"])
    assert heard == [True, False]


def test_system_scheme_follows_the_desktop_and_a_chosen_one_does_not(theme: Theme) -> None:
    tell = QGuiApplication.styleHints().colorSchemeChanged.emit
    tell(Qt.ColorScheme.Dark)
    assert not theme.is_dark, "light was asked for"
    theme.set_scheme("system")
    tell(Qt.ColorScheme.Dark)
    assert theme.is_dark
    tell(Qt.ColorScheme.Unknown)
    assert not theme.is_dark


def test_resources_are_found_in_a_bundle_and_missed_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources" / "samples").mkdir(parents=True)
    (tmp_path / "resources" / "samples" / "x.csv").touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("samples/x.csv") == tmp_path / "resources" / "samples" / "x.csv"
    with pytest.raises(FileNotFoundError):
        resource("samples/y.csv")


def test_an_icon_follows_the_theme_and_greys_when_disabled(theme: Theme) -> None:
    icon = theme.icon("ph.check-circle-fill", "ok", 16)

    def colors(mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
        image = icon.pixmap(QSize(16, 16), 1.0, mode).toImage()
        return {
            image.pixelColor(x, y).name().upper()
            for x in range(16)
            for y in range(16)
            if image.pixelColor(x, y).alpha() == 255
        }

    assert colors() == {LIGHT["ok"]}
    assert colors(QIcon.Mode.Disabled) == {LIGHT["dis_text"]}
    theme.set_scheme("dark")
    assert colors() == {DARK["ok"]}


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_is_as_sharp_as_the_screen(theme: Theme, ratio: float) -> None:
    pixmap = theme.icon("copy", "text2", 16, gap=4).pixmap(QSize(20, 16), ratio)
    assert pixmap.size() == QSize(round(20 * ratio), round(16 * ratio))
    assert pixmap.devicePixelRatio() == pytest.approx(ratio)


def test_unknown_icon_is_an_error(theme: Theme) -> None:
    with pytest.raises(KeyError):
        theme.icons.pixmap("no-such-icon", "text", 16, 1.0)
    with pytest.raises(KeyError):
        theme.icon("no-such-icon")
    with pytest.raises(KeyError):
        theme.icon("key", "no-such-token")


@pytest.mark.parametrize("role", FONTS)
def test_fonts_have_the_measures_of_the_look(theme: Theme, role: str) -> None:
    font = theme.font(role)
    assert (font.pixelSize(), int(font.weight())) == FONTS[role][:2]


def test_focus_does_not_move_anything(theme: Theme, qtbot: QtBot) -> None:
    kinds, sizes = ("", "primary", "quiet", "danger", "link"), ("", "small", "large")
    parts: list[QWidget] = [Button(theme, "Save", kind, size=size) for kind in kinds for size in sizes]
    segment = Segment(theme, [("a", "One"), ("b", "Two"), ("c", "Three")])
    parts += segment.findChildren(QPushButton)
    parts += [
        Chip(theme, "Errors", 3),
        IconButton(theme, "x", "Close"),
        IconButton(theme, "x", "Close", tight=True),
    ]
    parts += [
        QLineEdit("text"),
        ComboBox(theme, [("a", "One")]),
        QCheckBox("Yes"),
        QRadioButton("One"),
        QSpinBox(),
    ]
    window = QWidget()
    rest = QLineEdit()
    window.setLayout(column(rest, segment, *[part for part in parts if part.parent() is not segment]))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for part in parts:
        rest.setFocus()
        before = part.sizeHint()
        part.setFocus()
        assert part.hasFocus()
        assert part.sizeHint() == before, part
