"""What the host says of itself, and the two standards that it speaks."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

from .wire import Asked, Reply, of_json

if TYPE_CHECKING:
    from .switches import Switches


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What differs between the two standards."""

    id: str
    base: str
    scopes: str
    types: frozenset[str]
    title: str

    def scope(self, name: str) -> str:
        """Return the address of a scope."""
        return self.scopes + name


STANDARDS = (
    Standard(
        id="ob-3.0",
        base="/ims/ob/v3p0",
        scopes="https://purl.imsglobal.org/spec/ob/v3p0/scope/",
        types=frozenset({"AchievementCredential", "OpenBadgeCredential"}),
        title="Open Badges at the wallet",
    ),
    Standard(
        id="clr-2.0",
        base="/ims/clr/v2p0",
        scopes="https://purl.imsglobal.org/spec/clr/v2p0/scope/",
        types=frozenset({"ClrCredential"}),
        title="Learner records at the wallet",
    ),
)
#: Method and path, operation, last part of the scope.
OPERATIONS = {
    ("GET", "/credentials"): ("getCredentials", "credential.readonly"),
    ("POST", "/credentials"): ("upsertCredential", "credential.upsert"),
    ("GET", "/profile"): ("getProfile", "profile.readonly"),
    ("PUT", "/profile"): ("putProfile", "profile.update"),
}


class Describing:
    """The service description; each part is a method."""

    switches: Switches

    def discovers(self, asked: Asked, standard: Standard) -> Reply:
        reply = of_json(self.description(asked, standard), 200, ("Cache-Control", self.switches.caching))
        if not self.switches.etag:
            return reply
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:20]}"'
        tag = f"W/{tag}" if self.switches.etag == "weak" else tag
        given = {each.strip() for each in asked.headers.get("if-none-match", "").split(",")}
        if tag in given or "*" in given:
            return Reply(status=304, headers=[("ETag", tag), ("Cache-Control", self.switches.caching)])
        return reply.put("ETag", tag)

    def description(self, asked: Asked, standard: Standard) -> dict[str, Any]:
        base = asked.origin + self.switches.prefix
        accounts = (self.switches.accounts_host or asked.origin) + self.switches.prefix
        further = {"tags": [{"name": "wallet"}], "x-own": {"region": "north"}} if self.switches.further_members else {}
        start = "" if self.switches.described == "servers" else self.switches.prefix + standard.base
        server = base + standard.base if self.switches.described == "servers" else asked.origin
        return {
            "components": {
                "securitySchemes": {"OAuth2ACG": self.scheme(accounts, standard)}
                | ({"session": {"type": "apiKey", "in": "cookie", "name": "wallet"}} if further else {}),
                "schemas": {"Imsx_StatusInfo": {"type": "object"}},
            },
            "paths": self.paths(standard, start),
            **further,
            "servers": [{"url": server}],
            "info": self.info(base, standard),
            "openapi": self.switches.openapi,
        }

    def info(self, base: str, standard: Standard) -> dict[str, Any]:
        image = {"x-imssf-image": f"{base}/logo.png"} if self.switches.image else {}
        return image | {
            "version": "7.2",
            "title": standard.title,
            "termsOfService": f"{base}/terms",
            "x-imssf-privacyPolicyUrl": f"{base}/privacy",
        }

    def scheme(self, base: str, standard: Standard) -> dict[str, Any]:
        scopes = {standard.scope(name): operation for operation, name in OPERATIONS.values()}
        if self.switches.put_profile == "absent":
            del scopes[standard.scope("profile.update")]
        scopes |= {"offline_access": "refresh"} if self.switches.refresh != "none" else {}
        refresh = (
            {"refreshUrl": f"{base}/oauth/token"}
            if self.switches.refresh != "none" and self.switches.refresh_url
            else {}
        )
        flow = {"tokenUrl": f"{base}/oauth/token", "authorizationUrl": f"{base}/oauth/authorize", "scopes": scopes}
        policy = {"x-imssf-privacyPolicyUrl": f"{base}/privacy"} if self.switches.policy_twice else {}
        revoke = {"x-revocationUrl": f"{base}/oauth/revoke"} if self.switches.revocation == "description" else {}
        return {
            "flows": {"authorizationCode": flow | refresh},
            "x-imssf-registrationUrl": f"{base}/oauth/clients",
            "type": "oauth2",
            "description": "Authorization code with PKCE",
            **policy,
            **revoke,
        }

    def paths(self, standard: Standard, start: str) -> dict[str, Any]:
        found: dict[str, Any] = {f"{start}/discovery": {"get": self.described("getServiceDescription", ())}}
        for (method, path), (operation, scope) in reversed(OPERATIONS.items()):
            if operation != "putProfile" or self.switches.put_profile != "absent":
                item = found.setdefault(start + path, {})
                item[method.lower()] = self.described(operation, (standard.scope(scope),))
        return found

    def described(self, operation: str, scopes: tuple[str, ...]) -> dict[str, Any]:
        """Return an operation of the description."""
        answers = {"200": {"description": "Good"}, "default": {"description": "Imsx_StatusInfo"}}
        return {"operationId": operation, "responses": answers} | (
            {"security": [{"OAuth2ACG": [*scopes]}]} if scopes else {}
        )
