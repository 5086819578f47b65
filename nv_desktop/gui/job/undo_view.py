"""Taking an import back: the reading, what would be changed back, what is left alone, and the button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.fields import Json, text_of
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.upload.undo import Conflict, Undo
from nv_desktop.gui.job.undoing import Prepared, Read
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    CountCard,
    EnvironmentBadge,
    IconLabel,
    Label,
    ProgressBar,
    Scroll,
    Surface,
    Table,
    boxed,
    column,
    count_row,
    page_title,
    row,
)
from nv_desktop.gui.words import about, clock, counted, profiles, said

CONFLICTS_SHOWN = 1_000
NAMES_SHOWN = 6

_COUNTS = (
    # key, word, icon, tone
    ("back", "Change back", "arrow-counter-clockwise", "accent"),
    ("untouched", "Left alone", "hand-palm", "warn"),
    ("same", "As before", "check-circle", "ok"),
    ("created", "Created", "user-plus", "text3"),
    ("gone", "Gone", "user-minus", "text3"),
)
_SENTENCES = {
    "back": "to the kept values",
    "untouched": "changed by others since",
    "same": "nothing to change",
    "created": "by this import; they stay",
    "gone": "deleted since",
}


class UndoView(QWidget):
    """`confirmed()` when a person presses the button, `left()` when everything shall stay as it is (also
    while it is read), `deletion_wanted(user IDs)` of those whom the import created."""

    confirmed = Signal()
    deletion_wanted = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._created: Sequence[str] = ()
        self.setObjectName("job.undoing")
        self.setAccessibleName("Undo an import")
        self.title = Label(theme, "", "page", name="job.undoing.title")
        self.sentence = Label(theme, "", "body", "text2", name="job.undoing.sentence")
        self.badge = EnvironmentBadge(theme, "sandbox", name="job.undoing.environment")
        head = page_title(theme, self.title, self.sentence, self.badge)
        inner = column(
            head, self._reading_card(theme), self._count_card(theme), self._conflict_card(theme),
            self._worth_card(theme), None, gap=14, margins=(24, 20, 24, 16),
        )  # fmt: skip
        layout = column(Scroll(inner, name="job.undoing.scroll"), self._foot(theme), gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _reading_card(self, theme: Theme) -> Card:
        self.number = Label(theme, "0", "number", name="job.undoing.read")
        self.of = Label(theme, "", "lead", "text2", name="job.undoing.of")
        self.bar = ProgressBar(theme, height=10, words="Profiles read", name="job.undoing.bar")
        self.price = Label(theme, "", "small", "text2", wrap=True, name="job.undoing.price")
        numbers = row(self.number, self.of, None, gap=12)
        self.reading = Card(theme, "", "", numbers, self.bar, self.price, gap=12, margins=(24, 14, 24, 18))
        return self.reading

    def _count_card(self, theme: Theme) -> Card:
        self.cards = {key: CountCard(theme, *words, name=f"job.undoing.{key}") for key, *words in _COUNTS}
        counts = count_row(list(self.cards.values()))
        counts.setObjectName("job.undoing.counts")
        self.counts = Card(theme, "", "", counts, margins=(24, 16, 24, 16))
        return self.counts

    def _conflict_card(self, theme: Theme) -> Card:
        self.model: RowsModel[Conflict] = RowsModel(
            _columns(), key=lambda each: (each.user_id, each.name), parent=self
        )
        self.table = Table(
            theme, self.model, name="job.undoing.conflicts", words="Changed by others since", stretch=4
        )
        self.table.setMinimumHeight(180)
        self.conflicts_title = Label(theme, "", "strong", name="job.undoing.conflicts.title")
        title = row(self.conflicts_title, None, margins=(16, 12, 16, 10))
        self.conflicts = Card(theme, "", "", gap=0, margins=(1, 1, 1, 6))
        self.conflicts.body.addLayout(title)
        self.conflicts.body.addWidget(self.table, 1)
        return self.conflicts

    def _worth_card(self, theme: Theme) -> Card:
        self._worth: QVBoxLayout = column(gap=8)
        self.copy = Button(
            theme, "Copy their user IDs", "link", "copy-simple", name="job.undoing.copy",
            on_click=self._copy_created,
        )  # fmt: skip
        self.worth = Card(theme, "Good to know", "info", margins=(24, 14, 24, 18), name="job.undoing.worth")
        self.worth.body.addLayout(self._worth)
        self.delete = Button(
            theme, "", "danger", "trash", size="small", name="job.undoing.delete",
            on_click=self._delete_created,
        )  # fmt: skip
        self.worth.body.addLayout(row(24, self.delete, self.copy, None, gap=12))
        return self.worth

    def _foot(self, theme: Theme) -> Surface:
        self.back = Button(theme, "", "", "arrow-left", name="job.undoing.leave", on_click=self.left.emit)
        self.reason = Label(theme, "", "small", "text2", name="job.undoing.reason")
        self.go = Button(
            theme, "", "primary", "arrow-counter-clockwise", name="job.undoing.go", on_click=self._press
        )
        foot = Surface("foot", row(self.back, None, self.reason, self.go, gap=12, margins=(24, 0, 24, 0)))
        foot.setFixedHeight(60)
        return foot

    # --- what is shown ----------------------------------------------------------------------------------

    def show_reading(self, line: Listed, account: Account, rate: int, sentence: str = "") -> None:
        """The reading begins. `rate`: look-ups a minute; `sentence`: why it is read again."""
        self._rate = rate
        self.title.setText(f"Undo “{line.file}”")
        self.sentence.setText(sentence or "Nothing has been changed yet. First its profiles are read again.")
        self.badge.set_environment(account.environment)
        self._asks_name = account.environment == "production"
        self.show_read(Read(0, 0))
        for card in (self.counts, self.conflicts, self.worth):
            card.hide()
        self.reading.show()
        self.back.setText("Stop reading")
        self.go.setText("Change back")
        self.go.set_allowed(False, "The profiles are still being read.")
        self.reason.setText("The profiles are still being read.")

    def show_read(self, read: Read) -> None:
        """So many profiles were read."""
        self.number.setText(f"{read.profiles:,}")
        self.of.setText(f"of {profiles(read.of)} read" if read.of else "Getting ready")
        self.bar.set_progress(read.profiles, read.of or None)
        left = (read.of - read.profiles) * 60.0 / self._rate
        self.price.setText(
            f"At most {self._rate:,} a minute: {about(left)} to go."
            if read.of
            else "The account is connected."
        )

    def show_prepared(self, ready: Prepared, why_not_delete: str = "") -> None:
        """What taking back would do. `why_not_delete`: why those whom it created can't be deleted."""
        found = ready.found
        self.reading.hide()
        self.sentence.setText(f"Compared at {clock(ready.at)}. Nothing has been changed yet.")
        numbers = {
            "back": found.back,
            "untouched": len(found.untouched),
            "same": found.same,
            "created": len(found.created),
            "gone": len(found.gone),
        }
        for key, card in self.cards.items():
            card.set_count(numbers[key], _SENTENCES[key] if numbers[key] else "")
        self.counts.show()
        self._show_conflicts(found.conflicts, numbers["untouched"])
        self._show_worth(found)
        self.delete.set_allowed(not why_not_delete, why_not_delete)
        self.back.setText("Leave everything as it is")
        self.go.setText(f"Change {profiles(found.back)} back" + ("…" if self._asks_name else ""))
        reason = "" if found.back else "There is nothing to change back."
        self.go.set_allowed(not reason, reason)
        asks = "PRODUCTION: the account’s name is asked for first." if self._asks_name else ""
        self.reason.setText(reason or asks)

    def _show_conflicts(self, conflicts: Sequence[Conflict], users: int) -> None:
        self.model.set_rows(list(conflicts[:CONFLICTS_SHOWN]))
        more = len(conflicts) - CONFLICTS_SHOWN
        title = said(
            users,
            "1 profile changed by others since the import; it is left alone as a whole",
            "{} profiles changed by others since the import; each is left alone as a whole",
        )
        self.conflicts_title.setText(title + (f" (the first {CONFLICTS_SHOWN:,} values)" if more > 0 else ""))
        self.conflicts.setVisible(bool(conflicts))

    def _show_worth(self, found: Undo) -> None:
        while (item := self._worth.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._created = found.created
        for icon, token, words in worth_knowing(found):
            line = row(IconLabel(self._theme, icon, token), Label(self._theme, words, wrap=True), gap=8)
            line.setStretch(1, 1)
            self._worth.addWidget(boxed(line))
        self.copy.setText("Copy their user IDs")
        self.copy.setVisible(bool(found.created))
        self.delete.setText(f"Delete {_these(len(found.created))}…")
        self.delete.setVisible(bool(found.created))
        self.worth.show()

    def action(self) -> str:
        """What the button says without its dots."""
        return self.go.text().removesuffix("…")

    def lock(self, reason: str) -> None:
        """Take no second press."""
        self.go.set_allowed(False, reason)

    # --- what a person does -----------------------------------------------------------------------------

    @Slot()
    def _press(self) -> None:
        if self.go.isEnabled():
            self.confirmed.emit()

    @Slot()
    def _delete_created(self) -> None:
        self.deletion_wanted.emit(list(self._created))

    @Slot()
    def _copy_created(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._created))
        self.copy.setText(f"{counted(len(self._created), 'user ID')} copied")


def worth_knowing(found: Undo) -> list[tuple[str, str, str]]:
    """What else taking back means: (icon, token, sentence)."""
    told = [("stack", "text2", "This runs as an import of its own, with its own result and receipt.")]
    if found.added:
        names = [f"{name} in {profiles(count)}" for name, count in found.added.most_common(NAMES_SHOWN)]
        more = len(found.added) - NAMES_SHOWN
        listed = ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
        told.append(
            ("plus-circle", "warn", f"New values cannot be removed, only cleared; they stay: {listed}.")
        )
    if found.gone:
        words = said(
            len(found.gone),
            "1 profile was deleted since and stays so.",
            "{} profiles were deleted since and stay so.",
        )
        told.append(("user-minus", "text2", words))
    if found.kept:
        words = said(
            found.kept,
            "Of 1 profile no old values were kept; it stays as the import left it.",
            "Of {} profiles no old values were kept; they stay as the import left them.",
        )
        told.append(("shield-slash", "text2", words))
    if found.created:
        words = said(
            len(found.created),
            "1 profile did not exist before. It stays, unless you delete it.",
            "{} profiles did not exist before. They stay, unless you delete them.",
        )
        told.append(("user-plus", "text2", words))
    return told


def _these(count: int) -> str:
    return "this profile" if count == 1 else f"these {count:,} profiles"


def _columns() -> Sequence[Column[Conflict]]:
    return (
        Column("User ID", lambda each: Cell(each.user_id, role="mono"), 190),
        Column("Field", lambda each: Cell(each.name, role="small"), 150),
        Column("Before", lambda each: _value(each.before), 190),
        Column("Ours", lambda each: _value(each.ours), 190),
        Column("Now", lambda each: _value(each.now, "plain"), 190),
    )


def _value(value: Json, tone: str = "text2") -> Cell:
    text = text_of(value)
    if not text:
        return Cell("not set", role="small", tone="text3")
    return Cell(text, role="small", tone="text" if tone == "plain" else tone)
