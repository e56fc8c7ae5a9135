"""What the harness says as a client: its registration, its authorization requests, its token requests."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

from skillmark import __version__

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

#: What a verifier, a state and a name are drawn from (RFC 7636, 4.1).
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_VERIFIER_LENGTH = 64
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def registration(client_url: str, name: str, *, scopes: Sequence[str], grants: Sequence[str]) -> dict[str, Any]:
    """Return a whole registration request (ClientRegistrationRequest), all of its addresses below one."""
    base = f"{client_url.rstrip('/')}/{name}"
    return {
        "client_name": f"Skillmark {name}",
        "client_uri": f"{base}/",
        "logo_uri": f"{base}/logo.png",
        "tos_uri": f"{base}/terms",
        "policy_uri": f"{base}/privacy",
        "software_id": "skillmark",
        "software_version": __version__,
        "redirect_uris": [f"{base}/callback", f"{base}/other-callback"],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": list(grants),
        "response_types": ["code"],
        "scope": " ".join(scopes),
        "contacts": [f"skillmark@{urlsplit(client_url).hostname}"],
    }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """A client that a host knows."""

    id: str
    secret: str = dataclasses.field(repr=False)
    #: What was asked, and what came back (ClientRegistrationResponse).
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    exchange: str

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Where somebody may be sent back to."""
        return tuple(self.request["redirect_uris"])

    @property
    def redirect_uri(self) -> str:
        """The first of them."""
        return self.redirect_uris[0]

    @property
    def basic(self) -> tuple[str, str]:
        """The header that authenticates the client."""
        return basic(self.id, self.secret)


def basic(identifier: str, secret: str) -> tuple[str, str]:
    """Return a header with both parts written as in a form (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(identifier)}:{quote_plus(secret)}"
    return "Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Tokens that a host gave out for what somebody allowed."""

    access_token: str = dataclasses.field(repr=False)
    refresh_token: str | None = dataclasses.field(repr=False)
    #: What the token says that it is good for.
    scopes: tuple[str, ...]
    #: What was asked for.
    asked: tuple[str, ...]
    #: Number of the account.
    account: int
    client: RegisteredClient
    #: The token answer (TokenResponse).
    answer: Mapping[str, Any]
    exchange: str
    #: When it was obtained, and for how many seconds it is good, if that is said.
    obtained: float = 0.0
    seconds: float | None = None

    @property
    def bearer(self) -> tuple[str, str]:
        """The header of calls."""
        return "Authorization", f"Bearer {self.access_token}"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def drawn_text(source: random.Random, length: int = _VERIFIER_LENGTH) -> str:
    """Return unreserved characters, for a verifier or a state."""
    return "".join(source.choice(UNRESERVED) for _ in range(length))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What a browser brings to the authorization endpoint."""

    client: RegisteredClient
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    verifier: str = dataclasses.field(repr=False)

    def parameters(self) -> dict[str, str]:
        """Return all parameters that the standard demands."""
        return {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
            "state": self.state,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }

    def address(self, endpoint: str, changes: Mapping[str, str | None] | None = None) -> str:
        """Return the address of the request; a parameter that is changed to nothing is left out."""
        given = {name: value for name, value in (self.parameters() | dict(changes or {})).items() if value is not None}
        return with_query(endpoint, list(given.items()))

    def token_form(self, code: str) -> dict[str, str]:
        """Return the fields that redeem a code."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
            "code_verifier": self.verifier,
        }


def with_query(address: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return an address with parameters added to its query."""
    bare = address.partition("#")[0]
    text = urlencode(pairs, errors="replace")
    return f"{bare}{'&' if urlsplit(bare).query else '?'}{text}" if text else bare
