"""Headers people use, each with the field it must go to, or none where two readings exist."""

from pathlib import Path

import pytest

from nv_desktop.core.fields import FIELDS
from nv_desktop.core.mapping import guess

CASES = [
    line
    for line in (Path(__file__).parent / "headers.txt").read_text(encoding="utf-8").splitlines()
    if " => " in line
]


def _guessed(headers: list[str]) -> list[str]:
    targets: dict[int, str] = {}
    for column in guess(headers, []).columns:
        targets[column.index] = column.target if column.target in FIELDS else "-"
    return [targets[index] for index in range(len(headers))]


@pytest.mark.parametrize("case", CASES)
def test_header_goes_where_it_says(case: str) -> None:
    left, _, right = case.rpartition(" => ")
    headers, expected = left.split(" | "), right.split(" | ")
    alone = len(headers) == 1
    found = _guessed([*headers, "Favourite colour"] if alone else headers)
    assert found[: len(headers)] == expected
