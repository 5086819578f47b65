"""The sandbox's server as a child process: started when first needed, gone when its parent is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from nv_desktop.core.errors import AppError, Busy
from nv_desktop.core.mailbox import Mailbox
from nv_desktop.core.settings import Paths

START_LIMIT = 30.0  # seconds
STOP_LIMIT = 5.0
IN_USE = 3  # the server's exit code where another one has its people
KEPT_FROM_CHILD = ("KEY", "SECRET", "TOKEN", "PASSWORD")  # words in names of variables that it needs not


def own_command(*arguments: str) -> list[str]:
    """How this program starts itself with other arguments: from the source tree, a wheel, or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "nv_desktop", *arguments]


def own_environment() -> dict[str, str]:
    """The environment of such a child: it finds the same package, and no variable named like a secret."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not any(word in name.upper() for word in KEPT_FROM_CHILD)
    }
    environment["PYTHONIOENCODING"] = "utf-8"
    if not getattr(sys, "frozen", False):
        package = str(Path(__file__).resolve().parents[2])
        others = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = package + (os.pathsep + others if others else "")
    return environment


def people_file(paths: Paths) -> Path:
    """Where the people of the sandbox are kept in a data folder."""
    return paths.sandbox / "people.db"


class DemoServer:
    """The server of the account “sandbox”, on 127.0.0.1 and a free port; the data folder keeps its people.

    It ends when its standard input does, so it cannot outlive this process, however that ends. Thread-safe.
    """

    def __init__(self, paths: Paths) -> None:
        self._data = people_file(paths)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT; starts the server, again if it has died. Raises AppError."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._stop()
                self._start()
            return self._url

    def close(self) -> None:
        """End the server and wait for it; nothing happens where none runs."""
        with self._lock:
            self._stop()

    def _start(self) -> None:
        command = own_command("sandbox", "--port", "0", "--parent-pipe", "--data", str(self._data))
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would open a console
        try:
            self._process = subprocess.Popen(  # noqa: S603  (this program itself)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=own_environment(),
                creationflags=flags,
            )
            self._url = self._first_line(self._process)
        except OSError as problem:
            raise AppError("The sandbox could not be started.", "Try again.", str(problem.errno)) from problem

    def _first_line(self, process: subprocess.Popen[str]) -> str:
        lines: Mailbox[str] = Mailbox()
        assert process.stdout is not None
        output = process.stdout
        threading.Thread(target=lambda: lines.put(output.readline()), name="sandbox", daemon=True).start()
        line = lines.get(START_LIMIT) or ""
        prefix = "listening on http://127.0.0.1:"
        if not line.startswith(prefix) or not line[len(prefix) :].strip().isdigit():
            self._stop()
            if process.returncode == IN_USE:
                raise Busy(
                    "Another window or command has the sandbox of this data folder open.",
                    "Close it there first, or take another data folder.",
                )
            raise AppError(
                "The sandbox did not start.", "Try again; if it stays so, remove its data.", line[:80]
            )
        return line.removeprefix("listening on ").strip()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
