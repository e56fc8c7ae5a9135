"""What the suite for Verifiable Credentials Data Model 2.0 asks of a server (GitHub w3c/vc-data-model-2.0-test-suite), replayed.

The inputs are our own. The suite has 65 tests: 59 with embedded proofs, 6 with envelopes.
"""

from __future__ import annotations

import base64
import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.vc_api.suites.driving import is_refused, proofs_of
from tests.reference.vc_api.surroundings import (
    EXAMPLES,
    V2,
    Json,
    credential,
    holder_of,
    key,
    presentation,
    presented,
    signed,
)

from skillmark_reference.securing import jose
from skillmark_reference.securing.dids import did_key_method
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from tests.reference.vc_api.suites.driving import Driver

#: The suite signs with a key of its own.
HOLDER = key()
DOMAIN = "suite.example"
CHALLENGE = "uYWJjZGVmZ2hpamtsbW5vcA"
TERMS = {"Shown": "https://example.org/terms#Shown", "Other": "https://example.org/terms#Other"}


def _typed(name: str, **members: object) -> Json:
    return {"type": name, **members}


def _about(name: str, value: object) -> Json:
    return credential(**{"@context": [V2, TERMS], name: value})


def _texts(name: str) -> tuple[list[Json], list[Json]]:
    right: list[Any] = [
        "A name",
        ...,
        {"@value": "A name", "@language": "en"},
        {"@value": "A name", "@language": "en", "@direction": "ltr"},
        [{"@value": "A name", "@language": "en"}, {"@value": "Ein Name", "@language": "de"}],
    ]
    wrong: list[Any] = [{"@value": "A name", "@language": "en", "url": "https://example.org/"}, 5, {"text": "A name"}]
    return [credential(**{name: each}) for each in right], [credential(**{name: each}) for each in wrong]


def _issuer_texts(name: str) -> tuple[list[Json], list[Json]]:
    right, wrong = _texts(name)
    as_issuer = [
        [credential(issuer={name: each[name]} if name in each else {}) for each in listed] for listed in (right, wrong)
    ]
    return as_issuer[0], as_issuer[1]


def _related(*entries: Json) -> Json:
    return credential(relatedResource=list(entries))


def _resource(**members: object) -> Json:
    return {"id": V2, **members}


_SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
_DRAFT_SRI = "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"
_DRAFT_MULTIBASE = "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"
_OLD_LIST = {"id": "did:example:list", "type": "Shown"}
_REDEFINING = {"VerifiableCredential": "https://example.org/terms#VerifiableCredential"}
_TWICE = [{"@protected": True, **TERMS}, {"Shown": "https://example.org/terms#Redefined"}]

#: What an issuer accepts, and what it refuses, by what the test is about.
ISSUING: dict[str, tuple[list[Json], list[Json]]] = {
    "contexts: there is one": ([credential()], [credential(**{"@context": ...})]),
    "contexts: the base context comes first": (
        [credential()],
        [credential(**{"@context": [EXAMPLES]}), credential(**{"@context": [EXAMPLES, V2]})],
    ),
    "contexts: URLs and objects follow": (
        [credential(**{"@context": [V2, EXAMPLES]}), credential(**{"@context": [V2, TERMS]})],
        [
            credential(**{"@context": [V2, "https ://example.org/no-url"]}),
            credential(**{"@context": [V2, "https://example.org/unknown"]}),
            credential(**{"@context": [V2, 192_875]}),
            credential(**{"@context": [V2, None]}),
        ],
    ),
    "identifiers: one URL": (
        [
            credential(id="urn:uuid:5b5ba6d5-4b0b-4ac2-9cbf-0e1d0f0a3b9b"),
            credential(id="https://example.org/credentials/1"),
            credential(credentialSubject={"id": "https://example.org/learners/1"}),
        ],
        [
            credential(id=None),
            credential(id=["did:example:1", "did:example:2"]),
            credential(id="no-url"),
            credential(id=7),
            credential(credentialSubject={"id": ["did:example:1", "did:example:2"]}),
        ],
    ),
    "types: there is one": ([credential()], [credential(type=...)]),
    "types: terms that are defined, and URLs": (
        [
            credential(type=["VerifiableCredential", "https://example.org/terms#Shown"]),
            _about("type", ["VerifiableCredential", "Shown"]),
        ],
        [
            credential(
                **{"@context": [V2, {"Bad": "https ://example.org#Bad"}], "type": ["VerifiableCredential", "Bad"]}
            ),
            credential(**{"@context": [V2, {"@vocab": None}], "type": ["VerifiableCredential", "Unknown"]}),
            credential(type=["VerifiableCredential", "Unknown"]),
        ],
    ),
    "types: in any order": (
        [
            credential(
                type=["https://example.org/terms#Shown", "https://example.org/terms#Other", "VerifiableCredential"]
            ),
            credential(
                type=["https://example.org/terms#Shown", "VerifiableCredential", "https://example.org/terms#Other"]
            ),
        ],
        [],
    ),
    "types: VerifiableCredential among them": (
        [_about("type", ["VerifiableCredential", "Shown"])],
        [_about("type", ["Shown"])],
    ),
    "types: of credentialStatus": (
        [_about("credentialStatus", _OLD_LIST)],
        [_about("credentialStatus", {"id": "did:example:list"})],
    ),
    "types: of termsOfUse": (
        [_about("termsOfUse", _typed("Shown"))],
        [_about("termsOfUse", {"id": "did:example:terms"})],
    ),
    "types: of evidence": ([_about("evidence", _typed("Shown"))], [_about("evidence", {"id": "did:example:evidence"})]),
    "types: of refreshService": (
        [_about("refreshService", _typed("Shown", id="did:example:refresh"))],
        [_about("refreshService", {"id": "did:example:refresh"})],
    ),
    "types: of credentialSchema": (
        [_about("credentialSchema", _typed("Shown", id="did:example:schema"))],
        [_about("credentialSchema", {"id": "did:example:schema"})],
    ),
    "names: name": _texts("name"),
    "names: description": _texts("description"),
    "names: name of the issuer": _issuer_texts("name"),
    "names: description of the issuer": _issuer_texts("description"),
    "issuer: a URL": (
        [credential(issuer="https://example.org/issuers/1")],
        [credential(issuer=None), credential(issuer="no-url"), credential(issuer=["did:example:1"])],
    ),
    "issuer: an object with a URL": (
        [credential(issuer={"id": "did:example:issuer", "name": "A school"})],
        [credential(issuer={"id": None}), credential(issuer={"id": "no-url"})],
    ),
    "subject: there is one": ([credential()], [credential(credentialSubject=...)]),
    "subject: claims": (
        [credential(credentialSubject=[{"id": "did:example:1"}, {"id": "did:example:2"}])],
        [credential(credentialSubject={}), credential(credentialSubject=[{"id": "did:example:1"}, {}])],
    ),
    "period: validFrom": (
        [
            credential(validFrom="2025-05-05T12:30:15.123Z"),
            credential(validFrom="2025-05-05T12:30:15-05:00"),
            credential(validFrom="9000-01-01T00:00:00Z"),
        ],
        [credential(validFrom="5/5/2025"), credential(validFrom="2025-05-05"), credential(validFrom=1_746_448_215)],
    ),
    "period: validUntil": (
        [
            credential(validUntil="2035-05-05T12:30:15Z"),
            credential(validUntil="2035-05-05T12:30:15.123Z"),
            credential(validUntil="2035-05-05T12:30:15-05:00"),
            credential(validUntil="2015-05-05T12:30:15Z"),
        ],
        [credential(validUntil="5/5/2035"), credential(validUntil="2035-02-30T00:00:00Z")],
    ),
    "period: validFrom is not later": (
        [
            credential(validFrom="2025-01-01T00:00:00Z", validUntil="2026-01-01T00:00:00Z"),
            credential(validFrom="2025-01-01T00:00:00Z", validUntil="2025-01-01T00:00:00Z"),
        ],
        [credential(validFrom="2026-01-01T00:00:00Z", validUntil="2025-01-01T00:00:00Z")],
    ),
    "period: validUntil is not earlier": (
        [credential(validFrom="2025-01-01T02:00:00+02:00", validUntil="2025-01-01T00:00:00Z")],
        [credential(validFrom="2025-01-01T00:00:00-01:00", validUntil="2025-01-01T00:00:00Z")],
    ),
    "status: it has a type": ([], [_about("credentialStatus", {"id": "did:example:list"})]),
    "status: the type follows the rules of types": (
        [_about("credentialStatus", _OLD_LIST)],
        [_about("credentialStatus", {"id": "did:example:list"})],
    ),
    "status: its id follows the rules of identifiers": (
        [_about("credentialStatus", _typed("Shown"))],
        [
            _about("credentialStatus", {**_OLD_LIST, "id": ["did:example:1", "did:example:2"]}),
            _about("credentialStatus", {**_OLD_LIST, "id": "no-url"}),
        ],
    ),
    "status: the type is mapped": (
        [_about("credentialStatus", _OLD_LIST)],
        [_about("credentialStatus", {**_OLD_LIST, "type": "Unknown"})],
    ),
    "schemas: one or several": (
        [
            credential(credentialSchema=_typed("https://example.org/#Schema", id="did:example:schema")),
            credential(
                credentialSchema=[_typed("https://example.org/#Schema", id=f"did:example:{n}") for n in range(2)]
            ),
        ],
        [],
    ),
    "schemas: type and id": (
        [],
        [
            credential(credentialSchema={"id": "did:example:schema"}),
            credential(credentialSchema=_typed("https://example.org/#Schema")),
            credential(credentialSchema=_typed("https://example.org/#Schema", id=4)),
        ],
    ),
    "schemas: each by its type": (
        [credential(credentialSchema=[_typed("https://example.org/#Schema", id=f"did:example:{n}") for n in range(2)])],
        [],
    ),
    "advanced: nothing protected is redefined": (
        [],
        [
            credential(**{"@context": [V2, _REDEFINING]}),
            credential(**{"@context": [V2, *_TWICE], "type": ["VerifiableCredential", "Shown"]}),
        ],
    ),
    "advanced: related resources are objects": (
        [
            _related(_resource(digestSRI=_SRI)),
            _related(_resource(digestSRI=_DRAFT_SRI)),
            _related(_resource(digestMultibase=_DRAFT_MULTIBASE)),
            _related(_resource(digestSRI=_DRAFT_SRI, mediaType="application/ld+json")),
        ],
        [credential(relatedResource=["https://example.org/1", "https://example.org/2"])],
    ),
    "advanced: a related resource has an id": ([], [_related({"digestSRI": _SRI})]),
    "advanced: ids of related resources are unique": (
        [],
        [_related(_resource(digestSRI=_DRAFT_SRI), _resource(digestSRI=_DRAFT_SRI))],
    ),
    "advanced: a related resource has a digest": ([], [_related(_resource(mediaType="application/ld+json"))]),
    "advanced: the digest is right": (
        [],
        [
            _related(_resource(digestSRI="sha384-" + "A" * 64)),
            _related(_resource(digestSRI="sha256-" + "ab" * 32)),
            _related(_resource(digestMultibase="uEiA" + "A" * 43)),
            _related({"id": "https://example.org/resource.json", "digestSRI": _SRI}),
        ],
    ),
    "advanced: refresh services": (
        [
            credential(refreshService=_typed("https://example.org/#Refresh", id="did:example:refresh")),
            credential(
                refreshService=[_typed("https://example.org/#Refresh", id=f"did:example:{n}") for n in range(2)]
            ),
        ],
        [],
    ),
    "advanced: a refresh service has a type": ([], [credential(refreshService={"id": "did:example:refresh"})]),
    "advanced: terms of use": ([_about("termsOfUse", [_typed("Shown"), _typed("Shown")])], []),
    "advanced: terms of use have a type": (
        [_about("termsOfUse", _typed("Shown", id="did:example:terms"))],
        [_about("termsOfUse", {"id": "did:example:terms"})],
    ),
    "advanced: evidence": ([_about("evidence", [_typed("Shown"), _typed("Shown")])], []),
    "advanced: reserved properties have a type": (
        [_about("confidenceMethod", _typed("Shown"))],
        [
            _about("confidenceMethod", {"id": "did:example:method"}),
            _about("renderMethod", {"id": "did:example:method"}),
        ],
    ),
}


@pytest.mark.parametrize("name", ISSUING)
def test_issuing(driver: Driver, name: str) -> None:
    """The issuer signs what the data model allows, and refuses the rest with a reason."""
    endpoint = driver.only("issuers", "vc2.0")
    right, wrong = ISSUING[name]
    for each in right:
        answer = driver.issue(endpoint, each)
        assert 201 == answer.status_code, f"{each}: {answer.text}"
    for each in wrong:
        assert is_refused(driver.issue(endpoint, each)), each


# Basic conformance


def test_conforming_documents(driver: Driver) -> None:
    """What is issued has all required properties and is secured."""
    made = driver.issued(driver.only("issuers", "vc2.0"), credential())
    assert made.keys() >= {"@context", "type", "issuer", "credentialSubject", "proof"}
    assert ["DataIntegrityProof"] == [each["type"] for each in proofs_of(made)]


def test_conforming_documents_verify(driver: Driver) -> None:
    """What is issued verifies."""
    made = driver.issued(driver.only("issuers", "vc2.0"), credential())
    assert 200 == driver.verify(driver.only("verifiers", "vc2.0"), made).status_code


def test_other_documents_do_not_verify(driver: Driver) -> None:
    """A document that is neither credential nor presentation is refused as either."""
    other = {"type": ["NonconformingDocument"]}
    assert is_refused(driver.verify(driver.only("verifiers", "vc2.0"), other))
    assert is_refused(driver.verify_presentation(driver.only("vpVerifiers", "vc2.0"), other, checks=[]))


def test_changed_documents_do_not_verify(driver: Driver) -> None:
    """A credential that was changed after it was signed is refused."""
    made = driver.issued(driver.only("issuers", "vc2.0"), credential())
    made["credentialSubject"]["id"] = "did:example:somebody-else"
    assert is_refused(driver.verify(driver.only("verifiers", "vc2.0"), made))


# Presentations, signed by the suite


def _accepts(driver: Driver, document: object) -> bool:
    options = {"challenge": CHALLENGE, "domain": DOMAIN}
    answer = driver.verify_presentation(driver.only("vpVerifiers", "vc2.0"), document, **options)
    return answer.is_success or not is_refused(answer)


def _presented(**members: Any) -> Json:  # noqa: ANN401 - any JSON
    return presented(presentation(**members), HOLDER, challenge=CHALLENGE, domain=DOMAIN)


def _held(subject: str) -> Json:
    own = credential(issuer=holder_of(HOLDER), validFrom="2025-01-01T00:00:00Z", credentialSubject={"id": subject})
    return signed(own, HOLDER)


def test_presentations_with_contexts(driver: Driver) -> None:
    """The contexts of a presentation follow the rules of those of a credential."""
    right = _presented()
    assert _accepts(driver, right)
    assert _accepts(driver, _presented(**{"@context": [V2, EXAMPLES]}))
    assert _accepts(driver, _presented(**{"@context": [V2, TERMS]}))
    proof = right["proof"]
    for contexts in (..., [EXAMPLES, V2], [EXAMPLES], [V2, "https://example.org"], [V2, "https ://x"], [V2, 1], {}):
        assert not _accepts(driver, presentation(**{"@context": contexts, "proof": proof})), contexts
    assert not _accepts(driver, {})


def test_presentations_with_types(driver: Driver) -> None:
    """A presentation has the type VerifiablePresentation, and may have others."""
    proof = _presented()["proof"]
    assert _accepts(driver, _presented(**{"@context": [V2, TERMS], "type": ["VerifiablePresentation", "Shown"]}))
    assert not _accepts(driver, presentation(type=..., proof=proof))
    assert not _accepts(driver, presentation(type=["Shown"], proof=proof))
    wrong = presented(
        presentation(**{"@context": [V2, TERMS], "type": ["Shown"]}), HOLDER, challenge=CHALLENGE, domain=DOMAIN
    )
    assert not _accepts(driver, wrong)


def test_presentations_with_ids(driver: Driver) -> None:
    """The id of a presentation is one URL."""
    assert _accepts(driver, _presented(id="urn:uuid:0a0b8c4e-2b3f-4d65-8d36-2e7f5a9e7c11"))
    assert not _accepts(driver, presentation(id=["urn:uuid:1", "urn:uuid:2"], proof=_presented()["proof"]))


def test_presentations_with_credentials(driver: Driver) -> None:
    """A presentation holds credentials as objects, each of which has to verify."""
    own = [_held("did:example:1"), _held("did:example:2")]
    foreign = driver.issued(driver.only("issuers", "vc2.0"), credential())
    assert _accepts(driver, _presented(verifiableCredential=[*own, foreign]))
    changed = copy.deepcopy(foreign)
    changed["credentialSubject"]["id"] = "did:example:somebody-else"
    assert not _accepts(driver, _presented(verifiableCredential=[own[0], changed]))
    proof = _presented()["proof"]
    assert not _accepts(driver, presentation(verifiableCredential=["urn:uuid:1"], proof=proof))


def test_presentations_with_holders(driver: Driver) -> None:
    """The holder is a URL, or an object with a URL as id."""
    assert _accepts(driver, _presented(holder=holder_of(HOLDER)))
    assert _accepts(driver, _presented(holder={"id": holder_of(HOLDER)}))
    assert not _accepts(driver, _presented(holder={"name": "Nobody"}))


def test_presentations_that_are_changed(driver: Driver) -> None:
    """A presentation with another proof value, and one for another verifier or question, is refused."""
    right = _presented()
    assert _accepts(driver, right)
    proof = {**right["proof"], "proofValue": "z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh"}
    assert not _accepts(driver, {**right, "proof": proof})
    assert not _accepts(driver, presented(presentation(), HOLDER, challenge="another", domain=DOMAIN))
    assert not _accepts(driver, presented(presentation(), HOLDER, challenge=CHALLENGE, domain="elsewhere.example"))


# Envelopes


def _wrong_envelopes(envelope: Json) -> list[Json]:
    without_type = {name: value for name, value in envelope.items() if name != "type"}
    return [
        {**envelope, "@context": []},
        {**envelope, "@context": EXAMPLES},
        {**envelope, "@context": [EXAMPLES]},
        {**envelope, "id": envelope["id"].partition(",")[2]},
        without_type,
        {**envelope, "type": "VerifiableCredential"},
        {**envelope, "type": ["VerifiablePresentation"]},
    ]


def test_enveloped_credentials(driver: Driver) -> None:
    """An issuer that envelopes gives an object with a data URL; it verifies, and what is no envelope does not."""
    made = driver.issued(driver.only("issuers", "EnvelopingProof"), credential(credentialSubject={"name": "Ada"}))
    assert made["id"].startswith("data:application/vc+jwt,")
    assert (V2, "EnvelopedVerifiableCredential") == (made["@context"], made["type"])
    payload = made["id"].partition(",")[2].split(".")[1]
    inside = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert inside.keys() >= {"@context", "type", "issuer", "credentialSubject"}
    verifier = driver.only("verifiers", "EnvelopingProof")
    assert 200 == driver.verify(verifier, made).status_code
    for wrong in _wrong_envelopes(made):
        assert is_refused(driver.verify(verifier, wrong)), wrong


def _with_claim(name: str, document: Json, signer: Any, **claims: object) -> Json:  # noqa: ANN401 - a secret key
    what = "Credential" if name == "vc" else "Presentation"
    header = {"typ": "JWT", "kid": did_key_method(signer.public)}
    token = jose.sign_compact(jose.to_json({**claims, name: document}), key=signer, header=header)
    return {"@context": V2, "type": f"EnvelopedVerifiable{what}", "id": f"data:application/jwt,{token}"}


def test_enveloped_presentations(driver: Driver) -> None:
    """A presentation in a JWT with the claim vp, and in it a credential with the claim vc, verifies; no envelope does not."""
    issuer = key(KeyType.P256)
    inner = credential(issuer=holder_of(issuer), credentialSubject={"id": "did:example:1", "name": "Ada"})
    held = _with_claim("vc", inner, issuer, iss=holder_of(issuer), sub="did:example:1")
    shown = presentation(holder=holder_of(HOLDER), verifiableCredential=[held])
    made = _with_claim("vp", shown, HOLDER, iss=holder_of(HOLDER), aud="example.com", nonce="123456789")
    verifier = driver.only("vpVerifiers", "EnvelopingProof")
    assert 200 == driver.verify_presentation(verifier, made, challenge="123456789").status_code
    assert is_refused(driver.verify_presentation(verifier, made, challenge="987654321"))
    for wrong in _wrong_envelopes(made):
        assert is_refused(driver.verify_presentation(verifier, wrong, challenge="123456789")), wrong
