"""xlsb, and the xls that xlrd cannot take, read by python-calamine; what it does not tell stands in a note.

The one module that knows python-calamine, so that another reader can take its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType

import python_calamine as calamine

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet.formats import PLAIN
from nv_desktop.core.sheet.numbers import Value, number_text
from nv_desktop.core.sheet.opened import MAX_CELLS, MAX_COLUMNS, Hazard, Row, SheetInfo

Cell = int | float | str | bool | time | date | datetime | timedelta


class Foreign:
    """An open xls or xlsb. The sheet is held in memory whole while it is read."""

    def __init__(self, path: Path, kind: str) -> None:
        self._path = path
        self.format = kind
        try:
            self._book = calamine.CalamineWorkbook.from_path(str(path))
        except calamine.PasswordError as error:
            raise BadFile(
                f"“{path.name}” is protected with a password.",
                "Open it in Excel, remove the password and save it again.",
            ) from error
        except Exception as error:  # whatever the Rust reader says, the file is bad
            raise _unreadable(path, error) from error
        self.sheets = [
            SheetInfo(sheet.name, None, None, sheet.visible != calamine.SheetVisibleEnum.Visible)
            for sheet in self._book.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]

    def __enter__(self) -> Foreign:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def first_with_cells(self) -> SheetInfo:
        visible = [sheet for sheet in self.sheets if not sheet.hidden] or self.sheets
        for sheet in visible:
            if self._sheet(sheet.name).height:
                return sheet
        return visible[0]

    def _sheet(self, name: str) -> calamine.CalamineSheet:
        try:
            sheet = self._book.get_sheet_by_name(name)
        except Exception as error:  # as above
            raise _unreadable(self._path, error) from error
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise BadFile(
                f"The sheet has more than {MAX_CELLS:,} cells.", "Save it as .csv, which has no such limit."
            )
        return sheet

    def rows(self, sheet: str) -> Iterator[Row]:
        grid = self._sheet(sheet)
        left = [""] * (grid.start[1] if grid.start else 0)
        skipped = grid.start[0] if grid.start else 0
        for number, values in enumerate(grid.to_python(skip_empty_area=True), skipped + 1):
            cells = list(left)
            hazards: list[Hazard] = []
            for index, value in enumerate(values[:MAX_COLUMNS], len(left)):
                text, problem = _text(value)
                cells.append(text)
                if problem is not None:
                    hazards.append((index, problem))
            if any(value != "" for value in values[MAX_COLUMNS:]):
                far = Problem("cell_far", "A value stands far right of the table; not read.", Level.WARNING)
                hazards.append((-1, far))
            while cells and not cells[-1]:
                cells.pop()
            yield Row(number, cells, tuple(hazards))

    def notes(self, sheet: str) -> list[Problem]:
        return [
            Problem(
                "format_blind",
                f"In .{self.format} files, error cells such as #N/A and formulas without a result look "
                "empty, and leading zeros that only the number format shows are not seen. "
                "Save as .xlsx to be sure.",
                Level.WARNING,
            )
        ]


def _text(value: Cell) -> Value:
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    if isinstance(value, (int, float)):
        return number_text(repr(value), PLAIN)
    if isinstance(value, datetime):
        text = value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
        return text.removesuffix(" 00:00:00"), None
    if isinstance(value, date):
        return value.isoformat(), None
    if isinstance(value, time):
        return value.isoformat("milliseconds" if value.microsecond else "seconds"), None
    seconds = value.total_seconds()
    whole = f"{int(abs(seconds)) // 3600:02d}:{int(abs(seconds)) // 60 % 60:02d}:{int(abs(seconds)) % 60:02d}"
    return ("-" if seconds < 0 else "") + whole, None


def _unreadable(path: Path, error: Exception) -> BadFile:
    return BadFile(
        f"“{path.name}” is damaged, or was saved in a way that cannot be read.",
        "Open it in Excel or LibreOffice and save it as .xlsx.",
        str(error)[:300],
    )
