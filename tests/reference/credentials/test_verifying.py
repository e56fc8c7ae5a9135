"""Verifying: every step with its evidence, states of contexts, recipients, schemas, resources; and what cannot be told."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import (
    BEGIN,
    LEARNER,
    NOW,
    SCHOOL,
    STATE,
    badge,
    carelessly_signed,
    changed,
    check,
    record,
    signed,
    subjects,
    told,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.steps.context_states import choices
from skillmark_reference.credentials.steps.recipients import Recipient, identity_hash
from skillmark_reference.credentials.steps.sources import Sources
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, SystemClock
from skillmark_reference.documents import Policy as Door
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.contexts import context_document

if TYPE_CHECKING:
    Record = dict[str, Any]

WEB = "did:web:school.example"
WEB_ADDRESS = "https://school.example/.well-known/did.json"
PROFILE = "https://school.example/profile"
JWKS = "https://school.example/.well-known/jwks.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


# Every step


def test_every_step_names_its_requirement() -> None:
    """A healthy badge passes every step that applies, in order, each with the id of the requirement that it decides."""
    found = check(signed(badge()))
    assert Verdict.VALID is found.verdict
    assert {Outcome.PASSED, Outcome.NOT_APPLICABLE} == {each.outcome for each in found.steps}
    order = list(Subject)
    places = [order.index(each.subject) for each in found.steps]
    assert sorted(places) == places
    assert "OB30-R-114" == found.step(Subject.PROOF).requirement
    assert "OB30-R-001" == found.step(Subject.STRUCTURE).requirement
    of_record = check(signed(record(signed(badge())), STATE))
    assert {"CLR20", "VCDM2"} == {each.requirement[:5] for each in of_record.steps}
    assert {"OB30-", "VCDM2"} == {each.requirement[:5] for each in of_record.inner[0].steps}


def test_the_evidence_is_enough_to_compare() -> None:
    """The proof step holds suite, hashes, and the states of the contexts; the key step the key."""
    found = check(signed(badge()))
    evidence = found.step(Subject.PROOF).evidence
    assert {"/proof suite", "/proof canonical document", "/proof canonical options"} <= evidence.keys()
    assert "3.0.3-2026-06-29" == evidence[f"context {OB}"]
    assert f"{SCHOOL.verification_method} (Ed25519)" == found.step(Subject.PROOF_KEY).evidence["/proof"]


def test_the_same_question_has_the_same_answer() -> None:
    """Two verifications of the same bytes at the same time are equal."""
    made = json.dumps(signed(record(signed(badge())), STATE))
    assert check(made) == check(made)


def test_the_time_has_a_zone() -> None:
    """A time without zone is the caller's mistake, and no verdict."""
    documents = Documents(clock=SystemClock(), policy=Door(offline=True))
    with pytest.raises(ValueError, match="zone"):
        verify(json.dumps(signed(badge())), documents=documents, now=NOW.replace(tzinfo=None))


# Contexts


CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
OLDER_CLR = "2.0.1-2024-02-19"


def under_older_state(credential: Record) -> Record:
    """Return a record with a proof that was made when the context of CLR did not define ``partial`` yet."""
    older_state = load_vocabulary("clr-2.0").contexts["context"][OLDER_CLR]
    content = json.dumps(context_document(older_state)).encode()
    contexts = issuing.newest_contexts().with_documents({CLR: content})
    return issuing.with_proof(credential, STATE, created=BEGIN, contexts=contexts)


def test_a_proof_that_holds_under_an_older_state_only() -> None:
    """A term of the issuer's own was overruled by a later state: the proof holds with the older one, and the verdict says so."""
    made = {**record(signed(badge())), "partial": True}
    made["@context"] = [*made["@context"], {"partial": "https://state.example/terms#partial"}]
    found = check(under_older_state(made))
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert [Subject.CONTEXT_STATE] == subjects(found, Outcome.WARNED)
    assert OLDER_CLR in str(found.warnings[0])
    assert OLDER_CLR == found.step(Subject.PROOF).evidence[f"context {CLR}"]
    newest = check(signed(made, STATE))
    assert (Verdict.VALID, ()) == (newest.verdict, newest.warnings)


def test_a_member_that_an_older_state_did_not_define() -> None:
    """A member that the issuer's copy of the context did not define was never signed: refused, and the state is named."""
    made = record(signed(badge()))
    older_proof = under_older_state(made)
    assert check(older_proof).valid
    found = check({**older_proof, "partial": True})
    assert (Verdict.INVALID, [Subject.PROOF]) == (found.verdict, subjects(found, Outcome.FAILED))
    assert told(found)[0].startswith("/partial: the member is not signed")
    assert OLDER_CLR in told(found)[0]


def test_all_states_are_tried_the_newest_first() -> None:
    """A record names contexts with four and two states; every combination is a choice."""
    documents = Documents(clock=SystemClock(), policy=Door(offline=True))
    offered = list(choices(record(signed(badge())), Sources(documents, limit=9)))
    assert 8 == len({tuple(each.states.values()) for each in offered})
    assert ((), "2.0.1-2025-03-24", "3.0.3-2026-06-29") == (
        offered[0].outdated,
        offered[0].states[CLR],
        offered[0].states[OB],
    )


def test_older_contexts_are_used_as_they_are() -> None:
    """A badge under the context 3.0.2 is valid, and the verdict says which state was used."""
    made = badge()
    older_context = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
    found = check(signed({**made, "@context": [made["@context"][0], older_context]}))
    assert (Verdict.VALID, ()) == (found.verdict, found.warnings)
    assert "3.0.2" == found.step(Subject.PROOF).evidence[f"context {older_context}"]


def test_contexts_that_nobody_knows() -> None:
    """A credential under an unknown context is unverifiable; with the context at hand it is valid."""
    url = "https://school.example/extension.json"
    content = json.dumps({"@context": {"colour": "https://school.example/terms#colour"}}).encode()
    contexts = issuing.newest_contexts().with_documents({url: content})
    made = {**badge(), "colour": "red"}
    made["@context"] = [*made["@context"], url]
    made = issuing.with_proof(made, SCHOOL, created=BEGIN, contexts=contexts)
    assert check(made, {url: content}).valid
    assert Verdict.UNVERIFIABLE is check(made).verdict
    assert any(url in each for each in told(check(made)))


# Recipients


def recipients() -> Record:
    """Return a badge for somebody who is known by three identifiers."""
    identities = [
        {"type": "IdentityObject", "hashed": False, "identityHash": "4711", "identityType": "systemId"},
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": identity_hash("a@b.example", "salt").upper().replace("SHA256", "sha256"),
            "identityType": "emailAddress",
            "salt": "salt",
        },
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": identity_hash("old", algorithm="md5"),
            "identityType": "userName",
        },
    ]
    return badge(subject={"id": LEARNER, "identifier": identities})


@pytest.mark.parametrize(
    ("recipient", "matches"),
    [
        (Recipient(id=LEARNER), True),
        (Recipient(id="did:example:other"), False),
        (Recipient(identifier="4711", identity_type="systemId"), True),
        (Recipient(identifier="4711", identity_type="userName"), False),
        (Recipient(identifier="4712", identity_type="systemId"), False),
        (Recipient(identifier="a@b.example", identity_type="emailAddress"), True),
        (Recipient(identifier="A@b.example", identity_type="emailAddress"), False),
        (Recipient(identifier="old", identity_type="userName"), True),
    ],
)
def test_recipients(recipient: Recipient, *, matches: bool) -> None:
    """A person is recognized by id, plain or hashed identifier of the same type, and by nothing else."""
    made = issuing.as_vc_jwt(recipients(), SCHOOL)
    assert Outcome.NOT_APPLICABLE is check(made).step(Subject.RECIPIENT).outcome
    found = check(made, recipient=recipient)
    assert matches == found.valid
    assert matches or [Subject.RECIPIENT] == subjects(found, Outcome.FAILED)
    is_weak = recipient.identity_type == "userName" and matches
    assert is_weak == (Subject.RECIPIENT in subjects(found, Outcome.WARNED))


def test_hashes_of_identities() -> None:
    """The hash is that of the identifier followed by the salt; other algorithms do not exist."""
    expected = hashlib.sha256(b"a@b.examplesalt").hexdigest()
    assert f"sha256${expected}" == identity_hash("a@b.example", "salt")
    with pytest.raises(ValueError, match="sha1"):
        identity_hash("a", algorithm="sha1")
    with pytest.raises(ValueError, match="'email'"):
        Recipient(identifier="a", identity_type="email")
    with pytest.raises(ValueError, match="by id, or"):
        Recipient()


# Older and lenient forms


def older() -> Record:
    """Return a badge of data model 1.1."""
    made = badge()
    made["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    ]
    made["issuanceDate"], made["expirationDate"] = made.pop("validFrom"), made.pop("validUntil")
    return made


def test_credentials_of_data_model_1() -> None:
    """A badge of data model 1.1 is read with its own dates, contexts and class."""
    made = issuing.as_vc_jwt(older(), SCHOOL)
    found = check(made)
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert Verdict.EXPIRED is check(made, now=datetime.datetime(2100, 6, 1, tzinfo=datetime.UTC)).verdict


def test_lenient_forms_are_told() -> None:
    """What the published schemas let pass against the text is warned of and accepted."""
    made = badge()
    made["credentialSubject"]["achievement"]["tag"] = "steel"
    found = check(carelessly_signed(made))
    assert (Verdict.VALID, [Subject.STRUCTURE]) == (found.verdict, subjects(found, Outcome.WARNED))


def test_a_subject_of_a_record_without_identity_is_told() -> None:
    """No text that could be read demands that the learner of a record is identified: a warning."""
    made = changed(record(signed(badge())), "/credentialSubject/id")
    found = check(signed(made, STATE))
    assert Verdict.VALID is found.verdict
    assert Subject.SUBJECT_IDENTIFIED in subjects(found, Outcome.WARNED)
