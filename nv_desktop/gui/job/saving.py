"""Where a file shall be written: asks, and gives a path or None, so that a test replaces one name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

KINDS = {"xlsx": "Excel workbook (*.xlsx)", "json": "JSON (*.json)"}


def ask_where(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """A path with the right ending; None when the question was put away. The dialog asks before replacing."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path.home() / name), KINDS[kind])
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
