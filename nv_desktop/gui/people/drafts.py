"""The drafts of the account in use: begun, made of an answer, kept under their key while not in sight."""

from __future__ import annotations

from collections.abc import Mapping

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.fields import USER_ID, Json
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.gui.people.saving import NEW, Key, Saving


class Drafts:
    """Of all that `Saving` keeps, what belongs to one account, and the types of its attributes."""

    def __init__(self, saving: Saving) -> None:
        self._saving = saving
        self._account = ""
        self._new_from = ""
        self.types: dict[str, str] = {}

    def set_account(self, account: Account) -> None:
        same = account.id == self._account
        self.types = {**(self.types if same else {}), **account.known_types}
        self._account = account.id

    def learn(self, types: Mapping[str, str]) -> None:
        """Types seen in an answer; what is known already stands."""
        self.types = {**types, **self.types}

    def begin(self, user_id: str) -> Draft:
        """The draft of a profile that is not there yet: the one that was begun, or an empty one."""
        self._new_from = user_id
        draft = self.kept(NEW + user_id)
        if draft is None:
            draft = Draft(Profile(""), self.types, is_new=True)
            draft.set(USER_ID, user_id)
        return draft

    def of(self, profile: Profile) -> Draft:
        """One without changes."""
        return Draft(profile, self.types)

    def stash(self, draft: Draft) -> None:
        """Keep it if something in it would be lost."""
        self._saving.keep(self._key_of(draft), draft)

    def kept(self, user_id: str) -> Draft | None:
        return self._saving.kept(self._key(user_id))

    def unsaved(self) -> list[Key]:
        """Every profile of any account with changes that are not saved."""
        return self._saving.unsaved()

    def unsaved_here(self) -> list[str]:
        """User IDs of this account's."""
        return [user_id for account, user_id in self.unsaved() if account == self._account]

    def save(self, client: Client, draft: Draft) -> bool:
        """False when that is under way already."""
        return self._saving.save(client, self._key_of(draft), draft)

    def is_being_saved(self, draft: Draft) -> bool:
        return self._saving.is_under_way(self._key_of(draft))

    def sent(self, user_id: str) -> dict[str, Json] | None:
        """What was sent last for a profile since the window was opened."""
        return self._saving.sent(self._key(user_id))

    def _key(self, user_id: str) -> Key:
        return self._account, user_id

    def _key_of(self, draft: Draft) -> Key:
        return self._key(NEW + self._new_from if draft.is_new else draft.user_id)
