"""Saving and deleting against the sandbox: the ledger says what was done, and nothing is done twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.core import deletion, saving
from nv_desktop.core.accounts import sandbox_account
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError, NotFound, Offline, Refused, Rejected, Unclear
from nv_desktop.core.history import History
from nv_desktop.core.profile import Draft, Profile
from tests.core.conftest import ClientMaker
from tests.sandbox_process import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(people=5) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def client(sandbox: Sandbox, make_client: ClientMaker) -> Client:
    return make_client(sandbox.url, deadline=5.0)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.db")
    yield history
    history.close()


def create(client: Client, user_id: str, **attributes: Any) -> None:
    assert client.send_batch([{"userID": user_id, "user_attributes": attributes}]).confirmed == {user_id}


def calls(sandbox: Sandbox, call: str) -> int:
    """How many such calls the server has seen, those of earlier tests included."""
    return len(sandbox.events("received", call))


def test_a_new_profile_is_created_and_noted(client: Client, history: History) -> None:
    draft = Draft(Profile(""), is_new=True)
    draft.set("userID", "ann")
    draft.set("email", "ann@example.com")
    draft.add("tier")
    draft.set("tier", "gold")
    saved = saving.save(client, history, draft)
    assert saved.types == {"tier": "text"} and not saved.conflicts and not saved.accepted
    assert client.get_profile("ann").attributes == {"email": "ann@example.com", "tier": "gold"}
    assert [(each.kind, each.state) for each in history.changes()] == [("created", "done")]
    assert history.people.recents("sandbox")[0].person.user_id == "ann"
    with pytest.raises(Rejected, match="already"):
        saving.save(client, history, draft)


def test_a_change_sends_only_what_changed(client: Client, history: History, sandbox: Sandbox) -> None:
    create(client, "ann", name="Ann", tier="gold")
    draft = Draft(client.get_profile("ann"))
    draft.set("name", "Anna")
    create(client, "ann", tier="silver")  # somebody else changes another field
    saved = saving.save(client, history, draft)
    assert saved.profile.attributes == {"name": "Anna", "tier": "silver"}
    assert client.get_profile("ann").attributes == {"name": "Anna", "tier": "silver"}
    assert history.changes()[0].before == {"name": "Ann"}


def test_a_saved_change_is_not_told_as_lost_when_the_history_fails(
    client: Client, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise AppError("The disk is full.")

    monkeypatch.setattr(history, "settle_change", full)
    create(client, "ann", name="Ann")
    draft = Draft(client.get_profile("ann"))
    draft.set("name", "Anna")
    saved = saving.save(client, history, draft)
    assert client.get_profile("ann").attributes == saved.profile.attributes == {"name": "Anna"}
    assert saved.notice.endswith("The disk is full.")


def test_a_field_changed_by_somebody_else_is_not_overwritten(
    client: Client, history: History, sandbox: Sandbox
) -> None:
    create(client, "ann", name="Ann")
    draft = Draft(client.get_profile("ann"))
    draft.set("name", "Mine")
    create(client, "ann", name="Theirs")
    sent = calls(sandbox, "user/create")
    saved = saving.save(client, history, draft)
    assert [(each.before, each.mine, each.now) for each in saved.conflicts] == [("Ann", "Mine", "Theirs")]
    assert calls(sandbox, "user/create") == sent
    assert saving.save(client, history, draft.rebased(saved.profile, ["name"])).conflicts == []
    assert client.get_profile("ann").attributes == {"name": "Mine"}


def test_a_profile_deleted_meanwhile_is_not_made_anew(client: Client, history: History) -> None:
    create(client, "ann", name="Ann")
    draft = Draft(client.get_profile("ann"))
    draft.set("name", "Anna")
    client.delete_profile("ann")
    with pytest.raises(Rejected, match="no longer there"):
        saving.save(client, history, draft)
    with pytest.raises(NotFound):
        client.get_profile("ann")


def test_an_unclear_save_is_settled_by_looking(client: Client, history: History, sandbox: Sandbox) -> None:
    create(client, "ann", name="Ann")
    before = calls(sandbox, "user/create")
    for phase, outcome in (("after_apply", "done"), ("after_read", "unclear")):
        draft = Draft(client.get_profile("ann"))
        draft.set("name", f"Anna {phase}")
        sandbox.set_faults([{"fault": "rst", "phase": phase, "call": "user/create"}])
        if outcome == "done":
            saving.save(client, history, draft)
        else:
            with pytest.raises(Unclear):
                saving.save(client, history, draft)
        sandbox.set_faults([])
        assert history.changes()[0].state == outcome
    assert calls(sandbox, "user/create") == before + 2


def test_a_refused_save_says_why_and_is_noted(client: Client, history: History, sandbox: Sandbox) -> None:
    create(client, "ann", tier="gold")
    draft = Draft(client.get_profile("ann"), {"tier": "integer"})
    draft.set("tier", "7")  # the type of an attribute stays for ever
    with pytest.raises(Rejected):
        saving.save(client, history, draft)
    assert history.changes()[0].state == "refused"
    assert history.changes()[0].note


def test_a_draft_with_problems_is_not_sent(client: Client, history: History, sandbox: Sandbox) -> None:
    draft = Draft(Profile("ann"), is_new=True)
    draft.set("email", "no")
    before = calls(sandbox, "*")
    with pytest.raises(Rejected):
        saving.save(client, history, draft)
    assert calls(sandbox, "*") == before


# --- deleting ---


def test_a_delete_keeps_the_profile_and_restores_it(
    client: Client, history: History, sandbox: Sandbox
) -> None:
    attributes = {"name": "Ann", "tier": "gold", "points": 7, "vip": True, "tags": ["a"], "more": {"a": 1}}
    create(client, "ann", **attributes)
    gone = deletion.delete(client, history, "ann")
    assert gone.profile.attributes == attributes and gone.shelf is not None
    assert [each.state for each in history.shelf()] == ["deleted"]
    with pytest.raises(NotFound):
        client.get_profile("ann")
    restored = deletion.restore(client, history, gone.shelf)
    assert "do not" in restored.message
    assert client.get_profile("ann").attributes == attributes
    with pytest.raises(Rejected, match="again"):
        deletion.restore(client, history, gone.shelf)
    assert [each.kind for each in history.changes()] == ["restored", "deleted"]


def test_deleted_for_good_leaves_no_copy(client: Client, history: History, tmp_path: Path) -> None:
    create(client, "canary-ann", name="canary-ann")
    history.people.visited("sandbox", client.get_profile("canary-ann"))
    assert deletion.delete(client, history, "canary-ann", keep=False).shelf is None
    assert b"canary-ann" not in b"".join(path.read_bytes() for path in tmp_path.glob("history*"))


def test_guards_and_absence_stop_a_delete(
    sandbox: Sandbox, make_client: ClientMaker, history: History
) -> None:
    before = calls(sandbox, "user/delete")
    for guard in ("read_only", "no_delete"):
        account = sandbox_account()
        setattr(account, guard, True)
        guarded = make_client(sandbox.url, account)
        with pytest.raises(Rejected, match="does not delete"):
            guarded.delete_profile("ann")
    with pytest.raises(NotFound):
        deletion.delete(make_client(sandbox.url), history, "nobody")
    assert history.shelf() == [] and history.changes() == []
    assert calls(sandbox, "user/delete") == before


def test_a_refused_delete_leaves_nothing_on_the_shelf(
    client: Client, history: History, sandbox: Sandbox
) -> None:
    create(client, "ann", name="Ann")
    sandbox.set_faults([{"fault": "status", "status": 401, "call": "user/delete"}])
    with pytest.raises(AppError):
        deletion.delete(client, history, "ann")
    assert history.shelf() == []
    assert history.changes()[0].state == "refused"


def test_a_queued_delete_says_so(client: Client, history: History, sandbox: Sandbox) -> None:
    create(client, "ann", name="Ann")
    sandbox.set_faults([{"fault": "queued", "call": "user/delete"}])
    assert deletion.delete(client, history, "ann").queued
    assert history.shelf()[0].state == "queued"


def test_a_delete_is_not_told_as_done_because_nobody_could_look(
    client: Client, history: History, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, "ann", name="Ann")
    looks: list[str] = []

    def look(user_id: str) -> Profile:
        looks.append(user_id)
        if len(looks) > 1:
            raise Offline("The server cannot be reached.")
        return Profile(user_id, {"name": "Ann"})

    monkeypatch.setattr(client, "get_profile", look)
    sandbox.set_faults([{"fault": "rst", "phase": "after_read", "call": "user/delete"}])
    with pytest.raises(Unclear, match="could not be looked at"):
        deletion.delete(client, history, "ann")
    assert len(looks) == 2 and [each.state for each in history.shelf()] == ["unclear"]


def full(*_: object, **__: object) -> None:
    raise AppError("The disk is full.")


def test_what_was_done_is_not_told_as_failed_when_the_history_fails(
    client: Client, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, "ann", name="Ann")
    with monkeypatch.context() as patch:
        patch.setattr(history, "set_shelf_state", full)
        gone = deletion.delete(client, history, "ann")
        assert gone.shelf is not None and gone.notice.endswith("here: The disk is full.")
        with pytest.raises(NotFound):
            client.get_profile("ann")
        back = deletion.restore(client, history, gone.shelf)
        assert back.notice == gone.notice
        assert client.get_profile("ann").attributes == {"name": "Ann"}
    monkeypatch.setattr(history, "erase_people", full)
    assert "could not be erased" in deletion.delete(client, history, "ann", keep=False).notice


def test_why_a_delete_failed_is_told_though_the_history_fails(
    client: Client, history: History, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, "ann", name="Ann")
    for name in ("set_shelf_state", "forget_shelved", "settle_change"):
        monkeypatch.setattr(history, name, full)
    sandbox.set_faults([{"fault": "status", "status": 401, "call": "user/delete"}])
    with pytest.raises(Refused):
        deletion.delete(client, history, "ann")
    sandbox.set_faults([{"fault": "rst", "phase": "after_read", "call": "user/delete"}])
    with pytest.raises(Unclear, match=r"still there .* The disk is full\."):
        deletion.delete(client, history, "ann")
    assert [each.state for each in history.shelf()] == ["deleting", "deleting"]  # the copies are there


FAULTS: list[dict[str, Any]] = [
    {"fault": "rst", "phase": "after_apply"},
    {"fault": "rst", "phase": "after_read"},
    {"fault": "rst", "phase": "before_read"},
    {"fault": "cut", "phase": "in_answer"},
    {"fault": "status", "status": 500, "phase": "after_apply"},
    {"fault": "status", "status": 503, "phase": "after_read"},
    {"fault": "429"},
    {"fault": "queued"},
]


@pytest.mark.gate("H18", seconds=60)
@pytest.mark.parametrize("chance", range(25))
def test_no_delete_is_repeated_and_no_return_goes_unnoticed(
    client: Client, history: History, sandbox: Sandbox, chance: int
) -> None:
    """Create and delete, each perhaps with a fault, 8 users a run: 200 orders over all runs."""
    draw = random.Random(chance)
    for number in range(8):
        user = f"u{chance}-{number}"
        faults = [
            {**draw.choice(FAULTS), "call": call, "times": 1}
            for call in ("user/create", "user/delete")
            if draw.random() < 0.7
        ]
        sandbox.set_faults(faults)
        client.send_batch([{"userID": user, "user_attributes": {"name": user}}])
        before = calls(sandbox, "user/delete")
        told = "refused"
        try:
            gone = deletion.delete(client, history, user)
            told = "queued" if gone.queued else "deleted"
        except NotFound:
            told = "absent"
        except Unclear:
            told = "unclear"
        except (AppError, Offline):
            told = "refused"
        sandbox.set_faults([])
        assert calls(sandbox, "user/delete") - before <= 1
        there = user in sandbox.applied()
        assert not (told in ("deleted", "absent") and there), (told, faults)
        assert not (told == "refused" and not there), (told, faults)
        shelved = [each for each in history.shelf() if each.profile.user_id == user]
        assert bool(shelved) == (told in ("deleted", "queued", "unclear"))
