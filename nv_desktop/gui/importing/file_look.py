"""A file after the first look: how it is read, which can be changed, and its first rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet import Opened, Options
from nv_desktop.gui.importing.wording import (
    DELIMITERS,
    ENCODINGS,
    FORMATS,
    QUOTES,
    counted,
    encoding_words,
    size_words,
)
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    ComboBox,
    Field,
    Label,
    Notice,
    NumberBox,
    Table,
    column,
    page_title,
    row,
)

_TONES = {Level.NOTE: "note", Level.WARNING: "warn", Level.ERROR: "error"}
_WIDTHS = {"sheet": 230, "header_row": 110, "encoding": 230, "delimiter": 150, "quote": 180}
NOTES_MOST = 3
SHOWN_COLUMNS = 200
SPIN_MS = 350


class FileLook(QWidget):
    """changed(Options): a person wants the file read otherwise. other_wanted: another file."""

    changed = Signal(object)
    other_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._opened: Opened | None = None
        self.title = Label(theme, "", "page", name="import.file")
        self.sentence = Label(theme, "", "body", "text2", name="import.file.sentence")
        other = Button(theme, "Another file…", icon="folder-open", name="import.other")
        other.clicked.connect(self.other_wanted)
        self.sheet = ComboBox(theme, name="import.sheet", words="Sheet")
        self.encoding = ComboBox(theme, name="import.encoding", words="Encoding")
        self.delimiter = ComboBox(theme, name="import.delimiter", words="Delimiter")
        self.quote = ComboBox(theme, name="import.quote", words="Cells are wrapped in")
        self.header_row = NumberBox(theme, 1, 9_999)
        self._fields = {
            "sheet": Field(theme, "Sheet", self.sheet, name="import.sheet"),
            "header_row": Field(theme, "Header in row", self.header_row, name="import.header_row"),
            "encoding": Field(theme, "Encoding", self.encoding, name="import.encoding"),
            "delimiter": Field(theme, "Delimiter", self.delimiter, name="import.delimiter"),
            "quote": Field(theme, "Cells are wrapped in", self.quote, name="import.quote"),
        }
        for name, width in _WIDTHS.items():
            self._fields[name].setFixedWidth(width)
        self._fields["sheet"].hide()  # what no file asks for yet needs no room
        self.sheet.activated.connect(self._tell)
        self.encoding.activated.connect(self._tell)
        self.delimiter.activated.connect(self._tell)
        self.quote.activated.connect(self._tell)
        self._timer = QTimer(self)  # the header row is often stepped over several rows
        self._timer.setSingleShot(True)
        self._timer.setInterval(SPIN_MS)
        self._timer.timeout.connect(self._tell)
        self.header_row.valueChanged.connect(self._spun)
        self._notes = [Notice(theme, "", "note", name=f"import.note{number}") for number in range(NOTES_MOST)]
        self.same = Notice(
            theme, "", "info", "clock-counter-clockwise", action="Look at it", name="import.same"
        )
        self.same.hide()
        self._model = RowsModel[tuple[int, list[str]]]([Column("Row", _number, 64)])
        self.table = Table(
            theme, self._model, name="import.preview", words="The first rows", row_height=28, pad=14
        )
        choices = row(*self._fields.values(), None, gap=12)
        card = Card(theme, "", "", self.table, margins=(1, 1, 1, 6))
        layout = column(
            page_title(theme, self.title, self.sentence, other),
            choices,
            self.same,
            *self._notes,
            card,
            gap=12,
        )
        layout.setStretchFactor(card, 1)
        self.setLayout(layout)

    def show_opened(self, opened: Opened) -> None:
        """What was seen, and how it is read."""
        self._timer.stop()
        self._opened = opened
        self.title.setText("Pasted cells" if opened.format == "clipboard" else opened.path.name)
        self.title.setToolTip(str(opened.path))
        self.sentence.setText(
            f"{FORMATS.get(opened.format, opened.format)}, {size_words(opened.size)}, "
            f"{counted(len(opened.header), 'column', 'columns')}. "
            "Below are the first rows, letter for letter as they will be read."
        )
        self._show_options(opened)
        self._show_notes(opened.notes)
        self._show_rows(opened)

    def _show_options(self, opened: Opened) -> None:
        options = opened.options
        self.sheet.set_options(
            [(sheet.name, _sheet_words(sheet.name, sheet.rows)) for sheet in opened.sheets]
        )
        if options.sheet is not None:
            self.sheet.choose(options.sheet)
        self._fields["sheet"].setVisible(len(opened.sheets) > 0 and options.sheet is not None)
        self.sheet.setEnabled(len(opened.sheets) > 1)
        self.header_row.blockSignals(True)
        self.header_row.setValue(options.header_row or 1)
        self.header_row.blockSignals(False)
        for name, box, known in (
            ("encoding", self.encoding, ENCODINGS),
            ("delimiter", self.delimiter, DELIMITERS),
            ("quote", self.quote, QUOTES),
        ):
            value = getattr(options, name)
            self._fields[name].setVisible(value is not None)
            if value is not None:
                keys = dict(known)
                words = encoding_words(value) if name == "encoding" else f"Sign  {value}"
                box.set_options([*known] if value in keys else [(value, words), *known])
                box.choose(value)

    def _show_notes(self, notes: list[Problem]) -> None:
        worst = sorted(notes, key=lambda note: -note.level)
        for notice, problem in zip(self._notes, [*worst, *[None] * NOTES_MOST], strict=False):
            notice.setVisible(problem is not None)
            if problem is not None:
                notice.set(problem.message, _TONES[problem.level])

    def _show_rows(self, opened: Opened) -> None:
        first = (opened.options.header_row or 1) + 1
        columns: list[Column[tuple[int, list[str]]]] = [Column("Row", _number, 64, align_right=True)]
        for place, header in enumerate(opened.header[:SHOWN_COLUMNS]):
            columns.append(Column(header or " ", _cell_of(place), _width(opened, place)))
        model = RowsModel[tuple[int, list[str]]](
            columns, [(first + number, cells) for number, cells in enumerate(opened.sample)], parent=self
        )
        before, self._model = self._model, model
        self.table.setModel(model)
        before.deleteLater()
        for number, each in enumerate(columns):
            self.table.setColumnWidth(number, each.width)

    def show_same(self, sentence: str, *, may_look: bool = True) -> None:
        """That this very file was imported before, or rows of it were; "" when they were not."""
        self.same.setVisible(bool(sentence))
        self.same.action.setVisible(may_look)
        if sentence:
            self.same.set(sentence)

    @Slot()
    def _spun(self) -> None:
        self._timer.start()

    def hurry(self) -> bool:
        """Tell now what was typed a moment ago; whether that is to be read first."""
        return self._timer.isActive() and self._tell()

    @Slot()
    def _tell(self) -> bool:
        opened = self._opened
        self._timer.stop()
        if opened is None:
            return False
        options = opened.options
        sheet = self.sheet.current_key() if options.sheet is not None else None
        encoding = self.encoding.current_key() if options.encoding is not None else None
        delimiter = self.delimiter.current_key() if options.delimiter is not None else None
        quote = self.quote.current_key() if options.quote is not None else None
        header_row: int | None = self.header_row.value()
        wanted = Options(sheet, header_row, encoding, delimiter, quote)
        if replace(wanted, header_row=options.header_row) != options:
            wanted = replace(wanted, header_row=None)  # another sheet begins elsewhere: found anew
        if wanted == options:
            return False
        self.changed.emit(wanted)
        return True


def _number(line: tuple[int, list[str]]) -> Cell:
    return Cell(f"{line[0]:,}", tone="text3", align_right=True)


def _cell_of(place: int) -> Callable[[tuple[int, list[str]]], Cell]:
    def cell(line: tuple[int, list[str]]) -> Cell:
        text = line[1][place] if place < len(line[1]) else ""
        return Cell(text) if text else Cell("empty", tone="text3")

    return cell


def _width(opened: Opened, place: int) -> int:
    longest = max((len(line[place]) for line in opened.sample[:40] if place < len(line)), default=6)
    return max(90, min(260, 7 * max(longest, len(opened.header[place])) + 26))


def _sheet_words(name: str, rows: int | None) -> str:
    return f"{name}  ({rows:,} rows)" if rows else name
