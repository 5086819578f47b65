"""How a date that is not written year-month-day is read, once a person has said in which order it stands.

Every reader is text -> text: a text it cannot read for certain comes back as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

ORDERS: dict[str, str] = {  # order -> (sentence for people) what it does, with an example
    "dmy": "Read as day-month-year: 25/11/1990 → 1990-11-25",
    "mdy": "Read as month-day-year: 11/25/1990 → 1990-11-25",
    "ymd": "Read as year-month-day: 1990/11/25 → 1990-11-25",
    "words": "Read months written as words: 25 Nov 1990 → 1990-11-25",
    "serial1900": "Read as Excel's count of days (Windows): 33202 → 1990-11-25",
    "serial1904": "Read as Excel's count of days (older Mac files): 31740 → 1990-11-25",
}

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
_TIME = rf"(?:[T\s,]+(?P<time>{_CLOCK})\s*(?P<zone>Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}})?)?"
_SEP = r"(\s*[./\-]\s*|\s+)"
_DAY_OR_MONTH_FIRST = rf"(\d{{1,2}}){_SEP}(\d{{1,2}})\2(\d{{4}}|\d{{2}})\.?"
_YEAR_FIRST = rf"(\d{{4}}){_SEP}(\d{{1,2}})\2(\d{{1,2}})\.?|(\d{{4}})(\d\d)(\d\d)"
_NTH = r"(?:st|nd|rd|th|er|[ºª°.])?"
_WORD = r"([^\W\d_][^\d\s.,/\-]*)\.?"
_OF = r"(?:de|del|of)\s+"
_DAY_WORD_YEAR = rf"(\d{{1,2}}){_NTH}[\s\-./,]*(?:{_OF})?{_WORD}[\s\-./,]*(?:{_OF})?(\d{{4}}|\d{{2}})"
_WORD_DAY_YEAR = rf"{_WORD}\s*[\-/]?\s*(\d{{1,2}}){_NTH}[\s,\-/]+(\d{{4}}|\d{{2}})"
_YEAR_WORD_DAY = rf"(\d{{4}})[\s\-./,]+{_WORD}[\s\-./,]+(\d{{1,2}})"
_EAST_ASIAN = r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]?"

_MONTH_WORDS = """
january jan januar jaenner janner janvier janv enero ene janeiro gennaio gen januari stycznia styczen ocak
января янв январь जनवरी يناير ;
february feb februar fevrier fevr fev febrero fevereiro febbraio februari lutego luty subat февраля фев
февраль फरवरी فبراير ;
march mar marz maerz mrz mars marzo marco maart mrt marca marzec mart maret марта март मार्च مارس ;
april apr avril avr abril abr aprile kwietnia kwiecien nisan апреля апр апрель अप्रैल ابريل ;
may mai mayo maio maggio mag mei maja maj mayis мая май मई مايو ;
june jun juni juin junio junho giugno giu czerwca czerwiec haziran июня июн июнь जून يونيو ;
july jul juli juillet juil julio julho luglio lug lipca lipiec temmuz июля июл июль जुलाई يوليو ;
august aug aout agosto ago augustus sierpnia sierpien agustos agustus agu августа авг август अगस्त اغسطس ;
september sep sept septembre septiembre setiembre setembro set settembre wrzesnia wrzesien eylul сентября
сен сентябрь सितंबर سبتمبر ;
october oct oktober okt octobre octubre outubro out ottobre ott pazdziernika pazdziernik ekim oktober
октября окт октябрь अक्टूबर اكتوبر ;
november nov novembre noviembre novembro kasim ноября ноя ноябрь नवंबर نوفمبر ;
december dec dezember dez decembre diciembre dic dezembro dicembre grudnia grudzien aralik desember des
декабря дек декабрь दिसंबर ديسمبر
"""


def _fold(word: str) -> str:
    """Case and accents do not count; the dotless i of Turkish is an i."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    return "".join(char for char in plain if unicodedata.category(char) != "Mn")


MONTHS: dict[str, int] = {
    _fold(word): number
    for number, line in enumerate(_MONTH_WORDS.split(";"), start=1)
    for word in line.split()
}
_MIDNIGHT = re.compile(r"0?0:00(?::00(?:[.,]0+)?)?|12:00(?::00)?\s*[Aa]\.?[Mm]\.?")
_EPOCHS = {"serial1900": date(1899, 12, 30), "serial1904": date(1904, 1, 1)}

Order = tuple[str, re.Pattern[str]]  # which group is which ("dmy": day, month, year), and the pattern


def _order(letters: str, pattern: str) -> Order:
    return letters, re.compile(rf"(?:{pattern}){_TIME}")


_PATTERNS: dict[str, tuple[Order, ...]] = {
    "dmy": (_order("d-my", _DAY_OR_MONTH_FIRST),),
    "mdy": (_order("m-dy", _DAY_OR_MONTH_FIRST),),
    "ymd": (_order("y-mdymd", _YEAR_FIRST),),
    "words": (
        _order("dmy", _DAY_WORD_YEAR),
        _order("mdy", _WORD_DAY_YEAR),
        _order("ymd", _YEAR_WORD_DAY),
        _order("ymd", _EAST_ASIAN),
    ),
}


def reader(order: str, *, drop_time: bool = False, latest_year: int | None = None) -> Callable[[str], str]:
    """The function that reads dates in this order (a key of ORDERS) to `YYYY-MM-DD`.

    A time of midnight is dropped; any other time only where `drop_time`. Years of two digits are read
    only where `latest_year` says which century: the latest year not after it that ends in those digits.
    """
    if order in _EPOCHS:
        return _serial_reader(order, drop_time)
    patterns = _PATTERNS[order]

    def read(text: str) -> str:
        stripped = text.strip()
        for letters, pattern in patterns:
            match = pattern.fullmatch(stripped)
            if match:
                if match["time"] and not drop_time and not _MIDNIGHT.fullmatch(match["time"].strip()):
                    return text
                return _day(letters, match, latest_year) or text
        return text

    return read


def _day(letters: str, match: re.Match[str], latest_year: int | None) -> str | None:
    parts = {
        letter: group
        for letter, group in zip(letters, match.groups(), strict=False)
        if letter != "-" and group is not None
    }
    month = parts["m"] if parts["m"].isdecimal() else MONTHS.get(_fold(parts["m"]))
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        if latest_year is None:
            return None
        year = latest_year - (latest_year - year) % 100
    if month is None:
        return None
    try:
        return date(year, int(month), int(parts["d"])).isoformat()
    except ValueError:
        return None


def _serial_reader(order: str, drop_time: bool) -> Callable[[str], str]:
    epoch = _EPOCHS[order]
    serial = re.compile(r"(\d{1,7})(?:[.,](\d+))?", re.ASCII)

    def read(text: str) -> str:
        match = serial.fullmatch(text.strip())
        if not match or (match[2] and match[2].strip("0") and not drop_time):
            return text
        days = int(match[1])
        if order == "serial1900" and days <= 60:  # before the leap day that 1900 did not have
            return text
        try:
            return (epoch + timedelta(days=days)).isoformat()
        except OverflowError:
            return text

    return read
