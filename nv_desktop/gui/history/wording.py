"""The words and cells of the History page."""

from __future__ import annotations

import time
from collections.abc import Sequence

from nv_desktop.core.history import Shelved, StoredChange
from nv_desktop.core.job.listing import Listed
from nv_desktop.gui.field_words import label_of
from nv_desktop.gui.history.entries import Broken, Entry
from nv_desktop.gui.job.kinds import words_of
from nv_desktop.gui.job.wording import parts, six
from nv_desktop.gui.table_models import Cell, Column
from nv_desktop.gui.words import counted

ICONS = {
    # kind of entry: icon
    "import": "upload-simple",
    "list": "user-minus",
    "change": "pencil-simple",
    "deleted": "trash",
    "broken": "warning-circle-fill",
}
UNDO_ICON = "arrow-counter-clockwise"
STAGES = {
    # stage of a job that is not done: what it is called
    "new": "not read yet",
    "reading": "not read to its end",
    "read": "not checked",
    "checked": "not sent",
    "sending": "sending",
    "paused": "paused",
    "trial": "trial run ended",
    "stopped": "stopped",
}
CHANGED = {"saved": "changed", "created": "created", "deleted": "deleted", "restored": "restored"}
STATES = {
    "sending": "cut off, outcome unknown",
    "accepted": "accepted, not yet applied",
    "refused": "refused",
    "unclear": "outcome unknown",
}
SHELF = {
    "deleting": "Cut off, outcome unknown",
    "deleted": "Can be restored",
    "queued": "Deleted soon; can be restored",
    "unclear": "Outcome unknown",
    "restored": "Restored",
}


def second_line(entry: Entry) -> str:
    """What stands under the title."""
    thing = entry.thing
    if isinstance(thing, Listed):
        stage = "not confirmed" if thing.deletes and not thing.begun else STAGES.get(thing.stage, "")
        count = words_of(thing).count(thing.rows)
        return ", ".join(part for part in ("Deleting by a list" * thing.deletes, count, stage) if part)
    if isinstance(thing, StoredChange):
        names = [label_of(name) for name in thing.after or thing.before]
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return shown or f"Profile {CHANGED[thing.kind]}"
    if isinstance(thing, Shelved):
        return "Profile deleted, its copy is on the shelf"
    return "This file cannot be opened; it was left as it is"


def outcome(entry: Entry) -> Cell:
    """What became of it."""
    thing = entry.thing
    if isinstance(thing, Listed):
        return _import_outcome(thing)
    if isinstance(thing, StoredChange):
        return _change_outcome(thing)
    if isinstance(thing, Shelved):
        return Cell(SHELF.get(thing.state, thing.state), role="body", tone="text2")
    return Cell("Damaged", role="body", tone="error")


def _import_outcome(line: Listed) -> Cell:
    if not line.begun:
        return Cell("Nobody deleted" if line.deletes else "Not sent", role="body", tone="text2")
    words = [f"{line.arrived:,} {'deleted' if line.deletes else 'in'}"]
    for count, word in ((line.refused, "refused"), (line.unknown, "unknown"), (line.not_sent, "left")):
        if count:
            words.append(f"{count:,} {word}")
    told = ", ".join(words[:3])
    return Cell(told, second=told, parts=parts(six(line), words_of(line).looks), told=told)


def _change_outcome(change: StoredChange) -> Cell:
    if change.state in STATES:
        tone = "error" if change.state == "refused" else "text2"
        return Cell(STATES[change.state].capitalize(), role="body", tone=tone)
    if change.kind == "saved":
        return Cell(f"{counted(len(change.after), 'field')} changed", role="body", tone="text2")
    return Cell(CHANGED[change.kind].capitalize(), role="body", tone="text2")


def _what(entry: Entry) -> Cell:
    if entry.kind == "day":
        return Cell(entry.title, section=True)
    token = "error" if isinstance(entry.thing, Broken) else "text2"
    return Cell(
        entry.title,
        second=second_line(entry),
        icon=_icon(entry),
        icon_token=token,
        right_icon="push-pin-fill" if entry.pinned else "",
        right_token="accent_t",
    )


def _icon(entry: Entry) -> str:
    return UNDO_ICON if getattr(entry.thing, "undoes", "") else ICONS[entry.kind]


def _where(entry: Entry) -> Cell:
    if not entry.environment:
        return Cell("", role="small", tone="text3")
    return Cell(environment=entry.environment.upper())


def _when(entry: Entry) -> Cell:
    return Cell(time.strftime("%H:%M", time.localtime(entry.at)), role="body", tone="text2", align_right=True)


def table_columns() -> Sequence[Column[Entry]]:
    """What, where, outcome, when."""
    return (
        Column("What", _what, 360),
        Column("Where", _where, 128),
        Column("Outcome", outcome, 170),
        Column("When", _when, 80, align_right=True),
    )
