"""The head of a profile: who it is, how old the answer is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from nv_desktop.core.profile import Profile
from nv_desktop.gui.people.exporting import ExportMenu
from nv_desktop.gui.people.wording import age, person_name, reach
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import (
    Avatar,
    Badge,
    Button,
    ElidedLabel,
    IconButton,
    Label,
    column,
    initials,
    row,
)

ROOMY = 720
"""Points from which the buttons show their words."""
AROUND = 104
"""Points of margins and gaps in its line."""


class ProfileHead(QWidget):
    """`refresh_wanted()`, `json_wanted()`, `export_wanted(ending)`, `pin_wanted(on)`, `delete_wanted()`,
    `request_wanted()`."""

    refresh_wanted = Signal()
    json_wanted = Signal()
    export_wanted = Signal(str)
    pin_wanted = Signal(bool)
    delete_wanted = Signal()
    request_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("profile.head")
        self._theme = theme
        self._profile: Profile | None = None
        self._pinned = False
        self._avatar = Avatar(theme)
        self.name = ElidedLabel(theme, "", "page", name="profile.title")
        self.badge = Badge(theme, name="profile.reach")
        self.user_id = ElidedLabel(
            theme, "", "mono", "text2", mode=Qt.TextElideMode.ElideMiddle, name="profile.id"
        )
        self._copy_id = IconButton(
            theme, "copy", "Copy the user ID", size=14, tight=True, name="profile.id.copy"
        )
        self._copy_id.clicked.connect(self._copy)
        self.age = Label(theme, "", "small", "text3", name="profile.age")
        self.refresh = IconButton(
            theme, "arrows-clockwise", "Read again (F5)", size=14, tight=True, name="profile.refresh"
        )
        self.refresh.clicked.connect(self.refresh_wanted)
        self._json = Button(theme, "Copy as JSON", "quiet", "copy", name="profile.json")
        self._json.clicked.connect(self.json_wanted)
        self._export = Button(theme, "Export", "quiet", "export", name="profile.export")
        self._export.clicked.connect(self._show_exports)
        self._pin = IconButton(theme, "push-pin", "Pin", name="profile.pin")
        self._pin.clicked.connect(self._tell_pin)
        self._more = IconButton(theme, "dots-three", "More", size=20, name="profile.more")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._make_menus()
        title = row(self.name, self.badge, None, gap=10)
        below = row(self.user_id, self._copy_id, 6, self.age, self.refresh, None, gap=3)
        words = column(title, below, gap=0)
        actions = row(self._json, self._export, self._pin, self._more, gap=4)
        layout = row(self._avatar, words, actions, gap=12, margins=(24, 18, 20, 14))
        layout.setStretch(1, 1)
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setLayout(layout)

    def _make_menus(self) -> None:
        theme, more = self._theme, QMenu(self)
        more.setAccessibleName("More")
        self.request = QAction(theme.icon("paper-plane-tilt"), "What I sent", self)
        self.request.triggered.connect(self.request_wanted)
        self.delete = QAction(theme.icon("trash", "error"), "Delete this profile…", self)
        self.delete.triggered.connect(self.delete_wanted)
        more.addAction(self.request)
        more.addSeparator()
        more.addAction(self.delete)
        more.setToolTipsVisible(True)
        self._more.setMenu(more)
        self._exports = ExportMenu(self, "profile.export")
        self._exports.chosen.connect(self.export_wanted)

    def show_profile(self, profile: Profile, *, is_new: bool = False) -> None:
        """The person as last read; `is_new`: about to be created."""
        self._profile = profile
        name = person_name(profile)
        self._avatar.set(initials(name) if name else "+" if is_new else "?")
        self.name.setText("New profile" if is_new else name or "No name")
        words, tone = reach(profile.attributes)
        self.badge.set(words, tone)
        self.user_id.setText(profile.user_id if not is_new else "Saving it creates the user")
        for widget in (
            self._copy_id,
            self.age,
            self.refresh,
            self._json,
            self._export,
            self._pin,
            self._more,
        ):
            widget.setVisible(not is_new)
        self._make_room()

    def show_age(self, now: float) -> None:
        if self._profile is not None:
            self.age.setText(f"Read {age(max(0.0, now - self._profile.fetched_at))}")

    def set_busy(self, busy: bool) -> None:
        """While it is read again."""
        self.refresh.setEnabled(not busy)
        if busy:
            self.age.setText("Reading again…")

    def set_pinned(self, pinned: bool) -> None:
        self._pinned = pinned
        self._pin.set(
            "push-pin-fill" if pinned else "push-pin",
            "Unpin" if pinned else "Pin",
            "accent_t" if pinned else "text2",
        )

    def allow_delete(self, reason: str) -> None:
        """`reason` says why deleting is not possible, "" when it is; it stands beside the entry."""
        self.delete.setEnabled(not reason)
        self.delete.setText(f"Delete this profile ({reason})" if reason else "Delete this profile…")

    def allow_request(self, allowed: bool) -> None:
        """Whether something was sent for this person since the window was opened."""
        self.request.setEnabled(allowed)
        self.request.setText("What I sent" if allowed else "What I sent (nothing yet)")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The name comes first: the badge, which the consent card says too, and then the words give way."""
        roomy = self.width() >= ROOMY
        for button, words in ((self._json, "Copy as JSON"), (self._export, "Export")):
            button.setText(words if roomy else "")
            button.setAccessibleName(words)
            button.setToolTip("" if roomy else words)
        buttons = (self._json, self._export, self._pin, self._more)
        taken = AROUND + sum(each.sizeHint().width() for each in buttons if not each.isHidden())
        left = self.width() - self._avatar.width() - taken - self.name.sizeHint().width()
        self.badge.setVisible(bool(self.badge.text()) and left >= self.badge.width())

    @Slot()
    def _copy(self) -> None:
        if self._profile is not None:
            QGuiApplication.clipboard().setText(self._profile.user_id)

    @Slot()
    def _show_exports(self) -> None:
        self._exports.open_under(self._export)

    @Slot()
    def _tell_pin(self) -> None:
        self.pin_wanted.emit(not self._pinned)
