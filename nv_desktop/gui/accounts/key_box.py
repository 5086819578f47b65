"""The key of one account in its dialog: typed masked, tested, never shown again."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy

from nv_desktop.core.errors import AppError, NoKeyring, Rejected
from nv_desktop.core.keys import Secret
from nv_desktop.gui.accounts.keeping import KeyState
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets import Badge, Button, IconLabel, Label, Surface, boxed, column, row

BADGES = {
    # kind of key state: words, tone
    "kept": ("Kept", "ok"),
    "session": ("This session only", "warn"),
    "none": ("No key yet", "warn"),
    "unknown": ("Keyring not reached", "error"),
    "asking": ("Asking the keyring…", "plain"),
}
TONES = {
    "ok": ("check-circle-fill", "ok"),
    "error": ("warning-circle-fill", "error"),
    "warn": ("warning-fill", "warn"),
    "busy": ("hourglass", "text3"),
}
_SHORTCUTS = (
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
)


class KeyEdit(QLineEdit):
    """Takes a key and gives nothing back: masked, without undo, copy, drag, or a spelling memory."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setMaxLength(2000)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if any(event.matches(shortcut) for shortcut in _SHORTCUTS):
            event.accept()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Pasting is all the menu offers."""
        menu = QMenu(self)
        paste = QAction("Paste", menu)
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()
        paste.setEnabled(data is not None and data.hasText())
        paste.triggered.connect(self.paste)
        menu.addAction(paste)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())


class KeyBox(Surface):
    """Key line, test, and sentences. `test_wanted()`, `session_wanted()`, `edited()`."""

    test_wanted = Signal()
    session_wanted = Signal()
    edited = Signal()

    def __init__(self, theme: Theme, keyring: str, state: KeyState) -> None:
        super().__init__("inset", name="accounts.keybox")
        self.setAccessibleName("API key")
        self._theme = theme
        self.badge = Badge(theme, "", name="accounts.key.state")
        self.editor = KeyEdit()
        self.editor.setObjectName("accounts.key")
        self.editor.setAccessibleName("API key")
        self.editor.setFont(theme.font("body"))
        self.editor.setPlaceholderText("Paste the key")
        self.editor.textEdited.connect(self.edited)
        self.kept = QLineEdit("•••• •••• •••• ••••")
        self.kept.setReadOnly(True)
        self.kept.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.kept.setObjectName("accounts.key.kept")
        self.kept.setAccessibleName("API key, kept and not shown")
        self.replace = Button(theme, "Replace…", name="accounts.replace", on_click=self._replace)
        self.test = Button(theme, "Test this key", icon="shield-check", name="accounts.test")
        self.test.clicked.connect(self.test_wanted)
        self._icon = IconLabel(theme, "hourglass", "text3", 14)
        self.sentence = Label(theme, "", "small", "text2", wrap=True, name="accounts.test.sentence")
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        said = row(column(1, self._icon, None, gap=0), self.sentence, gap=8)
        said.setStretch(1, 1)
        self._said = boxed(said)
        self._said.hide()
        self.session = Button(theme, "Keep it for this session only", name="accounts.session")
        self.session.clicked.connect(self.session_wanted)
        self.session.hide()
        where = f"Kept in {keyring}, never in a file. The key itself is never shown again."
        place = Label(theme, where, "small", "text3", wrap=True, name="accounts.key.place")
        place.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        lock = row(column(1, IconLabel(theme, "lock-key", "text3", 14), None, gap=0), place, gap=8)
        lock.setStretch(1, 1)
        head = row(IconLabel(theme, "key"), Label(theme, "API key", "card"), None, self.badge)
        line = row(self.editor, self.kept, self.replace, self.test)
        self.setLayout(
            column(head, line, self._said, row(self.session, None), lock, margins=(16, 12, 16, 12))
        )
        self.show_state(state)

    def show_state(self, state: KeyState) -> None:
        """Where the key is; a key that is being typed stays."""
        words, tone = BADGES[state.kind]
        self.badge.set(words, tone)
        known = state.kind in ("kept", "session")
        self._show_line(known and not self.editor.text())
        if state.problem is not None:
            self.say_no_keyring(state.problem, offer=False)

    def typed(self) -> Secret | None:
        """The key that was typed, None when nothing was. Raises Rejected."""
        if not self.editor.isVisibleTo(self) or not self.editor.text():
            return None
        return Secret.typed(self.editor.text())

    def say(self, sentence: str, tone: str) -> None:
        """Tones: ok, error, warn, busy. An empty sentence hides it."""
        self._said.setVisible(bool(sentence))
        self.sentence.setText(sentence)
        self._icon.set_icon(*TONES[tone])
        self.sentence.set_tone("error" if tone == "error" else "text2")
        self.editor.setAccessibleDescription(sentence)
        self.session.hide()

    def say_error(self, problem: AppError) -> None:
        self.say(str(problem), "error")

    def say_no_keyring(self, problem: NoKeyring, *, offer: bool = True) -> None:
        """The keyring's reason, with the way out beside it."""
        self.say(str(problem), "warn")
        self.session.setVisible(offer)

    def mark(self, problem: Rejected | None) -> None:
        """Show that what was typed is no key."""
        self.editor.setProperty("invalid", problem is not None)
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)
        if problem is not None:
            self.say_error(problem)

    def clear(self) -> None:
        """Leave nothing of the key behind in the line."""
        self.editor.setText("")

    @Slot()
    def _replace(self) -> None:
        self._show_line(False)
        self.editor.setFocus()

    def _show_line(self, kept: bool) -> None:
        self.kept.setVisible(kept)
        self.replace.setVisible(kept)
        self.editor.setVisible(not kept)
