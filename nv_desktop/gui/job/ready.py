"""Before Send: which account, how many rows, what it costs, what stays behind; and the button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QVBoxLayout, QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.learning import MOST
from nv_desktop.core.upload import Safety
from nv_desktop.core.upload.earlier import Compared, Use
from nv_desktop.core.upload.preview import Preview
from nv_desktop.core.upload.safety import share_of
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    CountCard,
    EnvironmentBadge,
    IconLabel,
    Label,
    NumberBox,
    Scroll,
    Surface,
    boxed,
    column,
    count_row,
    page_title,
    row,
    rule,
)
from nv_desktop.gui.words import about, counted, rows, said, said_at

BATCH = 100
TRIAL = 50
TRIAL_MOST = 1_000

SAFETY = {
    Safety.FULL: "Keep all old values",
    Safety.SAMPLE: "Keep a sample of them",
    Safety.NONE: "Keep no old values",
}


def reads(safety: Safety, look: Preview, count: int) -> int:
    """How many profiles are read, about, where `count` rows are sent."""
    return round(count * share_of(safety, look.rows))


def price(safety: Safety, look: Preview, count: int, trial: int | None = None) -> str:
    """The price tag of a choice for all that goes out, in calls and minutes; `trial`: rows that go first."""
    if safety is Safety.NONE:
        return "Costs nothing. The import can’t be taken back."
    number = reads(safety, look, count)
    cost = f"{'About ' if safety is Safety.SAMPLE else ''}{counted(number, 'read')} before the rows go out, "
    cost += f"{about(look.reading(number))}."
    if trial is not None and trial < count:
        cost += f" For the trial {reads(safety, look, trial):,} of them."
    return f"{cost} Only these can be taken back." if safety is Safety.SAMPLE else f"{cost} Full undo."


class ReadyView(QWidget):
    """Step 4 before the first call. `send_wanted()` when a person presses Send, `back_wanted()`."""

    send_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look: Preview | None = None
        self._account: Account | None = None
        self._reason = ""
        self._compared: Compared | None = None
        self._compares = False
        self.setObjectName("job.ready")
        self.setAccessibleName("Before sending")
        self.title = Label(theme, "Send", "page", name="job.ready.title")
        self.sentence = Label(theme, "", "body", "text2", name="job.ready.sentence")
        self.badge = EnvironmentBadge(theme, "sandbox", name="job.ready.environment")
        head = page_title(theme, self.title, self.sentence, self.badge)
        choices = row(self._safety_card(theme), self._begin_card(theme), gap=14)
        choices.setStretch(0, 1)
        choices.setStretch(1, 1)
        inner = column(
            head,
            self._count_card(theme),
            choices,
            self._worth_card(theme),
            None,
            gap=14,
            margins=(24, 20, 24, 16),
        )
        layout = column(Scroll(inner, name="job.ready.scroll"), self._foot(theme), gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _count_card(self, theme: Theme) -> Card:
        self.cards = {
            "send": CountCard(theme, "Will be sent", "paper-plane-tilt", "accent", name="job.ready.send"),
            "left_out": CountCard(theme, "Stay behind", "prohibit", name="job.ready.left_out"),
            "calls": CountCard(theme, "Calls", "stack", name="job.ready.calls"),
            "time": CountCard(theme, "Shortest time", "clock", name="job.ready.time"),
        }
        return Card(theme, "", "", count_row(list(self.cards.values())), margins=(24, 16, 24, 16))

    def _safety_card(self, theme: Theme) -> Card:
        card = Card(theme, "Old values", "shield-check", margins=(24, 14, 24, 18), name="job.safety")
        self._safety = QButtonGroup(self)
        self._keeps: dict[Safety, QRadioButton] = {}
        self._prices: dict[Safety, Label] = {}
        for safety, words in SAFETY.items():
            button = QRadioButton(words)
            button.setObjectName(f"job.safety.{safety}")
            button.setFont(theme.font("medium"))
            button.setChecked(safety is Safety.NONE)
            button.toggled.connect(self._begin_changed)
            self._safety.addButton(button)
            self._keeps[safety] = button
            tag = Label(theme, "", "small", "text2", wrap=True, name=f"job.safety.{safety}.price")
            self._prices[safety] = tag
            card.body.addLayout(column(button, row(28, tag, gap=0), gap=0))
        card.body.addStretch(1)
        return card

    def _begin_card(self, theme: Theme) -> Card:
        card = Card(theme, "How to begin", "flag", margins=(24, 14, 24, 18), name="job.begin")
        self.all = QRadioButton("All rows at once")
        self.some = QRadioButton("A trial run first")
        group = QButtonGroup(self)
        for button, name in ((self.all, "job.begin.all"), (self.some, "job.begin.trial")):
            button.setObjectName(name)
            button.setFont(theme.font("medium"))
            group.addButton(button)
            button.toggled.connect(self._begin_changed)
        self.trial = NumberBox(theme, 1, TRIAL_MOST, TRIAL, name="job.trial", words="Rows of the trial run")
        self.trial.setFixedWidth(90)
        self.trial.valueChanged.connect(self._begin_changed)
        self._all_words = Label(theme, "", "small", "text2", wrap=True)
        self._some_words = Label(
            theme,
            "Only these go out; then it waits, and you look at the profiles before the rest follows.",
            "small",
            "text2",
            wrap=True,
        )
        first = row(self.some, self.trial, Label(theme, "rows", "body", "text2"), None)
        card.body.addLayout(column(self.all, row(28, self._all_words, gap=0), gap=0))
        card.body.addLayout(column(first, row(28, self._some_words, gap=0), gap=2))
        card.body.addWidget(self._unchanged_box(theme))
        card.body.addStretch(1)
        self.all.setChecked(True)
        return card

    def _unchanged_box(self, theme: Theme) -> QWidget:
        self.skip = QCheckBox("Leave out rows that have not changed")
        self.skip.setObjectName("job.unchanged.skip")
        self.skip.setFont(theme.font("medium"))
        self.skip.toggled.connect(self._begin_changed)
        self._skip_words = Label(theme, "", "small", "text2", wrap=True, name="job.unchanged")
        self._unchanged = boxed(column(rule(), self.skip, row(28, self._skip_words, gap=0), gap=4))
        self._unchanged.hide()
        return self._unchanged

    def _worth_card(self, theme: Theme) -> Card:
        self._worth: QVBoxLayout = column(gap=8)
        self.consent = QCheckBox("Send them all the same; these people agreed again")
        self.consent.setObjectName("job.consent.send")
        self.consent.setFont(theme.font("medium"))
        self.consent.toggled.connect(self._begin_changed)
        self._consent_words = Label(theme, "", "body", wrap=True, name="job.consent")
        warning = row(IconLabel(theme, "warning-fill", "warn"), self._consent_words, gap=8)
        warning.setStretch(1, 1)
        self._consent = boxed(column(warning, row(22, self.consent, None, gap=0), gap=4))
        self._consent.hide()
        card = Card(theme, "Good to know", "info", margins=(24, 14, 24, 18), name="job.worth")
        card.body.addLayout(self._worth)
        card.body.addWidget(self._consent)
        return card

    def _foot(self, theme: Theme) -> Surface:
        self.back = Button(theme, "Back", "", "arrow-left", name="job.back", on_click=self.back_wanted.emit)
        self.reason = Label(theme, "", "small", "text2", name="import.send.reason")
        self.send = Button(
            theme, "Send", "primary", "paper-plane-tilt", name="import.send", on_click=self._press
        )
        foot = Surface("foot", row(self.back, None, self.reason, self.send, gap=12, margins=(24, 0, 24, 0)))
        foot.setFixedHeight(60)
        return foot

    # --- what is shown ----------------------------------------------------------------------------------

    def begin(self, safety: Safety, *, skip_unchanged: bool) -> None:
        """Another job: the choices as they usually are."""
        self._look = self._compared = None
        self._compares = False
        self._keeps[safety].setChecked(True)
        self.skip.setChecked(skip_unchanged)
        self.all.setChecked(True)
        self.consent.setChecked(False)
        self._unchanged.hide()

    def show_preview(
        self, look: Preview, account: Account | None, reason: str = "", uses: Sequence[Use] = ()
    ) -> None:
        """What would be sent, and where to. `reason`: why it can't be sent now, "" when it can; `uses`:
        earlier imports of the same file."""
        self._look, self._account, self._reason = look, account, reason
        name = (
            "the sandbox" if account is not None and account.is_sandbox else account.name if account else ""
        )
        self.title.setText(f"Send to {name}" if name else "Send")
        self.badge.setVisible(account is not None)
        if account is not None:
            self.badge.set_environment(account.environment)
        self.trial.setMaximum(max(1, min(TRIAL_MOST, look.send - 1)))
        self.some.setEnabled(look.send > 1)
        self._show_worth(look, uses)
        self._begin_changed()

    def show_comparing(self, done: int, of: int) -> None:
        """How far the comparison with earlier imports is."""
        self._compares, self._compared = True, None
        so_far = f": {done:,} of {rows(of)}" if of else ""
        self._skip_words.setText(f"Being compared with earlier imports{so_far}.")
        self._unchanged.show()
        self._begin_changed()

    def show_compared(self, found: Compared) -> None:
        """The comparison is done; without any row that stands as before there is nothing to choose."""
        self._compares, self._compared = False, found
        self._skip_words.setText(
            f"{rows(found.unchanged)} as confirmed before, {found.differ:,} with other values, "
            f"{found.new:,} never sent from here."
        )
        self._unchanged.setVisible(found.unchanged > 0)
        self._begin_changed()

    def show_not_compared(self, reason: str) -> None:
        """The comparison broke off; rows are compared all the same as they are sent."""
        self._compares, self._compared = True, None
        self._skip_words.setText(f"{reason} They are compared while they are sent.")
        self._begin_changed()

    def _show_counts(self, look: Preview, kept: int, exact: bool, count: int) -> None:
        """Numbers that follow the choices and always add up to the rows of the file. `count`: those of the
        `kept` that go out at first."""
        first, at_most = "", "" if exact else "Up to "
        if count < kept:
            first = f" first, the other {kept - count:,} when you say so" if exact else " first, as a trial"
            at_most = ""
        goes = "goes" if count == 1 and not at_most else "go"
        self.sentence.setText(
            f"{at_most}{count:,} of {rows(look.rows)} {goes} out{first}. Nothing has been sent yet."
        )
        waits = f"first, {kept - count:,} wait" if exact else "first"
        of = waits if count < kept else f"of {rows(look.rows)}" if exact else "at most"
        self.cards["send"].set_count(count, of)
        stopped = look.left_out - look.duplicates
        told = [f"{stopped:,} stopped"] if stopped else []
        told += [counted(look.duplicates, "duplicate")] if look.duplicates else []
        if self.skip.isChecked() and self._compared is not None and self._compared.unchanged:
            told.append(f"{self._compared.unchanged:,} unchanged")
        if look.raised and not self.consent.isChecked():
            told.append(f"{len(look.raised):,} opted out")
        behind = look.rows - look.settled - kept
        self.cards["left_out"].set_count(behind, ", ".join(told) or "no row is left out")
        calls = -(-kept // BATCH)
        self.cards["calls"].set_count(-(-count // BATCH), "100 rows each")
        self._all_words.setText(f"{rows(kept)} in {counted(calls, 'call')}, 100 rows each.")

    def _show_time(self, look: Preview, count: int) -> None:
        """Reading and writing have a limit each and go side by side: the longer one counts."""
        number = reads(self.safety(), look, count)
        writing, reading = count / BATCH * 60.0 / look.rate, look.reading(number)
        seconds = max(writing, reading)
        words = f"reading {number:,} profiles" if reading > writing else f"at {look.rate:,} calls a minute"
        time, less = about(seconds).removeprefix("about "), ""
        if seconds < 60:
            time, less = "1 minute", "or less, "
        card = self.cards["time"]
        card.set_count(0, less + words)
        card.number.setText(time)
        card.number.set_tone("text")
        card.setAccessibleName(f"Shortest time: {time}, {words}")

    def _show_worth(self, look: Preview, uses: Sequence[Use]) -> None:
        while (item := self._worth.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for icon, token, words in worth_knowing(look, uses):
            line = row(IconLabel(self._theme, icon, token), Label(self._theme, words, wrap=True), gap=8)
            line.setStretch(1, 1)
            self._worth.addWidget(boxed(line))
        self._consent.setVisible(bool(look.raised))
        people = "1 person" if len(look.raised) == 1 else f"{len(look.raised):,} people"
        self._consent_words.setText(
            f"{people} who had opted out would be opted in by this file. They are left out."
        )

    @Slot()
    def _begin_changed(self) -> None:
        """The words on the button say what it does."""
        look = self._look
        if look is None:
            return
        kept, exact = self._to_send(look)
        count = min(self.trial.value(), kept) if self.some.isChecked() else kept
        self.trial.setEnabled(self.some.isChecked())
        trial = "Send a trial of" if self.some.isChecked() else "Send" if exact else "Send up to"
        asked = self._account is not None and self._account.environment == "production"
        self.send.setText(f"{trial} {rows(count)}" + ("…" if asked else ""))
        for safety, tag in self._prices.items():
            tag.setText(price(safety, look, kept, count))
        self._show_counts(look, kept, exact, count)
        self._show_time(look, count)
        nothing = (
            "Every row is as it was confirmed before." if look.send else "No row of this file can be sent."
        )
        reason = self._reason or ("" if kept > 0 else nothing)
        self.send.set_allowed(not reason, reason)
        self.reason.setText(reason or ("PRODUCTION: the account’s name is asked for first." if asked else ""))

    def _to_send(self, look: Preview) -> tuple[int, bool]:
        """How many rows go out, and whether that is sure: rows can be left out for two reasons at once, and
        those that have not changed are not counted yet."""
        raised = 0 if self.consent.isChecked() else len(look.raised)
        if not self.skip.isChecked() or not (self._compares or self._compared is not None):
            return look.send - raised, True
        unchanged = self._compared.unchanged if self._compared is not None else 0
        if raised and unchanged:
            return look.send - max(raised, unchanged), False
        return look.send - raised - unchanged, self._compared is not None

    def lock(self, reason: str) -> None:
        """Take no second press until `show_preview` comes again."""
        self._reason = reason
        self.send.set_allowed(False, reason)
        self.reason.setText(reason)

    # --- what was chosen --------------------------------------------------------------------------------

    def trial_rows(self) -> int | None:
        """Rows of the trial run; None for all."""
        return self.trial.value() if self.some.isChecked() else None

    def safety(self) -> Safety:
        """What is kept of the old values."""
        return next(safety for safety, button in self._keeps.items() if button.isChecked())

    def agreed(self) -> bool:
        """Whether rows go out that opt in somebody who is known to have opted out."""
        return self._look is not None and bool(self._look.raised) and self.consent.isChecked()

    def skips_unchanged(self) -> bool:
        """Whether rows that stand as they were confirmed before are left out."""
        return self.skip.isChecked()

    def press_count(self) -> str:
        """What the button says without its dots."""
        return self.send.text().removesuffix("…")

    @Slot()
    def _press(self) -> None:
        if self.send.isEnabled():
            self.send_wanted.emit()


def worth_knowing(look: Preview, uses: Sequence[Use] = ()) -> list[tuple[str, str, str]]:
    """What else is said before Send: (icon, token, sentence)."""
    told = []
    if uses:
        last = uses[0]
        words = f"The same file was sent from here before, the last time {said_at(last.at)}. "
        words += f"Confirmed then: {last.confirmed:,} of {rows(last.rows)}."
        told.append(("copy", "warn", words))
    if look.settled:
        words = said(
            look.settled,
            "1 row has an outcome already; it stays as it is.",
            "{} rows have an outcome already; they stay as they are.",
        )
        told.append(("check-circle-fill", "ok", words))
    if look.duplicates:
        words = said(
            look.duplicates,
            "1 row is a duplicate and stays behind.",
            "{} rows are duplicates and stay behind.",
        )
        told.append(("copy-simple", "text2", words))
    if look.left_out - look.duplicates:
        words = said(
            look.left_out - look.duplicates,
            "1 row stays behind; the result gives its reason.",
            "{} rows stay behind; the result lists each with its reason.",
        )
        told.append(("prohibit", "text2", words))
    if look.warnings:
        words = said(look.warnings, "1 row is sent with a warning.", "{} rows are sent with a warning.")
        told.append(("warning-fill", "warn", words))
    told.append(
        (
            "user-plus",
            "text2",
            "Profiles that exist are updated, others are created. Values that the file lacks stay.",
        )
    )
    if look.send:
        most = f" (the first {MOST:,})" if look.send > MOST else ""
        words = f"Whose rows are confirmed{most} are found here afterwards by name, e-mail or number."
        told.append(("magnifying-glass", "text2", words))
    return told
