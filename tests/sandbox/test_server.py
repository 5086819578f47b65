"""The server as a process: the three calls over the wire, its limits, its ledger, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.sandbox.raw import Client
from tests.sandbox_process import PROJECT, Sandbox

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and addresses of POSIX")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("shared")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    return shared


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox.port) as client:
        yield client


def test_create_look_up_and_delete(client: Client) -> None:
    assert client.create("neu@example.com", name="Zoë", points=3).json == {
        "status": "success", "userIDs": ["neu@example.com"], "status_code": "200", "processed": 1,
    }  # fmt: skip
    client.create("neu@example.com", name="Zoé")
    found = client.look_up("neu@example.com")
    assert found.status == 200
    assert found.json["data"] == {
        "userID": "neu@example.com",
        "user_attributes": {"name": "Zoé", "points": 3},
    }
    assert client.delete("neu@example.com").json["status"] == "success"
    gone = client.look_up("neu@example.com")
    assert gone.status == 404
    assert gone.json["status"] == "error"
    assert client.delete("neu@example.com").status == 404


@pytest.mark.parametrize("user_id", ["O'Brien+shop@example.com", "顧客-1", "customer 7", "000042", "demo-20"])
def test_known_people_are_found(client: Client, user_id: str) -> None:
    assert client.look_up(user_id).json["data"]["userID"] == user_id


def test_a_refused_batch_changes_nothing(client: Client, sandbox: Sandbox) -> None:
    seen = len(sandbox.ledger())
    answer = client.create("good", "x" * 101)
    assert answer.status == 200
    assert answer.json["status"] == "error"
    assert answer.json["status_code"] == "403"
    assert client.look_up("good").status == 404
    assert [event["event"] for event in sandbox.ledger()[seen:]] == ["received", "answered"] * 2


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"),
    [
        ("POST", "user/create", b'{"nv": [{"userID": "a"}]}', {"x_api_key": "wrong-key"}, 401),
        ("POST", "user/create", b'{"nv": [{"userID": "a"}]}', {"x_brand_id": "brand"}, 403),
        ("POST", "user/create", b"{", {}, 400),
        ("POST", "user/create", b'{"nv": 1}', {}, 400),
        ("POST", "user/create", b'{"nv": [{"userID": "a"}]}', {"content_type": "text/plain"}, 400),
        ("GET", "user/create", b"", {}, 405),
        ("POST", "user/userData?userID=a", b"{}", {}, 405),
        ("GET", "user/other", b"", {}, 404),
    ],
)
def test_refusals_on_the_wire(
    client: Client, method: str, target: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = client.call(method, f"/api/v1/{target}", body, **headers)
    assert (answer.status, answer.json["status"], answer.json["status_code"]) == (
        status,
        "error",
        str(status),
    )
    assert client.look_up("demo-1").status == 200  # the connection is still in step


def test_the_limit_is_for_each_path_and_key(client: Client, sandbox: Sandbox) -> None:
    sandbox.set_rate(3)
    assert [client.look_up("demo-1").status for _ in range(4)] == [200, 200, 200, 429]
    over = client.look_up("demo-1")
    assert over.json["status"] == "error"
    assert over.json["status_code"] == "429"
    assert 1 <= int(over.headers("Retry-After")[0]) <= 60
    assert client.create("a").status == 200
    other = client.call("GET", "/api/v1/user/userData?userID=demo-1", x_api_key="other")
    assert other.status == 200
    events = [event["event"] for event in sandbox.ledger() if event["call"] == "user/userData"][-4:]
    assert events == ["received", "answered"] * 2
    sandbox.set_rate(0)
    assert client.look_up("demo-1").status == 200


def test_the_ledger_tells_all_in_the_true_order(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox, Client(sandbox.port) as client:
        client.create("a", "b", name="x")
        client.delete("b")
        client.create("a", city="y")
        events = sandbox.ledger()
        assert [event["seq"] for event in events] == list(range(1, 10))
        assert [event["event"] for event in events] == ["received", "applied", "answered"] * 3
        assert [event["id"] for event in events] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
        assert all(event["at"] <= later["at"] for event, later in pairwise(events))
        assert events[1]["attributes"] == {"a": {"name": "x"}, "b": {"name": "x"}}
        assert events[4]["attributes"] == {}
        assert events[4]["userIDs"] == ["b"]
        assert [event["status"] for event in sandbox.events("answered")] == [200] * 3
        assert sandbox.applied() == {"a": {"name": "x", "city": "y"}}
        answer = client.call("GET", "/__sandbox/ledger")
        assert answer.json == events
        assert client.call("GET", "/__sandbox/ledger?after=7").json == events[7:]
        assert "key" not in sandbox.ledger_file.read_text()


def test_concurrent_writers_end_as_the_ledger_says(sandbox: Sandbox) -> None:
    def write(name: str) -> None:
        with Client(sandbox.port) as client:
            for number in range(50):
                assert client.create("contested", f"{name}-{number}", city=f"{name}-{number}").status == 200

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    applied = sandbox.applied()
    with Client(sandbox.port) as client:
        city = client.look_up("contested").json["data"]["user_attributes"]["city"]
    assert city == applied["contested"]["city"]
    assert all(f"t{name}-{number}" in applied for name in range(6) for number in range(50))


def test_two_hundred_full_batches_are_all_applied(sandbox: Sandbox) -> None:
    """A sanity check of volume; how fast it is belongs to the benchmarks."""
    seen = len(sandbox.events("applied"))
    with Client(sandbox.port) as client:
        for start in range(200):
            ids = [f"bulk-{start}-{number}" for number in range(100)]
            assert client.create(*ids, name="x", city="y").json["processed"] == 100
    assert len(sandbox.events("applied")) == seen + 200


def test_latency_is_set_and_taken_back(client: Client, sandbox: Sandbox) -> None:
    sandbox.set_latency(0.2)
    client.create("slow")
    received, applied, answered = sandbox.ledger()[-3:]
    assert applied["at"] - received["at"] >= 0.09
    assert answered["at"] - applied["at"] >= 0.09
    sandbox.set_latency(600)
    sandbox.reset()
    assert client.create("fast").status == 200  # or the client's limit of 20 s fails it


def test_people_are_listed_and_reset(client: Client, sandbox: Sandbox) -> None:
    assert sandbox.people(0, 2) == ["demo-1", "demo-2"]
    assert len(sandbox.people(45, 100)) == 5
    client.delete("demo-1")
    assert sandbox.people(0, 1) == ["demo-2"]
    sandbox.reset()
    assert sandbox.people(0, 1) == ["demo-1"]


def test_control_calls_are_neither_limited_nor_in_the_ledger(client: Client, sandbox: Sandbox) -> None:
    seen = len(sandbox.ledger())
    sandbox.set_rate(1)
    assert all(client.call("GET", "/__sandbox/people").status == 200 for _ in range(5))
    assert len(sandbox.ledger()) == seen


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("faults", b'[{"fault": "no such"}]'),
        ("faults", b"{}"),
        ("rate", b'{"rate": "x"}'),
        ("rate", b"{}"),
        ("latency", b"nonsense"),
    ],
)
def test_control_says_what_it_does_not_understand(client: Client, target: str, body: bytes) -> None:
    answer = client.call("POST", f"/__sandbox/{target}", body)
    assert answer.status == 400
    assert answer.json["message"]


@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Host": "rebound.example.com"}])
@pytest.mark.parametrize("target", ["/__sandbox/ledger", "/api/v1/user/userData?userID=demo-1"])
def test_web_pages_are_turned_away(client: Client, target: str, headers: dict[str, str]) -> None:
    assert client.call("GET", target, **headers).status == 403


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST /api/v1/user/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST /api/v1/user/create HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST /api/v1/user/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_what_is_not_a_request_is_answered_and_closed(
    client: Client, request_bytes: bytes, status: int
) -> None:
    client.sock.sendall(request_bytes)
    data, _ = client.read_all()
    assert int(data.split(b" ")[1]) == status


def test_a_request_in_single_bytes_and_two_at_once_are_understood(client: Client) -> None:
    line = b"GET /api/v1/user/userData?userID=demo-1 HTTP/1.1\r\n"
    request = line + b"Host: localhost\r\nx-api-key: k\r\nx-brand-id: 1\r\n\r\n"
    for position in range(len(request)):
        client.sock.sendall(request[position : position + 1])
    assert client.read().status == 200
    client.sock.sendall(request + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    data, ending = client.read_all()
    assert data.count(b"HTTP/1.1 200 OK") == 2
    assert ending == "fin"


@posix_only
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_people_outlive_the_process(tmp_path: Path, how: str) -> None:
    with Sandbox(tmp_path, keep=True) as sandbox:
        with Client(sandbox.port) as client:
            client.create("new", name="Ñ")
            client.create("demo-1", city="elsewhere")
            client.delete("demo-2")
            before = client.look_up("demo-1").json
        getattr(sandbox, how)()
        sandbox.start()
        with Client(sandbox.port) as client:
            assert client.look_up("new").json["data"]["user_attributes"] == {"name": "Ñ"}
            assert client.look_up("demo-1").json == before
            assert client.look_up("demo-2").status == 404
            refused = client.create("other", loyalty_points="many")
            assert refused.json["message"] == "The type of loyalty_points must stay number"
        numbers = [event["seq"] for event in sandbox.ledger()]
        assert numbers == list(range(1, len(numbers) + 1))


@posix_only
def test_killed_while_writing_it_comes_back_with_what_it_answered(tmp_path: Path) -> None:
    with Sandbox(tmp_path, keep=True, people=0) as sandbox:
        answered: list[str] = []
        enough = threading.Event()

        def write() -> None:
            with contextlib.suppress(OSError), Client(sandbox.port) as client:
                for number in range(100_000):
                    answer = client.create(f"u{number}", name="x")
                    if answer.ending != "kept":
                        break
                    answered.append(f"u{number}")
                    if number == 200:
                        enough.set()

        writer = threading.Thread(target=write)
        writer.start()
        assert enough.wait(20)
        sandbox.kill()
        writer.join()
        sandbox.start()
        held = {*sandbox.people(0, 1000)}
        assert {*answered[:1000]} <= held
        assert {*answered} <= set(sandbox.applied())


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "nv_desktop.sandbox", "--people=5"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b"listening on http://127.0.0.1:")
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == b""


PARENT = """
import subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-m", "nv_desktop.sandbox", "--people=5", "--parent-pipe"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
)
print(child.stdout.readline().decode().strip(), flush=True)
sys.stdin.read()
"""


@posix_only
def test_ctrl_c_in_the_terminal_is_for_the_parent_which_may_still_send(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox, Client(sandbox.port) as client:
        os.kill(sandbox.pid, signal.SIGINT)
        assert client.create("a").status == 200


@posix_only
def test_dies_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline().rsplit(b":", 1)[1])
        with Client(port) as client:
            parent.kill()
            parent.wait(10)
            assert client.read_all()[0] == b""  # the server's end closes this connection
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), 5):
            pass


@posix_only
def test_listens_on_this_computer_only(sandbox: Sandbox) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.2", sandbox.port))  # a server on every address would hold this one too
    with socket.socket() as probe, pytest.raises(OSError, match="in use"):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", sandbox.port))


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--faults", b"not json"),
        ("--faults", b'[{"fault": "nothing known"}]'),
        ("--data", b"name;mail\n"),
        ("--ledger", b"name;mail\nann;no line end"),
        ("--ledger", b'{"seq": [1]}\n'),
        ("--port", b""),
    ],
)
def test_says_why_it_cannot_start(tmp_path: Path, option: str, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        value = str(taken.getsockname()[1]) if option == "--port" else str(file)
        command = [sys.executable, "-m", "nv_desktop.sandbox", option, value]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith("The sandbox cannot start: ") and done.stderr.endswith(".\n")
    assert "Traceback" not in done.stderr
    assert file.read_bytes() == content


@pytest.mark.parametrize("arguments", [
    ("--port", "99999"), ("--port", "-1"), ("--latency", "nan"), ("--rate", "-1"), ("--people", "1e3"),
])  # fmt: skip
def test_a_number_that_cannot_be_is_refused_in_words(arguments: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "nv_desktop.sandbox", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert arguments[1] in done.stderr and "Traceback" not in done.stderr


@posix_only
@pytest.mark.parametrize("option", ["--ledger", "--data"])
def test_a_device_is_no_file_and_keeps_its_rights(tmp_path: Path, option: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    command = [sys.executable, "-m", "nv_desktop.sandbox", option, str(pipe)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and "no file" in done.stderr
    assert pipe.is_fifo() and pipe.stat().st_mode & 0o777 == 0o644


def test_faults_can_be_there_from_the_start(tmp_path: Path) -> None:
    rules = [{"call": "user/create", "fault": "status", "status": 503, "at": [1]}]
    with Sandbox(tmp_path, faults=rules) as sandbox, Client(sandbox.port) as client:
        assert [client.create("a").status for _ in range(2)] == [503, 200]
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(rules))
    command = [sys.executable, "-m", "nv_desktop.sandbox", "--faults", str(file), "--parent-pipe"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        with Client(int(process.stdout.readline().rsplit(b":", 1)[1])) as client:
            assert [client.create("a").status for _ in range(2)] == [503, 200]
        process.stdin.close()
        assert process.wait(10) == 0
