"""Many rows at once convert to what each of them converts to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nv_desktop.core.fields import FIELDS, Type
from nv_desktop.core.mapping import ColumnMap, Mapping, compile, default_steps

TARGETS = [*FIELDS, *(f"own {type_.value}" for type_ in Type)]
TEXTS = st.sampled_from(
    ["", "a", " a ", "1", "0", "M", "male", "yes", "Ann", "Ünal", "E1", "Err:502", "#N/A", "1.2E+15",
     "a@x.com",
     "A@gmial.com", "a@x", "+4915112345678", "0151 2345678", "1990-11-25", "25/11/1990", "2999-01-01", "true",
     "3.5", "[\"a\"]", "a;b", "{\"a\": 1}", "x" * 120, "x" * 1200, "\x00", "n/a", "\u200b"]
)  # fmt: skip


def mapping(empty: str = "leave") -> Mapping:
    columns = []
    for index, target in enumerate(TARGETS):
        kind = Type(target.removeprefix("own ")) if target.startswith("own ") else None
        column = ColumnMap(index, target, target, kind, steps=default_steps(target))
        field = column.field()
        column.empty = empty if field is not None and field.clearable else "leave"
        columns.append(column)
    return Mapping(columns)


@pytest.mark.parametrize("empty", ["leave", "clear"])
@pytest.mark.parametrize("room", [32_768, 3])
@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(*[TEXTS] * len(TARGETS)), min_size=1, max_size=8))
def test_a_survey_says_what_convert_says(rows, empty: str, room: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nv_desktop.core.mapping.convert.MEMO_MOST", room)
        surveyed, single = (compile(mapping(empty), TARGETS) for _ in range(2))
    for _ in range(3):  # with a fresh, a filling and a full memo
        found = surveyed.survey(list(zip(*rows, strict=True)))
        for place, row in enumerate(rows):
            if place in found.unclear:
                continue
            converted = single.convert(row)
            assert found.user_ids[place] == converted.user_id
            assert found.problems.get(place, []) == converted.problems
            for name in ("email", "mobile"):
                assert found.values[name][place] == converted.attributes.get(name)


def test_good_rows_are_clear_and_rows_without_an_id_are_not() -> None:
    converter = compile(mapping(), TARGETS)
    good = ["u1", "Ann", *[""] * (len(TARGETS) - 2)]
    found = converter.survey(list(zip(good, ["", *good[1:]], ["u2", *[""] * (len(good) - 1)], strict=True)))
    assert found.unclear == {1, 2} and found.problems == {}
    assert found.user_ids[0] == "u1"
