"""Types of custom attributes: proposed only where nothing would be lost in the whole column."""

from __future__ import annotations

import json

from tests.acceptance.conftest import Nv

FITS = {"points": "5", "price": "1.5", "vip": "true", "since": "2024-01-02", "mixed": "7", "error": "3"}
LATE = {
    "points": "007",
    "price": "1.50",
    "vip": "yes",
    "since": "2.1.2024",
    "mixed": "7.5",
    "error": "#N/A",
}


def _late(nv: Nv, where: int) -> tuple[list[str], list[list[str]]]:
    rows = [[f"u{n}", *FITS.values()] for n in range(where + 5)]
    rows[where] = [f"u{where}", *LATE.values()]
    return ["userID", *FITS], rows


def test_a_late_cell_that_a_guessed_type_would_lose_turns_the_column_not_the_row(nv: Nv) -> None:
    answer = nv.check(nv.csv("late.csv", *_late(nv, 400)))
    types = {each["header"]: each["type"] for each in answer.told["columns"]}
    assert types == {
        "userID": "text",
        "points": "text",
        "price": "text",
        "vip": "text",
        "since": "text",
        "mixed": "number",  # whole numbers and 7.5 are numbers that lose nothing
        "error": "integer",  # an error cell is stopped whatever the type
    }
    assert "007" in answer.column("points")["reason"] and "402" in answer.column("points")["reason"]
    assert answer.rows[2]["attributes"] == {
        "points": "5", "price": "1.5", "vip": "true", "since": "2024-01-02", "mixed": 7, "error": 3,
    }  # fmt: skip
    late = answer.rows[402]
    assert late["attributes"] == {
        "points": "007", "price": "1.50", "vip": "yes", "since": "2.1.2024", "mixed": 7.5,
    }  # fmt: skip
    assert [problem["code"] for problem in late["problems"]] == ["excel_error"]
    assert (answer.told["send"], answer.told["stopped"], answer.code) == (404, 1, 1)


def test_the_place_of_the_odd_cell_makes_no_difference(nv: Nv) -> None:
    early, late = (nv.check(nv.csv("f.csv", *_late(nv, where))) for where in (3, 300))
    assert [each["type"] for each in early.told["columns"]] == [each["type"] for each in late.told["columns"]]


def test_a_type_that_a_recipe_says_stays_and_stops_the_row(nv: Nv) -> None:
    recipe = nv.text(
        "r.json",
        json.dumps({"nv_recipe": 1, "columns": {"points": {"target": "points", "type": "integer"}}}),
    )
    answer = nv.check(nv.csv("late.csv", *_late(nv, 400)), "--recipe", recipe)
    assert answer.column("points")["type"] == "integer"
    assert "integer" in answer.codes(402) and not answer.rows[402]["send"]
    assert answer.rows[2]["attributes"]["points"] == 5


KEPT_TEXT = {
    "leading zero": ["007", "12"],
    "plus": ["+5", "12"],
    "exponent": ["5E1", "12"],
    "minus zero": ["-0", "12"],
    "16 digits": ["1234567890123456", "12"],
    "version": ["1.9", "1.10"],
    "comma": ["1,5", "2,5"],
    "grouped": ["1,234", "2"],
    "word": ["12", "many"],
    "blank inside": ["1 234", "2"],
    "yes and no": ["yes", "no"],
    "1 and 0": ["1.0", "0.0"],
    "day first": ["25/11/1990", "26/11/1990"],
    "moment": ["2024-01-02T10:30:00Z", "2024-01-03T10:30:00Z"],
    "no day": ["2024-02-30", "2024-01-01"],
    "Arabic digits": ["١٢", "١٣"],
    "semicolons": ["a;b", "c;d"],
    "NaN": ["NaN", "1.5"],
}
TYPED = {
    "whole": (["12", "-3"], "integer", [12, -3]),
    "15 digits": (["123456789012345", "0"], "integer", [123456789012345, 0]),
    "fraction": (["1.5", "-0.25"], "number", [1.5, -0.25]),
    "amount": (["12.50", "3.00"], "number", [12.5, 3.0]),
    "yes/no": (["true", "false"], "boolean", [True, False]),
    "date": (["2024-02-29", "1990-11-25"], "date", ["2024-02-29", "1990-11-25"]),
    "list": (['["a","b"]', '["c"]'], "list", [["a", "b"], ["c"]]),
    "object": (['{"a": 1}', '{"b": [1, 2]}'], "json", [{"a": 1}, {"b": [1, 2]}]),
}


def test_each_kind_is_sent_with_its_json_type_or_as_the_very_text(nv: Nv) -> None:
    names = [*KEPT_TEXT, *TYPED]
    columns = [*KEPT_TEXT.values(), *(texts for texts, _, _ in TYPED.values())]
    rows = [[f"u{n}", *(texts[n] for texts in columns)] for n in range(2)]
    answer = nv.check(nv.csv("f.csv", ["userID", *names], rows))
    assert answer.code == 0, answer.err
    for name, texts in KEPT_TEXT.items():
        assert answer.column(name)["type"] == "text", name
        assert answer.attributes(name) == texts
    for name, (_, type_, values) in TYPED.items():
        assert answer.column(name)["type"] == type_, name
        sent = answer.attributes(name)
        assert sent == values and list(map(type, sent)) == list(map(type, values)), name
