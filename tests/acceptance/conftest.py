"""The command line called in this process, as an acceptance tester reads it: code, stdout, stderr, --rows."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.cli import main


@dataclass
class Answer:
    """What one command gave: `told` is the object of --json, `rows` the lines of --rows by row number."""

    code: int
    out: str
    err: str
    told: dict[str, Any] = field(default_factory=dict)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    def column(self, header: str) -> dict[str, Any]:
        return next(each for each in self.told["columns"] if each["header"] == header)

    def attributes(self, name: str) -> list[Any]:
        return [row["attributes"].get(name) for row in self.rows.values()]

    def cells(self, header: str) -> list[str]:
        return [row["cells"][header] for row in self.rows.values()]

    def codes(self, row: int) -> set[str]:
        return {problem["code"] for problem in self.rows[row]["problems"]}


class Nv:
    """Commands in a folder of their own; files are written beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows = folder / "rows.jsonl"

    def run(self, command: str, *rest: object) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        argv = [command, *map(str, rest), "--data-dir", str(self.folder / "data")]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(argv, lambda _: 99, lambda _: 98)
            except SystemExit as end:
                code = int(end.code or 0)
        return Answer(code, out.getvalue(), err.getvalue())

    def check(self, file: Path, *options: object) -> Answer:
        self._rows.unlink(missing_ok=True)
        answer = self.run("check", file, "--rows", self._rows, "--json", *options)
        answer.told = json.loads(answer.out) if answer.out else {}
        if self._rows.exists():
            lines = map(json.loads, self._rows.read_text("utf-8", "surrogatepass").splitlines())
            answer.rows = {line["row"]: line for line in lines}
        return answer

    def text(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def csv(self, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path


@pytest.fixture
def nv(tmp_path: Path) -> Nv:
    return Nv(tmp_path)
