"""The bar on top: whose account this is, the search box, what is left of the minute, online or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.environment import EnvironmentBadge
from nv_desktop.gui.widgets.fields import SearchField
from nv_desktop.gui.widgets.frames import Surface
from nv_desktop.gui.widgets.layout import boxed, column, row
from nv_desktop.gui.widgets.meters import ProgressBar
from nv_desktop.gui.widgets.text import Avatar, ColourBar, ElidedLabel, IconLabel, Label, initials

SEARCH_X = 480
"""Where the search box always begins, whatever the account is called."""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account as the menu shows it; `colour` is one of `theme.ACCOUNT_COLOURS`."""

    id: str
    name: str
    environment: str
    colour: str


class AccountButton(QToolButton):
    """Initials, name and a caret; opens the menu of accounts."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar.account")
        self.setProperty("kind", "account")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(34)
        self.avatar = Avatar(theme, "", 26, "plum")
        self.name = ElidedLabel(theme, "", "card", name="bar.account.name")
        caret = IconLabel(theme, "caret-down", "text2", 14, "Menu")
        caret.setToolTip("")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 6, 2)
        layout.setSpacing(10)
        for part in (self.avatar, self.name, caret):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(part)

    def set(self, name: str, colour: str) -> None:
        self.avatar.set(initials(name), colour)
        self.name.setText(name)
        self.setAccessibleName(f"Account {name}, choose another")
        self.setMaximumWidth(26 + 14 + 20 + 10 + self.name.sizeHint().width())
        self.setMinimumWidth(min(self.maximumWidth(), 290))


class AccountBar(QWidget):
    """`account_chosen(id)` and `accounts_wanted()` come from the menu; `search` is the box `bar.search`."""

    account_chosen = Signal(str)
    accounts_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: tuple[AccountEntry, ...] = ()
        self.colour = ColourBar(theme)
        self.button = AccountButton(theme)
        self.button.clicked.connect(self._open_menu)
        self.badge = EnvironmentBadge(theme, "SANDBOX", name="bar.environment")
        self._product = Label(theme, "NV Desktop", "card")
        self._none = Label(theme, " No account yet", "body", "text3")
        self.search = SearchField(
            theme, "Look up a person or an action", keys="Ctrl K", name="bar.search", kind="bar"
        )
        self.search.setFixedWidth(300)
        self.meter = ProgressBar(
            theme, token="ok_fill", height=5, words="Calls left this minute", name="bar.budget.meter"
        )
        self.meter.setFixedWidth(56)
        self.budget = ElidedLabel(theme, "", "small", "text2", name="bar.budget")
        self._net_icon = IconLabel(theme, "wifi-high", "ok", 16, "Connection")
        self._net = Label(theme, "Online", "label", "text2", name="bar.online")
        here = row(self.button, self._product, self._none, self.badge, None, gap=4, margins=(0, 0, 10, 0))
        left = boxed(here)
        left.setFixedWidth(SEARCH_X - 22)
        around = row(self._net_icon, 10, self._net, gap=0)
        right = row(None, self.meter, 10, self.budget, 18, around, gap=0)
        line = Surface("bar", row(left, self.search, 16, right, gap=0, margins=(22, 0, 24, 0)))
        line.setFixedHeight(48)
        self.setLayout(column(self.colour, line, gap=0))
        self.set_account("", "", "")
        self.set_budget(0, 0)

    def set_accounts(self, entries: Sequence[AccountEntry]) -> None:
        self._entries = tuple(entries)

    def set_account(self, name: str, environment: str, colour: str) -> None:
        """The account in use; an empty name means that there is none yet."""
        known = bool(name)
        self.button.setVisible(known)
        self.badge.setVisible(known)
        self._product.setVisible(not known)
        self._none.setVisible(not known)
        self.colour.set_token(colour if known else "line2")
        if known:
            self.button.set(name, colour)
            self.badge.set_environment(environment)

    def set_budget(self, left: int, limit: int) -> None:
        """Calls left this minute; a limit of 0 hides it."""
        self.budget.setVisible(limit > 0)
        self._left, self._limit = left, limit
        low = limit > 0 and left * 10 < limit
        self.meter.set_progress(left, limit or None, "warn_fill" if low else "ok_fill")
        self._word_budget()

    def set_online(self, online: bool) -> None:
        self._net.setText("Online" if online else "Offline")
        self._net.set_tone("text2" if online else "error")
        self._net_icon.set_icon("wifi-high" if online else "wifi-slash", "ok" if online else "error")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._word_budget()

    def _word_budget(self) -> None:
        """A number that is cut would be another number: the words give way first, then the meter."""
        whole = f"{self._left:,} of {self._limit:,} calls left this minute"
        room = self.width()
        self.meter.setVisible(self._limit > 0 and room >= 1120)
        self.budget.setText(whole if room >= 1180 else f"{self._left:,} calls left")
        self.budget.setToolTip(whole)

    @Slot()
    def _open_menu(self) -> None:
        menu = self.make_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 4)))

    def make_menu(self) -> QMenu:
        """The accounts, each with its environment as a word, and the way to their page."""
        menu = QMenu(self)
        menu.setAccessibleName("Accounts")
        for entry in self._entries:
            action = QAction(f"{entry.name}    {entry.environment.upper()}", menu)
            action.setIcon(self._theme.icon("square-fill", entry.colour))
            action.setData(entry.id)
            menu.addAction(action)
        if self._entries:
            menu.addSeparator()
        manage = menu.addAction(self._theme.icon("key"), "Manage accounts")
        manage.setData(None)
        menu.triggered.connect(self._choose)
        return menu

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action.data() is None:
            self.accounts_wanted.emit()
        else:
            self.account_chosen.emit(str(action.data()))
