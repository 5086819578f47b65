"""The panel beside the history: one entry in full, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nv_desktop.core.history import Shelved, StoredChange
from nv_desktop.core.job.listing import Listed
from nv_desktop.gui.field_words import breakable, label_of, stored_words
from nv_desktop.gui.history.entries import Broken, Entry
from nv_desktop.gui.history.wording import ICONS, SHELF, STAGES, STATES
from nv_desktop.gui.job.kinds import words_of
from nv_desktop.gui.job.result import ALL_NEW, why_not_undo
from nv_desktop.gui.job.wording import parts, six
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    ElidedLabel,
    EnvironmentBadge,
    IconButton,
    IconLabel,
    Label,
    Notice,
    Scroll,
    StackBar,
    Surface,
    boxed,
    column,
    row,
    rule,
)
from nv_desktop.gui.widgets.flow import FlowBox
from nv_desktop.gui.words import clock, counted

WIDTH = 324
SHOWN_FIELDS = 40
GONE = "The account that this was done with is no longer on this computer."
RESTORE = "Open it to restore those whose copies are on the shelf."
UNDO = "Undo reads the kept profiles again and leaves alone what others have changed since."


class Panel(Surface):
    """Shows an entry. `wanted(action, entry)` when a button is pressed; actions: reopen, resume, receipt,
    workbook, undo, pin, delete, restore, forget, erase, look_up."""

    wanted = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("panel", name="history.panel")
        self._theme = theme
        self._entry: Entry | None = None
        self.setAccessibleName("Details")
        self.setFixedWidth(WIDTH)
        self._body: QVBoxLayout = column(gap=0)
        self._content: QWidget | None = None
        self.setLayout(self._body)
        self.show_entry(None)

    def entry(self) -> Entry | None:
        return self._entry

    def show_entry(self, entry: Entry | None, reason: str = "") -> None:
        """Another entry, or None for nothing chosen. `reason`: why the shelf's copy can't be restored now."""
        self._entry = entry
        made = column(gap=10, margins=(20, 22, 20, 16))
        if entry is None:
            words = "Choose an entry to see what happened and what can be done about it."
            made.addWidget(Label(self._theme, words, "body", "text2", wrap=True))
        else:
            self._head(made, entry)
            thing = entry.thing
            if isinstance(thing, Listed):
                self._import(made, thing)
            elif isinstance(thing, StoredChange):
                self._change(made, thing, "" if entry.account else GONE)
            elif isinstance(thing, Shelved):
                self._shelved(made, thing, reason)
            elif isinstance(thing, Broken):
                self._broken(made, thing)
        made.addStretch(1)
        content = Scroll(made, name="history.panel.scroll", words="Details")
        if self._content is not None:
            self._body.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._body.addWidget(content)

    # --- parts ------------------------------------------------------------------------------------------

    def _head(self, made: QVBoxLayout, entry: Entry) -> None:
        theme = self._theme
        title = ElidedLabel(theme, entry.title, "panel", name="history.panel.title")
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line = row(IconLabel(theme, ICONS[entry.kind]), title, gap=8)
        line.setStretch(1, 1)
        if entry.kind in ("import", "list", "change"):
            words = "Unpin" if entry.pinned else "Pin: keep beyond the days of keeping"
            icon = "push-pin-fill" if entry.pinned else "push-pin"
            token = "accent_t" if entry.pinned else "text2"
            line.addWidget(self._icon_button(icon, words, token, "pin"))
        made.addLayout(line)
        if entry.environment:
            badge = EnvironmentBadge(theme, entry.environment, small=True)
            made.addLayout(row(badge, ElidedLabel(theme, entry.account, "label", "text2"), None))

    def _import(self, made: QVBoxLayout, line: Listed) -> None:
        theme = self._theme
        bar = StackBar(theme, height=10, name="history.panel.bar")
        numbers = six(line)
        words = words_of(line)
        bar.set_parts(parts(numbers, words.looks))
        made.addWidget(bar)
        lines = column(gap=7)
        for look in words.looks.values():
            number = Label(theme, f"{numbers[look.key]:,}", "strong" if numbers[look.key] else "body")
            number.setObjectName(f"history.panel.{look.key}")
            icon = IconLabel(theme, look.icon, look.tone, 14)
            lines.addLayout(row(icon, Label(theme, look.word, "body", "text2"), None, number, gap=8))
        made.addLayout(lines)
        made.addWidget(rule())
        self._facts(made, _import_facts(line))
        made.addWidget(rule())
        if line.resumable and line.begun:
            left = words.count(line.not_sent + line.unknown)
            made.addWidget(self._button(f"Resume {left}", "resume", "primary", "play"))
        begun = line.begun
        names = [("Reopen", "reopen"), *([("Receipt", "receipt"), ("Workbook", "workbook")] if begun else [])]
        made.addWidget(self._buttons(names))
        made.addWidget(self._button("Delete from this computer…", "delete", "danger", "trash"))
        if begun and line.deletes:
            made.addWidget(Notice(self._theme, RESTORE, "info"))
        elif begun:
            self._undo(made, line)

    def _undo(self, made: QVBoxLayout, line: Listed) -> None:
        """Whether it can be taken back, and the button."""
        reason = why_no_undo_here(line)
        words = UNDO if line.kept_old else ALL_NEW
        made.addWidget(Notice(self._theme, reason or words, "note" if reason else "info"))
        if not reason:
            made.addWidget(
                self._button("Undo this import…", "undo", "", "arrow-counter-clockwise"),
            )

    def _change(self, made: QVBoxLayout, change: StoredChange, reason: str) -> None:
        """`reason`: why nobody can be looked up."""
        theme = self._theme
        facts = [("When", clock(change.at)), ("Outcome", STATES.get(change.state, "done").capitalize())]
        if change.note:
            facts.append(("Note", change.note))
        self._facts(made, facts)
        names = list(change.after or change.before)[:SHOWN_FIELDS]
        if names:
            made.addWidget(rule())
        for name in names:
            before, after = (stored_words(name, each.get(name)) for each in (change.before, change.after))
            was = f"was {breakable(before)}" if before else "was empty"
            made.addLayout(self._value(name, after, Label(theme, was, "small", "text2", wrap=True)))
        made.addWidget(rule())
        look_up = self._button("Look up", "look_up")
        look_up.set_allowed(not reason, reason)
        made.addLayout(row(look_up, None))
        if reason:
            made.addWidget(Label(theme, reason, "small", "text2", wrap=True))
        made.addWidget(self._button("Erase this person…", "erase", "danger", "eraser"))

    def _shelved(self, made: QVBoxLayout, shelved: Shelved, reason: str) -> None:
        theme = self._theme
        facts = [("Deleted", clock(shelved.at)), ("Now", SHELF.get(shelved.state, shelved.state))]
        self._facts(made, facts)
        made.addWidget(rule())
        if shelved.state != "restored":
            restore = self._button("Restore this profile", "restore", "primary", "arrow-counter-clockwise")
            restore.set_allowed(not reason, reason)
            made.addWidget(restore)
            if reason:
                made.addWidget(Label(theme, reason, "small", "text2", wrap=True))
            words = "Its events, running journeys and devices do not come back."
            made.addWidget(Label(theme, words, "small", "text2", wrap=True))
        made.addWidget(self._button("Take off the shelf…", "forget", "", "archive"))
        made.addWidget(self._button("Erase this person…", "erase", "danger", "eraser"))
        made.addWidget(rule())
        held = [(name, value) for name, value in shelved.profile.attributes.items() if value is not None]
        for name, value in held[:SHOWN_FIELDS]:
            made.addLayout(self._value(name, stored_words(name, value)))
        if len(held) > SHOWN_FIELDS:
            more = f"and {counted(len(held) - SHOWN_FIELDS, 'more attribute')}"
            made.addWidget(Label(theme, more, "small", "text2"))

    def _value(self, name: str, words: str, *below: QWidget) -> QVBoxLayout:
        """A value under the name of its field, whole and in words."""
        label = ElidedLabel(self._theme, label_of(name), "label", "text2")
        value = Label(self._theme, breakable(words) or "empty", "medium", wrap=True)
        value.setObjectName(f"history.panel.value.{name}")
        return column(label, value, *below, gap=1)

    def _broken(self, made: QVBoxLayout, broken: Broken) -> None:
        made.addWidget(Notice(self._theme, str(broken.error), "error"))
        made.addWidget(self._button("Delete from this computer…", "delete", "danger", "trash"))

    def _facts(self, made: QVBoxLayout, facts: list[tuple[str, str]]) -> None:
        theme = self._theme
        for name, text in facts:
            label = ElidedLabel(theme, name, "small", "text2")
            label.setFixedWidth(84)
            value = Label(theme, text, "label", wrap=True, selectable=True)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            line = row(label, value, gap=8)
            line.setStretch(1, 1)
            made.addLayout(line)

    def _button(self, words: str, action: str, kind: str = "", icon: str = "") -> Button:
        made = Button(self._theme, words, kind, icon, name=f"history.{action}", on_click=self._pressed)
        made.setProperty("action", action)
        return made

    def _icon_button(self, icon: str, words: str, token: str, action: str) -> IconButton:
        made = IconButton(
            self._theme, icon, words, token=token, name=f"history.{action}", on_click=self._pressed
        )
        made.setProperty("action", action)
        return made

    def _buttons(self, names: list[tuple[str, str]]) -> QWidget:
        box = FlowBox(gap=6)
        box.set_widgets([self._button(words, action) for words, action in names])
        return boxed(row(box))

    @Slot()
    def _pressed(self) -> None:
        pressed = self.sender()
        if self._entry is not None and pressed is not None:
            self.wanted.emit(str(pressed.property("action")), self._entry)


def why_no_undo_here(line: Listed) -> str:
    """Why the panel offers no undo; "" when it does."""
    if line.undone_by and not line.undoes:
        return "An undo of this import was sent. What it left can be looked at by opening the import."
    return why_not_undo(line) or ("It is being sent now." if line.running else "")


def _import_facts(line: Listed) -> list[tuple[str, str]]:
    facts = [("Opened", clock(line.created))]
    if line.started is not None:
        facts.append(("First call", clock(line.started)))
    if line.ended is not None:
        facts.append(("Last answer", clock(line.ended)))
    if line.stage != "done":
        facts.append(("Now", STAGES.get(line.stage, line.stage).capitalize()))
    if line.sha256:
        mark = line.sha256[:16]
        facts.append(("File mark", " ".join(mark[place : place + 4] for place in range(0, 16, 4))))
    facts.append(("List" if line.deletes else "Import", line.id))
    return facts
