"""The People page: the list beside it, one profile or many, and lists of users to be deleted.

Its rooms do the work: `people.one` looks up and shows one profile, `people.changing` saves and deletes it,
`people.many` lists them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.history import History
from nv_desktop.core.pasted_ids import listed_ids
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.gui import messages
from nv_desktop.gui.actions import action_of
from nv_desktop.gui.job.asking import why_not_delete
from nv_desktop.gui.job.list_deletion import ListDeletion
from nv_desktop.gui.people.changing import Changing
from nv_desktop.gui.people.deleting import Deleting
from nv_desktop.gui.people.drafts import Drafts
from nv_desktop.gui.people.known import KnownPeople
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.people.many import ManyView
from nv_desktop.gui.people.notices import Notices
from nv_desktop.gui.people.one import STOP_READING, OneProfile
from nv_desktop.gui.people.person import PersonView
from nv_desktop.gui.people.saving import NEW, Key, Saving
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, boxed, column, row


class PeoplePage(QWidget):
    """`profile_opened(user_id)`; `profile_saved`, `profile_deleted`, `profile_restored(account id, user_id)`;
    `list_confirmed(Confirmed)`: a list of users is to be deleted; `online_changed(bool)`,
    `status_changed(sentence, tone)` with the tones of the activity line.
    """

    profile_opened = Signal(str)
    profile_saved = Signal(str, str)
    profile_deleted = Signal(str, str)
    profile_restored = Signal(str, str)
    list_confirmed = Signal(object)
    online_changed = Signal(bool)
    status_changed = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        history: History,
        accounts: Accounts,
        settings: Settings,
        paths: Paths,
        *,
        clock: Callable[[], float] = time.time,
        second: int = 1000,
    ) -> None:
        """`second` is the length of a second of the countdowns, in milliseconds."""
        super().__init__()
        self.setObjectName("people")
        self.setAccessibleName("People")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme, self._tasks, self._history = theme, tasks, history
        self._accounts, self._settings, self._clock = accounts, settings, clock
        self._account: Account | None = None
        self._client: Client | None = None
        self.saving = Saving(tasks, history, accounts, self)
        self.deleting = Deleting(theme, tasks, history, paths, second, self)
        self.list_deletion = ListDeletion(theme, tasks, paths, self)
        self._build(second)
        self._make_actions()
        self._wire()
        self.one.show_start()

    # building

    def _build(self, second: int) -> None:
        theme = self._theme
        self.pane = ListPane(theme, self._clock)
        self.notices = Notices(theme, self.deleting.bar)
        self.person = PersonView(theme, self._tasks, self._settings, self._clock)
        self.head, self.form = self.person.head, self.person.form
        self.many = ManyView(theme, self._tasks)
        self.known_people = KnownPeople(self._tasks, self._history, self.pane, self._clock, self)
        drafts = Drafts(self.saving)
        self.one = OneProfile(
            theme, self._tasks, self._history, self._accounts, self.pane, self.known_people, self.notices,
            self.person, drafts, second,
        )  # fmt: skip
        self.changing = Changing(
            theme, self._settings, self.one, drafts, self.saving, self.deleting, self.pane,
            self.known_people, self.notices,
        )  # fmt: skip
        self.empty = self.one.empty
        self.back = Button(theme, "Back to the list", "link", "arrow-left", name="people.back")
        self._back_box = boxed(row(self.back, None, margins=(24, 10, 24, 0)))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.one)
        self._stack.addWidget(self.many)
        right = column(self._back_box, self.notices, self._stack, gap=0)
        right.setStretch(2, 1)
        layout = row(self.pane, gap=0)
        layout.addLayout(right, 1)
        self.setLayout(layout)

    def _make_actions(self) -> None:
        """Everything this page can do, by name: `actions()` gives them to the palette."""
        keys, form = QKeySequence.StandardKey, self.form
        table: tuple[tuple[str, QKeySequence.StandardKey | str, Callable[[], object]], ...] = (
            ("Look up a user ID", keys.Find, self.pane.focus_box),
            ("New profile", keys.New, self.one.new_profile),
            ("Save the profile", keys.Save, form.save),
            ("Undo", keys.Undo, form.undo),
            ("Redo", keys.Redo, form.redo),
            ("Next problem", "F8", form.next_problem),
            ("Previous problem", "Shift+F8", form.previous_problem),
            ("Read the profile again", "F5", self.one.refresh),
            ("Add an attribute", "", form.open_add),
            ("Take all changes back", "", form.take_all_back),
            ("Copy the profile as JSON", "", self.person.copy_json),
            ("Delete the profile", "", self.changing.ask_delete),
            ("Paste a list of user IDs", keys.Paste, self.paste),
            ("Delete users from a list…", "", self.ask_delete_list),
        )
        for words, key, slot in table:
            self.addAction(action_of(self, words, key, slot))

    def _wire(self) -> None:
        self.pane.looked_up.connect(self.look_up)
        self.pane.many_wanted.connect(self.look_up_many)
        self.pane.new_wanted.connect(self.one.new_profile)
        self.notices.retried.connect(self._retry)
        self.one.taken_up.connect(self._back_box.hide)
        self.one.brought.connect(self._show_one)
        self.one.profile_opened.connect(self.profile_opened)
        self.changing.profile_saved.connect(self.profile_saved)
        self.changing.profile_deleted.connect(self.profile_deleted)
        self.changing.profile_restored.connect(self.profile_restored)
        self.one.online_changed.connect(self.online_changed)
        self.one.status_changed.connect(self.status_changed)
        self.changing.status_changed.connect(self.status_changed)
        self.many.opened.connect(self._open_from_many)
        self.many.closed.connect(self.one.show_start)
        self.many.delete_wanted.connect(self._delete_many)
        self.many.online_changed.connect(self.online_changed)
        self.back.clicked.connect(self._show_many)
        self.list_deletion.confirmed.connect(self.list_confirmed)
        self.list_deletion.failed.connect(self.one.report)
        self.list_deletion.reading.connect(self._say_reading)
        self.list_deletion.put_away.connect(self._nobody_deleted)

    # what the window tells

    def set_account(self, account: Account, client: Client | None) -> None:
        """Work with this account from now on; without `client` nothing can be asked yet.

        Drafts stay with their account. A delete that waits is called off: its account is gone from sight.
        """
        self.list_deletion.stop()
        self._account, self._client = account, client
        self.changing.set_account(account, client)
        if self.one.set_account(account, client):
            self.many.close_list()
            self.one.show_start()
        self.many.set_client(client)
        self.many.allow_delete(why_not_delete(account, connected=client is not None))
        self.known_people.set_account(account.id)
        self.one.mark_drafts()
        self.one.show_guards()

    def can_leave(self) -> bool:
        """Whether the window may close: asks where something typed would be lost. For changing the page
        or the account it need not be asked: everything is kept."""
        if self.saving.is_under_way() or self.deleting.is_under_way():
            self.notices.say(
                "A profile is being saved or deleted.",
                "Wait for the answer; it takes a minute at most.",
                tone="warn",
            )
            return False
        unsaved = self.one.unsaved()
        return not unsaved or self._may_discard(unsaved)

    @Slot(str)
    def forget_person(self, user_id: str) -> None:
        """Somebody is erased from this computer: out of sight, unless something typed would be lost."""
        self.known_people.forget_missing(user_id)
        if self.one.shows(user_id) and not self.one.has_changes():
            self.one.show_start()

    def close_down(self) -> None:
        """The window closes: nothing new goes out. A delete that waits is asked about at the next start."""
        self.deleting.suspend()
        self.list_deletion.stop()
        self.many.halt()

    def _may_discard(self, unsaved: list[Key]) -> bool:
        names = [user_id.removeprefix(NEW) or "a new profile" for _account, user_id in unsaved]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        text = f"Changes of {shown} are not saved. Closing loses them."
        return messages.confirm(
            self, self._theme, "Close without saving?", text, "Close without saving",
            cancel="Keep editing", danger=True,
        )  # fmt: skip

    @Slot(str)
    def look_up(self, user_id: str) -> None:
        """Open one profile by its ID; several IDs in one text open the table."""
        wanted = listed_ids(user_id) if "\n" in user_id or "\t" in user_id else [user_id.strip()]
        if len(set(wanted)) > 1:
            self.look_up_many(wanted)
        elif wanted and wanted[0]:
            self._back_box.hide()
            self.one.open(wanted[0])

    @Slot(object)
    def look_up_many(self, user_ids: object) -> None:
        """Open the table of these IDs (a list of texts, each as often as it was given), with its price."""
        self._show_many()
        self.many.show_list(self._client, cast(list[str], user_ids), self._pace())

    @Slot()
    def paste(self) -> None:
        """Take the clipboard as one or many user IDs."""
        wanted = listed_ids(QGuiApplication.clipboard().text())
        if len(set(wanted)) > 1:
            self.look_up_many(wanted)
        elif wanted:
            self.look_up(wanted[0])

    # deleting by a list

    @Slot()
    def ask_delete_list(self) -> None:
        """Delete the users of a list that is pasted or chosen: read, said what it means, confirmed."""
        account = self._may_delete_list()
        if account is not None:
            self.list_deletion.ask(account, self._pace())

    @Slot(object)
    def _delete_many(self, user_ids: object) -> None:
        account = self._may_delete_list()
        if account is not None:
            self.list_deletion.begin_ids(account, cast(list[str], user_ids), "Looked-up users", self._pace())

    def _may_delete_list(self) -> Account | None:
        """The account, if it allows that; else it is said why not."""
        reason = why_not_delete(self._account, connected=self._client is not None)
        if reason:
            self.notices.say("Nobody was deleted.", reason, tone="warn")
        return None if reason else self._account

    def _pace(self) -> int:
        """Calls a minute."""
        return max(1, self._settings.limit * self._settings.limit_share // 100)

    @Slot(str)
    def _say_reading(self, sentence: str) -> None:
        if sentence:
            self.notices.say(sentence, action=STOP_READING)
        else:
            self.notices.clear()

    @Slot()
    def _nobody_deleted(self) -> None:
        self.status_changed.emit("Nobody was deleted.", "ok")

    # showing

    @Slot()
    def _show_one(self) -> None:
        self._stack.setCurrentWidget(self.one)

    @Slot(str)
    def _retry(self, action: str) -> None:
        if action == STOP_READING:
            self.list_deletion.stop()

    @Slot(str)
    def _open_from_many(self, user_id: str) -> None:
        self.one.open(user_id)
        self.back.setText(f"Back to {self.many.title.text()}")
        self._back_box.show()

    @Slot()
    def _show_many(self) -> None:
        self.one.put_away()
        self._back_box.hide()
        self._stack.setCurrentWidget(self.many)
