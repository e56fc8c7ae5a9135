"""The authorization request that a browser brings from a client (Open Badges 3.0, Authorization Request; RFC 6749, 4.1)."""

from __future__ import annotations

import collections
import dataclasses
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from skillmark_reference.server.oauth.endpoints import describing
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from skillmark_reference.server.oauth.clients import Client

#: BASE64URL of a SHA-256 digest (RFC 7636, 4.2).
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class Unanswerable(Exception):  # noqa: N818 - what is wrong with the request, in words for a person
    """A request whose sender is not known: the person is told, and nobody is sent anywhere."""


class AuthorizationRefused(Exception):  # noqa: N818 - what the client did wrong, no defect
    """A request with something wrong in it, of which the client is told."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        #: Where the browser is sent.
        self.location = location


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that a person can decide about."""

    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    code_challenge: str
    #: The query that it came with, to come again.
    query: str

    def granted(self, code: str, scopes: Sequence[str]) -> str:
        """Return where the browser is sent when the person agrees."""
        return _location(self.redirect_uri, code=code, scope=" ".join(scopes), state=self.state)

    def denied(self) -> str:
        """Return where the browser is sent when the person does not agree."""
        return _location(
            self.redirect_uri, error="access_denied", error_description="The person said no.", state=self.state
        )


def authorization_request(
    parameters: Sequence[tuple[str, str]], *, find: Callable[[str], Client | None]
) -> AuthorizationRequest:
    """Return the request that the parameters of a query make.

    Raises:
        Unanswerable: client or redirect_uri are not known.
        AuthorizationRefused: anything else is wrong.
    """
    names = collections.Counter(name for name, _ in parameters)
    given = {name: value for name, value in parameters if value}
    client = _client(names, given, find)
    redirect_uri, state = given["redirect_uri"], given.get("state", "")

    def refuse(code: str, description: str) -> None:
        told = {"error": code, "error_description": describing(description)} | ({"state": state} if state else {})
        raise AuthorizationRefused(_location(redirect_uri, **told))

    service = load_service("ob-3.0")
    if repeated := [name for name, count in names.items() if count > 1]:
        refuse("invalid_request", f"{repeated[0][:60]} is there more than once.")
    if missing := [name for name in service.operations["authorize"].required if name not in given]:
        refuse("invalid_request", f"{', '.join(missing)} is missing.")
    if given["response_type"] not in service.security.response_types:
        refuse("unsupported_response_type", f"Supported is {' '.join(service.security.response_types)}.")
    if given["code_challenge_method"] not in service.security.challenge_methods:
        refuse("invalid_request", f"code_challenge_method has to be {' '.join(service.security.challenge_methods)}.")
    if not _CHALLENGE.fullmatch(given["code_challenge"]):
        refuse("invalid_request", "code_challenge is no BASE64URL of a SHA-256 digest.")
    scopes = tuple(dict.fromkeys(given["scope"].split()))
    if not scopes or not client.may_ask(scopes):
        refuse("invalid_scope", f"The client may ask for {' '.join(client.scopes)}.")
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=state,
        code_challenge=given["code_challenge"],
        query=urlencode(parameters),
    )


def _client(names: collections.Counter[str], given: dict[str, str], find: Callable[[str], Client | None]) -> Client:
    client = find(given.get("client_id", "")) if names["client_id"] == 1 else None
    if client is None:
        raise Unanswerable("The application that sent you here is not registered. Nothing was given to it.")
    if names["redirect_uri"] != 1 or given.get("redirect_uri") not in client.redirect_uris:
        raise Unanswerable(
            "The application wants you sent to an address that it did not register. You stay here, and nothing was given to it."
        )
    return client


def _location(redirect_uri: str, **parameters: str) -> str:
    """Return an address with parameters added to its query (RFC 6749, 4.1.2)."""
    return f"{redirect_uri}{'&' if urlsplit(redirect_uri).query else '?'}{urlencode(parameters)}"
