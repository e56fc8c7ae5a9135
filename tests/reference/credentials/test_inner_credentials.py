"""Credentials inside of credentials: members of records, endorsements, and what they say of each other."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.presenting import vc_jose
from tests.reference.credentials.surroundings import (
    ACHIEVEMENT,
    BADGE,
    CLUB,
    LEARNER,
    SCHOOL,
    STATE,
    badge,
    carelessly_signed,
    changed,
    check,
    controlled,
    controller_document,
    endorsement,
    failed,
    frame,
    record,
    signed,
    status_entry,
    subjects,
    told,
    unknown,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing.vc_jose_cose import envelope

if TYPE_CHECKING:
    Record = dict[str, Any]

WEB = "did:web:school.example"
WEB_ADDRESS = "https://school.example/.well-known/did.json"
PROFILE = "https://school.example/profile"
JWKS = "https://school.example/.well-known/jwks.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def test_members_that_have_ended() -> None:
    """An expired member is told with its own verdict; no text says what it makes of the record."""
    old = frame(until=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    member = issuing.achievement_credential(
        old, SCHOOL.profile, subject={"id": LEARNER}, achievement=badge()["credentialSubject"]["achievement"]
    )
    found = check(signed(record(signed(member)), STATE))
    assert (Verdict.VALID, [Subject.MEMBERS]) == (found.verdict, subjects(found, Outcome.WARNED))
    assert [Verdict.EXPIRED] == [each.verdict for each in found.inner]


def test_members_that_the_publisher_vouches_for() -> None:
    """A member of another issuer without proof needs a link to its original; two of one learner cannot be told apart."""
    evidence = [{"id": "https://club.example/badge.png", "type": ["Evidence"]}]
    one = badge(CLUB, evidence=evidence)
    found = check(signed(record(one), STATE))
    assert (Verdict.VALID, [Subject.MEMBERS]) == (found.verdict, subjects(found, Outcome.WARNED))
    assert not any(each.valid for each in found.inner)
    with_status = badge(CLUB, evidence=evidence, credentialStatus=status_entry())
    assert (Verdict.UNVERIFIABLE, [Subject.MEMBERS]) == unknown(check(signed(record(with_status), STATE)))
    own = check(signed(record(badge(STATE, evidence=evidence)), STATE))
    assert Verdict.INVALID is own.verdict
    two = badge(CLUB, "urn:uuid:b2", achievement="https://club.example/a", evidence=evidence)
    assert (Verdict.UNVERIFIABLE, [Subject.MERGED_MEMBERS]) == unknown(check(signed(record(one, two), STATE)))
    assert check(issuing.as_vc_jwt(record(one, two), STATE)).valid


def test_members_of_other_kinds_are_verified_too() -> None:
    """A member of no kind that the standards define is verified as a Verifiable Credential; a record in a record too."""
    other = {**badge(), "type": ["VerifiableCredential"]}
    del other["credentialSubject"]["achievement"]
    other["credentialSubject"] = {"id": LEARNER}
    good = carelessly_signed(other)
    assert check(signed(record(good), STATE)).valid
    bad = changed(good, "/name", "Other")
    assert Verdict.INVALID is check(signed(record(bad), STATE)).verdict
    inner = {**signed(record(signed(badge())), STATE)}
    outer = {**record(inner), "id": "urn:uuid:c2"}
    assert check(signed(outer, STATE)).valid


def test_members_about_somebody_else_are_told() -> None:
    """A badge of another learner in the record is warned of."""
    found = check(signed(record(signed(badge(subject={"id": "did:example:other"}))), STATE))
    assert (Verdict.VALID, [Subject.SAME_LEARNER]) == (found.verdict, subjects(found, Outcome.WARNED))


@pytest.mark.parametrize(
    ("associations", "expected"),
    [
        ([("isPartOf", ACHIEVEMENT, "urn:b")], []),
        ([("isPartOf", ACHIEVEMENT, "urn:c")], [Subject.ASSOCIATION_ENDS]),
        ([("isRelatedTo", "urn:b", "urn:b")], [Subject.ASSOCIATION_SENSE]),
        ([("isRelatedTo", ACHIEVEMENT, "urn:b"), ("isRelatedTo", "urn:b", ACHIEVEMENT)], []),
        ([("precedes", ACHIEVEMENT, "urn:b"), ("precedes", "urn:b", ACHIEVEMENT)], [Subject.ASSOCIATION_SENSE]),
        ([("isChildOf", ACHIEVEMENT, "urn:b"), ("isParentOf", "urn:b", ACHIEVEMENT)], []),
        ([("isChildOf", ACHIEVEMENT, "urn:b"), ("isParentOf", ACHIEVEMENT, "urn:b")], [Subject.ASSOCIATION_SENSE]),
    ],
)
def test_associations(associations: list[tuple[str, str, str]], expected: list[Subject]) -> None:
    """Ends outside of the record and contradictions are warned of: no clause demands more."""
    defined = {**badge()["credentialSubject"]["achievement"], "id": "urn:b"}
    found = check(signed(record(signed(badge()), achievements=[defined], associations=associations), STATE))
    assert (Verdict.VALID, expected) == (found.verdict, subjects(found, Outcome.WARNED))


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"resultDescription": "urn:rd", "status": "Completed"}, None),
        ({"resultDescription": "urn:other"}, "is no resultDescription"),
        ({"resultDescription": "urn:rd"}, "has no status"),
        ({"resultDescription": "urn:rd", "status": "Completed", "achievedLevel": "urn:l9"}, "none of the levels"),
    ],
)
def test_results(result: Record, words: str | None) -> None:
    """Results speak of the descriptions of their achievement, and have what these demand."""
    made = badge(subject={"id": LEARNER, "result": [{"type": ["Result"], **result}]})
    level = {"id": "urn:l1", "type": ["RubricCriterionLevel"], "name": "One"}
    description = {
        "id": "urn:rd",
        "type": ["ResultDescription"],
        "name": "Seam",
        "resultType": "Status",
        "rubricCriterionLevel": [level],
    }
    made["credentialSubject"]["achievement"]["resultDescription"] = [description]
    found = check(signed(made))
    assert (words is None) == found.valid
    assert words is None or ([Subject.RESULTS] == subjects(found, Outcome.FAILED) and words in told(found)[0])


def test_endorsements_that_have_ended() -> None:
    """An endorsement that has ended is told, and does not end the badge; one that cannot be verified leaves it unknown."""
    old = frame("urn:uuid:e1", until=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    praise = signed(issuing.endorsement_credential(old, STATE.profile, endorsed=BADGE), STATE)
    found = check(signed({**badge(), "endorsement": [praise]}))
    assert (Verdict.VALID, [Subject.ENDORSEMENTS]) == (found.verdict, subjects(found, Outcome.WARNED))
    web = controlled(WEB)
    praise = signed({**endorsement(BADGE), "issuer": dict(web.profile)}, web)
    made = signed({**badge(), "endorsement": [praise]})
    assert (Verdict.UNVERIFIABLE, [Subject.ENDORSEMENTS]) == unknown(check(made))
    assert check(made, {WEB_ADDRESS: controller_document(WEB)}).valid


def test_endorsements_stand_alone() -> None:
    """An endorsement is a credential of its own, as JSON and as token."""
    assert check(signed(endorsement(), STATE)).valid
    assert check(issuing.as_vc_jwt(endorsement(), STATE)).valid


def test_a_member_in_an_envelope() -> None:
    """A record may hold a badge as token in an envelope: it is verified, its learner compared, and its tampering found."""
    made = check(carelessly_signed(record(envelope(vc_jose(badge()))), STATE))
    assert (Verdict.VALID, ()) == (made.verdict, made.warnings)
    assert [("/credentialSubject/verifiableCredential/0", Verdict.VALID)] == [
        (each.pointer, each.verdict) for each in made.inner
    ]
    foreign = check(carelessly_signed(record(envelope(vc_jose(badge(subject={"id": "did:example:other"})))), STATE))
    assert [Subject.SAME_LEARNER] == subjects(foreign, Outcome.WARNED)
    head, _, signature = vc_jose(badge()).rpartition(".")
    other = vc_jose(badge(identifier="urn:uuid:2")).rpartition(".")[2]
    assert signature != other
    broken = check(carelessly_signed(record(envelope(f"{head}.{other}")), STATE))
    assert (Verdict.INVALID, [Subject.MEMBERS]) == (broken.verdict, failed(broken))
