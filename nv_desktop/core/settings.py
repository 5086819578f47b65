"""Where this user's files live, and the choices a person made: loaded leniently, saved whole."""

from __future__ import annotations

import json
import os
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs

from nv_desktop.core.errors import BadFile
from nv_desktop.core.files import atomic_write, private_folder, set_aside

APP = "nv-desktop"
CA_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


class Paths:
    """The folders and files of one data folder (`root`, else the system's place for this user's data).

    Folders are made when first asked for, 0700. Raises BadFile when one cannot be made.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @cached_property
    def data_dir(self) -> Path:
        root = self._root or platformdirs.user_data_path(APP, appauthor=False)
        return private_folder(root.absolute())

    @cached_property
    def jobs(self) -> Path:
        return private_folder(self.data_dir / "jobs")

    @cached_property
    def recipes(self) -> Path:
        return private_folder(self.data_dir / "recipes")

    @cached_property
    def logs(self) -> Path:
        return private_folder(self.data_dir / "logs")

    @cached_property
    def sandbox(self) -> Path:
        return private_folder(self.data_dir / "sandbox")

    @property
    def settings_file(self) -> Path:
        return self.data_dir / "settings.json"

    @property
    def accounts_file(self) -> Path:
        return self.data_dir / "accounts.json"

    @property
    def history_file(self) -> Path:
        return self.data_dir / "history.db"

    def user_state(self) -> Path:
        """That of the user; of this data folder for one who has no home to write in (a service)."""
        try:
            return user_state()
        except BadFile:
            if self._root is None:
                raise
            return private_folder(self.data_dir / "state")


def user_state() -> Path:
    """The folder that all of this user's windows and commands share, whatever their data folder."""
    return private_folder(platformdirs.user_state_path(APP, appauthor=False))


# What each choice may be: the words of a choice, the ends of a range.
WORDS: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "safety": ("none", "sample", "full"),
}
RANGES: dict[str, tuple[int, int]] = {
    "retention_days": (1, 3650),
    "window": (1, 32),
    "limit": (1, 500),
    "limit_share": (1, 100),
    "grace_seconds": (0, 60),
}


@dataclass
class Settings:
    """The choices of one data folder. Unknown entries of a newer version are kept in `others`."""

    language: str = "system"
    theme: str = "system"
    retention_days: int = 90  # copies of profiles and jobs are erased after this many days
    safety: str = "sample"  # old values kept by an import: none, sample, full
    window: int = 16  # calls in flight
    limit: int = 500  # calls a minute and path
    limit_share: int = 100  # percent of the limit that this computer uses; others may share the key
    grace_seconds: int = 8  # how long a delete can be called off
    opt_in_as_strings: bool = True  # "1", as in the documentation's example; else 1, as in its table
    env_cas: bool = False  # heed SSL_CERT_FILE and its like
    proxy: str = ""  # http://host:port
    layout: dict[str, Any] = field(default_factory=dict)  # window, columns, splitters
    others: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> tuple[Settings, str]:
        """The saved choices, and one sentence about what was lost ("" when nothing was). Never raises.

        A broken file is kept beside as `.broken-…` and the defaults are used; a single bad entry gets
        its default. A file that may not be read is left where it is.
        """
        try:
            saved = json.loads(path.read_bytes())
            if not isinstance(saved, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return cls(), ""
        except OSError:
            return cls(), f"The settings in “{path.name}” could not be read; the usual settings are in use."
        except (ValueError, RecursionError):
            aside = set_aside(path)
            kept = f" The file was kept as “{aside.name}”." if aside else ""
            return cls(), f"The settings file was damaged; the usual settings are in use.{kept}"
        return cls._from(saved)

    @classmethod
    def _from(cls, saved: dict[str, Any]) -> tuple[Settings, str]:
        settings = cls()
        known = {each.name for each in fields(cls)} - {"others"}
        bad = []
        for name, value in saved.items():
            if name not in known:
                settings.others[name] = value
            elif acceptable(name, value, getattr(settings, name)):
                setattr(settings, name, value)
            else:
                bad.append(name.replace("_", " "))
        if not bad:
            return settings, ""
        return settings, f"Some settings were not usable and are at their usual value: {', '.join(bad)}."

    def save(self, path: Path) -> None:
        """Replace the file. Raises BadFile; the old file is whole then."""
        values = asdict(self)
        others = values.pop("others")
        atomic_write(path, json.dumps(others | values, ensure_ascii=False, indent=1).encode())


def acceptable(name: str, value: object, default: object) -> bool:
    """Whether a saved value can stand for this setting."""
    if type(value) is not type(default):
        return False
    if name in WORDS:
        return value in WORDS[name]
    if name in RANGES and isinstance(value, int):
        low, high = RANGES[name]
        return low <= value <= high
    return True


def drop_ca_variables(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> list[str]:
    """Remove what would change whom TLS trusts or where its secrets are written; gives the names found.

    To be called once at start, before any connection. With `settings.env_cas` the two CA variables are
    heeded; SSLKEYLOGFILE, which writes every session's keys to a file, is dropped all the same.
    """
    found = [name for name in CA_VARIABLES if name in environ]
    for name in found:
        if name == "SSLKEYLOGFILE" or not settings.env_cas:
            del environ[name]
    return found
