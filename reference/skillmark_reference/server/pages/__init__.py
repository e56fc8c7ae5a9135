"""What the pages for people show: HTML that is read without JavaScript, and searched and drawn with it.

Everything that comes from a database is hostile: templates escape it, addresses become links only if they are http or https, and
text in Markdown or LaTeX is shown as it was written.
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from skillmark_reference.server.pages.crosswalk import comparison_of
from skillmark_reference.server.pages.framework import definitions_of, lines_of, nodes_elsewhere, places_of_definitions
from skillmark_reference.server.pages.item import relations_of
from skillmark_reference.server.pages.nodes import Place, framework_path, item_path, json_addresses
from skillmark_reference.server.pages.overview import Crosswalk, example_endpoints, groups_of
from skillmark_reference.server.pages.rendering import CONTENT_SECURITY_POLICY, asset, render
from skillmark_reference.server.pages.rubric import grid_of
from skillmark_reference.server.pages.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from skillmark_reference.frameworks.storing import Record

__all__ = [
    "CONTENT_SECURITY_POLICY",
    "Crosswalk",
    "Place",
    "asset",
    "crosswalk_page",
    "error_page",
    "framework_page",
    "framework_path",
    "index_page",
    "item_page",
    "item_path",
    "nodes_elsewhere",
    "render",
    "rubric_page",
]


def index_page(
    documents: Sequence[Record],
    *,
    crosswalks: Sequence[Crosswalk],
    endpoints: Mapping[str, str],
    services: Mapping[str, str] = MappingProxyType({}),
    learners: int = 0,
) -> str:
    """Return the first page; ``endpoints`` are base addresses of the interface by the title of their version.

    ``services`` are those of the APIs beside it, ``learners`` are those whose records are hosted.
    """
    groups = groups_of(documents, crosswalks)
    return render(
        "index.html",
        root="./",
        count=len(documents),
        groups=groups,
        crosswalks=[crosswalk for group in groups for crosswalk in group.crosswalks],
        endpoints=example_endpoints(endpoints, documents),
        services=services,
        learners=learners,
    )


def framework_page(package: Record, *, crosswalks: Sequence[Crosswalk], places: Mapping[str, Place]) -> str:
    """Return the page of a framework, whole but for the rows that are too many; ``places`` are those of nodes elsewhere."""
    document = package["CFDocument"]
    return render(
        "framework.html",
        root="../",
        document=document,
        tree=tree_of(package),
        lines=lines_of(package, places),
        definitions=definitions_of(package),
        places=places_of_definitions(package),
        rubrics=package.get("CFRubrics") or [],
        crosswalks=crosswalks,
        addresses=json_addresses(document["identifier"], "CFPackages", "CFDocuments"),
    )


def item_page(
    item: Record,
    associations: Iterable[Record],
    *,
    document: Record,
    ancestors: Sequence[Record] = (),
    places: Mapping[str, Place],
) -> str:
    """Return the page of an item: ``ancestors`` from the root down, ``places`` of records that have a page by identifier."""
    identifier = item["identifier"]
    return render(
        "item.html",
        root="../",
        item=item,
        document=document,
        ancestors=ancestors,
        relations=relations_of(identifier, associations, places=places),
        places=places,
        addresses=json_addresses(identifier, "CFItems", "CFItemAssociations"),
    )


def rubric_page(rubric: Record, *, document: Record, places: Mapping[str, Place]) -> str:
    """Return the page of a rubric as a grid; ``places`` are those of the items that it assesses."""
    return render(
        "rubric.html",
        root="../",
        rubric=rubric,
        document=document,
        grid=grid_of(rubric),
        places=places,
        addresses=json_addresses(rubric["identifier"], "CFRubrics"),
    )


def crosswalk_page(left: Record, right: Record, associations: Sequence[Record]) -> str:
    """Return the page of the associations between two packages."""
    return render("crosswalk.html", root="../../", comparison=comparison_of(left, right, associations))


def error_page(status: int, message: str, *, root: str = "/") -> str:
    """Return the page that is shown in the place of another."""
    return render("error.html", root=root, status=status, phrase=HTTPStatus(status).phrase, message=message)
