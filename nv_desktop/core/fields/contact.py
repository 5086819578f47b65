"""The rules of e-mail addresses and mobile numbers."""

from __future__ import annotations

import re
import unicodedata

from nv_desktop.core.fields.damage import lost_digits
from nv_desktop.core.fields.model import Level, Parsed, Problem, Step, bad, doubt, shown

# --- e-mail ----------------------------------------------------------------------------------------------

_ATOM = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(  # the HTML5 form; no dot first, last or doubled; the ending is not a number
    rf"(?=[^@]{{1,64}}@)[{_ATOM}]+(?:\.[{_ATOM}]+)*@((?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL})"
)
_WIDE_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL_INTERNATIONAL = re.compile(
    rf"(?=[^@]{{1,64}}@)[\w!#$%&'*+/=?^`{{|}}~-]+(?:\.[\w!#$%&'*+/=?^`{{|}}~-]+)*@(?:{_WIDE_LABEL}\.)+{_WIDE_LABEL}"
)
_EMAIL_MAX = 254  # RFC 5321, as corrected by its erratum 1690
_MISSPELT = {
    "gmail.com": "gmial.com gmai.com gmal.com gnail.com gmail.co gmail.con gmaill.com gmail.cm gmail.om",
    "hotmail.com": "hotmial.com hotmai.com hotmail.con hotmal.com hotmil.com",
    "yahoo.com": "yaho.com yahooo.com yahoo.con yahho.com",
    "outlook.com": "outlok.com outlook.con outloook.com",
    "icloud.com": "iclod.com icloud.con icoud.com",
}
_MEANT = {wrong: right for right, block in _MISSPELT.items() for wrong in block.split()}
_PART = r"[a-z0-9]{1,20}+"
_OTHER_DOMAIN = rf"(?!(?:{'|'.join(re.escape(domain) for domain in _MEANT)})(?![^\n]))"
PLAIN_EMAIL = re.compile(  # nothing is tried twice: this pattern meets each address of a file
    rf"\w[\w+-]{{0,30}}+(?:\.[\w+-]{{1,15}}+){{0,2}}+@{_OTHER_DOMAIN}"
    rf"(?:{_PART}(?:-{_PART}){{0,2}}+\.){{1,3}}+[a-z]{{2,24}}",
    re.ASCII,
)


def email(text: str) -> Parsed:
    """An address in the HTML5 form, at most 254 characters; letters beyond a–z get a note."""
    match = _EMAIL.fullmatch(text)
    if not match or len(text) > _EMAIL_MAX:
        return _email_refused(text)
    domain = match[1]
    meant = _MEANT.get(domain if domain.islower() else domain.lower())
    if not meant:
        return Parsed(text)
    return doubt(
        text,
        "email_misspelt",
        f"The domain {domain} looks like a misspelling of {meant}.",
        {"step": "replace", "find": "@" + domain, "with": "@" + meant},
    )


def _is_email(text: str) -> bool:
    return len(text) <= _EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def _email_refused(text: str) -> Parsed:
    stripped = text.strip()
    if text != stripped and _is_email(stripped):
        return bad("email_spaces", "The e-mail address begins or ends with a blank.", {"step": "trim"})
    if not text.isascii() and len(text) <= _EMAIL_MAX and _EMAIL_INTERNATIONAL.fullmatch(text):
        note = Problem(
            "email_international",
            "The e-mail address has letters beyond a–z; not every system delivers to it.",
            Level.NOTE,
        )
        return Parsed(text, (note,))
    if "@" not in text:
        return bad("email", f"“{shown(text)}” has no @ sign, so it is not an e-mail address.")
    reason, step = _email_reason(stripped)
    return bad("email", f"“{shown(text)}” is not an e-mail address: {reason}.", step)


def _email_reason(text: str) -> tuple[str, Step | None]:
    if text.lower().startswith("mailto:") and _is_email(text[7:]):
        return "it begins with “mailto:”", {"step": "replace", "find": text[:7], "with": ""}
    if re.fullmatch(r"[^<>]*<[^<>@]+@[^<>]+>", text):
        return "a name and brackets stand around it", {
            "step": "replace", "find": r"^[^<]*<([^<>]+)>$", "with": r"\1", "regex": True,
        }  # fmt: skip
    if len([part for part in re.split(r"[\s,;/|]+", text) if _is_email(part)]) > 1:
        return "it holds more than one address", None
    local, _, domain = text.rpartition("@")
    reasons = (
        (text.count("@") > 1, "it has more than one @ sign"),
        (not local, "nothing stands before the @ sign"),
        (not domain, "it ends at the @ sign"),
        (re.search(r"\s", text), "it holds a blank"),
        ("," in text, "it holds a comma"),
        (
            ".." in text or "." in (local[:1], local[-1:], domain[:1], domain[-1:]),
            "a dot stands where none may",
        ),
        (len(local) > 64, "the part before the @ sign is longer than 64 characters"),
        ("." not in domain, "the ending is missing, such as .com"),
        (domain.rpartition(".")[2].isdecimal(), "it ends in a number instead of a name such as .com"),
    )
    for wrong, reason in reasons:
        if wrong:
            return reason, None
    return "it holds a character that addresses do not have, or is too long", None


# --- mobile ----------------------------------------------------------------------------------------------

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_LIKE = re.compile(r"[+(]?[\d\s().\-/]{6,30}", re.ASCII)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u00a0\u202f\u2007]")
_EXAMPLE = "such as +917850009678"


def mobile(text: str) -> Parsed:
    """E.164: + and 7 to 15 digits, the first no zero. Only the phone step asks a country's plan."""
    if E164.fullmatch(text):
        return Parsed(text)
    lost = lost_digits(text)
    if lost:
        return lost
    stripped = text.strip()
    if E164.fullmatch(stripped):
        return bad("mobile_spaces", "The number begins or ends with a blank.", {"step": "trim"})
    return _mobile_refused(text, _western(stripped))


def _western(text: str) -> str:
    """With ASCII digits and signs, for looking only: Arabic and Indian digits are digits."""
    plain = unicodedata.normalize("NFKC", _DASHES.sub("-", text))
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in plain)


def _mobile_refused(text: str, plain: str) -> Parsed:
    digits = re.sub(r"\D", "", plain)
    if re.search(r"[^\W\d_]", plain) or not digits:
        return bad("mobile", f"“{shown(text)}” is not a phone number.")
    if _holds_several(plain):
        return bad("mobile_several", f"“{shown(text)}” holds more than one number.")
    looks = _PHONE_LIKE.fullmatch(plain) is not None
    extra = 2 if plain.startswith("00") else "(0)" in plain  # digits that are no part of the number
    if looks and plain.startswith(("+", "00")) and 7 <= len(digits) <= 15 + extra:
        return bad(
            "mobile_form",
            f"“{shown(text)}” is not written as + country code and digits only, {_EXAMPLE}.",
            {"step": "phone"},
        )
    if len(digits) > 15:
        return bad("mobile_long", f"“{shown(text)}” has more than the 15 digits that a number can have.")
    if len(digits) < (7 if plain.startswith("+") else 6):
        return bad("mobile_short", f"“{shown(text)}” has too few digits for a mobile number.")
    if looks:
        return bad(
            "mobile_country",
            f"“{shown(text)}” has no country code. A mobile number is + country code and digits, {_EXAMPLE}.",
            {"step": "phone", "country": None},
        )
    return bad("mobile", f"“{shown(text)}” is not a phone number.")


def _holds_several(plain: str) -> bool:
    parts = [re.sub(r"\D", "", part) for part in re.split(r"[,;/|&\n]|(?<=\d)\s*\+", plain)]
    return sum(len(part) >= 7 for part in parts) > 1
