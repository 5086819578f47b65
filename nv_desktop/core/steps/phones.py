"""How a phone number that is not written as +country code and digits is read, given its country.

phonenumberslite knows each country's number plan; it is imported at the first use, since most files do
not need it. A number that its plan does not allow comes back as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from nv_desktop.core.countries import COUNTRIES

# Letters would be read as keypad digits (1-800-FLOWERS) or as an extension: neither is a mobile number.
_LETTER = re.compile(r"[^\W\d_]|[;,#*]")
_FLOAT = re.compile(r"(?<=\d{7})\.0+$")  # 9876543210.0: a number that was stored as one
_LABEL = re.compile(r"^(?:tel|mob|phone|cell|mobile)\s*[.:]?\s*(?=[+\d(])", re.IGNORECASE)


def calling_code(country: str) -> int:
    """The calling code of a country, 49 for DE; 0 for one that is not known."""
    import phonenumbers

    return int(phonenumbers.country_code_for_region(country))


def country_name(country: str) -> str:
    return COUNTRIES.get(country, country)


def reader(country: str | None) -> Callable[[str], str]:
    """The function that reads numbers to E.164: of this country (ISO code), else only those with + or 00.

    Cached: the same text costs 20 µs once.
    """

    @lru_cache(maxsize=8192)
    def read(text: str) -> str:
        return e164(text, country) or text

    return read


def e164(text: str, country: str | None) -> str | None:
    """The number as +country code and digits, or None where it has no such form for certain."""
    import phonenumbers

    number = _FLOAT.sub("", text.strip())
    if _LETTER.search(number):
        number = _LABEL.sub("", number)
        if _LETTER.search(number):
            return None
    if country is None:
        if number.startswith("00") and not number.startswith("000"):
            number = "+" + number[2:]
        if not number.startswith(("+", "\uff0b")):
            return None
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not _can_be(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _can_be(number: Any) -> bool:
    """Whether it is a number of its country's plan, or as long as the mobile numbers there.

    A plan may be newer than what is known of it; but the lengths that any number may have (in India 8 to 13
    digits) would let through one digit too many, two numbers in a cell, and numbers of other countries.
    """
    import phonenumbers

    if phonenumbers.is_valid_number(number):
        return True
    mobile = phonenumbers.PhoneNumberType.MOBILE
    length = phonenumbers.is_possible_number_for_type_with_reason(number, mobile)
    return bool(length == phonenumbers.ValidationResult.IS_POSSIBLE)


# Where people who send campaigns live, first: the order breaks ties between countries that fit equally.
_LIKELY = re.findall(
    r"[A-Z]{2}",
    """
    IN US DE GB BR FR ES IT MX ID AE SA AU CA NL PL TR ZA NG KE PH MY SG TH VN PK BD LK NP JP KR CN HK TW
    AT CH BE PT SE NO DK FI IE NZ AR CO CL PE EG MA DZ TN IL GR CZ HU RO BG UA RU KZ UZ GH TZ UG ET QA
    KW OM BH JO LB IQ MM KH LA EC BO UY PY CR GT DO PA VE SK SI HR RS LT LV EE IS LU CY MT
    """,
)


def likely_countries(texts: Iterable[str], *, sample: int = 40, most: int = 5) -> list[tuple[str, int]]:
    """Countries in whose plan these numbers (without country code) are real mobile numbers, best first.

    A ranked suggestion and never an answer: (ISO code, how many of the sample fit). Looks at the first
    `sample` texts only, since each costs 20 µs for each of about 90 countries.
    """
    import phonenumbers

    mobile = (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    numbers = [text for text, _ in zip(texts, range(sample), strict=False)]
    ranked = []
    for country in _LIKELY:
        fits = 0
        for text in numbers:
            try:
                parsed = phonenumbers.parse(text, country)
            except phonenumbers.NumberParseException:
                continue
            fits += (
                phonenumbers.is_valid_number_for_region(parsed, country)
                and phonenumbers.number_type(parsed) in mobile
            )
        if fits:
            ranked.append((country, fits))
    ranked.sort(key=lambda pair: -pair[1])  # stable: ties stay in the order of _LIKELY
    return ranked[:most]
