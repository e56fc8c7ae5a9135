"""Two frameworks side by side, with the associations between their items."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from skillmark_reference.server.pages.framework import places_in
from skillmark_reference.server.pages.nodes import Node, node_of
from skillmark_reference.server.pages.tree import items_in_order
from skillmark_reference.server.pages.wording import association_types, is_directed, label_of, language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from skillmark_reference.frameworks.storing import Record

_MOST_PAIRS = 2_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A node of one column."""

    #: Name of its row within the page.
    anchor: str
    node: Node
    code: str | None = None
    language: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One framework of a crosswalk."""

    document: Record
    stops: list[Stop]
    #: Items that take part, and items of the framework.
    involved: int
    total: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One association."""

    left: Stop
    right: Stop
    association_type: str
    #: Class of the line that stands for it.
    style: str
    #: ``right`` if the left end is the origin, ``left`` if the right one is, ``both`` if it does not matter.
    points: str
    notes: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An entry of the legend."""

    association_type: str
    style: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a page shows of a crosswalk."""

    left: Side
    right: Side
    #: In the order of the left tree.
    pairs: list[Pair]
    kinds: list[Kind]
    #: Associations, of which the pairs are the first where they are too many for a page.
    total: int


def comparison_of(left: Record, right: Record, associations: Sequence[Record]) -> Comparison:
    """Return the crosswalk between two packages."""
    columns = _Column(left, "left"), _Column(right, "right")
    crossings = [_crossing(association, *columns) for association in associations[:_MOST_PAIRS]]
    left_stops = columns[0].stops(crossing.left for crossing in crossings)
    right_stops = columns[1].stops(crossing.right for crossing in crossings)
    pairs = _ordered([_pair(each, left_stops, right_stops) for each in crossings], left_stops, right_stops)
    return Comparison(
        left=columns[0].side(left_stops),
        right=columns[1].side(right_stops),
        pairs=pairs,
        kinds=_kinds(pairs),
        total=len(associations),
    )


def style_of(association_type: str) -> str:
    """Return the class of the lines of a type; those that a vendor invented share one."""
    return f"of-{association_type}" if association_type in association_types() else "of-ext"


@dataclasses.dataclass(frozen=True, slots=True)
class _Crossing:
    """An association, turned so that its left end is in the left framework."""

    association: Record
    left: Record
    right: Record
    is_forward: bool


class _Column:
    """One of the frameworks, with its items in the order of the tree."""

    def __init__(self, package: Record, name: str) -> None:
        self._name = name
        self._document = package["CFDocument"]
        self._places = places_in(package)
        self._items = {item["identifier"]: item for item in items_in_order(package)}

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._items

    def stops(self, links: Iterable[Record]) -> dict[str, Stop]:
        """Return the stops for links: items in the order of the tree, then what is no item of the framework."""
        wanted = {link["identifier"]: link for link in links}
        order = [*(each for each in self._items if each in wanted), *(each for each in wanted if each not in self)]
        return {each: self._stop(number, wanted[each]) for number, each in enumerate(order)}

    def side(self, stops: dict[str, Stop]) -> Side:
        """Return what is told of the framework as a whole."""
        involved = sum(each in self for each in stops)
        return Side(document=self._document, stops=list(stops.values()), involved=involved, total=len(self._items))

    def _stop(self, number: int, link: Record) -> Stop:
        item = self._items.get(link["identifier"])
        anchor = f"{self._name}-{number}"
        if item is None:
            return Stop(anchor=anchor, node=node_of(link, self._places))
        return Stop(
            anchor=anchor,
            node=node_of(link | {"title": label_of(item)}, self._places),
            code=item.get("humanCodingScheme"),
            language=language(item.get("language"), self._document.get("language")),
        )


def _crossing(association: Record, left: _Column, right: _Column) -> _Crossing:
    origin, destination = association["originNodeURI"], association["destinationNodeURI"]
    fits = origin["identifier"] in left or destination["identifier"] in right
    fits_turned = origin["identifier"] in right or destination["identifier"] in left
    if fits or not fits_turned:
        return _Crossing(association, origin, destination, is_forward=True)
    return _Crossing(association, destination, origin, is_forward=False)


def _pair(crossing: _Crossing, left: dict[str, Stop], right: dict[str, Stop]) -> Pair:
    association_type = crossing.association["associationType"]
    forward = "right" if crossing.is_forward else "left"
    return Pair(
        left=left[crossing.left["identifier"]],
        right=right[crossing.right["identifier"]],
        association_type=association_type,
        style=style_of(association_type),
        points=forward if is_directed(association_type) else "both",
        notes=crossing.association.get("notes"),
    )


def _ordered(pairs: list[Pair], left: dict[str, Stop], right: dict[str, Stop]) -> list[Pair]:
    """Return pairs from top to bottom of the left column, then of the right one."""
    heights = {stop.anchor: height for stops in (left, right) for height, stop in enumerate(stops.values())}
    return sorted(pairs, key=lambda pair: (heights[pair.left.anchor], heights[pair.right.anchor]))


def _kinds(pairs: list[Pair]) -> list[Kind]:
    counts = Counter(pair.association_type for pair in pairs)
    return [Kind(association_type=each, style=style_of(each), count=count) for each, count in counts.most_common()]
