"""The steps that mend a column: one row of the table for each, text -> text, recorded in a recipe.

A step is a dict `{"step": NAME, …options}`. A text that a step cannot handle for certain comes back as it
was (the field's rule then refuses it): no step guesses. `join` alone reads several columns; the
converter gives it their texts, and its function here leaves a text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nv_desktop.core.countries import COUNTRIES
from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Step
from nv_desktop.core.fields import orders as dates
from nv_desktop.core.steps import patterns, phones

Function = Callable[[str], str]
Check = Callable[[Any], bool]


@dataclass(frozen=True)
class Kind:
    """One kind of step: `label` for a menu, `sentence` for one step, `make` its function.

    `options` are the keys it takes, each with its check; those in `optional` may be missing.
    """

    label: str
    sentence: Callable[[Step], str]
    make: Callable[[Step], Function]
    options: Mapping[str, Check] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()


# --- checks of options -----------------------------------------------------------------------------------


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_filled(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _is_value_map(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(to, str) for to in value.values())


def _is_country(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value in COUNTRIES)


def _one_of(words: Iterable[str]) -> Check:
    allowed = frozenset(words)
    return lambda value: isinstance(value, str) and value in allowed


def _whole(low: int, high: int, *, zero: bool = True) -> Check:
    def check(value: Any) -> bool:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and low <= value <= high and (zero or value != 0)

    return check


# --- makers ----------------------------------------------------------------------------------------------


def _same(text: str) -> str:
    return text


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _title(text: str) -> str:
    return _WORD.sub(lambda match: _title_word(match[0]), text)


def _title_word(word: str) -> str:
    """`o'brien` → `O'Brien`, `mary's` → `Mary's`: only a name begins after an apostrophe."""
    parts = re.split(r"(['’])", word.lower())
    return "".join(
        part[:1].title() + part[1:] if index == 0 or (len(part) > 1 and len(parts[0]) <= 2) else part
        for index, part in enumerate(parts)
    )


_CASES: dict[str, tuple[Function, str]] = {
    "upper": (str.upper, "Write in capital letters"),
    "lower": (str.lower, "Write in small letters"),
    "title": (_title, "Begin each word with a capital letter"),
}


def _make_map(step: Step) -> Function:
    exact: dict[str, str] = step["map"]
    folded: dict[str, str | None] = {}
    for source, to in exact.items():
        key = source.strip().casefold()
        folded[key] = to if folded.get(key, to) == to else None  # two readings: only the exact text counts

    def read(text: str) -> str:
        found = exact.get(text)
        if found is None:
            found = folded.get(text.strip().casefold())
        return text if found is None else found

    return read


def _make_replace(step: Step) -> Function:
    find, put = step["find"], step["with"]
    if not step.get("regex", False):
        return lambda text: text.replace(find, put)
    pattern = patterns.compiled(find, put)
    return lambda text: pattern.sub(put, text)


def _make_split(step: Step) -> Function:
    sep, part = step["sep"], step["part"]
    index = part - 1 if part > 0 else part

    def read(text: str) -> str:
        pieces = text.split() if sep == " " else [piece.strip() for piece in text.split(sep)]
        return pieces[index] if -len(pieces) <= index < len(pieces) else ""

    return read


def _make_rest(step: Step) -> Function:
    sep, part = step["sep"], step["part"]

    def read(text: str) -> str:
        pieces = text.split() if sep == " " else [piece.strip() for piece in text.split(sep)]
        return str(sep).join(pieces[part - 1 :])

    return read


def _make_empty(step: Step) -> Function:
    values = frozenset(value.strip().casefold() for value in step["values"])
    return lambda text: "" if text.strip().casefold() in values else text


def _make_pad(step: Step) -> Function:
    width: int = step["width"]
    return lambda text: text.zfill(width) if text.isascii() and text.isdigit() else text


def _make_number(step: Step) -> Function:
    """`1.234,56 €` → `1234.56`: the decimal sign is said, the grouping must be regular."""
    decimal = step["decimal"]
    group = r"[.\s\u00a0\u202f'’]" if decimal == "," else r"[,\s\u00a0\u202f'’]"
    sign = re.escape(decimal)
    money = r"[\s\u00a0\u202f]*(?:[^\w\s.,'’+\-]|[A-Z]{3}|Rs\.?)?[\s\u00a0\u202f]*"
    western, indian = rf"\d{{1,3}}(?:{group}\d{{3}})*", r"\d{1,2}(?:,\d{2})*,\d{3}"
    pattern = re.compile(rf"([-−]?){money}({western}|{indian}|\d+)(?:{sign}(\d+))?{money}")

    def read(text: str) -> str:
        match = pattern.fullmatch(text.strip())
        if not match:
            return text
        whole = re.sub(r"\D", "", match[2])
        fraction = f".{match[3]}" if match[3] else ""
        return ("-" if match[1] else "") + (whole.lstrip("0") or "0") + fraction

    return read


# --- sentences -------------------------------------------------------------------------------------------


def _quote(text: str) -> str:
    return f"“{text}”" if text else "nothing"


def _listed(words: list[str], most: int = 4) -> str:
    shown = ", ".join(words[:most])
    return shown + (f" and {len(words) - most:,} more" if len(words) > most else "")


def _say_map(step: Step) -> str:
    pairs = list(step["map"].items())
    if not pairs:
        return "Write values as others (none chosen yet)"
    return f"Write {_listed([a for a, _ in pairs])} as {_listed([b or 'empty' for _, b in pairs])}"


def _say_date(step: Step) -> str:
    if step.get("order") is None:
        return "Say in which order the dates are written"
    extra = ", without the time of day" if step.get("time") == "drop" else ""
    year = step.get("latest_year")
    if year:
        extra += f"; years of two digits end at {year}"
    return dates.ORDERS[step["order"]] + extra


def _say_phone(step: Step) -> str:
    if "country" not in step:
        return "Write phone numbers as + and digits: 0049 151-23 → +4915123"
    country = step["country"]
    if country is None:
        return "Add a country code to phone numbers (say which country)"
    return f"Add the country code of {phones.country_name(country)} (+{phones.calling_code(country)})"


def _say_replace(step: Step) -> str:
    pattern = "the pattern " if step.get("regex") else ""
    return f"Replace {pattern}{_quote(step['find'])} by {_quote(step['with'])}"


def _say_part(step: Step) -> str:
    part = step["part"]
    sep = {" ": "blanks", ",": "commas", ";": "semicolons"}.get(step["sep"], _quote(step["sep"]))
    which = "the last part" if part == -1 else f"part {part}" if part > 0 else f"part {-part} from the end"
    return f"Take {which} of what stands between {sep}"


def _say_rest(step: Step) -> str:
    return f"Take part {step['part']} and all after it, divided at {_quote(step['sep'])}"


def _say_join(step: Step) -> str:
    between = f" with {_quote(step['sep'])} between" if step["sep"].strip() else ""
    return f"Join {_listed(step['columns'])}{between}"


def _drop_none(maker: Callable[[Step], Function], key: str) -> Callable[[Step], Function]:
    """A step that still asks (its country or order is None) changes nothing yet."""
    return lambda step: _same if step.get(key) is None else maker(step)


def _make_date(step: Step) -> Function:
    return dates.reader(
        step["order"], drop_time=step.get("time") == "drop", latest_year=step.get("latest_year")
    )


def _make_phone(step: Step) -> Function:
    if "country" in step and step["country"] is None:
        return _same
    return phones.reader(step.get("country"))


_DECIMALS = {
    ",": "Read amounts with a decimal comma: 1.234,56 → 1234.56",
    ".": "Read amounts with a decimal point: 1,234.56 → 1234.56",
    None: "Say whether comma or point is the decimal sign",
}
_PART = {"sep": _is_filled, "part": _whole(-50, 50, zero=False)}

STEPS: dict[str, Kind] = {
    "trim": Kind("Trim blanks", lambda step: "Remove blanks at both ends", lambda step: str.strip),
    "case": Kind(
        "Capital and small letters",
        lambda step: _CASES[step["to"]][1],
        lambda step: _CASES[step["to"]][0],
        {"to": _one_of(_CASES)},
    ),
    "map": Kind("Write values as others", _say_map, _make_map, {"map": _is_value_map}),
    "date": Kind(
        "Date order",
        _say_date,
        _drop_none(_make_date, "order"),
        {
            "order": lambda value: value is None or _one_of(dates.ORDERS)(value),
            "time": _one_of(("drop", "keep")),
            "latest_year": _whole(1900, 9999),
        },
        frozenset(("time", "latest_year")),
    ),
    "phone": Kind(
        "Phone numbers", _say_phone, _make_phone, {"country": _is_country}, frozenset(("country",))
    ),
    "replace": Kind(
        "Find and replace",
        _say_replace,
        _make_replace,
        {"find": _is_filled, "with": _is_text, "regex": _is_flag},
        frozenset(("regex",)),
    ),
    "split": Kind("Take one part", _say_part, _make_split, _PART),
    "rest": Kind("Take all from a part on", _say_rest, _make_rest, {**_PART, "part": _whole(1, 50)}),
    "join": Kind("Join columns", _say_join, lambda step: _same, {"columns": _is_texts, "sep": _is_text}),
    "pad": Kind(
        "Fill up with zeros",
        lambda step: f"Put zeros in front up to {step['width']} digits",
        _make_pad,
        {"width": _whole(1, 100)},
    ),
    "prefix": Kind(
        "Put in front",
        lambda step: f"Put {_quote(step['text'])} in front",
        lambda step: lambda text: step["text"] + text,
        {"text": _is_filled},
    ),
    "suffix": Kind(
        "Put at the end",
        lambda step: f"Put {_quote(step['text'])} at the end",
        lambda step: lambda text: text + step["text"],
        {"text": _is_filled},
    ),
    "empty": Kind(
        "Texts that mean empty",
        lambda step: f"Take {_listed(step['values'])} as empty",
        _make_empty,
        {"values": _is_texts},
    ),
    "number": Kind(
        "Written amounts",
        lambda step: _DECIMALS[step["decimal"]],
        _drop_none(_make_number, "decimal"),
        {"decimal": lambda value: value is None or _one_of((".", ","))(value)},
    ),
}


# --- what callers use ------------------------------------------------------------------------------------


def check(step: object) -> Step:
    """The step itself if it is one of the table with fitting options, else `Rejected` with a sentence."""
    name = step.get("step") if isinstance(step, dict) else None
    kind = STEPS.get(name) if isinstance(name, str) else None
    if not isinstance(step, dict) or kind is None:
        raise Rejected(
            f"There is no step “{name}”." if name else "A step has no name.",
            f"Steps are {', '.join(STEPS)}.",
        )
    for option in step:
        if option != "step" and option not in kind.options:
            raise Rejected(
                f"The step “{name}” has no option “{option}”.",
                f"Its options are {', '.join(kind.options)}." if kind.options else "It takes none.",
            )
    for option, fits in kind.options.items():
        if option not in step:
            if option not in kind.optional:
                raise Rejected(f"The step “{name}” lacks its option “{option}”.", "Add the option.")
        elif not fits(step[option]):
            raise Rejected(
                f"The option “{option}” of the step “{name}” cannot be {_quote(str(step[option]))}.",
                "Correct the option.",
            )
    return step


def describe(step: Step) -> str:
    """The sentence for people that says what this step does: `Add the country code of Germany (+49)`."""
    return STEPS[check(step)["step"]].sentence(step)


def make(step: Step) -> Function:
    """The function of a step, text -> text; `Rejected` where the step is not one."""
    return STEPS[check(step)["step"]].make(step)


def compose(steps: Iterable[Step]) -> Function:
    """One function for all steps in turn; a text that has become empty stays empty."""
    functions = [made for step in steps if (made := make(step)) is not _same]
    if not functions:
        return _same
    if len(functions) == 1:
        return functions[0]

    def read(text: str) -> str:
        for function in functions:
            text = function(text)
            if not text:
                return text
        return text

    return read


def asks(step: Step) -> str | None:
    """What a proposed step still needs from a person: `country`, `order`, `decimal` or None."""
    for option in ("country", "order", "decimal"):
        if option in step and step[option] is None:
            return option
    return None
