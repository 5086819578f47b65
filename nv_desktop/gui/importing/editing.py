"""Edits of a job in the order in which a person made them: one after the other, off the main thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import Done
from nv_desktop.gui.tasks import Tasks


class EditQueue(QObject):
    """Runs edits one by one: two threads at once could swap them.

    settled(Done | None): an edit is in the document. failed(AppError): it is not. idle: none is left.
    """

    settled = Signal(object)
    failed = Signal(object)
    idle = Signal()

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._waiting: deque[tuple[Callable[..., object], tuple[object, ...]]] = deque()
        self._busy = False

    def add(self, fn: Callable[..., object], *args: object) -> None:
        """Do this after what was asked for before. `fn` gives a `Done` or None."""
        self._waiting.append((fn, args))
        self._next()

    def is_busy(self) -> bool:
        return self._busy or bool(self._waiting)

    def _next(self) -> None:
        if self._busy:
            return
        if not self._waiting:
            self.idle.emit()
            return
        fn, args = self._waiting.popleft()
        self._busy = True
        self._tasks.run(fn, *args, done=self._done, failed=self._failed, front=True)

    @Slot(object)
    def _done(self, result: object) -> None:
        self._busy = False
        self.settled.emit(result if isinstance(result, Done) else None)
        self._next()

    @Slot(object)
    def _failed(self, error: AppError) -> None:
        self._busy = False
        self.failed.emit(error)
        self._next()
