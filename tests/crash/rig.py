"""Jobs uploaded by child processes that are killed, and the sandbox's ledger to compare their documents with.

Children are forked, so that one starts within milliseconds: this module must be used from a process without
threads (`kill.py` and `gaps.py` are such processes; the tests start them).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.job import Job, open_job
from nv_desktop.core.job.ledger import Failpoint, State
from nv_desktop.core.keys import Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.upload import Stage, Upload, UploadOptions
from tests.core.upload.kit import small_job
from tests.sandbox_process import Sandbox

BATCH = 100
SETTLE = 0.2  # seconds in place of 60: the sandbox applies before it resets, never after
SETTLE_WRITE = 0.05  # the same for a write: one that arrives late carries the same values
DEADLINE = 10.0
RESET = {"call": "user/create", "fault": "rst", "phase": "after_apply"}


def unlimited(folder: Path, url: str) -> Client:
    """A client of the sandbox without a limit of its own."""
    return Client(
        sandbox_account(),
        Secret("sandbox"),
        Limiter(folder, rate=None),
        base_url=url + "/api/v1/",
        deadline=DEADLINE,
    )


def upload_once(
    path: Path, url: str, window: int, failpoint: Failpoint, act: Callable[[Upload], Any]
) -> Stage:
    """Open the job, send what is left, close: what a child does."""
    job = open_job(path)
    client = unlimited(path.parent, url)
    try:
        options = UploadOptions(window=window, settle=SETTLE_WRITE, attended=False)
        upload = Upload(job, client, options=options, failpoint=failpoint)
        return upload.run(act(upload)).state
    finally:
        client.close()
        job.close()


def fork(work: Callable[[], Stage]) -> int:
    """Run in a child: exit code 0 done, 3 at rest for another reason, 1 an error (traceback on stderr)."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        code = 0 if work() is Stage.DONE else 3
    except BaseException:  # noqa: BLE001 (a child must not run on as its parent)
        traceback.print_exc()
    finally:
        os._exit(code)


def kill_at(name: str, hit: int) -> Failpoint:
    """SIGKILL the calling process when it comes to this failpoint for the `hit`-th time."""
    seen = Counter[str]()

    def failpoint(passed: str) -> None:
        seen[passed] += 1
        if passed == name and seen[passed] == hit:
            os.kill(os.getpid(), signal.SIGKILL)

    return failpoint


def show_nothing(_upload: Upload) -> Callable[[Any], None]:
    return lambda _moment: None


@dataclass
class Server:
    """What the sandbox truly did, read from its ledger as it grows."""

    sandbox: Sandbox
    has: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: Counter[tuple[str, ...]] = field(default_factory=Counter)
    users: Counter[str] = field(default_factory=Counter)  # how often each was received
    ambiguous: int = 0
    _offset: int = 0

    def catch_up(self) -> None:
        """Take in what was written since."""
        with self.sandbox.ledger_file.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        for line in data[:whole].splitlines():
            event = json.loads(line)
            if event["event"] == "applied":
                for user in event["userIDs"]:
                    self.has.setdefault(user, {}).update(event["attributes"][user])
            elif event["event"] == "received":
                self.batches[tuple(sorted(event["userIDs"]))] += 1
                self.users.update(event["userIDs"])
            elif event.get("status") is None:
                self.ambiguous += 1

    @property
    def repeated(self) -> int:
        """How many batches came more than once, each repetition counted: as they were, or their users in
        whatever company."""
        whole = sum(times - 1 for times in self.batches.values())
        return max(whole, -(-sum(times - 1 for times in self.users.values()) // BATCH))


@dataclass
class Findings:
    """What a comparison found wrong. `lost`: rows that ended without their values on the server, or without a
    state. `false`: rows shown as done that the server lacks, or as not sent that it has."""

    kills: int = 0
    jobs: int = 0
    lost: int = 0
    false: int = 0
    repeated: int = 0
    allowed: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def violations(self) -> int:
        return self.lost + self.false + max(0, self.repeated - self.allowed)

    def blame(self, kind: str, sentence: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.details) < 20:
            self.details.append(sentence)


def make_job(folder: Path, number: int, rows: int) -> tuple[Path, dict[int, tuple[str, str]]]:
    """A checked job with users of its own; its path and what each row is to become."""
    truth = {
        row: (f"job{number}-{row:06d}@example.com", f"value {number}/{row}") for row in range(1, rows + 1)
    }
    job = small_job(folder, list(truth.values()))
    path = job.path
    job.close()
    return path, truth


def compare(
    path: Path, truth: dict[int, tuple[str, str]], server: Server, found: Findings, *, done: bool, moment: str
) -> None:
    """Hold the document against what the server did."""
    server.catch_up()
    job = open_job(path)
    try:
        told = _states(job)
    finally:
        job.close()
    if (told or done) and len(told) != len(truth):
        found.blame("lost", f"{moment}: {len(told)} states for {len(truth)} rows")
    for row, (state, user) in told.items():
        has = server.has.get(user, {}).get("a1") == truth[row][1]
        if user != truth[row][0]:
            found.blame("lost", f"{moment}: row {row} speaks of another user")
        elif state in (State.CONFIRMED, State.ACCEPTED) and not has:
            found.blame("false", f"{moment}: row {row} is {state.word}, the server lacks it")
        elif state is State.NOT_SENT and has:
            found.blame("false", f"{moment}: row {row} is not sent, the server has it")
        elif done and state is not State.CONFIRMED:
            found.blame("lost", f"{moment}: row {row} ended as {state.word}")


def _states(job: Job) -> dict[int, tuple[State, str]]:
    return {
        row: (State(state), user)
        for row, state, user in job.db.execute("SELECT row, state, user_id FROM ledger")
    }


def wait_or_kill(pid: int, seconds: float) -> int | None:
    """Wait so long for the child, then SIGKILL it: its exit code, or None when it was killed."""
    handle = os.pidfd_open(pid)
    try:
        import select

        ended = bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return None if code == -signal.SIGKILL else code


def now() -> float:
    return time.perf_counter()
