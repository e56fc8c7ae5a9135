"""JSON Schemas (2020-12), derived from a vocabulary's table.

Open Badges and CLR know one canonical JSON form, in which every repeatable property is an array, and let some properties stand
without the array when JSON-LD is compacted. The published schemas let more through than the text does.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.vocabularies.tables import Datatype, Enumeration, Item, Property, RecordClass, Vocabulary

_LANGUAGE_MAP = {
    "type": "object",
    "patternProperties": {"^[a-z]{2}(-[A-Z]{2})?$": {"type": "string"}},
    "additionalProperties": False,
}


class Form(enum.Enum):
    """Which JSON of the same statements is accepted."""

    #: Every repeatable property is an array.
    CANONICAL = "canonical"
    #: Properties that the text marks may be one value without its array.
    COMPACTED = "compacted"
    #: Any repeatable property may be one value, any text a map by language, ``@context`` and ``type`` one string.
    LENIENT = "lenient"


def json_schema(vocabulary: Vocabulary, record_class: str, form: Form = Form.COMPACTED) -> dict[str, Any]:
    """Return the schema of one class, with the classes that it reaches under ``$defs``.

    Closed where the standard is closed, patterns anchored, formats to be asserted.

    Raises:
        KeyError: the vocabulary has no such class; the message lists those that exist.
    """
    if record_class not in vocabulary.classes:
        raise KeyError(f"no class {record_class!r}; there are: {', '.join(vocabulary.classes)}")
    derived = _Derived(vocabulary, form)
    root = vocabulary.classes[record_class]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:skillmark:{vocabulary.id}:{record_class}:{form.value}",
        **derived.of_class(root),
        "$defs": {name: derived.of_class(vocabulary.classes[name]) for name in sorted(_reached(vocabulary, root))},
    }


def _reached(vocabulary: Vocabulary, row: RecordClass, known: frozenset[str] = frozenset()) -> frozenset[str]:
    for name in _types_of(row):
        if name in vocabulary.classes and name not in known:
            known |= {name}
            known |= _reached(vocabulary, vocabulary.classes[name], known)
    return known


def _types_of(row: RecordClass) -> Iterator[str]:
    yield from row.union
    for member in row.properties.values():
        yield from member.types


class _Derived:
    """The schemas of one vocabulary in one form."""

    def __init__(self, vocabulary: Vocabulary, form: Form) -> None:
        self._vocabulary = vocabulary
        self._form = form

    def of_class(self, row: RecordClass) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "title": row.name,
            "description": f"{row.about[:1].upper()}{row.about[1:]} ({row.clause})",
        }
        if row.union:
            return schema | self._any_of(row.union)
        schema |= {
            "type": "object",
            "properties": {name: self._member(facts) for name, facts in row.properties.items()},
            "additionalProperties": not row.closed,
        }
        if row.required:
            schema["required"] = list(row.required)
        if row.at_least_one:
            schema["anyOf"] = [{"required": [name]} for name in row.at_least_one]
        if conditions := list(self._conditions(row)):
            schema["allOf"] = conditions
        return schema

    def _conditions(self, row: RecordClass) -> Iterator[dict[str, Any]]:
        for member in row.properties.values():
            if member.pattern_if is not None:
                flag = {"properties": {member.pattern_if: {"const": True}}, "required": [member.pattern_if]}
                pattern = self._any_of(member.types)
                yield {"if": flag, "then": {"properties": {member.name: pattern}}}

    def _member(self, row: Property) -> dict[str, Any]:
        schema = self._one(row)
        if row.card.is_array:
            one, many = self._single(row), self._array(row, schema)
            schema = many if one is None else {"anyOf": [many, one]}
        return schema | {"description": row.note} if row.note else schema

    def _array(self, row: Property, value: dict[str, Any]) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array", "items": value}
        if least := max(row.card.minimum, row.min_items, len(row.items)):
            schema["minItems"] = least
        if row.items:
            schema["prefixItems"] = [_item(item) for item in row.items]
        if row.contains:
            schema["allOf"] = [{"contains": _one_of(names)} for names in row.contains]
        return schema

    def _single(self, row: Property) -> dict[str, Any] | None:
        """Return the schema of a value without its array, ``None`` where the array is needed."""
        if self._form is Form.LENIENT:
            return self._one(row)
        if self._form is Form.CANONICAL or not row.compactable or row.card.minimum > 1:
            return None
        required = [_one_of(names) for names in row.contains]
        return self._one(row) | ({"allOf": required} if required else {})

    def _one(self, row: Property) -> dict[str, Any]:
        if row.const is not None:
            return {"const": row.const}
        schema = self._any_of(row.types, unconditional=row.pattern_if is None)
        if not row.fixed:
            return schema
        members = {name: {"const": value} for name, value in row.fixed.items()}
        return {"allOf": [schema, {"properties": members, "required": list(row.fixed)}]}

    def _any_of(self, types: tuple[str, ...], *, unconditional: bool = True) -> dict[str, Any]:
        schemas = [self._type(name, unconditional=unconditional) for name in types]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _type(self, name: str, *, unconditional: bool) -> dict[str, Any]:
        if name in self._vocabulary.classes:
            return {"$ref": f"#/$defs/{name}"}
        if name in self._vocabulary.enums:
            return self._text(_tokens(self._vocabulary.enums[name]))
        return self._text(_primitive(self._vocabulary.datatypes[name], unconditional=unconditional))

    def _text(self, schema: dict[str, Any]) -> dict[str, Any]:
        if self._form is Form.LENIENT and schema["type"] == "string":
            return {"anyOf": [schema, _LANGUAGE_MAP]}
        return schema


def _item(item: Item) -> dict[str, Any]:
    return {"const": item.const} if item.pattern is None else {"type": "string", "pattern": item.pattern}


def _one_of(names: tuple[str, ...]) -> dict[str, Any]:
    return {"const": names[0]} if len(names) == 1 else {"enum": list(names)}


def _tokens(enumeration: Enumeration) -> dict[str, Any]:
    tokens = {"enum": list(enumeration.values)}
    if enumeration.open:
        return {"type": "string", "examples": list(enumeration.values)}
    if enumeration.pattern is None:
        return {"type": "string", **tokens}
    return {"type": "string", "anyOf": [tokens, {"pattern": enumeration.pattern}]}


def _primitive(datatype: Datatype, *, unconditional: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": datatype.base[0] if len(datatype.base) == 1 else list(datatype.base)}
    if datatype.pattern and unconditional:
        schema["pattern"] = datatype.pattern
    if datatype.format:
        schema["format"] = datatype.format
    if datatype.minimum is not None:
        schema["minimum"] = datatype.minimum
    if datatype.normalized:
        schema["not"] = {"pattern": "[\\t\\n\\r]"}
    return schema
