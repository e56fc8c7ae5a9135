"""The twelve operations of one version: REST Binding, tables 2.1 and 6.1."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route, Router

from skillmark_reference.frameworks.presenting import FrameworkReplaced, Presenter
from skillmark_reference.frameworks.querying import Page, QueryProblem, answer
from skillmark_reference.server.case.discovery import openapi
from skillmark_reference.server.case.statuses import refusal
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request

    from skillmark_reference.frameworks.storing import Repository
    from skillmark_reference.standards import Operation, Standard

_LARGE = 2**20


class Interface:
    """Answers the operations of one version from a repository."""

    def __init__(
        self, repository: Repository, version: str, *, base_of: Callable[[Request], str], token_path: str | None
    ) -> None:
        self._repository = repository
        self._standard: Standard = load_standard(f"case-{version}")
        self._base_of = base_of
        self._token_path = token_path
        self._uuid = re.compile(self._standard.datatypes["UUID"].pattern or "")

    def mount(self) -> Mount:
        """Return the routes below the base path of the version."""
        routes = [
            Route(
                operation.path,
                functools.partial(self._list if operation.sourced_id_of is None else self._single, operation),
                methods=["GET"],
            )
            for operation in self._standard.operations.values()
        ]
        if self._standard.discovery_path:
            routes.append(Route(self._standard.discovery_path, self._discovery, methods=["GET"]))
        # An address with a slash too many is unknown; the standard has no redirects.
        return Mount(self._standard.base_path, app=Router(routes, redirect_slashes=False))

    def _presenter(self, request: Request) -> Presenter:
        return Presenter(self._repository, version=self._standard.version, base=self._base_of(request))

    def _tagged(self, request: Request, make: Callable[[], Response]) -> Response:
        """Answer 304 to a client that has the current state, else make the answer.

        An answer depends on the repository and on the request alone, so the tag is known before the answer is made.
        """
        key = f"{self._repository.revision} {self._base_of(request)} {request.url.path} {request.url.query}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:24]
        known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
        headers = {"ETag": f'W/"{digest}"', "Cache-Control": "no-cache"}
        unchanged = Response(status_code=304, headers=headers)
        if f'"{digest}"' in known:
            return unchanged
        response = make()
        if response.status_code != 200:  # noqa: PLR2004 - only a success can be kept
            return response
        if "*" in known:
            return unchanged
        response.headers.update(headers)
        return response

    def _list(self, operation: Operation, request: Request) -> Response:
        return self._tagged(request, lambda: self._listed(operation, request))

    def _listed(self, operation: Operation, request: Request) -> Response:
        record_class = operation.payload.removesuffix("Set")
        query = dict(request.query_params)
        try:
            documents = self._presenter(request).documents()
            page = answer(documents, query, standard=self._standard, record_class=record_class)
        except QueryProblem as problem:
            return refusal(self._standard, 400, str(problem), field=problem.parameter)
        path = f"{self._base_of(request)}{self._standard.base_path}{operation.path}"
        headers = {"X-Total-Count": str(page.total), "Link": page_links(path, query, page)}
        return _json({operation.collection: page.records}, headers)

    def _single(self, operation: Operation, request: Request) -> Response:
        identifier = request.path_params["sourcedId"]
        if not self._uuid.fullmatch(identifier):
            code = next(each for each in self._standard.statuses[404].code_minor if each != "unknownobject")
            return refusal(self._standard, 404, f"Invalid UUID: {identifier[:100]}", code=code)
        return self._tagged(request, lambda: self._read(operation, identifier, request))

    def _read(self, operation: Operation, identifier: str, request: Request) -> Response:
        presenter = self._presenter(request)
        match operation.payload:
            case "CFPackage":
                return self._package(identifier, presenter)
            case "CFDocument":
                framework = self._repository.framework(identifier)
                return _json(presenter.document(framework)) if framework else self._unknown(identifier)
        collection = f"{operation.sourced_id_of}s"
        found = self._repository.find(collection, identifier)
        if found is None:
            return self._unknown(identifier)
        record, framework = found
        match operation.payload:
            case "CFAssociationSet":
                associations = presenter.associations(self._repository.associations_of(identifier))
                item = presenter.single(collection, record, framework)
                return _json({"CFItem": item, "CFAssociations": associations})
            case payload if payload.endswith("Set"):
                children = self._repository.descendants(framework, collection, record["hierarchyCode"])
                return _json({collection: presenter.definitions(collection, [record, *children])})
            case _:
                return _json(presenter.single(collection, record, framework))

    def _package(self, identifier: str, presenter: Presenter) -> Response:
        framework = self._repository.framework(identifier)
        if framework is None:
            return self._unknown(identifier)
        pieces = _chunks(presenter.package(framework))
        try:
            begin = [next(pieces), *itertools.islice(pieces, 1)]
        except FrameworkReplaced:
            return self._package(identifier, presenter)
        if len(begin) == 1:
            return Response(begin[0], media_type="application/json")
        content = iterate_in_threadpool(itertools.chain(begin, pieces))
        return StreamingResponse(content, media_type="application/json")

    def _unknown(self, identifier: str) -> Response:
        return refusal(self._standard, 404, f"Unknown Object: {identifier}", code="unknownobject")

    def _discovery(self, request: Request) -> Response:
        base = self._base_of(request)
        token = f"{base}{self._token_path}" if self._token_path else None
        return _json(openapi(self._standard, root=f"{base}{self._standard.base_path}", secured_by=token))


def _json(value: Any, headers: dict[str, str] | None = None) -> Response:  # noqa: ANN401 - any JSON value
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(text, media_type="application/json", headers=headers)


def _chunks(pieces: Iterator[str]) -> Iterator[str]:
    """Join pieces to chunks that are worth sending."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size >= _LARGE:
            yield "".join(kept)
            kept, size = [], 0
    if kept:
        yield "".join(kept)


def page_links(path: str, query: Mapping[str, str], page: Page) -> str:
    """Return the Link header of a page at the absolute address ``path`` (RFC 8288; REST Binding, 3.1)."""
    last = max(0, (page.total - 1) // page.limit * page.limit)
    offsets = {"first": 0, "last": last}
    if page.offset + page.limit < page.total:
        offsets["next"] = page.offset + page.limit
    if page.offset > 0:
        offsets["prev"] = max(0, min(page.offset, page.total) - page.limit)
    kept = {name: value for name, value in query.items() if name not in {"limit", "offset"}}
    return ", ".join(
        f'<{path}?{urlencode(kept | {"limit": page.limit, "offset": offset})}>; rel="{relation}"'
        for relation, offset in offsets.items()
    )
