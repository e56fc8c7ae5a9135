"""Issuers: marked as test issuers wherever they appear, found by their id, and without a secret in what is hosted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.reference.pathways.surroundings import OFFLINE, SLUGS, WEB, content_of, hosted, issued, objects

from skillmark_fixtures.keys import KEY_TYPES, published_keys
from skillmark_fixtures.pathways import organizations
from skillmark_reference.pathways.issuers import (
    TEST_NOTICE,
    controller_document,
    key_set,
    learner_did,
    published_key_owner,
    secret_key,
    signer,
)
from skillmark_reference.pathways.settings import Identity, Setting
from skillmark_reference.securing.dids import VerificationRelationship, local_document
from skillmark_reference.securing.keys import PRIVATE_MEMBERS, KeyType, PublicKey, SecretKey
from skillmark_reference.securing.verification_methods import find_verification_method

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS, DID_WEB = WEB[:2]
TYPES = [KeyType(name) for name in KEY_TYPES]
every_type = pytest.mark.parametrize("key_type", TYPES, ids=lambda each: each.value)
every_web = pytest.mark.parametrize("setting", WEB[:3], ids=lambda each: f"{each.identity.value} {each.base}")


def profiles(value: object) -> Iterator[dict[str, object]]:
    """Yield every Profile in a JSON value."""
    return (each for each in objects(value) if each.get("type") == ["Profile"])


def test_every_profile_is_marked() -> None:
    """No credential has a Profile that does not say that it is a test issuer, first thing in its description."""
    for slug in SLUGS:
        found = list(profiles(content_of(issued(slug))))
        assert found
        assert {True} == {str(each["description"]).startswith(TEST_NOTICE) for each in found}


def test_published_keys_are_known() -> None:
    """Every test key is recognised by its public half, of whatever type, with its owner; another key is not."""
    owners = [each.slug for each in organizations()]
    for owner in owners:
        assert {owner} == {published_key_owner(secret_key(owner, each).public) for each in TYPES}
    assert len(published_keys()) == len({(key.owner, key.type) for key in published_keys()})
    assert None is published_key_owner(SecretKey(type=KeyType.ED25519, raw=bytes(32)).public)


@every_type
def test_an_issuer_known_by_its_key(key_type: KeyType) -> None:
    """Id and verification method are those of the did:key; each type of key makes another id."""
    found = signer(OFFLINE, "rung-for-women", key_type)
    document = local_document(found.profile["id"])
    assert [found.verification_method] == document["assertionMethod"]
    assert found.key == secret_key("rung-for-women", key_type)
    assert 4 == len({signer(OFFLINE, "rung-for-women", each).profile["id"] for each in TYPES})


@every_web
@every_type
def test_an_issuer_known_by_an_address(setting: Setting, key_type: KeyType) -> None:
    """The document behind its id has the key under the id that proofs name, marked as test key, for assertions."""
    found = signer(setting, "keeley-companies", key_type)
    document = controller_document(setting, "keeley-companies")
    method = find_verification_method(
        document, found.verification_method, purpose=VerificationRelationship.ASSERTION_METHOD, now=setting.at
    )
    assert found.key.public == method.key
    assert found.profile["id"] == document["id"] == method.controller
    assert "#test-key-" in found.verification_method


def test_ids() -> None:
    """The ids of issuers, as the standards write them; a port is escaped and a path is taken apart."""
    assert "https://case.example.org/issuers/a" == ADDRESS.issuer_id("a")
    assert "did:web:case.example.org:issuers:a" == DID_WEB.issuer_id("a")
    assert "did:web:localhost%3A8443:learners:issuers:a" == WEB[2].issuer_id("a")
    with pytest.raises(ValueError, match="for each type of key"):
        OFFLINE.issuer_id("a")


def test_profiles_are_hosted_at_their_ids() -> None:
    """The Profile of an issuer at an address is what the address leads to; that in a credential has the same members."""
    profile = signer(ADDRESS, "maryville-university").profile
    document = json.loads(hosted(ADDRESS)[str(profile["id"])])
    assert profile.items() <= document.items()


def test_the_key_set_has_every_key() -> None:
    """Each key of every issuer is there once, with its issuer and the id that tokens name."""
    slugs = tuple(each.slug for each in organizations())
    keys = key_set(ADDRESS, slugs)["keys"]
    found = {(each["iss"], each["kid"], PublicKey.from_jwk(each)) for each in keys}
    signers = [signer(ADDRESS, slug, each) for slug in slugs for each in TYPES]
    assert {(each.profile["id"], each.verification_method, each.key.public) for each in signers} == found
    assert len(signers) == len(keys)


@every_web
def test_no_secret_is_hosted(setting: Setting) -> None:
    """Although they are no secrets, private members are nowhere."""
    secrets = {each.secret_multikey or dict(each.secret_jwk or {})["d"] for each in published_keys()}
    for content in hosted(setting).values():
        if content.startswith(b"{"):
            assert not [each for each in objects(json.loads(content)) if PRIVATE_MEMBERS & each.keys()]
            assert not [secret for secret in secrets if secret.encode() in content]


def test_learners() -> None:
    """A learner known by a did:key has one of Ed25519."""
    assert learner_did("amara-okafor").startswith("did:key:z6Mk")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"base": "case.example.org"}, "is no base"),
        ({"base": "https://case.example.org/"}, "ends with a slash"),
        ({"base": "https://case.example.org?x"}, "is no base"),
        ({"base": "ftp://case.example.org"}, "is no base"),
        ({"base": "http://127.0.0.1:8000", "identity": Identity.ADDRESS}, "at an https address"),
        ({"base": "https://127.0.0.1:8000", "identity": Identity.DID_WEB}, "a domain name is required"),
        ({"at": OFFLINE.at.replace(tzinfo=None)}, "has no zone"),
        ({"at": OFFLINE.at.replace(year=2025)}, "after the last award"),
        ({"at": OFFLINE.at.replace(year=9500)}, "before 9000"),
        ({"case_version": "2.0"}, "no version of CASE"),
    ],
)
def test_what_does_not_go_together(arguments: dict[str, object], reason: str) -> None:
    """A setting in which credentials could not be verified, or could not have been issued, is refused with the reason."""
    with pytest.raises(ValueError, match=reason):
        Setting(**arguments)  # type: ignore[arg-type] - the arguments of each case
