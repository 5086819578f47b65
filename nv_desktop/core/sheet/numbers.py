"""A number of a workbook as text: exact, or with the hazard that says what is not."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from decimal import Decimal

from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.sheet.formats import Format, Shape, begins_like_a_code, shown

_SAFE = 10**15  # spreadsheets keep 15 digits
_LAST_DAY = 2_958_465  # 9999-12-31 in the system that begins in 1900
_DAY = 86_400
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?\s*", re.ASCII)
Value = tuple[str, Problem | None]


def number_text(raw: str, format_: Format, since_1904: bool = False) -> Value:
    """The text of a number as it stands in the file (`raw`), by its number format."""
    value = float(raw) if _NUMBER.fullmatch(raw) else math.nan
    if not math.isfinite(value):
        return raw, Problem("cell_broken", "The cell says that it holds a number, but holds something else.")
    if format_.shape in (Shape.DATE, Shape.TIME, Shape.DURATION):
        return _moment_text(raw, value, format_.shape, since_1904)
    text, problem = _decimal_text(raw, value)
    if problem is None and format_.shape is Shape.SHOWN:
        problem = _shown_problem(format_, value, text)
    return text, problem


def _decimal_text(raw: str, value: float) -> Value:
    if abs(value) >= _SAFE:
        return raw, Problem(
            "lost_digits",
            f"“{raw[:40]}” is a number with more than 15 digits, and spreadsheets keep only 15: the "
            "last ones may be wrong. Take it from the source again, as text.",
        )
    if value == int(value):
        return str(int(value)), None
    short = format(value, ".15g")
    text = format(Decimal(short), "f")
    if float(short) == value:
        return text, None
    return text, Problem(
        "number_digits",
        f"The spreadsheet shows {text}; behind it stands {value!r}, which differs after the 15th digit.",
        Level.NOTE,
    )


def _shown_problem(format_: Format, value: float, text: str) -> Problem | None:
    picture = shown(format_, value, text)
    if picture is None:
        return None
    if format_.width and value >= 0 and value == int(value):
        return Problem(
            "number_format",
            f"The spreadsheet shows {picture}, but the cell holds {text}: the zeros are only in its format.",
            Level.WARNING,
            {"step": "pad", "width": format_.width},
        )
    if not picture:
        return Problem(
            "number_format",
            f"The cell holds {text}; its number format “{format_.code[:40]}” may show it otherwise.",
            Level.NOTE,
        )
    return Problem(
        "number_format",
        f"The spreadsheet shows {picture}, but the cell holds {text}.",
        Level.WARNING if _is_more_than_looks(format_, picture) else Level.NOTE,
    )


def _is_more_than_looks(format_: Format, picture: str) -> bool:
    """Whether what is shown may be the value that was meant: 50%, ID-0042, +919876543210, 012-34-5678."""
    whole = re.sub(r"\D", "", picture.partition(".")[0])
    padded = len(whole) > 1 and whole[0] == "0"
    return "%" in picture or "E" in picture or padded or begins_like_a_code(format_)


# --- days and times -------------------------------------------------------------------------------------


def _moment_text(raw: str, value: float, shape: Shape, since_1904: bool) -> Value:
    if shape is Shape.DURATION:
        return _clock(value), None
    days, seconds, thousandths = _split(value)
    if shape is Shape.TIME and days == 0:
        return _time(seconds, thousandths), None
    day = day_of(days, since_1904)
    if day is None:
        return raw, Problem(
            "date_broken", f"The cell is shown as a date, but {raw[:40]} is no day of the calendar."
        )
    if shape is Shape.DATE and not seconds and not thousandths:
        return day.isoformat(), None
    return f"{day.isoformat()} {_time(seconds, thousandths)}", None


def day_of(serial: int, since_1904: bool) -> date | None:
    """The day of a spreadsheet's serial number, None for those that are no day.

    The 1900 system counts a 29 February 1900 (60) that never was; 0 is its “January 0”."""
    if since_1904:
        if not 0 <= serial <= _LAST_DAY - 1462:
            return None
        return date(1904, 1, 1) + timedelta(days=serial)
    if serial < 1 or serial == 60 or serial > _LAST_DAY:
        return None
    return date(1899, 12, 31 if serial < 60 else 30) + timedelta(days=serial)


def _split(value: float) -> tuple[int, int, int]:
    """(days, seconds, thousandths), rounded to the thousandth of a second that spreadsheets keep."""
    milliseconds = round(value * _DAY * 1000)
    days, rest = divmod(milliseconds, _DAY * 1000)
    return days, rest // 1000, rest % 1000


def _time(seconds: int, thousandths: int) -> str:
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{thousandths:03d}" if thousandths else text


def _clock(value: float) -> str:
    milliseconds = round(abs(value) * _DAY * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    text = f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}"
    return ("-" if value < 0 else "") + (f"{text}.{rest % 1000:03d}" if rest % 1000 else text)
