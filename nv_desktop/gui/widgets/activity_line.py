"""The line at the bottom: each running job with its progress, else what happened last."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.buttons import Button
from nv_desktop.gui.widgets.frames import Surface
from nv_desktop.gui.widgets.layout import row
from nv_desktop.gui.widgets.meters import ProgressBar
from nv_desktop.gui.widgets.text import ElidedLabel, IconLabel
from nv_desktop.gui.words import duration

HEIGHT = 36


@dataclass(frozen=True, slots=True)
class Activity:
    """A job as the line shows it. `rows_a_minute` and `seconds_left` are None while nobody knows.

    `state`: "running", "paused", "waiting" (offline, or asked to slow down). `note` is a sentence that
    stands in place of the numbers ("Waits for the connection"). `unit`: what is counted.
    """

    id: str
    name: str
    done: int
    total: int
    rows_a_minute: int | None = None
    seconds_left: float | None = None
    state: str = "running"
    note: str = ""
    unit: str = "rows"

    def sentence(self) -> str:
        parts = [f"{self.done:,} of {self.total:,} {self.unit}"]
        if self.note:
            parts.append(self.note)
        elif self.state == "paused":
            parts.append("paused")
        else:
            if self.rows_a_minute is not None:
                parts.append(f"{self.rows_a_minute:,} a minute")
            if self.seconds_left is not None:
                parts.append(f"{duration(self.seconds_left)} left")
        return ", ".join(parts)


class ActivityLine(QWidget):
    """`pause_requested(id)`, `resume_requested(id)`, `job_opened(id)`, `keys_wanted()`."""

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    job_opened = Signal(str)
    keys_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("activity")
        self.setAccessibleName("Activity")
        self._lines: dict[str, _JobLine] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._icon = IconLabel(theme, "check-circle", "ok", 15, "Status")
        self.status = ElidedLabel(theme, "", "small", "text2", name="activity.status")
        self.keys = Button(theme, "F1  Keyboard", "quiet", size="small", name="activity.keys")
        self.keys.setAccessibleName("Keyboard sheet, F1")
        self.keys.clicked.connect(self.keys_wanted)
        line = row(self._icon, self.status, self.keys, gap=10, margins=(24, 0, 16, 0))
        line.setStretch(1, 1)
        self._idle = Surface("foot", line)
        self._idle.setFixedHeight(HEIGHT)
        self._column.addWidget(self._idle)
        self.set_status("Ready.")

    def set_status(self, sentence: str, tone: str = "ok") -> None:
        """What happened last, shown while nothing runs. Tones: ok, warn, error."""
        icon = {"ok": "check-circle", "warn": "warning-fill", "error": "warning-circle-fill"}[tone]
        self._icon.set_icon(icon, tone)
        self.status.setText(sentence)

    def set_job(self, activity: Activity) -> None:
        """Show a job or bring its line up to date."""
        line = self._lines.get(activity.id)
        if line is None:
            line = self._lines[activity.id] = _JobLine(self._theme, activity.id)
            line.pause_requested.connect(self.pause_requested)
            line.resume_requested.connect(self.resume_requested)
            line.opened.connect(self.job_opened)
            self._column.insertWidget(len(self._lines) - 1, line)
        line.show_activity(activity)
        self._idle.hide()

    def remove_job(self, job_id: str) -> None:
        line = self._lines.pop(job_id, None)
        if line is not None:
            line.hide()
            self._column.removeWidget(line)
            line.deleteLater()
        self._idle.setVisible(not self._lines)

    def jobs(self) -> tuple[str, ...]:
        return tuple(self._lines)


class _JobLine(Surface):
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    opened = Signal(str)

    def __init__(self, theme: Theme, job_id: str) -> None:
        super().__init__("foot", name=f"activity.{job_id}")
        self._id = job_id
        self._paused = False
        self.setFixedHeight(HEIGHT)
        self._icon = IconLabel(theme, "paper-plane-tilt", "accent_t", 15, "Job")
        self.name = Button(
            theme, "", "quiet", size="small", name=f"activity.{job_id}.open", on_click=self._open
        )
        self.name.setFont(theme.font("head"))
        self.bar = ProgressBar(theme, name=f"activity.{job_id}.progress")
        self.bar.setFixedWidth(180)
        self.sentence = ElidedLabel(theme, "", "small", "text2", name=f"activity.{job_id}.text")
        self.pause = Button(
            theme,
            "Pause",
            "quiet",
            "pause",
            size="small",
            name=f"activity.{job_id}.pause",
            on_click=self._toggle,
        )
        line = row(self._icon, self.name, self.bar, self.sentence, self.pause, gap=10, margins=(24, 0, 20, 0))
        line.setStretch(3, 1)
        self.setLayout(line)

    def show_activity(self, activity: Activity) -> None:
        self._paused = activity.state == "paused"
        icon, token, fill = {
            "running": ("paper-plane-tilt", "accent_t", "accent"),
            "paused": ("pause", "text2", "note_fill"),
            "waiting": ("hourglass", "warn", "warn_fill"),
        }[activity.state]
        self._icon.set_icon(icon, token)
        self.name.setText(activity.name)
        self.name.setAccessibleName(f"Open {activity.name}")
        self.bar.set_progress(activity.done, activity.total, fill)
        self.sentence.setText(activity.sentence())
        self.pause.setText("Resume" if self._paused else "Pause")
        self.pause.set_icon("play" if self._paused else "pause")
        self.pause.setAccessibleName(f"{self.pause.text()} {activity.name}")

    @Slot()
    def _toggle(self) -> None:
        (self.resume_requested if self._paused else self.pause_requested).emit(self._id)

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self._id)
