"""What a command needs only while it runs is gone afterwards; what a killed one left goes with the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nv_desktop.core.scratch import scratch
from nv_desktop.core.settings import Paths
from tests.command_line import PROJECT

HOLD = """
import sys
from pathlib import Path
from nv_desktop.core.scratch import scratch
from nv_desktop.core.settings import Paths
with scratch(Paths(Path(sys.argv[1]))) as mine:
    (mine.data_dir / "customers").write_text("ann")
    print("ready", flush=True)
    sys.stdin.read()
"""


def customers(data: Path) -> list[Path]:
    return list(data.rglob("customers"))


def test_it_is_private_and_gone_at_the_end_even_of_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch(Paths(tmp_path)) as mine:
        assert mine.data_dir.stat().st_mode & 0o777 == 0o700
        (mine.data_dir / "customers").touch()
        raise ZeroDivisionError
    assert customers(tmp_path) == []


def test_what_a_killed_command_left_goes_with_the_next_and_that_of_a_running_one_stays(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        try:
            assert other.stdout.readline() == b"ready\n"
            with scratch(Paths(tmp_path)):
                assert len(customers(tmp_path)) == 1
        finally:
            other.kill()
    assert len(customers(tmp_path)) == 1
    with scratch(Paths(tmp_path)):
        assert customers(tmp_path) == []
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == [".lock"]
