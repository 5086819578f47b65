"""One profile at a time: looked up, shown with its draft, saved, deleted, put back.

Drafts with changes are kept while the window is open, per account and person, so that nothing typed is lost
by looking at somebody else. An answer to an older question is dropped; one about a Save finds its draft.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.deletion import CANNOT_RETURN
from nv_desktop.core.errors import AppError, NotFound, Offline, Refused, Rejected, SlowDown, Stopped
from nv_desktop.core.fields import USER_ID
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.core.saving import Saved
from nv_desktop.core.settings import Settings
from nv_desktop.gui.people import calls, dialogs, missing
from nv_desktop.gui.people.deleting import Deleting, not_done
from nv_desktop.gui.people.empty import EmptyPane
from nv_desktop.gui.people.known import KnownPeople
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.people.notices import Notices
from nv_desktop.gui.people.person import READ_ONLY, PersonView
from nv_desktop.gui.people.saving import NEW, SAVE_AGAIN, Key, Saving, refused_words, saved_words
from nv_desktop.gui.people.waiting import Countdown, seconds_words
from nv_desktop.gui.people.wording import person_name
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme

ANSWERED = (NotFound, Refused, Rejected, SlowDown)
"""Errors that the server itself has told: it can be reached."""
STOP_READING = "Stop reading"
NO_CONNECTION = "This account has no connection yet."
BEING_DELETED = AppError(
    "Nothing was saved: this profile is about to be deleted.",
    "Call the delete off first; your changes are still here.",
)


class OneProfile(QStackedWidget):
    """The person in sight, or what there is to say where nobody is. The signals are those of `PeoplePage`,
    and `taken_up()` when somebody is shown who is not of the list, `brought()` when it is to be seen."""

    taken_up = Signal()
    brought = Signal()
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
        pane: ListPane,
        known_people: KnownPeople,
        notices: Notices,
        person: PersonView,
        saving: Saving,
        deleting: Deleting,
        second: int,
    ) -> None:
        super().__init__()
        self._theme, self._tasks, self._history = theme, tasks, history
        self._accounts, self._settings = accounts, settings
        self.pane, self.known_people, self.notices = pane, known_people, notices
        self.saving, self.deleting, self.person = saving, deleting, person
        self.head, self.form = person.head, person.form
        self.empty = EmptyPane(theme)
        self._account: Account | None = None
        self._client: Client | None = None
        self._known: dict[str, str] = {}
        self._current = ""
        self._asked = ""
        self._new_from = ""
        self._countdown = Countdown(second, self)
        self.addWidget(self.empty)
        self.addWidget(self.person)
        self._wire()

    def _wire(self) -> None:
        self.notices.retried.connect(self._retry)
        self.person.told.connect(self._tell)
        self.person.failed.connect(self.report)
        self.head.refresh_wanted.connect(self.refresh)
        self.head.pin_wanted.connect(self._pin)
        self.head.delete_wanted.connect(self.ask_delete)
        self.form.edited.connect(self._typed)
        self.form.save_wanted.connect(self._save)
        self.empty.acted.connect(self._act)
        self.saving.answered.connect(self._saved)
        self.saving.broke.connect(self._save_broke)
        self.deleting.deleted.connect(self._deleted)
        self.deleting.restored.connect(self._restored)
        self.deleting.called_off.connect(self._called_off)
        self.deleting.failed.connect(self.report)
        self.deleting.changed.connect(self.notices.refresh)
        self.known_people.changed.connect(self._show_pinned)
        self._countdown.ticked.connect(self._say_wait)
        self._countdown.over.connect(self.refresh)

    def set_account(self, account: Account, client: Client | None) -> bool:
        """Work with this account from now on; whether it is another one than before.

        Drafts stay with their account. A delete that waits is called off: its account is gone from sight.
        With another connection of the same account a question without an answer yet is asked again.
        """
        self._stash()
        self.deleting.give_up("the account or its connection was changed meanwhile")
        self._tasks.supersede("people.look")
        same = self._account is not None and self._account.id == account.id
        if not same:
            self.setCurrentWidget(self.empty)  # the draft in sight is not one of the account to come
        self._account, self._client = account, client
        self._known = {**(self._known if same else {}), **account.known_types}
        self.person.set_account(account, client)
        if same and client is not None and self._asked:
            self._ask(self._asked)
        return not same

    def put_away(self) -> None:
        """Show nobody: something else takes the place."""
        self.leave()
        self.notices.set_guard("")
        self.setCurrentWidget(self.empty)

    def _bring(self, view: QWidget) -> None:
        self.setCurrentWidget(view)
        self.brought.emit()

    def shows(self, user_id: str) -> bool:
        """Whether this person is in sight, with or without an answer."""
        return self._current == user_id

    def has_changes(self) -> bool:
        """Whether the draft in sight would lose something."""
        draft = self._shown()
        return draft is not None and draft.is_changed

    def unsaved(self) -> list[Key]:
        """Account and user ID of every profile with changes that are not saved."""
        self._stash()
        return self.saving.unsaved()

    def mark_drafts(self) -> None:
        """Show in the list who has a draft that is not saved."""
        for account, user_id in self.saving.unsaved():
            if self._account is not None and account == self._account.id:
                self.pane.set_state(user_id, "changed")

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
        return self.form.draft() if self.currentWidget() is self.person else None

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

    def leave(self) -> None:
        self._stash()
        self._tasks.supersede("people.look")
        self._countdown.stop()
        self.notices.clear()
        self._current = self._asked = ""
        self.pane.set_current("")

    def open(self, user_id: str) -> None:
        if self._account is None:
            return
        self.leave()
        self._current = user_id
        self.pane.set_current(user_id)
        kept = self.saving.kept(self._key(user_id))
        if kept is not None:
            self._show_draft(kept)
        else:
            title = f"Looking up {missing.shortened(user_id)}"
            self._say_empty("magnifying-glass", title, "The answer comes in a moment.")
        self.refresh()

    def _ask(self, user_id: str) -> None:
        """Call for one profile; a later question makes this one late."""
        self._countdown.stop()
        self.notices.clear()
        self._asked = user_id
        if self._client is None:
            self.notices.say(NO_CONNECTION, f"{user_id} is looked up as soon as it has one.", tone="warn")
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
        self._asked = ""
        if answer.profile is not None or isinstance(answer.error, ANSWERED):
            self.online_changed.emit(True)
        if answer.profile is not None:
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
        self._asked = ""
        self.head.set_busy(False)
        self.person.show_age()
        has_form = self._shown() is not None
        if isinstance(error, Stopped):
            return
        if isinstance(error, NotFound):
            self._not_found(error)
        elif isinstance(error, SlowDown):
            if not has_form:
                title = missing.shortened(self._current)
                self._say_empty("hourglass", title, "It is looked up as soon as the server allows.")
            self._countdown.begin(max(1, round(error.retry_after or 5)))
        elif isinstance(error, Rejected) and not has_form and missing.doubts(self._current):
            self._say_empty("warning-circle", "Nobody can have this user ID", missing.doubts(self._current))
            self._offer_meant()
        else:
            if not has_form:
                title = missing.shortened(self._current)
                self._say_empty("cloud-slash", title, "There is no answer about this user ID yet.")
            self._say_error(error, "Try again")

    def _not_found(self, error: NotFound) -> None:
        assert self._account is not None
        self.known_people.add_missing(self._current)
        self.pane.set_state(self._current, "missing")
        draft = self._shown()
        if draft is not None and draft.is_changed:
            gone = "This profile is no longer there: somebody has deleted it meanwhile."
            self._say_error(AppError(gone, "Your changes are still in the form."))
            return
        reason = READ_ONLY if self._account.read_only else ""
        parts = (error.message, missing.about(self._current), reason or error.remedy)
        sentence = " ".join(part for part in parts if part)
        self._say_empty("user-minus", "Nobody has this user ID", sentence)
        if not self._offer_meant():
            self.empty.offer("create", "Create it", reason)

    def _offer_meant(self) -> bool:
        """Where the ID holds something that cannot be seen: offer the one without it."""
        meant = missing.meant(self._current)
        if meant:
            self.empty.offer(f"look {meant}", f"Look up “{missing.shortened(meant)}”")
        return bool(meant)

    def _create(self, user_id: str) -> None:
        if self._account is None or self._account.read_only:
            return
        self.leave()
        self.taken_up.emit()
        self._new_from = user_id
        draft = self.saving.kept(self._key(NEW + user_id))
        if draft is None:
            draft = Draft(Profile(""), self._known, is_new=True)
            draft.set(USER_ID, user_id)
        self._show_draft(draft)
        self.form.focus_first()

    def _show_draft(self, draft: Draft) -> None:
        self._bring(self.person)
        self.person.show_draft(draft, self._known)
        self.show_guards()
        self._mark_edited()

    def show_guards(self) -> None:
        """What the account does not allow, with the reason; whether a Save is under way."""
        account = self._account
        reason = READ_ONLY if account is not None and account.read_only else ""
        self.notices.set_guard(reason if self.currentWidget() is self.person else "")
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
        elif self.deleting.is_about(self._account.id, draft.user_id):
            self._say_error(BEING_DELETED)
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
            self.notices.clear()  # what was said while it was on its way
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
            if tone != "ok" or not self.form.say_done(sentence):
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

    @Slot(object)
    def deletion_answered(self, answer: calls.DeleteAnswer) -> None:
        """A delete that the last start left was answered meanwhile."""
        if answer.error is not None:
            self.deleting.failed.emit(not_done("Not deleted.", answer.error))
        else:
            self._deleted(answer)

    @Slot(object)
    def _deleted(self, posted: object) -> None:
        answer = cast(calls.DeleteAnswer, posted)
        deleted = answer.deleted
        assert deleted is not None
        self.notices.clear()  # what was said while it was on its way
        self.saving.forget((answer.account, answer.user_id))
        self.profile_deleted.emit(answer.account, answer.user_id)
        soon = "will be gone soon" if deleted.queued else "was deleted"
        said = f"{answer.user_id} {soon}. {deleted.notice}".strip()
        self.status_changed.emit(said, "warn" if deleted.notice else "ok")
        self.known_people.load()
        if self._account is not None and answer.account == self._account.id:
            self.pane.set_state(answer.user_id, "deleted")
        if not self._is_about_current(answer.account, answer.user_id):
            return
        who = person_name(deleted.profile) or answer.user_id
        title = f"{who} {soon}"
        if deleted.shelf is None:
            self._say_empty("trash", title, "No copy was kept on this computer, as you asked.")
        else:
            self._say_empty("trash", title, f"The profile is on the shelf, in History. {CANNOT_RETURN}")
            self.empty.offer(f"restore {deleted.shelf}", "Restore it")

    @Slot(str, str)
    def _called_off(self, user_id: str, why: str) -> None:
        self.status_changed.emit(f"{user_id} was not deleted: {why}.", "ok")

    @Slot(object)
    def _restored(self, posted: object) -> None:
        answer = cast(calls.RestoreAnswer, posted)
        self.profile_restored.emit(answer.account, answer.user_id)
        restored = answer.restored
        assert restored is not None
        back = "is restored soon" if restored.accepted else "was restored"
        said = f"{answer.user_id} {back}. {restored.notice}".strip()
        self.status_changed.emit(said, "warn" if restored.notice else "ok")
        if self._is_about_current(answer.account, answer.user_id):
            self.open(answer.user_id)

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
    def show_start(self) -> None:
        self.leave()
        self.taken_up.emit()
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
        self._bring(self.empty)

    @Slot(str)
    def _act(self, offered: str) -> None:
        """The button of the page without a form."""
        if offered == "create":
            self._create(self._current)
        elif offered == "new":
            self._create("")
        elif offered.startswith("look "):
            self.open(offered.removeprefix("look "))
        elif offered.startswith("restore ") and self._client is not None:
            self.empty.action.set_allowed(False, "It is being written back")
            self.deleting.restore(self._client, self._current, int(offered.split()[1]))

    @Slot(str, str)
    def _tell(self, sentence: str, remedy: str) -> None:
        self.status_changed.emit(sentence, "ok")
        if not self.form.say_done(f"{sentence} {remedy}".strip()):
            self.notices.say(sentence, remedy, tone="ok")

    @Slot(object)
    def report(self, error: object) -> None:
        if self.empty.offered.startswith("restore "):
            self.empty.action.set_allowed(True)
        self._say_error(cast(AppError, error))

    def _say_error(self, error: AppError, action: str = "") -> None:
        if isinstance(error, Offline):
            self.online_changed.emit(False)
        self.notices.say_error(error, action)

    @Slot(str)
    def _retry(self, action: str) -> None:
        if action == SAVE_AGAIN:
            self.form.save()
        elif action != STOP_READING:
            self.refresh()

    @Slot(int)
    def _say_wait(self, left: int) -> None:
        remedy = f"It is asked again by itself in {seconds_words(left)}."
        self.notices.say("The server asks to go slower.", remedy, tone="warn", action="Ask now")
