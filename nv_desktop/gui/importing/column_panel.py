"""The panel of one column: where it goes, what it asks, the same value three times, its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from nv_desktop.core import fields, steps
from nv_desktop.core.fields import FIELDS, TYPE_LABELS, Level, Step, Type
from nv_desktop.core.mapping import ColumnMap, default_steps
from nv_desktop.gui.importing.columns_table import ColumnRow
from nv_desktop.gui.importing.decision import Decision
from nv_desktop.gui.importing.step_dialog import ask_step, ask_values
from nv_desktop.gui.importing.wording import STEP_ICONS, field_icon, rows_words, type_words
from nv_desktop.gui.importing.work import Sample, samples
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Badge,
    Button,
    ComboBox,
    ElidedLabel,
    Field,
    IconButton,
    IconLabel,
    Label,
    Scroll,
    Segment,
    Surface,
    Table,
    column,
    row,
)
from nv_desktop.gui.widgets.cell_painting import needed_width

CUSTOM, NOWHERE = "?custom", "?nowhere"
WIDTH = 344
SAMPLES_WIDTH, MIN_SAMPLE = 288, 84


class ColumnPanel(Surface):
    """changed(place, ColumnMap): a person wants the column otherwise. put_off(place): its question waits.
    copied(place): the column shall feed another field too."""

    changed = Signal(int, object)
    put_off = Signal(int)
    copied = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__("panel", name="import.column")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._line: ColumnRow | None = None
        self._headers: Sequence[str] = ()
        self._known: Mapping[str, Type] = {}
        self._content: QWidget | None = None
        self._place = column()
        self._scroll = Scroll(self._place, words="The chosen column")
        self.setLayout(column(self._scroll))

    def show_line(self, line: ColumnRow | None, headers: Sequence[str], known: Mapping[str, Type]) -> None:
        """Show a column; None shows none."""
        if (line, tuple(headers)) == (self._line, tuple(self._headers)) and self._content is not None:
            return
        if not self._same(line):
            self._scroll.verticalScrollBar().setValue(0)
        self._line, self._headers, self._known = line, headers, known
        self._forget()
        # In its place first, and only then filled: each move of a full widget dresses all of it again.
        self._content = QWidget()
        self._content.setProperty("role", "clear")
        self._place.addWidget(self._content)
        self._content.setLayout(self._build())

    def _forget(self) -> None:
        """Let the old content go when the event that may come from it is over; until then it has no names,
        by which it would be found beside its successor."""
        content, self._content = self._content, None
        if content is not None:
            content.hide()
            for part in content.findChildren(QWidget):
                part.setObjectName("")
            self._place.removeWidget(content)
            content.deleteLater()

    def _same(self, line: ColumnRow | None) -> bool:
        return self._line is not None and line is not None and line.place == self._line.place

    def _build(self) -> QVBoxLayout:
        layout = column(gap=10, margins=(20, 16, 20, 16))
        line = self._line
        if line is None:
            layout.addWidget(
                Label(self._theme, "Choose a column to see what becomes of it.", "body", "text2", wrap=True)
            )
            layout.addStretch(1)
            return layout
        layout.addLayout(self._head(line))
        self._add_target(layout, line)
        if line.finding is not None and not line.put_off:
            for proposal in line.finding.proposals[:3]:
                decision = Decision(self._theme, proposal)
                decision.used.connect(self._use_step)
                decision.put_off.connect(self._put_off)
                decision.values_wanted.connect(self._ask_values)
                layout.addWidget(decision)
        if line.column.target is not None:
            self._add_samples(layout, line)
            self._add_steps(layout, line)
            self._add_empty(layout, line)
            more = Button(self._theme, "Send it to another field too", "link", name="import.column.copy")
            more.clicked.connect(self._copy)
            layout.addWidget(more)
        layout.addStretch(1)
        return layout

    def _head(self, line: ColumnRow) -> QVBoxLayout:
        theme, field = self._theme, line.column.field()
        title = ElidedLabel(theme, line.column.header or "(no name)", "panel", name="import.column.title")
        if line.needs_decision:
            badge = Badge(theme, "needs a decision", "warn")
        elif line.problem is not None:
            badge = Badge(theme, "cannot go like this", "error")
        elif field is None:
            badge = Badge(theme, "not sent", "plain")
        else:
            badge = Badge(theme, "new" if line.is_new else "ready", "note" if line.is_new else "ok")
        head = row(IconLabel(theme, field_icon(field), "text2", 18), title, badge, gap=8)
        head.setStretch(1, 1)
        reason = line.problem.message if line.problem else line.column.reason
        why = Label(theme, reason, "small", "error" if line.problem else "text2", wrap=True)
        return column(head, why, gap=6)

    def _add_target(self, layout: QVBoxLayout, line: ColumnRow) -> None:
        theme, target = self._theme, line.column.target
        options = [
            *((name, field.label) for name, field in FIELDS.items()),
            (CUSTOM, "Custom attribute"),
            (NOWHERE, "Nowhere"),
        ]
        choice = ComboBox(theme, options, name="import.column.target", words="Goes to")
        choice.setMaxVisibleItems(14)
        choice.choose(NOWHERE if target is None else target if target in FIELDS else CUSTOM)
        choice.activated.connect(self._choose_target)
        self._target = choice
        layout.addWidget(
            Field(theme, "Goes to", choice, name="import.column.target", hint=type_words(line.column))
        )
        if target is None or target in FIELDS:
            return
        self._name = Field(theme, "Name of the attribute", name="import.column.name")
        self._name.set_text(target)
        wrong = fields.check_name(target)
        if wrong is not None and wrong.level >= Level.ERROR:
            self._name.set_problem(wrong.message)
        self._name.left.connect(self._rename)
        self._type = ComboBox(
            theme, [(each.value, TYPE_LABELS[each]) for each in Type], name="import.column.type", words="Type"
        )
        self._type.choose((line.column.type or Type.TEXT).value)
        self._type.activated.connect(self._choose_type)
        known = self._known.get(target)
        hint = (
            "As it is in this account; a type stays for ever." if known else "A type stays the same for ever."
        )
        layout.addWidget(self._name)
        layout.addWidget(Field(theme, "Type", self._type, name="import.column.type", hint=hint))

    def _add_samples(self, layout: QVBoxLayout, line: ColumnRow) -> None:
        if line.finding is None:
            return
        shown = samples(line.column, line.finding)
        if not shown:
            layout.addWidget(Label(self._theme, "All cells of this column are empty.", "body", "text2"))
            return
        typed, stored, sent = _widths(self._theme, shown)
        model = RowsModel[Sample](
            [
                Column("As typed", _typed, typed),
                Column("As stored", _stored, stored),
                Column("As sent", _sent, sent),
            ],
            shown,
        )
        table = Table(
            self._theme, model, name="import.column.samples", words="The same value three times",
            row_height=28, head_height=30, stretch=2, pad=10,
        )  # fmt: skip
        model.setParent(table)
        table.setFixedHeight(30 + 28 * len(shown) + 2)
        inset = Surface("inset", column(table, margins=(1, 1, 1, 1)))
        layout.addWidget(Label(self._theme, "The same value, three times", "strong"))
        layout.addWidget(inset)
        finding = line.finding
        looked = (
            "All rows were looked at."
            if finding.whole
            else f"From the {rows_words(finding.rows)} read first."
        )
        stopped = next((each for each in shown if each.problem and each.problem.level >= Level.ERROR), None)
        words = f"{stopped.problem.message} " if stopped and stopped.problem else ""
        layout.addWidget(Label(self._theme, words + looked, "small", "text2", wrap=True))

    def _add_steps(self, layout: QVBoxLayout, line: ColumnRow) -> None:
        theme = self._theme
        add = Button(theme, "Add a step", "quiet", "plus", size="small", name="import.column.add_step")
        add.clicked.connect(self._offer_steps)
        self._add = add
        layout.addLayout(row(Label(theme, "Steps", "strong"), None, add))
        if not line.column.steps:
            layout.addWidget(Label(theme, "None: each text is taken letter for letter.", "small", "text2"))
        for number, step in enumerate(line.column.steps):
            layout.addWidget(self._step_chip(number, step))

    def _step_chip(self, number: int, step: Step) -> Surface:
        theme, words = self._theme, steps.describe(step)
        back = IconButton(
            theme, "x", f"Remove: {words}", size=12, tight=True, name=f"import.column.step{number}.remove"
        )
        back.setProperty("place", number)
        back.clicked.connect(self._remove_step)
        parts = row(
            IconLabel(theme, STEP_ICONS.get(str(step["step"]), "text-t"), "text2", 15),
            ElidedLabel(theme, words), back, gap=8, margins=(10, 0, 6, 0),
        )  # fmt: skip
        parts.setStretch(1, 1)
        chip = Surface("chip", parts, name=f"import.column.step{number}")
        chip.setFixedHeight(30)
        return chip

    def _add_empty(self, layout: QVBoxLayout, line: ColumnRow) -> None:
        field = line.column.field()
        if field is None or field.name == fields.USER_ID:
            return
        layout.addWidget(Label(self._theme, "Empty cells", "strong"))
        if not field.clearable:
            layout.addWidget(
                Label(
                    self._theme,
                    "Leave alone what the profile has: only texts can be cleared.",
                    "small",
                    "text2",
                    wrap=True,
                )
            )
            return
        choice = Segment(
            self._theme, (("leave", "Leave alone"), ("clear", "Clear the field")), line.column.empty,
            name="import.column.empty", words="Empty cells",
        )  # fmt: skip
        choice.chosen.connect(self._choose_empty)
        layout.addLayout(row(choice, None))

    # what a person does

    def _tell(self, wanted: ColumnMap) -> None:
        if self._line is not None and wanted != self._line.column:
            self.changed.emit(self._line.place, wanted)

    @Slot()
    def _choose_target(self) -> None:
        if self._line is not None:
            self._tell(retarget(self._line.column, self._target.current_key(), self._known))

    @Slot()
    def _rename(self) -> None:
        line, name = self._line, self._name.text().strip()
        if line is not None and name and name != line.column.target:
            wanted = replace(line.column, target=name, reason="Named by you.")
            self._tell(
                replace(wanted, type=self._known.get(name, line.column.type) if name not in FIELDS else None)
            )

    @Slot()
    def _choose_type(self) -> None:
        if self._line is not None:
            self._tell(
                replace(
                    self._line.column,
                    type=Type(self._type.current_key()),
                    reason="Type chosen by you.",
                    guessed=False,
                )
            )

    @Slot(str)
    def _choose_empty(self, key: str) -> None:
        if self._line is not None:
            self._tell(replace(self._line.column, empty=key))

    @Slot(object)
    def _use_step(self, step: Any) -> None:
        if self._line is not None:
            self._tell(with_step(self._line.column, step))

    @Slot()
    def _remove_step(self) -> None:
        button = self.sender()
        if self._line is not None and isinstance(button, QWidget):
            number = int(button.property("place"))
            kept = [step for place, step in enumerate(self._line.column.steps) if place != number]
            self._tell(replace(self._line.column, steps=kept))

    @Slot()
    def _offer_steps(self) -> None:
        menu = self.step_menu()
        menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height() + 2)))

    def step_menu(self) -> QMenu:
        """The kinds of steps; one that is chosen asks for its options."""
        menu = QMenu(self)
        for kind, each in steps.STEPS.items():
            action = menu.addAction(self._theme.icon(STEP_ICONS.get(kind, "text-t")), each.label)
            action.setData(kind)
        menu.triggered.connect(self._add_step)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _add_step(self, action: object) -> None:
        kind = str(action.data())  # type: ignore[attr-defined] # a QAction, which the signal does not say
        if kind == "map":
            self._ask_values()
            return
        step = ask_step(self.window(), self._theme, kind, self._headers)
        if step is not None and self._line is not None:
            self._tell(with_step(self._line.column, step))

    @Slot()
    def _ask_values(self) -> None:
        line = self._line
        field = line.column.field() if line is not None else None
        if line is None or field is None or line.finding is None:
            return
        known: dict[str, str] = {}
        for each in (*line.column.steps, *(offer.step for offer in line.finding.proposals)):
            if each["step"] == "map":
                known.update(each["map"])
        texts = [(text, rows) for text, rows in line.finding.counts if text.strip()]
        pairs = ask_values(self.window(), self._theme, field, texts, known)
        if pairs:
            kept = [step for step in line.column.steps if step["step"] != "map"]
            self._tell(replace(line.column, steps=[*kept, {"step": "map", "map": pairs}]))

    @Slot()
    def _put_off(self) -> None:
        if self._line is not None:
            self.put_off.emit(self._line.place)

    @Slot()
    def _copy(self) -> None:
        if self._line is not None:
            self.copied.emit(self._line.place)


def _typed(sample: Sample) -> Cell:
    return Cell(sample.typed, role="mono_small")


def _stored(sample: Sample) -> Cell:
    return Cell(sample.ready or "empty", role="mono_small", tone="text2")


def _widths(theme: Theme, shown: Sequence[Sample]) -> list[int]:
    """The room of the three columns: what each needs, else those that need more share what is left."""
    needed = [
        max(MIN_SAMPLE, *(round(needed_width(theme, cell(each))) + 1 for each in shown))
        for cell in (_typed, _stored, _sent)
    ]
    left, widths = SAMPLES_WIDTH, [0, 0, 0]
    for number, place in enumerate(sorted(range(3), key=needed.__getitem__)):
        widths[place] = min(needed[place], left // (3 - number))
        left -= widths[place]
    return widths


def _sent(sample: Sample) -> Cell:
    if sample.problem is not None and sample.problem.level >= Level.ERROR:
        return Cell("Stopped", role="label", tone="error", icon="warning-circle-fill", icon_token="error")
    if sample.sent is None:
        return Cell("nothing", tone="text3")
    return Cell(fields.text_of(sample.sent), role="mono_small")


def with_step(column: ColumnMap, step: Step) -> ColumnMap:
    """The column with a step more; one of the same kind that held a decision is replaced."""
    single = step["step"] in ("date", "phone", "number", "map", "case", "trim")
    kept = [each for each in column.steps if not (single and each["step"] == step["step"])]
    old = next((each for each in column.steps if each["step"] == "map" == step["step"]), None)
    if old is not None:
        step = {"step": "map", "map": {**old["map"], **step["map"]}}
    return replace(column, steps=[*kept, step])


def retarget(column: ColumnMap, key: str, known: Mapping[str, Type]) -> ColumnMap:
    """The column going elsewhere: a documented field, `CUSTOM` or `NOWHERE`."""
    if key == NOWHERE:
        return replace(column, target=None, type=None, steps=[], empty="leave", reason="Left out by you.")
    if key == CUSTOM:
        name = column.header.strip() or f"column_{column.index + 1}"
        if name in FIELDS:
            name = f"{name}_2"
        return replace(
            column, target=name, type=known.get(name, Type.TEXT), steps=column.steps or default_steps(name),
            empty="leave", reason="Made a custom attribute by you.",
        )  # fmt: skip
    kept = column.steps if column.target is not None and key != fields.USER_ID else default_steps(key)
    return replace(column, target=key, type=None, steps=kept, empty="leave", reason="Chosen by you.")
