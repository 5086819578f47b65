"""A countdown of whole seconds, for a server that asks to go slower."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot


def seconds_words(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"


class Countdown(QObject):
    """`ticked(seconds left)` at the begin and each second, `over()` at the end."""

    ticked = Signal(int)
    over = Signal()

    def __init__(self, second: int, parent: QObject) -> None:
        """`second` in milliseconds."""
        super().__init__(parent)
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(second)
        self._timer.timeout.connect(self._tick)

    def begin(self, seconds: int) -> None:
        """Count down from here; 0 is over at once."""
        self._left = seconds
        if seconds <= 0:
            self.stop()
            self.over.emit()
            return
        self._timer.start()
        self.ticked.emit(seconds)

    def is_running(self) -> bool:
        return self._timer.isActive()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self.ticked.emit(self._left)
        else:
            self._timer.stop()
            self.over.emit()
