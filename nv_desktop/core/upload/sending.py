"""One run of the engine: a single thread that decides, and calls that only wait for the network.

Everything durable is written by the thread in `Sending.run`; the calls' threads ask it for the mark before
their first byte and hand it the answer. What it handles together, it commits together.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from nv_desktop.core.answers import BatchAnswer, Kind
from nv_desktop.core.errors import AppError, Unclear
from nv_desktop.core.job.connections import said
from nv_desktop.core.job.ledger import Failpoint, Ledger, Line, Mark, Outcome, State
from nv_desktop.core.upload.backlog import Backlog, Load, Piece
from nv_desktop.core.upload.calls import Flight, Landed, Ready, Settled, Wire
from nv_desktop.core.upload.clock import Clock
from nv_desktop.core.upload.control import Control
from nv_desktop.core.upload.doubt import Doubt
from nv_desktop.core.upload.options import UploadOptions
from nv_desktop.core.upload.outcome import Ruling, as_meant, rule
from nv_desktop.core.upload.pool import Pool
from nv_desktop.core.upload.progress import Progress, Stage, Teller
from nv_desktop.core.upload.tally import Tally
from nv_desktop.core.upload.weather import Weather

TICK = 0.25  # seconds between two looks when nothing happens
ABANDONED = "The job was stopped before the answer came."
PROBLEM = "The call could not be made."
LATE = "A few rows had no clear answer. They are taken up again once the earlier call can no longer count."


class Sending:
    """Sends what the backlog holds until it is empty, held, or stopped. `run` once."""

    def __init__(
        self,
        ledger: Ledger,
        backlog: Backlog,
        wire: Wire,
        options: UploadOptions,
        control: Control,
        clock: Clock,
        teller: Teller,
        failpoint: Failpoint,
        held_for: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._backlog = backlog
        self._wire = wire
        self._options = options
        self._control = control
        self._clock = clock
        self._teller = teller
        self._failpoint = failpoint
        self._held_for = held_for
        self._tally = Tally(ledger.counts(), ledger.calls(), clock.monotonic())
        self._weather = Weather()
        self._doubt = Doubt()
        if options.insist:
            self._doubt.dispel()
        self._pool = Pool(self._fly, options.window)
        self._halt = threading.Event()
        self._flights: set[Flight] = set()
        self._unrecorded: list[Landed] = []  # answers that the disk refused to keep
        self.confirmed_names: set[str] = set()  # attributes that the server confirmed

    def run(self, on_held: Callable[[Stage, str], None]) -> Progress:
        """Blocks. `on_held(stage, sentence)` once all calls have ended whenever the job comes to rest."""
        try:
            return self._loop(on_held)
        finally:
            for flight in self._flights:  # after an error of ours no thread may wait for ever
                flight.halt.set()
                flight.decide(False)
            self._pool.close(2.0)

    def _loop(self, on_held: Callable[[Stage, str], None]) -> Progress:
        resting = False
        while not self._control.stopping:
            if self._control.held is not None:
                self._recall()
                if not self._flights and not resting:
                    resting = True
                    on_held(*self._control.held)
                    if not self._options.attended:
                        self._leave_unrecorded()
                        return self._tell(*self._control.held)
            else:
                if resting:
                    resting = False
                    self._doubt.dispel()
                    on_held(Stage.SENDING, "")
                self._dispatch()
                if not self._flights and not self._unrecorded and self._backlog.next_at() is None:
                    stage = Stage.TRIAL if self._backlog.cut_short else Stage.DONE
                    on_held(stage, "")
                    return self._tell(stage)
            self._handle(self._events())
            if self._teller.due(self._clock.monotonic()):
                self._heed_the_limiter()
                self._tell(*self._stage())
        return self._stop(on_held)

    # --- out ----------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        now = self._clock.monotonic()
        if now < self._weather.resume_at:
            self._recall()
            return
        while len(self._flights) < self._width() and self._control.running:
            load = self._backlog.take(self._clock.monotonic(), self._doubt.elsewhere)
            if load is None:
                return
            if load.unsendable:
                self._set_aside(load)
            if load.records:
                self._depart(load)

    def _width(self) -> int:
        return min(self._weather.width(self._options.window), self._doubt.width(self._options.window))

    def _depart(self, load: Load) -> None:
        if self._halt.is_set():
            self._halt = threading.Event()
        flight = Flight(load.piece, load.records, self._halt, made=self._clock.monotonic())
        self._flights.add(flight)
        self._pool.submit(flight)

    def _set_aside(self, load: Load) -> None:
        """Rows that turned out not to be sendable: skipped, or still unknown where they had been sent."""
        was = load.piece.was
        state = State.SKIPPED if was is State.NOT_SENT else was
        rows = [(row, state, reason) for row, reason in load.unsendable]
        try:
            self._ledger.change(rows, (was,))
        except sqlite3.Error as error:
            self._hold_for_disk(error)
        else:
            self._tally.move(rows, was, self._clock.monotonic())

    def _recall(self) -> None:
        """Calls that still wait for their slot come back unsent."""
        self._halt.set()

    def _fly(self, flight: Flight) -> None:
        """In a thread of the pool. Must not raise: an answer lost here would be a row lost."""

        def ready() -> bool:
            self._control.events.put(Ready(flight))
            flight.decided.wait()
            if flight.allowed:
                self._failpoint("call.before")
            return flight.allowed

        answer: BatchAnswer | Settled | None
        try:
            answer = self._wire.call(flight.records, flight.halt, ready)
        except Exception as error:  # noqa: BLE001 (whatever broke: if it was handed over, it is unknown)
            said_so = str(error) if isinstance(error, AppError) else f"{PROBLEM} ({type(error).__name__})"
            answer = BatchAnswer(Kind.UNCLEAR, message=said_so)
        if answer is not None:
            self._failpoint("call.after")
        self._control.events.put(Landed(flight, answer))

    # --- in -----------------------------------------------------------------------------------------

    def _events(self) -> list[Any]:
        """What happened, waiting until something did or there is something to do."""
        now = self._clock.monotonic()
        wait = TICK
        if self._control.running:
            room = len(self._flights) < self._width()
            next_at = self._backlog.next_at() if room else None
            if next_at is not None:
                wait = min(wait, max(next_at, self._weather.resume_at) - now)
        events = [self._clock.get(self._control.events, max(0.0, wait)), *self._control.events.rest()]
        return [event for event in events if event is not None]

    def _handle(self, events: Sequence[Any]) -> None:
        landed: list[Landed] = []
        asking = []
        for event in events:
            if isinstance(event, Ready):
                asking.append(event.flight)
            elif event.answer is None or not event.flight.batch:
                self._return(event)
            else:
                landed.append(event)
        if landed or self._control.running:  # on a failing disk, what it refused waits for go_on
            landed, self._unrecorded = self._unrecorded + landed, []
        marks = [flight for flight in asking if self._may_leave(flight)]
        for flight in asking:
            if flight not in marks:
                flight.decide(False)
        if marks or landed:
            self._commit(marks, landed)

    def _may_leave(self, flight: Flight) -> bool:
        return (
            self._control.running
            and not flight.halt.is_set()
            and self._clock.monotonic() >= self._weather.resume_at
        )

    def _return(self, event: Landed) -> None:
        """A flight that never left: its rows are what they were."""
        self._flights.discard(event.flight)
        event.flight.piece.not_before = 0.0
        answer = event.answer
        if isinstance(answer, Settled):
            self._settle(event.flight, answer)
            return
        self._backlog.add(event.flight.piece)
        if answer is None:
            return
        # What had to be read first could not be: wait as for any call, or say what is wrong.
        if answer.kind in (Kind.NOT_SENT, Kind.SLOW_DOWN) or isinstance(answer.error, Unclear):
            self._note_weather(event.flight, answer, self._clock.monotonic())
        else:
            self._control.hold(Stage.PAUSED, str(answer.error or answer.message))

    def _settle(self, flight: Flight, settled: Settled) -> None:
        """Rows that need no call get their state; the rest of the piece waits again."""
        piece, was = flight.piece, flight.was
        # A row that may have been written already is not called left out.
        rows = [
            (row, was if state is State.SKIPPED and was is State.UNKNOWN else state, why)
            for row, state, why in settled.rows
        ]
        try:
            self._ledger.change(rows, (was,))
        except sqlite3.Error as error:
            self._backlog.add(piece)
            self._hold_for_disk(error)
            return
        self._tally.move(rows, was, self._clock.monotonic())
        done = {row for row, _, _ in rows}
        over = [record.user_id for record in flight.records if record.row in done]
        piece.rows = [row for row in piece.rows if row not in done]
        piece.users = [record.user_id for record in flight.records if record.row not in done]
        self._backlog.release(over, 0.0)
        if piece.rows:
            self._backlog.add(piece)

    def _commit(self, marks: Sequence[Flight], landed: Sequence[Landed]) -> None:
        """One durable step for all marks and outcomes; only then are calls let go and numbers moved."""
        wall = self._clock.time()
        landed = [_as_meant(event) for event in landed]
        judged = [(event, self._judge(event)) for event in landed]
        try:
            batches = self._ledger.write(
                [Mark(_lines(flight), flight.piece.attempt, wall) for flight in marks],
                [_outcome(event, ruling, wall) for event, ruling in judged],
            )
        except sqlite3.Error as error:
            self._unrecorded = list(landed)
            self._flights.difference_update(event.flight for event in landed)
            for flight in marks:
                flight.decide(False)
            self._hold_for_disk(error)
            return
        now = self._clock.monotonic()
        for flight, batch in zip(marks, batches, strict=True):
            flight.batch, flight.started = batch, now
            self._tally.calls += 1
            flight.decide(True)
        for event, ruling in judged:
            self._land(event, ruling)

    def _judge(self, event: Landed) -> Ruling:
        assert isinstance(event.answer, BatchAnswer)
        flight = event.flight
        return rule(flight.records, flight.was, flight.piece.attempt, event.answer)

    def _land(self, event: Landed, ruling: Ruling) -> None:
        """What follows from a recorded outcome."""
        flight, answer = event.flight, event.answer
        assert isinstance(answer, BatchAnswer)
        self._flights.discard(flight)
        now = self._clock.monotonic()
        self._tally.move(ruling.rows, flight.was, now)
        self._note_weather(flight, answer, now)
        self._doubt.hear(answer, ruling, self._tally[State.NOT_SENT])
        if self._doubt.sentence and self._control.held is None:
            self._control.hold(Stage.ASKING, self._doubt.sentence)
        over = flight.started + self._options.settle  # from then on the call can no longer be applied
        held: set[str] = set()
        for part in ruling.again:
            users = [record.user_id for record in part.records]
            rows = [record.row for record in part.records]
            # While the connection is down, a call is a probe and uses up no attempt.
            attempt = flight.piece.attempt if self._weather.down else part.attempt
            not_before, waited = over if part.late else 0.0, flight.piece.waited + bool(answer.vague)
            self._backlog.add(Piece(rows, part.was, attempt, not_before, users, waited))
            held.update(users)
        settled = [record.user_id for record in flight.records if record.user_id not in held]
        self._backlog.release(settled, over if answer.kind is Kind.UNCLEAR else 0.0)
        self._note_names(flight, ruling)

    def _note_weather(self, flight: Flight, answer: BatchAnswer, now: float) -> None:
        if answer.kind is Kind.NOT_SENT:
            self._weather.offline(answer.message, flight.started or flight.made, now)
        elif answer.kind is Kind.UNCLEAR:
            self._weather.unclear(answer.message, flight.started or flight.made, now, answer.foreign)
        elif answer.kind is Kind.SLOW_DOWN:
            self._weather.slow_down(answer.retry_after, now, answer.vague)
        elif answer.kind is Kind.KEY_REFUSED:
            self._control.hold(Stage.PAUSED, str(answer.error or answer.message))
        else:
            self._weather.fine()

    def _heed_the_limiter(self) -> None:
        """Where all calls wait for a slot because the server asked for quiet (whenever, in whichever window),
        the job waits in sight and says why."""
        if not self._flights or any(flight.batch for flight in self._flights):
            return
        seconds = self._held_for()
        if seconds > 0.0:
            self._weather.slow_down(seconds, self._clock.monotonic())

    def _note_names(self, flight: Flight, ruling: Ruling) -> None:
        done = {row for row, state, _ in ruling.rows if state is State.CONFIRMED}
        for record in flight.records:
            if record.row in done:
                self.confirmed_names.update(record.attributes)

    # --- the end, and what is told ------------------------------------------------------------------

    def _hold_for_disk(self, error: sqlite3.Error) -> None:
        self._control.hold(Stage.PAUSED, f"{said(error)}")

    def _stop(self, on_held: Callable[[Stage, str], None]) -> Progress:
        self._recall()
        end = self._clock.monotonic() + self._options.stop_within
        while self._flights and self._clock.monotonic() < end:
            self._handle(self._events())
        self._abandon([flight for flight in self._flights if flight.batch])
        self._leave_unrecorded()
        on_held(Stage.STOPPED, "")
        return self._tell(Stage.STOPPED)

    def _abandon(self, flights: Sequence[Flight]) -> None:
        """Calls that did not answer in time: unknown. Where that cannot be written, they stand as sending,
        which means the same at the next start."""
        lost = BatchAnswer(Kind.UNCLEAR, message=ABANDONED)
        events = [Landed(flight, lost) for flight in flights]
        if events:
            self._commit((), events)

    def _leave_unrecorded(self) -> None:
        """A last try for answers that the disk refused. Else they stand as sending: shown as unknown, which
        is what they will be at the next start."""
        landed, self._unrecorded = self._unrecorded, []
        if landed:
            self._commit((), landed)
        for event in self._unrecorded:
            rows = [(record.row, State.UNKNOWN, None) for record in event.flight.records]
            self._tally.move(rows, event.flight.was, self._clock.monotonic())

    def _stage(self) -> tuple[Stage, str]:
        if self._control.held is not None:
            return self._control.held
        now = self._clock.monotonic()
        if self._weather.down or now < self._weather.resume_at:
            return Stage.WAITING, self._weather.sentence
        next_at = self._backlog.next_at()
        if not self._flights and next_at is not None and next_at > now:
            return Stage.WAITING, LATE
        return Stage.SENDING, ""

    def _tell(self, stage: Stage, reason: str = "") -> Progress:
        now = self._clock.monotonic()
        tally = self._tally
        rate = tally.rate(now)
        resume = max(self._weather.resume_at, 0.0 if self._flights else self._backlog.next_at() or 0.0)
        left = tally[State.NOT_SENT]
        progress = Progress(
            stage,
            confirmed=tally[State.CONFIRMED],
            accepted=tally[State.ACCEPTED],
            refused=tally[State.REFUSED],
            unknown=tally[State.UNKNOWN],
            not_sent=left,
            skipped=tally[State.SKIPPED],
            sending=sum(len(flight.records) for flight in self._flights if flight.batch),
            calls=tally.calls,
            rate=rate,
            seconds_left=left * 60.0 / rate if rate else None,
            waiting_reason=reason,
            resume_in=max(0.0, resume - now) if stage is Stage.WAITING else None,
            down=self._weather.down,
        )
        self._teller.tell(progress, now)
        return progress


def _as_meant(event: Landed) -> Landed:
    assert isinstance(event.answer, BatchAnswer)
    return replace(event, answer=as_meant(event.answer, event.flight.piece.waited))


def _lines(flight: Flight) -> list[Line]:
    return [Line(record.row, record.user_id, record.hash) for record in flight.records]


def _outcome(event: Landed, ruling: Ruling, wall: float) -> Outcome:
    answer = event.answer
    assert isinstance(answer, BatchAnswer)
    return Outcome(event.flight.batch, ruling.rows, answer.kind.name.lower(), answer.message, wall)
