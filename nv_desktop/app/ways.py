"""From page to page: what is asked for on one and found on another."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Slot

from nv_desktop.app.choosing import Choosing
from nv_desktop.core.accounts import SANDBOX
from nv_desktop.gui.accounts_page import AccountsPage
from nv_desktop.gui.history_page import HistoryPage
from nv_desktop.gui.import_page import ImportPage
from nv_desktop.gui.job_page import JobPage
from nv_desktop.gui.main_window import MainWindow
from nv_desktop.gui.people_page import PeoplePage
from nv_desktop.gui.welcome_page import WelcomePage


class Ways(QObject):
    """Shows a page and hands it what it is to open. `jobs`: the folder of the job documents."""

    def __init__(
        self,
        window: MainWindow,
        choosing: Choosing,
        jobs: Path,
        welcome: WelcomePage,
        people: PeoplePage,
        importing: ImportPage,
        job: JobPage,
        past: HistoryPage,
        account_list: AccountsPage,
    ) -> None:
        super().__init__(window)
        self._window, self._choosing, self._jobs = window, choosing, jobs
        self._people, self._importing, self._job = people, importing, job
        self._past, self._account_list = past, account_list
        window.page_chosen.connect(self._page_chosen)
        window.lookup_requested.connect(self._look_up)
        window.files_dropped.connect(self._import_files)
        window.job_opened.connect(self._open_job_by_id)
        welcome.sandbox_chosen.connect(self._try_sandbox)
        welcome.account_wanted.connect(self._add_account)
        people.list_confirmed.connect(self._delete_list)
        importing.job_checked.connect(self.open_job)
        importing.job_wanted.connect(self.open_job)
        job.check_reopened.connect(self._reopen_check)
        past.job_opened.connect(self.open_job)
        past.undo_requested.connect(self._undo_job)
        past.user_opened.connect(self._look_up_in)

    @Slot(object)
    def open_job(self, path: object) -> None:
        """Show what became of an import, or what it would send."""
        self._show_job("import").open_job(cast(Path, path))

    @Slot()
    def browse(self) -> None:
        """Choose files to import."""
        if self._choosing.has_one():
            self._window.show_page("import")
            self._importing.browse()

    @Slot()
    def paste_cells(self) -> None:
        """Import what is on the clipboard."""
        if self._choosing.has_one():
            self._window.show_page("import")
            self._importing.paste_clipboard()

    @Slot()
    def refresh_history(self) -> None:
        """What is listed there happens on other pages."""
        if self._window.current_page() == "history":
            self._past.refresh()

    @Slot(str)
    def _page_chosen(self, key: str) -> None:
        if key in ("people", "import"):
            self._choosing.has_one()
        self.refresh_history()

    @Slot()
    def _try_sandbox(self) -> None:
        self._choosing.choose(SANDBOX)
        self._window.show_page("import")

    @Slot()
    def _add_account(self) -> None:
        self._window.show_page("accounts")
        self._account_list.add_account()

    @Slot(str)
    def _look_up(self, text: str) -> None:
        if self._choosing.has_one():
            self._window.show_page("people")
            self._people.look_up(text)

    @Slot(str, str)
    def _look_up_in(self, account_id: str, user_id: str) -> None:
        self._choosing.choose(account_id)
        if self._choosing.is_in_use(account_id):
            self._look_up(user_id)

    @Slot(object)
    def _import_files(self, files: object) -> None:
        assert isinstance(files, list)
        if self._choosing.has_one():
            self._window.show_page("import")
            self._importing.open_files(files)

    @Slot(object)
    def _undo_job(self, path: object) -> None:
        self._show_job("import").undo_job(cast(Path, path))

    @Slot(object)
    def _delete_list(self, agreed: object) -> None:
        """A list was confirmed on People; it runs and ends on the page of jobs."""
        self._show_job("people").delete_list(agreed)

    @Slot(object)
    def _reopen_check(self, path: object) -> None:
        self._window.show_page("import")
        self._importing.open_job(cast(Path, path))

    @Slot(str)
    def _open_job_by_id(self, job_id: str) -> None:
        self.open_job(self._jobs / f"{job_id}.nvjob")

    def _show_job(self, beside: str) -> JobPage:
        """The page of jobs has no button of its own on the rail: it belongs to another's."""
        self._window.show_page("job")
        self._window.rail.set_current(beside)
        return self._job
