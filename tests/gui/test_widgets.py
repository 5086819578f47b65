"""The kit's small widgets and the rows model, as a person or a screen reader meets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.gui.messages import Choice, Option
from nv_desktop.gui.table_models import CELL_ROLE, ROW_ROLE, SORT_ROLE, Cell, Column, RowsModel
from nv_desktop.gui.theme import LIGHT, Theme
from nv_desktop.gui.widgets import (
    Badge,
    Button,
    Card,
    Chip,
    ChipRow,
    ComboBox,
    CountCard,
    ElidedLabel,
    EmptyState,
    EnvironmentBadge,
    Field,
    Label,
    Notice,
    Part,
    ProgressBar,
    Quality,
    QualityHeader,
    RowList,
    Scroll,
    SearchField,
    Segment,
    StackBar,
    StagedChip,
    Stepper,
    Switch,
    Table,
    column,
    initials,
)
from nv_desktop.gui.widgets.account_bar import AccountBar
from nv_desktop.gui.widgets.activity_line import ActivityLine
from nv_desktop.gui.widgets.flow import FlowBox
from nv_desktop.gui.widgets.meters import LEAST_PART, part_widths
from nv_desktop.gui.words import duration


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def colors_in(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())
    }


def test_nothing_opens_as_a_window_while_it_is_built(theme: Theme, qtbot: QtBot) -> None:
    class Watch(QObject):
        opened: ClassVar[list[QObject]] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show:
                self.opened.append(watched)
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    try:
        made = [
            Field(theme, "E-mail", name="a.b", hint="a hint"),
            Notice(theme, "words", action="Do it"),
            EmptyState(theme, "key", "Nothing.", "Do this.", action="Do it"),
            Choice(None, theme, "t", "x", [Option("a", "A", "sentence")], "Go"),
            AccountBar(theme),
            ActivityLine(theme),
            StagedChip(theme, "a", "b", "c"),
            SearchField(theme, "Search", keys="F3"),
            Card(theme, "Title", "key", Stepper(theme), CountCard(theme, "Refused", "x-circle")),
        ]
    finally:
        QApplication.instance().removeEventFilter(watch)
    for widget in made:
        qtbot.addWidget(widget)
    assert Watch.opened == []


# meters


@pytest.mark.parametrize(
    "counts", [(48026, 103, 71, 0), (1, 0, 999_999, 1), (5,), (0, 0, 3), (1, 1, 1, 48200)]
)
def test_no_part_of_a_bar_vanishes_and_all_fit(counts: tuple[int, ...]) -> None:
    widths = part_widths(counts, 120)
    assert sum(widths) == pytest.approx(120)
    for count, width in zip(counts, widths, strict=True):
        assert (width >= LEAST_PART) if count else width == 0


def test_bar_of_nothing_has_no_parts() -> None:
    assert part_widths((0, 0), 100) == [0, 0]


def test_stack_bar_tells_its_counts(theme: Theme, qtbot: QtBot) -> None:
    bar = StackBar(theme)
    qtbot.addWidget(bar)
    bar.set_parts(
        [
            Part(17950, "ok_fill", "confirmed"),
            Part(32, "error_fill", "refused"),
            Part(0, "warn_fill", "unknown"),
        ]
    )
    assert bar.accessibleName() == "17,950 confirmed, 32 refused"
    bar.resize(300, 14)
    shown = colors_in(picture(bar))
    assert {LIGHT["ok_fill"], LIGHT["error_fill"]} <= shown
    assert LIGHT["warn_fill"] not in shown


def test_progress_of_an_unknown_total_claims_nothing(theme: Theme, qtbot: QtBot) -> None:
    bar = ProgressBar(theme, words="Reading")
    qtbot.addWidget(bar)
    bar.set_progress(500, None)
    assert bar.share == 0
    bar.set_progress(50, 40)
    assert bar.share == 1
    assert bar.accessibleName() == "Reading: 50 of 40"


def test_count_card_says_number_and_word(theme: Theme, qtbot: QtBot) -> None:
    card = CountCard(theme, "Refused", "x-circle-fill", "error", name="job.refused")
    qtbot.addWidget(card)
    assert card.number.property("tone") == "text3", "nothing refused is no alarm"
    card.set_count(1204, "each with its reason")
    assert card.number.text() == "1,204"
    assert card.number.property("tone") == "error"
    assert card.accessibleName() == "Refused: 1,204. each with its reason."


# text


def test_text_from_files_is_never_markup(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, "<b>Ilse</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_elided_label_keeps_the_whole_text(theme: Theme, qtbot: QtBot) -> None:
    label = ElidedLabel(theme, "a very long name of a file that nobody can read.xlsx")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.text().endswith("…")
    assert label.toolTip() == label.full_text() == label.accessibleName()
    label.resize(600, 20)
    assert label.text() == label.full_text()
    assert label.toolTip() == ""


def test_badges_have_words(theme: Theme, qtbot: QtBot) -> None:
    badge = Badge(theme, "Refused", "error", "x-circle-fill")
    qtbot.addWidget(badge)
    wide = badge.width()
    badge.set("Confirmed by name", "ok", "check-circle-fill")
    assert badge.accessibleName() == "Confirmed by name"
    assert badge.width() > wide


def test_environment_is_a_word(theme: Theme, qtbot: QtBot) -> None:
    badge = EnvironmentBadge(theme, "production")
    qtbot.addWidget(badge)
    assert badge.environment() == "PRODUCTION"
    assert badge.accessibleName() == "Environment production"
    with pytest.raises(KeyError):
        badge.set_environment("live")


@pytest.mark.parametrize(
    ("name", "letters"), [("Fernwood Outdoor", "FO"), ("x", "X"), ("", ""), (" a  b c", "AB")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


# buttons


def test_disabled_button_has_its_reason(theme: Theme, qtbot: QtBot) -> None:
    button = Button(theme, "Next", "primary", name="import.next")
    qtbot.addWidget(button)
    button.set_allowed(False, "One column needs a decision")
    assert not button.isEnabled()
    assert button.toolTip() == button.accessibleDescription() == "One column needs a decision"
    button.set_allowed(True)
    assert button.isEnabled()
    assert button.toolTip() == ""


def test_chips_choose_one(theme: Theme, qtbot: QtBot) -> None:
    chips = ChipRow(theme, [("all", "All", 9), ("errors", "Errors", 1204)], name="check.filter")
    qtbot.addWidget(chips)
    heard: list[str] = []
    chips.chosen.connect(heard.append)
    errors = chips.findChild(Chip, "check.filter.errors")
    assert isinstance(errors, Chip)
    assert errors.text() == "Errors  1,204"
    errors.click()
    errors.click()
    assert heard == ["errors"]
    assert chips.current() == "errors"
    chips.set_counts({"errors": 0})
    assert errors.accessibleName() == "Errors, 0"


def test_segment_chooses_one(theme: Theme, qtbot: QtBot) -> None:
    segment = Segment(
        theme, [("dm", "Day, month"), ("md", "Month, day")], "md", name="dates.order", words="Order"
    )
    qtbot.addWidget(segment)
    heard: list[str] = []
    segment.chosen.connect(heard.append)
    first = segment.findChild(QPushButton, "dates.order.dm")
    assert isinstance(first, QPushButton)
    assert first.accessibleName() == "Order: Day, month"
    first.click()
    assert (segment.current(), heard) == ("dm", ["dm"])


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_switch_by_keyboard(theme: Theme, qtbot: QtBot, key: Qt.Key) -> None:
    switch = Switch(theme, "Read only")
    qtbot.addWidget(switch)
    before = picture(switch)
    qtbot.keyClick(switch, key)
    assert switch.isChecked()
    assert picture(switch) != before


# fields


def test_problem_is_seen_and_read_aloud(theme: Theme, qtbot: QtBot) -> None:
    field = Field(theme, "E-mail", name="profile.email", hint="Sent as it stands")
    qtbot.addWidget(field)
    field.show()
    assert field.editor.accessibleName() == "E-mail"
    field.set_problem("The ending is missing, such as .com.")
    problem = field.findChild(Label, "profile.email.problem")
    assert isinstance(problem, Label)
    assert problem.isVisible()
    assert field.editor.accessibleDescription() == problem.text() == "The ending is missing, such as .com."
    assert field.editor.property("invalid") is True
    field.set_problem("")
    assert not problem.isVisible()
    assert field.editor.accessibleDescription() == "Sent as it stands"
    assert field.editor.property("invalid") is False


def test_changed_field_shows_what_it_was(theme: Theme, qtbot: QtBot) -> None:
    field = Field(theme, "Last name", name="profile.last_name")
    qtbot.addWidget(field)
    field.show()
    was = field.findChild(ElidedLabel, "profile.last_name.was")
    assert isinstance(was, ElidedLabel)
    for value, words in (("Marlow", "was Marlow"), ("", "was empty")):
        field.set_changed(value)
        assert was.isVisible()
        assert was.full_text() == words
    field.set_changed(None)
    assert not was.isVisible()


def test_field_tells_what_a_person_does_only(theme: Theme, qtbot: QtBot) -> None:
    field = Field(theme, "E-mail", name="profile.email")
    qtbot.addWidget(field)
    edits: list[str] = []
    leaves: list[bool] = []
    field.edited.connect(edits.append)
    field.left.connect(lambda: leaves.append(True))
    field.set_text("set by the page")
    assert edits == []
    assert isinstance(field.editor, QLineEdit)
    field.editor.selectAll()
    qtbot.keyClicks(field.editor, "ab")
    assert edits == ["a", "ab"]
    QApplication.sendEvent(
        field.editor, QFocusEvent(QFocusEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason)
    )
    assert leaves == [True]


def test_choice_in_a_field(theme: Theme, qtbot: QtBot) -> None:
    combo = ComboBox(theme, [("m", "Male"), ("f", "Female")])
    field = Field(theme, "Gender", combo, name="profile.gender")
    qtbot.addWidget(field)
    field.set_text("Female")
    assert combo.current_key() == "f"
    combo.choose("m")
    assert field.text() == "Male"
    assert isinstance(field.editor, QComboBox)
    assert field.editor.accessibleName() == "Gender"


def test_search_field_tells_on_return(theme: Theme, qtbot: QtBot) -> None:
    field = SearchField(theme, "User ID", keys="Ctrl K", name="people.search")
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "FW-1")
    with qtbot.waitSignal(field.searched) as heard:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.args == ["FW-1"]


def test_staged_change_can_be_taken_back(theme: Theme, qtbot: QtBot) -> None:
    chip = StagedChip(theme, "Last name", "Marlow", "", name="people.staged.last_name")
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "Last name: Marlow becomes empty"
    back = chip.findChild(QWidget, "people.staged.last_name.back")
    assert back is not None
    assert back.accessibleName() == "Take back Last name"
    with qtbot.waitSignal(chip.taken_back):
        qtbot.mouseClick(back, Qt.MouseButton.LeftButton)


def test_steps_go_back_only(theme: Theme, qtbot: QtBot) -> None:
    stepper = Stepper(theme)
    qtbot.addWidget(stepper)
    heard: list[int] = []
    stepper.step_chosen.connect(heard.append)
    stepper.set_current(2)
    for step in stepper.steps:
        qtbot.mouseClick(step, Qt.MouseButton.LeftButton)
    assert heard == [0, 1]
    stepper.set_current(1, reachable=3)
    qtbot.mouseClick(stepper.steps[3], Qt.MouseButton.LeftButton)
    assert heard == [0, 1, 3]
    assert stepper.steps[1].accessibleName() == "Step 2, Columns, open now"


# tables


@dataclass
class Job:
    id: int
    name: str
    day: str = ""


def make_model(jobs: list[Job]) -> RowsModel[Job]:
    columns = [
        Column[Job](
            "What", lambda job: Cell(job.name, section=bool(job.day)), 200, sort=lambda job: job.name
        ),
        Column[Job]("Number", lambda job: str(job.id), 80, sort=lambda job: job.id, align_right=True),
    ]
    return RowsModel(columns, jobs, key=lambda job: job.id)


def test_model_keeps_to_qts_rules_while_it_changes(qapp: QApplication) -> None:
    model = make_model([Job(3, "c"), Job(1, "a")])
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.append([Job(2, "b"), Job(9, "z")])
    model.remove(3)
    model.replace(0, Job(3, "cc"))
    model.sort(1)
    assert [job.id for job in model.rows()] == [1, 2, 3]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.set_rows([*model.rows()])
    model.set_rows([])
    del tester


def test_model_hands_out_text_sort_value_and_object(qapp: QApplication) -> None:
    model = make_model([Job(1204, "week 47")])
    index = model.index(0, 1)
    assert index.data() == "1204"
    assert index.data(SORT_ROLE) == 1204
    assert index.data(ROW_ROLE) == Job(1204, "week 47")
    assert index.data(CELL_ROLE) == Cell("1204", align_right=True)
    assert isinstance(model, QAbstractItemModel)
    assert model.find(1204) == 0
    assert model.find(5) == -1


def test_selection_survives_sorting_and_news_of_the_same_rows(theme: Theme, qtbot: QtBot) -> None:
    model = make_model([Job(1, "b"), Job(2, "a")])
    table = Table(theme, model, name="history.table", words="Jobs", row_height=47)
    qtbot.addWidget(table)
    table.select(0)
    assert table.current_row().id == 1
    model.sort(0)
    assert table.current_row().id == 1
    model.set_rows([Job(2, "a"), Job(1, "b, finished")])
    assert table.current_row().name == "b, finished"


def test_headings_are_low_and_cannot_be_chosen(theme: Theme, qtbot: QtBot) -> None:
    model = make_model([Job(0, "TODAY", "today"), Job(1, "week 47")])
    table = Table(theme, model, name="history.table", words="Jobs", row_height=47)
    qtbot.addWidget(table)
    assert (table.rowHeight(0), table.rowHeight(1)) == (28, 47)
    table.select(0)
    assert table.current_row() is None


def test_return_opens_a_row(theme: Theme, qtbot: QtBot) -> None:
    table = Table(theme, make_model([Job(1, "a"), Job(2, "b")]), name="history.table", words="Jobs")
    qtbot.addWidget(table)
    table.select(1)
    with qtbot.waitSignal(table.activated) as heard:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert heard.args is not None
    assert heard.args[0].row() == 1


def test_selected_row_has_fill_and_edge_and_error_cells_a_line(theme: Theme, qtbot: QtBot) -> None:
    columns = [Column[str]("E-mail", lambda text: Cell(text, tint="error" if "@" not in text else ""), 200)]
    table = Table(theme, RowsModel(columns, ["nobody", "a@b.co"]), name="x.table", words="x", row_height=28)
    qtbot.addWidget(table)
    table.resize(300, 100)
    table.select(1)
    image = picture(table.viewport())
    assert image.pixelColor(150, 10).name().upper() == LIGHT["error_tint"]
    assert image.pixelColor(150, 25).name().upper() == LIGHT["error_fill"]
    assert image.pixelColor(1, 40).name().upper() == LIGHT["accent_t"]
    assert image.pixelColor(150, 40).name().upper() == LIGHT["sel"]


def test_row_list_has_low_headings(theme: Theme, qtbot: QtBot) -> None:
    rows = RowList(
        theme, make_model([Job(0, "PINNED", "x"), Job(1, "Ilse")]), name="people.list", words="People"
    )
    qtbot.addWidget(rows)
    rows.resize(272, 200)
    rows.show()
    model = rows.model()
    assert rows.visualRect(model.index(0, 0)).height() == 34
    assert rows.visualRect(model.index(1, 0)).height() == 50


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        (Quality(10), "All valid"),
        (Quality(10, 2, 1, 4), "1 error"),
        (Quality(10, 1204, 0, 4), "1,204 warnings"),
        (Quality(10, empty=4), "4 empty"),
        (Quality(10, 140, words="140 twice"), "140 twice"),
        (Quality(), ""),
    ],
)
def test_quality_says_the_worst_first(quality: Quality, words: str) -> None:
    assert quality.sentence()[0] == words


def test_small_part_of_the_quality_bar_can_be_clicked(theme: Theme, qtbot: QtBot) -> None:
    header = QualityHeader(theme, name="import.quality")
    table = Table(theme, make_model([Job(1, "a")]), name="x.table", words="x", head_height=62, header=header)
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    header.set_quality({0: Quality(1_000_000, 0, 1, 0)})
    heard: list[tuple[int, str]] = []
    header.part_clicked.connect(lambda section, part: heard.append((section, part)))
    right = header.sectionViewportPosition(0) + header.sectionSize(0) - 11
    for x in (right, 30):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 34))
    assert heard == [(0, "error"), (0, "valid")]
    assert header.part_at(1, 20) == ""
    assert LIGHT["error_fill"] in colors_in(picture(header.viewport()))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (12, "10 seconds"),
        (58, "1 minute"),
        (26 * 60, "26 minutes"),
        (3900, "1 hour 5 minutes"),
        (7200, "2 hours"),
    ],
)
def test_durations_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_what_fits_on_one_line_has_no_scroll_bar(theme: Theme, qtbot: QtBot) -> None:
    chips = FlowBox()
    chips.set_widgets([StagedChip(theme, "Mobile", "+919876500000", "+919876543210") for _ in range(2)])
    scroll = Scroll(column(chips, None))
    qtbot.addWidget(scroll)
    scroll.show()
    one, two = (chips.flow.heightForWidth(width) for width in (900, 350))
    assert one < two
    for width, height, scrolls in ((900, one, False), (350, two, False), (350, one, True)):
        scroll.resize(width, height)
        QApplication.sendPostedEvents()
        assert scroll.verticalScrollBar().isVisible() is scrolls
