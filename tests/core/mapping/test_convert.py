"""Cells to what would be sent: nothing changes in silence, damage stops the row."""

import pytest

from nv_desktop.core.errors import BadFile
from nv_desktop.core.fields import Level, Problem, Type
from nv_desktop.core.mapping import ColumnMap, Converted, Mapping, compile, convert

TRIM = {"step": "trim"}
LOST = Problem("lost_digits", "The last digits are lost.")
ODD = Problem("odd", "This is odd.", Level.WARNING)


def one(
    target: str,
    text: str,
    type_: Type | None = None,
    steps: list[dict[str, object]] | None = None,
    empty: str = "leave",
) -> Converted:
    columns = [ColumnMap(0, "id", "userID"), ColumnMap(1, "x", target, type_, "", steps or [], empty)]
    return compile(Mapping(columns), ["id", "x"]).convert(["u1", text])


def codes(converted: Converted) -> list[tuple[int, str]]:
    return [(index, problem.code) for index, problem in converted.problems]


def test_values_as_their_types() -> None:
    assert one("city", "Pune").attributes == {"city": "Pune"}
    assert one("orders", "5", Type.INTEGER).attributes == {"orders": 5}
    assert one("vip", "false", Type.BOOLEAN).attributes == {"vip": False}
    assert one("email_opt_in", "1").attributes == {"email_opt_in": "1"}
    assert one("vip", "false", Type.BOOLEAN) == Converted("u1", {"vip": False})


def test_a_user_id_is_not_trimmed() -> None:
    converted = compile(Mapping([ColumnMap(0, "id", "userID"), ColumnMap(1, "c", "c")]), ["id", "c"])
    row = converted.convert([" u1 ", "x"])
    assert (row.user_id, codes(row), row.level) == (" u1 ", [(0, "id_spaces")], Level.WARNING)


@pytest.mark.parametrize("text", ["", "  "])
def test_a_row_without_id_is_an_error(text: str) -> None:
    converter = compile(Mapping([ColumnMap(0, "id", "userID"), ColumnMap(1, "c", "c")]), ["id", "c"])
    row = converter.convert([text, "x"])
    assert (row.user_id, codes(row), row.level) == (None, [(0, "id_blank")], Level.ERROR)


def test_empty_cells_leave_or_clear() -> None:
    assert one("city", "").attributes == {}
    assert one("city", "", empty="clear").attributes == {"city": ""}
    assert one("city", "-", steps=[{"step": "empty", "values": ["-"]}], empty="clear").attributes == {
        "city": ""
    }
    assert one("orders", "", Type.INTEGER, empty="clear").attributes == {}
    only_id = one("city", "  ", steps=[TRIM])
    assert (only_id.attributes, codes(only_id), only_id.level) == ({}, [(-1, "no_attributes")], Level.NOTE)


def test_a_refused_value_is_not_among_the_attributes() -> None:
    row = one("gender", "M")
    assert (row.attributes, codes(row), row.level) == ({}, [(1, "gender")], Level.ERROR)
    warned = one("email", "a@gmial.com")
    assert (warned.attributes, warned.level) == ({"email": "a@gmial.com"}, Level.WARNING)


def test_a_step_that_was_taken_is_not_offered_again() -> None:
    (entry,) = one("mobile", "98765", steps=[{"step": "phone", "country": "IN"}]).problems
    assert entry[1].step is None
    (entry,) = one("mobile", "987654", steps=[{"step": "phone", "country": "IN"}]).problems
    assert (entry[1].code, "India" in entry[1].message) == ("mobile_plan", True)


def test_hazards_count_only_where_the_column_goes_somewhere() -> None:
    columns = [ColumnMap(0, "id", "userID"), ColumnMap(1, "a", "a"), ColumnMap(2, "b", None)]
    converter = compile(Mapping(columns), ["id", "a", "b"])
    cells = ["u1", "1.2E+15", "x"]
    assert codes(converter.convert(cells, ((2, LOST),))) == []
    stopped = converter.convert(cells, ((1, LOST),))
    assert (stopped.attributes, codes(stopped), stopped.level) == ({}, [(1, "lost_digits")], Level.ERROR)
    warned = converter.convert(cells, ((1, ODD), (-1, ODD)))
    assert (warned.attributes, codes(warned)) == ({"a": "1.2E+15"}, [(1, "odd"), (-1, "odd")])
    assert converter.convert(["u1", "y", ""], ((0, LOST),)).level == Level.ERROR


def test_damage_declared_empty_is_done_with() -> None:
    columns = [
        ColumnMap(0, "id", "userID"),
        ColumnMap(1, "a", "a", None, "", [{"step": "empty", "values": ["#N/A"]}]),
        ColumnMap(2, "b", "b"),
    ]
    converter = compile(Mapping(columns), ["id", "a", "b"])
    error = Problem("excel_error", "The cell holds an error.")
    assert codes(converter.convert(["u1", "#N/A", "x"], ((1, error),))) == []
    assert codes(converter.convert(["u1", "", "x"], ((1, error),))) == [(1, "excel_error")]
    assert codes(converter.convert(["u1", "", "#N/A"], ((2, error),))) == [(2, "excel_error")]


def test_damage_is_done_with_only_where_every_field_of_the_column_calls_it_empty() -> None:
    empty = {"step": "empty", "values": ["1.2E+15"]}
    for steps, found in (([empty], [(-1, "no_attributes")]), ([], [(1, "lost_digits")])):
        columns = [
            ColumnMap(0, "id", "userID"),
            ColumnMap(1, "a", "a", None, "", [empty]),
            ColumnMap(1, "a", "b", None, "", steps),
        ]
        converted = compile(Mapping(columns), ["id", "a"]).convert(["u1", "1.2E+15"], ((1, LOST),))
        assert (codes(converted), converted.attributes) == (found, {})


def test_zeros_that_only_the_format_showed_are_there_after_filling_up() -> None:
    shown = Problem("number_format", "The cell is shown as 00042.", Level.WARNING)
    columns = [
        ColumnMap(0, "id", "userID", None, "", [{"step": "pad", "width": 5}]),
        ColumnMap(1, "zip", "zip", None, "", [{"step": "pad", "width": 5}]),
        ColumnMap(2, "code", "code"),
    ]
    converter = compile(Mapping(columns), ["id", "zip", "code"])
    row = converter.convert(["42", "42", "42"], ((0, shown), (1, shown), (2, shown)))
    assert (row.user_id, row.attributes) == ("00042", {"zip": "00042", "code": "42"})
    assert codes(row) == [(2, "number_format")] and row.level == Level.WARNING


def test_a_column_may_feed_several_fields() -> None:
    columns = [
        ColumnMap(0, "Mail", "userID", None, "", [TRIM]),
        ColumnMap(0, "Mail", "email", None, "", [TRIM]),
        ColumnMap(1, "Name", "first_name", None, "", [{"step": "split", "sep": " ", "part": 1}]),
        ColumnMap(1, "Name", "last_name", None, "", [{"step": "rest", "sep": " ", "part": 2}]),
    ]
    row = compile(Mapping(columns), ["Mail", "Name"]).convert([" a@b.com", "Asha Devi Rao"])
    assert row == Converted("a@b.com", {"email": "a@b.com", "first_name": "Asha", "last_name": "Devi Rao"})


def test_joined_columns() -> None:
    join = {"step": "join", "columns": ["first", "Last "], "sep": " "}
    columns = [ColumnMap(0, "id", "userID"), ColumnMap(1, "First", "name", None, "", [join])]
    converter = compile(Mapping(columns), ["id", "First", "last"])
    assert converter.convert(["u1", "Asha", "Rao"]).attributes == {"name": "Asha Rao"}
    assert converter.convert(["u1", "Asha", " "]).attributes == {"name": "Asha"}
    assert codes(converter.convert(["u1", "Asha", "Rao"], ((2, LOST),))) == [(2, "lost_digits")]
    assert codes(converter.convert(["u1", "x" * 600, "y" * 600])) == [(1, "text_long")]
    with pytest.raises(BadFile):
        compile(Mapping([ColumnMap(0, "id", "name", None, "", [join])]), ["id"])


def test_the_memo_is_bounded_and_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "MEMO_MOST", 50)
    columns = [ColumnMap(0, "id", "userID"), ColumnMap(1, "n", "n", Type.INTEGER)]
    converter = compile(Mapping(columns), ["id", "n"])
    for number in range(500):
        row = converter.convert([f"u{number}", str(number % 90)])
        assert row == Converted(f"u{number}", {"n": number % 90})
    assert max(len(memo) for _, _, memo in converter._columns) <= 51
