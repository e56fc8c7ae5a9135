"""JSON as data: which Python values are JSON that every program reads alike (RFC 8259, RFC 7493)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Levels of objects and arrays; real credentials have about ten, and every level costs stack.
MAX_DEPTH = 64
#: Whole numbers up to here are doubles.
_EXACT = 2**53
_SURROGATE = re.compile("[\ud800-\udfff]")


def json_problems(
    value: object, pointer: str = "", *, depth: int = 0, exact_integers: bool = True
) -> Iterator[Problem]:
    """Yield every part of a value that is not interoperable JSON: other types, lone surrogates, numbers that are no doubles.

    Whole numbers that a double only approaches are problems too, unless the caller rounds them.
    """
    if isinstance(value, (dict, list)):
        if depth >= MAX_DEPTH:
            yield _invalid(pointer, f"the document is nested deeper than {MAX_DEPTH} levels")
            return
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(value, dict) and (not isinstance(name, str) or _is_broken(name)):
                yield _invalid(pointer, f"the member name {quoted(name)} is no Unicode text")
            else:
                yield from json_problems(part, child(pointer, name), depth=depth + 1, exact_integers=exact_integers)
    elif (message := _scalar_problem(value, exact_integers=exact_integers)) is not None:
        yield _invalid(pointer, message)


def is_simple(value: object, *, depth: int = 0) -> bool:
    """Tell whether a value has no problem, and sorted by member names is in canonical form as any program writes it.

    That takes ASCII names, which sort alike by code points and by UTF-16 code units, and numbers that are whole (RFC 8785, 3.2).
    """
    match value:
        case str():
            return not _is_broken(value)
        case bool() | None:
            return True
        case int():
            return -_EXACT <= value <= _EXACT
        case dict() if depth < MAX_DEPTH:
            names = all(isinstance(name, str) and name.isascii() for name in value)
            return names and all(is_simple(part, depth=depth + 1) for part in value.values())
        case list() if depth < MAX_DEPTH:
            return all(is_simple(part, depth=depth + 1) for part in value)
        case _:
            return False


def without(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the object without some of its members."""
    return {name: value for name, value in document.items() if name not in names}


def as_list(value: object) -> list[Any]:
    """Return an array as it is, nothing as an empty array, and anything else as its only entry."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def entries(value: object, pointer: str) -> Iterator[tuple[Any, str]]:
    """Yield the value, or the entries of the array that it is, arrays in arrays included, each with its pointer."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from entries(entry, child(pointer, index))
    else:
        yield value, pointer


def _scalar_problem(value: object, *, exact_integers: bool) -> str | None:
    match value:
        case str() if _is_broken(value):
            return "the text has a lone surrogate, which has no UTF-8 form"
        case float() if not math.isfinite(value):
            return f"{value} is no JSON number"
        case int() if not _is_double(value, exact=exact_integers):
            return "programs read the number differently: no double of IEEE 754 has that value"
        case str() | bool() | int() | float() | None:
            return None
        case _:
            return f"{type(value).__name__} is no JSON type"


def _is_broken(text: str) -> bool:
    return not text.isascii() and _SURROGATE.search(text) is not None


def _is_double(number: int, *, exact: bool) -> bool:
    try:
        return int(float(number)) == number or not exact
    except OverflowError:
        return False


def _invalid(pointer: str, message: str) -> Problem:
    return Problem(kind=ProblemKind.INVALID_VALUE, pointer=pointer, message=message)
