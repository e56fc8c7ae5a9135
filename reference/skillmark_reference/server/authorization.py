"""OAuth 2.0 client credentials: the token endpoint and the guard before the interface (RFC 6749, RFC 6750)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hmac
import secrets
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_plus

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

_MOST_FORM = 10_000
_MOST_TOKENS = 10_000
#: RFC 6749, 5.1.
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OAuthOptions:
    """The one client that is admitted."""

    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    #: Scopes that a token may be asked for; empty for any.
    scopes: tuple[str, ...] = ()
    #: Seconds that a token is good for.
    token_seconds: int = 3600


class TokenOffice:
    """Gives out tokens and knows them again."""

    def __init__(self, options: OAuthOptions, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._clock = clock
        self._lock = threading.Lock()
        #: When each token ends.
        self._tokens: dict[str, float] = {}

    async def token(self, request: Request) -> JSONResponse:
        """Answer a token request (RFC 6749, 4.4 and 5)."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_FORM:
                return _error("invalid_request", 400)
        given = parse_qs(body.decode("latin-1"), keep_blank_values=True)
        if any(len(values) > 1 for values in given.values()):
            return _error("invalid_request", 400)
        form = {name: values[0] for name, values in given.items() if values[0]}
        if not self._knows(request.headers.get("authorization", ""), form):
            return _error("invalid_client", 401, {"WWW-Authenticate": 'Basic realm="skillmark"'})
        if form.get("grant_type") != "client_credentials":
            return _error("unsupported_grant_type" if "grant_type" in form else "invalid_request", 400)
        wanted = form.get("scope", "").split()
        if self._options.scopes and not set(wanted) <= set(self._options.scopes):
            return _error("invalid_scope", 400)
        return self._given(" ".join(wanted))

    def admits(self, header: str | None) -> bool:
        """Whether an Authorization header holds a token that is good."""
        scheme, _, token = (header or "").partition(" ")
        with self._lock:
            return scheme.lower() == "bearer" and self._tokens.get(token.strip(), 0.0) > self._clock()

    def _knows(self, header: str, form: dict[str, str]) -> bool:
        identifier, secret = _basic(header) or (form.get("client_id", ""), form.get("client_secret", ""))
        right = hmac.compare_digest(identifier.encode(), self._options.client_id.encode())
        return hmac.compare_digest(secret.encode(), self._options.client_secret.encode()) and right

    def _given(self, scope: str) -> JSONResponse:
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens = {known: end for known, end in self._tokens.items() if end > now}
            self._tokens[token] = now + self._options.token_seconds
        body = {"access_token": token, "token_type": "Bearer", "expires_in": self._options.token_seconds}
        return JSONResponse(body | ({"scope": scope} if scope else {}), headers=_NOT_KEPT)


def _basic(header: str) -> tuple[str, str] | None:
    """Return identifier and secret of a Basic header; ``None`` when it is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identifier, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(identifier), unquote_plus(secret)


def _error(code: str, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": code}, status_code=status, headers={**_NOT_KEPT, **(headers or {})})
