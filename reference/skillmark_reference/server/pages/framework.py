"""A framework: its definitions and the associations beside the tree."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from skillmark_reference.server.pages.nodes import Node, Place, framework_path, item_path, node_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.frameworks.storing import Record

_MOST_ROWS = 1_000
_COLLECTIONS = {
    "CFItemTypes": "Item types",
    "CFSubjects": "Subjects",
    "CFConcepts": "Concepts",
    "CFLicenses": "Licences",
    "CFAssociationGroupings": "Association groupings",
}
#: Members of definitions that are shown after their title, with their headings.
_MEMBERS = {
    "hierarchyCode": "Code",
    "typeCode": "Type code",
    "keywords": "Keywords",
    "description": "Description",
    "licenseText": "Text",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """The definitions of one kind."""

    title: str
    #: Members that at least one of them has, with their headings.
    members: dict[str, str]
    records: list[Record]
    total: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One association as a row of a table."""

    origin: Node
    association_type: str
    destination: Node
    grouping: str | None
    notes: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The associations beside the tree."""

    rows: list[Line]
    total: int
    #: How many there are of every type, the most frequent first.
    counts: list[tuple[str, int]]


def definitions_of(package: Record) -> list[Definitions]:
    """Return the kinds of definitions that a package has."""
    held = package.get("CFDefinitions") or {}
    return [_definitions(title, held[collection]) for collection, title in _COLLECTIONS.items() if held.get(collection)]


def _definitions(title: str, records: list[Record]) -> Definitions:
    used = {member: label for member, label in _MEMBERS.items() if any(record.get(member) for record in records)}
    return Definitions(title=title, members=used, records=records[:_MOST_ROWS], total=len(records))


def places_of_definitions(package: Record) -> dict[str, Place]:
    """Return the rows of the definitions that the page shows."""
    document = package["CFDocument"]["identifier"]
    shown = [record["identifier"] for kind in definitions_of(package) for record in kind.records]
    return {identifier: Place(path=framework_path(document, part=identifier)) for identifier in shown}


def nodes_elsewhere(package: Record) -> set[str]:
    """Return what the listed associations of a package name without the package having it."""
    listed = _beside_the_tree(package)[:_MOST_ROWS]
    ends = {each[end]["identifier"] for each in listed for end in ("originNodeURI", "destinationNodeURI")}
    return ends - set(places_in(package))


def lines_of(package: Record, places: Mapping[str, Place]) -> Lines:
    """Return the associations of a package that are no part of its tree; ``places`` are those of nodes elsewhere."""
    beside = _beside_the_tree(package)
    known = {**places, **places_in(package)}
    return Lines(
        rows=[_line(association, known) for association in beside[:_MOST_ROWS]],
        total=len(beside),
        counts=Counter(association["associationType"] for association in beside).most_common(),
    )


def places_in(package: Record) -> dict[str, Place]:
    """Return the pages of a package's items and of its document."""
    places = {item["identifier"]: Place(path=item_path(item["identifier"])) for item in package.get("CFItems") or []}
    document = package["CFDocument"]["identifier"]
    return places | {document: Place(path=framework_path(document))}


def _beside_the_tree(package: Record) -> list[Record]:
    return [each for each in package.get("CFAssociations") or [] if each["associationType"] != "isChildOf"]


def _line(association: Record, places: Mapping[str, Place]) -> Line:
    grouping = association.get("CFAssociationGroupingURI")
    return Line(
        origin=node_of(association["originNodeURI"], places),
        association_type=association["associationType"],
        destination=node_of(association["destinationNodeURI"], places),
        grouping=grouping["title"] if grouping else None,
        notes=association.get("notes"),
    )
