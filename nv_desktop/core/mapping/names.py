"""What a header says: its words brought to one form and looked up, a slip of the keyboard forgiven."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from nv_desktop.core.fields import FIELDS
from nv_desktop.core.mapping import around, compounds, words
from nv_desktop.core.mapping.slips import Slips


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


_ARTICLE = re.compile(r"(?<!\w)(?:ال|لل)(?=\w{3})")  # Arabic, written as one with its word
_FOLDED = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "İ": "I",
        "æ": "ae",
        "œ": "oe",
        "ى": "ي",
        "ة": "ه",
        "ی": "ي",
        "ک": "ك",
    }
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
    bare = "".join(char for char in decomposed if unicodedata.category(char) not in ("Mn", "Cf"))
    return _ARTICLE.sub("", unicodedata.normalize("NFC", bare))


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
    kept = [part for part in parts if part not in _plain_set("OF")]
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
    persons = {key(phrase) for phrase in _phrases(words.CONSENTING)}
    for target, block in words.CHANNELS.items():
        sure, doubtful = Reading(target, Certainty.STRONG), Reading(target, Certainty.PROVEN)
        for channel in {key(phrase) for phrase in _phrases(block)}:
            for consent in consents:
                yield channel + consent + "status", doubtful
                if consent not in persons:
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
    return tuple(tuple(tokens(phrase)) for phrase in _phrases(around.HINT_PHRASES))


@cache
def _plain_set(name: str) -> frozenset[str]:
    """The single words of a block of `around`, as tokens."""
    return frozenset(part for phrase in _phrases(getattr(around, name)) for part in tokens(phrase))


@cache
def _owners(name: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of a block of `around`, the longest first."""
    found = {tuple(tokens(phrase)) for phrase in _phrases(getattr(around, name))}
    return tuple(sorted(found, key=len, reverse=True))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return compounds.patterns(lambda block: map(key, _phrases(block)))


_COMPOUNDS = (
    Reading("mobile", Certainty.STRONG),
    Reading("mobile", Certainty.WEAK),
    Reading("email", Certainty.STRONG),
    Reading("userID", Certainty.WEAK),
)


_OWN_NAMES = frozenset(FIELDS) - {"name"}  # as the API writes them; what `name` means the neighbours tell


def read(header: str) -> Reading | None:
    """The reading of one header by itself, or None when its words say nothing known."""
    if header in _OWN_NAMES:
        return Reading(header, Certainty.EXACT)
    whole = "".join(tokens(header))
    if whole in _pairs():
        return Reading(_pairs()[whole], Certainty.STRONG)
    return _by_forms(header) or _alternatives(header) or _first_of_many(header) or _slip(header)


def _by_forms(header: str) -> Reading | None:
    """The reading of the most literal form that says something; forms in the tables before those in parts."""
    forms = list(_forms(header))
    for form in forms:
        found = _table().get(form.key)
        # an “email client” is a program, but “Mail du client” is no “mail client”
        if found and not (form.shortened and found.target is None):
            return _owned(found, form.owner)
    for form in forms:
        for pattern, found in zip(_patterns(), _COMPOUNDS, strict=True):
            # an ID says whose it is: in “contact no. of customer” it is the contact that has a number
            if not (form.owner and found.target == "userID") and pattern.fullmatch(form.key):
                return _owned(found, form.owner)
    return None


def _owned(found: Reading, owner: frozenset[str]) -> Reading:
    """What was found once these words for its owner were gone."""
    if not owner:
        return found
    if found.target in ("?name", "?name_or_first", "?name_or_last") and owner & _plain_set("USERS"):
        return Reading(None, Certainty.STRONG, "It may be a name to log in with, or a person's.")
    return Reading(found.target, min(found.certainty, Certainty.OWNED), found.why)


def _first_of_many(header: str) -> Reading | None:
    """`Email 1`, `Phone number 1`: the first of several, and the one that counts."""
    parts = tokens(header)
    if len(parts) < 2 or parts[-1] != "1":
        return None
    found = _by_forms(" ".join(parts[:-1]))
    if found is None or found.target not in ("email", "mobile", "first_name", "last_name"):
        return None
    return Reading(found.target, Certainty.WEAK, "It is the first of its kind.")


def _alternatives(header: str) -> Reading | None:
    """`Surname / Last name`, `Surname (last name)`: two words for one thing; two things stay unread."""
    parts = _ALTERNATIVES.split(header)
    if len(parts) < 2 and (inside := _BRACKETS.search(header)):
        parts = [_BRACKETS.sub(" ", header), inside[1]]
    if len(parts) < 2:
        return None
    readings = [found for part in parts for form in _forms(part) if (found := _table().get(form.key))]
    if len({found.target for found in readings}) != 1 or not all(
        any(_table().get(form.key) for form in _forms(part)) for part in parts
    ):
        return None
    return min(readings, key=lambda found: found.certainty)


class _Form(NamedTuple):
    """A key to look up; `owner`: the words dropped that only say whose it is; `shortened`: `of the` went."""

    key: str
    owner: frozenset[str] = frozenset()
    shortened: bool = False


def _forms(header: str) -> Iterator[_Form]:
    """What a header may be looked up by, the most literal first."""
    inside = [tokens(part) for part in _BRACKETS.findall(header)]
    everything = tokens(header)
    yield _Form("".join(everything))
    outside = tokens(_BRACKETS.sub(" ", header))
    bare = everything
    if inside and outside and all(set(part) <= _says_how() for part in inside):
        bare = outside
        yield _Form("".join(bare))
    bare = _without_hints(bare)
    for words_left in (bare, *_without_owner(bare)):
        owner = frozenset(bare) - frozenset(words_left)
        yield _Form("".join(words_left), owner)
        kept = [word for word in words_left if word not in _plain_set("OF")]
        if kept != words_left:
            yield _Form("".join(kept), owner, shortened=True)


@cache
def _says_how() -> frozenset[str]:
    return _plain_set("HINTS") | _plain_set("OWNERS") | {"customer", "client", "contact", "member", "guest"}


def _without_hints(parts: list[str]) -> list[str]:
    """Without `dd mm yyyy`, `with country code`, `required` at the end, which say how and not what."""
    for hint in _hint_phrases():
        if len(parts) > len(hint) and tuple(parts[-len(hint) :]) == hint:
            return _without_hints(parts[: -len(hint)])
    return parts


def _without_owner(parts: list[str]) -> Iterator[list[str]]:
    """The words without those that only say whose it is, one owner after the other: in front, then behind."""
    left = list(parts)
    while len(left) > 1 and (size := _starts(left, _owners("OWNERS_BEFORE") + _owners("OWNERS"))):
        left = left[size:]
        yield left
    while len(left) > 1 and (size := _ends(left)):
        left = left[:-size]
        yield left
    if len(left) == 1 and (rest := _without_compound_owner(left[0])) != left[0]:
        yield [rest]


def _starts(parts: list[str], phrases: tuple[tuple[str, ...], ...]) -> int:
    return next((len(phrase) for phrase in phrases if _is_before(phrase, parts)), 0)


def _is_before(phrase: tuple[str, ...], parts: list[str]) -> bool:
    return len(parts) > len(phrase) and tuple(parts[: len(phrase)]) == phrase


def _ends(parts: list[str]) -> int:
    """How many words at the end say whose it is."""
    for phrase in _owners("OWNERS") + _owners("OWNERS_AFTER"):
        if len(parts) > len(phrase) and tuple(parts[-len(phrase) :]) == phrase:
            return len(phrase)
    if parts[-1] in _plain_set("AFTER_NEEDS_OF"):
        of = len(parts) > 2 and parts[-2] in _plain_set("OF")
        french = parts[-1] in ("client", "contact") and "".join(parts[:-1]) not in _plain_set("PROGRAMS")
        return 1 if of or french else 0
    return 0


def _without_compound_owner(word: str) -> str:
    """`Kundenname`, `客户邮箱`, `อีเมลลูกค้า`: the owner and what is owned in one word."""
    for (owner,) in _owners("COMPOUND_OWNERS"):
        rest = word.removeprefix(owner) if word.startswith(owner) else word.removesuffix(owner)
        if rest and rest != word and (rest in _table() or any(p.fullmatch(rest) for p in _patterns())):
            return rest
    return word


# --- a slip of the keyboard ------------------------------------------------------------------------------


@cache
def _sources() -> tuple[str, ...]:
    blocks = [*words.STRONG.values(), *words.WEAK.values(), "whatsapp|consent|subscribed"]
    return tuple(phrase for block in blocks for phrase in _phrases(block))


@cache
def _slips() -> Slips:
    known = {part for form in _sources() for part in tokens(form)}
    known |= _plain_set("OWNERS_BEFORE") | _plain_set("OWNERS")
    return Slips([(tokens(form), key(form)) for form in _sources()], known)


def _slip(header: str) -> Reading | None:
    """The reading of a header with one slip. Never an ID."""
    mended = _slips().mended(tokens(header))
    if mended is None:
        return None
    found = None
    for form in _forms(" ".join(mended)):
        found = found or _table().get(form.key)
    if found is None or found.target in (None, "userID") or found.certainty < Certainty.WEAK:
        return None
    return Reading(found.target, min(found.certainty, Certainty.SLIP), f"“{' '.join(mended)}” with a slip")
