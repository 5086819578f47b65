"""The note of a delete that waits: a question for the next start, never an order, and never lost unread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.grace import FILE, Grace, Waiting

ANN = Waiting("shop", "ann", "Ann", True, 1.0)


def test_a_note_is_there_for_the_next_start_until_it_is_answered(tmp_path: Path) -> None:
    grace = Grace(tmp_path)
    assert grace.waiting() is None
    grace.note(ANN)
    assert Grace(tmp_path).waiting() == ANN
    grace.begin(ANN)
    assert Grace(tmp_path).waiting() == replace(ANN, begun=True)
    grace.forget(replace(ANN, user_id="bob"))
    assert grace.waiting() is not None
    grace.forget(ANN)
    assert grace.waiting() is None and not (tmp_path / FILE).exists()


def test_an_erased_person_is_not_asked_about(tmp_path: Path) -> None:
    grace = Grace(tmp_path)
    grace.note(ANN)
    grace.forget_person("bob")
    assert grace.waiting() == ANN
    grace.forget_person("ann")
    assert grace.waiting() is None


@pytest.mark.parametrize("damage", [b"", b"\0\0", b"[]", b'{"account": "shop"}'])
def test_a_damaged_note_is_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE).write_bytes(damage)
    assert Grace(tmp_path).waiting() is None
    assert not (tmp_path / FILE).exists()


def test_a_note_that_cannot_be_read_just_now_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grace = Grace(tmp_path)
    grace.note(ANN)

    def refused(self: Path) -> bytes:
        raise PermissionError(13, "used by another process")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refused)
        with pytest.raises(BadFile, match="could not be read"):
            grace.waiting()
        grace.forget(ANN)  # what was done is done; it is asked about once more
    assert grace.waiting() == ANN
