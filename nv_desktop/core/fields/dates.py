"""The rule of dates: year-month-day; any other writing is refused with the order it may have."""

from __future__ import annotations

import re
from datetime import date

from nv_desktop.core.fields.model import Parsed, Step, bad, doubt, shown
from nv_desktop.core.fields.orders import reader

_ISO_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SERIAL = re.compile(r"\d{4,5}(?:\.\d+)?", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[./\-\s]\s*(?:\d{1,2}|[^\W\d_]{3,}\.?)\s*[./\-\s]\s*\d{2}(?:[\sT,].*)?")
_NUMERIC = re.compile(r"\d{1,4}\s*[./\-\s]\s*\d{1,2}\s*[./\-\s]\s*\d{1,4}(?:[\sT,].*)?|\d{8}")
_FORM = "is not written as year-month-day, such as 1990-11-25"
_CENTURY_FREE = 2000  # any year serves to find out whether two digits are all that is missing
_RECENT = 2025  # no day before this year lies in the future


def iso(text: str) -> date | None:
    """The day of a text `YYYY-MM-DD`, None for every other text."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def date_rule(text: str) -> Parsed:
    return Parsed(text) if iso(text) else _refused(text, None)


def birth_date(text: str) -> Parsed:
    """A date; in the future or before 1900 it gets a warning."""
    day = iso(text)
    if day is None:
        return _refused(text, date.today().year)
    if day.year < 1900:
        return doubt(text, "birth_old", "This birthday lies before 1900.")
    if day.year >= _RECENT and day > date.today():
        return doubt(text, "birth_future", "This birthday lies in the future.")
    return Parsed(text)


def _refused(text: str, latest_year: int | None) -> Parsed:
    """The refusal with the step that would mend it. `latest_year` is that of a birthday, None elsewhere."""
    stripped = text.strip()
    if stripped != text and iso(stripped):
        return bad("date_spaces", "The date begins or ends with a blank.", {"step": "trim"})
    if _ISO_SHAPE.fullmatch(stripped):
        return bad("date_impossible", f"There is no day {stripped} in the calendar.")
    if _SERIAL.fullmatch(stripped):
        return bad(
            "date_serial",
            f"“{shown(text)}” may be a spreadsheet's own count of days. "
            "Only the source can tell which day is meant.",
        )
    orders = [order for order in ("ymd", "dmy", "mdy", "words") if _reads(order, stripped)]
    if orders:
        return _order_refused(text, stripped, orders, latest_year)
    if _NUMERIC.fullmatch(stripped):
        return bad("date_impossible", f"“{shown(text)}” is not a day of the calendar.")
    if re.search(r"[^\W\d_]{3,}", stripped) and re.search(r"\d", stripped):
        return bad("date_words", f"“{shown(text)}” {_FORM}.")
    return bad("date", f"“{shown(text)}” is not a date. Dates are year-month-day, such as 1990-11-25.")


def _reads(order: str, text: str, *, drop_time: bool = True) -> bool:
    return reader(order, drop_time=drop_time, latest_year=_CENTURY_FREE)(text) != text


def _order_refused(text: str, stripped: str, orders: list[str], latest_year: int | None) -> Parsed:
    order = orders[0] if len(orders) == 1 else None  # 03/04/1990 can be both: a person must say
    step: Step | None = {"step": "date", "order": order}
    code, sentence = "date_order", f"“{shown(text)}” {_FORM}."
    if orders == ["words"]:
        code = "date_words"
    if not _reads(orders[0], stripped, drop_time=False):
        step = {**(step or {}), "time": "drop"}
        code, sentence = "date_time", f"“{shown(text)}” is a moment; only its day can be sent."
    if _SHORT_YEAR.fullmatch(stripped):
        code, sentence = "date_century", f"“{shown(text)}” has a year of two digits, which has no century."
        step = None if latest_year is None else {**(step or {}), "latest_year": latest_year}
    return bad(code, sentence, step)
