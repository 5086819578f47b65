"""Number formats of workbooks: whether a number is a date, and what a person sees instead of the value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum


class Shape(Enum):
    PLAIN = "plain"  # the value as it is
    DATE = "date"  # a day, perhaps with a time
    TIME = "time"  # a time of day
    DURATION = "duration"  # hours beyond 24: [h]:mm
    SHOWN = "shown"  # something else than the value may be on the screen


@dataclass(frozen=True, slots=True)
class Format:
    """A number format: `shape`, the first section's `code`, the `width` of formats such as 00000; and all
    its sections, of which the value chooses one."""

    shape: Shape
    code: str = ""
    width: int = 0
    sections: tuple[str, ...] = ()


PLAIN = Format(Shape.PLAIN)

# ids that need no entry in styles.xml (ECMA-376, 18.8.30); 27–36 and 50–58 are dates of East Asian systems
BUILT_IN: dict[int, str] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy-mm-dd",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    **dict.fromkeys(range(27, 37), "yyyy-mm-dd"),
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys(range(50, 59), "yyyy-mm-dd"),
}

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_PIECE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|.', re.DOTALL)
_TOKEN = re.compile(
    r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|General|[Ee][+-]0+|[0#?,.]+|%|.', re.IGNORECASE | re.DOTALL
)
_LONGEST = 500  # characters of a code; Excel allows 255
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d{1,15}(?:\.\d{1,15})?)\]")
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip


def format_of(code: str) -> Format:
    """The format that a code stands for. An unreadable code is SHOWN, never plain."""
    if len(code) > _LONGEST:
        return Format(Shape.SHOWN, code)
    sections = _sections(code)
    first = sections[0]
    bare = _LITERAL.sub("", first)
    if _DURATION.search(bare):
        return Format(Shape.DURATION, first)
    if bare.strip().lower() in ("general", "standard", "@", ""):
        return PLAIN if bare.strip() == first.strip() else Format(Shape.SHOWN, first, 0, sections)
    letters = re.sub(r"general|E[+-]|am/pm|a/p", "", bare, flags=re.IGNORECASE).lower()
    if re.search(r"[ydmhsbeg]", letters):
        day = bool(re.search(r"[ydbeg]", letters)) or ("m" in letters and not re.search(r"[hs]", letters))
        return Format(Shape.DATE if day else Shape.TIME, first)
    zeros = re.fullmatch(r"0{2,}", bare)
    return Format(Shape.SHOWN, first, len(bare) if zeros and bare == first else 0, sections)


def _sections(code: str) -> tuple[str, ...]:
    """What stands between the semicolons: for positive numbers, negative ones, zero, texts."""
    found = [""]
    for piece in _PIECE.findall(code):
        if piece == ";":
            found.append("")
        else:
            found[-1] += piece
    return tuple(found)


def shown(format_: Format, value: float, text: str) -> str | None:
    """What the screen shows for `value`, None where it means the same number as `text`; "" where unknown."""
    section, number = _section_for(format_.sections or (format_.code,), value)
    picture = _render(section, number) if len(section) <= _LONGEST else None
    if picture is None:
        return ""
    plain = re.sub(r"^\((.*)\)$", r"-\1", picture.replace(",", "").strip())
    if re.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", plain) and Decimal(plain) == Decimal(text):
        return None
    if not value and not re.search(r"\w", plain):
        return None  # the dash of an amount of nothing
    return picture.strip()


def _section_for(sections: tuple[str, ...], value: float) -> tuple[str, float]:
    """The section that the value chooses, and the value as that one shows it: with a minus of its own."""
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARED[condition[1]](value, float(condition[2])):
                return section, value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    return sections[2 if not value and len(sections) > 2 else 0], value


def begins_like_a_code(format_: Format) -> bool:
    """Whether the format puts letters, digits or a + in front of the number: ID-0, "0"0, +0."""
    front = ""
    for token in _TOKEN.findall(format_.code[:_LONGEST]):
        if token[0] in "0#?" or token.lower() == "general":
            break
        front += "" if token[0] == "[" else _literal(token)
    return re.search(r"[\w+]", front) is not None


def _render(code: str, value: float) -> str | None:
    """The number as the section shows it; None for what this small reading of formats does not know."""
    tokens = _TOKEN.findall(code)
    places = [index for index, token in enumerate(tokens) if token[0] in "0#?,." and len(token.strip(",."))]
    percent = tokens.count("%")
    if len(places) > 1 or "/" in tokens:
        return _digits_in_groups(tokens, places, value)
    number = Decimal(repr(value)) * 100**percent
    out = []
    for index, token in enumerate(tokens):
        if index in places:
            exponent = next((t for t in tokens if re.fullmatch(r"[Ee][+-]0+", t)), None)
            out.append(_scientific(number, token) if exponent else _fixed(number, token))
        elif token.lower() == "general":
            out.append(format(number.normalize(), "f"))
        elif re.fullmatch(r"[Ee][+-]0+", token):
            continue
        else:
            out.append(_literal(token))
    return "".join(out)


def _literal(token: str) -> str:
    if token[0] == '"':
        return token[1:-1]
    if token[0] == "\\":
        return token[1:]
    if token[0] == "[":
        money = re.fullmatch(r"\[\$([^-\]]*)(?:-[^\]]*)?\]", token)
        return money[1] if money else ""
    return "" if token[0] in "_*" else token


def _fixed(number: Decimal, picture: str) -> str:
    whole, _, fraction = picture.partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    number = number / 1000**scale
    digits = len(fraction.replace(",", ""))
    rounded = abs(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    left, _, right = format(rounded, "f").partition(".")
    least = whole.count("0")
    left = left.zfill(least) if least else left.lstrip("0")
    if "," in whole.rstrip(","):
        left = f"{int(left or 0):,}".rjust(len(left), "0")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and right.endswith("0"):
        right, optional = right[:-1], optional - 1
    sign = "-" if number < 0 and rounded else ""
    return sign + left + ("." + right if right or "." in picture else "")


def _scientific(number: Decimal, picture: str) -> str:
    digits = len(picture.partition(".")[2])
    return f"{number:.{digits}E}"


def _digits_in_groups(tokens: list[str], places: list[int], value: float) -> str | None:
    """000-00-0000 and (###) ###-####: digits dealt out from the right."""
    if value < 0 or value != int(value) or any(re.search(r"[.,?%Ee/]", tokens[index]) for index in places):
        return None
    digits = str(int(value))
    total = sum(len(tokens[index]) for index in places)
    digits = digits.rjust(total, "0")
    out: list[str] = []
    for index in range(len(tokens) - 1, -1, -1):
        if index not in places:
            out.append(_literal(tokens[index]))
            continue
        count = len(digits) if index == places[0] else len(tokens[index])
        out.append(digits[-count:])
        digits = digits[:-count]
    return "".join(reversed(out))
