"""Where the engine meets the client: wait for the limit, then let the engine mark the batch, then call.

The order is slot → durable mark → bytes. A slot can take minutes to come; marked first, every waiting row
would be unknown after a crash although nothing of it had left. And a mark after the first byte could be
missing after a crash. So the mark comes at the last moment before the bytes, while the slot is held.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nv_desktop.core.accounts import Account
from nv_desktop.core.answers import BatchAnswer
from nv_desktop.core.errors import Stopped
from nv_desktop.core.fields import Json
from nv_desktop.core.job.ledger import State
from nv_desktop.core.profile import Profile
from nv_desktop.core.upload.backlog import Piece
from nv_desktop.core.upload.record import Record


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows whose outcome is known without a call: (row, state, reason). The others are taken up again."""

    rows: Sequence[tuple[int, State, str | None]]


class Wire(Protocol):
    """Makes one call for a batch. Thread-safe."""

    def call(
        self, records: Sequence[Record], halt: threading.Event, ready: Callable[[], bool]
    ) -> BatchAnswer | Settled | None:
        """Wait for the limit until `halt`, then ask `ready`, then call.

        None: nothing was sent. Settled: nothing was sent, and for some rows nothing has to be.
        """
        ...


class Looker(Protocol):
    """What reading profiles needs of `core.api.Client`."""

    def get_profile(
        self,
        user_id: str,
        front: bool = True,
        stop: threading.Event | None = None,
        rank: int = 0,
    ) -> Profile: ...


class Sender(Looker, Protocol):
    """What the engine needs of `core.api.Client`."""

    @property
    def account(self) -> Account: ...
    def held_for(self) -> float:
        """Seconds for which the server has asked for quiet, whoever it told."""
        ...

    def send_batch(
        self,
        records: Sequence[Mapping[str, Json]],
        *,
        stop: threading.Event | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> BatchAnswer:
        """Raises Stopped when `stop` came or `ready` said no: nothing was sent then."""
        ...


class Batches:
    """The wire of an upload: one `user/create` for each batch."""

    def __init__(self, client: Sender) -> None:
        self._client = client

    def call(
        self, records: Sequence[Record], halt: threading.Event, ready: Callable[[], bool]
    ) -> BatchAnswer | None:
        try:
            return self._client.send_batch([record.wire for record in records], stop=halt, ready=ready)
        except Stopped:
            return None


def identity(account: Account) -> dict[str, Json]:
    """By what an account is known again in a job document; never its key."""
    return {
        "name": account.name,
        "environment": account.environment,
        "brand_id": account.brand_id,
        "host": "" if account.is_sandbox else account.host,  # the sandbox has another port each time
    }


@dataclass(eq=False)
class Flight:
    """One batch between the backlog and its answer. `allowed` is final once `decided` is set."""

    piece: Piece
    records: list[Record]
    halt: threading.Event
    decided: threading.Event = field(default_factory=threading.Event)
    allowed: bool = False
    batch: int = 0
    made: float = 0.0  # monotonic, like `started`: when the first byte could leave
    started: float = 0.0

    @property
    def was(self) -> State:
        return self.piece.was

    def decide(self, allowed: bool) -> None:
        self.allowed = allowed
        self.decided.set()


@dataclass(frozen=True, slots=True)
class Ready:
    """A flight has its slot and asks for its mark."""

    flight: Flight


@dataclass(frozen=True, slots=True)
class Landed:
    """A flight is over. `answer` None or Settled: it never left."""

    flight: Flight
    answer: BatchAnswer | Settled | None
