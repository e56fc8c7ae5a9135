"""An item: its place in the tree, and its associations by type and direction."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark_reference.server.pages.nodes import Node, node_of
from skillmark_reference.server.pages.tree import sequence
from skillmark_reference.server.pages.wording import association_heading, association_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from skillmark_reference.frameworks.storing import Record
    from skillmark_reference.server.pages.nodes import Place

_MOST_ENTRIES = 500


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The other end of an association, and what the association says of itself."""

    node: Node
    sequence: int | None
    grouping: str | None
    notes: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """The associations of one type in one direction."""

    heading: str
    association_type: str
    entries: list[Entry]
    total: int


def relations_of(identifier: str, associations: Iterable[Record], *, places: Mapping[str, Place]) -> list[Relations]:
    """Return the associations of an item, its place in the tree first."""
    groups: dict[tuple[str, bool], list[Record]] = {}
    for association in associations:
        is_origin = association["originNodeURI"]["identifier"] == identifier
        groups.setdefault((association["associationType"], is_origin), []).append(association)
    order = {each: index for index, each in enumerate(association_types())}
    keys = sorted(groups, key=lambda key: (order.get(key[0], len(order)), key[0], not key[1]))
    return [_relations(name, groups[name, is_origin], is_origin=is_origin, places=places) for name, is_origin in keys]


def _relations(
    association_type: str, associations: list[Record], *, is_origin: bool, places: Mapping[str, Place]
) -> Relations:
    end = "destinationNodeURI" if is_origin else "originNodeURI"
    ordered = sorted(associations, key=sequence)
    return Relations(
        heading=association_heading(association_type, is_origin=is_origin),
        association_type=association_type,
        entries=[_entry(each, end, places) for each in ordered[:_MOST_ENTRIES]],
        total=len(ordered),
    )


def _entry(association: Record, end: str, places: Mapping[str, Place]) -> Entry:
    grouping = association.get("CFAssociationGroupingURI")
    return Entry(
        node=node_of(association[end], places),
        sequence=association.get("sequenceNumber"),
        grouping=grouping["title"] if grouping else None,
        notes=association.get("notes"),
    )
