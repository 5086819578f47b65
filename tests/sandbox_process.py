"""A sandbox server as a child process, for tests in any folder; its ledger is their oracle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
START_LIMIT = 30.0  # seconds


class Sandbox:
    """`with Sandbox() as sandbox: ... sandbox.url`.

    `folder` holds the ledger and, with `keep=True`, the data file; without one a folder is made and removed.
    `people`, `rate` (0 = lifted), `latency`, `seed`, `faults` and `port` are the server's options.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        people: int = 50,
        rate: int = 0,
        latency: float = 0.0,
        seed: int = 1,
        port: int = 0,
        keep: bool = False,
        faults: Sequence[dict[str, Any]] = (),
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="sandbox-") if folder is None else None
        self.folder = Path(self._temporary.name) if self._temporary else Path(folder or "")
        self.ledger_file = self.folder / "ledger.jsonl"
        self.data_file = self.folder / "people.jsonl"
        self.port = port
        self._options = [f"--people={people}", f"--rate={rate}", f"--latency={latency}", f"--seed={seed}"]
        self._options += [f"--data={self.data_file}"] if keep else []
        self._faults = list(faults)
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the sandbox is not running"
        return self._process.pid

    def start(self) -> Sandbox:
        """Start; after `kill` or `stop` again on the same port, with the same ledger and data."""
        assert self._process is None, "the sandbox is running already"
        command = [sys.executable, "-m", "nv_desktop.sandbox", f"--port={self.port}", "--parent-pipe"]
        with (self.folder / "sandbox-errors.txt").open("a+", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                [*command, f"--ledger={self.ledger_file}", *self._options],
                cwd=PROJECT,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        try:
            self.port = int(self._first_line().rsplit(":", 1)[1])
            if self._faults:
                self.set_faults(self._faults)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """Close its standard input, as a parent that ends does, and wait until it is gone."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(10)
        finally:
            self._forget(process)

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        process = self._process
        if process is not None:
            self._forget(process)

    def ledger(self) -> list[dict[str, Any]]:
        """Every event so far; a last line that a killed server left torn is left out."""
        if not self.ledger_file.exists():
            return []
        lines = self.ledger_file.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def events(self, event: str, call: str = "*") -> list[dict[str, Any]]:
        """The ledger's events of one kind (received, applied, answered), of one call or of all."""
        return [line for line in self.ledger() if line["event"] == event and call in ("*", line["call"])]

    def applied(self) -> dict[str, dict[str, Any]]:
        """What the server took of every user: attributes merged in order; deleted users are absent."""
        state: dict[str, dict[str, Any]] = {}
        for event in self.events("applied"):
            for user_id in event["userIDs"]:
                if event["call"] == "user/delete":
                    state.pop(user_id, None)
                else:
                    state.setdefault(user_id, {}).update(event["attributes"][user_id])
        return state

    def set_faults(self, rules: Sequence[dict[str, Any]]) -> None:
        """Replace the script of faults; counting begins again at 1."""
        self._control("faults", list(rules))

    def set_rate(self, calls_a_minute: int) -> None:
        """0 lifts the limit."""
        self._control("rate", {"rate": calls_a_minute})

    def set_latency(self, seconds: float) -> None:
        """Seconds each call takes, half of them before it is applied."""
        self._control("latency", {"latency": seconds})

    def reset(self) -> None:
        """The people, rate and latency of the start, no faults; the ledger goes on."""
        self._control("reset", {})

    def people(self, start: int = 0, count: int = 100) -> list[str]:
        """IDs the server holds, in a fixed order."""
        answer = self._control(f"people?from={start}&count={count}")
        return list(answer["userIDs"])

    def __enter__(self) -> Sandbox:
        return self.start() if self._process is None else self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            if self._temporary is not None:
                self._temporary.cleanup()

    def _control(self, name: str, value: object = None) -> Any:
        data = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(f"{self.url}/__sandbox/{name}", data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def _first_line(self) -> str:
        process = self._process
        assert process is not None and process.stdout is not None
        limit = threading.Timer(START_LIMIT, process.kill)
        limit.start()
        try:
            line = process.stdout.readline()
        finally:
            limit.cancel()
            limit.join()
        if not line.startswith("listening on "):
            errors = (self.folder / "sandbox-errors.txt").read_text("utf-8")
            raise RuntimeError(f"the sandbox did not start: {errors or line!r}")
        return line.strip()

    def _forget(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None
