"""Dialogs in which a person fills in a step: its options, or the values that are written as others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from nv_desktop.core import steps
from nv_desktop.core.countries import COUNTRIES
from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Field as CoreField
from nv_desktop.core.fields import Json, Step, Type
from nv_desktop.gui.importing.wording import rows_words
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    ComboBox,
    Dialog,
    ElidedLabel,
    Field,
    Label,
    NumberBox,
    Scroll,
    column,
    row,
)

MOST_VALUES = 200


@dataclass(frozen=True)
class Part:
    """One option of a step: how it is asked, and what stands there at first."""

    option: str
    label: str
    kind: str  # text, lines, whole, flag, choice, country, columns
    first: Json = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


_PARTS = (
    Part("sep", "Divided at", "text", " "),
    Part("part", "Which part", "whole", 1, hint="1 is the first, −1 the last"),
)
FORMS: Mapping[str, tuple[Part, ...]] = {
    "trim": (),
    "case": (
        Part(
            "to",
            "Write as",
            "choice",
            "lower",
            (("lower", "small letters"), ("upper", "CAPITALS"), ("title", "Each Word With A Capital")),
        ),
    ),
    "date": (
        Part(
            "order",
            "How the dates are written",
            "choice",
            "dmy",
            (
                ("dmy", "Day, month, year"),
                ("mdy", "Month, day, year"),
                ("ymd", "Year, month, day"),
                ("words", "With the month as a word"),
                ("serial1900", "Bare numbers of Excel (days since 1900)"),
                ("serial1904", "Bare numbers of old Excel for Mac (since 1904)"),
            ),
        ),
    ),
    "phone": (Part("country", "Numbers without a country code belong to", "country"),),
    "replace": (
        Part("find", "Find", "text"),
        Part("with", "Replace with", "text", hint="Leave empty to remove it"),
        Part("regex", "“Find” is a regular expression", "flag", False),
    ),
    "split": _PARTS,
    "rest": (_PARTS[0], Part("part", "From which part on", "whole", 2)),
    "join": (
        Part("columns", "Columns, in this order", "columns", hint="One name in each line"),
        Part("sep", "Between them", "text", " "),
    ),
    "pad": (Part("width", "Digits", "whole", 5),),
    "prefix": (Part("text", "Put in front", "text"),),
    "suffix": (Part("text", "Put at the end", "text"),),
    "empty": (Part("values", "Texts that mean “nothing”", "lines", hint="One in each line, such as n/a"),),
    "number": (
        Part("decimal", "Decimal sign", "choice", ",", ((",", "Comma: 1.234,56"), (".", "Point: 1,234.56"))),
    ),
}


class StepDialog(Dialog):
    """Asks for the options of one kind of step; `step()` after it was accepted."""

    def __init__(self, parent: QWidget, theme: Theme, kind: str, headers: Sequence[str]) -> None:
        self._use = Button(theme, "Add this step", "primary", name="step.use", on_click=self._try)
        cancel = Button(theme, "Cancel", name="step.cancel", on_click=self.reject)
        super().__init__(parent, theme, steps.STEPS[kind].label, None, cancel, self._use, name="step")
        self._kind = kind
        self._step: Step = {"step": kind}
        self._readers: dict[str, Callable[[], Json]] = {}
        for part in FORMS[kind]:
            self.body.addWidget(self._editor(theme, part, headers))
        self._problem = Label(theme, "", "label", "error", wrap=True, name="step.problem")
        self._problem.hide()
        self.body.addWidget(self._problem)
        self._use.setDefault(True)
        _begin_with(self, (QLineEdit, QComboBox, QPlainTextEdit, QSpinBox))

    def _editor(self, theme: Theme, part: Part, headers: Sequence[str]) -> QWidget:
        name = f"step.{part.option}"
        if part.kind == "flag":
            box = QCheckBox(part.label)
            box.setObjectName(name)
            self._readers[part.option] = box.isChecked
            return box
        if part.kind in ("choice", "country"):
            options = part.choices or tuple(sorted(COUNTRIES.items(), key=lambda pair: pair[1]))
            combo = ComboBox(theme, options, name=name, words=part.label)
            combo.choose(str(part.first or options[0][0]))
            self._readers[part.option] = combo.current_key
            return Field(theme, part.label, combo, name=name, hint=part.hint)
        if part.kind == "whole":
            spin = NumberBox(theme, -50, 100, int(part.first))
            self._readers[part.option] = spin.value
            return Field(theme, part.label, spin, name=name, hint=part.hint)
        if part.kind in ("lines", "columns"):
            lines = QPlainTextEdit()
            lines.setFixedHeight(110)
            if part.kind == "columns":
                lines.setPlainText("\n".join(headers[:2]))
            self._readers[part.option] = lambda: [x for x in lines.toPlainText().splitlines() if x.strip()]
            return Field(theme, part.label, lines, name=name, hint=part.hint)
        line = QLineEdit(str(part.first))
        self._readers[part.option] = line.text
        return Field(theme, part.label, line, name=name, hint=part.hint)

    def _try(self) -> None:
        step: Step = {"step": self._kind, **{name: read() for name, read in self._readers.items()}}
        try:
            steps.make(step)
        except Rejected as error:
            self._problem.setText(str(error))
            self._problem.show()
            return
        self._step = step
        self.accept()

    def step(self) -> Step:
        return self._step


def _begin_with(dialog: Dialog, kinds: tuple[type[QWidget], ...]) -> None:
    """The keyboard begins in the first thing to be filled in, not at the button that closes."""
    inside = dialog.body.parentWidget()
    for each in inside.findChildren(QWidget) if inside is not None else ():
        if isinstance(each, kinds) and not isinstance(each.parentWidget(), QSpinBox | QComboBox):
            each.setFocus()
            return


class ValueMapDialog(Dialog):
    """What each text of a column is written as; `pairs()` after it was accepted."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        field: CoreField,
        counts: Sequence[tuple[str, int]],
        known: Mapping[str, str],
    ) -> None:
        """`counts` are the texts with their rows, `known` those whose meaning is proposed."""
        use = Button(theme, "Use for all rows", "primary", name="values.use", on_click=self.accept)
        cancel = Button(theme, "Cancel", name="values.cancel", on_click=self.reject)
        super().__init__(
            parent, theme, f"What do these texts mean for {field.label}?", None, cancel, use,
            width=560, name="values",
        )  # fmt: skip
        self._readers: list[tuple[str, Callable[[], str]]] = []
        choices = field.choices or ((("true", "Yes"), ("false", "No")) if field.type is Type.BOOLEAN else ())
        folded = {text.strip().casefold(): to for text, to in known.items()}
        lines = column(gap=6, margins=(0, 0, 8, 0))
        for number, (text, rows) in enumerate(counts[:MOST_VALUES]):
            meant = folded.get(text.strip().casefold(), "")
            editor = self._editor(theme, text, choices, meant, number)
            words = ElidedLabel(theme, text, "mono")
            words.setFixedWidth(190)
            many = Label(theme, rows_words(rows), "small", "text3")
            many.setFixedWidth(96)
            lines.addLayout(row(words, many, editor))
        lines.addStretch(1)
        scroll = Scroll(lines, words="Texts and what they mean")
        scroll.setMinimumHeight(min(360, 44 * max(2, len(counts)) + 8))
        self.body.addWidget(
            Label(
                theme,
                "What is left open stays as it is, and its rows stay behind.",
                "body",
                "text2",
                wrap=True,
            )
        )
        self.body.addWidget(scroll)
        _begin_with(self, (QLineEdit, QComboBox))

    def _editor(
        self, theme: Theme, text: str, choices: Sequence[tuple[str, str]], meant: str, number: int
    ) -> QWidget:
        name, words = f"values.{number}", f"{text} is written as"
        if choices:
            combo = ComboBox(
                theme, [("", "Left open"), *((key, f"{word}  ({key})") for key, word in choices)],
                name=name, words=words,
            )  # fmt: skip
            combo.choose(meant)
            self._readers.append((text, combo.current_key))
            return combo
        line = QLineEdit(meant)
        line.setObjectName(name)
        line.setAccessibleName(words)
        self._readers.append((text, line.text))
        return line

    def pairs(self) -> dict[str, str]:
        """text -> what is written for it, without those left open."""
        return {text.strip(): to for text, read in self._readers if (to := read())}


def ask_step(parent: QWidget, theme: Theme, kind: str, headers: Sequence[str]) -> Step | None:
    """A step of this kind as a person wants it, or None when it was put away."""
    if not FORMS[kind]:
        return {"step": kind}
    dialog = StepDialog(parent, theme, kind, headers)
    step = dialog.step() if dialog.exec() == StepDialog.DialogCode.Accepted else None
    dialog.deleteLater()
    return step


def ask_values(
    parent: QWidget,
    theme: Theme,
    field: CoreField,
    counts: Sequence[tuple[str, int]],
    known: Mapping[str, str],
) -> dict[str, str] | None:
    """The value map of a column, or None when it was put away."""
    dialog = ValueMapDialog(parent, theme, field, counts, known)
    pairs = dialog.pairs() if dialog.exec() == ValueMapDialog.DialogCode.Accepted else None
    dialog.deleteLater()
    return pairs
