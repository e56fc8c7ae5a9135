"""The service description of a host, read for what a client needs of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.services import Service

_OFFLINE = "offline_access"
_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
_REVOCATION = ("x-imssf-revocationUrl", "revocationUrl", "revocation_url", "revocation_endpoint")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A service description (OpenAPI 3.0)."""

    service: Service
    #: The whole document.
    value: Mapping[str, Any]
    #: The security scheme that was read, and its authorization code flow; empty where there is none.
    scheme: Mapping[str, Any]
    flow: Mapping[str, Any]
    #: JSON pointer to the scheme.
    pointer: str
    #: Absolute; empty where there is none.
    registration_url: str
    authorization_url: str
    token_url: str
    refresh_url: str
    revocation_url: str
    #: What each scope means.
    scopes: Mapping[str, str]
    paths: Mapping[str, Any]
    #: Path below the base path, and method in lower case.
    operations: Mapping[tuple[str, str], Mapping[str, Any]]
    #: Id of the exchange that brought it.
    exchange: str

    def scope_of(self, operation: str) -> str:
        """Return the scope that an operation needs: the one that is described, or that of the standard."""
        row = self.service.operations[operation]
        described = self.operations.get((row.path or "", row.method.lower()), {})
        asked = list(_scopes_of(described))
        return str(row.scope) if not asked or row.scope in asked else asked[0]

    @property
    def all_scopes(self) -> tuple[str, ...]:
        """The scopes of all operations that are described; of those that certification demands where none is."""
        rows = [each for each in self.service.operations.values() if each.scope]
        here = [each for each in rows if (each.path, each.method.lower()) in self.operations]
        needed = {each for role in ("service_provider_read", "service_provider_write") for each in self._required(role)}
        chosen = here or [each for each in rows if each.id in needed]
        scopes = dict.fromkeys(self.scope_of(each.id) for each in chosen)
        return (*scopes, *([_OFFLINE] if _OFFLINE in self.scopes else []))

    def _required(self, role: str) -> tuple[str, ...]:
        found = self.service.certification.get(role)
        return found.required if found else ()


def description_of(service: Service, value: Mapping[str, Any], *, exchange: str, address: str) -> Description:
    """Read a description, whatever is wrong with it."""
    name, scheme = _scheme(service, value)
    flow = _object(_object(scheme.get("flows")).get("authorizationCode"))
    revocation = next((place[each] for place in (scheme, flow) for each in _REVOCATION if place.get(each)), "")

    def absolute(found: object) -> str:
        try:
            return urljoin(address, found) if isinstance(found, str) and found else ""
        except ValueError:
            return ""

    token_url = absolute(flow.get("tokenUrl"))
    paths = _object(value.get("paths"))
    return Description(
        service=service,
        value=value,
        scheme=scheme,
        flow=flow,
        pointer=f"/components/securitySchemes/{name}",
        registration_url=absolute(scheme.get("x-imssf-registrationUrl")),
        authorization_url=absolute(flow.get("authorizationUrl")),
        token_url=token_url,
        refresh_url=absolute(flow.get("refreshUrl")) or token_url,
        revocation_url=absolute(revocation),
        scopes={str(key): str(text) for key, text in _object(flow.get("scopes")).items()},
        paths=paths,
        operations=dict(_operations(service, paths)),
        exchange=exchange,
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _scheme(service: Service, value: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the scheme of the standard; without it, any other one that has the flow, so that all the rest can be judged."""
    schemes = _object(_object(value.get("components")).get("securitySchemes"))
    usual = service.security.scheme
    if isinstance(schemes.get(usual), dict):
        return usual, schemes[usual]
    for name, scheme in schemes.items():
        if _object(_object(scheme).get("flows")).get("authorizationCode"):
            return name, scheme
    return usual, {}


def _operations(service: Service, paths: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Yield what is described, by path below the base path and method; the base path may be part of the paths."""
    known = {each.path for each in service.operations.values() if each.path}
    for path, item in paths.items():
        bare = path.rstrip("/")
        below = next((each for each in known if each and bare.endswith(each)), bare)
        for method, operation in _object(item).items():
            if method.lower() in _METHODS:
                yield (below, method.lower()), _object(operation)


def _scopes_of(operation: Mapping[str, Any]) -> Iterator[str]:
    for alternative in operation.get("security") or ():
        for scopes in _object(alternative).values():
            yield from (each for each in (scopes if isinstance(scopes, list) else ()) if isinstance(each, str))
