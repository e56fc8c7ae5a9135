"""Finding the key of a proof in the document that controls it (Controlled Identifiers 1.0, 3.3)."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.dids import MethodType, UnusableDid, VerificationRelationship, parse_did_url
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.keys import KeyType, PublicKey, UnusableKey
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

_MATERIALS = frozenset({"publicKeyMultibase", "publicKeyJwk", "publicKeyBase58", "publicKeyPem", "publicKeyHex"})
_SECRETS = frozenset({"secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk", "privateKeyBase58"})
#: Levels of nesting that are searched; a document of a controller has four.
_DEEPEST = 16


class RetrievalError(enum.Enum):
    """Why there is no key: the errors of Controlled Identifiers 1.0, 3.3."""

    INVALID_VERIFICATION_METHOD_URL = "INVALID_VERIFICATION_METHOD_URL"
    INVALID_CONTROLLED_IDENTIFIER_DOCUMENT = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
    INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"
    INVALID_VERIFICATION_METHOD = "INVALID_VERIFICATION_METHOD"
    INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


class NoVerificationMethod(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The document does not let the verification method be used."""

    def __init__(self, error: RetrievalError, message: str) -> None:
        super().__init__(message)
        #: The error of the standard.
        self.error = error


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """A key, with what its controller says about it."""

    #: Absolute, as the document URL of the controller and the fragment.
    id: str
    type: MethodType
    controller: str
    key: PublicKey


def document_url(url: str) -> str:
    """Return the DID or the URL of the document in which a verification method is to be found.

    Raises:
        NoVerificationMethod: The text is no DID URL or https URL with a fragment.
    """
    document, separator, fragment = url.partition("#")
    if not separator or not fragment:
        raise _url_error(f"{quoted(url)} has no fragment: it names a document, and no key in it")
    if document.startswith(("https://", "http://")):
        return document
    try:
        parsed = parse_did_url(document)
    except UnusableDid as error:
        raise _url_error(f"{quoted(url)} is neither an https URL nor a DID URL: {error}") from None
    if parsed.did != document:
        raise _url_error(f"{quoted(url)} has a path or a query, which no supported DID method gives a meaning")
    return document


def find_verification_method(
    document: Mapping[str, Any], url: str, *, purpose: VerificationRelationship, now: datetime.datetime
) -> VerificationMethod:
    """Return the verification method of a URL, provided that its controller lists it for the purpose.

    Args:
        document: The DID document, or other document of a controller, that `document_url` leads to.
        url: The absolute URL in the proof, or in ``kid``. The document may write ids absolute or relative.
        purpose: The ``proofPurpose``.
        now: The time at which the method must be neither expired nor revoked.

    Raises:
        NoVerificationMethod: A step of the algorithm fails.
    """
    base = document_url(url)
    if document.get("id") != base:
        error = RetrievalError.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID
        raise NoVerificationMethod(error, f"the document has the id {quoted(document.get('id'))}; expected is {base}")
    method = _sole_method(document, url, base)
    found = _read(method, url, base)
    _check_period(method, now)
    _check_relationship(document, method, found, purpose)
    return found


def _sole_method(document: Mapping[str, Any], url: str, base: str) -> Mapping[str, Any]:
    """Return the object with the id; two different ones would let the reader choose the key."""
    found = [each for each in _objects(document, _DEEPEST) if _absolute(each.get("id"), base) == url]
    if not found:
        raise _method_error(f"the document of {base} has no verification method {url}")
    if any(each != found[0] for each in found):
        raise _method_error(f"the document of {base} has different objects with the id {url}")
    return found[0]


def _objects(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a JSON value."""
    if not depth:
        error = RetrievalError.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT
        raise NoVerificationMethod(error, f"the document is nested deeper than {_DEEPEST} levels")
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _objects(each, depth - 1)


def _absolute(reference: object, base: str) -> object:
    return f"{base}{reference}" if isinstance(reference, str) and reference.startswith("#") else reference


def _read(method: Mapping[str, Any], url: str, base: str) -> VerificationMethod:
    """Return the method as a value, provided that it conforms (Controlled Identifiers 1.0, 2.2)."""
    name = method.get("type")
    kind = next((each for each in MethodType if each.value == name), None)
    if kind is None:
        known = ", ".join(each.value for each in MethodType)
        raise _method_error(f"{url} has the type {quoted(name)}; those that can be read are {known}")
    if method.get("controller") != base:
        raise _method_error(
            f"{url} is controlled by {quoted(method.get('controller'))}, and not by {base}, whose document it is in"
        )
    exposed = sorted(_SECRETS & method.keys())
    if exposed:
        raise _method_error(f"{url} publishes its secret key in {', '.join(exposed)}; anyone can sign with it")
    if {kind.material} != _MATERIALS & method.keys():
        present = ", ".join(sorted(_MATERIALS & method.keys())) or "none"
        raise _method_error(f"{url} is a {kind.value}, whose one key is in {kind.material}; it has {present}")
    return VerificationMethod(id=url, type=kind, controller=base, key=_key(method, kind, url))


def _key(method: Mapping[str, Any], kind: MethodType, url: str) -> PublicKey:
    read = PublicKey.from_jwk if kind.material == "publicKeyJwk" else PublicKey.from_multikey
    try:
        key = read(method[kind.material])
    except UnusableKey as error:
        raise _method_error(f"the key of {url} is unusable: {error}") from None
    if kind is MethodType.ED25519_VERIFICATION_KEY_2020 and key.type is not KeyType.ED25519:
        raise _method_error(f"{url} is an {kind.value} that holds a {key.type.value} key")
    return key


def _check_period(method: Mapping[str, Any], now: datetime.datetime) -> None:
    for member in ("expires", "revoked"):
        if member not in method:
            continue
        try:
            moment = parse_date_time(method[member])
        except MalformedInstant as error:
            raise _method_error(f"{member} of {method['id']} cannot be read: {error}") from None
        if moment <= now:
            raise _method_error(f"{method['id']} must not be used any more: {member} is {method[member]}")


def _check_relationship(
    document: Mapping[str, Any],
    method: Mapping[str, Any],
    found: VerificationMethod,
    purpose: VerificationRelationship,
) -> None:
    listed = document.get(purpose.value, [])
    entries = listed if isinstance(listed, list) else [listed]
    if not any(_absolute(each, found.controller) == found.id or each == method for each in entries):
        error = RetrievalError.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
        raise NoVerificationMethod(error, f"{found.controller} does not list {found.id} under {purpose.value}")


def _url_error(message: str) -> NoVerificationMethod:
    return NoVerificationMethod(RetrievalError.INVALID_VERIFICATION_METHOD_URL, message)


def _method_error(message: str) -> NoVerificationMethod:
    return NoVerificationMethod(RetrievalError.INVALID_VERIFICATION_METHOD, message)
