"""The rules of fields with few values: gender, opt-ins, yes/no; and what other words for them mean."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from nv_desktop.core.fields.model import Parsed, Step, bad, shown


def fold(text: str) -> str:
    """A word as the tables below hold it: without case, blanks and full width."""
    return unicodedata.normalize("NFKC", text).strip().strip(".").casefold()


def _words(**meanings: str) -> dict[str, str]:
    return {
        fold(word): value.strip("_").replace("_", " ")
        for value, block in meanings.items()
        for word in block.replace("\n", "|").split("|")
        if word.strip()
    }


# What people write -> what the API takes. Only words with one meaning; proposed, never applied by themselves.
GENDER_WORDS = _words(
    male="""m|male|males|man|men|boy|gentleman|mr|mister|he|h|herr|mann|männlich|maennlich|homme|masculin
monsieur|hombre
masculino|varón|masc|uomo|maschio|maschile|homem|mannelijk|meneer|mężczyzna|męska|pan|erkek|bay|e|мужской
муж|мужчина|м
पुरुष|पु|ذكر|男|男性|남|남자|남성|laki-laki|laki laki|pria|l|nam|mies|muž|férfi|bărbat|άνδρας|ชาย|זכר""",
    female="""f|female|females|woman|women|girl|lady|ms|mrs|miss|she|w|frau|weiblich|femme|féminin|feminin
madame|mme|mujer
femenino|femenina|feminino|fem|donna|femmina|femminile|mulher|vrouw|vrouwelijk|v|mevrouw|kobieta|żeńska|pani
k|kadın|bayan
женский|жен|женщина|ж|महिला|स्त्री|انثى|أنثى|女|女性|여|여자|여성|perempuan|wanita|p|nữ|kvinna|nainen|žena
nő|femeie|γυναίκα
หญิง|נקבה""",
    other="""o|other|others|diverse|divers|d|x|non-binary|nonbinary|non binary|nb|otro|otra|outro|autre
altro|anders|inne
diğer|другое|अन्य|آخر|其他|その他|기타|lainnya|khác|third gender|transgender""",
)
_YES = """yes|y|true|t|on|ok|ja|j|oui|o|si|sí|s|sim|sì|tak|evet|e|да|д|हाँ|हां|نعم|是|はい|예|네|ya
có|igen|ano|áno|kyllä|ναι
✓|✔|☑|wahr|vrai|verdadero|verdadeiro|vero|waar|prawda|doğru|истина|1.0|1,0"""
_NO = """no|n|false|f|off|nein|non|não|nao|nee|nie|hayır|нет|н|नहीं|لا|否|いいえ|아니오|아니요|tidak
không|nem|ne|ei|όχι|✗|✘|☐
falsch|faux|falso|onwaar|fałsz|yanlış|ложь|0.0|0,0"""
_AMBIGUOUS_YES = {"o", "e"}  # other languages' "other", initials: too short to mean consent
OPT_IN_WORDS = {
    word: meaning
    for word, meaning in _words(
        _1_=_YES + "|opted in|opt in|opt-in|optin|opted-in|opted_in|opt_in|subscribed|subscribe|reachable"
        "|angemeldet|consented"
        "|granted|allowed|active consent|inscrit|suscrito|inscrito|iscritto|abonné|подписан|已订阅"
        "|已訂閱|购読",
        _0_=_NO + "|opted out|opt out|opt-out|optout|opted-out|opted_out|opt_out|unsubscribed|unsubscribe"
        "|not available"
        "|never subscribed|never_subscribed|not subscribed|not_subscribed|non-subscribed|abgemeldet"
        "|declined|denied|désabonné"
        "|desabonné|отписан|未订阅|未訂閱",
        _2_="bounced|bounce|hard bounce|hard bounced|hardbounce|hard_bounce|invalid|2.0|2,0",
    ).items()
    if word not in _AMBIGUOUS_YES
}
BOOLEAN_WORDS = {
    word: meaning
    for word, meaning in {**_words(true=_YES, false=_NO), "1": "true", "0": "false"}.items()
    if word not in _AMBIGUOUS_YES
}


def _choice(
    accepted: frozenset[str], words: dict[str, str], code: str, sentence: str
) -> Callable[[str], Parsed]:
    parsed = {value: Parsed(value) for value in accepted}

    def parse(text: str) -> Parsed:
        return parsed.get(text) or _other(text)

    def _other(text: str) -> Parsed:
        folded = fold(text)
        meant = folded if folded in accepted else words.get(folded)
        step: Step | None = {"step": "map", "map": {text: meant}} if meant else None
        if meant == text.strip():
            step = {"step": "trim"}
        return bad(code, f"“{shown(text)}” {sentence}", step)

    return parse


gender = _choice(
    frozenset(("male", "female", "other")), GENDER_WORDS, "gender", "is not one of male, female, other."
)


def opt_in(two: str) -> Callable[[str], Parsed]:
    """The rule of an opt-in whose 2 means `two` (bounced or invalid)."""
    return _choice(
        frozenset("012"),
        OPT_IN_WORDS,
        "opt_in",
        f"is not one of 1 (reachable), 0 (not available), 2 ({two}).",
    )


def boolean(text: str) -> Parsed:
    """Exactly `true` or `false`."""
    if text in ("true", "false"):
        return Parsed(text == "true")
    meant = BOOLEAN_WORDS.get(fold(text))
    step: Step | None = {"step": "map", "map": {text: meant}} if meant else None
    if text.strip() == meant:
        step = {"step": "trim"}
    return bad("boolean", f"“{shown(text)}” is not one of true, false.", step)
