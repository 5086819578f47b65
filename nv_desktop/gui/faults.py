"""Exceptions that nobody caught: written down without any value, and said to the person."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from nv_desktop.core.errors import AppError

LARGEST = 512 * 1024  # bytes of one log file; two are kept


class FaultLog(QObject):
    """Sets `sys.excepthook` and `threading.excepthook`; `raised(AppError)` in the main thread.

    The log names the kind of exception and the places in the code, never its message or values: those may
    hold a key or a customer. What the program's own modules log goes there as well.
    """

    raised = Signal(object)

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        path = folder / "faults.log"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        self._handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LARGEST, backupCount=1, encoding="utf-8"
        )
        self._handler.setFormatter(_Plain("%(asctime)s %(message)s"))
        self._logger = logging.getLogger("nv_desktop")
        self._logger.addHandler(self._handler)
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before
        self._logger.removeHandler(self._handler)
        self._handler.close()

    def _take(self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        places = " < ".join(
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in reversed(traceback.extract_tb(trace))
        )
        self._handler.emit(
            logging.LogRecord("faults", logging.ERROR, "", 0, f"{kind.__name__} at {places}", None, None)
        )
        error = problem if isinstance(problem, AppError) else _unexpected(kind)
        self.raised.emit(error)

    def _take_from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._take(args.exc_type, args.exc_value, args.exc_traceback)


class _Plain(logging.Formatter):
    """Writes messages and never a traceback, whose last line is what the exception says."""

    def formatException(self, ei: object) -> str:
        return ""


def _unexpected(kind: type[BaseException]) -> AppError:
    return AppError(
        "Something in NV Desktop itself went wrong. What was saved or sent before is safe.",
        "Try again; if it comes back, restart the program.",
        kind.__name__,
    )
