"""What every kind of workbook offers, and which reader takes which kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol

from nv_desktop.core.fields import Problem
from nv_desktop.core.sheet.opened import Row, SheetInfo


class Workbook(Protocol):
    """An open workbook; a context manager that closes it."""

    format: str
    sheets: list[SheetInfo]

    def first_with_cells(self) -> SheetInfo:
        """The first visible sheet that has cells, else the first one."""
        ...

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every record that has cells, from 1 as the spreadsheet counts. Raises `BadFile`."""
        ...

    def notes(self, sheet: str) -> list[Problem]:
        """What people must know about the whole sheet."""
        ...

    def __enter__(self) -> Workbook: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def open_workbook(path: Path, kind: str) -> Workbook:
    """The reader for xlsx, xlsm and ods (ours), xls (xlrd), or xlsb (python-calamine). Raises `BadFile`."""
    if kind in ("xlsx", "xlsm"):
        from nv_desktop.core.sheet.xlsx.book import Xlsx

        return Xlsx(path)
    if kind == "ods":
        from nv_desktop.core.sheet.ods import Ods

        return Ods(path)
    from nv_desktop.core.sheet.foreign import Foreign  # these libraries are loaded only where they are needed

    if kind == "xls":
        from nv_desktop.core.sheet.xls import NotForXlrd, Xls

        try:
            return Xls(path)
        except NotForXlrd:
            pass  # the other reader takes some of these, and says why it does not take the rest
    return Foreign(path, kind)
