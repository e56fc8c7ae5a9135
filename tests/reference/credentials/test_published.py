"""The published test vectors of both standards: Open Badges 3.0 Implementation Guide, Linked Data Proof Test Vector."""

from __future__ import annotations

import copy
import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import changed, check, subjects, told

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    Record = dict[str, Any]

ISSUER = "https://example.edu/issuers/565049"
KEY = SecretKey(
    type=KeyType.ED25519,
    raw=bytes.fromhex("6241a409e6707bb640a0140a8a32bc3d193c33a661747284d6adfa4ed4180be4"),
)
METHOD = f"{ISSUER}#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
CREATED = datetime.datetime(2010, 1, 1, 19, 23, 24, tzinfo=datetime.UTC)
CONTROLLER = {
    "id": ISSUER,
    "assertionMethod": [
        {"id": METHOD, "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": METHOD.partition("#")[2]}
    ],
}
OPTIONS_DIGEST = "d34009cea0dbc1ca941e09dc01c8c9d3e3ce3c5b853f67ee44698dcea10f5d19"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
UNIVERSITY = {"id": ISSUER, "type": "Profile", "name": "Example University"}
LEARNER = "did:example:ebfeb1f712ebc6f1c276e12ec21"


def _proof(value: str) -> Record:
    return {
        "type": "DataIntegrityProof",
        "created": "2010-01-01T19:23:24Z",
        "verificationMethod": METHOD,
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
        "proofValue": value,
    }


def _schema(url: str) -> list[Record]:
    return [{"id": f"https://purl.imsglobal.org/spec/{url}_schema.json", "type": "1EdTechJsonSchemaValidator2019"}]


def _achievement(number: int, uuid: str) -> Record:
    return {
        "id": f"urn:uuid:{uuid}",
        "type": "Achievement",
        "creator": {"id": ISSUER, "type": "Profile"},
        "name": f"Achievement {number}",
        "criteria": {"id": f"https://example.edu/achievements/{uuid}/criteria"},
        "description": f"Achievement {number}",
        "image": {"id": "https://example.edu/achievements/sample.png", "type": "Image"},
    }


ONE, TWO = (f"{first}-56cb-11ec-bf63-0242ac130002" for first in ("a7467ef6", "dd887f0a"))
BADGE: Record = {
    "@context": [V2, OB],
    "id": "http://example.com/credentials/3527",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": ISSUER, "type": ["Profile"], "url": "https://www.imsglobal.org", "name": "Example Corp"},
    "validFrom": "2010-01-01T00:00:00Z",
    "name": "Teamwork Badge",
    "credentialSubject": {
        "id": LEARNER,
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://example.com/achievements/21st-century-skills/teamwork",
            "type": ["Achievement"],
            "criteria": {
                "narrative": "Team members are nominated for this badge by their peers and recognized upon review by "
                "Example Corp management."
            },
            "description": "This badge recognizes the development of the capacity to collaborate within a group "
            "environment.",
            "name": "Teamwork",
        },
    },
    "proof": _proof("z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr"),
}
MEMBER: Record = {
    "@context": [V2, OB, EXTENSIONS],
    "id": "urn:uuid:91537dba-56cb-11ec-bf63-0242ac130002",
    "type": ["VerifiableCredential", "AchievementCredential"],
    "issuer": UNIVERSITY,
    "validFrom": "2010-01-01T00:00:00Z",
    "name": "Example University Degree",
    "credentialSubject": {"id": LEARNER, "type": "AchievementSubject", "achievement": _achievement(1, ONE)},
    "credentialSchema": _schema("ob/v3p0/schema/json/ob_v3p0_achievementcredential"),
    "proof": [_proof("z45QnLySMt2mWuW787G6cf3SLkP97ZkMZxLeXH5yaaTQPCtTup4GCV95tU8HEnQJSyGCokSj3AvUhmJtvveTmN4Vu")],
}
RECORD: Record = {
    "@context": [V2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", OB, EXTENSIONS],
    "id": "http://example.edu/credentials/3732",
    "type": ["VerifiableCredential", "ClrCredential"],
    "issuer": UNIVERSITY,
    "validFrom": "2010-01-01T00:00:00Z",
    "name": "Sample Transcript",
    "credentialSubject": {
        "id": LEARNER,
        "type": "ClrSubject",
        "verifiableCredential": [MEMBER],
        "achievement": [_achievement(1, ONE), _achievement(2, TWO)],
        "association": [
            {
                "type": "Association",
                "associationType": "isParentOf",
                "sourceId": f"urn:uuid:{ONE}",
                "targetId": f"urn:uuid:{TWO}",
            }
        ],
    },
    "credentialSchema": _schema("clr/v2p0/schema/json/clr_v2p0_clrcredential"),
    "proof": [_proof("zF52sU1nfPAjcwCqtgxPNSor6SJnAzRBwZW5VNQXPt8xXCHkd39sgqj32DnMjhFCzbyHsLkhQ8HpBqQTkMgXy329")],
}
VECTORS = [
    (BADGE, "/proof", "87f65a76d40146205e3b3e06cb0fbd153f97f9ce70372390f52566bb7f9e0773"),
    (RECORD, "/proof/0", "768d7015ae69e0210e1c2a45194d9c1d15d7a6022e52b946574a2a27f6fa85fe"),
]


@pytest.mark.parametrize(("vector", "place", "digest"), VECTORS, ids=["badge", "record"])
def test_published_credentials_are_valid(vector: Record, place: str, digest: str) -> None:
    """Both published credentials are valid without a warning, with the published hashes of document and proof options."""
    found = check(vector, {ISSUER: CONTROLLER})
    assert (Verdict.VALID, [], []) == (found.verdict, told(found), list(found.warnings))
    evidence = found.step(Subject.PROOF).evidence
    assert (digest, OPTIONS_DIGEST) == (evidence[f"{place} canonical document"], evidence[f"{place} canonical options"])
    assert all(each.valid for each in found.walk())


@pytest.mark.parametrize(("vector", "place", "digest"), VECTORS, ids=["badge", "record"])
def test_published_signatures_are_made_again(vector: Record, place: str, digest: str) -> None:
    """Issuing the published credentials anew gives the published proof values, byte for byte."""
    assert digest
    assert place.startswith("/proof")
    bare = copy.deepcopy(vector)
    proof = bare.pop("proof")
    signer = Signer(profile=vector["issuer"], key=KEY, verification_method=METHOD)
    made = issuing.with_proof(bare, signer, created=CREATED)
    expected = proof[0] if isinstance(proof, list) else proof
    assert expected == made["proof"]


@pytest.mark.parametrize(
    ("vector", "place"),
    [
        (BADGE, "/name"),
        (BADGE, "/credentialSubject/achievement/criteria/narrative"),
        (RECORD, "/credentialSubject/association/0/associationType"),
        (RECORD, "/credentialSubject/achievement/1/name"),
    ],
)
def test_published_credentials_are_refused_once_changed(vector: Record, place: str) -> None:
    """A published credential with one value changed is refused by its proof alone."""
    value = "isChildOf" if place.endswith("Type") else "Other"
    found = check(changed(vector, place, value), {ISSUER: CONTROLLER})
    assert (Verdict.INVALID, [Subject.PROOF]) == (found.verdict, subjects(found, Outcome.FAILED))


def test_a_changed_member_is_found_twice() -> None:
    """A value changed in the member breaks the proof of the member and that of the record."""
    place = "/credentialSubject/verifiableCredential/0/name"
    found = check(changed(RECORD, place, "Other"), {ISSUER: CONTROLLER})
    assert [Subject.PROOF, Subject.MEMBERS] == subjects(found, Outcome.FAILED)
    assert [Verdict.INVALID] == [each.verdict for each in found.inner]
