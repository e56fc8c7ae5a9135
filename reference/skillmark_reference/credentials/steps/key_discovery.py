"""Finding the key that signed: did:key, did:jwk, did:web, and addresses of controllers, verification methods, JWK and JWKS.

Open Badges 3.0 and CLR 2.0, Dereferencing the Public Key; Controlled Identifiers 1.0, 3.3.
"""

from __future__ import annotations

import dataclasses
import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.dids import (
    UnusableDid,
    VerificationRelationship,
    did_web_address,
    local_document,
    parse_did,
)
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.jose import KeyUnavailable
from skillmark_reference.securing.keys import PublicKey, UnusableKey
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.securing.verification_methods import (
    NoVerificationMethod,
    RetrievalError,
    find_verification_method,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.steps.sources import Sources

#: What keeps a key from being used, told apart from `KeyUnavailable`: nothing is known then.
REFUSED = (NoVerificationMethod, UnusableDid, UnusableKey)
_ASSERTION = VerificationRelationship.ASSERTION_METHOD


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FoundKey:
    """A key, with who controls it."""

    #: What led to it.
    id: str
    key: PublicKey
    #: The controller, whose document lists the key for its purpose, or the ``iss`` of a JWK; nothing for a bare JWK.
    controller: str | None


class KeyDiscovery:
    """Finds keys in documents that the caller can give.

    Args:
        sources: The other documents.
        now: The time at which a verification method must be neither expired nor revoked.
    """

    def __init__(self, sources: Sources, now: datetime.datetime) -> None:
        self._sources = sources
        self._now = now

    def find(self, url: str, purpose: str = _ASSERTION.value) -> FoundKey:
        """Return the key that a ``verificationMethod`` or a ``kid`` leads to.

        Raises:
            KeyUnavailable: A document cannot be had: nothing is known.
            NoVerificationMethod: The document does not let the key be used for the purpose.
            UnusableDid: The DID is malformed.
            UnusableKey: The key is.
        """
        relationship = _relationship(purpose)
        base, separator, fragment = url.partition("#")
        if not separator or not fragment:
            return self._standalone(url, relationship)
        document = self._document(base)
        if "keys" in document or "kty" in document:
            return _of_key_set(document, url, fragment)
        method = find_verification_method(document, url, purpose=relationship, now=self._now)
        return FoundKey(id=url, key=method.key, controller=method.controller)

    def controller_document(self, identifier: str) -> dict[str, Any]:
        """Return the document of a controller.

        Raises:
            KeyUnavailable: It cannot be had.
            NoVerificationMethod: It is no JSON object.
            UnusableDid: The DID is malformed.
            UnusableKey: The key in the DID is.
        """
        return self._document(identifier)

    def published_keys(self, issuer: str) -> tuple[PublicKey, ...]:
        """Return the keys with which an issuer asserts: those of its DID document, or of the JWKS of its authority.

        The JWKS is at ``/.well-known/jwks.json`` (implementation guide, Key provenance).

        Raises:
            KeyUnavailable: The document cannot be had.
            NoVerificationMethod: It is no JSON object.
            UnusableDid: The DID is malformed.
            UnusableKey: The key in the DID is.
        """
        if issuer.startswith("did:"):
            document = self._document(issuer)
            listed = [
                each.get("id") if isinstance(each, dict) else each for each in as_list(document.get(_ASSERTION.value))
            ]
            names = [each for each in listed if isinstance(each, str)]
            return tuple(self.find(f"{issuer}{each}" if each.startswith("#") else each).key for each in names)
        authority = _authority(issuer)
        if authority is None:
            raise KeyUnavailable(f"nothing says where the keys of {quoted(issuer)} are published")
        jwks = self._fetched(f"https://{authority}/.well-known/jwks.json", DocumentKind.KEY_SET)
        return tuple(_readable(jwk for jwk in as_list(jwks.get("keys")) if _issued_by(jwk, issuer)))

    def _document(self, identifier: str) -> dict[str, Any]:
        if not identifier.startswith("did:"):
            return self._fetched(identifier, DocumentKind.KEY)
        method = parse_did(identifier).method
        if method in {"key", "jwk"}:
            return local_document(identifier)
        if method == "web":
            return self._fetched(did_web_address(identifier), DocumentKind.DID_DOCUMENT)
        raise KeyUnavailable(f"did:{method} is no method that is resolved here; did:key, did:jwk and did:web are")

    def _fetched(self, url: str, kind: DocumentKind) -> dict[str, Any]:
        if not url.startswith("https://"):
            raise KeyUnavailable(f"{quoted(url)} is no https address and no DID: nobody can tell whose key is there")
        try:
            return strict_json.parse_object(self._sources.read(url, kind))
        except DocumentUnavailable as error:
            raise KeyUnavailable(str(error)) from None
        except MalformedJson as error:
            kind_of_error = RetrievalError.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT
            raise NoVerificationMethod(kind_of_error, f"the document at {url} is unusable: {error}") from None

    def _standalone(self, url: str, purpose: VerificationRelationship) -> FoundKey:
        """Return the key of an address that holds nothing but a key; its controller has to list it."""
        if url.startswith("did:"):
            raise NoVerificationMethod(
                RetrievalError.INVALID_VERIFICATION_METHOD_URL, f"{quoted(url)} has no fragment, and names no key"
            )
        document = self._fetched(url, DocumentKind.KEY)
        if "keys" in document or "kty" in document:
            return _of_key_set(document, url, "")
        controller = document.get("controller")
        if document.get("id") != url or not isinstance(controller, str):
            message = f"the document at {url} is no verification method with this id and a controller"
            raise NoVerificationMethod(RetrievalError.INVALID_VERIFICATION_METHOD, message)
        owner = self._document(controller)
        listed = [each.get("id") if isinstance(each, dict) else each for each in as_list(owner.get(purpose.value))]
        if owner.get("id") != controller or url not in listed:
            message = f"{controller} does not list {url} under {purpose.value}"
            raise NoVerificationMethod(RetrievalError.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD, message)
        if "expires" in document or "revoked" in document:
            raise KeyUnavailable(
                f"{url} has its own period of validity, which is read in the controller's document only"
            )
        return FoundKey(id=url, key=_material(document), controller=controller)


def is_same_origin(one: str, other: str) -> bool:
    """Tell whether two https addresses are of one authority."""
    first, second = _authority(one), _authority(other)
    return first is not None and first == second


def _authority(address: str) -> str | None:
    """Return the authority of an https address; nothing of any other text."""
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError:
        return None
    return parts.netloc or None if parts.scheme == "https" else None


def _relationship(purpose: str) -> VerificationRelationship:
    try:
        return VerificationRelationship(purpose)
    except ValueError:
        error = RetrievalError.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
        raise NoVerificationMethod(error, f"{quoted(purpose)} is no verification relationship") from None


def _of_key_set(document: Mapping[str, Any], url: str, fragment: str) -> FoundKey:
    """Return the one key of a JWK or a JWKS that the address names.

    ``iss`` says whose it is, where several issuers share a platform; nobody can say so of an issuer elsewhere.
    """
    jwk = document if "kty" in document else _named_key(as_list(document["keys"]), url, fragment)
    issuer = jwk.get("iss")
    owner = None if issuer is None else str(issuer)
    if owner is not None and not is_same_origin(owner, url):
        owner = url
    return FoundKey(id=url, key=PublicKey.from_jwk(jwk), controller=owner)


def _named_key(listed: list[Any], url: str, fragment: str) -> Mapping[str, Any]:
    keys = [each for each in listed if isinstance(each, dict)]
    found = [each for each in keys if each.get("kid") in (url, fragment or url)]
    if not found and len(keys) == 1 and not fragment:
        found = keys
    if len(found) != 1:
        raise UnusableKey(f"the key set has {len(found)} keys that {quoted(url)} names; it has to be one")
    return found[0]


def _material(method: Mapping[str, Any]) -> PublicKey:
    if "publicKeyJwk" in method:
        return PublicKey.from_jwk(method["publicKeyJwk"])
    return PublicKey.from_multikey(method.get("publicKeyMultibase"))


def _issued_by(jwk: object, issuer: str) -> bool:
    return isinstance(jwk, dict) and jwk.get("iss", issuer) == issuer


def _readable(jwks: Iterator[Mapping[str, Any]]) -> Iterator[PublicKey]:
    for jwk in jwks:
        try:
            yield PublicKey.from_jwk(jwk)
        except UnusableKey:
            continue
