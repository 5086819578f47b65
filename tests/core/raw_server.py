"""A server on a bare socket: does exactly what a test tells it, and keeps every byte it was sent."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType

LIMIT = 20.0  # seconds until a server that nobody talks to gives up
Script = Callable[["RawServer", socket.socket, int], None]


class RawServer:
    """`with RawServer(script) as server`: `script(server, connection, number)` runs for each connection.

    The connection is closed when the script returns. `received` holds the bytes of each connection,
    `stopping` is set when the test is over: scripts that hold a connection wait for it.
    """

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.received: list[bytes] = []
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        return len(self.received)

    def __enter__(self) -> RawServer:
        accepting = threading.Thread(target=self._accept)
        self._threads.append(accepting)
        accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # ended already
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(LIMIT)
            self.received.append(b"")
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, len(self.received) - 1))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self._script(self, connection, number)
        except OSError:
            pass  # the client left, which is what some tests are about
        finally:
            connection.close()

    def read(self, connection: socket.socket, number: int) -> bytes:
        """One request, head and body; b"" when the client closed the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return b""
            self.received[number] += more
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ]
        while len(body) < sum(lengths):
            more = connection.recv(65536)
            if not more:
                return b""
            self.received[number] += more
            body += more
        return head + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """End a connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def http(body: bytes, status: int = 200, **headers: str) -> bytes:
    """A whole answer with Content-Length."""
    lines = [f"HTTP/1.1 {status} Whatever", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answering(*answers: bytes) -> Script:
    """A script that answers the first requests with these, whatever the connection, then repeats the last."""
    served: list[bytes] = []

    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        while server.read(connection, number):
            served.append(b"")
            connection.sendall(answers[min(len(served), len(answers)) - 1])

    return script
