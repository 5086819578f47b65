"""What a column still asks, or what would mend it: the question, its proof in numbers, and one button."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nv_desktop.core import steps
from nv_desktop.core.countries import COUNTRIES
from nv_desktop.core.fields import Step
from nv_desktop.core.steps import Proposal
from nv_desktop.core.steps.phones import calling_code
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    ComboBox,
    Dialog,
    Label,
    Part,
    Segment,
    StackBar,
    Surface,
    boxed,
    column,
    row,
)

_QUESTIONS = {
    "order": "Which comes first, the day or the month?",
    "country": "To which country do numbers without a code belong?",
    "decimal": "Is the comma or the point the decimal sign?",
}
_ANSWERS = {
    "order": (("dmy", "Day, month"), ("mdy", "Month, day")),
    "decimal": ((",", "1.234,56"), (".", "1,234.56")),
}
_DATES = re.compile(r"([\d,]+) rows? can only be day-month, ([\d,]+) only month-day, ([\d,]+) either")


class Decision(Surface):
    """One proposal. used(Step): with the answer filled in; put_off; values_wanted: change the value map."""

    used = Signal(object)
    put_off = Signal()
    values_wanted = Signal()

    def __init__(self, theme: Theme, proposal: Proposal) -> None:
        super().__init__("clear", name="import.decision")
        self._proposal = proposal
        self._segment: Segment | None = None
        self._countries: ComboBox | None = None
        layout = column(gap=8)
        question = _QUESTIONS.get(proposal.asks or "", proposal.sentence)
        layout.addWidget(Label(theme, question, "strong", wrap=True))
        self._use = Button(theme, "Use it for all rows", "primary", name="import.decision.use")
        self._use.clicked.connect(self._use_it)
        if proposal.asks == "country":
            self._add_countries(theme, layout)
        elif proposal.asks:
            self._add_segment(theme, layout, proposal.asks)
        layout.addWidget(_proof(theme, proposal))
        later = Button(theme, "Not now", "quiet", name="import.decision.later")
        later.clicked.connect(self.put_off)
        if proposal.step["step"] == "map":
            values = Button(theme, "Look at the values…", "quiet", name="import.decision.values")
            values.clicked.connect(self.values_wanted)
            later = values
        layout.addLayout(row(self._use, later, None, gap=6))
        self.setLayout(layout)
        self._name_button()

    def _add_segment(self, theme: Theme, layout: QVBoxLayout, asks: str) -> None:
        answers = _ANSWERS[asks]
        first = self._proposal.choices[0][0] if self._proposal.choices else answers[0][0]
        self._segment = Segment(theme, answers, first, name="import.decision.answer", words=_QUESTIONS[asks])
        self._segment.chosen.connect(self._name_button)
        layout.addWidget(boxed(row(self._segment, None)))

    def _add_countries(self, theme: Theme, layout: QVBoxLayout) -> None:
        likely = [key for key, _ in self._proposal.choices]
        others = sorted((code for code in COUNTRIES if code not in likely), key=lambda code: COUNTRIES[code])
        options = [*self._proposal.choices, *((code, COUNTRIES[code]) for code in others)]
        self._countries = ComboBox(
            theme, options, name="import.decision.country", words=_QUESTIONS["country"]
        )
        self._countries.setMaxVisibleItems(14)
        self._countries.activated.connect(self._name_button)
        layout.addWidget(self._countries)

    def step(self) -> Step:
        """The step with the answer that is chosen now."""
        step = dict(self._proposal.step)
        if self._proposal.asks and self._segment is not None:
            step[self._proposal.asks] = self._segment.current()
        elif self._countries is not None:
            step["country"] = self._countries.current_key()
        return step

    @Slot()
    def _name_button(self) -> None:
        step = self.step()
        if self._segment is not None and self._proposal.asks == "order":
            words = "Use day-month for all rows" if step["order"] == "dmy" else "Use month-day for all rows"
        elif self._countries is not None:
            words = f"Use {COUNTRIES[step['country']]} (+{calling_code(step['country'])})"
        else:
            words = "Use it for all rows"
        self._use.setText(words)
        self._use.setAccessibleDescription(steps.describe(step))

    @Slot()
    def _use_it(self) -> None:
        self.used.emit(self.step())


def _proof(theme: Theme, proposal: Proposal) -> Surface:
    """The numbers: for dates as a bar of what allows one reading only."""
    dates = _DATES.search(proposal.proof)
    if dates is None:
        return Surface(
            "inset", column(Label(theme, proposal.proof, "small", "text2", wrap=True), margins=(12, 9, 12, 9))
        )
    day, month, either = (int(text.replace(",", "")) for text in dates.groups())
    bar = StackBar(theme, height=8)
    bar.set_parts(
        (
            Part(day, "accent", "only day-month"),
            Part(month, "warn_fill", "only month-day"),
            Part(either, "neutral_fill", "either"),
        )
    )
    surer, rarer = ("day-month", "month-day") if day >= month else ("month-day", "day-month")
    first = f"{max(day, month):,} rows can only be {surer}"
    second = f"{min(day, month):,} can only be {rarer}. {either:,} fit both."
    return Surface(
        "inset",
        column(
            bar, Label(theme, first, "head"), Label(theme, second, "small", "text2", wrap=True),
            gap=5, margins=(12, 11, 12, 9),
        ),
    )  # fmt: skip


class _Question(Dialog):
    """What a step still asks, before it is used for a whole column."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, proposal: Proposal) -> None:
        super().__init__(parent, theme, title, name="mend")
        self.answer: Step | None = None
        decision = Decision(theme, proposal)
        decision.used.connect(self._take)
        decision.put_off.connect(self.reject)
        self.body.addWidget(decision)

    @Slot(object)
    def _take(self, step: Any) -> None:
        self.answer = step
        self.accept()


def ask_answer(parent: QWidget, theme: Theme, title: str, step: Step) -> Step | None:
    """The step with what it asks filled in; itself where it asks nothing, None when it was put away."""
    asks = steps.asks(step)
    if asks is None:
        return step
    proof = "It is used for every cell of the column, and can be undone."
    dialog = _Question(parent, theme, title, Proposal(step, steps.describe(step), proof, 0, asks))
    answer = dialog.answer if dialog.exec() == Dialog.DialogCode.Accepted else None
    dialog.deleteLater()
    return answer
