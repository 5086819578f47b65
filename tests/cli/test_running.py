"""What a run from the command line comes to: its exit code is what a scheduled job goes by."""

from __future__ import annotations

import pytest

from nv_desktop.cli import DONE, IN_PART
from nv_desktop.cli.running import Outcome
from nv_desktop.core.job.ledger import Counts
from nv_desktop.core.upload import Progress, Stage


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ({"confirmed": 3}, DONE),
        ({"confirmed": 2, "accepted": 1}, DONE),
        ({"confirmed": 2, "skipped": 1}, DONE),
        ({"confirmed": 2, "refused": 1}, IN_PART),
        ({"confirmed": 2, "unknown": 1}, IN_PART),
        ({"confirmed": 2, "not_sent": 1}, IN_PART),
    ],
)
def test_the_exit_code_says_whether_every_row_that_could_be_sent_is_in(
    numbers: dict[str, int], code: int
) -> None:
    assert Outcome("20261128-010203-abcd", Progress.at_rest(Stage.DONE, Counts(**numbers)), 1.0).code == code
