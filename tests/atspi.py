"""Reads and drives a running application as a screen reader does: AT-SPI over D-Bus, in pure Python."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from jeepney import DBusAddress, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

INTERFACE = "org.a11y.atspi."
TABLES = ("table", "tree", "tree table")
STEP = 0.05  # seconds between two looks; the tree has no signal that says "all is there"


class Node:
    """One accessible object; it raises RuntimeError when the application has dropped it."""

    def __init__(self, connection: DBusConnection, bus: str, path: str) -> None:
        self._connection, self._bus, self._path = connection, bus, path

    def _address(self, interface: str) -> DBusAddress:
        return DBusAddress(self._path, bus_name=self._bus, interface=INTERFACE + interface)

    def _send(self, message: Any, what: str) -> Any:
        reply = self._connection.send_and_get_reply(message, timeout=10)
        if reply.header.message_type.name == "error":
            raise RuntimeError(f"{what}: {reply.body}")
        return reply.body

    def _call(
        self, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = ()
    ) -> Any:
        message = new_method_call(self._address(interface), method, signature, body)
        return self._send(message, f"{interface}.{method}")

    def _get(self, interface: str, name: str) -> Any:
        message = Properties(self._address(interface)).get(name)
        return self._send(message, f"{interface}.{name}")[0][1]

    @property
    def name(self) -> str:
        return str(self._get("Accessible", "Name"))

    @property
    def description(self) -> str:
        return str(self._get("Accessible", "Description"))

    @property
    def role(self) -> str:
        return str(self._call("Accessible", "GetRoleName")[0])

    def children(self) -> list[Node]:
        """All of them; the first hundred where there are 500 or more."""
        if self._get("Accessible", "ChildCount") < 500:
            found = self._call("Accessible", "GetChildren")[0]
        else:
            found = [self._call("Accessible", "GetChildAtIndex", "i", (index,))[0] for index in range(100)]
        return [Node(self._connection, bus, path) for bus, path in found]

    def walk(self, into_tables: bool = False) -> Iterator[Node]:
        """This node and all below it, without the cells of tables."""
        yield self
        if self.role in TABLES and not into_tables:
            return
        for child in self.children():
            yield from child.walk(into_tables)

    def find(self, role: str, name: str | None = None, timeout: float = 5.0) -> Node:
        """The first with this role (and name), waited for; LookupError with what is there instead."""
        end = time.monotonic() + timeout
        while True:
            seen = []
            try:
                for node in self.walk():
                    words = (node.role, node.name)
                    if words[0] == role and name in (None, words[1]):
                        return node
                    seen.append(words)
            except RuntimeError:  # the tree changed while it was read; read it again
                pass
            if time.monotonic() > end:
                raise LookupError(f"no {role} {name!r} among {seen}")
            time.sleep(STEP)

    def actions(self) -> list[str]:
        return [action[0] for action in self._call("Action", "GetActions")[0]]

    def do(self, action: str) -> bool:
        return bool(self._call("Action", "DoAction", "i", (self.actions().index(action),))[0])

    def set_text(self, text: str) -> bool:
        return bool(self._call("EditableText", "SetTextContents", "s", (text,))[0])

    def text(self) -> str:
        return str(self._call("Text", "GetText", "ii", (0, -1))[0])

    def extents(self) -> tuple[int, int, int, int]:
        """x, y, width, height on the screen, in pixels."""
        x, y, width, height = self._call("Component", "GetExtents", "u", (0,))[0]
        return x, y, width, height

    def cell(self, row: int, column: int) -> Node:
        bus, path = self._call("Table", "GetAccessibleAt", "ii", (row, column))[0]
        return Node(self._connection, bus, path)

    def table_size(self) -> tuple[int, int]:
        return self._get("Table", "NRows"), self._get("Table", "NColumns")


def connect(session_bus: str) -> DBusConnection:
    """The accessibility bus that belongs to a session bus; the caller closes it."""
    address = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
    with open_dbus_connection(bus=session_bus) as connection:
        reply = connection.send_and_get_reply(new_method_call(address, "GetAddress"), timeout=10)
    return open_dbus_connection(bus=reply.body[0])


def application(connection: DBusConnection, name: str, timeout: float = 15.0) -> Node:
    """The running application of that name, waited for."""
    root = Node(connection, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    end = time.monotonic() + timeout
    while True:
        names = []
        for node in root.children():
            try:
                names.append(node.name)
            except RuntimeError:  # it registered and is not answering yet, or is gone
                continue
            if names[-1] == name:
                return node
        if time.monotonic() > end:
            raise LookupError(f"no application {name!r} among {names}")
        time.sleep(STEP)
