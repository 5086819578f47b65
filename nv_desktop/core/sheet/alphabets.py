"""Which encoding makes words of the bytes: letters of one language, as it writes them; common characters.

Statistics over long texts go wrong on lists of names. A list has many words of few letters, so each word is
asked by itself: São is Portuguese, Săo is nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

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
_FEW = 300  # words that tell between two encodings


def likely(lines: bytes, first: str | None = None) -> str | None:
    """The encoding in which nearly all words of the lines are some language's; None where none is.

    `first`: the computer's own code page, which wins on a tie; else that whose words are of one language.
    """
    shares = {name: _share(lines, name) for name in _LANGUAGES}
    best = max(shares.values())
    tied = [name for name, share in shares.items() if share == best]
    if best < _ENOUGH:
        return None
    return first if first in tied else max(tied, key=lambda name: _single(lines, name))


def east_asian(lines: bytes, first: str | None = None) -> str | None:
    """The East Asian encoding in which nearly all characters are common ones; None where none is.

    `first`: the computer's own code page, which wins on a tie: one name alone can be read in several.
    """
    names = [name for name in _COMMON if first in _COMMON[name].also] + list(_COMMON)
    best, best_share = None, _MOSTLY
    for name in dict.fromkeys(names):
        share = _common_share(lines, name)
        if share > best_share or (best is None and share >= best_share):
            best, best_share = name, share
    return best


@dataclass(frozen=True)
class _Common:
    """The lead bytes under which an encoding keeps its common characters, beside kana; `also`: its names."""

    leads: range
    trails: range
    also: frozenset[str]
    kana: bool = False


_HIGH = range(0xA1, 0xFF)
_COMMON: dict[str, _Common] = {  # on a tie the earlier: Hangul and kana also fit what is Chinese
    "cp949": _Common(range(0xB0, 0xC9), _HIGH, frozenset(("cp949", "euc_kr"))),
    "gb18030": _Common(range(0xB0, 0xD8), _HIGH, frozenset(("gbk", "gb2312", "gb18030"))),
    "cp932": _Common(range(0x88, 0x98), range(0x40, 0xFD), frozenset(("cp932", "shift_jis")), kana=True),
    "euc_jp": _Common(range(0xB0, 0xD0), _HIGH, frozenset(("euc_jp",)), kana=True),
    "cp950": _Common(range(0xA4, 0xC7), range(0x40, 0xFF), frozenset(("cp950", "big5"))),
}
_MOSTLY = 0.8


def _common_share(lines: bytes, encoding: str) -> float:
    try:
        beyond = [char for char in lines.decode(encoding) if not char.isascii()]
    except UnicodeDecodeError:
        return 0.0
    letters = [char for char in beyond if unicodedata.category(char)[0] not in "PZ"]
    common = _COMMON[encoding]
    count = 0
    for char in letters:
        code = char.encode(encoding)
        kana = common.kana and "\u3040" <= char <= "\u30ff"
        count += kana or (len(code) == 2 and code[0] in common.leads and code[1] in common.trails)
    return count / len(letters) if letters else 0.0


def plausible(lines: bytes, encoding: str) -> bool:
    """Whether the lines can be words in this encoding; an encoding that is not known here can be."""
    return encoding not in _LANGUAGES or _share(lines, encoding) >= 0.5


def _share(lines: bytes, encoding: str) -> float:
    """Which part of the words with letters beyond ASCII are words (0 to 1); 0 where there are none."""
    words = _words(lines, encoding)
    if words is None:
        return 0.0
    alphabets, latin = _alphabets(encoding), encoding in _LATIN
    if not words:
        return 1.0 if latin else 0.0  # nothing but signs such as €
    share = sum(_is_word(word, alphabets, latin) for word in words) / len(words)
    # Hebrew read as Cyrillic or Greek has no capitals at all
    cased = _LANGUAGES[encoding] in (_CYRILLIC, _GREEK)
    return share * 0.8 if cased and not any(char.isupper() for word in words for char in word) else share


def _single(lines: bytes, encoding: str) -> int:
    """How many of the first words can be of one language; signs such as € alone are of each."""
    words, latin = (_words(lines, encoding) or [])[:_FEW], encoding in _LATIN
    if not words:
        return _FEW
    return max(sum(_is_word(word, [each], latin) for word in words) for each in _alphabets(encoding))


def _words(lines: bytes, encoding: str) -> list[str] | None:
    """The words with letters beyond ASCII; None where the bytes do not fit."""
    try:
        text = lines.decode(encoding)
    except UnicodeDecodeError:
        return None
    return [word for found in _WORD.findall(text) if not (word := found.strip(_SIGNS)).isascii()]


def _alphabets(encoding: str) -> list[frozenset[str]]:
    return [frozenset(letters + letters.upper()) for letters in _LANGUAGES[encoding].split()]


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
