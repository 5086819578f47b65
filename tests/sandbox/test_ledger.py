"""The ledger: a line an event, numbers that never come twice, private on disk."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.sandbox.ledger import KEPT_IN_MEMORY, Ledger


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_the_three_events_of_a_call(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", clock=lambda: 12.5)
    entry = ledger.received("user/create", ["é", "b"])
    ledger.applied(entry, '{"b": {"name": "x"}}', ["b"])
    ledger.answered(entry, None, "cut")
    ledger.dropped("user/delete", None, "refuse")
    ledger.close()
    call = {"at": 12.5, "id": 1, "call": "user/create"}
    assert read(tmp_path / "ledger") == [
        {**call, "seq": 1, "event": "received", "userIDs": ["é", "b"]},
        {**call, "seq": 2, "event": "applied", "userIDs": ["b"], "attributes": {"b": {"name": "x"}}},
        {**call, "seq": 3, "event": "answered", "userIDs": ["é", "b"], "status": None, "fault": "cut"},
        {"at": 12.5, "id": 2, "call": "user/delete", "seq": 4, "event": "answered", "userIDs": [],
         "status": None, "fault": "refuse"},
    ]  # fmt: skip


def test_numbers_go_on_after_a_restart_and_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(path)
    entry = ledger.received("user/create", ["a"])
    ledger.answered(entry, 200)
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"seq": 3, "at": 1')
    again = Ledger(path)
    again.received("user/create", ["b"])
    again.close()
    assert [line["seq"] for line in read(path)] == [1, 2, 3]
    ids = [line["id"] for line in read(path)]
    assert ids[0] == ids[1] < ids[2]


def test_threads_never_mix_their_lines(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")

    def write(name: str) -> None:
        for number in range(100):
            ledger.answered(ledger.received(name, [f"{name}-{number}"] * 50), 200)

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    lines = read(tmp_path / "ledger")
    assert [line["seq"] for line in lines] == list(range(1, 801))
    by_id: dict[int, list[str]] = {}
    for line in lines:
        by_id.setdefault(line["id"], []).append(line["event"])
    assert len(by_id) == 400
    assert all(events == ["received", "answered"] for events in by_id.values())


def test_without_a_file_the_last_events_are_kept() -> None:
    ledger = Ledger(None)
    for number in range(KEPT_IN_MEMORY + 5):
        ledger.received("user/create", [str(number)])
    events = json.loads(ledger.as_json())
    assert len(events) == KEPT_IN_MEMORY
    assert events[-1]["userIDs"] == [str(KEPT_IN_MEMORY + 4)]
    assert [event["seq"] for event in json.loads(ledger.as_json(KEPT_IN_MEMORY + 3))] == [1004, 1005]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_the_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.touch(0o644)
    Ledger(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
