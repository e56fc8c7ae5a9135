"""What the Data Integrity suites have in common (GitHub w3c-ccg/data-integrity-test-suite-assertion), a table for each side."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from pyld import jsonld
from tests.reference.vc_api.suites.driving import is_refused, proofs_of
from tests.reference.vc_api.surroundings import DATA_INTEGRITY, V1, V2, Json, credential, holder_of, signed

from skillmark_reference.credentials.steps.context_states import newest_contexts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.vc_api.suites.driving import Driver, Endpoint

    from skillmark_reference.securing.keys import SecretKey

_SECURITY = "https://w3id.org/security#"
#: dateTimeStamp of XML Schema 1.1.
_STAMP = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_BASE58 = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")
_BASE64URL = re.compile(r"u[A-Za-z0-9_-]+")
_URL = re.compile(r"[a-z]+:\S+")


def unsigned(version: str = "2.0") -> Json:
    """Return what the suites have issued, or sign themselves, in one data model."""
    subject = {"id": "did:example:learner", "name": "Ada"}
    if version == "2.0":
        return credential(credentialSubject=subject)
    terms = {"name": "https://schema.org/name"}
    return credential(**{"@context": [V1, terms], "issuanceDate": "2026-01-01T00:00:00Z"}, credentialSubject=subject)


def expanded(document: Json, member: str, value: object, kind: str) -> list[Json]:
    """Return what a member of a proof stands for, by the contexts of the document."""
    options = {"documentLoader": newest_contexts().reading().load, "base": None}
    proof = {"@context": document["@context"], "type": kind, member: value}
    found: list[Json] = jsonld.expand(proof, options)[0].get(f"{_SECURITY}{member}", [])
    return found


def _is_set_or_object(made: Json, _: Json) -> bool:
    return isinstance(made["proof"], dict | list)


def _has_context(made: Json, _: Json) -> bool:
    return bool({V2, DATA_INTEGRITY} & {each for each in made["@context"] if isinstance(each, str)})


def _maps_type(made: Json, proof: Json) -> bool:
    options = {"documentLoader": newest_contexts().reading().load, "base": None}
    (found,) = jsonld.expand({"@context": made["@context"], "type": proof["type"]}, options)
    return bool(found["@type"] == [f"{_SECURITY}DataIntegrityProof"])


def _maps_method(made: Json, proof: Json) -> bool:
    (found,) = expanded(made, "verificationMethod", proof["verificationMethod"], proof["type"])
    return bool(_URL.fullmatch(found["@id"]))


def _maps_purpose(made: Json, proof: Json) -> bool:
    (found,) = expanded(made, "proofPurpose", proof["proofPurpose"], proof["type"])
    return bool(found["@id"] == f"{_SECURITY}assertionMethod")


def _types_cryptosuite(made: Json, proof: Json) -> bool:
    (found,) = expanded(made, "cryptosuite", proof["cryptosuite"], proof["type"])
    return bool(found == {"@type": f"{_SECURITY}cryptosuiteString", "@value": proof["cryptosuite"]})


def _encodes(_: Json, proof: Json) -> bool:
    pattern = _BASE64URL if proof["cryptosuite"] == "ecdsa-sd-2023" else _BASE58
    return bool(pattern.fullmatch(proof["proofValue"]))


#: What holds for every proof that an issuer makes.
FORMAT: dict[str, Callable[[Json, Json], bool]] = {
    "there is a proof": lambda made, _: "proof" in made,
    "the proof is an object or a set": _is_set_or_object,
    "its id is a URL": lambda _, proof: "id" not in proof or bool(_URL.fullmatch(proof["id"])),
    "its type maps to a URL": _maps_type,
    "its type is DataIntegrityProof, and a context defines it": lambda made, proof: (
        proof["type"] == "DataIntegrityProof" and _has_context(made, proof)
    ),
    "its cryptosuite is a text": lambda _, proof: isinstance(proof["cryptosuite"], str),
    "created is a dateTimeStamp": lambda _, proof: bool(_STAMP.fullmatch(proof.get("created", "2026-01-01T00:00:00Z"))),
    "expires is a dateTimeStamp": lambda _, proof: bool(_STAMP.fullmatch(proof.get("expires", "2026-01-01T00:00:00Z"))),
    "its verificationMethod maps to a URL": _maps_method,
    "its proofPurpose maps to a URL": _maps_purpose,
    "its proofValue is a text": lambda _, proof: isinstance(proof["proofValue"], str),
    "its proofValue has the header and the alphabet of its suite": _encodes,
    "domain, challenge, previousProof and nonce are texts": lambda _, proof: all(
        isinstance(proof.get(name, ""), str) for name in ("domain", "challenge", "previousProof", "nonce")
    ),
    "its cryptosuite is of the subtype of string": _types_cryptosuite,
}


def made_by(driver: Driver, endpoint: Endpoint, cryptosuite: str, version: str = "2.0") -> tuple[Json, Json]:
    """Return what an issuer makes, and its proof of a suite."""
    made = driver.issued(endpoint, unsigned(version))
    (proof,) = [each for each in proofs_of(made) if each.get("cryptosuite") == cryptosuite]
    return made, proof


# Verifiers


def _without(name: str) -> Callable[[Json], Json]:
    return lambda proof: {key: value for key, value in proof.items() if key != name}


def _with(**members: object) -> Callable[[Json], Json]:
    return lambda proof: {**proof, **members}


#: What the suites do to a proof that is right, and every verifier refuses.
BROKEN: dict[str, Callable[[Json], object]] = {
    "proof is null": lambda _: None,
    "type is missing": _without("type"),
    "type is another": _with(type="UnknownProofType"),
    "verificationMethod is missing": _without("verificationMethod"),
    "verificationMethod is none": _with(verificationMethod="did:key:none"),
    "proofPurpose is missing": _without("proofPurpose"),
    "proofPurpose is another": _with(proofPurpose="invalidPurpose"),
    "proofValue is missing": _without("proofValue"),
    "proofValue is null": _with(proofValue=None),
    "proofValue is no text": _with(proofValue={"a": 1}),
    "proofValue has no header": lambda proof: {**proof, "proofValue": proof["proofValue"][1:]},
    "proofValue is of another alphabet": lambda proof: {**proof, "proofValue": f"{proof['proofValue'][0]}0Ol+/"},
    "cryptosuite is another": _with(cryptosuite="UnknownCryptosuite"),
    "created is no date": _with(created="invalidDate"),
}


def check_verifier(driver: Driver, verifier: Endpoint, right: Json) -> None:
    """Hold a verifier against a credential that is right, and everything that can be wrong with it."""
    assert 200 == driver.verify(verifier, right).status_code
    for name, broken in BROKEN.items():
        wrong = {**copy.deepcopy(right), "proof": broken(right["proof"])}
        assert is_refused(driver.verify(verifier, wrong)), name
    assert is_refused(driver.verify(verifier, {name: value for name, value in right.items() if name != "proof"}))
    assert is_refused(driver.verify(verifier, right, expectedProofPurpose="authentication"))
    assert is_refused(driver.verify(verifier, right, domain="another.example"))
    assert is_refused(driver.verify(verifier, right, domain="another.example", challenge="another"))


def locally_signed(key: SecretKey, cryptosuite: str, version: str = "2.0", **options: Any) -> Json:  # noqa: ANN401 - any JSON
    """Return a credential that the suite signs itself."""
    document = {**unsigned(version), "issuer": holder_of(key)}
    if version == "1.1":
        document["@context"] = [*document["@context"], DATA_INTEGRITY]
    return signed(document, key, cryptosuite=cryptosuite, **options)
