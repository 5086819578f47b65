"""API keys: a Secret in memory, the operating system's own keyring on disk, and nowhere else.

The keyring's class is named here for each system. Neither an environment variable, a configuration file
nor an installed package can put another in its place, and there is no fallback to a file.
"""

from __future__ import annotations

import hmac
import importlib
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import NoReturn, Protocol, TypeVar

from nv_desktop.core.errors import NoKeyring, Rejected
from nv_desktop.core.mailbox import Mailbox

SERVICE = "NV Desktop"
SANDBOX_ID = "sandbox"
SANDBOX_KEY = "sandbox-key"  # opens nothing but the server on this computer
SESSION = "A key can be kept for this session only; then it is asked for again at the next start."
KEY_MAX = 1000  # Windows holds 1,280 UTF-16 units (CredWrite, 2,560 bytes)

BACKENDS: dict[str, tuple[str, str, str]] = {  # sys.platform -> module, class, name for people
    "linux": (
        "keyring.backends.SecretService",
        "Keyring",
        "Secret Service (GNOME Keyring, KWallet, KeePassXC)",
    ),
    "darwin": ("keyring.backends.macOS", "Keyring", "macOS Keychain"),
    "win32": ("keyring.backends.Windows", "WinVaultKeyring", "Windows Credential Manager"),
}

T = TypeVar("T")


class Secret:
    """A key that does not show itself: not by print, format, log, pickle or comparison time."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    @classmethod
    def typed(cls, text: str) -> Secret:
        """The key as typed or pasted, without blanks around it. Raises Rejected (which never quotes it)."""
        stripped = text.strip()
        if not stripped:
            raise Rejected(
                "The key is empty.", "Copy it from Settings > Store Integration in NotifyVisitors."
            )
        if len(stripped) > KEY_MAX or not all("!" <= char <= "~" for char in stripped):
            raise Rejected(
                "This is not a key: it holds blanks, line breaks or other characters that keys do not have.",
                "Copy it again from Settings > Store Integration in NotifyVisitors.",
            )
        return cls(stripped)

    def reveal(self) -> str:
        """The key itself, for the header of a call and for the keyring."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self.__text.encode(), other.reveal().encode()
        )

    __hash__ = None  # type: ignore[assignment]  # a key is no dictionary's key

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not written anywhere")


class Backend(Protocol):
    """What is used of a keyring class."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def system_backend() -> Backend:
    """The keyring of this operating system. Raises NoKeyring where there is none."""
    if sys.platform not in BACKENDS:
        raise NoKeyring("This system has no keyring that NV Desktop knows.", SESSION)
    module, name, _ = BACKENDS[sys.platform]
    chosen = getattr(importlib.import_module(module), name)
    # keyring's own constructor takes settings from KEYRING_PROPERTY_… variables: not here.
    pinned = type(name, (chosen,), {"set_properties_from_env": lambda self: None, "__module__": module})
    backend: Backend = pinned()
    return backend


# How keyrings fail: words in the names and texts of an exception and its causes -> what it means.
# Their libraries share no type (proved in keyring 25.7 on Linux; read in its source for Windows and macOS).
REASONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("stub received bad data", "1783"),
        "The key is too long for this system's keyring.",
        "",
    ),
    (
        ("keyringlocked", "lockedexception", "prompt dismissed", "promptdismissed", "(-128", "islocked"),
        "The system's keyring is locked, and it was not unlocked.",
        "Unlock it with your login password and try again.",
    ),
    (
        ("(-25293", "(-25308", "accessdenied", "not allowed", "permission"),
        "The system's keyring did not let NV Desktop in.",
        "Allow it in the keyring's own program.",
    ),
    (
        (
            "nokeyring", "initerror", "servicenotavailable", "serviceunknown", "importerror",
            "modulenotfound", "runtimeerror", "connection", "filenotfound", "noreply", "disconnected",
        ),
        "This system has no keyring that can be reached.",
        "",
    ),
)  # fmt: skip


def explain(problem: BaseException) -> NoKeyring:
    """The error for people. Texts of the libraries are looked at, never shown: one might quote the key."""
    names: list[str] = []
    texts: list[str] = []
    cause: BaseException | None = problem
    while cause is not None and len(names) < 5:
        names.append(type(cause).__name__)
        texts.append(str(cause))
        cause = cause.__cause__ or cause.__context__
    found = " ".join([*names, *texts]).lower()
    for words, message, remedy in REASONS:
        if any(word in found for word in words):
            return NoKeyring(message, f"{remedy} {SESSION}".strip(), " ".join(names))
    return NoKeyring("The system's keyring failed.", SESSION, " ".join(names))


class KeyStore:
    """Keys by account id, in the system's keyring or for this session only. Threads may share it.

    Every call to the keyring runs in a thread of its own and is given up after `limit` seconds: a keyring
    that waits for a password nobody types would wait for ever.
    """

    def __init__(self, backend: Callable[[], Backend] = system_backend, *, limit: float = 20.0) -> None:
        self._backend = backend
        self._limit = limit
        self._session: dict[str, Secret] = {}

    def get(self, account_id: str) -> Secret | None:
        """The key, or None where none is kept. Raises NoKeyring."""
        if account_id == SANDBOX_ID:
            return Secret(SANDBOX_KEY)
        if account_id in self._session:
            return self._session[account_id]
        text = self._ask(lambda backend: backend.get_password(SERVICE, account_id), "read")
        return Secret(text) if text else None

    def set(self, account_id: str, secret: Secret) -> None:
        """Keep the key in the keyring and read it back: a keyring that loses it is none. Raises NoKeyring."""

        def keep(backend: Backend) -> bool:
            backend.set_password(SERVICE, account_id, secret.reveal())
            return backend.get_password(SERVICE, account_id) == secret.reveal()

        if not self._ask(keep, "kept"):
            raise NoKeyring("The system's keyring took the key, but does not give it back.", SESSION)
        self._session.pop(account_id, None)

    def keep_for_session(self, account_id: str, secret: Secret) -> None:
        """Hold the key in memory until the program ends."""
        self._session[account_id] = secret

    def session_only(self, account_id: str) -> bool:
        """Whether this account's key is held for this session only."""
        return account_id in self._session

    def delete(self, account_id: str) -> None:
        """Forget the key; nothing happens where none is kept. Raises NoKeyring."""
        self._session.pop(account_id, None)

        def forget(backend: Backend) -> None:
            if backend.get_password(SERVICE, account_id) is not None:
                backend.delete_password(SERVICE, account_id)

        self._ask(forget, "deleted")

    def describe(self) -> str:
        """The name of the keyring for people; asks nothing of it."""
        return BACKENDS[sys.platform][2] if sys.platform in BACKENDS else "none"

    def _ask(self, question: Callable[[Backend], T], done: str) -> T:
        answers: Mailbox[Callable[[], T]] = Mailbox()
        threading.Thread(target=self._run, args=(question, answers), name="keyring", daemon=True).start()
        answer = answers.get(self._limit)
        if answer is None:
            raise NoKeyring(
                f"The system's keyring did not answer within {self._limit:.0f} seconds; "
                f"whether the key was {done} is not known.",
                f"A window of the keyring may be waiting for your password. {SESSION}",
            )
        return answer()

    def _run(self, question: Callable[[Backend], T], answers: Mailbox[Callable[[], T]]) -> None:
        try:
            value = question(self._backend())
        except NoKeyring as problem:
            answers.put(partial(_fail, problem))
        except Exception as problem:  # noqa: BLE001  keyring libraries share no base class (see REASONS)
            answers.put(partial(_fail, explain(problem)))
        else:
            answers.put(lambda: value)


def _fail(problem: NoKeyring) -> NoReturn:
    raise problem from None
