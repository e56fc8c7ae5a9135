"""Values of filters that tell a right reading from a wrong one: REST Binding 3.3."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from skillmark.strategies.filters import is_expressible
from skillmark.suites.case.filter_oracle import Comparison
from skillmark.suites.case.ordering import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ORDERED = (">", ">=", "<", "<=")
_BOUNDARIES = ("lastChangeDateTime", "statusStartDate", "identifier")
_TEXTS = ("title", "creator", "description")
#: Signs that stand for any letter in the search languages of databases.
_WILDCARDS = "_%*."
_SHORTEST = 5
_ZONE = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
_ZONES = (
    "The binding does not say that times are compared by their instant, whatever the zone that they are written in."
)


def various(values: Sequence[str]) -> tuple[str, ...]:
    """Return a few values that a provider may read differently: the shortest, one with a comma, one beyond ASCII."""
    found = (
        min(values, key=len, default=None),
        next((value for value in values if "," in value), None),
        next((value for value in values if not value.isascii()), None),
        next((value for value in values if " AND " in value or " OR " in value), None),
    )
    return tuple(dict.fromkeys(value for value in found if value is not None))


def telling(predicate: str, texts: Mapping[str, Sequence[str]]) -> Iterator[tuple[Comparison, str]]:
    """Yield comparisons at which a predicate shows what it means, each with the dispute that there is about it."""
    if predicate in _ORDERED:
        for field in _BOUNDARIES:
            for value in sorted(texts.get(field, ()))[:3]:
                yield Comparison(field=field, predicate=predicate, value=value), ""
        for value in sorted(texts.get("lastChangeDateTime", ()))[:2]:
            if elsewhere := _in_another_zone(value):
                yield Comparison(field="lastChangeDateTime", predicate=predicate, value=elsewhere), _ZONES
        return
    field, value = _long_text(texts)
    if not value:
        return
    half = len(value) // 2
    parts = {
        "=": (value[:half],),
        "~": (value[half:], *(f"{value[:half]}{sign}{value[half + 1 :]}" for sign in _WILDCARDS)),
    }
    for part in map(str.strip, parts.get(predicate, ())):
        if is_expressible(part):
            yield Comparison(field=field, predicate=predicate, value=part), ""


def _in_another_zone(text: str) -> str:
    """Return the same instant in the time of another zone; empty where the calendar ends."""
    moment = instant(text)
    try:
        return moment.astimezone(_ZONE).isoformat() if moment else ""
    except OverflowError:
        return ""


def _long_text(texts: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return a member and a value of plain letters that is long enough to be taken apart; empty where there is none."""
    for field in _TEXTS:
        for value in texts.get(field, ()):
            if len(value) >= _SHORTEST and value.isascii() and value[len(value) // 2].isalpha():
                return field, value
    return "", ""
