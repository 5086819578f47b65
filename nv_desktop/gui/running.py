"""The uploads that run beside the window: started, paused, ended, and what each is doing now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.history import History
from nv_desktop.core.job import documents
from nv_desktop.core.job.listing import Listed, listed
from nv_desktop.core.settings import Settings
from nv_desktop.core.upload import OldUnknown, Progress, Stage
from nv_desktop.gui.job.run import Moment, Run, Wanted
from nv_desktop.gui.job.sending import Known, send
from nv_desktop.gui.tasks import Tasks

__all__ = ["Connect", "Run", "RunningJobs", "Wanted", "unfinished"]

Connect = Callable[[Account], Client]


class RunningJobs(QObject):
    """Runs uploads, each with the account it belongs to. Main thread only; nothing here blocks.

    `tasks` is one of its own, since an upload holds a thread until it ends: as many as its threads run at a
    time, others wait. `connect(account) -> Client` blocks and is called in the upload's thread; the client is
    closed at the end. `history` knows what was written here by hand, and learns whom an import wrote.
    Signals: started(job id), progressed(job id, Progress), ended(job id, Progress), failed(job id, AppError),
    activity_changed(Activity), activity_ended(job id), rested() when none runs.
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
        *,
        history: History | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._connect, self._accounts, self._settings = tasks, connect, accounts, settings
        self._history = history
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
            self._send, run, done=run.take_end, failed=run.take_failure, progressed=run.take_moment
        )
        self.activity_changed.emit(run.activity())
        self.started.emit(run.id)
        return True

    def resume(self, line: Listed, old_unknown: OldUnknown = OldUnknown.SETTLE) -> bool:
        """Go on with a job that was begun, with its own account. Raises NotFound (the account is gone)."""
        if line.account is None:
            raise Rejected("Nobody has said yet where this import goes.", "Open it and send it.")
        account = self._accounts.get(line.account)
        return self.start(
            line.path, line.file, account, Wanted(old_unknown=old_unknown, deletes=line.deletes)
        )

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

    def client_of(self, account: Account) -> Client:
        """A client of an account, for a thread in the background: blocks. The caller closes it."""
        return self._connect(account)

    def _send(self, run: Run, report: Callable[[Moment], None]) -> Progress:
        """In the upload's thread."""
        known = Known(self._accounts, self._history) if self._history is not None else None
        return send(run, self._connect, self._settings.window, known, report)

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
                self.start(run.path, run.name, run.account, run.wanted.again())
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
