"""The file of a job: born private, found again, refused when broken or newer, never overwritten."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from nv_desktop.core.errors import AppError, BadFile, Busy, NotFound
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.job import Job, create, documents, find, is_locked, open_job, remove, schema
from nv_desktop.core.job.connections import address
from nv_desktop.core.sheet import Row

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def job(tmp_path: Path):
    job = create(tmp_path / "jobs", {"name": "people.csv"})
    yield job
    job.close()


def fill(job: Job, rows: int, width: int = 2) -> None:
    job.start_reading([f"h{index}" for index in range(width)])
    job.add_rows(Row(number + 2, [f"{number}-{col}" for col in range(width)]) for number in range(rows))
    job.finish_reading()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has the rights of the user's profile")
def test_everything_beside_the_document_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        job = create(tmp_path / "jobs", {})
        fill(job, 10)
        with job.lock():
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in job.path.parent.iterdir()}
        job.close()
    finally:
        os.umask(before)
    assert len(modes) >= 3  # the document, its log, its lock
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "jobs").stat().st_mode) == 0o700


def test_what_is_kept_is_there_after_opening_again(job: Job) -> None:
    fill(job, 1_000, width=30)
    job.set_meta("country", "DE")
    job.close()
    again = open_job(job.path)
    assert again.header() == [f"h{index}" for index in range(30)]
    assert (again.row_count(), again.meta("country"), again.meta("absent", 7)) == (1_000, "DE", 7)
    (last,) = again.page([1_000])
    assert (last.number, last.cells[29]) == (1_001, "999-29")
    again.close()


def test_an_id_is_found_by_its_beginning(tmp_path: Path) -> None:
    folder = tmp_path / "jobs"
    jobs = [create(folder, {}) for _ in range(2)]
    for job in jobs:
        job.close()
    assert find(folder, jobs[0].id) == jobs[0].path
    assert list(documents(folder)) == sorted(job.path for job in jobs)
    with pytest.raises(NotFound, match="no import"):
        find(folder, "1999")
    with pytest.raises(NotFound, match="2 imports"):
        find(folder, jobs[0].id[:2])
    remove(jobs[1].path)
    assert find(folder, jobs[0].id[:2]) == jobs[0].path
    assert [path.suffix for path in folder.iterdir()] == [".nvjob"]


def _newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _garbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:3000] = b"\xa5" * 2900
    path.write_bytes(data)


def _foreign(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE rows (id)")
    db.close()


@pytest.mark.parametrize(
    "harm", [_newer, _cut, _zeroed, _garbled, _foreign, lambda path: path.write_text("")]
)
def test_a_broken_or_newer_file_is_refused_in_words_and_left_as_it_is(job: Job, harm) -> None:
    fill(job, 500)
    job.close()
    harm(job.path)
    before = job.path.read_bytes()
    with pytest.raises(BadFile) as caught:
        open_job(job.path)
    assert "left as it is" in str(caught.value)
    assert job.path.read_bytes() == before


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_job(tmp_path / "gone.nvjob")
    assert list(tmp_path.iterdir()) == []


def test_an_older_document_is_led_to_today_step_by_step(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(job, 3)
    job.close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 2)
    steps = {schema.VERSION - 2: "CREATE TABLE one (a);", schema.VERSION - 1: "ALTER TABLE one ADD COLUMN b;"}
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    again = open_job(job.path)
    assert again.db.execute("SELECT a, b FROM one").fetchall() == []
    assert again.db.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert again.row_count() == 3
    again.close()


def test_a_migration_that_fails_leaves_the_older_document_whole(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(job, 3)
    job.close()
    was = schema.VERSION
    monkeypatch.setattr(schema, "VERSION", was + 1)
    monkeypatch.setattr(schema, "MIGRATIONS", {was: "CREATE TABLE one (a); CREATE TABLE one (a);"})
    with pytest.raises(AppError):
        open_job(job.path)
    monkeypatch.setattr(schema, "VERSION", was)
    again = open_job(job.path)
    assert again.row_count() == 3
    again.close()


def test_one_engine_at_a_time(job: Job) -> None:
    other = Job(job.path)
    with job.lock():
        assert is_locked(job.path)
        with pytest.raises(Busy):
            other.lock()
        with pytest.raises(Busy):
            remove(job.path)
    assert not is_locked(job.path)
    other.lock().release()
    other.close()


def test_each_thread_has_a_connection_and_the_dead_ones_are_closed(job: Job) -> None:
    fill(job, 5)
    seen = []
    for _ in range(20):
        thread = threading.Thread(target=lambda: seen.append((job.db, job.row_count())))
        thread.start()
        thread.join()
    assert [rows for _, rows in seen] == [5] * 20
    assert all(connection is not job.db for connection, _ in seen)
    assert len(job._connections._open) <= 2
    with pytest.raises(sqlite3.ProgrammingError):
        seen[0][0].execute("SELECT 1")


def test_rows_are_seen_by_others_while_they_are_read(job: Job) -> None:
    job.start_reading(["a"])
    seen: list[int] = []
    other = open_job(job.path)
    job.add_rows((Row(n, [str(n)]) for n in range(2, 5_002)), lambda rows: seen.append(other.row_count()))
    assert seen[0] == 200 and seen[-1] == 5_000 and len(seen) > 3
    other.close()


def test_a_reading_that_broke_off_says_so_and_starts_again(job: Job) -> None:
    def breaks():
        yield Row(2, ["x", "y"])
        raise KeyboardInterrupt

    job.start_reading(["a", "b"])
    with pytest.raises(KeyboardInterrupt):
        job.add_rows(breaks())
    assert job.meta("stage") == "reading"
    fill(job, 3)
    assert job.meta("stage") == "read" and job.row_count() == 3


def test_a_lone_surrogate_is_shown_and_stopped_not_lost(job: Job) -> None:
    job.start_reading(["userID", "name"])
    job.add_rows([Row(2, ["a", "x\ud800y"]), Row(3, ["b", "fine"])])
    assert [row.cells for row in job.page([1, 2])] == [("a", "x\\ud800y"), ("b", "fine")]
    hazards = job.db.execute("SELECT row, col, level, code FROM hazards").fetchall()
    assert hazards == [(1, 1, int(Level.ERROR), "text_surrogate")]


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "😀", "\u202e", "'; DROP TABLE rows; --", "\r\n", " ", "🏴‍☠️" * 99]
)
def test_texts_come_back_exactly(job: Job, text: str) -> None:
    job.start_reading([text, "b"])
    job.add_rows([Row(2, [text, ""], ((0, Problem("code", text)),))])
    assert job.header()[0] == text
    assert job.page([1])[0].cells == (text, "")


def test_too_many_columns_are_refused(job: Job) -> None:
    with pytest.raises(BadFile, match="columns"):
        job.start_reading(["x"] * (schema.MAX_COLUMNS + 1))
    job.start_reading(["x"] * schema.MAX_COLUMNS)


def test_a_full_disk_is_a_sentence_and_costs_nothing_that_was_kept(job: Job) -> None:
    fill(job, 100)
    pages = job.db.execute("PRAGMA page_count").fetchone()[0]
    job.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(AppError, match="disk is full"):
        job.add_rows(Row(n, ["x" * 500, "y" * 500]) for n in range(500))
    job.close()
    again = open_job(job.path)
    assert again.row_count() == 100
    again.close()


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/home/a b/x#1.nvjob"), "file:///home/a%20b/x%231.nvjob?mode=ro"),
        (PureWindowsPath("C:\\Data\\x.nvjob"), "file:///C:/Data/x.nvjob?mode=ro"),
        (PureWindowsPath("\\\\server\\people\\x.nvjob"), "file:////server/people/x.nvjob?mode=ro"),
    ],
)
def test_a_document_is_opened_by_an_address_without_a_host(path: PurePath, uri: str) -> None:
    """SQLite refuses `file://server/…` as "invalid uri authority"."""
    assert address(path, "ro") == uri


def test_sqlite_takes_two_slashes_as_the_begin_of_a_path(job: Job) -> None:
    db = sqlite3.connect(address(PureWindowsPath("\\" + str(job.path)), "ro"), uri=True)
    assert db.execute("SELECT count(*) FROM meta").fetchone() > (0,)
    db.close()


def test_a_document_that_the_system_holds_is_not_deleted_and_said(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows deletes no file that a window has open."""

    def held(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "used by another process")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        with pytest.raises(BadFile, match="could not be deleted"):
            remove(job.path)
    assert job.path.exists() and not is_locked(job.path)


def test_a_document_is_deleted_though_somebody_looks_at_its_lock(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def held(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".lock":
            raise PermissionError(errno.EACCES, "used by another process")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    remove(job.path)
    assert not job.path.exists()


def test_a_lock_that_the_file_system_does_not_have_is_not_taken_for_somebody(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("nv_desktop.core.files._try_lock", none)
    with pytest.raises(AppError) as raised:
        job.lock()
    assert not isinstance(raised.value, Busy)


def test_a_document_on_a_network_folder_keeps_a_rollback_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nv_desktop.core.job.document.journal_mode", lambda folder: "DELETE")
    job = create(tmp_path, {})
    fill(job, 300)
    assert job.db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert job.row_count() == 300
    job.close()


def test_opening_a_document_again_keeps_the_locks_of_the_first(job: Job) -> None:
    """Another process that closes the document must not take the log away from under this one."""
    assert job.meta("created") is not None  # this thread's connection is open
    open_job(job.path).close()
    script = (
        "import sys; from pathlib import Path; from nv_desktop.core.job import open_job;"
        " other = open_job(Path(sys.argv[1])); other.set_meta('note', 1); other.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(job.path)], check=True, cwd=PROJECT, timeout=60)
    assert job.path.with_name(job.path.name + "-wal").exists()
    assert job.meta("note") == 1


def test_closing_lets_a_thread_finish_what_it_reads(job: Job) -> None:
    """Closed under the hands of a thread, a connection took the whole process along."""
    fill(job, 10)
    begun, closed = threading.Event(), threading.Event()
    found: list[object] = []

    def told() -> int:
        begun.set()
        return int(closed.wait(10))

    def read() -> None:
        job.db.create_function("told", 0, told)
        count = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000)"
        found.append(job.db.execute(f"{count} SELECT sum(told()) FROM c").fetchone()[0])
        with pytest.raises(BadFile, match="closed"):
            job.row_count()
        found.append("refused afterwards")

    thread = threading.Thread(target=read)
    thread.start()
    assert begun.wait(10)
    job.close()
    closed.set()
    thread.join(30)
    assert found == [1_000, "refused afterwards"]


def test_closing_closes_what_idle_threads_hold(job: Job) -> None:
    fill(job, 10)
    read, end = threading.Event(), threading.Event()

    def idle() -> None:
        job.row_count()
        read.set()
        end.wait(10)

    thread = threading.Thread(target=idle)
    thread.start()
    assert read.wait(10)
    job.close()
    assert not job.path.with_name(job.path.name + "-wal").exists()  # the last one to close takes it along
    end.set()
    thread.join(10)
