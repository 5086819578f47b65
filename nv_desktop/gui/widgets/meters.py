"""Numbers that are seen: bars, counts, progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.frames import upright
from nv_desktop.gui.widgets.layout import boxed, column, row
from nv_desktop.gui.widgets.text import IconLabel, Label

LEAST_PART = 3.0
"""Points that each part of a bar gets at least, or 71 of 48,200 would vanish."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar: how many, a fill token, hatched where the truth is not known."""

    count: int
    token: str
    words: str = ""
    hatched: bool = False


def part_widths(counts: Sequence[int], width: float) -> list[float]:
    """Points for each count over `width`: in proportion, none of those above 0 under `LEAST_PART`.

    What the small parts take is given by the largest. All zero for counts that are all zero.
    """
    total = sum(counts)
    if total <= 0 or width <= 0:
        return [0.0] * len(counts)
    widths = [max(LEAST_PART, width * count / total) if count > 0 else 0.0 for count in counts]
    largest = widths.index(max(widths))
    widths[largest] = max(0.0, widths[largest] - (sum(widths) - width))
    return widths


def paint_parts(
    painter: QPainter, theme: Theme, rect: QRectF, parts: Sequence[Part], radius: float = 3, gap: float = 1
) -> None:
    """Draw a stacked bar over `rect`; an empty one is a grey line."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(rect, radius, radius)
    painter.setClipPath(outline)
    if not any(part.count for part in parts):
        painter.fillRect(rect, theme.color("neutral_fill"))
    x = rect.x()
    for part, width in zip(parts, part_widths([part.count for part in parts], rect.width()), strict=True):
        if width <= 0:
            continue
        last = x + width >= rect.right() - 0.5
        piece = QRectF(x, rect.y(), width - (0 if last else gap), rect.height())
        painter.fillRect(piece, theme.color(part.token))
        if part.hatched:
            painter.fillRect(piece, QBrush(theme.color("surface"), Qt.BrushStyle.BDiagPattern))
        x += width
    painter.restore()


class StackBar(QWidget):
    """A stacked bar over the whole width; its accessible name and tool tip tell the counts."""

    def __init__(
        self, theme: Theme, *, height: int = 14, radius: float | None = None, name: str = ""
    ) -> None:
        super().__init__()
        self._theme = theme
        self._radius = height / 2 if radius is None else radius
        self.parts: tuple[Part, ...] = ()
        self.setObjectName(name)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_parts(())
        theme.changed.connect(self.update)

    def set_parts(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        told = ", ".join(f"{part.count:,} {part.words}" for part in parts if part.words and part.count)
        self.setAccessibleName(told or "Nothing yet")
        self.setToolTip(told)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        gap = 2 if self.height() >= 10 else 1
        paint_parts(QPainter(self), self._theme, QRectF(self.rect()), self.parts, self._radius, gap)


class ProgressBar(QWidget):
    """How far something is: `set_progress(done, total)`; total 0 or None means that nobody knows yet."""

    def __init__(
        self, theme: Theme, *, token: str = "accent", height: int = 6, words: str = "Progress", name: str = ""
    ) -> None:
        super().__init__()
        self._theme, self._token, self._words = theme, token, words
        self.setObjectName(name)
        self.setFixedHeight(height)
        self.setMinimumWidth(40)
        self.set_progress(0, None)
        theme.changed.connect(self.update)

    def set_progress(self, done: int, total: int | None, token: str = "") -> None:
        """`token` may turn the bar into another colour ("warn_fill" while paused)."""
        self._token = token or self._token
        self.share = min(1.0, max(0.0, done / total)) if total else 0.0
        told = f"{done:,} of {total:,}" if total else f"{done:,}"
        self.setAccessibleName(f"{self._words}: {told}")
        self.setToolTip(told)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(self.rect())
        radius = rect.height() / 2
        painter.setBrush(self._theme.color("neutral_fill"))
        painter.drawRoundedRect(rect, radius, radius)
        if self.share > 0:
            rect.setWidth(max(LEAST_PART, rect.width() * self.share))
            painter.setBrush(self._theme.color(self._token))
            painter.drawRoundedRect(rect, min(radius, rect.width() / 2), radius)


class CountCard(QWidget):
    """One number with its icon, word and sentence: "17,950 Confirmed, named in the answer".

    The colour speaks only where something is: a count of 0 is grey.
    """

    def __init__(self, theme: Theme, words: str, icon: str, tone: str = "text3", *, name: str = "") -> None:
        super().__init__()
        self._words = words
        self._tone = "text" if tone == "text3" else tone
        self.setObjectName(name)
        self.value = 0
        self.number = Label(theme, "0", "count", "text3", name=f"{name}.number" if name else "")
        self.sentence = Label(theme, "", "second", "text3")
        self._label = Label(theme, words, "label", "text2")
        head = row(IconLabel(theme, icon, tone, 14), self._label, None, gap=6)
        self.setLayout(column(head, self.number, self.sentence, gap=2))
        self.set_count(0)

    def set_words(self, words: str) -> None:
        """What is counted is called otherwise from now on."""
        self._words = words
        self._label.setText(words)

    def set_count(self, count: int, sentence: str = "") -> None:
        self.value = count
        self.number.setText(f"{count:,}")
        self.number.set_tone(self._tone if count else "text3")
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{self._words}: {count:,}. {sentence}".rstrip(". ") + ".")


def count_row(cards: Sequence[CountCard]) -> QWidget:
    """Counts side by side, a line between each two; the first stands on the left edge."""
    layout = row(gap=0)
    for number, card in enumerate(cards):
        if number:
            layout.addWidget(upright())
            layout.addSpacing(20)
        layout.addWidget(card, 1)
    return boxed(layout)
