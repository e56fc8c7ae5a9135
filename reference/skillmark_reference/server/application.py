"""The ASGI application: both versions of the interface, the token endpoint, the pages."""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from skillmark_reference.server.authorization import OAuthOptions, TokenOffice
from skillmark_reference.server.case import Interface, refusal
from skillmark_reference.server.landing import landing_routes, missing_page
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from skillmark_reference.frameworks.storing import Repository
    from skillmark_reference.standards import Standard

VERSIONS = ("1.0", "1.1")
_TOKEN_PATH = "/oauth2/token"  # noqa: S105 - an address
_ALLOWED = ["Authorization", "If-None-Match"]
_EXPOSED = ["X-Total-Count", "Link", "ETag", "Retry-After", "WWW-Authenticate"]
_SMALLEST_COMPRESSED = 1_000
_NOT_FOUND, _NOT_ALLOWED = 404, 405

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How the provider presents itself."""

    #: Scheme, host and prefix that records are named by; without it, the address that a request came to.
    base_url: str | None = None
    #: Who is admitted; without it, everybody.
    oauth: OAuthOptions | None = None
    #: Requests a second before 429 is answered; without it, no limit.
    rate_limit: float | None = None


def create_app(
    repository: Repository, *, options: ServerOptions, clock: Callable[[], float] = time.monotonic
) -> Starlette:
    """Return the application that serves a repository; ``clock`` gives the seconds that tokens and rates are measured by."""
    office = TokenOffice(options.oauth, clock=clock) if options.oauth else None

    def base_of(request: Request) -> str:
        return (options.base_url or str(request.base_url)).rstrip("/")

    interfaces = [
        Interface(repository, version, base_of=base_of, token_path=_TOKEN_PATH if office else None)
        for version in VERSIONS
    ]
    routes: list[BaseRoute] = [interface.mount() for interface in interfaces]
    if office:
        routes.append(Route(_TOKEN_PATH, office.token, methods=["POST"]))
    else:
        # The pages show everything, so a provider that asks for tokens has none.
        routes += landing_routes(repository, base_of=base_of)
    middleware = [
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=_ALLOWED,
            expose_headers=_EXPOSED,
        ),
        Middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED),
    ]
    if options.rate_limit:
        middleware.append(Middleware(_RateLimit, rate=options.rate_limit, clock=clock))
    if office:
        middleware.append(Middleware(_Guard, admits=office.admits))
    handlers: dict[Any, Any] = {_NOT_FOUND: _refused, _NOT_ALLOWED: _refused, Exception: _failed}
    return Starlette(routes=routes, middleware=middleware, exception_handlers=handlers)


def _standard_of(path: str) -> Standard | None:
    """Return the standard whose base path an address is under, wherever the application is mounted."""
    standards = (load_standard(f"case-{version}") for version in VERSIONS)
    return next((each for each in standards if f"{each.base_path}/" in path), None)


def _refused(request: Request, error: HTTPException) -> Response:
    standard = _standard_of(request.url.path)
    if standard is None:
        page = missing_page(request, error.status_code)
        page.headers.update(error.headers or {})
        return page
    text = f"Unknown Object: {request.url.path[:200]}" if error.status_code == _NOT_FOUND else "Only GET and HEAD."
    return refusal(standard, error.status_code, text, headers=error.headers)


def _failed(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    standard = _standard_of(request.url.path)
    if standard is None:
        return JSONResponse({"error": "internal error"}, status_code=500)
    return refusal(standard, 500, "The provider failed.")


class _Guard:
    """Refuses requests without a good token; the discovery document is for everybody."""

    def __init__(self, app: ASGIApp, *, admits: Callable[[str | None], bool]) -> None:
        self._app = app
        self._admits = admits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        standard = _standard_of(scope["path"]) if scope["type"] == "http" else None
        header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), None)
        is_public = standard is None or scope["path"].endswith(f"{standard.base_path}{standard.discovery_path}")
        if standard is None or is_public or self._admits(header):
            await self._app(scope, receive, send)
            return
        challenge = "Bearer" if header is None else 'Bearer error="invalid_token"'
        response = refusal(
            standard, 401, "A token is needed.", field="Authorization", headers={"WWW-Authenticate": challenge}
        )
        await response(scope, receive, send)


class _RateLimit:
    """Refuses requests beyond a rate, with up to one second's worth at once."""

    def __init__(self, app: ASGIApp, *, rate: float, clock: Callable[[], float]) -> None:
        self._app = app
        self._rate = rate
        self._clock = clock
        self._most = max(1.0, rate)
        self._left = self._most
        self._at = self._clock()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        standard = _standard_of(scope["path"]) if scope["type"] == "http" else None
        wait = 0.0 if standard is None else self._taken()
        if standard is None or not wait:
            await self._app(scope, receive, send)
            return
        headers = {"Retry-After": str(math.ceil(wait))}
        await refusal(standard, 429, "Too many requests.", field="rate", headers=headers)(scope, receive, send)

    def _taken(self) -> float:
        """Take one request from what is left; return the seconds to wait when nothing is."""
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left >= 1:
                self._left -= 1
                return 0.0
            return (1 - self._left) / self._rate
