"""When two user IDs look alike: the folded form that IDs share which a person could take for the same.

Folding forgets case, blanks, the Unicode form, invisible characters and letters of another script that look
the same. Letters are grouped so that an upper and a lower case letter stay together (Η and η are both "h").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from zlib import crc32

# look-alikes of other scripts, after case folding -> the Latin letter (after Unicode's confusables.txt)
_LOOK_ALIKES = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "н": "h", "һ": "h", "і": "i", "ї": "i", "ј": "j",
    "к": "k", "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ѵ": "v",
    "ԝ": "w", "х": "x", "у": "y", "ү": "y", "ё": "e",
    # Greek
    "α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "h", "ι": "i", "ϳ": "j", "κ": "k", "μ": "m", "ν": "n",
    "ο": "o", "ρ": "p", "τ": "t", "υ": "y", "χ": "x", "ζ": "z",
    # Armenian, Cherokee (folds to capitals)
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭼ": "e", "Ꮋ": "h", "Ꮶ": "k",
    "Ꮮ": "l", "Ꮇ": "m", "Ꮲ": "p", "Ꭲ": "t", "Ꮩ": "v", "Ꮓ": "z",
    # Latin that hardly differs, hyphens, quotes
    "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    "’": "'", "‘": "'", "ʼ": "'", "⁄": "/", "∕": "/",
}  # fmt: skip
_TO_LATIN = str.maketrans(_LOOK_ALIKES)

# Unicode's Default_Ignorable_Code_Point: nothing is drawn for these
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

_ASCII_BLANKS = " \t\r\x0b\x0c\x1c\x1d\x1e\x1f"  # all but the line feed


def fold_id(text: str) -> str:
    """The form that look-alike IDs share."""
    if text.isascii():
        return "".join(text.lower().split())
    seen = _INVISIBLE.sub("", text)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    # ё, ї and İ come with marks of their own that the look-alike lacks or has: compare without the dot above
    return _blanks("", _INVISIBLE.sub("", folded)).translate(_TO_LATIN).replace("i\u0307", "i")


def fold_email(text: str) -> str:
    """The form that equal e-mail addresses share."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def key(folded: str) -> int:
    """A 32-bit sum (never 0) for finding candidates; equal sums must still be compared."""
    return crc32(folded.encode()) or 1


def keys(texts: Sequence[str | None], fold: Callable[[str], str]) -> list[int | None]:
    """`key(fold(text))` of each text, None for an empty one; plain ASCII goes through all at once."""
    together = "\n".join([text or "" for text in texts] if None in texts else texts)  # type: ignore[arg-type] # no None then
    plain = together.isascii() and not any(blank in together for blank in _ASCII_BLANKS)
    if plain and together.count("\n") == len(texts) - 1:
        folded = together.lower().encode().split(b"\n")  # what both folds do to such texts
        sums: list[int | None] = list(map(crc32, folded))
        if 0 in sums:  # the sum of an empty text, and of hardly any other
            return [each or (1 if text else None) for each, text in zip(sums, folded, strict=True)]
        return sums
    return [key(fold(text)) if text else None for text in texts]


def _blanks(put: str, text: str) -> str:
    return re.sub(r"\s", put, text)


_DIFFERENCES = (
    ("upper and lower case", lambda text: text.casefold()),
    ("blanks", lambda text: _blanks("", text)),
    ("an invisible character", lambda text: _INVISIBLE.sub("", text)),
    ("the way its letters are stored", lambda text: unicodedata.normalize("NFKC", text)),
    ("letters that look the same", lambda text: text.translate(_TO_LATIN)),
)


def difference(one: str, other: str) -> str:
    """By what two look-alike IDs differ, for a sentence."""
    for words, fold in _DIFFERENCES:
        if fold(one) == fold(other):
            return words
    return "case, blanks or letters that look the same"
