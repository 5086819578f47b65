"""The receipt of a job: read, shown, verified from there, and shown again with what that showed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.job.listing import Listed
from nv_desktop.gui.job import receipt_view, verify_view
from nv_desktop.gui.job.look import read_receipt
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Theme


class Receipts(QObject):
    """One at a time. `save_wanted(Listed)`, `failed(AppError)`; `connect` makes a client, blocking."""

    save_wanted = Signal(object)
    failed = Signal(object)

    def __init__(
        self, theme: Theme, tasks: Tasks, connect: Callable[[Account], Client], widget: QWidget
    ) -> None:
        super().__init__(widget)
        self._theme, self._tasks, self._connect, self._widget = theme, tasks, connect, widget
        self._line: Listed | None = None
        self._account: Account | None = None
        self._rate = 1
        self._asking = False

    def show(self, line: Listed, account: Account | None, rate: int) -> None:
        """`account`: the one in use; `rate`: look-ups a minute."""
        if self._asking:
            return
        self._line, self._account, self._rate = line, account, rate
        self._tasks.run(
            read_receipt, line.path, done=self._read, failed=self._tell,
            key=("receipt", id(self)), front=True,
        )  # fmt: skip

    def forget(self) -> None:
        """Another job is in sight: a receipt that comes late is not shown."""
        self._line = None

    @Slot(object)
    def _tell(self, error: object) -> None:
        if isinstance(error, AppError):
            self.failed.emit(error)

    @Slot(object)
    def _read(self, told: object) -> None:
        line, account = self._line, self._account
        if line is None or not isinstance(told, dict) or told.get("job") != line.id or self._asking:
            return
        self._asking = True
        window = self._widget.window()
        try:
            why = verify_view.why_not_verify(line, account)
            wish = receipt_view.show_receipt(window, self._theme, told, why)
            if wish == "verify" and account is not None:
                verify_view.show_verify(
                    window, self._theme, self._tasks, self._connect, line, account, self._rate
                )
        finally:
            self._asking = False
        if wish == "save":
            self.save_wanted.emit(line)
        elif wish == "verify":
            self.show(line, account, self._rate)
