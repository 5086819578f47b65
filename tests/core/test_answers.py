"""Answers judged: a table of statuses, bodies and shapes, and what other people collected as JSON."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from nv_desktop.core.answers import Kind, Reply, batch_answer, check_deleted, read_profile
from nv_desktop.core.errors import AppError, NotFound, Refused, Rejected, SlowDown, Unclear
from nv_desktop.core.facts import named_in

HOST = "api.example.com"
SENT = ["ann@example.com", "bob", "Bob", " bob", "12", "ütf"]
STATUSES = [
    200,
    201,
    202,
    204,
    206,
    301,
    304,
    400,
    401,
    403,
    404,
    405,
    408,
    409,
    413,
    429,
    500,
    502,
    503,
    504,
]
OK = {"status": "success", "userIDs": SENT, "status_code": "200", "processed": len(SENT)}


def without(*names: str, **changes: object) -> dict[str, object]:
    return {name: value for name, value in {**OK, **changes}.items() if name not in names}


# name -> body, confirmed at 2xx, accepted at 2xx
SHAPES: dict[str, tuple[bytes, set[str], bool]] = {
    "all named": (json.dumps(OK).encode(), set(SENT), False),
    "reordered": (json.dumps(without(userIDs=SENT[::-1])).encode(), set(SENT), False),
    "fewer": (json.dumps(without(userIDs=SENT[:2])).encode(), set(SENT[:2]), False),
    "more": (json.dumps(without(userIDs=[*SENT, "eve"])).encode(), set(SENT), False),
    "twice": (json.dumps(without(userIDs=SENT + SENT)).encode(), set(SENT), False),
    "other case": (json.dumps(without(userIDs=["ANN@EXAMPLE.COM", "BOB"])).encode(), set(), False),
    "decomposed": (json.dumps(without(userIDs=["u\u0308tf"])).encode(), set(), False),
    "numbers": (json.dumps(without(userIDs=[12, True, None])).encode(), set(), False),
    "nobody": (json.dumps(without(userIDs=[])).encode(), set(), False),
    "list is text": (json.dumps(without(userIDs="ann@example.com")).encode(), set(), False),
    "list is null": (json.dumps(without(userIDs=None)).encode(), set(), False),
    "counted": (json.dumps(without("userIDs")).encode(), set(), True),
    "counted as text": (json.dumps(without("userIDs", processed=str(len(SENT)))).encode(), set(), True),
    "counted wrong": (json.dumps(without("userIDs", processed=len(SENT) - 1)).encode(), set(), False),
    "counted too many": (json.dumps(without("userIDs", processed=len(SENT) + 1)).encode(), set(), False),
    "counted true": (json.dumps(without("userIDs", processed=True)).encode(), set(), False),
    "counted broken": (json.dumps(without("userIDs", processed=6.0)).encode(), set(), False),
    "counted, with a message": (json.dumps(without("userIDs", message="partly")).encode(), set(), False),
    "bare success": (b'{"status": "success"}', set(), False),
    "queued": (b'{"status": "queued"}', set(), True),
    "queued, counted wrong": (b'{"status": "queued", "processed": 1}', set(), False),
    "queued, named": (json.dumps(without(status="queued")).encode(), set(), True),
    "code says no": (json.dumps(without(status_code="403")).encode(), set(), False),
    "status unknown": (json.dumps(without(status="done")).encode(), set(), False),
    "status in capitals": (json.dumps(without(status="SUCCESS")).encode(), set(), False),
    "status missing": (json.dumps(without("status")).encode(), set(), False),
    "error": (b'{"status": "error", "message": "All records must contain userID"}', set(), False),
    "error that lists": (json.dumps(without(status="error")).encode(), set(), False),
    "name twice": (json.dumps(OK).encode()[:-1] + b', "status": "success"}', set(), False),
    "cut": (json.dumps(OK).encode()[:-1], set(), False),
    "two documents": (json.dumps(OK).encode() * 2, set(), False),
    "NaN": (json.dumps(without(processed=float("nan"))).encode(), set(), False),
    "utf-16": (json.dumps(OK).encode("utf-16"), set(), False),
    "byte order mark": (b"\xef\xbb\xbf" + json.dumps(OK).encode(), set(), False),
    "in a list": (json.dumps([OK]).encode(), set(), False),
    "under data": (json.dumps({"data": OK}).encode(), set(), False),
    "a page": (b"<!DOCTYPE html><html>Sign in</html>", set(), False),
    "a page that quotes": (b"<html>" + json.dumps(OK).encode() + b"</html>", set(), False),
    "nothing": (b"", set(), False),
    "blanks": (b"  \r\n", set(), False),
    "garbage": (b"\x00\xff\xfe", set(), False),
    "half a character": (json.dumps(without(message="\ud800")).encode(), set(), False),
}  # fmt: skip


@pytest.mark.gate("H1", seconds=20)
@pytest.mark.parametrize("shape", SHAPES)
def test_only_a_whole_plain_success_confirms(shape: str) -> None:
    body, confirmed, accepted = SHAPES[shape]
    for status in STATUSES:
        answer = batch_answer(Reply(status, {}, body), HOST, SENT, 0.0)
        fine = 200 <= status < 300
        assert answer.confirmed == (confirmed if fine else set()), (status, answer)
        assert answer.accepted == (accepted and fine), (status, answer)
        assert (answer.kind is Kind.ANSWERED) == bool(answer.confirmed or answer.accepted), (status, answer)
        assert (answer.error is None) == (answer.kind is Kind.ANSWERED)
        assert answer.kind is Kind.ANSWERED or answer.message
        assert answer.kind is not Kind.NOT_SENT


def test_there_are_enough_cases() -> None:
    assert len(STATUSES) * len(SHAPES) >= 600


ERROR = b'{"status": "error", "message": "%s", "status_code": "%d"}'
KINDS: list[tuple[int, bytes, Kind]] = [
    (200, ERROR % (b"All records must contain userID", 403), Kind.REFUSED),
    (403, ERROR % (b"All records must contain userID", 403), Kind.REFUSED),
    (400, ERROR % (b"Invalid email", 400), Kind.REFUSED),
    (400, b"", Kind.REFUSED),
    (422, b'{"detail": "no"}', Kind.REFUSED),
    (413, b"<html>too large</html>", Kind.REFUSED),
    (200, ERROR % (b"Text values must have fewer than 1000 characters, limit exceeded", 403), Kind.REFUSED),
    (401, ERROR % (b"Invalid API key", 401), Kind.KEY_REFUSED),
    (401, b"", Kind.KEY_REFUSED),
    (200, ERROR % (b"Invalid API key", 401), Kind.KEY_REFUSED),
    (200, ERROR % (b"nobody", 401), Kind.KEY_REFUSED),
    (403, ERROR % (b"Invalid brand ID", 403), Kind.KEY_REFUSED),
    (403, b"", Kind.KEY_REFUSED),
    (404, b"", Kind.KEY_REFUSED),
    (404, ERROR % (b"Unknown call", 404), Kind.KEY_REFUSED),
    (405, ERROR % (b"Method not allowed", 405), Kind.KEY_REFUSED),
    (429, b"", Kind.SLOW_DOWN),
    (429, b"<html>slow</html>", Kind.SLOW_DOWN),
    (200, ERROR % (b"Rate limit exceeded, try again later", 429), Kind.SLOW_DOWN),
    (200, b'{"status": "error", "message": "API limit reached"}', Kind.SLOW_DOWN),
    (200, b'{"status": "error", "message": "Too many requests"}', Kind.SLOW_DOWN),
    (200, b'{"status": "error", "message": "You have exceeded your 500 calls per minute"}', Kind.SLOW_DOWN),
    (500, ERROR % (b"Oops", 500), Kind.UNCLEAR),
    (503, b"", Kind.UNCLEAR),
    (200, ERROR % (b"Internal", 502), Kind.UNCLEAR),
    (403, b"<html>Forbidden by the firewall</html>", Kind.UNCLEAR),
    (401, b"<html>Sign in</html>", Kind.UNCLEAR),
    (404, b"<html>Not here</html>", Kind.UNCLEAR),
    (400, b"{cut", Kind.UNCLEAR),
    (408, ERROR % (b"timeout", 408), Kind.UNCLEAR),
    (200, b"", Kind.UNCLEAR),
]


@pytest.mark.gate("H1", seconds=20)
@pytest.mark.parametrize(("status", "body", "kind"), KINDS)
def test_a_refusal_is_told_from_a_refused_key_and_from_too_many_calls(
    status: int, body: bytes, kind: Kind
) -> None:
    answer = batch_answer(Reply(status, {}, body), HOST, SENT, 0.0)
    assert answer.kind is kind, answer


@pytest.mark.parametrize(
    ("http", "message", "vague"),
    [
        (200, "Value exceeds the limit of 1000", True),
        (200, "Contact limit reached", True),
        (200, "API limit reached", False),
        (200, "Rate limit exceeded", False),
        (200, "Limit exceeded, try again in 30 seconds", False),
        (429, "Limit exceeded", False),
    ],
)
def test_words_about_a_limit_may_be_about_something_else(http: int, message: str, vague: bool) -> None:
    body = json.dumps({"status": "error", "message": message}).encode()
    answer = batch_answer(Reply(http, {}, body), HOST, SENT, 0.0)
    assert (answer.kind, answer.vague) == (Kind.SLOW_DOWN, message if vague else "")


def test_a_refusal_names_rows_only_where_it_surely_does() -> None:
    users = ["a", "a b", "12", "ann@example.com", "rate limit exceeded", "api key"]
    assert named_in("Invalid mobile for userID a b", users) == {"a b"}
    assert named_in("Invalid mobile for userID a", users) == {"a"}
    assert named_in("userID: 'ann@example.com' has a bad email", users) == {"ann@example.com"}
    assert named_in("userID ann@example.com.au is bad", users) == set()
    assert named_in("record 12 is invalid", users) == set()
    assert named_in("a record is invalid", users) == set()
    assert named_in("“12”: bad, “a”: bad", users) == {"12", "a"}
    for user_id in ("rate limit exceeded", "api key"):
        body = json.dumps({"status": "error", "message": f"Invalid name for userID {user_id}"}).encode()
        answer = batch_answer(Reply(200, {}, body), HOST, users, 0.0)
        assert answer.kind is Kind.REFUSED and answer.named == {user_id}


def test_an_answer_that_both_takes_and_blames_a_user_confirms_nothing_for_it() -> None:
    body = json.dumps(without(errors=[{"userID": "bob", "message": "bad email"}])).encode()
    answer = batch_answer(Reply(200, {}, body), HOST, SENT, 0.0)
    assert answer.confirmed == set(SENT) - {"bob"}
    assert answer.reasons == {"bob": "bad email"}


def test_right_rows_get_right_answers_whatever_the_order() -> None:
    """C7, the client's part: every subset and case change of a small batch."""
    users = ["x", "X", "x ", "y"]
    for size in range(len(users) + 1):
        for named in itertools.permutations([*users, "Y", "z"], size):
            body = json.dumps({"status": "success", "userIDs": named, "processed": 4}).encode()
            assert batch_answer(Reply(200, {}, body), HOST, users, 0.0).confirmed == set(users) & set(named)


def corpus_files(corpora: Path) -> list[Path]:
    return sorted((corpora / "json" / "files").glob("*.json"))


@pytest.mark.gate("H1", seconds=20)
def test_collected_json_confirms_nobody_and_crashes_nothing(corpora: Path) -> None:
    files = corpus_files(corpora)
    assert len(files) == 318
    for path, status in itertools.product(files, (200, 202, 400, 401, 429, 500)):
        reply = Reply(status, {}, path.read_bytes())
        answer = batch_answer(reply, HOST, ["a", "", "0"], 0.0)
        assert not answer.confirmed and not answer.accepted, (path.name, status)
        assert answer.kind is not Kind.ANSWERED
        with pytest.raises(AppError):
            check_deleted(reply, HOST, "a", 0.0)
        with pytest.raises(AppError):
            read_profile(reply, HOST, "a", 0.0)


@pytest.mark.gate("H1", seconds=20)
def test_invalid_json_around_a_success_confirms_nobody(corpora: Path) -> None:
    """Each invalid file stands as a value inside an answer that would otherwise be whole."""
    for path in corpus_files(corpora):
        body = b'{"status":"success","userIDs":["a"],"processed":1,"x":' + path.read_bytes() + b"}"
        answer = batch_answer(Reply(200, {}, body), HOST, ["a"], 0.0)
        if path.name.startswith("n_"):
            try:
                json.loads(body)
            except (ValueError, RecursionError):
                assert not answer.confirmed, path.name
        if path.name.startswith("y_") and "duplicated" not in path.name:
            assert answer.confirmed == {"a"}, path.name


# --- profiles ---

ANN = {"name": "Ann", "tier": "gold"}
PROFILES: dict[str, object] = {
    "top, nested": {"status": "success", "userID": "ann", "user_attributes": ANN},
    "top, flat": {"status": "success", "status_code": "200", "userID": "ann", **ANN},
    "bare, nested": {"userID": "ann", "user_attributes": ANN},
    "bare, flat": {"userID": "ann", **ANN},
    "data, nested": {"status": "success", "data": {"userID": "ann", "user_attributes": ANN}},
    "data, flat": {"status": "success", "data": {"userID": "ann", **ANN}},
    "data, without ID": {"status": "success", "data": {"user_attributes": ANN}},
    "data, flat, without ID": {"status": "success", "data": ANN},
    "data, list": {"status": "success", "data": [{"userID": "ann", "user_attributes": ANN}]},
    "data, list of more": {"status": "success", "data": [{"userID": "bob"}, {"userID": "ann", **ANN}]},
    "nv, list": {"status": "success", "nv": [{"userID": "ann", **ANN}]},
    "nv, object": {"nv": {"userID": "ann", "user_attributes": ANN}},
    "list, nested": [{"userID": "ann", "user_attributes": ANN}],
    "list, flat": [{"userID": "ann", **ANN}],
}


@pytest.mark.parametrize("shape", PROFILES)
def test_a_profile_is_read_in_every_shape(shape: str) -> None:
    profile = read_profile(Reply(200, {}, json.dumps(PROFILES[shape]).encode()), HOST, "ann", 7.0)
    assert (profile.user_id, profile.attributes, profile.fetched_at) == ("ann", ANN, 7.0)


def test_custom_attributes_named_like_the_envelope_are_kept_where_they_can_be_told() -> None:
    attributes = {"status": "gold", "message": "hi", "data": "x"}
    body = {"status": "success", "data": {"userID": "ann", **attributes}}
    assert read_profile(Reply(200, {}, json.dumps(body).encode()), HOST, "ann", 0.0).attributes == attributes


def test_an_empty_profile_is_a_profile() -> None:
    for empty in ({}, [], None):
        body = {"status": "success", "data": {"userID": "ann", "user_attributes": empty}}
        assert read_profile(Reply(200, {}, json.dumps(body).encode()), HOST, "ann", 0.0).attributes == {}


def error(message: str, code: str = "404") -> dict[str, object]:
    return {"status": "error", "message": message, "status_code": code}


OUTCOMES: list[tuple[int, object, type[AppError]]] = [
    (404, error("No profile with userID ann"), NotFound),
    (200, error("No profile with userID ann"), NotFound),
    (200, error("User not found", "403"), NotFound),
    (404, None, NotFound),
    (404, {}, NotFound),
    (200, {"status": "success", "data": []}, NotFound),
    (200, {"status": "success", "data": None}, NotFound),
    (200, {"status": "success", "nv": []}, NotFound),
    (200, [], NotFound),
    (200, {"userID": "ANN", "user_attributes": {}}, NotFound),
    (200, {"userID": "bob", "user_attributes": {}}, Unclear),
    (200, [{"userID": "ann"}, {"userID": "ann"}], Unclear),
    (200, {"status": "success"}, Unclear),
    (200, {"status": "success", "data": "ann"}, Unclear),
    (200, {"userID": "ann", "user_attributes": "gold"}, Unclear),
    (200, [{"name": "Ann"}], Unclear),
    (401, error("Invalid API key", "401"), Refused),
    (200, error("Invalid API key", "401"), Refused),
    (429, error("Rate limit exceeded", "429"), SlowDown),
    (200, error("userID is missing", "400"), Rejected),
    (500, error("User not found", "500"), Unclear),
    (200, None, Unclear),
]


@pytest.mark.parametrize(("status", "document", "kind"), OUTCOMES)
def test_what_is_no_profile_says_so(status: int, document: object, kind: type[AppError]) -> None:
    body = b"" if document is None else json.dumps(document).encode()
    with pytest.raises(AppError) as caught:
        read_profile(Reply(status, {}, body), HOST, "ann", 0.0)
    assert type(caught.value) is kind


def test_a_login_page_with_404_is_not_somebody_missing() -> None:
    with pytest.raises(Unclear):
        read_profile(Reply(404, {}, b"<html>Not Found</html>"), HOST, "ann", 0.0)


# --- deletes ---


def deleted(document: object, status: int = 200) -> bool:
    return check_deleted(Reply(status, {}, json.dumps(document).encode()), HOST, "ann", 0.0)


def test_a_delete_is_done_queued_missing_or_unclear() -> None:
    assert deleted({"status": "success", "userIDs": ["ann"], "processed": 1})
    assert deleted({"status": "success"})
    assert not deleted({"status": "queued"})
    for document, status, kind in (
        ({"status": "success", "userIDs": ["bob"]}, 200, Unclear),
        ({"status": "success", "processed": 0}, 200, Unclear),
        ({"status": "success", "userIDs": []}, 200, Unclear),
        ({"status": "success"}, 500, Unclear),
        (error("No profile with userID ann"), 404, NotFound),
        (error("No profile with userID ann"), 200, NotFound),
        (error("Invalid API key", "401"), 401, Refused),
        (error("Too many calls", "429"), 429, SlowDown),
        ({}, 404, Refused),
    ):
        with pytest.raises(AppError) as caught:
            deleted(document, status)
        assert type(caught.value) is kind, document
