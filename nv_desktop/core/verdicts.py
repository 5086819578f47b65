"""What an answer means, whatever the call: one table from its facts to an outcome and a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from nv_desktop.core.errors import AppError, Offline, Refused, Rejected, SlowDown, Unclear
from nv_desktop.core.facts import Facts, plain
from nv_desktop.core.retry_after import retry_after


class Kind(StrEnum):
    """The six outcomes of a call."""

    ANSWERED = "answered"  # taken, as far as `confirmed` and `accepted` say
    REFUSED = "refused"  # the server said no to these records
    KEY_REFUSED = (
        "key_refused"  # the server said no to the key, the brand or the address: every call is refused
    )
    SLOW_DOWN = "slow_down"  # not taken, too many calls
    NOT_SENT = "not_sent"  # surely nothing was handed over
    UNCLEAR = "unclear"  # anything else: it may have been carried out


_KEY = re.compile(r"api.?key|brand.?id|unauthori[sz]ed|authenti|credential|access.?token", re.IGNORECASE)
_RATE = re.compile(
    r"rate.{0,3}limit|too many (?:request|call)|(?:request|call|api)s?.{0,12}limit"
    r"|limit.{0,12}(?:request|call|api)|limit.{0,60}(?:try again|retry)"
    r"|throttl|slow down|\bquota\b|per minute",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"limit.{0,20}(?:exceed|reach)|(?:exceed|reach)\w*.{0,24}limit", re.IGNORECASE)
_SIZE = re.compile(
    r"character|length|\bsize|\blong\b|attribute|\bfield|\brecords?\b|payload|bytes", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: the first whose `fits` holds decides. Sentences may hold {host} {http} {place}
    {message} {why}; `names` puts the server's own words into the message of the answer."""

    name: str
    fits: Callable[[Facts], bool]
    kind: Kind
    message: str
    remedy: str = ""
    foreign: bool = False
    vague: bool = False  # the words may also speak of a value


UNKNOWN = "Whether the call was carried out is not known."
_KEY_REMEDY = "Check the key and the brand ID in Accounts."

TABLE: tuple[Rule, ...] = (
    Rule(
        "redirect", lambda f: 300 <= f.http < 400, Kind.UNCLEAR,
        "{host} says that the call should go to {place}. It was not followed: the key stays with this host.",
        "A network that asks for a sign-in does this; else check the host in Accounts.", foreign=True,
    ),
    Rule(
        "proxy sign-in", lambda f: f.http in (407, 511), Kind.UNCLEAR,
        "The network or its proxy asks for a sign-in before it lets calls through.",
        "Sign in with a browser, or check the proxy in Settings.", foreign=True,
    ),
    Rule(
        "contradiction",
        lambda f: f.says in ("success", "queued") and not (f.fine and 200 <= (f.code or 200) < 300),
        Kind.UNCLEAR, f"The server's answer contradicts itself (it says {{says}} and {{http}}). {UNKNOWN}",
    ),
    Rule(
        "too many", lambda f: f.http == 429 or (f.says == "error" and f.code == 429), Kind.SLOW_DOWN,
        "The server asks to go slower.", "Nothing is lost; try again in a moment.",
    ),
    Rule(
        "too large", lambda f: f.http == 413, Kind.REFUSED, "The server says that the call is too large.",
    ),
    Rule(
        "server trouble", lambda f: f.http >= 500 or (f.says == "error" and (f.code or 0) >= 500),
        Kind.UNCLEAR,
        f"The server had a problem of its own ({{http}}). {UNKNOWN}", "Try again in a few minutes.",
    ),
    Rule(
        "web page", lambda f: f.html, Kind.UNCLEAR,
        "A web page came back instead of the API's answer; perhaps this network asks for a sign-in.",
        "Open a page in a browser and sign in; else check the host in Accounts.", foreign=True,
    ),
    Rule(
        "key", lambda f: f.http == 401 or (f.says == "error" and f.code == 401 and not f.named),
        Kind.KEY_REFUSED,
        "The server did not accept the key.", _KEY_REMEDY,
    ),
    Rule(
        "forbidden", lambda f: f.http == 403 and f.says == "" and f.from_api, Kind.KEY_REFUSED,
        "The server does not allow this key to do that.", _KEY_REMEDY,
    ),
    Rule(
        "rate", lambda f: f.says == "error" and not f.named and bool(_RATE.search(f.message))
        and not _SIZE.search(f.message), Kind.SLOW_DOWN,
        "The server asks to go slower.", "Nothing is lost; try again in a moment.",
    ),
    Rule(
        "limit", lambda f: f.says == "error" and not f.named and bool(_LIMIT.search(f.message))
        and not _SIZE.search(f.message), Kind.SLOW_DOWN,
        "The server asks to go slower: “{message}”.", "Nothing is lost; try again in a moment.", vague=True,
    ),
    Rule(
        "key words", lambda f: f.says == "error" and not f.named and bool(_KEY.search(f.message)),
        Kind.KEY_REFUSED,
        "The server did not accept the key or the brand: “{message}”.", _KEY_REMEDY,
    ),
    Rule(
        "address", lambda f: f.http in (404, 405, 410, 421) and f.from_api, Kind.KEY_REFUSED,
        "{host} does not know this call.", "Check the host in Accounts.",
    ),
    Rule(
        "conflict", lambda f: f.http in (408, 409, 423, 425), Kind.UNCLEAR,
        f"The server did not finish the call ({{http}}). {UNKNOWN}", "Try again.",
    ),
    Rule(
        "refused", lambda f: f.says == "error", Kind.REFUSED, "The server refused it: {message}.",
    ),
    Rule(
        "refused by status", lambda f: 400 <= f.http < 500 and f.from_api, Kind.REFUSED,
        "The server refused it without a reason ({http}).",
    ),
    Rule("taken", lambda f: f.fine and f.says in ("success", "queued"), Kind.ANSWERED, ""),
    Rule("nothing", lambda f: f.empty, Kind.UNCLEAR, f"The server's answer is empty. {UNKNOWN}"),
    Rule(
        "unreadable", lambda f: f.document is None, Kind.UNCLEAR,
        f"The server's answer cannot be read: {{why}}. {UNKNOWN}",
    ),
    Rule("unknown", lambda f: True, Kind.UNCLEAR, f"The server's answer has an unknown form. {UNKNOWN}"),
)  # fmt: skip

ERRORS: Mapping[Kind, type[AppError]] = {
    Kind.REFUSED: Rejected,
    Kind.KEY_REFUSED: Refused,
    Kind.NOT_SENT: Offline,
    Kind.UNCLEAR: Unclear,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A classified answer: the rule's name, its kind, and the error to raise (None for ANSWERED)."""

    rule: str
    kind: Kind
    facts: Facts
    error: AppError | None = None
    retry_after: float | None = None
    foreign: bool = False
    vague: bool = False


def classify(facts: Facts, now: float) -> Verdict:
    """Judge one answer by the table. `now`: seconds since 1970, for a Retry-After with a date."""
    rule = next(rule for rule in TABLE if rule.fits(facts))
    wait = retry_after(facts.reply.headers, facts.message, now) if rule.kind is Kind.SLOW_DOWN else None
    sentence = rule.message.format(
        host=facts.host,
        http=facts.http if facts.code is None or not facts.fine else facts.code,
        place=_place(facts),
        message=facts.message.rstrip(".") or "no reason given",
        why=facts.unreadable,
        says=facts.says,
    )
    detail = f"rule {rule.name}, HTTP {facts.http}"
    error: AppError | None = None
    if rule.kind is Kind.SLOW_DOWN:
        error = SlowDown(sentence, rule.remedy, detail, wait)
    elif rule.kind is not Kind.ANSWERED:
        error = ERRORS[rule.kind](sentence, rule.remedy, detail)
    return Verdict(rule.name, rule.kind, facts, error, wait, rule.foreign, rule.vague)


def _place(facts: Facts) -> str:
    """The host that a redirect names: no more of it, the rest may hold anything."""
    try:
        host = urlsplit(facts.reply.headers.get("Location", "")).hostname
    except ValueError:
        host = None
    return plain(host)[:100] if host else "another address"
