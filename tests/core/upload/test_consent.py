"""Consent is not raised in silence: whoever is known here to have opted out is left out, and it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.errors import BadFile
from nv_desktop.core.history import History
from nv_desktop.core.job import Job
from nv_desktop.core.job.ledger import State
from nv_desktop.core.profile import Profile
from nv_desktop.core.settings import Paths
from nv_desktop.core.upload import Safety, Stage, UploadOptions
from nv_desktop.core.upload.consent import catch_up, raised
from nv_desktop.core.upload.id_list import ids_in_file, job_of_ids
from nv_desktop.core.upload.local import with_local_knowledge
from nv_desktop.core.upload.preview import mended_rows
from nv_desktop.core.upload.undo import prepare_undo
from tests.core.upload.kit import FakeServer, FastClock, small_job, states, upload
from tests.core.upload.test_preview import consent_job

ROWS = [("ann", "1"), ("bob", "0"), ("cho", "1"), ("dee", "1")]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.db")
    yield made
    made.close()


def send(job: Job, server: FakeServer, history: History, folder: Path, **known: Any) -> Any:
    chosen = {name: known.pop(name) for name in ("safety", "trial") if name in known}
    options = UploadOptions(attended=False, **chosen)
    accounts = Accounts(Paths(folder / "data"))
    with with_local_knowledge(options, job, server.account, accounts, history, folder, **known) as told:
        engine = upload(job, server)
        engine._options = told
        return engine.run()


def shop() -> Account:
    return replace(FakeServer().account, id="shop")


def test_what_became_of_the_rows_is_told_though_the_account_cannot_be_written(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise BadFile("“accounts.json” could not be saved: the disk is full.")

    monkeypatch.setattr(Accounts, "learn_types", full)
    last = send(small_job(tmp_path, 3), FakeServer(account=shop()), history, tmp_path)
    assert (last.state, last.confirmed) == (Stage.DONE, 3)


def test_the_engine_is_told_at_any_moment_whom_somebody_has_changed_by_hand(
    tmp_path: Path, history: History
) -> None:
    account, job = shop(), small_job(tmp_path, 3)
    accounts = Accounts(Paths(tmp_path / "data"))
    with with_local_knowledge(UploadOptions(), job, account, accounts, history, tmp_path) as told:
        assert told.changed_by_hand(["ann", "bob"], 0.0) == set()
        history.begin_change("shop", "ann", "saved", {}, {"city": "Pune"})
        assert told.changed_by_hand(["ann", "bob"], 0.0) == {"ann"}


def test_a_known_opt_out_is_left_out_in_words_and_sent_when_the_person_says_so(
    tmp_path: Path, history: History
) -> None:
    server = FakeServer(account=shop())
    history.people.visited("shop", Profile("ann", {"email_opt_in": "0"}, 1.0))
    history.people.visited("other", Profile("cho", {"email_opt_in": "0"}, 1.0))
    history.people.visited("shop", Profile("dee", {"sms_opt_in": "2"}, 1.0))
    job = consent_job(tmp_path, ROWS)
    assert raised(job, history.people.opt_outs("shop")) == ["ann"]
    last = send(job, server, history, tmp_path)
    assert (last.state, last.confirmed, last.skipped) == (Stage.DONE, 3, 1)
    assert "ann" not in server.state
    state, _, reason = states(job)[1]
    assert state is State.SKIPPED and "opted out" in (reason or "") and "E-mail" in (reason or "")
    assert mended_rows(job) == []
    last = send(job, server, history, tmp_path)
    assert last.skipped == 1 and "ann" not in server.state, "a later run keeps to it"
    last = send(job, server, history, tmp_path, raise_consent=True)
    assert (last.confirmed, server.state["ann"]) == (4, {"email_opt_in": "1"})
    assert "ann" not in history.people.opt_outs("shop"), "she agreed again"


def test_an_opt_out_that_an_import_wrote_is_known_to_the_next(tmp_path: Path, history: History) -> None:
    server = FakeServer(account=shop())
    send(consent_job(tmp_path, ROWS), server, history, tmp_path)
    later = consent_job(tmp_path, [("bob", "1"), ("ann", "1")])
    assert raised(later, history.people.opt_outs("shop")) == ["bob"]
    last = send(later, server, history, tmp_path)
    assert (last.confirmed, last.skipped, server.state["bob"]) == (1, 1, {"email_opt_in": "0"})


def test_what_safety_reads_counts_before_the_row_is_written(tmp_path: Path, history: History) -> None:
    server = FakeServer(account=shop(), state={"ann": {"email_opt_in": 2}, "cho": {"email_opt_in": "1"}})
    job = consent_job(tmp_path, ROWS)
    last = send(job, server, history, tmp_path, safety=Safety.FULL)
    assert (last.state, last.confirmed, last.skipped) == (Stage.DONE, 3, 1)
    assert server.state["ann"] == {"email_opt_in": 2}
    assert "opted out" in (states(job)[1][2] or "")
    assert history.people.opt_outs("shop")["ann"] == {"email_opt_in"}
    assert len(server.looked_up) == 4, "nobody is read twice for it"


def test_a_killed_run_is_caught_up_with(tmp_path: Path, history: History) -> None:
    server = FakeServer(account=shop(), state={"ann": {"email_opt_in": 0}})
    job = consent_job(tmp_path, ROWS)
    send(job, server, history, tmp_path, safety=Safety.FULL)
    history.erase_person("ann")
    job.set_meta("consent_noted", False)  # as a kill leaves it
    job.close()
    catch_up(tmp_path, "shop", {"brand_id": 7, "host": "https://x/"}, history)
    assert history.people.opt_outs("shop")["ann"] == {"email_opt_in"}


def test_taking_an_import_back_gives_the_consent_back(tmp_path: Path, history: History) -> None:
    server = FakeServer(account=shop(), state={"bob": {"email_opt_in": "1"}})
    job = consent_job(tmp_path, [("bob", "0")])
    send(job, server, history, tmp_path, safety=Safety.FULL)
    undo = prepare_undo(job, server, tmp_path, FastClock().time)
    assert undo.job is not None
    last = send(undo.job, server, history, tmp_path)
    assert (last.confirmed, server.state["bob"]) == (1, {"email_opt_in": "1"})


# --- lists of IDs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.txt", "u1\nu2\nu1\n u3\n", ["u2", " u3", "u1"]),
        ("a.csv", "userID\n007\nu2\n", ["007", "u2"]),
        ("b.csv", "Name,User ID,Plan\nAnn,u1,gold\nBob,u2,plus\n", ["u1", "u2"]),
    ],
)
def test_a_list_is_read_from_a_file(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert sorted(ids_in_file(file, Paths(tmp_path / "data"))) == sorted(found)


def test_a_file_without_ids_and_a_list_that_is_not_whole_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Name,Plan\nAnn,gold\n")
    with pytest.raises(BadFile, match="No column"):
        ids_in_file(file, Paths(tmp_path / "data"))
    file.write_text("userID\nu1\n" + "x" * 101 + "\n")
    with pytest.raises(BadFile, match="cannot be used"):
        ids_in_file(file, Paths(tmp_path / "data"))


def test_pasted_ids_are_each_there_once(tmp_path: Path) -> None:
    job = job_of_ids(["u1", "u2", "u1"], Paths(tmp_path))
    assert (job.totals().rows, job.totals().send) == (3, 2)
    job.close()
