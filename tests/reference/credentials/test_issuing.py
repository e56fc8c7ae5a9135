"""Issuing: what this package issues is valid, also by another library, and nothing else is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.reference.credentials.surroundings import (
    ACHIEVEMENT,
    BADGE,
    BEGIN,
    CLUB,
    END,
    LEARNER,
    LIST,
    SCHOOL,
    STATE,
    badge,
    changed,
    check,
    endorsement,
    other_library,
    record,
    secret,
    signed,
    status_entry,
    subjects,
    told,
    unsigned_list,
)
from tests.reference.securing import vectors

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import IssuingRefused, Signer
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing import dids, vc_jwt
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused
from skillmark_reference.securing.integrity.selective import derive_proof
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.jose import Algorithm
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from skillmark_reference.securing.keys import SecretKey

    Record = dict[str, Any]

P256 = Signer.by_did_key(secret(5, KeyType.P256), name="School")
P384 = Signer.by_did_key(secret(6, KeyType.P384), name="School")


def pem(key: SecretKey) -> bytes:
    """Return a public key as the other library reads it."""
    found: bytes = other_library().resolve_did(dids.did_key(key.public))
    return found


def by_did_jwk(key: SecretKey) -> Signer:
    did = dids.did_jwk(key.public.jwk())
    profile = {"id": did, "type": ["Profile"], "name": "School"}
    return Signer(profile=profile, key=key, verification_method=f"{did}#0")


# What is issued is valid


@pytest.mark.parametrize(
    ("signer", "suite"),
    [
        (SCHOOL, "eddsa-rdfc-2022"),
        (SCHOOL, "eddsa-jcs-2022"),
        (P256, "ecdsa-rdfc-2019"),
        (P256, "ecdsa-jcs-2019"),
        (P384, "ecdsa-rdfc-2019"),
        (P384, "ecdsa-jcs-2019"),
    ],
)
def test_badges_with_every_suite_are_valid(signer: Signer, suite: str) -> None:
    """A badge signed with any suite is valid; suites that certification does not take are warned of, and nothing else is."""
    found = check(signed(badge(signer), signer, cryptosuite=suite))
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    expected = [] if suite == "eddsa-rdfc-2022" else [Subject.PROOF_SUITE]
    assert expected == subjects(found, Outcome.WARNED)
    assert suite == found.step(Subject.PROOF).evidence["/proof suite"]


def test_badges_with_selective_disclosure_are_valid_once_derived() -> None:
    """The base proof is for the holder and invalid; what is derived from it is valid, and tells what could be withheld."""
    subject = {"id": LEARNER, "narrative": "Took three years.", "role": "apprentice"}
    base = signed(badge(P256, subject=subject), P256, cryptosuite="ecdsa-sd-2023")
    assert [Subject.PROOF] == subjects(check(base), Outcome.FAILED)
    environment = Environment(contexts=issuing.newest_contexts())
    shown = derive_proof(base, base["proof"], ["/credentialSubject/role"], environment=environment)
    found = check(shown)
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert any("may have withheld credentialStatus" in str(each) for each in found.warnings)
    assert {"id", "type", "role", "achievement"} == shown["credentialSubject"].keys()
    hidden = check(changed(shown, "/validUntil"))
    assert Verdict.INVALID is hidden.verdict


@pytest.mark.parametrize(
    ("signer", "algorithm"),
    [
        (by_did_jwk(vectors.RSA), None),
        (by_did_jwk(vectors.RSA), Algorithm.RS512),
        (SCHOOL, None),
        (P256, None),
        (P384, None),
        (by_did_jwk(secret(5, KeyType.P256)), None),
    ],
)
def test_badges_as_tokens_are_valid(signer: Signer, algorithm: Algorithm | None) -> None:
    """A badge as VC-JWT is valid with any algorithm; only RS256 and ES256 are read everywhere, which is told."""
    found = check(issuing.as_vc_jwt(badge(signer), signer, algorithm=algorithm))
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    name = found.step(Subject.TOKEN_HEADER).evidence["alg"]
    assert (name not in {"RS256", "ES256"}) == (Subject.TOKEN_HEADER in subjects(found, Outcome.WARNED))


def test_a_record_of_several_issuers_is_valid() -> None:
    """A record signed by its publisher holds badges of several issuers, associations and an endorsement, all of them valid."""
    welding = signed(badge())
    cutting = signed(badge(CLUB, "urn:uuid:b2", achievement="https://club.example/cutting"), CLUB)
    praise = signed(endorsement("urn:uuid:c1"), STATE)
    made = record(
        welding,
        cutting,
        associations=[("precedes", ACHIEVEMENT, "https://club.example/cutting")],
        partial=True,
    )
    found = check(signed({**made, "endorsement": [praise]}, STATE))
    assert (Verdict.VALID, [], []) == (found.verdict, told(found), list(found.warnings))
    kinds = [(each.kind, each.pointer) for each in found.inner]
    assert [
        (CredentialKind.ACHIEVEMENT, "/credentialSubject/verifiableCredential/0"),
        (CredentialKind.ACHIEVEMENT, "/credentialSubject/verifiableCredential/1"),
        (CredentialKind.ENDORSEMENT, "/endorsement/0"),
    ] == kinds
    assert Verdict.VALID is check(issuing.as_vc_jwt(record(welding, cutting), STATE)).verdict


def test_tokens_may_hold_proofs_and_endorsements() -> None:
    """An embedded proof made first stays valid inside of a token, and endorsements may be tokens themselves."""
    praise = issuing.as_vc_jwt(endorsement(BADGE), STATE)
    both = issuing.as_vc_jwt(signed({**badge(), "endorsementJwt": [praise]}), SCHOOL)
    found = check(both)
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert Outcome.PASSED is found.step(Subject.PROOF).outcome
    assert [Verdict.VALID] == [each.verdict for each in found.inner]


# What is not issued


def test_nothing_malformed_is_signed_and_all_of_it_is_told() -> None:
    """A healthy badge is signed; one with three faults is not, with a proof or as token, and every fault is named."""
    healthy = badge()
    assert signed(healthy)
    faulty = changed(healthy, "/credentialSubject/achievement/name")
    faulty["credentialSubject"]["achievement"]["criteria"] = []
    faulty["issuer"]["id"] = STATE.profile["id"]
    for attempt in (lambda: signed(faulty), lambda: issuing.as_vc_jwt(faulty, SCHOOL)):
        with pytest.raises(IssuingRefused) as caught:
            attempt()
        places = {each.pointer for each in caught.value.problems}
        expected = {"/credentialSubject/achievement", "/credentialSubject/achievement/criteria", "/issuer"}
        assert expected == places
        assert "name is missing" in str(caught.value)


def test_undefined_terms_are_not_signed() -> None:
    """A member that no context defines is refused in both forms: it would be signed in neither sense."""
    with pytest.raises(ProofGenerationRefused, match="/colour"):
        signed({**badge(), "colour": "red"})
    with pytest.raises(IssuingRefused, match="/colour"):
        issuing.as_vc_jwt({**badge(), "colour": "red"}, SCHOOL)


def test_keys_that_do_not_fit_are_refused() -> None:
    """A suite signs with its own type of key."""
    with pytest.raises(ProofGenerationRefused, match="signs with a key of"):
        signed(badge(), cryptosuite="ecdsa-rdfc-2019")


# Another library


def test_the_other_library_accepts_badges_and_refuses_tampered_ones() -> None:
    """What is issued verifies with openbadgeslib too; with another name of the achievement it does for nobody."""
    ob3 = other_library()
    good = signed(badge())
    credential = ob3.OB3LdpVerifier().verify(good, expected_recipient=LEARNER)
    assert (BADGE, SCHOOL.profile["id"]) == (credential.id, credential.issuer.id)
    bad = changed(good, "/credentialSubject/achievement/name", "Forging")
    with pytest.raises(ob3.OB3VerificationError):
        ob3.OB3LdpVerifier().verify(bad)
    assert Verdict.INVALID is check(bad).verdict


@pytest.mark.parametrize("key", [secret(1), secret(5, KeyType.P256)])
def test_the_other_library_accepts_tokens_and_refuses_tampered_ones(key: SecretKey) -> None:
    """A badge as VC-JWT verifies with openbadgeslib under the issuer's DID; with the last letters changed it does for nobody."""
    ob3 = other_library()
    signer = Signer.by_did_key(key, name="School")
    token = issuing.as_vc_jwt(badge(signer), signer)
    verifier = ob3.OB3Verifier.for_issuer_did(signer.profile["id"])
    assert BADGE == verifier.verify(token, expected_recipient=LEARNER).id
    bad = token[:-8] + ("AAAAAAAA" if not token.endswith("AAAAAAAA") else "BBBBBBBB")
    with pytest.raises(ob3.OB3VerificationError):
        verifier.verify(bad)
    assert Verdict.INVALID is check(bad).verdict


def test_the_other_library_accepts_records_and_endorsements() -> None:
    """Proofs of record, member and endorsement verify with openbadgeslib too; another member breaks the record for both."""
    ob3 = other_library()
    made = signed(record(signed(badge())), STATE)
    known = ob3.bundled_clr_contexts()
    ob3.verify_data_integrity_proof(made, pem(STATE.key), extra_contexts=known)
    ob3.verify_data_integrity_proof(made["credentialSubject"]["verifiableCredential"][0], pem(SCHOOL.key))
    ob3.verify_data_integrity_proof(signed(endorsement(), STATE), pem(STATE.key))
    token = issuing.as_vc_jwt(endorsement(), STATE)
    assert ACHIEVEMENT == ob3.verify_endorsement_jwt(token)["endorses"]
    assert Verdict.VALID is check(token).verdict
    other = changed(made, "/credentialSubject/verifiableCredential/0", signed(badge(identifier="urn:uuid:b9")))
    with pytest.raises(ob3.OB3VerificationError):
        ob3.verify_data_integrity_proof(other, pem(STATE.key), extra_contexts=known)
    assert Verdict.INVALID is check(other).verdict


@pytest.mark.parametrize("index", [42, 43])
def test_the_other_library_agrees_on_status(index: int) -> None:
    """With the status of another credential set it is accepted by both, with its own by none; the list is a token."""
    ob3 = other_library()
    made = signed(badge(credentialStatus=status_entry(42)))
    content = vc_jwt.issue(unsigned_list(index), key=SCHOOL.key, kid=SCHOOL.verification_method).encode()
    verifier = ob3.OB3LdpVerifier()
    if index == 42:
        assert Verdict.REVOKED is check(made, {LIST: content}).verdict
        with pytest.raises(ob3.OB3VerificationError, match="is set at index 42"):
            verifier.verify(made, check_status=True, download=lambda _: content)
    else:
        assert check(made, {LIST: content}).valid
        assert BADGE == verifier.verify(made, check_status=True, download=lambda _: content).id


def test_records_of_the_other_library_are_accepted() -> None:
    """A record of openbadgeslib has its contexts in another order and no name; its proof holds, and repaired it is valid."""
    ob3 = other_library()
    seed = ed25519.Ed25519PrivateKey.from_private_bytes(STATE.key.raw)
    secret_pem = seed.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    learner = {"type": "IdentityObject", "hashed": False, "identityHash": "a@b.example", "identityType": "emailAddress"}
    built = ob3.build_clr_credential(
        dict(STATE.profile),
        [learner],
        [signed(badge())],
        credential_id="urn:uuid:7d0dd3dc-2a7c-4b39-9a0e-0000000000c7",
        valid_from=BEGIN,
        valid_until=END,
    )
    found = check(ob3.sign_clr_credential(built, secret_pem, STATE.verification_method))
    assert [Subject.CONTEXT_ORDER, Subject.STRUCTURE] == subjects(found, Outcome.FAILED)
    assert Outcome.PASSED is found.step(Subject.PROOF).outcome
    repaired = {**built, "name": "Record", "@context": record(badge())["@context"]}
    found = check(ob3.sign_clr_credential(repaired, secret_pem, STATE.verification_method))
    assert (Verdict.VALID, []) == (found.verdict, told(found))
