"""Headers as products and people in many countries write them: the fields that must be found, and no others.

Each line of headers.txt is a file's header; `header=field` is what a person would say, a bare header is no
field. A field that is found where none stands is a wrong guess, the one thing that must never happen.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from nv_desktop.core.fields import FIELDS
from nv_desktop.core.mapping import guess

FILES = dict(
    line.split(": ", 1) for line in Path(__file__).with_name("headers.txt").read_text("utf-8").splitlines()
)


@pytest.mark.parametrize("file", FILES)
def test_the_fields_of_a_file_are_found_and_nothing_else(file: str) -> None:
    expected = [entry.partition("=")[::2] for entry in FILES[file].split("|")]
    found = guess([header for header, _ in expected], [])
    fields = [column.target if column.target in FIELDS else "" for column in found.columns]
    assert dict(zip((h for h, _ in expected), fields, strict=True)) == dict(expected)


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("HP", ["0812 3456 7890", "+62812345678"], "mobile"),  # handphone
        ("HP", ["150", "90"], ""),  # horsepower
        ("PH", ["+919876543210"], "mobile"),
        ("pH", ["7.2", "6.9"], ""),
        ("CEP", ["01310-100", "20040-020"], ""),
    ],
)
def test_a_word_with_two_meanings_is_told_by_its_values(header: str, values: list[str], field: str) -> None:
    (column,) = guess([header], [[value] for value in values]).columns
    assert (column.target if column.target in FIELDS else "") == field
