"""Pictures of every page and state, each reached by real flows over a real sandbox; nothing is filled in.

Run `python -m tests.flows.pictures DIR [--theme light|dark|both]` from the project's folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from nv_desktop.core.accounts import Account, Accounts
from tests.sandbox_process import PROJECT, Sandbox

SAMPLE = PROJECT / "resources" / "samples" / "messy.xlsx"
SIZE = (1280, 800)
PEOPLE = 5_000


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of every page, taken by real flows.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--theme", choices=("light", "dark", "both"), default="both")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    schemes = ("light", "dark") if options.theme == "both" else (options.theme,)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "qt.text.font.db=false;qt.qpa.*=false;default.warning=true")
    for name in ("DBUS_SESSION_BUS_ADDRESS", "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="nvp-") as home:
        _hide_home(Path(home))
        server = Path(home) / "server"
        server.mkdir()
        with Sandbox(server, people=PEOPLE, keep=True) as sandbox:
            return _take_all(options.folder, schemes, Path(home) / "data", sandbox)


def _hide_home(home: Path) -> None:
    """Nothing of the person's own is read or written."""
    os.environ["HOME"] = str(home)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    run = home / "run"
    run.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(run)


def _take_all(out: Path, schemes: tuple[str, ...], data: Path, sandbox: Sandbox) -> int:
    # Qt reads the environment when it is imported.
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtGui import QFont, QFontDatabase
    from PySide6.QtWidgets import QApplication

    from tests.flows.driver import Person

    qInstallMessageHandler(_say_all_but_hints)
    app = QApplication([])
    if "Inter" in QFontDatabase.families():
        app.setFont(QFont("Inter"))
    person = Person.opens(app, data, None, sandbox.url)
    person.window.resize(*SIZE)
    camera = Camera(person, out, schemes)
    try:
        for flow in (_welcome, _accounts, _people, _import, _history, _settings):
            flow(person, camera, sandbox)
    finally:
        sandbox.set_latency(0)
        person.close()
    print(f"{camera.count} pictures are in {out}.")
    return 0


def _say_all_but_hints(_kind: object, _where: object, words: str) -> None:
    """What Qt has to say, but for what it says of every window without a screen."""
    if "propagateSizeHints" not in words:
        print(words, file=sys.stderr)


class Camera:
    """Takes the window, with the dialog before it, in each theme."""

    def __init__(self, person: object, out: Path, schemes: tuple[str, ...]) -> None:
        self._person, self._out, self._schemes = person, out, schemes
        self.count = 0

    def take(self, name: str, prepare: Callable[[], object] | None = None) -> None:
        """`prepare` is called after each change of the theme (to open what closes by itself)."""
        from PySide6.QtGui import QPainter
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QDialog

        person = self._person
        for scheme in self._schemes:
            person.desk._theme.set_scheme(scheme)  # type: ignore[attr-defined]
            person.settle()  # type: ignore[attr-defined]
            QTest.qWait(200)  # the last answers are laid out
            if prepare is not None:
                prepare()
                QTest.qWait(60)
            window = person.window  # type: ignore[attr-defined]
            picture = window.grab()
            dialog = person.app.activeModalWidget()  # type: ignore[attr-defined]
            if isinstance(dialog, QDialog):
                painter = QPainter(picture)
                middle = window.rect().center() - dialog.rect().center()
                painter.drawPixmap(middle, dialog.grab())
                painter.end()
            picture.save(str(self._out / f"{name}-{scheme}.png"), quality=0)  # the smallest file
            self.count += 1


class Ring:
    """A keyring in memory: a picture must not touch anybody's real one."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._kept.pop(username, None)


def _add_accounts(accounts: Accounts) -> None:
    for name, environment, colour, brand, read_only, no_delete in (
        ("Fernwood Outdoor", "production", "plum", 4471, False, True),
        ("Fernwood Test", "test", "amber", 4472, False, False),
        ("Fernwood Nordics", "production", "sky", 5120, True, False),
    ):
        accounts.add(Account(name, environment, colour, brand, read_only=read_only, no_delete=no_delete))


def _welcome(person, camera, sandbox) -> None:  # type: ignore[no-untyped-def]
    camera.take("welcome")
    person.click("welcome.sandbox")
    person.settle()
    camera.take("import-begin")


def _accounts(person, camera, sandbox) -> None:  # type: ignore[no-untyped-def]
    from nv_desktop.core.keys import Secret

    ring = Ring()
    keys = person.desk._keys
    keys._backend = lambda: ring
    _add_accounts(person.desk._accounts)
    known = person.desk._accounts.list()
    keys.set(known[0].id, Secret("picture-key"))
    keys.keep_for_session(known[1].id, Secret("picture-key"))
    person.go("accounts")
    person.desk.account_list.table.select(0)
    camera.take("accounts")
    person.click("accounts.edit")
    camera.take("account-dialog")
    person.click("accounts.cancel")
    person.click("accounts.add")
    person.type("accounts.name", "Fernwood Outdoor")
    person.type("accounts.brand", "44 71")
    person.type("accounts.host", "http://example.com")
    person.click("accounts.save")
    camera.take("account-problems")
    person.click("accounts.cancel")


def _people(person, camera, sandbox) -> None:  # type: ignore[no-untyped-def]
    person.go("people")
    camera.take("people-begin")
    for number in (5, 4, 3, 2):
        person.look_up(f"demo-{number}")
    person.look_up("demo-1")
    camera.take("people")
    person.type("profile.last_name", "Marlowe")
    person.type("profile.mobile", "98765 4321")
    person.until(person.window.isActiveWindow, "the window has the keyboard")
    person.part("profile.email").setFocus()
    person.settle()
    camera.take("people-problem")
    person.type("profile.mobile", "+919876543210")
    person.settle()
    camera.take("people-changed")
    person.click("people.save")
    person.until(lambda: sandbox.events("applied", "user/create"), "the profile is saved")
    person.settle()
    camera.take("people-saved")
    ids = [*sandbox.people(0, 40), "nobody-here"]
    person.desk.people.look_up_many(ids)
    person.settle()
    from PySide6.QtWidgets import QWidget

    if (start := person.window.findChild(QWidget, "people.many.start")) is not None:
        start.click()
    person.settle()
    camera.take("people-many")
    person.window.bar.search.setFocus()
    camera.take("palette", person.window.palette_list.open)
    person.window.palette_list.hide()
    person.window.centralWidget().setFocus()


def _import(person, camera, sandbox) -> None:  # type: ignore[no-untyped-def]
    person.go("import")
    person.open_file(SAMPLE)
    camera.take("import-file")
    person.to_columns()
    camera.take("import-columns")
    person.desk.importing.columns_step.offers.action.click()
    person.settle()
    person.click("import.decision.use")
    person.settle()
    camera.take("import-columns-decided")
    person.to_check()
    camera.take("import-check")
    person.to_send()
    camera.take("import-send")
    sandbox.set_latency(0.6)
    refused = [f"{number:07}" for number in (402, 1203, 2710)]
    sandbox.set_faults(
        [{"call": "user/create", "fault": "refuse_batch", "userIDs": refused, "message": "Invalid email"}]
    )
    person.desk._settings.window = 3
    person.click("import.send")
    person.until(lambda: len(sandbox.events("answered", "user/create")) > 20, "the sending is on its way")
    camera.take("import-progress")
    person.click("job.pause")
    person.until(lambda: "aused" in person.words("job.title"), "it pauses")
    person.until(lambda: "Nothing is on its way" in person.words("job.sentence"), "nothing is on its way")
    camera.take("import-paused")
    person.click("job.pause")
    sandbox.set_latency(0)
    person.until_result()
    camera.take("import-result")


def _history(person, camera, sandbox) -> None:  # type: ignore[no-untyped-def]
    person.go("history")
    person.until(lambda: person.desk.past.model.rowCount() > 1, "the history is read")
    camera.take("history")


def _settings(person, camera, sandbox) -> None:  # type: ignore[no-untyped-def]
    person.go("settings")
    camera.take("settings")
    person.window.show_keys()
    camera.take("keyboard")
    if (dialog := person.app.activeModalWidget()) is not None:
        dialog.reject()


if __name__ == "__main__":
    sys.exit(main())
