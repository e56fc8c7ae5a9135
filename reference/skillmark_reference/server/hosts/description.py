"""The service description: an OpenAPI 3.0 document of this very service (Open Badges API Security, Service Description)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.vocabularies.json_schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.services import Operation, Service
    from skillmark_reference.vocabularies import Vocabulary

_REFERENCE = "#/components/schemas/"
#: Keywords of JSON Schema 2020-12 that OpenAPI 3.0 does not have, and that can be left out.
_LATER = frozenset(
    {"$schema", "$id", "$defs", "prefixItems", "contains", "patternProperties", "if", "then", "examples"}
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Absolute addresses that the description names."""

    root: str
    terms: str
    privacy_policy: str
    image: str
    registration: str
    authorization: str
    token: str


def service_description(service: Service, addresses: Addresses) -> dict[str, Any]:
    """Return the description of a service: the operations that are supported, and how a client gets a token."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in service.operations.values():
        if operation.path is not None:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(service, operation)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"Skillmark reference host: {service.title}",
            "version": service.version,
            "description": f"Every operation of the {service.title}.",
            "termsOfService": addresses.terms,
            "x-imssf-privacyPolicyUrl": addresses.privacy_policy,
            "x-imssf-image": addresses.image,
        },
        "servers": [{"url": addresses.root, "description": "This host."}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(_schemas(service).items())),
            "securitySchemes": {service.security.scheme: _scheme(service, addresses)},
        },
    }


def _scheme(service: Service, addresses: Addresses) -> dict[str, Any]:
    flow = {
        "authorizationUrl": addresses.authorization,
        "tokenUrl": addresses.token,
        "refreshUrl": addresses.token,
        "scopes": dict(service.scopes),
    }
    return {
        "type": "oauth2",
        "description": "Authorization code with PKCE; clients register themselves.",
        "x-imssf-registrationUrl": addresses.registration,
        "flows": {"authorizationCode": flow},
    }


def _operation(service: Service, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.about,
        "tags": [service.title],
        "parameters": [_parameter(service, name) for name in operation.query],
        "security": [{service.security.scheme: [operation.scope]}] if operation.scope else [],
    }
    if operation.bodies:
        content = {media_type: _schema(name) for name, types in operation.bodies.items() for media_type in types}
        described["requestBody"] = {"required": True, "content": content}
    responses = {str(status): _response(operation, names) for status, names in operation.responses.items()}
    responses["default"] = _response(operation, operation.default_response)
    return described | {"responses": responses}


def _parameter(service: Service, name: str) -> dict[str, Any]:
    row = service.parameters[name]
    return {"name": name, "in": "query", "required": False, "description": row.about, **_schema(row.type)}


def _schema(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"{_REFERENCE}{name}"}}


def _response(operation: Operation, names: tuple[str, ...]) -> dict[str, Any]:
    content = {
        media_type: _schema(name) for name in names for media_type in operation.bodies.get(name, ("application/json",))
    }
    described = {"description": " or ".join(names) or "Nothing has changed."}
    return described | ({"content": content} if content else {})


def _schemas(service: Service) -> dict[str, Any]:
    vocabulary = service.vocabulary
    found: dict[str, Any] = {}
    for name in sorted(_named(service)):
        found |= dict(_definitions(vocabulary, name))
    return found


def _named(service: Service) -> Iterator[str]:
    for operation in service.operations.values():
        if operation.path is not None:
            yield from operation.bodies
            yield from operation.default_response
            yield from (name for names in operation.responses.values() for name in names)
    yield from (each.type for each in service.parameters.values())


def _definitions(vocabulary: Vocabulary, name: str) -> Iterator[tuple[str, Any]]:
    if name in vocabulary.datatypes:
        row = vocabulary.datatypes[name]
        facts = {"type": row.base[0], "pattern": row.pattern, "format": row.format, "minimum": row.minimum}
        yield name, {key: value for key, value in facts.items() if value is not None}
        return
    schema = json_schema(vocabulary, name)
    yield name, _earlier(schema)
    for each, definition in schema["$defs"].items():
        yield each, _earlier(definition)


def _earlier(schema: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema as OpenAPI 3.0 has it; where it cannot say all of it, it lets more through."""
    if isinstance(schema, list):
        return [each for each in map(_earlier, schema) if each]
    if not isinstance(schema, dict):
        return schema
    told = {name: _member(name, value) for name, value in schema.items() if name not in _LATER}
    if told.get("type") == "array":
        told.setdefault("items", {})
    return {_RENAMED.get(name, name): value for name, value in told.items() if value != []}


_RENAMED = {"const": "enum"}


def _member(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if name == "const":
        return [value]
    if name == "$ref":
        return value.replace("#/$defs/", _REFERENCE)
    if name == "properties":
        return {each: _earlier(inner) for each, inner in value.items()}
    if name in {"enum", "required"}:
        return value
    return _earlier(value)
