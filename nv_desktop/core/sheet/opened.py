"""What opening a spreadsheet gives: the choices made, the sheets there are, a first look, and each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nv_desktop.core.fields import Level, Problem

Hazard = tuple[int, Problem]  # (column index, or -1 for the whole row, what may be wrong)

MAX_CELLS = 60_000_000  # of one sheet of a workbook; a text file has no such limit
MAX_ROWS = 1_048_576  # that Excel and LibreOffice have
MAX_TEXT = 1 << 30  # characters of one sheet of a workbook, which may name one long text a million times
MAX_COLUMNS = 1_000  # more columns are no table of people; a database table holds 2,000


HIDDEN = Problem(
    "row_hidden",
    "This row is hidden in the spreadsheet, by hand or by a filter. It is read like every other.",
    Level.WARNING,
)
"""The hazard of a whole row that people who look at the sheet do not see."""


@dataclass(frozen=True)
class Options:
    """How a file is to be read; None: find out. `quote` "" reads quotation marks as plain characters."""

    sheet: str | None = None
    header_row: int | None = None  # record number, from 1
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None


@dataclass
class SheetInfo:
    """A sheet of a workbook. `rows` and `columns` are what the file declares, None where it does not say."""

    name: str
    rows: int | None = None
    columns: int | None = None
    hidden: bool = False


@dataclass
class Opened:
    """A file after the first look: every option filled in, the header, up to 100 rows as text.

    `size` in bytes, `sha256` in hex. `notes` speak about the whole file; a hazard of one row comes with
    the row. A note may carry a step for the window: `{"step": "encoding", "candidates": [...]}`,
    `{"step": "quote", "quote": ""}`.
    """

    path: Path
    format: str  # xlsx xlsm xls xlsb ods csv tsv txt clipboard
    sheets: list[SheetInfo]
    options: Options
    header: list[str]
    sample: list[list[str]]
    size: int
    sha256: str
    notes: list[Problem] = field(default_factory=list)
    clean: bool = False  # text files: every byte was seen to fit the encoding

    def to_json(self) -> dict[str, Any]:
        """Only what json can write; `from_json` gives an equal object back."""
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Opened:
        known = {
            **data,
            "path": Path(data["path"]),
            "sheets": [SheetInfo(**sheet) for sheet in data["sheets"]],
            "options": Options(**data["options"]),
            "notes": [Problem(**{**note, "level": Level(note["level"])}) for note in data["notes"]],
        }
        return cls(**known)


@dataclass(slots=True)
class Row:
    """One record below the header. `number` as Excel counts, the header included; `line` is the first
    physical line in a text file. `cells` has the header's width; what did not fit is told by a hazard."""

    number: int
    cells: list[str]
    hazards: tuple[Hazard, ...] = ()
    line: int | None = None


@dataclass(slots=True)
class Block:
    """Records below the header, one after another, each as wide as it: what a `Row` says, for many at once.

    `cells` of all rows, one row after another. `lines` is None for workbooks. `hazards`: (place of the row
    in the block, column, what may be wrong).
    """

    numbers: Sequence[int]
    lines: Sequence[int] | None
    cells: list[str]
    hazards: list[tuple[int, int, Problem]] = field(default_factory=list)
