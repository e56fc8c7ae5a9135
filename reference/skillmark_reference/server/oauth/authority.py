"""The authorization server as a whole: its parts, its addresses, its metadata (RFC 8414)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from skillmark_reference.server.areas import Area
from skillmark_reference.server.oauth import storing
from skillmark_reference.server.oauth.accounts import Accounts
from skillmark_reference.server.oauth.clients import Clients
from skillmark_reference.server.oauth.consent import ConsentPages
from skillmark_reference.server.oauth.endpoints import ClientEndpoints, refusal
from skillmark_reference.server.oauth.grants import Grants
from skillmark_reference.server.oauth.storing import Store
from skillmark_reference.services import load_service, service_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from skillmark_reference.databases import Database
    from skillmark_reference.server.oauth.accounts import Account
    from skillmark_reference.server.oauth.clients import Client
    from skillmark_reference.server.oauth.grants import Admission

_BASE_PATH = "/oauth2"
TOKEN_PATH = f"{_BASE_PATH}/token"
AUTHORIZATION_PATH = f"{_BASE_PATH}/authorize"
REGISTRATION_PATH = f"{_BASE_PATH}/register"
_REVOCATION_PATH = f"{_BASE_PATH}/revoke"
_SIGN_IN_PATH = f"{_BASE_PATH}/sign-in"
_METADATA_PATH = "/.well-known/oauth-authorization-server"
#: Asked for where a client wants to come back when the person is away; a refresh token comes by grant_types alone.
_OFFLINE = "Do so while you are not here, until you withdraw it"


class Authority:
    """Knows clients and persons, and gives out tokens."""

    def __init__(
        self,
        database: Database,
        *,
        configured: Client | None,
        accounts: Sequence[Account],
        base_of: Callable[[Request], str],
        clock: Callable[[], float],
    ) -> None:
        self._base_of = base_of
        self._configured = configured
        self._has_persons = bool(accounts)
        #: What a person is asked, by scope.
        self._consents = _consents()
        store = Store(database, storing.metadata)
        self.accounts = Accounts(store, accounts, clock=clock)
        self._clients = Clients(store, configured=configured, scopes=tuple(self._consents), clock=clock)
        self._grants = Grants(store, clock=clock)

    @property
    def area(self) -> Area:
        """The addresses of the authorization server, and how it refuses."""
        return Area(base_path=_BASE_PATH, refuse=refusal)

    def routes(self) -> list[BaseRoute]:
        """Return the endpoints: those for persons only where there are accounts."""
        answers = ClientEndpoints(self._clients, self._grants)
        routes: list[BaseRoute] = [
            Route(TOKEN_PATH, answers.token, methods=["POST"]),
            Route(_REVOCATION_PATH, answers.revoke, methods=["POST"]),
            Route(_METADATA_PATH, self._metadata, methods=["GET"]),
        ]
        if self._has_persons:
            pages = ConsentPages(
                self._clients, self._grants, self.accounts, consents=self._consents, base_of=self._base_of
            )
            routes += [
                Route(REGISTRATION_PATH, answers.register, methods=["POST"]),
                Route(AUTHORIZATION_PATH, pages.show, methods=["GET"]),
                Route(AUTHORIZATION_PATH, pages.decide, methods=["POST"]),
                Route(_SIGN_IN_PATH, pages.sign_in, methods=["POST"]),
            ]
        return routes

    def admission(self, header: str | None) -> Admission | None:
        """Return whom an Authorization header speaks for; ``None`` without a token that is good (RFC 6750, 2.1)."""
        scheme, _, token = (header or "").partition(" ")
        return self._grants.admission(token.strip()) if scheme.lower() == "bearer" else None

    def admits_configured(self, header: str | None) -> bool:
        """Whether an Authorization header has a good token of the client of the settings."""
        found = self.admission(header)
        return found is not None and self._configured is not None and found.client == self._configured.id

    def _metadata(self, request: Request) -> Response:
        base = self._base_of(request)
        security = load_service("ob-3.0").security
        document: dict[str, Any] = {
            "issuer": base,
            "token_endpoint": f"{base}{TOKEN_PATH}",
            "revocation_endpoint": f"{base}{_REVOCATION_PATH}",
            "grant_types_supported": [],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": list(security.client_authentication),
            "revocation_endpoint_auth_methods_supported": list(security.client_authentication),
        }
        if self._has_persons:
            document |= {
                "authorization_endpoint": f"{base}{AUTHORIZATION_PATH}",
                "registration_endpoint": f"{base}{REGISTRATION_PATH}",
                "scopes_supported": list(self._consents),
                "grant_types_supported": list(security.grant_types),
                "response_types_supported": list(security.response_types),
                "code_challenge_methods_supported": list(security.challenge_methods),
            }
        if self._configured is not None:
            document["grant_types_supported"] += self._configured.grant_types
            for name in ("token_endpoint", "revocation_endpoint"):
                document[f"{name}_auth_methods_supported"] = list(self._configured.authentication)
        return JSONResponse(document, headers={"Cache-Control": "public, max-age=3600"})


def _consents() -> dict[str, str]:
    services = [load_service(each) for each in service_ids()]
    asked = {scope: text for service in services for scope, text in service.scopes.items()}
    return asked | {scope: _OFFLINE for service in services for scope in service.security.also_scopes}
