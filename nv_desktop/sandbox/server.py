"""The sandbox's process: arguments, the listening socket, one thread a connection, and a clean end."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from nv_desktop.sandbox.control import CONTROL, Control
from nv_desktop.sandbox.faults import Script, ScriptError
from nv_desktop.sandbox.ledger import Ledger
from nv_desktop.sandbox.people import make_people
from nv_desktop.sandbox.rate import SlidingLimit
from nv_desktop.sandbox.service import API, Service
from nv_desktop.sandbox.store import DataFileError, InUseError, Store
from nv_desktop.sandbox.wire import BadRequestError, ClientLeftError, Connection, Delivery, Head, Reply

HOST = "127.0.0.1"  # nowhere else: the people in it may be copies of somebody's file
LOCAL_NAMES = ("127.0.0.1", "localhost")
HOUR = 3600.0
ERROR, IN_USE = 2, 3


class Server:
    """Listens on 127.0.0.1 only and serves until `stop`."""

    def __init__(self, port: int, service: Service, control: Control, stopping: threading.Event) -> None:
        self._service = service
        self._control = control
        self._stopping = stopping
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        """Accept connections in a thread of its own."""
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def stop(self) -> None:
        """Take no further connection and end every pause; open calls end with the process."""
        self._stopping.set()
        with contextlib.suppress(OSError):  # not connected, says the system, and wakes the thread in accept()
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed by stop(), a client that left meanwhile, or no descriptors left: breathe
                self._stopping.wait(0.05)
                continue
            threading.Thread(target=self._serve, args=(client,), name="connection", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Connection(client, self._stopping)
            try:
                while self._serve_one(line):
                    pass
            except BadRequestError as error:
                body = json.dumps(
                    {"status": "error", "message": str(error), "status_code": str(error.status)}
                )
                _deliver_last(line, Reply(error.status, body.encode()))
            except ClientLeftError:
                return

    def _serve_one(self, line: Connection) -> bool:
        head = line.read_head()
        if head is None:
            return False
        if not _is_local(head):
            _deliver_last(line, Reply(403, b'{"status": "error", "message": "For this computer only"}'))
            return False
        if head.path.startswith(API):
            return self._service.serve(line, head)
        body = line.read_body(head)
        is_control = head.path.startswith(CONTROL)
        reply = self._control.answer(head, body) if is_control else Reply(404, b'{"status": "error"}')
        return line.deliver(Delivery(reply)) and head.keep_alive


def _is_local(head: Head) -> bool:
    """Refuse what a web page in a browser here could send: an origin, or a name rebound to this host."""
    name = head.headers.get("host", "").rsplit(":", 1)[0].lower()
    return name in LOCAL_NAMES and "origin" not in head.headers


def _deliver_last(line: Connection, reply: Reply) -> None:
    try:
        line.deliver(Delivery(reply, ending="fin"))
    except ClientLeftError:
        return


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows this option lets two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the `sandbox` command."""
    parser.add_argument(
        "--port", type=_whole, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument("--latency", type=_seconds, default=0.0, metavar="S", help="seconds each call takes")
    parser.add_argument(
        "--rate",
        type=_whole,
        default=500,
        metavar="N",
        help="calls a minute for each path and key (0: no limit)",
    )
    parser.add_argument("--people", type=_whole, default=5000, metavar="N", help="people of a first start")
    parser.add_argument("--faults", type=Path, metavar="FILE", help="script of faults (JSON)")
    parser.add_argument(
        "--ledger", type=Path, metavar="FILE", help="write what happened, one JSON object a line"
    )
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep the people in this file")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of people and chance")
    parser.add_argument("--parent-pipe", action="store_true", help="end when standard input closes")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number of 0 or more")
    return int(text)


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0.0 <= float(text) <= HOUR:
            return float(text)
    raise argparse.ArgumentTypeError(f"“{text}” is not a number of seconds from 0 to {HOUR:.0f}")


def main(argv: list[str]) -> int:
    """Run until SIGTERM, SIGINT or (--parent-pipe) the end of standard input; 2 when it cannot start,
    3 when another sandbox has its data file."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A server with invented people, on this computer"
    )
    add_arguments(parser)
    return run(parser.parse_args(argv))


def run(options: argparse.Namespace) -> int:
    """What `main` does once the arguments are parsed."""
    stopping = threading.Event()
    try:
        script = Script(options.seed)
        if options.faults is not None:
            script.replace(json.loads(options.faults.read_text("utf-8")))
        store = Store(lambda: make_people(options.people, options.seed), options.data)
        ledger = Ledger(options.ledger)
        limit = SlidingLimit(options.rate)
        service = Service(store, ledger, limit, script, stopping)
        service.latency = options.latency
        control = Control(store, ledger, limit, script, service, options.rate, options.latency)
        server = Server(options.port, service, control, stopping)
    except (OSError, OverflowError, ValueError, ScriptError, DataFileError) as error:
        why = _why(error, options.port)
        print(f"The sandbox cannot start: {why}", file=sys.stderr)  # noqa: T201  # a command's own words
        return IN_USE if isinstance(error, InUseError) else ERROR
    _heed_the_end(stopping, options.parent_pipe)
    server.start()
    print(f"listening on http://{HOST}:{server.port}", flush=True)  # noqa: T201  # read by the parent
    while not stopping.wait(0.5):  # a limit, because Windows delivers no signal into an endless wait
        pass
    # Store and ledger stay open to the very end: an open call must not be answered without being written.
    server.stop()
    return 0


def _why(error: Exception, port: int) -> str:
    """What is wrong, for the person who started it; only the port has no file's name."""
    if isinstance(error, OverflowError):
        return f"{port} is no port; those are 1 to 65535."
    if not isinstance(error, OSError):
        return f"{error}."
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return f"port {port}: {error.strerror}. Another program may have it; choose another --port."


def _heed_the_end(stopping: threading.Event, parent_pipe: bool) -> None:
    """Before the parent hears that the server is ready, so that no signal finds it unprepared."""
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    # Ctrl+C reaches every program of the terminal. Who has a parent waits for its word: it may still send.
    signal.signal(signal.SIGINT, signal.SIG_IGN if parent_pipe else lambda *_: stopping.set())
    if parent_pipe:
        threading.Thread(target=_watch_parent, args=(stopping,), name="parent", daemon=True).start()


def _watch_parent(stopping: threading.Event) -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass  # a closed standard input is the same news
    stopping.set()
