"""Hosts that mean harm, or never end: each leads to a clear error, and to nothing else."""

from __future__ import annotations

import gzip
import itertools
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.reference.clients.surroundings import (
    CLIENT,
    DESCRIPTION,
    FLOW,
    ROOT,
    SCHEME,
    SCOPES,
    URL,
    Clock,
    Network,
    host_on,
    json_answer,
    session_on,
)

from skillmark_reference.clients import (
    AddressForbidden,
    AnswerUnusable,
    HostTrouble,
    HostUnreachable,
    LimitReached,
    Limits,
    NetworkTransport,
    Permissions,
    RedirectFollower,
    RequestRefused,
    trust,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = Limits(body_bytes=5_000, seconds=10.0)


def listing(*links: str) -> Network:
    """Return a host whose pages link to others, one after the other."""
    found = iter(links)

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/credentials"):
            return json_answer({"credential": [{}]}, link=f'<{next(found)}>; rel="next"')
        return None

    return Network(answer)


def test_pages_without_end_are_left() -> None:
    """After a thousand pages nobody believes in the end any more."""
    network = listing(*(f"{ROOT}/credentials?offset={number}" for number in range(10_000)))
    with pytest.raises(LimitReached, match="more than 1,000 pages"):
        list(session_on(network).credentials())
    assert 1_000 == network.asked.count("GET /ims/ob/v3p0/credentials")


def test_ten_thousand_links_in_one_header_are_read_quickly() -> None:
    """A header with very many links is cut, and no page is asked for because of it."""
    links = ", ".join(f'<{ROOT}/credentials?offset={number}>; rel="other"' for number in range(10_000))
    network = Network(
        lambda request: json_answer({}, link=links) if request.url.path.endswith("/credentials") else None
    )
    assert [] == list(session_on(network).credentials())


def test_pages_in_a_circle_are_noticed() -> None:
    """A page that was there before is not asked for again."""
    first, second = f"{ROOT}/credentials?offset=1", f"{ROOT}/credentials?offset=2"
    with pytest.raises(LimitReached, match="in a circle"):
        list(session_on(listing(first, second, first)).credentials())


@pytest.mark.parametrize(
    "link",
    [
        "https://thief.example/ims/ob/v3p0/credentials",
        "https://host.example.thief.example/ims/ob/v3p0/credentials",
        "//thief.example/",
        "http://host.example/ims/ob/v3p0/credentials",
        "https://host.example:8443/ims/ob/v3p0/credentials",
        "https://host.example@thief.example/ims/ob/v3p0/credentials",
        "/elsewhere",
        "https://[",
        "file:///etc/passwd",
    ],
)
def test_the_token_goes_nowhere_else(link: str) -> None:
    """A next page that is not below the host's own address is not asked for."""
    network = listing(link)
    with pytest.raises(HostTrouble, match=r"below https://host\.example/ims/ob/v3p0"):
        list(session_on(network).credentials())
    assert "GET /ims/ob/v3p0/credentials" == network.asked[-1]


def test_too_many_credentials_are_left() -> None:
    """A list that holds more than any person has ends in an error."""
    network = Network(lambda r: json_answer({"credential": [{}] * 30}) if r.url.path.endswith("/credentials") else None)
    with pytest.raises(LimitReached, match="more than 20 credentials"):
        list(session_on(network, limits=Limits(credentials=20)).credentials())


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "bomb"])
def test_large_bodies_are_cut(*, is_packed: bool) -> None:
    """More bytes than the limit are not read, however small they come."""
    body = b'"' + b"a" * 100_000 + b'"'
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    content = gzip.compress(body) if is_packed else body
    network = Network(lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(content)))
    with pytest.raises(LimitReached, match="more than 5,000 bytes"):
        host_on(network, limits=SMALL).describe()


def test_answers_that_never_end_are_left() -> None:
    """An answer that trickles is given up when its time is over."""
    clock = Clock()

    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in itertools.count():
                clock.now += 1
                yield b" "

    network = Network(lambda _: httpx.Response(200, stream=Trickle()))
    with pytest.raises(LimitReached, match="longer than 10 seconds"):
        host_on(network, clock=clock, limits=SMALL).describe()


@pytest.mark.parametrize(
    ("response", "words"),
    [
        pytest.param(httpx.Response(200, content=b"<html>"), "no JSON", id="html"),
        pytest.param(json_answer([]), "expected is a JSON object", id="array"),
        pytest.param(httpx.Response(200, content=b'{"a":' * 5_000), "no JSON|nested", id="deep"),
        pytest.param(json_answer({}), "has no x-imssf-registrationUrl, authorizationUrl, tokenUrl", id="empty"),
        pytest.param(json_answer({"components": [1]}), "has no x-imssf", id="strange"),
        pytest.param(
            httpx.Response(200, headers={"Content-Encoding": "br"}, stream=httpx.ByteStream(b"x")), "decoded", id="br"
        ),
    ],
)
def test_descriptions_that_say_nothing_are_told(response: httpx.Response, words: str) -> None:
    """What is no service description is an error that says what is missing."""
    with pytest.raises(AnswerUnusable, match=words):
        host_on(Network(lambda _: response), limits=Limits(body_bytes=100_000)).describe()


@pytest.mark.parametrize(
    "address", ["http://host.example/token", "ftp://host.example/", "/token", "https://u:p@host.example/"]
)
def test_addresses_of_a_description_are_https(address: str) -> None:
    """A token endpoint in plain http gets no secret of ours."""
    scheme = SCHEME | {"flows": {"authorizationCode": FLOW | {"tokenUrl": address}}}
    described = {"components": {"securitySchemes": {"OAuth2ACG": scheme}}}
    network = Network(lambda r: json_answer(described) if r.url.path.endswith("/discovery") else None)
    with pytest.raises(AddressForbidden):
        session_on(network)
    assert "POST /token" not in network.asked


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (json_answer({"client_id": "x"}, 201), "no client_id and client_secret"),
        (json_answer({"client_id": 1, "client_secret": "s"}, 201), "no client_id and client_secret"),
        (httpx.Response(302, headers={"Location": "https://thief.example"}), "answers 302"),
    ],
    ids=["no secret", "number", "redirect"],
)
def test_registrations_that_tell_nothing(response: httpx.Response, words: str) -> None:
    """A client without identifier and secret is none, and no registration follows a redirect."""
    network = Network(lambda request: response if request.url.path == "/register" else None)
    with pytest.raises(HostTrouble, match=words):
        host_on(network).register(CLIENT, SCOPES)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"access_token": "a", "token_type": "mac"}, "'mac'"),
        ({"token_type": "bearer"}, "without access_token"),
        ({"access_token": "ä\r\nX: y", "token_type": "bearer"}, "without access_token"),
    ],
)
def test_tokens_that_are_none(body: dict[str, str], words: str) -> None:
    """A token of another type, none at all, or one that breaks headers is not used."""
    network = Network(lambda request: json_answer(body) if request.url.path == "/token" else None)
    with pytest.raises(AnswerUnusable, match=words):
        session_on(network)


def test_redirects_without_end_are_left() -> None:
    """A browser that is sent on and on stops."""
    numbers = itertools.count()
    network = Network(
        lambda r: (
            httpx.Response(302, headers={"Location": f"/authorize?n={next(numbers)}"})
            if r.url.path == "/authorize"
            else None
        )
    )
    with pytest.raises(LimitReached, match="more than 10 times"):
        session_on(network)


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/meta-data", "http://localhost/", "gopher://x", "https://["]
)
def test_redirects_elsewhere_are_not_followed(location: str) -> None:
    """A host that sends the client to plain http, or to no address at all, is left."""
    network = Network(
        lambda r: httpx.Response(302, headers={"Location": location}) if r.url.path == "/authorize" else None
    )
    with pytest.raises(HostTrouble):
        session_on(network)
    assert "GET /authorize" == network.asked[-1]


def test_a_page_needs_a_person() -> None:
    """A host that asks somebody to sign in cannot be followed."""
    network = Network(lambda r: httpx.Response(200, content=b"<form>") if r.url.path == "/authorize" else None)
    with pytest.raises(RequestRefused, match="a person has to sign in"):
        session_on(network)


def test_private_addresses_are_not_connected_to() -> None:
    """Whoever the user named may be anywhere; who is named by the host is at a public address."""
    permissions = Permissions.for_host("https://host.example")
    assert ["10.0.0.1"] == permissions.reachable("HOST.example", ["10.0.0.1"])
    assert ["93.184.216.34"] == permissions.reachable("other.example", ["127.0.0.1", "93.184.216.34"])
    for address in ("127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"):
        with pytest.raises(AddressForbidden, match="private address"):
            permissions.reachable("other.example", [address])
    with pytest.raises(AddressForbidden, match="private address"), network_to(permissions) as client:
        client.handle_request(httpx.Request("GET", "https://localhost:9/"))


def network_to(permissions: Permissions) -> NetworkTransport:
    """Return the transport over the network."""
    return NetworkTransport(permissions, trust())


def test_plain_http_is_for_a_test_bench() -> None:
    """The named host may be plain http where that is allowed, and no other one."""
    with pytest.raises(AddressForbidden, match="plain http"):
        Permissions.for_host("http://127.0.0.1:8000")
    bench = Permissions.for_host("http://127.0.0.1:8000", plain_http=True)
    assert "http://127.0.0.1:9000/x" == str(bench.destination("http://127.0.0.1:9000/x#part"))
    with pytest.raises(AddressForbidden, match="plain http"):
        bench.destination("http://127.0.0.2:8000")


def test_nobody_there_is_told() -> None:
    """A connection that fails is an error in words."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(HostUnreachable, match="cannot be reached: refused"):
        host_on(Network(answer)).describe()
    with network_to(Permissions.for_host("https://127.0.0.1:9")) as transport, pytest.raises(HostUnreachable):
        transport.handle_request(httpx.Request("GET", "https://127.0.0.1:9/"))


def test_followers_stop_at_the_client() -> None:
    """The address that a browser comes back to is not opened: the code in it is for the client."""
    network = Network()
    host = host_on(network)
    follower = RedirectFollower(host.exchanger, "https://client.example/callback")
    final = follower(f"{URL}/authorize?redirect_uri=https%3A%2F%2Fclient.example%2Fcallback&scope=a&state=b")
    assert final.startswith("https://client.example/callback?code=code")
    assert ["GET /authorize"] == network.asked
    assert DESCRIPTION == {"components": {"securitySchemes": {"OAuth2ACG": SCHEME}}}
