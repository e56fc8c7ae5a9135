"""The discovery document: an OpenAPI description of this very service (REST Binding 1.1, 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.standards.json_schema import json_schema

if TYPE_CHECKING:
    from skillmark_reference.standards import Operation, Standard

_HEADERS = {
    "X-Total-Count": {"description": "Documents after filtering, before paging.", "schema": {"type": "integer"}},
    "Link": {"description": "next, prev, first and last page (RFC 8288).", "schema": {"type": "string"}},
}


def openapi(standard: Standard, *, root: str, secured_by: str | None) -> dict[str, Any]:
    """Return the description of the service at an address; ``secured_by`` is the address of its token endpoint."""
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Skillmark reference CASE provider",
            "version": standard.version,
            "description": f"Every operation of {standard.title}.",
        },
        "servers": [{"url": root, "description": "This provider."}],
        "paths": {
            operation.path: {"get": _operation(standard, operation)} for operation in standard.operations.values()
        },
        "components": {"schemas": _schemas(standard)},
    }
    if secured_by is not None:
        flow = {"clientCredentials": {"tokenUrl": secured_by, "scopes": {}}}
        document["components"]["securitySchemes"] = {"OAuth2": {"type": "oauth2", "flows": flow}}
        document["security"] = [{"OAuth2": []}]
    return document


def _operation(standard: Standard, operation: Operation) -> dict[str, Any]:
    parameters = [_query_parameter(standard, name) for name in operation.query]
    if operation.sourced_id_of:
        schema = {"type": "string", "pattern": standard.datatypes["UUID"].pattern}
        parameters.append({"name": "sourcedId", "in": "path", "required": True, "schema": schema})
    return {
        "operationId": operation.id,
        "tags": [operation.interface],
        "parameters": parameters,
        "responses": {
            "200": _response("The requested data.", operation.payload)
            | ({"headers": _HEADERS} if operation.response_headers else {}),
            **{
                str(status): _response(standard.statuses[status].meaning or "Refused.", "imsx_StatusInfo")
                for status in operation.statuses
                if status != 200  # noqa: PLR2004 - the success described above
            },
            "default": _response("Refused for another reason.", "imsx_StatusInfo"),
        },
    }


def _query_parameter(standard: Standard, name: str) -> dict[str, Any]:
    row = standard.parameters[name]
    schema = {key: row[key] for key in ("type", "format", "minimum", "enum", "default") if key in row}
    parameter = {"name": name, "in": "query", "required": False, "schema": schema}
    if schema["type"] == "array":
        schema["items"] = {"type": row["items"]}
        # Comma-separated in one value; the default would be one parameter for each.
        parameter |= {"style": "form", "explode": False}
    return parameter


def _response(description: str, payload: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{payload}"}
    return {"description": description, "content": {"application/json": {"schema": reference}}}


def _schemas(standard: Standard) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for payload in sorted({operation.payload for operation in standard.operations.values()} | {"imsx_StatusInfo"}):
        schema = json_schema(standard, payload)
        found |= schema.pop("$defs")
        found[payload] = {name: value for name, value in schema.items() if not name.startswith("$")}
    return {name: _relocated(schema) for name, schema in sorted(found.items())}


def _relocated(schema: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema whose references point into the components."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _relocated(value)
            for name, value in schema.items()
        }
    return [_relocated(entry) for entry in schema] if isinstance(schema, list) else schema
