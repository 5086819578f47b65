"""Keys: never shown, only in the pinned keyring, every failure of a keyring with its sentence."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from nv_desktop.core import keys
from nv_desktop.core.errors import NoKeyring, Rejected
from nv_desktop.core.keys import SANDBOX_ID, KeyStore, Secret, explain
from tests.core.conftest import CANARY_KEY
from tests.desktop import SecretBus
from tests.sandbox_process import PROJECT

linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


class Memory:
    """A keyring in memory; `act` runs before each call."""

    def __init__(self, act: Callable[[], object] = lambda: None) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.act = act

    def get_password(self, service: str, username: str) -> str | None:
        self.act()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.act()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.act()
        del self.kept[service, username]


@pytest.mark.gate("S1", seconds=20)
def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(CANARY_KEY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>50}",
        f"{secret:x}",
        repr({"key": [secret]}),
    ]
    assert not any(CANARY_KEY in text for text in shown)
    assert CANARY_KEY not in repr(vars(type(secret)))
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        hash(secret)
    assert secret == Secret(CANARY_KEY) != Secret("other")
    assert secret.reveal() == CANARY_KEY


@pytest.mark.parametrize("bad", ["", "  ", "a b", "a\nb", "schlüssel", "x" * 1001, "a\0", "“key”"])
def test_what_is_no_key_is_refused_without_being_quoted(bad: str) -> None:
    with pytest.raises(Rejected) as caught:
        Secret.typed(bad)
    assert len(bad) < 3 or bad not in str(caught.value)
    assert Secret.typed(" key-1\n").reveal() == "key-1"


def test_a_key_is_kept_read_replaced_and_forgotten() -> None:
    memory = Memory()
    store = KeyStore(lambda: memory)
    assert store.get("a1") is None
    store.set("a1", Secret("one"))
    assert memory.kept == {("NV Desktop", "a1"): "one"}
    store.keep_for_session("a1", Secret("two"))
    assert store.get("a1") == Secret("two")
    assert store.session_only("a1")
    store.set("a1", Secret("three"))
    assert store.get("a1") == Secret("three")
    assert not store.session_only("a1")
    store.delete("a1")
    store.delete("a1")
    assert store.get("a1") is None
    assert store.get(SANDBOX_ID) is not None


def test_a_keyring_that_loses_keys_is_none() -> None:
    memory = Memory()
    memory.set_password = lambda service, username, password: None  # type: ignore[method-assign]
    with pytest.raises(NoKeyring, match="does not give it back"):
        KeyStore(lambda: memory).set("a1", Secret("one"))


def test_a_keyring_that_never_answers_is_given_up() -> None:
    over = threading.Event()
    store = KeyStore(lambda: Memory(lambda: over.wait(10)), limit=0.1)
    with pytest.raises(NoKeyring, match="did not answer"):
        store.get("a1")
    over.set()


def named(name: str, text: str = "") -> Exception:
    problem: Exception = type(name, (Exception,), {})(text)
    return problem


FAILURES: list[tuple[Exception, str]] = [
    (named("NoKeyringError", "No recommended backend was available"), "no keyring that can be reached"),
    (named("InitError", "Failed to create the collection: Prompt dismissed.."), "is locked"),
    (named("KeyringLocked", "Failed to unlock the collection!"), "is locked"),
    (named("SecretServiceNotAvailableException", "Connection refused"), "no keyring that can be reached"),
    (named("error", "(1783, 'CredWrite', 'The stub received bad data')"), "too long"),
    (named("KeyringError", "Can't get password from keychain: (-25293, 'Unknown Error')"), "did not let"),
    (named("PasswordSetError", "Can't store password on keychain: (-25308, 'Unknown Error')"), "did not let"),
    (named("KeyringLocked", "(-128, 'User canceled the operation.')"), "is locked"),
    (ModuleNotFoundError("No module named 'secretstorage'"), "no keyring that can be reached"),
    (ConnectionRefusedError(111, "refused"), "no keyring that can be reached"),
    (AssertionError(), "failed"),
    (RuntimeError("what"), "no keyring that can be reached"),
    (named("Surprise", f"quoting {CANARY_KEY}"), "failed"),
]


@pytest.mark.parametrize(("problem", "sentence"), FAILURES)
def test_every_failure_has_its_sentence_and_offers_the_session(problem: Exception, sentence: str) -> None:
    def fail() -> None:
        raise problem

    store = KeyStore(lambda: Memory(fail))
    for call in (
        lambda: store.get("a"),
        lambda: store.set("a", Secret(CANARY_KEY)),
        lambda: store.delete("a"),
    ):
        with pytest.raises(NoKeyring) as caught:
            call()
        assert sentence in caught.value.message
        assert "for this session only" in caught.value.remedy
        assert CANARY_KEY not in f"{caught.value} {caught.value.detail}"
        assert caught.value.__cause__ is None
    assert isinstance(explain(problem), NoKeyring)


# --- the real one ---


@linux
@pytest.mark.gate("S4", seconds=60)
def test_the_real_keyring_keeps_a_key(secret_bus: SecretBus) -> None:
    KeyStore().set("a1", Secret(CANARY_KEY))
    assert KeyStore().get("a1") == Secret(CANARY_KEY)
    KeyStore().delete("a1")
    assert KeyStore().get("a1") is None


@linux
@pytest.mark.gate("S4", seconds=60)
def test_without_a_bus_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nowhere'}")
    with pytest.raises(NoKeyring, match="no keyring that can be reached"):
        KeyStore().get("a1")


@linux
@pytest.mark.gate("S4", seconds=60)
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # keyring leaves its socket open
def test_a_locked_keyring_says_so(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = SecretBus(short_folder, None)
    try:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        with pytest.raises(NoKeyring) as caught:
            KeyStore(limit=10).set("a1", Secret(CANARY_KEY))
        assert "keyring" in caught.value.message
        assert CANARY_KEY not in str(caught.value)
        gc.collect()
    finally:
        bus.stop()


ASK = """
from nv_desktop.core.keys import KeyStore, Secret
from nv_desktop.core.errors import NoKeyring
store = KeyStore(limit=10)
try:
    store.set("a1", Secret("{key}"))
    print("kept", store.get("a1") == Secret("{key}"))
except NoKeyring as problem:
    print("none", problem.message)
import keyring.backends
print(type(store._backend()).__module__)
"""


@linux
@pytest.mark.gate("S4", seconds=60)
@pytest.mark.parametrize("with_bus", [True, False])
def test_no_variable_file_or_package_changes_the_keyring(
    request: pytest.FixtureRequest, tmp_path: Path, with_bus: bool
) -> None:
    home, packages = tmp_path / "home", tmp_path / "packages"
    for folder in (home / ".config" / "python_keyring", packages / "evil.dist-info"):
        folder.mkdir(parents=True)
    ran = tmp_path / "ran"
    (packages / "evil.py").write_text(
        "from pathlib import Path\nfrom keyring.backend import KeyringBackend\n"
        f"Path({str(ran)!r}).write_text('x')\n"
        "class Keyring(KeyringBackend):\n    priority = 99\n"
        "    def get_password(self, s, u): return 'evil'\n    def set_password(self, s, u, p): pass\n"
    )
    (packages / "evil.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (packages / "evil.dist-info" / "entry_points.txt").write_text("[keyring.backends]\nevil = evil\n")
    config = "[backend]\ndefault-keyring=evil.Keyring\nkeyring-path=" + str(packages)
    (home / ".config" / "python_keyring" / "keyringrc.cfg").write_text(config)
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "PYTHONPATH": f"{PROJECT}{os.pathsep}{packages}",
        "PYTHON_KEYRING_BACKEND": "evil.Keyring",
        "KEYRING_PROPERTY_PREFERRED_COLLECTION": "/evil",
        "KEYRING_PROPERTY_SCHEME": "evil",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'nowhere'}",
    }
    if with_bus:
        environment["DBUS_SESSION_BUS_ADDRESS"] = request.getfixturevalue("secret_bus").address
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(key=CANARY_KEY)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[0].startswith("kept True" if with_bus else "none"), done.stderr
    assert done.stdout.splitlines()[1] == "keyring.backends.SecretService"
    assert not ran.exists()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or CANARY_KEY.encode() not in path.read_bytes()


def test_each_system_has_its_own_keyring_by_name() -> None:
    assert {name: entry[:2] for name, entry in keys.BACKENDS.items()} == {
        "linux": ("keyring.backends.SecretService", "Keyring"),
        "darwin": ("keyring.backends.macOS", "Keyring"),
        "win32": ("keyring.backends.Windows", "WinVaultKeyring"),
    }
    assert KeyStore().describe()


def test_nothing_of_a_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    memory = Memory()
    store = KeyStore(lambda: memory)
    store.set("a", Secret(CANARY_KEY))
    store.get("a")
    assert CANARY_KEY not in caplog.text
