"""What is done to the person in sight: saved, deleted, put back; and what is told when it has come about.

An answer finds its draft, whoever is in sight by then.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.profile import Draft
from nv_desktop.core.saving import Saved
from nv_desktop.core.settings import Settings
from nv_desktop.gui.people import calls, dialogs
from nv_desktop.gui.people.deleting import Deleting, deleted_words, not_done, restored_words
from nv_desktop.gui.people.drafts import Drafts
from nv_desktop.gui.people.known import KnownPeople
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.people.notices import Notices
from nv_desktop.gui.people.one import NO_CONNECTION, OneProfile
from nv_desktop.gui.people.saving import SAVE_AGAIN, Saving, refused_words, saved_words
from nv_desktop.gui.people.wording import person_name
from nv_desktop.gui.theme import Theme

BEING_DELETED = AppError(
    "Nothing was saved: this profile is about to be deleted.",
    "Call the delete off first; your changes are still here.",
)


class Changing(QObject):
    """The signals are those of `PeoplePage`."""

    profile_saved = Signal(str, str)
    profile_deleted = Signal(str, str)
    profile_restored = Signal(str, str)
    status_changed = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        one: OneProfile,
        drafts: Drafts,
        saving: Saving,
        deleting: Deleting,
        pane: ListPane,
        known_people: KnownPeople,
        notices: Notices,
    ) -> None:
        super().__init__(one)
        self._theme, self._settings = theme, settings
        self._one, self._head, self._form, self._empty = one, one.head, one.form, one.empty
        self._drafts, self._saving, self._deleting = drafts, saving, deleting
        self._pane, self._known_people, self._notices = pane, known_people, notices
        self._account: Account | None = None
        self._client: Client | None = None
        self._wire()

    def _wire(self) -> None:
        self._form.save_wanted.connect(self._save)
        self._head.delete_wanted.connect(self.ask_delete)
        self._empty.restore_wanted.connect(self._restore)
        self._notices.retried.connect(self._retry)
        self._saving.answered.connect(self._saved)
        self._saving.broke.connect(self._save_broke)
        self._deleting.deleted.connect(self._deleted)
        self._deleting.restored.connect(self._restored)
        self._deleting.called_off.connect(self._called_off)
        self._deleting.failed.connect(self._one.report)
        self._deleting.changed.connect(self._notices.refresh)

    def set_account(self, account: Account, client: Client | None) -> None:
        """Work with this account from now on. A delete that waits is called off: its account is gone from
        sight."""
        self._deleting.give_up("the account or its connection was changed meanwhile")
        self._account, self._client = account, client

    def _is_in_use(self, account: str) -> bool:
        return self._account is not None and account == self._account.id

    # saving

    @Slot()
    def _save(self) -> None:
        draft = self._one.shown()
        if draft is None or self._account is None:
            return
        if self._client is None:
            self._one.say_error(AppError(NO_CONNECTION, "See Accounts."))
        elif self._deleting.is_about(self._account.id, draft.user_id):
            self._one.say_error(BEING_DELETED)
        elif self._drafts.save(self._client, draft):
            self._notices.clear()
            self._form.set_saving(True)

    @Slot(object)
    def _save_broke(self, posted: object) -> None:
        error = cast(AppError, posted)
        self._form.set_saving(False)
        self._one.say_error(error)

    @Slot(object)
    def _saved(self, posted: object) -> None:
        answer = cast(calls.SaveAnswer, posted)
        draft = answer.draft
        is_shown = self._one.shown() is draft
        if is_shown:
            self._notices.clear()  # what was said while it was on its way
            self._form.set_saving(False)
        if answer.is_saved:
            self._after_save(answer, is_shown)
        elif is_shown and answer.saved is not None:
            self._settle_conflicts(draft, answer.saved)
        elif is_shown and answer.error is not None:
            self._one.say_error(*refused_words(answer.error))
        else:
            why = answer.error.message if answer.error else "the profile changed meanwhile."
            self.status_changed.emit(f"{draft.user_id} was not saved: {why}", "error")

    def _after_save(self, answer: calls.SaveAnswer, is_shown: bool) -> None:
        draft, saved = answer.draft, answer.saved
        assert saved is not None
        sentence, remedy, tone = saved_words(answer)
        self.profile_saved.emit(answer.account, draft.user_id)
        self.status_changed.emit(sentence, "ok")
        if not self._is_in_use(answer.account):
            return
        self._drafts.learn(saved.types)
        self._known_people.forget_missing(draft.user_id)
        self._pane.set_state(draft.user_id, "")
        if is_shown:
            self._one.show_saved(draft.user_id, saved.profile)
            if tone != "ok" or not self._form.say_done(sentence):
                self._notices.say(sentence, remedy, tone=tone)
        self._known_people.load()

    def _settle_conflicts(self, draft: Draft, saved: Saved) -> None:
        mine = dialogs.ask_conflicts(self._one, self._theme, saved.conflicts, draft.field)
        if mine is None:
            remedy = "The profile changed meanwhile; your changes are still here."
            self._notices.say("Nothing was saved.", remedy, tone="warn")
            return
        self._one.show_draft(draft.rebased(saved.profile, mine))
        if self._form.changed_names():
            self._form.save()
        else:
            self._one.stash()
            self._notices.say("Nothing is left to save.", "The values of the server stand.")

    @Slot(str)
    def _retry(self, action: str) -> None:
        if action == SAVE_AGAIN:
            self._form.save()

    # deleting

    @Slot()
    def ask_delete(self) -> None:
        """Delete the person in sight, after the ID was typed and the grace is over."""
        draft, account, client = self._one.shown(), self._account, self._client
        if draft is None or account is None or client is None or draft.is_new:
            return
        if not self._head.delete.isEnabled() or self._deleting.is_waiting() or self._one.is_saving():
            return
        name = person_name(draft.profile)
        choice = dialogs.ask_delete(self._one, self._theme, account, draft.user_id, name)
        if choice is not None:
            seconds = self._settings.grace_seconds
            self._deleting.begin(client, draft.user_id, name or draft.user_id, choice.keep, seconds)

    @Slot(object)
    def deletion_answered(self, answer: calls.DeleteAnswer) -> None:
        """A delete that the last start left was answered meanwhile."""
        if answer.error is not None:
            self._deleting.failed.emit(not_done("Not deleted.", answer.error))
        else:
            self._deleted(answer)

    @Slot(object)
    def _deleted(self, posted: object) -> None:
        answer = cast(calls.DeleteAnswer, posted)
        deleted = answer.deleted
        assert deleted is not None
        self._notices.clear()  # what was said while it was on its way
        self._saving.forget((answer.account, answer.user_id))
        self.profile_deleted.emit(answer.account, answer.user_id)
        self.status_changed.emit(*deleted_words(answer.user_id, deleted))
        self._known_people.load()
        if self._is_in_use(answer.account):
            self._pane.set_state(answer.user_id, "deleted")
            if self._one.shows(answer.user_id):
                self._empty.say_deleted(answer.user_id, deleted)

    @Slot(str, str)
    def _called_off(self, user_id: str, why: str) -> None:
        self.status_changed.emit(f"{user_id} was not deleted: {why}.", "ok")

    @Slot(str, int)
    def _restore(self, user_id: str, shelf: int) -> None:
        if self._client is not None:
            self._empty.set_restoring(True)
            self._deleting.restore(self._client, user_id, shelf)

    @Slot(object)
    def _restored(self, posted: object) -> None:
        answer = cast(calls.RestoreAnswer, posted)
        restored = answer.restored
        assert restored is not None
        self.profile_restored.emit(answer.account, answer.user_id)
        self.status_changed.emit(*restored_words(answer.user_id, restored))
        if self._is_in_use(answer.account) and self._one.shows(answer.user_id):
            self._one.open(answer.user_id)
