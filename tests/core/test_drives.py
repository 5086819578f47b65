"""Which folders lie on another computer, as each system tells it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nv_desktop.core import drives
from nv_desktop.core.history import History


@pytest.mark.parametrize(
    ("place", "kind"),
    [("/home/a/data", "ext4"), ("/mnt/share/x", "nfs4"), ("/mnt/sharex", "ext4"), ("/mnt/share", "nfs4")],
)
def test_a_network_folder_is_known_by_its_longest_mount_point(place: str, kind: str) -> None:
    mounts = [("/", "ext4"), ("/mnt/share", "nfs4"), ("/home", "ext4")]
    assert drives.network_type(place, mounts) == kind


MAC = b"""/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//ann@nas/People on file on /Volumes/People (smbfs, nodev, nosuid, mounted by ann)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(("place", "network"), [("/Volumes/People/x", True), ("/Users/ann", False)])
def test_macos_is_asked_by_its_own_command(
    monkeypatch: pytest.MonkeyPatch, place: str, network: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, MAC))
    monkeypatch.setattr(Path, "resolve", lambda self: self)
    assert drives.on_network(Path(place)) is network


def test_a_system_that_does_not_tell_has_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("mount", 10)

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", hangs)
    assert not drives.on_network(Path("/"))


def test_a_history_on_a_network_folder_keeps_a_rollback_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no shared memory, its log would be read wrongly by two computers."""
    for network, mode in ((False, "wal"), (True, "delete"), (True, "delete")):
        monkeypatch.setattr(drives, "on_network", lambda folder, network=network: network)
        history = History(tmp_path / "history.db")
        assert history._database.mine().execute("PRAGMA journal_mode").fetchone()[0] == mode
        history.begin_change("shop", "ann", "saved", {}, {})
        assert history.erase_person("ann").complete
        history.close()
