"""A client on a bare socket, so that no library between smooths over what the sandbox sends."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote

LIMIT = 20.0  # seconds until a read that never ends fails the test


@dataclass
class Answer:
    """What came until the connection was quiet or gone; `ending` is "kept", "fin" or "rst"."""

    head: bytes
    body: bytes
    ending: str

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def headers(self, name: str) -> list[str]:
        lines = (line.decode("utf-8").partition(":") for line in self.head.split(b"\r\n")[1:])
        return [value for key, _, value in lines if key.lower() == name.lower()]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection. `create`, `delete` and `look_up` send a call and read its answer."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), LIMIT)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sock.close()

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> None:
        fields = {
            "Host": "127.0.0.1",
            "x-api-key": "key",
            "x-brand-id": "1",
            "content-type": "application/json",
            "content-length": str(len(body)),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
        self.sock.sendall(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body)

    def call(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        self.send(method, target, body, **headers)
        return self.read()

    def send_create(self, *user_ids: str, **attributes: object) -> None:
        records = [{"userID": user_id, "user_attributes": attributes} for user_id in user_ids]
        self.send("POST", "/api/v1/user/create", json.dumps({"nv": records}).encode())

    def create(self, *user_ids: str, **attributes: object) -> Answer:
        self.send_create(*user_ids, **attributes)
        return self.read()

    def delete(self, user_id: str) -> Answer:
        body = json.dumps({"nv": [{"userID": user_id}]}).encode()
        return self.call("POST", "/api/v1/user/delete", body)

    def look_up(self, user_id: str) -> Answer:
        return self.call("GET", f"/api/v1/user/userData?userID={quote(user_id, safe='')}")

    def read(self) -> Answer:
        """One answer with a Content-Length, or everything until the other side ends."""
        data = b""
        while True:
            head, found, body = data.partition(b"\r\n\r\n")
            if found and len(body) >= _length(head):
                return Answer(head, body, "kept")
            try:
                part = self.sock.recv(65536)
            except ConnectionError:
                return Answer(head, body, "rst")
            if not part:
                return Answer(head, body, "fin")
            data += part

    def read_all(self) -> tuple[bytes, str]:
        """Every byte until the connection ends, and how it ended."""
        data = b""
        while True:
            try:
                part = self.sock.recv(65536)
            except ConnectionError:
                return data, "rst"
            if not part:
                return data, "fin"
            data += part


def _length(head: bytes) -> float:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return float("inf")
