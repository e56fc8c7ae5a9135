"""The learner records of the case study as the server hosts them: credentials, and the documents that they refer to.

They are issued when they are asked for, with keys that everybody has, and named by the address that they are asked at.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from skillmark_fixtures.learners import learners
from skillmark_fixtures.pathways import organizations
from skillmark_reference.server.pages.rendering import CONTENT_SECURITY_POLICY, render
from skillmark_reference.server.served import Served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from skillmark_reference.pathways.settings import Setting
    from skillmark_reference.server.verifying import VerificationDesk

#: Bases whose documents are kept; one server is asked under few names.
_MOST_BASES = 8
_UNKNOWN = "There is no such document here."
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
#: Documents beside the credentials, by the way to them.
_ROOMS = ("/status/{name}", "/images/{name}", "/achievements/{pathway}/{code}", "/.well-known/jwks.json")


def learner_record_routes(*, base_of: Callable[[Request], str], desk: VerificationDesk) -> list[Route]:
    """Return the routes of the records; to a browser, a record is shown with what it is worth.

    Args:
        base_of: Gives the address of the server as a request sees it.
        desk: Says what a record is worth.
    """

    def index(_request: Request) -> Response:
        return HTMLResponse(_index(), headers=_HEADERS)

    async def credential(request: Request) -> Response:
        slug = request.path_params["slug"]
        found = await run_in_threadpool(published, f"{base_of(request)}/records/{slug}", base_of(request))
        if found is None:
            raise HTTPException(404, _UNKNOWN)
        if _wants_page(request):
            page = await run_in_threadpool(desk.verdict, request, found.content, slug, root="../")
            page.headers["Vary"] = "Accept"
            return page
        return _given(found)

    async def document(request: Request) -> Response:
        base = base_of(request)
        way = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        found = await run_in_threadpool(published, f"{base}{way}", base)
        if found is None:
            raise HTTPException(404, _UNKNOWN)
        return _given(found)

    issuers = [f"/issuers/{each.slug}" for each in organizations()]
    return [
        Route("/records", index, methods=["GET"]),
        Route("/records/{slug}", credential, methods=["GET"]),
        *(Route(path, document, methods=["GET"]) for path in (*issuers, *_ROOMS)),
    ]


def published(url: str, base: str) -> Served | None:
    """Return what the server has at one of its addresses; ``None`` where it has nothing."""
    from skillmark_reference.pathways.catalogue import find_entry  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.pathways.issuing import issue  # noqa: PLC0415 - as above

    setting = _setting(base)
    if setting is None:
        return None
    room, _, slug = url.removeprefix(f"{base}/").partition("/")
    if room != "records":
        return _documents(setting).get(url)
    try:
        issued = issue(find_entry(slug), setting)
    except KeyError:
        return None
    return Served(content=issued.content, media_type=issued.media_type)


def _setting(base: str) -> Setting | None:
    from skillmark_reference.pathways.settings import Identity, Setting  # noqa: PLC0415 - brings the libraries of signatures

    # Only an https address says who is behind it; without one, issuers are known by their keys.
    identity = Identity.ADDRESS if base.startswith("https://") else Identity.DID_KEY
    try:
        return Setting(base=base, identity=identity)
    except ValueError:
        return None


@functools.lru_cache(maxsize=_MOST_BASES)
def _documents(setting: Setting) -> Mapping[str, Served]:
    from skillmark_reference.pathways.hosting import documents  # noqa: PLC0415 - brings the libraries of signatures

    return {each.address: Served(content=each.content, media_type=each.media_type) for each in documents(setting)}


@functools.cache
def _index() -> str:
    from skillmark_reference.pathways.catalogue import catalogue  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.pathways.issuing import title  # noqa: PLC0415 - as above

    titled = [(entry, title(entry)) for entry in catalogue()]
    groups = [(each, [row for row in titled if row[0].learner == each.slug]) for each in learners()]
    return render("records.html", root="./", groups=groups)


def _wants_page(request: Request) -> bool:
    """Whether the client is a browser rather than a program."""
    return "text/html" in request.headers.get("accept", "")


def _given(found: Served) -> Response:
    headers = {"Vary": "Accept", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return Response(found.content, media_type=found.media_type, headers=headers)
