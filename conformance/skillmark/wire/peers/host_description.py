"""The service description of the host that the harness plays (Open Badges API Security, Service Description)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillmark_reference.services import Operation, Service


def authorization_server(url: str, stamp: str) -> str:
    """Return below which address clients register and get tokens; with a stamp it is that of one run."""
    return f"{url}/oauth2/{stamp}".rstrip("/")


def description_of_host(service: Service, url: str, stamp: str = "") -> dict[str, Any]:
    """Return an OpenAPI 3.0 document of every operation of a service, at one address."""
    server = authorization_server(url, stamp)
    paths: dict[str, dict[str, Any]] = {}
    for operation in service.operations.values():
        if operation.path is not None:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(service, operation)
    flow = {
        "authorizationUrl": f"{server}/authorize",
        "tokenUrl": f"{server}/token",
        "refreshUrl": f"{server}/token",
        "scopes": dict(service.scopes),
    }
    scheme = {
        "type": "oauth2",
        "description": "Authorization code with PKCE; clients register themselves.",
        "x-imssf-registrationUrl": f"{server}/register",
        "flows": {"authorizationCode": flow},
    }
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Skillmark: a host for clients under test",
            "version": service.version,
            "termsOfService": f"{url}/terms",
            "x-imssf-privacyPolicyUrl": f"{url}/privacy",
            "x-imssf-image": f"{url}/logo.svg",
        },
        "servers": [{"url": f"{url}{service.base_path}", "description": "Where calls are recorded."}],
        "paths": paths,
        "components": {"securitySchemes": {service.security.scheme: scheme}},
    }


def _operation(service: Service, operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.id,
        "summary": operation.about,
        "tags": [service.title],
        "security": [{service.security.scheme: [operation.scope]}] if operation.scope else [],
        "responses": {
            str(status): {"description": " or ".join(names)} for status, names in operation.responses.items()
        },
    }
