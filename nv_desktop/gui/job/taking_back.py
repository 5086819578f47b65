"""Taking the import in sight back: read again, compared, shown, and sent as a job of its own."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.upload import Safety
from nv_desktop.gui.job.asking import may_send, why_not, why_not_delete
from nv_desktop.gui.job.look import Look
from nv_desktop.gui.job.result import why_not_undo
from nv_desktop.gui.job.undo_view import UndoView
from nv_desktop.gui.job.undoing import Prepared, Read, Undoing
from nv_desktop.gui.running import RunningJobs, Wanted
from nv_desktop.gui.theme import Theme

FRESH_SECONDS = 900.0  # how long a comparison before an undo holds
CANNOT = "This import cannot be taken back now."


class TakingBack(QObject):
    """`shown()` when its view is to be seen, `left()` when everything shall stay as it is, `refused(sentence,
    reason)`, `started(Path)` the job that takes it back, `deletion_wanted(user IDs, name)` of those whom the
    import created."""

    shown = Signal()
    left = Signal()
    refused = Signal(str, str)
    started = Signal(object)
    deletion_wanted = Signal(object, str)

    def __init__(
        self, theme: Theme, undoing: Undoing, running: RunningJobs, view: UndoView, widget: QWidget
    ) -> None:
        super().__init__(widget)
        self._theme, self._undoing, self._running = theme, undoing, running
        self._view, self._widget = view, widget
        self._look: Look | None = None
        self._account: Account | None = None
        self._rate = 1
        self._asking = False
        view.left.connect(self.leave)
        view.confirmed.connect(self._take_back)
        view.deletion_wanted.connect(self._delete_created)
        undoing.read.connect(self._read)
        undoing.prepared.connect(self._prepared)

    def begin(self, look: Look, account: Account, reason: str, rate: int, sentence: str = "") -> None:
        """Read what the import wrote. `reason`: why nothing can be sent now; `rate`: look-ups a minute;
        `sentence`: why it is read again."""
        if self._undoing.is_reading:
            return
        reason = why_not_undo(look.line) or reason
        if reason:
            self.refused.emit(CANNOT, reason)
            return
        self._look, self._account, self._rate = look, account, rate
        self._view.show_reading(look.line, account, rate, sentence)
        self.shown.emit()
        self._undoing.begin(look.line, account)

    def use(self, account: Account | None) -> None:
        """Another account is in use from now on; what was compared belongs to the import's own."""
        self._account = account

    def _why_not(self, look: Look) -> str:
        here = self._running.is_running(look.line.id)
        return why_not(look.line, look.checked_for, self._account, here)

    @Slot()
    def leave(self) -> None:
        """Everything stays as it is."""
        self._undoing.put_away()
        self.left.emit()

    @Slot(object)
    def _read(self, read: object) -> None:
        if isinstance(read, Read):
            self._view.show_read(read)

    @Slot(object)
    def _prepared(self, ready: object) -> None:
        assert isinstance(ready, Prepared)
        if self._look is not None and ready.of == self._look.line.path:
            self._view.show_prepared(ready, why_not_delete(self._account))

    @Slot()
    def _take_back(self) -> None:
        """What was compared is sent, as a job of its own; a comparison that has aged is made anew."""
        look, account, ready = self._look, self._account, self._undoing.ready
        if look is None or account is None or ready is None or ready.path is None or self._asking:
            return
        reason = self._why_not(look)
        if reason:
            self.refused.emit(CANNOT, reason)
            return
        if time.time() - ready.at > FRESH_SECONDS:
            self.begin(
                look, account, "", self._rate, "The comparison had aged, so the profiles are read again."
            )
            return
        self._asking = True
        try:
            agreed = may_send(self._widget.window(), self._theme, account, self._view.action())
        finally:
            self._asking = False
        if not agreed or self._undoing.take() is None:
            return
        self._view.lock("Changing back has begun.")
        wanted = Wanted(safety=Safety.NONE, skip_unchanged=False)
        self._running.start(ready.path, f"Undo of {look.line.file}", account, wanted)
        self.started.emit(ready.path)

    @Slot(object)
    def _delete_created(self, user_ids: object) -> None:
        reason = self._why_not(self._look) if self._look is not None else ""
        if reason:
            self.refused.emit("Nobody was deleted.", reason)
        elif self._look is not None:
            self.deletion_wanted.emit(user_ids, f"Created by {self._look.line.file}")
