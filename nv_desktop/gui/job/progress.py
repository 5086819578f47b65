"""While a job runs: counts that add up, the pace, what happened, and the ways to hold it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nv_desktop.core.job.story import Event
from nv_desktop.core.upload import Progress, Stage
from nv_desktop.core.upload.unsettled import ASK
from nv_desktop.gui.job.kinds import DELETE, IMPORT, Words
from nv_desktop.gui.job.run import Run
from nv_desktop.gui.job.speed import SpeedCurve
from nv_desktop.gui.job.wording import kept_sentence, parts, progress_sentence, six
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    CountCard,
    EnvironmentBadge,
    IconLabel,
    Label,
    Notice,
    Scroll,
    StackBar,
    boxed,
    column,
    count_row,
    page_title,
    row,
)
from nv_desktop.gui.words import clock, counted, duration

LEAVE = ASK.rpartition(", ")[2]  # how the question about rows unknown for long ends

EVENT_LOOKS: dict[str, tuple[str, str]] = {
    # kind of event: icon, token
    "began": ("paper-plane-tilt", "accent_t"),
    "refused": ("x-circle-fill", "error"),
    "unknown": ("question-fill", "warn"),
    "split": ("arrow-elbow-down-right", "note"),
    "slow_down": ("arrows-clockwise", "note"),
    "offline": ("wifi-slash", "warn"),
    "key_refused": ("key", "error"),
    "ended": ("check-circle-fill", "ok"),
}

_COUNTS = (
    # key, word, icon, tone
    ("confirmed", "Confirmed", "check-circle-fill", "ok"),
    ("accepted", "Accepted", "check-circle", "note"),
    ("refused", "Refused", "x-circle-fill", "error"),
    ("unknown", "Unknown", "question-fill", "warn"),
    ("not_sent", "Left", "hourglass", "text3"),
)


class ProgressView(QWidget):
    """Step 4 while the job runs. `pause_wanted`, `resume_wanted` (also the answer yes to a question),
    `stop_wanted`, `leave_wanted` (rows that have been unknown for long stay so)."""

    pause_wanted = Signal()
    leave_wanted = Signal()
    resume_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._holding = False
        self._words: Words = IMPORT
        self.setObjectName("job.progress")
        self.setAccessibleName("Sending")
        self.title = Label(theme, "", "page", name="job.title")
        self.sentence = Label(theme, "", "body", "text2", name="job.sentence")
        self.badge = EnvironmentBadge(theme, "sandbox", name="job.environment")
        self.pause = Button(theme, "Pause", "", "pause", name="job.pause", on_click=self._toggle)
        self.stop = Button(
            theme, "Stop…", "danger", "square", name="job.stop", on_click=self.stop_wanted.emit
        )
        head = page_title(theme, self.title, self.sentence, self.badge, self.pause, self.stop)
        self.notice = Notice(theme, "", "warn", name="job.waiting", action="Go on", on_click=self._answer)
        self.leave = Button(
            theme, "Leave them out", "link", name="job.leave", on_click=self.leave_wanted.emit
        )
        self.leave.setFont(theme.font("strong"))
        self.leave.hide()
        notice_row = self.notice.layout()
        if notice_row is not None:
            notice_row.addWidget(self.leave)
        self.notice.hide()
        lower = row(self._speed_card(theme), self._story_card(theme), gap=14)
        lower.setStretch(0, 3)
        lower.setStretch(1, 2)
        self.home = Notice(theme, "", "ok", "house", name="job.home")
        layout = column(
            head, self.notice, self._count_card(theme), lower, self.home, gap=14, margins=(24, 20, 24, 16)
        )
        layout.setStretch(3, 1)
        self.setLayout(layout)

    def _count_card(self, theme: Theme) -> Card:
        self.number = Label(theme, "0", "number", name="job.answered")
        self.of = Label(theme, "", "lead", "text2", name="job.of")
        self.share = Label(theme, "", "page", "text2", name="job.share")
        self.bar = StackBar(theme, name="job.bar")
        self.cards = {key: CountCard(theme, *words, name=f"job.{key}") for key, *words in _COUNTS}
        numbers = row(self.number, self.of, None, self.share, gap=12)
        for label in (self.of, self.share):
            numbers.setAlignment(label, Qt.AlignmentFlag.AlignVCenter)
        counts = count_row(list(self.cards.values()))
        counts.setObjectName("job.counts")
        return Card(
            theme, "", "", numbers, self.bar, 2, counts, gap=12, margins=(24, 14, 24, 18), name="job.numbers"
        )

    def _speed_card(self, theme: Theme) -> Card:
        self.rate = Label(theme, "", "strong", name="job.rate")
        self.limit = Label(theme, "", "small", "text2", name="job.limit")
        self.curve = SpeedCurve(theme)
        card = Card(theme, "Speed", "", extra=boxed(row(self.rate, self.limit)), margins=(24, 14, 24, 14))
        card.body.addWidget(self.curve, 1)
        return card

    def _story_card(self, theme: Theme) -> Card:
        self._events: QVBoxLayout = column(gap=10)
        self._none = Label(theme, "Nothing out of the ordinary so far.", "small", "text2", wrap=True)
        inner = column(self._none, self._events, None, gap=0)
        card = Card(theme, "What happened", "", margins=(24, 14, 14, 14), name="job.story")
        card.body.addWidget(Scroll(inner, name="job.events", words="What happened"), 1)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        return card

    # --- what is shown ----------------------------------------------------------------------------------

    def show_run(self, run: Run, calls_a_minute: float, now: float | None = None) -> None:
        """A moment of a job. `calls_a_minute`: the most that the limit allows."""
        self._words = DELETE if run.wanted.deletes else IMPORT
        rows_a_minute = calls_a_minute * self._words.a_call
        now = time.time() if now is None else now
        stage = run.stage
        self._show_title(run, stage, now)
        self._show_controls(run, stage)
        self._show_waiting(run, stage)
        last = run.last
        if last is None:
            return
        self._show_numbers(run, last)
        moving = stage is Stage.SENDING
        self.rate.setText(
            f"{round(last.rate):,} {self._words.unit}s a minute" if last.rate and moving else ""
        )
        self.limit.setText(f"limit {round(rows_a_minute):,}" if last.rate else "")
        left = last.seconds_left if moving and last.not_sent else None
        highest = max((rate for _, rate in run.samples), default=0.0)
        self.curve.show_samples(run.samples, left, rows_a_minute if highest > rows_a_minute / 8 else 0.0)

    def _show_title(self, run: Run, stage: Stage, now: float) -> None:
        name = run.account.name if not run.account.is_sandbox else "the sandbox"
        title = {Stage.PAUSED: f"Paused: {run.name}", Stage.ASKING: f"A question about {run.name}"}
        self.title.setText(title.get(stage, f"{self._words.going} {name}"))
        if run.is_stopping:
            self.title.setText("Stopping")
        self.badge.set_environment(run.account.environment)
        sentence = progress_sentence(run.last, run.began, now)
        if stage is Stage.PAUSED:
            on_way = run.last.sending if run.last else 0
            sentence = (
                f"The answers for {self._words.count(on_way)} are on their way, and are still taken in."
                if on_way
                else "Nothing is on its way. It goes on from here whenever you like."
            )
        elif run.is_stopping:
            sentence = "The answers that are on their way are taken in first, a few seconds."
        of = run.last.rows - run.last.skipped if run.last is not None and run.keeps_all else None
        self.sentence.setText(sentence + kept_sentence(run.kept, of))

    def _show_controls(self, run: Run, stage: Stage) -> None:
        self._holding = stage in (Stage.PAUSED, Stage.ASKING)
        self.pause.setText("Resume" if self._holding else "Pause")
        self.pause.set_icon("play" if self._holding else "pause")
        self.pause.set_allowed(not run.is_stopping, "It is being stopped")
        self.stop.set_allowed(not run.is_stopping, "It is being stopped")

    def _show_waiting(self, run: Run, stage: Stage) -> None:
        last = run.last
        reason = last.waiting_reason if last is not None else ""
        if not reason or run.is_stopping or stage not in (Stage.WAITING, Stage.PAUSED, Stage.ASKING):
            self.notice.hide()
            return
        if stage is Stage.WAITING and last is not None and last.resume_in:
            reason = f"{reason} Next try in {duration(last.resume_in)}."
        tone = {Stage.WAITING: "warn", Stage.ASKING: "info"}.get(stage, "error")
        self.notice.set(reason, tone)
        asks_unknown = stage is Stage.ASKING and reason.endswith(LEAVE)
        words = {Stage.ASKING: "Go on", Stage.PAUSED: "Try again"}.get(stage, "")
        words = "Send them again" if asks_unknown else words
        self.notice.action.setText(words)
        self.notice.action.setVisible(bool(words))
        self.leave.setVisible(asks_unknown)
        self.notice.show()

    def _show_numbers(self, run: Run, last: Progress) -> None:
        to_send = last.rows - last.skipped
        answered = last.confirmed + last.accepted + last.refused
        self.number.setText(f"{answered:,}")
        first = "; their old values are read first" if run.kept is not None and not answered else ""
        self.of.setText(f"of {self._words.count(to_send)} have an answer{first}")
        self.share.setText(f"{answered * 100 // to_send}%" if to_send else "")
        self.bar.set_parts(parts(six(last), self._words.looks, skipped=False))
        calls = counted(-(-last.not_sent // self._words.a_call), "call")
        sentences = {**self._words.running, "not_sent": f"in {calls}"}
        words = {look.key: look.word for look in self._words.looks.values()} | {"not_sent": "Left"}
        for key, card in self.cards.items():
            card.set_words(words[key])
            card.set_count(getattr(last, key), sentences[key] if getattr(last, key) else "")
        self.home.set(
            f"You can close the window and go home. {self._words.noun} then pauses, and goes on with the "
            f"{self._words.count(last.not_sent)} left when you come back."
            if last.not_sent
            else "You can close the window at any moment; nothing is lost.",
            "ok",
        )

    def show_story(self, events: Sequence[Event]) -> None:
        """The latest events, newest first."""
        while (item := self._events.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._none.setVisible(not events)
        for event in events:
            if event.kind == "began":
                event = replace(event, title=self._words.begun)
            self._events.addWidget(_EventLine(self._theme, event))

    # --- what a person does -----------------------------------------------------------------------------

    @Slot()
    def _toggle(self) -> None:
        (self.resume_wanted if self._holding else self.pause_wanted).emit()

    @Slot()
    def _answer(self) -> None:
        self.resume_wanted.emit()


class _EventLine(QWidget):
    """Time, icon, what happened, and a second line."""

    def __init__(self, theme: Theme, event: Event) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self.setAccessibleName(f"{clock(event.at)}: {event.title}. {event.detail}")
        at = Label(theme, clock(event.at)[-5:], "second", "text2")
        at.setFixedWidth(36)
        icon, token = EVENT_LOOKS.get(event.kind, ("info", "note"))
        title = Label(theme, event.title, "medium", wrap=True)
        words = column(title, gap=1)
        if event.detail:
            words.addWidget(Label(theme, event.detail, "small", "text2", wrap=True))
        layout = row(at, IconLabel(theme, icon, token, 14), words, gap=8)
        layout.setStretch(2, 1)
        for number in (0, 1):
            item = layout.itemAt(number)
            if item is not None:
                item.setAlignment(Qt.AlignmentFlag.AlignTop)
        at.setContentsMargins(0, 2, 0, 0)
        self.setLayout(layout)
