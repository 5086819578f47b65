"""What the worker does with whole jobs: the comparison with earlier imports, the result workbook."""

from __future__ import annotations

import threading
from pathlib import Path

import openpyxl
import pytest

from nv_desktop.core.errands import compare, write_workbook
from nv_desktop.core.errors import BadFile, Stopped
from nv_desktop.core.history import History
from nv_desktop.core.report import ALL, REFUSED
from nv_desktop.core.upload.earlier import Compared
from tests.core.upload.kit import FakeServer, run, small_job


def people(*values: str) -> list[tuple[str, str]]:
    return [(f"user-{number}", value) for number, value in enumerate(values, 1)]


def test_rows_are_compared_with_earlier_imports_and_changes_by_hand(tmp_path: Path) -> None:
    server = FakeServer()
    first = small_job(tmp_path, people("a", "b", "c"))
    run(first, server)
    first.close()
    history = History(tmp_path / "history.db")
    history.settle_change(history.begin_change(server.account.id, "user-2", "saved", {}, {"a1": "x"}), "done")
    history.close()
    again = small_job(tmp_path, people("a", "b", "other", "new"))
    again.close()
    assert compare(again.path, server.account, None) == Compared(unchanged=2, differ=1, new=1)
    found = compare(again.path, server.account, tmp_path / "history.db")
    assert found == Compared(unchanged=1, differ=2, new=1), "what a person wrote since is sent again"


def test_the_workbook_is_written_beside_the_window(tmp_path: Path) -> None:
    job = small_job(tmp_path, 2_500, stopped=[7])
    run(job, FakeServer())
    job.close()
    moments: list[tuple[int, int]] = []
    target = tmp_path / "result.xlsx"
    written = write_workbook(job.path, target, ALL, lambda rows, of: moments.append((rows, of)))
    assert (written.path, written.rows) == (target, 2_500)
    assert moments and {of for _, of in moments} == {2_500}
    assert openpyxl.load_workbook(target)["Rows"].max_row == 2_501
    assert write_workbook(job.path, target, REFUSED).rows == 1
    assert sorted(path.name for path in tmp_path.glob("*.xlsx")) == ["result.xlsx"]


def test_a_stopped_workbook_leaves_nothing(tmp_path: Path) -> None:
    job = small_job(tmp_path, 3_000)
    job.close()
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        write_workbook(job.path, tmp_path / "result.xlsx", ALL, None, stop)
    assert not (tmp_path / "result.xlsx").exists()
    assert not list(tmp_path.glob(".nv-*"))


def test_a_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    job = small_job(tmp_path, 3)
    job.close()
    with pytest.raises(BadFile, match=r"result\.xlsx"):
        write_workbook(job.path, tmp_path / "gone" / "result.xlsx", ALL)
