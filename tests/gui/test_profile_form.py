"""The form of one profile, without a server: what is typed, what is said about it, what would be sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from nv_desktop.core.fields import FIELDS, Type, custom
from nv_desktop.core.pasted_ids import split_ids
from nv_desktop.core.profile import Draft, Profile
from nv_desktop.gui.field_edit import FieldEdit, mended
from nv_desktop.gui.field_words import day_words, shown_text, stored_text
from nv_desktop.gui.people.wording import age, brief_age, price, reach
from nv_desktop.gui.profile_form import ProfileForm
from nv_desktop.gui.theme import Theme

ATTRIBUTES = {
    "first_name": "Ilse",
    "last_name": "Marlow",
    "email": "ilse@example.com",
    "birth_date": "1988-03-14",
    "email_opt_in": "0",
    "sms_opt_in": 1,
    "plan": "basic",
    "points": 12,
    "tags": ["vip", "store"],
    "vip": True,
}


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def form(theme: Theme, qtbot: QtBot) -> ProfileForm:
    made = ProfileForm(theme)
    qtbot.addWidget(made)
    made.set_draft(Draft(Profile("u1", ATTRIBUTES, 1.0)), {})
    made.resize(900, 600)
    made.show()
    return made


def line(form: ProfileForm, name: str) -> QLineEdit:
    entry = form.entry(name)
    assert entry is not None and isinstance(entry.editor, QLineEdit)
    return entry.editor


def type_text(form: ProfileForm, name: str, text: str) -> None:
    """Write over what stands there, as a person at the keyboard does."""
    editor = line(form, name)
    editor.setText(text)
    editor.textEdited.emit(text)


def leave(form: ProfileForm, name: str) -> None:
    QApplication.sendEvent(line(form, name), QFocusEvent(QFocusEvent.Type.FocusOut))


def problem(form: ProfileForm, name: str) -> str:
    label = form.findChild(QLabel, f"profile.{name}.problem")
    assert label is not None
    return label.text() if label.isVisible() else ""


def sent(form: ProfileForm) -> dict[str, object]:
    draft = form.draft()
    assert draft is not None
    return draft.attributes()


def save_button(form: ProfileForm) -> QPushButton:
    return form.staged.save


def test_values_stand_in_their_fields(form: ProfileForm) -> None:
    assert line(form, "last_name").text() == "Marlow"
    assert line(form, "points").text() == "12"
    assert line(form, "tags").text() == "vip; store"
    consent = form.findChild(QComboBox, "profile.email_opt_in")
    assert consent is not None and consent.currentText() == "Not available"
    assert not form.staged.isVisible()


def test_showing_a_profile_changes_nothing(form: ProfileForm) -> None:
    for name in ("first_name", "birth_date", "tags", "points"):
        leave(form, name)
    assert sent(form) == {} and not form.changed_names()


def test_a_wrong_value_is_told_when_it_is_left_and_then_at_each_keystroke(form: ProfileForm) -> None:
    type_text(form, "email", "ilse@fern")
    assert problem(form, "email") == ""
    leave(form, "email")
    assert "ending is missing" in problem(form, "email")
    assert line(form, "email").accessibleDescription() == problem(form, "email")
    type_text(form, "email", "ilse@fern.c")
    assert problem(form, "email") == ""
    type_text(form, "email", "ilse@")
    assert "@" in problem(form, "email")


def test_only_what_changed_would_be_sent(form: ProfileForm) -> None:
    type_text(form, "last_name", "Marlowe")
    type_text(form, "points", "13")
    type_text(form, "first_name", "Else")
    type_text(form, "first_name", "Ilse")
    assert sent(form) == {"last_name": "Marlowe", "points": 13}
    assert save_button(form).text() == "Save 2 changes" and save_button(form).isEnabled()


def test_old_value_stands_beside_the_label(form: ProfileForm) -> None:
    type_text(form, "last_name", "Marlowe")
    label = form.findChild(QLabel, "profile.last_name.was")
    assert label is not None and label.isVisible() and label.text() == "was Marlow"


def test_a_list_typed_again_is_no_change(form: ProfileForm) -> None:
    type_text(form, "tags", "vip; store; app")
    assert sent(form) == {"tags": ["vip", "store", "app"]}
    type_text(form, "tags", "vip; store")
    assert sent(form) == {} and not form.staged.isVisible()


def test_one_change_is_taken_back_and_undo_brings_it_again(form: ProfileForm) -> None:
    type_text(form, "last_name", "Marlowe")
    type_text(form, "first_name", "Else")
    form.take_back("last_name")
    assert sent(form) == {"first_name": "Else"} and line(form, "last_name").text() == "Marlow"
    form.undo()
    assert sent(form) == {"last_name": "Marlowe", "first_name": "Else"}


def test_undo_takes_a_whole_word_back(form: ProfileForm) -> None:
    for text in ("Marlowe", "Marlowes", "Marlowest"):
        type_text(form, "last_name", text)
    leave(form, "last_name")
    type_text(form, "first_name", "Else")
    form.undo()
    assert line(form, "first_name").text() == "Ilse" and line(form, "last_name").text() == "Marlowest"
    form.undo()
    assert line(form, "last_name").text() == "Marlow" and sent(form) == {}
    form.redo()
    form.redo()
    assert sent(form) == {"last_name": "Marlowest", "first_name": "Else"}


def test_all_changes_are_taken_back_and_come_back_with_one_undo(form: ProfileForm) -> None:
    type_text(form, "last_name", "Marlowe")
    type_text(form, "points", "1")
    form.take_all_back()
    assert sent(form) == {}
    form.undo()
    assert sent(form) == {"last_name": "Marlowe", "points": 1}


def test_the_inputs_own_undo_never_acts(form: ProfileForm, qtbot: QtBot) -> None:
    editor = line(form, "last_name")
    editor.setFocus()
    qtbot.keyClicks(editor, "x")
    assert editor.isUndoAvailable()
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    draft = form.draft()
    assert draft is not None and draft.text("last_name") == editor.text()


def test_an_invalid_field_blocks_save_and_says_so(form: ProfileForm, qtbot: QtBot) -> None:
    type_text(form, "email", "ilse@")
    type_text(form, "last_name", "Marlowe")
    with qtbot.assertNotEmitted(form.save_wanted):
        form.save()
    assert problem(form, "email")
    assert not save_button(form).isEnabled() and save_button(form).toolTip()
    sentence = form.findChild(QLabel, "people.problem")
    assert sentence is not None and "E-mail needs a correction" in sentence.accessibleName()
    type_text(form, "email", "ilse@example.org")
    with qtbot.waitSignal(form.save_wanted, timeout=1000):
        save_button(form).click()


def test_f8_goes_from_problem_to_problem(form: ProfileForm) -> None:
    type_text(form, "email", "ilse@")
    type_text(form, "points", "many")
    form.next_problem()
    assert form.focusWidget() is line(form, "email")
    form.next_problem()
    assert form.focusWidget() is line(form, "points")
    form.next_problem()
    assert form.focusWidget() is line(form, "email")
    form.previous_problem()
    assert form.focusWidget() is line(form, "points")


def test_a_mend_is_offered_and_used_with_one_click(form: ProfileForm) -> None:
    type_text(form, "birth_date", "14.3.1988")
    type_text(form, "birth_date", "25.11.1990")
    leave(form, "birth_date")
    mend = form.findChild(QPushButton, "profile.birth_date.mend")
    assert mend is not None and mend.isVisible() and "1990-11-25" in mend.text()
    mend.click()
    assert sent(form) == {"birth_date": "1990-11-25"} and problem(form, "birth_date") == ""


def test_nothing_is_offered_where_a_decision_is_needed() -> None:
    assert mended(FIELDS["birth_date"], "03/04/1990") == ""
    assert mended(FIELDS["mobile"], "0171 2345678") == ""
    assert mended(FIELDS["email"], " a@example.com") == "a@example.com"
    assert mended(FIELDS["email"], "") == ""


def test_what_cannot_be_emptied_says_so(form: ProfileForm) -> None:
    type_text(form, "birth_date", "")
    leave(form, "birth_date")
    assert problem(form, "birth_date") and form.errors() == ["birth_date"]
    type_text(form, "first_name", "")
    form.take_back("birth_date")
    assert sent(form) == {"first_name": ""}


def test_consent_is_chosen_as_a_word(form: ProfileForm) -> None:
    box = form.findChild(QComboBox, "profile.email_opt_in")
    assert box is not None
    box.setCurrentIndex(box.findText("Reachable"))
    box.activated.emit(box.currentIndex())
    assert sent(form) == {"email_opt_in": "1"}
    meaning = form.findChild(QLabel, "profile.email_opt_in.meaning")
    assert meaning is not None and meaning.text() == "was Not available"


def test_a_value_that_is_no_choice_is_shown_as_it_is(form: ProfileForm) -> None:
    form.set_draft(Draft(Profile("u2", {"gender": "unknown", "sms_opt_in": "7"}, 1.0)), {})
    for name, shown in (("gender", "unknown"), ("sms_opt_in", "7")):
        box = form.findChild(QComboBox, f"profile.{name}")
        assert box is not None and box.currentText() == shown
    assert sent(form) == {} and not form.errors()


def test_an_attribute_is_added_with_its_type(form: ProfileForm) -> None:
    form.attributes.open_add()
    add = form.attributes.add_row
    add.name.set_text("visits")
    add.type.choose(str(Type.INTEGER))
    add.value.set_text("many")
    add.button.click()
    assert "whole number" in add.value.problem.text() and sent(form) == {}
    add.value.set_text("3")
    add.button.click()
    assert sent(form) == {"visits": 3} and line(form, "visits").text() == "3"
    assert not add.isVisible()
    form.take_back("visits")
    assert form.entry("visits") is None and sent(form) == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [("email", "documented field"), ("plan", "already"), ("", "no name"), ("x" * 50, "fewer than 50")],
)
def test_a_name_that_cannot_be_says_why(form: ProfileForm, name: str, words: str) -> None:
    form.attributes.open_add()
    add = form.attributes.add_row
    add.name.set_text(name)
    add.value.set_text("v")
    add.button.click()
    assert words in add.name.problem.text()


def test_a_known_attribute_has_its_type_already(form: ProfileForm) -> None:
    form.set_draft(Draft(Profile("u1", {}, 1.0), {"visits": "integer"}), {"visits": "integer"})
    form.attributes.open_add()
    add = form.attributes.add_row
    add.name.set_text("visits")
    add.name.edited.emit("visits")
    assert add.type.current_key() == "integer" and not add.type.isEnabled()


def test_yes_or_no_is_chosen_not_written(form: ProfileForm) -> None:
    form.attributes.open_add()
    add = form.attributes.add_row
    add.name.set_text("newsletter")
    add.type.choose("boolean")
    add.type.activated.emit(add.type.currentIndex())
    assert add.value.isHidden() and add.yes_no.isVisible()
    assert [add.yes_no.itemText(number) for number in range(add.yes_no.count())] == ["Yes", "No"]
    add.yes_no.choose("false")
    add.button.click()
    assert sent(form) == {"newsletter": False}
    form.attributes.open_add()
    assert add.value.isVisible() and not add.yes_no.isVisible(), "each begins as text"
    add.type.choose("list")
    add.type.activated.emit(add.type.currentIndex())
    assert add.value.editor.property("placeholderText") == "one; two; three"


def test_read_only_locks_every_input_and_save(form: ProfileForm) -> None:
    form.set_read_only("This account is set to read only")
    assert line(form, "email").isReadOnly() and line(form, "plan").isReadOnly()
    box = form.findChild(QComboBox, "profile.sms_opt_in")
    assert box is not None and not box.isEnabled()
    assert not form.attributes.add_button.isEnabled() and form.attributes.add_button.toolTip()


def test_nothing_can_be_typed_while_saving(form: ProfileForm, qtbot: QtBot) -> None:
    type_text(form, "last_name", "Marlowe")
    form.set_saving(True)
    assert line(form, "last_name").isReadOnly() and not save_button(form).isEnabled()
    form.undo()
    assert line(form, "last_name").text() == "Marlowe"
    with qtbot.assertNotEmitted(form.save_wanted):
        form.save()
    form.set_saving(False)
    assert not line(form, "last_name").isReadOnly() and save_button(form).isEnabled()


def test_a_new_profile_asks_for_its_id(form: ProfileForm, qtbot: QtBot) -> None:
    form.set_draft(Draft(Profile(""), is_new=True), {})
    assert line(form, "userID").isVisible()
    type_text(form, "email", "new@example.com")
    with qtbot.assertNotEmitted(form.save_wanted):
        form.save()
    assert "user ID" in problem(form, "userID")
    type_text(form, "userID", "new-1")
    with qtbot.waitSignal(form.save_wanted, timeout=1000):
        form.save()


def test_long_and_foreign_values_are_kept_whole(form: ProfileForm) -> None:
    long = "हिन्दी नाम " * 90 + "مرحبا"
    odd = {"last_name": "अनन्या शर्मा", "note": long, "lines": "one\ntwo", "far": {"a": {"b": [1, 2]}}}
    form.set_draft(Draft(Profile("u3", odd, 1.0)), {})
    for name in ("note", "lines", "far"):
        leave(form, name)
    assert sent(form) == {}
    assert line(form, "note").text() == long


def test_every_input_has_a_name_for_a_reader(form: ProfileForm) -> None:
    for kind in (QLineEdit, QComboBox, QPushButton):
        for widget in form.findChildren(kind):
            assert widget.accessibleName() or (isinstance(widget, QPushButton) and widget.text()), (
                widget.objectName()
            )


def test_a_field_edit_emits_its_name(theme: Theme, qtbot: QtBot) -> None:
    edit = FieldEdit(theme, custom("vip", Type.BOOLEAN), name="x")
    qtbot.addWidget(edit)
    edit.show_value("true", None, None)
    assert edit.text() == "true"
    box = edit.editor
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findText("No"))
    with qtbot.waitSignal(edit.typed, timeout=1000) as heard:
        box.textActivated.emit("No")
    assert heard.args == ["vip", "false"]


# words


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("demo-1", ["demo-1"]),
        ("a\nb\r\nc", ["a", "b", "c"]),
        ("a, b;c", ["a", "b", "c"]),
        ("a\tname\nb\tname", ["a", "name", "b"]),
        ('"a"\n"b ""x"""', ["a", 'b "x"']),
        ("a\na\n\n b ", ["a", "b"]),
        ("customer 7", ["customer 7"]),
        ("", []),
    ],
)
def test_pasted_ids_are_parted(text: str, ids: list[str]) -> None:
    assert split_ids(text) == ids


def test_prices_and_ages_are_words() -> None:
    assert price(300, 500) == "about 35 seconds"
    assert price(2000, 500) == "about 4 minutes"
    assert price(3, 500) == "a few seconds"
    assert [age(s) for s in (3, 120, 3_600, 86_400 * 4)] == [
        "just now", "2 minutes ago", "1 hour ago", "4 days ago",
    ]  # fmt: skip
    assert brief_age(1000.0, 1000.0 + 125) == "2 min"


def test_reach_is_told_in_words() -> None:
    assert reach({"email_opt_in": "1", "sms_opt_in": 1, "whatsapp_opt_in": "1"})[0] == (
        "Reachable by e-mail, SMS and WhatsApp"
    )
    assert reach({"email_opt_in": "1"}) == ("Reachable by e-mail", "ok")
    assert reach({"email_opt_in": "0"})[0] == "Not to be contacted"
    assert reach({}) == ("", "plain")


def test_lists_are_shown_without_loss() -> None:
    field = custom("t", Type.LIST)
    assert shown_text(field, '["a", "b c"]') == "a; b c"
    assert shown_text(field, '["a;b"]') == '["a;b"]'
    assert shown_text(field, '[" a"]') == '[" a"]'
    assert stored_text(field, "a; b", '["a", "b"]') == '["a", "b"]'
    assert day_words("1988-03-14") == "14 March 1988" and day_words("x") == ""


def test_a_long_profile_is_shown_in_slices_and_whole(form: ProfileForm, qtbot: QtBot) -> None:
    many = {f"a{number:03d}": f"v{number}" for number in range(60)}
    form.set_draft(Draft(Profile("u9", many, 1.0)), {})
    assert len(form.attributes.rows) < 60
    qtbot.waitUntil(lambda: len(form.attributes.rows) == 60, timeout=5000)
    assert [line(form, name).text() for name in many] == [*many.values()]
    qtbot.waitUntil(lambda: form.attributes.rows["a059"].y() > form.attributes.rows["a000"].y(), timeout=5000)
    tops = [form.attributes.rows[name].y() for name in many]
    assert tops == sorted(tops) and sent(form) == {}


def test_tab_goes_through_the_form_as_it_stands(form: ProfileForm, qtbot: QtBot) -> None:
    type_text(form, "plan", "plus")
    line(form, "first_name").setFocus()
    passed = []
    while not passed or passed[-1] != "people.save":
        focus = form.focusWidget()
        assert focus is not None and len(passed) < 40
        passed.append(focus.objectName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    names = ["first_name", "email", "email_opt_in", "add", "attribute.plan", "attribute.points"]
    order = [f"profile.{name}" for name in names]
    order += ["people.preview", "people.staged.plan.back", "people.take_back", "people.save"]
    assert [name for name in passed if name in order] == order


def test_a_new_profile_can_be_discarded_and_brought_back(form: ProfileForm) -> None:
    draft = Draft(Profile(""), is_new=True)
    form.set_draft(draft, {})
    type_text(form, "userID", "new-1")
    type_text(form, "email", "new@example.com")
    form.take_all_back()
    assert not draft.is_changed and line(form, "userID").text() == ""
    form.undo()
    assert draft.user_id == "new-1" and draft.text("email") == "new@example.com"
