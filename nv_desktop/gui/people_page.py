"""The People page: looks people up, shows one or many; its rooms save, delete and list.

Drafts with changes are kept while the window is open, per account and person, so that nothing typed is lost
by looking at somebody else. An answer to an older question is dropped; one about a Save finds its draft.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.deletion import CANNOT_RETURN
from nv_desktop.core.errors import AppError, NotFound, Offline, SlowDown, Stopped
from nv_desktop.core.fields import USER_ID
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.core.saving import Saved
from nv_desktop.core.settings import Paths, Settings
from nv_desktop.gui import messages
from nv_desktop.gui.job.asking import why_not_delete
from nv_desktop.gui.job.list_deletion import ListDeletion
from nv_desktop.gui.people import calls, dialogs
from nv_desktop.gui.people.deleting import Deleting
from nv_desktop.gui.people.empty import EmptyPane
from nv_desktop.gui.people.known import KnownPeople
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.people.many import ManyView
from nv_desktop.gui.people.notices import Notices
from nv_desktop.gui.people.person import READ_ONLY, PersonView
from nv_desktop.gui.people.saving import NEW, SAVE_AGAIN, Key, Saving, refused_words, saved_words
from nv_desktop.gui.people.waiting import Countdown, seconds_words
from nv_desktop.gui.people.wording import person_name, split_ids
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, boxed, column, row

STOP_READING = "Stop reading"
NO_CONNECTION = "This account has no connection yet."


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
        self._known: dict[str, str] = {}
        self._current = ""
        self._new_from = ""
        self.saving = Saving(tasks, history, accounts, self)
        self.deleting = Deleting(theme, tasks, history, paths, second, self)
        self.list_deletion = ListDeletion(theme, tasks, paths, self)
        self._countdown = Countdown(second, self)
        self._build()
        self.known_people = KnownPeople(tasks, history, self.pane, clock, self)
        self._make_actions()
        self._wire()
        self._show_start()

    # building

    def _build(self) -> None:
        theme = self._theme
        self.pane = ListPane(theme, self._clock)
        self.notices = Notices(theme, self.deleting.bar)
        self.person = PersonView(theme, self._tasks, self._settings, self._clock)
        self.head, self.form = self.person.head, self.person.form
        self.many = ManyView(theme, self._tasks)
        self.empty = EmptyPane(theme)
        self.back = Button(theme, "Back to the list", "link", "arrow-left", name="people.back")
        self._back_box = boxed(row(self.back, None, margins=(24, 10, 24, 0)))
        self._stack = QStackedWidget()
        for widget in (self.empty, self.person, self.many):
            self._stack.addWidget(widget)
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
            ("New profile", keys.New, self.new_profile),
            ("Save the profile", keys.Save, form.save),
            ("Undo", keys.Undo, form.undo),
            ("Redo", keys.Redo, form.redo),
            ("Next problem", "F8", form.next_problem),
            ("Previous problem", "Shift+F8", form.previous_problem),
            ("Read the profile again", "F5", self.refresh),
            ("Add an attribute", "", form.open_add),
            ("Take all changes back", "", form.take_all_back),
            ("Copy the profile as JSON", "", self.person.copy_json),
            ("Delete the profile", "", self.ask_delete),
            ("Paste a list of user IDs", keys.Paste, self.paste),
            ("Delete users from a list…", "", self.ask_delete_list),
        )
        for words, key, slot in table:
            action = QAction(words, self)
            if key:
                action.setShortcut(QKeySequence(key))
            action.triggered.connect(slot)
            self.addAction(action)

    def _wire(self) -> None:
        self.pane.looked_up.connect(self.look_up)
        self.pane.many_wanted.connect(self.look_up_many)
        self.pane.new_wanted.connect(self.new_profile)
        self.notices.retried.connect(self._retry)
        self.person.told.connect(self._tell)
        self.person.failed.connect(self._report)
        self.head.refresh_wanted.connect(self.refresh)
        self.head.pin_wanted.connect(self._pin)
        self.head.delete_wanted.connect(self.ask_delete)
        self.form.edited.connect(self._typed)
        self.form.save_wanted.connect(self._save)
        self.empty.acted.connect(self._act)
        self.many.opened.connect(self._open_from_many)
        self.many.closed.connect(self._show_start)
        self.many.delete_wanted.connect(self._delete_many)
        self.back.clicked.connect(self._show_many)
        self.list_deletion.confirmed.connect(self.list_confirmed)
        self.list_deletion.failed.connect(self._report)
        self.list_deletion.reading.connect(self._say_reading)
        self.list_deletion.put_away.connect(self._nobody_deleted)
        self.saving.answered.connect(self._saved)
        self.saving.broke.connect(self._save_broke)
        self.deleting.deleted.connect(self._deleted)
        self.deleting.restored.connect(self._restored)
        self.deleting.called_off.connect(self._called_off)
        self.deleting.failed.connect(self._report)
        self.deleting.changed.connect(self.notices.refresh)
        self.known_people.changed.connect(self._show_pinned)
        self._countdown.ticked.connect(self._say_wait)
        self._countdown.over.connect(self.refresh)

    # what the window tells

    def set_account(self, account: Account, client: Client | None) -> None:
        """Work with this account from now on; without `client` nothing can be asked yet.

        Drafts stay with their account. A delete that waits is called off: its account is gone from sight.
        """
        self._stash()
        self.deleting.call_off()
        self.list_deletion.stop()
        self._tasks.supersede("people.look")
        same = self._account is not None and self._account.id == account.id
        self._account, self._client = account, client
        self._known = {**(self._known if same else {}), **account.known_types}
        self.person.set_account(account, client)
        if not same:
            self.many.close_list()
            self._show_start()
        self.many.set_client(client)
        self.many.allow_delete(why_not_delete(account, connected=client is not None))
        self.known_people.set_account(account.id)
        self._show_guards()

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
        unsaved = self.unsaved()
        return not unsaved or self._may_discard(len(unsaved))

    def close_down(self) -> None:
        """The window closes: nothing new goes out. A delete that waits is asked about at the next start."""
        self.deleting.suspend()
        self.list_deletion.stop()
        self.many.halt()

    def unsaved(self) -> list[Key]:
        """Account and user ID of every profile with changes that are not saved."""
        self._stash()
        return self.saving.unsaved()

    def _may_discard(self, count: int) -> bool:
        who = "One profile has" if count == 1 else f"{count} profiles have"
        text = f"{who} changes that are not saved. Closing loses them."
        return messages.confirm(
            self, self._theme, "Close without saving?", text, "Close without saving",
            cancel="Keep editing", danger=True,
        )  # fmt: skip

    @Slot(str)
    def look_up(self, user_id: str) -> None:
        """Open one profile by its ID; several IDs in one text open the table."""
        wanted = split_ids(user_id) if "\n" in user_id or "\t" in user_id else [user_id.strip()]
        if len(wanted) > 1:
            self.look_up_many(wanted)
        elif wanted and wanted[0]:
            self._back_box.hide()
            self._open(wanted[0])

    @Slot(object)
    def look_up_many(self, user_ids: object) -> None:
        """Open the table of these IDs (a list of texts), with its price."""
        self._show_many()
        self.many.show_list(self._client, cast(list[str], user_ids), self._pace())

    @Slot()
    def paste(self) -> None:
        """Take the clipboard as one or many user IDs."""
        wanted = split_ids(QGuiApplication.clipboard().text())
        if len(wanted) > 1:
            self.look_up_many(wanted)
        elif wanted:
            self.look_up(wanted[0])

    @Slot()
    def new_profile(self) -> None:
        """The empty form, or the one that was begun."""
        self._create("")

    @Slot()
    def refresh(self) -> None:
        """Ask for the person in sight again; changes stay."""
        if self._current and not self._is_saving():
            self._ask(self._current)

    # one profile

    def _key(self, user_id: str) -> Key:
        assert self._account is not None
        return self._account.id, user_id

    def _shown(self) -> Draft | None:
        """The draft in sight."""
        return self.form.draft() if self._stack.currentWidget() is self.person else None

    def _draft_key(self, draft: Draft) -> Key:
        return self._key(NEW + self._new_from if draft.is_new else draft.user_id)

    def _is_saving(self) -> bool:
        draft = self._shown()
        return draft is not None and self.saving.is_under_way(self._draft_key(draft))

    def _is_about_current(self, account: str, user_id: str) -> bool:
        return self._account is not None and (account, user_id) == (self._account.id, self._current)

    def _stash(self) -> None:
        """Keep the shown draft if something in it would be lost."""
        draft = self._shown()
        if draft is not None and self._account is not None:
            self.saving.keep(self._draft_key(draft), draft)

    def _leave_profile(self) -> None:
        self._stash()
        self._tasks.supersede("people.look")
        self._countdown.stop()
        self.notices.clear()
        self._current = ""
        self.pane.set_current("")

    def _open(self, user_id: str) -> None:
        if self._account is None:
            return
        self._leave_profile()
        self._current = user_id
        self.pane.set_current(user_id)
        kept = self.saving.kept(self._key(user_id))
        if kept is not None:
            self._show_draft(kept)
        else:
            self._say_empty("magnifying-glass", f"Looking up {user_id}", "The answer comes in a moment.")
        self.refresh()

    def _ask(self, user_id: str) -> None:
        """Call for one profile; a later question makes this one late."""
        self._countdown.stop()
        self.notices.clear()
        if self._client is None:
            self._say_error(AppError(NO_CONNECTION, "See Accounts."))
            return
        self.head.set_busy(True)
        self._tasks.run(
            calls.look_up, self._client, self._history, self._accounts, user_id,
            done=self._looked_up, failed=self._look_failed, key="people.look", front=True,
        )  # fmt: skip

    @Slot(object)
    def _looked_up(self, answer: calls.LookedUp) -> None:
        if not self._is_about_current(answer.account, answer.user_id):
            return
        if answer.profile is not None:
            self.online_changed.emit(True)
            self._found(answer.profile)
        if answer.error is not None and answer.profile is None:
            self._look_failed(answer.error)
        elif answer.error is not None:
            self._say_error(answer.error)

    def _found(self, profile: Profile) -> None:
        self._known = {**calls.read_types(profile), **self._known}
        kept = self._shown() or self.saving.kept(self._key(profile.user_id))
        draft = Draft(profile, self._known)
        if kept is not None and kept.is_changed and kept.user_id == profile.user_id and not kept.is_new:
            conflicts = kept.conflicts(profile)
            self.head.set_busy(False)
            mine = dialogs.ask_conflicts(self, self._theme, conflicts, kept.field) if conflicts else ()
            draft = kept if mine is None else kept.rebased(profile, mine)
        self.known_people.forget_missing(profile.user_id)
        self._show_draft(draft)
        self.known_people.load()
        self.profile_opened.emit(profile.user_id)

    @Slot(object)
    def _look_failed(self, error: AppError) -> None:
        self.head.set_busy(False)
        self.person.show_age()
        has_form = self._shown() is not None
        if isinstance(error, Stopped):
            return
        if isinstance(error, NotFound):
            self._not_found(error)
        elif isinstance(error, SlowDown):
            if not has_form:
                self._say_empty("hourglass", self._current, "It is looked up as soon as the server allows.")
            self._countdown.begin(max(1, round(error.retry_after or 5)))
        else:
            if not has_form:
                self._say_empty("cloud-slash", self._current, "There is no answer about this user ID yet.")
            self._say_error(error, "Try again")

    def _not_found(self, error: NotFound) -> None:
        assert self._account is not None
        self.known_people.add_missing(self._current)
        draft = self._shown()
        if draft is not None and draft.is_changed:
            gone = "This profile is no longer there: somebody has deleted it meanwhile."
            self._say_error(AppError(gone, "Your changes are still in the form."))
            return
        reason = READ_ONLY if self._account.read_only else ""
        self._say_empty("user-minus", "Nobody has this user ID", f"{error.message} {reason or error.remedy}")
        self.empty.offer("create", "Create it", reason)

    def _create(self, user_id: str) -> None:
        if self._account is None or self._account.read_only:
            return
        self._leave_profile()
        self._back_box.hide()
        self._new_from = user_id
        draft = self.saving.kept(self._key(NEW + user_id))
        if draft is None:
            draft = Draft(Profile(""), self._known, is_new=True)
            draft.set(USER_ID, user_id)
        self._show_draft(draft)
        self.form.focus_first()

    def _show_draft(self, draft: Draft) -> None:
        self._stack.setCurrentWidget(self.person)
        self.person.show_draft(draft, self._known)
        self._show_guards()
        self._mark_edited()

    def _show_guards(self) -> None:
        """What the account does not allow, with the reason; whether a Save is under way."""
        account = self._account
        reason = READ_ONLY if account is not None and account.read_only else ""
        self.notices.set_guard(reason if self._stack.currentWidget() is self.person else "")
        self.person.set_sent(self.saving.sent(self._key(self._current)) if account is not None else None)
        self._show_pinned()
        self.form.set_saving(self._is_saving())
        self.pane.allow_new(reason)

    @Slot()
    def _typed(self) -> None:
        """What was said about the last Save is over once something is typed."""
        self.notices.clear_good()
        self._mark_edited()

    def _mark_edited(self) -> None:
        draft = self.form.draft()
        if draft is not None and not draft.is_new:
            state = "error" if self.form.errors() else "changed" if draft.is_changed else ""
            self.pane.set_state(draft.user_id, state)

    # saving

    @Slot()
    def _save(self) -> None:
        draft = self._shown()
        if draft is None or self._account is None:
            return
        if self._client is None:
            self._say_error(AppError(NO_CONNECTION, "See Accounts."))
        elif self.saving.save(self._client, self._draft_key(draft), draft):
            self.notices.clear()
            self.form.set_saving(True)

    @Slot(object)
    def _save_broke(self, posted: object) -> None:
        error = cast(AppError, posted)
        self.form.set_saving(False)
        self._say_error(error)

    @Slot(object)
    def _saved(self, posted: object) -> None:
        answer = cast(calls.SaveAnswer, posted)
        draft = answer.draft
        is_shown = self._shown() is draft
        if is_shown:
            self.form.set_saving(False)
        if answer.is_saved:
            self._after_save(answer, is_shown)
        elif is_shown and answer.saved is not None:
            self._settle_conflicts(draft, answer.saved)
        elif is_shown and answer.error is not None:
            self._say_error(*refused_words(answer.error))
        else:
            why = answer.error.message if answer.error else "the profile changed meanwhile."
            self.status_changed.emit(f"{draft.user_id} was not saved: {why}", "error")

    def _after_save(self, answer: calls.SaveAnswer, is_shown: bool) -> None:
        draft, saved = answer.draft, answer.saved
        assert saved is not None
        sentence, remedy, tone = saved_words(answer)
        self.profile_saved.emit(answer.account, draft.user_id)
        self.status_changed.emit(sentence, "ok")
        if self._account is None or answer.account != self._account.id:
            return
        self._known = {**saved.types, **self._known}
        self.known_people.forget_missing(draft.user_id)
        self.pane.set_state(draft.user_id, "")
        if is_shown:
            self._current = draft.user_id
            self._show_draft(Draft(saved.profile, self._known))
            self.notices.say(sentence, remedy, tone=tone)
        self.known_people.load()

    def _settle_conflicts(self, draft: Draft, saved: Saved) -> None:
        mine = dialogs.ask_conflicts(self, self._theme, saved.conflicts, draft.field)
        if mine is None:
            remedy = "The profile changed meanwhile; your changes are still here."
            self.notices.say("Nothing was saved.", remedy, tone="warn")
            return
        self._show_draft(draft.rebased(saved.profile, mine))
        if self.form.changed_names():
            self.form.save()
        else:
            self._stash()
            self.notices.say("Nothing is left to save.", "The values of the server stand.")

    # deleting

    @Slot()
    def ask_delete(self) -> None:
        """Delete the person in sight, after the ID was typed and the grace is over."""
        draft, account, client = self._shown(), self._account, self._client
        if draft is None or account is None or client is None or draft.is_new:
            return
        if not self.head.delete.isEnabled() or self.deleting.is_waiting() or self._is_saving():
            return
        name = person_name(draft.profile)
        choice = dialogs.ask_delete(self, self._theme, account, draft.user_id, name)
        if choice is not None:
            seconds = self._settings.grace_seconds
            self.deleting.begin(client, draft.user_id, name or draft.user_id, choice.keep, seconds)

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

    @Slot(object)
    def deletion_answered(self, answer: calls.DeleteAnswer) -> None:
        """A delete that the last start left was answered meanwhile."""
        if answer.error is not None:
            self.deleting.failed.emit(AppError(f"Not deleted. {answer.error.message}", answer.error.remedy))
        else:
            self._deleted(answer)

    @Slot(object)
    def _deleted(self, posted: object) -> None:
        answer = cast(calls.DeleteAnswer, posted)
        deleted = answer.deleted
        assert deleted is not None
        self.saving.forget((answer.account, answer.user_id))
        self.profile_deleted.emit(answer.account, answer.user_id)
        self.status_changed.emit(f"{answer.user_id} was deleted.", "ok")
        self.known_people.load()
        if not self._is_about_current(answer.account, answer.user_id):
            return
        who = person_name(deleted.profile) or answer.user_id
        title = f"{who} will be gone soon" if deleted.queued else f"{who} was deleted"
        self.pane.set_state(answer.user_id, "")
        if deleted.shelf is None:
            self._say_empty("trash", title, "No copy was kept on this computer, as you asked.")
        else:
            self._say_empty("trash", title, f"The profile is on the shelf, in History. {CANNOT_RETURN}")
            self.empty.offer(f"restore {deleted.shelf}", "Restore it")

    @Slot(str)
    def _called_off(self, user_id: str) -> None:
        self.status_changed.emit(f"{user_id} was not deleted: you called it off.", "ok")

    @Slot(object)
    def _restored(self, posted: object) -> None:
        answer = cast(calls.RestoreAnswer, posted)
        self.profile_restored.emit(answer.account, answer.user_id)
        self.status_changed.emit(f"{answer.user_id} was restored.", "ok")
        if self._is_about_current(answer.account, answer.user_id):
            self._open(answer.user_id)

    # showing

    @Slot(bool)
    def _pin(self, on: bool) -> None:
        if self._current:
            self.known_people.pin(self._current, on)

    @Slot()
    def _show_pinned(self) -> None:
        self.head.set_pinned(self.known_people.is_pinned(self._current))
        self.pane.set_current(self._current)

    @Slot()
    def _show_start(self) -> None:
        self._leave_profile()
        self._back_box.hide()
        self._say_empty(
            "users",
            "Look somebody up",
            "Type a user ID on the left and press Enter, or paste a column of them from Excel. "
            "An e-mail, a phone number or a name finds people this computer knows already.",
        )
        self.empty.offer("new", "New profile", READ_ONLY if self._account and self._account.read_only else "")

    def _say_empty(self, icon: str, title: str, sentence: str) -> None:
        self.empty.say(icon, title, sentence)
        self.notices.set_guard("")
        self._stack.setCurrentWidget(self.empty)

    @Slot(str)
    def _act(self, offered: str) -> None:
        """The button of the page without a form."""
        if offered == "create":
            self._create(self._current)
        elif offered == "new":
            self._create("")
        elif offered.startswith("restore ") and self._client is not None:
            self.deleting.restore(self._client, self._current, int(offered.split()[1]))

    @Slot(str)
    def _open_from_many(self, user_id: str) -> None:
        self._open(user_id)
        self.back.setText(f"Back to {self.many.title.text()}")
        self._back_box.show()

    @Slot()
    def _show_many(self) -> None:
        self._leave_profile()
        self._back_box.hide()
        self.notices.set_guard("")
        self._stack.setCurrentWidget(self.many)

    @Slot(str, str)
    def _tell(self, sentence: str, remedy: str) -> None:
        self.status_changed.emit(sentence, "ok")
        self.notices.say(sentence, remedy, tone="ok")

    @Slot(object)
    def _report(self, error: object) -> None:
        self._say_error(cast(AppError, error))

    def _say_error(self, error: AppError, action: str = "") -> None:
        if isinstance(error, Offline):
            self.online_changed.emit(False)
        self.notices.say_error(error, action)

    @Slot(str)
    def _retry(self, action: str) -> None:
        if action == STOP_READING:
            self.list_deletion.stop()
        elif action == SAVE_AGAIN:
            self.form.save()
        else:
            self.refresh()

    @Slot(int)
    def _say_wait(self, left: int) -> None:
        remedy = f"It is asked again by itself in {seconds_words(left)}."
        self.notices.say("The server asks to go slower.", remedy, tone="warn", action="Ask now")
