"""Before Send: the rows compared with earlier imports, in the background, while the page can be used."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from nv_desktop.core.accounts import Account
from nv_desktop.core.errors import AppError
from nv_desktop.gui.job.look import Comparison, Look, Step, compare_rows
from nv_desktop.gui.job.ready import ReadyView
from nv_desktop.gui.tasks import Tasks


class Comparing(QObject):
    """Tells a `ReadyView` how many rows have not changed; once for each document and account."""

    def __init__(self, view: ReadyView, tasks: Tasks, history_file: Path | None, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._tasks, self._history_file = view, tasks, history_file
        self._of: tuple[object, ...] = ()

    def forget(self) -> None:
        """Another document: what is still compared is of no use."""
        self._of = ()
        self._tasks.supersede(("compare", id(self)))

    def begin(self, found: Look, account: Account | None) -> None:
        """Compare where there is anything to compare with. The sandbox sends everything unless told."""
        of = (found.line.path, account.id if account is not None else "")
        if account is None or not found.compares or self._of == of:
            return
        self._of = of
        self._view.skip.setChecked(not account.is_sandbox)
        self._view.show_comparing(0, 0)
        self._tasks.run(
            compare_rows, found.line.path, account, self._history_file,
            done=self._done, failed=self._broke_off, progressed=self._told, key=("compare", id(self)),
        )  # fmt: skip

    @Slot(object)
    def _told(self, step: object) -> None:
        if isinstance(step, Step):
            self._view.show_comparing(step.rows, step.of)

    @Slot(object)
    def _done(self, done: object) -> None:
        if isinstance(done, Comparison) and (done.path, done.account) == self._of:
            self._view.show_compared(done.found)

    @Slot(object)
    def _broke_off(self, error: object) -> None:
        if isinstance(error, AppError):
            self._view.show_not_compared(error.message)
