"""Making a credential smaller: what can be left out of it by the tables, the most at once first."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from skillmark.suites.credentials.shown import entries, nodes_of
from skillmark_reference.credentials.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Record = dict[str, Any]


def reduced(credential: Mapping[str, Any], is_still_bad: Callable[[Record], bool]) -> Record:
    """Return what is left of a credential when everything is taken out without which it is still bad."""
    smallest = dict(credential)
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for pointer in _dispensable(smallest):
            candidate = _without(smallest, pointer)
            if candidate is not None and is_still_bad(candidate):
                smallest, is_smaller = candidate, True
    return smallest


def _dispensable(credential: Record) -> list[str]:
    """Return the places of optional members, and of entries beside others, the largest first."""
    kind = kind_of(credential)
    sizes: dict[str, int] = {}
    for node in nodes_of(credential, "", kind.record_class(credential), kind.vocabulary):
        for facts, pointer, value in node.members:
            if not facts.card.is_required:
                sizes[pointer] = len(json.dumps(value))
            if isinstance(value, list) and len(value) > max(1, facts.card.minimum):
                sizes |= {place: len(json.dumps(each)) for place, each in entries(pointer, value)}
    return sorted(sizes, key=lambda each: -sizes[each])


def _without(credential: Record, pointer: str) -> Record | None:
    """Return a copy without what a pointer leads to; nothing where that has gone already, or is the last of its kind."""
    *way, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    made = copy.deepcopy(credential)
    holder: Any = made
    for step in way:
        try:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        except (LookupError, TypeError):
            return None
    if isinstance(holder, list):
        # An array that became empty would be another defect.
        return made if len(holder) > max(1, int(last)) and holder.pop(int(last)) is not None else None
    return made if isinstance(holder, dict) and holder.pop(last, None) is not None else None
