"""The recording client and its parts."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillmark.core.clock import SystemClock
from skillmark.core.errors import BudgetExhausted, Misconfigured
from skillmark.core.exchanges import Request, TroubleKind
from skillmark.core.target import Authentication, AuthenticationMethod, Limits, Target
from skillmark.wire.addresses import AddressPolicy, ForbiddenAddress, is_loopback, origin_of
from skillmark.wire.client import WireClient
from skillmark.wire.decoding import BodyReader, BrokenEncoding, TooLarge
from skillmark.wire.documents import ProblemKind, charset_of, media_type_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "http://127.0.0.1"
SECRET = "s3cret-token-of-the-user"


class Answering(httpx.BaseTransport):
    """Answers in process and remembers what it was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked.append(request)
        return self._answer(request)


def plain(_request: httpx.Request) -> httpx.Response:
    """Answer with an empty object."""
    return httpx.Response(200, headers={"content-type": "application/json"}, stream=httpx.ByteStream(b"{}"))


def client_of(transport: httpx.BaseTransport, **settings: object) -> WireClient:
    """Return a client of a target in process."""
    return WireClient(Target(url=URL, **settings), clock=SystemClock(), transport=transport)  # type: ignore[arg-type]


# The client


def test_exchanges_are_numbered_and_kept() -> None:
    """Every request becomes an exchange, in the order of sending, with status, digest and size."""
    client = client_of(Answering(plain))
    for _ in range(3):
        client.send(Request(url=f"{URL}/a"))
    assert ["x1", "x2", "x3"] == list(client.exchanges)
    assert (200, 2) == (client.exchanges["x3"].status, client.exchanges["x3"].size)


def test_the_budget_ends_a_run() -> None:
    """A request beyond the budget is not sent."""
    transport = Answering(plain)
    client = client_of(transport, limits=Limits(requests=2))
    client.send(Request(url=URL))
    client.send(Request(url=URL))
    with pytest.raises(BudgetExhausted, match="2 requests"):
        client.send(Request(url=URL))
    assert 2 == len(transport.asked)


def test_secrets_never_reach_an_exchange() -> None:
    """Token and custom headers are sent, and appear nowhere in what is kept, even when the target echoes them."""

    def echo(request: httpx.Request) -> httpx.Response:
        body = json.dumps(dict(request.headers)).encode()
        return httpx.Response(
            200, headers={"x-echo": request.headers["x-key"], "set-cookie": "a=b"}, stream=httpx.ByteStream(body)
        )

    transport = Answering(echo)
    authentication = Authentication(method=AuthenticationMethod.BEARER, token=SECRET)
    client = client_of(transport, authentication=authentication, headers=(("X-Key", "key-of-the-user"),))
    exchange = client.send(Request(url=URL)).exchange
    assert f"Bearer {SECRET}" == transport.asked[0].headers["authorization"]
    assert SECRET not in repr(exchange)
    assert "key-of-the-user" not in repr(exchange)
    assert SECRET not in exchange.curl


def test_credentials_stay_with_their_target() -> None:
    """A redirect to another origin is followed without the target's token and headers."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "127.0.0.1":
            return httpx.Response(302, headers={"location": "http://other.example/x"}, stream=httpx.ByteStream(b""))
        return plain(request)

    transport = Answering(answer)
    authentication = Authentication(method=AuthenticationMethod.BEARER, token=SECRET)
    exchange = client_of(transport, authentication=authentication).send(Request(url=URL)).exchange
    assert ("http://other.example/x",) == exchange.redirects
    assert "authorization" not in transport.asked[1].headers


def test_unauthorised_requests_carry_no_token() -> None:
    """A request that is marked so goes without credentials."""
    transport = Answering(plain)
    client = client_of(transport, authentication=Authentication(method=AuthenticationMethod.BEARER, token=SECRET))
    client.send(Request(url=URL, authorised=False))
    assert "authorization" not in transport.asked[0].headers


def test_a_stale_connection_is_tried_once_more() -> None:
    """A connection that was closed before the answer is used once more, and only once."""
    failures = iter([httpx.RemoteProtocolError("Server disconnected without sending a response.")])

    def answer(request: httpx.Request) -> httpx.Response:
        for failure in failures:
            raise failure
        return plain(request)

    transport = Answering(answer)
    assert 200 == client_of(transport).send(Request(url=URL)).exchange.status
    assert 2 == len(transport.asked)


def test_the_rate_is_kept() -> None:
    """With a rate, the client waits for its turn."""
    waited: list[float] = []
    target = Target(url=URL, limits=Limits(rate=10.0))
    client = WireClient(target, clock=SystemClock(), transport=Answering(plain), wait=waited.append)
    for _ in range(3):
        client.send(Request(url=URL))
    assert 2 == len(waited)
    assert 0.05 < waited[0] <= 0.1


# OAuth 2.0


def office(status: int, value: object) -> Callable[[httpx.Request], httpx.Response]:
    """Return answers with a token endpoint that says one thing."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(status, stream=httpx.ByteStream(json.dumps(value).encode()))
        return plain(request)

    return answer


CREDENTIALS = Authentication(
    method=AuthenticationMethod.CLIENT_CREDENTIALS,
    token_url=f"{URL}/token",
    client_id="me",
    client_secret=SECRET,
    scope="core.readonly",
)


def test_a_token_is_obtained_once() -> None:
    """Client credentials are exchanged for a token, which serves every request until it ends."""
    transport = Answering(office(200, {"access_token": "tkn-1234567", "expires_in": 3600}))
    client = client_of(transport, authentication=CREDENTIALS)
    for _ in range(3):
        exchange = client.send(Request(url=f"{URL}/a")).exchange
    assert ["/token", "/a", "/a", "/a"] == [request.url.path for request in transport.asked]
    assert "Bearer tkn-1234567" == transport.asked[1].headers["authorization"]
    assert b"grant_type=client_credentials&scope=core.readonly" == transport.asked[0].read()
    assert "tkn-1234567" not in repr(exchange)


@pytest.mark.parametrize(
    ("status", "value", "message"),
    [(401, {"error": "invalid_client"}, "invalid_client"), (200, {}, "access_token"), (404, [], "answered 404")],
)
def test_a_refused_token_is_the_users_matter(status: int, value: object, message: str) -> None:
    """A token endpoint that gives no token is a wrong setting, never a finding."""
    client = client_of(Answering(office(status, value)), authentication=CREDENTIALS)
    with pytest.raises(Misconfigured, match=message):
        client.send(Request(url=URL))


# Addresses


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1", "::1", "::ffff:10.0.0.1"])
def test_private_addresses_are_forbidden(host: str) -> None:
    """A private address that the user did not name is not connected to."""
    with pytest.raises(ForbiddenAddress):
        AddressPolicy([]).resolve(host, 80)


def test_named_addresses_are_allowed() -> None:
    """The address that the user named is allowed, at its port only."""
    policy = AddressPolicy(["http://127.0.0.1:8000"])
    assert "127.0.0.1" == policy.resolve("127.0.0.1", 8000)
    with pytest.raises(ForbiddenAddress):
        policy.resolve("127.0.0.1", 22)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "https://host:port/", "urn:x", ""])
def test_other_addresses_have_no_origin(url: str) -> None:
    """Only http and https addresses have an origin."""
    assert None is origin_of(url)


def test_origins_have_ports() -> None:
    """An origin without a port has that of its scheme."""
    assert ("https", "case.example.org", 443) == origin_of("https://CASE.example.org/x")
    assert is_loopback("localhost")
    assert not is_loopback("case.example.org")


# Decoding


@given(st.binary(max_size=5_000), st.integers(1, 700))
def test_encodings_are_undone(body: bytes, step: int) -> None:
    """Whatever the body and however it is cut on the way, decoding gives it back."""
    raw = zlib.compressobj(wbits=-15)
    forms = {
        "": body,
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "gzip, gzip": gzip.compress(gzip.compress(body)),
        "Deflate": raw.compress(body) + raw.flush(),
    }
    for encoding, sent in forms.items():
        reader = BodyReader(encoding, limit=10_000)
        for start in range(0, len(sent), step):
            reader.feed(sent[start : start + step])
        reader.finish()
        assert body == reader.body


@given(st.binary(min_size=20, max_size=200), st.integers(1, 15))
def test_cut_bodies_are_noticed(body: bytes, cut: int) -> None:
    """A compressed body that ends early is no body."""
    reader = BodyReader("gzip", limit=10_000)
    reader.feed(gzip.compress(body)[:-cut])
    with pytest.raises(BrokenEncoding):
        reader.finish()


def test_limits_hold_for_bombs() -> None:
    """No more than the limit is ever unpacked."""
    reader = BodyReader("gzip", limit=1_000)
    with pytest.raises(TooLarge):
        reader.feed(gzip.compress(b" " * 10_000_000))
    assert 1_000 == len(reader.body)


# Documents


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_read_as_it_is(value: object) -> None:
    """A healthy document has no problem and is what it is."""
    document = parse(json.dumps(value).encode(), content_type="application/json")
    assert value == document.value
    assert () == document.problems


@given(st.binary(max_size=300))
def test_nothing_breaks_the_reader(body: bytes) -> None:
    """Whatever the bytes, reading ends with a value or a fatal problem."""
    document = parse(body)
    assert document.value is None or not any(problem.fatal for problem in document.problems)


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b'{"a": 1, "a": 2}', None, ProblemKind.DUPLICATE_MEMBER),
        (b'{"a": NaN}', None, ProblemKind.SYNTAX),
        (b'{"a": 1e999}', None, ProblemKind.NUMBER),
        (b'{"a": ' + b"9" * 5_000 + b"}", None, ProblemKind.NUMBER),
        (b"\xef\xbb\xbf{}", None, ProblemKind.BYTE_ORDER_MARK),
        (b"{}", "application/json; charset=iso-8859-1", ProblemKind.CHARSET),
        ('{"a": "é"}'.encode("latin-1"), None, ProblemKind.CHARSET),
        (b"[" * 200 + b"]" * 200, None, ProblemKind.NESTING),
        (b"[" * 200_000, None, ProblemKind.NESTING),
        (b"<html>", None, ProblemKind.SYNTAX),
    ],
)
def test_problems_are_named(body: bytes, content_type: str | None, kind: ProblemKind) -> None:
    """What other parsers pass over is named."""
    assert kind in {problem.kind for problem in parse(body, content_type=content_type).problems}


def test_content_types_are_taken_apart() -> None:
    """Parameters and capitals do not hide the media type."""
    assert "application/json" == media_type_of("Application/JSON; charset=UTF-8")
    assert "utf-8" == charset_of('application/json; charset="UTF-8"')
    assert "" == media_type_of(None)


def test_unreachable_targets_are_trouble() -> None:
    """A port at which nobody listens is trouble, no exception."""
    client = WireClient(Target(url="http://127.0.0.1:1"), clock=SystemClock())
    trouble = client.send(Request(url="http://127.0.0.1:1/")).exchange.trouble
    client.close()
    assert trouble is not None
    assert TroubleKind.UNREACHABLE == trouble.kind
