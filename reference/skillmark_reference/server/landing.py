"""The pages for people: frameworks as trees, items, rubrics, crosswalks."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from skillmark_reference.frameworks.presenting import Presenter
from skillmark_reference.server import pages
from skillmark_reference.standards import load_standard, standard_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from starlette.requests import Request

    from skillmark_reference.frameworks.storing import Framework, Record, Repository
    from skillmark_reference.services import Service

#: The version whose records the pages show, since it has all that the other has.
_SHOWN = "1.1"
_HEADERS = {
    "Content-Security-Policy": pages.CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_UNKNOWN = "There is no such record here."
#: Definitions are rows of the page of their framework.
_DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")
_LINKS_OF_ITEMS = ("CFItemTypeURI", "conceptKeywordsURI", "licenseURI", "subjectURI")
#: More ancestors are not looked for; a cycle has an end, too.
_HIGHEST = 50
TERMS_PATH, PRIVACY_PATH = "/about/terms", "/about/privacy"


def landing_routes(
    repository: Repository, *, base_of: Callable[[Request], str], services: Sequence[Service] = (), learners: int = 0
) -> list[Route]:
    """Return the routes of the pages of frameworks; the first page names the services beside CASE, and the learners."""
    landing = _Landing(repository, base_of, services, learners)
    return [
        Route("/", landing.index, methods=["GET"]),
        Route("/frameworks/{identifier}", landing.framework, methods=["GET"]),
        Route("/items/{identifier}", landing.item, methods=["GET"]),
        Route("/rubrics/{identifier}", landing.rubric, methods=["GET"]),
        Route("/crosswalks/{left}/{right}", landing.crosswalk, methods=["GET"]),
        asset_route(),
    ]


def asset_route() -> Route:
    """Return the route of what every page is drawn with."""
    return Route("/assets/{name}", _asset, methods=["GET"])


def policy_routes() -> list[Route]:
    """Return the routes of the pages that a service description has to name (Open Badges 3.0, Service Description info)."""

    def page(_: Request, *, template: str) -> Response:
        return _page(pages.render(template, root="../"))

    return [
        Route(TERMS_PATH, functools.partial(page, template="terms.html"), methods=["GET"]),
        Route(PRIVACY_PATH, functools.partial(page, template="privacy.html"), methods=["GET"]),
    ]


def missing_page(request: Request, status: int) -> Response:
    """Return the page that is shown where no page is."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    root = "./" + "../" * (path.count("/") - 1)
    return _page(pages.error_page(status, f"Nothing is to be found at {path[:200]}.", root=root), status=status)


def _page(text: str, *, status: int = 200) -> Response:
    return HTMLResponse(text, status_code=status, headers=_HEADERS)


def _asset(request: Request) -> Response:
    found = pages.asset(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    content, media_type = found
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


class _Landing:
    def __init__(
        self, repository: Repository, base_of: Callable[[Request], str], services: Sequence[Service], learners: int
    ) -> None:
        self._repository = repository
        self._base_of = base_of
        self._services = services
        self._learners = learners

    def index(self, request: Request) -> Response:
        standards = [load_standard(each) for each in standard_ids()]
        endpoints = {each.title: self._base_of(request) + each.base_path for each in standards}
        documents = self._presenter(request).documents()
        services = {each.title: self._base_of(request) + each.base_path for each in self._services}
        page = pages.index_page(
            documents,
            crosswalks=self._crosswalks(),
            endpoints=endpoints,
            services=services,
            learners=self._learners,
        )
        return _page(page)

    def framework(self, request: Request) -> Response:
        framework = self._framework(request.path_params["identifier"])
        mine = [each for each in self._crosswalks() if framework.identifier in {each.left_id, each.right_id}]
        package = self._package(request, framework)
        places = self._places(pages.nodes_elsewhere(package), home=framework)
        return _page(pages.framework_page(package, crosswalks=mine, places=places))

    def item(self, request: Request) -> Response:
        record, framework = self._found("CFItems", request.path_params["identifier"])
        presenter = self._presenter(request)
        associations = presenter.associations(self._repository.associations_of(record["identifier"]))
        page = pages.item_page(
            presenter.single("CFItems", record, framework),
            associations,
            document=presenter.document(framework),
            ancestors=self._ancestors(record),
            places=self._places([*_ends(associations), *_links(record)], home=framework),
        )
        return _page(page)

    def rubric(self, request: Request) -> Response:
        record, framework = self._found("CFRubrics", request.path_params["identifier"])
        presenter = self._presenter(request)
        assessed = [
            each["CFItemURI"]["identifier"] for each in record.get("CFRubricCriteria", ()) if "CFItemURI" in each
        ]
        page = pages.rubric_page(
            presenter.single("CFRubrics", record, framework),
            document=presenter.document(framework),
            places=self._places(assessed, home=framework),
        )
        return _page(page)

    def crosswalk(self, request: Request) -> Response:
        left = self._framework(request.path_params["left"])
        right = self._framework(request.path_params["right"])
        pair = {left.identifier, right.identifier}
        associations = [record for record, ends in self._crossing() if {ends[0][0], ends[1][0]} == pair]
        page = pages.crosswalk_page(self._package(request, left), self._package(request, right), associations)
        return _page(page)

    def _presenter(self, request: Request) -> Presenter:
        return Presenter(self._repository, version=_SHOWN, base=self._base_of(request))

    def _framework(self, identifier: str) -> Framework:
        framework = self._repository.framework(identifier)
        if framework is None:
            raise HTTPException(404, _UNKNOWN)
        return framework

    def _found(self, collection: str, identifier: str) -> tuple[Record, Framework]:
        found = self._repository.find(collection, identifier)
        if found is None:
            raise HTTPException(404, _UNKNOWN)
        return found

    def _package(self, request: Request, framework: Framework) -> dict[str, Any]:
        return self._presenter(request).whole(framework)

    def _crossing(self) -> Iterator[tuple[Record, tuple[tuple[str, str], tuple[str, str]]]]:
        """Yield the associations between frameworks, each with identifier and title of both frameworks."""
        for holder, record in self._repository.crossing():
            ends = [
                self._repository.find("CFItems", record[end]["identifier"])
                for end in ("originNodeURI", "destinationNodeURI")
            ]
            heads = [found[1] if found else holder for found in ends]
            if heads[0].identifier != heads[1].identifier:
                yield record, (_named(heads[0]), _named(heads[1]))

    def _crosswalks(self) -> list[pages.Crosswalk]:
        counts = Counter(ends for _, ends in self._crossing())
        return [
            pages.Crosswalk(
                left_id=left[0],
                left_title=left[1],
                right_id=right[0],
                right_title=right[1],
                count=count + counts[right, left],
            )
            for (left, right), count in counts.items()
            # Associations in both directions are one crosswalk, turned as most of them are.
            if (count, left) > (counts[right, left], right)
        ]

    def _ancestors(self, record: Record) -> list[Record]:
        """Return the items above an item from the top down, by the first parent of each."""
        found = {record["identifier"]: record}
        above: Record | None = record
        while above is not None and len(found) <= _HIGHEST:
            above = self._parent(above, besides=found)
            if above is not None:
                found[above["identifier"]] = above
        return list(found.values())[:0:-1]

    def _parent(self, record: Record, *, besides: Container[str]) -> Record | None:
        for association in self._repository.associations_of(record["identifier"]):
            parent = association["destinationNodeURI"]["identifier"]
            if association["associationType"] == "isChildOf" and parent not in besides:
                found = self._repository.find("CFItems", parent)
                if found is not None:
                    return found[0]
        return None

    def _places(self, identifiers: Iterable[str], *, home: Framework) -> dict[str, pages.Place]:
        """Return the pages of the records that the repository has among some."""
        held = self._repository.collections_of(identifiers)
        places = {identifier: self._place(identifier, collections, home) for identifier, collections in held.items()}
        return {identifier: place for identifier, place in places.items() if place is not None}

    def _place(self, identifier: str, collections: set[str], home: Framework) -> pages.Place | None:
        if "CFDocuments" in collections:
            return pages.Place(path=pages.framework_path(identifier))
        collection = next((each for each in ("CFItems", *_DEFINITIONS) if each in collections), None)
        found = self._repository.find(collection, identifier) if collection else None
        if found is None:
            return None
        if collection != "CFItems":
            return pages.Place(path=pages.framework_path(found[1].identifier, part=identifier))
        is_home = found[1].identifier == home.identifier
        return pages.Place(path=pages.item_path(identifier), framework=None if is_home else _named(found[1])[1])


def _named(framework: Framework) -> tuple[str, str]:
    return framework.identifier, str(framework.document["title"])


def _ends(associations: Iterable[Record]) -> Iterator[str]:
    for association in associations:
        for end in ("originNodeURI", "destinationNodeURI"):
            yield association[end]["identifier"]


def _links(record: Record) -> Iterator[str]:
    for member in _LINKS_OF_ITEMS:
        content = record.get(member) or []
        for link in content if isinstance(content, list) else [content]:
            yield link["identifier"]
