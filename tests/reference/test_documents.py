"""The door for remote documents: what enters, what is refused for which reason, what is kept, what is recorded."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import hashlib
import http.server
import json
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from skillmark.wire import peers
from skillmark.wire.peers import HostilePeer, Wire
from skillmark_reference.documents import (
    Document,
    DocumentKind,
    DocumentProblem,
    Documents,
    Policy,
    Refused,
    Source,
    SystemClock,
    Unavailable,
    Unusable,
    policies,
)

BODY = b'{"id": "https://issuer.example/", "type": ["Profile"], "name": "\xc3\x89cole"}'
JSON = "Content-Type: application/json"
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)

if TYPE_CHECKING:
    from pathlib import Path

Answering = Callable[[str, Wire], None]


@dataclasses.dataclass(slots=True)
class FakeClock:
    """Stands still until it is moved."""

    at: datetime.datetime = START

    def now(self) -> datetime.datetime:
        return self.at

    def elapsed(self) -> float:
        return 0.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def door(
    *origins: str,
    clock: policies.Clock | None = None,
    seconds: float = 5.0,
    redirects: int = 5,
    **parameters: Any,  # noqa: ANN401 - whatever a door takes
) -> Documents:
    """Return a door to which some origins are allowed."""
    policy = Policy(allowed_origins=origins, seconds=seconds, redirects=redirects)
    return Documents(clock=clock or FakeClock(), **{"policy": policy, **parameters})


def answering(body: bytes = BODY, *headers: str, status: str = "200 OK") -> Answering:
    """Return a behaviour: the same answer to everything."""
    return lambda _, wire: wire.answer(body, *(headers or (JSON,)), status=status)


def asked(
    behave: Answering,
    kind: DocumentKind = DocumentKind.PROFILE,
    **parameters: Any,  # noqa: ANN401 - whatever a door takes
) -> Document:
    """Return the document of a server, to whose origin the door is open."""
    with HostilePeer(behave) as peer:
        return door(peer.url, **parameters).get(f"{peer.url}/document", kind)


@dataclasses.dataclass(slots=True)
class Counted:
    """A server that tells how often it was asked."""

    behave: Answering
    targets: list[str] = dataclasses.field(default_factory=list)

    def __call__(self, target: str, wire: Wire) -> None:
        self.targets.append(target)
        self.behave(target, wire)


# What enters


def test_a_document_of_an_allowed_origin_enters_with_a_complete_record() -> None:
    """A healthy document enters, and the record says everything about it."""
    with HostilePeer(answering(BODY, "Content-Type: Application/JSON; charset=UTF-8")) as peer:
        documents = door(peer.url)
        document = documents.get(f"{peer.url}/a#key-1", DocumentKind.PROFILE)
    assert json.loads(BODY) == document.value
    assert BODY == document.content
    assert BODY.decode() == document.text
    assert (document.fetch,) == documents.fetches
    assert {
        "url": f"{peer.url}/a#key-1",
        "kind": DocumentKind.PROFILE,
        "at": START,
        "source": Source.NETWORK,
        "final_url": f"{peer.url}/a",
        "status": 200,
        "media_type": "application/json",
        "digest": hashlib.sha256(BODY).hexdigest(),
        "size": len(BODY),
        "problem": "",
    } == dataclasses.asdict(document.fetch)


def test_the_kind_decides_what_is_asked_for() -> None:
    """The Accept header names the media types of the kind, and no header tells who asks."""
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            heads.append(connection.recv(65536))
            Wire(connection, threading.Event()).answer(b'{"keys": []}', "Content-Type: application/jwk-set+json")

    thread = threading.Thread(target=serve)
    thread.start()
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert {"keys": []} == door(origin).get(f"{origin}/jwks.json?a=%20b", DocumentKind.KEY_SET).value
    thread.join()
    listener.close()
    lines = heads[0].decode().split("\r\n")
    assert "GET /jwks.json?a=%20b HTTP/1.1" == lines[0]
    assert "Accept: application/jwk-set+json, application/json;q=0.9" in lines
    assert {"host", "accept", "accept-encoding", "user-agent", "connection"} == {
        line.partition(":")[0].lower() for line in lines[1:] if line
    }


def test_redirects_are_followed_and_the_final_address_is_recorded() -> None:
    """A redirect to the same server is followed, relative as well as absolute."""

    def behave(target: str, wire: Wire) -> None:
        if target == "/final":
            wire.answer(BODY, JSON)
        else:
            wire.answer(b"", "Location: final", status="302 Found")

    with HostilePeer(behave) as peer:
        document = door(peer.url).get(f"{peer.url}/first", DocumentKind.PROFILE)
    assert f"{peer.url}/final" == document.fetch.final_url


@pytest.mark.parametrize("data", [gzip.compress(BODY), gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])])
def test_a_compressed_document_enters(data: bytes) -> None:
    """GZIP is undone, in one part and in two; the digest is that of the document."""
    document = asked(answering(data, JSON, "Content-Encoding: gzip"))
    assert BODY == document.content
    assert hashlib.sha256(BODY).hexdigest() == document.fetch.digest


def test_a_token_enters_where_a_credential_may_be_one() -> None:
    """A compact JWS is no JSON: it has text and no value, whatever white space is around it."""
    document = asked(answering(b"e30.e30.c2ln\n", "Content-Type: text/plain"), DocumentKind.STATUS_LIST)
    assert document.value is None
    assert "e30.e30.c2ln" == document.text


def test_every_call_gets_values_of_its_own() -> None:
    """What one caller does to a document, no other sees."""
    documents = Documents(clock=FakeClock(), given={"https://a.example/": BODY})
    first = documents.get("https://a.example/", DocumentKind.PROFILE)
    assert first.value is not None
    first.value.clear()
    assert json.loads(BODY) == documents.get("https://a.example/", DocumentKind.PROFILE).value


def certificates() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the TLS settings of a server that is issuer.test, and of a client that trusts it."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("issuer.test").configure_cert(server)
    authority.configure_trust(client)
    return server, client


class Handler(http.server.BaseHTTPRequestHandler):
    """Has one document at every address."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/did+json")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def tls_server() -> Iterator[tuple[int, ssl.SSLContext]]:
    server_context, client_context = certificates()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = server_context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1], client_context
    server.shutdown()
    thread.join()
    server.server_close()


def test_https_is_spoken_to_the_resolved_address_under_the_name(tls_server: tuple[int, ssl.SSLContext]) -> None:
    """The connection goes to the address, the certificate is that of the name; untrusted or misnamed, nothing enters."""
    port, trust = tls_server
    origins = [f"https://{name}:{port}" for name in ("issuer.test", "other.test")]
    trusting = door(*origins, trust=trust, resolve=lambda *_: ["127.0.0.1"])
    assert BODY == trusting.get(f"{origins[0]}/did.json", DocumentKind.DID_DOCUMENT).content
    with pytest.raises(Unavailable, match="certificate"):
        trusting.get(f"{origins[1]}/did.json", DocumentKind.DID_DOCUMENT)
    with pytest.raises(Unavailable, match="certificate"):
        door(*origins, resolve=lambda *_: ["127.0.0.1"]).get(f"{origins[0]}/did.json", DocumentKind.DID_DOCUMENT)


# Addresses


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://issuer.example/", "plain http"),
        ("ftp://issuer.example/", "no https address"),
        ("file:///etc/passwd", "no https address"),
        ("data:application/json,{}", "no https address"),
        ("did:web:issuer.example", "no https address"),
        ("https:///nowhere", "no https address"),
        ("/relative", "no absolute URL"),
        ("", "no absolute URL"),
        ("https://issuer.example:99999/", "no absolute URL"),
        ("https://issuer.example:0/", "no absolute URL"),
        ("https://[::1/", "no absolute URL"),
        ("https://issuer.example/\x00", "no absolute URL"),
        ("https://issuer.example/\ud800", "no absolute URL"),
        ("https://issuer.example/" + "a" * 5000, "no absolute URL"),
        ("https://user:secret@issuer.example/", "user name or a password"),
    ],
)
def test_other_addresses_than_https_are_refused_before_any_name_is_resolved(url: str, reason: str) -> None:
    """Only https addresses without a password are looked at; everything else is refused unresolved."""
    names: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        names.append(host)
        return []

    with pytest.raises(Refused, match=reason):
        door(resolve=resolve).get(url, DocumentKind.CONTEXT)
    assert [] == names


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%lo",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:db8::1",
    "no address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_at_an_address_that_is_not_public_is_refused(address: str) -> None:
    """No private, link-local, multicast, unspecified or mapped address is connected to, whatever name leads there."""
    with pytest.raises(Refused, match="no public address"):
        door(resolve=lambda *_: [address]).get("https://issuer.example/", DocumentKind.CONTEXT)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::93.184.215.14"]
)
def test_public_addresses_are_public(address: str) -> None:
    """What is not private passes: the rule is not to refuse everything."""
    assert policies.is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    """However this machine is written, the system's own resolver leads to an address that is refused."""
    with pytest.raises((Refused, Unavailable)) as caught:
        door().get(f"https://{host}/", DocumentKind.CONTEXT)
    assert caught.type is Refused or "has no address" in str(caught.value)


def test_only_the_named_origin_is_allowed() -> None:
    """Allowing one port of this machine allows no other, and no other scheme."""
    with HostilePeer(answering()) as named, HostilePeer(answering()) as other:
        documents = door(named.url)
        assert BODY == documents.get(named.url, DocumentKind.PROFILE).content
        with pytest.raises(Refused, match="plain http"):
            documents.get(other.url, DocumentKind.PROFILE)
        with pytest.raises(Refused, match="no public address"):
            documents.get(named.url.replace("http", "https"), DocumentKind.PROFILE)


@pytest.mark.parametrize("text", ["127.0.0.1:80", "https://issuer.example/path", "ftp://issuer.example", ""])
def test_what_is_no_origin_cannot_be_allowed(text: str) -> None:
    """A mistake of the caller shows at once, and not as a refused document later."""
    with pytest.raises(ValueError, match="is no origin such as"):
        Policy(allowed_origins=(text,))


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Refuse every connection, and note where it would have gone."""
    found: list[tuple[str, int]] = []

    def connect(_self: socket.socket, address: tuple[str, int]) -> None:
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return found


def test_a_name_is_resolved_once_for_a_connection(dialled: list[tuple[str, int]]) -> None:
    """A name that is public at first and private a moment later leads to the public address, or nowhere."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    with pytest.raises(Unavailable):
        door(resolve=lambda *_: answers.pop(0)).get("https://rebinding.example/", DocumentKind.CONTEXT)
    assert [("93.184.215.14", 443)] == dialled
    assert [["127.0.0.1"]] == answers


def test_private_addresses_beside_public_ones_are_passed_over(dialled: list[tuple[str, int]]) -> None:
    """A host with both kinds of addresses is asked at the public ones only."""
    addresses = ["10.0.0.1", "93.184.215.14", "::1", "93.184.215.15"]
    with pytest.raises(Unavailable):
        door(resolve=lambda *_: addresses).get("https://issuer.example:8443/", DocumentKind.CONTEXT)
    assert [("93.184.215.14", 8443), ("93.184.215.15", 8443)] == dialled


def test_the_connection_goes_to_the_address_of_the_resolver() -> None:
    """A host is asked at the address that was looked at, under its name."""
    with HostilePeer(answering()) as peer:
        origin = f"http://issuer.test:{peer.url.rpartition(':')[2]}"
        document = door(origin, resolve=lambda *_: ["127.0.0.1"]).get(origin, DocumentKind.PROFILE)
    assert BODY == document.content


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    """A host with two addresses is reached at the one that works."""
    with HostilePeer(answering()) as peer:
        port = int(peer.url.rpartition(":")[2])
        origin = f"http://issuer.test:{port}"
        document = door(origin, resolve=lambda *_: ["::1", "127.0.0.1"]).get(origin, DocumentKind.PROFILE)
    assert BODY == document.content


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://inside.example/", "no public address"),
        ("https://169.254.169.254/latest/meta-data", "no public address"),
        ("http://public.example/", "plain http"),
        ("//public.example/", "plain http"),
        ("file:///etc/passwd", "no https address"),
        ("https://user:secret@public.example/", "user name"),
        ("https://[/", "no absolute URL"),
        ("https://public.example/" + "a" * 20_000, "no absolute URL"),
    ],
)
def test_every_hop_is_held_against_the_policy(location: str, reason: str) -> None:
    """A redirect leads nowhere that could not have been asked for in the first place."""

    def resolve(host: str, _port: int) -> list[str]:
        return {"inside.example": ["10.0.0.1"], "public.example": ["93.184.215.14"]}.get(host, [host])

    with HostilePeer(answering(b"", f"Location: {location}", status="302 Found")) as peer:
        documents = door(peer.url, resolve=resolve)
        with pytest.raises(Refused, match=reason):
            documents.get(f"{peer.url}/start", DocumentKind.PROFILE)
    assert 302 == documents.fetches[0].status


def test_redirects_have_a_limit() -> None:
    """As many redirects as the policy says are followed, and not one more."""
    server = Counted(peers.redirect_loop)
    with pytest.raises(Refused, match="more than 3 redirects"):
        asked(server, redirects=3)
    assert 4 == len(server.targets)


# Bytes and time


@pytest.mark.parametrize(
    "behave", [peers.endless_body, peers.huge_body, peers.gzip_bomb], ids=lambda behave: behave.__name__
)
def test_bytes_have_a_limit_and_memory_with_them(behave: Answering) -> None:
    """Whatever is sent, and whatever it unpacks to, memory stays near the limit of the kind."""
    with HostilePeer(answering()) as healthy:
        door(healthy.url).get(healthy.url, DocumentKind.PROFILE)
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="larger than 2,097,152 bytes"):
            asked(behave)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The bodies of these peers are one mebibyte of blanks, and the bomb itself is another; they count here too.
    assert 24 * 2**20 > peak


def test_the_limit_is_exact_and_can_be_lowered() -> None:
    """A document of exactly the limit enters, one byte more is refused; compressed or not."""
    for behave in (answering(), answering(gzip.compress(BODY), JSON, "Content-Encoding: gzip")):
        with HostilePeer(behave) as peer:

            def limited(most: int, origin: str = peer.url) -> Documents:
                return door(policy=Policy(allowed_origins=(origin,), most_bytes=most))

            assert BODY == limited(len(gzip.compress(BODY))).get(peer.url, DocumentKind.PROFILE).content
            with pytest.raises(Refused, match="larger than"):
                limited(len(BODY) - 1).get(peer.url, DocumentKind.PROFILE)


@pytest.mark.parametrize(
    "behave", [peers.slow_body, peers.slow_head, peers.silence], ids=lambda behave: behave.__name__
)
def test_time_has_a_limit_for_the_whole_exchange(behave: Answering) -> None:
    """A server that always sends a little more, in time for every single read, is not waited for."""
    with pytest.raises(Unavailable, match=r"no complete answer within 0\.3 seconds; try again, or give the document"):
        asked(behave, clock=SystemClock(), seconds=0.3)


def test_redirects_share_the_time_of_the_exchange() -> None:
    """The deadline is that of the exchange, and no hop begins another one."""

    @dataclasses.dataclass(slots=True)
    class Running(FakeClock):
        seconds: float = 0.0

        def elapsed(self) -> float:
            self.seconds += 0.25
            return self.seconds

    with pytest.raises(Unavailable, match="within 5 seconds"):
        asked(peers.redirect_loop, clock=Running(), redirects=1000)


def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    """Names are part of the exchange."""
    stopped = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        stopped.wait(30)
        return []

    with pytest.raises(Unavailable, match="no complete answer"):
        door(seconds=0.2, resolve=resolve, clock=SystemClock()).get("https://issuer.example/", DocumentKind.CONTEXT)
    stopped.set()


@pytest.mark.parametrize(
    "behave",
    [peers.closed_at_once, peers.closed_early, peers.no_http, peers.endless_head],
    ids=lambda behave: behave.__name__,
)
def test_broken_exchanges_are_unavailable(behave: Answering) -> None:
    """What breaks on the way tells nothing about the document."""
    with pytest.raises(Unavailable, match="the exchange failed"):
        asked(behave)


def test_nobody_there_is_unavailable() -> None:
    """A name without address and a port without server are told apart, and both are no verdict."""

    def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unavailable, match=r"has no address: .*not known"):
        door(resolve=nowhere).get("https://issuer.example/", DocumentKind.CONTEXT)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unavailable, match="refused"):
        door(origin).get(origin, DocumentKind.CONTEXT)


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "500 Oops", "204 No Content", "206 Partial", "302 Found"]
)
def test_another_status_than_200_is_unavailable(status: str) -> None:
    """An error page is no document, whatever it looks like."""
    with pytest.raises(Unavailable, match=f"the answer is {status[:3]}; expected is 200"):
        asked(answering(b"" if status.startswith("204") else BODY, JSON, status=status))


# Content


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        (DocumentKind.CONTEXT, "application/ld+json"),
        (DocumentKind.CONTEXT, "application/vnd.example+json"),
        (DocumentKind.SCHEMA, "application/schema+json; charset=utf-8"),
        (DocumentKind.DID_DOCUMENT, "application/did+ld+json"),
        (DocumentKind.PROFILE, 'application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"'),
        (DocumentKind.KEY, "application/jwk+json"),
        (DocumentKind.KEY_SET, "application/jwk-set+json"),
        (DocumentKind.STATUS_LIST, "application/vc"),
        (DocumentKind.REVOCATION_LIST, "application/json"),
        (DocumentKind.CREDENTIAL, "application/vc+ld+json"),
    ],
)
def test_media_types_are_those_of_the_kind(kind: DocumentKind, content_type: str) -> None:
    """Every kind has its media types; HTML, none, two at once and another charset are refused for every kind."""
    assert BODY == asked(answering(BODY, f"Content-Type: {content_type}"), kind).content
    for headers, found in [
        (["Content-Type: text/html"], "the media type is 'text/html'; expected is"),
        (["X-Content-Type: application/json"], "the media type is missing"),
        ([f"Content-Type: {content_type}", "Content-Type: text/html"], "the media type is|more than one Content-Type"),
        (["Content-Type: application/json; charset=iso-8859-1"], "the charset is 'iso-8859-1'|the media type is"),
    ]:
        with pytest.raises(Unusable, match=found):
            asked(answering(BODY, *headers), kind)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[]", "expected is a JSON object; it is list"),
        (b'{"a": 1, "a": 1}', "a member more than once: a"),
        (b'{"a": {"b": 1, "b": 2}}', "a member more than once: b"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity is no JSON number"),
        (b'{"a": 1e999}', "beyond the range"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "no JSON"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "no JSON"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "more than 100 levels"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_json_that_readers_see_differently_is_refused(body: bytes, reason: str) -> None:
    """Repeated members, numbers that are none, depth and other encodings than UTF-8 do not pass the door."""
    healthy = b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}"
    assert healthy == asked(answering(healthy)).content
    with pytest.raises(Unusable, match=reason):
        asked(answering(body))


@pytest.mark.parametrize("body", [b"e30.e30", b"e30.e30.c2ln.more", b"e30.e30.c2=n", b"https://issuer.example/1", b""])
def test_what_is_neither_json_nor_a_token_is_no_credential(body: bytes) -> None:
    """A compact JWS has three parts of base64url; nothing else is taken for one."""
    assert asked(answering(b"e30.e30.", "Content-Type: text/plain"), DocumentKind.CREDENTIAL).value is None
    with pytest.raises(Unusable, match="expected is a JSON object or a compact JWS"):
        asked(answering(body, "Content-Type: text/plain"), DocumentKind.CREDENTIAL)


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (gzip.compress(BODY)[:-9], "gzip", "ends early"),
        (BODY, "gzip", "is not the gzip"),
        (gzip.compress(BODY) + b"more", "gzip", "is not the gzip"),
        (gzip.compress(b"") * 9, "gzip", "more than 8 parts"),
        (zlib.compress(BODY), "deflate", "'deflate' was not asked for"),
        (gzip.compress(gzip.compress(BODY)), "gzip, gzip", "was not asked for"),
        (BODY, "br", "'br' was not asked for"),
    ],
)
def test_broken_encodings_are_unusable(data: bytes, encoding: str, reason: str) -> None:
    """A body has to be in the encoding that was asked for, and whole."""
    with pytest.raises(Unusable, match=reason):
        asked(answering(data, JSON, f"Content-Encoding: {encoding}"))


def test_images_are_what_their_media_type_says() -> None:
    """PNG is told from everything else by its first bytes."""
    png, svg = b"\x89PNG\r\n\x1a\n", b"<svg/>"
    for content, media_type in [(png, "image/png"), (svg, "image/svg+xml")]:
        document = asked(answering(content, f"Content-Type: {media_type}"), DocumentKind.IMAGE)
        assert (content, None) == (document.content, document.value)
    for content, media_type in [(svg, "image/png"), (png, "image/svg+xml"), (png, "image/jpeg")]:
        with pytest.raises(Unusable, match="the media type is"):
            asked(answering(content, f"Content-Type: {media_type}"), DocumentKind.IMAGE)


# Given, copies, offline


def test_given_documents_win_and_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given is used for every kind of address, with and without a fragment; its JSON has to be right too."""
    monkeypatch.setattr(socket, "socket", None)
    given = {"http://plain.example/a": BODY, "urn:example:b": b'{"a": 1, "a": 2}'}
    documents = Documents(clock=FakeClock(), given=given)
    for url in ("http://plain.example/a", "http://plain.example/a#key"):
        document = documents.get(url, DocumentKind.KEY)
        assert (BODY, Source.GIVEN, False) == (document.content, document.fetch.source, document.fetch.from_cache)
    with pytest.raises(Unusable, match="more than once"):
        documents.get("urn:example:b", DocumentKind.KEY)


def test_offline_never_opens_a_socket(monkeypatch: pytest.MonkeyPatch, clock: FakeClock, tmp_path: Path) -> None:
    """Offline, copies are used as long as they count; then the address and the next step are named."""
    with HostilePeer(answering()) as peer:
        door(peer.url, clock=clock, folder=tmp_path).get(peer.url, DocumentKind.PROFILE)
    monkeypatch.setattr(socket, "socket", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    policy = Policy(allowed_origins=(peer.url,), offline=True)
    documents = Documents(clock=clock, policy=policy, folder=tmp_path)
    assert Source.DISK is documents.get(peer.url, DocumentKind.PROFILE).fetch.source
    clock.at += 5 * MINUTE
    for url in (peer.url, "https://issuer.example/"):
        with pytest.raises(Unavailable, match=f"{url}.*give its content, or do not work offline"):
            documents.get(url, DocumentKind.PROFILE)


def test_copies_count_for_the_lifetime_of_their_kind(clock: FakeClock) -> None:
    """A copy is used until its lifetime is over, to the second, and then fetched anew."""
    server = Counted(answering())
    with HostilePeer(server) as peer:
        documents = door(peer.url, clock=clock)
        sources = []
        for seconds in (0, 299, 300, 599, 600):
            clock.at = START + datetime.timedelta(seconds=seconds)
            sources.append(documents.get(peer.url, DocumentKind.PROFILE).fetch.source)
        clock.at = START
        sources.append(documents.get(peer.url, DocumentKind.PROFILE).fetch.source)
    expected = [Source.NETWORK, Source.MEMORY, Source.NETWORK, Source.MEMORY, Source.NETWORK, Source.NETWORK]
    assert expected == sources
    assert 4 == len(server.targets)


@pytest.mark.parametrize(
    ("cache_control", "minutes", "is_kept"),
    [
        ("max-age=60", 0.9, True),
        ("max-age=60", 1, False),
        ("public, Max-Age = 60", 1, False),
        ("max-age=999999999", 4.9, True),
        ("max-age=999999999", 5, False),
        ("max-age=0", 0, False),
        ("no-store", 0, False),
        ("private, no-cache", 0, False),
        ("no-transform", 4.9, True),
        ("max-age=soon", 4.9, True),
    ],
)
def test_a_server_may_shorten_a_lifetime(
    cache_control: str, minutes: float, *, is_kept: bool, clock: FakeClock
) -> None:
    """Cache-Control makes copies count less long, never longer."""
    with HostilePeer(answering(BODY, JSON, f"Cache-Control: {cache_control}")) as peer:
        documents = door(peer.url, clock=clock)
        assert not documents.get(peer.url, DocumentKind.PROFILE).fetch.from_cache
        clock.at += minutes * MINUTE
        assert is_kept is documents.get(peer.url, DocumentKind.PROFILE).fetch.from_cache


def test_a_caller_may_shorten_a_lifetime(clock: FakeClock) -> None:
    """By the policy for a kind, or with one call; zero always asks anew."""
    with HostilePeer(answering()) as peer:
        lifetimes = {DocumentKind.PROFILE: MINUTE}
        policy = Policy(allowed_origins=(peer.url,), lifetimes=lifetimes)
        documents = Documents(clock=clock, policy=policy)

        def is_copy(max_age: datetime.timedelta | None = None) -> bool:
            return documents.get(peer.url, DocumentKind.PROFILE, max_age=max_age).fetch.from_cache

        assert [False, True, False] == [is_copy(), is_copy(), is_copy(max_age=datetime.timedelta(0))]
        clock.at += MINUTE / 2
        assert [True, False] == [is_copy(max_age=MINUTE), is_copy(max_age=MINUTE / 2)]
        clock.at += MINUTE
        assert not is_copy()


def test_copies_are_kept_by_kind_and_on_disk(tmp_path: Path, clock: FakeClock) -> None:
    """Another door finds the copies of the first one, and only for the kind that was asked for."""
    with HostilePeer(answering()) as peer:
        door(peer.url, clock=clock, folder=tmp_path / "new").get(f"{peer.url}/#a", DocumentKind.PROFILE)
        other = door(peer.url, clock=clock, folder=tmp_path / "new")
        sources = [other.get(f"{peer.url}/#b", kind).fetch.source for kind in 2 * [DocumentKind.PROFILE]]
        assert [Source.DISK, Source.MEMORY] == sources
        assert Source.NETWORK is other.get(peer.url, DocumentKind.KEY).fetch.source
    assert [".document", ".document"] == [path.suffix for path in (tmp_path / "new").iterdir()]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"Profile", b"profile"),
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda _: b"",
        lambda data: b"{}\n" + data.partition(b"\n")[2],
        lambda data: b"[]\n" + data.partition(b"\n")[2],
        lambda _: b"[" * 50_000 + b"\n",
        lambda data: data.replace(b"127.0.0.1", b"127.0.0.2"),
        lambda data: data.replace(b"PROFILE", b"CONTEXT"),
        lambda data: data.replace(b"2026-01-01T00:05", b"9999-99-99T00:05"),
        lambda data: data.replace(b'"fetched": "2026', b'"fetched": "2027'),
    ],
)
def test_a_spoiled_file_is_no_copy(spoil: Callable[[bytes], bytes], tmp_path: Path, clock: FakeClock) -> None:
    """A file whose bytes are not those of its SHA-256, or that is of another address, is fetched anew and replaced."""
    with HostilePeer(answering()) as peer:
        door(peer.url, clock=clock, folder=tmp_path).get(peer.url, DocumentKind.PROFILE)
        (path,) = tmp_path.iterdir()
        healthy = path.read_bytes()
        path.write_bytes(spoil(healthy))
        document = door(peer.url, clock=clock, folder=tmp_path).get(peer.url, DocumentKind.PROFILE)
    assert (BODY, Source.NETWORK) == (document.content, document.fetch.source)
    assert healthy == path.read_bytes()


def test_a_copy_is_held_against_the_policy_of_today(tmp_path: Path, clock: FakeClock) -> None:
    """What a wider policy let in does not pass a narrower one: neither its address, nor its final one, nor its size."""
    with (
        HostilePeer(answering()) as inner,
        HostilePeer(answering(b"", f"Location: {inner.url}", status="307 T")) as outer,
    ):
        door(inner.url, outer.url, clock=clock, folder=tmp_path).get(outer.url, DocumentKind.PROFILE)
        for origins in ((), (outer.url,)):
            with pytest.raises(Refused, match="plain http"):
                door(*origins, clock=clock, folder=tmp_path).get(outer.url, DocumentKind.PROFILE)
        narrow = Policy(allowed_origins=(inner.url, outer.url), most_bytes=len(BODY) - 1)
        with pytest.raises(Refused, match="larger than"):
            Documents(clock=clock, policy=narrow, folder=tmp_path).get(outer.url, DocumentKind.PROFILE)


def test_what_did_not_enter_is_not_kept(tmp_path: Path, clock: FakeClock) -> None:
    """No failure is remembered: the next call asks again, and finds what was repaired."""
    bodies = [b"broken", BODY]
    with HostilePeer(lambda _, wire: wire.answer(bodies.pop(0), JSON)) as peer:
        documents = door(peer.url, clock=clock, folder=tmp_path)
        with pytest.raises(Unusable, match="no JSON"):
            documents.get(peer.url, DocumentKind.PROFILE)
        assert [] == list(tmp_path.iterdir())
        assert BODY == documents.get(peer.url, DocumentKind.PROFILE).content


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    """Documents enter although their copies cannot be kept on disk."""
    (tmp_path / "file").write_text("no folder")
    assert BODY == asked(answering(), folder=tmp_path / "file").content


def test_memory_for_copies_has_a_limit(clock: FakeClock) -> None:
    """Where there are too many copies, the oldest go first."""
    with HostilePeer(answering()) as peer:
        documents = door(peer.url, clock=clock)
        documents._cache._most_bytes = 2 * len(BODY)
        for path in "abc":
            documents.get(f"{peer.url}/{path}", DocumentKind.PROFILE)
        sources = [documents.get(f"{peer.url}/{path}", DocumentKind.PROFILE).fetch.source for path in "cba"]
    assert [Source.MEMORY, Source.MEMORY, Source.NETWORK] == sources


# Records


def test_failures_are_recorded_with_what_was_known(clock: FakeClock) -> None:
    """Every problem carries its record, and the door keeps it: address, status, media type, reason."""
    with HostilePeer(answering(b"<html>", "Content-Type: text/html")) as peer:
        documents = door(peer.url, clock=clock)
        with pytest.raises(DocumentProblem, match=f"issuer profile '{peer.url}/': the media type is") as caught:
            documents.get(f"{peer.url}/", DocumentKind.PROFILE)
        with pytest.raises(Refused):
            documents.get("http://other.example/", DocumentKind.CONTEXT)
    first, second = documents.fetches
    assert first is caught.value.fetch
    assert (Source.NETWORK, 200, "text/html", "", 0) == (
        first.source,
        first.status,
        first.media_type,
        first.digest,
        first.size,
    )
    assert (
        "the media type is 'text/html'; expected is application/ld+json, application/json or application/cid"
        in first.problem
    )
    assert (None, None, "http://other.example/") == (second.source, second.status, second.final_url)


def test_a_door_serves_many_threads() -> None:
    """Records and copies stay whole when everybody asks at once."""
    with HostilePeer(answering()) as peer:
        documents = door(peer.url)
        contents: list[bytes] = []

        def ask(number: int) -> None:
            contents.append(documents.get(f"{peer.url}/{number % 4}", DocumentKind.PROFILE).content)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 16 * [BODY] == contents
    assert 16 == len(documents.fetches)
