"""One person in sight: head and form of a draft, and what can be done with it without the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.fields import OPT_INS, Json
from nv_desktop.core.profile import Draft
from nv_desktop.core.settings import Settings
from nv_desktop.gui import places
from nv_desktop.gui.people import dialogs, exporting
from nv_desktop.gui.people.head import ProfileHead
from nv_desktop.gui.people.wording import as_json
from nv_desktop.gui.profile_form import ProfileForm
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import column

READ_ONLY = "This account is set to read only, in Accounts"
NO_DELETE = "Deleting is switched off, in Accounts"
AGES = 20_000
"""Milliseconds after which ages are told anew."""


class PersonView(QWidget):
    """`told(sentence, remedy)` of something done, `failed(AppError)`."""

    told = Signal(str, str)
    failed = Signal(object)

    def __init__(self, theme: Theme, tasks: Tasks, settings: Settings, clock: Callable[[], float]) -> None:
        super().__init__()
        self._theme, self._tasks, self._settings, self._clock = theme, tasks, settings, clock
        self._account: Account | None = None
        self._client: Client | None = None
        self._sent: dict[str, Json] | None = None
        self.head = ProfileHead(theme)
        self.form = ProfileForm(theme)
        layout = column(self.head, self.form, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._ages = QTimer(self)
        self._ages.setInterval(AGES)
        self._ages.timeout.connect(self.show_age)
        self.head.json_wanted.connect(self.copy_json)
        self.head.export_wanted.connect(self._export)
        self.head.request_wanted.connect(self._show_sent)
        self.form.preview_wanted.connect(self._preview)

    def draft(self) -> Draft | None:
        return self.form.draft()

    def set_account(self, account: Account, client: Client | None) -> None:
        """What this account does not allow is locked, with the reason."""
        self._account, self._client = account, client
        reason = READ_ONLY if account.read_only else ""
        self.form.set_read_only(reason)
        self.head.allow_delete(reason or (NO_DELETE if account.no_delete else ""))

    def show_draft(self, draft: Draft, known_types: Mapping[str, str]) -> None:
        self.head.set_busy(False)
        self.head.show_profile(draft.profile, is_new=draft.is_new)
        self.form.set_draft(draft, known_types)
        self.show_age()

    def set_sent(self, attributes: dict[str, Json] | None) -> None:
        """What was sent last for this person, if anything was."""
        self._sent = attributes
        self.head.allow_request(attributes is not None)

    @Slot()
    def show_age(self) -> None:
        """Say how old the answer is."""
        self.head.show_age(self._clock())

    @Slot()
    def copy_json(self) -> None:
        """Put the profile, as last read, on the clipboard."""
        draft = self.draft()
        if draft is not None and self.isVisible():
            QGuiApplication.clipboard().setText(as_json(draft.profile))
            self.told.emit(
                "The profile is on the clipboard, as JSON.", "As last read, without unsaved changes."
            )

    @Slot(str)
    def _export(self, ending: str) -> None:
        draft = self.draft()
        if draft is None:
            return
        path = places.ask_where(self, "Export", draft.user_id, ending)
        if path is not None:
            self._tasks.run(
                exporting.export, path, [draft.profile], done=self._exported, failed=self._not_exported
            )

    @Slot(object)
    def _exported(self, done: exporting.Exported) -> None:
        remedy = f"As last read, without unsaved changes. {done.sentence}".strip()
        self.told.emit(f"The profile was written to “{done.path.name}”.", remedy)

    @Slot(object)
    def _not_exported(self, error: AppError) -> None:
        self.failed.emit(error)

    @Slot()
    def _preview(self) -> None:
        draft = self.draft()
        if draft is not None:
            sentence = "Only what changed would be sent, after reading the profile once more."
            self._show_request("What is sent", sentence, draft.attributes())

    @Slot()
    def _show_sent(self) -> None:
        if self._sent is not None:
            sentence = "This was sent last for this profile since the window was opened."
            self._show_request("What I sent", sentence, self._sent)

    def _show_request(self, title: str, sentence: str, attributes: dict[str, Json]) -> None:
        draft = self.draft()
        if self._account is None or self._client is None or draft is None:
            return
        if not self._settings.opt_in_as_strings:
            numbers = {name: int(attributes[name]) for name in OPT_INS if attributes.get(name)}
            attributes = {**attributes, **numbers}
        text = dialogs.request_text(self._client.host, self._account, draft.user_id, attributes)
        dialogs.show_request(self, self._theme, title, sentence, text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ages.start()
        self.show_age()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ages.stop()
