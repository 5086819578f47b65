"""The same on a real screen with a window manager: driven by keys, and read as a screen reader does."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import atspi
from tests.desktop import Desktop
from tests.sandbox_process import PROJECT, Sandbox


class Screen:
    """The program as its own process on a private desktop."""

    def __init__(self, desktop: Desktop, connection: object, server: Sandbox, folder: Path) -> None:
        self.desktop = desktop
        started = time.monotonic()
        self.process = desktop.start(
            *[sys.executable, "-m", "nv_desktop", "--sandbox"],
            *["--sandbox-url", server.url, "--data-dir", str(folder)],
            cwd=PROJECT,
        )
        desktop.sh("xdotool", "search", "--sync", "--onlyvisible", "--name", "NV Desktop")
        self.seen_after = time.monotonic() - started
        self.app = atspi.application(connection, "NV Desktop", timeout=30)  # type: ignore[arg-type]

    def press(self, name: str, role: str = "push button", timeout: float = 20.0) -> None:
        """Once it can be pressed: a button that is off offers no such action."""
        node = self.find(name, role, timeout)
        wait_for(lambda: "Press" in node.actions(), f"{name} can be pressed", timeout)
        assert node.do("Press"), name

    def find(self, name: str, role: str = "push button", timeout: float = 20.0) -> atspi.Node:
        return self.app.find(role, name, timeout)

    def like(self, pattern: str, role: str, limit: float = 30.0) -> atspi.Node:
        """The first node of this role whose name fits, waited for."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            try:
                for node in self.app.walk():
                    if node.role == role and re.fullmatch(pattern, node.name):
                        return node
            except RuntimeError:  # the tree changed while it was read
                continue
        raise AssertionError(f"no {role} like {pattern}")

    def click(self, node: atspi.Node) -> None:
        x, y, width, height = node.extents()
        self.desktop.sh("xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", "1")

    def keys(self, *keys: str) -> None:
        self.desktop.sh(
            "xdotool", "search", "--onlyvisible", "--name", "NV Desktop", "windowactivate", "--sync",
        )  # fmt: skip
        self.desktop.sh("xdotool", "key", *keys)

    def type(self, text: str) -> None:
        self.desktop.sh("xdotool", "type", "--delay", "15", text)


@pytest.fixture
def screen(desktop: Desktop, server: Sandbox, tmp_path: Path) -> Iterator[Screen]:
    with atspi.connect(desktop.address) as connection:
        yield Screen(desktop, connection, server, tmp_path / "data")


def wait_for(condition: object, what: str, limit: float = 30.0) -> None:
    end = time.monotonic() + limit
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(atspi.STEP)


def test_a_caller_is_looked_up_and_changed_by_keys(screen: Screen, server: Sandbox) -> None:
    screen.find("Import a list", "label")
    screen.keys("ctrl+k")
    screen.type("demo-1")
    screen.keys("Return")
    field = screen.find("Last name", "text")
    wait_for(lambda: field.text() != "", "the profile is read")
    screen.click(field)
    screen.keys("ctrl+a")
    screen.type("Marlowe")
    wait_for(lambda: field.text() == "Marlowe", "the name is typed")
    screen.keys("ctrl+s")
    wait_for(server.applied, "the change is sent")
    assert server.applied() == {"demo-1": {"last_name": "Marlowe"}}
    screen.keys("ctrl+q")
    assert screen.process.wait(20) == 0


def test_the_sample_goes_all_the_way(screen: Screen, server: Sandbox) -> None:
    screen.press("Try the messy sample")
    screen.press("Next: Columns", timeout=40)
    screen.like(r"\d+ steps would mend .*", "label")
    screen.press("Use them all")
    screen.press("Use India (+91)")
    next_ = screen.find("Next: Check")
    wait_for(lambda: next_.do("Press") or True, "the columns are decided")
    screen.find("Next: Send", timeout=60)
    screen.keys("ctrl+h")
    screen.find("Find", "text")
    screen.keys("Escape")
    screen.press("Next: Send", timeout=60)
    send = screen.like(r"Send [\d,]+ rows", "push button")
    rows = int(send.name.split()[1].replace(",", ""))
    send.do("Press")
    screen.like(rf"Done: {rows:,} of 5,000 rows are in", "label", limit=90)
    assert len(server.applied()) == rows > 4_500
    screen.keys("ctrl+q")
    assert screen.process.wait(20) == 0
