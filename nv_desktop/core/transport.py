"""One HTTPS call, whole or not at all: a Reply, or a Failure that says what is known of it."""

from __future__ import annotations

import http.client
import logging
import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import truststore
import urllib3

from nv_desktop.core.accounts import loopback
from nv_desktop.core.errors import AppError, Offline, Rejected, Unclear
from nv_desktop.core.facts import Reply, plain
from nv_desktop.core.wire import NoNameError, Resolver, Session, TooBigError, Wire, look_up

CAP = 8 * 2**20  # bytes of an answer's body, packed or unpacked
IDLE = 4.0  # seconds after which a kept connection is not trusted to be alive
CHUNK = 64 * 2**10

UNKNOWN = "Whether the call was carried out is not known."
HERE = "Nothing on this computer answers there: start it, or check the port."
LATER = "Check the internet connection; it can be tried again at any time."


@dataclass(frozen=True, slots=True)
class Failure:
    """No usable answer. `error` is Offline where surely no byte was handed over, else Unclear.

    `name` is stable; `foreign`: something on the way answered in the server's place.
    """

    name: str
    error: AppError
    foreign: bool = False

    @property
    def sent(self) -> bool:
        return isinstance(self.error, Unclear)


# name -> what happened, what to do. {host} {proxy} {seconds} {why}
SENTENCES: Mapping[str, tuple[str, str]] = {
    "name": ("{host} was not found: the network does not know this name.", LATER),
    "refused": ("{host} refused the connection.", LATER),
    "unreachable": ("{host} cannot be reached from this network.", LATER),
    "connect timeout": ("{host} did not take the connection in time.", LATER),
    "tls": (
        "The connection to {host} is not safe: {why}. Nothing was sent.",
        "On a company network ask for its certificate to be installed; in a café or train, sign in first.",
    ),
    "proxy": ("The proxy {proxy} cannot be reached.", "Check the proxy in Settings."),
    "proxy sign-in": (
        "The proxy {proxy} asks for a name and a password, which NV Desktop does not support.",
        "Ask for a proxy without a sign-in, or leave the field empty in Settings.",
    ),
    "proxy refused": (
        "The proxy {proxy} does not let calls through to {host} ({why}).",
        "Ask whoever runs the proxy to allow {host}.",
    ),
    "proxy garbage": ("What stands at {proxy} is not a proxy.", "Check the proxy in Settings."),
    "broken before": ("The connection to {host} broke before anything was sent.", LATER),
    "timeout": ("{host} gave no whole answer within {seconds:.0f} seconds. " + UNKNOWN, ""),
    "broken": ("The connection to {host} broke before the answer was whole. " + UNKNOWN, ""),
    "garbage": ("What {host} answered is not HTTP. " + UNKNOWN, ""),
    "too big": ("The answer of {host} is far too long and was not read to its end. " + UNKNOWN, ""),
    "encoding": ("The answer of {host} is packed in a way that cannot be read. " + UNKNOWN, ""),
}

TLS_REASONS: Mapping[int, str] = {  # OpenSSL's verify codes, x509_vfy.h
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "it shows a certificate that it made itself",
    19: "its certificate comes from an authority that this computer does not trust",
    20: "its certificate comes from an authority that this computer does not trust",
    21: "its certificate comes from an authority that this computer does not trust",
    23: "its certificate was withdrawn",
    62: "its certificate is for another server",
    64: "its certificate is for another server",
}
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


def check_proxy(text: str) -> str:
    """A proxy as it is used: http://host:port, or "" for none. Raises Rejected."""
    stripped = text.strip().rstrip("/")
    if not stripped:
        return ""
    if "://" not in stripped:
        stripped = "http://" + stripped
    try:
        parts = urlsplit(stripped)
        fine = parts.scheme == "http" and parts.hostname and parts.port and not parts.path and not parts.query
        fine = fine and not any(char.isspace() for char in parts.netloc)
    except ValueError:
        parts, fine = urlsplit(""), False
    if parts.username is not None or parts.password is not None:
        raise Rejected("A proxy with a name and a password is not supported.", "Give host and port only.")
    if not fine:
        raise Rejected(
            "This is not a proxy that can be used.",
            "Give it as proxy.example.com:8080; automatic configuration (PAC) is not supported.",
        )
    return stripped


def system_trust() -> ssl.SSLContext:
    """TLS that trusts whom this computer trusts."""
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def quiet_libraries() -> None:
    """Keep urllib3's log lines, which hold addresses and with them user IDs, from every log."""
    log = logging.getLogger("urllib3")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())


class Transport:
    """Calls to one server. Thread-safe: a session a thread. Deadlines in seconds, for the whole call."""

    def __init__(
        self,
        base_url: str,
        *,
        deadline: float = 60.0,
        connect: float = 10.0,
        proxy: str = "",
        tls: ssl.SSLContext | None = None,
        resolver: Resolver = look_up,
    ) -> None:
        quiet_libraries()
        self._base = base_url
        self.host = urlsplit(base_url).hostname or ""
        self._deadline = deadline
        self._connect = connect
        self._proxy = proxy
        self._tls = tls if tls is not None else system_trust()
        self._resolver = resolver
        self._threads = threading.local()
        self._sessions: list[Session] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every connection; calls under way end as broken."""
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()

    def call(
        self,
        method: str,
        path: str,
        headers: Callable[[], Mapping[str, str]],
        body: bytes | None = None,
        *,
        fresh: bool = False,
    ) -> Reply | Failure:
        """One call, never repeated, never redirected. `headers` is asked last: the key lives short.

        `fresh` opens a new connection: a kept one may have died unseen, which makes the outcome unclear.
        """
        session, wire = self._mine(fresh)
        wire.begin(self._deadline)
        try:
            outcome: Reply | BaseException = self._exchange(session, method, path, headers, body)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as problem:
            outcome = problem
        except (OSError, ValueError, http.client.HTTPException) as problem:
            outcome = problem  # requests lets some of urllib3's and http.client's pass
        self._threads.used = time.monotonic()
        if isinstance(outcome, Reply):
            return outcome
        session.close()
        # The libraries' exceptions hold the request and so the key: only names and numbers leave here.
        return self._failure(outcome, wire)

    def _mine(self, fresh: bool) -> tuple[Session, Wire]:
        mine = self._threads
        if not hasattr(mine, "session"):
            mine.wire = Wire(self._connect, self._resolver)
            mine.session = Session(mine.wire, self._tls)
            with self._lock:
                self._sessions.append(mine.session)
        elif fresh or time.monotonic() - mine.used > IDLE:
            mine.session.close()
        return mine.session, mine.wire

    def _exchange(
        self,
        session: Session,
        method: str,
        path: str,
        headers: Callable[[], Mapping[str, str]],
        body: bytes | None,
    ) -> Reply:
        request = requests.Request(method, self._base + path, data=body, headers=dict(headers())).prepare()
        secure = self._base.startswith("https:")
        response = session.send(
            request,
            stream=True,
            timeout=self._deadline,  # per read; the wire keeps the whole
            verify=True,
            proxies={"https": self._proxy} if self._proxy and secure else {},
            allow_redirects=False,
        )
        with response:
            data = b"".join(_capped(response.raw.stream(CHUNK, decode_content=False)))
        return Reply(response.status_code, response.headers, unpack(data, response.headers))

    def _failure(self, problem: BaseException, wire: Wire) -> Failure:
        causes = list(_causes(problem))
        name, why = (
            _unsent(wire.stage, causes, bool(self._proxy)) if not wire.written else (_unclear(causes), "")
        )
        message, remedy = SENTENCES[name]
        if name == "refused" and loopback(self.host):
            remedy = HERE
        words = {
            "host": self.host,
            "proxy": urlsplit(self._proxy).netloc,
            "seconds": self._deadline,
            "why": why,
        }
        kind = Unclear if wire.written else Offline
        detail = f"{name} at {wire.stage}: " + " < ".join(type(cause).__name__ for cause in causes[:6])
        return Failure(
            name, kind(message.format(**words), remedy.format(**words), detail), name.startswith("proxy")
        )


def _capped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > CAP:
            raise TooBigError("too long")
        yield chunk


def unpack(data: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its Content-Encoding. Raises TooBigError, ValueError (unknown, damaged or cut).

    None was asked for, but some servers and proxies pack all the same.
    """
    encoding = headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity") or not data:
        return data
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError("unknown packing")
    unpacker = zlib.decompressobj(wbits=47)  # gzip or zlib, as its head says
    try:
        body = unpacker.decompress(data, CAP + 1)
    except zlib.error:
        raise ValueError("damaged packing") from None
    if len(body) > CAP:
        raise TooBigError("too long")
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("packing cut or with an end that is none of it")
    return body


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, however requests and urllib3 wrapped it."""
    seen: set[int] = set()
    waiting: list[object] = [problem]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


def _has(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _unsent(stage: str, causes: list[BaseException], proxied: bool) -> tuple[str, str]:
    """The name in SENTENCES, and the reason, of a call of which nothing was handed over."""
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return "tls", _tls_reason(cause)
    if proxied and stage in ("name", "connect"):
        return "proxy", ""
    if proxied and stage == "secure":
        codes = [match[1] for cause in causes if (match := _TUNNEL.search(str(cause)))]
        if codes:
            return ("proxy sign-in" if codes[0] == "407" else "proxy refused"), f"it answered {codes[0]}"
        return "proxy garbage", ""
    if _has(causes, NoNameError):
        return "name", ""
    if _has(causes, TimeoutError, urllib3.exceptions.TimeoutError):
        return ("name" if stage == "name" else "connect timeout"), ""
    if stage == "connect":
        return ("refused" if _has(causes, ConnectionRefusedError) else "unreachable"), ""
    return "broken before", ""


def _tls_reason(problem: ssl.SSLError) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return TLS_REASONS.get(problem.verify_code, "its certificate could not be verified")
    if problem.reason:
        return f"the handshake failed ({plain(problem.reason).lower().replace('_', ' ')})"
    return "the handshake failed"


def _unclear(causes: list[BaseException]) -> str:
    """The name in SENTENCES of a call that was handed over, in part or whole."""
    if _has(causes, TooBigError):
        return "too big"
    if _has(causes, TimeoutError, urllib3.exceptions.TimeoutError):
        return "timeout"
    if _has(causes, urllib3.exceptions.IncompleteRead, http.client.IncompleteRead):
        return "broken"
    if _has(causes, ConnectionError, ssl.SSLError, urllib3.exceptions.InvalidChunkLength):
        return "broken"
    if _has(causes, http.client.HTTPException, urllib3.exceptions.HTTPError):
        return "garbage"
    return "encoding" if _has(causes, ValueError) else "broken"
