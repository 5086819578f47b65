"""The entrance, as it is used where there is no console."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import PROJECT

# What `pythonw` gives a program on Windows.
WITHOUT = """
import os, sys
sys.stdin = sys.stdout = sys.stderr = None
sys.argv = ["nv-desktop", *sys.argv[1:]]
from nv_desktop.__main__ import main
os._exit(main())
"""


@pytest.mark.parametrize(
    ("arguments", "code"), [(["jobs"], 0), (["get", "ann", "--account", "nobody"], 2), (["upload"], 2)]
)
def test_a_program_without_a_console_answers_by_its_exit_code(
    arguments: list[str], code: int, tmp_path: Path
) -> None:
    if arguments == ["upload"]:
        (tmp_path / "list.csv").write_text("userID,email\nann,ann@example.com\n")
        arguments = ["upload", str(tmp_path / "list.csv")]  # asks, and there is nobody to say yes
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments, "--data-dir", str(tmp_path / "data")],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=100,
        check=False,
    )
    assert done.returncode == code
