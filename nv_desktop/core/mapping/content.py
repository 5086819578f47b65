"""What the values of a column say: whether they are what the header claims, and which type keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nv_desktop.core import fields
from nv_desktop.core.fields import GENDER_WORDS, OPT_IN_WORDS, Type
from nv_desktop.core.fields.choices import fold
from nv_desktop.core.mapping.names import tokens
from nv_desktop.core.steps.propose import EMPTY_WORDS

_DATE_LIKE = re.compile(
    r"\d{4}[./\-年 ]\s*\d{1,2}[./\-月 ]\s*\d{1,2}日?(?:[T ].*)?"
    r"|\d{1,2}[./\- ]\s*\d{1,2}[./\- ]\s*(?:\d{4}|\d{2})(?:[T ].*)?"
    r"|(?:\d{1,2}\D{1,3})?[^\W\d_]{3,}\D{1,4}\d{1,2}\D{0,5}\d{4}"
    r"|\d{1,2}[\s.\-]*(?:de )?[^\W\d_]{3,}\.?[\s\-,]*(?:de )?\d{2,4}|\d{8}"
)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_MAIL_LIKE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE_LIKE = re.compile(r"\s*[+(]?[\d\s().\-/+\u00a0\u2010-\u2015]{6,25}\s*")


def _is_mail(text: str) -> bool:
    return _MAIL_LIKE.fullmatch(text.strip()) is not None


def _is_phone(text: str) -> bool:
    """Seven to fifteen digits and no date; what Excel shortened (9.19E+11) is a phone that was damaged."""
    stripped = text.strip()
    digits = sum(char.isdigit() for char in stripped)
    if _is_date(stripped) and len(stripped) != 8:
        return False
    return (7 <= digits <= 17 and _PHONE_LIKE.fullmatch(stripped) is not None) or _is_damaged(stripped)


def _is_damaged(text: str) -> bool:
    return re.fullmatch(r"\d[.,]\d+E\+?\d+", text, re.IGNORECASE) is not None


def _is_date(text: str) -> bool:
    return _DATE_LIKE.fullmatch(text.strip()) is not None


def _is_birth_date(text: str) -> bool:
    stripped = text.strip()
    return _is_date(stripped) or re.fullmatch(r"\d{4,5}(?:\.0)?", stripped) is not None


def _is_gender(text: str) -> bool:
    folded = fold(text)
    return folded in GENDER_WORDS or folded in ("male", "female", "other", "u", "1", "2", "0")


def _is_opt_in(text: str) -> bool:
    folded = fold(text)
    return (
        folded in OPT_IN_WORDS
        or folded in "012"
        or folded.startswith(("subscri", "unsubscri", "never", "opted"))
    )


def _is_name(text: str) -> bool:
    stripped = text.strip()
    return (
        bool(_HAS_LETTER.search(stripped)) and "@" not in stripped and sum(c.isdigit() for c in stripped) <= 2
    )


def _is_id(text: str) -> bool:
    return not _is_date(text) or text.strip().isdigit()


_LOOKS: dict[str, Callable[[str], bool]] = {
    "userID": _is_id,
    "email": _is_mail,
    "mobile": _is_phone,
    "birth_date": _is_birth_date,
    "gender": _is_gender,
    "name": _is_name,
    "first_name": _is_name,
    "last_name": _is_name,
    "email_opt_in": _is_opt_in,
    "sms_opt_in": _is_opt_in,
    "whatsapp_opt_in": _is_opt_in,
}
_SHARE_NEEDED = 0.6
_VETO_NEEDS = 4  # filled values; fewer say nothing against a header


def filled(values: Sequence[str]) -> list[str]:
    """The values that say something: no blanks, no `n/a`, no `-`."""
    return [text for text in values if text.strip() and text.strip().casefold() not in EMPTY_WORDS]


def share(target: str, values: Sequence[str]) -> float | None:
    """Which part of the filled values can be of this field (0 to 1); None when there are none."""
    told = filled(values)
    if not told:
        return None
    looks = _LOOKS[target]
    return sum(map(looks, told)) / len(told)


def fits(target: str, values: Sequence[str]) -> bool:
    """Whether the values allow this reading; a column with few or no values allows each."""
    part = share(target, values)
    if part is None or len(filled(values)) < _VETO_NEEDS:
        return True
    if target == "userID":
        told = filled(values)
        repeated = len(told) >= 10 and len(set(told)) * 2 < len(told)
        return part >= 0.9 and not repeated
    return part >= _SHARE_NEEDED


def proves(target: str, values: Sequence[str]) -> bool:
    """Whether the values alone bear a doubtful header out."""
    part = share(target, values)
    return part is not None and part >= 0.9


# --- the type of a custom attribute ----------------------------------------------------------------------

# Numbers with these names are codes: one with a zero in front may come further down.
_CODES = """
id ids code codes zip zipcode postal postcode pin pincode plz phone tel telephone mobile fax number no nr num
ref reference key sku isbn ean gtin iban account card ssn tax vat gst pan aadhaar passport serial
barcode plate ip
version hash token uuid cp cap cep nif dni rut cpf cnpj siret telefon telefone telefono landline extension
ext year
"""
_CODE_WORDS = frozenset(_CODES.split())


def propose_type(header: str, values: Sequence[str]) -> Type:
    """The type for an unknown column: another than text only where nothing would be lost (decision 2).

    A leading zero, a plus, an exponent, more than 15 digits, a zero at the end that would go (1.10), or a
    header that speaks of codes keep a column text.
    """
    told = [text for text in values if text and fields.damage(text) is None]  # damage is stopped anyway
    if not told:
        return Type.TEXT
    for type_ in (Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.DATE, Type.LIST, Type.JSON):
        if type_ in (Type.INTEGER, Type.NUMBER) and _CODE_WORDS & set(tokens(header)):
            continue
        if keeps(type_, told):
            return type_
    return Type.TEXT


def keeps(type_: Type, told: Sequence[str]) -> bool:
    """Whether each of these texts can be of this type without loss."""
    if type_ is Type.LIST and not all(text.lstrip().startswith("[") for text in told):
        return False  # a comma or semicolon may be part of a sentence
    if type_ is Type.NUMBER and not _same_decimals(told):
        return False
    rule = fields.custom("x", type_)
    return all(fields.parse(rule, text).ok for text in told)


def _same_decimals(told: Sequence[str]) -> bool:
    """Amounts (12.50, 3.00) or numbers without a zero at the end; never version numbers (1.9, 1.10)."""
    decimals = {len(text.partition(".")[2]) for text in told}
    return decimals <= {2} or not any("." in text and text.endswith("0") for text in told)
