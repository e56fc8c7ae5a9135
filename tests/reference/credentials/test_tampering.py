"""One fault each: the healthy credential is valid first, then it is refused, and for that fault alone."""

from __future__ import annotations

import base64
import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import (
    BADGE,
    CLUB,
    LEARNER,
    LIST,
    SCHOOL,
    badge,
    carelessly_signed,
    changed,
    check,
    failed,
    other_library,
    signed,
    status_entry,
    status_list,
    told,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing import jose, multibase

if TYPE_CHECKING:
    from collections.abc import Callable

    Record = dict[str, Any]
    Fault = Callable[[Record], Record]

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
VALID_UNTIL = "https://www.w3.org/2018/credentials#validUntil"
DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"


def healthy() -> Record:
    """Return a signed badge that is valid."""
    made = signed(badge())
    found = check(made)
    assert (Verdict.VALID, [], []) == (found.verdict, told(found), list(found.warnings))
    return made


def replaced(pointer: str, value: object = None) -> Fault:
    return lambda document: changed(document, pointer, value)


# Changes to a signed badge


@pytest.mark.parametrize(
    "fault",
    [
        replaced("/name", "Forging"),
        replaced("/credentialSubject/achievement/name", "Forging"),
        replaced("/credentialSubject/achievement/criteria/narrative", "Weld one seam."),
        replaced("/credentialSubject/id", "did:example:somebody"),
        replaced("/validUntil", "2100-12-31T00:00:00Z"),
        replaced("/validUntil"),
        replaced("/validFrom", "2024-01-01T00:00:00Z"),
        replaced("/id", "urn:uuid:22222222-0000-4000-8000-000000000001"),
        replaced("/issuer/name", "Other school"),
        replaced("/type", ["VerifiableCredential", "AchievementCredential", "Achievement"]),
        replaced("/description", "Added."),
        replaced("/proof/created", "2025-01-02T00:00:00Z"),
    ],
)
def test_changes_to_what_is_signed(fault: Fault) -> None:
    """A changed, added or removed value is refused by its signature, by nothing else, and by another library too."""
    ob3 = other_library()
    ob3.OB3LdpVerifier().verify(healthy())
    bad = fault(healthy())
    found = check(bad)
    assert (Verdict.INVALID, [Subject.PROOF]) == (found.verdict, failed(found))
    assert any("signature does not fit" in each for each in told(found))
    assert found.credential is None
    with pytest.raises(ob3.OB3VerificationError):
        ob3.OB3LdpVerifier().verify(bad)


def test_the_order_of_members_and_single_values_is_not_signed() -> None:
    """What means the same is still signed: members in another order, a type without its array."""
    made = healthy()
    assert check(dict(reversed(made.items()))).valid
    assert check(changed(made, "/credentialSubject/type", "AchievementSubject")).valid


def test_the_proof_is_removed() -> None:
    """Without its proof it is refused for that alone."""
    found = check(changed(healthy(), "/proof"))
    assert (Verdict.INVALID, [Subject.PROOF_PRESENT]) == (found.verdict, failed(found))


def test_another_key_signed() -> None:
    """A proof made with another key in the issuer's name does not verify."""
    impostor = issuing.Signer(profile=SCHOOL.profile, key=CLUB.key, verification_method=SCHOOL.verification_method)
    found = check(signed(badge(), impostor))
    assert (Verdict.INVALID, [Subject.PROOF]) == (found.verdict, failed(found))


def test_somebody_else_signed() -> None:
    """A proof that verifies with a key that the issuer does not control is refused for its controller alone."""
    assert check(carelessly_signed(badge())).valid
    found = check(carelessly_signed(badge(), CLUB))
    assert (Verdict.INVALID, [Subject.CONTROLLER]) == (found.verdict, failed(found))
    assert CLUB.profile["id"] in told(found)[0]


def test_another_purpose() -> None:
    """A proof for authentication verifies, and asserts nothing."""
    found = check(carelessly_signed(badge(), proofPurpose="authentication"))
    assert (Verdict.INVALID, [Subject.PROOF_PURPOSE]) == (found.verdict, failed(found))


def test_the_proof_has_expired() -> None:
    """A proof with a later end is accepted, one with an earlier is not."""
    assert check(carelessly_signed(badge(), expires="2026-06-02T00:00:00Z")).valid
    found = check(carelessly_signed(badge(), expires="2026-05-02T00:00:00Z"))
    assert (Verdict.INVALID, [Subject.PROOF]) == (found.verdict, failed(found))


def test_one_of_two_proofs_is_broken() -> None:
    """Two proofs of the issuer are accepted; when one is broken the credential is refused, and the place is named."""
    both = issuing.with_proof(signed(badge()), SCHOOL, created=datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC))
    assert check(both).valid
    found = check(changed(both, "/proof/1/created", "2025-01-03T00:00:00Z"))
    assert (Verdict.INVALID, [Subject.PROOF]) == (found.verdict, failed(found))
    assert told(found)[0].startswith("/proof/1/")


# Tricks: the same statements in other JSON


@pytest.mark.parametrize(
    "trick",
    [
        lambda made: {**changed(made, "/validUntil"), VALID_UNTIL: {"@type": DATE_TIME, "@value": made["validUntil"]}},
        lambda made: {
            **changed(made, "/validUntil"),
            "@context": [*made["@context"], {"ends": {"@id": VALID_UNTIL, "@type": DATE_TIME}}],
            "ends": made["validUntil"],
        },
        lambda made: {
            **changed(made, "/validUntil"),
            "@included": [{"id": BADGE, "type": "VerifiableCredential", "validUntil": made["validUntil"]}],
        },
    ],
    ids=["IRI", "alias", "included"],
)
def test_an_end_that_readers_do_not_see(trick: Fault) -> None:
    """The signature covers an end that is written elsewhere; an expired credential does not live on by that."""
    end = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = carelessly_signed(
        issuing.achievement_credential(
            issuing.Frame(
                id=BADGE, name="Welding", valid_from=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC), valid_until=end
            ),
            SCHOOL.profile,
            subject={"id": LEARNER},
            achievement=badge()["credentialSubject"]["achievement"],
        )
    )
    assert Verdict.EXPIRED is check(made).verdict
    found = check(trick(made))
    assert Outcome.PASSED is found.step(Subject.PROOF).outcome
    assert (Verdict.INVALID, [Subject.SIGNED_AS_READ]) == (found.verdict, failed(found))
    assert "/validUntil" in told(found)[0]


@pytest.mark.parametrize(
    ("prefixes", "pointer", "value"),
    [
        ({"b": BADGE[:9]}, "/id", f"b:{BADGE[9:]}"),
        ({"i": SCHOOL.profile["id"][:12]}, "/issuer/id", f"i:{SCHOOL.profile['id'][12:]}"),
        ({"l": LEARNER[:12]}, "/credentialSubject/id", f"l:{LEARNER[12:]}"),
        ({"s": LIST[:20]}, "/credentialStatus/statusListCredential", f"s:{LIST[20:]}"),
    ],
)
def test_names_that_readers_read_otherwise(prefixes: Record, pointer: str, value: str) -> None:
    """The signature covers what a prefix stands for; who reads the JSON would see another name, and look elsewhere."""
    made = signed(badge(credentialStatus=status_entry()))
    assert check(made, {LIST: status_list()}).valid
    renamed = changed(made, pointer, value)
    renamed["@context"] = [*made["@context"], {name: {"@id": iri, "@prefix": True} for name, iri in prefixes.items()}]
    found = check(renamed, {LIST: status_list()})
    assert Outcome.PASSED is found.step(Subject.PROOF).outcome
    assert Verdict.INVALID is found.verdict
    assert Subject.SIGNED_AS_READ in failed(found)
    assert set(failed(found)) <= {Subject.SIGNED_AS_READ, Subject.CONTROLLER}


# Faults under a good signature


@pytest.mark.parametrize(
    ("fault", "subject", "words"),
    [
        (replaced("/credentialSubject/achievement/criteria"), Subject.STRUCTURE, "criteria is missing"),
        (replaced("/credentialSubject/achievement/name"), Subject.STRUCTURE, "name is missing"),
        (replaced("/credentialSubject/type", ["Person"]), Subject.STRUCTURE, "AchievementSubject"),
        (replaced("/@context", [OB, V2]), Subject.CONTEXT_ORDER, "/@context/0"),
        (replaced("/@context/1", OB.replace("context-3.0.3", "context")), Subject.CONTEXT_VERSIONS, "protected"),
    ],
)
def test_malformed_credentials_in_tokens(fault: Fault, subject: Subject, words: str) -> None:
    """A good token around a malformed credential is refused for what is malformed, with its place."""
    token = issuing.vc_jwt.issue
    made = badge()
    assert check(token(made, key=SCHOOL.key, kid=SCHOOL.verification_method)).valid
    found = check(token(fault(made), key=SCHOOL.key, kid=SCHOOL.verification_method))
    assert Verdict.INVALID is found.verdict
    assert subject in failed(found)
    assert set(failed(found)) <= {subject, Subject.EXPANSION}
    assert any(words in each for each in told(found))


def test_a_subject_without_identity() -> None:
    """A badge for nobody is refused, also by its structure: id or identifier has to be there."""
    found = check(carelessly_signed(changed(badge(), "/credentialSubject/id")))
    assert (Verdict.INVALID, [Subject.STRUCTURE, Subject.SUBJECT_IDENTIFIED]) == (found.verdict, failed(found))


def test_undefined_terms() -> None:
    """A member that no context defines is refused by safe expansion, although no signature is broken in a token."""
    token = issuing.vc_jwt.issue({**badge(), "colour": "red"}, key=SCHOOL.key, kid=SCHOOL.verification_method)
    found = check(token)
    assert (Verdict.INVALID, [Subject.EXPANSION]) == (found.verdict, failed(found))
    assert told(found)[0].startswith("/colour")
    embedded = check({**healthy(), "colour": "red"})
    assert Verdict.INVALID is embedded.verdict
    assert [Subject.EXPANSION, Subject.PROOF] == failed(embedded)


def test_credentials_of_other_kinds() -> None:
    """A Verifiable Credential of no kind of the standards is no badge, however well it is signed."""
    other = {**badge(), "type": ["VerifiableCredential"], "credentialSubject": {"id": LEARNER}}
    found = check(carelessly_signed(other))
    assert (Verdict.INVALID, [Subject.TYPE]) == (found.verdict, failed(found))
    assert Outcome.PASSED is found.step(Subject.PROOF).outcome


@pytest.mark.parametrize("value", [None, []])
def test_empty_values(value: object) -> None:
    """Null and empty arrays do not appear."""
    made = {**badge(), "endorsement": value}
    found = check(issuing.vc_jwt.issue(made, key=SCHOOL.key, kid=SCHOOL.verification_method))
    assert Verdict.INVALID is found.verdict
    assert Subject.EMPTY_VALUES in failed(found)


def test_all_problems_are_listed() -> None:
    """Four faults at once are four problems, each at its place."""
    made = changed(badge(), "/credentialSubject/achievement/name")
    made = changed(made, "/credentialSubject/achievement/description", 7)
    made["endorsement"] = []
    made["validFrom"] = "yesterday"
    found = check(carelessly_signed(made, CLUB, proofPurpose="authentication"))
    assert Verdict.INVALID is found.verdict
    places = {each.pointer for each in found.problems}
    expected = {
        "/credentialSubject/achievement",
        "/credentialSubject/achievement/description",
        "/endorsement",
        "/validFrom",
        "/proof",
        "/proof/proofPurpose",
    }
    assert expected <= places


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "no JSON"),
        (b'{"a": 1, "a": 2}', "more than once"),
        (b"\xff{}", "neither a JSON object"),
        (b"a.b.c", "neither a JSON object"),
        (b"", "neither a JSON object"),
        (b"[]", "neither a JSON object"),
    ],
)
def test_documents_that_are_no_credential(content: bytes, words: str) -> None:
    """What cannot be read is refused, without any further step."""
    found = check(content)
    assert (Verdict.INVALID, [Subject.PARSING]) == (found.verdict, failed(found))
    assert words in told(found)[0]
    assert Verdict.INVALID is check(b"{}").verdict


# Tokens


def _header(token: str, **members: object) -> str:
    head, payload, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{multibase.encode_base64url(jose.to_json({**header, **members}))}.{payload}.{signature}"


def test_unsigned_tokens() -> None:
    """A token with alg none is no signature, and without its signature no token at all."""
    token = issuing.as_vc_jwt(badge(), SCHOOL)
    assert check(token).valid
    found = check(_header(token, alg="none"))
    assert (Verdict.INVALID, [Subject.TOKEN_HEADER]) == (found.verdict, failed(found))
    assert "is no signature" in told(found)[0]
    found = check(f"{_header(token, alg='none').rpartition('.')[0]}.")
    assert (Verdict.INVALID, [Subject.PARSING]) == (found.verdict, failed(found))
    assert "the signature is empty" in told(found)[0]


@pytest.mark.parametrize("part", [0, 1, 2])
def test_changed_tokens(part: int) -> None:
    """A token with one letter changed in any part is refused."""
    parts = issuing.as_vc_jwt(badge(), SCHOOL).split(".")
    letter = parts[part][10]
    parts[part] = parts[part][:10] + ("A" if letter != "A" else "B") + parts[part][11:]
    assert Verdict.INVALID is check(".".join(parts)).verdict


@pytest.mark.parametrize("claim", ["iss", "sub", "jti", "nbf", "exp"])
def test_claims_that_contradict_the_credential(claim: str) -> None:
    """A claim that says something else than the credential, or is missing, is refused although the signature holds."""
    payload = issuing.vc_jwt.payload_of(badge())
    header = {"kid": SCHOOL.verification_method, "typ": "JWT"}
    other = payload[claim] + 60 if isinstance(payload[claim], int) else "did:example:other"
    for said in ({**payload, claim: other}, {name: value for name, value in payload.items() if name != claim}):
        found = check(jose.sign_compact(jose.to_json(said), key=SCHOOL.key, header=header))
        assert (Verdict.INVALID, [Subject.TOKEN_CLAIMS]) == (found.verdict, failed(found))


def test_tokens_signed_by_somebody_else() -> None:
    """A token with the key of another DID, or with a key that it brings itself, is refused for its controller."""
    token = issuing.vc_jwt.issue(badge(), key=CLUB.key, kid=CLUB.verification_method)
    found = check(token)
    assert (Verdict.INVALID, [Subject.CONTROLLER]) == (found.verdict, failed(found))
    assert check(issuing.vc_jwt.issue(badge(), key=SCHOOL.key)).valid
    found = check(issuing.vc_jwt.issue(badge(), key=CLUB.key))
    assert (Verdict.INVALID, [Subject.CONTROLLER]) == (found.verdict, failed(found))
