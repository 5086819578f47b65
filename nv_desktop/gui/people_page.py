"""The People page: looks people up, shows one or many, saves and deletes; it wires its rooms to the calls.

Drafts with changes are kept while the window is open, per account and person, so that nothing typed is lost
by looking at somebody else. An answer to an older question is dropped; one about a Save finds its draft.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.deletion import CANNOT_RETURN
from nv_desktop.core.errors import AppError, NotFound, Offline, Rejected, SlowDown, Stopped, Unclear
from nv_desktop.core.fields import OPT_INS, Json
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.core.saving import Saved
from nv_desktop.core.settings import Settings
from nv_desktop.gui import messages
from nv_desktop.gui.people import calls, dialogs
from nv_desktop.gui.people.deleting import Deleting
from nv_desktop.gui.people.head import ProfileHead
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.people.many import ManyView
from nv_desktop.gui.people.wording import as_json, person_name, split_ids
from nv_desktop.gui.profile_form import ProfileForm
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Button, EmptyState, IconLabel, Notice, boxed, column, row

Key = tuple[str, str]
"""Account id and user ID."""

READ_ONLY = "This account is set to read only, in Accounts"


class PeoplePage(QWidget):
    """`profile_opened(user_id)`; `profile_saved`, `profile_deleted`, `profile_restored(account id, user_id)`;
    `online_changed(bool)`, `status_changed(sentence, tone)` with the tones of the activity line.
    """

    profile_opened = Signal(str)
    profile_saved = Signal(str, str)
    profile_deleted = Signal(str, str)
    profile_restored = Signal(str, str)
    online_changed = Signal(bool)
    status_changed = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        history: History,
        accounts: Accounts,
        settings: Settings,
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
        self._drafts: dict[Key, Draft] = {}
        self._saving: set[Key] = set()
        self._sent: dict[Key, dict[str, Json]] = {}
        self._missing: dict[str, list[tuple[str, float]]] = {}
        self._pinned: set[str] = set()
        self._wait_left = 0
        self._build(second)
        self._make_actions()
        self._wire()
        self._show_start()

    # building

    def _build(self, second: int) -> None:
        theme = self._theme
        self.pane = ListPane(theme, self._clock)
        self.banner = messages.Banner(theme, name="people.banner")
        self.head = ProfileHead(theme)
        self.form = ProfileForm(theme)
        self.many = ManyView(theme, self._tasks)
        self.deleting = Deleting(theme, second, self)
        self.back = Button(theme, "Back to the list", "link", "arrow-left", name="people.back")
        self._back_box = boxed(row(self.back, None, margins=(24, 10, 24, 0)))
        self._back_box.hide()
        profile = column(self.head, self.form, gap=0)
        profile.setStretch(1, 1)
        self._profile = boxed(profile)
        self.empty = EmptyState(
            theme,
            "users",
            "Look somebody up",
            "",
            action="New profile",
            on_click=self._act,
            name="people.empty",
        )
        self._action = ""
        self._stack = QStackedWidget()
        for widget in (self.empty, self._profile, self.many):
            self._stack.addWidget(widget)
        self.guard = Notice(theme, "", "note", "lock-simple", name="people.guard")
        self.guard.hide()
        notices = column(self.deleting.bar, self.banner, self.guard, gap=8, margins=(24, 12, 24, 0))
        self._notices = boxed(notices)
        right = column(self._back_box, self._notices, self._stack, gap=0)
        right.setStretch(2, 1)
        layout = row(self.pane, gap=0)
        layout.addLayout(right, 1)
        self.setLayout(layout)
        self._ages = QTimer(self)
        self._ages.setInterval(20_000)
        self._wait = QTimer(self)
        self._wait.setInterval(second)

    def _make_actions(self) -> None:
        standard = QKeySequence.StandardKey
        table: tuple[
            tuple[str, QKeySequence | QKeySequence.StandardKey | None, Callable[[], object]], ...
        ] = (
            ("Look up a user ID", standard.Find, self.pane.focus_box),
            ("New profile", standard.New, self.new_profile),
            ("Save the profile", standard.Save, self.form.save),
            ("Undo", standard.Undo, self.form.undo),
            ("Redo", standard.Redo, self.form.redo),
            ("Next problem", QKeySequence("F8"), self.form.next_problem),
            ("Previous problem", QKeySequence("Shift+F8"), self.form.previous_problem),
            ("Read the profile again", QKeySequence("F5"), self.refresh),
            ("Add an attribute", None, self._open_add),
            ("Take all changes back", None, self.form.take_all_back),
            ("Copy the profile as JSON", None, self._copy_json),
            ("Delete the profile", None, self._ask_delete),
            ("Paste a list of user IDs", standard.Paste, self.paste),
        )
        self._actions: list[QAction] = []
        for words, keys, slot in table:
            action = QAction(words, self)
            if keys is not None:
                action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(slot)
            self.addAction(action)
            self._actions.append(action)

    def _wire(self) -> None:
        self.pane.looked_up.connect(self.look_up)
        self.pane.many_wanted.connect(self.look_up_many)
        self.pane.new_wanted.connect(self.new_profile)
        self.pane.searched.connect(self._search_known)
        self.banner.retried.connect(self._retry)
        self.banner.dismissed.connect(self._show_notices)
        self.head.refresh_wanted.connect(self.refresh)
        self.head.json_wanted.connect(self._copy_json)
        self.head.export_wanted.connect(self._export)
        self.head.pin_wanted.connect(self._pin)
        self.head.delete_wanted.connect(self._ask_delete)
        self.head.request_wanted.connect(self._show_sent)
        self.form.edited.connect(self._typed)
        self.form.save_wanted.connect(self._save)
        self.form.preview_wanted.connect(self._preview)
        self.many.opened.connect(self._open_from_many)
        self.many.closed.connect(self._show_start)
        self.back.clicked.connect(self._show_many)
        self.deleting.due.connect(self._delete)
        self.deleting.called_off.connect(self._called_off)
        self._ages.timeout.connect(self._show_ages)
        self._wait.timeout.connect(self._count_down)

    # what the window tells

    def set_account(self, account: Account, client: Client | None) -> None:
        """Work with this account from now on; without `client` nothing can be asked yet.

        Drafts stay with their account. A delete that waits is called off: its account is gone from sight.
        """
        self._stash()
        self.deleting.call_off()
        for key in ("people.look", "people.known"):
            self._tasks.supersede(key)
        same = self._account is not None and self._account.id == account.id
        self._account, self._client = account, client
        self._known = {**(self._known if same else {}), **account.known_types}
        self._current = self._current if same else ""
        if not same:
            self.pane.forget()
            self.many.close_list()
            self.banner.clear()
        self.many.set_client(client)
        self._load_known()
        if not self._current:
            self._show_start()
        self._show_guards()

    def actions(self) -> list[QAction]:
        """Everything this page can do, by name."""
        return self._actions if hasattr(self, "_actions") else []

    def can_leave(self) -> bool:
        """Whether the window may close: asks where something typed would be lost. For changing the page
        or the account it need not be asked: everything is kept."""
        self._stash()
        if self._saving or self.deleting.is_under_way():
            self.banner.say(
                "A profile is being saved or deleted.",
                "Wait for the answer; it takes a minute at most.",
                tone="warn",
            )
            self._show_notices()
            return False
        unsaved = self.unsaved()
        if unsaved and not self._may_discard(len(unsaved)):
            return False
        self.deleting.call_off()
        self.many.halt()
        return True

    def unsaved(self) -> list[Key]:
        """Account and user ID of every profile with changes that are not saved."""
        self._stash()
        return [key for key, draft in self._drafts.items() if draft.is_changed]

    def _may_discard(self, count: int) -> bool:
        who = "One profile has" if count == 1 else f"{count} profiles have"
        text = f"{who} changes that are not saved. Closing loses them."
        return messages.confirm(
            self,
            self._theme,
            "Close without saving?",
            text,
            "Close without saving",
            cancel="Keep editing",
            danger=True,
        )

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
        """Open the table of these IDs, with its price."""
        self._stash()
        self._leave_profile()
        self._show_many()
        wanted = cast(list[str], user_ids)
        self.many.show_list(self._client, wanted, self._settings.limit * self._settings.limit_share // 100)

    @Slot()
    def paste(self) -> None:
        """Take the clipboard as one or many user IDs."""
        text = QGuiApplication.clipboard().text()
        wanted = split_ids(text)
        if len(wanted) > 1:
            self.look_up_many(wanted)
        elif wanted:
            self.pane.box.setText(wanted[0])
            self.look_up(wanted[0])

    @Slot()
    def new_profile(self) -> None:
        """The empty form."""
        self._create("")

    @Slot()
    def refresh(self) -> None:
        """Read the shown profile again; changes stay."""
        draft = self.form.draft()
        is_new = draft is not None and draft.is_new and self._stack.currentWidget() is self._profile
        if self._current and not is_new and not self._is_saving():
            self._ask(self._current)

    # one profile

    def _key(self, user_id: str | None = None) -> Key:
        assert self._account is not None
        return self._account.id, self._current if user_id is None else user_id

    def _is_saving(self) -> bool:
        return self._account is not None and self._key() in self._saving

    def _stash(self) -> None:
        """Keep the shown draft if something in it would be lost."""
        draft = self.form.draft()
        if draft is None or self._account is None or self._stack.currentWidget() is not self._profile:
            return
        key = self._key("" if draft.is_new else draft.user_id)
        if draft.is_changed or key in self._saving:
            self._drafts[key] = draft
        else:
            self._drafts.pop(key, None)

    def _leave_profile(self) -> None:
        self._tasks.supersede("people.look")
        self._wait.stop()
        self.banner.clear()
        self._current = ""
        self.pane.set_current("")

    def _open(self, user_id: str) -> None:
        if self._account is None:
            return
        self._stash()
        self._leave_profile()
        self._current = user_id
        self.pane.set_current(user_id)
        kept = self._drafts.get(self._key())
        if kept is not None:
            self._show_draft(kept)
        else:
            self._say_empty("magnifying-glass", f"Looking up {user_id}", "The answer comes in a moment.")
        if self._key() not in self._saving:
            self._ask(user_id)

    def _ask(self, user_id: str) -> None:
        """Call for one profile; a later question makes this one late."""
        client = self._client
        self._wait.stop()
        self.banner.clear()
        if client is None:
            self._say_empty("plugs", "Not connected", "This account has no connection yet. See Accounts.")
            return
        self.head.set_busy(True)
        self._tasks.run(
            calls.look_up, client, self._history, self._accounts, user_id,
            done=self._looked_up, failed=self._look_failed, key="people.look", front=True,
        )  # fmt: skip

    @Slot(object)
    def _looked_up(self, answer: calls.LookedUp) -> None:
        if self._account is None or (answer.account, answer.user_id) != self._key():
            return
        if answer.profile is not None:
            self.online_changed.emit(True)
            self._found(answer.profile)
            if answer.error is not None:
                self._say_error(answer.error, "")
        else:
            assert answer.error is not None
            self._look_failed(answer.error)

    def _found(self, profile: Profile) -> None:
        self._known = {**calls.read_types(profile), **self._known}
        kept = self._drafts.get(self._key())
        shown = self.form.draft() if self._stack.currentWidget() is self._profile else None
        if shown is not None and not shown.is_new and shown.user_id == profile.user_id:
            kept = shown
        draft = Draft(profile, self._known)
        if kept is not None and kept.is_changed and not kept.is_new:
            conflicts = kept.conflicts(profile)
            mine: frozenset[str] | None = frozenset()
            if conflicts:
                self.head.set_busy(False)
                mine = dialogs.ask_conflicts(self, self._theme, conflicts, kept.field)
            draft = kept if mine is None else kept.rebased(profile, mine)
        self._forget_missing(profile.user_id)
        self._show_draft(draft)
        self._load_known()
        self.profile_opened.emit(profile.user_id)

    @Slot(object)
    def _look_failed(self, error: AppError) -> None:
        self.head.set_busy(False)
        self._show_ages()
        if isinstance(error, Stopped):
            return
        if isinstance(error, Offline):
            self.online_changed.emit(False)
        has_form = self._stack.currentWidget() is self._profile
        if isinstance(error, NotFound):
            self._not_found(error, has_form)
        elif isinstance(error, SlowDown):
            if not has_form:
                self._say_empty("hourglass", self._current, "It is looked up as soon as the server allows.")
            self._wait_left = max(1, round(error.retry_after or 5))
            self._wait.start()
            self._say_wait()
        else:
            if not has_form:
                self._say_empty("cloud-slash", self._current, "There is no answer about this user ID yet.")
            self._say_error(error, "Try again")

    def _not_found(self, error: NotFound, has_form: bool) -> None:
        assert self._account is not None
        missing = self._missing.setdefault(self._account.id, [])
        self._forget_missing(self._current)
        missing.insert(0, (self._current, self._clock()))
        self._load_known()
        draft = self.form.draft()
        if has_form and draft is not None and draft.is_changed:
            gone = AppError(
                "This profile is no longer there: somebody has deleted it meanwhile.",
                "Your changes are still in the form.",
            )
            self._say_error(gone, "")
            return
        reason = READ_ONLY if self._account.read_only else ""
        self._say_empty("user-minus", "Nobody has this user ID", f"{error.message} {reason or error.remedy}")
        self._offer("create", "Create it", reason)

    def _forget_missing(self, user_id: str) -> None:
        if self._account is not None and self._account.id in self._missing:
            kept = [each for each in self._missing[self._account.id] if each[0] != user_id]
            self._missing[self._account.id][:] = kept

    def _create(self, user_id: str) -> None:
        if self._account is None or self._account.read_only:
            return
        self._stash()
        self._leave_profile()
        self._back_box.hide()
        kept = self._drafts.get(self._key(""))
        draft = kept if kept is not None and not user_id else Draft(Profile(""), self._known, is_new=True)
        if user_id:
            draft.set("userID", user_id)
        self._show_draft(draft)
        self.form.focus_first()

    def _show_draft(self, draft: Draft) -> None:
        self.head.set_busy(False)
        self.head.show_profile(draft.profile, is_new=draft.is_new)
        self.form.set_draft(draft, self._known)
        self._stack.setCurrentWidget(self._profile)
        self._show_ages()
        self._show_guards()
        self._edited()

    def _show_guards(self) -> None:
        """What the account does not allow, with the reason at the button."""
        account = self._account
        reason = READ_ONLY if account is not None and account.read_only else ""
        no_delete = reason or (
            "Deleting is switched off, in Accounts" if account and account.no_delete else ""
        )
        self.form.set_read_only(reason)
        self.guard.set(f"{reason}. You can look, copy and export; nothing can be changed.", "note")
        self.guard.setVisible(bool(reason) and self._stack.currentWidget() is self._profile)
        self._show_notices()
        self.head.allow_delete(no_delete)
        self.head.allow_request(account is not None and self._key() in self._sent)
        self.head.set_pinned(self._current in self._pinned)
        self.form.set_saving(self._is_saving())
        self.pane.new.setEnabled(not reason)
        self.pane.new.setToolTip(reason or "New profile (Ctrl+N)")

    @Slot()
    def _typed(self) -> None:
        """What was said about the last Save is over once something is typed."""
        if self.banner.property("tone") in ("ok", "info"):
            self.banner.clear()
        self._edited()

    @Slot()
    def _edited(self) -> None:
        draft = self.form.draft()
        if draft is not None and not draft.is_new:
            state = "error" if self.form.errors() else "changed" if draft.is_changed else ""
            self.pane.set_state(draft.user_id, state)

    @Slot()
    def _open_add(self) -> None:
        if self._stack.currentWidget() is self._profile and self.form.attributes.add_button.isEnabled():
            self.form.attributes.open_add()

    # saving

    @Slot()
    def _save(self) -> None:
        draft, client = self.form.draft(), self._client
        if draft is None or self._account is None:
            return
        if client is None:
            self._say_error(AppError("This account has no connection yet.", "See Accounts."), "")
            return
        key = self._key("" if draft.is_new else draft.user_id)
        if key in self._saving:
            return
        self._saving.add(key)
        self._drafts[key] = draft
        self.banner.clear()
        self.form.set_saving(True)
        self._tasks.run(
            calls.save, client, self._history, self._accounts, draft,
            done=self._saved, failed=self._save_broke, front=True,
        )  # fmt: skip

    @Slot(object)
    def _save_broke(self, error: AppError) -> None:
        """The program itself failed: whatever was being saved can be saved again."""
        self._saving.clear()
        self.form.set_saving(False)
        self._say_error(error, "")

    @Slot(object)
    def _saved(self, answer: calls.SaveAnswer) -> None:
        draft = answer.draft
        key = (answer.account, "" if draft.is_new else draft.user_id)
        self._saving.discard(key)
        is_shown = self.form.draft() is draft and self._stack.currentWidget() is self._profile
        if is_shown:
            self.form.set_saving(False)
        if answer.saved is None:
            assert answer.error is not None
            if is_shown:
                self._save_failed(answer.error)
            else:
                self.status_changed.emit(f"{draft.user_id} was not saved: {answer.error.message}", "error")
            return
        if answer.saved.conflicts:
            if is_shown:
                self._settle_conflicts(draft, answer.saved)
            return
        self._drafts.pop(key, None)
        self._after_save(draft, answer, is_shown)

    def _after_save(self, draft: Draft, answer: calls.SaveAnswer, is_shown: bool) -> None:
        saved = answer.saved
        assert saved is not None
        count = len(draft.attributes())
        what = "Created" if draft.is_new else "Saved " + (f"{count} changes" if count != 1 else "1 change")
        who = person_name(saved.profile) or draft.user_id
        sentence = f"{what}: {who}."
        if saved.accepted:
            sentence = f"The server has taken the change of {who} and applies it later."
        self._sent[(answer.account, draft.user_id)] = draft.attributes()
        self.profile_saved.emit(answer.account, draft.user_id)
        self.status_changed.emit(sentence, "ok")
        if self._account is None or answer.account != self._account.id:
            return
        self._known = {**saved.types, **self._known}
        self._forget_missing(draft.user_id)
        self.pane.set_state(draft.user_id, "")
        if is_shown:
            self._current = draft.user_id
            self._show_draft(Draft(saved.profile, self._known))
            remedy = "It may take a while to show when the profile is read again." if saved.accepted else ""
            self.banner.say(sentence, remedy, tone="info" if saved.accepted else "ok")
            if answer.error is not None:
                self.banner.say(sentence, str(answer.error), tone="warn")
            self._show_notices()
        self._load_known()
        self.pane.set_current(self._current)

    def _settle_conflicts(self, draft: Draft, saved: Saved) -> None:
        mine = dialogs.ask_conflicts(self, self._theme, saved.conflicts, draft.field)
        if mine is None:
            self.banner.say(
                "Nothing was saved.",
                "The profile changed meanwhile; your changes are still here.",
                tone="warn",
            )
            self._show_notices()
            return
        self._show_draft(draft.rebased(saved.profile, mine))
        if self.form.changed_names():
            self.form.save()
        else:
            self._stash()
            self.banner.say("Nothing is left to save.", "The values of the server stand.", tone="info")
            self._show_notices()

    def _save_failed(self, error: AppError) -> None:
        if isinstance(error, SlowDown):
            seconds = round(error.retry_after or 0)
            wait = f"Save again in {seconds} seconds." if seconds else "Save again in a moment."
            self._say_error(AppError("The server asks to go slower; nothing was saved.", wait), "Save again")
        elif isinstance(error, Unclear):
            self._say_error(error, "Look again")
        elif isinstance(error, Rejected):
            self._say_error(error, "")
        else:
            if isinstance(error, Offline):
                self.online_changed.emit(False)
            said = AppError(f"Not saved. {error.message}", error.remedy or "Your changes are still here.")
            self._say_error(said, "Save again")

    # deleting

    @Slot()
    def _ask_delete(self) -> None:
        draft, account = self.form.draft(), self._account
        if draft is None or account is None or draft.is_new or not self.head.delete.isEnabled():
            return
        if self._stack.currentWidget() is not self._profile or self.deleting.is_waiting():
            return
        choice = dialogs.ask_delete(self, self._theme, account, draft.user_id, person_name(draft.profile))
        if choice is not None:
            name = person_name(draft.profile) or draft.user_id
            self.deleting.begin(draft.user_id, name, choice.keep, self._settings.grace_seconds)
            self._show_notices()

    @Slot(str, bool)
    def _delete(self, user_id: str, keep: bool) -> None:
        if self._client is None:
            return
        self._tasks.run(
            calls.delete, self._client, self._history, user_id, keep,
            done=self._deleted, failed=self._delete_broke, front=True,
        )  # fmt: skip

    @Slot(object)
    def _delete_broke(self, error: AppError) -> None:
        self.deleting.end()
        self._say_error(error, "")

    @Slot(object)
    def _deleted(self, answer: calls.DeleteAnswer) -> None:
        self.deleting.end()
        self._show_notices()
        if answer.error is not None:
            self._say_error(AppError(f"Not deleted. {answer.error.message}", answer.error.remedy), "")
            return
        assert answer.deleted is not None
        self._drafts.pop((answer.account, answer.user_id), None)
        self.profile_deleted.emit(answer.account, answer.user_id)
        self.status_changed.emit(f"{answer.user_id} was deleted.", "ok")
        self._load_known()
        if self._account is not None and (answer.account, answer.user_id) == self._key():
            self._show_gone(answer)

    def _show_gone(self, answer: calls.DeleteAnswer) -> None:
        deleted = answer.deleted
        assert deleted is not None
        who = person_name(deleted.profile) or answer.user_id
        title = f"{who} will be gone soon" if deleted.queued else f"{who} was deleted"
        if deleted.shelf is None:
            self._say_empty("trash", title, "No copy was kept on this computer, as you asked.")
            return
        self._say_empty("trash", title, f"The profile is on the shelf, in History. {CANNOT_RETURN}")
        self._offer(f"restore {deleted.shelf}", "Restore it", "")

    @Slot(str)
    def _called_off(self, user_id: str) -> None:
        self._show_notices()
        self.status_changed.emit(f"{user_id} was not deleted: you called it off.", "ok")

    def _restore(self, shelf: int) -> None:
        if self._client is not None:
            self._tasks.run(
                calls.restore, self._client, self._history, self._current, shelf,
                done=self._restored, failed=self._look_failed, front=True,
            )  # fmt: skip

    @Slot(object)
    def _restored(self, answer: calls.RestoreAnswer) -> None:
        if answer.error is not None:
            self._say_error(AppError(f"Not restored. {answer.error.message}", answer.error.remedy), "")
            return
        assert answer.restored is not None
        self.profile_restored.emit(answer.account, answer.user_id)
        self.status_changed.emit(f"{answer.user_id} was restored.", "ok")
        if self._account is not None and (answer.account, answer.user_id) == self._key():
            self._open(answer.user_id)

    # small things

    @Slot()
    def _copy_json(self) -> None:
        draft = self.form.draft()
        if draft is not None and self._stack.currentWidget() is self._profile:
            QGuiApplication.clipboard().setText(as_json(draft.profile))
            self.status_changed.emit("The profile is on the clipboard, as JSON.", "ok")

    @Slot(str)
    def _export(self, ending: str) -> None:
        draft = self.form.draft()
        if draft is None:
            return
        safe = "".join(char if char.isalnum() or char in "-_." else "_" for char in draft.user_id)[:60]
        path = dialogs.ask_path(self, safe, ending)
        if path is not None:
            self._tasks.run(calls.export, path, [draft.profile], done=self._exported, failed=self._save_broke)

    @Slot(object)
    def _exported(self, path: Path) -> None:
        self.status_changed.emit(f"The profile was written to “{path.name}”.", "ok")
        self.banner.say(
            f"The profile was written to “{path.name}”.", "As last read, without unsaved changes.", tone="ok"
        )
        self._show_notices()

    @Slot(bool)
    def _pin(self, on: bool) -> None:
        if self._account is not None:
            self._tasks.run(
                calls.pin,
                self._history,
                self._account.id,
                self._current,
                on,
                done=self._know,
                key="people.known",
            )

    @Slot()
    def _preview(self) -> None:
        draft = self.form.draft()
        if draft is not None:
            sentence = "Only what changed would be sent, after reading the profile once more."
            self._show_request("What is sent", sentence, draft.user_id, draft.attributes())

    @Slot()
    def _show_sent(self) -> None:
        sent = self._sent.get(self._key())
        if sent is not None:
            sentence = "This was sent last for this profile since the window was opened."
            self._show_request("What I sent", sentence, self._current, sent)

    def _show_request(self, title: str, sentence: str, user_id: str, attributes: dict[str, Json]) -> None:
        if self._account is not None and self._client is not None:
            if not self._settings.opt_in_as_strings:
                numbers = {name: int(attributes[name]) for name in OPT_INS if attributes.get(name)}
                attributes = {**attributes, **numbers}
            text = dialogs.request_text(self._client.host, self._account, user_id, attributes)
            dialogs.show_request(self, self._theme, title, sentence, text)

    # what is known here

    def _load_known(self) -> None:
        if self._account is not None:
            self._tasks.run(
                calls.known, self._history, self._account.id, "", done=self._know, key="people.known"
            )

    @Slot(str)
    def _search_known(self, text: str) -> None:
        if self._account is not None:
            self._tasks.run(
                calls.known,
                self._history,
                self._account.id,
                text,
                done=self._know,
                key="people.known",
                front=True,
            )

    @Slot(object)
    def _know(self, known: calls.Known) -> None:
        if self._account is None or known.account != self._account.id:
            return
        self._pinned = {each.person.user_id for each in known.recents if each.pinned}
        self.head.set_pinned(self._current in self._pinned)
        self.pane.set_people(known.recents, self._missing.get(known.account, []))
        if known.text:
            self.pane.set_found(known.text, known.found)
        self.pane.set_current(self._current)

    # showing

    @Slot()
    def _show_start(self) -> None:
        self._leave_profile()
        self._back_box.hide()
        reason = READ_ONLY if self._account is not None and self._account.read_only else ""
        self._say_empty(
            "users",
            "Look somebody up",
            "Type a user ID on the left and press Enter, or paste a column of them from Excel. "
            "An e-mail, a phone number or a name finds people this computer knows already.",
        )
        self._offer("new", "New profile", reason)

    def _say_empty(self, icon: str, title: str, sentence: str) -> None:
        """The page without a form: one title, one sentence, no action until one is offered."""
        picture = self.empty.findChild(IconLabel)
        if picture is not None:
            picture.set_icon(icon, "text3")
        self.empty.title.setText(title)
        self.empty.sentence.setText(sentence)
        self.empty.setAccessibleName(f"{title}. {sentence}")
        self.empty.action.hide()
        self._action = ""
        self.guard.hide()
        self._show_notices()
        self._stack.setCurrentWidget(self.empty)

    def _offer(self, action: str, words: str, reason: str) -> None:
        self._action = action
        self.empty.action.setText(words)
        self.empty.action.set_allowed(not reason, reason)
        self.empty.action.show()

    @Slot()
    def _act(self) -> None:
        """The button of the empty page."""
        if self._action == "new":
            self._create("")
        elif self._action == "create":
            self._create(self._current)
        elif self._action.startswith("restore "):
            self._restore(int(self._action.split()[1]))

    @Slot(str)
    def _open_from_many(self, user_id: str) -> None:
        self._open(user_id)
        self._back_box.show()
        self.back.setText(f"Back to {self.many.title.text()}")

    @Slot()
    def _show_many(self) -> None:
        self._stash()
        self._leave_profile()
        self._back_box.hide()
        self._stack.setCurrentWidget(self.many)

    def _say_error(self, error: AppError, action: str) -> None:
        self.banner.show_error(error, action)
        self._show_notices()

    @Slot()
    def _show_notices(self) -> None:
        parts = (self.banner, self.deleting.bar, self.guard)
        self._notices.setVisible(not all(part.isHidden() for part in parts))

    @Slot()
    def _retry(self) -> None:
        self._show_notices()
        action = self.banner.button.text()
        if action == "Save again":
            self.form.save()
        elif self._current:
            self._ask(self._current)

    @Slot()
    def _count_down(self) -> None:
        self._wait_left -= 1
        if self._wait_left > 0:
            self._say_wait()
            return
        self._wait.stop()
        if self._current:
            self._ask(self._current)

    def _say_wait(self) -> None:
        seconds = f"{self._wait_left} seconds" if self._wait_left != 1 else "1 second"
        self.banner.say(
            "The server asks to go slower.",
            f"It is asked again by itself in {seconds}.",
            tone="warn",
            action="Ask now",
        )
        self._show_notices()

    @Slot()
    def _show_ages(self) -> None:
        self.head.show_age(self._clock())
        if self.isVisible():
            self.pane.list.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ages.start()
        self._show_ages()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ages.stop()
