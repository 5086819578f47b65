"""The accounts page: adding, changing, removing, the key and its keyring in every state."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import NoKeyring, NotFound
from nv_desktop.core.history import History
from nv_desktop.core.keys import KeyStore, Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.profile import Profile
from nv_desktop.core.settings import Paths
from nv_desktop.gui import accounts_page
from nv_desktop.gui.accounts_page import AccountsPage
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme
from tests.sandbox_process import Sandbox

WAIT = 15_000
KEY = "canary-key-4711"


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=10) as sandbox:
        yield sandbox


class Ring:
    """A keyring in memory; `problem` is what it raises, `gate` what it waits for."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.problem: Exception | None = None
        self.gate: threading.Event | None = None

    def _wait(self) -> None:
        if self.gate is not None:
            self.gate.wait(20)
        if self.problem is not None:
            raise self.problem

    def get_password(self, service: str, username: str) -> str | None:
        self._wait()
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._wait()
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._wait()
        self.kept.pop(username)


class Bench:
    """The page over a keyring in memory, and short words for what a person does."""

    def __init__(self, qtbot: QtBot, app: QApplication, server: Sandbox, folder: Path) -> None:
        self.qtbot, self.app, self.server = qtbot, app, server
        self.theme, self.tasks = Theme(app, "light"), Tasks()
        paths = Paths(folder / "data")
        self.accounts, self.history, self.ring = Accounts(paths), History(paths.history_file), Ring()
        self.keys = KeyStore(lambda: self.ring)
        self.limiter = Limiter(folder, rate=None)
        self.connected: list[tuple[Account, Secret | None]] = []
        self.page = AccountsPage(self.theme, self.tasks, self.accounts, self.keys, self.connect, self.history)
        qtbot.addWidget(self.page)
        self.page.resize(1196, 760)
        self.page.show()
        self.page.activateWindow()
        self.settle()
        self.changes = 0
        self.page.accounts_changed.connect(self._count)

    def _count(self) -> None:
        self.changes += 1

    def connect(self, account: Account, *, secret: Secret | None = None) -> Client:
        self.connected.append((account, secret))
        key = secret or self.keys.get(account.id)
        assert key is not None
        return Client(account, key, self.limiter, base_url=self.server.url + "/api/v1/", deadline=5.0)

    def close(self) -> None:
        if self.page.dialog is not None:
            self.page.dialog.reject()
        self.page.hide()
        assert self.tasks.shutdown(10)
        self.history.close()
        self.app.setStyleSheet("")
        self.theme.deleteLater()
        self.tasks.deleteLater()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks._running, timeout=WAIT)

    @property
    def dialog(self) -> Any:
        assert self.page.dialog is not None
        return self.page.dialog

    def part(self, name: str) -> Any:
        found = self.page.findChildren(QWidget, name)
        assert found, name
        return found[-1]

    def type(self, name: str, text: str) -> None:
        line = self.part(name)
        line.setText(text)
        line.textEdited.emit(text)

    def fill(self, name: str = "Fernwood", brand: str = "4471", key: str = KEY) -> None:
        self.page.add_account()
        self.type("accounts.name", name)
        self.type("accounts.brand", brand)
        if key:
            self.type("accounts.key", key)

    def added(self, **more: Any) -> Account:
        """An account that is there already, with its key in the keyring."""
        account = self.accounts.add(Account("Fernwood", "production", brand_id=4471, **more))
        self.ring.kept[account.id] = KEY
        self.page.refresh()
        self.settle()
        return account

    def edit(self, account: Account) -> None:
        self.page.table.select(self.page.model.find(account.id))
        self.part("accounts.edit").click()

    def is_closed(self) -> bool:
        return self.page.dialog is None or self.page.dialog.isHidden()

    def said(self) -> str:
        return str(self.part("accounts.test.sentence").text())


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, server: Sandbox, tmp_path: Path) -> Iterator[Bench]:
    server.set_faults([])
    made = Bench(qtbot, qapp, server, tmp_path)
    yield made
    made.close()


def test_the_first_sight_is_the_sandbox(bench: Bench, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(bench.page.model)
    assert [line.account.id for line in bench.page.model.rows()] == ["sandbox"]
    assert "only the sandbox" in bench.part("accounts.hint").text()
    bench.page.table.select(0)
    assert not bench.part("accounts.edit").isEnabled()
    with bench.qtbot.waitSignal(bench.page.account_chosen) as heard:
        bench.part("accounts.use").click()
    assert heard.args == ["sandbox"]


def test_an_account_is_added_with_its_key(bench: Bench) -> None:
    bench.fill()
    bench.part("accounts.environment.test").click()
    bench.part("accounts.colour.moss").click()
    bench.part("accounts.read_only").click()
    bench.part("accounts.save").click()
    bench.qtbot.waitUntil(bench.is_closed, timeout=WAIT)
    bench.settle()
    account = bench.accounts.get("Fernwood")
    assert (account.environment, account.colour, account.brand_id) == ("test", "moss", 4471)
    assert account.read_only and not account.no_delete
    assert bench.ring.kept == {account.id: KEY}
    assert bench.changes == 1
    line = bench.page.model.row(bench.page.model.find(account.id))
    assert line.key.kind == "kept"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "needs a name"),
        ("name", "sandbox", "already"),
        ("brand", "44 71", "whole number"),
        ("brand", "", "whole number"),
        ("brand", "٤٤", "whole number"),
        ("host", "http://example.com", "https"),
        ("host", "https://user:word@example.com", "more than a server"),
        ("host", "not a host", "not the address"),
    ],
)
def test_a_wrong_value_has_its_sentence(bench: Bench, field: str, text: str, words: str) -> None:
    bench.fill()
    bench.type(f"accounts.{field}", text)
    bench.part("accounts.save").click()
    assert words in bench.part(f"accounts.{field}.problem").text()
    assert bench.part(f"accounts.{field}").accessibleDescription()
    assert not bench.is_closed() and len(bench.accounts.list()) == 1


def test_a_name_twice_and_a_sentence_that_goes_as_it_is_put_right(bench: Bench) -> None:
    bench.added()
    bench.fill("FERNWOOD")
    bench.part("accounts.save").click()
    assert "already" in bench.part("accounts.name.problem").text()
    bench.type("accounts.name", "Fernwood 2")
    assert not bench.part("accounts.name.problem").text()


def test_what_is_no_key_is_said_without_quoting_it(bench: Bench) -> None:
    bench.fill(key="two words of a key")
    for button in ("accounts.test", "accounts.save"):
        bench.part(button).click()
        assert "not a key" in bench.said() and "two words" not in bench.said()
    assert bench.connected == [] and not bench.ring.kept


def test_a_key_is_tested_before_it_is_kept(bench: Bench) -> None:
    bench.fill()
    bench.part("accounts.test").click()
    bench.qtbot.waitUntil(lambda: "works for brand 4471" in bench.said(), timeout=WAIT)
    assert not bench.ring.kept and len(bench.accounts.list()) == 1
    assert bench.connected[0][1] == Secret(KEY)
    assert bench.server.events("applied", "user/create") == []


def test_a_refused_key_is_said(bench: Bench) -> None:
    bench.server.set_faults([{"fault": "status", "status": 401}])
    bench.fill()
    bench.part("accounts.test").click()
    bench.qtbot.waitUntil(lambda: bench.part("accounts.test").isEnabled(), timeout=WAIT)
    assert "key" in bench.said().lower() and KEY not in bench.said()


def test_a_kept_key_is_never_shown_and_can_be_replaced(bench: Bench) -> None:
    account = bench.added()
    bench.edit(account)
    assert not bench.part("accounts.key").isVisible()
    assert "•" in bench.part("accounts.key.kept").text()
    bench.part("accounts.replace").click()
    bench.type("accounts.key", "another-key")
    bench.part("accounts.save").click()
    bench.qtbot.waitUntil(bench.is_closed, timeout=WAIT)
    assert bench.ring.kept == {account.id: "another-key"}


@pytest.mark.gate("S8", seconds=20)
def test_the_key_is_masked_everywhere(bench: Bench) -> None:
    bench.fill(key="")
    line = bench.part("accounts.key")
    bench.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is bench.dialog, timeout=WAIT)
    line.setFocus()
    line.setText("aaaaaaaa")
    first = picture(line)
    line.setText("MMMMMMMM")
    assert picture(line) == first
    spoken = QAccessible.queryAccessibleInterface(line)
    texts = [spoken.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value)]
    assert not any("MMMM" in text for text in texts)
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    line.selectAll()
    for keys in ("c", "x", "z"):
        bench.qtbot.keyClick(line, keys, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "before" and line.text() == "MMMMMMMM"
    assert not line.dragEnabled()
    bench.part("accounts.cancel").click()
    assert line.text() == ""


def picture(line: QWidget) -> QImage:
    line.repaint()
    return line.grab().toImage()


def test_a_locked_keyring_offers_this_session(bench: Bench) -> None:
    bench.ring.problem = NoKeyring("The system's keyring is locked.", "Unlock it.")
    bench.fill()
    bench.part("accounts.save").click()
    session = bench.part("accounts.session")
    bench.qtbot.waitUntil(session.isVisible, timeout=WAIT)
    assert "account is saved, its key is not" in bench.said() and "locked" in bench.said()
    session.click()
    bench.qtbot.waitUntil(bench.is_closed, timeout=WAIT)
    bench.settle()
    account = bench.accounts.get("Fernwood")
    assert bench.keys.session_only(account.id) and bench.keys.get(account.id) == Secret(KEY)
    assert len(bench.accounts.list()) == 2
    assert bench.page.model.row(0).key.kind == "session"


def test_a_keyring_that_is_not_reached_is_said_on_the_page(bench: Bench) -> None:
    bench.added()
    bench.ring.problem = NoKeyring("This system has no keyring that can be reached.", "")
    bench.page.refresh()
    bench.settle()
    assert "no keyring" in bench.page.banner.sentence.text()
    assert [line.key.kind for line in bench.page.model.rows()] == ["unknown", "built in"]
    bench.ring.problem = None
    bench.page.banner.button.click()
    bench.settle()
    assert bench.page.banner.isHidden()
    assert bench.page.model.row(0).key.kind == "kept"


def test_a_keyring_that_waits_blocks_nothing(bench: Bench) -> None:
    gate = bench.ring.gate = threading.Event()
    bench.fill()
    bench.part("accounts.save").click()
    assert not bench.part("accounts.save").isEnabled()
    assert "may ask for your password" in bench.said()
    bench.part("accounts.cancel").click()
    assert bench.is_closed()
    bench.page.table.select(0)
    assert bench.part("accounts.use").isEnabled()
    gate.set()
    bench.qtbot.waitUntil(lambda: bench.changes == 1, timeout=WAIT)
    bench.settle()
    assert list(bench.ring.kept.values()) == [KEY]
    assert bench.page.dialog is None or bench.page.dialog.isHidden()


def test_an_account_is_removed_with_its_key_and_what_is_remembered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = bench.added()
    bench.history.people.visited(account.id, Profile("u1", {"name": "Ann"}, 1.0))
    monkeypatch.setattr(accounts_page, "ask_removal", lambda *_: None)
    bench.edit(account)
    bench.part("accounts.remove").click()
    assert not bench.is_closed() and len(bench.accounts.list()) == 2
    monkeypatch.setattr(accounts_page, "ask_removal", lambda *_: True)
    bench.part("accounts.remove").click()
    bench.qtbot.waitUntil(lambda: bench.changes == 1, timeout=WAIT)
    bench.settle()
    with pytest.raises(NotFound):
        bench.accounts.get("Fernwood")
    assert bench.ring.kept == {} and bench.history.people.recents(account.id) == []


def test_removing_needs_the_name(bench: Bench) -> None:
    account = bench.added()
    answers: list[bool | None] = []

    def look() -> None:
        question = QApplication.activeModalWidget()
        assert question is not None
        word, yes = (question.findChild(QWidget, name) for name in ("typed.word", "typed.action"))
        assert not yes.isEnabled()  # type: ignore[union-attr]
        word.setText("Fernwood")  # type: ignore[union-attr]
        word.textEdited.emit("Fernwood")  # type: ignore[union-attr]
        yes.click()  # type: ignore[union-attr]

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, look)
    answers.append(accounts_page.ask_removal(bench.page, bench.theme, account))
    assert answers == [False]


def test_an_unusual_host_says_where_the_key_goes(bench: Bench) -> None:
    bench.fill()
    bench.type("accounts.host", "https://example.com")
    hints = [label.text() for label in bench.dialog.host.findChildren(QWidget) if hasattr(label, "text")]
    assert any("Not the usual address" in hint for hint in hints)


def test_every_control_has_a_name_and_fits_a_small_window(bench: Bench) -> None:
    bench.page.resize(916, 560)
    bench.fill("A name that is as long as the name of an account may be, 60.", "12345678901234567")
    for control in bench.dialog.findChildren(QWidget):
        if not control.isVisibleTo(bench.dialog):
            continue
        if control.objectName().startswith("accounts.") and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
            words = getattr(control, "text", str)()
            assert control.accessibleName() or words, control.objectName()
    bench.qtbot.waitUntil(lambda: bench.dialog.height() <= 560 + 80, timeout=WAIT)
    foot, form = bench.dialog.foot, bench.dialog.form
    assert form.geometry().bottom() <= foot.geometry().top() + 1
