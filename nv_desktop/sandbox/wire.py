"""HTTP/1.1 on one socket: reading requests, and delivering answers whole, slowly, cut short or not at all."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

MAX_HEAD = 64 * 1024
MAX_BODY = 16 * 1024 * 1024

Ending = str  # "keep" the connection, "fin", "rst", or "hang": hold it until the client leaves


class ClientLeftError(Exception):
    """The other side closed or reset the connection."""


class BadRequestError(Exception):
    """What came is not a request this server reads; `status` is what to answer before closing."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first line and headers; header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    keep_alive: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before anything is done to it on the way out."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reply and how it travels.

    `raw` is sent in place of the reply, without being HTTP. `cut_at` counts bytes from the start of the
    answer (of the body when `cut_in_body`); a negative number counts from the end. `bytes_per_second` None =
    at once. `declared` is the Content-Length told, whatever the body is. `silent` sends nothing at all.
    """

    reply: Reply
    raw: bytes | None = None
    silent: bool = False
    chunked: bool = False
    declared: int | None = None
    cut_at: int | None = None
    cut_in_body: bool = False
    bytes_per_second: float | None = None
    ending: Ending = "keep"

    def encoded(self) -> bytes:
        """The bytes that will be sent."""
        if self.silent:
            return b""
        if self.raw is not None:
            return self.raw
        whole, body_start = _encode(self)
        return whole if self.cut_at is None else whole[: _cut_position(self, len(whole), body_start)]

    @property
    def told_status(self) -> int | None:
        """The HTTP status the client can learn from a complete answer; None when it is dropped on purpose."""
        if self.silent or self.raw is not None:
            return None
        if self.cut_at is not None:
            whole, body_start = _encode(self)
            if _cut_position(self, len(whole), body_start) < len(whole):
                return None
        return self.reply.status


def _cut_position(delivery: Delivery, length: int, body_start: int) -> int:
    at = delivery.cut_at or 0
    if delivery.cut_at is not None and at < 0:
        return max(0, length + at)
    return min(length, at + (body_start if delivery.cut_in_body else 0))


def _encode(delivery: Delivery) -> tuple[bytes, int]:
    reply = delivery.reply
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unnamed"
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in reply.headers)]
    if delivery.chunked:
        lines.append("Transfer-Encoding: chunked")
    else:
        length = len(reply.body) if delivery.declared is None else delivery.declared
        lines.append(f"Content-Length: {length}")
    if delivery.ending != "keep":
        lines.append("Connection: close")
    head = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n"
    return head + (_in_chunks(reply.body) if delivery.chunked else reply.body), len(head)


def _in_chunks(body: bytes, size: int = 64) -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@dataclass(slots=True)
class Connection:
    """One client's socket. Used by one thread only; `stopping` ends every pause."""

    sock: socket.socket
    stopping: threading.Event
    _buffer: bytearray = field(default_factory=bytearray)

    def read_head(self) -> Head | None:
        """The next request's head; None when the client closed between two requests."""
        end = self._buffer.find(b"\r\n\r\n")
        while end < 0:
            if len(self._buffer) > MAX_HEAD:
                raise BadRequestError(431, "The headers are too large")
            if not self._receive():
                if self._buffer:
                    raise ClientLeftError
                return None
            end = self._buffer.find(b"\r\n\r\n")
        text = bytes(self._buffer[:end]).decode("latin-1")
        del self._buffer[: end + 4]
        return _parse_head(text)

    def read_body(self, head: Head) -> bytes:
        """The request's body; needs a Content-Length of at most `MAX_BODY` bytes."""
        if "transfer-encoding" in head.headers:
            raise BadRequestError(411, "A Content-Length is needed")
        told = head.headers.get("content-length", "0")
        if not (told.isascii() and told.isdigit()):
            raise BadRequestError(400, "The Content-Length is not a number")
        length = int(told)
        if length > MAX_BODY:
            raise BadRequestError(413, "The body is too large")
        if head.headers.get("expect", "").lower() == "100-continue":
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self._buffer) < length:
            if not self._receive():
                raise ClientLeftError
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def deliver(self, delivery: Delivery) -> bool:
        """Send what there is to send and end as told; True when another request can follow."""
        data = delivery.encoded()
        if delivery.bytes_per_second is None:
            self._send(data)
        else:
            self._drip(data, delivery.bytes_per_second)
        if delivery.ending == "hang":
            self.wait_until_left()
        if delivery.ending == "rst":
            self.reset()
        return delivery.ending == "keep"

    def wait_until_left(self) -> None:
        """Swallow whatever comes until the client closes."""
        while self._receive():
            self._buffer.clear()

    def reset(self) -> None:
        """Close with RST in place of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _drip(self, data: bytes, bytes_per_second: float) -> None:
        began = time.monotonic()
        for position in range(len(data)):
            due = began + position / bytes_per_second
            if self.stopping.wait(max(0.0, due - time.monotonic())):
                raise ClientLeftError
            self._send(data[position : position + 1])

    def _send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise ClientLeftError from error

    def _receive(self) -> bool:
        try:
            data = self.sock.recv(256 * 1024)
        except OSError as error:
            raise ClientLeftError from error
        self._buffer += data
        return bool(data)


def _parse_head(text: str) -> Head:
    first, *lines = text.split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequestError(400, "The request line is not HTTP/1")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name:
            raise BadRequestError(400, "A header has no colon")
        headers[name.lower()] = value.strip()
    path, _, query = parts[1].partition("?")
    told = headers.get("connection", "keep-alive" if parts[2] == "HTTP/1.1" else "close")
    return Head(parts[0], path, query, headers, told.lower() != "close")
