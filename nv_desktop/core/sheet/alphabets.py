"""Which single-byte encoding makes words of the bytes: letters of one language, as it writes them.

Statistics over long texts go wrong on lists of names. A list has many words of few letters, so each word is
asked by itself: São is Portuguese, Săo is nobody's.
"""

from __future__ import annotations

import re

# encoding -> the letters beyond a–z of each language that is written in it
_WEST = """äöüß éèêëàâçîïôùûœæ áéíñóúü ãõáâàçéêíóôú àèéìòùí åäöé æøåé ëïéèöüó áéíóú àèéíòóúçïü
êëôû"""
_EAST = """ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ ćčđšž äöüß ë ç ë"""
_TURKISH = "çğıöşüİâîû"
_CYRILLIC = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё абвгґдеєжзиіїйклмнопрстуфхцчшщьюя абвгдђежзијклљмнњопрстћуфхцчџш"
)
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώςϊϋΐΰ"
_HEBREW = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيپچژگ"
_BALTIC = "ąčęėįšųūž āčēģīķļņšūž"
_LANGUAGES: dict[str, str] = {  # the likelier first: on a tie the earlier wins
    "cp1252": _WEST,
    "cp1250": _EAST,
    "cp1251": _CYRILLIC,
    "cp1254": _TURKISH,
    "iso8859_15": _WEST,
    "cp1253": _GREEK,
    "cp1255": _HEBREW,
    "cp1256": _ARABIC,
    "cp1257": _BALTIC,
    "iso8859_2": _EAST,
    "mac_roman": _WEST,
    "cp850": _WEST,
    "cp852": _EAST,
    "koi8_r": _CYRILLIC,
    "cp866": _CYRILLIC,
    "mac_cyrillic": _CYRILLIC,
    "iso8859_5": _CYRILLIC,
}
_LATIN = frozenset(name for name, block in _LANGUAGES.items() if block in (_WEST, _EAST, _TURKISH, _BALTIC))
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f](?:[^\W\d_]|[^\x00-\x7f]|['’-])*")
_SIGNS = "€£–—‘’“”„…•«»¿¡°ºª\u00a0'-"  # they may touch a word; others beside a letter are a wrong reading
_NOT_PORTUGUESE = re.compile(r"ã(?![oes])\B|õ(?!e)\B", re.IGNORECASE)  # Gyõr is Győr, Mãria is Măria
_VOWEL = re.compile("[аеёиоуыэюяіїє]", re.IGNORECASE)
_ENOUGH = 0.9


def likely(lines: bytes, first: str | None = None) -> str | None:
    """The encoding in which nearly all words of the lines are some language's; None where none is.

    `first`: the computer's own code page, which wins on a tie.
    """
    names = [*dict.fromkeys([first, *_LANGUAGES] if first in _LANGUAGES else _LANGUAGES)]
    best, best_share = None, _ENOUGH
    for name in names:
        share = _share(lines, name) if name else 0.0
        if share > best_share or (best is None and share >= best_share):
            best, best_share = name, share
    return best


def plausible(lines: bytes, encoding: str) -> bool:
    """Whether the lines can be words in this encoding; an encoding that is not known here can be."""
    return encoding not in _LANGUAGES or _share(lines, encoding) >= 0.5


def _share(lines: bytes, encoding: str) -> float:
    """Which part of the words with letters beyond ASCII are words (0 to 1); 0 where there are none."""
    try:
        text = lines.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    alphabets = [frozenset(letters + letters.upper()) for letters in _LANGUAGES[encoding].split()]
    latin = encoding in _LATIN
    words = [word for found in _WORD.findall(text) if not (word := found.strip(_SIGNS)).isascii()]
    if not words:
        return 1.0 if latin else 0.0  # nothing but signs such as €
    share = sum(_is_word(word, alphabets, latin) for word in words) / len(words)
    # Hebrew read as Cyrillic or Greek has no capitals at all
    cased = _LANGUAGES[encoding] in (_CYRILLIC, _GREEK)
    return share * 0.8 if cased and not any(char.isupper() for word in words for char in word) else share


def _is_word(word: str, alphabets: list[frozenset[str]], latin: bool) -> bool:
    beyond = [char for char in word if not char.isascii() and char != "’"]
    if not any(alphabet.issuperset(beyond) for alphabet in alphabets):
        return False
    if latin:
        if len(word) > 2 and len(beyond) > len(word) * 0.75:
            return False
        if _NOT_PORTUGUESE.search(word):
            return False
    elif len(word) > 2 and "а" in alphabets[0] and not _VOWEL.search(word):
        return False
    elif any(char.isascii() and char.isalpha() for char in word):
        return False  # no word is half Cyrillic
    return all(_is_cased(part) for part in re.split(r"['’-]", word))


def _is_cased(part: str) -> bool:
    """Beyond ASCII a capital stands first, or all are capitals: JosŽ is no word."""
    if part.isupper() or len(part) < 2:
        return True
    return not any(char.isupper() and not char.isascii() for char in part[1:])
