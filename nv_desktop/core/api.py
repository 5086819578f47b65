"""The users API as a Client: every outcome of a call becomes a value or an AppError.

`ENDPOINTS` is all that is assumed of the calls' addresses, methods and bodies (users reference and
getting-started guide); `answers` holds what is assumed of their answers.
"""

from __future__ import annotations

import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from nv_desktop import __version__
from nv_desktop.core.accounts import Account, check_host, loopback
from nv_desktop.core.answers import BatchAnswer, Kind, batch_answer, check_deleted, read_profile
from nv_desktop.core.errors import NotFound, Rejected, SlowDown, Stopped, Unclear
from nv_desktop.core.facts import Reply
from nv_desktop.core.fields import OPT_INS
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Key, Limiter
from nv_desktop.core.profile import Profile
from nv_desktop.core.transport import Failure, Transport, check_proxy
from nv_desktop.core.verdicts import UNKNOWN
from nv_desktop.core.wire import Resolver, look_up

__all__ = ["ENDPOINTS", "BatchAnswer", "Client", "Endpoint", "Kind", "Record"]

Record = Mapping[str, Any]  # {"userID": "…", "user_attributes": {…}}
BATCH = 100  # profiles a call (users reference)
USER_AGENT: Final = f"NV-Desktop/{__version__}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A call: `path` under the host, `body` from its arguments (None: in the address), `fresh`: on a new
    connection, because it is never repeated."""

    path: str
    method: str
    body: Callable[[Any], dict[str, Any]] | None = None
    query: Callable[[Any], str] | None = None
    fresh: bool = False


ENDPOINTS: Mapping[str, Endpoint] = {
    "send": Endpoint("user/create", "POST", body=lambda records: {"nv": list(records)}),
    "delete": Endpoint(
        "user/delete", "POST", body=lambda user_id: {"nv": [{"userID": user_id}]}, fresh=True
    ),  # method and body assumed
    "look up": Endpoint(
        "user/userData", "GET", query=lambda user_id: "?userID=" + quote(user_id, safe="")
    ),  # method and parameter assumed
}


class Client:
    """Calls for one account. Thread-safe: a session a thread; every call waits for its turn at the limiter.

    `base_url` stands in for the account's host (the sandbox tells its own); plain http is taken on this
    computer only. `deadline` and `connect` are seconds for a whole call and for its connection. `stop` ends
    the waiting for a turn with `Stopped`.
    """

    def __init__(
        self,
        account: Account,
        secret: Secret,
        limiter: Limiter,
        *,
        base_url: str | None = None,
        deadline: float = 60.0,
        connect: float = 10.0,
        proxy: str = "",
        opt_in_as_strings: bool = True,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver = look_up,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account = account
        self._secret = secret
        self._limiter = limiter
        self._base = check_host(base_url or account.host, local=True)
        host = urlsplit(self._base).hostname or ""
        if account.is_sandbox and not loopback(host):
            raise Rejected("The sandbox runs on this computer only; nothing was sent.")
        if self._base.startswith("http:") and not (account.is_sandbox or base_url):
            raise Rejected("The address of this account must begin with https://.")
        self._opt_in_as_strings = opt_in_as_strings
        self._clock = clock
        self._transport = Transport(
            self._base,
            deadline=deadline,
            connect=connect,
            proxy="" if loopback(host) else check_proxy(proxy),
            tls=tls,
            resolver=resolver,
        )

    @property
    def host(self) -> str:
        return self._transport.host

    def close(self) -> None:
        """Close every connection. Calls under way end as unclear."""
        self._transport.close()

    def limit_key(self, call: str) -> Key:
        """The budget that a call draws on: `call` is a name in ENDPOINTS."""
        return (urlsplit(self._base).netloc, str(self.account.brand_id), ENDPOINTS[call].path)

    def budget(self) -> tuple[int, int]:
        """Calls for sending that could be made now, and the limit of a minute; (0, 0): no limit."""
        return self._limiter.budget(self.limit_key("send"))

    def held_for(self) -> float:
        """Seconds for which the server has asked for quiet, whichever window or command it told; 0: none."""
        return max(self._limiter.countdown(self.limit_key(call)) for call in ENDPOINTS)

    def send_batch(
        self,
        records: Sequence[Record],
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> BatchAnswer:
        """Create or update 1 to 100 profiles, one record a user. Every outcome is a value.

        `ready` is called when the call's turn has come, before its first byte: there the engine writes its
        durable mark, so that nothing stands as sending while it only waits. False means: do not send.

        Raises Rejected only for what must never be sent (a guarded account, an empty or too large batch, a
        user twice) and Stopped while it waits for its turn, or when `ready` says no.
        """
        self._guard("write", self.account.read_only)
        users = [record["userID"] for record in records]
        if not 0 < len(users) <= BATCH or len(set(users)) != len(users):
            raise Rejected(f"A call takes 1 to {BATCH} users, each once.")
        outcome = self._call("send", [self._edge(record) for record in records], stop, ready=ready)
        if isinstance(outcome, Failure):
            kind = Kind.UNCLEAR if outcome.sent else Kind.NOT_SENT
            return BatchAnswer(
                kind, message=outcome.error.message, error=outcome.error, foreign=outcome.foreign
            )
        answer = batch_answer(outcome, self.host, users, self._clock())
        if answer.kind is Kind.SLOW_DOWN and not answer.vague:  # others need not wait for a word in doubt
            self._limiter.learn(self.limit_key("send"), answer.retry_after)
        return answer

    def get_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        rank: int = 0,
    ) -> Profile:
        """Read one profile. `front`: a person waits, go before the bulk reads; of these the lowest `rank`.

        Raises NotFound, Offline, Refused, Rejected, SlowDown, Unclear, Stopped.
        """
        try:
            reply = self._reply("look up", user_id, stop, front, rank=rank)
            with _Learning(self, "look up"):
                return read_profile(reply, self.host, user_id, self._clock())
        except Unclear as problem:  # a reading that failed leaves nothing in doubt but the answer
            problem.message = problem.message.replace(f" {UNKNOWN}", "")
            problem.remedy = problem.remedy or "Try again."
            raise

    def delete_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> bool:
        """Delete one profile, once: True when it is gone, False when the server has queued it.

        `ready` as in `send_batch`. Raises NotFound, Offline, Refused, Rejected, SlowDown, Stopped (nothing
        was sent), Unclear; never to be repeated blindly.
        """
        self._guard("delete", self.account.read_only or self.account.no_delete)
        reply = self._reply("delete", user_id, stop, front, ready)
        with _Learning(self, "delete"):
            return check_deleted(reply, self.host, user_id, self._clock())

    def test_key(self) -> str:
        """One sentence saying that key and brand work, found by looking up an ID nobody has. Changes nothing.

        Raises Offline, Refused, SlowDown, Unclear.
        """
        nobody = f"nv-desktop-test-{secrets.token_hex(8)}"
        try:
            self.get_profile(nobody)
        except NotFound:
            pass
        except Rejected as problem:
            return f"The key was accepted; the server answered a look-up with: {problem.message}"
        return f"The key works for brand {self.account.brand_id} on {self.host}."

    def _guard(self, what: str, guarded: bool) -> None:
        if guarded:
            raise Rejected(
                f"The account “{self.account.name}” is set so that NV Desktop does not {what} here.",
                "Its switches are in Accounts.",
            )

    def _edge(self, record: Record) -> Record:
        """The record as the account wants its opt-ins: strings as in the documentation, or whole numbers."""
        attributes = record["user_attributes"]
        if self._opt_in_as_strings or not any(attributes.get(name) in ("0", "1", "2") for name in OPT_INS):
            return record
        numbers = {name: int(attributes[name]) for name in OPT_INS if attributes.get(name) in ("0", "1", "2")}
        return {**record, "user_attributes": {**attributes, **numbers}}

    def _reply(
        self,
        call: str,
        user_id: str,
        stop: threading.Event | None,
        front: bool,
        ready: Callable[[], bool] | None = None,
        rank: int = 0,
    ) -> Reply:
        if not user_id or any("\ud800" <= char <= "\udfff" for char in user_id):
            raise Rejected("This is not a user ID.", "A user ID has 1 to 100 characters.")
        outcome = self._call(call, user_id, stop, front, ready, rank)
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    def _call(
        self,
        call: str,
        argument: Any,
        stop: threading.Event | None,
        front: bool = False,
        ready: Callable[[], bool] | None = None,
        rank: int = 0,
    ) -> Reply | Failure:
        endpoint = ENDPOINTS[call]
        path = endpoint.path + (endpoint.query(argument) if endpoint.query else "")
        body = None
        if endpoint.body:
            try:
                text = json.dumps(
                    endpoint.body(argument), ensure_ascii=False, allow_nan=False, separators=(",", ":")
                )
                body = text.encode("utf-8")
            except ValueError:  # NaN, half a character: the fields' rules let neither through
                raise Rejected("A value cannot be written as JSON; nothing was sent.") from None
        with self._limiter.slot(self.limit_key(call), front, stop, rank):
            if ready is not None and not ready():
                raise Stopped("The call was called off before it began.")
            return self._transport.call(endpoint.method, path, self._headers, body, fresh=endpoint.fresh)

    def _headers(self) -> dict[str, str]:
        return {
            "x-api-key": self._secret.reveal(),
            "x-brand-id": str(self.account.brand_id),
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": USER_AGENT,
        }


class _Learning:
    """Tells the limiter when a look-up or a delete was answered with "too many calls"."""

    def __init__(self, client: Client, call: str) -> None:
        self._client = client
        self._call = call

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, SlowDown):
            self._client._limiter.learn(self._client.limit_key(self._call), problem.retry_after)
