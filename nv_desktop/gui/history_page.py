"""What was done from this computer: imports, profile changes, deleted profiles; found, reopened, erased."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QSizePolicy, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.history import History, Shelved, StoredChange
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.report import ALL
from nv_desktop.core.settings import Settings
from nv_desktop.gui import messages, places
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.history import doing
from nv_desktop.gui.history.entries import Broken, Entry, Gathered, gather, with_days
from nv_desktop.gui.history.panel import GONE, Panel
from nv_desktop.gui.history.wording import table_columns
from nv_desktop.gui.job.look import Saved, Step, save_receipt, save_workbook
from nv_desktop.gui.job.receipts import Receipts
from nv_desktop.gui.table_models import RowsModel
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Card,
    ChipRow,
    ComboBox,
    EmptyState,
    Label,
    SearchField,
    Table,
    boxed,
    column,
    page_title,
    row,
)
from nv_desktop.gui.words import counted, rows

KINDS = (
    ("all", "Everything"),
    ("import", "Imports"),
    ("change", "Changes"),
    ("deleted", "Deletions"),
)
SHOWN = {
    # chip: kinds of entries; all of them where there is none
    "import": {"import", "broken"},
    "change": {"change"},
    "deleted": {"deleted", "list"},
}
TYPING_MS = 250
EMPTY = (
    "Imports, profile changes and deleted profiles are listed here with what became of them. "
    "Import a list, or change somebody under People, and it stands here."
)


class HistoryPage(QWidget):
    """Signals: job_opened(Path) to show a job, undo_requested(Path) to take one back,
    resume_requested(Listed) to go on with one, user_opened(account id, user ID) to look somebody up,
    job_deleted(Path) before a document is removed, person_erased(user ID) before somebody is erased,
    history_changed() when something here was restored, pinned or erased, status_changed(sentence).

    `folder` holds the job documents; `connect` makes a client, in the background. `refresh()` when something
    else changed the documents.
    """

    job_opened = Signal(object)
    undo_requested = Signal(object)
    resume_requested = Signal(object)
    user_opened = Signal(str, str)
    job_deleted = Signal(object)
    person_erased = Signal(str)
    history_changed = Signal()
    status_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        history: History,
        accounts: Accounts,
        settings: Settings,
        folder: Path,
        connect: Callable[[Account], Client],
    ) -> None:
        super().__init__()
        self._theme, self._tasks, self._history = theme, tasks, history
        self._accounts, self._settings, self._folder = accounts, settings, folder
        self.receipts = Receipts(theme, tasks, connect, self)
        self.receipts.save_wanted.connect(self._save_receipt)
        self.receipts.failed.connect(self._tell_error)
        self._account: Account | None = None
        self._client: Client | None = None
        self._gathered: Gathered | None = None
        self._asking = False
        self.setObjectName("history")
        self.setAccessibleName("History")
        self.setProperty("role", "page")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self.banner = messages.Banner(theme, name="history.banner")
        self.banner.retried.connect(self.refresh)
        self.panel = Panel(theme)
        self.panel.wanted.connect(self._do)
        left = column(
            self._head(theme), self._filters(theme), self.banner, self._table_card(theme), gap=12,
            margins=(24, 20, 20, 16),
        )  # fmt: skip
        left.setStretch(3, 1)
        layout = row(left, self.panel, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._actions = self._make_actions()
        self._offer_accounts()

    def _head(self, theme: Theme) -> QWidget:
        self.title = Label(theme, "History", "page", name="history.title")
        self.sentence = Label(theme, "", "body", "text2", name="history.sentence")
        self.search = SearchField(theme, "User ID or file name", name="history.search")
        self.search.setMinimumWidth(220)
        self.search.setMaximumWidth(260)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._typing_on)
        self.search.searched.connect(self._search_now)
        head = page_title(theme, self.title, self.sentence, self.search)
        return boxed(head)

    def _filters(self, theme: Theme) -> QWidget:
        self.chips = ChipRow(theme, [(key, words, None) for key, words in KINDS], name="history.kinds")
        self.chips.chosen.connect(self._show_kind)
        self.account_filter = ComboBox(theme, name="history.account", words="Account")
        self.account_filter.setMinimumWidth(120)
        self.account_filter.setMaximumWidth(220)
        self.account_filter.activated.connect(self._search_now)
        return boxed(row(self.chips, None, self.account_filter))

    def _table_card(self, theme: Theme) -> QWidget:
        self.model: RowsModel[Entry] = RowsModel(table_columns(), key=lambda entry: entry.key, parent=self)
        self.table = Table(
            theme, self.model, name="history.table", words="What was done here", row_height=47, stretch=0
        )
        self.table.activated.connect(self._open_index)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.card = Card(theme, "", "", self.table, gap=0, margins=(1, 1, 1, 6))
        self.empty = EmptyState(
            theme, "clock-counter-clockwise", "Nothing here yet",
            EMPTY,
            name="history.empty",
        )  # fmt: skip
        self.empty.hide()
        return boxed(column(self.card, self.empty, gap=0))

    def _make_actions(self) -> list[QAction]:
        made = []
        for words, keys, slot in (
            ("Find in the history", QKeySequence.StandardKey.Find, self._focus_search),
            ("Read the history again", QKeySequence.StandardKey.Refresh, self.refresh),
            ("Erase a person from this computer…", None, self._ask_whom_to_erase),
        ):
            made.append(action_of(self, words, keys, slot))
        made[-1].setObjectName("history.erase_any")
        return made

    # --- what the root tells ----------------------------------------------------------------------------

    def set_account(self, account: Account | None, client: Client | None) -> None:
        """The account in use, and its client: with it a profile of that account can be restored."""
        self._account, self._client = account, client
        self._offer_accounts()
        self._show_entry(self.panel.entry())

    def actions(self) -> list[QAction]:
        return list(self._actions)

    def can_leave(self) -> bool:
        return True

    @Slot()
    def refresh(self) -> None:
        """Read everything again; an earlier reading that is late is dropped."""
        self._typing.stop()
        self._tasks.run(
            gather, self._folder, self._history, self._known(), self.search.text(),
            self.account_filter.current_key(),
            done=self._show_gathered, failed=self._tell_error, key=("history", id(self)), front=True,
        )  # fmt: skip

    def _known(self) -> list[Account]:
        try:
            return self._accounts.list()
        except AppError:  # Accounts says why; here only their names are missing
            return []

    def _offer_accounts(self) -> None:
        before = self.account_filter.current_key()
        known = self._known()
        self.account_filter.set_options([("", "All accounts"), *((each.id, each.name) for each in known)])
        self.account_filter.choose(before if before in {each.id for each in known} else "")

    # --- what is shown ----------------------------------------------------------------------------------

    @Slot(object)
    def _show_gathered(self, found: object) -> None:
        assert isinstance(found, Gathered)
        self._gathered = found
        counts = found.counts()
        self.chips.set_counts({key: counts[key] for key, _ in KINDS[1:]})
        entries = counted(counts["all"], "entry")
        days = counted(self._settings.retention_days, "day")
        self.sentence.setText(f"Kept for {days} on this computer. {entries}.")
        self._show_kind(self.chips.current())

    @Slot(str)
    def _show_kind(self, kind: str) -> None:
        found = self._gathered
        if found is None:
            return
        entries = [entry for entry in found.entries if entry.kind in SHOWN.get(kind, {entry.kind})]
        before = self.panel.entry()
        self.model.set_rows(with_days(entries))
        self.card.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        searched = bool(found.text or found.account or kind != "all")
        self.empty.title.setText("Nothing fits" if searched else "Nothing here yet")
        self.empty.sentence.setText(
            "Try another word, another account, or everything." if searched else EMPTY
        )
        self._choose(self.model.find(before.key) if before is not None else -1, entries)

    def _choose(self, number: int, entries: list[Entry]) -> None:
        if number < 0 and entries:
            number = self.model.find(entries[0].key)
        if number >= 0:
            self.table.select(number)
            self._show_entry(self.model.row(number))
        else:
            self._show_entry(None)

    @Slot(QItemSelection, QItemSelection)
    def _chosen(self, now: QItemSelection, before: QItemSelection) -> None:
        entry = self.table.current_row()
        if isinstance(entry, Entry):
            self._show_entry(entry)

    def _show_entry(self, entry: Entry | None) -> None:
        if entry is None or entry != self.panel.entry():
            self.receipts.forget()
        self.panel.show_entry(entry, self._why_not_restore(entry))

    def _why_not_restore(self, entry: Entry | None) -> str:
        if entry is None or not isinstance(entry.thing, Shelved):
            return ""
        if not entry.account:
            return GONE
        if self._account is None or entry.thing.account != self._account.id:
            return f"Choose the account “{entry.account}” above first."
        if self._client is None:
            return "The account’s key is needed first; see Accounts."
        if self._account.read_only:
            return f"“{self._account.name}” is read-only here; that is changed under Accounts."
        return ""

    @Slot(object)
    def _tell_error(self, error: object) -> None:
        if isinstance(error, AppError):
            self.banner.show_error(error)

    @Slot(object)
    def _tell_done(self, told: object) -> None:
        if isinstance(told, doing.Told):
            self.banner.say(told.sentence, told.remedy, tone=told.tone)
            self.status_changed.emit(told.sentence)
        self.history_changed.emit()
        self.refresh()

    @Slot(object)
    def _was_saved(self, saved: object) -> None:
        if isinstance(saved, Saved):
            self.banner.say(saved.sentence, str(saved.path.parent), tone="ok")

    # --- searching --------------------------------------------------------------------------------------

    @Slot(str)
    def _typing_on(self, text: str) -> None:
        self._typing.start()

    @Slot()
    def _search_now(self) -> None:
        self.refresh()

    @Slot()
    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # --- doing ------------------------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        entry = self.model.row(index.row())
        if isinstance(entry.thing, Listed):
            self.job_opened.emit(entry.thing.path)
        elif isinstance(entry.thing, StoredChange) and entry.account:
            self.user_opened.emit(entry.thing.account, entry.thing.user_id)

    @Slot(str, object)
    def _do(self, action: str, entry: object) -> None:
        """One button of the panel was pressed."""
        if not isinstance(entry, Entry) or self._asking:
            return
        self._asking = True
        try:
            if isinstance(entry.thing, Listed):
                self._do_import(action, entry.thing)
            elif isinstance(entry.thing, StoredChange):
                self._do_change(action, entry.thing)
            elif isinstance(entry.thing, Shelved):
                self._do_shelved(action, entry.thing)
            elif isinstance(entry.thing, Broken) and action == "delete":
                self._delete(entry.thing.path, entry.title)
        finally:
            self._asking = False

    def _do_import(self, action: str, line: Listed) -> None:
        if action == "reopen":
            self.job_opened.emit(line.path)
        elif action == "undo":
            self.undo_requested.emit(line.path)
        elif action == "resume":
            self.resume_requested.emit(line)
        elif action == "pin":
            self._run(doing.pin_import, line.path, not line.pinned)
        elif action == "delete":
            left = line.not_sent + line.unknown if line.begun else 0
            warning = f" {rows(left)} have not been settled and could no longer be." if left else ""
            self._delete(line.path, line.file, warning)
        elif action == "receipt":
            rate = max(1, self._settings.limit * self._settings.limit_share // 100)
            self.receipts.show(line, self._account, rate)
        elif action == "workbook":
            self._save(line, "result", "xlsx")

    @Slot(object)
    def _save_receipt(self, line: object) -> None:
        assert isinstance(line, Listed)
        self._save(line, "receipt", "json")

    def _save(self, line: Listed, words: str, kind: str) -> None:
        target = places.ask_where(self, f"Save {words}", f"{Path(line.file).stem} {words}", kind)
        if target is None:
            return
        if kind == "json":
            self._tasks.run(save_receipt, line.path, target, done=self._was_saved, failed=self._tell_error)
        else:
            self.banner.say("The result workbook is being written.")
            self._tasks.run(
                save_workbook, line.path, target, ALL,
                done=self._was_saved, failed=self._tell_error, progressed=self._wrote, key="history.workbook",
            )  # fmt: skip

    @Slot(object)
    def _wrote(self, step: object) -> None:
        if isinstance(step, Step):
            self.banner.say(f"Writing the result workbook: {step.rows:,} of {rows(step.of)}.")

    def _delete(self, path: Path, name: str, warning: str = "") -> None:
        agreed = messages.confirm(
            self.window(), self._theme, f"Delete “{name}” from this computer?",
            "Its rows, its result and its receipt are deleted here. What was sent stays sent." + warning,
            "Delete", danger=True,
        )  # fmt: skip
        if agreed:
            self.job_deleted.emit(path)
            self._run(doing.delete_import, path, name)

    def _do_change(self, action: str, change: StoredChange) -> None:
        if action == "look_up":
            self.user_opened.emit(change.account, change.user_id)
        elif action == "pin":
            self._run(doing.pin_change, self._history, change.id, not change.pinned)
        elif action == "erase":
            self._erase(change.user_id)

    def _do_shelved(self, action: str, shelved: Shelved) -> None:
        user = shelved.profile.user_id
        if action == "restore" and self._client is not None:
            agreed = messages.confirm(
                self.window(), self._theme, f"Restore “{user}”?",
                "What it held is written back. Its events, running journeys and devices do not return.",
                "Restore",
            )  # fmt: skip
            if agreed:
                self._run(doing.restore_profile, self._client, self._history, shelved.id)
        elif action == "forget":
            agreed = messages.confirm(
                self.window(), self._theme, f"Take “{user}” off the shelf?",
                "The copy is deleted here; the profile can then not be restored any more.",
                "Take off", danger=True,
            )  # fmt: skip
            if agreed:
                self._run(doing.forget_shelved, self._history, shelved.id, user)
        elif action == "erase":
            self._erase(user)

    @Slot()
    def _ask_whom_to_erase(self) -> None:
        user = messages.ask_text(
            self.window(), self._theme, "Erase a person from this computer",
            "Removes somebody from the history, the shelf and every import kept here.",
            "User ID", "Go on",
        )  # fmt: skip
        if user:
            self._erase(user)

    def _erase(self, user_id: str) -> None:
        agreed = messages.confirm_typed(
            self.window(), self._theme, "Erase this person from this computer?",
            f"Everything kept here about “{user_id}” is erased for good: changes, the copy on the shelf, "
            "their rows in imports. The profile in the account is not touched.",
            user_id, "Erase", f"Type the user ID: {user_id}",
        )  # fmt: skip
        if agreed:
            self.person_erased.emit(user_id)
            self._run(doing.erase, self._folder, self._history, user_id)

    def _run(self, fn: object, *args: object) -> None:
        assert callable(fn)
        self._tasks.run(fn, *args, done=self._tell_done, failed=self._not_done)

    @Slot(object)
    def _not_done(self, error: object) -> None:
        self._tell_error(error)
        self.refresh()
