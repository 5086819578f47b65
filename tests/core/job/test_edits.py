"""Edits, undo and redo: the document behaves like a plain list of lists, across restarts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from nv_desktop.core.errors import Rejected
from nv_desktop.core.fields import Level, Problem
from nv_desktop.core.job import Filter, Job, Replacement, create, open_job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.mapping import guess
from nv_desktop.core.sheet import Row

HEADER = ["userID", "name", "city"]
ROWS = [[f"u{n}", f"Name {n}", "Bonn" if n % 2 else "Köln"] for n in range(8)]


def cells(job: Job) -> list[list[str]]:
    return [list(row.cells) for row in job.page(job.ids())]


@pytest.fixture
def job(make_job) -> Job:
    return make_job(HEADER, ROWS)


def test_an_edit_is_kept_shown_and_taken_back(job: Job) -> None:
    done = job.edit(3, 1, "Ünal")
    assert (done.label, done.cells) == ("Edit row 4, “name”", 1)
    (row,) = job.page([3])
    assert (row.cells[1], row.before) == ("Ünal", {1: "Name 2"})
    assert list(job.ids(Filter(edited=True))) == [3]
    undone = job.undo()
    assert undone is not None and undone.label == "Undone: Edit row 4, “name”"
    assert cells(job) == ROWS and not job.page([3])[0].before
    assert job.undo() is None
    again = job.redo()
    assert again is not None and again.label == "Done again: Edit row 4, “name”"
    assert job.page([3])[0].cells[1] == "Ünal"


def test_an_edit_that_changes_nothing_is_no_action(job: Job) -> None:
    assert job.edit(1, 1, "Name 0").cells == 0
    assert job.actions() == []


def test_a_new_edit_ends_what_could_be_redone(job: Job) -> None:
    job.edit(1, 1, "x")
    job.undo()
    job.edit(2, 1, "y")
    assert job.redo() is None
    assert [(action.label, action.undone) for action in job.actions()] == [("Edit row 3, “name”", False)]


def test_fill_and_paste(job: Job) -> None:
    assert job.fill([2, 4, 6], 2, "Ulm").label == "Fill “city” in 3 rows"
    assert [line[2] for line in cells(job)] == ["Köln", "Ulm", "Köln", "Ulm", "Köln", "Ulm", "Köln", "Bonn"]
    job.paste([8, 1], 1, [["A", "B", "beyond"], ["C"], ["below"]])
    assert cells(job)[7] == ["u7", "A", "B"] and cells(job)[0] == ["u0", "C", "Köln"]
    job.undo()
    job.undo()
    assert cells(job) == ROWS


@pytest.mark.parametrize(
    ("wanted", "after", "count"),
    [
        (Replacement("Name", "N"), {1: "N 0"}, 8),
        (Replacement("name", "N", case=True), {1: "Name 0"}, 0),
        (Replacement("name", "N"), {1: "N 0"}, 8),
        (Replacement("köln", "Bonn"), {2: "Bonn"}, 4),
        (Replacement("KÖLN", "x", whole=True), {2: "x"}, 4),
        (Replacement("öl", "x", whole=True), {2: "Köln"}, 0),
        (Replacement("u", "U", column=0), {0: "U0"}, 8),
        (Replacement(r"(\w+) (\d)", r"\2 \1", regex=True), {1: "0 Name"}, 8),
        (Replacement("n.m", "x"), {1: "Name 0"}, 0),
        (Replacement("_", "x"), {1: "Name 0"}, 0),
        (Replacement("Name 0", "\\1", whole=True), {1: "\\1"}, 1),
        (Replacement("Name", "N", within=Filter(text="Bonn")), {1: "Name 0"}, 4),
        (Replacement("", "empty", column=1, whole=True), {1: "Name 0"}, 0),
    ],
)
def test_find_and_replace(job: Job, wanted: Replacement, after: dict[int, str], count: int) -> None:
    assert job.matches(wanted) == count
    assert cells(job) == ROWS  # looking changes nothing
    assert job.replace(wanted).cells == count
    for column, text in after.items():
        assert cells(job)[0][column] == text
    if count:
        job.undo()
    assert cells(job) == ROWS


@pytest.mark.parametrize("find", ["(", "[", "(?P<", ""])
def test_an_expression_that_is_none_is_refused_in_words(job: Job, find: str) -> None:
    with pytest.raises(Rejected):
        job.replace(Replacement(find, "x", regex=True))
    with pytest.raises(Rejected):
        job.replace(Replacement("(a)", r"\2", regex=True))
    with pytest.raises(Rejected, match="would not come to an end"):
        job.replace(Replacement(r"(\w+)+", "x", regex=True, whole=True))
    assert job.actions() == []


def test_rows_are_left_out_and_taken_in(job: Job) -> None:
    job.skip([2, 3])
    assert [row.skipped for row in job.page(job.ids())] == [False, True, True] + [False] * 5
    assert job.totals().send == 6 and list(job.ids(Filter(skipped=True))) == [2, 3]
    assert job.db.execute("SELECT message FROM reasons").fetchall() == [("Left out by you.",)] * 2
    job.skip([3], False)
    assert job.totals().send == 7
    job.undo()
    job.undo()
    assert job.totals().send == 8 and not list(job.ids(Filter(skipped=True)))


def test_leaving_one_of_two_out_frees_the_other(make_job) -> None:
    job = make_job(HEADER, [["a", "x", ""], ["a", "y", ""]])
    assert job.totals().send == 0
    job.skip([1])
    assert [row.send for row in job.page([1, 2])] == [False, True]
    job.undo()
    assert job.totals().send == 0


def test_a_hazard_goes_with_the_text_it_spoke_of_and_comes_back_with_it(tmp_path) -> None:
    job = create(tmp_path, {})
    job.start_reading(HEADER)
    harm = Problem("lost_digits", "Its last digits are lost.", Level.ERROR)
    job.add_rows([Row(2, ["1.2E+15", "x", "y"], ((0, harm),)), Row(3, ["u1", "x", "y"], ((1, harm),))])
    job.finish_reading()
    job.set_mapping(guess(HEADER, ROWS))
    job.check()
    assert job.totals().send == 0
    job.edit(1, 0, "1234567890123456")
    job.edit(2, 1, "whole")
    assert job.totals().send == 2
    job.undo()
    assert [row.send for row in job.page([1, 2])] == [True, False]
    job.close()


def test_rows_that_were_sent_are_not_edited(job: Job) -> None:
    job.edit(2, 1, "before sending")
    states = {1: State.CONFIRMED, 2: State.UNKNOWN, 3: State.REFUSED, 4: State.NOT_SENT, 5: State.SKIPPED}
    job.db.executemany(
        "INSERT INTO ledger (row, state, batch) VALUES (?, ?, 1)",
        [(row, int(s)) for row, s in states.items()],
    )
    for row in (1, 2):
        with pytest.raises(Rejected, match="been sent"):
            job.edit(row, 1, "late")
    with pytest.raises(Rejected, match="been sent"):
        job.undo()
    with pytest.raises(Rejected):
        job.fill([3, 1], 1, "late")
    with pytest.raises(Rejected):
        job.apply_step(1, {"step": "case", "to": "upper"})
    for row in (3, 4, 5):
        assert job.edit(row, 1, "still").cells == 1
    assert job.replace(Replacement("Bonn", "Berlin")).cells == 3  # rows 2, 4, 6, 8 without row 2
    assert cells(job)[1][2] == "Bonn"


def test_a_step_is_an_action_that_asks_for_a_check(job: Job) -> None:
    done = job.apply_step(1, {"step": "case", "to": "upper"})
    assert done.recheck and not job.checked()
    job.check()
    ((_, _, converted),) = job.iter_converted([1])
    assert converted.attributes["name"] == "NAME 0" and cells(job) == ROWS
    undone = job.undo()
    assert undone is not None and undone.recheck and not job.checked()
    job.check()
    ((_, _, converted),) = job.iter_converted([1])
    assert converted.attributes["name"] == "Name 0"
    assert job.redo() is not None
    job.check()
    assert next(job.iter_converted([1]))[2].attributes["name"] == "NAME 0"


def test_undo_of_a_step_leaves_what_was_decided_since(job: Job) -> None:
    job.apply_step(1, {"step": "case", "to": "upper"})
    mapping = job.mapping()
    columns = [replace(mapping.columns[0]), mapping.columns[1], replace(mapping.columns[2], target="town")]
    job.set_mapping(replace(mapping, columns=columns))
    assert job.undo() is not None
    name, town = job.mapping().columns[1:]
    assert name.steps == mapping.columns[1].steps[:-1]
    assert town.target == "town", "which nobody took back"
    assert job.redo() is not None
    assert [column.target for column in job.mapping().columns] == ["userID", "name", "town"]
    assert job.mapping().columns[1].steps == mapping.columns[1].steps


def test_a_step_of_which_nothing_is_left_is_passed_over_by_undo(job: Job) -> None:
    job.edit(1, 1, "x")
    job.apply_step(1, {"step": "case", "to": "upper"})
    mapping = job.mapping()
    mapping.columns[1] = replace(mapping.columns[1], steps=[])
    job.set_mapping(mapping)
    undone = job.undo()
    assert undone is not None and undone.cells == 1
    assert cells(job) == ROWS and job.mapping() == mapping
    assert job.undo() is None


def test_a_step_kept_by_an_earlier_version_can_be_undone_and_done_again(job: Job) -> None:
    before = job.mapping()
    job.apply_step(1, {"step": "case", "to": "upper"})
    after = job.mapping()
    job.db.execute("UPDATE actions SET mapping = ?", (json.dumps(before.to_json()),))
    assert job.undo() is not None and job.mapping() == before
    assert job.redo() is not None and job.mapping() == after


def test_columns_stay_as_they_were_sent(job: Job) -> None:
    job.apply_step(1, {"step": "case", "to": "upper"})
    job.db.execute("INSERT INTO ledger (row, state, batch) VALUES (1, ?, 1)", (int(State.CONFIRMED),))
    mapping = job.mapping()
    for change in (job.undo, lambda: job.set_mapping(replace(mapping, duplicates="last"))):
        with pytest.raises(Rejected, match="columns stay"):
            change()
    assert job.mapping() == mapping


def test_an_edit_that_was_cut_off_before_its_check_is_settled_at_the_next_start(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Job, "settle", lambda self: None)
    job.edit(1, 0, "u1")
    job.close()
    monkeypatch.undo()
    again = open_job(job.path)
    assert not again.checked()
    again.settle()
    assert again.checked() and again.totals().stopped == 2
    again.close()


def test_a_replacement_of_many_cells_is_one_undo(make_job) -> None:
    rows = [[f"u{n}", f"x{n}", "x"] for n in range(20_000)]
    job = make_job(HEADER, rows)
    assert job.replace(Replacement("x", "yy")).cells == 40_000
    assert len(job.actions()) == 1 and job.checked()
    page = job.page([1, 20_000])
    assert [row.cells for row in page] == [("u0", "yy0", "yy"), ("u19999", "yy19999", "yy")]
    job.undo()
    assert [row.cells for row in job.page([20_000])] == [("u19999", "x19999", "x")]
    assert job.totals().send == 20_000


class Model(RuleBasedStateMachine):
    """A list of lists with a history, beside a job; the job is closed and opened again in between."""

    make: staticmethod

    @initialize()
    def begin(self) -> None:
        self.job: Job = self.make(HEADER, ROWS)
        self.now = [list(row) for row in ROWS]
        self.past: list[list[list[str]]] = []
        self.future: list[list[list[str]]] = []

    def keep(self, after: list[list[str]]) -> None:
        if after != self.now:
            self.past.append(self.now)
            self.future.clear()
            self.now = after

    @rule(
        row=st.integers(1, 8), col=st.integers(0, 2), text=st.sampled_from(["", "x", "Bonn", "u1", "é\x00"])
    )
    def edit(self, row: int, col: int, text: str) -> None:
        self.job.edit(row, col, text)
        after = [list(line) for line in self.now]
        after[row - 1][col] = text
        self.keep(after)

    @rule(rows=st.lists(st.integers(1, 8), max_size=5, unique=True), col=st.integers(0, 2))
    def fill(self, rows: list[int], col: int) -> None:
        self.job.fill(rows, col, "filled")
        self.keep(
            [
                ["filled" if at == col and number in rows else text for at, text in enumerate(line)]
                for number, line in enumerate(self.now, 1)
            ]
        )

    @rule(find=st.sampled_from(["Bonn", "n", "x", "1"]), put=st.sampled_from(["", "xn", "\\0"]))
    def replace(self, find: str, put: str) -> None:
        self.job.replace(Replacement(find, put, case=True))
        self.keep([[text.replace(find, put) for text in line] for line in self.now])

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        assert self.job.undo() is not None
        self.future.append(self.now)
        self.now = self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        assert self.job.redo() is not None
        self.past.append(self.now)
        self.now = self.future.pop()

    @rule()
    def restart(self) -> None:
        path = self.job.path
        self.job.close()
        self.job = open_job(path)

    @invariant()
    def same(self) -> None:
        if hasattr(self, "job"):
            assert cells(self.job) == self.now
            assert len([a for a in self.job.actions() if not a.undone]) == len(self.past)

    def teardown(self) -> None:
        if hasattr(self, "job"):
            self.job.close()


def test_a_job_behaves_like_a_plain_list(make_job) -> None:
    machine = type("Bound", (Model,), {"make": staticmethod(make_job)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        ),
    )
