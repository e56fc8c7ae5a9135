"""JSON Schemas (2020-12), derived from a standard's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillmark_reference.standards.tables import Datatype, Enumeration, Property, RecordClass, Standard

_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}


def json_schema(standard: Standard, record_class: str) -> dict[str, Any]:
    """Return the schema of one class, with the classes that it reaches under ``$defs``.

    Closed where the standard is closed, patterns anchored, formats to be asserted.

    Raises:
        KeyError: the standard has no such class.
    """
    root = standard.classes[record_class]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:skillmark:{standard.id}:{record_class}",
        **_object(standard, root),
        "$defs": {name: _object(standard, standard.classes[name]) for name in sorted(_reached(standard, root))},
    }


def _reached(standard: Standard, row: RecordClass, known: frozenset[str] = frozenset()) -> frozenset[str]:
    for member in row.properties.values():
        if member.type in standard.classes and member.type not in known:
            known |= {member.type}
            known |= _reached(standard, standard.classes[member.type], known)
    return known


def _object(standard: Standard, row: RecordClass) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "title": row.name,
        "description": f"{row.about[:1].upper()}{row.about[1:]} ({row.clause})",
        "type": "object",
        "properties": {name: _member(standard, facts) for name, facts in row.properties.items()},
        "additionalProperties": not row.closed,
    }
    if row.required:
        schema["required"] = list(row.required)
    return schema


def _member(standard: Standard, row: Property) -> dict[str, Any]:
    value = _value(standard, row)
    if row.card.is_array:
        value = {"type": "array", "items": value}
        if row.card.is_required:
            value["minItems"] = 1
    if row.note:
        value["description"] = row.note
    return value


def _value(standard: Standard, row: Property) -> dict[str, Any]:
    if row.type in standard.classes:
        return {"$ref": f"#/$defs/{row.type}"}
    if row.type in standard.enums:
        return _tokens(standard.enums[row.type])
    return _primitive(standard.datatypes[row.type])


def _tokens(enumeration: Enumeration) -> dict[str, Any]:
    tokens = {"enum": list(enumeration.values)}
    if enumeration.pattern is None:
        return {"type": "string", **tokens}
    return {"type": "string", "anyOf": [tokens, {"pattern": enumeration.pattern}]}


def _primitive(datatype: Datatype) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": datatype.base}
    if datatype.pattern:
        schema["pattern"] = datatype.pattern
    if datatype.format in {"uri", "date", "date-time"}:
        schema["format"] = datatype.format
    if datatype.base == "integer":
        schema |= _INT32
        if datatype.minimum is not None:
            schema["minimum"] = datatype.minimum
    return schema
