"""Settings survive damage and say what was lost; the environment is cleaned."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.settings import Paths, Settings, drop_ca_variables, user_state


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    settings = Settings(theme="dark", limit_share=50, layout={"main": [1, 2]}, proxy="p:1")
    settings.others["from the future"] = {"x": 1}
    settings.save(tmp_path / "s")
    assert Settings.load(tmp_path / "s") == (settings, "")
    assert Settings.load(tmp_path / "none") == (Settings(), "")


@pytest.mark.gate("G4-G8", seconds=20)
@pytest.mark.parametrize(
    "damage", [b"", b"\0" * 500, b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"theme": "dark"']
)
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(damage)
    settings, notice = Settings.load(path)
    assert settings == Settings()
    aside = next(tmp_path.glob("settings.json.broken-*"))
    assert aside.name in notice
    assert aside.read_bytes() == damage
    assert not path.exists()


def test_bad_entries_get_their_usual_value(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    bad = {"theme": "pink", "window": 99, "limit": True, "proxy": 7, "env_cas": "yes", "retention_days": 30}
    path.write_text(json.dumps(bad))
    settings, notice = Settings.load(path)
    assert settings == Settings(retention_days=30)
    assert notice.endswith("theme, window, limit, proxy, env cas.")
    assert path.exists()


def test_a_file_that_cannot_be_read_stays(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    settings, notice = Settings.load(tmp_path / "settings.json")
    assert settings == Settings()
    assert "could not be read" in notice
    assert (tmp_path / "settings.json").is_dir()


def test_paths_are_made_when_asked_for(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    assert not (tmp_path / "data").exists()
    folders = [paths.jobs, paths.recipes, paths.logs, paths.sandbox, user_state()]
    assert all(folder.is_dir() for folder in folders)
    assert paths.settings_file.parent == paths.data_dir
    assert Paths().data_dir.is_dir()


@pytest.mark.gate("S5", seconds=20)
def test_variables_that_change_trust_are_dropped() -> None:
    environ = {"SSL_CERT_FILE": "/evil", "SSL_CERT_DIR": "/evil", "SSLKEYLOGFILE": "/tmp/keys", "HOME": "/h"}
    kept = dict(environ)
    assert drop_ca_variables(Settings(), environ) == ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"]
    assert environ == {"HOME": "/h"}
    drop_ca_variables(Settings(env_cas=True), kept)
    assert kept == {"SSL_CERT_FILE": "/evil", "SSL_CERT_DIR": "/evil", "HOME": "/h"}


@pytest.mark.skipif(sys.platform != "linux", reason="places of Linux")
def test_a_service_without_a_home_shares_its_budget_within_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "no-folder"
    file.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(file))
    assert Paths(tmp_path / "data").user_state() == tmp_path / "data" / "state"
    with pytest.raises(BadFile):
        Paths().user_state()
