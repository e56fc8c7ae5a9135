"""The credentials that faults and personas are made of: with every class of the standards, or with as little as possible."""

from __future__ import annotations

import base64
import copy
import functools
import json
from typing import Any

from skillmark_fixtures.pathways import badge_image, organizations
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.credentials.steps.recipients import identity_hash
from skillmark_reference.pathways.issuers import secret_key
from skillmark_reference.securing import statuses
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType

Record = dict[str, Any]

#: Whom certification wants a badge issued to.
RECIPIENT = "conformance@imsglobal.org"
LEARNER = "did:example:learner"
BASE = "https://school.example"
BADGE = f"{BASE}/credentials/1"
ACHIEVEMENT = f"{BASE}/achievements/welding"
LIST = f"{BASE}/status/1.json"
BEGIN = "2025-01-01T00:00:00Z"
CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
RECORD_CONTEXTS = (CONTEXTS[0], "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", CONTEXTS[1])
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
_SALT = "not-a-secret"


@functools.cache
def school(key_type: KeyType = KeyType.ED25519) -> Signer:
    """Return who issues the badges."""
    return Signer.by_did_key(secret_key(organizations()[0].slug, key_type), name="School")


@functools.cache
def publisher() -> Signer:
    """Return who endorses, and publishes the records."""
    return Signer.by_did_key(secret_key(organizations()[1].slug, KeyType.ED25519), name="State")


def picture(suffix: str = "png") -> str:
    """Return the address that holds a small image."""
    media_type = "image/svg+xml" if suffix == "svg" else "image/png"
    return f"data:{media_type};base64,{base64.b64encode(badge_image(suffix)).decode()}"


def minimal() -> Record:
    """Return a badge with what the standard demands, for whom certification names."""
    return {
        "@context": list(CONTEXTS),
        "id": BADGE,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": dict(school().profile),
        "validFrom": BEGIN,
        "name": "Welding",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["AchievementSubject"],
            "identifier": [_identity(RECIPIENT)],
            "achievement": {
                "id": ACHIEVEMENT,
                "type": ["Achievement"],
                "name": "Welding",
                "description": "Joins steel.",
                "criteria": {"narrative": "Weld three seams."},
            },
        },
    }


def _identity(value: str) -> Record:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(value, _SALT),
        "identityType": "emailAddress",
        "salt": _SALT,
    }


def maximal() -> Record:
    """Return a badge with every class of the standard that a badge can have; the endorsements are not signed."""
    badge = minimal()
    badge["@context"].append(EXTENSIONS)
    badge |= {
        "issuer": _profile(),
        "validUntil": "2099-12-31T00:00:00Z",
        "awardedDate": BEGIN,
        "description": "For three seams.",
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": {
            "id": f"{LIST}#42",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "42",
            "statusListCredential": LIST,
        },
        "evidence": [_evidence()],
        "endorsement": [endorsement(BADGE)],
        "image": {"id": picture(), "type": "Image", "caption": "Award"},
    }
    badge["credentialSubject"] |= {
        "activityEndDate": BEGIN,
        "activityStartDate": BEGIN,
        "creditsEarned": 3.5,
        "licenseNumber": "L-1",
        "narrative": "Well done.",
        "role": "welder",
        "source": {"id": f"{BASE}/source", "type": ["Profile"], "name": "Source"},
        "term": "Spring",
        "result": [
            {
                "type": ["Result"],
                "resultDescription": f"{ACHIEVEMENT}/levels",
                "achievedLevel": f"{ACHIEVEMENT}/levels/high",
                "status": "Completed",
                "alignment": [_alignment("CFItem")],
            },
            {"type": ["Result"], "resultDescription": f"{ACHIEVEMENT}/status", "status": "Completed"},
            {"type": ["Result"], "resultDescription": f"{ACHIEVEMENT}/grade", "value": "B", "status": "Completed"},
        ],
    }
    badge["credentialSubject"]["achievement"] |= _achievement()
    return badge


def _achievement() -> Record:
    return {
        "alignment": [_alignment("CFItem")],
        "achievementType": "Competency",
        "creator": {"id": f"{BASE}/creator", "type": ["Profile"], "name": "Creator"},
        "creditsAvailable": 5.0,
        "criteria": {"id": f"{ACHIEVEMENT}/criteria", "narrative": "Weld three seams."},
        "fieldOfStudy": "Metal",
        "humanCode": "W-1",
        "image": {"id": picture("svg"), "type": "Image", "caption": "Badge"},
        "inLanguage": "en-US",
        "otherIdentifier": [_entry("sourcedId")],
        "related": [{"id": f"{BASE}/achievements/de", "type": ["Related"], "inLanguage": "de", "version": "1"}],
        "resultDescription": [
            {
                "id": f"{ACHIEVEMENT}/levels",
                "type": ["ResultDescription"],
                "name": "Level",
                "resultType": "RubricCriterionLevel",
                "requiredLevel": f"{ACHIEVEMENT}/levels/high",
                "alignment": [_alignment("CFRubric")],
                "rubricCriterionLevel": [_level("low", "1"), _level("high", "2")],
            },
            {"id": f"{ACHIEVEMENT}/status", "type": ["ResultDescription"], "name": "Status", "resultType": "Status"},
            {
                "id": f"{ACHIEVEMENT}/grade",
                "type": ["ResultDescription"],
                "name": "Grade",
                "resultType": "LetterGrade",
                "allowedValue": ["C", "B", "A"],
                "requiredValue": "B",
            },
            {
                "id": f"{ACHIEVEMENT}/points",
                "type": ["ResultDescription"],
                "name": "Points",
                "resultType": "RawScore",
                "valueMin": "0",
                "valueMax": "100",
                "requiredValue": "50",
            },
        ],
        "specialization": "Steel",
        "tag": ["metal", "craft"],
        "version": "2",
    }


def _level(name: str, points: str) -> Record:
    return {
        "id": f"{ACHIEVEMENT}/levels/{name}",
        "type": ["RubricCriterionLevel"],
        "name": name,
        "description": f"A {name} level.",
        "level": name,
        "points": points,
        "alignment": [_alignment("CFRubricCriterionLevel")],
    }


def _alignment(kind: str) -> Record:
    return {
        "type": ["Alignment"],
        "targetName": "Joins metal",
        "targetUrl": f"{BASE}/items/1",
        "targetCode": "1",
        "targetDescription": "Joins metal parts.",
        "targetFramework": "Metal work",
        "targetType": kind,
    }


def _entry(kind: str) -> Record:
    return {"type": "IdentifierEntry", "identifier": "17", "identifierType": kind}


def _evidence() -> Record:
    return {
        "id": f"{BASE}/evidence/1",
        "type": ["Evidence"],
        "name": "Seam",
        "narrative": "The third seam.",
        "description": "A photograph.",
        "genre": "Photography",
        "audience": "Employers",
    }


def _profile() -> Record:
    return {
        **school().profile,
        "url": BASE,
        "phone": "+15555550100",
        "description": "A school.",
        "email": "office@school.example",
        "official": "The registrar",
        "image": {"id": picture(), "type": "Image"},
        "address": {
            "type": ["Address"],
            "addressCountry": "United States",
            "addressCountryCode": "US",
            "addressLocality": "Springfield",
            "postalCode": "00001",
            "streetAddress": "1 Main Street",
            "geo": {"type": "GeoCoordinates", "latitude": 1.5, "longitude": -2.5},
        },
        "otherIdentifier": [_entry("systemId")],
        "parentOrg": {"id": f"{BASE}/district", "type": ["Profile"], "name": "District"},
        "dateOfBirth": "1990-01-31",
    }


def endorsement(endorsed: str = ACHIEVEMENT) -> Record:
    """Return an endorsement that is not signed."""
    return {
        "@context": list(CONTEXTS),
        "id": f"{BASE}/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": dict(publisher().profile),
        "validFrom": BEGIN,
        "name": "Endorsement",
        "credentialSubject": {"id": endorsed, "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    }


def second() -> Record:
    """Return another badge of the same learner, for a record."""
    text = (
        json.dumps(minimal())
        .replace(BADGE, f"{BASE}/credentials/2")
        .replace(ACHIEVEMENT, f"{BASE}/achievements/cutting")
    )
    badge: Record = json.loads(text)
    return badge


def record(*members: Record) -> Record:
    """Return a record of some badges, with associations between their achievements; nothing in it is signed."""
    held = list(members) or [minimal(), second()]
    ids = [
        each["credentialSubject"]["achievement"]["id"]
        for each in held
        if "achievement" in each.get("credentialSubject", {})
    ]
    subject: Record = {
        "id": LEARNER,
        "type": ["ClrSubject"],
        "identifier": [_identity(RECIPIENT)],
        "achievement": [
            copy.deepcopy(minimal()["credentialSubject"]["achievement"]) | {"id": f"{BASE}/achievements/metal"}
        ],
        "verifiableCredential": held,
        "association": [
            {
                "type": "Association",
                "associationType": "isChildOf",
                "sourceId": each,
                "targetId": f"{BASE}/achievements/metal",
            }
            for each in ids
            if isinstance(each, str)
        ],
    }
    if not subject["association"]:
        del subject["association"]
    return {
        "@context": list(RECORD_CONTEXTS),
        "id": f"{BASE}/records/1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": dict(publisher().profile),
        "validFrom": BEGIN,
        "name": "Record",
        "partial": False,
        "credentialSubject": subject,
    }


@functools.cache
def documents() -> dict[str, bytes]:
    """Return what the badges refer to: the status list of the school, in which the place 7 alone is revoked."""
    bits = statuses.with_status(statuses.empty_bits(), 7, 1)
    listed = {
        "@context": [CONTEXTS[0]],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": school().profile["id"],
        "validFrom": BEGIN,
        "credentialSubject": {
            "id": f"{LIST}#list",
            **statuses.list_subject(statuses.StatusList(status_purpose=("revocation",), bits=bits)),
        },
    }
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": BEGIN,
        "verificationMethod": school().verification_method,
        "proofPurpose": "assertionMethod",
    }
    signed = add_proof(listed, options, school().key, environment=Environment(contexts=newest_contexts()))
    return {LIST: json.dumps(signed).encode()}
