"""DIDs: their syntax, the documents of did:key and did:jwk, the address of a did:web document (DID Core 1.0).

Nothing is fetched here. The key behind a verification method is found by `skillmark_reference.securing.verification_methods`.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import multibase, strict_json
from skillmark_reference.securing.keys import PRIVATE_MEMBERS, KeyType, PublicKey, UnusableKey
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTER = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_DID_URL = re.compile(
    rf"(did:([a-z0-9]+):((?:{_LETTER}*:)*{_LETTER}+))(/[^?#\s]*)?(?:\?([^#\s]*))?(?:#(\S*))?",
    re.ASCII,
)
#: Longer than the DID of any key; a limit on the work for what comes from outside.
_LONGEST = 8192
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_LAST_LABEL_OF_ADDRESS = re.compile(r"\d+|0[xX][0-9A-Fa-f]*", re.ASCII)
_LONGEST_HOST = 253
_PORT = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_HIGHEST_PORT = 65535
_VERSION = re.compile(r"[1-9]\d*", re.ASCII)
_DID_CONTEXT = "https://www.w3.org/ns/did/v1"


class UnusableDid(ValueError):  # noqa: N818 - what is wrong with the DID, in words for a person
    """The text is no DID, or none that leads to a document."""


class VerificationRelationship(enum.Enum):
    """What a key may be used for: the values of ``proofPurpose`` (Controlled Identifiers 1.0, 2.3)."""

    AUTHENTICATION = "authentication"
    ASSERTION_METHOD = "assertionMethod"
    KEY_AGREEMENT = "keyAgreement"
    CAPABILITY_INVOCATION = "capabilityInvocation"
    CAPABILITY_DELEGATION = "capabilityDelegation"


class MethodType(enum.Enum):
    """The types of verification methods that are read and written."""

    MULTIKEY = "Multikey"
    JSON_WEB_KEY = "JsonWebKey"
    JSON_WEB_KEY_2020 = "JsonWebKey2020"
    ED25519_VERIFICATION_KEY_2020 = "Ed25519VerificationKey2020"

    @property
    def context(self) -> str:
        """The JSON-LD context that defines the type."""
        return _CONTEXTS[self]

    @property
    def material(self) -> str:
        """The member that holds the public key."""
        return (
            "publicKeyJwk" if self in {MethodType.JSON_WEB_KEY, MethodType.JSON_WEB_KEY_2020} else "publicKeyMultibase"
        )


_CONTEXTS = {
    MethodType.MULTIKEY: "https://w3id.org/security/multikey/v1",
    MethodType.JSON_WEB_KEY: "https://w3id.org/security/jwk/v1",
    MethodType.JSON_WEB_KEY_2020: "https://w3id.org/security/suites/jws-2020/v1",
    MethodType.ED25519_VERIFICATION_KEY_2020: "https://w3id.org/security/suites/ed25519-2020/v1",
}
_SIGNING = (
    VerificationRelationship.AUTHENTICATION,
    VerificationRelationship.ASSERTION_METHOD,
    VerificationRelationship.CAPABILITY_INVOCATION,
    VerificationRelationship.CAPABILITY_DELEGATION,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DidUrl:
    """A DID, possibly with path, query and fragment (DID Core 1.0, 3.1 and 3.2)."""

    did: str
    method: str
    #: The method-specific identifier, as written.
    identifier: str
    path: str = ""
    query: str | None = None
    fragment: str | None = None


def parse_did_url(text: str) -> DidUrl:
    """Take a DID URL apart.

    Raises:
        UnusableDid: The text is no DID URL, or longer than any that leads to a key.
    """
    if len(text) > _LONGEST:
        raise UnusableDid(f"a DID URL of {len(text)} letters is too long; the limit is {_LONGEST}")
    match = _DID_URL.fullmatch(text)
    if match is None:
        raise UnusableDid(f"{quoted(text)} is no DID: expected is did:method:identifier")
    did, method, identifier, path, query, fragment = match.groups()
    return DidUrl(did=did, method=method, identifier=identifier, path=path or "", query=query, fragment=fragment)


def parse_did(text: str) -> DidUrl:
    """Take a DID apart, which has neither path nor query nor fragment.

    Raises:
        UnusableDid: The text is no DID, or a DID URL.
    """
    url = parse_did_url(text)
    if url.did != text:
        raise UnusableDid(f"{quoted(text)} is a DID URL where a DID belongs; the DID in it is {url.did}")
    return url


# Documents that follow from the DID


def did_key(key: PublicKey) -> str:
    """Return the did:key of a key."""
    return f"did:key:{key.multikey}"


def did_key_method(key: PublicKey) -> str:
    """Return the absolute id of the one verification method of a did:key: the multibase value is its fragment."""
    return f"did:key:{key.multikey}#{key.multikey}"


def did_jwk(jwk: Mapping[str, Any]) -> str:
    """Return the did:jwk of a public JWK, in the order of its members; another order is another DID.

    Raises:
        UnusableKey: The JWK holds private members.
    """
    _refuse_private(jwk)
    text = json.dumps(jwk, ensure_ascii=False, separators=(",", ":"))
    return f"did:jwk:{multibase.encode_base64url(text.encode())}"


def local_document(did: str, *, method_type: MethodType = MethodType.MULTIKEY) -> dict[str, Any]:
    """Return the document of a did:key or did:jwk, which follows from the DID alone.

    Args:
        did: The DID.
        method_type: How the document of a did:key writes the key; that of a did:jwk has no choice.

    Raises:
        UnusableDid: The text is no DID, of another method, or malformed.
        UnusableKey: The key in it is unusable, or does not fit the type.
    """
    url = parse_did(did)
    if url.method == "key":
        return _did_key_document(url, method_type)
    if url.method == "jwk":
        return _did_jwk_document(url)
    raise UnusableDid(f"the document of a did:{url.method} does not follow from the DID; it has to be fetched")


def _did_key_document(url: DidUrl, method_type: MethodType) -> dict[str, Any]:
    version, separator, multikey = url.identifier.rpartition(":")
    if separator and not _VERSION.fullmatch(version):
        raise UnusableDid(f"the version of a did:key is a positive integer; it is {quoted(version)}")
    key = PublicKey.from_multikey(multikey)
    if method_type is MethodType.ED25519_VERIFICATION_KEY_2020 and key.type is not KeyType.ED25519:
        raise UnusableKey(f"a {key.type.value} key cannot be written as {method_type.value}")
    method = {"id": f"{url.did}#{multikey}", "type": method_type.value, "controller": url.did}
    material = multikey if method_type.material == "publicKeyMultibase" else key.jwk()
    return _document(url.did, {**method, method_type.material: material}, _SIGNING, method_type.context)


def _did_jwk_document(url: DidUrl) -> dict[str, Any]:
    try:
        jwk = strict_json.parse_object(multibase.decode_base64url(url.identifier))
    except (MalformedMultibase, MalformedJson) as error:
        raise UnusableDid(f"the did:jwk holds no JWK: {error}") from None
    _refuse_private(jwk)
    kind = MethodType.JSON_WEB_KEY_2020
    method = {"id": f"{url.did}#0", "type": kind.value, "controller": url.did, kind.material: jwk}
    agreement = VerificationRelationship.KEY_AGREEMENT
    relationships = {"sig": _SIGNING, "enc": (agreement,)}.get(str(jwk.get("use")), (*_SIGNING, agreement))
    return _document(url.did, method, relationships, kind.context)


def _document(
    did: str, method: dict[str, Any], relationships: tuple[VerificationRelationship, ...], context: str
) -> dict[str, Any]:
    return {
        "@context": [_DID_CONTEXT, context],
        "id": did,
        "verificationMethod": [method],
        **{relationship.value: [method["id"]] for relationship in relationships},
    }


def _refuse_private(jwk: Mapping[str, Any]) -> None:
    exposed = sorted(PRIVATE_MEMBERS & jwk.keys())
    if exposed:
        raise UnusableKey(f"the JWK holds private members where a public key belongs: {', '.join(exposed)}")


# Documents on the web


def did_web_address(did: str) -> str:
    """Return the address of the document of a did:web (did:web, 2.5.2).

    Raises:
        UnusableDid: The DID is of another method, its host is no domain name, its port is none, or its path leads elsewhere.
    """
    url = parse_did(did)
    if url.method != "web":
        raise UnusableDid(f"{quoted(did)} is no did:web")
    authority, *items = url.identifier.split(":")
    host, separator, port = authority.replace("%3a", "%3A").partition("%3A")
    _check_host(host)
    if separator and not (_PORT.fullmatch(port) and int(port) <= _HIGHEST_PORT):
        raise UnusableDid(f"{quoted(port)} in {did} is no port")
    for item in items:
        _check_path_item(item)
    place = "/".join(["", *items]) if items else "/.well-known"
    return f"https://{host}{f':{port}' if separator else ''}{place}/did.json"


def _check_host(host: str) -> None:
    labels = host.split(".")
    if len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnusableDid(f"the host {quoted(host)} of the did:web is no domain name")
    if _LAST_LABEL_OF_ADDRESS.fullmatch(labels[-1]):
        raise UnusableDid(f"the host {quoted(host)} of the did:web is an IP address; a domain name is required")


def _check_path_item(item: str) -> None:
    plain = urllib.parse.unquote(item)
    if not plain.strip(".") or any(letter in plain for letter in "/\\?#%") or not plain.isprintable():
        raise UnusableDid(f"the part {quoted(item)} of the did:web would lead to another place")
