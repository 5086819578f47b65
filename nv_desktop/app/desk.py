"""The composition root: builds everything once, hands it down, and connects what the parts say."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog

from nv_desktop.app.in_use import InUse
from nv_desktop.app.last_time import LastTime
from nv_desktop.core.accounts import SANDBOX, Account, Accounts
from nv_desktop.core.connect import Connections
from nv_desktop.core.errors import AppError, NotFound
from nv_desktop.core.history import History
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.keys import KeyStore
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.core.upload import Progress
from nv_desktop.gui import messages
from nv_desktop.gui.accounts.wording import colour
from nv_desktop.gui.accounts_page import AccountsPage
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.faults import FaultLog
from nv_desktop.gui.history_page import HistoryPage
from nv_desktop.gui.import_page import ImportPage
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.main_window import AccountEntry, Activity, MainWindow
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
        self._paused: dict[str, Listed] = {}
        self._uploads = Tasks(self, threads=UPLOADS_AT_ONCE, front_threads=0)
        self.running = RunningJobs(
            self._uploads, self._connections.client, self._accounts, settings, self, history=self._history
        )
        self.last_time = LastTime(
            theme, tasks, paths, self._accounts, self._history, self._connections.client, window
        )
        self._build()
        self._wire()

    # --- building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
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

    def _wire(self) -> None:
        window, running = self.window, self.running
        window.account_chosen.connect(self.choose_account)
        window.page_chosen.connect(self._page_chosen)
        window.lookup_requested.connect(self._look_up)
        window.search_edited.connect(self._suggest)
        window.files_dropped.connect(self._import_files)
        window.pause_requested.connect(running.pause)
        window.resume_requested.connect(self._resume)
        window.job_opened.connect(self._open_job_by_id)
        self.in_use.taken.connect(self._account_taken)
        self.in_use.connected.connect(self._connected)
        self.in_use.failed.connect(self._not_connected)
        self.in_use.budget_told.connect(self._show_budget)
        self.last_time.resumable.connect(self._offer_resume)
        self.last_time.tidied.connect(self._tidied)
        self.last_time.deletion_answered.connect(self._deletion_answered)
        self.last_time.said.connect(window.set_status)
        self.last_time.failed.connect(self._show_error)
        running.activity_changed.connect(self._show_activity)
        running.progressed.connect(self._show_weather)
        running.started.connect(self._upload_started)
        running.activity_ended.connect(window.remove_job)
        running.ended.connect(self._upload_ended)
        running.ended.connect(self._refresh_history)
        running.rested.connect(self._close_when_rested)
        self._tasks.unhandled.connect(self._show_error)
        self._uploads.unhandled.connect(self._show_error)
        self._faults.raised.connect(self._show_error)
        self.welcome.sandbox_chosen.connect(self._try_sandbox)
        self.welcome.account_wanted.connect(self._add_account)
        self.people.online_changed.connect(window.set_online)
        self.people.status_changed.connect(window.set_status)
        self.people.list_confirmed.connect(self._delete_list)
        self.importing.job_checked.connect(self._open_job)
        self.importing.job_wanted.connect(self._open_job)
        self.importing.said.connect(window.set_status)
        self.job.check_reopened.connect(self._reopen_check)
        self.job.status_changed.connect(window.set_status)
        self.past.job_opened.connect(self._open_job)
        self.past.undo_requested.connect(self._undo_job)
        self.past.user_opened.connect(self._look_up_in)
        self.past.resume_requested.connect(self._resume_line)
        self.past.job_deleted.connect(self.job.forget)
        self.past.job_deleted.connect(self._forget_job)
        self.past.person_erased.connect(self.job.forget_person)
        self.past.person_erased.connect(self.people.forget_person)
        self.past.history_changed.connect(self.people.known_people.load)
        self.past.status_changed.connect(window.set_status)
        self.account_list.account_chosen.connect(self.choose_account)
        self.account_list.accounts_changed.connect(self._accounts_changed)
        self.choices.settings_changed.connect(self._settings_changed)
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
        browse = action_of(window, "Import a file…", keys.Open, self._browse)
        window.add_commands([browse, action_of(window, "Quit", keys.Quit, window.close)])
        # Where pasting means nothing else, it begins an import.
        paste = action_of(self, "Paste cells", keys.Paste, self._paste_cells)
        for elsewhere in (self.welcome, self.job, self.past, self.account_list, self.choices):
            elsewhere.addAction(paste)

    def begin(self, account: str | None, notice: str = "") -> None:
        """Take up the account that was asked for, or the last one, and show the page to begin with.

        `notice`: a sentence about settings that were lost.
        """
        self.window.set_status("Ready.")
        wanted = account or str(self._settings.layout.get("account", ""))
        own: list[Account] = []
        chosen = None
        try:
            self._list_accounts()
            own = self._own_accounts()
            wanted = wanted or (own[0].id if len(own) == 1 else "")
            chosen = self._accounts.get(wanted) if wanted else None
        except AppError as problem:
            self.window.set_status(str(problem), "warn")
        self.in_use.take(chosen)
        if chosen is None:
            self.window.show_page("accounts" if own else "welcome")
        elif account == SANDBOX:
            self.window.show_page("import")
        else:
            self.window.show_page("people")
        self._say_lost([each for each in (notice, self._accounts.notice, self._history.notice) if each])
        self.last_time.look(self._settings.retention_days)

    def _say_lost(self, sentences: list[str]) -> None:
        """What was damaged must be seen, not only stand at the bottom for a moment."""
        if sentences:
            self.window.set_status(sentences[0], "warn")
            messages.tell(self.window, self._theme, "Something here was damaged", "\n\n".join(sentences))

    # --- the account ------------------------------------------------------------------------------------

    @Slot(str)
    def choose_account(self, account_id: str) -> None:
        """Work with this account from now on; what was typed stays with the account it was typed in."""
        if self.in_use.account is not None and account_id == self.in_use.account.id:
            return
        try:
            self.in_use.take(self._accounts.get(account_id))
        except AppError as problem:
            self._show_error(problem)

    @Slot()
    def _account_taken(self) -> None:
        self._show_account(self.in_use.account)
        self._tell_pages()

    def _show_account(self, account: Account | None) -> None:
        if account is None:
            self.window.set_account("", "", "")
        else:
            self.window.set_account(account.name, account.environment, colour(account))

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

    @Slot(object)
    def _not_connected(self, problem: object) -> None:
        assert isinstance(problem, AppError)
        self.window.set_status(str(problem), "error")
        if self.window.isVisible() and not self.account_list.is_editing():  # its dialog says it itself
            messages.show_error(self.window, self._theme, problem, title="This account cannot be used yet")

    @Slot(object)
    def _show_budget(self, budget: object) -> None:
        assert isinstance(budget, tuple)
        self.window.set_budget(*budget)

    def _list_accounts(self) -> None:
        self.window.set_accounts(
            [
                AccountEntry(each.id, each.name, each.environment, colour(each))
                for each in self._accounts.list()
            ]
        )

    def _own_accounts(self) -> list[Account]:
        """Those that somebody added."""
        return [each for each in self._accounts.list() if not each.is_sandbox]

    @Slot()
    def _accounts_changed(self) -> None:
        self._list_accounts()
        if self.in_use.account is None:
            own = self._own_accounts()
            if len(own) == 1:  # the first one that is added is meant to be used
                self.in_use.take(own[0])
            return
        try:
            self.in_use.take(self._accounts.get(self.in_use.account.id))
        except NotFound:
            self.in_use.take(self._accounts.get(SANDBOX))

    @Slot()
    def _try_sandbox(self) -> None:
        self.choose_account(SANDBOX)
        self.window.show_page("import")

    @Slot()
    def _add_account(self) -> None:
        self.window.show_page("accounts")
        self.account_list.add_account()

    # --- from page to page ------------------------------------------------------------------------------

    @Slot(str)
    def _page_chosen(self, key: str) -> None:
        if key in ("people", "import"):
            self._has_account()
        self._refresh_history()

    def _has_account(self) -> bool:
        """Whether there is one to work with: a first visitor gets the sandbox, others are asked."""
        if self.in_use.account is None and self._own_accounts():
            self.window.show_page("accounts")
            self.window.set_status("Choose the account to work with first.", "warn")
            return False
        if self.in_use.account is None:
            self.choose_account(SANDBOX)
        return True

    @Slot()
    def _refresh_history(self) -> None:
        """What is listed there happens on other pages."""
        if self.window.current_page() == "history":
            self.past.refresh()

    @Slot(str)
    def _look_up(self, text: str) -> None:
        if self._has_account():
            self.window.show_page("people")
            self.people.look_up(text)

    @Slot(str, str)
    def _look_up_in(self, account_id: str, user_id: str) -> None:
        self.choose_account(account_id)
        if self.in_use.account is not None and self.in_use.account.id == account_id:
            self._look_up(user_id)

    @Slot(str)
    def _suggest(self, text: str) -> None:
        if self.in_use.account is None or len(text.strip()) < 2:
            return
        self._tasks.run(
            _people_like,
            self._history,
            self.in_use.account.id,
            text,
            done=self._show_suggestions,
            key="suggest",
            front=True,
        )

    @Slot(object)
    def _show_suggestions(self, found: object) -> None:
        assert isinstance(found, tuple)
        self.window.suggest_people(*found)

    @Slot(object)
    def _import_files(self, files: object) -> None:
        assert isinstance(files, list)
        if self._has_account():
            self.window.show_page("import")
            self.importing.open_files(files)

    @Slot()
    def _browse(self) -> None:
        if self._has_account():
            self.window.show_page("import")
            self.importing.browse()

    @Slot()
    def _paste_cells(self) -> None:
        if self._has_account():
            self.window.show_page("import")
            self.importing.paste_clipboard()

    @Slot(object)
    def _open_job(self, path: object) -> None:
        assert isinstance(path, Path)
        self.window.show_page("job")
        self.window.rail.set_current("import")
        self.job.open_job(path)

    @Slot(object)
    def _undo_job(self, path: object) -> None:
        assert isinstance(path, Path)
        self.window.show_page("job")
        self.window.rail.set_current("import")
        self.job.undo_job(path)

    @Slot(object)
    def _delete_list(self, agreed: object) -> None:
        """A list was confirmed on People; it runs and ends on the page of jobs."""
        self.window.show_page("job")
        self.window.rail.set_current("people")
        self.job.delete_list(agreed)

    @Slot(object)
    def _reopen_check(self, path: object) -> None:
        assert isinstance(path, Path)
        self.window.show_page("import")
        self.importing.open_job(path)

    @Slot(str)
    def _open_job_by_id(self, job_id: str) -> None:
        self._open_job(self._paths.jobs / f"{job_id}.nvjob")

    # --- jobs -------------------------------------------------------------------------------------------

    @Slot(object)
    def _offer_resume(self, lines: object) -> None:
        assert isinstance(lines, list)
        for line in lines:
            self._paused[line.id] = line
            self.window.set_job(
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
            self.window.set_status(f"{what} waited while the window was closed. Resume goes on.", "warn")

    @Slot(str)
    def _resume(self, job_id: str) -> None:
        if self.running.is_running(job_id):
            self.running.go_on(job_id)
            return
        line = self._paused.get(job_id)
        if line is not None:
            self._resume_line(line)

    @Slot(object)
    def _resume_line(self, line: object) -> None:
        assert isinstance(line, Listed)
        try:
            self.running.resume(line)
            self._open_job(line.path)
        except AppError as problem:
            self._show_error(problem)

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
        self._refresh_history()

    @Slot(object)
    def _show_activity(self, activity: object) -> None:
        assert isinstance(activity, Activity)
        self.window.set_job(activity)

    @Slot(str, object)
    def _show_weather(self, job_id: str, progress: object) -> None:
        """Whether the server of the account in use is there, as an upload to it has found."""
        run, account = self.running.run_of(job_id), self.in_use.account
        mine = run is not None and account is not None and run.account.id == account.id
        if mine and isinstance(progress, Progress):
            self.window.set_online(not progress.down)

    @Slot(str)
    def _upload_started(self, job_id: str) -> None:
        self._paused.pop(job_id, None)

    @Slot(str, object)
    def _upload_ended(self, _job_id: str, _last: object) -> None:
        self.in_use.ask_budget()

    @Slot(object)
    def _forget_job(self, path: object) -> None:
        assert isinstance(path, Path)
        if self._paused.pop(path.stem, None) is not None:
            self.window.remove_job(path.stem)

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


def _people_like(history: History, account: str, text: str) -> tuple[str, list[tuple[str, str]]]:
    """What was typed, and the (user ID, name) of known people that fit it."""
    found = history.people.search(account, text.strip(), 6)
    return text, [(person.user_id, person.name) for person in found]
