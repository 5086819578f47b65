"""Small widgets that every page is made of; none of them knows what it is used for."""

from nv_desktop.gui.widgets.buttons import Button, Chip, ChipRow, IconButton, Segment, Switch
from nv_desktop.gui.widgets.dialog import Dialog
from nv_desktop.gui.widgets.environment import ENVIRONMENTS, EnvironmentBadge
from nv_desktop.gui.widgets.fields import ComboBox, Field, NumberBox, SearchField, StagedChip
from nv_desktop.gui.widgets.frames import (
    Card,
    EmptyState,
    Notice,
    Page,
    Scroll,
    Surface,
    page_title,
    rule,
    section_title,
    upright,
)
from nv_desktop.gui.widgets.layout import add_items, boxed, column, row
from nv_desktop.gui.widgets.meters import CountCard, Part, ProgressBar, StackBar, count_row
from nv_desktop.gui.widgets.quality_header import Quality, QualityHeader
from nv_desktop.gui.widgets.steps import IMPORT_STEPS, Stepper
from nv_desktop.gui.widgets.tables import CellDelegate, RowList, Table, plain_header
from nv_desktop.gui.widgets.text import (
    Avatar,
    Badge,
    ColourBar,
    ElidedLabel,
    IconLabel,
    KeyHint,
    Label,
    initials,
)

__all__ = [
    "ENVIRONMENTS",
    "IMPORT_STEPS",
    "Avatar",
    "Badge",
    "Button",
    "Card",
    "CellDelegate",
    "Chip",
    "ChipRow",
    "ColourBar",
    "ComboBox",
    "CountCard",
    "Dialog",
    "ElidedLabel",
    "EmptyState",
    "EnvironmentBadge",
    "Field",
    "IconButton",
    "IconLabel",
    "KeyHint",
    "Label",
    "Notice",
    "NumberBox",
    "Page",
    "Part",
    "ProgressBar",
    "Quality",
    "QualityHeader",
    "RowList",
    "Scroll",
    "SearchField",
    "Segment",
    "StackBar",
    "StagedChip",
    "Stepper",
    "Surface",
    "Switch",
    "Table",
    "add_items",
    "boxed",
    "column",
    "count_row",
    "initials",
    "page_title",
    "plain_header",
    "row",
    "rule",
    "section_title",
    "upright",
]
