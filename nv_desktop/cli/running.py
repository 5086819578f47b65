"""Running an upload from the command line: progress, signals, the numbers at the end, the result workbook."""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from nv_desktop.cli import DONE, IN_PART
from nv_desktop.cli.outputs import require_book_place
from nv_desktop.cli.say import COUNTS, Ticker, as_json, aside, counts, duration, line, rows
from nv_desktop.cli.session import Session
from nv_desktop.core.api import Client
from nv_desktop.core.job import Job
from nv_desktop.core.upload import OldUnknown, Progress, Safety, Stage, Upload, UploadOptions
from nv_desktop.core.upload.local import with_local_knowledge
from nv_desktop.core.upload.opening import engine_for
from nv_desktop.core.upload.undo import note_undone


@dataclass(frozen=True)
class Outcome:
    """What became of a run: the last moment of the job, and how long it took (seconds)."""

    job: str
    last: Progress
    seconds: float

    @property
    def code(self) -> int:
        """0 when every row that could be sent is confirmed or accepted."""
        left = self.last.refused + self.last.unknown + self.last.not_sent
        return DONE if left == 0 else IN_PART

    def told(self) -> dict[str, Any]:
        """The part of the JSON object that speaks of sending."""
        numbers = {name: getattr(self.last, name) for name, _ in COUNTS}
        return {
            "job": self.job,
            "state": str(self.last.state),
            **numbers,
            "calls": self.last.calls,
            "seconds": round(self.seconds, 3),
            "reason": self.last.waiting_reason,
        }

    def tell(self, json: bool, told: Mapping[str, Any] | None = None) -> None:
        """The outcome as one object (`told` comes first in it) or in words; why it rests, if it does."""
        say = aside if json else line
        if json:
            as_json({**(told or {}), **self.told()})
        else:
            self._say()
        if self.last.waiting_reason:
            say(self.last.waiting_reason)
        if self.last.state is Stage.ASKING:
            say(f"Nothing is lost. To answer: resume {self.job} --go-on, or with --leave-unknown")
        elif self.last.state is Stage.TRIAL:
            say(f"The trial run has ended. To send the other {rows(self.last.not_sent)}: resume {self.job}")
        elif self.last.state is not Stage.DONE:
            say(f"Nothing is lost. To go on: resume {self.job}")

    def _say(self) -> None:
        line(f"Job {self.job}: {self.last.state}, {self.last.rows:,} rows")
        counts({name: getattr(self.last, name) for name, _ in COUNTS})
        line(f"{self.last.calls:,} call{'' if self.last.calls == 1 else 's'} in {duration(self.seconds)}.")


def run(job: Job, client: Client, session: Session, options: argparse.Namespace) -> Outcome:
    """Send what is left of a job until it is done, stopped by a signal, or has a question."""
    require_report_place(job, options)
    chosen = UploadOptions(
        window=options.window,
        trial=getattr(options, "trial", None),
        attended=False,
        safety=Safety(getattr(options, "safety", None) or job.meta("safety") or Safety.NONE),
        insist=getattr(options, "go_on", False),
        old_unknown=_old_unknown(options),
    )
    job.set_meta("safety", str(chosen.safety))  # a resumed job goes on keeping what it began to keep
    with (
        session.history() as history,
        with_local_knowledge(
            chosen,
            job,
            client.account,
            session.accounts,
            history,
            session.paths.jobs,
            skip_unchanged=getattr(options, "skip_unchanged", None),
            raise_consent=getattr(options, "raise_consent", None),
            exclude=getattr(options, "excluded", None),
        ) as known,
    ):
        note_undone(job)
        return _run(engine_for(job, client, history, known), job.id)


def _old_unknown(options: argparse.Namespace) -> OldUnknown:
    if getattr(options, "go_on", False):
        return OldUnknown.SEND
    return OldUnknown.LEAVE if getattr(options, "leave_unknown", False) else OldUnknown.SETTLE


def _run(upload: Upload, job_id: str) -> Outcome:
    ticker, started = Ticker(), time.monotonic()
    said: set[str] = set()

    def say_why(reason: str) -> None:
        hint = "" if said else f" It goes on by itself; Ctrl+C pauses it, then: resume {job_id}"
        said.add(reason)
        ticker.done()
        aside(reason + hint)

    def show(progress: Progress) -> None:
        if progress.state is Stage.WAITING and progress.waiting_reason not in said:
            say_why(progress.waiting_reason)
        ticker.tick(_moment(progress))

    with _stopping(upload):
        last = upload.run(show)
    ticker.done()
    return Outcome(job_id, last, time.monotonic() - started)


def _moment(progress: Progress) -> str:
    """The line of progress; a pace says nothing while nothing moves."""
    answered = progress.rows - progress.not_sent - progress.skipped - progress.unknown
    unclear = f", {progress.unknown:,} unclear" if progress.unknown else ""
    done = f"{progress.state}: {answered:,} answered{unclear}, {progress.not_sent:,} left"
    if progress.state is Stage.WAITING:
        return f"{done}. {progress.waiting_reason}".rstrip()
    return f"{done}, {progress.rate:,.0f} rows a minute, {duration(progress.seconds_left)}."


@contextmanager
def _stopping(upload: Upload) -> Iterator[None]:
    """Ctrl+C or SIGTERM pauses the upload in good order: what is on its way is awaited, and the window offers
    the job at its next start as it does after a crash."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        aside("Pausing; answers on their way are still taken in.")
        upload.park()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def require_report_place(job: Job, options: argparse.Namespace) -> None:
    """Before anything is called: the result workbook has a place, not that of the file that was imported."""
    source = (job.meta("source") or {}).get("path")
    require_book_place(options.report, [Path(source)] if source else [])


def report(job: Job, options: argparse.Namespace) -> None:
    """Write the result workbook, where one was asked for. Raises BadFile."""
    if options.report is None:
        return
    from nv_desktop.core.report import write_result

    for sentence in write_result(job, options.report):
        aside(sentence)
