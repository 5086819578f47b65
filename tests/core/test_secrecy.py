"""S1 and S2: the key and the customers stand nowhere but in the request."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import sys
import traceback
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from nv_desktop.core.accounts import Account, Accounts
from nv_desktop.core.api import Client
from nv_desktop.core.errors import AppError
from nv_desktop.core.keys import Secret
from nv_desktop.core.settings import Paths, Settings
from tests.core.conftest import CANARY_KEY, ClientMaker
from tests.core.raw_server import RawServer, answering, http
from tests.core.test_transport import cut

CUSTOMER = "canary+customer/ü@example.com"


def spellings(text: str) -> list[str]:
    """The text as it might be hidden: raw, URL-encoded, in base64, as JSON, as UTF-16 read byte by byte."""
    return [
        text,
        urllib.parse.quote(text, safe=""),
        urllib.parse.quote_plus(text),
        json.dumps(text)[1:-1],
        base64.b64encode(text.encode()).decode().rstrip("="),
        text.encode("utf-16-le").decode("latin-1"),
    ]


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """All that any library logs at DEBUG."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.setLevel(level)
    root.removeHandler(handler)


def failures(client: Client) -> list[AppError]:
    """The errors of every kind of call."""
    found: list[AppError] = []
    answer = client.send_batch([{"userID": CUSTOMER, "user_attributes": {"name": CUSTOMER}}])
    if answer.error is not None:
        found.append(answer.error)
    for call in (client.get_profile, client.delete_profile):
        try:
            call(CUSTOMER)
        except AppError as problem:
            found.append(problem)
    return found


ANSWERS = {
    "reset": b"",
    "garbage": b"not http\r\n\r\n",
    "bad header": b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "defective header": b"HTTP/1.1 200 OK\r\n: nameless\r\nContent-Length: 2\r\n\r\n{}",
    "cut": http(b'{"status": "success"}')[:-4],
    "redirect": http(b"", 302, Location="https://example.com/"),
    "refused": http(b'{"status": "error", "message": "no"}', 400),
    "key refused": http(b"", 401),
    "too many": http(b"", 429),
    "fine": http(b"{}"),
}


@pytest.mark.gate("S1", seconds=20)
@pytest.mark.gate("S2", seconds=20)
@pytest.mark.parametrize("name", ANSWERS)
def test_no_log_and_no_traceback_holds_the_key_or_a_customer(
    make_client: ClientMaker, everything_logged: io.StringIO, name: str
) -> None:
    script = (
        answering(ANSWERS[name])
        if ANSWERS[name].startswith(b"HTTP") and name != "cut"
        else cut(ANSWERS[name], 10**6, False)
    )
    with RawServer(script) as server:
        problems = failures(make_client(server.url))
        assert CANARY_KEY.encode() in b"".join(server.received)
    assert problems
    for problem in problems:
        assert problem.__context__ is None and problem.__cause__ is None
        text = "".join(traceback.TracebackException.from_exception(problem, capture_locals=True).format())
        assert not any(spelling in text for spelling in spellings(CANARY_KEY))
        said = f"{problem.detail} {type(problem)}"
        assert not any(spelling in said for spelling in spellings(CUSTOMER))
    for secret in (CANARY_KEY, CUSTOMER):
        assert not any(spelling in everything_logged.getvalue() for spelling in spellings(secret))


@pytest.mark.gate("S1", seconds=20)
def test_a_connection_that_fails_holds_no_key_either(
    make_client: ClientMaker, everything_logged: io.StringIO
) -> None:
    with RawServer(cut(b"", 0, True)) as server:
        url = server.url
    problems = failures(make_client(url)) + failures(
        make_client(
            "https://api.example.com", Account("t", "test", "", 1, id="t"), proxy="127.0.0.1:9", connect=0.5
        )
    )
    assert len(problems) == 6
    for problem in problems:
        text = "".join(traceback.TracebackException.from_exception(problem, capture_locals=True).format())
        assert CANARY_KEY not in text
    assert CANARY_KEY not in everything_logged.getvalue()
    assert CUSTOMER not in everything_logged.getvalue()


@pytest.mark.gate("S1", seconds=20)
def test_no_file_and_no_variable_holds_the_key(make_client: ClientMaker, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    Settings().save(paths.settings_file)
    Accounts(paths).add(Account("Shop", brand_id=1))
    with RawServer(answering(http(b"{}"))) as server:
        failures(make_client(server.url))
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for spelling in spellings(CANARY_KEY):
        assert spelling.encode() not in written
        assert spelling not in repr(dict(os.environ))
        assert spelling not in " ".join(sys.argv)


def test_a_client_does_not_show_its_key(make_client: ClientMaker) -> None:
    client = make_client("http://127.0.0.1:9")
    assert CANARY_KEY not in repr(vars(client))
    assert Secret(CANARY_KEY).reveal() == CANARY_KEY
