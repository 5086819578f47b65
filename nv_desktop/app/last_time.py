"""What the start finds from last time: jobs to be resumed, a delete that waited, what is past its days."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound
from nv_desktop.core.grace import Grace, Waiting
from nv_desktop.core.history import History
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.retention import Tidied, tidy, told
from nv_desktop.core.settings import Paths
from nv_desktop.core.upload.deleting import refusal
from nv_desktop.gui.people import calls, dialogs
from nv_desktop.gui.running import unfinished
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme


class LastTime(QObject):
    """`resumable(list[Listed])`, `tidied(sentence)`, `deletion_answered(DeleteAnswer)`, `said(sentence)`,
    `failed(AppError)`."""

    resumable = Signal(object)
    tidied = Signal(str)
    deletion_answered = Signal(object)
    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        paths: Paths,
        accounts: Accounts,
        history: History,
        connect: Callable[[Account], Client],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._theme, self._tasks, self._paths, self._window = theme, tasks, paths, window
        self._accounts, self._history, self._connect = accounts, history, connect
        self._days = 0
        self.grace = Grace(paths.data_dir)

    def look(self, days: int) -> None:
        """Look in the background, at most once a start. `days`: how long the history is kept."""
        self._days = days
        jobs = self._paths.jobs
        self._tasks.run(unfinished, jobs, done=self._found_jobs, key="unfinished")
        self._tasks.run(self.grace.waiting, done=self._found_delete, failed=self._not_read, key="grace")
        self._tasks.run(tidy, jobs, self._history, days, done=self._tidied, key="tidy")

    @Slot(object)
    def _found_jobs(self, lines: object) -> None:
        assert isinstance(lines, list)
        self.resumable.emit([line for line in lines if isinstance(line, Listed)])

    @Slot(object)
    def _tidied(self, done: object) -> None:
        assert isinstance(done, Tidied)
        sentence = told(done, self._days)
        if sentence:
            self.tidied.emit(sentence)

    @Slot(object)
    def _not_read(self, error: object) -> None:
        self.failed.emit(error)

    # --- a delete that waited ---------------------------------------------------------------------------

    @Slot(object)
    def _found_delete(self, waiting: object) -> None:
        """Never done by itself: somebody says yes now, or nobody is deleted."""
        if not isinstance(waiting, Waiting) or not self._window.isVisible():
            return  # a window that closes already: the note stays for the next start
        account = self._account_of(waiting)
        answer = dialogs.ask_left(self._window, self._theme, account, waiting) if account else False
        if answer is None:
            self.said.emit(f"{waiting.name} was not deleted; it is asked about again at the next start.")
        elif answer:
            self._tasks.run(
                calls.delete_left, self._connect, account, self._history, self._paths.jobs, self.grace,
                waiting, done=self._answered, failed=self._not_read, front=True,
            )  # fmt: skip
        else:
            self._tasks.run(self.grace.forget, waiting)
            self.said.emit(f"{waiting.name} was not deleted.")

    def _account_of(self, waiting: Waiting) -> Account | None:
        """None where the account is gone or does not delete any more: nothing can be asked then."""
        try:
            account = self._accounts.get(waiting.account)
        except NotFound:
            return None
        refused = refusal(account)
        if refused is not None:
            self.failed.emit(AppError(f"{waiting.name} was not deleted. {refused.message}", refused.remedy))
            return None
        return account

    @Slot(object)
    def _answered(self, answer: object) -> None:
        self.deletion_answered.emit(answer)
