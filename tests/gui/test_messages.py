"""What speaks to a person: the banner and the dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from nv_desktop.core.errors import AppError
from nv_desktop.gui import messages
from nv_desktop.gui.messages import Banner, Option, Question, TypedQuestion
from nv_desktop.gui.theme import Theme
from nv_desktop.gui.widgets.dialog import Veil


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[QDialog], None]], None]:
    """Lets a function act on the next dialog in place of a person."""

    def prepare(act: Callable[[QDialog], None]) -> None:
        def exec_(dialog: QDialog) -> int:
            dialog.show()
            act(dialog)
            return dialog.result()

        monkeypatch.setattr(QDialog, "exec", exec_)

    return prepare


def press(qtbot: QtBot, name: str) -> Callable[[QDialog], None]:
    def act(dialog: QDialog) -> None:
        button = dialog.findChild(QWidget, name)
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    return act


def test_banner_says_what_happened_and_what_to_do(theme: Theme, qtbot: QtBot) -> None:
    banner = Banner(theme, name="people.banner")
    qtbot.addWidget(banner)
    assert banner.isHidden()
    banner.show_error(AppError("No connection.", "Check the network, then try again."))
    assert banner.isVisible()
    assert banner.sentence.text() == "No connection."
    assert banner.remedy.text() == "Check the network, then try again."
    assert banner.accessibleName() == "No connection. Check the network, then try again."
    with qtbot.waitSignal(banner.retried):
        qtbot.mouseClick(banner.button, Qt.MouseButton.LeftButton)
    assert banner.isHidden()


def test_banner_can_be_put_away(theme: Theme, qtbot: QtBot) -> None:
    banner = Banner(theme)
    qtbot.addWidget(banner)
    banner.say("Saved.", tone="ok")
    assert banner.button.isHidden()
    with qtbot.waitSignal(banner.dismissed):
        banner.clear()
    assert banner.isHidden()


@pytest.mark.parametrize(
    ("name", "said"), [("question.action", True), ("question.cancel", False), ("question.close", False)]
)
def test_confirm(
    theme: Theme, qtbot: QtBot, window: QWidget, answer: Callable[..., None], name: str, said: bool
) -> None:
    answer(press(qtbot, name))
    assert messages.confirm(window, theme, "Stop?", "Rows stay here.", "Stop", danger=True) is said


def test_escape_is_no(theme: Theme, qtbot: QtBot, window: QWidget, answer: Callable[..., None]) -> None:
    answer(lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Escape))
    assert not messages.confirm(window, theme, "Stop?", "Rows stay here.", "Stop")


@pytest.mark.parametrize("danger", [True, False])
def test_return_never_destroys(theme: Theme, qtbot: QtBot, window: QWidget, danger: bool) -> None:
    dialog = Question(window, theme, "Delete?", "It is gone then.", "Delete", danger=danger)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == (QDialog.DialogCode.Rejected if danger else QDialog.DialogCode.Accepted)


@pytest.mark.parametrize("typed", ["", "fernwood", "Fernwood ", "Fernwoo"])
def test_only_the_exact_word_allows_the_action(
    theme: Theme, qtbot: QtBot, window: QWidget, typed: str
) -> None:
    dialog = TypedQuestion(window, theme, "Send?", "To production.", "Fernwood", "Send")
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.field.editor, typed)
    qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog.field.editor, Qt.Key.Key_Return)
    assert dialog.result() != QDialog.DialogCode.Accepted


def test_the_exact_word(theme: Theme, qtbot: QtBot, window: QWidget, answer: Callable[..., None]) -> None:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, TypedQuestion)
        qtbot.keyClicks(dialog.field.editor, "Fernwood")
        qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)

    answer(act)
    assert messages.confirm_typed(window, theme, "Send?", "To production.", "Fernwood", "Send")


def test_choose(theme: Theme, qtbot: QtBot, window: QWidget, answer: Callable[..., None]) -> None:
    options = [Option("last", "Last wins", "The lower row is sent."), Option("first", "First wins")]

    def act(dialog: QDialog) -> None:
        first = dialog.findChild(QRadioButton, "choice.first")
        assert isinstance(first, QRadioButton)
        first.click()
        press(qtbot, "choice.action")(dialog)

    answer(act)
    assert messages.choose(window, theme, "Twice", "Which?", options) == "first"
    answer(press(qtbot, "choice.action"))
    assert messages.choose(window, theme, "Twice", "Which?", options, current="last") == "last"
    answer(press(qtbot, "choice.cancel"))
    assert messages.choose(window, theme, "Twice", "Which?", options) is None


@pytest.mark.parametrize(("typed", "given"), [("Weekly list", "Weekly list"), ("   ", None)])
def test_ask_text(
    theme: Theme, qtbot: QtBot, window: QWidget, answer: Callable[..., None], typed: str, given: str | None
) -> None:
    def act(dialog: QDialog) -> None:
        editor = dialog.findChild(QWidget, "text.value")
        assert editor is not None
        qtbot.keyClicks(editor, typed)
        press(qtbot, "text.action")(dialog)

    answer(act)
    assert messages.ask_text(window, theme, "Name", "A name for the recipe.", "Name", "Save") == given


def test_error_in_a_dialog_has_its_remedy(
    theme: Theme, qtbot: QtBot, window: QWidget, answer: Callable[..., None]
) -> None:
    said: list[str] = []

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, Question)
        said.append(dialog.sentence.text())
        press(qtbot, "question.action")(dialog)

    answer(act)
    messages.show_error(window, theme, AppError("The disk is full.", "Free some room."))
    assert said == ["The disk is full. Free some room."]


def test_window_is_veiled_only_while_a_dialog_stands_before_it(
    theme: Theme, qtbot: QtBot, window: QWidget
) -> None:
    dialog = Question(window, theme, "Stop?", "Rows stay here.", "Stop")
    qtbot.addWidget(dialog)
    dialog.show()
    veils = window.findChildren(Veil)
    assert len(veils) == 1
    assert veils[0].geometry() == window.rect()
    dialog.reject()
    assert veils[0].isHidden()


def test_long_sentences_are_shown_whole(theme: Theme, qtbot: QtBot, window: QWidget) -> None:
    dialog = Question(window, theme, "Stop?", "Rows stay here as not sent. " * 12, "Stop")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.sentence.height() >= dialog.sentence.heightForWidth(dialog.sentence.width())
