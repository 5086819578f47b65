"""What every test stands on: it cannot see the person's home, screen, keyring, proxies or certificates."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = (
    "offscreen"  # before anything imports Qt; the real screen is the `desktop` fixture's
)
os.environ.setdefault("PYTEST_QT_API", "pyside6")
os.environ.setdefault("QT_LOGGING_RULES", "qt.text.font.db=false")

pytest_plugins = ("tests.gates", "tests.leftovers", "tests.desktop")

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"

# Each would let the machine decide a result, or let a test reach something of the person's.
FOREIGN = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
    "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME",
)  # fmt: skip


def private_environment(base: Path) -> dict[str, str]:
    """Home and XDG folders under `base`, made with mode 0700; the variables that point there."""
    places = {
        "HOME": base,
        "XDG_CONFIG_HOME": base / "config",
        "XDG_DATA_HOME": base / "data",
        "XDG_CACHE_HOME": base / "cache",
        "XDG_STATE_HOME": base / "state",
        "XDG_RUNTIME_DIR": base / "run",
    }
    if os.name == "nt":
        places |= {"USERPROFILE": base, "APPDATA": base / "config", "LOCALAPPDATA": base / "data"}
    for folder in places.values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: str(folder) for name, folder in places.items()}


def pytest_configure(config: pytest.Config) -> None:
    for name in FOREIGN:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    home = Path(tempfile.mkdtemp(prefix="nvt-"))  # short: sockets below it have a path limit of 108 bytes
    os.environ.update(private_environment(home))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


@pytest.fixture(scope="session")
def corpora() -> Iterator[Path]:
    """The folder of other people's test data beside the project."""
    if not CORPORA.is_dir():
        pytest.skip("the test corpora are not beside the project (../shared/corpora)")
    yield CORPORA
