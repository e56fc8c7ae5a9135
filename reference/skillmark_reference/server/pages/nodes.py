"""Links of records, as a page shows them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark_reference.server.pages.wording import path_part, web_address
from skillmark_reference.standards import load_standard, standard_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.frameworks.storing import Record


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the pages show a record."""

    #: Path below the root, ready for use.
    path: str
    #: Title of the framework that published the record, where it is worth telling.
    framework: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One end of an association, or another link."""

    title: str
    #: Our own page of the record; else the address that the link names, if a browser may go there.
    place: Place | None
    address: str | None
    #: Type of a target outside of CASE.
    target_type: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The JSON form of a record."""

    text: str
    #: Path below the root.
    path: str


def node_of(link: Record, places: Mapping[str, Place]) -> Node:
    """Return a link as it is shown: with our page where there is one."""
    place = places.get(link["identifier"])
    target_type = link.get("targetType", "CASE")
    return Node(
        title=link["title"],
        place=place,
        address=None if place else web_address(link["uri"]),
        target_type=None if target_type == "CASE" else target_type,
    )


def item_path(identifier: str) -> str:
    """Return the path of the page of an item."""
    return f"items/{path_part(identifier)}"


def framework_path(identifier: str, *, part: str | None = None) -> str:
    """Return the path of the page of a framework, or of a row in it."""
    path = f"frameworks/{path_part(identifier)}"
    return path if part is None else f"{path}#{path_part(part)}"


def json_addresses(identifier: str, *collections: str) -> list[Address]:
    """Return the addresses of a record in every version that has an operation for it, the latest first."""
    standards = [load_standard(each) for each in sorted(standard_ids(), reverse=True)]
    return [
        Address(
            text=f"{collection}, {standard.name} {standard.version}",
            path=f"{standard.base_path.removeprefix('/')}/{collection}/{path_part(identifier)}",
        )
        for standard in standards
        for collection in collections
        if any(operation.collection == collection for operation in standard.operations.values())
    ]
