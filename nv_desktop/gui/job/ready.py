"""Before Send: which account, how many rows, what it costs, what stays behind; and the button."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QVBoxLayout, QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.upload.preview import SAMPLE, Preview
from nv_desktop.gui.job.wording import about, counted, rows
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
)

TRIAL = 50
TRIAL_MOST = 1_000
NOT_YET = "Not in this version."


@dataclass(frozen=True, slots=True)
class Safety:
    """A choice of what is kept of the old values; `reason`: why it can't be chosen, "" when it can."""

    key: str
    words: str
    reason: str = ""


SAFETY = (
    Safety("none", "Keep no old values"),
    Safety("sample", f"Keep a sample: {SAMPLE:,} profiles", NOT_YET),
    Safety("full", "Keep all old values", NOT_YET),
)


def price(key: str, look: Preview) -> str:
    """The price tag of a choice, in minutes and calls."""
    if key == "none":
        return "Costs nothing. The import can’t be taken back."
    reads = min(SAMPLE, look.send) if key == "sample" else look.send
    cost = f"{reads:,} reads first, {about(look.reading(reads))}."
    return f"{cost} Only these can be taken back." if key == "sample" else f"{cost} Full undo."


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
        self._prices: dict[str, Label] = {}
        for number, choice in enumerate(SAFETY):
            button = QRadioButton(choice.words)
            button.setObjectName(f"job.safety.{choice.key}")
            button.setFont(theme.font("medium"))
            button.setEnabled(not choice.reason)
            button.setChecked(choice.key == "none")
            self._safety.addButton(button, number)
            tag = Label(theme, "", "small", "text2", wrap=True, name=f"job.safety.{choice.key}.price")
            self._prices[choice.key] = tag
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
        card.body.addStretch(1)
        self.all.setChecked(True)
        return card

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

    def show_preview(self, look: Preview, account: Account | None, reason: str = "") -> None:
        """What would be sent, and where to. `reason`: why it can't be sent now, "" when it can."""
        self._look, self._account, self._reason = look, account, reason
        name = (
            "the sandbox" if account is not None and account.is_sandbox else account.name if account else ""
        )
        self.title.setText(f"Send to {name}" if name else "Send")
        self.sentence.setText(f"{look.send:,} of {rows(look.rows)} go out. Nothing has been sent yet.")
        self.badge.setVisible(account is not None)
        if account is not None:
            self.badge.set_environment(account.environment)
        self._show_counts(look)
        for choice in SAFETY:
            tag = price(choice.key, look)
            self._prices[choice.key].setText(f"{tag} {choice.reason}".strip())
        self._all_words.setText(f"{rows(look.send)} in {counted(look.calls, 'call')}, 100 rows each.")
        self.trial.setMaximum(max(1, min(TRIAL_MOST, look.send - 1)))
        self.some.setEnabled(look.send > 1)
        self._show_worth(look)
        self._begin_changed()

    def _show_counts(self, look: Preview) -> None:
        self.cards["send"].set_count(look.send, f"of {rows(look.rows)}")
        behind = look.left_out - look.duplicates
        told = [f"{behind:,} stopped" if behind else "", counted(look.duplicates, "duplicate")]
        said = ", ".join(part for part in told if part and not part.startswith("0"))
        self.cards["left_out"].set_count(look.left_out, said or "no row is left out")
        self.cards["calls"].set_count(look.calls, "100 rows each")
        time, less = about(look.seconds).removeprefix("about "), ""
        if look.seconds < 60:
            time, less = "1 minute", "or less, "
        self.cards["time"].set_count(0, f"{less}at {look.rate:,} calls a minute")
        self.cards["time"].number.setText(time)
        self.cards["time"].number.set_tone("text")
        self.cards["time"].setAccessibleName(f"Shortest time: {time}")

    def _show_worth(self, look: Preview) -> None:
        while (item := self._worth.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for icon, token, words in worth_knowing(look):
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
        kept = look.send - (0 if self.consent.isChecked() else len(look.raised))
        count = min(self.trial.value(), kept) if self.some.isChecked() else kept
        self.trial.setEnabled(self.some.isChecked())
        trial = "Send a trial of" if self.some.isChecked() else "Send"
        asked = self._account is not None and self._account.environment == "production"
        self.send.setText(f"{trial} {rows(count)}" + ("…" if asked else ""))
        reason = self._reason or ("" if kept > 0 else "No row of this file can be sent.")
        self.send.set_allowed(not reason, reason)
        self.reason.setText(reason or ("PRODUCTION: the account’s name is asked for first." if asked else ""))

    def lock(self, reason: str) -> None:
        """Take no second press until `show_preview` comes again."""
        self._reason = reason
        self.send.set_allowed(False, reason)
        self.reason.setText(reason)

    # --- what was chosen --------------------------------------------------------------------------------

    def trial_rows(self) -> int | None:
        """Rows of the trial run; None for all."""
        return self.trial.value() if self.some.isChecked() else None

    def excluded(self) -> tuple[str, ...]:
        """User IDs to be left out: whose consent would be raised."""
        return () if self._look is None or self.consent.isChecked() else self._look.raised

    def press_count(self) -> str:
        """What the button says without its dots."""
        return self.send.text().removesuffix("…")

    @Slot()
    def _press(self) -> None:
        if self.send.isEnabled():
            self.send_wanted.emit()


def worth_knowing(look: Preview) -> list[tuple[str, str, str]]:
    """What else is said before Send: (icon, token, sentence)."""
    told = []
    if look.settled:
        told.append(("check-circle-fill", "ok", f"{rows(look.settled)} have an outcome already; they stay."))
    if look.duplicates:
        told.append(("copy-simple", "text2", f"{rows(look.duplicates)} are duplicates and stay behind."))
    if look.left_out - look.duplicates:
        words = f"{rows(look.left_out - look.duplicates)} stay behind; the result lists each with its reason."
        told.append(("prohibit", "text2", words))
    if look.warnings:
        told.append(("warning-fill", "warn", f"{rows(look.warnings)} are sent with a warning."))
    told.append(
        (
            "user-plus",
            "text2",
            "Profiles that exist are updated, others are created. Values that the file lacks stay.",
        )
    )
    return told
