"""Surfaces that hold other things: cards, panels, notices, rules, what an empty page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nv_desktop.gui.theme import Theme, repolish
from nv_desktop.gui.widgets.buttons import Button
from nv_desktop.gui.widgets.layout import Item, Margins, add_items, column, row
from nv_desktop.gui.widgets.text import IconLabel, Label


class Surface(QFrame):
    """A frame of a role of the style sheet: card, panel, side, bar, foot, inset, chip, popup."""

    def __init__(self, role: str, layout: QLayout | None = None, *, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", role)
        if layout is not None:
            self.setLayout(layout)


class Card(Surface):
    """White, one rule around, radius 10; `body` is its column. Cards do not hold cards."""

    def __init__(
        self,
        theme: Theme,
        title: str = "",
        icon: str = "",
        *items: Item,
        gap: int = 10,
        margins: Margins = (18, 14, 18, 16),
        extra: QWidget | None = None,
        name: str = "",
    ) -> None:
        """`extra` stands right of the title ("Add attribute")."""
        self.body: QVBoxLayout = column(gap=gap, margins=margins)
        super().__init__("card", self.body, name=name)
        if title:
            self.setAccessibleName(title)
            self.body.addLayout(section_title(theme, title, icon, extra))
        add_items(self.body, *items)


def section_title(theme: Theme, title: str, icon: str = "", extra: QWidget | None = None) -> QLayout:
    """Icon, title in 14/600, and something on the right."""
    parts: list[Item] = [IconLabel(theme, icon)] if icon else []
    parts += [Label(theme, title, "card"), None]
    if extra is not None:
        parts.append(extra)
    return row(*parts)


def page_title(theme: Theme, title: Label, sentence: Label | None = None, *right: Item) -> QLayout:
    """The head of a page: 20/600 over one sentence, actions on the right.

    Make the labels with roles "page" and "body" (tone "text2") and keep them to change the words.
    """
    words = column(title, sentence, gap=2) if sentence is not None else column(title)
    return row(words, None, *right)


def rule() -> QFrame:
    """A line from left to right."""
    return Surface("rule")


def upright(height: int = 52) -> QFrame:
    """A line from top to bottom."""
    line = Surface("upright")
    line.setFixedHeight(height)
    return line


class Notice(Surface):
    """A tinted sentence with its icon, and perhaps one action as a link.

    Tones: info, error, warn, ok, note.
    """

    _ICONS: ClassVar[dict[str, tuple[str, str]]] = {
        "info": ("info", "accent_t"),
        "error": ("warning-circle-fill", "error"),
        "warn": ("warning-fill", "warn"),
        "ok": ("check-circle-fill", "ok"),
        "note": ("info-fill", "note"),
    }

    def __init__(
        self,
        theme: Theme,
        text: str,
        tone: str = "info",
        icon: str = "",
        *,
        action: str = "",
        on_click: Callable[..., object] | None = None,
        rich: bool = False,
        stacked: bool = False,
        name: str = "",
    ) -> None:
        """`stacked`: the action stands below the sentence, for panels."""
        super().__init__("notice", name=name)
        self._icon = IconLabel(theme, icon or self._ICONS[tone][0], self._ICONS[tone][1])
        self._fixed_icon = icon
        self.text = Label(theme, text, "small", wrap=True, rich=rich)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.action = Button(theme, action, "link", name=f"{name}.action" if name else "", on_click=on_click)
        self.action.setFont(theme.font("strong"))
        if not action:  # never setVisible(True) here: without a parent yet it would open as a window
            self.action.hide()
        if stacked:
            words = column(self.text, row(self.action, None), gap=4)
            layout = row(self._icon, words, gap=10, margins=(14, 10, 12, 10))
        else:
            layout = row(self._icon, self.text, self.action, gap=10, margins=(14, 8, 12, 8))
        layout.setAlignment(
            self._icon, Qt.AlignmentFlag.AlignTop if stacked else Qt.AlignmentFlag.AlignVCenter
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.set(text, tone)

    def set(self, text: str, tone: str = "info") -> None:
        icon, token = self._ICONS[tone]
        self._icon.set_icon(self._fixed_icon or icon, token)
        self.text.setText(text)
        self.setAccessibleName(text)
        self.setProperty("tone", tone)
        repolish(self)


class EmptyState(QWidget):
    """What a page without content says: what belongs here, and what to do next."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        sentence: str,
        *,
        action: str = "",
        on_click: Callable[..., object] | None = None,
        name: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(f"{title} {sentence}")
        self.title = Label(theme, title, "panel")
        self.sentence = Label(theme, sentence, "body", "text2", wrap=True)
        self.sentence.setMinimumWidth(460)
        self.action = Button(
            theme, action, "primary", name=f"{name}.action" if name else "", on_click=on_click
        )
        if not action:  # never setVisible(True) here: without a parent yet it would open as a window
            self.action.hide()
        words = column(
            IconLabel(theme, icon, "text3", 32),
            4,
            self.title,
            self.sentence,
            6,
            row(self.action, None),
            gap=4,
        )
        across = row(None, words, None)
        self.setLayout(column(None, across, None, None, margins=(24, 24, 24, 24)))


class Scroll(QScrollArea):
    """Scrolls one layout from top to bottom; panels that may get full belong in one."""

    def __init__(self, layout: QLayout, *, name: str = "", words: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(_Body(layout))
        self.viewport().setProperty("role", "clear")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class _Body(QWidget):
    """What scrolls. Where its height follows from its width, the least height that a layout names is that of
    its least width, which is far more than it needs: the scroll area then asks for the height by itself."""

    def __init__(self, layout: QLayout) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self.setLayout(layout)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        layout = self.layout()
        return QSize(least.width(), 0) if layout is not None and layout.hasHeightForWidth() else least


class Page(QWidget):
    """The ground of a page: window colour, one column with the margins of the look."""

    def __init__(
        self,
        *items: Item,
        gap: int = 14,
        margins: Margins = (24, 20, 24, 16),
        name: str = "",
        words: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.body: QVBoxLayout = column(*items, gap=gap, margins=margins)
        self.setLayout(self.body)
