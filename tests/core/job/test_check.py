"""The check finds what rows mean for each other, all of it, whatever is edited afterwards."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nv_desktop.core.errors import Stopped
from nv_desktop.core.fields import Level
from nv_desktop.core.job import Filter, Job, create, open_job, sharing
from nv_desktop.core.job import check as checking
from nv_desktop.core.job.document import _blocks as as_blocks
from nv_desktop.core.job.ledger import Ledger, Line, Mark, Outcome, State
from nv_desktop.core.mapping import guess
from nv_desktop.core.sheet import Row

HEADER = ["userID", "email", "mobile", "name"]


def codes(job: Job) -> dict[int, set[str]]:
    """Row number -> codes of its problems."""
    found: dict[int, set[str]] = {}
    for row in job.page(job.ids()):
        found[row.number] = {problem.code for problems in row.problems.values() for problem in problems}
    return found


def verdicts(job: Job) -> list[tuple[str | None, bool | None, int | None]]:
    return [(row.user_id, row.send, row.level) for row in job.page(job.ids())]


def person(user_id: str, number: int, **changed: str) -> list[str]:
    cells = {"email": f"p{number}@example.com", "mobile": f"+4915100{number:05d}", "name": f"N{number}"}
    return [user_id, *(cells | changed).values()]


def test_good_rows_are_sent_and_bad_ones_are_not(make_job) -> None:
    job = make_job(HEADER, [person("a", 1), person("b", 2, email="nonsense"), person("", 3)])
    assert verdicts(job) == [("a", True, 0), ("b", False, 3), (None, False, 3)]
    assert codes(job) == {2: set(), 3: {"email"}, 4: {"id_blank"}}
    totals = job.totals()
    assert (totals.rows, totals.send, totals.stopped, totals.warnings) == (3, 1, 2, 0)
    assert job.checked() and job.meta("stage") == "checked"


def test_identical_rows_are_sent_once(make_job) -> None:
    job = make_job(HEADER, [person("a", 1), person("b", 2), person("a", 1), person("a", 1)])
    assert [send for _, send, _ in verdicts(job)] == [True, True, False, False]
    assert codes(job)[4] == {"duplicate_same"} == codes(job)[5]
    assert codes(job)[2] == {"duplicate_kept"}
    assert (
        job.db.execute("SELECT message FROM reasons ORDER BY row").fetchall()
        == [("The same as row 2, which is sent.",)] * 2
    )
    assert job.totals().skipped == 2


def test_what_was_said_of_a_row_that_was_sent_is_still_said_after_another_check(make_job) -> None:
    job = make_job(HEADER, [person("a", 1, email="a@gmial.com"), person("b", 2, email="nonsense")])
    ledger = Ledger(job)
    ledger.begin()
    (batch,) = ledger.write([Mark([Line(1, "a", b"x" * 16)], 1, 1.0)], [])
    ledger.write([], [Outcome(batch, [(1, State.CONFIRMED, None)], "answered", "", 2.0)])
    ledger.close()
    job.check()
    assert codes(job) == {2: {"email_misspelt"}, 3: {"email"}}


@pytest.mark.parametrize(
    ("rule", "sent", "attributes"),
    [
        ("stop", [False, False, False], None),
        ("last", [False, False, True], {"name": "C"}),
        ("first", [True, False, False], {"email": "p1@example.com", "mobile": "+491510000001", "name": "A"}),
        ("merge", [False, False, True], {"email": "p1@example.com", "mobile": "+491510000002", "name": "C"}),
    ],
)
def test_differing_rows_of_one_id_follow_the_rule(make_job, rule, sent, attributes) -> None:
    rows = [
        ["a", "p1@example.com", "+491510000001", "A"],
        ["a", "", "+491510000002", ""],
        ["a", "", "", "C"],
    ]
    job = make_job(HEADER, rows, duplicates=rule)
    assert [send for _, send, _ in verdicts(job)] == sent
    if attributes is None:
        assert all("duplicate_differs" in found for found in codes(job).values())
        assert job.totals().skipped == 0
    else:
        (kept,) = [row for row, send in enumerate(sent, 1) if send]
        ((row, number, converted),) = job.iter_converted([kept])
        assert (row, number, converted.user_id) == (kept, kept + 1, "a")
        assert converted.attributes == attributes


@pytest.mark.parametrize("rule", ["last", "first", "merge"])
def test_no_row_is_said_to_be_sent_when_the_one_that_stands_for_it_has_an_error(make_job, rule: str) -> None:
    bad, worse = person("a", 1, email="nonsense"), person("a", 2, email="worse")
    job = make_job(HEADER, [bad, worse, person("b", 3, email="bad"), person("b", 3, email="bad")], rule)
    assert job.totals().send == 0
    told = [text for (text,) in job.db.execute("SELECT message FROM sentences WHERE message LIKE '%row%'")]
    assert told and not [text for text in told if "which is sent" in text or "is sent instead" in text]
    assert not [text for text in told if text.startswith("Sent")]


def test_a_merge_waits_for_a_part_with_an_error(make_job) -> None:
    job = make_job(HEADER, [person("a", 1, email="bad"), person("a", 2)], duplicates="merge")
    assert [send for _, send, _ in verdicts(job)] == [False, False]
    assert codes(job)[3] == {"duplicate_merge_error"}
    job.edit(1, 1, "good@example.com")
    assert [send for _, send, _ in verdicts(job)] == [False, True]
    assert codes(job) == {2: {"duplicate_merge"}, 3: {"duplicate_merged"}}


def test_the_wrong_row_is_never_sent_because_the_winner_has_an_error(make_job) -> None:
    job = make_job(HEADER, [person("a", 1), person("a", 2, email="bad")], duplicates="last")
    assert [send for _, send, _ in verdicts(job)] == [False, False]


def test_look_alike_ids_are_warned_of_with_the_other_row(make_job) -> None:
    ids = ["Cust-1", "cust-1", "СUST-1", "cust-1\u200b", "other"]  # the third begins with a Cyrillic letter
    job = make_job(HEADER, [person(user_id, n) for n, user_id in enumerate(ids)])
    found = codes(job)
    assert all("id_similar" in found[row] for row in (2, 3, 4, 5)) and "id_similar" not in found[6]
    assert all(send for _, send, _ in verdicts(job))
    (problem,) = job.page([2])[0].problems[-1]
    assert "“Cust-1” in row 2" in problem.message and "upper and lower case" in problem.message
    assert problem.level == Level.WARNING


def test_one_address_or_mobile_under_two_ids_is_warned_of(make_job) -> None:
    rows = [
        person("a", 1, email="Ann@Example.com"),
        person("b", 2, email="ann@example.com"),
        person("c", 3, mobile="+4915100000009"),
        person("d", 4, mobile="+4915100000009"),
        person("e", 5),
    ]
    job = make_job(HEADER, rows)
    assert codes(job) == {
        2: {"email_shared"},
        3: {"email_shared"},
        4: {"mobile_shared"},
        5: {"mobile_shared"},
        6: set(),
    }
    assert job.totals().send == 5 and job.totals().warnings == 4


def test_equal_keys_of_different_values_are_no_finding(make_job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nv_desktop.core.job.findings.key", lambda folded: 7)
    job = make_job(HEADER, [person(f"u{n}", n) for n in range(50)] + [person("U3", 99)])
    assert {row for row, found in codes(job).items() if found} == {5, 52}


def planted(seed: int, rows: int) -> tuple[list[list[str]], dict[int, set[str]]]:
    """Rows with planted pairs, and which row numbers must carry which code."""
    rng = random.Random(seed)
    people = [person(f"Kunde-{n:06d}", n) for n in range(rows)]
    wanted: dict[int, set[str]] = {}
    twists = {
        "case": str.upper,
        "blank": lambda text: text[:3] + " " + text[3:],
        "wide": lambda text: "Ｋ" + text[1:],
        "hidden": lambda text: text[:4] + "\u200d" + text[4:],
        "cyrillic": lambda text: text.replace("e", "е"),
    }
    chosen = rng.sample(range(rows), 2 * (len(twists) + 3) * (rows // 100))
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True))
    kinds = [*twists, "same", "email", "mobile"]
    for place, (one, two) in enumerate(pairs):
        kind = kinds[place % len(kinds)]
        if kind in twists:
            people[two][0] = twists[kind](people[one][0])
            code = "id_similar"
        elif kind == "same":
            people[two][0] = people[one][0]
            code = "duplicate_differs"
        else:
            column = HEADER.index(kind)
            people[two][column] = people[one][column].upper()
            code = f"{kind}_shared"
        for row in (one, two):
            wanted.setdefault(row + 2, set()).add(code)
    return people, wanted


@pytest.mark.gate("F5", seconds=60, tries=10_000)
def test_every_planted_pair_is_found_and_nothing_else(make_job) -> None:
    """On 10,000 rows."""
    people, wanted = planted(seed=5, rows=10_000)
    job = make_job(HEADER, people)
    group_codes = {"id_similar", "duplicate_differs", "email_shared", "mobile_shared"}
    found = {row: hits & group_codes for row, hits in codes_of_all(job).items()}
    assert {row: hits for row, hits in found.items() if hits} == wanted
    assert len(job.ids(Filter(duplicates=True))) == len(wanted)


def codes_of_all(job: Job) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row, code in job.db.execute("SELECT number, code FROM problems JOIN rows ON rows.id = row"):
        found.setdefault(row, set()).add(code)
    return found


IDS = st.sampled_from(["a", "A", "b", "а", "", "c "])  # the fourth is Cyrillic
CELLS = st.tuples(
    IDS,
    st.sampled_from(["", "x@y.com", "X@y.com", "z@y.com", "bad"]),
    st.sampled_from(["", "+4915112345678", "5"]),
    st.sampled_from(["", "N"]),
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(1, 6), st.integers(0, 3), IDS | st.just("x@y.com")),
        st.tuples(st.sampled_from(["skip", "take"]), st.integers(1, 6)),
        st.tuples(st.sampled_from(["undo", "redo"])),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELLS, min_size=6, max_size=6), EDITS, st.sampled_from(["stop", "last", "first", "merge"]))
def test_after_any_edits_the_document_says_what_a_new_check_says(make_job, rows, edits, rule) -> None:
    job = make_job(HEADER, [list(row) for row in rows], duplicates=rule)
    for name, *arguments in edits:
        if name == "edit":
            job.edit(*arguments)
        elif name in ("skip", "take"):
            job.skip(arguments, name == "skip")
        else:
            getattr(job, name)()
    assert job.checked()
    after_edits = (verdicts(job), codes(job), job.db.execute("SELECT * FROM merged").fetchall())
    job.check()
    assert (verdicts(job), codes(job), job.db.execute("SELECT * FROM merged").fetchall()) == after_edits
    job.close()


def test_a_check_can_be_stopped_and_done_again(make_job) -> None:
    job = make_job(HEADER, [person(str(n), n) for n in range(2_000)], check=False)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        job.check(stop=stop)
    assert not job.checked()
    assert job.check().send == 2_000


def test_an_edit_made_during_the_check_is_not_lost(make_job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nv_desktop.core.job.check.REPORT_SECONDS", 0.0)
    job = make_job(HEADER, [person(str(n), n) for n in range(3_000)], check=False)
    doings = []

    def progress(doing: str, rows: int, of: int) -> None:
        if not doings:
            job.edit(1, 1, "bad")  # behind the check
            job.edit(2_900, 0, "5")  # before it
        elif doing == "compare" and "compare" not in doings:
            job.edit(11, 0, "20")
        doings.append(doing)

    job.check(progress)
    assert {"check", "compare"} <= set(doings)
    found = codes(job)
    assert found[2] == {"email"}
    assert all("duplicate_differs" in found[row] for row in (2_901, 7, 12, 22))
    assert job.checked()


def test_a_check_follows_a_reading_that_goes_on(tmp_path: Path) -> None:
    job = create(tmp_path, {})
    job.start_reading(HEADER)
    job.set_mapping(guess(HEADER, [person("a", 1)]))
    half = threading.Event()

    def rows():
        for number in range(1_000):
            if number == 500:
                half.wait(10)
            yield Row(number + 2, person(str(number), number))

    beside = threading.Thread(target=lambda: job.check(follow=True))
    beside.start()
    reader = threading.Thread(target=lambda: (job.add_rows(rows()), job.finish_reading()))
    reader.start()
    end = threading.Event()
    while job.totals().checked < 200:
        assert not end.wait(0.005)
    half.set()
    reader.join()
    beside.join()
    assert job.totals().send == 1_000 and job.checked()
    job.close()


def test_memory_of_a_converter_is_not_shared_between_threads(make_job) -> None:
    job = make_job(HEADER, [person("a", 1)])
    found = [job.converter()]
    thread = threading.Thread(target=lambda: found.append(job.converter()))
    thread.start()
    thread.join()
    assert found[0] is not found[1] and found[0] is job.converter()


# --- two at the same rows -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_every_row_is_taken_once_from_whatever_end(seed: int) -> None:
    rng = random.Random(seed)
    rows = rng.randint(1, 120)
    stretches = [number for number in range(1, rows + 1) if rng.random() < 0.3]
    left = {"first": 1, "last": None, "taken": [[number, number] for number in stretches]}
    met = list(stretches)
    turns = rng.random()
    while taken := checking._from(
        left, rows if left["last"] is None else left["last"], rng.randint(1, 20), rng.random() < turns
    ):
        met += range(taken[0], taken[1] + 1)
    assert sorted(met) == list(range(1, rows + 1))


def _many(rows: int) -> list[list[str]]:
    """People of whom some are wrong, some stand twice, and one has half a character."""
    rng = random.Random(3)
    lines = [person(f"u{rng.randrange(rows * 9 // 10)}", rng.randrange(rows)) for _ in range(rows)]
    for line in lines:
        if rng.random() < 0.05:
            line[rng.randrange(4)] = rng.choice(("", "nonsense", "#N/A", "+49 30"))
    lines[rows // 2][3] = "half \ud800"
    return lines


def _told(job: Job) -> tuple[list[object], list[object]]:
    return (
        job.db.execute("SELECT * FROM verdicts ORDER BY row").fetchall(),
        job.db.execute("SELECT row, col, level, code, message FROM problems ORDER BY 1, 2, 4, 5").fetchall(),
    )


def test_rows_checked_as_they_are_read_have_the_verdicts_of_a_later_check(
    make_job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _many(3_000)
    plain = make_job(HEADER, lines)
    monkeypatch.setattr(checking, "BEHIND", 500)
    monkeypatch.setattr(sharing, "_TOGETHER", 700)
    monkeypatch.setattr(sharing, "_PART", 400)
    job = create(tmp_path / "beside", {"name": "list"})
    job.start_reading(HEADER)
    job.set_mapping(plain.mapping())
    job.begin_check()
    follower = open_job(job.path)
    beside = threading.Thread(target=lambda: follower.check_rows(follow=True))
    told: list[int] = []

    def read(rows: int) -> None:
        told.append(rows)
        if rows > 1_500 and not beside.is_alive():
            beside.start()

    rows = as_blocks(Row(number, line) for number, line in enumerate(lines, 2))
    count, in_hand = job.read_and_check(rows, read, follow=True)
    job.finish_reading()
    job.check_rows(backwards=True)
    beside.join()
    job.finish_check()
    assert count == 3_000 and 0 < in_hand < 3_000
    assert _told(job) == _told(plain)
    assert job.totals() == plain.totals() and job.totals().stopped > 100
    assert job.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'shared'").fetchone() is None
    follower.close()
    job.close()
