"""Where the key of a signature is (Controlled Identifiers 1.0, 3.3; Open Badges 3.0, Dereferencing the Public Key)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from . import keys
from .documents import Missing
from .statements import Refused

if TYPE_CHECKING:
    import datetime

    from .documents import Documents
    from .keys import Key

Record = dict[str, Any]


def listed(value: object) -> list[Any]:
    """Return a value of JSON-LD as an array."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A key, and whose it is."""

    key: Key
    #: The id of the controller; for a JWK at an address the issuer that it names, or empty.
    controller: str


class Keys:
    """Finds keys."""

    documents: Documents
    now: datetime.datetime

    def key_of_method(self, url: object, purpose: str) -> Found:
        """Return the key that a verification method names.

        Raises:
            Refused: It cannot be found, or is for something else.
        """
        if not isinstance(url, str) or ":" not in url:
            raise Refused("verificationMethod is no URL")
        base, _, fragment = url.partition("#")
        document = self.document(base)
        if not fragment and "controller" in document and "verificationMethod" not in document:
            return self._key_apart(url, document, purpose)
        self.check_document(document, base)
        method = self.method_in(document, url)
        self.check_method(method, base)
        self.check_purpose(document, method, base, purpose)
        return Found(key=self.key_in(method), controller=self.controller_of(document, method))

    def document(self, url: str) -> Record:
        """Return the document of a controller, or a key that is one of its own."""
        if url.startswith("did:"):
            known = keys.document_of_did(url)
            return dict(known) if known is not None else self.documents.json(keys.address_of_did(url))
        return self.documents.json(url)

    def _key_apart(self, url: str, method: Record, purpose: str) -> Found:
        controller = str(method["controller"])
        document = self.document(controller)
        self.check_document(document, controller)
        if method.get("id") != url:
            raise Refused("the document of a key has another id")
        self.check_times(method)
        self.check_purpose(document, method, controller, purpose)
        return Found(key=self.key_in(method), controller=controller)

    def check_document(self, document: Record, url: str) -> None:
        """Refuse a document that is not the one of its address."""
        if document.get("id") != url:
            raise Refused(f"the document at {url} is that of {document.get('id')}")

    def method_in(self, document: Record, url: str) -> Record:
        """Return the verification method of a name."""
        base = str(document.get("id"))
        for name in ("verificationMethod", "assertionMethod", "authentication"):
            for each in listed(document.get(name)):
                if isinstance(each, dict) and urljoin_fragment(base, str(each.get("id"))) == url:
                    return each
        raise Refused(f"the document has no method {url}")

    def check_method(self, method: Record, base: str) -> None:
        """Refuse a method that somebody else controls, or that is over."""
        if method.get("controller") != base:
            raise Refused("the key is controlled by somebody else")
        self.check_times(method)

    def check_times(self, method: Record) -> None:
        """Refuse a method that is revoked or over (Controlled Identifiers 1.0, 2.2)."""
        if any(name in method and self.is_past(method[name]) for name in ("revoked", "expires")):
            raise Refused("the key is revoked or over")

    def check_purpose(self, document: Record, method: Record, base: str, purpose: str) -> None:
        """Refuse a method that is not listed for a purpose."""
        names = [
            urljoin_fragment(base, each["id"] if isinstance(each, dict) else str(each))
            for each in listed(document.get(purpose))
        ]
        if urljoin_fragment(base, str(method["id"])) not in names:
            raise Refused(f"the key is not listed under {purpose}")

    def controller_of(self, document: Record, method: Record) -> str:
        """Return whose key it is."""
        del method
        return str(document["id"])

    def key_in(self, method: Record) -> Key:
        """Return the key of a method."""
        if "publicKeyMultibase" in method:
            return keys.of_multikey(str(method["publicKeyMultibase"]))
        return keys.of_jwk(method.get("publicKeyJwk"))

    # Tokens

    def key_of_token(self, header: Record, issuer: str) -> Found:
        """Return the key of a token: that of kid, or that of jwk if the issuer publishes the same.

        Raises:
            Refused: It cannot be found.
        """
        if "kid" in header:
            return self.key_of_kid(header["kid"], issuer)
        if "jwk" in header:
            return self.key_of_jwk(header["jwk"], issuer)
        raise Refused("the header names no key")

    def key_of_kid(self, kid: object, issuer: str) -> Found:
        """Return the key that kid leads to: in a DID document, alone, in a key set, in a document of a controller."""
        if not isinstance(kid, str) or not kid.startswith(("did:", "https://")):
            raise Refused("kid is no URI")
        if kid.startswith("did:"):
            return self.key_of_method(kid, "assertionMethod")
        base, _, fragment = kid.partition("#")
        found = self.documents.json(base)
        if "keys" in found:
            return self.key_in_set(found, fragment, issuer)
        if "kty" in found:
            return self.key_alone(found, base, issuer)
        return self.key_of_method(kid, "assertionMethod")

    def key_in_set(self, found: Record, name: str, issuer: str) -> Found:
        """Return the key of a name out of a key set; one of another issuer is passed over."""
        for jwk in listed(found["keys"]):
            if isinstance(jwk, dict) and jwk.get("kid") == name and jwk.get("iss", issuer) == issuer:
                return Found(key=keys.of_jwk(jwk), controller=issuer)
        raise Refused(f"the key set has no key {name}")

    def key_alone(self, jwk: Record, url: str, issuer: str) -> Found:
        """Return a JWK; where it does not name an issuer, it is of whoever is at the same authority."""
        nearby = issuer if urlsplit(url).netloc == urlsplit(issuer).netloc else url
        return Found(key=keys.of_jwk(jwk), controller=str(jwk.get("iss", nearby)))

    def key_of_jwk(self, jwk: object, issuer: str) -> Found:
        """Return the key in a header, where the issuer publishes it, too."""
        brought = keys.of_jwk(jwk)
        if issuer.startswith("did:"):
            document = self.document(issuer)
            known = [self.key_in(each) for each in listed(document.get("verificationMethod")) if isinstance(each, dict)]
        else:
            published = self.documents.json(urljoin(issuer, "/.well-known/jwks.json"))
            known = [keys.of_jwk(each) for each in listed(published.get("keys")) if each.get("iss", issuer) == issuer]
        if not any(each.public == brought.public for each in known):
            raise Missing("the issuer does not publish the key in the header")
        return Found(key=brought, controller=issuer)

    def is_past(self, text: object) -> bool:
        """Tell whether a moment is over."""
        raise NotImplementedError


def urljoin_fragment(base: str, name: str) -> str:
    """Return the whole name of something in a document, which may be a bare fragment."""
    return base + name if name.startswith("#") else name
