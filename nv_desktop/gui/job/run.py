"""One upload as the window sees it: how it shall be sent, where it stands, what a person wishes of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Account
from nv_desktop.core.upload import OldUnknown, Progress, Safety, Stage, Upload
from nv_desktop.gui.widgets.activity_line import Activity

SAMPLE_SECONDS = 1.0
MOST_SAMPLES = 4_000
RESTING = frozenset({Stage.PAUSED, Stage.ASKING})
WAITING = "Waits for its turn to begin"

Wish = Literal["", "pause", "stop", "park"]
_LAST = ("stop", "park")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a job shall be sent. None: as the document says, from the run before.

    `trial`: only so many rows. `safety`: what is kept of the old values. `skip_unchanged`: leave out rows
    that were confirmed before as they are now. `raise_consent`: send rows that opt in somebody who had opted
    out. `exclude`: user IDs that are left out. `old_unknown`: the answer about rows unknown for over a day.
    `deletes`: a person confirmed that this list of users is deleted; `keep`: their profiles go on the shelf
    first.
    """

    trial: int | None = None
    safety: Safety | None = None
    skip_unchanged: bool | None = None
    raise_consent: bool | None = None
    exclude: Collection[str] | None = None
    old_unknown: OldUnknown = OldUnknown.SETTLE
    deletes: bool = False
    keep: bool | None = None

    def again(self) -> Wanted:
        """For a new start of the same run: what the document keeps is not said twice."""
        return replace(self, safety=None, skip_unchanged=None, raise_consent=None, exclude=None, keep=None)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the upload's thread tells: the numbers, and how many old values are kept (None: none)."""

    progress: Progress
    kept: int | None = None
    keeps_all: bool = False


class Run(QObject):
    """One upload: what it told last, and its pace so far as (seconds since 1970, rows a minute).

    `kept`: profiles whose old values are kept so far, None where none are; `keeps_all`: of every row.

    `progressed(Progress)`, `ended(Progress)`, `failed(AppError)`; main thread only.
    """

    progressed = Signal(object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, path: Path, name: str, account: Account, wanted: Wanted, parent: QObject) -> None:
        super().__init__(parent)
        self.path, self.name, self.account, self.wanted = path, name, account, wanted
        self.id = path.stem
        self.began = time.time()
        self.last: Progress | None = None
        self.samples: deque[tuple[float, float]] = deque(maxlen=MOST_SAMPLES)
        self.kept: int | None = None
        self.keeps_all = False
        self.upload: Upload | None = None
        self.starts_again = False
        self._wish: Wish = ""

    @property
    def stage(self) -> Stage:
        """Where it stands; a pause or stop that was asked for shows at once."""
        if self._wish == "pause" and (self.last is None or self.last.state not in RESTING):
            return Stage.PAUSED
        return self.last.state if self.last is not None else Stage.PREPARING

    @property
    def is_stopping(self) -> bool:
        return self._wish in _LAST

    def pause(self) -> None:
        self._wish_for("pause")

    def go_on(self) -> None:
        self._wish_for("")

    def stop(self) -> None:
        self._wish_for("stop")

    def park(self) -> None:
        """End, but stand as paused, so that the next start offers to resume."""
        self._wish_for("park")

    def begin_again(self) -> None:
        """End, and be started anew: with the key that is kept now, and a disk that has room again."""
        self.starts_again = True
        self.park()

    def obey(self, upload: Upload) -> None:
        """In the upload's thread, once it exists: what was asked for meanwhile."""
        self.upload = upload
        if self._wish:
            getattr(upload, self._wish)()

    def _wish_for(self, wish: Wish) -> None:
        if self._wish in _LAST:
            return
        self._wish = wish
        if self.upload is not None:
            getattr(self.upload, wish or "go_on")()

    @Slot(object)
    def take_moment(self, moment: object) -> None:
        assert isinstance(moment, Moment)
        progress = moment.progress
        self.last, self.kept, self.keeps_all = progress, moment.kept, moment.keeps_all
        now = time.time()
        if not self.samples or now - self.samples[-1][0] >= SAMPLE_SECONDS:
            self.samples.append((now, progress.rate if progress.state is Stage.SENDING else 0.0))
        self.progressed.emit(progress)

    @Slot(object)
    def take_end(self, last: object) -> None:
        assert isinstance(last, Progress)
        self.last = last
        self.ended.emit(last)

    @Slot(object)
    def take_failure(self, error: object) -> None:
        self.failed.emit(error)

    def activity(self) -> Activity:
        """The job as the line at the bottom shows it."""
        last, stage = self.last, self.stage
        if last is None:
            return Activity(self.id, self.name, 0, 0, note=WAITING)
        total = last.rows - last.skipped
        done = total - last.not_sent - last.unknown
        state = {Stage.PAUSED: "paused", Stage.ASKING: "paused", Stage.WAITING: "waiting"}.get(
            stage, "running"
        )
        note = ""
        if stage is Stage.ASKING:
            note = "has a question for you"
        elif stage in (Stage.WAITING, Stage.PAUSED) and last.waiting_reason:
            note = last.waiting_reason.rstrip(".")
        rate = round(last.rate) if last.rate else None
        unit = "users" if self.wanted.deletes else "rows"
        return Activity(self.id, self.name, done, total, rate, last.seconds_left, state, note, unit)
