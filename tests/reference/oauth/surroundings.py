"""A host in process, a browser in which a person signs in and decides, and a client that gets tokens."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import Account, ServerOptions, create_app
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BASE = "https://host.example.org"
CALLBACK = "https://app.example.net/callback"
VERIFIER = "a-verifier-of-43-characters-or-more-of-them"
STATE = "state of ~the client~ +&=%ä"
ADA = Account(
    name="ada",
    full_name="Ada Lovelace",
    password="correct horse",
    profile='{"@context": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "id": "urn:uuid:ada", '
    '"type": ["Profile"], "name": "Ada Lovelace"}',
)
BOB = Account(name="bob", full_name="<b>Bob</b>", password="battery staple")
SERVICES = ("ob-3.0", "clr-2.0")
SCOPES = tuple(scope for each in SERVICES for scope in load_service(each).scopes)
REGISTRATION: dict[str, Any] = {
    "client_name": "A & B <Wallet>",
    "client_uri": "https://app.example.net/",
    "logo_uri": "https://app.example.net/logo.png",
    "tos_uri": "https://app.example.net/terms",
    "policy_uri": "https://app.example.net/privacy",
    "software_id": "wallet",
    "software_version": "1.0",
    "redirect_uris": [CALLBACK, "https://app.example.net/other?x=1"],
    "scope": " ".join(SCOPES),
    "grant_types": ["authorization_code", "refresh_token"],
}


class Clock:
    """Seconds since 1970 that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_780_315_200.0

    def __call__(self) -> float:
        return self.now


@dataclasses.dataclass(frozen=True, slots=True)
class App:
    """A registered client."""

    id: str
    secret: str

    @property
    def basic(self) -> dict[str, str]:
        """The header with its credentials."""
        return {"Authorization": f"Basic {base64.b64encode(f'{self.id}:{self.secret}'.encode()).decode()}"}


def challenge(verifier: str = VERIFIER) -> str:
    """Return the challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def asking(app: App, scopes: Sequence[str] = SCOPES, **changes: str | None) -> dict[str, str]:
    """Return the parameters of an authorization request; what is changed to nothing is left out."""
    usual = {
        "response_type": "code",
        "client_id": app.id,
        "redirect_uri": CALLBACK,
        "scope": " ".join(scopes),
        "state": STATE,
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def sent_to(response: httpx.Response) -> dict[str, str]:
    """Return the parameters with which a browser is sent back to the client."""
    assert 302 == response.status_code, response.text
    location = response.headers["location"]
    assert location.startswith(f"{CALLBACK}?")
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def seal_of(response: httpx.Response) -> str:
    """Return the seal of the form in a page."""
    found = re.search(r'name="seal" value="([0-9a-f]{96})"', response.text)
    assert found, response.text
    return found[1]


def action_of(response: httpx.Response) -> str:
    """Return where the form of a page is sent to, below the address of the page."""
    found = re.search(r'action="([^"]+)"', response.text)
    assert found, response.text
    return f"/oauth2/{html.unescape(found[1])}"


class Site:
    """A host with two accounts; its client keeps the cookies of one browser."""

    def __init__(self, url: str = "sqlite://", *, clock: Clock | None = None, **options: Any) -> None:  # noqa: ANN401 - of the server
        self.clock = clock or Clock()
        self.repository = Repository.open(url)
        chosen = ServerOptions(**{"accounts": (ADA, BOB), **options})
        self.http = httpx.Client(
            transport=AsgiTransport(create_app(self.repository, options=chosen, clock=self.clock)), base_url=BASE
        )

    def close(self) -> None:
        """Close the client and the database."""
        self.http.close()
        self.repository.close()

    def register(self, **changes: object) -> App:
        """Register a client."""
        response = self.http.post("/oauth2/register", json=REGISTRATION | changes)
        assert 201 == response.status_code, response.text
        return App(response.json()["client_id"], response.json()["client_secret"])

    def shown(self, parameters: Mapping[str, str]) -> httpx.Response:
        """Open the page that a client sends a browser to."""
        return self.http.get(f"/oauth2/authorize?{urlencode(parameters)}")

    def sign_in(self, page: httpx.Response, account: Account = ADA, **changes: str) -> httpx.Response:
        """Send the form of a page to sign in."""
        form = {"seal": seal_of(page), "name": account.name, "password": account.password, **changes}
        return self.http.post(action_of(page), data=form)

    def decide(
        self, page: httpx.Response, scopes: Sequence[str] = SCOPES, *, decision: str = "allow"
    ) -> httpx.Response:
        """Send the form of a page to decide."""
        return self.http.post(
            action_of(page), data={"seal": seal_of(page), "decision": decision, "scope": list(scopes)}
        )

    def consent_page(self, parameters: Mapping[str, str], account: Account = ADA) -> httpx.Response:
        """Open the page to decide on, signed in as a person."""
        page = self.shown(parameters)
        if "sign-in?" in page.text:
            assert 303 == self.sign_in(page, account).status_code
            page = self.shown(parameters)
        elif f"({account.name})" not in re.sub(r"</?bdi>", "", page.text):
            assert 303 == self.decide(page, decision="other").status_code
            return self.consent_page(parameters, account)
        assert 200 == page.status_code, page.text
        return page

    def code(self, app: App, scopes: Sequence[str] = SCOPES, *, account: Account = ADA, **changes: str) -> str:
        """Return a code for what a person allows a client."""
        page = self.consent_page(asking(app, scopes, **changes), account)
        response = self.decide(page, scopes)
        assert 302 == response.status_code, response.text
        return dict(parse_qsl(urlsplit(response.headers["location"]).query))["code"]

    def redeemed(self, app: App, code: str, /, **changes: str | None) -> httpx.Response:
        """Ask for tokens."""
        usual = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "scope": SCOPES[0],
            "code_verifier": VERIFIER,
        }
        form = {name: value for name, value in (usual | changes).items() if value is not None}
        return self.http.post("/oauth2/token", data=form, headers=app.basic)

    def tokens(self, app: App, scopes: Sequence[str] = SCOPES, *, account: Account = ADA) -> dict[str, Any]:
        """Return the tokens for what a person allows a client."""
        response = self.redeemed(app, self.code(app, scopes, account=account), scope=" ".join(scopes))
        assert 200 == response.status_code, response.text
        return dict(response.json())

    def refreshed(self, app: App, refresh_token: str, /, **changes: str) -> httpx.Response:
        """Ask for new tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
        return self.http.post("/oauth2/token", data=form, headers=app.basic)

    def revoked(self, app: App, token: str, /, **changes: str) -> httpx.Response:
        """Ask for a token to be made void."""
        return self.http.post("/oauth2/revoke", data={"token": token, **changes}, headers=app.basic)

    def read(self, access_token: str | None, path: str = "/ims/ob/v3p0/credentials") -> httpx.Response:
        """Read with a token."""
        headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
        return self.http.get(path, headers=headers)


def assert_oauth_error(response: httpx.Response, error: str, status: int = 400) -> None:
    """Assert that an answer is an error as OAuth has them."""
    assert (status, error) == (response.status_code, response.json()["error"]), response.text
    assert re.fullmatch(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+", response.json()["error_description"])
    assert "no-store" == response.headers["cache-control"]
