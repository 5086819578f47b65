"""The list beside a profile: one box to look people up, who was opened lately, who is known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QSizePolicy

from nv_desktop.core.history import Person, Recent
from nv_desktop.core.pasted_ids import listed_ids, split_ids
from nv_desktop.gui.people.wording import brief_age
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import IconButton, Label, RowList, SearchField, Surface, boxed, column, row

LOOK_AFTER = 150
"""Milliseconds after the last keystroke until people known here are searched."""

_STATES = {
    "": ("", ""),
    "missing": ("question", "text3"),
    "deleted": ("trash", "text3"),
    "changed": ("pencil-simple", "accent_t"),
    "error": ("warning-circle-fill", "error"),
}
_TOLD = {
    "missing": "not found",
    "deleted": "was deleted",
    "changed": "has unsaved changes",
    "error": "has a problem",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A person in the list, or a heading (`user_id` empty)."""

    user_id: str
    name: str = ""
    at: float = 0.0
    state: str = ""
    """"", missing, deleted, changed, error."""


class IdBox(SearchField):
    """The box. `pasted(text)` when several lines are pasted, which a line could not hold."""

    pasted = Signal(str)
    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            if len(text.splitlines()) > 1 or "\t" in text:
                self.pasted.emit(text)
                return
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
            return
        super().keyPressEvent(event)


class ListPane(Surface):
    """`looked_up(user_id)`, `many_wanted(list of IDs, each as often as it was given)`, `new_wanted()`,
    `searched(text)` while typing."""

    looked_up = Signal(str)
    many_wanted = Signal(object)
    new_wanted = Signal()
    searched = Signal(str)

    def __init__(self, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__("side", name="people.pane")
        self.setFixedWidth(272)
        self._clock = clock
        self._recents: Sequence[Recent] = ()
        self._missing: Sequence[tuple[str, float]] = ()
        self._states: dict[str, str] = {}
        self._found: Sequence[Person] = ()
        self._current = ""
        self.box = IdBox(theme, "User ID, or paste many", name="people.search")
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.new = IconButton(theme, "plus", "New profile (Ctrl+N)", name="people.new")
        self.hint = Label(theme, "", "small", "text2", wrap=True, name="people.search.hint")
        self._hint_box = boxed(row(self.hint, margins=(16, 0, 16, 8)))
        self._hint_box.hide()
        self.model: RowsModel[Row] = RowsModel([Column("People", self._cell)], key=self._key, parent=self)
        self.list = RowList(theme, self.model, name="people.list", words="People opened lately")
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(LOOK_AFTER)
        head = row(self.box, self.new, gap=4, margins=(16, 16, 12, 10))
        layout = column(head, self._hint_box, self.list, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.box.searched.connect(self._search)
        self.box.textChanged.connect(self._follow)
        self.box.pasted.connect(self._take_many)
        self.box.down.connect(self._enter_list)
        self.new.clicked.connect(self.new_wanted)
        self._typed.timeout.connect(self._tell_searched)
        self.list.activated.connect(self._open)
        self.list.clicked.connect(self._open)

    # what the page tells

    def set_people(self, recents: Sequence[Recent], missing: Sequence[tuple[str, float]]) -> None:
        """Who was opened, the pinned first; `missing`: IDs nobody has, with the time of the question."""
        self._recents, self._missing = recents, missing
        self.refresh()

    def set_found(self, text: str, found: Sequence[Person]) -> None:
        """Who of the people known here fits `text`; an answer to an older text is dropped."""
        if text == self.box.text().strip():
            self._found = found
            self.refresh()

    def set_state(self, user_id: str, state: str) -> None:
        """ "", missing, deleted, changed or error beside somebody."""
        if self._states.get(user_id, "") != state:
            self._states[user_id] = state
            self.refresh()

    def set_current(self, user_id: str) -> None:
        """Mark who is shown."""
        self._current = user_id
        self._mark()

    def allow_new(self, reason: str) -> None:
        """`reason` says why nobody can be created; "" when somebody can."""
        self.new.setEnabled(not reason)
        self.new.setToolTip(reason or "New profile (Ctrl+N)")

    def focus_box(self) -> None:
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def forget(self) -> None:
        """Another account: nothing of the one before stays in sight."""
        self._recents, self._missing, self._found, self._states = (), (), (), {}
        self.box.clear()
        self._current = ""
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        self.model.set_rows(self._rows())
        self._show_hint()
        self._mark()

    # inside

    def _rows(self) -> list[Row]:
        if self.box.text().strip():
            people = [
                Row(each.user_id, each.name or each.email, state=self._state(each.user_id))
                for each in self._found
            ]
            return [Row("", "KNOWN ON THIS COMPUTER"), *people] if people else []
        pinned = [self._of_recent(each) for each in self._recents if each.pinned]
        known = {each.person.user_id for each in self._recents}
        lately = [self._of_recent(each) for each in self._recents if not each.pinned]
        lately += [
            Row(user_id, "Not found", at, "missing") for user_id, at in self._missing if user_id not in known
        ]
        lately.sort(key=lambda each: -each.at)
        rows = [Row("", "PINNED"), *pinned] if pinned else []
        return [*rows, Row("", "RECENT"), *lately] if lately else rows

    def _of_recent(self, recent: Recent) -> Row:
        person = recent.person
        return Row(person.user_id, person.name or person.email, recent.at, self._state(person.user_id))

    def _state(self, user_id: str) -> str:
        return self._states.get(user_id, "")

    def _cell(self, each: Row) -> Cell:
        if not each.user_id:
            return Cell(each.name, section=True)
        icon, token = _STATES[each.state]
        shown = each.name or "No name"
        ago = brief_age(each.at, self._clock()) if each.at else ""
        told = ", ".join(part for part in (shown, each.user_id, _TOLD.get(each.state, ""), ago) if part)
        return Cell(
            shown,
            second=each.user_id,
            tone="text2" if each.state in ("missing", "deleted") else "text",
            second_role="mono_small",
            second_tone="text2",
            right=ago,
            right_icon=icon,
            right_token=token or "text3",
            told=told,
        )

    def _key(self, each: Row) -> tuple[str, str]:
        return each.user_id, each.name if not each.user_id else ""

    def _mark(self) -> None:
        number = next((at for at, each in enumerate(self.model.rows()) if each.user_id == self._current), -1)
        self.list.select(number if self._current else -1)

    def _show_hint(self) -> None:
        text = self.box.text().strip()
        if not text:
            self._hint_box.setVisible(not self.model.rows())
            self.hint.setText("Type a user ID and press Enter, or paste a column of them from Excel.")
            return
        count = len(split_ids(text))
        if count > 1:
            self.hint.setText(f"Enter looks up {count:,} user IDs.")
        elif self._found:
            self.hint.setText("Enter looks up this user ID. These people are known on this computer:")
        else:
            self.hint.setText("Enter looks up this user ID. Nobody known on this computer fits.")
        self._hint_box.show()

    @Slot()
    def _follow(self) -> None:
        self._found = ()
        self.refresh()
        if self.box.text().strip():
            self._typed.start()
        else:
            self._typed.stop()

    @Slot()
    def _tell_searched(self) -> None:
        self.searched.emit(self.box.text().strip())

    @Slot(str)
    def _search(self, text: str) -> None:
        self._typed.stop()
        wanted = split_ids(text)
        if len(wanted) > 1:
            self._take_many(text)
        elif wanted:
            self.looked_up.emit(text.strip())

    @Slot(str)
    def _take_many(self, text: str) -> None:
        wanted = listed_ids(text)
        if len(set(wanted)) == 1:
            self.box.setText(wanted[0])
            self.looked_up.emit(wanted[0])
        elif wanted:
            self.box.clear()
            self.many_wanted.emit(wanted)

    @Slot()
    def _enter_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        each = self.model.row(index.row())
        if each.user_id:
            self.looked_up.emit(each.user_id)
