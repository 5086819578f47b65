"""The choices of this data folder: how the window looks, how fast it calls, what it keeps; saved at once."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal, cast

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QShowEvent
from PySide6.QtWidgets import QLayout, QSizePolicy, QWidget

from nv_desktop.core.errors import AppError, Rejected
from nv_desktop.core.keys import BACKENDS
from nv_desktop.core.settings import RANGES, Paths, Settings
from nv_desktop.core.transport import check_proxy
from nv_desktop.gui.messages import Banner
from nv_desktop.gui.tasks import Tasks
from nv_desktop.gui.theme import Scheme, Theme
from nv_desktop.gui.widgets import (
    Button,
    Card,
    ComboBox,
    ElidedLabel,
    Field,
    Label,
    NumberBox,
    Page,
    Scroll,
    Segment,
    Switch,
    column,
    page_title,
    row,
    rule,
)


@dataclass(frozen=True)
class Choice:
    """One setting as a person sees it: its name in `Settings`, title, sentence, and how it is set.

    `options` are (value, words); `unit` stands behind a number, whose ends are `core.settings.RANGES`.
    """

    name: str
    title: str
    sentence: str
    kind: Literal["segment", "list", "number", "switch"]
    options: tuple[tuple[str, str], ...] = ()
    unit: str = ""


CARDS: tuple[tuple[str, str, tuple[Choice, ...]], ...] = (
    (
        "Appearance",
        "palette",
        (
            Choice(
                "theme",
                "Theme",
                "“System” follows the light or dark of your desktop.",
                "segment",
                (("system", "System"), ("light", "Light"), ("dark", "Dark")),
            ),
        ),
    ),
    (
        "Speed",
        "gauge",
        (
            Choice(
                "limit",
                "Calls a minute",
                "NotifyVisitors allows 500 for each kind of call. Fewer leave room for others.",
                "number",
            ),
            Choice(
                "limit_share",
                "Share for this computer",
                "Less than 100 % where other computers or programs use the same key.",
                "number",
                unit=" %",
            ),
            Choice(
                "window",
                "Calls at the same time",
                "How many of an import’s calls may wait for their answer together.",
                "number",
            ),
        ),
    ),
    (
        "Safety and memory",
        "shield-check",
        (
            Choice(
                "safety",
                "Old values kept by an import",
                "What is read before it is overwritten, so that an import can be undone. "
                "Each import asks again.",
                "list",
                (("none", "None"), ("sample", "A sample"), ("full", "All of them")),
            ),
            Choice(
                "retention_days",
                "Remember for",
                "Imports, changes and copies of profiles on this computer are erased after this time.",
                "number",
                unit=" days",
            ),
            Choice(
                "grace_seconds",
                "Wait before deleting",
                "How long a delete can be called off.",
                "number",
                unit=" seconds",
            ),
        ),
    ),
    (
        "Connection",
        "globe-simple",
        (
            Choice(
                "opt_in_as_strings",
                "Opt-ins are sent as",
                "Text is what the documentation’s example shows; its table shows numbers.",
                "segment",
                (("yes", "Text “1”"), ("no", "Number 1")),
            ),
            Choice(
                "env_cas",
                "Heed certificates named by the system",
                "Uses SSL_CERT_FILE and SSL_CERT_DIR, as some companies need. From the next start.",
                "switch",
            ),
        ),
    ),
)


class SettingsPage(Page):
    """`settings_changed()` after each choice; the file is replaced in the background at once."""

    settings_changed = Signal()

    def __init__(self, theme: Theme, tasks: Tasks, settings: Settings, paths: Paths) -> None:
        super().__init__(margins=(24, 20, 12, 0), name="settings", words="Settings")
        self._theme, self._tasks, self._settings, self._paths = theme, tasks, settings, paths
        self._is_saving = self._is_stale = False
        self._switches: dict[str, Switch] = {}
        self._segments: dict[str, Segment] = {}
        self._lists: dict[str, ComboBox] = {}
        self._numbers: dict[str, NumberBox] = {}
        self.banner = Banner(theme, name="settings.banner")
        self.banner.retried.connect(self._save)
        sentence = "Each choice holds from now on and is kept at once."
        self.said = Label(theme, sentence, "body", "text2", name="settings.said")
        head = page_title(theme, Label(theme, "Settings", "page"), self.said)
        cards = [self._card(*card) for card in CARDS]
        cards[3].body.addWidget(rule())
        cards[3].body.addWidget(self._proxy_field())
        left = column(cards[0], cards[1], self._place_card(), None, gap=14)
        right = column(cards[2], cards[3], None, gap=14)
        both = row(left, right, gap=14, margins=(0, 0, 12, 16))
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        self.body.addLayout(head)
        self.body.addWidget(self.banner)
        self.body.addWidget(Scroll(both, name="settings.scroll", words="Settings"), 1)
        self._show()

    # --- what is there ----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def actions(self) -> list[QAction]:
        """For the palette: the three themes by name."""
        made = []
        for scheme, words in CARDS[0][2][0].options:
            action = QAction(f"Theme: {words.lower()}", self)
            action.setData(scheme)
            action.triggered.connect(self._theme_by_name)
            made.append(action)
        return made

    def _card(self, title: str, icon: str, choices: tuple[Choice, ...]) -> Card:
        card = Card(self._theme, title, icon, gap=12)
        for number, choice in enumerate(choices):
            if number:
                card.body.addWidget(rule())
            card.body.addLayout(self._line(choice))
        return card

    def _line(self, choice: Choice) -> QLayout:
        said = choice.sentence
        if choice.kind == "number":
            low, high = RANGES[choice.name]
            said = f"{said} {low:,} to {high:,}."
        title = Label(self._theme, choice.title, "medium")
        sentence = Label(self._theme, said, "small", "text3", wrap=True)
        sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words = column(title, sentence, gap=2)
        control = self._control(choice)
        control.setAccessibleDescription(said)
        beside = column(control, None, gap=0)
        line = row(words, beside, gap=18)
        line.setStretch(0, 1)
        return line

    def _control(self, choice: Choice) -> QWidget:
        theme, name, full = self._theme, choice.name, f"settings.{choice.name}"
        if choice.kind == "segment":
            made = self._segments[name] = Segment(theme, choice.options, name=full, words=choice.title)
            made.chosen.connect(self._segment_chosen)
            return made
        if choice.kind == "list":
            box = self._lists[name] = ComboBox(theme, choice.options, name=full, words=choice.title)
            box.setFixedWidth(132)
            box.activated.connect(self._list_chosen)
            return box
        if choice.kind == "switch":
            switch = self._switches[name] = Switch(theme, choice.title, name=full)
            switch.clicked.connect(self._switched)
            return switch
        return self._number(choice)

    def _number(self, choice: Choice) -> NumberBox:
        low, high = RANGES[choice.name]
        box = NumberBox(self._theme, low, high, name=f"settings.{choice.name}", words=choice.title)
        self._numbers[choice.name] = box
        box.setSuffix(choice.unit)
        box.setFixedWidth(132)
        # "5" on the way to "500" is no choice yet.
        box.setKeyboardTracking(False)
        box.valueChanged.connect(self._number_chosen)
        return box

    def _proxy_field(self) -> Field:
        hint = "Leave empty where there is none. Automatic configuration (PAC) and sign-in are not supported."
        self.proxy = Field(
            self._theme, "Proxy", name="settings.proxy", hint=hint, placeholder="proxy.example.com:8080"
        )
        self.proxy.left.connect(self._proxy_typed)
        return self.proxy

    def _place_card(self) -> Card:
        theme, folder = self._theme, str(self._paths.data_dir)
        card = Card(theme, "On this computer", "hard-drives", gap=12)
        place = ElidedLabel(theme, folder, "mono", "text2", name="settings.folder")
        open_ = Button(theme, "Open folder", icon="folder-open", name="settings.open", on_click=self._open)
        words = column(Label(theme, "Data folder", "medium"), place, gap=4)
        line = row(words, open_, gap=18)
        line.setStretch(0, 1)
        card.body.addLayout(line)
        card.body.addWidget(rule())
        keyring = BACKENDS[sys.platform][2] if sys.platform in BACKENDS else "none that is known here"
        for title, sentence in (
            ("Keyring", f"API keys are kept in: {keyring}. Never in a file, never in this folder."),
            ("Language", "English. Other languages are not there yet."),
        ):
            words = column(
                Label(theme, title, "medium"),
                Label(theme, sentence, "small", "text3", wrap=True, name=f"settings.{title.lower()}"),
                gap=2,
            )
            card.body.addLayout(words)
            if title == "Keyring":
                card.body.addWidget(rule())
        return card

    def _show(self) -> None:
        """Put the settings' values into the controls; no choice is made by that."""
        settings = self._settings
        for controls in (self._segments, self._lists, self._numbers, self._switches):
            for control in controls.values():
                control.blockSignals(True)
        self._segments["theme"].choose(settings.theme)
        self._segments["opt_in_as_strings"].choose("yes" if settings.opt_in_as_strings else "no")
        self._switches["env_cas"].setChecked(settings.env_cas)
        for name, box in self._lists.items():
            box.choose(getattr(settings, name))
        for name, number in self._numbers.items():
            number.setValue(getattr(settings, name))
        if not self.proxy.editor.hasFocus() and not self.proxy.problem.text():
            self.proxy.set_text(settings.proxy)
        for controls in (self._segments, self._lists, self._numbers, self._switches):
            for control in controls.values():
                control.blockSignals(False)

    # --- what a person chooses --------------------------------------------------------------------------

    @Slot(str)
    def _segment_chosen(self, key: str) -> None:
        name = self.sender().objectName().removeprefix("settings.")
        self._set(name, key == "yes" if name == "opt_in_as_strings" else key)

    @Slot()
    def _list_chosen(self) -> None:
        for name, box in self._lists.items():
            self._set(name, box.current_key())

    @Slot()
    def _number_chosen(self) -> None:
        for name, box in self._numbers.items():
            self._set(name, box.value())

    @Slot()
    def _switched(self) -> None:
        for name, switch in self._switches.items():
            self._set(name, switch.isChecked())

    @Slot()
    def _theme_by_name(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._segments["theme"].choose(str(action.data()))

    @Slot()
    def _proxy_typed(self) -> None:
        try:
            proxy = check_proxy(self.proxy.text())
        except Rejected as problem:
            self.proxy.set_problem(str(problem))
            return
        self.proxy.set_problem("")
        self.proxy.set_text(proxy)
        self._set("proxy", proxy)

    def _set(self, name: str, value: object) -> None:
        if getattr(self._settings, name) == value:
            return
        setattr(self._settings, name, value)
        if name == "theme":
            self._theme.set_scheme(cast(Scheme, value))
        self._save()
        self.settings_changed.emit()

    @Slot()
    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._paths.data_dir)))

    # --- keeping ----------------------------------------------------------------------------------------

    @Slot()
    def _save(self) -> None:
        """One write at a time, so that an older one never lands on a newer one."""
        if self._is_saving:
            self._is_stale = True
            return
        self._is_saving, self._is_stale = True, False
        self._tasks.run(
            self._settings.save, self._paths.settings_file, done=self._saved, failed=self._not_saved
        )

    @Slot(object)
    def _saved(self, _nothing: object) -> None:
        self._is_saving = False
        if self._is_stale:
            self._save()
            return
        self.banner.clear()
        self.said.setText("Kept. Each choice holds from now on.")

    @Slot(object)
    def _not_saved(self, problem: object) -> None:
        self._is_saving = False
        assert isinstance(problem, AppError)
        self.banner.show_error(problem)
        self.said.setText("The last choice holds until you close the window; it could not be kept.")
