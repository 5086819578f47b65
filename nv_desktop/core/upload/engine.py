"""The upload of one job: takes the document as it stands and sends what is left, ready to be cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.fields import FIELDS, Json
from nv_desktop.core.job.ledger import Failpoint, Ledger, State, no_failpoint
from nv_desktop.core.upload.backlog import BATCH, Backlog, Fetch
from nv_desktop.core.upload.calls import Batches, Sender, Wire, identity
from nv_desktop.core.upload.clock import Clock, SystemClock
from nv_desktop.core.upload.control import Control
from nv_desktop.core.upload.guarding import Unmoved
from nv_desktop.core.upload.options import IMPORT, KIND, UploadOptions
from nv_desktop.core.upload.progress import Progress, Stage, Teller
from nv_desktop.core.upload.safety import Safely, Snapshots, share_of
from nv_desktop.core.upload.sending import Sending
from nv_desktop.core.upload.source import ConvertedLike, Source
from nv_desktop.core.upload.unsettled import Plan, plan, read_back, unless_changed

_AT_ONCE = 1000
_TRIAL_UNTIL = "trial_until"  # in the document: rows that may have gone out when the trial run ends

_STAGES: Mapping[Stage, str] = {  # how the document names where a job stands
    Stage.SENDING: "sending",
    Stage.PAUSED: "paused",
    Stage.ASKING: "paused",
    Stage.TRIAL: "trial",
    Stage.STOPPED: "stopped",
    Stage.DONE: "done",
}


class UploadJob(Protocol):
    """What the engine needs of a job document (`core.job.Job`)."""

    path: Path

    def lock(self) -> AbstractContextManager[Any]: ...
    def meta(self, key: str, default: Json = None) -> Json: ...
    def set_meta(self, key: str, value: Json) -> None: ...
    def iter_converted(self, ids: Iterable[int]) -> Iterable[tuple[int, int, ConvertedLike]]: ...
    def mapping(self) -> Any: ...


class Upload:
    """`run` blocks until the job is done or comes to rest; pause, go_on and stop come from any thread.

    Raises (from `run`) Busy when another engine holds the job, Rejected when the job belongs to another
    account, sqlite3.Error or AppError when the document cannot be written at the start. Whatever happens
    later is a Progress: its `state` and, in one sentence, `waiting_reason`.
    """

    kind = IMPORT  # what the document's rows are for
    batch = BATCH  # rows of one call

    def __init__(
        self,
        job: UploadJob,
        client: Sender,
        *,
        options: UploadOptions | None = None,
        clock: Clock | None = None,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._job = job
        self._client = client
        self._options = options or UploadOptions()
        self._clock = clock or SystemClock()
        self._failpoint = failpoint
        self._control = Control()
        self._parked = False

    def pause(self) -> None:
        """No new call from now on; answers on their way are still taken in."""
        self._control.hold(Stage.PAUSED)

    def go_on(self) -> None:
        """End a pause, or answer a question with yes."""
        self._control.go_on()

    def stop(self) -> None:
        """No new call; `run` returns when the answers are in, at the latest after `options.stop_within`."""
        self._control.stop()

    def park(self) -> None:
        """As `stop`, but the job stands as paused: it is offered for resuming at the next start."""
        self._parked = True
        self._control.stop()

    def run(self, progress: Callable[[Progress], None] = lambda _: None) -> Progress:
        """Send what is left. `progress` is called in this thread, every 100 ms at most, and at the end."""
        with self._job.lock():
            self._claim()
            ledger = Ledger(self._job, self._failpoint)
            try:
                return self._run(ledger, progress)
            finally:
                self._control.held = None
                ledger.close()

    def _run(self, ledger: Ledger, progress: Callable[[Progress], None]) -> Progress:
        chosen = self._options
        source = Source(self._job, chosen.exclude, chosen.unchanged, chosen.consent)
        progress(Progress.at_rest(Stage.PREPARING, ledger.counts()))
        ledger.begin()
        ledger.recover()
        _take_up_mended(ledger, source)
        fresh_limit = self._fresh_limit(ledger)
        self._note_stage(Stage.SENDING, "")
        now = self._clock.monotonic()
        unknown = self._plan(ledger, now)
        read_back(ledger, source, unknown.old, self._attributes_of, lambda: self._control.running)
        backlog = Backlog(
            ledger.not_sent, self._again(source, ledger), fresh_limit, source.fetch_fresh, self.batch
        )
        for part in (*unknown.parts, *unknown.asked):
            backlog.add(part)
        if unknown.question:
            self._control.hold(Stage.ASKING, unknown.question)
        snapshots = Snapshots(self._job)
        sending = Sending(
            ledger,
            backlog,
            self._wire(snapshots, ledger),
            self._options,
            self._control,
            self._clock,
            Teller(progress),
            self._failpoint,
            self._client.held_for,
        )
        try:
            last = sending.run(self._note_stage)
            return replace(last, state=self._resting(last.state))
        finally:
            snapshots.close()
            self._tell_types(sending.confirmed_names)

    def _fresh_limit(self, ledger: Ledger) -> int | None:
        """How many rows may go out for the first time in this run; None for all.

        A trial run that was broken off goes on to its rows; one that has ended goes on with the rest.
        """
        counts = ledger.counts()
        gone = counts.rows - counts.not_sent - counts.skipped
        if self._options.trial is not None:
            self._job.set_meta(_TRIAL_UNTIL, gone + self._options.trial)
        elif self._job.meta("stage") in (_STAGES[Stage.TRIAL], _STAGES[Stage.DONE]):
            self._job.set_meta(_TRIAL_UNTIL, None)
        until = self._job.meta(_TRIAL_UNTIL)
        return max(0, until - gone) if isinstance(until, int) else None

    def _plan(self, ledger: Ledger, now: float) -> Plan:
        """What to do with rows of unknown outcome."""
        return plan(ledger, self._options, self._clock.time(), now)

    def _again(self, source: Source, ledger: Ledger) -> Fetch:
        """How rows are read that go out again."""
        return unless_changed(source.fetch, ledger, self._options.changed_by_hand)

    def _wire(self, snapshots: Snapshots, ledger: Ledger) -> Wire:
        wire: Wire = Batches(self._client)
        if (self._job.meta("source") or {}).get("undoes"):
            wire = Unmoved(wire, self._client, snapshots, self._clock.time)
        share = share_of(self._options.safety, ledger.counts().rows)
        if share == 0.0:
            return wire
        return Safely(
            wire, self._client, snapshots, self._clock.time, share, self._options.consent, self._failpoint
        )

    def _claim(self) -> None:
        """A job belongs to the account it was first sent with. Raises Rejected."""
        if self._job.meta(KIND, IMPORT) != self.kind:
            raise Rejected("The rows of this list are not an import.", "Open it from History.")
        mine = identity(self._client.account)
        owner = self._job.meta("sent_with")
        if owner is None:
            self._job.set_meta("sent_with", mine)
        elif any(owner.get(name) != mine[name] for name in ("brand_id", "host")):
            raise Rejected(
                f"This import was begun with another account, “{owner.get('name', '')}”.",
                "Choose that one, or import the file again for this one.",
            )

    def _attributes_of(self, user_id: str) -> Mapping[str, Json]:
        return self._client.get_profile(user_id, front=False).attributes

    def _resting(self, stage: Stage) -> Stage:
        return Stage.PAUSED if self._parked and stage is Stage.STOPPED else stage

    def _note_stage(self, stage: Stage, reason: str) -> None:
        self._failpoint("stage.before")
        try:
            self._job.set_meta("stage", _STAGES[self._resting(stage)])
            self._job.set_meta("stage_reason", reason)
        except AppError:
            # A full disk: the run's own sentence tells it, and a job that stands as sending while nobody
            # holds its lock is offered for resuming just the same.
            return
        self._failpoint("stage.after")

    def _tell_types(self, names: set[str]) -> None:
        columns = self._job.mapping().columns if names else ()
        types = {
            column.target: str(column.type)
            for column in columns
            if column.target in names and column.target not in FIELDS and column.type is not None
        }
        if types:
            self._options.types_used(types)


def _take_up_mended(ledger: Ledger, source: Source) -> None:
    """Refused rows that were edited since go out again; the others keep their refusal."""
    if not ledger.edited():
        return
    hashes = ledger.hashes(State.REFUSED)
    rows = list(hashes)
    for start in range(0, len(rows), _AT_ONCE):
        records, _ = source.fetch(rows[start : start + _AT_ONCE])
        mended = [record.row for record in records if record.hash != hashes[record.row]]
        if mended:
            ledger.again(State.REFUSED, mended)
