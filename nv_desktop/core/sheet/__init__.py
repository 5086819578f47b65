"""Opening spreadsheets: what a file is, how it is read, its rows as text with every doubt about them.

Nothing is guessed in silence: a cell is either exactly what the file holds, or a hazard says what is wrong.
"""

from nv_desktop.core.sheet.opened import Hazard, Opened, Options, Row, SheetInfo
from nv_desktop.core.sheet.reading import inspect, rows, save_pasted

__all__ = ["Hazard", "Opened", "Options", "Row", "SheetInfo", "inspect", "rows", "save_pasted"]
