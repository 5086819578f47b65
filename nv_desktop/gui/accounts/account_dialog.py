"""One account, added or changed: what it is called, where it calls, what may be done with it, its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QWidget

from nv_desktop.core.accounts import Account, Accounts, check, check_host
from nv_desktop.core.errors import AppError, NoKeyring, Rejected
from nv_desktop.core.keys import KeyStore, Secret
from nv_desktop.gui.accounts import keeping, wording
from nv_desktop.gui.accounts.keeping import Connect, KeyState, Saved
from nv_desktop.gui.accounts.key_box import KeyBox
from nv_desktop.gui.accounts.swatches import Swatches
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Dialog,
    EnvironmentBadge,
    Field,
    Label,
    Notice,
    Scroll,
    Segment,
    Switch,
    column,
    row,
)

WIDTH = 600
FRAME = 200  # points around the scrolled part: shadow, head, foot
PROBE = Account("probe", "test", brand_id=1)  # stands in for the fields that are not looked at


class AccountDialog(Dialog):
    """`saved(Account)` after each successful save, `remove_wanted(Account)`; closes itself when all is kept.

    `taken` are the names of the other accounts.
    """

    saved = Signal(object)
    remove_wanted = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        tasks: Tasks,
        accounts: Accounts,
        keys: KeyStore,
        connect: Connect,
        account: Account,
        state: KeyState,
        taken: Sequence[str],
    ) -> None:
        self._tasks, self._accounts, self._keys, self._connect = tasks, accounts, keys, connect
        self._account = account
        self._taken = {name.casefold() for name in taken}
        self._is_saving = False
        self.remove = Button(theme, "Remove account…", "danger", name="accounts.remove")
        self.cancel = Button(theme, "Cancel", name="accounts.cancel")
        self.save = Button(theme, "Save account" if account.id else "Add account", "primary",
                           name="accounts.save")  # fmt: skip
        self.environment_badge = EnvironmentBadge(theme, account.environment)
        super().__init__(
            parent, theme, account.name or "New account", self.remove, None, self.cancel, self.save,
            width=WIDTH, beside=self.environment_badge, colour=wording.colour(account),
            name="accounts.dialog",
        )  # fmt: skip
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        self.remove.clicked.connect(self._remove)
        if not account.id:
            self.remove.hide()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.form = Scroll(self._form(state), name="accounts.form", words="Account")
        self.body.addWidget(self.form)
        self._fill()
        self.name.editor.setFocus()

    # --- building ---------------------------------------------------------------------------------------

    def _form(self, state: KeyState) -> QLayout:
        theme, account = self._theme, self._account
        self.name = Field(theme, "Name", name="accounts.name", placeholder="As your team calls it")
        self.brand = Field(theme, "Brand ID", name="accounts.brand", placeholder="Beside the key")
        self.brand.setFixedWidth(150)
        self.environment = Segment(
            theme,
            (("test", "Test"), ("production", "Production")),
            account.environment,
            name="accounts.environment",
            words="Environment",
        )
        self.swatches = Swatches(theme, wording.colour(account), name="accounts.colour")
        self.host = Field(theme, "Host", name="accounts.host")
        self.key = KeyBox(theme, self._keys.describe(), state)
        self.read_only = Switch(theme, "Read only", on=account.read_only, name="accounts.read_only")
        self.no_delete = Switch(theme, "No deleting", on=account.no_delete, name="accounts.no_delete")
        self.notice = Notice(theme, "", "error", name="accounts.notice")
        self.notice.hide()
        for field in (self.name, self.brand, self.host):
            field.edited.connect(self._edited)
        self.name.left.connect(self._name_left)
        self.brand.left.connect(self._brand_left)
        self.host.left.connect(self._host_left)
        self.environment.chosen.connect(self._environment_chosen)
        self.swatches.chosen.connect(self.colour_bar.set_token)
        self.key.edited.connect(self._key_edited)
        self.key.test_wanted.connect(self._test)
        self.key.session_wanted.connect(self._save_for_session)
        self.read_only.toggled.connect(self._guard_changed)
        top = row(self.name, self.brand, gap=16)
        top.setStretch(0, 1)
        top.setAlignment(self.name, Qt.AlignmentFlag.AlignTop)
        top.setAlignment(self.brand, Qt.AlignmentFlag.AlignTop)
        kind = column(Label(theme, "Environment", "label", "text2"), self.environment, None, gap=4)
        middle = row(kind, self.swatches, None, gap=24)
        return column(
            self.notice,
            top,
            middle,
            self.host,
            self.key,
            self._switch_line("Read only", "Look up and check, send nothing.", self.read_only),
            self._switch_line(
                "No deleting",
                "Profiles of this account cannot be deleted from this computer.",
                self.no_delete,
            ),
            gap=14,
            margins=(28, 2, 28, 18),
        )

    def _switch_line(self, title: str, sentence: str, switch: Switch) -> QLayout:
        switch.setAccessibleDescription(sentence)
        words = column(
            Label(self._theme, title, "medium"), Label(self._theme, sentence, "small", "text3"), gap=1
        )
        return row(words, None, switch)

    def _fill(self) -> None:
        account = self._account
        self.name.set_text(account.name)
        self.brand.set_text(str(account.brand_id) if account.brand_id else "")
        self.host.set_text(account.host)
        self._say_host()
        self._guard_changed(account.read_only)

    # --- what is typed ----------------------------------------------------------------------------------

    @Slot()
    def _edited(self) -> None:
        """A sentence that stands follows each keystroke; a new one waits until its field is left."""
        for field, check_field in (
            (self.name, self._name_problem),
            (self.brand, self._brand_problem),
            (self.host, self._host_problem),
        ):
            if field.problem.text():
                field.set_problem(check_field())
        self.notice.hide()
        self._say_host()
        self._fit()

    @Slot()
    def _name_left(self) -> None:
        if self.name.text() or self._account.id:
            self.name.set_problem(self._name_problem())
        self.title.setText(self.name.text().strip() or "New account")
        self._fit()

    @Slot()
    def _brand_left(self) -> None:
        if self.brand.text() or self._account.id:
            self.brand.set_problem(self._brand_problem())
        self._fit()

    @Slot()
    def _host_left(self) -> None:
        problem = self._host_problem()
        if not problem:
            self.host.set_text(check_host(self.host.text()))
        self.host.set_problem(problem)
        self._say_host()
        self._fit()

    @Slot(str)
    def _environment_chosen(self, environment: str) -> None:
        self.environment_badge.set_environment(environment)

    @Slot(bool)
    def _guard_changed(self, read_only: bool) -> None:
        self.no_delete.setEnabled(not read_only)

    @Slot()
    def _key_edited(self) -> None:
        self.key.mark(None)
        self.key.say("", "busy")
        self._fit()

    def _say_host(self) -> None:
        if self._host_problem():
            return
        self.host.set_hint(wording.host_hint(check_host(self.host.text()))[0])

    def _name_problem(self) -> str:
        if self.name.text().strip().casefold() in self._taken:
            return "Another account has this name already."
        return _problem(replace(PROBE, name=self.name.text()))

    def _brand_problem(self) -> str:
        wrong = _problem(replace(PROBE, brand_id=_number(self.brand.text())))
        return "It must be a whole number." if wrong else ""  # the field is narrow

    def _host_problem(self) -> str:
        return _problem(replace(PROBE, host=self.host.text()))

    def _is_right(self) -> bool:
        """Put every problem under its field; the first one gets the focus."""
        self.name.set_problem(self._name_problem())
        self.brand.set_problem(self._brand_problem())
        self.host.set_problem(self._host_problem())
        wrong = [field for field in (self.name, self.brand, self.host) if field.problem.text()]
        self._fit()
        if wrong:
            wrong[0].editor.setFocus()
            self.form.ensureWidgetVisible(wrong[0])
        return not wrong

    def _typed_account(self) -> Account:
        return replace(
            self._account,
            name=self.name.text(),
            environment=self.environment.current(),
            colour=self.swatches.current(),
            brand_id=_number(self.brand.text()),
            host=check_host(self.host.text()),
            read_only=self.read_only.isChecked(),
            no_delete=self.no_delete.isChecked(),
        )

    def _typed_key(self) -> Secret | None:
        """The key as typed; None with a sentence when it is none, or when nothing was typed."""
        try:
            secret = self.key.typed()
        except Rejected as problem:
            self.key.mark(problem)
            self._fit()
            raise
        self.key.mark(None)
        return secret

    # --- test -------------------------------------------------------------------------------------------

    @Slot()
    def _test(self) -> None:
        if not self._is_right():
            return
        try:
            secret = self._typed_key()
        except Rejected:
            return
        if secret is None and not self._account.id:
            self.key.mark(Rejected("There is no key to test yet.", "Paste it first."))
            self._fit()
            return
        account = replace(self._typed_account(), id=self._account.id or "untested")
        self.key.test.set_allowed(False, "The test is running")
        self.key.say("Asking the server; this changes nothing.", "busy")
        self._fit()
        self._tasks.run(
            keeping.test, self._connect, account, secret,
            done=self._tested, failed=self._not_tested, key="accounts.test", front=True,
        )  # fmt: skip

    @Slot(object)
    def _tested(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        sentence, seconds = answer
        self.key.test.set_allowed(True)
        self.key.say(f"{sentence} It answered in {max(seconds, 0.1):.1f} seconds.", "ok")
        self._fit()

    @Slot(object)
    def _not_tested(self, problem: object) -> None:
        assert isinstance(problem, AppError)
        self.key.test.set_allowed(True)
        self.key.mark(None)
        if isinstance(problem, NoKeyring):
            self.key.say_no_keyring(problem, offer=False)
        else:
            self.key.say_error(problem)
        self._fit()

    # --- save -------------------------------------------------------------------------------------------

    @Slot()
    def _save(self) -> None:
        self._keep(session=False)

    @Slot()
    def _save_for_session(self) -> None:
        self._keep(session=True)

    def _keep(self, session: bool) -> None:
        if self._is_saving or not self._is_right():
            return
        try:
            secret = self._typed_key()
        except Rejected:
            return
        self._is_saving = True
        self.notice.hide()
        self.save.set_allowed(False, "Saving")
        self.key.session.hide()
        if secret is not None and not session:
            self.key.say("Handing the key to the keyring; it may ask for your password.", "busy")
        self._fit()
        self._tasks.run(
            keeping.save, self._accounts, self._keys, self._typed_account(), secret, session,
            done=self._kept, failed=self._not_kept, front=True,
        )  # fmt: skip

    @Slot(object)
    def _kept(self, saved: object) -> None:
        assert isinstance(saved, Saved)
        self._account = saved.account
        self._finish()
        self.saved.emit(saved.account)
        if saved.problem is None:
            self.accept()
            return
        self.save.setText("Save account")
        problem = NoKeyring(
            f"The account is saved, its key is not. {saved.problem.message}", saved.problem.remedy
        )
        self.key.say_no_keyring(problem)
        self._fit()

    @Slot(object)
    def _not_kept(self, problem: object) -> None:
        assert isinstance(problem, AppError)
        self._finish()
        self.key.say("", "busy")
        self.notice.set(str(problem), "error")
        self.notice.show()
        self._fit()

    def _finish(self) -> None:
        self._is_saving = False
        self.save.set_allowed(True)
        if self.isHidden():
            self.key.clear()
            self.deleteLater()

    @Slot()
    def _remove(self) -> None:
        self.remove_wanted.emit(self._account)

    # --- the frame --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def hideEvent(self, event: QHideEvent) -> None:
        """A save that is under way ends in the background; a test is of no use any more."""
        super().hideEvent(event)
        if event.spontaneous():
            return
        self._tasks.supersede("accounts.test")
        if not self._is_saving:
            self.key.clear()
            self.deleteLater()

    def _fit(self) -> None:
        """As high as its content, and never higher than the window; after the labels know their texts."""
        QTimer.singleShot(0, self, self._fit_now)

    def _fit_now(self) -> None:
        form, parent = self.form.widget(), self.parentWidget()
        if form is None or parent is None or not self.isVisible():
            return
        layout = form.layout()
        assert layout is not None
        layout.activate()
        wanted = layout.totalHeightForWidth(WIDTH - 4)
        most = max(260, parent.window().height() - FRAME)
        self.form.setFixedHeight(min(wanted, most))
        QTimer.singleShot(0, self, self._grow)  # the card around hears of the new height by an event

    def _grow(self) -> None:
        self._outer.activate()
        self.resize(self.sizeHint())  # adjustSize would stop at two thirds of the screen


def _problem(account: Account) -> str:
    """The sentence of the account's own rule; "" when it is right."""
    try:
        check(account)
    except Rejected as problem:
        return str(problem)
    return ""


def _number(text: str) -> int:
    """A brand ID as typed; 0, which is none, for anything but plain digits."""
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 20 else 0
