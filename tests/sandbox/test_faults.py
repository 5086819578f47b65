"""Every fault of the script, seen from a bare socket and from the ledger."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from nv_desktop.sandbox.fault_kinds import KINDS
from nv_desktop.sandbox.faults import Script, ScriptError
from nv_desktop.sandbox.retry_after import FORMS
from tests.sandbox.raw import Answer, Client
from tests.sandbox_process import Sandbox

IDS = ("a@example.com", "b@example.com", "c@example.com", "d@example.com")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("faults"), people=5) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    sandbox.reset()
    with Client(sandbox.port) as client:
        yield client


Hit = Callable[..., Answer]


@pytest.fixture
def hit(sandbox: Sandbox, client: Client) -> Hit:
    """Set one rule, send one batch of four, give its answer."""

    def act(fault: str, **rule: object) -> Answer:
        sandbox.set_faults([{"fault": fault, **rule}])
        return client.create(*IDS, name="x")

    return act


def last_call(sandbox: Sandbox) -> list[dict[str, Any]]:
    events = sandbox.ledger()
    return [event for event in events if event["id"] == events[-1]["id"]]


def story(sandbox: Sandbox) -> list[str]:
    return [event["event"] for event in last_call(sandbox)]


APPLIED = ["received", "applied", "answered"]
NOT_APPLIED = ["received", "answered"]


# --- which call is hit ----------------------------------------------------------------------------


def hits(calls: int, script: Script | None = None, **rule: object) -> list[int]:
    script = script or Script(seed=3)
    script.replace([{"fault": "status", **rule}])
    found = []
    for number in range(1, calls + 1):
        candidates = script.candidates("user/create")
        if script.act(candidates, ("after_read",), ["a"]) is not None:
            found.append(number)
    return found


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"at": [2, 5]}, [2, 5]),
        ({"at": 3}, [3]),
        ({"every": 3}, [3, 6]),
        ({"after": 5}, [6, 7, 8]),
        ({"until": 2}, [1, 2]),
        ({"after": 2, "until": 4}, [3, 4]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2, "after": 2}, [4, 6]),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"probability": 0}, []),
        ({"call": "user/create", "at": [1]}, [1]),
        ({"call": "user/delete"}, []),
    ],
)
def test_calls_are_chosen(rule: dict[str, Any], expected: list[int]) -> None:
    assert hits(8, **rule) == expected


def test_chance_can_be_replayed_from_its_seed() -> None:
    first = hits(400, Script(seed=5), probability=0.2)
    assert first == hits(400, Script(seed=5), probability=0.2)
    assert first != hits(400, Script(seed=6), probability=0.2)
    assert 40 < len(first) < 120


def test_the_first_rule_that_hits_acts_and_spent_ones_make_way() -> None:
    script = Script()
    script.replace([{"fault": "status", "times": 1}, {"fault": "rst", "phase": "after_read"}])
    names = []
    for _ in range(3):
        rule = script.act(script.candidates("user/create"), ("after_read",), [])
        assert rule is not None
        names.append(rule.kind.name)
    assert names == ["status", "rst", "rst"]


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "unheard of"},
        {"fault": "status", "phase": "later"},
        {"fault": "refuse", "phase": "in_answer"},
        {"fault": "status", "colour": "red"},
        {"fault": "status", "status": "500"},
        {"fault": "status", "status": None},
        {"fault": "ids", "mode": "random"},
        {"fault": "cut", "byte": 7, "of": "tail"},
        {"fault": "cut", "byte": "7"},
        {"fault": "late_apply", "seconds": None},
        {"fault": "status", "every": "often"},
        {"fault": []},
        "status",
    ],
)
def test_a_script_with_an_unknown_word_is_refused_and_the_old_one_stays(rule: Any) -> None:
    script = Script()
    script.replace([{"fault": "rst"}])
    with pytest.raises(ScriptError):
        script.replace([{"fault": "status"}, rule])
    assert [rule.kind.name for rule in script.candidates("user/create")] == ["rst"]


def test_every_kind_of_fault_can_be_set_with_its_defaults_in_each_of_its_phases() -> None:
    script = Script()
    for kind in KINDS.values():
        for phase in kind.phases:
            script.replace([{"fault": kind.name, "phase": phase}])
    assert len(KINDS) == 21


# --- answers that say something else --------------------------------------------------------------


@pytest.mark.parametrize(
    "status", [200, 204, 400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 599]
)
def test_any_status(hit: Hit, sandbox: Sandbox, status: int) -> None:
    answer = hit("status", status=status)
    assert answer.status == status
    assert story(sandbox) == NOT_APPLIED
    assert last_call(sandbox)[-1]["status"] == status
    assert last_call(sandbox)[-1]["fault"] == "status"


def test_a_status_after_the_change_was_made(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("status", status=502, phase="after_apply", body="<h1>Bad", headers={"X-Cache": "miss"})
    assert (answer.status, answer.body) == (502, b"<h1>Bad")
    assert answer.headers("X-Cache") == [" miss"]
    assert story(sandbox) == APPLIED


def test_a_status_before_the_body_is_read(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("status", status=413, phase="before_read")
    assert answer.status == 413
    assert story(sandbox) == ["answered"]


def test_a_literal_body_that_contradicts(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("body", body={"status": "success", "processed": 4}, status=500)
    assert (answer.status, answer.json) == (500, {"status": "success", "processed": 4})
    assert story(sandbox) == APPLIED
    assert hit("body", body='{"status": "success"').body == b'{"status": "success"'
    assert hit("body", body="", content_type="text/plain").body == b""


def test_a_body_from_a_file(hit: Hit, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(b'{"a": \xff}')
    assert hit("json", file=str(file)).body == b'{"a": \xff}'


def test_queued(hit: Hit, sandbox: Sandbox) -> None:
    assert hit("queued").json["status"] == "queued"
    assert story(sandbox) == APPLIED
    answer = hit("queued", phase="after_read", ids=False)
    assert answer.json == {"status": "queued", "status_code": "200", "processed": 4}
    assert story(sandbox) == NOT_APPLIED


def test_queued_and_applied_later(hit: Hit, sandbox: Sandbox, client: Client) -> None:
    hit("queued", seconds=0.2)
    seen_by_polling(sandbox, ["received", "answered", "applied"])


def test_processed_is_not_what_was_sent(hit: Hit) -> None:
    assert hit("processed").json["processed"] == 3
    assert hit("processed", delta=2, ids=False).json == {
        "status": "success", "status_code": "200", "processed": 6,
    }  # fmt: skip
    assert hit("processed", processed="four").json["processed"] == "four"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("fewer", [*IDS[:3]]),
        ("more", [*IDS, "stranger-1@example.com"]),
        ("reordered", [*IDS[::-1]]),
        ("case", [user_id.swapcase() for user_id in IDS]),
        ("twice", [*IDS, IDS[0]]),
        ("others", [f"stranger-{number}@example.com" for number in (1, 2, 3, 4)]),
        ("none", []),
    ],
)
def test_ids_that_are_not_those_sent(hit: Hit, sandbox: Sandbox, mode: str, expected: list[str]) -> None:
    answer = hit("ids", mode=mode)
    assert answer.json["userIDs"] == expected
    assert answer.json["processed"] == 4
    assert story(sandbox) == APPLIED


def test_ids_can_be_missing_altogether(hit: Hit) -> None:
    assert "userIDs" not in hit("ids", mode="missing").json


def test_faults_of_success_leave_a_refusal_alone(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_faults([{"fault": "ids", "mode": "others"}])
    assert client.create("").json["message"] == "All records must contain userID"


# --- slow down ------------------------------------------------------------------------------------


RETRY_AFTER: dict[str, Callable[[list[str]], bool]] = {
    "seconds": lambda values: values == [" 7"],
    "date": lambda values: parsedate_to_datetime(values[0]).tzinfo is not None,
    "past_date": lambda values: parsedate_to_datetime(values[0]).tzinfo is not None,
    "negative": lambda values: values == [" -7"],
    "huge": lambda values: int(values[0]) > 10**20,
    "float": lambda values: values == [" 7.5"],
    "garbage": lambda values: not any(sign.isdigit() for sign in values[0]),
    "empty": lambda values: values == [" "],
    "missing": lambda values: values == [],
    "spaces": lambda values: values == ["    7   "],
    "unicode_digits": lambda values: values == [" ٧"],
    "twice": lambda values: values == [" 7", " 8"],
    "hex": lambda values: values == [" 0x7"],
    "in_body": lambda values: values == [],
}


@pytest.mark.parametrize("form", FORMS)
def test_the_fourteen_forms_of_retry_after(hit: Hit, sandbox: Sandbox, form: str) -> None:
    answer = hit("429", form=form, seconds=7)
    assert answer.status == 429
    assert RETRY_AFTER[form](answer.headers("Retry-After"))
    assert ("retry after 7 seconds" in answer.json["message"]) == (form == "in_body")
    assert story(sandbox) == NOT_APPLIED


def test_there_are_fourteen_forms() -> None:
    assert len(FORMS) == 14
    assert set(FORMS) == set(RETRY_AFTER)


def test_the_limit_spoken_of_in_a_200(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("429", as_200=True, message="API limit reached", form="missing")
    assert answer.status == 200
    assert answer.json == {"status": "error", "message": "API limit reached", "status_code": "429"}
    assert story(sandbox) == NOT_APPLIED


# --- answers that do not arrive whole -------------------------------------------------------------


@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("ending", ["fin", "rst"])
def test_cut_at_any_byte(sandbox: Sandbox, framing: str, ending: str) -> None:
    sandbox.reset()
    whole = cut(sandbox, 10**6, framing, ending)[0]
    assert last_call(sandbox)[-1]["status"] == 200  # nothing was missing
    for at in (0, 1, 9, whole.index(b"\r\n\r\n") + 4, len(whole) // 2, len(whole) - 1):
        data, ended = cut(sandbox, at, framing, ending)
        assert data == whole[:at]
        assert ended == ending
        assert story(sandbox) == APPLIED
        assert last_call(sandbox)[-1]["status"] is None


def cut(sandbox: Sandbox, at: int, framing: str, ending: str) -> tuple[bytes, str]:
    sandbox.set_faults([{"fault": "cut", "byte": at, "framing": framing, "ending": ending}])
    with Client(sandbox.port) as client:
        client.send_create(*IDS, name="x")
        return client.read_all()


def test_cut_within_the_body_and_from_its_end(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("cut", of="body", byte=5)
    assert (answer.body, answer.ending) == (b'{"sta', "fin")
    with Client(sandbox.port) as client:
        sandbox.set_faults([{"fault": "cut", "byte": -1, "phase": "after_read"}])
        answer = client.create(*IDS)
    assert answer.body.endswith(b'"processed": 4')
    assert story(sandbox) == NOT_APPLIED


def test_chunked_answers_can_be_whole(sandbox: Sandbox) -> None:
    data = cut(sandbox, 10**6, "chunked", "fin")[0]
    head, _, body = data.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert json.loads(unchunked(body))["userIDs"] == [*IDS]


def unchunked(body: bytes) -> bytes:
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        out += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
    return out


def test_dripping_takes_its_time(hit: Hit, sandbox: Sandbox, client: Client) -> None:
    sandbox.set_faults([{"fault": "drip", "bytes_per_second": 1000}])
    client.send_create(*IDS, name="x")
    parts = []
    while b'"processed": 4}' not in b"".join(parts):
        parts.append(client.sock.recv(65536))
    assert len(parts) > 20
    assert story(sandbox) == APPLIED


def test_garbage(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("garbage", of="body", bytes=50)
    assert (answer.status, len(answer.body)) == (200, 50)
    answer = hit("garbage", bytes=200)
    assert not answer.head.startswith(b"HTTP/")
    assert answer.ending == "fin"
    assert last_call(sandbox)[-1]["status"] is None


def test_gzip_that_is_none(hit: Hit) -> None:
    plain = hit("gzip_lie")
    assert plain.headers("Content-Encoding") == [" gzip"]
    assert plain.json["status"] == "success"
    for mode in ("truncated", "corrupt"):
        answer = hit("gzip_lie", mode=mode)
        with pytest.raises(zlib.error):
            unpacker = zlib.decompressobj(wbits=31)
            unpacker.decompress(answer.body)
            if not unpacker.eof:
                raise zlib.error("incomplete")
    unsaid = hit("gzip_lie", mode="unsaid")
    assert unsaid.headers("Content-Encoding") == []
    assert json.loads(zlib.decompress(unsaid.body, wbits=31))["status"] == "success"


def test_a_bomb_is_small_on_the_wire(hit: Hit) -> None:
    answer = hit("gzip_bomb", size=20 * 1024 * 1024)
    assert answer.headers("Content-Encoding") == [" gzip"]
    assert len(answer.body) < 50_000
    assert len(zlib.decompress(answer.body, wbits=31)) > 20 * 1024 * 1024


def test_lengths_that_lie(sandbox: Sandbox) -> None:
    for by, ending in ((10, "fin"), (-10, "fin"), (10, "rst")):
        sandbox.set_faults([{"fault": "length_lie", "by": by, "ending": ending}])
        with Client(sandbox.port) as client:
            client.send_create(*IDS, name="x")
            data, ended = client.read_all()
        head, _, body = data.partition(b"\r\n\r\n")
        assert int(Answer(head, body, "").headers("Content-Length")[0]) == len(body) + by
        assert json.loads(body)["processed"] == 4
        assert ended == ending


def test_a_short_length_leaves_bytes_before_the_next_answer(hit: Hit, client: Client) -> None:
    first = hit("length_lie", by=-3, ending="keep")
    assert first.ending == "kept"
    assert first.body.endswith(b'"processed": 4}')  # it came in one piece; a client that counts stops earlier
    assert int(first.headers("Content-Length")[0]) == len(first.body) - 3
    assert client.create("next").json["userIDs"] == ["next"]


# --- no answer ------------------------------------------------------------------------------------


def test_refused_before_anything_is_read(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("refuse")
    assert answer.head == b""
    assert answer.ending in ("fin", "rst")
    assert story(sandbox) == ["answered"]
    assert last_call(sandbox)[0]["status"] is None


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("before_read", ["answered"]),
        ("after_read", NOT_APPLIED),
        ("after_apply", APPLIED),
        ("in_answer", APPLIED),
    ],
)
@pytest.mark.parametrize("fault", ["rst", "black_hole"])
def test_resets_and_black_holes_in_each_phase(
    sandbox: Sandbox, fault: str, phase: str, expected: list[str]
) -> None:
    sandbox.set_faults([{"fault": fault, "phase": phase}])
    with Client(sandbox.port) as client:
        client.send_create(*IDS, name="x")
        if fault == "rst":
            answer = client.read()
            assert answer.ending == "rst"
            assert bool(answer.head) == (phase == "in_answer")
        elif phase == "in_answer":
            assert client.sock.recv(65536).startswith(b"HTTP/1.1 200 OK")
        if fault == "black_hole":
            client.sock.settimeout(0.2)
            with pytest.raises(TimeoutError):
                client.sock.recv(1)
    seen_by_polling(sandbox, expected)
    assert last_call(sandbox)[-1]["status"] is None


# --- applied late, in part, or refused for one row ------------------------------------------------


def seen_by_polling(sandbox: Sandbox, expected: list[str]) -> None:
    """Ask the server again and again until its ledger tells this story of its last call."""
    with Client(sandbox.port) as client:
        for _ in range(20_000):
            events = client.call("GET", "/__sandbox/ledger").json
            if [event["event"] for event in events if event["id"] == events[-1]["id"]] == expected:
                return
    pytest.fail(f"the ledger never told {expected}")


@pytest.mark.parametrize(("answer", "status"), [("cut", None), ("success", 200), ("error", 500)])
def test_applied_after_the_answer(hit: Hit, sandbox: Sandbox, answer: str, status: int | None) -> None:
    got = hit("late_apply", seconds=0.2, answer=answer)
    assert (got.status if got.head else None) == status
    seen_by_polling(sandbox, ["received", "answered", "applied"])
    assert set(last_call(sandbox)[-1]["attributes"]) == set(IDS)


@pytest.mark.parametrize("answer", ["cut", "success", "half", "error"])
def test_half_of_a_batch(hit: Hit, sandbox: Sandbox, answer: str) -> None:
    got = hit("apply_half", answer=answer)
    assert last_call(sandbox)[1]["userIDs"] == [*IDS[:2]]
    assert set(last_call(sandbox)[1]["attributes"]) == set(IDS[:2])
    if answer == "half":
        assert got.json["userIDs"] == [*IDS[:2]]
    elif answer == "success":
        assert got.json["userIDs"] == [*IDS]
    else:
        assert (got.status if got.head else None) == (500 if answer == "error" else None)
    with Client(sandbox.port) as client:
        sandbox.set_faults([])
        assert [client.look_up(user_id).status for user_id in IDS] == [200, 200, 404, 404]


def test_a_batch_refused_for_one_row(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_faults([{"fault": "refuse_batch", "userIDs": ["poison"], "contains": "bad-"}])
    answer = client.create("a", "poison", "b")
    assert answer.status == 200
    assert answer.json == {"status": "error", "message": "A record is not valid", "status_code": "403"}
    assert story(sandbox) == NOT_APPLIED
    assert client.create("a", "a-bad-one").json["status"] == "error"
    assert client.create("a", "b").json["status"] == "success"


def test_a_batch_refused_with_the_row_named(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_faults([{"fault": "refuse_batch", "contains": "bad", "names_row": True, "times": 1}])
    assert client.create("fine").json["status"] == "success"  # takes no turn
    assert client.create("fine", "bad-2").json["message"] == "A record is not valid for userID bad-2"
    assert client.create("fine", "bad-2").json["status"] == "success"


# --- somebody else's answers ----------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(hit: Hit, status: int) -> None:
    answer = hit("redirect", status=status, location="http://127.0.0.1:1/other")
    assert answer.status == status
    assert answer.headers("Location") == [" http://127.0.0.1:1/other"]


def test_captive_portals(hit: Hit, sandbox: Sandbox) -> None:
    answer = hit("html")
    assert answer.status == 200
    assert answer.headers("Content-Type")[0].startswith(" text/html")
    assert b"<html>" in answer.body
    answer = hit("html", status=302, location="http://127.0.0.1:1/login")
    assert answer.headers("Location") == [" http://127.0.0.1:1/login"]
    assert story(sandbox) == NOT_APPLIED


def test_faults_reach_deletes_and_lookups_too(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_faults(
        [
            {"call": "user/delete", "fault": "rst"},
            {"call": "user/userData", "fault": "body", "body": [], "at": [2]},
        ]
    )
    assert client.look_up("demo-3").status == 200
    assert client.look_up("demo-3").body == b"[]"
    assert client.delete("demo-3").ending == "rst"
    with Client(sandbox.port) as again:
        assert again.look_up("demo-3").status == 404  # it was deleted all the same
