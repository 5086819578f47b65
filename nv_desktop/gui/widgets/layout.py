"""Rows and columns of widgets in one expression; the distances of the look live here."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QSpacerItem, QVBoxLayout, QWidget

Item = QWidget | QLayout | int | None
Margins = tuple[int, int, int, int]

GAP = 8
CARD_GAP = 14


def row(*items: Item, gap: int = GAP, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """Widgets and layouts side by side; an int is that many points of room, None takes what is left."""
    layout = QHBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def column(*items: Item, gap: int = GAP, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """As `row`, from top to bottom."""
    layout = QVBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def boxed(layout: QLayout) -> QWidget:
    """The layout as a widget, for what can be hidden as a whole."""
    widget = QWidget()
    widget.setProperty("role", "clear")
    widget.setLayout(layout)
    return widget


def _fill(layout: QBoxLayout, items: tuple[Item, ...], gap: int, margins: Margins) -> None:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    add_items(layout, *items)


def add_items(layout: QBoxLayout, *items: Item) -> None:
    """Add to a layout in the way of `row` and `column`."""
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            wide = (item, 0) if isinstance(layout, QHBoxLayout) else (0, item)
            layout.addSpacerItem(QSpacerItem(*wide))
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
