"""Whether a folder lies on another computer, and what a database there must do without.

Write-ahead logging lets the window read while another process writes; it needs shared memory, which a network
folder does not have, so a database there keeps a rollback journal.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_NETWORK = """nfs nfs4 cifs smb smb2 smb3 smbfs afs afpfs webdav davfs 9p fuse.sshfs fuse.davfs2 fuse.rclone
    fuse.gvfsd-fuse ncpfs lustre ceph glusterfs fuse.glusterfs"""
_NETWORK_TYPES = frozenset(_NETWORK.split())
_MOUNT_LINE = re.compile(r".* on (/.*) \(([^,)]+).*\)")


def journal_mode(folder: Path) -> str:
    """SQLite's way of writing in this folder: `WAL`, or `DELETE` where it lies on another computer."""
    return "DELETE" if on_network(folder) else "WAL"


def on_network(folder: Path) -> bool:
    """Whether the folder lies on a network drive; False where the system does not tell."""
    place = str(folder.resolve())
    if sys.platform == "win32":
        import ctypes

        remote = 4  # DRIVE_REMOTE
        return place.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(place[:3]) == remote
    return network_type(place, _mounts()) in _NETWORK_TYPES


def network_type(place: str, mounts: list[tuple[str, str]]) -> str:
    """The file system of the longest mount point above `place`, of (mount point, type) pairs."""
    best, found = "", ""
    for point, kind in mounts:
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, found = point, kind
    return found


def _mounts() -> list[tuple[str, str]]:
    if sys.platform == "darwin":
        return _told_by_mount()
    try:
        text = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    parts = [line.split(" ") for line in text.splitlines()]
    return [(part[1].replace("\\040", " "), part[2]) for part in parts if len(part) > 2]


def _told_by_mount() -> list[tuple[str, str]]:
    """macOS tells in lines such as `//user@host/share on /Volumes/share (smbfs, nodev, …)`."""
    try:
        done = subprocess.run(["/sbin/mount"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = os.fsdecode(done.stdout).splitlines()
    return [(found[1], found[2]) for line in lines if (found := _MOUNT_LINE.fullmatch(line))]
