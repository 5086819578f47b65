"""The wire under hostile servers: cut, dripping, endless, redirecting, behind proxies, badly certified."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import ipaddress
import json
import socket
import ssl
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from nv_desktop.core.accounts import Account
from nv_desktop.core.api import Client, Kind
from nv_desktop.core.errors import Offline, Rejected, Unclear
from nv_desktop.core.transport import check_proxy, unpack
from tests.core.conftest import CANARY_KEY, ClientMaker
from tests.core.raw_server import RawServer, Script, answering, http, reset

RECORDS = [{"userID": "ann@example.com", "user_attributes": {"name": "Ann"}}]
BODY = json.dumps(
    {"status": "success", "userIDs": ["ann@example.com"], "status_code": "200", "processed": 1}
).encode()
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:30], BODY[30:]))
    + b"0\r\n\r\n"
)


def cut(answer: bytes, at: int, rst: bool) -> Script:
    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        server.read(connection, number)
        connection.sendall(answer[:at])
        if rst:
            reset(connection)

    return script


@pytest.mark.gate("H2", seconds=60)
@pytest.mark.parametrize("rst", [False, True], ids=["fin", "rst"])
@pytest.mark.parametrize("answer", [http(BODY), CHUNKED], ids=["length", "chunked"])
def test_an_answer_cut_at_any_byte_is_whole_or_unclear(
    make_client: ClientMaker, answer: bytes, rst: bool
) -> None:
    place = [0]
    outcomes = {}

    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        cut(answer, place[0], rst)(server, connection, number)

    with RawServer(script) as server:
        client = make_client(server.url)
        for at in range(len(answer) + 1):
            place[0] = at
            outcomes[at] = client.send_batch(RECORDS)
    # The last line end of a chunked answer adds nothing to a body that is whole.
    whole_from = len(answer) - (3 if answer is CHUNKED else 0)
    for at, outcome in outcomes.items():
        assert outcome.kind in (Kind.UNCLEAR, Kind.ANSWERED), (at, outcome)
        if at < whole_from - 1:
            assert outcome.kind is Kind.UNCLEAR, (at, outcome)
            assert not outcome.confirmed and not outcome.accepted
    if not rst:  # a reset may overtake bytes that were sent before it
        assert outcomes[len(answer)].confirmed == {"ann@example.com"}


def test_a_refusal_whose_head_is_cut_is_no_refusal(make_client: ClientMaker) -> None:
    with RawServer(cut(b"HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\n", 60, False)) as server:
        assert make_client(server.url).send_batch(RECORDS).kind is Kind.UNCLEAR


# --- H8: every call ends by its deadline ---


def silent(server: RawServer, connection: socket.socket, number: int) -> None:
    server.read(connection, number)
    server.stopping.wait(10)


def dripping(prefix: bytes, drop: bytes) -> Script:
    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        server.read(connection, number)
        connection.sendall(prefix)
        while not server.stopping.wait(0.02):
            connection.sendall(drop)

    return script


def deaf(server: RawServer, connection: socket.socket, number: int) -> None:
    server.stopping.wait(10)


SLOW: dict[str, Script] = {
    "never answers": silent,
    "status line drips": dripping(b"HTTP/1.1 200", b"0"),
    "headers drip": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "header lines drip": dripping(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "body drips": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
    "chunks drip": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk size drips": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "body without end drips": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b" "),
    "continue drips": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.gate("H8", seconds=30)
@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer_is_given_up_at_the_deadline(make_client: ClientMaker, name: str) -> None:
    with RawServer(SLOW[name]) as server:
        client = make_client(server.url, deadline=0.5)
        begun = time.monotonic()
        answer = client.send_batch(RECORDS)
        assert time.monotonic() - begun < 1.5
        assert answer.kind is Kind.UNCLEAR
        assert server.connections == 1


@pytest.mark.gate("H8", seconds=30)
def test_a_server_that_does_not_read_is_given_up_at_the_deadline(make_client: ClientMaker) -> None:
    records = [{"userID": f"u{number}", "user_attributes": {"note": "x" * 900_000}} for number in range(40)]
    with RawServer(deaf) as server:
        begun = time.monotonic()
        answer = make_client(server.url, deadline=0.5).send_batch(records)
        assert time.monotonic() - begun < 1.5
    assert answer.kind is Kind.UNCLEAR


@pytest.mark.gate("H8", seconds=30)
def test_a_name_that_is_never_found_ends_with_the_time_for_connecting(make_client: ClientMaker) -> None:
    over = threading.Event()

    def resolver(host: str, port: int) -> list[tuple[object, ...]]:
        over.wait(10)
        raise socket.gaierror("never")

    begun = time.monotonic()
    answer = make_client("https://api.example.com", TEST, connect=0.3, resolver=resolver).send_batch(RECORDS)
    assert time.monotonic() - begun < 1.3
    over.set()
    assert answer.kind is Kind.NOT_SENT
    assert "was not found" in answer.message


@pytest.mark.gate("H8", seconds=30)
def test_a_handshake_that_never_ends_is_part_of_connecting(make_client: ClientMaker) -> None:
    with RawServer(deaf) as server:
        begun = time.monotonic()
        answer = make_client(server.url.replace("http:", "https:"), TEST, connect=0.3).send_batch(RECORDS)
        assert time.monotonic() - begun < 1.3
    assert answer.kind is Kind.NOT_SENT


@pytest.mark.gate("H8", seconds=30)
def test_a_black_hole_is_left_and_the_next_address_tried(make_client: ClientMaker) -> None:
    hole = socket.socket()
    hole.bind(("127.0.0.1", 0))
    hole.listen(0)
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:  # a full backlog: the system drops further connections without a word
        filler.setblocking(False)
        filler.connect_ex(hole.getsockname())
    try:
        with RawServer(answering(http(BODY))) as server:
            here = ("127.0.0.1", server.port)

            def resolver(host: str, port: int) -> list[tuple[object, ...]]:
                entry = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
                return [(*entry, hole.getsockname()), (*entry, here)]

            client = make_client(f"http://localhost:{server.port}", connect=1.0, resolver=resolver)
            assert client.send_batch(RECORDS).kind is Kind.ANSWERED
    finally:
        for each in (hole, *fillers):
            each.close()


# --- H9: no answer costs more than it should ---


def endless(prefix: bytes, block: bytes) -> Script:
    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        server.read(connection, number)
        connection.sendall(prefix)
        while not server.stopping.is_set():
            connection.sendall(block)

    return script


BOMB = gzip.compress(b"[" + b" " * 300_000_000 + b"]", 9)
BOMBS: dict[str, Script] = {
    "gzip": answering(http(BOMB, Content_Encoding="gzip")),
    "endless body": endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536),
    "endless chunks": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"
    ),
    "endless chunk size": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 65536
    ),
    "one huge chunk": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", b" " * 65536
    ),
    "terabytes": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n", b" " * 65536),
    "endless header": endless(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65536),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 10000),
    "endless trailers": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: a\r\n" * 10000
    ),
    "deep": answering(http(b"[" * 5_000_000)),
    "a number of 8 million digits": answering(http(b'{"status":' + b"1" * 8_000_000 + b"}")),
}  # fmt: skip


@pytest.mark.gate("H9", seconds=30)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_unclear_and_costs_little(make_client: ClientMaker, name: str) -> None:
    with RawServer(BOMBS[name]) as server:
        client = make_client(server.url, deadline=2.0)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            answer = client.send_batch(RECORDS)
            peak = tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()
    assert answer.kind is Kind.UNCLEAR
    assert peak < 64 * 2**20


def test_packed_answers_are_read_and_spoilt_ones_refused() -> None:
    packed = gzip.compress(BODY)
    assert unpack(packed, {"Content-Encoding": "gzip"}) == BODY
    assert unpack(BODY, {}) == BODY
    for data, encoding in (
        (packed[:-1], "gzip"),
        (packed + b"x", "gzip"),
        (BODY, "gzip"),
        (packed[:40] + b"\0\0" + packed[42:], "gzip"),
        (BODY, "br"),
    ):
        with pytest.raises(ValueError):
            unpack(data, {"Content-Encoding": encoding})


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 100, b"<html></html>", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_what_is_not_http_is_unclear(make_client: ClientMaker, garbage: bytes) -> None:
    with RawServer(cut(garbage, 1000, False)) as server:
        answer = make_client(server.url).send_batch(RECORDS)
    assert answer.kind is Kind.UNCLEAR


# --- H10: never elsewhere ---


@pytest.mark.gate("H10", seconds=10)
@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_named(make_client: ClientMaker, status: int) -> None:
    with RawServer(answering(http(BODY))) as elsewhere:
        place = elsewhere.url.replace("127.0.0.1", "localhost") + "/api/v1/user/create"
        with RawServer(answering(http(b"", status, Location=place))) as server:
            client = make_client(server.url)
            answer = client.send_batch(RECORDS)
            with pytest.raises(Unclear, match="localhost"):
                client.get_profile("ann@example.com")
            with pytest.raises(Unclear):
                client.delete_profile("ann@example.com")
        assert elsewhere.connections == 0
    assert answer.kind is Kind.UNCLEAR
    assert answer.foreign
    assert "localhost" in answer.message


@pytest.mark.parametrize(
    "location", ["http://[::1", "//", "", "javascript:alert(1)", "\x7f", "http://\u2028"]
)
def test_a_broken_location_is_no_crash(make_client: ClientMaker, location: str) -> None:
    with RawServer(
        answering(http(b"", 302).replace(b"\r\n\r\n", f"\r\nLocation: {location}\r\n\r\n".encode()))
    ) as server:
        assert make_client(server.url).send_batch(RECORDS).kind is Kind.UNCLEAR


# --- what was handed over, and how often ---


def test_a_refused_connection_is_not_sent(make_client: ClientMaker) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    answer = make_client(f"http://127.0.0.1:{port}").send_batch(RECORDS)
    assert answer.kind is Kind.NOT_SENT
    assert isinstance(answer.error, Offline)
    assert "refused the connection" in answer.message


def test_a_kept_connection_that_dies_is_unclear_and_nothing_is_sent_twice(make_client: ClientMaker) -> None:
    requests: list[bytes] = []

    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        requests.append(server.read(connection, number))
        connection.sendall(http(BODY))
        requests.append(server.read(connection, number))  # the second call arrives whole, and is not answered

    with RawServer(script) as server:
        client = make_client(server.url)
        assert client.send_batch(RECORDS).kind is Kind.ANSWERED
        assert client.send_batch(RECORDS).kind is Kind.UNCLEAR
        assert len([request for request in requests if request]) == 2
        assert server.connections == 1


def test_a_kept_connection_that_is_closed_is_replaced(make_client: ClientMaker) -> None:
    closed = threading.Semaphore(0)

    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        server.read(connection, number)
        connection.sendall(http(BODY))
        connection.shutdown(socket.SHUT_RDWR)
        closed.release()

    with RawServer(script) as server:
        client = make_client(server.url)
        for _ in range(3):
            assert client.send_batch(RECORDS).kind is Kind.ANSWERED
            closed.acquire()
        assert server.connections == 3


def test_calls_of_a_thread_share_a_connection_and_a_delete_has_its_own(make_client: ClientMaker) -> None:
    with RawServer(answering(http(BODY))) as server:
        client = make_client(server.url)
        for _ in range(3):
            client.send_batch(RECORDS)
        assert server.connections == 1
        client.delete_profile("ann@example.com")
        assert server.connections == 2


def test_the_request_is_what_the_documentation_shows(make_client: ClientMaker) -> None:
    with RawServer(answering(http(BODY))) as server:
        client = make_client(server.url)
        client.send_batch([{"userID": "ä b", "user_attributes": {"email_opt_in": "1"}}])
        with pytest.raises(Unclear):
            client.get_profile("a+b &=/é")
        head, _, body = server.received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/v1/user/create HTTP/1.1\r\n")
    headers = {
        name.lower(): value for name, _, value in (line.partition(b": ") for line in head.split(b"\r\n")[1:])
    }
    assert headers[b"x-api-key"] == CANARY_KEY.encode()
    assert headers[b"x-brand-id"] == b"1"
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"user-agent"].startswith(b"NV-Desktop/")
    document, look_up = body.split(b"GET ", 1)
    assert json.loads(document) == {"nv": [{"userID": "ä b", "user_attributes": {"email_opt_in": "1"}}]}
    assert look_up.startswith(b"/api/v1/user/userData?userID=a%2Bb%20%26%3D%2F%C3%A9 HTTP/1.1")


def test_opt_ins_become_numbers_when_the_setting_says_so(make_client: ClientMaker) -> None:
    with RawServer(answering(http(BODY))) as server:
        make_client(server.url, opt_in_as_strings=False).send_batch(
            [{"userID": "ann@example.com", "user_attributes": {"sms_opt_in": "2", "tier": "1"}}]
        )
        body = json.loads(server.received[0].partition(b"\r\n\r\n")[2])
    assert body["nv"][0]["user_attributes"] == {"sms_opt_in": 2, "tier": "1"}


# --- H11: certificates ---

TEST = Account("test", "test", "", 7, "https://api.example.com/", id="t")


def certificate(
    folder: Path, *, names: list[str], days: tuple[int, int] = (-1, 1), sign: bool = True
) -> Path:
    """A PEM with key, certificate and (`sign`) the authority that signed it, which stands in ca.pem."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.datetime.now(datetime.UTC)
    key, authority = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def build(subject: str, public: object, issuer: str, signer: object, ca: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(public)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0] if not ca else -9))
            .not_valid_after(now + datetime.timedelta(days=days[1] if not ca else 9))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        alternatives: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
            for name in names
        ]
        if not ca:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(signer, hashes.SHA256())  # type: ignore[arg-type]

    pem = serialization.Encoding.PEM
    own = build("server", key.public_key(), "ca" if sign else "server", authority if sign else key, False)
    ca = build("ca", authority.public_key(), "ca", authority, True)
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + own.public_bytes(pem))
    return folder / "server.pem"


def serving(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def trusting(ca: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    return context


BAD_CERTIFICATES: dict[str, tuple[dict[str, object], bool, str]] = {
    "made by itself": ({"names": ["127.0.0.1"], "sign": False}, True, "made itself"),
    "unknown authority": ({"names": ["127.0.0.1"]}, False, "authority that this computer does not trust"),
    "expired": ({"names": ["127.0.0.1"], "days": (-5, -2)}, True, "has expired"),
    "not yet valid": ({"names": ["127.0.0.1"], "days": (2, 5)}, True, "not valid yet"),
    "another server": ({"names": ["other.example.com"]}, True, "for another server"),
}


@pytest.mark.gate("H11", seconds=10)
@pytest.mark.parametrize("name", BAD_CERTIFICATES)
def test_a_bad_certificate_gets_no_byte_of_the_request(
    make_client: ClientMaker, tmp_path: Path, name: str
) -> None:
    options, trusted, sentence = BAD_CERTIFICATES[name]
    pem = certificate(tmp_path, **options)  # type: ignore[arg-type]
    seen = []

    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        seen.append(connection.recv(100))

    with RawServer(script, serving(pem)) as server:
        tls = trusting(tmp_path / "ca.pem") if trusted else None
        answer = make_client(server.url, TEST, tls=tls).send_batch(RECORDS)
    assert answer.kind is Kind.NOT_SENT
    assert sentence in answer.message
    assert not any(seen)


@pytest.mark.gate("H11", seconds=10)
def test_a_good_certificate_carries_the_call(make_client: ClientMaker, tmp_path: Path) -> None:
    pem = certificate(tmp_path, names=["127.0.0.1"])
    with RawServer(answering(http(BODY)), serving(pem)) as server:
        client = make_client(server.url, TEST, tls=trusting(tmp_path / "ca.pem"))
        for _ in range(2):
            assert client.send_batch(RECORDS).confirmed == {"ann@example.com"}
        assert server.connections == 1


def test_a_plain_server_behind_https_is_not_sent(make_client: ClientMaker) -> None:
    with RawServer(answering(http(BODY))) as server:
        answer = make_client(server.url.replace("http:", "https:"), TEST, connect=0.3).send_batch(RECORDS)
        assert CANARY_KEY.encode() not in b"".join(server.received)
    assert answer.kind is Kind.NOT_SENT


# --- H12: proxies ---


PROXY_ANSWERS: dict[str, tuple[bytes, str]] = {
    "407": (
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        "name and a password",
    ),
    "403": (b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>Blocked</html>", "answered 403"),
    "block page": (b"HTTP/1.1 503 Blocked\r\n\r\n<html>", "does not let calls through"),
    "garbage": (b"SSH-2.0-OpenSSH\r\n", "is not a proxy"),
    "closed": (b"", "is not a proxy"),
    "200 then a page": (b"HTTP/1.1 200 OK\r\n\r\n<html>Please pay</html>", "not safe"),
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "answered 302"),
}


@pytest.mark.gate("H12", seconds=10)
@pytest.mark.parametrize("name", PROXY_ANSWERS)
def test_a_proxy_that_refuses_gets_a_sentence_and_no_key(make_client: ClientMaker, name: str) -> None:
    reply, sentence = PROXY_ANSWERS[name]
    with RawServer(cut(reply, 1000, False)) as proxy:
        client = make_client("https://api.example.com", TEST, proxy=f"127.0.0.1:{proxy.port}", connect=2.0)
        answer = client.send_batch(RECORDS)
        received = b"".join(proxy.received)
    assert received.startswith(b"CONNECT api.example.com:443 ")
    assert CANARY_KEY.encode() not in received and b"x-api-key" not in received and b"ann@" not in received
    assert answer.kind is Kind.NOT_SENT
    assert sentence in answer.message


@pytest.mark.gate("H12", seconds=10)
def test_a_proxy_that_is_not_there(make_client: ClientMaker) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    answer = make_client("https://api.example.com", TEST, proxy=f"127.0.0.1:{port}").send_batch(RECORDS)
    assert answer.kind is Kind.NOT_SENT
    assert f"127.0.0.1:{port} cannot be reached" in answer.message


@pytest.mark.gate("H12", seconds=10)
def test_a_proxy_that_drips_its_answer_ends_with_the_deadline(make_client: ClientMaker) -> None:
    with RawServer(dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n")) as proxy:
        begun = time.monotonic()
        client = make_client("https://api.example.com", TEST, proxy=f"127.0.0.1:{proxy.port}", deadline=0.5)
        assert client.send_batch(RECORDS).kind is Kind.NOT_SENT
        assert time.monotonic() - begun < 1.5


def tunnel(to: int) -> Script:
    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        server.read(connection, number)
        with socket.create_connection(("127.0.0.1", to), 10) as there:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(there, connection))
            back.start()
            pump(connection, there, server.received)
            back.join()

    return script


def pump(source: socket.socket, target: socket.socket, kept: list[bytes] | None = None) -> None:
    while data := source.recv(65536):
        if kept is not None:
            kept.append(data)
        with contextlib.suppress(OSError):  # one side may leave while the other still speaks
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.mark.gate("H12", seconds=10)
def test_through_a_proxy_that_works_the_key_stays_inside_tls(
    make_client: ClientMaker, tmp_path: Path
) -> None:
    pem = certificate(tmp_path, names=["api.example.com"])
    with RawServer(answering(http(BODY)), serving(pem)) as server, RawServer(tunnel(server.port)) as proxy:
        client = make_client(
            "https://api.example.com",
            TEST,
            proxy=f"127.0.0.1:{proxy.port}",
            tls=trusting(tmp_path / "ca.pem"),
        )
        assert client.send_batch(RECORDS).confirmed == {"ann@example.com"}
        assert CANARY_KEY.encode() not in b"".join(proxy.received)
        client.close()


def test_proxies_are_read_on_purpose() -> None:
    assert check_proxy(" proxy.example.com:8080/ ") == "http://proxy.example.com:8080"
    assert check_proxy("  ") == ""
    for bad in (
        "http://me:secret@proxy:1",
        "socks5://proxy:1",
        "https://proxy:1",
        "proxy",
        "http://p:99999",
        "p:1/x",
    ):
        with pytest.raises(Rejected):
            check_proxy(bad)


# --- S4: the environment has no say ---


def test_the_environment_cannot_lead_calls_elsewhere(
    make_client: ClientMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil\n")
    netrc.chmod(0o600)
    with RawServer(answering(http(BODY))) as trap, RawServer(answering(http(BODY))) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, trap.url)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
        assert make_client(server.url).send_batch(RECORDS).kind is Kind.ANSWERED
        assert trap.connections == 0
        assert b"authorization" not in server.received[0].lower()


def test_the_sandbox_never_talks_to_another_host(make_client: ClientMaker) -> None:
    for url in (
        "https://analytics.notifyvisitors.com",
        "https://127.0.0.1.example.com",
        "http://example.com",
    ):
        with pytest.raises(Rejected):
            make_client(url)


def test_threads_have_connections_of_their_own_and_close_ends_them(make_client: ClientMaker) -> None:
    together = threading.Barrier(4)
    outcomes: list[Kind] = []

    def script(server: RawServer, connection: socket.socket, number: int) -> None:
        while server.read(connection, number):
            together.wait(5)
            connection.sendall(http(BODY))

    def work(client: Client) -> None:
        outcomes.append(client.send_batch(RECORDS).kind)

    with RawServer(script) as server:
        client = make_client(server.url)
        workers = [threading.Thread(target=work, args=(client,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert outcomes == [Kind.ANSWERED] * 4
        assert server.connections == 4
