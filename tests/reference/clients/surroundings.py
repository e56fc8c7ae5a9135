"""What the tests of clients share: hosts that are made of one function, and a client that knows no network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import httpx

from skillmark_reference.clients import ClientMetadata, Copies, Exchanger, Host, Limits, Permissions, RedirectFollower
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark_reference.clients import Session

    Answer = Callable[[httpx.Request], httpx.Response | None]

URL = "https://host.example"
ROOT = f"{URL}/ims/ob/v3p0"
CLIENT = ClientMetadata(name="Client", url="https://client.example", version="1")
OB = load_service("ob-3.0")
SCOPES = tuple(OB.scopes)
FLOW = {
    "authorizationUrl": f"{URL}/authorize",
    "tokenUrl": f"{URL}/token",
    "refreshUrl": f"{URL}/refresh",
    "scopes": dict(OB.scopes),
}
SCHEME = {"type": "oauth2", "x-imssf-registrationUrl": f"{URL}/register", "flows": {"authorizationCode": FLOW}}
DESCRIPTION: dict[str, Any] = {"components": {"securitySchemes": {"OAuth2ACG": SCHEME}}}


def json_answer(value: object, status: int = 200, **headers: str) -> httpx.Response:
    """Return an answer with JSON; underscores in the names of headers stand for hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.Response(
        status, headers={"Content-Type": "application/json", **named}, content=json.dumps(value).encode()
    )


class Network(httpx.BaseTransport):
    """A host that answers as it should, except where ``answer`` has something else to say."""

    def __init__(self, answer: Answer = lambda _: None) -> None:
        self._answer = answer
        #: Method and path of every request, in order.
        self.asked: list[str] = []
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        self.requests.append(request)
        return self._answer(request) or self._usual(request)

    def _usual(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/authorize":
            return returning(request)
        tokens = {"access_token": "access", "token_type": "bearer", "refresh_token": "again"}
        answers = {
            "/ims/ob/v3p0/discovery": json_answer(DESCRIPTION),
            "/register": json_answer({"client_id": "client", "client_secret": "secret of ~it"}, 201),
            "/token": json_answer(tokens),
            "/refresh": json_answer(tokens),
            "/ims/ob/v3p0/credentials": json_answer({"credential": [{"id": "urn:x:1"}], "compactJwsString": ["a.b.c"]}),
            "/ims/ob/v3p0/profile": json_answer({"id": "urn:x:ada"}),
        }
        return answers.get(request.url.path) or json_answer({}, 404)


def returning(request: httpx.Request, **changes: str | None) -> httpx.Response:
    """Return the redirect to the client after somebody agreed, with parameters changed."""
    sent = dict(parse_qsl(request.url.query.decode()))
    told = {"code": "code", "scope": sent["scope"], "state": sent["state"], **changes}
    query = urlencode({name: value for name, value in told.items() if value is not None})
    return httpx.Response(302, headers={"Location": f"{sent['redirect_uri']}?{query}"})


class Clock:
    """Seconds that pass when a test says so, or when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_780_315_200.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let seconds pass."""
        self.waited.append(seconds)
        self.now += seconds


def host_on(
    network: httpx.BaseTransport,
    *,
    clock: Clock | None = None,
    copies: Copies | None = None,
    limits: Limits | None = None,
) -> Host:
    """Return a host as a client sees it."""
    clock = clock or Clock()
    exchanger = Exchanger(network, Permissions.for_host(URL), limits=limits, elapsed=clock, wait=clock.wait)
    return Host(URL, OB, exchanger, copies=copies, now=clock)


def session_on(network: httpx.BaseTransport, **rest: Any) -> Session:  # noqa: ANN401 - of the function above
    """Return a client that got its tokens."""
    host = host_on(network, **rest)
    client = host.register(CLIENT, SCOPES)
    return host.authorize(client, SCOPES, RedirectFollower(host.exchanger, client.redirect_uri))
