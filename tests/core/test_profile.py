"""Drafts: typed text and stored value kept apart, only changes sent, conflicts with three values."""

from __future__ import annotations

from nv_desktop.core.fields import Type
from nv_desktop.core.profile import Draft, Profile, same

ANN = Profile(
    "ann",
    {
        "name": "Ann",
        "email": "broken@",
        "email_opt_in": 1,
        "age": 41,
        "vip": True,
        "tags": ["a"],
        "since": None,
    },
    5.0,
)


def test_nothing_typed_is_nothing_changed() -> None:
    draft = Draft(ANN)
    for name in draft.names():
        draft.set(name, draft.text(name))
    assert not draft.is_changed and draft.changes() == [] and draft.problems() == {}
    assert not draft.can_save
    assert draft.undo() is None


def test_only_changes_are_sent_in_their_types() -> None:
    draft = Draft(ANN)
    for name, text in (
        ("name", "Anna"),
        ("age", "42"),
        ("vip", "false"),
        ("tags", "a;b"),
        ("mobile", "+4912345678"),
    ):
        assert draft.set(name, text) == ()
    assert draft.attributes() == {
        "name": "Anna", "age": 42, "vip": False, "tags": ["a", "b"], "mobile": "+4912345678",
    }  # fmt: skip
    change = draft.changes()[0]
    assert (change.name, change.label, change.before, change.after) == ("name", "Name", "Ann", "Anna")
    draft.take_back("name")
    assert "name" not in draft.attributes()
    assert draft.can_save


def test_a_problem_stops_saving_but_an_old_bad_value_does_not() -> None:
    draft = Draft(ANN)
    assert draft.set("age", "old")[0].code == "integer"
    assert not draft.can_save
    draft.set("age", "41")
    draft.set("name", "Anna")
    assert draft.can_save
    assert "email" not in draft.problems()


def test_clearing_is_for_text_only() -> None:
    draft = Draft(ANN)
    assert draft.set("name", "") == ()
    assert draft.attributes() == {"name": ""}
    assert draft.set("age", "")[0].code == "not_clearable"
    assert draft.set("first_name", "x") == () and draft.set("first_name", "") == ()
    assert "first_name" not in draft.attributes()


def test_attributes_can_be_added_with_the_type_the_account_knows() -> None:
    draft = Draft(ANN, {"points": "integer"})
    assert draft.add("points", Type.TEXT) is None
    assert draft.set("points", "7") == ()
    assert draft.attributes() == {"points": 7}
    for name, code in (
        ("points", "name_twice"),
        ("age", "name_twice"),
        ("email", "name_taken"),
        ("x" * 50, "name_long"),
    ):
        problem = draft.add(name)
        assert problem is not None and problem.code == code
    assert draft.names()[-1] == "points"


def test_undo_and_redo_walk_over_every_edit() -> None:
    draft = Draft(Profile(""), is_new=True)
    draft.set("userID", "new")
    draft.set("name", "A")
    draft.set("name", "AB")
    assert [draft.undo(), draft.text("name")] == ["name", "A"]
    assert [draft.undo(), draft.undo(), draft.user_id] == ["name", "userID", ""]
    assert [draft.redo(), draft.redo(), draft.user_id, draft.text("name")] == ["userID", "name", "new", "A"]
    draft.set("name", "C")
    assert draft.redo() is None


def test_a_new_profile_needs_a_user_id() -> None:
    draft = Draft(Profile(""), is_new=True)
    assert draft.set("name", "Ann") == ()
    assert draft.problems()["userID"][0].code == "id_blank"
    draft.set("userID", "  ")
    assert draft.problems()["userID"][0].message.startswith("A new profile needs a user ID")
    draft.set("userID", "")
    assert not draft.can_save
    draft.set("userID", "x" * 101)
    assert not draft.can_save
    draft.set("userID", "ann")
    assert draft.can_save
    old = Draft(ANN)
    old.set("userID", "other")
    assert old.user_id == "ann" and not old.is_changed


def test_conflicts_show_three_values_and_choices_are_kept() -> None:
    draft = Draft(ANN)
    draft.set("name", "Mine")
    draft.set("age", "50")
    draft.set("mobile", "+4912345678")
    fresh = Profile("ann", {**ANN.attributes, "name": "Theirs", "age": 50, "city": "Berlin"}, 9.0)
    conflicts = draft.conflicts(fresh)
    assert [(each.name, each.before, each.mine, each.now) for each in conflicts] == [
        ("name", "Ann", "Mine", "Theirs")
    ]
    assert draft.rebased(fresh, ["name"]).attributes() == {"name": "Mine", "mobile": "+4912345678"}
    theirs = draft.rebased(fresh, [])
    assert theirs.attributes() == {"mobile": "+4912345678"}
    assert theirs.text("name") == "Theirs"


def test_opt_ins_come_back_as_numbers_or_texts() -> None:
    assert same(1, "1") and same("", "") and same(None, None)
    assert not same(True, 1) and not same(True, "True") and not same(0, False) and not same("a", "A")
    draft = Draft(ANN)
    draft.set("email_opt_in", "0")
    assert draft.attributes() == {"email_opt_in": "0"}
    draft.set("email_opt_in", "1")
    assert not draft.is_changed
