"""The addresses of the VC API: which operation answers, and how (VC API; Controlled Identifiers 1.0; did:web)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from skillmark_reference.issuers.status_lists import LIFETIME
from skillmark_reference.securing.statuses import StatusError
from skillmark_reference.server.vc_api import issuing, verifying
from skillmark_reference.server.vc_api.bodies import read_object
from skillmark_reference.server.vc_api.instance import Answer, Instance
from skillmark_reference.server.vc_api.own_documents import published
from skillmark_reference.server.vc_api.problem_details import MEDIA_TYPE, RequestRefused, refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    #: What an operation makes of path parameters, body and the address of the server.
    Operation = Callable[[dict[str, Any], dict[str, Any], str], Answer]
    Endpoint = Callable[[Request], Awaitable[Response]]

#: Where the media type of the standard is wanted by name, it is given; many readers understand plain JSON alone.
_MEDIA_TYPES = {"status-lists": "application/vc", "schemas": "application/schema+json"}
_JSON = "application/json"
#: A list may be kept; keys may be revoked in a hurry, and are asked for again.
_KEPT = {"status-lists": f"public, max-age={int(LIFETIME.total_seconds())}"}


def routes_of(instance: Instance) -> list[BaseRoute]:
    """Return the routes of an instance."""
    first = next(iter(instance.issuers))
    post = _Posts(instance)
    return [
        post.route("/credentials/issue", lambda _, body, base: issuing.issue(instance, first, body, base)),
        post.route(
            "/issuers/{slug}/credentials/issue",
            lambda path, body, base: issuing.issue(instance, path["slug"], body, base),
            scope="/credentials/issue",
        ),
        post.route("/credentials/derive", lambda _, body, __: issuing.derive_credential(body)),
        post.route("/credentials/status", lambda _, body, __: issuing.set_status(instance, body)),
        post.route("/credentials/verify", lambda _, body, base: verifying.verify_credential(instance, body, base)),
        post.route("/presentations/verify", lambda _, body, base: verifying.verify_presented(instance, body, base)),
        post.route("/status-lists", lambda _, body, base: issuing.open_list(instance, body, base)),
        post.route("/challenges", lambda _, __, ___: verifying.create_challenge(instance), has_body=False),
        *_credential_routes(instance),
        *_public_routes(instance),
    ]


class _Posts:
    """Routes of operations that are posted."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def route(self, path: str, operation: Operation, *, scope: str | None = None, has_body: bool = True) -> Route:
        """Return the route of an operation; its scope is named by its path unless another one is given."""
        instance = self._instance

        async def answer(request: Request) -> Answer:
            _admit(instance, request, f"write:{scope or path}")
            body = await read_object(request, most_bytes=instance.options.most_bytes) if has_body else {}
            return await run_in_threadpool(operation, request.path_params, body, _base(instance, request))

        return Route(path, _endpoint(answer), methods=["POST"])


def _credential_routes(instance: Instance) -> list[BaseRoute]:
    async def read(request: Request) -> Answer:
        _admit(instance, request, "read:/credentials")
        return await run_in_threadpool(issuing.read, instance, request.path_params["id"])

    async def delete(request: Request) -> Answer:
        _admit(instance, request, "write:/credentials")
        return await run_in_threadpool(issuing.delete, instance, request.path_params["id"])

    path = "/credentials/{id}"
    return [
        Route(path, _endpoint(read), methods=["GET"]),
        Route(path, _endpoint(delete), methods=["DELETE"]),
    ]


def _public_routes(instance: Instance) -> list[BaseRoute]:
    """Return the routes of what everybody may read."""

    async def read(request: Request) -> Answer:
        return await run_in_threadpool(_published, instance, _base(instance, request), request)

    async def issuers(request: Request) -> Answer:
        base = _base(instance, request)
        listed = [{"id": each.did, "url": each.url(base)} for each in instance.issuers.values()]
        return Answer(status=200, body={"issuers": listed})

    paths = (
        "/status-lists/{id}",
        "/issuers/{slug}",
        "/issuers/{slug}/did.json",
        "/issuers/{slug}/jwks.json",
        "/.well-known/did.json",
        "/schemas/{name}",
    )
    return [
        Route("/issuers", _endpoint(issuers), methods=["GET"]),
        *(Route(path, _endpoint(read), methods=["GET"]) for path in paths),
    ]


def _published(instance: Instance, base: str, request: Request) -> Answer:
    way = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    found = published(instance, base, f"{base}{way}")
    if found is None:
        raise refused(404, "there is no such document here; a did:web needs https and a host with a name")
    room = way.split("/")[1]
    if room == "status-lists" and "timestamp" in request.query_params:
        # To answer with the list as it is now would be wrong (Bitstring Status List 1.0, 2.4).
        kind = StatusError.STATUS_RETRIEVAL_ERROR.value
        raise refused(400, "the list is published as it is now only; leave timestamp out", kind=kind)
    headers = {"Cache-Control": _KEPT.get(room, "no-cache")}
    exact = _MEDIA_TYPES.get(room, _JSON)
    asked = {each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")}
    media_type = exact if exact in asked else _JSON
    return Answer(status=200, body=found, media_type=media_type, headers={**headers, "Vary": "Accept"})


def _endpoint(answer: Callable[[Request], Awaitable[Answer]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            given = await answer(request)
        except RequestRefused as refusal:
            body = refusal.to_json()
            given = Answer(status=refusal.status, body=body, media_type=MEDIA_TYPE, headers=refusal.headers)
        content = b"" if given.body is None else json.dumps(given.body, ensure_ascii=False).encode()
        media_type = None if given.body is None else given.media_type
        return Response(content, given.status, dict(given.headers), media_type)

    return endpoint


def _admit(instance: Instance, request: Request, scope: str) -> None:
    admits = instance.options.admits
    header = request.headers.get("authorization")
    if admits is not None and not admits(header, scope):
        challenge = "Bearer" if header is None else f'Bearer error="insufficient_scope", scope="{scope}"'
        error = refused(401, f"a token with the scope {scope} is needed")
        error.headers["WWW-Authenticate"] = challenge
        raise error


def _base(instance: Instance, request: Request) -> str:
    return (instance.options.base_url or str(request.base_url)).rstrip("/")
