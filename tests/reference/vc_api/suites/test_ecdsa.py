"""What the suite for the ECDSA cryptosuites asks of a server (GitHub w3c/vc-di-ecdsa-test-suite, 133 tests), replayed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from tests.reference.integrity.known_answers import ALUMNI, PUBLISHED
from tests.reference.vc_api.suites.driving import is_refused, proofs_of
from tests.reference.vc_api.suites.integrity import FORMAT, check_verifier, locally_signed, made_by, unsigned
from tests.reference.vc_api.surroundings import DATA_INTEGRITY, V1, V2, Json, credential, holder_of, key, signed

from skillmark_reference.credentials.issuance.deriving import derive
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.integrity.selective_values import read_base, read_derived
from skillmark_reference.securing.keys import KeyType, PublicKey

if TYPE_CHECKING:
    from tests.reference.integrity.known_answers import Answer
    from tests.reference.vc_api.suites.driving import Driver

RDFC, JCS, SD = "ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023"
ISSUERS = [(RDFC, "P-256"), (RDFC, "P-384"), (SD, "P-256"), (JCS, "P-256"), (JCS, "P-384")]
WHOLE = [each for each in ISSUERS if each[0] != SD]
VERSIONS = ("1.1", "2.0")
KEYS = {"P-256": key(KeyType.P256), "P-384": key(KeyType.P384)}
#: Letters with which the Multikeys begin, and bytes of key and signature.
FORMS = {"P-256": ("zDna", 33, 64), "P-384": ("z82L", 49, 96)}
ANSWERS = [each for each in PUBLISHED if (each.cryptosuite or "").startswith("ecdsa")]


@pytest.mark.parametrize("name", FORMAT)
@pytest.mark.parametrize(("suite", "key_type"), ISSUERS)
def test_issuers(driver: Driver, suite: str, key_type: str, name: str) -> None:
    """What the issuer of a suite and a type of key makes has a proof of the right form, in both data models."""
    endpoint = driver.only("issuers", suite, key_type)
    for version in VERSIONS:
        made, proof = made_by(driver, endpoint, suite, version)
        assert FORMAT[name](made, proof)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("suite", "key_type"), WHOLE)
def test_keys_and_signatures(driver: Driver, suite: str, key_type: str, version: str) -> None:
    """Key and signature have the lengths of the curve: compressed point, r and s in fixed length (IEEE P1363)."""
    prefix, key_bytes, signature_bytes = FORMS[key_type]
    endpoint = driver.only("issuers", suite, key_type)
    made, proof = made_by(driver, endpoint, suite, version)
    multikey = proof["verificationMethod"].partition("#")[2]
    public = PublicKey.from_multikey(multikey)
    assert (prefix, key_type, key_bytes) == (multikey[:4], public.type.value, len(public.raw))
    assert signature_bytes == len(multibase.decode(proof["proofValue"], multibase.Base.BASE58BTC))
    assert 200 == driver.verify(driver.only("verifiers", suite, key_type), made).status_code


def test_terms_of_the_proof_in_data_model_1(driver: Driver) -> None:
    """To a credential of data model 1.1 the context is added that defines the terms of its proof."""
    made, _ = made_by(driver, driver.only("issuers", RDFC, "P-256"), RDFC, "1.1")
    assert (V1, DATA_INTEGRITY) == (made["@context"][0], made["@context"][-1])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("suite", "key_type"), WHOLE)
def test_verifiers(driver: Driver, suite: str, key_type: str, version: str) -> None:
    """The verifier accepts what the suite signs, and refuses it with any member of the proof missing or wrong."""
    right = locally_signed(KEYS[key_type], suite, version)
    verifier = driver.only("verifiers", suite, key_type)
    check_verifier(driver, verifier, right)
    for cryptosuite, kind in (("", "DataIntegrityProof"), (suite, "")):
        wrong = {**right, "proof": {**right["proof"], "cryptosuite": cryptosuite, "type": kind}}
        assert is_refused(driver.verify(verifier, wrong))
    assert is_refused(driver.client.post(verifier.url, json={"options": {"checks": ["proof"]}}))


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"{each.cryptosuite}-{each.created}" for each in ANSWERS])
def test_published_vectors(driver: Driver, answer: Answer) -> None:
    """The documents that W3C published verify, although nothing ties the key to the issuer."""
    suite = answer.cryptosuite or ""
    proof = {**answer.options, "proofValue": answer.proof_value}
    if suite == JCS:
        proof["@context"] = ALUMNI["@context"]
    (verifier,) = driver.endpoints("verifiers", suite)
    assert 200 == driver.verify(verifier, {**ALUMNI, "proof": proof}).status_code


# Selective disclosure


BOATS = {
    "@protected": True,
    "Win": "https://example.org/terms#Win",
    "sails": "https://example.org/terms#sails",
    "size": "https://example.org/terms#size",
    "wins": {"@id": "https://example.org/terms#wins", "@type": "@id"},
}
WINS = [
    {"type": "Win", "sails": [{"size": 5.5}, {"size": 6.1}, {"size": 7}]},
    {"type": "Win", "sails": [{"size": 5.9}, {"size": 4.9}]},
]
RACES = credential(
    **{"@context": [V2, BOATS]},
    id="urn:uuid:6fb2a0c6-9c8e-4b0e-8a44-4a6f8b1c2d13",
    credentialSubject={"id": "did:example:sailor", "name": "Jane", "wins": WINS},
)
_FIRST = "/credentialSubject/wins/0"
#: What the holder shows, by what it is about.
SHOWN = {
    "one value": ["/credentialSubject/name"],
    "nested objects": ["/credentialSubject/wins/0/sails"],
    "a whole array": [
        f"/credentialSubject/wins/{n}/sails/{m}/size" for n, m in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))
    ],
    "less than a whole array": [f"{_FIRST}/sails/0/size", f"{_FIRST}/sails/1/size"],
    "an array without its first entry": ["/credentialSubject/wins/1/sails/1"],
    "nothing beside what is mandatory": [],
}


def _selective(document: Json, mandatory: tuple[str, ...] = ("/issuer",)) -> Json:
    own = KEYS["P-256"]
    disclosure = Disclosure.fresh(mandatory)
    return signed({**document, "issuer": holder_of(own)}, own, cryptosuite=SD, disclosure=disclosure)


@pytest.mark.parametrize("mandatory", [["/issuer"], ["/issuer", "/credentialSubject/name"], None])
def test_base_proofs(driver: Driver, mandatory: list[str] | None) -> None:
    """A base proof has the five parts of the suite, with the mandatory pointers that the request names."""
    options = {} if mandatory is None else {"mandatoryPointers": mandatory}
    made = driver.issued(driver.only("issuers", SD), unsigned(), **options)
    (proof,) = proofs_of(made)
    assert proof["proofValue"].startswith("u2V0A")
    base = read_base(proof["proofValue"])
    assert (64, 32) == (len(base.signature), len(base.hmac_key))
    assert {64} >= {len(each) for each in base.signatures}
    assert mandatory is None or mandatory == list(base.mandatory_pointers)


@pytest.mark.parametrize("pointers", [["/non/existent/path"], ["/credentialSubject/invalidPointer"], ["no pointer"]])
def test_pointers_that_lead_nowhere(driver: Driver, pointers: list[str]) -> None:
    """A pointer that leads nowhere is refused, by the issuer and by the holder."""
    issuer = driver.only("issuers", SD)
    assert is_refused(driver.issue(issuer, unsigned(), mandatoryPointers=pointers))
    body = {"verifiableCredential": driver.issued(issuer, unsigned()), "options": {"selectivePointers": pointers}}
    assert is_refused(driver.client.post(driver.only("vcHolders", SD).url, json=body))


@pytest.mark.parametrize("name", SHOWN)
def test_derived_proofs(driver: Driver, name: str) -> None:
    """What the holder service derives verifies, and so does what the suite derives; a changed one does not."""
    verifier = driver.only("verifiers", SD)
    made = driver.issued(driver.only("issuers", SD), RACES, mandatoryPointers=["/issuer", "/credentialSubject/id"])
    body = {"verifiableCredential": made, "options": {"selectivePointers": SHOWN[name]}}
    answer = driver.client.post(driver.only("vcHolders", SD).url, json=body)
    assert 201 == answer.status_code
    for shown in (answer.json()["verifiableCredential"], derive(made, SHOWN[name], contexts=newest_contexts())):
        assert 200 == driver.verify(verifier, shown).status_code
        changed = {**shown, "credentialSubject": {**shown.get("credentialSubject", {}), "id": "urn:uuid:1"}}
        assert is_refused(driver.verify(verifier, changed))


@pytest.mark.parametrize("version", VERSIONS)
def test_derived_proofs_of_the_suite(driver: Driver, version: str) -> None:
    """What the suite signs and derives verifies, with and without ids; a base proof does not."""
    verifier = driver.only("verifiers", SD)
    contexts = [V2] if version == "2.0" else [V1, DATA_INTEGRITY, {"name": "https://schema.org/name"}]
    for document in (unsigned(version), {**unsigned(version), "credentialSubject": {"name": "Nobody"}}):
        made = _selective({**document, "@context": contexts})
        assert is_refused(driver.verify(verifier, made))
        shown = derive(made, ["/credentialSubject/name", "/type"], contexts=newest_contexts())
        if version == "1.1":
            # Without issuanceDate a credential of data model 1.1 is none.
            shown = derive(made, ["/credentialSubject/name", "/type", "/issuanceDate"], contexts=newest_contexts())
        assert 200 == driver.verify(verifier, shown).status_code


def _forged(text: str, change: str) -> object:
    value = read_derived(text)
    assert 64 == len(value.signature)
    return {
        "prefix": f"a{text[1:]}",
        "no prefix": text[1:],
        "header": f"{text[:1]}{text[4:]}",
        "base header": text.replace("u2V0B", "u2V0A", 1),
        "other bytes": f"{text[:-6]}AAAAAA",
        "cut off": text[: len(text) // 2],
        "number": 5,
        "nothing": "u",
    }[change]


@pytest.mark.parametrize(
    "change", ["prefix", "no prefix", "header", "base header", "other bytes", "cut off", "number", "nothing"]
)
def test_derived_values_that_are_wrong(driver: Driver, change: str) -> None:
    """A derived proof with another prefix, header or content is refused."""
    verifier = driver.only("verifiers", SD)
    shown = derive(_selective(RACES), SHOWN["nested objects"], contexts=newest_contexts())
    wrong = copy.deepcopy(shown)
    wrong["proof"]["proofValue"] = _forged(shown["proof"]["proofValue"], change)
    assert is_refused(driver.verify(verifier, wrong))


@pytest.mark.parametrize("cryptosuite", ["invalid-cryptosuite", RDFC, JCS])
def test_derived_proofs_of_another_suite(driver: Driver, cryptosuite: str) -> None:
    """A derived proof does not verify as one of another suite."""
    shown = derive(_selective(RACES), SHOWN["one value"], contexts=newest_contexts())
    shown["proof"]["cryptosuite"] = cryptosuite
    assert is_refused(driver.verify(driver.only("verifiers", SD), shown))


# Interoperability


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("suite", "key_type"), WHOLE)
def test_interoperability(driver: Driver, suite: str, key_type: str, version: str) -> None:
    """What the issuer makes the verifier accepts, whose one address takes every suite and key."""
    made, _ = made_by(driver, driver.only("issuers", suite, key_type), suite, version)
    (verifier,) = driver.endpoints("verifiers", suite)
    assert 200 == driver.client.post(verifier.url, json={"verifiableCredential": made}).status_code
