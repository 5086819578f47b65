"""Opening spreadsheets: what a file is, how it is read, its rows as text with every doubt about them.

Nothing is guessed in silence: a cell is either exactly what the file holds, or a hazard says what is wrong.
"""

from nv_desktop.core.sheet.opened import Block, Hazard, Opened, Options, Row, SheetInfo
from nv_desktop.core.sheet.reading import blocks, inspect, rows, save_pasted

__all__ = [
    "Block",
    "Hazard",
    "Opened",
    "Options",
    "Row",
    "SheetInfo",
    "blocks",
    "inspect",
    "rows",
    "save_pasted",
]
