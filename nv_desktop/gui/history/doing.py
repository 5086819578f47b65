"""What the History page does in the background: pin, delete, restore, erase."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nv_desktop.core.api import Client
from nv_desktop.core.deletion import Restored, restore
from nv_desktop.core.errors import AppError
from nv_desktop.core.grace import Grace
from nv_desktop.core.history import History
from nv_desktop.core.job import documents, open_job, remove
from nv_desktop.core.job.erasing import erase_person
from nv_desktop.gui.words import counted, rows


@dataclass(frozen=True, slots=True)
class Told:
    """What was done, in a sentence; `tone`: ok or warn."""

    sentence: str
    remedy: str = ""
    tone: str = "ok"


def pin_import(path: Path, on: bool) -> None:
    """Keep an import beyond the days of keeping, or no longer."""
    job = open_job(path)
    try:
        job.set_meta("pinned", on)
    finally:
        job.close()


def pin_change(history: History, change: int, on: bool) -> None:
    history.pin_change(change, on)


def delete_import(path: Path, name: str) -> Told:
    """Delete a document with all it holds. Raises Busy, BadFile."""
    remove(path)
    return Told(f"“{name}” was deleted from this computer. What was sent stays sent.")


def forget_shelved(history: History, shelf: int, user_id: str) -> Told:
    history.forget_shelved(shelf)
    return Told(f"The copy of “{user_id}” was taken off the shelf.")


def restore_profile(client: Client, history: History, shelf: int) -> Told:
    """Write a deleted profile back. Raises what `core.deletion.restore` raises."""
    done: Restored = restore(client, history, shelf)
    user = done.profile.user_id
    remedy = f"{done.message} {done.notice}".strip()
    if done.accepted:
        return Told(f"“{user}” was written back; the server applies it soon.", remedy, "warn")
    return Told(f"“{user}” was written back.", remedy, "warn" if done.notice else "ok")


def erase(folder: Path, history: History, user_id: str) -> Told:
    """Remove a person from the history and from every import on this computer. Says what could not be
    done now: an import that is being sent, or a document that cannot be opened."""
    erased = history.erase_person(user_id)
    Grace(history.path.parent).forget_person(user_id)
    touched = found = 0
    busy: list[str] = []
    for path in documents(folder):
        try:
            count = erase_person(path, user_id)
        except AppError as error:
            busy.append(f"{path.stem}: {error.message}")
        else:
            touched, found = touched + (count > 0), found + count
    sentence = (
        f"“{user_id}” was erased here: {counted(erased.entries, 'entry')} of the history, "
        f"{rows(found)} in {counted(touched, 'import')}."
    )
    left = (
        [] if erased.complete else ["the history is open in another window; the rest goes at the next start"]
    )
    if busy or left:
        return Told(sentence, "Not everything could be erased now: " + "; ".join([*left, *busy]), "warn")
    return Told(sentence, "The profile in the account is not touched.")
