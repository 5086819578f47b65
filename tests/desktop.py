"""A private screen, session bus and keyring for a test; each process is stopped by its own pid."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "pw"
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def need(*tools: str) -> None:
    """Skips where a tool is missing; in CI that is a failure."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


class Children:
    """Processes started for one test, in the order of their start; stopped in the opposite order."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[Any]] = []

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[Any]:
        process: subprocess.Popen[Any] = subprocess.Popen(command, **options)
        self._processes.append(process)
        return process

    def start_and_read(self, command: list[str], option: str, **options: Any) -> str:
        """Starts it with a pipe's number in `option`; gives the line that it writes there when ready."""
        reading, writing = os.pipe()
        with os.fdopen(reading, encoding="ascii") as pipe:
            self.start([*command, *option.format(writing).split()], pass_fds=(writing,), **options)
            os.close(writing)
            # Up to the newline: Xvfb writes number and newline apart, and is ready after the second.
            line = pipe.readline()
        if not line.endswith("\n"):
            raise RuntimeError(f"{command[0]} ended before it was ready")
        return line.strip()

    def stop(self) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


class SecretBus:
    """A session bus and, unless `password` is None, an unlocked Secret Service on it.

    `env` is what a process needs to reach them; `address` is the bus.
    """

    def __init__(self, base: Path, password: str | None = PASSWORD) -> None:
        self.children = Children()
        self.home = base
        for name in ("run", "config", "data", "cache"):
            (base / name).mkdir(mode=0o700, parents=True)
        self.env = {
            **os.environ,
            "HOME": str(base),
            "XDG_RUNTIME_DIR": str(base / "run"),
            "XDG_CONFIG_HOME": str(base / "config"),
            "XDG_DATA_HOME": str(base / "data"),
            "XDG_CACHE_HOME": str(base / "cache"),
            "LC_ALL": "C.UTF-8",
        }
        self._prepare()
        bus = ["dbus-daemon", "--session", "--nofork"]
        self.address = self.children.start_and_read(bus, "--print-address={}", env=self.env, **QUIET)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.address
        if password is not None:
            self.unlock(password)

    def _prepare(self) -> None:
        """What must be there before the bus, because the services that the bus starts inherit from it."""

    def unlock(self, password: str = PASSWORD) -> subprocess.Popen[Any]:
        """Starts the keyring's daemon; a first start makes the login keyring with this password."""
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"]
        daemon = self.children.start(command, stdin=subprocess.PIPE, env=self.env, **QUIET)
        assert daemon.stdin is not None
        daemon.stdin.write(password.encode())  # byte for byte: a newline would be part of the password
        daemon.stdin.close()
        self.wait_for("org.freedesktop.secrets")
        return daemon

    def wait_for(self, name: str, seconds: float = 10.0) -> None:
        """Until somebody owns `name` on the bus."""
        from jeepney import DBusAddress, MatchRule, new_method_call
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        change = MatchRule(type="signal", interface="org.freedesktop.DBus", member="NameOwnerChanged")
        with open_dbus_connection(bus=self.address) as connection, connection.filter(change) as changes:
            connection.send_and_get_reply(message_bus.AddMatch(change))
            # Asked after listening began, so that an owner between the two is not missed.
            owned = connection.send_and_get_reply(new_method_call(bus, "NameHasOwner", "s", (name,))).body[0]
            while not owned:
                signal = connection.recv_until_filtered(changes, timeout=seconds)
                owned = signal.body[0] == name and bool(signal.body[2])

    def stop(self) -> None:
        self.children.stop()


class Desktop(SecretBus):
    """The same with a screen and a window manager; the real application runs here as its own process."""

    def __init__(self, base: Path, password: str | None = PASSWORD, size: str = "1280x900x24") -> None:
        self.size = size
        super().__init__(base, password)
        self._manage_windows()

    def _manage_windows(self) -> None:
        """Openbox runs its start-up command once it manages windows; before, focus does not work."""
        ready = self.home / "windows-managed"
        os.mkfifo(ready)
        reading = os.open(ready, os.O_RDONLY | os.O_NONBLOCK)
        try:
            command = ["openbox", "--sm-disable", "--startup", f"sh -c 'echo > {ready}'"]
            self.children.start(command, env=self.env, **QUIET)
            if not select.select([reading], [], [], 10)[0]:
                raise RuntimeError("openbox did not start")
        finally:
            os.close(reading)

    def _prepare(self) -> None:
        screen = ["Xvfb", "-screen", "0", self.size, "-nolisten", "tcp", "-dpi", "96"]
        number = self.children.start_and_read(screen, "-displayfd {}", **QUIET)
        self.env |= {
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",  # without it the application is not in the tree
        }
        self.env.pop("QT_LOGGING_RULES", None)

    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """An application on this screen; its output is text, both streams in one."""
        return self.children.start(
            list(command),
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def sh(self, *command: str) -> str:
        """A tool such as xdotool or import, at most 20 s; gives what it wrote and raises if it failed."""
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=20, check=True)
        return done.stdout


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a short path: sockets have a limit of 108 bytes, and tmp_path carries the test's name."""
    with tempfile.TemporaryDirectory(prefix="nvd-") as folder:
        yield Path(folder)


@pytest.fixture
def secret_bus(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretBus]:
    """A real, unlocked keyring, for the test's own process too; about 50 ms."""
    need("dbus-daemon", "gnome-keyring-daemon")
    bus = SecretBus(short_folder)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    try:
        yield bus
    finally:
        bus.stop()


@pytest.fixture
def desktop(short_folder: Path) -> Iterator[Desktop]:
    """A whole private desktop, to be driven by `tests.atspi` and xdotool."""
    need("Xvfb", "openbox", "dbus-daemon", "gnome-keyring-daemon", "xdotool", "import")
    screen = Desktop(short_folder)
    try:
        yield screen
    finally:
        screen.stop()
