"""Which steps would mend a column, with the proof in numbers; what nothing decides is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nv_desktop.core import fields
from nv_desktop.core.fields import Field, Step
from nv_desktop.core.fields import orders as dates
from nv_desktop.core.steps import phones
from nv_desktop.core.steps.table import Function, asks, describe, make

EMPTY_WORDS = frozenset(
    """n/a|na|n.a.|nil|null|none|nan|-|--|---|.|?|unknown|undefined|(blank)|(empty)|blank|empty|missing|#n/a
not specified|not given|no data|prefer not to say|k.a.|keine angabe|unbekannt|inconnu|desconocido|sconosciuto
""".replace("\n", "|").split("|")
) - {""}
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One step offered for a column.

    `rows` cells would change from refused to accepted; `proof` says in numbers why. `asks` names what a
    person must say first (`country`, `order`, `decimal`) with `choices` as (value, sentence), best first.
    """

    step: Step
    sentence: str
    proof: str
    rows: int
    asks: str | None = None
    choices: tuple[tuple[str, str], ...] = ()


def propose(field: Field, counts: Iterable[tuple[str, int]]) -> list[Proposal]:
    """The steps for a column of this field; `counts` are its distinct texts, each with its number of cells.

    In the order in which they are to be applied: trim, empty, then what the field needs. Offered are only
    steps that make a refused value an accepted one.
    """
    refused: list[tuple[str, int, list[Step]]] = []
    spaced = 0
    for text, count in counts:
        if not text or not text.strip():
            continue
        parsed = fields.parse(field, text)
        if parsed.ok and not any(problem.step for problem in parsed.problems):
            continue
        if not parsed.ok and text != text.strip() and fields.parse(field, text.strip()).ok:
            spaced += count
            continue
        steps = [problem.step for problem in parsed.problems if problem.step]
        refused.append((text, count, steps))
    found = []
    if spaced:
        found.append(_offer({"step": "trim"}, spaced, f"{_cells(spaced)} fit once the blanks are gone."))
    empty = [item for item in refused if item[0].strip().casefold() in EMPTY_WORDS and not item[2]]
    if empty:
        found.append(_empty(empty))
        refused = [item for item in refused if item not in empty]
    for kind, build in _BUILDERS.items():
        concerned = [item for item in refused if any(step["step"] == kind for step in item[2])]
        if concerned:
            found.extend(build(field, concerned))
    return found


Refused = list[tuple[str, int, list[Step]]]


def _cells(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _offer(step: Step, rows: int, proof: str, choices: tuple[tuple[str, str], ...] = ()) -> Proposal:
    return Proposal(step, describe(step), proof, rows, asks(step), choices)


def _mended(field: Field, function: Function, items: Refused) -> int:
    return sum(count for text, count, _ in items if fields.parse(field, function(text)).ok)


def _empty(items: Refused) -> Proposal:
    values = sorted({text.strip() for text, _, _ in items})
    rows = sum(count for _, count, _ in items)
    return _offer(
        {"step": "empty", "values": values}, rows, f"{_cells(rows)} hold a word that means “nothing”."
    )


def _maps(field: Field, items: Refused) -> list[Proposal]:
    """One value map for all distinct values whose meaning is known."""
    pairs: dict[str, str] = {}
    rows = 0
    letters = {text.strip().casefold() for text, _, _ in items}
    if field.name == "gender" and {"h", "m"} <= letters and "f" not in letters:
        # Hombre and mujer, or a mixture: M is a man in most lists and a woman in this one.
        items = [item for item in items if item[0].strip().casefold() not in ("h", "m")]
    for _, count, steps in sorted(items, key=lambda item: -item[1]):
        for step in steps:
            if step["step"] == "map":
                pairs.update({source.strip(): to for source, to in step["map"].items()})
        rows += count
    if not pairs:
        return []
    words = "value" if len(pairs) == 1 else "values"
    return [_offer({"step": "map", "map": pairs}, rows, f"{_cells(rows)} with {len(pairs):,} {words}.")]


def _replacements(field: Field, items: Refused) -> list[Proposal]:
    totals: dict[str, int] = {}
    for _, count, steps in items:
        for step in steps:
            if step["step"] == "replace":
                key = json.dumps(step, sort_keys=True)
                totals[key] = totals.get(key, 0) + count
    return [
        _offer(json.loads(key), rows, f"{_cells(rows)} hold it.")
        for key, rows in sorted(totals.items(), key=lambda pair: -pair[1])
    ]


def _numbers(field: Field, items: Refused) -> list[Proposal]:
    """Amounts as people write them: by the decimal sign that only one reading allows."""
    rows = {sign: _mended(field, make({"step": "number", "decimal": sign}), items) for sign in ".,"}
    best = max(rows, key=lambda sign: rows[sign])
    if not rows[best]:
        return []
    other = "," if best == "." else "."
    proof = f"{_cells(rows[best])} can be read with “{best}” as decimal sign, {rows[other]:,} with “{other}”."
    if rows[other] == rows[best]:  # 1,234 alone may be a thousand or one and a bit
        choices = tuple((sign, describe({"step": "number", "decimal": sign})) for sign in ".,")
        return [_offer({"step": "number", "decimal": None}, rows[best], proof, choices)]
    return [_offer({"step": "number", "decimal": best}, rows[best], proof)]


def _dates(field: Field, items: Refused) -> list[Proposal]:
    timed = sum(count for text, count, _ in items if _TIME_OF_DAY.search(text))
    short = sum(count for text, count, _ in items if _has_short_year(text))
    options: Step = {"time": "drop"} if timed and _needs_drop(field, items) else {}
    if short and field.name == "birth_date":
        options["latest_year"] = date.today().year
    found = [_day_and_month(field, items, options)]
    for order in ("ymd", "words"):
        step: Step = {"step": "date", "order": order, **options}
        rows = _mended(field, make(step), items)
        if rows:
            found.append(_offer(step, rows, f"{_cells(rows)} can be read in this order only."))
    return [offer for offer in found if offer is not None]


def _has_short_year(text: str) -> bool:
    return not re.search(r"\d{4}", text)


def _needs_drop(field: Field, items: Refused) -> bool:
    """Whether some times of day are not midnight: only then is something left out."""
    for order in ("dmy", "mdy", "ymd", "words"):
        keep, drop = (
            _mended(field, dates.reader(order, drop_time=flag, latest_year=2000), items)
            for flag in (False, True)
        )
        if drop > keep:
            return True
    return False


def _day_and_month(field: Field, items: Refused, options: Step) -> Proposal | None:
    """The one decision for a column: day-month or month-day, by the cells that allow one reading only."""
    day_first = make({"step": "date", "order": "dmy", **options})
    month_first = make({"step": "date", "order": "mdy", **options})
    only_day = only_month = both = 0
    for text, count, _ in items:
        as_day, as_month = day_first(text) != text, month_first(text) != text
        only_day += count * (as_day and not as_month)
        only_month += count * (as_month and not as_day)
        both += count * (as_day and as_month)
    if not only_day + only_month + both:
        return None
    proof = f"{_cells(only_day)} can only be day-month, {only_month:,} only month-day, {both:,} either."
    choices = (("dmy", dates.ORDERS["dmy"]), ("mdy", dates.ORDERS["mdy"]))
    if only_day and not only_month:
        return _offer({"step": "date", "order": "dmy", **options}, only_day + both, proof)
    if only_month and not only_day:
        return _offer({"step": "date", "order": "mdy", **options}, only_month + both, proof)
    if only_month > only_day:
        choices = choices[::-1]
    return _offer(
        {"step": "date", "order": None, **options}, max(only_day, only_month) + both, proof, choices
    )


def _phones(field: Field, items: Refused) -> list[Proposal]:
    bare = [item for item in items if any(step.get("country", "") is None for step in item[2])]
    formed = [item for item in items if item not in bare]
    found = []
    if formed and not bare:
        rows = _mended(field, phones.reader(None), formed)
        if rows:
            proof = f"{_cells(rows)} have their country code, but are written with other signs."
            found.append(_offer({"step": "phone"}, rows, proof))
    if bare:
        rows = sum(count for _, count, _ in bare)
        ranked = phones.likely_countries(text for text, _, _ in bare)
        looked = min(len(bare), 40)
        choices = tuple(
            (
                country,
                f"{phones.country_name(country)} (+{phones.calling_code(country)}): {fits} of {looked} fit",
            )
            for country, fits in ranked
        )
        proof = f"{_cells(rows)} have no country code."
        found.append(_offer({"step": "phone", "country": None}, rows, proof, choices))
    return found


_BUILDERS = {
    "map": _maps,
    "date": _dates,
    "phone": _phones,
    "number": _numbers,
    "replace": _replacements,
}
