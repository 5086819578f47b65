"""What happened on this computer as rows: imports, profile changes, the shelf; gathered in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.history import History, Shelved, StoredChange
from nv_desktop.core.job import documents
from nv_desktop.core.job.erasing import holds
from nv_desktop.core.job.listing import Listed, listed
from nv_desktop.gui.words import day

MOST_CHANGES = 2_000
SAME_DELETE = 120.0  # seconds between the note of a delete and its copy on the shelf


@dataclass(frozen=True, slots=True)
class Broken:
    """A document that cannot be opened; left as it is."""

    path: Path
    error: AppError


Thing = Listed | StoredChange | Shelved | Broken


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the page. `kind`: import, list (of users to be deleted), change, deleted, broken, day (a
    heading); `at`: since 1970."""

    kind: str
    key: str
    at: float
    title: str
    account: str = ""
    environment: str = ""
    thing: Thing | None = None

    @property
    def pinned(self) -> bool:
        return bool(getattr(self.thing, "pinned", False))


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that fits the search, the newest first, without headings; `text` and `account` as asked for."""

    entries: list[Entry] = field(default_factory=list)
    text: str = ""
    account: str = ""

    def counts(self) -> dict[str, int]:
        """How many there are of each kind that has a chip."""
        kinds = [entry.kind for entry in self.entries]
        return {
            "all": len(kinds),
            "import": kinds.count("import") + kinds.count("broken"),
            "change": kinds.count("change"),
            "deleted": kinds.count("deleted") + kinds.count("list"),
        }


def gather(
    folder: Path, history: History, accounts: Sequence[Account], text: str, account: str, stop: Event
) -> Gathered:
    """Everything that fits. `text`: part of a file's name or of a user ID; `account`: an id, "" for all.

    A user ID in full also finds the imports that hold it. Raises Stopped, Busy, AppError.
    """
    known = {each.id: each for each in accounts}
    names = {each.name.casefold(): each for each in accounts}
    wanted = known.get(account)
    shelf = history.shelf(account or None)
    changes = history.changes(account or None, text.strip(), MOST_CHANGES)
    found = [
        *_imports(folder, names, wanted, text.strip(), stop),
        *(_shelf_entry(each, known) for each in shelf if _fits(text, each.profile.user_id)),
        *(_change_entry(each, known) for each in changes if not _on_shelf(each, shelf)),
    ]
    return Gathered(sorted(found, key=lambda entry: entry.at, reverse=True), text, account)


def _imports(
    folder: Path, names: Mapping[str, Account], wanted: Account | None, text: str, stop: Event
) -> list[Entry]:
    found = []
    for path in documents(folder):
        if stop.is_set():
            raise Stopped("The search was called off.")
        try:
            line = listed(path)
            if wanted is not None and (line.account or "").casefold() != wanted.name.casefold():
                continue
            if not (_fits(text, line.file) or _fits(text, line.id) or holds(path, text)):
                continue
        except AppError as error:
            if not text and wanted is None:
                at = path.stat().st_mtime if path.exists() else 0.0
                found.append(Entry("broken", path.stem, at, path.name, thing=Broken(path, error)))
            continue
        found.append(_import_entry(line, names))
    return found


def _fits(text: str, name: str) -> bool:
    return text.strip().casefold() in name.casefold()


def _import_entry(line: Listed, names: Mapping[str, Account]) -> Entry:
    account = names.get((line.account or "").casefold())
    environment = line.environment or (account.environment if account else "")
    at = line.ended or line.started or line.created
    return Entry(
        "list" if line.deletes else "import", line.id, at, line.file, line.account or "", environment, line
    )


def _change_entry(change: StoredChange, known: Mapping[str, Account]) -> Entry:
    account = known.get(change.account)
    return Entry(
        "change", f"change-{change.id}", change.at, change.user_id,
        account.name if account else "", account.environment if account else "", change,
    )  # fmt: skip


def _shelf_entry(shelved: Shelved, known: Mapping[str, Account]) -> Entry:
    account = known.get(shelved.account)
    return Entry(
        "deleted", f"shelf-{shelved.id}", shelved.at, shelved.profile.user_id,
        account.name if account else "", account.environment if account else "", shelved,
    )  # fmt: skip


def _on_shelf(change: StoredChange, shelf: Sequence[Shelved]) -> bool:
    """A delete with a copy here is one event: the shelf's row tells it."""
    return change.kind == "deleted" and any(
        each.profile.user_id == change.user_id
        and each.account == change.account
        and abs(each.at - change.at) <= SAME_DELETE
        for each in shelf
    )


def with_days(entries: Sequence[Entry], now: float | None = None) -> list[Entry]:
    """The entries with a heading before the first of each day."""
    shown: list[Entry] = []
    last = ""
    for entry in entries:
        words = day(entry.at, now)
        if words != last:
            shown.append(Entry("day", f"day-{words}", entry.at, words.upper()))
            last = words
        shown.append(entry)
    return shown
