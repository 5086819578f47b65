"""Step 1, the file: from a choice to a first look that can be changed; late looks are dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from nv_desktop.core.errors import AppError, BadFile, NotFound, Stopped
from nv_desktop.core.importing import inspect_file
from nv_desktop.core.resources import resource
from nv_desktop.core.settings import Paths
from nv_desktop.core.sheet import Opened, Options
from nv_desktop.core.sheet.header import NO_HEADER
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.importing import work
from nv_desktop.gui.importing.file_choice import FileChoice, when
from nv_desktop.gui.importing.file_look import FileLook
from nv_desktop.gui.importing.parts import FootWords, Working
from nv_desktop.gui.importing.wording import SUFFIXES, rows_words
from nv_desktop.gui.importing.work import Known
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Label, Page, boxed, column, page_title

SAMPLE = "messy"


class FileStep(Page):
    """Signals: foot_changed; known_chosen(Known): an import begun before is wanted; looked(Opened): a file
    was read for the first time or otherwise than before; hurried: what `hurry` waited for is read; arrived:
    other things are in sight."""

    foot_changed = Signal()
    known_chosen = Signal(object)
    looked = Signal(object)
    hurried = Signal()
    arrived = Signal()

    def __init__(self, theme: Theme, tasks: Tasks, paths: Paths) -> None:
        super().__init__(words="Step 1, the file", margins=(24, 18, 24, 16))
        self._tasks, self._paths = tasks, paths
        self._task: Task | None = None
        self._path: Path | None = None
        self._same: Known | None = None
        self._known: list[Known] = []
        self._compared = ""
        self._doubt: AppError | None = None
        """Why the row that is shown as the header seems to be none; a person says which one is."""
        self._hurries = False
        self.taken = False
        """Whether a job was begun with the file: pasted cells are its to remove then."""
        self.opened: Opened | None = None
        self.is_first = True
        """Whether the last look was the first at this file, and not one with other options."""
        self.banner = Banner(theme, name="import.banner")
        self.banner.retried.connect(self._retry)
        self.choice = FileChoice(theme)
        self.look = FileLook(theme)
        self.working = Working(theme, name="import.looking")
        head = page_title(
            theme,
            Label(theme, "Import a list", "page"),
            Label(theme, "Each row updates one person, or creates them.", "body", "text2"),
        )
        begin = boxed(column(head, self.choice, gap=14))
        begin.layout().setStretch(1, 1)  # type: ignore[union-attr] # the column made just above
        self.stack = QStackedWidget()
        for view in (begin, self.working, self.look):
            self.stack.addWidget(view)
        self._begin = begin
        self.body.addWidget(self.banner)
        self.body.addWidget(self.stack, 1)
        self.choice.browse_wanted.connect(self.browse)
        self.choice.paste_wanted.connect(self.paste_clipboard)
        self.choice.sample_wanted.connect(self.open_sample)
        self.choice.known_chosen.connect(self.known_chosen)
        self.look.changed.connect(self._look_again)
        self.look.other_wanted.connect(self.browse)
        self.look.same.action.clicked.connect(self._show_same)
        self.working.cancelled.connect(self._cancel)
        self.stack.currentChanged.connect(self.arrived)

    def foot(self) -> FootWords:
        """What the footer says now."""
        if self.stack.currentWidget() is self._begin:
            return FootWords(back="")
        ready = self.opened is not None and self.stack.currentWidget() is self.look
        if self._doubt is not None:
            return FootWords("Next: Columns", False, "Choose the row of the header first", "warn")
        return FootWords("Next: Columns", ready and not self._tasks.is_busy("import.look"), back="Back")

    def commands(self) -> list[QAction]:
        """Pasting, where nothing else takes the key."""
        return [action_of(self, "Paste cells", QKeySequence.StandardKey.Paste, self.paste_clipboard)]

    def first_focus(self) -> QWidget | None:
        """Where the keyboard is when this step comes into sight; None: at the way on."""
        return self.choice.open if self.stack.currentWidget() is self._begin else None

    # ways to a file

    @Slot()
    def browse(self) -> None:
        """Ask for a file."""
        pattern = " ".join(f"*.{suffix}" for suffix in SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(
            self.window(), "Import a file", "", f"Lists ({pattern});;All files (*)"
        )
        if chosen:
            self.open_file(Path(chosen))

    @Slot()
    def open_sample(self) -> None:
        """Open the list that ships with the program."""
        try:
            folder = resource("samples")
            found = next(
                folder / f"{SAMPLE}.{suffix}" for suffix in SUFFIXES if self._is_sample(folder, suffix)
            )
        except (FileNotFoundError, StopIteration):
            self.show_error(
                NotFound("The sample is missing from this installation.", "Choose a file of yours.")
            )
            return
        self.open_file(found)

    @staticmethod
    def _is_sample(folder: Path, suffix: str) -> bool:
        return (folder / f"{SAMPLE}.{suffix}").is_file()

    @Slot()
    def paste_clipboard(self) -> None:
        """Read the cells on the clipboard."""
        self.paste(QGuiApplication.clipboard().text())

    def paste(self, text: str) -> None:
        """Read these cells, as they were copied in a spreadsheet."""
        try:
            path = work.paste(text, self._paths.jobs)
        except AppError as error:
            self.show_error(error, action="")
            return
        except OSError as error:
            self.show_error(
                BadFile("The cells could not be kept.", "Free some disk space.", str(error.errno))
            )
            return
        self.open_file(path)

    def open_file(self, path: Path, options: Options | None = None) -> None:
        """Look at a file. Its answer is dropped when another is asked for meanwhile."""
        if path != self._path:
            self._forget_pasted()
        self._path, self._doubt, self._hurries = path, None, False
        self.banner.hide()
        if self.opened is None or self.opened.path != path:
            self.opened = None
            name = "the pasted cells" if path.suffix == ".clipboard" else f"“{path.name}”"
            self.working.begin(f"Looking at {name}", "The first rows are here in a moment.")
            self.stack.setCurrentWidget(self.working)
        self._task = self._tasks.run(
            inspect_file, path, options, done=self._looked, failed=self._failed, key="import.look", front=True
        )
        self.foot_changed.emit()

    def hurry(self) -> bool:
        """The way on was pressed: whether a choice made a moment ago must be read first (then `hurried`)."""
        self._hurries = self.look.hurry()
        return self._hurries

    def show_opened(self, opened: Opened) -> None:
        """Show a file that was looked at before (an import that is opened again)."""
        self._tasks.supersede("import.look")
        self._forget_pasted()
        self.opened, self._path, self.taken, self._doubt = opened, opened.path, True, None
        self.banner.hide()
        self.look.show_opened(opened)
        self.look.show_same("")
        self.stack.setCurrentWidget(self.look)
        self.foot_changed.emit()

    def start_over(self) -> None:
        """Back to the choice."""
        self._tasks.supersede("import.look")
        self._forget_pasted()
        self.opened, self._doubt = None, None
        self.banner.hide()
        self.stack.setCurrentWidget(self._begin)
        self.refresh_known()
        self.foot_changed.emit()

    def _forget_pasted(self) -> None:
        """Pasted cells that no import was begun with leave nothing on the disk."""
        if self._path is not None and self._path.suffix == ".clipboard" and not self.taken:
            self._path.unlink(missing_ok=True)
        self._path, self.taken = None, False

    # answers

    @Slot(object)
    def _looked(self, opened: Opened) -> None:
        self.is_first = self.opened is None
        self.opened = opened
        self.look.show_opened(opened)
        self._say_same(opened)
        self.stack.setCurrentWidget(self.look)
        self.foot_changed.emit()
        self.looked.emit(opened)
        if self._hurries:
            self._hurries = False
            self.hurried.emit()

    def _ask_header(self, error: AppError, path: Path) -> None:
        """Show the file all the same, with its first row as the header: so another one can be chosen."""
        self._doubt = error
        first = Options(header_row=int(error.detail.rpartition(" ")[2]))
        self._task = self._tasks.run(
            inspect_file, path, first, done=self._looked_in_doubt, failed=self._failed,
            key="import.look", front=True,
        )  # fmt: skip

    @Slot(object)
    def _looked_in_doubt(self, opened: Opened) -> None:
        doubt = self._doubt
        self._looked(opened)
        if doubt is not None:
            self.banner.show_error(doubt, "")

    @Slot(object)
    def _failed(self, error: AppError) -> None:
        self._hurries = False
        if self.opened is None and self._path is not None and error.detail.startswith(NO_HEADER):
            self._ask_header(error, self._path)
            return
        error, self._doubt = self._doubt or error, None
        if self.opened is not None:
            self.look.show_opened(self.opened)  # the choice that could not be read is taken back
        self.stack.setCurrentWidget(self.look if self.opened is not None else self._begin)
        if not isinstance(error, Stopped):
            self.show_error(error)
        self.foot_changed.emit()

    def show_error(self, error: AppError, action: str = "Choose another file") -> None:
        """Say at the top what went wrong and what to do."""
        if self.opened is None:
            self.stack.setCurrentWidget(self._begin)
        self.banner.show_error(error, action)

    @Slot()
    def _retry(self) -> None:
        self.browse()

    @Slot()
    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.start_over()

    @Slot(object)
    def _look_again(self, options: Any) -> None:
        if self._path is not None:
            self.open_file(self._path, options)

    # imports there are

    def refresh_known(self) -> None:
        """Look again which imports there are on this computer."""
        self._tasks.run(
            work.known_imports,
            self._paths.jobs,
            done=self.take_known,
            failed=self._no_known,
            key="import.known",
        )

    def is_idle(self) -> bool:
        """Whether nobody has chosen a file yet."""
        return self.stack.currentWidget() is self._begin

    @Slot(object)
    def take_known(self, known: list[Known]) -> None:
        """Which imports there are on this computer."""
        self._known = known
        self.choice.show_known(known)
        if self.opened is not None:
            self._say_same(self.opened)

    @Slot(object)
    def _no_known(self, error: AppError) -> None:
        self.banner.show_error(error, "")

    def known(self) -> list[Known]:
        return self._known

    def _say_same(self, opened: Opened) -> None:
        self._same = next((each for each in self._known if each.sha256 == opened.sha256), None)
        same = self._same
        if same is None:
            self.look.show_same(self._compared, may_look=False)
            return
        words = f"You opened this very file before ({when(same.at)}): {rows_words(same.rows)}"
        if same.unsent or same.sent_at is None:
            words += ", and it is not sent yet."
        else:
            words += f", {same.confirmed:,} of them confirmed. The last answer: {when(same.sent_at)}."
        self.look.show_same(f"{words} {self._compared}".strip())

    def say_compared(self, sentence: str) -> None:
        """How the rows of the open import stand to what was confirmed before; "" while nobody knows."""
        self._compared = sentence
        if self.opened is not None:
            self._say_same(self.opened)

    @Slot()
    def _show_same(self) -> None:
        if self._same is not None:
            self.known_chosen.emit(self._same)
