"""The client of the settings: who may read the CASE interface (RFC 6749, 4.4; RFC 6750)."""

from __future__ import annotations

import dataclasses

from skillmark_reference.server.oauth.clients import Client
from skillmark_reference.server.oauth.storing import digest


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OAuthOptions:
    """The one client that is admitted to the CASE interface."""

    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    #: Scopes that a token may be asked for; empty for any.
    scopes: tuple[str, ...] = ()
    #: Seconds that a token is good for.
    token_seconds: int = 3600

    def client(self) -> Client:
        """Return the client as the authorization server knows it."""
        return Client(
            id=self.client_id,
            secret_digest=digest(self.client_secret),
            grant_types=("client_credentials",),
            scopes=self.scopes,
            authentication=("client_secret_basic", "client_secret_post"),
            token_seconds=self.token_seconds,
        )
