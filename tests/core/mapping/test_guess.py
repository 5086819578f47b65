"""What the values of a column and the columns beside it add to its header."""

import pytest

from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Level, Type
from nv_desktop.core.mapping import Mapping, guess, use_email_as_id, with_country


def targets(header: list[str], rows: list[list[str]]) -> list[str | None]:
    return [column.target for column in guess(header, rows).columns]


@pytest.mark.parametrize(
    ("header", "values", "target"),
    [
        ("E-mail address", ["25/11/1990", "1990-01-02"], "E-mail address"),
        ("email", ["25/11/1990", "1990-01-02"], "email"),
        ("Cell phone", ["yes", "no"], "Cell phone"),
        ("Mobile", ["9.19877E+11", "9.19877E+11"], "mobile"),
        ("Phone", ["98765 43210", "", "0123 456789"], "mobile"),
        ("Phone", ["1990-11-25", "25/11/1990"], "Phone"),
        ("Birthday", ["05/12", "11/30"], "Birthday"),
        ("DOB", ["25/11/1990", "3 Mar 1999"], "birth_date"),
        ("Gender", ["M", "F", "n/a"], "gender"),
        ("Sex", ["rock", "pop", "jazz"], "Sex"),
        ("Genre", ["homme", "femme"], "gender"),
        ("Genre", ["rock", "pop"], "Genre"),
        ("ID", [str(number) for number in range(20)], "userID"),
        ("ID", ["shop 1", "shop 2"] * 10, "ID"),
        ("Email subscription", ["yes", "no"], "email_opt_in"),
        ("Email subscription", ["weekly", "monthly"], "Email subscription"),
        ("First name", ["a@b.com", "c@d.com"], "First name"),
        ("Имя", ["Анна Иванова", "Пётр Чехов"], "name"),
        ("Имя", ["Анна", "Пётр"], None),
        ("이름", ["김철수", "이영희"], "name"),
        ("Почта", ["a@b.com", "c@d.com"], "email"),
        ("Почта", ["DHL", "Post"], "Почта"),
    ],
)
def test_values_veto_and_prove(header: str, values: list[str], target: str | None) -> None:
    assert targets([header, "Colour"], [[value, "red"] for value in values * 2])[0] == target


def test_few_values_say_nothing_against_a_header() -> None:
    assert targets(["Cell phone"], [["yes"], ["no"]]) == ["mobile"]


def test_whole_name_beside_first_and_last_is_proven_by_its_values() -> None:
    header = ["First name", "Last name", "Name"]
    assert targets(header, [["Asha", "Rao", "Asha Rao"], ["Jo", "Li", "Li Jo"]])[2] == "name"
    assert targets(header, [["Asha", "Rao", "Acme Ltd"]])[2] is None


def test_equal_columns_stay_open_unless_they_hold_the_same() -> None:
    header = ["E-mail", "Email address"]
    assert targets(header, [["a@b.com", "c@d.com"]]) == [None, None]
    assert targets(header, [["a@b.com", "a@b.com"]]) == ["email", None]


@pytest.mark.parametrize(
    ("header", "values", "type_"),
    [
        ("Orders", ["1", "20", "300"], Type.INTEGER),
        ("Orders", ["1", "020", "300"], Type.TEXT),
        ("Orders", ["1", "+20", "300"], Type.TEXT),
        ("Orders", ["1", "2E5", "300"], Type.TEXT),
        ("Orders", ["1234567890123456", "1", "2"], Type.TEXT),
        ("Orders", ["1", ""], Type.INTEGER),
        ("Orders", [""], Type.TEXT),
        ("Zip", ["10115", "20095", "80331"], Type.TEXT),
        ("Spent", ["12.50", "3.00", "7.25"], Type.NUMBER),
        ("Version", ["1.9", "1.10", "2.0"], Type.TEXT),
        ("VIP", ["true", "false", "true"], Type.BOOLEAN),
        ("VIP", ["yes", "no", "yes"], Type.TEXT),
        ("Since", ["2024-02-29", "2023-01-01", "2022-12-31"], Type.DATE),
        ("Since", ["2024-02-29", "2023-02-29", "2022-12-31"], Type.TEXT),
        ("Tags", ["a;b", "c", "d;e"], Type.TEXT),
        ("Tags", ['["a"]', '["b", "c"]', '["d"]'], Type.LIST),
        ("Extra", ['{"a": 1}', '{"b": 2}', "{}"], Type.JSON),
    ],
)
def test_a_type_is_proposed_only_where_nothing_is_lost(header: str, values: list[str], type_: Type) -> None:
    (column,) = guess([header], [[value] for value in values]).columns
    assert (column.target, column.type) == (header, type_)


def test_known_types_are_kept_and_a_change_is_an_error() -> None:
    mapping = guess(["userID", "Orders"], [["1", "5"]] * 3, {"Orders": Type.TEXT})
    assert mapping.columns[1].type is Type.TEXT
    assert mapping.problems() == []
    mapping.columns[1].type = Type.INTEGER
    (problem,) = mapping.problems()
    assert (problem.code, problem.level) == ("type_changed", Level.ERROR)


def test_what_cannot_be_an_attribute_goes_nowhere_and_makes_no_problem() -> None:
    header = ["userID", "", "x" * 50, "Note", "note", "Password", "a\nb", "Unnamed: 7"]
    mapping = guess(header, [])
    assert [column.target for column in mapping.columns] == ["userID", None, None, "Note"] + [None] * 4
    assert all(column.reason for column in mapping.columns)
    assert mapping.problems() == []


def test_no_user_id_offers_the_email() -> None:
    mapping = guess(["Email", "City"], [["a@b.com", "Pune"]])
    (problem,) = mapping.problems()
    assert (problem.code, problem.step) == ("no_user_id", {"step": "use_email_as_id"})
    chosen = use_email_as_id(mapping)
    assert chosen is not None
    assert chosen.problems() == []
    assert {column.target for column in chosen.columns if column.index == 0} == {"userID", "email"}
    assert use_email_as_id(guess(["City"], [])) is None


def test_anonymous_ids_are_told_apart() -> None:
    assert [problem.code for problem in guess(["Anonymous ID", "City"], []).problems()] == ["anonymous_only"]


def test_problems_of_a_mapping() -> None:
    mapping = guess(["userID", "City", "Note"], [])
    mapping.columns[2].target = "City"
    mapping.columns[1].steps = [{"step": "dance"}, {"step": "join", "columns": ["Nix"], "sep": " "}]
    mapping.columns[0].empty = "clear"
    codes = {problem.code for problem in mapping.problems()}
    assert codes == {"target_twice", "step", "join_column", "cannot_clear"}


def test_mapping_survives_json() -> None:
    mapping = guess(["userID", "Email", "Spent"], [["1", "a@b.com", "1.50"]] * 3, {"Old": Type.DATE})
    assert Mapping.from_json(mapping.to_json()) == mapping


def test_country_goes_to_the_mobile_column_only() -> None:
    mapping = with_country(guess(["userID", "Phone", "City"], []), "in")
    assert mapping.columns[1].steps == [{"step": "trim"}, {"step": "phone", "country": "IN"}]
    assert mapping.columns[2].steps == [{"step": "trim"}]
    assert with_country(mapping, "DE").columns[1].steps == mapping.columns[1].steps
    for wrong in ("XX", "", "Germany"):
        with pytest.raises(Rejected):
            with_country(mapping, wrong)
