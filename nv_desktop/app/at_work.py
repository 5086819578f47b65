"""Uploads as the window shows them on every page: at work, paused, waiting since last time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.app.in_use import InUse
from nv_desktop.core.errors import AppError
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.upload import Progress
from nv_desktop.gui.main_window import Activity, MainWindow
from nv_desktop.gui.running import RunningJobs


class AtWork(QObject):
    """`resumed(path)` of a job that waited, `failed(AppError)` where it cannot go on."""

    resumed = Signal(object)
    failed = Signal(object)

    def __init__(self, window: MainWindow, running: RunningJobs, in_use: InUse) -> None:
        super().__init__(window)
        self._window, self._running, self._in_use = window, running, in_use
        self.waiting: dict[str, Listed] = {}
        """Jobs from last time that may be resumed, by id."""
        window.pause_requested.connect(running.pause)
        window.resume_requested.connect(self._resume)
        running.activity_changed.connect(self._show)
        running.progressed.connect(self._show_weather)
        running.started.connect(self._started)
        running.activity_ended.connect(window.remove_job)
        running.ended.connect(self._ended)

    @Slot(object)
    def offer(self, lines: object) -> None:
        """These (list[Listed]) were left by the last start."""
        assert isinstance(lines, list)
        for line in lines:
            self.waiting[line.id] = line
            self._window.set_job(
                Activity(
                    line.id,
                    line.file,
                    line.arrived,
                    line.rows - line.skipped,
                    state="paused",
                    unit="users" if line.deletes else "rows",
                )
            )
        if lines:
            what = f"“{lines[0].file}”" if len(lines) == 1 else f"{len(lines)} imports"
            self._window.set_status(f"{what} waited while the window was closed. Resume goes on.", "warn")

    @Slot(object)
    def resume_line(self, line: object) -> None:
        """Go on with a job (`Listed`) that was begun."""
        assert isinstance(line, Listed)
        try:
            self._running.resume(line)
        except AppError as problem:
            self.failed.emit(problem)
        else:
            self.resumed.emit(line.path)

    @Slot(object)
    def forget(self, path: object) -> None:
        """This document is about to be deleted."""
        assert isinstance(path, Path)
        if self.waiting.pop(path.stem, None) is not None:
            self._window.remove_job(path.stem)

    @Slot(str)
    def _resume(self, job_id: str) -> None:
        if self._running.is_running(job_id):
            self._running.go_on(job_id)
            return
        line = self.waiting.get(job_id)
        if line is not None:
            self.resume_line(line)

    @Slot(object)
    def _show(self, activity: object) -> None:
        assert isinstance(activity, Activity)
        self._window.set_job(activity)

    @Slot(str, object)
    def _show_weather(self, job_id: str, progress: object) -> None:
        """Whether the server of the account in use is there, as an upload to it has found."""
        run, account = self._running.run_of(job_id), self._in_use.account
        mine = run is not None and account is not None and run.account.id == account.id
        if mine and isinstance(progress, Progress):
            self._window.set_online(not progress.down)

    @Slot(str)
    def _started(self, job_id: str) -> None:
        self.waiting.pop(job_id, None)

    @Slot(str, object)
    def _ended(self, _job_id: str, _last: object) -> None:
        self._in_use.ask_budget()
