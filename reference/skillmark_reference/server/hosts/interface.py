"""The operations of the API of one standard: Open Badges 3.0 or CLR 2.0."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from skillmark_reference.frameworks.querying import Page
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.server.areas import Area
from skillmark_reference.server.case.interface import page_links
from skillmark_reference.server.hosts import checking
from skillmark_reference.server.hosts.checking import Unacceptable
from skillmark_reference.server.hosts.description import service_description
from skillmark_reference.server.hosts.statuses import refusal
from skillmark_reference.server.hosts.storing import Kept, Shelf
from skillmark_reference.server.receiving import BodyTooLarge, received

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from skillmark_reference.documents import Clock
    from skillmark_reference.server.hosts.description import Addresses
    from skillmark_reference.server.hosts.storing import Hosted, HostedCredentials
    from skillmark_reference.server.oauth import Admission, Authority
    from skillmark_reference.services import Operation, Service

#: The recommended most of one credential, in bytes (VC API, Content Serialization).
MOST_BYTES = 10 * 2**20
#: Credentials of a page: where the client does not say, and at most.
USUAL_LIMIT, MOST_LIMIT = 100, 200
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_NOT_KEPT = {"Cache-Control": "no-store"}
_STATUSES = {Kept.CREATED: 201, Kept.REPLACED: 200, Kept.OUTDATED: 304}
_MOST_DESCRIPTIONS = 16


class _Refused(Exception):  # noqa: N818 - what the client did wrong, no defect
    """A request that is refused."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class HostInterface:
    """Answers the operations of one service."""

    def __init__(
        self,
        service: Service,
        *,
        credentials: HostedCredentials,
        authority: Authority,
        addresses_of: Callable[[Request, Service], Addresses],
        clock: Clock,
    ) -> None:
        self._service = service
        self._credentials = credentials
        self._authority = authority
        self._addresses_of = addresses_of
        self._clock = clock
        self._described = functools.lru_cache(_MOST_DESCRIPTIONS)(functools.partial(_described, service))
        self._answers: Mapping[str, Callable[[Operation, Request, int, bytes], Response]] = {
            "getCredentials": self._list,
            "upsertCredential": self._upsert,
            "getProfile": self._profile,
            "putProfile": self._put_profile,
        }

    @property
    def area(self) -> Area:
        """The addresses of the service, and how it refuses."""
        return Area(base_path=self._service.base_path, refuse=functools.partial(refusal, self._service))

    def mount(self) -> Mount:
        """Return the routes below the base path."""
        rows = [each for each in self._service.operations.values() if each.path is not None]
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in rows:
            by_path.setdefault(str(operation.path), {})[operation.method] = operation
        routes = [
            # One route for all methods of an address, so that an answer 405 names all of them.
            Route(path, functools.partial(self._answered, methods), methods=list(methods))
            for path, methods in by_path.items()
        ]
        return Mount(self._service.base_path, app=Router(routes, redirect_slashes=False))

    async def _answered(self, methods: Mapping[str, Operation], request: Request) -> Response:
        operation = methods["GET" if request.method == "HEAD" else request.method]
        if operation.scope is None:
            return await run_in_threadpool(self._description, request)
        try:
            account = await run_in_threadpool(self._account, operation, request.headers.get("authorization"))
            body = await received(request, limit=MOST_BYTES) if operation.bodies else b""
            return await run_in_threadpool(self._answers[operation.id], operation, request, account, body)
        except _Refused as refused:
            return refused.response
        except Unacceptable as error:
            return self._refusal(error.status, str(error), field="body")
        except BodyTooLarge as error:
            return self._refusal(413, str(error), field="body", headers={"Connection": "close"})

    def _refusal(
        self, status: int, description: str, *, field: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        return refusal(self._service, status, description, field=field, headers=headers)

    def _account(self, operation: Operation, header: str | None) -> int:
        """Return whose records a request is about.

        Raises:
            _Refused: it brings no token that is good for the operation (RFC 6750, 3.1).
        """
        admission = self._authority.admission(header)
        if admission is None:
            challenge = "Bearer" if header is None else 'Bearer error="invalid_token"'
            raise _Refused(self._challenged(401, "A token is needed.", challenge))
        if operation.scope not in admission.scopes:
            challenge = f'Bearer error="insufficient_scope", scope="{operation.scope}"'
            raise _Refused(self._challenged(403, f"The token lacks the scope {operation.scope}.", challenge))
        return self._of_person(admission)

    def _of_person(self, admission: Admission) -> int:
        if admission.account is None:
            challenge = 'Bearer error="insufficient_scope"'
            raise _Refused(self._challenged(403, "The token is one of a client, and speaks for no person.", challenge))
        return admission.account

    def _challenged(self, status: int, description: str, challenge: str) -> Response:
        return self._refusal(status, description, field="Authorization", headers={"WWW-Authenticate": challenge})

    # Credentials

    def _shelf(self, account: int) -> Shelf:
        return Shelf(account=account, service=self._service.id)

    def _list(self, operation: Operation, request: Request, account: int, _: bytes) -> Response:
        query = self._query(operation, request)
        limit = min(self._number(query, "limit", usual=USUAL_LIMIT, least=1), MOST_LIMIT)
        offset = self._number(query, "offset", usual=0, least=0)
        found, total = self._credentials.page(
            self._shelf(account), limit=limit, offset=offset, since=self._moment(query, "since")
        )
        address = f"{self._addresses_of(request, self._service).root}{operation.path}"
        page = Page(records=[], total=total, limit=limit, offset=offset)
        paging = self._service.paging
        headers = {paging.total_header: str(total), paging.link_header: page_links(address, query, page)}
        return Response(_listed(found), media_type="application/json", headers=_NOT_KEPT | headers)

    def _upsert(self, operation: Operation, request: Request, account: int, body: bytes) -> Response:
        media_type = checking.media_type_of(operation, request.headers.get("content-type", ""))
        credential = checking.hosted(operation, body, media_type=media_type, clock=self._clock)
        status = _STATUSES[self._credentials.keep(self._shelf(account), credential)]
        if status == _STATUSES[Kept.OUTDATED]:
            # The table has a body here, and HTTP does not (RFC 9110, 15.4.5).
            return Response(status_code=status, headers=_NOT_KEPT)
        return Response(credential.content, status_code=status, headers=_NOT_KEPT | {"Content-Type": media_type})

    # Profile

    def _profile(self, _: Operation, __: Request, account: int, ___: bytes) -> Response:
        text = self._authority.accounts.profile(account)
        if text is None:
            return self._refusal(404, "There is no profile.", field="profile")
        return Response(text, media_type="application/json", headers=_NOT_KEPT)

    def _put_profile(self, operation: Operation, request: Request, account: int, body: bytes) -> Response:
        checking.media_type_of(operation, request.headers.get("content-type", ""))
        text = checking.profile(self._service, body)
        self._authority.accounts.put_profile(account, text)
        return Response(text, media_type="application/json", headers=_NOT_KEPT)

    # Query

    def _query(self, operation: Operation, request: Request) -> dict[str, str]:
        """Return the parameters that the operation knows, and others, which mean nothing.

        Raises:
            _Refused: one of them is there more than once.
        """
        for name in operation.query:
            if len(request.query_params.getlist(name)) > 1:
                raise _Refused(self._refusal(400, f"{name} is there more than once.", field=name))
        return dict(request.query_params)

    def _number(self, query: Mapping[str, str], name: str, *, usual: int, least: int) -> int:
        if name not in query:
            return usual
        text = query[name]
        if not _NUMBER.fullmatch(text) or int(text) < least:
            raise _Refused(self._refusal(400, f"{name}: expected is a whole number from {least} on.", field=name))
        return int(text)

    def _moment(self, query: Mapping[str, str], name: str) -> int | None:
        if name not in query:
            return None
        try:
            return checking.microseconds(parse_date_time(query[name]))
        except MalformedInstant as error:
            description = f"{name}: {error}. In a query + is written %2B."
            raise _Refused(self._refusal(400, description, field=name)) from None

    # Description

    def _description(self, request: Request) -> Response:
        text, tag = self._described(self._addresses_of(request, self._service))
        headers = {"ETag": tag, "Cache-Control": "public, max-age=3600"}
        known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
        if known & {tag, "*"}:
            return Response(status_code=304, headers=headers)
        return Response(text, media_type="application/json", headers=headers)


def _described(service: Service, addresses: Addresses) -> tuple[str, str]:
    text = json.dumps(service_description(service, addresses), ensure_ascii=False, separators=(",", ":"))
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def _listed(found: list[Hosted]) -> str:
    """Return a page: each text as it was received, in the member that it belongs to; a member with nothing is left out."""
    members = {
        "credential": [each.content for each in found if not each.is_token],
        "compactJwsString": [json.dumps(each.content) for each in found if each.is_token],
    }
    return "{" + ",".join(f'"{name}":[{",".join(texts)}]' for name, texts in members.items() if texts) + "}"
