"""The frame around the pages: account, navigation, search, activity, keys, drop and close; no feature."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.account_bar import AccountBar, AccountEntry
from nv_desktop.gui.widgets.activity_line import Activity, ActivityLine
from nv_desktop.gui.widgets.command_palette import Command, CommandPalette
from nv_desktop.gui.widgets.keyboard_sheet import KeyboardSheet
from nv_desktop.gui.widgets.layout import column, row
from nv_desktop.gui.widgets.rail import Rail

__all__ = ["AccountEntry", "Activity", "MainWindow"]

DEFAULT_SIZE = (1280, 800)
LEAST_SIZE = (1000, 640)


class MainWindow(QMainWindow):
    """Shows one page at a time; speaks to the composition root by signals in the past tense.

    account_chosen(account id), page_chosen(key), lookup_requested(text of the search box),
    search_edited(text; answer with `suggest_people`), files_dropped(list[Path]), pause_requested(job id),
    resume_requested(job id), job_opened(job id), closing().
    """

    account_chosen = Signal(str)
    page_chosen = Signal(str)
    lookup_requested = Signal(str)
    search_edited = Signal(str)
    files_dropped = Signal(object)
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    job_opened = Signal(str)
    closing = Signal()

    def __init__(
        self,
        pages: Mapping[str, QWidget],
        theme: Theme,
        *,
        may_close: Callable[[], bool] | None = None,
        load_geometry: Callable[[], bytes | None] | None = None,
        save_geometry: Callable[[bytes], None] | None = None,
    ) -> None:
        """`pages` by key; those the rail knows (people, import, history, accounts, settings) get a button,
        others (welcome, job) are shown by `show_page`. `may_close` is asked before the window closes.
        """
        super().__init__()
        self._theme = theme
        self._pages: dict[str, QWidget] = {}
        self._go_actions: list[QAction] = []
        self._may_close, self._save_geometry = may_close, save_geometry
        self._commands: list[Command] = []
        self._current = ""
        self.setObjectName("window")
        self.setWindowTitle("NV Desktop")
        self.setAcceptDrops(True)
        self.bar = AccountBar(theme)
        self.rail = Rail(theme)
        self.activity = ActivityLine(theme)
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        middle = row(self.rail, self._stack, gap=0)
        middle.setStretch(1, 1)
        layout = column(self.bar, middle, self.activity, gap=0)
        layout.setStretch(1, 1)
        ground = QWidget()
        ground.setProperty("role", "page")
        ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        ground.setLayout(layout)
        self.setCentralWidget(ground)
        self.palette_list = CommandPalette(theme, self.bar.search, self, self._listed_commands)
        self._drop_sign = _DropSign(theme, self)
        self._wire()
        self._add_own_commands()
        self._restore(load_geometry() if load_geometry is not None else None)
        self.set_pages(pages)
        # Nobody has pressed a key yet: no ring on the first button; Tab begins at the top.
        ground.setFocus()

    # what the root tells

    def set_pages(self, pages: Mapping[str, QWidget]) -> None:
        """The pages, once they are built; the first is shown. The frame may stand without any before."""
        for key, page in pages.items():
            self._pages[key] = page
            self._stack.addWidget(page)
        for key, button in self.rail.buttons.items():
            button.setEnabled(key in self._pages)
        for action in self._go_actions:
            action.setEnabled(action.data() in self._pages)
        # What is built later comes last for the Tab key; the bottom of the window stays behind the pages.
        last = self.previousInFocusChain()
        while last is not None and not last.focusPolicy() & Qt.FocusPolicy.TabFocus:
            last = last.previousInFocusChain()
        if last is not None:
            self.setTabOrder(last, self.activity.keys)
        if pages:
            self.show_page(next(iter(pages)))

    def show_page(self, key: str) -> None:
        """Bring a page to the front. Raises KeyError for a key that no page has; emits nothing."""
        self._stack.setCurrentWidget(self._pages[key])
        self._current = key
        self.rail.set_current(key)

    def current_page(self) -> str:
        return self._current

    def set_accounts(self, entries: Sequence[AccountEntry]) -> None:
        """What the account menu offers."""
        self.bar.set_accounts(entries)

    def set_account(self, name: str, environment: str, colour: str) -> None:
        """The account in use: its name, "production", "test" or "sandbox", and one of
        `theme.ACCOUNT_COLOURS`. An empty name means that there is none yet."""
        self.bar.set_account(name, environment, colour)
        self.setWindowTitle(f"{name} ({environment.upper()}) - NV Desktop" if name else "NV Desktop")

    def set_budget(self, left: int, limit: int) -> None:
        """Calls left this minute; a limit of 0 hides the meter."""
        self.bar.set_budget(left, limit)

    def set_online(self, online: bool) -> None:
        self.bar.set_online(online)

    def set_status(self, sentence: str, tone: str = "ok") -> None:
        """What happened last, at the bottom while nothing runs. Tones: ok, warn, error."""
        self.activity.set_status(sentence, tone)

    def set_job(self, activity: Activity) -> None:
        self.activity.set_job(activity)

    def remove_job(self, job_id: str) -> None:
        self.activity.remove_job(job_id)

    def suggest_people(self, text: str, people: Sequence[tuple[str, str]]) -> None:
        """(user ID, name) of known people that fit what was typed; late answers are dropped."""
        self.palette_list.suggest_people(text, people)

    def add_commands(self, actions: Iterable[QAction], page: str = "") -> None:
        """List actions by name in the palette and let their keys work.

        With `page` their keys work only while it is shown; chosen in the palette they open it first.
        """
        owner = self._pages[page] if page else self
        for action in actions:
            owner.addAction(action)
            self._commands.append(Command(action, page))

    # what a person does

    def _wire(self) -> None:
        self.rail.page_chosen.connect(self._choose_page)
        self.bar.account_chosen.connect(self.account_chosen)
        self.bar.accounts_wanted.connect(self._show_accounts)
        self.palette_list.looked_up.connect(self.lookup_requested)
        self.palette_list.command_chosen.connect(self._run_command)
        self.palette_list.edited.connect(self.search_edited)
        self.activity.pause_requested.connect(self.pause_requested)
        self.activity.resume_requested.connect(self.resume_requested)
        self.activity.job_opened.connect(self.job_opened)
        self.activity.keys_wanted.connect(self.show_keys)

    def _add_own_commands(self) -> None:
        find = QAction("Search", self)
        find.setShortcut(QKeySequence("Ctrl+K"))
        find.triggered.connect(self.palette_list.open)
        self.addAction(find)
        for number, (key, button) in enumerate(self.rail.buttons.items(), start=1):
            go = QAction(f"Go to {button.place.words}", self)
            go.setData(key)
            go.setShortcut(QKeySequence(f"Ctrl+{number}"))
            go.triggered.connect(self._go)
            self._go_actions.append(go)
            self.add_commands([go])
        keys = QAction("Keyboard sheet", self)
        keys.setShortcut(QKeySequence("F1"))
        keys.triggered.connect(self.show_keys)
        self.add_commands([keys])

    def _listed_commands(self) -> Sequence[Command]:
        return self._commands

    @Slot()
    def show_keys(self) -> None:
        """Open the keyboard sheet; it closes by itself with the window."""
        sheet = KeyboardSheet(self, self._theme)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    @Slot()
    def _go(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._choose_page(str(action.data()))

    @Slot()
    def _show_accounts(self) -> None:
        self._choose_page("accounts")

    @Slot(str)
    def _choose_page(self, key: str) -> None:
        if key in self._pages:
            self.show_page(key)
            self.page_chosen.emit(key)

    @Slot(object)
    def _run_command(self, chosen: object) -> None:
        command = cast(Command, chosen)
        if command.page and command.page != self._current:
            self._choose_page(command.page)
        command.action.trigger()

    # what the system says

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close is not None and not self._may_close():
            event.ignore()
            return
        if self._save_geometry is not None:
            self._save_geometry(bytes(self.saveGeometry().data()))
        self.closing.emit()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.palette_list.hide()
        self._drop_sign.setGeometry(self.rect())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local_files(event):
            event.acceptProposedAction()
            self._drop_sign.setGeometry(self.rect())
            self._drop_sign.show()
            self._drop_sign.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_sign.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_sign.hide()
        files = _local_files(event)
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.palette_list.hide()

    def _restore(self, geometry: bytes | None) -> None:
        self.setMinimumSize(*LEAST_SIZE)
        if not geometry or not self.restoreGeometry(QByteArray(geometry)):
            self.resize(*DEFAULT_SIZE)


def _local_files(event: QDropEvent) -> list[Path]:
    """Files of this computer that are being dragged; links to elsewhere are no files."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


class _DropSign(QWidget):
    """Says over the whole window that a file may be let go."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAccessibleName("Let go to import")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, area = self._theme, QRectF(self.rect())
        painter.fillRect(area, theme.color("veil"))
        box = QRectF(0, 0, 340, 120)
        box.moveCenter(area.center())
        painter.setBrush(theme.color("surface"))
        painter.setPen(QPen(theme.color("accent_t"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box, 12, 12)
        theme.icons.paint(
            painter, QRectF(box.center().x() - 16, box.y() + 22, 32, 32), "upload-simple", "accent_t"
        )
        painter.setFont(theme.font("panel"))
        painter.setPen(theme.color("text"))
        words = box.adjusted(0, 62, 0, -16)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "Let go to import")
