"""Paging, sorting, filtering and selecting the members of a list: REST Binding 2.3.1 and 3."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyuca

    from skillmark_reference.frameworks.storing import Record
    from skillmark_reference.standards import RecordClass, Standard

DEFAULT_LIMIT = 100
_LARGEST = 2**31 - 1
_COMPARISON = r"(?P<field{n}>[^\s'=!<>~]+)(?P<predicate{n}>!=|>=|<=|=|>|<|~)'(?P<value{n}>.*{lazy})'"
_FILTER = re.compile(
    _COMPARISON.format(n=1, lazy="?") + "(?: (?P<operator>AND|OR) " + _COMPARISON.format(n=2, lazy="") + ")?",
    re.DOTALL,
)
#: A quote may be part of a value, but not with all this behind it: a third comparison, or an operator that is none.
_FURTHER = re.compile(r"'\s+(?:AND|OR)\s+[^\s'=!<>~]+(?:!=|>=|<=|=|>|<|~)'", re.IGNORECASE)


class QueryProblem(Exception):  # noqa: N818 - what the client got wrong
    """A query parameter that is answered with 400."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        #: Name of the parameter.
        self.parameter = parameter


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list."""

    records: list[Record]
    #: Records in the whole list, after filtering.
    total: int
    limit: int
    offset: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    path: tuple[str, ...]
    predicate: str
    value: str


def answer(
    records: list[Record], query: Mapping[str, str], *, standard: Standard, record_class: str, cap: int | None = None
) -> Page:
    """Return the page of a list that a query asks for; parameters that are not the standard's are ignored.

    Raises:
        QueryProblem: limit, offset, filter or fields cannot be understood.
    """
    row = standard.classes[record_class]
    limit = _number(query, "limit", least=1, default=DEFAULT_LIMIT)
    limit = min(limit, cap) if cap else limit
    offset = _number(query, "offset", least=0, default=0)
    select = _selection(query.get("fields"), row)
    found = records
    if "filter" in query:
        matches = _filter(query["filter"], standard, row)
        found = [record for record in found if matches(record)]
    found = _sorted(found, query.get("sort"), query.get("orderBy"), standard, row)
    page = [select(record) for record in found[offset : offset + limit]]
    return Page(records=page, total=len(found), limit=limit, offset=offset)


def _number(query: Mapping[str, str], name: str, *, least: int, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or not least <= int(text) <= _LARGEST:
        raise QueryProblem(name, f"{name} has to be a whole number of at least {least}")
    return int(text)


def _selection(text: str | None, row: RecordClass) -> Callable[[Record], Record]:
    """Return what makes a record of a selection; a name that the class lacks selects everything (REST Binding, 3.4)."""
    if text is None:
        return lambda record: record
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise QueryProblem("fields", "fields has to name members of the record, with commas between them")
    if any(name not in row.properties for name in names):
        return lambda record: record
    wanted = set(names)
    return lambda record: {name: value for name, value in record.items() if name in wanted}


# Sorting


def _sorted(
    records: list[Record], field: str | None, direction: str | None, standard: Standard, row: RecordClass
) -> list[Record]:
    """Return records in the order of a member; the default order for a member that does not exist (REST Binding, 3.2)."""
    if field is None or not _is_field(field, standard, row):
        return records
    path = tuple(field.split("."))
    keyed = [(_sort_key(values), record) for record in records if (values := _values(record, path))]
    missing = [record for record in records if not _values(record, path)]
    keyed.sort(key=lambda pair: pair[0], reverse=direction == "desc")
    return [record for _, record in keyed] + missing


def _sort_key(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_key(value) for value in values)


def _key(value: object) -> tuple[Any, ...]:
    if isinstance(value, (int, float)):
        return (0, float(value))
    moment = _instant(str(value))
    return (1, moment.timestamp()) if moment else _text_key(value)


def _text_key(value: object) -> tuple[Any, ...]:
    return (2, *_collation(str(value).casefold()))


@functools.lru_cache(maxsize=50_000)
def _collation(text: str) -> tuple[int, ...]:
    return tuple(_collator().sort_key(text))


@functools.cache
def _collator() -> pyuca.Collator:
    """Return the Unicode Collation Algorithm, which takes a moment to load."""
    import pyuca  # noqa: PLC0415 - as the docstring says

    return pyuca.Collator()


def _instant(text: str) -> datetime.datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[Tt]", text):
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


# Filtering


def _filter(text: str, standard: Standard, row: RecordClass) -> Callable[[Record], bool]:
    match = _FILTER.fullmatch(text) if text.endswith("'") else None
    if match is None or any(_FURTHER.search(match[value] or "") for value in ("value1", "value2")):
        raise QueryProblem("filter", "filter has to be like title~'data', or two of these joined by AND or OR")
    first = _comparison(match, 1, standard, row)
    if match["operator"] is None:
        return lambda record: _satisfies(record, first)
    second = _comparison(match, 2, standard, row)
    joined = all if match["operator"] == "AND" else any
    return lambda record: joined(_satisfies(record, each) for each in (first, second))


def _comparison(match: re.Match[str], number: int, standard: Standard, row: RecordClass) -> _Comparison:
    field = match[f"field{number}"]
    if not _is_field(field, standard, row):
        raise QueryProblem("filter", f"{row.name} has no member {field[:60]!r} that a filter could compare")
    return _Comparison(
        path=tuple(field.split(".")), predicate=match[f"predicate{number}"], value=match[f"value{number}"]
    )


def _is_field(field: str, standard: Standard, row: RecordClass) -> bool:
    """Whether a dotted name leads to a value that can be compared."""
    name, _, rest = field.partition(".")
    if name not in row.properties:
        return False
    inner = standard.classes.get(row.properties[name].type)
    if inner is None:
        return not rest
    if not inner.closed:
        return bool(rest)
    return bool(rest) and _is_field(rest, standard, inner)


def _values(record: Any, path: tuple[str, ...]) -> list[Any]:  # noqa: ANN401 - any JSON value
    """Return the values at a path; several when arrays are on the way."""
    current = [record]
    for name in path:
        inner = [each[name] for each in current if isinstance(each, dict) and name in each]
        current = [entry for each in inner for entry in (each if isinstance(each, list) else [each])]
    return [each for each in current if isinstance(each, (str, int, float)) and not isinstance(each, bool)]


def _satisfies(record: Record, comparison: _Comparison) -> bool:
    """Whether a record satisfies a comparison; one without the member never does."""
    values = _values(record, comparison.path)
    if not values:
        return False
    if len(values) > 1 or isinstance(record.get(comparison.path[0]), list):
        return _satisfies_list([str(value).casefold() for value in values], comparison)
    return _satisfies_one(values[0], comparison.predicate, comparison.value)


def _satisfies_list(entries: list[str], comparison: _Comparison) -> bool:
    """Compare with an array: ``=`` with the complete list, ``~`` with any of the named entries."""
    whole = ",".join(entries)
    wanted = comparison.value.casefold()
    match comparison.predicate:
        case "=":
            return whole == wanted
        case "!=":
            return whole != wanted
        case "~":
            return wanted in entries or any(part.strip() in entries for part in wanted.split(","))
        case predicate:
            return any(_satisfies_one(entry, predicate, comparison.value) for entry in entries)


def _satisfies_one(value: object, predicate: str, wanted: str) -> bool:
    match predicate:
        case "=":
            return _is_equal(value, wanted)
        case "!=":
            return not _is_equal(value, wanted)
        case "~":
            return wanted.casefold() in str(value).casefold()
    left, right = _comparable(value, wanted)
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[predicate]


def _is_equal(value: object, wanted: str) -> bool:
    if str(value).casefold() == wanted.casefold():
        return True
    moment = _instant(str(value))
    return moment is not None and moment == _instant(wanted)


def _comparable(value: object, wanted: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return what a value and a text are compared by: as numbers or as instants where both are such, else as texts."""
    left, right = _key(value), _key(_as_number(wanted) if isinstance(value, (int, float)) else wanted)
    return (left, right) if left[0] == right[0] else (_text_key(value), _text_key(wanted))


def _as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
