"""What a shortcut lets through, the rule takes as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nv_desktop.core.fields import FIELDS, custom, parse

WITH_PATTERN = [field for field in (*FIELDS.values(), custom("anything")) if field.plain]


def holds(field, text: str) -> None:
    pattern = field.plain
    assert pattern is not None
    if pattern.fullmatch(text):
        assert parse(field, text) == (text, ())
        assert text == text.strip()


@pytest.mark.parametrize("field", WITH_PATTERN, ids=lambda field: field.name)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_every_text_that_matches_is_taken_as_it_stands(field, data: st.DataObject) -> None:
    pattern = field.plain
    assert pattern is not None
    holds(field, data.draw(st.from_regex(pattern, fullmatch=True)))


HARD = [
    "1E+15", "1.2E+15", "1e5", "Err:502", "E1", "#N/A", "###", "a\n", "a ", " a", "a\x00", "", "Ä", "x" * 100,
    "x" * 99, "x" * 999, "x" * 250, "a@gmial.com", "A@GMIAL.COM", "a@gmail.co", "a@gmail.com", "a@b.c1",
    "a@1.23", "a..b@x.com", ".a@x.com", "a.@x.com", "a@x.com\n", "+4915112345678", "+0123456789",
    "+123456", "+1234567", "Err:502 ", "ErrA",
    "+١٢٣٤٥٦٧", "a" * 64 + "@x.com", "a@" + "b" * 63 + ".com", "a@" + "b" * 64 + ".com", "1,2E+5", "+1E+5",
]  # fmt: skip


@pytest.mark.parametrize("field", WITH_PATTERN, ids=lambda field: field.name)
@pytest.mark.parametrize("text", HARD)
def test_hard_texts_are_left_to_the_rule_or_are_good(field, text: str) -> None:
    holds(field, text)


def test_the_usual_texts_take_the_shortcut() -> None:
    usual = {
        "userID": (
            "CUST-0000001",
            "12345",
            "0042",
            "ann@example.com",
            "b6f1a7c0-4d1e-4a90-9f2b-0d8c8a7e1f22",
        ),
        "email": ("ann@example.com", "ann.b+c@mail.example.co.uk"),
        "mobile": ("+4915112345678",),
        "name": ("Ann", "Ann B. Smith"),
    }
    for name, texts in usual.items():
        pattern = FIELDS[name].plain
        assert pattern is not None
        assert [text for text in texts if not pattern.fullmatch(text)] == []
