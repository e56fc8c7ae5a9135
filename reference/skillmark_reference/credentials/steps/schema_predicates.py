"""Whether a value conforms to a schema derived from the tables: yes or no, without the reasons.

jsonschema takes most of the time of a verification to find nothing. Here a schema is turned into functions once, with the
meaning that jsonschema gives to each keyword (JSON Schema 2020-12, Validation, 6). Only what does not conform is shown to
jsonschema, which says why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Predicate = Callable[[Any], bool]

_FORMATS = Draft202012Validator.FORMAT_CHECKER
#: What says nothing about values.
_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "examples"})
#: What is read together with another keyword.
_PARTNERS = {
    "additionalProperties": ("properties", "patternProperties"),
    "prefixItems": ("items",),
    "then": ("if",),
}


class UnknownKeyword(ValueError):  # noqa: N818 - which keyword is missing here, in words for a person
    """A schema has a keyword, or a value of one, that no table needs."""


def predicate(schema: Mapping[str, Any]) -> Predicate:
    """Return the function that tells whether a JSON value conforms to a schema.

    Raises:
        UnknownKeyword: The schema says more than can be told here.
    """
    return _Schemas(schema.get("$defs", {})).all_of(schema)


class _Schemas:
    """The schemas that refer to one another."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._found: dict[str, Predicate] = {}

    def all_of(self, schema: Mapping[str, Any]) -> Predicate:
        """Return whether all keywords of a schema hold."""
        names = [name for name in schema if name not in _SILENT and not _is_read_with_another(name, schema)]
        parts = [self._keyword(name, schema) for name in names]
        if len(parts) == 1:
            return parts[0]
        return lambda value: all(part(value) for part in parts)

    def _keyword(self, name: str, schema: Mapping[str, Any]) -> Predicate:  # noqa: PLR0911 - one for each keyword
        given = schema[name]
        match name:
            case "$ref":
                return self._reference(given.removeprefix("#/$defs/"))
            case "properties":
                members = {member: self.all_of(each) for member, each in given.items()}
                return _members(members, is_closed=not schema.get("additionalProperties", True))
            case "patternProperties" if "properties" not in schema and schema.get("additionalProperties") is False:
                return _keys([(re.compile(pattern).search, self.all_of(each)) for pattern, each in given.items()])
            case "items":
                return _entries([self.all_of(each) for each in schema.get("prefixItems", [])], self.all_of(given))
            case "contains":
                one = self.all_of(given)
                return lambda value: not isinstance(value, list) or any(map(one, value))
            case "anyOf":
                branches = [self.all_of(each) for each in given]
                return lambda value: any(branch(value) for branch in branches)
            case "allOf":
                parts = [self.all_of(each) for each in given]
                return lambda value: all(part(value) for part in parts)
            case "if":
                condition, consequence = self.all_of(given), self.all_of(schema["then"])
                return lambda value: not condition(value) or consequence(value)
            case "not":
                excluded = self.all_of(given)
                return lambda value: not excluded(value)
            case _:
                return _assertion(name, given)

    def _reference(self, name: str) -> Predicate:
        """Return the predicate of a definition, which may refer to itself, and is read once."""
        found = self._found
        if name not in found:
            found[name] = _never
            found[name] = self.all_of(self._definitions[name])

        def holds(value: Any) -> bool:  # noqa: ANN401 - any JSON
            return found[name](value)

        return holds


def _never(_value: object) -> bool:
    """Stand for a definition as long as it is read."""
    return False


def _is_read_with_another(name: str, schema: Mapping[str, Any]) -> bool:
    return any(partner in schema for partner in _PARTNERS.get(name, ()))


def _members(members: Mapping[str, Predicate], *, is_closed: bool) -> Predicate:
    get = members.get

    def holds(value: Any) -> bool:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            return True
        for name, member in value.items():
            check = get(name)
            if check is None:
                if is_closed:
                    return False
            elif not check(member):
                return False
        return True

    return holds


def _keys(patterns: Sequence[tuple[Callable[[str], object], Predicate]]) -> Predicate:
    """Return whether every member has a name like one of the patterns, and the value that belongs to each of them."""

    def holds(value: Any) -> bool:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            return True
        for name, member in value.items():
            checks = [check for fits, check in patterns if fits(name)]
            if not checks or not all(check(member) for check in checks):
                return False
        return True

    return holds


def _entries(first: Sequence[Predicate], others: Predicate) -> Predicate:
    def holds(value: Any) -> bool:  # noqa: ANN401 - any JSON
        if not isinstance(value, list):
            return True
        heads = all(check(entry) for check, entry in zip(first, value, strict=False))
        return heads and all(map(others, value[len(first) :]))

    return holds


def _assertion(name: str, given: Any) -> Predicate:  # noqa: ANN401, PLR0911 - any value, and one return for each keyword
    match name:
        case "type":
            return _type(given)
        case "required":
            return lambda value: not isinstance(value, dict) or all(each in value for each in given)
        case "minItems":
            return lambda value: not isinstance(value, list) or len(value) >= given
        case "minimum":
            return lambda value: not _is_number(value) or value >= given
        case "pattern":
            search = re.compile(given).search
            return lambda value: not isinstance(value, str) or search(value) is not None
        case "format":
            return lambda value: not isinstance(value, str) or _FORMATS.conforms(value, given)
        case "const" if isinstance(given, bool):
            return lambda value: value is given
        case "const" if isinstance(given, str):
            return lambda value: bool(value == given)
        case "enum" if all(isinstance(each, str) for each in given):
            texts = frozenset(given)
            return lambda value: isinstance(value, str) and value in texts
        case _:
            raise UnknownKeyword(f"the schema has {name} {given!r}, which the tables do not use")


def _type(given: str | Sequence[str]) -> Predicate:
    if not isinstance(given, str):
        kinds = [_TYPES[each] for each in given]
        return lambda value: any(kind(value) for kind in kinds)
    return _TYPES[given]


def _is_number(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Predicate] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}
