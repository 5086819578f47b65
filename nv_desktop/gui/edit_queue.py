"""Edits of a job in the order in which a person made them: one after the other, off the main thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock

from PySide6.QtCore import QObject, Signal, Slot

from nv_desktop.core.errors import AppError
from nv_desktop.core.job import Done
from nv_desktop.gui.tasks import Tasks

LEAVE_WITHIN = 20.0
"""Seconds that a closing window waits for the edit that is being made: those behind it would be lost."""


class _Edit:
    """A call that is to be made once, by whoever comes first."""

    def __init__(self, fn: Callable[..., object], args: tuple[object, ...]) -> None:
        self._fn, self._args = fn, args
        self._begun = False

    def make(self) -> object:
        """With the queue's lock held."""
        if self._begun:
            return None
        self._begun = True
        return self._fn(*self._args)


class EditQueue(QObject):
    """Runs edits one by one: two threads at once could swap them.

    begun: an edit waits. settled(Done | None): one is in the document. failed(AppError): one is not.
    idle: none is left.
    """

    begun = Signal()

    settled = Signal(object)
    failed = Signal(object)
    idle = Signal()

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._waiting: deque[_Edit] = deque()
        self._current: _Edit | None = None
        self._lock = Lock()

    def add(self, fn: Callable[..., object], *args: object) -> None:
        """Do this after what was asked for before. `fn` gives a `Done` or None."""
        self._waiting.append(_Edit(fn, args))
        self._next()
        self.begun.emit()

    def is_busy(self) -> bool:
        return self._current is not None or bool(self._waiting)

    def finish(self) -> None:
        """Make what still waits, here and now: the window closes, and no thread begins anything more."""
        if not self.is_busy():
            return
        if not self._lock.acquire(timeout=LEAVE_WITHIN):
            self.failed.emit(AppError("The last edits could not be kept: one before them does not end."))
            return
        try:
            waiting = [] if self._current is None else [self._current]
            waiting += self._waiting
            self._waiting.clear()
            for edit in waiting:
                self._make_last(edit)
        finally:
            self._lock.release()

    def _make_last(self, edit: _Edit) -> None:
        try:
            edit.make()
        except AppError as error:
            self.failed.emit(error)

    def _next(self) -> None:
        if self._current is not None:
            return
        if not self._waiting:
            self.idle.emit()
            return
        self._current = self._waiting.popleft()
        self._tasks.run(self._make, self._current, done=self._done, failed=self._failed, front=True)

    def _make(self, edit: _Edit) -> object:
        """In a thread."""
        with self._lock:
            return edit.make()

    @Slot(object)
    def _done(self, result: object) -> None:
        self._current = None
        self.settled.emit(result if isinstance(result, Done) else None)
        self._next()

    @Slot(object)
    def _failed(self, error: AppError) -> None:
        self._current = None
        self.failed.emit(error)
        self._next()
