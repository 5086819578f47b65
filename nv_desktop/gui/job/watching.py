"""The run of the job in sight: its progress shown, its story told, held and stopped by a person."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.errors import AppError
from nv_desktop.core.upload import Progress, Stage
from nv_desktop.gui.job.asking import may_stop
from nv_desktop.gui.job.look import tell_story
from nv_desktop.gui.job.progress import ProgressView
from nv_desktop.gui.running import RunningJobs
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme

STORY_SECONDS = 1.5


class Watching(QObject):
    """Feeds a `ProgressView`. `begun()` when the job in sight starts to run, `shown()` whenever its progress
    is to be seen, `over(AppError or None)` when it has come to rest."""

    begun = Signal()
    shown = Signal()
    over = Signal(object)

    def __init__(
        self, theme: Theme, tasks: Tasks, running: RunningJobs, view: ProgressView, widget: QWidget
    ) -> None:
        super().__init__(widget)
        self._theme, self._tasks, self._running = theme, tasks, running
        self._view, self._widget = view, widget
        self._path: Path | None = None
        self._calls_a_minute = 1
        self._story_at = 0.0
        self._story_of: tuple[object, ...] = ()
        self._asking = False
        view.pause_wanted.connect(self.pause)
        view.resume_wanted.connect(self.go_on)
        view.stop_wanted.connect(self.stop)
        view.leave_wanted.connect(self.leave)
        running.started.connect(self._started)
        running.progressed.connect(self._progressed)
        running.activity_changed.connect(self._changed)
        running.ended.connect(self._ended)
        running.failed.connect(self._failed)

    def watch(self, path: Path | None, calls_a_minute: int) -> None:
        """Another job is in sight, or none. `calls_a_minute`: the most that the limit allows."""
        self._path, self._calls_a_minute = path, calls_a_minute

    def show(self) -> bool:
        """Show where it stands; False where it does not run."""
        run = self._running.run_of(self._id())
        if run is None:
            return False
        self._view.show_run(run, self._calls_a_minute)
        self.shown.emit()
        return True

    def _id(self) -> str:
        return self._path.stem if self._path is not None else ""

    # --- what a person does -----------------------------------------------------------------------------

    @Slot()
    def pause(self) -> None:
        self._running.pause(self._id())

    @Slot()
    def go_on(self) -> None:
        self._running.go_on(self._id())

    @Slot()
    def leave(self) -> None:
        self._running.leave_unknown(self._id())

    @Slot()
    def toggle(self) -> None:
        """Pause, or go on."""
        run = self._running.run_of(self._id())
        if run is not None:
            (self.go_on if run.stage in (Stage.PAUSED, Stage.ASKING) else self.pause)()

    @Slot()
    def stop(self) -> None:
        """End it, once a person has said so."""
        run = self._running.run_of(self._id())
        if run is None or self._asking:
            return
        left = run.last.not_sent if run.last is not None else 0
        self._asking = True
        try:
            agreed = may_stop(self._widget.window(), self._theme, left, run.wanted.deletes)
        finally:
            self._asking = False
        if agreed:
            self._running.stop(run.id)
            self.show()

    # --- what the running job tells ---------------------------------------------------------------------

    @Slot(str)
    def _started(self, job_id: str) -> None:
        if job_id == self._id():
            self._story_of, self._story_at = (), 0.0
            self._view.show_story(())
            self.begun.emit()
            self.show()

    @Slot(str, object)
    def _progressed(self, job_id: str, progress: object) -> None:
        if job_id != self._id() or not isinstance(progress, Progress):
            return
        seen = (progress.state, progress.refused, progress.unknown, progress.calls == 0)
        now = time.monotonic()
        if seen != self._story_of and now - self._story_at >= STORY_SECONDS and self._path is not None:
            self._story_of, self._story_at = seen, now
            self._tasks.run(
                tell_story, self._path, done=self._story_told, failed=self._story_missed,
                key=("job.story", id(self)),
            )  # fmt: skip

    @Slot(object)
    def _changed(self, activity: object) -> None:
        """Every progress and every wish comes by here."""
        if getattr(activity, "id", "") == self._id():
            self.show()

    @Slot(object)
    def _story_told(self, events: object) -> None:
        if isinstance(events, list):
            self._view.show_story(events)

    @Slot(object)
    def _story_missed(self, error: object) -> None:
        """The list stays as it is; the next progress asks again."""
        self._story_of = ()

    @Slot(str, object)
    def _ended(self, job_id: str, last: object) -> None:
        if job_id == self._id():
            self.over.emit(None)

    @Slot(str, object)
    def _failed(self, job_id: str, error: object) -> None:
        if job_id == self._id() and isinstance(error, AppError):
            self.over.emit(error)
