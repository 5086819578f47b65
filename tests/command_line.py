"""The command line as a person runs it: a process of its own, with a data folder of its own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


class CommandLine:
    """Runs `python -m nv_desktop` on one data folder, against one sandbox that runs already."""

    def __init__(self, data: Path, url: str = "") -> None:
        self.data = data
        self._url = url

    def arguments(self, command: str, *rest: str) -> list[str]:
        where = ["--account", "sandbox", "--sandbox-url", self._url] if self._url else []
        if command in ("check", "jobs", "accounts"):
            where = []
        return [sys.executable, "-m", "nv_desktop", command, *rest, "--data-dir", str(self.data), *where]

    def run(self, command: str, *rest: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.arguments(command, *rest),
            cwd=PROJECT,
            input=typed,
            capture_output=True,
            text=True,
            timeout=100,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )

    def start(self, command: str, *rest: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.arguments(command, *rest),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def json(self, command: str, *rest: str) -> Any:
        done = self.run(command, *rest, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def customers(count: int, start: int = 0) -> list[list[str]]:
    """Rows of userID, email, mobile, first_name, plan; all of them can be sent."""
    return [
        [f"c-{n:06}", f"c{n}@example.com", f"+9198765{n:05}", f"Name {n}", ("gold", "plus")[n % 2]]
        for n in range(start, start + count)
    ]


CUSTOMER_HEADER = ("userID", "email", "mobile", "first_name", "plan")
