"""Filters, sorts, pages and numbers: what a plain look at the rows would give."""

from __future__ import annotations

import itertools

import pytest

from nv_desktop.core.fields import Level
from nv_desktop.core.job import Filter, Job, Sort, filters
from nv_desktop.core.job.filters import QUALITIES
from nv_desktop.core.job.ledger import State
from nv_desktop.core.job.summary import combined

HEADER = ["userID", "email", "gender", "city"]
ROWS = [
    ["a", "a@x.com", "male", "Köln"],  # 1
    ["b", "bad", "M", "bonn"],  # 2
    ["c", "c@gmial.com", "", "Ulm 10%"],  # 3: a warning
    ["d", "", "F", ""],  # 4
    ["", "e@x.com", "male", "Bonn"],  # 5
    ["a", "a@x.com", "male", "Köln"],  # 6: as 1
    ["f", "f@gmial.com", "M", "aachen"],  # 7: warning and error
]


@pytest.fixture
def job(make_job) -> Job:
    return make_job(HEADER, ROWS)


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Filter(), [1, 2, 3, 4, 5, 6, 7]),
        (Filter(level=Level.ERROR), [2, 4, 5, 7]),
        (Filter(level=Level.WARNING), [3, 7]),
        (Filter(level=Level.NOTE), [1, 6]),
        (Filter(level=Level.ERROR, column=1), [2]),
        (Filter(level=Level.WARNING, column=1), [3, 7]),
        (Filter(code="gender"), [2, 4, 7]),
        (Filter(code="gender", column=1), []),
        (Filter(code="gender", text="BONN"), [2]),
        (Filter(quality="valid", column=1), [1, 5, 6]),
        (Filter(quality="warning", column=1), [3, 7]),
        (Filter(quality="error", column=1), [2]),
        (Filter(quality="empty", column=1), [4]),
        (Filter(text="bonn"), [2, 5]),
        (Filter(text="KÖLN"), [1, 6]),
        (Filter(text="10%"), [3]),
        (Filter(text="%"), [3]),
        (Filter(text="x.com", column=3), []),
        (Filter(text="x.com", column=1), [1, 5, 6]),
        (Filter(send=True), [1, 3]),
        (Filter(send=False), [2, 4, 5, 6, 7]),
        (Filter(send=False, text="köln"), [6]),
        (Filter(send=True, level=Level.WARNING), [3]),
        (Filter(duplicates=True), [1, 6]),
        (Filter(duplicates=False, send=False), [2, 4, 5, 7]),
        (Filter(edited=True), []),
        (Filter(skipped=False, send=True), [1, 3]),
        (Filter(left_out=True), [6]),
        (Filter(left_out=False, send=False), [2, 4, 5, 7]),
    ],
)
def test_a_filter_lets_through_what_it_says(job: Job, wanted: Filter, rows: list[int]) -> None:
    assert list(job.ids(wanted)) == rows
    assert job.count(wanted) == len(rows)
    for sort in (Sort(0), Sort(3, descending=True), Sort(-1, descending=True)):
        assert sorted(job.ids(wanted, sort)) == rows
    assert [row for part, _ in job.parts(wanted) for row in part] == rows


@pytest.mark.parametrize(
    ("sort", "rows"),
    [
        (None, [1, 2, 3, 4, 5, 6, 7]),
        (Sort(-1), [1, 2, 3, 4, 5, 6, 7]),
        (Sort(-1, descending=True), [7, 6, 5, 4, 3, 2, 1]),
        (Sort(3), [7, 2, 5, 1, 6, 3, 4]),  # case does not count, the empty one is last
        (Sort(3, descending=True), [3, 1, 6, 2, 5, 7, 4]),
    ],
)
def test_a_sort_orders(job: Job, sort: Sort | None, rows: list[int]) -> None:
    assert list(job.ids(None, sort)) == rows


def test_a_search_gives_what_stands_at_the_top_first(make_job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "_FIRST_PART", 10)
    job = make_job(["userID", "city"], [[f"u{n}", "Köln" if n % 3 else "Bonn"] for n in range(1, 101)])
    found = list(job.parts(Filter(text="bonn", send=True)))
    assert [share for _, share in found] == [0.1, 0.3, 1.0]
    parts = [[3, 6, 9], [12, 15, 18, 21, 24, 27, 30], [*range(33, 100, 3)]]
    assert [list(part) for part, _ in found] == parts
    assert [share for _, share in job.parts(Filter(send=True))] == [1.0]  # no cell is read: it is quick


def test_numbers_are_sorted_as_numbers_when_asked(make_job) -> None:
    job = make_job(["userID", "points"], [["a", "10"], ["b", "9"], ["c", ""], ["d", "-1"], ["e", "9.5"]])
    assert list(job.ids(None, Sort(1, numeric=True))) == [4, 2, 5, 1, 3]
    assert list(job.ids(None, Sort(1, descending=True, numeric=True))) == [1, 5, 2, 4, 3]


def test_a_state_is_filtered_once_sending_began(job: Job) -> None:
    job.db.execute("INSERT INTO ledger (row, state, reason) VALUES (3, ?, 'no')", (int(State.REFUSED),))
    assert list(job.ids(Filter(state=State.REFUSED))) == [3]
    (row,) = job.page([3])
    assert (row.state, row.reason) == (State.REFUSED, "no")


def test_a_page_gives_the_rows_in_the_order_asked_for(job: Job) -> None:
    rows = job.page([6, 2, 99, 1])
    assert [row.id for row in rows] == [6, 2, 1]
    assert [row.number for row in rows] == [7, 3, 2]
    assert rows[1].cells == tuple(ROWS[1])
    assert {col: [p.code for p in ps] for col, ps in rows[1].problems.items()} == {
        1: ["email"],
        2: ["gender"],
    }
    (gender,) = rows[1].problems[2]
    assert gender.step == {"step": "map", "map": {"M": "male"}}
    assert job.page([]) == []
    with pytest.raises(ValueError, match="5000"):
        job.page(range(1, 5_002))


def test_qualities_add_up_and_agree_with_the_filter(job: Job) -> None:
    for column, quality in enumerate(job.column_quality()):
        for name in QUALITIES:
            assert getattr(quality, name) == job.count(Filter(quality=name, column=column))
        assert quality.valid + quality.warning + quality.error + quality.empty == len(ROWS)
    job.edit(1, 3, "")
    assert job.column_quality()[3].empty == 2
    job.undo()
    assert job.column_quality()[3].empty == 1


def test_problems_are_grouped_with_one_step_that_mends_all(job: Job) -> None:
    groups = {(group.code, group.column): group for group in job.problem_groups()}
    gender = groups["gender", 2]
    assert (gender.count, gender.level) == (3, Level.ERROR)
    assert gender.step == {"step": "map", "map": {"M": "male", "F": "female"}}
    assert groups["id_blank", 0].count == 1
    levels = [group.level for group in job.problem_groups()]
    assert levels == sorted(levels, reverse=True)


def test_applying_the_step_of_a_group_mends_it(job: Job) -> None:
    (gender,) = [group for group in job.problem_groups() if group.code == "gender"]
    assert gender.step is not None
    job.apply_step(gender.column, gender.step)
    job.check()
    assert all(group.code != "gender" for group in job.problem_groups())


def test_steps_that_disagree_leave_the_question_open() -> None:
    dmy, mdy, unsure = ({"step": "date", "order": order} for order in ("dmy", "mdy", None))
    assert combined([dmy, unsure]) == dmy
    for pair in itertools.permutations((dmy, mdy)):
        assert combined([*pair, unsure]) == unsure
    assert combined([]) is None


def test_a_second_check_leaves_nothing_of_the_first(job: Job) -> None:
    before = job.problem_groups()
    sentences = job.db.execute("SELECT count(*) FROM sentences").fetchone()
    job.check()
    assert job.problem_groups() == before
    assert job.db.execute("SELECT count(*) FROM sentences").fetchone() == sentences
