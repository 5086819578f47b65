"""Files replaced whole or not at all: kills in every gap, a full disk, rights from birth, locks."""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nv_desktop.core.errors import BadFile, Busy
from nv_desktop.core.files import FileLock, atomic_write, file_name, private_folder, set_aside, write_all

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights and fork are POSIX")
CALLS = ("open", "write", "fsync", "close", "replace")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_files_and_folders_are_private_from_birth(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        folder = private_folder(tmp_path / "a" / "b")
        atomic_write(folder / "file", b"x")
        with FileLock(folder / "lock"):
            pass
    finally:
        os.umask(old)
    assert [mode(path) for path in (tmp_path / "a", folder)] == [0o700, 0o700]
    assert [mode(path) for path in folder.iterdir()] == [0o600, 0o600]


def spoil(monkeypatch: pytest.MonkeyPatch, at: int, act: Callable[[], None]) -> list[str]:
    """`act` in place of the `at`th system call that a write makes; gives the calls that were made."""
    made: list[str] = []

    def spoilt(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            made.append(name)
            if len(made) == at:
                act()
            return real(*arguments, **options)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, spoilt(name, getattr(os, name)))
    return made


@posix
def test_the_new_file_is_on_the_disk_before_it_takes_the_place_and_so_is_its_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only a power cut would show: the order of the calls, and that the rename crosses no disk."""
    made: list[str] = []
    synced, replaced = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        made.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        synced(descriptor)

    def replace(source: Path, target: Path) -> None:
        made.append("replace")
        assert source.parent == target.parent == tmp_path
        assert source.read_bytes() == b"new"
        replaced(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    atomic_write(tmp_path / "file", b"new")
    assert made == ["file", "replace", "folder"]


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:3])))
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0))
    write_all(descriptor, b"0123456789")
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"0123456789"


@posix
@pytest.mark.gate("C2", seconds=20)
def test_killed_in_every_gap_the_file_is_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for at in range(1, 30):
        path.write_bytes(b"old")
        child = os.fork()
        if child == 0:
            with pytest.MonkeyPatch.context() as patch:
                spoil(patch, at, lambda: os.kill(os.getpid(), signal.SIGKILL))
                atomic_write(path, b"new")
            os._exit(0)
        ended = os.waitpid(child, 0)[1]
        assert path.read_bytes() in (b"old", b"new")
        if ended == 0:
            assert at > 5
            assert path.read_bytes() == b"new"
            return
    pytest.fail("the write never came to its end")


@pytest.mark.gate("C3", seconds=20)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_a_failing_disk_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "settings.json"

    def fail() -> None:
        raise OSError(number, "no")

    for at in range(1, 30):
        path.write_bytes(b"old")
        with monkeypatch.context() as patch:
            made = spoil(patch, at, fail)
            try:
                atomic_write(path, b"new")
            except BadFile as problem:
                assert "could not be saved" in problem.message
            else:
                assert len(made) < at
                return
        # Once the rename is done the new file stands, even if the folder could not be synced.
        assert path.read_bytes() == (b"new" if "replace" in made[: at - 1] else b"old")
        assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
    pytest.fail("the write never came to its end")


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    atomic_write(tmp_path / "file", b"0123456789")
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == b"0123456789"


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    atomic_write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_broken_files_are_set_aside_side_by_side(tmp_path: Path) -> None:
    for _ in range(3):
        (tmp_path / "file").write_bytes(b"x")
        assert set_aside(tmp_path / "file", lambda: 0.0)
    assert len(list(tmp_path.glob("file.broken-*"))) == 3


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFile, match="could not be made"):
        private_folder(tmp_path / "file")
    with pytest.raises(BadFile, match="could not be made"):
        private_folder(tmp_path / "file" / "below")


def test_a_lock_excludes_and_is_given_back(tmp_path: Path) -> None:
    one, two = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert one.acquire()
    assert not two.acquire()
    waited: list[float] = []
    assert not two.acquire(0.01, waited.append)
    one.release()
    assert waited
    assert two.acquire()
    two.release()
    two.release()


def test_a_lock_held_by_another_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = FileLock(tmp_path / "lock")
    assert one.acquire()
    two = FileLock(tmp_path / "lock")
    monkeypatch.setattr(two, "acquire", lambda seconds: False)
    with pytest.raises(Busy), two:
        pass
    one.release()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Weekly list", "Weekly list"),
        ('a/b\\c:d*?"<>|', "a_b_c_d______"),
        ("नमस्ते ✓", "नमस्ते ✓"),
        (" .hidden. ", "hidden"),
        ("line\nend\x00", "line_end_"),
        ("con", "_con"),
        ("LPT1.old", "_LPT1.old"),
        ("console", "console"),
        ("...", "file"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_text_becomes_a_name_that_every_system_takes(text: str, name: str) -> None:
    assert file_name(text) == name
