"""What an answer of the server says, taken apart once; nothing here judges it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nv_desktop.core import strict_json
from nv_desktop.core.fields import Json


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer as it came: HTTP status, headers (any case), body of at most 8 MiB."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer says, taken apart once: the conditions of the table look at nothing else."""

    reply: Reply
    host: str
    document: Json = None  # the JSON object, or None
    unreadable: str = ""  # why the body is no JSON object; "" where it is one
    html: bool = False
    named: frozenset[str] = frozenset()

    @property
    def http(self) -> int:
        return self.reply.status

    @property
    def fine(self) -> bool:
        return 200 <= self.http < 300

    @property
    def empty(self) -> bool:
        return not self.reply.body.strip()

    @property
    def from_api(self) -> bool:
        """Nothing, or a JSON object: not a page that something on the way has put in."""
        return self.empty or self.document is not None

    @property
    def says(self) -> str:
        """The `status` of the body: success, queued, error; anything else is ""."""
        status = self.document.get("status") if isinstance(self.document, dict) else None
        return status if isinstance(status, str) and status in ("success", "queued", "error") else ""

    @property
    def code(self) -> int | None:
        """The `status_code` of the body; it can differ from the HTTP status."""
        return whole(self.document.get("status_code")) if isinstance(self.document, dict) else None

    @property
    def message(self) -> str:
        """The server's own words, fit to be shown: at most 300 printable characters."""
        text = self.document.get("message") if isinstance(self.document, dict) else None
        return plain(text) if isinstance(text, str) else ""


def whole(value: Json) -> int | None:
    """A count or code, as a number or as ASCII digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None


def plain(text: str) -> str:
    visible = "".join(char if char.isprintable() else " " for char in text[:301])
    return visible if len(text) <= 300 else visible[:300] + "…"


_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|!--|\?xml|title|meta)", re.IGNORECASE
)


def take_apart(reply: Reply, host: str, sent: Collection[str] = ()) -> Facts:
    """The facts of an answer to a call about the users `sent`."""
    html = bool(_HTML.match(reply.body[:512]))
    try:
        document = strict_json.read(reply.body)
    except strict_json.UnreadableError as problem:
        return Facts(reply, host, None, str(problem), html)
    if not isinstance(document, dict):
        return Facts(reply, host, None, "it is no JSON object", html)
    facts = Facts(reply, host, document)
    named = frozenset() if facts.says != "error" else named_in(facts.message, sent)
    return Facts(reply, host, document, "", False, named | complaints(document, sent).keys())


def named_in(message: str, sent: Collection[str]) -> frozenset[str]:
    """The sent userIDs that a message names: after the word userID, or in quotation marks; the longest fits.

    Nowhere else: “12” in “record 12 is invalid” is no user.
    """
    if len(message) > 2000:
        return frozenset()
    found = set()
    for match in re.finditer(r"user_?ids?\W{0,3}?[\s:=]+[\"'“‘`]?|[\"'“‘`]", message, re.IGNORECASE):
        rest = message[match.end() :]
        fits = [user_id for user_id in sent if rest.startswith(user_id) and _ends(rest[len(user_id) :])]
        if fits:
            found.add(max(fits, key=len))
    return frozenset(found)


def _ends(rest: str) -> bool:
    return not rest or rest[0] in " \t\n\"'”’`,;:)]}" or rest == "." or rest.startswith(". ")


def complaints(document: Mapping[str, Json], sent: Collection[str]) -> dict[str, str]:
    """What an answer says against single users: a list `errors`, `failed` or `invalid` of IDs or objects."""
    found = {}
    for name in ("errors", "failed", "invalid"):
        entries = document.get(name)
        for entry in entries if isinstance(entries, list) else ():
            user_id = entry.get("userID") if isinstance(entry, dict) else entry
            if isinstance(user_id, str) and user_id in sent:
                text = entry.get("message") if isinstance(entry, dict) else None
                found[user_id] = plain(text) if isinstance(text, str) else ""
    return found
