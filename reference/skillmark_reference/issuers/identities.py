"""An issuer, the names by which it is known, and the documents that publish its key (Controlled Identifiers 1.0; did:web)."""

from __future__ import annotations

import dataclasses
import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.dids import (
    MethodType,
    UnusableDid,
    VerificationRelationship,
    did_key,
    did_key_method,
    did_web_address,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark_reference.issuers.kinds import IssuerKind
    from skillmark_reference.securing.keys import SecretKey

_CONTEXT = "https://www.w3.org/ns/cid/v1"
_DID_CONTEXT = "https://www.w3.org/ns/did/v1"
_RELATIONSHIPS = (VerificationRelationship.ASSERTION_METHOD, VerificationRelationship.AUTHENTICATION)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One issuer with its key. Where it is published depends on the address of the server, ``base``."""

    kind: IssuerKind
    key: SecretKey = dataclasses.field(repr=False)

    @property
    def did(self) -> str:
        """The did:key of its key, by which it is known unless somebody asks for another name."""
        return did_key(self.key.public)

    def url(self, base: str) -> str:
        """Return the address of its profile."""
        return f"{base}/issuers/{self.kind.slug}"

    def names(self, base: str) -> tuple[str, ...]:
        """Return every name by which it is known: its did:key, its profile, its did:web where the host may have one."""
        web = did_web(base, "issuers", self.kind.slug)
        return (self.did, self.url(base), *([web] if web else []))

    def verification_method(self, name: object, base: str) -> str:
        """Return the verification method of a name; for a name that is not its own, that of its did:key."""
        if name in self.names(base)[1:]:
            return f"{name}#{self.key.public.multikey}"
        return did_key_method(self.key.public)

    def profile(self, base: str) -> dict[str, Any]:
        """Return the document at its address: who it is, and its key as Multikey and as JsonWebKey."""
        url = self.url(base)
        return {
            "@context": [_CONTEXT],
            "id": url,
            "type": ["Profile"],
            "name": f"Skillmark reference issuer, {self.kind.slug}",
            "url": url,
            "alsoKnownAs": [name for name in self.names(base) if name != url],
            **key_members(url, [self]),
        }

    def did_document(self, base: str) -> dict[str, Any] | None:
        """Return the document of its did:web; nothing where the host can have none."""
        did = did_web(base, "issuers", self.kind.slug)
        return did_document(did, [self]) if did else None

    def key_set(self, base: str) -> dict[str, Any]:
        """Return its JWK set (RFC 7517, 5)."""
        key = self.key.public
        return {
            "keys": [
                {
                    **key.jwk(),
                    "kid": f"{self.url(base)}/jwks.json#{key.thumbprint()}",
                    "use": "sig",
                    "alg": key.type.facts.algorithms[0],
                    "iss": self.url(base),
                }
            ]
        }


def did_document(did: str, issuers: Iterable[Issuer]) -> dict[str, Any]:
    """Return the DID document with the keys of some issuers."""
    contexts = [_DID_CONTEXT, MethodType.MULTIKEY.context, MethodType.JSON_WEB_KEY.context]
    return {"@context": contexts, "id": did, **key_members(did, issuers)}


def did_web(base: str, *path: str) -> str | None:
    """Return the did:web of a place on a server; nothing where its host is an address, or its scheme is not https."""
    parts = urllib.parse.urlsplit(base)
    host = (parts.hostname or "").lower()
    authority = f"{host}%3A{parts.port}" if parts.port else host
    way = [urllib.parse.quote(each, safe="") for each in (*parts.path.split("/"), *path) if each]
    did = ":".join(["did:web", authority, *way])
    try:
        did_web_address(did)
    except UnusableDid:
        return None
    return did if parts.scheme == "https" else None


def key_members(controller: str, issuers: Iterable[Issuer]) -> dict[str, Any]:
    """Return the members of a document that publish keys: one Multikey and one JsonWebKey for each."""
    methods = [method for issuer in issuers for method in _methods(controller, issuer)]
    listed = [method["id"] for method in methods]
    return {"verificationMethod": methods, **{each.value: list(listed) for each in _RELATIONSHIPS}}


def _methods(controller: str, issuer: Issuer) -> list[dict[str, Any]]:
    key = issuer.key.public
    multikey = {
        "id": f"{controller}#{key.multikey}",
        "type": MethodType.MULTIKEY.value,
        "controller": controller,
        MethodType.MULTIKEY.material: key.multikey,
    }
    jwk = {
        "id": f"{controller}#{key.thumbprint()}",
        "type": MethodType.JSON_WEB_KEY.value,
        "controller": controller,
        MethodType.JSON_WEB_KEY.material: key.jwk(),
    }
    return [multikey, jwk]
