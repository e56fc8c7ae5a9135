"""What the suite for the EdDSA cryptosuites asks of a server (GitHub w3c/vc-di-eddsa-test-suite, 57 tests), replayed."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest
from tests.reference.integrity.known_answers import ALUMNI, PUBLISHED
from tests.reference.integrity.surroundings import with_legacy_context
from tests.reference.vc_api.suites.driving import is_refused
from tests.reference.vc_api.suites.integrity import FORMAT, check_verifier, locally_signed, made_by, unsigned
from tests.reference.vc_api.surroundings import V2, Json, credential, holder_of, key, signed

from skillmark_reference.securing import multibase
from skillmark_reference.securing.keys import KeyType, PublicKey, SecretKey

if TYPE_CHECKING:
    from tests.reference.integrity.known_answers import Answer
    from tests.reference.vc_api.suites.driving import Driver

SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
RDFC = SUITES[0]
OWN, OTHER = key(), key()
VERSIONS = ("1.1", "2.0")
ANSWERS = [each for each in PUBLISHED if "ecdsa" not in (each.cryptosuite or "")]


@pytest.mark.parametrize("name", FORMAT)
@pytest.mark.parametrize("suite", SUITES)
def test_issuers(driver: Driver, suite: str, name: str) -> None:
    """What the issuer of a suite makes has a proof of the right form."""
    made, proof = made_by(driver, driver.only("issuers", suite), suite)
    assert FORMAT[name](made, proof)


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    "document",
    [
        {**unsigned(), "unknownTerm": "lost"},
        {**unsigned(), "type": ["VerifiableCredential", "UnknownType"]},
        {**unsigned(), "credentialSubject": "no subject"},
        {"invalid": "document"},
    ],
    ids=["undefined term", "undefined type", "subject is a text", "no credential"],
)
def test_issuers_lose_nothing(driver: Driver, suite: str, document: Json) -> None:
    """An issuer refuses what linked data would lose, and what is no credential."""
    assert is_refused(driver.issue(driver.only("issuers", suite), document))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("suite", SUITES)
def test_verifiers(driver: Driver, suite: str, version: str) -> None:
    """The verifier accepts what the suite signs, and refuses it with any member of the proof missing or wrong."""
    check_verifier(driver, driver.only("verifiers", suite), locally_signed(OWN, suite, version))


def test_credentials_as_text(driver: Driver) -> None:
    """A credential is a JSON object, and no text with one in it."""
    right = locally_signed(OWN, RDFC)
    assert is_refused(driver.verify(driver.only("verifiers", RDFC), json.dumps(right)))


def test_what_needs_a_base(driver: Driver) -> None:
    """A document whose references need a base URL is refused."""
    right = locally_signed(OWN, RDFC)
    relative = {**right, "id": "relative/1"}
    assert is_refused(driver.verify(driver.only("verifiers", RDFC), relative))


def test_undefined_terms(driver: Driver) -> None:
    """Terms and types that no context defines are refused: signed in by somebody careless, or added afterwards."""
    verifier = driver.only("verifiers", RDFC)
    right = locally_signed(OWN, RDFC)
    added = {**right, "unknownTerm": "added"}
    retyped = {**right, "type": [*right["type"], "UnknownType"]}
    careless = locally_signed(OWN, RDFC)
    careless["credentialSubject"] = {**careless["credentialSubject"], "unknownTerm": "signed without being covered"}
    assert [True, True, True] == [is_refused(driver.verify(verifier, each)) for each in (added, retyped, careless)]


def _chained(previous: object) -> Json:
    document = credential(
        **{"@context": [V2, {"@context": {"alumniOf": "https://example.org/terms#alumniOf"}}]},
        id="urn:uuid:7d0a5e4c-6f0e-44b3-a7c9-0c3f3d1d2b10",
        issuer="https://example.org/issuers/1",
        credentialSubject={"id": "did:example:learner", "alumniOf": "A school"},
    )
    names = ["urn:uuid:4f7a6c36-2b64-4f2a-a5d2-1d6c3c3b0d11", "urn:uuid:c1d7e9a2-8f46-4a5e-9d1f-55a64b5a2d12"]
    once = signed(document, OWN, id=names[0])
    twice = signed(once, OTHER, id=names[1])
    return signed(twice, key(), previousProof=previous) if previous is not None else twice


FIRST = "urn:uuid:4f7a6c36-2b64-4f2a-a5d2-1d6c3c3b0d11"
SECOND = "urn:uuid:c1d7e9a2-8f46-4a5e-9d1f-55a64b5a2d12"


@pytest.mark.parametrize("previous", [None, FIRST, [FIRST], [FIRST, SECOND]], ids=["set", "text", "array", "both"])
def test_sets_and_chains(driver: Driver, previous: object) -> None:
    """Sets and chains of proofs by different keys verify, whoever of them the issuer is."""
    assert 200 == driver.verify(driver.only("verifiers", RDFC), _chained(previous)).status_code


@pytest.mark.parametrize("previous", [FIRST, [FIRST, SECOND]], ids=["text", "array"])
def test_chains_that_are_broken(driver: Driver, previous: object) -> None:
    """A chain is refused when a proof that it names is missing, or does not hold."""
    verifier = driver.only("verifiers", RDFC)
    right = _chained(previous)
    missing = {**right, "proof": [each for each in right["proof"] if each.get("id") != FIRST]}
    failing = copy.deepcopy(right)
    failing["proof"][0]["proofValue"] = failing["proof"][1]["proofValue"]
    unnamed = copy.deepcopy(right)
    unnamed["proof"][2]["previousProof"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    nobody = copy.deepcopy(right)
    nobody["proof"][2]["previousProof"] = 5
    for wrong in (missing, failing, unnamed, nobody):
        assert is_refused(driver.verify(verifier, wrong))


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"{each.cryptosuite or each.type}-{each.created}" for each in ANSWERS])
def test_published_vectors(driver: Driver, answer: Answer) -> None:
    """The documents that W3C published verify, Ed25519Signature2020 included, although nothing ties the key to the issuer."""
    document = ALUMNI if answer.cryptosuite else with_legacy_context(ALUMNI)
    proof = {**answer.options, "proofValue": answer.proof_value}
    if answer.cryptosuite == "eddsa-jcs-2022":
        proof["@context"] = ALUMNI["@context"]
    (verifier,) = driver.endpoints("verifiers", answer.cryptosuite or answer.type)
    assert 200 == driver.verify(verifier, {**document, "proof": proof}).status_code


@pytest.mark.parametrize("suite", SUITES)
def test_interoperability(driver: Driver, suite: str) -> None:
    """What the issuer of a suite makes, the verifier accepts."""
    made, _ = made_by(driver, driver.only("issuers", suite), suite)
    assert 200 == driver.verify(driver.only("verifiers", suite), made).status_code


@pytest.mark.parametrize("suite", SUITES)
def test_data_model(driver: Driver, suite: str) -> None:
    """Key and signature are Ed25519, in base58-btc: 32 and 64 bytes."""
    endpoint = driver.only("issuers", suite)
    _, proof = made_by(driver, endpoint, suite)
    assert ("DataIntegrityProof", suite) == (proof["type"], proof["cryptosuite"])
    public = PublicKey.from_multikey(proof["verificationMethod"].partition("#")[2])
    assert (KeyType.ED25519, 32) == (public.type, len(public.raw))
    assert 64 == len(multibase.decode(proof["proofValue"], multibase.Base.BASE58BTC))
    assert proof["verificationMethod"].startswith(f"{endpoint.id}#z6Mk")


@pytest.mark.parametrize("suite", SUITES)
def test_algorithms(driver: Driver, suite: str) -> None:
    """The suite of a proof is the one that was asked for, its texts are UTF-8; of another suite it does not verify."""
    made, proof = made_by(driver, driver.only("issuers", suite), suite)
    assert proof["proofValue"].encode().decode() == proof["proofValue"]
    (other,) = set(SUITES) - {suite}
    wrong = {**made, "proof": {**proof, "cryptosuite": other}}
    assert is_refused(driver.verify(driver.only("verifiers", suite), wrong))


def test_keys_of_another_type(driver: Driver) -> None:
    """A proof of an EdDSA suite by an ECDSA key is refused."""
    right = locally_signed(OWN, RDFC)
    stranger = SecretKey.generate(KeyType.P256)
    method = f"{holder_of(stranger)}#{stranger.public.multikey}"
    wrong = {**right, "proof": {**right["proof"], "verificationMethod": method}}
    assert is_refused(driver.verify(driver.only("verifiers", RDFC), wrong))
