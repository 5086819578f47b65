"""The uploads that run beside the window: started, paused, ended, and what each is doing now."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.job import documents, open_job
from nv_desktop.core.job.listing import Listed, listed
from nv_desktop.core.settings import Settings
from nv_desktop.core.upload import OldUnknown, Progress, Stage, Upload, UploadOptions
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.widgets.activity_line import Activity

SAMPLE_SECONDS = 1.0
MOST_SAMPLES = 4_000
RESTING = frozenset({Stage.PAUSED, Stage.ASKING})
WAITING = "Waits for its turn to begin"

Connect = Callable[[Account], Client]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a job shall be sent. `trial`: only so many rows. `exclude`: user IDs that are left out, kept in the
    document for every later run. `old_unknown`: the answer about rows unknown for more than a day."""

    trial: int | None = None
    exclude: Collection[str] | None = None
    old_unknown: OldUnknown = OldUnknown.SETTLE


class Run(QObject):
    """One upload: what it told last, and its pace so far as (seconds since 1970, rows a minute).

    `progressed(Progress)`, `ended(Progress)`, `failed(AppError)`; main thread only.
    """

    progressed = Signal(object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, path: Path, name: str, account: Account, wanted: Wanted, parent: QObject) -> None:
        super().__init__(parent)
        self.path, self.name, self.account, self.wanted = path, name, account, wanted
        self.id = path.stem
        self.began = time.time()
        self.last: Progress | None = None
        self.samples: deque[tuple[float, float]] = deque(maxlen=MOST_SAMPLES)
        self.upload: Upload | None = None
        self.is_parking = False
        self.starts_again = False
        self._wish = ""

    @property
    def stage(self) -> Stage:
        """Where it stands; a pause or stop that was asked for shows at once."""
        if self._wish == "pause" and (self.last is None or self.last.state not in RESTING):
            return Stage.PAUSED
        return self.last.state if self.last is not None else Stage.PREPARING

    @property
    def is_stopping(self) -> bool:
        return self._wish == "stop"

    def pause(self) -> None:
        self._wish_for("pause")

    def go_on(self) -> None:
        self._wish_for("")

    def stop(self) -> None:
        self._wish_for("stop")

    def park(self) -> None:
        """End, but stand as paused, so that the next start offers to resume."""
        self.is_parking = True
        self._wish_for("stop")

    def begin_again(self) -> None:
        """End, and be started anew: with the key that is kept now, and a disk that has room again."""
        self.starts_again = True
        self.park()

    def obey(self, upload: Upload) -> None:
        """In the upload's thread, once it exists: what was asked for meanwhile."""
        self.upload = upload
        if self._wish:
            getattr(upload, self._wish)()

    def _wish_for(self, wish: str) -> None:
        if self._wish == "stop":
            return
        self._wish = wish
        if self.upload is not None:
            {"": self.upload.go_on, "pause": self.upload.pause, "stop": self.upload.stop}[wish]()

    @Slot(object)
    def take_progress(self, progress: object) -> None:
        assert isinstance(progress, Progress)
        self.last = progress
        now = time.time()
        if not self.samples or now - self.samples[-1][0] >= SAMPLE_SECONDS:
            self.samples.append((now, progress.rate if progress.state is Stage.SENDING else 0.0))
        self.progressed.emit(progress)

    @Slot(object)
    def take_end(self, last: object) -> None:
        assert isinstance(last, Progress)
        self.last = last
        self.ended.emit(last)

    @Slot(object)
    def take_failure(self, error: object) -> None:
        self.failed.emit(error)

    def activity(self) -> Activity:
        """The job as the line at the bottom shows it."""
        last, stage = self.last, self.stage
        if last is None:
            return Activity(self.id, self.name, 0, 0, note=WAITING)
        total = last.rows - last.skipped
        done = total - last.not_sent - last.unknown
        state = {Stage.PAUSED: "paused", Stage.ASKING: "paused", Stage.WAITING: "waiting"}.get(
            stage, "running"
        )
        note = ""
        if stage is Stage.ASKING:
            note = "has a question for you"
        elif stage in (Stage.WAITING, Stage.PAUSED) and last.waiting_reason:
            note = last.waiting_reason.rstrip(".")
        rate = round(last.rate) if last.rate else None
        return Activity(self.id, self.name, done, total, rate, last.seconds_left, state, note)


class RunningJobs(QObject):
    """Runs uploads, each with the account it belongs to. Main thread only; nothing here blocks.

    `tasks` is one of its own, since an upload holds a thread until it ends: as many as its threads run at a
    time, others wait. `connect(account) -> Client` blocks and is called in the upload's thread; the client is
    closed at the end. Signals: started(job id), progressed(job id, Progress), ended(job id, Progress),
    failed(job id, AppError), activity_changed(Activity), activity_ended(job id), rested() when none runs.
    """

    started = Signal(str)
    progressed = Signal(str, object)
    ended = Signal(str, object)
    failed = Signal(str, object)
    activity_changed = Signal(object)
    activity_ended = Signal(str)
    rested = Signal()

    def __init__(
        self,
        tasks: Tasks,
        connect: Connect,
        accounts: Accounts,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._connect, self._accounts, self._settings = tasks, connect, accounts, settings
        self._runs: dict[str, Run] = {}

    # --- asking -----------------------------------------------------------------------------------------

    def run_of(self, job_id: str) -> Run | None:
        """The running upload of a job."""
        return self._runs.get(job_id)

    def runs(self) -> list[Run]:
        return list(self._runs.values())

    def is_running(self, job_id: str) -> bool:
        return job_id in self._runs

    # --- doing ------------------------------------------------------------------------------------------

    def start(self, path: Path, name: str, account: Account, wanted: Wanted | None = None) -> bool:
        """Send what is left of a job. False, and nothing happens, while it runs already: one click, one job.

        `name`: what people call it (the file's name). What goes wrong comes as `failed`.
        """
        if path.stem in self._runs:
            return False
        run = Run(path, name, account, wanted or Wanted(), self)
        self._runs[run.id] = run
        run.progressed.connect(self._tell_progress)
        run.ended.connect(self._tell_end)
        run.failed.connect(self._tell_failure)
        self._tasks.run(
            self._send, run, done=run.take_end, failed=run.take_failure, progressed=run.take_progress
        )
        self.activity_changed.emit(run.activity())
        self.started.emit(run.id)
        return True

    def resume(self, line: Listed, old_unknown: OldUnknown = OldUnknown.SETTLE) -> bool:
        """Go on with a job that was begun, with its own account. Raises NotFound (the account is gone)."""
        if line.account is None:
            raise Rejected("Nobody has said yet where this import goes.", "Open it and send it.")
        account = self._accounts.get(line.account)
        return self.start(line.path, line.file, account, Wanted(old_unknown=old_unknown))

    @Slot(str)
    def pause(self, job_id: str) -> None:
        """No new call from now on; answers on their way are taken in."""
        run = self._runs.get(job_id)
        if run is not None:
            run.pause()
            self.activity_changed.emit(run.activity())

    @Slot(str)
    def go_on(self, job_id: str) -> None:
        """End a pause, or answer a question with yes."""
        run = self._runs.get(job_id)
        if run is not None:
            broke_off = run.last is not None and run.last.state is Stage.PAUSED and run.last.waiting_reason
            if broke_off:
                run.begin_again()
            else:
                run.go_on()
            self.activity_changed.emit(run.activity())

    @Slot(str)
    def leave_unknown(self, job_id: str) -> None:
        """Answer the question about rows unknown for long: they stay so, the rest goes."""
        run = self._runs.get(job_id)
        if run is not None:
            run.wanted = replace(run.wanted, old_unknown=OldUnknown.LEAVE)
            run.begin_again()
            self.activity_changed.emit(run.activity())

    @Slot(str)
    def stop(self, job_id: str) -> None:
        """End the run; what is not sent stays in the document."""
        run = self._runs.get(job_id)
        if run is not None:
            run.stop()

    @Slot()
    def pause_all(self) -> None:
        """For closing the window: every job ends and stands as paused. `rested` comes when the last has."""
        for run in self.runs():
            run.starts_again = False
            run.park()
        if not self._runs:
            self.rested.emit()

    # --- in the upload's thread -------------------------------------------------------------------------

    def _send(self, run: Run, report: Callable[[Progress], None]) -> Progress:
        job = open_job(run.path)
        try:
            if not job.checked():
                raise Rejected("This import has not been checked to its end.", "Go back to Check first.")
            if run.wanted.exclude is not None:
                job.set_meta("exclude", sorted(run.wanted.exclude))
            client = self._connect(run.account)
            try:
                upload = Upload(job, client, options=self._options(run, job.meta("exclude") or ()))
                run.obey(upload)
                last = upload.run(report)
            finally:
                client.close()
            if run.is_parking and last.state is Stage.STOPPED:
                job.set_meta("stage", "paused")
                last = replace(last, state=Stage.PAUSED)
            return last
        finally:
            job.close()

    def _options(self, run: Run, exclude: Collection[str]) -> UploadOptions:
        account = run.account.id

        def learn(types: dict[str, str]) -> None:
            self._accounts.learn_types(account, types)

        return UploadOptions(
            window=self._settings.window,
            trial=run.wanted.trial,
            old_unknown=run.wanted.old_unknown,
            exclude=frozenset(exclude),
            types_used=learn,
        )

    # --- coming home ------------------------------------------------------------------------------------

    @Slot(object)
    def _tell_progress(self, progress: object) -> None:
        run = self.sender()
        if isinstance(run, Run):
            self.activity_changed.emit(run.activity())
            self.progressed.emit(run.id, progress)

    @Slot(object)
    def _tell_end(self, last: object) -> None:
        run = self.sender()
        if isinstance(run, Run):
            self._forget(run)
            if run.starts_again and isinstance(last, Progress) and last.state is Stage.PAUSED:
                self.start(run.path, run.name, run.account, replace(run.wanted, exclude=None))
                return
            self.ended.emit(run.id, last)
            self._tell_rest()

    @Slot(object)
    def _tell_failure(self, error: object) -> None:
        run = self.sender()
        if isinstance(run, Run):
            self._forget(run)
            self.failed.emit(run.id, error)
            self._tell_rest()

    def _forget(self, run: Run) -> None:
        self._runs.pop(run.id, None)
        self.activity_ended.emit(run.id)
        run.deleteLater()

    def _tell_rest(self) -> None:
        if not self._runs:
            self.rested.emit()


def unfinished(folder: Path) -> list[Listed]:
    """Jobs of this folder that were cut off or paused: what the next start offers to resume. Blocks; a
    document that cannot be read is left out here (History names it)."""
    return [line for line in _lines(folder) if line.unfinished]


def _lines(folder: Path) -> list[Listed]:
    found = []
    for path in documents(folder):
        try:
            found.append(listed(path))
        except AppError:
            continue
    return found
