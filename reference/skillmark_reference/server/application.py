"""The ASGI application: the CASE interface in both versions, the APIs of hosts, the authorization server, the pages."""

from __future__ import annotations

import dataclasses
import functools
import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response

from skillmark_fixtures.learners import learners
from skillmark_reference.documents import Documents, Policy
from skillmark_reference.server import case
from skillmark_reference.server.areas import Area, area_of
from skillmark_reference.server.case import Interface
from skillmark_reference.server.clocks import CalendarClock
from skillmark_reference.server.hosts import HostInterface
from skillmark_reference.server.hosts.description import Addresses
from skillmark_reference.server.hosts.storing import HostedCredentials
from skillmark_reference.server.landing import (
    PRIVACY_PATH,
    TERMS_PATH,
    asset_route,
    landing_routes,
    missing_page,
    policy_routes,
)
from skillmark_reference.server.learner_records import learner_record_routes, published
from skillmark_reference.server.oauth import Authority
from skillmark_reference.server.oauth.authority import AUTHORIZATION_PATH, REGISTRATION_PATH, TOKEN_PATH
from skillmark_reference.server.served import ServedDocuments
from skillmark_reference.server.verifying import VerificationDesk
from skillmark_reference.services import load_service, service_ids
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

    from skillmark_reference.frameworks.storing import Repository
    from skillmark_reference.server.authorization import OAuthOptions
    from skillmark_reference.server.oauth import Account
    from skillmark_reference.server.served import Publisher
    from skillmark_reference.server.vc_api import VcApiOptions
    from skillmark_reference.services import Service
    from skillmark_reference.standards import Standard

VERSIONS = ("1.0", "1.1")
_READING, _WRITING = ("GET", "HEAD"), ("POST", "PUT")
_ALLOWED = ["Authorization", "Content-Type", "If-None-Match"]
_EXPOSED = ["X-Total-Count", "Link", "ETag", "Retry-After", "WWW-Authenticate"]
_SMALLEST_COMPRESSED = 1_000
#: Seconds for one document of somebody else.
_PATIENCE = 5.0
_NOT_FOUND, _NOT_ALLOWED = 404, 405

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How the provider presents itself."""

    #: Scheme, host and prefix that records are named by; without it, the address that a request came to.
    base_url: str | None = None
    #: Who is admitted to the CASE interface; without it, everybody.
    oauth: OAuthOptions | None = None
    #: Persons whose credentials are hosted; without them, there are no Open Badges and CLR APIs.
    accounts: tuple[Account, ...] = ()
    #: Whether the learner records of the case study are hosted, signed with keys that everybody has.
    learner_records: bool = False
    #: How the VC API behaves; without it, there is none.
    vc_api: VcApiOptions | None = None
    #: Requests a second before 429 is answered; without it, no limit.
    rate_limit: float | None = None


def create_app(repository: Repository, *, options: ServerOptions, clock: Callable[[], float] = time.time) -> Starlette:
    """Return the application that serves a repository; ``clock`` gives seconds since 1970."""

    def base_of(request: Request) -> str:
        return (options.base_url or str(request.base_url)).rstrip("/")

    areas = [_case_area(version) for version in VERSIONS]
    routes: list[BaseRoute] = [
        Interface(repository, version, base_of=base_of, token_path=TOKEN_PATH if options.oauth else None).mount()
        for version in VERSIONS
    ]
    middleware: list[Middleware] = []
    if options.oauth or options.accounts:
        authority = _authority(repository, options, base_of=base_of, clock=clock)
        routes += authority.routes()
        if options.accounts:
            hosts = _hosts(repository, authority, base_of=base_of, clock=clock)
            areas += (authority.area, *(each.area for each in hosts))
            routes += (*(each.mount() for each in hosts), *policy_routes())
        if options.oauth:
            middleware.append(Middleware(_Guard, admits=authority.admits_configured))
    publishers: list[Publisher] = [published] if options.learner_records else []
    issuing: list[BaseRoute] = []
    if options.vc_api:
        admits = authority.admits_configured if options.oauth else None
        issuing, issued = _vc_api(repository, options, options.vc_api, clock=clock, admits=admits)
        publishers.append(issued)
    if options.oauth:
        # The pages show everything, so a provider that asks for tokens has none but those to sign in.
        routes += (*issuing, asset_route())
    else:
        desk = _desk(repository, publishers, base_of=base_of, clock=clock)
        # Addresses of the issuers of the case study are among those of all issuers.
        records = learner_record_routes(base_of=base_of, desk=desk) if options.learner_records else []
        services = [load_service(each) for each in service_ids()] if options.accounts else []
        routes += (
            *records,
            *issuing,
            *desk.routes(),
            *landing_routes(
                repository,
                base_of=base_of,
                services=services,
                learners=len(learners()) if options.learner_records else 0,
            ),
        )
    handlers: dict[Any, Any] = {
        _NOT_FOUND: functools.partial(_refused, areas),
        _NOT_ALLOWED: functools.partial(_refused, areas),
        Exception: functools.partial(_failed, areas),
    }
    middleware[:0] = _middleware(areas, options, clock)
    return Starlette(routes=routes, middleware=middleware, exception_handlers=handlers)


def _authority(
    repository: Repository,
    options: ServerOptions,
    *,
    base_of: Callable[[Request], str],
    clock: Callable[[], float],
) -> Authority:
    return Authority(
        repository.database,
        configured=options.oauth.client() if options.oauth else None,
        accounts=options.accounts,
        base_of=base_of,
        clock=clock,
    )


def _hosts(
    repository: Repository, authority: Authority, *, base_of: Callable[[Request], str], clock: Callable[[], float]
) -> list[HostInterface]:
    def addresses_of(request: Request, service: Service) -> Addresses:
        base = base_of(request)
        return Addresses(
            root=f"{base}{service.base_path}",
            terms=f"{base}{TERMS_PATH}",
            privacy_policy=f"{base}{PRIVACY_PATH}",
            image=f"{base}/assets/favicon.svg",
            registration=f"{base}{REGISTRATION_PATH}",
            authorization=f"{base}{AUTHORIZATION_PATH}",
            token=f"{base}{TOKEN_PATH}",
        )

    credentials = HostedCredentials(repository.database)
    return [
        HostInterface(
            load_service(each),
            credentials=credentials,
            authority=authority,
            addresses_of=addresses_of,
            clock=CalendarClock(clock),
        )
        for each in service_ids()
    ]


def _vc_api(
    repository: Repository,
    options: ServerOptions,
    chosen: VcApiOptions,
    *,
    clock: Callable[[], float],
    admits: Callable[[str | None], bool] | None,
) -> tuple[list[BaseRoute], Publisher]:
    """Return the routes of the VC API, and what gives the documents that it publishes."""
    from skillmark_reference.server import vc_api  # noqa: PLC0415 - brings the libraries of signatures

    instance = vc_api.Instance.open(
        repository.database,
        options=dataclasses.replace(
            chosen,
            base_url=options.base_url,
            publishers=(published,) if options.learner_records else (),
            admits=(lambda header, _: admits(header)) if admits else None,
        ),
        clock=CalendarClock(clock),
    )
    return vc_api.routes_of(instance), functools.partial(vc_api.served, instance)


def _desk(
    repository: Repository,
    publishers: Sequence[Publisher],
    *,
    base_of: Callable[[Request], str],
    clock: Callable[[], float],
) -> VerificationDesk:
    calendar = CalendarClock(clock)
    door = Documents(clock=calendar, policy=Policy(seconds=_PATIENCE, redirects=2))

    def documents_of(request: Request) -> ServedDocuments:
        return ServedDocuments(base_of(request), publishers, door=door)

    def page_of(request: Request, address: str) -> str | None:
        standards = (load_standard(f"case-{version}") for version in VERSIONS)
        for place in (f"{base_of(request)}{each.base_path}/CFItems/" for each in standards):
            identifier = address.removeprefix(place)
            if identifier != address and repository.find("CFItems", identifier):
                return f"items/{identifier}"
        return None

    return VerificationDesk(documents_of, clock=calendar, page_of=page_of)


def _middleware(areas: Sequence[Area], options: ServerOptions, clock: Callable[[], float]) -> list[Middleware]:
    middleware = [
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=[*_READING, *(_WRITING if options.accounts or options.vc_api else ())],
            allow_headers=_ALLOWED,
            expose_headers=_EXPOSED,
        ),
        Middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED),
    ]
    if options.rate_limit:
        middleware.append(Middleware(_RateLimit, areas=areas, rate=options.rate_limit, clock=clock))
    return middleware


def _case_area(version: str) -> Area:
    standard = load_standard(f"case-{version}")
    return Area(base_path=standard.base_path, refuse=functools.partial(case.refusal, standard))


def _case_of(path: str) -> Standard | None:
    """Return the version of CASE whose base path an address is under, wherever the application is mounted."""
    standards = (load_standard(f"case-{version}") for version in VERSIONS)
    return next((each for each in standards if f"{each.base_path}/" in path), None)


def _refused(areas: Sequence[Area], request: Request, error: HTTPException) -> Response:
    area = area_of(areas, request.url.path)
    if area is None:
        page = missing_page(request, error.status_code)
        page.headers.update(error.headers or {})
        return page
    text = f"Unknown Object: {request.url.path[:200]}"
    if error.status_code == _NOT_ALLOWED:
        text = (
            f"Only {' and '.join(sorted(each.strip() for each in (error.headers or {}).get('Allow', '').split(',')))}."
        )
    return area.refuse(error.status_code, text, headers=error.headers)


def _failed(areas: Sequence[Area], request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    area = area_of(areas, request.url.path)
    if area is None:
        return JSONResponse({"error": "internal error"}, status_code=500)
    return area.refuse(500, "The provider failed.")


class _Guard:
    """Refuses requests to CASE without a good token; the discovery document is for everybody."""

    def __init__(self, app: ASGIApp, *, admits: Callable[[str | None], bool]) -> None:
        self._app = app
        self._admits = admits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        standard = _case_of(scope["path"]) if scope["type"] == "http" else None
        header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), None)
        is_public = standard is None or scope["path"].endswith(f"{standard.base_path}{standard.discovery_path}")
        if standard is None or is_public or await run_in_threadpool(self._admits, header):
            await self._app(scope, receive, send)
            return
        challenge = "Bearer" if header is None else 'Bearer error="invalid_token"'
        response = case.refusal(
            standard, 401, "A token is needed.", field="Authorization", headers={"WWW-Authenticate": challenge}
        )
        await response(scope, receive, send)


class _RateLimit:
    """Refuses requests beyond a rate, with up to one second's worth at once."""

    def __init__(self, app: ASGIApp, *, areas: Sequence[Area], rate: float, clock: Callable[[], float]) -> None:
        self._app = app
        self._areas = areas
        self._rate = rate
        self._clock = clock
        self._most = max(1.0, rate)
        self._left = self._most
        self._at = self._clock()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        area = area_of(self._areas, scope["path"]) if scope["type"] == "http" else None
        wait = 0.0 if area is None else self._taken()
        if area is None or not wait:
            await self._app(scope, receive, send)
            return
        headers = {"Retry-After": str(math.ceil(wait))}
        await area.refuse(429, "Too many requests.", field="rate", headers=headers)(scope, receive, send)

    def _taken(self) -> float:
        """Take one request from what is left; return the seconds to wait when nothing is."""
        with self._lock:
            now = self._clock()
            # A clock that is set back gives nothing, and takes nothing.
            self._left = min(self._most, self._left + max(0.0, now - self._at) * self._rate)
            self._at = now
            if self._left >= 1:
                self._left -= 1
                return 0.0
            return (1 - self._left) / self._rate
