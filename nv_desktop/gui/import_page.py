"""The Import page: steps 1 to 3, from a file to a checked job; the job keeps what was done, come what may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.importing import Step as Progress
from nv_desktop.core.job import Job, open_job, remove
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.beside import Comparison, LeftBehind
from nv_desktop.gui.importing.check_step import CheckStep
from nv_desktop.gui.importing.columns_step import ColumnsStep
from nv_desktop.gui.importing.decision_keeper import DecisionKeeper
from nv_desktop.gui.importing.file_step import FileStep
from nv_desktop.gui.importing.parts import Foot, FootWords, Working
from nv_desktop.gui.importing.wording import revised_words, rows_words
from nv_desktop.gui.importing.work import Begun, Known
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import ElidedLabel, IconLabel, Label, Stepper, Surface, column, row

FILE, COLUMNS, CHECK = range(3)


class ImportPage(QWidget):
    """Signals: job_checked(Path): the checked job shall be sent. job_wanted(Path): an import that was sent
    already shall be looked at. said(sentence): for the status line.
    """

    job_checked = Signal(object)
    job_wanted = Signal(object)
    said = Signal(str)

    def __init__(
        self, theme: Theme, tasks: Tasks, paths: Paths, layout: dict[str, Any] | None = None
    ) -> None:
        """`layout`: where the widths of columns are kept from one start to the next (`Settings.layout`)."""
        super().__init__()
        self._tasks, self._paths = tasks, paths
        self._account: Account | None = None
        self._job: Job | None = None
        self._opened: Opened | None = None
        self._beginning: Opened | None = None
        self._reading: Task | None = None
        self._row_words = ""  # how many rows the open import has, in words
        self._wants_check = self._wants_send = False
        self._seen = False
        self._acted = False  # the way on was pressed here: the keyboard follows to where it leads
        self._unsent = True  # whether the open import could still be sent as a whole when it was opened
        self.setObjectName("import")
        self.setAccessibleName("Import")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stepper = Stepper(theme)
        self._file = ElidedLabel(theme, "", "strong", mode=Qt.TextElideMode.ElideMiddle, name="import.name")
        self._file.setMaximumWidth(300)
        self._rows = Label(theme, "", "body", "text2", name="import.rows")
        self._icon = IconLabel(theme, "table", "text2", 16, "File")
        bar = Surface(
            "bar", row(self.stepper, None, self._icon, self._file, self._rows, margins=(24, 0, 24, 0))
        )
        bar.setFixedHeight(56)
        self.file_step = FileStep(theme, tasks, paths)
        self.columns_step = ColumnsStep(theme, tasks, paths)
        self.check_step = CheckStep(theme, tasks, layout if layout is not None else {})
        self.keeper = DecisionKeeper(tasks, self)
        self.comparison = Comparison(tasks, paths.history_file, self)
        self.left_behind = LeftBehind(tasks, self)
        self.working = Working(theme, name="import.reading")
        self._stack = QStackedWidget()
        for step in (self.file_step, self.columns_step, self.check_step, self.working):
            self._stack.addWidget(step)
        self.foot = Foot(theme)
        whole = column(bar, self._stack, self.foot, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._keys: dict[QWidget, list[QAction]] = {}
        self._actions = self._make_actions()
        self._wire()
        self._show(FILE)

    def _wire(self) -> None:
        for step in (self.file_step, self.columns_step, self.check_step):
            step.foot_changed.connect(self._say_foot)
        self._stack.currentChanged.connect(self._arrive)
        self.file_step.arrived.connect(self._arrive)
        self.check_step.arrived.connect(self._arrive)
        self.stepper.step_chosen.connect(self._go)
        self.foot.back.clicked.connect(self._back)
        self.foot.next.clicked.connect(self._next)
        self.foot.extra.clicked.connect(self.save_stopped)
        self.file_step.known_chosen.connect(self._open_known)
        self.file_step.looked.connect(self._looked)
        self.file_step.hurried.connect(self._begin)
        self.columns_step.decided.connect(self._keep)
        self.keeper.kept.connect(self._kept)
        self.keeper.failed.connect(self._not_kept)
        self.check_step.mapping_changed.connect(self._mapping_changed)
        self.check_step.said.connect(self.said)
        self.check_step.seen.connect(self._seen_check)
        self.check_step.queue.failed.connect(self._stay)
        self.comparison.told.connect(self.check_step.head.say_earlier)
        self.comparison.told.connect(self.file_step.say_compared)
        self.left_behind.saved.connect(self.said)
        self.left_behind.failed.connect(self._not_saved)
        self.working.cancelled.connect(self._stop_reading)

    def _make_actions(self) -> list[QAction]:
        made = [
            action_of(self, "Import the cells on the clipboard", None, self.paste_clipboard),
            action_of(self, "Try the messy sample", None, self.file_step.open_sample),
        ]
        for step in (self.file_step, self.columns_step, self.check_step):
            self._keys[step] = step.commands()
            self.addActions(self._keys[step])
        return made

    # --- what the root asks -----------------------------------------------------------------------------

    def actions(self) -> list[QAction]:
        """For the palette; keys of a single step work while it is shown."""
        return [*self._actions, *self._keys[self.columns_step], *self._keys[self.check_step]]

    def set_account(self, account: Account | None, client: object = None) -> None:
        """Whose attributes the columns are guessed for. An open import keeps what it has."""
        self._account = account

    def can_leave(self) -> bool:
        """Always: every decision and edit is in the job, also what is being typed in a cell and what no
        thread has come to yet."""
        self.check_step.commit()
        self.keeper.finish()
        self.check_step.queue.finish()
        return True

    def job_path(self) -> Path | None:
        """The import that is open here."""
        return self._job.path if self._job is not None else None

    def open_file(self, path: Path) -> None:
        """Begin an import of this file; one that is open stays on this computer."""
        self._show(FILE)
        self.file_step.open_file(path)

    def open_files(self, files: list[Path]) -> None:
        """Dropped files: the first is opened, since an import is one file."""
        if files:
            self.open_file(files[0])
            if len(files) > 1:
                self.said.emit("An import is one file: the first one is opened.")

    def paste(self, text: str) -> None:
        """Begin an import of pasted cells."""
        self._show(FILE)
        self.file_step.paste(text)

    @Slot()
    def paste_clipboard(self) -> None:
        """Begin an import of what is on the clipboard."""
        self.paste(QGuiApplication.clipboard().text())

    @Slot()
    def browse(self) -> None:
        """Ask for a file."""
        self._show(FILE)
        self.file_step.browse()

    def open_job(self, path: Path) -> None:
        """Go on with an import that is not sent, where it stands."""
        try:
            job = open_job(path)
        except AppError as error:
            self._show(FILE)
            self.file_step.show_error(error, "")
            return
        self._take(job)

    def close_job(self) -> None:
        """Let the open import go; it stays on this computer."""
        self.keeper.finish()
        self.check_step.queue.finish()
        for key in ("import.read", "import.check", "import.columns.look"):
            self._tasks.supersede(key)
        self.check_step.show_job(None)
        self.comparison.forget()
        if self._job is not None:
            try:
                self._tasks.run(self._job.close)  # it may write what is left of the log: not on this thread
            except RuntimeError:  # the program ends, and with it the threads
                self._job.close()
        self._job = self._opened = None

    # --- a file becomes a job ---------------------------------------------------------------------------

    @Slot(object)
    def _looked(self, opened: Any) -> None:
        self.file_step.refresh_known()
        self._show(FILE)
        if self.file_step.is_first:  # else a person is about to have it read otherwise
            self._acted = True  # the choice that led here is out of sight, and the keyboard with it
            self._arrive()

    @Slot()
    def _begin(self) -> None:
        if self.file_step.hurry():
            return  # a header row typed a moment ago is read first
        opened = self.file_step.opened
        if opened is None:
            return
        if self._job is not None and opened == self._opened and not self._was_sent():
            self._show(COLUMNS)
            return
        if self._tasks.is_busy("import.begin") and opened is self._beginning:
            return  # pressed again: one press, one document
        self._beginning = opened
        self._leave_job()
        self.file_step.taken = True
        self.working.begin("Looking at the columns", "")
        self._stack.setCurrentWidget(self.working)
        self._tasks.run(
            work.begin, opened, self._paths, self._account,
            done=self._begun, failed=self._not_begun, key="import.begin", front=True,
        )  # fmt: skip

    def _leave_job(self) -> None:
        if self._job is not None:
            self._tasks.run(work.put_away, self._job.path)
        self.close_job()

    @Slot(object)
    def _begun(self, begun: Begun) -> None:
        self._job, self._opened = begun.job, self.file_step.opened
        self._unsent, self._row_words = True, ""
        assert self._opened is not None
        self.columns_step.show_job(begun.job, self._opened, begun.mapping, begun.recipe)
        self.check_step.show_job(begun.job)
        self._show(COLUMNS)
        self._read()

    @Slot(object)
    def _not_begun(self, error: AppError) -> None:
        self._show(FILE)
        self.file_step.show_error(error)

    def _read(self) -> None:
        assert self._job is not None
        self._reading = self._tasks.run(
            work.read,
            self._job,
            done=self._read_all,
            failed=self._not_read,
            progressed=self._reads,
            key="import.read",
        )

    @Slot(object)
    def _reads(self, step: Progress) -> None:
        self._say_rows(f"{step.rows:,} rows read…")
        self.working.tell(step)

    @Slot(object)
    def _read_all(self, rows: int) -> None:
        self._reading = None
        self._say_rows(rows_words(rows))
        self.columns_step.rows_ready()
        if self._wants_check:
            self._wants_check = False
            self._check()
        self._say_foot()

    @Slot(object)
    def _not_read(self, error: AppError) -> None:
        self._reading, self._wants_check = None, False
        nothing_read = self._job.path if self._job is not None and not self._job.row_count() else None
        self.close_job()
        if nothing_read is not None:
            self._tasks.run(remove, nothing_read, failed=self._no_known)
        self._show(FILE)
        if not isinstance(error, Stopped):
            self.file_step.show_error(error)

    @Slot()
    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.stop.set()

    # --- an import begun before -------------------------------------------------------------------------

    @Slot(object)
    def _open_known(self, known: Any) -> None:
        if known.unsent:
            self.open_job(known.path)
        else:
            self.job_wanted.emit(known.path)

    def _take(self, job: Job) -> None:
        """Show an opened job at the step where it stands."""
        if self._job is not None and self._job.path == job.path:
            job.close()
            self._show(CHECK if self.check_step.model.rowCount() else COLUMNS)
            return
        self._leave_job()
        opened, mapping = Opened.from_json(job.meta("opened")), job.mapping()
        self._job, self._opened = job, opened
        self._unsent, self._row_words = job.meta("stage") in work.UNSENT, ""
        job.set_meta("open", True)
        self.file_step.show_opened(opened)
        self.columns_step.show_job(job, opened, mapping, job.meta("recipe", ""))
        self.check_step.show_job(job)
        if job.meta("stage") in ("new", "reading"):
            self._show(COLUMNS)
            self._read()
            return
        self._say_rows(rows_words(job.row_count()))
        self.columns_step.rows_ready()
        if job.meta("checked") is not None and job.meta("checked") == job.meta("mapping"):
            self._show(CHECK)
            self.check_step.load()
        else:
            self._show(COLUMNS)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            self._tasks.run(work.known_imports, self._paths.jobs, done=self._resume, failed=self._no_known)
            self._tasks.run(work.warm_up, self._paths.jobs)
            return
        if self._was_sent():
            self._leave_job()
            self.file_step.start_over()
            self._show(FILE)
        else:
            self.file_step.refresh_known()

    def _was_sent(self) -> bool:
        """Whether the open import is in other hands now: its sending began since it was opened here."""
        return self._unsent and self._job is not None and self._job.meta("stage") not in work.UNSENT

    @Slot(object)
    def _resume(self, known: list[Known]) -> None:
        """At the first sight: what was open when the window was closed is open again."""
        self.file_step.take_known(known)
        last = next((each for each in known if each.open and each.unsent), None)
        if last is not None and self._job is None and self.file_step.is_idle():
            self.open_job(last.path)

    @Slot(object)
    def _no_known(self, error: AppError) -> None:
        self.file_step.show_error(error, "")

    # --- deciding and checking --------------------------------------------------------------------------

    @Slot(object)
    def _keep(self, mapping: Any) -> None:
        """Each decision goes into the job at once."""
        if self._job is not None:
            self.keeper.keep(self._job, mapping)

    @Slot(object)
    def _kept(self, _: object) -> None:
        self.said.emit("Saved as you go.")
        if self._wants_check and not self._tasks.is_busy("import.read"):
            self._wants_check = False
            self._check()

    @Slot(object)
    def _not_kept(self, error: Any) -> None:
        """The columns are shown as the document has them."""
        if self._job is not None:
            self._mapping_changed(self._job.mapping(), kept=False)
        self.columns_step.banner.show_error(error, "")

    @Slot(object)
    def _mapping_changed(self, mapping: Any, kept: bool = True) -> None:
        if self._job is not None and self._opened is not None:
            recipe = self._job.meta("recipe", "")
            self.columns_step.show_job(self._job, self._opened, mapping, recipe, kept=kept)
            self.columns_step.rows_ready()

    def _check(self) -> None:
        if self._job is None:
            return
        if self._tasks.is_busy("import.read") or self.keeper.is_busy():
            self._wants_check = True
            self.working.begin("Reading the rows", "")
            self._stack.setCurrentWidget(self.working)
            self._say_foot()
            return
        self._show(CHECK)
        if self._job.checked():
            self.check_step.load()
        else:
            self.check_step.check()

    @Slot()
    def save_stopped(self) -> None:
        """Ask for a place, and write the rows that stay behind into a workbook."""
        if self._job is not None:
            self.left_behind.ask(self._job)

    @Slot()
    def _seen_check(self) -> None:
        """The numbers shown are the document's: follow what the check decided, then look at the past."""
        if self._job is None or not self._job.checked():
            return
        if self._wants_send and self.check_step.is_settled():
            self._send()
            return
        if not self.keeper.is_busy():
            changed = self.columns_step.follow(self._job.mapping())
            if changed:
                self.check_step.banner.say(*revised_words(changed), tone="info")
        self.comparison.ask(self._job, self._account)

    def _send(self) -> None:
        """On to step 4 with all that was done here: what is being kept now comes first."""
        self._wants_send = not self.check_step.is_settled()
        if not self._wants_send and self._job is not None and self.check_step.foot().allowed:
            self.job_checked.emit(self._job.path)

    @Slot()
    def _stay(self) -> None:
        """An edit could not be kept: its row is to be looked at before anything is sent."""
        self._wants_send = False

    @Slot(object)
    def _not_saved(self, error: Any) -> None:
        self.check_step.banner.show_error(error, "")

    # --- moving between the steps -----------------------------------------------------------------------

    def step(self) -> int:
        """The step that is shown: FILE, COLUMNS or CHECK."""
        return self.stepper.current()

    def _show(self, step: int) -> None:
        self._wants_send = False
        self._stack.setCurrentIndex(step)
        reachable = step
        if self._job is not None:
            reachable = CHECK if self._job.meta("checked") is not None else COLUMNS
        self.stepper.set_current(step, reachable)
        self._say_file(self.file_step.opened if step == FILE else self._opened)
        self._say_foot()

    @Slot()
    def _arrive(self) -> None:
        """The keys are those of the step in sight, and so is the keyboard, unless it is busy elsewhere."""
        shown = self._stack.currentWidget()
        for step, actions in self._keys.items():
            for action in actions:
                action.setEnabled(step is shown)
        now = QApplication.focusWidget()
        if self.isVisible() and (self._acted or now is None or self.isAncestorOf(now)):
            self._lead()

    def _lead(self) -> None:
        """Put the keyboard where the step in sight begins: at its table, else at the way on."""
        shown = self._stack.currentWidget()
        if isinstance(shown, FileStep | ColumnsStep | CheckStep):
            place = shown.first_focus() or (self.foot.next if self.foot.next.isEnabled() else None)
            if place is not None and place.isVisible():
                place.setFocus()
                self._acted = False

    def _say_file(self, opened: Opened | None) -> None:
        """The file that is in sight: the open import's, or another one that is looked at meanwhile."""
        for part in (self._icon, self._file, self._rows):
            part.setVisible(opened is not None)
        if opened is None:
            return
        self._file.setText("Pasted cells" if opened.format == "clipboard" else opened.path.name)
        sheet = opened.options.sheet if len(opened.sheets) > 1 else None
        words = self._row_words if opened is self._opened else ""
        self._rows.setText(words or (f"Sheet “{sheet}”" if sheet else ""))
        self._rows.setVisible(bool(self._rows.text()))

    def _say_rows(self, words: str) -> None:
        """How many rows the open import has."""
        self._row_words = words
        shown = self.file_step.opened if self._stack.currentWidget() is self.file_step else self._opened
        self._say_file(shown)

    @Slot()
    def _say_foot(self) -> None:
        shown = self._stack.currentWidget()
        if shown is self.working:
            words = FootWords(back="Back")
        elif shown is self.file_step:
            words = self.file_step.foot()
        elif shown is self.columns_step:
            words = self.columns_step.foot()
        else:
            words = self.check_step.foot()
        self.foot.say(words)

    @Slot(int)
    def _go(self, step: int) -> None:
        if step == CHECK:
            self._check()
        elif step <= COLUMNS:
            self._show(step)

    @Slot()
    def _back(self) -> None:
        self._acted = True
        if self._stack.currentWidget() is self.working:
            self._wants_check = False
            self._show(COLUMNS if self._job is not None else FILE)
        elif self.step() == FILE:
            self.file_step.start_over()
            self._show(FILE)
        else:
            self._show(self.step() - 1)

    @Slot()
    def _next(self) -> None:
        self._acted = True
        step = self.step()
        if step == FILE:
            self._begin()
        elif step == COLUMNS:
            self._check()
        else:
            self.check_step.commit()
            self._send()
