"""The composition root: builds everything once, hands it down, and connects what the parts say."""

from __future__ import annotations

import sys
import time
from typing import cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog

from nv_desktop.app.at_work import AtWork
from nv_desktop.app.choosing import Choosing
from nv_desktop.app.in_use import InUse
from nv_desktop.app.last_time import LastTime
from nv_desktop.app.search_box import SearchBox
from nv_desktop.app.ways import Ways
from nv_desktop.core.accounts import Accounts
from nv_desktop.core.connect import Connections
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History
from nv_desktop.core.keys import KeyStore
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.gui import messages
from nv_desktop.gui.accounts_page import AccountsPage
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.faults import FaultLog
from nv_desktop.gui.history_page import HistoryPage
from nv_desktop.gui.import_page import ImportPage
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.main_window import MainWindow
from nv_desktop.gui.people.calls import DeleteAnswer
from nv_desktop.gui.people_page import PeoplePage
from nv_desktop.gui.running import RunningJobs
from nv_desktop.gui.settings_page import SettingsPage
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Scheme, Theme
from nv_desktop.gui.welcome_page import WelcomePage
from nv_desktop.gui.widths import keep_widths

UPLOADS_AT_ONCE = 3
LEAVE_WITHIN = 3.0  # seconds that work in threads gets when the window closes


class Desk(QObject):
    """Everything that lives as long as the window. Pages get exactly what they use; nobody gets the desk."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        tasks: Tasks,
        faults: FaultLog,
        paths: Paths,
        settings: Settings,
        sandbox_url: str | None = None,
    ) -> None:
        super().__init__(window)
        self.window, self._theme, self._tasks = window, theme, tasks
        self._faults, self._paths, self._settings = faults, paths, settings
        self._accounts = Accounts(paths)
        self._keys = KeyStore()
        self._history = History(paths.history_file)
        self._connections = Connections(paths, settings, self._accounts, self._keys, sandbox_url)
        self.in_use = InUse(tasks, self._connections.client, settings, self)
        self._closing = False
        self._uploads = Tasks(self, threads=UPLOADS_AT_ONCE, front_threads=0)
        self.running = RunningJobs(
            self._uploads, self._connections.client, self._accounts, settings, self, history=self._history
        )
        self.last_time = LastTime(
            theme, tasks, paths, self._accounts, self._history, self._connections.client, window
        )
        self._build_pages()
        self._build_between()
        self._wire()
        self._give_commands()

    # --- building ---------------------------------------------------------------------------------------

    def _build_pages(self) -> None:
        theme, tasks, paths, settings = self._theme, self._tasks, self._paths, self._settings
        self.welcome = WelcomePage(theme)
        self.people = PeoplePage(theme, tasks, self._history, self._accounts, settings, paths)
        self.importing = ImportPage(theme, tasks, paths, settings.layout)
        self.job = JobPage(theme, tasks, self.running, settings, self._history, paths)
        self.past = HistoryPage(
            theme, tasks, self._history, self._accounts, settings, paths.jobs, self._connections.client
        )
        self.account_list = AccountsPage(
            theme, tasks, self._accounts, self._keys, self._connections.client, self._history
        )
        self.choices = SettingsPage(theme, tasks, settings, paths)
        for table in (self.people.many.table, self.past.table, self.account_list.table):
            keep_widths(table, settings.layout)
        self.window.set_pages(
            {
                "welcome": self.welcome,
                "people": self.people,
                "import": self.importing,
                "job": self.job,
                "history": self.past,
                "accounts": self.account_list,
                "settings": self.choices,
            }
        )

    def _build_between(self) -> None:
        """What stands between the window and its pages; each connects what it hears itself."""
        window, in_use = self.window, self.in_use
        self.choosing = Choosing(
            window, self._theme, self._accounts, self._settings, in_use, self.account_list
        )
        self.ways = Ways(
            window, self.choosing, self._paths.jobs,
            self.welcome, self.people, self.importing, self.job, self.past, self.account_list,
        )  # fmt: skip
        self.at_work = AtWork(window, self.running, in_use)
        self.search_box = SearchBox(window, self._tasks, self._history, in_use)

    def _wire(self) -> None:
        window, running = self.window, self.running
        self.in_use.taken.connect(self._tell_pages)
        self.in_use.connected.connect(self._connected)
        self.choosing.failed.connect(self._show_error)
        self.at_work.resumed.connect(self.ways.open_job)
        self.at_work.failed.connect(self._show_error)
        self.last_time.resumable.connect(self.at_work.offer)
        self.last_time.tidied.connect(self._tidied)
        self.last_time.deletion_answered.connect(self._deletion_answered)
        self.last_time.said.connect(window.set_status)
        self.last_time.failed.connect(self._show_error)
        running.ended.connect(self.ways.refresh_history)
        running.rested.connect(self._close_when_rested)
        self._tasks.unhandled.connect(self._show_error)
        self._uploads.unhandled.connect(self._show_error)
        self._faults.raised.connect(self._show_error)
        self.people.online_changed.connect(window.set_online)
        self.people.status_changed.connect(window.set_status)
        self.importing.said.connect(window.set_status)
        self.job.status_changed.connect(window.set_status)
        self.past.resume_requested.connect(self.at_work.resume_line)
        self.past.job_deleted.connect(self.job.forget)
        self.past.job_deleted.connect(self.at_work.forget)
        self.past.person_erased.connect(self.job.forget_person)
        self.past.person_erased.connect(self.people.forget_person)
        self.past.history_changed.connect(self.people.known_people.load)
        self.past.status_changed.connect(window.set_status)
        self.choices.settings_changed.connect(self._settings_changed)

    def _give_commands(self) -> None:
        window = self.window
        for page, actions in (
            ("people", self.people.actions()),
            ("import", self.importing.actions()),
            ("job", self.job.actions()),
            ("history", self.past.actions()),
            ("accounts", self.account_list.actions()),
            ("settings", self.choices.actions()),
        ):
            window.add_commands(actions, page=page)
        keys = QKeySequence.StandardKey
        browse = action_of(window, "Import a file…", keys.Open, self.ways.browse)
        window.add_commands([browse, action_of(window, "Quit", keys.Quit, window.close)])
        # Where pasting means nothing else, it begins an import.
        paste = action_of(self, "Paste cells", keys.Paste, self.ways.paste_cells)
        for elsewhere in (self.welcome, self.job, self.past, self.account_list, self.choices):
            elsewhere.addAction(paste)

    def begin(self, account: str | None, notice: str = "") -> None:
        """Take up the account that was asked for, or the last one, and show the page to begin with.

        `notice`: a sentence about settings that were lost.
        """
        self.window.set_status("Ready.")
        self.choosing.begin(account)
        self._say_lost([each for each in (notice, self._accounts.notice, self._history.notice) if each])
        self.last_time.look(self._settings.retention_days)

    def _say_lost(self, sentences: list[str]) -> None:
        """What was damaged must be seen, not only stand at the bottom for a moment."""
        if sentences:
            self.window.set_status(sentences[0], "warn")
            messages.tell(self.window, self._theme, "Something here was damaged", "\n\n".join(sentences))

    # --- the pages --------------------------------------------------------------------------------------

    @Slot()
    def _tell_pages(self) -> None:
        account, client = self.in_use.account, self.in_use.client
        if account is not None:
            self.people.set_account(account, client)
        self.importing.set_account(account)
        self.job.set_account(account, client)
        self.past.set_account(account, client)
        self.account_list.set_account(account)

    @Slot()
    def _connected(self) -> None:
        self._tell_pages()
        self.window.set_online(True)

    @Slot(str)
    def _tidied(self, sentence: str) -> None:
        self.window.set_status(sentence)
        self.past.refresh()
        self.people.known_people.load()

    @Slot(object)
    def _deletion_answered(self, answer: object) -> None:
        """The delete that was left from last time."""
        assert isinstance(answer, DeleteAnswer)
        self.people.changing.deletion_answered(answer)
        self.ways.refresh_history()

    # --- errors, closing --------------------------------------------------------------------------------

    @Slot(object)
    def _show_error(self, problem: object) -> None:
        if isinstance(problem, AppError) and not self._closing:
            self.window.set_status(str(problem), "error")
            messages.show_error(self.window, self._theme, problem)

    def drop_questions(self) -> None:
        """Give every open question its safe answer: the system wants the program to end."""
        while isinstance(dialog := QApplication.activeModalWidget(), QDialog):
            dialog.reject()

    @Slot()
    def _settings_changed(self) -> None:
        self._theme.set_scheme(cast(Scheme, self._settings.theme))
        self.in_use.renew()

    def may_close(self) -> bool:
        """Whether all is asked and kept. Uploads pause durably first; the window closes when they have."""
        if self._closing and not self.running.runs():
            return True
        if not (self.people.can_leave() and self.importing.can_leave() and self.job.can_leave()):
            return False
        self.people.close_down()
        if self.running.runs():
            self._closing = True
            self.window.set_status("Pausing; the window closes when the last answers are in.")
            self.running.pause_all()
            return not self.running.runs()
        return True

    @Slot()
    def _close_when_rested(self) -> None:
        if self._closing:
            self.window.close()

    def end(self) -> None:
        """The window closes: keep the choices, end all work."""
        self._closing = True
        try:
            self._settings.save(self._paths.settings_file)
        except AppError as problem:
            sys.stderr.write(f"{problem}\n")
        started = time.monotonic()
        self._uploads.shutdown(LEAVE_WITHIN)
        self._tasks.shutdown(max(0.1, LEAVE_WITHIN - (time.monotonic() - started)))
        self.in_use.drop()
        self._connections.close()
        self._history.close()
