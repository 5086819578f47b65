"""Steps 4 and 5 of an import: what is said before Send, the progress, the result; History opens it too."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.core.settings import Settings
from nv_desktop.core.upload import Progress, Safety, Stage
from nv_desktop.gui import messages
from nv_desktop.gui.job import receipt_view
from nv_desktop.gui.job.asking import may_send, may_stop, why_not
from nv_desktop.gui.job.comparing import Comparing
from nv_desktop.gui.job.corrections import Corrections
from nv_desktop.gui.job.files import ResultFiles
from nv_desktop.gui.job.look import (
    Look,
    Saved,
    look_at,
    read_receipt,
    tell_story,
)
from nv_desktop.gui.job.progress import ProgressView
from nv_desktop.gui.job.ready import ReadyView
from nv_desktop.gui.job.result import ResultView, why_not_undo
from nv_desktop.gui.job.undo_view import UndoView
from nv_desktop.gui.job.undoing import Prepared, Read, Undoing
from nv_desktop.gui.job.wording import rows
from nv_desktop.gui.running import RunningJobs, Wanted
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import ElidedLabel, EmptyState, IconLabel, Label, Stepper, Surface, column, row

BATCH = 100
STORY_SECONDS = 1.5
FRESH_SECONDS = 900.0  # how long a comparison before an undo holds
SEND, RESULT = 3, 4  # numbers of the steps


class JobPage(QWidget):
    """Shows one job document. `check_reopened(Path)` when a person goes back to an earlier step;
    `job_shown(job id)`; `status_changed(sentence)` for the line at the bottom.

    `history` knows who opted out here; None where there is none.
    """

    check_reopened = Signal(object)
    job_shown = Signal(str)
    status_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        running: RunningJobs,
        settings: Settings,
        history: History | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._tasks, self._running = theme, tasks, running
        self._settings, self._history = settings, history
        self._account: Account | None = None
        self._path: Path | None = None
        self._look: Look | None = None
        self._story_at = 0.0
        self._story_of: tuple[object, ...] = ()
        self._asking = False
        self._undo_wanted = False
        self.setObjectName("job")
        self.setAccessibleName("Send and result")
        self.setProperty("role", "page")
        self.stepper = Stepper(theme, name="job.steps")
        self.banner = messages.Banner(theme, name="job.banner")
        self.ready, self.progress, self.result = ReadyView(theme), ProgressView(theme), ResultView(theme)
        self.undo_view = UndoView(theme)
        self.corrections = Corrections(self.result, tasks, self)
        history_file = history.path if history is not None else None
        self.comparing = Comparing(self.ready, tasks, history_file, self)
        self.undoing = Undoing(tasks, running.client_of, self)
        self.files = ResultFiles(tasks, self)
        self.empty = EmptyState(
            theme,
            "paper-plane-tilt",
            "No import is open",
            "Open a file under Import, or an earlier import under History.",
            name="job.empty",
        )
        self._build(theme)
        self._wire()
        self._actions = self._make_actions()
        self._show(self.empty)

    def _build(self, theme: Theme) -> None:
        self.file = ElidedLabel(theme, "", "strong", name="job.file")
        self.detail = Label(theme, "", "small", "text2", name="job.detail")
        icon = IconLabel(theme, "table", "text2", 16, "File")
        bar = Surface(
            "bar", row(self.stepper, None, icon, self.file, self.detail, gap=8, margins=(24, 0, 24, 0))
        )
        bar.setFixedHeight(56)
        self._stack = QStackedWidget()
        for view in (self.empty, self.ready, self.progress, self.result, self.undo_view):
            self._stack.addWidget(view)
        layout = column(bar, column(self.banner, margins=(24, 0, 24, 0)), self._stack, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _wire(self) -> None:
        self.stepper.step_chosen.connect(self._go_to_step)
        self.banner.retried.connect(self._retry)
        self.ready.send_wanted.connect(self._send)
        self.ready.back_wanted.connect(self._reopen_check)
        self.progress.pause_wanted.connect(self._pause)
        self.progress.resume_wanted.connect(self._go_on)
        self.progress.stop_wanted.connect(self._stop)
        self.progress.leave_wanted.connect(self._leave)
        self.result.send_again_wanted.connect(self._send_rest)
        self.result.resume_wanted.connect(self._send_rest)
        self.result.workbook_wanted.connect(self._save_workbook)
        self.result.receipt_wanted.connect(self._read_receipt)
        self.result.undo_wanted.connect(self._prepare_undo)
        self.result.writing_stopped.connect(self.files.stop_writing)
        self.undo_view.left.connect(self._leave_undo)
        self.undo_view.confirmed.connect(self._take_back)
        self.undoing.read.connect(self._undo_read)
        self.undoing.prepared.connect(self._undo_prepared)
        self.undoing.failed.connect(self._undo_failed)
        self.result.folder_wanted.connect(self.files.open_folder)
        self.result.fix_wanted.connect(self._reopen_check)
        self.corrections.changed.connect(self._corrected)
        self.corrections.failed.connect(self._tell_error)
        self.files.saved.connect(self._was_saved)
        self.files.failed.connect(self._tell_error)
        self.files.writing.connect(self.result.show_writing)
        self._running.started.connect(self._run_started)
        self._running.progressed.connect(self._run_progressed)
        self._running.activity_changed.connect(self._run_changed)
        self._running.ended.connect(self._run_ended)
        self._running.failed.connect(self._run_failed)

    # --- what the root tells ----------------------------------------------------------------------------

    def set_account(self, account: Account | None, client: Client | None = None) -> None:
        """The account that Send would send to. (A run makes a client of its own, so none is kept here.)"""
        self._account = account
        if self._path is not None and self._stack.currentWidget() not in (self.progress, self.undo_view):
            self._load()

    def open_job(self, path: Path) -> None:
        """Show a job: what would be sent, its progress, or its result."""
        self.corrections.close()
        self.undoing.put_away()
        self.comparing.forget()
        self._path, self._look = path, None
        self._undo_wanted = False
        self.ready.begin(Safety(self._settings.safety), skip_unchanged=False)
        self.result.folder.hide()
        self.banner.clear()
        run = self._running.run_of(path.stem)
        if run is not None:
            self.file.setText(run.name)
            self.detail.setText("")
            self._show_run()
        self._load()

    def undo_job(self, path: Path) -> None:
        """Show a job and begin to take it back, where that can be done."""
        self.open_job(path)
        self._undo_wanted = True

    def job_id(self) -> str:
        """The job that is shown, "" for none."""
        return self._path.stem if self._path is not None else ""

    def can_leave(self) -> bool:
        """Always: edits are kept the moment they are made, and a job that runs goes on."""
        return True

    def close_job(self) -> None:
        """Let go of the document (before it is deleted, or at the end)."""
        self.corrections.close()
        self.undoing.put_away()
        self._path = self._look = None
        self.comparing.forget()
        self._tasks.supersede(self._key("look"))
        self._show(self.empty)

    @Slot(object)
    def forget(self, path: object) -> None:
        """This document is about to be deleted."""
        if path == self._path:
            self.close_job()

    @Slot(str)
    def forget_person(self, user_id: str) -> None:
        """Somebody was erased: show nothing that was read before."""
        if self._stack.currentWidget() is self.result:
            self.corrections.forget()
            self._load()

    def actions(self) -> list[QAction]:
        return list(self._actions)

    @Slot()
    def _undo(self) -> None:
        if self._stack.currentWidget() is self.result:
            self.corrections.undo()

    @Slot()
    def _redo(self) -> None:
        if self._stack.currentWidget() is self.result:
            self.corrections.redo()

    def _make_actions(self) -> list[QAction]:
        made = [self.result.save_action()]
        for words, keys, slot in (
            ("Pause or resume sending", "Ctrl+Shift+P", self._toggle),
            ("Undo the last correction", QKeySequence.StandardKey.Undo, self._undo),
            ("Redo the last correction", QKeySequence.StandardKey.Redo, self._redo),
        ):
            action = QAction(words, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            made.append(action)
        return made

    # --- looking ----------------------------------------------------------------------------------------

    def _key(self, what: str) -> tuple[str, int]:
        return (f"job.{what}", id(self))

    def _rate(self) -> int:
        return max(1, self._settings.limit * self._settings.limit_share // 100)

    def _load(self) -> None:
        if self._path is None:
            return
        opt_outs = self._history.people.opt_outs if self._history is not None else None
        account = self._account.id if self._account is not None else ""
        self._tasks.run(
            look_at, self._path, account, opt_outs, self._rate(),
            done=self._looked, failed=self._not_looked, key=self._key("look"), front=True,
        )  # fmt: skip

    @Slot(object)
    def _looked(self, found: object) -> None:
        assert isinstance(found, Look)
        if self._path is None or found.line.path != self._path:
            return
        before, self._look = self._look, found
        line = found.line
        self.file.setText(line.file)
        self.detail.setText(", ".join(part for part in (found.sheet, rows(line.rows)) if part))
        if self._running.is_running(line.id):
            self.progress.show_story(found.events)
            self._show_run()
        elif line.begun:
            self._show_result(found, first=before is None or not before.line.begun)
            self._begin_wanted_undo(found)
        elif found.preview is not None:
            self.ready.show_preview(found.preview, self._account, self._why_not(found), found.uses)
            self._step(SEND)
            self._show(self.ready)
            self.comparing.begin(found, self._account)
        self.job_shown.emit(line.id)

    @Slot(object)
    def _not_looked(self, error: object) -> None:
        assert isinstance(error, AppError)
        self.banner.show_error(error)
        if self._look is None:
            self._show(self.empty)

    def _why_not(self, found: Look) -> str:
        here = self._running.is_running(found.line.id)
        return why_not(found.line, found.checked_for, self._account, here)

    def _show(self, view: QWidget) -> None:
        if self._stack.currentWidget() is not view:
            # The next key of a burst must not land on a button of the view that comes.
            self.setFocus()
            self._stack.setCurrentWidget(view)

    def _step(self, number: int) -> None:
        self.stepper.set_current(number)

    # --- the result -------------------------------------------------------------------------------------

    def _show_result(self, found: Look, *, first: bool) -> None:
        self.result.show_result(found.line, found.kinds, found.mended, self._why_not(found), found.kept)
        self.corrections.show(found, first=first)
        self._step(RESULT)
        self._show(self.result)

    @Slot(str)
    def _corrected(self, sentence: str) -> None:
        if sentence:
            self.status_changed.emit(sentence)
        self._load()

    @Slot(str)
    def _save_workbook(self, which: str) -> None:
        if self._look is not None:
            self.files.save_workbook(self._look.line, which)

    @Slot()
    def _read_receipt(self) -> None:
        if self._look is not None:
            self._tasks.run(
                read_receipt, self._look.line.path, done=self._show_receipt, failed=self._tell_error,
                key=self._key("receipt"), front=True,
            )  # fmt: skip

    @Slot(object)
    def _show_receipt(self, told: object) -> None:
        look = self._look
        if look is None or not isinstance(told, dict) or told.get("job") != look.line.id or self._asking:
            return
        self._asking = True
        try:
            wish = receipt_view.show_receipt(self.window(), self._theme, told)
        finally:
            self._asking = False
        if wish == "save":
            self.files.save_receipt(look.line)

    # --- taking back ------------------------------------------------------------------------------------

    def _begin_wanted_undo(self, found: Look) -> None:
        """History asked for it; where it cannot be done, the result says why."""
        if self._undo_wanted:
            self._undo_wanted = False
            self._prepare_undo()

    @Slot()
    def _prepare_undo(self, sentence: str = "") -> None:
        look, account = self._look, self._account
        if look is None or account is None or self.undoing.is_reading:
            return
        reason = why_not_undo(look.line, look.kept) or self._why_not(look)
        if reason:
            self.banner.say("This import cannot be taken back now.", reason, tone="warn")
            return
        self.banner.clear()
        self.undo_view.show_reading(look.line, account, self._rate(), sentence)
        self._step(RESULT)
        self._show(self.undo_view)
        self.undoing.begin(look.line, account)

    @Slot(object)
    def _undo_read(self, read: object) -> None:
        if isinstance(read, Read):
            self.undo_view.show_read(read)

    @Slot(object)
    def _undo_prepared(self, ready: object) -> None:
        assert isinstance(ready, Prepared)
        if ready.of == self._path:
            self.undo_view.show_prepared(ready)

    @Slot(object)
    def _undo_failed(self, error: object) -> None:
        if self._stack.currentWidget() is self.undo_view:
            self._leave_undo()
        self._tell_error(error)

    @Slot()
    def _leave_undo(self) -> None:
        """Everything stays as it is."""
        self.undoing.put_away()
        if self._look is not None:
            self._show(self.result)
        self._load()

    @Slot()
    def _take_back(self) -> None:
        """What was compared is sent, as a job of its own; a comparison that has aged is made anew."""
        look, account, ready = self._look, self._account, self.undoing.ready
        if look is None or account is None or ready is None or ready.path is None or self._asking:
            return
        reason = self._why_not(look)
        if reason:
            self.banner.say("This import cannot be taken back now.", reason, tone="warn")
            return
        if time.time() - ready.at > FRESH_SECONDS:
            self._prepare_undo("The comparison had aged, so the profiles are read again.")
            return
        self._asking = True
        try:
            agreed = may_send(self.window(), self._theme, account, self.undo_view.action())
        finally:
            self._asking = False
        if not agreed or self.undoing.take() is None:
            return
        self.undo_view.lock("Changing back has begun.")
        wanted = Wanted(safety=Safety.NONE, skip_unchanged=False)
        self._running.start(ready.path, f"Undo of {look.line.file}", account, wanted)
        self.open_job(ready.path)

    @Slot(object)
    def _was_saved(self, saved: object) -> None:
        assert isinstance(saved, Saved)
        self.result.folder.show()
        self.banner.say(saved.sentence, str(saved.path.parent), tone="ok")
        self.status_changed.emit(saved.sentence)

    @Slot(object)
    def _tell_error(self, error: object) -> None:
        if isinstance(error, AppError):
            self.banner.show_error(error, action="")

    # --- sending ----------------------------------------------------------------------------------------

    @Slot()
    def _send(self) -> None:
        """The first sending, as said on the page: one press, one job."""
        wanted = Wanted(
            self.ready.trial_rows(),
            safety=self.ready.safety(),
            skip_unchanged=self.ready.skips_unchanged(),
            raise_consent=self.ready.agreed(),
        )
        self._start(wanted, self.ready.press_count())

    @Slot()
    def _send_rest(self) -> None:
        """What is left, and what was mended."""
        self._start(Wanted(), self.result.again.text())

    def _start(self, wanted: Wanted, action: str) -> None:
        look, account = self._look, self._account
        if look is None or account is None or self._asking or self._running.is_running(look.line.id):
            return
        self._asking = True
        try:
            agreed = may_send(self.window(), self._theme, account, action)
        finally:
            self._asking = False
        if not agreed:
            return
        self.ready.lock("Sending has begun.")
        self.banner.clear()
        self.corrections.close()
        self._running.start(look.line.path, look.line.file, account, wanted)

    @Slot()
    def _pause(self) -> None:
        self._running.pause(self.job_id())

    @Slot()
    def _go_on(self) -> None:
        self._running.go_on(self.job_id())

    @Slot()
    def _leave(self) -> None:
        self._running.leave_unknown(self.job_id())

    @Slot()
    def _toggle(self) -> None:
        run = self._running.run_of(self.job_id())
        if run is not None:
            (self._go_on if run.stage in (Stage.PAUSED, Stage.ASKING) else self._pause)()

    @Slot()
    def _stop(self) -> None:
        run = self._running.run_of(self.job_id())
        if run is None or self._asking:
            return
        left = run.last.not_sent if run.last is not None else 0
        self._asking = True
        try:
            agreed = may_stop(self.window(), self._theme, left)
        finally:
            self._asking = False
        if agreed:
            self._running.stop(run.id)
            self._show_run()

    # --- what the running job tells ---------------------------------------------------------------------

    @Slot(str)
    def _run_started(self, job_id: str) -> None:
        if job_id == self.job_id():
            self._story_of, self._story_at = (), 0.0
            self.corrections.close()
            self.progress.show_story(())
            self._show_run()

    @Slot(str, object)
    def _run_progressed(self, job_id: str, progress: object) -> None:
        if job_id != self.job_id() or not isinstance(progress, Progress):
            return
        seen = (progress.state, progress.refused, progress.unknown, progress.calls == 0)
        now = time.monotonic()
        if seen != self._story_of and now - self._story_at >= STORY_SECONDS and self._path is not None:
            self._story_of, self._story_at = seen, now
            self._tasks.run(
                tell_story, self._path, done=self._story_told, failed=self._story_missed,
                key=self._key("story"),
            )  # fmt: skip

    @Slot(object)
    def _run_changed(self, activity: object) -> None:
        """Every progress and every wish comes by here."""
        if getattr(activity, "id", "") == self.job_id():
            self._show_run()

    @Slot(object)
    def _story_told(self, events: object) -> None:
        if isinstance(events, list):
            self.progress.show_story(events)

    @Slot(object)
    def _story_missed(self, error: object) -> None:
        """The list stays as it is; the next progress asks again."""
        self._story_of = ()

    @Slot(str, object)
    def _run_ended(self, job_id: str, last: object) -> None:
        if job_id == self.job_id():
            self._look = None
            self._load()

    @Slot(str, object)
    def _run_failed(self, job_id: str, error: object) -> None:
        if job_id == self.job_id():
            self._look = None
            self._load()
            self._tell_error(error)

    def _show_run(self) -> None:
        run = self._running.run_of(self.job_id())
        if run is None:
            return
        self.progress.show_run(run, self._rate() * BATCH)
        self._step(SEND)
        self._show(self.progress)

    # --- going elsewhere, and files ---------------------------------------------------------------------

    @Slot(int)
    def _go_to_step(self, number: int) -> None:
        if number < SEND:
            self._reopen_check()

    @Slot()
    def _reopen_check(self) -> None:
        if self._path is not None:
            self.check_reopened.emit(self._path)

    @Slot()
    def _retry(self) -> None:
        self._load()
