"""VC-JWT of Open Badges 3.0 and CLR 2.0: claims and credential agree, or the token is refused for what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.securing import vectors
from tests.reference.securing.tokens import KID, only_problem, outcomes, parts_of, problems, signed

from skillmark_reference.securing import jose, vc_jwt
from skillmark_reference.securing.credential_claims import MalformedCredential
from skillmark_reference.securing.jose import Step, StepOutcome
from skillmark_reference.securing.keys import PublicKey, SecretKey, UnusableKey
from skillmark_reference.securing.vc_jwt import KeySource

if TYPE_CHECKING:
    Record = dict[str, Any]


def credential(**members: object) -> Record:
    """Return a healthy credential, with members replaced, or removed where the value is nothing."""
    healthy = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://issuer.example/profile", "type": ["Profile"], "name": "Issuer é€"},
        "validFrom": "2025-01-01T00:00:00Z",
        "validUntil": "2026-01-01T01:00:00+01:00",
        "credentialSubject": {"id": "did:example:learner-1", "type": ["AchievementSubject"]},
    }
    return {name: value for name, value in {**healthy, **members}.items() if value is not None}


def credential_1(**members: object) -> Record:
    """Return a healthy credential of data model 1.1."""
    healthy = credential(
        validFrom=None, validUntil=None, issuanceDate="2025-01-01T00:00:00Z", expirationDate="2026-01-01T00:00:00Z"
    )
    healthy["@context"] = ["https://www.w3.org/2018/credentials/v1", *healthy["@context"][1:]]
    return {name: value for name, value in {**healthy, **members}.items() if value is not None}


def payload(**members: object) -> Record:
    """Return a healthy payload, with members replaced, or removed where the value is nothing."""
    return {name: value for name, value in {**vc_jwt.payload_of(credential()), **members}.items() if value is not None}


def payload_1(vc: Record | None = None, **members: object) -> Record:
    """Return a healthy payload of data model 1.1."""
    healthy = vc_jwt.payload_of(credential_1())
    return {
        name: value for name, value in {**healthy, "vc": vc or healthy["vc"], **members}.items() if value is not None
    }


HEALTHY_HEADER = {"alg": "RS256", "kid": KID, "typ": "JWT"}


def dereference(kid: str) -> PublicKey:
    """Lead the one kid to the issuer's key."""
    if kid != KID:
        raise UnusableKey(f"there is no key at {kid}")
    return vectors.RSA.public


def verify(token: str) -> vc_jwt.VcJwtVerification:
    """Verify a VC-JWT at the usual time."""
    return vc_jwt.verify(token, dereference=dereference, now=vectors.NOW)


def test_a_vc_jwt_has_the_claims_beside_the_credential() -> None:
    """Header and payload are those of the standard, and the credential comes back without the claims."""
    token = vc_jwt.issue(credential(), key=vectors.RSA, kid=KID)
    header, body, _ = parts_of(token)
    assert HEALTHY_HEADER == header
    assert {
        **credential(),
        "iss": "https://issuer.example/profile",
        "jti": credential()["id"],
        "nbf": 1735689600,
        "sub": "did:example:learner-1",
        "exp": 1767225600,
    } == body
    found = verify(token)
    assert found.verified
    assert (credential(), vectors.RSA.public, KeySource.KID) == (found.credential, found.key, found.key_source)


def test_a_vc_jwt_of_data_model_1_has_the_credential_in_vc() -> None:
    """The credential is the claim vc, with the claims beside it, and comes back as it was."""
    body = payload_1()
    assert {"iss", "jti", "nbf", "sub", "exp", "vc"} == set(body)
    assert credential_1() == body["vc"]
    found = verify(vc_jwt.issue(credential_1(), key=vectors.RSA, kid=KID))
    assert (True, credential_1()) == (found.verified, found.credential)


def test_members_that_were_moved_out_to_claims_come_back() -> None:
    """Data model 1.1, 6.3.1: what the claims alone hold is in the credential again."""
    rest = credential_1(id=None, issuer=None, issuanceDate=None, expirationDate=None, credentialSubject={"type": ["x"]})
    found = verify(signed(HEALTHY_HEADER, payload_1(vc=rest)))
    assert found.verified
    assert (
        credential_1(
            issuer="https://issuer.example/profile", credentialSubject={"id": "did:example:learner-1", "type": ["x"]}
        )
        == found.credential
    )


def test_a_key_in_the_header_verifies_and_proves_no_issuer() -> None:
    """Without kid the key is in the header; the verification says so."""
    found = verify(vc_jwt.issue(credential(), key=vectors.RSA))
    assert (True, KeySource.JWK) == (found.verified, found.key_source)
    assert any("needs other evidence" in remark for each in found.steps for remark in each.remarks)


@pytest.mark.parametrize("secret", [vectors.P256, vectors.P384, vectors.ED25519])
def test_other_algorithms_verify_with_a_remark(secret: SecretKey) -> None:
    """Every accepted algorithm verifies; those that the public validator does not read are pointed out."""
    found = verify(vc_jwt.issue(credential(), key=secret))
    assert found.verified
    assert (secret is not vectors.P256) == any(
        "not every verifier" in remark for each in found.steps for remark in each.remarks
    )


@pytest.mark.parametrize(
    "members",
    [
        {"iat": 1735689600, "aud": "https://employer.example"},
        {"validUntil": None, "exp": None},
        {"validUntil": None},
        {"issuer": "https://issuer.example/profile"},
        {"nbf": 1735689600.0},
        {"validFrom": "2025-01-01T02:00:00+02:00"},
        {"validFrom": "2025-01-01T00:00:00.750Z"},
        {"nbf": 1735689600.75, "validFrom": "2025-01-01T00:00:00.750Z"},
        {"credentialSubject": [{"id": "did:example:learner-1"}]},
        {"credentialSubject": {"identifier": []}, "sub": None},
    ],
)
def test_healthy_variants_verify(members: Record) -> None:
    """Further claims, no end, an issuer that is a URI, the same moment in another zone, fractions: all of them verify."""
    found = verify(signed(HEALTHY_HEADER, payload(**members)))
    assert {} == problems(found.steps)
    assert found.verified


@pytest.mark.parametrize(
    ("header", "step", "reason"),
    [
        ({"cty": "vc"}, Step.HEADER, "the member 'cty'"),
        ({"x5c": []}, Step.HEADER, "the member 'x5c'"),
        ({"jku": "https://attacker.example/jwks"}, Step.HEADER, "the member 'jku'"),
        ({"typ": "vc+jwt"}, Step.HEADER, "typ is 'vc+jwt'"),
        ({"typ": "jwt"}, Step.HEADER, "typ is 'jwt'"),
        ({"kid": None}, Step.HEADER, "neither kid nor jwk"),
        ({"kid": "key-1"}, Step.HEADER, "kid is 'key-1'"),
        ({"kid": 1}, Step.HEADER, "kid is 1"),
        ({"kid": "file:///etc/passwd"}, Step.HEADER, "it has to be a URI"),
        ({"kid": "https://issuer.example/keys#key-2"}, Step.KEY, "no key at"),
        ({"jwk": vectors.THUMBPRINT_JWK}, Step.KEY, "another key than the one that"),
        ({"jwk": vectors.RSA_JWK}, Step.KEY, "private members"),
        ({"jwk": vectors.RSA_JWK, "kid": None}, Step.KEY, "private members"),
        ({"jwk": "x", "kid": None}, Step.KEY, "a JWK is a JSON object"),
        ({"jwk": vectors.THUMBPRINT_JWK, "kid": None}, Step.SIGNATURE, "does not verify"),
        ({"jwk": vectors.P256.public.jwk(), "kid": None}, Step.KEY, "alg RS256 needs a RSA key"),
    ],
)
def test_one_fault_in_the_header_of_a_vc_jwt(header: Record, step: Step, reason: str) -> None:
    """The healthy header verifies; another member, type or key is refused in its step, and no credential comes out."""
    assert verify(signed(HEALTHY_HEADER, payload())).verified
    broken = {name: value for name, value in {**HEALTHY_HEADER, **header}.items() if value is not None}
    found = verify(signed(broken, payload()))
    assert reason in only_problem(found.steps, step)
    assert (False, None) == (found.verified, found.credential)


def test_the_key_of_an_attacker_in_the_header_is_not_used() -> None:
    """A token signed by somebody else, with that key as jwk beside the issuer's kid, is refused."""
    attacker = SecretKey.generate(vectors.RSA.type)
    header = {**HEALTHY_HEADER, "jwk": attacker.public.jwk()}
    found = verify(signed(header, payload(), attacker))
    assert "another key than the one that" in only_problem(found.steps, Step.KEY)
    plain = verify(signed(HEALTHY_HEADER, payload(), attacker))
    assert "does not verify" in only_problem(plain.steps, Step.SIGNATURE)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"iss": None}, "iss is missing"),
        ({"iss": "https://attacker.example"}, "iss is 'https://attacker.example'"),
        ({"iss": 7}, "iss is 7"),
        ({"issuer": {"name": "nobody"}}, "the id of issuer is 'missing'"),
        ({"issuer": None}, "the id of issuer is 'missing'"),
        ({"jti": None}, "jti is missing"),
        ({"jti": "urn:uuid:other"}, "jti is 'urn:uuid:other'"),
        ({"id": "urn:uuid:other"}, "id is 'urn:uuid:other'"),
        ({"id": None}, "id is 'missing'"),
        ({"sub": None}, "sub is missing"),
        ({"sub": "did:example:other"}, "sub is 'did:example:other'"),
        ({"credentialSubject": {"id": "did:example:other"}}, "credentialSubject is 'did:example:other'"),
        ({"nbf": None}, "nbf is missing"),
        ({"nbf": 1735689601}, "they have to be the same moment"),
        ({"nbf": "1735689600"}, "no number of seconds"),
        ({"nbf": True}, "no number of seconds"),
        ({"nbf": 1735689600000}, "beyond the year 9999"),
        ({"nbf": 10**400}, "beyond the year 9999"),
        ({"nbf": -1e300}, "beyond the year 9999"),
        ({"validFrom": "2025-01-01T00:00:01Z"}, "they have to be the same moment"),
        ({"validFrom": "2025-01-01"}, "no date and time"),
        ({"validFrom": "2025-02-30T00:00:00Z"}, "does not exist"),
        ({"validFrom": None}, "has no validFrom"),
        ({"exp": None}, "exp is missing"),
        ({"exp": 1767225601}, "they have to be the same moment"),
        ({"exp": "never"}, "no number of seconds"),
        ({"validFrom": "2025-06-02T00:00:00Z", "nbf": 1748822400}, "not valid yet"),
        ({"validUntil": None, "exp": 1748736000}, "has expired"),
        ({"validUntil": "2025-06-01T00:00:00Z", "exp": 1748736000}, "has expired"),
    ],
)
def test_one_fault_in_the_claims(members: Record, reason: str) -> None:
    """The healthy claims verify; a claim that is missing, different or out of time is refused although the signature is right."""
    assert verify(signed(HEALTHY_HEADER, payload())).verified
    found = verify(signed(HEALTHY_HEADER, payload(**members)))
    assert any(reason in each for each in problems(found.steps)[Step.CLAIMS])
    assert StepOutcome.PASSED is outcomes(found.steps)[Step.SIGNATURE]
    assert (False, None) == (found.verified, found.credential)


def test_every_problem_is_named() -> None:
    """A token with several faults is told all of them at once."""
    header = {"alg": "HS256", "cty": "vc", "typ": "jwt", "kid": "key-1"}
    found = vc_jwt.verify(signed(header, {**payload(), "iss": "x", "exp": 1}), dereference=dereference, now=vectors.NOW)
    named = problems(found.steps)
    assert 4 == len(named[Step.HEADER])
    assert 3 == len(named[Step.CLAIMS])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not JSON", "no JSON"),
        (b"[]", "expected is a JSON object"),
        (b'{"iss":"a","iss":"b"}', "more than once: iss"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
        (b"{}", "the payload is no credential"),
        (jose.to_json({"vc": credential(), "iss": "x"}), "here it is in the claim vc"),
        (jose.to_json({"vc": "eyJ"}), "the claim vc is no JSON object"),
        (jose.to_json({"vc": {"type": []}}), "the claim vc is no credential"),
        (jose.to_json(credential_1()), "has to be in the claim vc"),
        (jose.to_json({**payload(), "vc": credential_1()}), "two credentials"),
    ],
)
def test_one_fault_in_the_payload(body: bytes, reason: str) -> None:
    """A payload that is no credential, or one in the place of the other data model, is refused in its step."""
    assert verify(signed(HEALTHY_HEADER, payload_1())).verified
    found = verify(signed(HEALTHY_HEADER, body))
    assert any(reason in each for each in problems(found.steps)[Step.PAYLOAD])
    assert (False, None) == (found.verified, found.credential)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"issuer": None, "id": None}, "it has no issuer, it has no id"),
        ({"validFrom": None}, "it has no validFrom"),
        ({"validFrom": "yesterday"}, "no date and time"),
        ({"validUntil": "tomorrow"}, "no date and time"),
        ({"iss": "x"}, "it has the claim iss already"),
        ({"vc": {}}, "it has the claim vc already"),
    ],
)
def test_credentials_that_cannot_become_a_vc_jwt(members: Record, reason: str) -> None:
    """What the claims need is missing or malformed: everything that is, is named."""
    assert vc_jwt.issue(credential(), key=vectors.P256)
    with pytest.raises(MalformedCredential, match=reason):
        vc_jwt.issue(credential(**members), key=vectors.P256)
