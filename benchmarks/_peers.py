"""Others at the same file: what reading alone takes (the floors), and tools used instead (the peers).

Each runs in a process of its own. A peer that is not installed is said to be so; none is part of the product.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CSV_ALONE = """
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for _ in csv.reader(file): pass
"""
CALAMINE_ALONE = """
import sys
from python_calamine import CalamineWorkbook
CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python(skip_empty_area=False)
"""
OPENPYXL = """
import sys
from openpyxl import load_workbook
for row in load_workbook(sys.argv[1], read_only=True).worksheets[0].iter_rows(values_only=True): pass
"""
FRICTIONLESS = r"""
import sys
from frictionless import Resource, Schema, system
rules = {"userID": {"required": True, "unique": True}, "email": {"pattern": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"},
    "mobile": {"pattern": r"\+[1-9][0-9]{6,14}"}, "birth_date": {"pattern": r"\d{4}-\d\d-\d\d"},
    "gender": {"enum": ["male", "female", "others"]}, "email_opt_in": {"enum": ["0", "1", "2"]},
    "sms_opt_in": {"enum": ["0", "1", "2"]}, "whatsapp_opt_in": {"enum": ["0", "1", "2"]}}
kinds = {"score": "number", "vip": "boolean"}
with open(sys.argv[1], encoding="utf-8") as file: names = file.readline().strip().split(",")
schema = Schema.from_descriptor({"fields": [
    {"name": name, "type": kinds.get(name, "string"), "constraints": rules.get(name, {})} for name in names]})
with system.use_context(trusted=True):
    Resource(path=sys.argv[1], schema=schema).validate(limit_errors=10_000_000)
"""
SHEETJS = """
const XLSX = require("xlsx");
const book = XLSX.readFile(process.argv[1], {dense: true});
XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], {header: 1});
"""


@dataclass(frozen=True)
class Other:
    """A tool and how it is started; `probe` exits with 0 where it is installed."""

    name: str
    command: tuple[str, ...]
    probe: tuple[str, ...]
    folder: Path | None = None

    def installed(self) -> bool:
        return shutil.which(self.command[0]) is not None and not self._call(self.probe)

    def seconds(self, path: Path) -> float | None:
        """Wall time over this file, its own start included; None where it failed."""
        began = time.perf_counter()
        failed = self._call((*self.command, str(path)))
        return None if failed else time.perf_counter() - began

    def _call(self, command: tuple[str, ...]) -> int:
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False).returncode


def _python(name: str, module: str, script: str, python: str = sys.executable) -> Other:
    return Other(name, (python, "-c", script), (python, "-c", f"import {module}"))


def floor(kind: str) -> Other:
    """What reading alone takes."""
    if kind == "csv":
        return _python("floor: csv module alone", "csv", CSV_ALONE)
    return _python("floor: python-calamine alone", "python_calamine", CALAMINE_ALONE)


def peers(kind: str, python: str, sheetjs: Path | None) -> list[Other]:
    """Those that people use instead. `python` has frictionless and openpyxl, `sheetjs` a node_modules."""
    if kind == "csv":
        return [_python("peer: frictionless, same rules", "frictionless", FRICTIONLESS, python)]
    probe = ("node", "-e", 'require("xlsx")')
    return [
        _python("peer: openpyxl, reading only", "openpyxl", OPENPYXL, python),
        Other("peer: SheetJS, reading only", ("node", "-e", SHEETJS), probe, sheetjs),
    ]
