"""A request to a host as an operation of it sees it: of the API, of the authorization server, of a browser."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from skillmark_reference.services import Service

#: Operations of the authorization server, and the steps of a browser at it, by method and path.
_AUTHORIZATION_SERVER = {
    ("POST", "/oauth2/register"): "registerClient",
    ("GET", "/oauth2/authorize"): "authorize",
    ("POST", "/oauth2/authorize"): "decide",
    ("POST", "/oauth2/sign-in"): "signIn",
    ("POST", "/oauth2/token"): "token",
    ("POST", "/oauth2/revoke"): "revokeToken",
    ("GET", "/.well-known/oauth-authorization-server"): "metadata",
}
#: Operations of the API that need a token.
PROTECTED = ("getCredentials", "upsertCredential", "getProfile", "putProfile")
Pairs = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request."""

    method: str
    #: Of the service's table, or ``signIn``, ``decide``, ``metadata``; ``None`` for an address without an operation.
    operation: str | None
    #: Scheme, host and port that it came to.
    origin: str
    path: str
    query: Pairs
    #: Names in lower case.
    headers: Mapping[str, str]
    body: bytes
    #: The query as it came; empty once it was changed.
    raw_query: str = ""

    @property
    def target(self) -> str:
        """Path and query."""
        query = self.raw_query or urlencode(self.query, quote_via=quote)
        return f"{self.path}?{query}" if query else self.path

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the query."""
        return next((value for key, value in self.query if key == name), None)

    def asking(self, **parameters: str | None) -> Call:
        """Return the call with parameters of the query set, or left out where nothing is given."""
        return dataclasses.replace(self, query=_set(self.query, parameters), raw_query="")

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form in the body, the first of each name."""
        return dict(reversed(self._fields))

    def filled(self, **fields: str | None) -> Call:
        """Return the call with fields of the form set, or left out where nothing is given."""
        return dataclasses.replace(self, body=urlencode(_set(self._fields, fields)).encode())

    @property
    def _fields(self) -> Pairs:
        return tuple(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The parsed body, or nothing where it is no JSON that can be read."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def sending(self, value: object) -> Call:
        """Return the call with another JSON body."""
        return dataclasses.replace(self, body=json.dumps(value).encode())

    def headed(self, **headers: str | None) -> Call:
        """Return the call with headers set, or left out where nothing is given; ``_`` stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        changed = {**self.headers, **named}
        return dataclasses.replace(self, headers={name: value for name, value in changed.items() if value is not None})

    @property
    def token(self) -> str:
        """The access token that it brings; empty without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    @property
    def client(self) -> tuple[str, str]:
        """Identifier and secret of the Basic header; empty without one."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return "", ""
        try:
            name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return unquote_plus(name), unquote_plus(secret)

    def from_client(self, name: str, secret: str) -> Call:
        """Return the call with other credentials of a client."""
        return self.headed(authorization=f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}")


def _set(pairs: Pairs, values: Mapping[str, str | None]) -> Pairs:
    """Return pairs with the values of some names replaced."""
    kept = [(name, value) for name, value in pairs if name not in values]
    return (*kept, *((name, value) for name, value in values.items() if value is not None))


def call_of(request: httpx.Request, service: Service) -> Call:
    """Return the call that a request is."""
    address = urlsplit(str(request.url))
    call = Call(
        method=request.method,
        operation=None,
        origin=f"{address.scheme}://{address.netloc}",
        path=address.path,
        query=tuple(parse_qsl(address.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
        raw_query=address.query,
    )
    return dataclasses.replace(call, operation=_operation(call, service))


def _operation(call: Call, service: Service) -> str | None:
    if (call.method, call.path) in _AUTHORIZATION_SERVER:
        name = _AUTHORIZATION_SERVER[call.method, call.path]
        return "refreshToken" if name == "token" and call.form.get("grant_type") == "refresh_token" else name
    for operation in service.operations.values():
        if operation.path is not None and call.path == f"{service.base_path}{operation.path}":
            method = "GET" if call.method == "HEAD" else call.method
            if method == operation.method:
                return operation.id
    return None
