"""What a filter should find: an evaluation of the grammar that knows what the standard leaves open (REST Binding, 3.3)."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

from skillmark.suites.case.ordering import Order, bare, compared, folded, instant, is_moment, uncapped


class Match(enum.Enum):
    """Whether a record belongs into the result."""

    YES = 1
    #: The standard leaves it open.
    OPEN = 0
    NO = -1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One comparison of a filter."""

    field: str
    predicate: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}{self.predicate}'{self.value}'"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter: one comparison, or two joined by a logical operator."""

    first: Comparison
    #: ``AND``, ``OR``, or empty for a single comparison.
    operator: str = ""
    second: Comparison | None = None

    def __str__(self) -> str:
        return str(self.first) if self.second is None else f"{self.first} {self.operator} {self.second}"

    def match(self, record: dict[str, Any]) -> Match:
        """Return whether a record belongs into the result."""
        first = matched(self.first, record)
        if self.second is None:
            return first
        choose = min if self.operator == "AND" else max
        return choose(first, matched(self.second, record), key=lambda match: match.value)


def matched(comparison: Comparison, record: dict[str, Any]) -> Match:
    """Return whether a record satisfies one comparison."""
    found, is_list = _values(record, comparison.field.split("."))
    if found is None:
        return Match.OPEN
    if not found:
        # That a record without the member is unequal to a value is as defensible as that it is left out.
        return Match.OPEN if comparison.predicate == "!=" else Match.NO
    if is_list:
        return _of_list(comparison, found)
    return _of_text(comparison, found[0])


def _values(value: Any, path: list[str]) -> tuple[list[str] | None, bool]:  # noqa: ANN401 - any JSON value
    """Return the texts at a path and whether an array was on the way; ``None`` for values that are no texts."""
    is_list = False
    current = [value]
    for name in path:
        current = [each[name] for each in current if isinstance(each, dict) and name in each]
        if any(isinstance(each, list) for each in current):
            is_list = True
            current = [entry for each in current if isinstance(each, list) for entry in each]
    if not all(isinstance(each, str) for each in current):
        return None, is_list
    return current, is_list


def _of_text(comparison: Comparison, text: str) -> Match:
    wanted = comparison.value
    match comparison.predicate:
        case "=":
            return _equal(text, wanted)
        case "!=":
            return Match(-_equal(text, wanted).value)
        case "~":
            return _contains(text, wanted)
        case predicate:
            return _stands(predicate, compared(text, wanted))


def _equal(text: str, wanted: str) -> Match:
    if uncapped(text) == uncapped(wanted):
        return Match.YES
    moments = instant(text), instant(wanted)
    is_near = bare(text) == bare(wanted) or (moments[0] is not None and moments[0] == moments[1])
    return Match.OPEN if is_near else Match.NO


def _contains(text: str, wanted: str) -> Match:
    if is_moment(text):
        # What a time contains depends on how it is written, which is up to the product.
        return Match.YES if text == wanted else Match.OPEN
    if uncapped(wanted) in uncapped(text) and folded(wanted) in folded(text):
        return Match.YES
    return Match.OPEN if bare(wanted) in bare(text) or uncapped(wanted) in uncapped(text) else Match.NO


def _stands(predicate: str, order: Order) -> Match:
    if order is Order.UNDEFINED:
        return Match.OPEN
    right = {
        ">": order is Order.GREATER,
        ">=": order is not Order.LESS,
        "<": order is Order.LESS,
        "<=": order is not Order.GREATER,
    }[predicate]
    return Match.YES if right else Match.NO


def _of_list(comparison: Comparison, entries: list[str]) -> Match:
    """Compare with an array: ``=`` with the complete list, ``~`` with any of the named entries."""
    if any("," in entry for entry in entries):
        return Match.OPEN
    wanted = [uncapped(part.strip()) for part in comparison.value.split(",")]
    have = [uncapped(entry) for entry in entries]
    match comparison.predicate:
        case "=" if have == wanted:
            return Match.YES
        case "=":
            return Match.OPEN if sorted(map(bare, have)) == sorted(map(bare, wanted)) else Match.NO
        case "~" if set(have) & set(wanted):
            return Match.YES
        case "~":
            is_near = any(bare(part) in bare(entry) for part in wanted for entry in have)
            return Match.OPEN if is_near else Match.NO
        case _:
            return Match.OPEN
