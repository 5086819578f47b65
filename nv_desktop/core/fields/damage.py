"""Damage that programs do to any value: spreadsheet errors, lost digits, wrong letters."""

from __future__ import annotations

import re

from nv_desktop.core.fields.model import Level, Parsed, Problem, bad, shown

# As Excel, Google Sheets and LibreOffice write them, also in their German, French, Spanish, Italian,
# Portuguese, Polish, Turkish, Dutch and Russian versions.
_ERRORS = """#N/A #NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED!
    #CONNECT!     #UNKNOWN! #BUSY! #PYTHON! #EXTERNAL! #ERROR! #NV #BEZUG! #WERT! #ZAHL! #NULL?
    #ÜBERLAUF! #NOM? #VALEUR!
    #NOMBRE! #NUL! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! #¡NULO! #¡DIV/0! #N/D #VALORE! #RIF! #NOME? #NULLO!
    #VALOR! #NÚM! #N/DISP! #ARG! #ADR! #NAZWA? #LICZBA! #N/B #ZERO! #YOK #DEĞER! #BAŞV! #AD? #SAYI! #BOŞ!
    #SAYI/0! #N/B! #WAARDE! #VERW! #NAAM? #GETAL! #LEEG! #DEEL/0! #Н/Д #ЗНАЧ! #ССЫЛКА! #ИМЯ? #ЧИСЛО! #ПУСТО!
    #ДЕЛ/0!"""
ERROR_VALUES = frozenset(_ERRORS.split())
_TOO_NARROW = re.compile(r"#{3,}")  # what a column shows that is too narrow for its number
_CALC_ERROR = re.compile(r"Err:\d{3}")  # LibreOffice
_SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+[Ee]\+?\d{1,3}|[Ee]\+\d{1,3})")  # 1.23E+15


def damage(text: str) -> Problem | None:
    """The Problem of a text that a spreadsheet has spoilt (`#N/A`), or None."""
    bare = text.strip()
    if bare.upper() in ERROR_VALUES or _TOO_NARROW.fullmatch(bare) or _CALC_ERROR.fullmatch(bare):
        return Problem("excel_error", f"The cell holds the spreadsheet error {bare}, not a value.")
    return None


def lost_digits(text: str) -> Parsed | None:
    """The refusal of `1.23E+15`, which is how a spreadsheet shows a long number; None for any other text."""
    if _SHORTENED.fullmatch(text.strip()):
        return bad(
            "lost_digits",
            f"“{shown(text)}” is how a spreadsheet shortens a long number; its last digits are lost. "
            "Take it from the source again.",
        )
    return None


def wrong_letters(text: str) -> Problem | None:
    """A warning for `MÃ¼ller` or `M�ller`: letters that went through the wrong encoding."""
    if "\ufffd" in text:
        return Problem(
            "text_replacement",
            "The text holds the sign � in place of a lost letter. Read the file with another encoding.",
            Level.WARNING,
        )
    if "Ã" in text or "Â" in text or "â€" in text or "Ð" in text:
        try:
            meant = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return None
        return Problem(
            "text_encoding",
            f"“{shown(text)}” was probably “{shown(meant)}”. Read the file with another encoding.",
            Level.WARNING,
        )
    return None
