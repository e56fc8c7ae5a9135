"""Healthy credentials of the three kinds, by issuers with fixed keys."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from interop.suites import Form, Kind, Suite

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import Frame, Signer
from skillmark_reference.securing.dids import did_jwk
from skillmark_reference.securing.keys import KeyType, SecretKey

Record = dict[str, Any]

BEGIN = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2099, 12, 31, tzinfo=datetime.UTC)
LEARNER = "did:example:learner"
ACHIEVEMENT = "https://school.example/achievements/welding"
LIST = "https://school.example/status/1"
LEVEL = "https://school.example/achievements/welding#level-2"
GRADE = "https://school.example/achievements/welding#grade"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
OPEN_BADGES_1 = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
#: What a holder of selective disclosure shows beside what the issuer made mandatory.
SHOWN = {
    Kind.ACHIEVEMENT: ["/credentialSubject/result", "/evidence"],
    Kind.OPEN_BADGE: ["/credentialSubject/result", "/evidence"],
    Kind.ENDORSEMENT: ["/awardedDate"],
    Kind.CLR: ["/credentialSubject/verifiableCredential/0"],
}
#: A value that tampering replaces, in whole credentials and in derived ones.
CHANGED = {
    Kind.ACHIEVEMENT: ("credentialSubject", "achievement", "name"),
    Kind.OPEN_BADGE: ("credentialSubject", "achievement", "name"),
    Kind.ENDORSEMENT: ("credentialSubject", "endorsementComment"),
    Kind.CLR: ("credentialSubject", "verifiableCredential", 0, "name"),
}


@functools.cache
def secret(number: int, kind: KeyType) -> SecretKey:
    """Return one of the keys, the same for the whole run."""
    if kind is KeyType.RSA:
        return SecretKey.generate(kind)
    return SecretKey(type=kind, raw=bytes([number]) * kind.facts.size)


@functools.cache
def school(kind: KeyType) -> Signer:
    """Return the issuer with a kind of key, known by a DID that is that key."""
    return _signer(secret(1, kind))


@functools.cache
def stranger(kind: KeyType) -> Signer:
    """Return somebody with another key of the same kind, who says to be the school."""
    other = _signer(secret(9, kind))
    return Signer(profile=school(kind).profile, key=other.key, verification_method=other.verification_method)


def _signer(key: SecretKey) -> Signer:
    if key.type is not KeyType.RSA:
        return Signer.by_did_key(key, name="School", url="https://school.example/")
    did = did_jwk(key.public.jwk())
    profile = {"id": did, "type": ["Profile"], "name": "School", "url": "https://school.example/"}
    return Signer(profile=profile, key=key, verification_method=f"{did}#0")


def credential(kind: Kind, suite: Suite, **members: object) -> Record:
    """Return a credential that is not signed, by the school with the key that the suite wants."""
    profile = school(suite.value.key).profile
    if suite.form.is_version_1:
        return _version_1(kind, profile, [ED25519_2020] if suite.form is Form.LEGACY else [])
    makers = {
        Kind.ACHIEVEMENT: _badge,
        Kind.OPEN_BADGE: _plain_badge,
        Kind.ENDORSEMENT: _endorsement,
        Kind.CLR: _clr,
    }
    return makers[kind](profile, members)


def _frame(number: int, members: Record) -> Frame:
    identifier = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    return Frame(id=identifier, name="Welding", valid_from=BEGIN, valid_until=END, members=members)


def _badge(profile: Any, members: Record, number: int = 1) -> Record:  # noqa: ANN401 - a Profile
    evidence = [
        {"id": "https://school.example/evidence/1", "type": ["Evidence"], "name": "Seams", "genre": "photograph"}
    ]
    return issuing.achievement_credential(
        _frame(number, {"evidence": evidence, "awardedDate": "2024-12-31T10:00:00Z", **members}),
        profile,
        subject={
            "id": LEARNER,
            "creditsEarned": 2.5,
            "result": [
                {"type": ["Result"], "resultDescription": GRADE, "value": "B"},
                {"type": ["Result"], "resultDescription": LEVEL, "achievedLevel": f"{LEVEL}-b", "status": "Completed"},
            ],
        },
        achievement=_achievement(profile),
    )


def _plain_badge(profile: Any, members: Record) -> Record:  # noqa: ANN401 - a Profile
    """Return a badge without the lists of JSON-LD, under the other name of its type."""
    badge = _badge(profile, members, 4)
    badge["type"] = ["VerifiableCredential", Kind.OPEN_BADGE.value]
    subject = badge["credentialSubject"]
    del subject["result"][1], subject["achievement"]["resultDescription"][1]
    del subject["achievement"]["resultDescription"][0]["allowedValue"]
    return badge


def _achievement(profile: Any) -> Record:  # noqa: ANN401 - a Profile
    return {
        "id": ACHIEVEMENT,
        "name": "Schweißen \N{LATIN SMALL LETTER E WITH ACUTE}l\N{LATIN SMALL LETTER E WITH ACUTE}mentaire",
        "description": "Joins steel.",
        "criteria": {"narrative": "Weld three seams.\nAll of them hold."},
        "creator": {"id": profile["id"], "type": ["Profile"]},
        "creditsAvailable": 3,
        "tag": ["welding", "steel"],
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": "Joining metals",
                "targetType": "CFItem",
                "targetUrl": "https://frameworks.example/items/1",
            }
        ],
        "resultDescription": [
            {
                "id": GRADE,
                "type": ["ResultDescription"],
                "name": "Grade",
                "resultType": "LetterGrade",
                "allowedValue": ["A", "B", "C"],
            },
            {
                "id": LEVEL,
                "type": ["ResultDescription"],
                "name": "Level",
                "resultType": "RubricCriterionLevel",
                "rubricCriterionLevel": [
                    {"id": f"{LEVEL}-{letter}", "type": ["RubricCriterionLevel"], "name": name, "points": points}
                    for letter, name, points in (("a", "Able", "1"), ("b", "Fluent", "2"))
                ],
            },
        ],
    }


def _endorsement(profile: Any, members: Record) -> Record:  # noqa: ANN401 - a Profile
    frame = _frame(2, {"awardedDate": "2024-12-31T10:00:00Z", **members})
    return issuing.endorsement_credential(frame, profile, endorsed=ACHIEVEMENT, comment="The seams hold.")


def _clr(profile: Any, members: Record) -> Record:  # noqa: ANN401 - a Profile
    return issuing.clr_credential(
        _frame(3, members),
        profile,
        subject={"id": LEARNER},
        credentials=_members(),
        associations=[("isRelatedTo", ACHIEVEMENT, f"{ACHIEVEMENT}/arc")],
        achievements=[_definition(ACHIEVEMENT), _definition(f"{ACHIEVEMENT}/arc")],
    )


def _definition(identifier: str) -> Record:
    criteria = {"narrative": "Weld three seams."}
    return {"id": identifier, "name": "Welding", "description": "Joins steel.", "criteria": criteria}


@functools.cache
def _members() -> tuple[Record, ...]:
    """Return the members of the record, each signed by its own issuer with its own suite."""
    made = []
    for number, suite in ((11, Suite.EDDSA_RDFC), (12, Suite.ECDSA_RDFC_P384)):
        signer = school(suite.value.key)
        badge = _badge(signer.profile, {}, number)
        made.append(issuing.with_proof(badge, signer, created=BEGIN, cryptosuite=suite.value.name))
    return tuple(made)


def _version_1(kind: Kind, profile: Any, further: list[str]) -> Record:  # noqa: ANN401 - a Profile
    """Return a credential of data model 1.1 that is not signed."""
    subject: Record = {"id": ACHIEVEMENT, "type": ["EndorsementSubject"], "endorsementComment": "The seams hold."}
    if kind.is_badge:
        achievement = {**_definition(ACHIEVEMENT), "type": ["Achievement"]}
        subject = {"id": LEARNER, "type": ["AchievementSubject"], "achievement": achievement}
    return {
        "@context": [CREDENTIALS_V1, OPEN_BADGES_1, *further],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000021",
        "type": ["VerifiableCredential", kind.value],
        "name": "Welding",
        "issuer": dict(profile),
        "issuanceDate": "2025-01-01T00:00:00Z",
        "expirationDate": "2099-12-31T00:00:00Z",
        "credentialSubject": subject,
    }
