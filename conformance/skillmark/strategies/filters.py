"""Filters over values that occur: the grammar of REST Binding 3.3, drawn."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

#: Signs that a filter value cannot hold (a quote cannot be escaped), or that some layer on the way may not carry.
_UNSAFE = frozenset("'\"\\\t\r\n\0")
_SHORTEST = 3
_LONGEST = 300


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DrawnComparison:
    """Field, predicate and value of one comparison."""

    field: str
    predicate: str
    value: str


def is_expressible(value: str) -> bool:
    """Whether a value can stand between the quotes of a filter."""
    return bool(value.strip()) and value == value.strip() and not _UNSAFE & set(value) and len(value) <= _LONGEST


def comparisons(values: Mapping[str, Sequence[str]], predicates: Sequence[str]) -> SearchStrategy[DrawnComparison]:
    """Draw comparisons of fields with values that occur in the data, and with parts of them.

    A part tells ``=`` from ``~``, and lies between values where an order is asked for.
    """
    usable = {field: [value for value in found if is_expressible(value)] for field, found in values.items()}
    fields = sorted(field for field, found in usable.items() if found)
    return st.sampled_from(fields).flatmap(
        lambda field: st.sampled_from(list(predicates)).flatmap(
            lambda predicate: _operands(usable[field]).map(
                lambda value: DrawnComparison(field=field, predicate=predicate, value=value)
            )
        )
    )


def _operands(values: Sequence[str]) -> SearchStrategy[str]:
    whole = st.sampled_from(list(values))
    return st.one_of(whole, whole.flatmap(_parts))


def _parts(value: str) -> SearchStrategy[str]:
    if len(value) <= _SHORTEST:
        return st.just(value)
    return st.tuples(st.integers(0, len(value) - _SHORTEST), st.integers(_SHORTEST, len(value))).map(
        lambda cut: _trimmed(value, cut[0], cut[1])
    )


def _trimmed(value: str, start: int, length: int) -> str:
    part = value[start : start + length].strip()
    return part if is_expressible(part) else value
