"""Pause, go on, stop: said from any thread, heard by the engine at once."""

from __future__ import annotations

from typing import Any

from nv_desktop.core.mailbox import Mailbox
from nv_desktop.core.upload.progress import Stage

WAKE = None  # an event that says nothing but "look again"


class Control:
    """What the person wants now. `held` is why nothing is sent: (stage, sentence), or None."""

    def __init__(self) -> None:
        self.events: Mailbox[Any] = Mailbox()
        self.held: tuple[Stage, str] | None = None
        self.stopping = False

    @property
    def running(self) -> bool:
        return self.held is None and not self.stopping

    def hold(self, stage: Stage, reason: str = "") -> None:
        self.held = (stage, reason)
        self.events.put(WAKE)

    def go_on(self) -> None:
        self.held = None
        self.events.put(WAKE)

    def stop(self) -> None:
        self.stopping = True
        self.events.put(WAKE)
