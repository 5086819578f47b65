"""The question about one profile: asked once at a time, and told again when the server wants time.

An answer to an older question never comes: `Tasks` drops it.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.accounts import Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Refused, Rejected, SlowDown
from nv_desktop.core.history import History
from nv_desktop.gui.people import calls
from nv_desktop.gui.people.waiting import Countdown
from nv_desktop.gui.tasks import Tasks

KEY = "people.look"
ANSWERED = (NotFound, Refused, Rejected, SlowDown)
"""Errors that the server itself has told: it can be reached."""


class Looking(QObject):
    """`found(Profile)`, then `not_remembered(AppError)` if this computer could not note it; or
    `failed(AppError)`. `online_changed(True)` before them, if the server itself has answered.

    After a SlowDown `waited(seconds left)` each second and `wait_ended()` when it may be asked again.
    """

    found = Signal(object)
    not_remembered = Signal(object)
    failed = Signal(object)
    online_changed = Signal(bool)
    waited = Signal(int)
    wait_ended = Signal()

    def __init__(
        self, tasks: Tasks, history: History, accounts: Accounts, second: int, parent: QObject
    ) -> None:
        """`second` is the length of a second, in milliseconds."""
        super().__init__(parent)
        self._tasks, self._history, self._accounts = tasks, history, accounts
        self._client: Client | None = None
        self.unanswered = ""
        """The user ID that was asked for last, until there is an answer."""
        self._countdown = Countdown(second, self)
        self._countdown.ticked.connect(self.waited)
        self._countdown.over.connect(self.wait_ended)

    def set_client(self, client: Client | None) -> None:
        """Ask with this one from now on; a question to the one before stays without an answer."""
        self._tasks.supersede(KEY)
        self._client = client

    def ask(self, user_id: str) -> bool:
        """Call for one profile; False where there is no connection to ask with."""
        self._countdown.stop()
        self.unanswered = user_id
        if self._client is None:
            return False
        self._tasks.run(
            calls.look_up, self._client, self._history, self._accounts, user_id,
            done=self._take, failed=self._fail, key=KEY, front=True,
        )  # fmt: skip
        return True

    def stop(self) -> None:
        """Nobody wants the answer any more."""
        self._tasks.supersede(KEY)
        self._countdown.stop()
        self.unanswered = ""

    @Slot(object)
    def _take(self, answer: calls.LookedUp) -> None:
        self.unanswered = ""
        if answer.profile is not None or isinstance(answer.error, ANSWERED):
            self.online_changed.emit(True)
        if answer.profile is not None:
            self.found.emit(answer.profile)
        if answer.error is not None and answer.profile is None:
            self._fail(answer.error)
        elif answer.error is not None:
            self.not_remembered.emit(answer.error)

    @Slot(object)
    def _fail(self, error: AppError) -> None:
        self.unanswered = ""
        self.failed.emit(error)
        if isinstance(error, SlowDown):
            self._countdown.begin(max(1, round(error.retry_after or 5)))
