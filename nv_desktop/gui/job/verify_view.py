"""Verify now: the price, the reading back with its progress, and what it showed, in one dialog."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, Stopped
from nv_desktop.core.job import Job, open_job
from nv_desktop.core.job.connections import reading
from nv_desktop.core.job.listing import Listed
from nv_desktop.core.upload.verify import Verified, sample_size, verify
from nv_desktop.gui.job.kinds import words_of
from nv_desktop.gui.job.look import Step
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.table_models import Cell, Column, RowsModel
from nv_desktop.gui.tasks import Task, Tasks
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Button,
    Dialog,
    IconLabel,
    Label,
    ProgressBar,
    Table,
    boxed,
    column,
    plain_header,
    row,
)
from nv_desktop.gui.words import about, counted

TELL_SECONDS = 0.1
_LINES = 7


@dataclass(frozen=True, slots=True)
class Drift:
    """A row that is not as it was sent. `names`: attributes that differ; none where the profile is missing
    (or, of a delete, still there)."""

    number: int
    user_id: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was found, with the users of the rows that differ: for the screen only."""

    found: Verified
    drift: tuple[Drift, ...]


def with_outcome(line: Listed) -> int:
    """Rows that can be read back."""
    return line.confirmed + line.accepted + line.refused + line.unknown


def why_not_verify(line: Listed, account: Account | None) -> str:
    """Why nothing can be read back now; "" when it can."""
    if not with_outcome(line):
        return "No row has an outcome yet"
    if line.running:
        return "It is being sent now"
    if account is None or (line.account or "").casefold() != account.name.casefold():
        return f"Choose the account “{line.account}” first, in the bar above"
    return ""


def read_back(
    path: Path,
    account: Account,
    connect: Callable[[Account], Client],
    report: Callable[[Step], None],
    stop: threading.Event,
) -> ReadBack:
    """`core.upload.verify`, in the background. Raises Stopped and what a look-up raises."""
    told = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            report(Step(done, of))

    job = open_job(path)
    try:
        client = connect(account)
        try:
            found = verify(job, client, time.time, progress=tell, stop=stop)
        finally:
            client.close()
        return ReadBack(found, _named(job, found))
    finally:
        job.close()


def _named(job: Job, found: Verified) -> tuple[Drift, ...]:
    numbers = [number for number, _ in found.drift]
    with reading():
        known = dict(
            job.db.execute(
                "SELECT r.number, l.user_id FROM rows r JOIN ledger l ON l.row = r.id "
                f"WHERE r.number IN ({','.join('?' * len(numbers))})",
                numbers,
            )
        )
    return tuple(Drift(number, known.get(number, ""), names) for number, names in found.drift)


def result_words(found: Verified) -> str:
    """What it showed, in one sentence."""
    if not found.deleting:
        return found.sentence
    looked = sum(found.outcomes[word].read for word in ("confirmed", "accepted") if word in found.outcomes)
    end = f"{len(found.drift):,} still there" if found.drift else "all gone"
    return f"{counted(looked, 'user')} shown as deleted looked up: {end}."


class VerifyDialog(Dialog):
    """Nothing is read before its button is pressed; closing it stops the reading."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        tasks: Tasks,
        connect: Callable[[Account], Client],
        line: Listed,
        account: Account,
        rate: int,
    ) -> None:
        self._tasks, self._connect = tasks, connect
        self._line, self._account = line, account
        self._task: Task | None = None
        words, total = words_of(line), with_outcome(line)
        self._size = sample_size(total)
        self.go = Button(
            theme, f"Read {words.count(self._size)} back", "primary", "arrows-clockwise", name="verify.go"
        )
        self.stop = Button(theme, "Stop", "", "stop", name="verify.stop")
        self.shut = Button(theme, "Close", name="verify.done")
        super().__init__(
            parent, theme, "Verify now", None, self.shut, self.stop, self.go, width=560, name="verify"
        )
        price = (
            f"{self._size:,} of {words.count(total)} are read back, drawn at random from each outcome: "
            f"{counted(self._size, 'call')}, {about(self._size * 60 / rate)} at {rate:,} calls a minute. "
            "Nothing is changed. What it shows goes into the receipt."
        )
        self.price = Label(theme, price, "body", "text2", wrap=True, name="verify.price")
        self.bar = ProgressBar(theme, height=10, words="Rows read back", name="verify.bar")
        self.told = Label(theme, "", "small", "text2", name="verify.told")
        self._running = boxed(column(self.bar, self.told, gap=8))
        self.banner = Banner(theme, name="verify.banner")
        self.body.addWidget(self.price)
        self.body.addWidget(self._running)
        self.body.addWidget(self.banner)
        self.body.addWidget(self._result_box(theme))
        self._running.hide()
        self._result.hide()
        self.stop.hide()
        self.go.clicked.connect(self._begin)
        self.banner.retried.connect(self._begin)
        self.stop.clicked.connect(self._stop)
        self.shut.clicked.connect(self.accept)
        self.go.setDefault(True)
        self.go.setFocus()

    def _result_box(self, theme: Theme) -> QWidget:
        self.icon = IconLabel(theme, "check-circle-fill", "ok")
        self.sentence = Label(theme, "", "strong", wrap=True, name="verify.sentence")
        line = row(self.icon, self.sentence, gap=8)
        line.setStretch(1, 1)
        self.model: RowsModel[Drift] = RowsModel(self._columns(), key=lambda each: each.number, parent=self)
        self.table = Table(
            theme, self.model, name="verify.drift", words="Rows that differ", row_height=28, stretch=2
        )
        plain_header(self.table)
        self._result = boxed(column(line, self.table, gap=10))
        return self._result

    def _columns(self) -> Sequence[Column[Drift]]:
        return (
            Column("Row", lambda each: Cell(f"{each.number:,}", role="small", tone="text2"), 64),
            Column("User ID", lambda each: Cell(each.user_id, role="mono_small"), 180),
            Column("What differs", self._difference, 200),
        )

    def _difference(self, each: Drift) -> Cell:
        gone = "Still there" if self._line.deletes else "There is no such profile"
        return Cell(", ".join(each.names) or gone, role="small", tone="text2")

    @Slot()
    def _begin(self) -> None:
        if self._task is not None:
            return
        self.banner.clear()
        self._result.hide()
        self._show_running(True)
        self._told(Step(0, self._size))
        self._task = self._tasks.run(
            read_back, self._line.path, self._account, self._connect,
            done=self._done, failed=self._failed, progressed=self._told, front=True,
        )  # fmt: skip

    def _show_running(self, on: bool) -> None:
        self._running.setVisible(on)
        self.stop.setVisible(on)
        self.stop.set_allowed(True)
        self.go.setVisible(not on)
        self.fit()

    def fit(self) -> None:
        """As high as what is shown."""
        self._outer.activate()
        self.resize(self.sizeHint())

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.stop.set()
            self.stop.set_allowed(False, "It is being stopped")
            self.told.setText("Stopping; the receipt stays as it was.")

    @Slot(object)
    def _told(self, step: object) -> None:
        if isinstance(step, Step):
            self.bar.set_progress(step.rows, step.of)
            self.told.setText(f"{step.rows:,} of {step.of:,} read back.")

    @Slot(object)
    def _done(self, answer: object) -> None:
        assert isinstance(answer, ReadBack)
        self._task = None
        drift = answer.drift
        self.icon.set_icon(*(("warning-fill", "warn") if drift else ("check-circle-fill", "ok")))
        self.sentence.setText(result_words(answer.found))
        self.model.set_rows(list(drift))
        self.table.setVisible(bool(drift))
        self.table.setFixedHeight(32 + 28 * min(_LINES, len(drift)) + 2)
        self._result.show()
        self.go.setText("Read others back" if self._size < with_outcome(self._line) else "Read them again")
        self._show_running(False)
        self.shut.setFocus()

    @Slot(object)
    def _failed(self, error: object) -> None:
        self._task = None
        if isinstance(error, Stopped):
            self.banner.say("Stopped. The receipt stays as it was.")
        elif isinstance(error, AppError):
            self.banner.show_error(error)
        self._show_running(False)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().hideEvent(event)


def show_verify(
    parent: QWidget,
    theme: Theme,
    tasks: Tasks,
    connect: Callable[[Account], Client],
    line: Listed,
    account: Account,
    rate: int,
) -> None:
    """Open it, and wait until it is closed."""
    dialog = VerifyDialog(parent, theme, tasks, connect, line, account, rate)
    dialog.exec()
    dialog.deleteLater()
