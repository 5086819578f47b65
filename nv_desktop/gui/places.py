"""Where a file shall be written: asks, and gives a path or None, so that a test replaces one name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nv_desktop.core.files import file_name

KINDS = {"xlsx": "Excel workbook (*.xlsx)", "csv": "CSV (*.csv)", "json": "JSON (*.json)"}


def ask_where(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """A path with the ending `kind`; None when the question was put away. `name` is proposed, without it.

    The dialog asks before it replaces the file that was named; where a name was typed without its ending,
    and a file with it is there, it is shown once more so that it asks about that one.
    """
    place = Path.home() / f"{file_name(name)}.{kind}"
    while True:
        chosen, _ = QFileDialog.getSaveFileName(parent, title, str(place), KINDS[kind])
        if not chosen:
            return None
        place = Path(chosen)
        if place.suffix.lower() == f".{kind}":
            return place
        place = place.with_name(f"{place.name}.{kind}")
        if not place.exists():
            return place
