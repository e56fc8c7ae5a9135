"""The door for remote documents: what enters, what is refused for which reason, what is kept, what is recorded."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import http.server
import json
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import trustme
from tests.reference.doors import BODY, JSON, START, Counted, FakeClock, answering, asked, door

from skillmark.wire.peers import hostile
from skillmark.wire.peers.hostile import HostilePeer, Wire
from skillmark_reference.documents import (
    DocumentKind,
    DocumentProblem,
    Documents,
    Policy,
    Refused,
    Source,
    Unavailable,
    policies,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


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
        "allowed_origin": "",
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


@pytest.mark.parametrize(
    "data",
    [gzip.compress(BODY, mtime=0), gzip.compress(BODY[:9], mtime=0) + gzip.compress(BODY[9:], mtime=0)],
    ids=["one member", "two members"],
)
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
    server = Counted(hostile.redirect_loop)
    with pytest.raises(Refused, match="more than 3 redirects"):
        asked(server, redirects=3)
    assert 4 == len(server.targets)


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
