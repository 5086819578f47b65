"""The form of one profile: cards of fields over a Draft, staged changes and Save below; it calls nobody."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLineEdit, QWidget

from nv_desktop.core.fields import FIELDS, OPT_INS, USER_ID, Level, Type
from nv_desktop.core.profile import Draft
from nv_desktop.gui.field_edit import FieldEdit
from nv_desktop.gui.field_words import short, stored_text, text_words, value_words
from nv_desktop.gui.people.attributes import AttributesCard
from nv_desktop.gui.people.consent import ConsentRow, consent_card
from nv_desktop.gui.people.staged import DoneLine, StagedStrip
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Card, Scroll, column, row
from nv_desktop.gui.widgets.layout import CARD_GAP

Entry = FieldEdit | ConsentRow

CONTACT = ("first_name", "last_name", "email", "mobile", "birth_date", "gender", "name")
"""The fields of the first card, two a line; a new profile has the user ID before them."""
WIDE = 700
"""Points from which consent stands beside identity rather than below it."""


class ProfileForm(QWidget):
    """Shows and changes a `Draft`. `edited()` after each change, `save_wanted()`, `preview_wanted()`."""

    edited = Signal()
    save_wanted = Signal()
    preview_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("profile.form")
        self._theme = theme
        self._draft: Draft | None = None
        self._known: Mapping[str, str] = {}
        self._read_only = ""
        self._saving = False
        self._bursts: list[int] = []
        self._undone: list[int] = []
        self._burst_of = ""
        self._entries: dict[str, Entry] = {}
        identity = self._make_identity()
        consent, rows = consent_card(theme)
        consent.setMinimumWidth(292)
        self._consent = consent
        self._entries |= rows
        self.attributes = AttributesCard(theme)
        self._upper = row(identity, consent, gap=CARD_GAP)
        self._upper.setStretch(0, 1)
        cards = column(self._upper, self.attributes, None, gap=CARD_GAP, margins=(24, 0, 24, 16))
        self._cards = cards
        self.scroller = Scroll(cards, name="profile.scroll", words="Profile")
        self.scroller.verticalScrollBar().rangeChanged.connect(self._make_room)
        self.staged = StagedStrip(theme)
        self._done = DoneLine(theme)
        layout = column(self.scroller, self.staged, self._done, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._wire()

    def _make_identity(self) -> Card:
        theme = self._theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(11)
        grid.setContentsMargins(0, 0, 0, 0)
        for number, name in enumerate((USER_ID, *CONTACT)):
            edit = FieldEdit(theme, FIELDS[name], name=f"profile.{name}")
            self._entries[name] = edit
            place = (0, 0, 1, 2) if name == USER_ID else (1 + (number - 1) // 2, (number - 1) % 2, 1, 1)
            grid.addWidget(edit, *place, Qt.AlignmentFlag.AlignTop)
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
        editor = self._entries[USER_ID].editor
        editor.setFont(theme.font("mono"))
        card = Card(theme, "Identity and contact", "identification-card", grid, None, name="profile.identity")
        return card

    def _wire(self) -> None:
        for entry in self._entries.values():
            entry.typed.connect(self._type)
            entry.was_left.connect(self._leave)
        self.attributes.typed.connect(self._type)
        self.attributes.was_left.connect(self._leave)
        self.attributes.added.connect(self._add)
        self.attributes.grown.connect(self._show_grown)
        self.attributes.opened.connect(self._show_add_row)
        self.staged.taken_back.connect(self.take_back)
        self.staged.all_taken_back.connect(self.take_all_back)
        self.staged.save.clicked.connect(self.save)
        self.staged.preview.clicked.connect(self.preview_wanted)
        self.staged.show_problem.clicked.connect(self.next_problem)

    # what the page tells

    def set_draft(self, draft: Draft, known_types: Mapping[str, str]) -> None:
        """Show this draft from now on; what stands in it is kept as it is."""
        if self._draft is None or self._draft.user_id != draft.user_id:
            self.scroller.verticalScrollBar().setValue(0)
        self._draft, self._known = draft, known_types
        self._bursts, self._undone, self._burst_of = [], [], ""
        self.attributes.close_add()
        self._done.hide()
        self._entries[USER_ID].setVisible(draft.is_new)
        self.refresh()

    def draft(self) -> Draft | None:
        return self._draft

    def say_done(self, sentence: str) -> bool:
        """Say what went well until something is typed; False where changes need the place."""
        if not self.staged.isHidden():
            return False
        self._done.say(sentence)
        return True

    def set_read_only(self, reason: str) -> None:
        """`reason` says why nothing can be changed; "" when it can."""
        self._read_only = reason
        self._allow()

    def set_saving(self, saving: bool) -> None:
        """While a Save is under way nothing can be typed, so that what was sent is what stands here."""
        self._saving = saving
        self._allow()

    def focus_first(self) -> None:
        """Put the keyboard where typing begins."""
        name = USER_ID if self._draft is not None and self._draft.is_new else CONTACT[0]
        self._entries[name].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def entry(self, name: str) -> Entry | None:
        """The input of a field, None for an attribute that is not shown."""
        if name in self._entries:
            return self._entries[name]
        held = self.attributes.rows.get(name)
        return held.edit if held is not None else None

    @Slot()
    def refresh(self) -> None:
        """Show what the draft says now."""
        draft = self._draft
        if draft is None:
            return
        custom = [draft.field(name) for name in draft.names() if not draft.field(name).documented]
        self.attributes.set_fields([field for field in custom if self._is_shown(field.name)], self._known)
        for name in [*self._entries, *self.attributes.rows]:
            self._show(name)
        self._show_staged()
        self._allow()

    def _is_shown(self, name: str) -> bool:
        """An attribute added here and taken back again leaves the table."""
        draft = self._draft
        assert draft is not None
        return name in draft.profile.attributes or bool(draft.text(name))

    def _show(self, name: str) -> None:
        draft, entry = self._draft, self.entry(name)
        if draft is None or entry is None:
            return
        text = draft.user_id if name == USER_ID else draft.text(name)
        changed = name != USER_ID and text != draft.original(name)
        was = text_words(draft.field(name), draft.original(name)) if changed else None
        problems = draft.problems_of(name)
        worst = max(problems, key=lambda problem: problem.level) if problems else None
        entry.show_value(text, None if draft.is_new else was, worst)

    # what a person does

    @Slot(str, str)
    def _type(self, name: str, text: str) -> None:
        draft = self._draft
        if draft is None:
            return
        before = draft.user_id if name == USER_ID else draft.text(name)
        if name != USER_ID:
            text = stored_text(draft.field(name), text, draft.original(name))
        if before == text:
            return
        draft.set(name, text)
        if self._burst_of == name and self._bursts:
            self._bursts[-1] += 1
        else:
            self._bursts.append(1)
        self._burst_of = name
        self._undone.clear()
        self._show(name)
        self._show_staged()
        self.edited.emit()

    @Slot(str)
    def _leave(self, name: str) -> None:
        self._burst_of = ""
        entry = self.entry(name)
        if entry is not None:
            entry.reveal()
        self._show_staged()

    @Slot()
    def _show_grown(self) -> None:
        """Fill the rows that were made meanwhile."""
        for name in self.attributes.rows:
            self._show(name)
        self._allow()

    @Slot()
    def _show_add_row(self) -> None:
        self._reveal(self.attributes.add_row)

    def _reveal(self, widget: QWidget) -> None:
        """Scroll to a widget, which may have been shown or have grown just now."""
        body = self.scroller.widget()
        layout = body.layout() if body is not None else None
        if body is not None and layout is not None:
            layout.activate()
            body.resize(body.width(), max(body.sizeHint().height(), self.scroller.viewport().height()))
        self.scroller.ensureWidgetVisible(widget)

    @Slot(str, str, str)
    def _add(self, name: str, type_: str, text: str) -> None:
        draft = self._draft
        if draft is None:
            return
        problem = draft.add(name, Type(type_)) if name not in draft.names() else None
        if problem is not None:
            self.attributes.add_row.name.set_problem(problem.message)
            return
        draft.set(name, text)
        self._bursts.append(1)
        self._burst_of = ""
        self.attributes.close_add()
        self.refresh()
        self.edited.emit()

    @Slot()
    def open_add(self) -> None:
        """Show the row in which an attribute is added."""
        if self.isVisible() and not (self._read_only or self._saving):
            self.attributes.open_add()

    @Slot()
    def undo(self) -> None:
        """Take the last edit back, however many letters it had."""
        self._step(self._bursts, self._undone, forward=False)

    @Slot()
    def redo(self) -> None:
        self._step(self._undone, self._bursts, forward=True)

    def _step(self, origin: list[int], target: list[int], *, forward: bool) -> None:
        draft = self._draft
        if draft is None or not origin or self._saving:
            return
        count = origin.pop()
        name = None
        for _ in range(count):
            name = (draft.redo() if forward else draft.undo()) or name
        target.append(count)
        self._burst_of = ""
        self.refresh()
        entry = self.entry(name) if name else None
        if entry is not None:
            entry.reveal()
            self._reveal(entry)
        self.edited.emit()

    @Slot(str)
    def take_back(self, name: str) -> None:
        """Give one field its old value again; Ctrl+Z brings the change back."""
        if self._draft is not None:
            self._type(name, self._draft.original(name))
            self._burst_of = ""
            self.refresh()

    @Slot()
    def take_all_back(self) -> None:
        draft = self._draft
        if draft is None:
            return
        changed = self.changed_names()
        if draft.is_new and draft.user_id:
            changed.append(USER_ID)
        for name in changed:
            draft.take_back(name)
        if changed:
            self._bursts.append(len(changed))
            self._undone.clear()
        self._burst_of = ""
        self.refresh()
        self.edited.emit()

    @Slot()
    def save(self) -> None:
        """Ask for saving; with a problem left, show it instead."""
        draft = self._draft
        if draft is None or self._read_only or self._saving:
            return
        for name in [USER_ID, *draft.names()]:
            entry = self.entry(name)
            if entry is not None:
                entry.reveal()
        self._show_staged()
        if self.errors():
            self.next_problem()
        elif draft.can_save:
            self.save_wanted.emit()

    @Slot()
    def next_problem(self) -> None:
        """Put the keyboard into the next field with a problem (F8)."""
        self._go(1)

    @Slot()
    def previous_problem(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        found = self.errors()
        if not found:
            return
        focus = self.focusWidget()
        names = [name for name in found if (entry := self.entry(name)) is not None and entry.editor is focus]
        place = (found.index(names[0]) + step) % len(found) if names else (0 if step > 0 else -1)
        entry = self.entry(found[place])
        if entry is None:
            return
        entry.reveal()
        entry.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(entry.editor, QLineEdit):
            entry.editor.end(False)
        self._reveal(entry)
        self._show_staged()

    # what follows from it

    def changed_names(self) -> list[str]:
        """Fields whose text differs from the profile's, in the order of the form."""
        draft = self._draft
        if draft is None:
            return []
        return [name for name in draft.names() if draft.text(name) != draft.original(name)]

    def errors(self) -> list[str]:
        """Fields that keep the draft from being saved, in the order of the form."""
        draft = self._draft
        if draft is None:
            return []
        bad = {
            name
            for name, problems in draft.problems().items()
            if any(problem.level >= Level.ERROR for problem in problems)
        }
        order = [USER_ID, *CONTACT, *OPT_INS]
        return sorted(bad, key=lambda name: (order.index(name) if name in order else len(order), name))

    def _told_errors(self) -> list[str]:
        """Errors that already stand under their field: what is still being typed is not held against it."""
        return [name for name in self.errors() if (entry := self.entry(name)) is None or entry.says_error()]

    def _show_staged(self) -> None:
        draft = self._draft
        if draft is None:
            return
        chips = []
        for name in self.changed_names():
            field = draft.field(name)
            before = value_words(field, draft.profile.attributes.get(name))
            chips.append((name, short(field), before, text_words(field, draft.text(name))))
        told = self._told_errors()
        label = short(FIELDS[told[0]]) if told and told[0] in FIELDS else told[0] if told else ""
        if chips or draft.is_new:
            self._done.hide()
        self.staged.show_changes(
            chips,
            is_new=draft.is_new,
            can_save=draft.can_save or bool(self.errors() and not told),
            problem=_blocked(label, len(told)),
        )

    def _allow(self) -> None:
        locked = bool(self._read_only) or self._saving
        for name, entry in self._entries.items():
            entry.set_read_only(locked and (name != USER_ID or self._saving), "")
        self.attributes.set_read_only(locked, self._read_only)
        self.staged.set_saving(self._saving)

    @Slot(int, int)
    def _make_room(self, _least: int, most: int) -> None:
        """Cards end at the page's margin with and without the scroll bar, which takes 12 points of it."""
        self._cards.setContentsMargins(24, 0, 12 if most else 24, 16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self._upper.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        self._consent.setMaximumWidth(292 if wide else 16_777_215)


def _blocked(label: str, count: int) -> str:
    """Why Save waits, in one sentence."""
    if not count:
        return ""
    if count == 1:
        return f"{label} needs a correction before saving."
    return f"{label} and {count - 1} more need a correction."
