"""The organizations of the case study as issuers, each with a test key of every type."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.keys import KEY_TYPES, published_key, published_keys
from skillmark_fixtures.pathways import organization
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.pathways.settings import Identity
from skillmark_reference.securing.dids import MethodType, did_key, did_key_method
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.pathways.settings import Setting
    from skillmark_reference.securing.keys import PublicKey

#: In every Profile: no reader of a credential should take the name for the organization.
TEST_NOTICE = (
    "TEST ISSUER of Skillmark, not the organization: its secret keys are published, and anybody can sign with them."
)
_CONTROLLER_CONTEXT = "https://www.w3.org/ns/cid/v1"
_DID_CONTEXTS = ("https://www.w3.org/ns/did/v1", MethodType.MULTIKEY.context, MethodType.JSON_WEB_KEY.context)


def published_key_owner(key: PublicKey) -> str | None:
    """Return whose test key it is, if it is one: a signature with it proves nothing, since everybody has the secret."""
    return _owners().get(key)


@functools.cache
def secret_key(owner: str, key_type: KeyType) -> SecretKey:
    """Return the test key of an organization or a learner.

    Raises:
        KeyError: There is none.
    """
    found = published_key(owner, key_type.value)
    if found.secret_jwk is None:
        return SecretKey.from_multikey(found.secret_multikey)
    return SecretKey.from_jwk(found.secret_jwk)


def learner_did(slug: str) -> str:
    """Return the did:key of a learner."""
    return did_key(secret_key(slug, KeyType.ED25519).public)


def signer(setting: Setting, slug: str, key_type: KeyType = KeyType.ED25519) -> Signer:
    """Return an organization as issuer with its key of one type.

    Raises:
        KeyError: There is no such organization.
    """
    key = secret_key(slug, key_type)
    if setting.identity is Identity.DID_KEY:
        return Signer(
            profile=_profile(setting, slug, did_key(key.public)),
            key=key,
            verification_method=did_key_method(key.public),
        )
    identifier = setting.issuer_id(slug)
    profile = _profile(setting, slug, identifier)
    return Signer(profile=profile, key=key, verification_method=_method_id(identifier, key_type))


def controller_document(setting: Setting, slug: str) -> dict[str, Any]:
    """Return what the id of an issuer leads to: its Profile with its verification methods, or its DID document.

    Raises:
        ValueError: Issuers are known by their keys, and nothing has to be hosted.
        KeyError: There is no such organization.
    """
    identifier = setting.issuer_id(slug)
    methods = [_method(identifier, secret_key(slug, KeyType(name)).public) for name in KEY_TYPES]
    material = {"verificationMethod": methods, "assertionMethod": [each["id"] for each in methods]}
    if setting.identity is Identity.DID_WEB:
        return {"@context": list(_DID_CONTEXTS), "id": identifier, **material}
    return {"@context": _CONTROLLER_CONTEXT, **_profile(setting, slug, identifier), **material}


def key_set(setting: Setting, slugs: tuple[str, ...]) -> dict[str, Any]:
    """Return the JWKS of the server, each key with ``iss`` (Open Badges 3.0, implementation guide, Key provenance)."""
    keys = [(setting.issuer_id(slug), secret_key(slug, KeyType(name)).public) for slug in slugs for name in KEY_TYPES]
    return {"keys": [{**key.jwk(), "kid": _method_id(issuer, key.type), "iss": issuer} for issuer, key in keys]}


def _profile(setting: Setting, slug: str, identifier: str) -> dict[str, Any]:
    found = organization(slug)
    return {
        "id": identifier,
        "type": ["Profile"],
        "name": found.name,
        "description": f"{TEST_NOTICE} {found.description}",
        "url": found.url,
        "email": found.email,
        "official": found.official,
        "image": {"id": setting.address("images", "badge.svg"), "type": "Image", "caption": "Test badge"},
    }


def _method_id(identifier: str, key_type: KeyType) -> str:
    return f"{identifier}#test-key-{key_type.value.lower()}"


def _method(identifier: str, key: PublicKey) -> dict[str, Any]:
    is_rsa = key.type is KeyType.RSA
    kind = MethodType.JSON_WEB_KEY if is_rsa else MethodType.MULTIKEY
    head = {"id": _method_id(identifier, key.type), "type": kind.value, "controller": identifier}
    return {**head, kind.material: key.jwk() if is_rsa else key.multikey}


@functools.cache
def _owners() -> Mapping[PublicKey, str]:
    return {secret_key(each.owner, KeyType(each.type)).public: each.owner for each in published_keys()}
