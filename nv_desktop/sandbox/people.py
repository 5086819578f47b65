"""Invented people for a first start: the same ones for the same seed, from many countries and scripts."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from nv_desktop.sandbox.names import COUNTRIES, Country
from nv_desktop.sandbox.rules import Attributes

# IDs that demonstrations and tests may count on; the first ones of every set of people.
KNOWN_IDS: tuple[str, ...] = (
    *(f"demo-{number}" for number in range(1, 21)),
    "priya.sharma@example.com",
    "joao.goncalves@example.org",
    "O'Brien+shop@example.com",
    "Maria.Müller@example.org",
    "000042",
    "customer 7",
    "顧客-1",
    "long-" + "x" * 95,
)
PLANS = ("free", "basic", "plus", "premium")
TAGS = ("newsletter", "vip", "spring-sale", "app", "store", "returned")
FIRST_BIRTH = date(1945, 1, 1)
BIRTH_DAYS = 62 * 365


def make_people(number: int, seed: int) -> Iterator[tuple[str, Attributes]]:
    """`number` people as (userID, attributes), in a fixed order; no two share an e-mail or a mobile."""
    rng = random.Random(f"people {seed}")  # noqa: S311  # invented people, not secrets
    phones = {country.code: _phones(country) for country in COUNTRIES}
    for index in range(number):
        country = COUNTRIES[index % len(COUNTRIES)]
        attributes, latin = _person(rng, country, index, next(phones[country.code], None))
        yield _user_id(rng, index, latin, attributes), attributes


def _user_id(rng: random.Random, index: int, latin: str, attributes: Attributes) -> str:
    if index < len(KNOWN_IDS):
        user_id = KNOWN_IDS[index]
        if "@" in user_id:
            attributes["email"] = user_id
        return user_id
    form = rng.randrange(3)
    if form == 0:
        return f"{latin}.{index}@example.com"
    return f"C-{index:06d}" if form == 1 else f"{index:08d}"


def _person(rng: random.Random, country: Country, index: int, mobile: str | None) -> tuple[Attributes, str]:
    female = rng.random() < 0.5
    given, given_latin = _pick(rng, country.female if female else country.male)
    family, family_latin = _pick(rng, country.family)
    latin = f"{given_latin}.{family_latin}"
    born = FIRST_BIRTH + timedelta(days=rng.randrange(BIRTH_DAYS))
    attributes: Attributes = {
        "name": f"{family}{given}" if country.family_first else f"{given} {family}",
        "first_name": given,
        "last_name": family,
        "email": f"{latin}.{index}@example.{rng.choice(('com', 'org'))}",
        "mobile": mobile,
        "birth_date": born.isoformat(),
        "gender": "other" if rng.random() < 0.03 else ("female" if female else "male"),
        "email_opt_in": _opt_in(rng),
        "sms_opt_in": _opt_in(rng),
        "whatsapp_opt_in": _opt_in(rng),
        "city": rng.choice(country.cities.split("|")),
        "country": country.code,
        "plan": rng.choice(PLANS),
        "loyalty_points": rng.randrange(0, 5000),
        "lifetime_value": round(rng.uniform(0, 9000), 2),
        "vip": rng.random() < 0.08,
        "tags": sorted(rng.sample(TAGS, rng.randrange(0, 4))),
        "last_order_date": (date(2025, 1, 1) + timedelta(days=rng.randrange(500))).isoformat(),
    }
    return _with_gaps(rng, attributes), latin


def _with_gaps(rng: random.Random, attributes: Attributes) -> Attributes:
    """Real profiles have holes."""
    gaps = dict.fromkeys(("birth_date", "gender", "tags", "last_order_date", "city", "mobile"), 0.12)
    return {
        name: value
        for name, value in attributes.items()
        if rng.random() >= gaps.get(name, 0.0) and value is not None
    }


def _opt_in(rng: random.Random) -> str:
    return rng.choices(("1", "0", "2"), (80, 15, 5))[0]


def _pick(rng: random.Random, names: str) -> tuple[str, str]:
    native, _, latin = rng.choice(names.split("|")).partition(":")
    return native, latin or _plain(native)


def _plain(name: str) -> str:
    """The letters an e-mail address can hold."""
    spelled = name.lower().replace("ß", "ss").replace("ı", "i")
    letters = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def _phones(country: Country) -> Iterator[str]:
    """Each number of the country's ranges once; afterwards people have no mobile."""
    for prefix, digits in country.phones:
        for number in count():
            if number >= 10**digits:
                break
            yield f"{prefix}{number:0{digits}d}"
