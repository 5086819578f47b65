"""SIGTERM and SIGINT ask the window to close; Qt's loop would not let Python hear them."""

from __future__ import annotations

import contextlib
import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot


class QuitSignals(QObject):
    """`asked()` when the system, or Ctrl+C in a terminal, wants the program to end."""

    asked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ours, self._python = socket.socketpair()
        for end in (self._ours, self._python):
            end.setblocking(False)
        signal.set_wakeup_fd(self._python.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _heard)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    @Slot()
    def _take(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._ours.recv(64)
        self.asked.emit()


def _heard(_number: int, _frame: FrameType | None) -> None:
    """Nothing to do here: the byte in the socket wakes Qt."""
