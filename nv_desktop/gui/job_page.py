"""Steps 4 and 5 of an import: what is said before Send, the progress, the result; History opens it too.

Lists of users to be deleted have their progress and result here as well.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.core.upload import Safety
from nv_desktop.gui import messages
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.job.asking import may_send, why_not
from nv_desktop.gui.job.comparing import Comparing
from nv_desktop.gui.job.corrections import Corrections
from nv_desktop.gui.job.deletions import Deletions
from nv_desktop.gui.job.files import ResultFiles
from nv_desktop.gui.job.kinds import words_of
from nv_desktop.gui.job.list_deletion import Confirmed
from nv_desktop.gui.job.look import Look, Saved, look_at
from nv_desktop.gui.job.progress import ProgressView
from nv_desktop.gui.job.ready import ReadyView
from nv_desktop.gui.job.receipts import Receipts
from nv_desktop.gui.job.restoring import Back
from nv_desktop.gui.job.result import ResultView
from nv_desktop.gui.job.taking_back import TakingBack
from nv_desktop.gui.job.undo_view import UndoView
from nv_desktop.gui.job.undoing import Undoing
from nv_desktop.gui.job.watching import Watching
from nv_desktop.gui.running import RunningJobs, Wanted
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import ElidedLabel, EmptyState, IconLabel, Label, Stepper, Surface, column, row

SEND, RESULT = 3, 4  # numbers of the steps


class JobPage(QWidget):
    """Shows one job document. `check_reopened(Path)` when a person goes back to an earlier step;
    `job_shown(job id)`; `status_changed(sentence)` for the line at the bottom.

    `history` knows who opted out here and holds the shelf; None where there is none.
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
        history: History | None,
        paths: Paths,
    ) -> None:
        super().__init__()
        self._theme, self._tasks, self._running = theme, tasks, running
        self._settings, self._history = settings, history
        self._account: Account | None = None
        self._path: Path | None = None
        self._look: Look | None = None
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
        self.taking_back = TakingBack(theme, self.undoing, running, self.undo_view, self)
        self.watching = Watching(theme, tasks, running, self.progress, self)
        self.deletions = Deletions(theme, tasks, running, history, paths, self)
        self.files = ResultFiles(tasks, self)
        self.receipts = Receipts(theme, tasks, running.client_of, self)
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
        self.kind = Label(theme, "Deleting by a list", "strong", "text2", name="job.kind")
        self.kind.hide()
        bar = Surface(
            "bar",
            row(self.stepper, self.kind, None, icon, self.file, self.detail, gap=8, margins=(24, 0, 24, 0)),
        )
        bar.setFixedHeight(56)
        self._stack = QStackedWidget()
        views = (self.empty, self.deletions.view, self.ready, self.progress, self.result, self.undo_view)
        for view in views:
            self._stack.addWidget(view)
        layout = column(bar, column(self.banner, margins=(24, 0, 24, 0)), self._stack, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _wire(self) -> None:
        self.stepper.step_chosen.connect(self._go_to_step)
        self.banner.retried.connect(self._retry)
        self.ready.send_wanted.connect(self._send)
        self.ready.back_wanted.connect(self._reopen_check)
        self.watching.begun.connect(self.corrections.close)
        self.watching.shown.connect(self._run_shown)
        self.watching.over.connect(self._run_over)
        self.result.send_again_wanted.connect(self._send_rest)
        self.result.resume_wanted.connect(self._send_rest)
        self.result.workbook_wanted.connect(self._save_workbook)
        self.result.receipt_wanted.connect(self._read_receipt)
        self.result.undo_wanted.connect(self._prepare_undo)
        self.result.writing_stopped.connect(self.files.stop_writing)
        self.result.writing_stopped.connect(self.deletions.restoring.stop)
        self.result.restore_wanted.connect(self.deletions.ask_restore)
        self.deletions.restoring.writing.connect(self.result.show_writing)
        self.deletions.restoring.restored.connect(self._restored)
        self.deletions.restoring.failed.connect(self._tell_error)
        self.taking_back.shown.connect(self._show_undo)
        self.taking_back.left.connect(self._leave_undo)
        self.taking_back.refused.connect(self._refuse_undo)
        self.taking_back.started.connect(self._show_started)
        self.taking_back.deletion_wanted.connect(self.deletions.delete_created)
        self.undoing.failed.connect(self._undo_failed)
        self.deletions.lists.confirmed.connect(self.delete_list)
        self.deletions.lists.failed.connect(self._tell_error)
        self.deletions.said.connect(self.status_changed)
        self.result.folder_wanted.connect(self.files.open_folder)
        self.result.fix_wanted.connect(self._reopen_check)
        self.corrections.changed.connect(self._corrected)
        self.corrections.failed.connect(self._tell_error)
        self.receipts.save_wanted.connect(self._save_receipt)
        self.receipts.failed.connect(self._tell_error)
        self.files.saved.connect(self._was_saved)
        self.files.failed.connect(self._tell_error)
        self.files.writing.connect(self.result.show_writing)

    # --- what the root tells ----------------------------------------------------------------------------

    def set_account(self, account: Account | None, client: Client | None = None) -> None:
        """The account that Send would send to. (A run makes a client of its own, so none is kept here.)"""
        self._account = account
        self.watching.watch(self._path, self._rate())
        self.taking_back.use(account)
        reason = self._why_not(self._look) if self._look is not None else ""
        self.deletions.look(self._look, account, reason, self._rate())
        if self._path is not None and self._stack.currentWidget() not in (self.progress, self.undo_view):
            self._load()

    def open_job(self, path: Path) -> None:
        """Show a job: what would be sent, its progress, or its result."""
        self.corrections.close()
        self.undoing.put_away()
        self.receipts.forget()
        self.comparing.forget()
        self._path, self._look = path, None
        self.watching.watch(path, self._rate())
        self.deletions.look(None, self._account, "", self._rate())
        self._undo_wanted = False
        self.ready.begin(Safety(self._settings.safety), skip_unchanged=False)
        self.result.folder.hide()
        self.banner.clear()
        run = self._running.run_of(path.stem)
        if run is not None:
            self.file.setText(run.name)
            self.detail.setText("")
            self.watching.show()
        self._load()

    @Slot(object)
    def _show_started(self, path: object) -> None:
        assert isinstance(path, Path)
        self.open_job(path)

    def undo_job(self, path: Path) -> None:
        """Show a job and begin to take it back, where that can be done."""
        self.open_job(path)
        self._undo_wanted = True

    @Slot(object)
    def delete_list(self, agreed: object) -> None:
        """A person has confirmed that the users of a list are deleted (`Confirmed`): begin, and show it."""
        assert isinstance(agreed, Confirmed)
        wanted = Wanted(safety=Safety.NONE, skip_unchanged=False, deletes=True, keep=agreed.keep)
        self._running.start(agreed.path, agreed.name, agreed.account, wanted)
        self.open_job(agreed.path)

    def job_id(self) -> str:
        """The job that is shown, "" for none."""
        return self._path.stem if self._path is not None else ""

    def can_leave(self) -> bool:
        """Always: corrections are kept, also what is being typed, and a job that runs goes on."""
        self.corrections.finish()
        return True

    def close_job(self) -> None:
        """Let go of the document (before it is deleted, or at the end)."""
        self.corrections.close()
        self.undoing.put_away()
        self._path = self._look = None
        self.deletions.look(None, self._account, "", self._rate())
        self.watching.watch(None, self._rate())
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
            ("Pause or resume sending", "Ctrl+Shift+P", self.watching.toggle),
            ("Undo the last correction", QKeySequence.StandardKey.Undo, self._undo),
            ("Redo the last correction", QKeySequence.StandardKey.Redo, self._redo),
        ):
            made.append(action_of(self, words, keys, slot))
        return made

    # --- looking ----------------------------------------------------------------------------------------

    def _key(self, what: str) -> tuple[str, int]:
        return (f"job.{what}", id(self))

    def _rate(self) -> int:
        return max(1, self._settings.limit * self._settings.limit_share // 100)

    def _load(self) -> None:
        if self._path is None:
            return
        account = self._account.id if self._account is not None else ""
        self._tasks.run(
            look_at, self._path, account, self._history, self._rate(),
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
        count = words_of(line).count(line.rows)
        self.detail.setText(", ".join(part for part in (found.sheet, count) if part))
        self.stepper.setVisible(not line.deletes)
        self.kind.setVisible(line.deletes)
        self.deletions.look(found, self._account, self._why_not(found), self._rate())
        if self._running.is_running(line.id):
            self.progress.show_story(found.events)
            self.watching.show()
        elif line.begun:
            self._show_result(found, first=before is None or not before.line.begun)
            self._begin_wanted_undo()
        elif line.deletes:
            self._show(self.deletions.view)
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
            self.receipts.show(self._look.line, self._account, self._rate())

    @Slot(object)
    def _save_receipt(self, line: object) -> None:
        assert isinstance(line, Listed)
        self.files.save_receipt(line)

    # --- taking back ------------------------------------------------------------------------------------

    def _begin_wanted_undo(self) -> None:
        """History asked for it; where it cannot be done, the result says why."""
        if self._undo_wanted:
            self._undo_wanted = False
            self._prepare_undo()

    @Slot()
    def _prepare_undo(self) -> None:
        look, account = self._look, self._account
        if look is not None and account is not None:
            self.banner.clear()
            self.taking_back.begin(look, account, self._why_not(look), self._rate())

    @Slot()
    def _show_undo(self) -> None:
        self._step(RESULT)
        self._show(self.undo_view)

    @Slot(str, str)
    def _refuse_undo(self, sentence: str, reason: str) -> None:
        self.banner.say(sentence, reason, tone="warn")

    @Slot(object)
    def _undo_failed(self, error: object) -> None:
        if self._stack.currentWidget() is self.undo_view:
            self._leave_undo()
        self._tell_error(error)

    @Slot()
    def _leave_undo(self) -> None:
        if self._look is not None:
            self._show(self.result)
        self._load()

    @Slot(object)
    def _restored(self, back: object) -> None:
        assert isinstance(back, Back)
        sentence, remedy = back.words()
        self.banner.say(sentence, remedy, tone="ok" if back.is_whole else "warn")
        self.status_changed.emit(sentence)
        self._load()

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
        self.corrections.finish()
        deletes = self._look is not None and self._look.line.deletes
        self._start(Wanted(deletes=deletes), self.result.again.text())

    def _start(self, wanted: Wanted, action: str) -> None:
        look, account = self._look, self._account
        if look is None or account is None or self._asking or self._running.is_running(look.line.id):
            return
        self._asking = True
        try:
            what = "deleted" if wanted.deletes else "changed"
            agreed = may_send(self.window(), self._theme, account, action, what)
        finally:
            self._asking = False
        if not agreed:
            return
        self.ready.lock("Sending has begun.")
        self.banner.clear()
        self.corrections.close()
        self._running.start(look.line.path, look.line.file, account, wanted)

    @Slot()
    def _run_shown(self) -> None:
        self._step(SEND)
        self._show(self.progress)

    @Slot(object)
    def _run_over(self, error: object) -> None:
        self._look = None
        self._load()
        self._tell_error(error)

    # --- going elsewhere, and files ---------------------------------------------------------------------

    @Slot(int)
    def _go_to_step(self, number: int) -> None:
        if number < SEND:
            self._reopen_check()

    @Slot()
    def _reopen_check(self) -> None:
        if self._path is not None and not (self._look is not None and self._look.line.deletes):
            self.check_reopened.emit(self._path)

    @Slot()
    def _retry(self) -> None:
        self._load()
