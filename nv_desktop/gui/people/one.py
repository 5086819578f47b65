"""One profile at a time: looked up, and shown with its draft, or what there is to say where nobody is.

Drafts with changes are kept while the window is open, per account and person, so that nothing typed is lost
by looking at somebody else. What is done to the one in sight: `changing`.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Offline, Rejected, SlowDown, Stopped
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.gui.people import calls, dialogs, missing
from nv_desktop.gui.people.drafts import Drafts
from nv_desktop.gui.people.empty import EmptyPane
from nv_desktop.gui.people.known import KnownPeople
from nv_desktop.gui.people.list_pane import ListPane
from nv_desktop.gui.people.looking import Looking
from nv_desktop.gui.people.notices import Notices
from nv_desktop.gui.people.person import READ_ONLY, PersonView
from nv_desktop.gui.people.saving import SAVE_AGAIN, Key
from nv_desktop.gui.people.waiting import seconds_words
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme

STOP_READING = "Stop reading"
NO_CONNECTION = "This account has no connection yet."


class OneProfile(QStackedWidget):
    """Who is in sight. The signals are those of `PeoplePage`, and `taken_up()` when somebody is shown who is
    not of the list, `brought()` when it is to be seen."""

    taken_up = Signal()
    brought = Signal()
    profile_opened = Signal(str)
    online_changed = Signal(bool)
    status_changed = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        history: History,
        accounts: Accounts,
        pane: ListPane,
        known_people: KnownPeople,
        notices: Notices,
        person: PersonView,
        drafts: Drafts,
        second: int,
    ) -> None:
        super().__init__()
        self._theme, self._drafts = theme, drafts
        self.pane, self.known_people, self.notices, self.person = pane, known_people, notices, person
        self.head, self.form = person.head, person.form
        self.empty = EmptyPane(theme)
        self._looking = Looking(tasks, history, accounts, second, self)
        self._account: Account | None = None
        self._current = ""
        self.addWidget(self.empty)
        self.addWidget(self.person)
        self._wire()

    def _wire(self) -> None:
        self.notices.retried.connect(self._retry)
        self.person.told.connect(self._tell)
        self.person.failed.connect(self.report)
        self.head.refresh_wanted.connect(self.refresh)
        self.head.pin_wanted.connect(self._pin)
        self.form.edited.connect(self._typed)
        self.empty.said.connect(self._show_empty)
        self.empty.create_wanted.connect(self._create)
        self.empty.look_up_wanted.connect(self.open)
        self.known_people.changed.connect(self._show_pinned)
        self._looking.online_changed.connect(self.online_changed)
        self._looking.found.connect(self._found)
        self._looking.not_remembered.connect(self.report)
        self._looking.failed.connect(self._look_failed)
        self._looking.waited.connect(self._say_wait)
        self._looking.wait_ended.connect(self.refresh)

    def set_account(self, account: Account, client: Client | None) -> bool:
        """Work with this account from now on; whether it is another one than before.

        Drafts stay with their account. With another connection of the same account a question without an
        answer yet is asked again.
        """
        self.stash()
        self._looking.set_client(client)
        same = self._account is not None and self._account.id == account.id
        if not same:
            self.setCurrentWidget(self.empty)  # the draft in sight is not one of the account to come
        self._account = account
        self._drafts.set_account(account)
        self.person.set_account(account, client)
        if same and client is not None and self._looking.unanswered:
            self._ask(self._looking.unanswered)
        return not same

    def put_away(self) -> None:
        """Show nobody: something else takes the place."""
        self._leave()
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
        draft = self.shown()
        return draft is not None and draft.is_changed

    def unsaved(self) -> list[Key]:
        """Account and user ID of every profile with changes that are not saved."""
        self.stash()
        return self._drafts.unsaved()

    def mark_drafts(self) -> None:
        """Show in the list who has a draft that is not saved."""
        for user_id in self._drafts.unsaved_here():
            self.pane.set_state(user_id, "changed")

    @Slot()
    def new_profile(self) -> None:
        """The empty form, or the one that was begun."""
        self._create("")

    @Slot()
    def refresh(self) -> None:
        """Ask for the person in sight again; changes stay."""
        if self._current and not self.is_saving():
            self._ask(self._current)

    # one profile

    def shown(self) -> Draft | None:
        """The draft in sight."""
        return self.form.draft() if self.currentWidget() is self.person else None

    def is_saving(self) -> bool:
        """Whether a Save of the draft in sight is under way."""
        draft = self.shown()
        return draft is not None and self._drafts.is_being_saved(draft)

    def stash(self) -> None:
        """Keep the shown draft if something in it would be lost."""
        draft = self.shown()
        if draft is not None:
            self._drafts.stash(draft)

    def _leave(self) -> None:
        self.stash()
        self._looking.stop()
        self.notices.clear()
        self._current = ""
        self.pane.set_current("")

    @Slot(str)
    def open(self, user_id: str) -> None:
        """Show this person: the draft that was kept at once, the answer when it comes."""
        if self._account is None:
            return
        self._leave()
        self._current = user_id
        self.pane.set_current(user_id)
        kept = self._drafts.kept(user_id)
        if kept is not None:
            self.show_draft(kept)
        else:
            self.empty.say_looking_up(user_id)
        self.refresh()

    def _ask(self, user_id: str) -> None:
        """Call for one profile; a later question makes this one late."""
        self.notices.clear()
        if self._looking.ask(user_id):
            self.head.set_busy(True)
        else:
            self.notices.say(NO_CONNECTION, f"{user_id} is looked up as soon as it has one.", tone="warn")

    @Slot(object)
    def _found(self, read: object) -> None:
        profile = cast(Profile, read)
        self._drafts.learn(calls.read_types(profile))
        kept = self.shown() or self._drafts.kept(profile.user_id)
        draft = self._drafts.of(profile)
        if kept is not None and kept.is_changed and kept.user_id == profile.user_id and not kept.is_new:
            conflicts = kept.conflicts(profile)
            self.head.set_busy(False)
            mine = dialogs.ask_conflicts(self, self._theme, conflicts, kept.field) if conflicts else ()
            draft = kept if mine is None else kept.rebased(profile, mine)
        self.known_people.forget_missing(profile.user_id)
        self.show_draft(draft)
        self.known_people.load()
        self.profile_opened.emit(profile.user_id)

    @Slot(object)
    def _look_failed(self, posted: object) -> None:
        error = cast(AppError, posted)
        self.head.set_busy(False)
        self.person.show_age()
        has_form = self.shown() is not None
        if isinstance(error, Stopped):
            return
        if isinstance(error, NotFound):
            self._not_found(error)
        elif isinstance(error, SlowDown):
            if not has_form:
                self.empty.say_later(self._current)
        elif isinstance(error, Rejected) and not has_form and missing.doubts(self._current):
            self.empty.say_impossible(self._current)
        else:
            if not has_form:
                self.empty.say_unanswered(self._current)
            self.say_error(error, "Try again")

    def _not_found(self, error: NotFound) -> None:
        self.known_people.add_missing(self._current)
        self.pane.set_state(self._current, "missing")
        if self.has_changes():
            gone = "This profile is no longer there: somebody has deleted it meanwhile."
            self.say_error(AppError(gone, "Your changes are still in the form."))
        else:
            self.empty.say_nobody(self._current, error, self._locked())

    @Slot(str)
    def _create(self, user_id: str) -> None:
        if self._account is None or self._account.read_only:
            return
        self._leave()
        self.taken_up.emit()
        self.show_draft(self._drafts.begin(user_id))
        self.form.focus_first()

    def show_draft(self, draft: Draft) -> None:
        """Bring it to sight, as it is."""
        self._bring(self.person)
        self.person.show_draft(draft, self._drafts.types)
        self.show_guards()
        self._mark_edited()

    def show_saved(self, user_id: str, profile: Profile) -> None:
        """The draft in sight was saved; this is the profile now."""
        self._current = user_id
        self.show_draft(self._drafts.of(profile))

    def show_guards(self) -> None:
        """What the account does not allow, with the reason; whether a Save is under way."""
        reason = self._locked()
        self.notices.set_guard(reason if self.currentWidget() is self.person else "")
        self.person.set_sent(self._drafts.sent(self._current))
        self._show_pinned()
        self.form.set_saving(self.is_saving())
        self.pane.allow_new(reason)

    def _locked(self) -> str:
        """Why nothing can be changed in this account; "" where it can."""
        return READ_ONLY if self._account is not None and self._account.read_only else ""

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

    @Slot(bool)
    def _pin(self, on: bool) -> None:
        if self._current:
            self.known_people.pin(self._current, on)

    @Slot()
    def _show_pinned(self) -> None:
        self.head.set_pinned(self.known_people.is_pinned(self._current))
        self.pane.set_current(self._current)

    # nobody in sight, and what is told

    @Slot()
    def show_start(self) -> None:
        """Nobody, and how to look somebody up."""
        self._leave()
        self.taken_up.emit()
        self.empty.say_start(self._locked())

    @Slot()
    def _show_empty(self) -> None:
        self.notices.set_guard("")
        self._bring(self.empty)

    @Slot(str, str)
    def _tell(self, sentence: str, remedy: str) -> None:
        self.status_changed.emit(sentence, "ok")
        if not self.form.say_done(f"{sentence} {remedy}".strip()):
            self.notices.say(sentence, remedy, tone="ok")

    @Slot(object)
    def report(self, error: object) -> None:
        """Something that was asked for here did not go well."""
        self.empty.set_restoring(False)
        self.say_error(cast(AppError, error))

    def say_error(self, error: AppError, action: str = "") -> None:
        if isinstance(error, Offline):
            self.online_changed.emit(False)
        self.notices.say_error(error, action)

    @Slot(str)
    def _retry(self, action: str) -> None:
        if action not in (SAVE_AGAIN, STOP_READING):
            self.refresh()

    @Slot(int)
    def _say_wait(self, left: int) -> None:
        remedy = f"It is asked again by itself in {seconds_words(left)}."
        self.notices.say("The server asks to go slower.", remedy, tone="warn", action="Ask now")
