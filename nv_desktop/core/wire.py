"""Sockets for requests on which a whole call has one deadline, one size, and a count of what was handed over.

requests' own timeout is per read, so a dripping server holds a call for ever; its exceptions do not tell
whether a byte of the request left. Here every read and write gets what is left of the call's time, the name
look-up included, and `Wire` knows how far the call came.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import requests
import requests.adapters
import urllib3

from nv_desktop.core.mailbox import Mailbox

Address = tuple[Any, ...]
Resolver = Callable[[str, int], list[Address]]
RAW_CAP = 9 * 2**20  # bytes of one answer on the line, head and framing included


class TooBigError(OSError):
    """The answer is longer than any answer of this API."""


class NoNameError(OSError):
    """The host's name has no address."""


def look_up(host: str, port: int) -> list[Address]:
    """The addresses of a host, as the system finds them. Blocks without limit; raises socket.gaierror."""
    return list(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))


class Wire:
    """How far the call of one thread has come. `stage`: idle, name, connect, secure, ready, sent."""

    def __init__(self, connect_limit: float, resolver: Resolver = look_up) -> None:
        self.stage = "idle"
        self.written = 0  # bytes of the request that the system took
        self._connect_limit = connect_limit
        self._resolver = resolver
        self._ends = 0.0
        self._received = 0
        self.ended = False  # the server closed its side

    def begin(self, seconds: float) -> None:
        """A new call that must end within so many seconds."""
        self.stage, self.written, self._received, self.ended = "idle", 0, 0, False
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds of the call. Raises TimeoutError when none are left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call's time is over")
        return left

    def open(self, host: str, port: int) -> socket.socket:
        """A connection to the first address that takes one, within the time for connecting. Raises OSError.

        The socket's timeout is what remains of that time: a TLS handshake is part of connecting.
        """
        ends = time.monotonic() + min(self._connect_limit, self.left)
        self.stage = "name"
        addresses = self._addresses(host, port, ends)
        self.stage = "connect"
        problem: OSError = NoNameError("no address")
        for number, (family, kind, protocol, _, address) in enumerate(addresses):
            share = (ends - time.monotonic()) / (len(addresses) - number)
            if share <= 0:
                raise TimeoutError("no connection in time")
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(share)
                line.connect(address)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                line.settimeout(max(ends - time.monotonic(), 0.001))
            except OSError as refused:
                line.close()
                problem = refused
                continue
            self.stage = "secure"
            return line
        raise problem

    def _addresses(self, host: str, port: int, ends: float) -> list[Address]:
        """Ask in a thread that is left behind when the time is over: nothing can interrupt a look-up."""
        found: Mailbox[list[Address]] = Mailbox()

        def ask() -> None:
            try:
                found.put(self._resolver(host, port))
            except (OSError, UnicodeError):
                found.put([])

        if host.replace(".", "").isdigit() or ":" in host:
            ask()  # an address needs no asking
        else:
            threading.Thread(target=ask, name="look-up of a host", daemon=True).start()
        addresses = found.get(ends - time.monotonic())
        if addresses is None:
            raise TimeoutError("the name was not found in time")
        if not addresses:
            raise NoNameError("no address")
        return addresses

    def write(self, line: socket.socket, data: bytes) -> None:
        """Hand over bytes of the request, counting those that the system took."""
        rest = memoryview(data)
        while rest:
            line.settimeout(self.left)
            taken = line.send(rest)
            self.written += taken
            self.stage = "sent"
            rest = rest[taken:]

    def read_into(self, line: socket.socket, raw: io.RawIOBase, buffer: memoryview) -> int:
        """Read what has come, within the call's time and size."""
        line.settimeout(self.left)
        got: int = raw.readinto(buffer) or 0
        self._received += got
        self.ended = not got
        if self._received > RAW_CAP:
            raise TooBigError("more than an answer holds")
        return got


class _Incoming(io.RawIOBase):
    """The reading end of a connection under the wire's deadline and cap."""

    def __init__(self, line: socket.socket, wire: Wire) -> None:
        self._line = line
        self._wire = wire
        self._raw = line.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.read_into(self._line, self._raw, memoryview(buffer))

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """http.client's answer over `_Incoming`: also used for a proxy's answer to CONNECT."""

    def __init__(self, sock: socket.socket, *args: Any, wire: Wire, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_Incoming(sock, wire))
        self._wire = wire

    def begin(self) -> None:
        """http.client takes the end of the connection for the end of the headers: a cut answer is none."""
        super().begin()
        if self._wire.ended:
            raise http.client.IncompleteRead(b"")


class _Connection(urllib3.connection.HTTPConnection):
    """A connection that opens, writes and reads through its wire."""

    wire: Wire

    def watch(self, wire: Wire) -> None:
        self.wire = wire
        self.response_class = partial(_Answer, wire=wire)  # type: ignore[assignment]  # only ever called
        self._connecting = False

    def _new_conn(self) -> socket.socket:
        # OSErrors go up as they are: the wire's stage says what they mean.
        return self.wire.open(self._dns_host, self.port or self.default_port)

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False
        self.wire.stage = "ready"

    def send(self, data: Any) -> None:
        if self._connecting:  # CONNECT to a proxy: no byte of the request
            super().send(data)
            return
        if self.sock is None:
            self.connect()
        self.wire.write(self.sock, data)


class _SecureConnection(_Connection, urllib3.connection.HTTPSConnection):
    """The same over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection
    wire: Wire

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        assert isinstance(connection, _Connection)
        connection.watch(self.wire)
        return connection


class _SecurePool(_Pool, urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Manager(urllib3.PoolManager):
    """Makes watched pools."""

    wire: Wire

    def _new_pool(self, scheme: str, host: str, port: int, request_context: Any = None) -> Any:
        self.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        pool = super()._new_pool(scheme, host, port, request_context)
        assert isinstance(pool, _Pool)
        pool.wire = self.wire
        return pool


class _ProxyManager(_Manager, urllib3.ProxyManager):
    """The same behind a proxy: CONNECT, then TLS to the server itself."""


class Adapter(requests.adapters.HTTPAdapter):
    """requests' door to the wire. Never retries; trusts whom the given TLS context trusts, nobody else."""

    def __init__(self, wire: Wire, tls: ssl.SSLContext) -> None:
        self._wire = wire
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        manager = _Manager(num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._tls)
        manager.wire = self._wire
        self.poolmanager = manager

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy not in self.proxy_manager:
            manager = _ProxyManager(proxy, num_pools=1, maxsize=1, ssl_context=self._tls)
            manager.wire = self._wire
            self.proxy_manager[proxy] = manager
        return self.proxy_manager[proxy]

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """requests would add its own list of authorities to the system's: leave the context as it is."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = conn.ca_cert_dir = None


class Session(requests.Session):
    """A session of one thread that looks at no environment and follows nowhere."""

    def __init__(self, wire: Wire, tls: ssl.SSLContext) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", Adapter(wire, tls))
        self.mount("http://", Adapter(wire, tls))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: requests would read the whole body to prepare a redirect that is never followed."""
