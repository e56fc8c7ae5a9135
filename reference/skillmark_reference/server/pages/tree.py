"""The tree of a framework's items, as its isChildOf associations say it.

The tree is a flat list of steps: trees come in any depth, and with every fault that data can have. An item is opened at its first
place only and mentioned at its further places, so a cycle ends and no item is shown more often than associations name it.
"""

from __future__ import annotations

import dataclasses
import enum
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark_reference.frameworks.storing import Record

#: Beyond this depth children follow their parent instead of standing in it; browsers give up on deeper pages.
_DEEPEST = 60
_MOST_ROWS = 5_000
#: As many rows as a screen holds are open from the start.
_OPEN_ROWS = 40


class Move(enum.Enum):
    """What happens at a step."""

    LEAF = "leaf"
    OPEN = "open"
    CLOSE = "close"


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One item of the tree, or the end of an item's children."""

    move: Move
    depth: int
    item: Record | None = None
    children: int = 0
    #: The item stands at an earlier place already.
    is_repeated: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a page shows of the items of a framework."""

    steps: list[Step]
    #: Items that no chain of parents leads from to the document.
    orphans: list[Step]
    #: Items of the framework, and how many of them are shown.
    total: int
    shown: int
    #: Rows above this depth are open from the start.
    open_depth: int


def tree_of(package: Record, *, most_rows: int = _MOST_ROWS) -> Tree:
    """Return the tree of a package, of its first rows where there are too many for one page."""
    growth = _Growth(package, most_rows=most_rows)
    steps = growth.from_document()
    orphans = growth.from_orphans()
    return Tree(
        steps=steps,
        orphans=orphans,
        total=len(growth.items),
        shown=len({step.item["identifier"] for step in [*steps, *orphans] if step.item}),
        open_depth=_open_depth(steps),
    )


def items_in_order(package: Record) -> list[Record]:
    """Return all items of a package in the order of its tree, each once."""
    growth = _Growth(package, most_rows=None)
    steps = [*growth.from_document(), *growth.from_orphans()]
    return [step.item for step in steps if step.item and not step.is_repeated]


def _open_depth(steps: list[Step]) -> int:
    rows = Counter(step.depth for step in steps if step.item)
    depth, visible = 1, rows[0] + rows[1]
    while rows[depth + 1] and visible + rows[depth + 1] <= _OPEN_ROWS:
        depth += 1
        visible += rows[depth]
    return depth


class _Growth:
    """Walks the associations of a package; what was placed before is not placed again."""

    def __init__(self, package: Record, *, most_rows: int | None) -> None:
        self.items: dict[str, Record] = {item["identifier"]: item for item in package.get("CFItems") or []}
        self._document = package["CFDocument"]["identifier"]
        self._children = _children(package)
        self._placed: set[str] = set()
        self._rows_left = most_rows

    def from_document(self) -> list[Step]:
        """Return what is below the document."""
        return list(self._walk(self._below(self._document)))

    def from_orphans(self) -> list[Step]:
        """Return what is left: first what has no parent here, then what is its own ancestor."""
        held = {child for parent in self.items for child in self._below(parent)}
        steps = list(self._walk([each for each in self.items if each not in held and each not in self._placed]))
        for each in self.items:
            if each not in self._placed:
                steps += self._walk([each])
        return steps

    def _below(self, parent: str) -> list[str]:
        return [child for child in self._children.get(parent, ()) if child in self.items]

    def _walk(self, roots: list[str]) -> Iterator[Step]:
        pending = _pending(roots, 0)
        while pending:
            identifier, depth = pending.pop()
            if identifier is None:
                yield Step(Move.CLOSE, depth)
            elif self._has_room():
                step = self._step(identifier, depth)
                children = self._below(identifier) if step.children else []
                if step.move is Move.OPEN:
                    pending.append((None, depth))
                pending += _pending(children, min(depth + 1, _DEEPEST))
                yield step

    def _step(self, identifier: str, depth: int) -> Step:
        is_repeated = identifier in self._placed
        self._placed.add(identifier)
        children = 0 if is_repeated else len(self._below(identifier))
        move = Move.OPEN if children and depth < _DEEPEST else Move.LEAF
        return Step(move, depth, self.items[identifier], children, is_repeated)

    def _has_room(self) -> bool:
        if self._rows_left is None:
            return True
        self._rows_left -= 1
        return self._rows_left >= 0


def _pending(identifiers: Iterable[str], depth: int) -> list[tuple[str | None, int]]:
    """Return a stack whose top is the first identifier."""
    return [(each, depth) for each in reversed(list(identifiers))]


def _children(package: Record) -> dict[str, list[str]]:
    """Return children by parent, in the order of their sequenceNumber; those without one come last."""
    found: dict[str, list[tuple[bool, int, str]]] = {}
    for association in package.get("CFAssociations") or []:
        if association["associationType"] == "isChildOf":
            parent = association["destinationNodeURI"]["identifier"]
            found.setdefault(parent, []).append((*sequence(association), association["originNodeURI"]["identifier"]))
    return {parent: _named_once(children) for parent, children in found.items()}


def sequence(association: dict[str, Any]) -> tuple[bool, int]:
    """Return the key that siblings are ordered by."""
    number = association.get("sequenceNumber")
    return number is None, number or 0


def _named_once(children: list[tuple[bool, int, str]]) -> list[str]:
    ordered = sorted(children, key=lambda child: child[:2])
    return list(dict.fromkeys(identifier for *_, identifier in ordered))
