"""What a client says of itself when it registers (Open Badges 3.0, Register with Authorization Server), and what it is told."""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from skillmark_reference.clients.errors import AnswerUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """A client, whose addresses are all below one https address, as the standard wants it."""

    name: str
    #: Without a final slash.
    url: str
    version: str
    software_id: str = "skillmark-client"
    callback: str = "/callback"
    logo: str = "/assets/favicon.svg"

    @property
    def redirect_uri(self) -> str:
        """Where the browser comes back to."""
        return f"{self.url}{self.callback}"

    def request(self, scopes: Sequence[str]) -> dict[str, Any]:
        """Return the members of a registration request: arrays also where there is one value."""
        return {
            "client_name": self.name,
            "client_uri": f"{self.url}/",
            "logo_uri": f"{self.url}{self.logo}",
            "tos_uri": f"{self.url}/terms",
            "policy_uri": f"{self.url}/privacy",
            "software_id": self.software_id,
            "software_version": self.version,
            "redirect_uris": [self.redirect_uri],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": " ".join(scopes),
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """A client that a host knows."""

    id: str
    secret: str = dataclasses.field(repr=False)
    redirect_uri: str
    #: Scopes that it may ask for.
    scopes: tuple[str, ...]

    @property
    def authorization(self) -> str:
        """The header with which it shows who it is (RFC 6749, 2.3.1)."""
        pair = f"{quote_plus(self.id)}:{quote_plus(self.secret)}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def registered(answer: Mapping[str, Any], metadata: ClientMetadata, scopes: Sequence[str]) -> RegisteredClient:
    """Return the client that the answer to a registration makes known.

    Raises:
        AnswerUnusable: It has no identifier and secret.
    """
    identifier, secret = answer.get("client_id"), answer.get("client_secret")
    if not isinstance(identifier, str) or not identifier or not isinstance(secret, str) or not secret:
        raise AnswerUnusable("The answer to the registration has no client_id and client_secret.")
    granted = answer.get("scope")
    allowed = tuple(granted.split()) if isinstance(granted, str) else tuple(scopes)
    return RegisteredClient(
        id=identifier,
        secret=secret,
        redirect_uri=metadata.redirect_uri,
        scopes=tuple(each for each in scopes if each in allowed),
    )
