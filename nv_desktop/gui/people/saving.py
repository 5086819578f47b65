"""Drafts that are kept while somebody else is shown, and saving them; an answer always finds its draft."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Offline, Rejected, SlowDown, Unclear
from nv_desktop.core.fields import Json
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft
from nv_desktop.gui.people import calls
from nv_desktop.gui.people.waiting import seconds_words
from nv_desktop.gui.people.wording import person_name
from nv_desktop.gui.tasks import Tasks

Key = tuple[str, str]
"""Account id, and the user ID or for a profile that is not there yet `NEW` and the ID it began with."""

NEW = "\0"
SAVE_AGAIN = "Save again"


class Saving(QObject):
    """`answered(SaveAnswer)` for each Save; `broke(AppError)` when the program itself failed."""

    answered = Signal(object)
    broke = Signal(object)

    def __init__(self, tasks: Tasks, history: History, accounts: Accounts, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._history, self._accounts = tasks, history, accounts
        self._drafts: dict[Key, Draft] = {}
        self._under_way: dict[Key, Draft] = {}
        self._sent: dict[Key, dict[str, Json]] = {}

    # drafts

    def keep(self, key: Key, draft: Draft) -> None:
        """Keep a draft if something in it would be lost, else forget it."""
        if draft.is_changed or key in self._under_way:
            self._drafts[key] = draft
        else:
            self._drafts.pop(key, None)

    def forget(self, key: Key) -> None:
        self._drafts.pop(key, None)

    def kept(self, key: Key) -> Draft | None:
        return self._drafts.get(key)

    def unsaved(self) -> list[Key]:
        """Every profile with changes that are not saved."""
        return [key for key, draft in self._drafts.items() if draft.is_changed]

    # saving

    def is_under_way(self, key: Key | None = None) -> bool:
        """Whether this draft, or any, is being saved."""
        return bool(self._under_way) if key is None else key in self._under_way

    def sent(self, key: Key) -> dict[str, Json] | None:
        """What was sent last for a profile since the window was opened."""
        return self._sent.get(key)

    def save(self, client: Client, key: Key, draft: Draft) -> bool:
        """Save a draft; False when that is under way already."""
        if key in self._under_way:
            return False
        self._under_way[key] = self._drafts[key] = draft
        self._tasks.run(
            calls.save, client, self._history, self._accounts, draft,
            done=self._take, failed=self._break, front=True,
        )  # fmt: skip
        return True

    @Slot(object)
    def _take(self, answer: calls.SaveAnswer) -> None:
        for key in [key for key, draft in self._under_way.items() if draft is answer.draft]:
            del self._under_way[key]
            if answer.is_saved:
                self._drafts.pop(key, None)
        if answer.is_saved:
            self._sent[(answer.account, answer.draft.user_id)] = answer.draft.attributes()
        self.answered.emit(answer)

    @Slot(object)
    def _break(self, error: AppError) -> None:
        self._under_way.clear()
        self.broke.emit(error)


def saved_words(answer: calls.SaveAnswer) -> tuple[str, str, str]:
    """Sentence, remedy and tone of a Save that went well."""
    draft, saved = answer.draft, answer.saved
    assert saved is not None
    who = person_name(saved.profile) or draft.user_id
    count = len(draft.attributes())
    what = "Created" if draft.is_new else "Saved 1 change" if count == 1 else f"Saved {count} changes"
    if answer.error is not None:
        return f"{what}: {who}.", str(answer.error), "warn"
    if saved.accepted:
        sentence = f"The server has taken the change of {who} and applies it later."
        return sentence, "It may take a while to show when the profile is read again.", "info"
    if saved.notice:
        return f"{what}: {who}.", saved.notice, "warn"
    return f"{what}: {who}.", "", "ok"


def refused_words(error: AppError) -> tuple[AppError, str]:
    """What to say of a Save that did not go well, and the words of the button."""
    if isinstance(error, SlowDown):
        seconds = round(error.retry_after or 0)
        wait = f"Save again in {seconds_words(seconds)}." if seconds else "Save again in a moment."
        return AppError("The server asks to go slower; nothing was saved.", wait), SAVE_AGAIN
    if isinstance(error, Unclear):
        return error, "Look again"
    if isinstance(error, Rejected):
        return error, ""
    kind = Offline if isinstance(error, Offline) else AppError
    return kind(f"Not saved. {error.message}", error.remedy or "Your changes are still here."), SAVE_AGAIN
