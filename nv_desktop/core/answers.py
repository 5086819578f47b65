"""The answers of the three calls as values: who was taken, whose profile it is, who is gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nv_desktop.core import strict_json
from nv_desktop.core.errors import AppError, NotFound, Unclear
from nv_desktop.core.facts import Facts, Reply, complaints, plain, take_apart, whole
from nv_desktop.core.fields import Json
from nv_desktop.core.profile import Profile
from nv_desktop.core.verdicts import UNKNOWN, Kind, classify

__all__ = ["BatchAnswer", "Kind", "Reply", "batch_answer", "check_deleted", "read_profile"]


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The outcome of one `user/create`.

    `confirmed`: the sent userIDs that the answer names as done, exactly. `accepted`: the whole batch was
    taken without naming anybody. `queued`: sent userIDs taken, not yet applied. `named`: sent userIDs that
    a refusal names, `reasons` what it says of each. `foreign`: something on the way answered instead of the
    API (a login page, a proxy). `vague`: the server's words, where they speak of a limit that may be that
    of the calls or that of a value (SLOW_DOWN). `error` is None exactly for ANSWERED.
    """

    kind: Kind
    confirmed: frozenset[str] = frozenset()
    accepted: bool = False
    named: frozenset[str] = frozenset()
    message: str = ""
    retry_after: float | None = None
    error: AppError | None = None
    queued: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    foreign: bool = False
    vague: str = ""


# --- user/create -----------------------------------------------------------------------------------------


def batch_answer(reply: Reply, host: str, sent: Collection[str], now: float) -> BatchAnswer:
    """The outcome for the distinct userIDs `sent`. Never raises."""
    users = frozenset(sent)
    verdict = classify(take_apart(reply, host, users), now)
    facts = verdict.facts
    if verdict.kind is Kind.ANSWERED:
        return _taken(facts, users)
    message = verdict.error.message if verdict.error else ""
    reasons = complaints(facts.document, users) if facts.document else {}
    return BatchAnswer(
        verdict.kind,
        named=facts.named if verdict.kind is Kind.REFUSED else frozenset(),
        message=(facts.message or message) if verdict.kind is Kind.REFUSED else message,
        retry_after=verdict.retry_after,
        error=verdict.error,
        reasons=reasons,
        foreign=verdict.foreign,
        vague=facts.message if verdict.vague else "",
    )


def _taken(facts: Facts, users: frozenset[str]) -> BatchAnswer:
    """Success or queued. Confirmed: named exactly. Accepted: counted exactly, with no list and no message."""
    document = facts.document
    reasons = complaints(document, users)
    counted = whole(document.get("processed"))
    if "userIDs" in document:
        listed = document["userIDs"]
        names = {entry for entry in listed if isinstance(entry, str)} if isinstance(listed, list) else set()
        done = (users & names) - reasons.keys()
        if done and facts.says == "queued":
            return BatchAnswer(Kind.ANSWERED, accepted=done == users, queued=done, reasons=reasons)
        if done:
            return BatchAnswer(Kind.ANSWERED, done, named=frozenset(reasons.keys() - names), reasons=reasons)
        return _unclear("The server's answer names none of the users that were sent.")
    if reasons:
        return _unclear("The server's answer does not say which users it took.")
    if facts.says == "queued" and (counted == len(users) or "processed" not in document):
        return BatchAnswer(Kind.ANSWERED, accepted=True, queued=users)
    if facts.says == "success" and counted == len(users) and document.get("message") in (None, ""):
        return BatchAnswer(Kind.ANSWERED, accepted=True)
    return _unclear("The server's answer neither names the users nor counts them as they were sent.")


def _unclear(message: str) -> BatchAnswer:
    sentence = f"{message} {UNKNOWN}"
    return BatchAnswer(Kind.UNCLEAR, message=sentence, error=Unclear(sentence))


# --- user/userData ---------------------------------------------------------------------------------------

_ENVELOPE = frozenset(("status", "status_code", "message", "processed", "userIDs", "data", "nv"))
_ABSENT = re.compile(
    r"not (?:found|exist|present|available|registered)|unknown (?:user|profile)|invalid user ?id"
    r"|no (?:such |matching )?(?:user|profile|record|data|result)|(?:does|do|did)(?: not|n.t) exist",
    re.IGNORECASE,
)


def read_profile(reply: Reply, host: str, user_id: str, now: float) -> Profile:
    """The profile of exactly this user.

    The shape is not documented: the profile may stand at the top, under `data` or `nv`, or as an element of
    a list there; its attributes under `user_attributes` or beside the userID. Raises NotFound, Refused,
    Rejected, SlowDown, Unclear.
    """
    facts = take_apart(reply, host, (user_id,))
    top = _top(reply, facts)
    if _says_absent(facts):
        raise _nobody(user_id)
    if top is None:
        error = classify(facts, now).error
        raise error or Unclear("The server's answer has an unknown form.", "Try again.")
    entries = _entries(top)
    if entries is None:
        raise Unclear(
            "The server answered, but not with a profile.", "Try again.", "no profile in the answer"
        )
    if not entries:
        raise _nobody(user_id)
    told = facts.says == "success"
    return Profile(user_id, _attributes(_of_user(entries, user_id, told), top), now)


def _top(reply: Reply, facts: Facts) -> Json:
    """The value of a good answer (an object or a list), or None."""
    if not facts.fine or (facts.code is not None and not 200 <= facts.code < 300):
        return None
    if facts.document is not None:
        unknown = "status" in facts.document and facts.says == "" and not _profile_like(facts.document)
        return None if facts.says == "error" or unknown else facts.document
    try:
        value = strict_json.read(reply.body)
    except strict_json.UnreadableError:
        return None
    return value if isinstance(value, list) else None


def _profile_like(document: Mapping[str, Json]) -> bool:
    return "userID" in document


def _says_absent(facts: Facts) -> bool:
    """An error that speaks of a missing user, or HTTP 404 from the API itself (a web page is no API)."""
    if facts.says == "error" and classify(facts, 0.0).kind in (Kind.REFUSED, Kind.KEY_REFUSED):
        return facts.code == 404 or bool(_ABSENT.search(facts.message)) or facts.http == 404
    return facts.http == 404 and (facts.empty or facts.document is not None) and facts.says == ""


def _nobody(user_id: str) -> NotFound:
    return NotFound(
        f"The account knows nobody with the user ID “{plain(user_id)}”.",
        "Capitals and blanks count. Saving a new profile creates the user.",
    )


def _entries(top: Json) -> list[Json] | None:
    """The profiles of an answer: [] says that there is none, None that nothing in it looks like one."""
    if isinstance(top, list):
        return top
    if "user_attributes" in top or "userID" in top:
        return [top]
    for name in ("data", "nv"):
        if name in top:
            inner = top[name]
            if isinstance(inner, dict):
                return [inner] if inner else []
            return inner if isinstance(inner, list) else ([] if inner is None else None)
    return None


def _of_user(entries: list[Json], user_id: str, told: bool) -> dict[str, Json]:
    """The entry with this ID; one without any ID only where it is alone. Raises Unclear, NotFound."""
    people = [entry for entry in entries if isinstance(entry, dict)]
    exact = [entry for entry in people if entry.get("userID") == user_id]
    if len(exact) == 1:
        return exact[0]
    others = [entry["userID"] for entry in people if isinstance(entry.get("userID"), str)]
    alone = people[0] if len(people) == len(entries) == 1 and "userID" not in people[0] else None
    # Without any ID it is taken for this user's only where the answer says success or has our shape.
    if alone and (told or "user_attributes" in alone):
        return alone
    for other in others:
        if not exact and other.strip().casefold() == user_id.strip().casefold():
            raise NotFound(
                f"The account knows “{plain(other)}”, which is not exactly “{plain(user_id)}”.",
                "Look that ID up: capitals and blanks count.",
            )
    raise Unclear(
        "The server's answer is about somebody else or about several people.", "Try again.", "wrong userID"
    )


def _attributes(entry: dict[str, Json], top: Json) -> dict[str, Json]:
    nested = entry.get("user_attributes")
    if isinstance(nested, dict):
        return nested
    if nested is None or nested == []:  # an empty list is how some servers write an empty object
        envelope = _ENVELOPE if entry is top else frozenset()
        return {
            name: value
            for name, value in entry.items()
            if name not in ("userID", "user_attributes") and name not in envelope
        }
    raise Unclear("The server's answer holds a profile that cannot be read.", "", "user_attributes")


# --- user/delete -----------------------------------------------------------------------------------------


def check_deleted(reply: Reply, host: str, user_id: str, now: float) -> bool:
    """Whether this user is gone (True) or will be soon (False: the server queued it).

    Raises NotFound, Refused, Rejected, SlowDown, Unclear.
    """
    facts = take_apart(reply, host, (user_id,))
    if _says_absent(facts) and facts.document is not None and facts.message:
        raise _nobody(user_id)
    verdict = classify(facts, now)
    if verdict.error is not None:
        raise verdict.error
    listed = facts.document.get("userIDs", [user_id])
    counted = whole(facts.document.get("processed", 1))
    if not isinstance(listed, list) or user_id not in listed or counted != 1:
        raise Unclear(
            "The server's answer does not say that this profile was deleted.",
            "Look the user up to see.",
            "userIDs or processed do not fit",
        )
    return facts.says == "success"
