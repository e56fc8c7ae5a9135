"""Keys of issuers in files: a verification method with its secret, and what is published of it.

The form is that of Controlled Identifiers 1.0, 2.2.2 (Multikey, ``secretKeyMultibase``) and 2.2.3 (JsonWebKey,
``secretKeyJwk``). RSA keys have no Multikey in that standard, and are written as JWK only.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from skillmark_reference.securing import strict_json
from skillmark_reference.securing.dids import (
    MethodType,
    UnusableDid,
    did_jwk,
    did_key,
    did_key_method,
    did_web_address,
    local_document,
    parse_did,
)
from skillmark_reference.securing.keys import KeyType, PublicKey, SecretKey, UnusableKey
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

_DID_CONTEXT = "https://www.w3.org/ns/did/v1"
_CONTROLLER_CONTEXT = "https://www.w3.org/ns/cid/v1"
_FORMS = "secretKeyMultibase, secretKeyJwk, or the members of a private JWK"


class UnusableKeyFile(ValueError):  # noqa: N818 - what is wrong with the file, in words for a person
    """The file holds no secret key that can sign. The message never holds private material."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a file with a secret key says."""

    key: SecretKey = dataclasses.field(repr=False)
    #: Under which the public key is found; that of the key itself where the file names none.
    verification_method: str


def own_did(key: PublicKey) -> str:
    """Return the DID that follows from a key: its did:key, and for RSA, which has no Multikey, its did:jwk."""
    return did_jwk(key.jwk()) if key.type is KeyType.RSA else did_key(key)


def own_method(key: PublicKey) -> str:
    """Return the verification method of the DID that follows from a key."""
    return f"{own_did(key)}#0" if key.type is KeyType.RSA else did_key_method(key)


def key_document(key: SecretKey) -> dict[str, Any]:
    """Return what a file with a new secret key holds: private material."""
    public = _method(key.public, own_did(key.public), own_method(key.public))
    secret = {"secretKeyJwk": key.jwk()} if key.type is KeyType.RSA else {"secretKeyMultibase": key.multikey()}
    return public | secret


def read_key_file(content: bytes) -> KeyFile:
    """Read a file with a secret key: a verification method, or nothing but a private JWK.

    Raises:
        UnusableKeyFile: It is no JSON, has no secret key, or two that do not belong together.
    """
    try:
        members = strict_json.parse_object(content)
    except MalformedJson as error:
        if content.lstrip().startswith(b"-----BEGIN"):
            raise UnusableKeyFile(f"the file is PEM; expected is JSON with {_FORMS}") from None
        raise UnusableKeyFile(f"the file cannot be read: {error}; expected is JSON with {_FORMS}") from None
    try:
        key = _secret(members)
        _check_public(members, key.public)
    except UnusableKey as error:
        raise UnusableKeyFile(str(error)) from None
    stated = members.get("id")
    is_named = isinstance(stated, str) and stated.startswith(("did:", "https://"))
    return KeyFile(key=key, verification_method=str(stated) if is_named else own_method(key.public))


def controller_document(key: PublicKey, controller: str) -> dict[str, Any]:
    """Return the document in which a controller publishes a key to assert with (Controlled Identifiers 1.0, 2).

    The fragment is the Multikey, or the thumbprint of a JWK, so that several keys have a place in one document.

    Raises:
        UnusableDid: The controller is neither a did:web nor an https address, nor the DID of the key itself.
    """
    if controller in {did_key(key), did_jwk(key.jwk())}:
        return local_document(controller)
    published_at(controller)
    fragment = key.thumbprint() if key.type is KeyType.RSA else key.multikey
    method = _method(key, controller, f"{controller}#{fragment}")
    contexts = [_CONTROLLER_CONTEXT]
    if controller.startswith("did:"):
        contexts = [_DID_CONTEXT, MethodType(method["type"]).context]
    return {
        "@context": contexts,
        "id": controller,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }


def published_at(controller: str) -> str:
    """Return the address at which a controller publishes its document.

    Raises:
        UnusableDid: Nothing says where.
    """
    if controller.startswith("https://") and "#" not in controller:
        return controller
    if controller.startswith("did:web:"):
        return did_web_address(parse_did(controller).did)
    raise UnusableDid(f"{quoted(controller)} is no did:web and no https address without fragment")


def _method(key: PublicKey, controller: str, identifier: str) -> dict[str, Any]:
    kind = MethodType.JSON_WEB_KEY if key.type is KeyType.RSA else MethodType.MULTIKEY
    material = key.jwk() if key.type is KeyType.RSA else key.multikey
    return {"id": identifier, "type": kind.value, "controller": controller, kind.material: material}


def _secret(members: dict[str, Any]) -> SecretKey:
    if "secretKeyMultibase" in members:
        return SecretKey.from_multikey(members["secretKeyMultibase"])
    if "secretKeyJwk" in members:
        return SecretKey.from_jwk(members["secretKeyJwk"])
    if "kty" in members:
        return SecretKey.from_jwk(members)
    raise UnusableKey(f"the file has no secret key; expected is one of {_FORMS}")


def _check_public(members: dict[str, Any], key: PublicKey) -> None:
    stated = []
    if "publicKeyMultibase" in members:
        stated.append(PublicKey.from_multikey(members["publicKeyMultibase"]))
    if "publicKeyJwk" in members:
        stated.append(PublicKey.from_jwk(members["publicKeyJwk"]))
    if any(each != key for each in stated):
        raise UnusableKey("the public and the secret key in the file do not belong together")
