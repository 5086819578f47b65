"""What a header says: its words brought to one form and looked up, a slip of the keyboard forgiven."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from nv_desktop.core.fields import FIELDS
from nv_desktop.core.mapping import words


class Certainty(IntEnum):
    """How sure a reading is; between two columns for one field the higher wins, equals stay open."""

    LONE = 1  # "ID"
    PROVEN = 2  # only where the values bear it out
    WEAK = 3  # "phone", "customer number"
    NEIGHBOUR = 4  # "Nom" beside "Prénom"
    SLIP = 5  # "emial"
    OWNED = 6  # "Customer e-mail", after the owner's word is gone
    STRONG = 7  # "e-mail address"
    EXACT = 8  # the field's own name, to the letter


@dataclass(frozen=True, slots=True)
class Reading:
    """What a header means: `target` a field or one of the kinds `?name`, `?first`, `?last`, `?either…`.

    `target` None is a header known to have two readings; `why` says which.
    """

    target: str | None
    certainty: Certainty
    why: str = ""


_FOLDED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "İ": "I", "æ": "ae", "œ": "oe"}
)
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_BRACKETS = re.compile(r"[(\[{<（【](.*?)[)\]}>）】]")
_NUMBER_SIGN = re.compile(r"(?<=\w)\s*#\s*$")  # Member #, Customer#
_GENITIVE = re.compile(r"['’]s\b")  # Customer's
_ALTERNATIVES = re.compile(r"\s*[/|]\s*|\s+(?:or|oder|ou|o)\s+", re.IGNORECASE)


def _plain(text: str) -> str:
    """Without accents and case, in every script."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDED).casefold())
    return unicodedata.normalize(
        "NFC", "".join(char for char in decomposed if unicodedata.category(char) not in ("Mn", "Cf"))
    )


def tokens(text: str) -> list[str]:
    """The words of a header: `user_firstName` and `User First-Name` are the same three words."""
    normal = _GENITIVE.sub("", _NUMBER_SIGN.sub(" no", unicodedata.normalize("NFKC", text)))
    split = _CAMEL.sub(" ", normal.translate(_FOLDED))
    # Spacing vowel signs (Mc) are no word characters to `re`, but part of their word.
    kept = "".join(
        char if char.isalnum() or unicodedata.category(char) in ("Mn", "Mc") else " " for char in split
    )
    return [word for word in _DIGITS.sub(" ", _plain(kept)).split() if word]


def key(text: str) -> str:
    """A phrase as the tables hold it: `First Name`, `firstName`, `FIRST_NAME` are all `firstname`."""
    return "".join(tokens(text))


def _phrases(block: str) -> Iterator[str]:
    for phrase in block.replace("\n", "|").split("|"):
        if phrase.strip():
            yield phrase.strip()


def _keys(phrase: str) -> tuple[str, str]:
    """The key of a phrase, and without `of the`; empty where only one word would be left of it."""
    parts = tokens(phrase)
    kept = [part for part in parts if part not in words.OF]
    return "".join(parts), "".join(kept) if len(kept) > 1 else ""


@cache
def _table() -> dict[str, Reading]:
    """key -> Reading; filled from the least to the most certain, so that the latter stands."""
    table: dict[str, Reading] = {}
    shortened: dict[str, Reading] = {}  # without “of the”: these never take the place of a whole phrase

    def add(block: str, target: str | None, certainty: Certainty, why: str = "") -> None:
        for phrase in _phrases(block):
            whole, short = _keys(phrase)
            table[whole] = Reading(target, certainty, why)
            if short:
                shortened[short] = table[whole]

    for target, block in words.PROVEN.items():
        add(block, target, Certainty.PROVEN)
    table.update(_opt_ins())
    for target, block in words.WEAK.items():
        add(block, target, Certainty.WEAK)
    add(words.LONE_ID, "userID", Certainty.LONE)
    add(words.NAME, "?name", Certainty.STRONG)
    add(words.NAME_OR_FIRST, "?name_or_first", Certainty.STRONG)
    add(words.NAME_OR_LAST, "?name_or_last", Certainty.STRONG)
    for target, block in words.STRONG.items():
        add(block, target, Certainty.STRONG)
    for block, why in words.OPEN.items():
        add(block, None, Certainty.STRONG, why)
    return {**shortened, **table}


def _opt_ins() -> Iterator[tuple[str, Reading]]:
    """Each channel with each word of consent, in both orders; joined as keys, since they are thousands."""
    consents = sorted({form for phrase in _phrases(words.CONSENT) for form in _keys(phrase) if form})
    verbs = sorted({form for phrase in _phrases(words.CONSENT_VERBS) for form in _keys(phrase) if form})
    for target, block in words.CHANNELS.items():
        sure, doubtful = Reading(target, Certainty.STRONG), Reading(target, Certainty.PROVEN)
        for channel in {key(phrase) for phrase in _phrases(block)}:
            for consent in consents:
                yield channel + consent + "status", doubtful
                yield consent + channel, sure
                for start in ("", "is", "has", "marketing"):
                    yield start + channel + consent, sure
            for verb in verbs:
                for end in ("", "s", "messages", "marketing", "updates"):
                    yield verb + channel + end, sure


@cache
def _pairs() -> dict[str, str]:
    """Short words that mean a name only as a pair; looked up in whole headers only."""
    return {
        key(phrase): target
        for block, target in ((words.FIRST, "?first"), (words.LAST, "?last"))
        for phrase in _phrases(block)
    }


@cache
def _other_things() -> frozenset[str]:
    return frozenset(key(phrase) for phrase in _phrases(words.OTHER_THINGS))


def is_other_thing(header: str) -> bool:
    """Whether a header speaks of an order, a product or a bill, of which a person has many."""
    return key(header) in _other_things()


@cache
def _hint_phrases() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(tokens(phrase)) for phrase in _phrases(words.HINT_PHRASES))


@cache
def _plain_set(name: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in getattr(words, name))


_OWN_NAMES = frozenset(FIELDS) - {"name"}  # as the API writes them; what `name` means the neighbours tell


def read(header: str) -> Reading | None:
    """The reading of one header by itself, or None when its words say nothing known."""
    if header in _OWN_NAMES:
        return Reading(header, Certainty.EXACT)
    whole = "".join(tokens(header))
    if whole in _pairs():
        return Reading(_pairs()[whole], Certainty.STRONG)
    for form, owned in _forms(header):
        found = _table().get(form)
        if found:
            if owned and found.certainty > Certainty.OWNED:
                return Reading(found.target, Certainty.OWNED, found.why)
            return found
    return _alternatives(header) or _slip(header)


def _alternatives(header: str) -> Reading | None:
    """`Surname / Last name`: two words for one thing; for two things it stays unread."""
    parts = _ALTERNATIVES.split(header)
    if len(parts) < 2:
        return None
    readings = [found for part in parts for form, _ in _forms(part) if (found := _table().get(form))]
    if len({found.target for found in readings}) != 1 or not all(
        any(_table().get(form) for form, _ in _forms(part)) for part in parts
    ):
        return None
    return min(readings, key=lambda found: found.certainty)


def _forms(header: str) -> Iterator[tuple[str, bool]]:
    """Keys to look up, the most literal first; True where a word that only says whose it is was dropped."""
    inside = [tokens(part) for part in _BRACKETS.findall(header)]
    everything = tokens(header)
    yield "".join(everything), False
    outside = tokens(_BRACKETS.sub(" ", header))
    bare = everything
    if inside and outside and all(set(part) <= _plain_set("HINTS") for part in inside):
        bare = outside
        yield "".join(bare), False
    bare = _without_hints(bare)
    yield "".join(bare), False
    yield "".join(word for word in bare if word not in words.OF), False
    owned = _without_owner(bare)
    if owned != bare:
        yield "".join(owned), True
        yield "".join(word for word in owned if word not in words.OF), True


def _without_hints(parts: list[str]) -> list[str]:
    """Without `dd mm yyyy`, `with country code`, `required` at the end, which say how and not what."""
    for hint in _hint_phrases():
        if len(parts) > len(hint) and tuple(parts[-len(hint) :]) == hint:
            return _without_hints(parts[: -len(hint)])
    return parts


_EAST_ASIAN_OWNERS = tuple(
    sorted((word for word in words.OWNERS_BEFORE if re.match(r"[\u3040-\u9fff\uac00-\ud7af]", word)), key=len)
)


def _without_owner(parts: list[str]) -> list[str]:
    before, after = _plain_set("OWNERS_BEFORE"), _plain_set("OWNERS_AFTER")
    left = list(parts)
    while len(left) > 1 and left[0] in before:
        left = left[1:]
    while len(left) > 1 and left[-1] in after:
        if left[-1] in words.AFTER_NEEDS_OF and not (len(left) > 2 and left[-2] in words.OF):
            break
        left = left[:-1]
    if len(left) == 1:  # scripts without blanks
        for owner in _EAST_ASIAN_OWNERS:
            plain = _plain(owner)
            if left[0].startswith(plain) and len(left[0]) >= len(plain) + 2:
                return [left[0][len(plain) :]]
    return left


# --- a slip of the keyboard ------------------------------------------------------------------------------

_SLIP_LENGTH = 5  # shorter words are too near to other words
_JOINED_LENGTH = 8  # of words written as one: “note” is no “notel” (no. tel)
_SUBSTITUTION_LENGTH = 10
_REAL = """
form from mails males sire fist lest lasts nae mane phones mobility genders sender tender gene genes births
emails firm list past east names fame same game user users costumer consumer subscribe content contents
potable
nominative names
"""
_REAL_WORDS = frozenset(_REAL.split())


@cache
def _known_words() -> frozenset[str]:
    known = {part for form in _sources() for part in tokens(form)}
    return frozenset(known) | _plain_set("OWNERS_BEFORE") | _REAL_WORDS


@cache
def _sources() -> tuple[str, ...]:
    blocks = [*words.STRONG.values(), *words.WEAK.values(), "whatsapp|consent|subscribed"]
    return tuple(phrase for block in blocks for phrase in _phrases(block))


@cache
def _slip_targets() -> dict[str, tuple[str, ...]]:
    """First letter -> Latin words that are long enough to be recognised with a slip."""
    found: dict[str, set[str]] = {}
    for form in _sources():
        for part in [*tokens(form), key(form)]:
            least = _SLIP_LENGTH if " " not in form or part != key(form) else _JOINED_LENGTH
            if len(part) >= least and part.isascii() and part.isalpha():
                found.setdefault(part[0], set()).add(part)
    return {letter: tuple(sorted(many)) for letter, many in found.items()}


def _slip(header: str) -> Reading | None:
    """The reading of a header with one slip: two letters swapped, one left out or doubled.

    A letter replaced by another counts in long words only: `list name` is no `last name`. Never an ID.
    """
    parts = tokens(header)
    mended: list[str] = []
    slips = 0
    for part in parts:
        right = part
        if part.isascii() and part.isalpha() and part not in _known_words() and len(part) >= 4:
            near = [word for word in _slip_targets().get(part[0], ()) if _one_slip(part, word)]
            if len(near) > 1:
                near = [word for word in near if _swapped(part, word)]
            if len(near) != 1:
                return None
            right = near[0]
            slips += 1
        mended.append(right)
    if slips != 1:
        return None
    found = None
    for form, _ in _forms(" ".join(mended)):
        found = found or _table().get(form)
    if found is None or found.target in (None, "userID") or found.certainty < Certainty.WEAK:
        return None
    return Reading(found.target, min(found.certainty, Certainty.SLIP), f"“{' '.join(mended)}” with a slip")


def _one_slip(typed: str, word: str) -> bool:
    if len(typed) == len(word):
        differing = [index for index, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
        if len(differing) == 1:
            return len(word) >= _SUBSTITUTION_LENGTH
        return _swapped(typed, word)
    if len(word) <= _SLIP_LENGTH:
        return False
    if len(typed) + 1 == len(word):  # one left out
        return any(word[:index] + word[index + 1 :] == typed for index in range(1, len(word)))
    if len(typed) == len(word) + 1:  # one doubled
        return any(
            typed[index] == typed[index - 1] and typed[:index] + typed[index + 1 :] == word
            for index in range(1, len(typed))
        )
    return False


def _swapped(typed: str, word: str) -> bool:
    if len(typed) != len(word):
        return False
    differing = [index for index, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and typed[differing[0]] == word[differing[1]]
        and typed[differing[1]] == word[differing[0]]
    )
