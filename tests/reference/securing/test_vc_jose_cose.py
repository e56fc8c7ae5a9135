"""The vc+jwt and vp+jwt of the W3C, and their envelopes: a known token, and tokens with exactly one fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.securing import vectors
from tests.reference.securing.tokens import only_problem, parts_of, signed

from skillmark_reference.securing import dids, vc_jose_cose
from skillmark_reference.securing.jose import Step
from skillmark_reference.securing.vc_jose_cose import Secured
from skillmark_reference.securing.verification_methods import document_url, find_verification_method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.securing.keys import PublicKey

    Record = dict[str, Any]

DID = f"did:key:{vectors.ED25519.public.multikey}"
DID_URL = dids.did_key_method(vectors.ED25519.public)
#: A known answer, which two implementations agree on.
W3C_CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": DID,
    "validFrom": "2025-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:learner-1", "name": "Ada"},
}
W3C_TOKEN = (
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImRpZDprZXk6ejZNa3JKVm5hWmtlRnpkUXlNWnUxY2dqZzdrMXBaWjZwdkJRN1hKUHQ0c3diVFEyI3o2TWty"
    "SlZuYVprZUZ6ZFF5TVp1MWNnamc3azFwWlo2cHZCUTdYSlB0NHN3YlRRMiIsInR5cCI6InZjK2p3dCIsImN0eSI6InZjIn0.eyJAY29udGV4dCI6"
    "WyJodHRwczovL3d3dy53My5vcmcvbnMvY3JlZGVudGlhbHMvdjIiXSwidHlwZSI6WyJWZXJpZmlhYmxlQ3JlZGVudGlhbCJdLCJpc3N1ZXIiOiJk"
    "aWQ6a2V5Ono2TWtySlZuYVprZUZ6ZFF5TVp1MWNnamc3azFwWlo2cHZCUTdYSlB0NHN3YlRRMiIsInZhbGlkRnJvbSI6IjIwMjUtMDEtMDFUMDA6"
    "MDA6MDBaIiwiY3JlZGVudGlhbFN1YmplY3QiOnsiaWQiOiJkaWQ6ZXhhbXBsZTpsZWFybmVyLTEiLCJuYW1lIjoiQWRhIn19.vTszqmMqohEc5Wv"
    "f425l6JrQ38U-0OFu0gyOSI4LLkbbE2f32m8po1n13sERqUGr68lx99Nz2RA-2lHAyVJ6AQ"
)
W3C_HEADER = {"alg": "EdDSA", "kid": DID_URL, "typ": "vc+jwt", "cty": "vc"}


def resolve(header: Mapping[str, Any]) -> PublicKey | None:
    """Find the key of a DID that is a key itself, for assertions."""
    if "kid" not in header:
        return vectors.ED25519.public
    document = dids.local_document(document_url(header["kid"]))
    purpose = dids.VerificationRelationship.ASSERTION_METHOD
    return find_verification_method(document, header["kid"], purpose=purpose, now=vectors.NOW).key


def verify_w3c(token: str, what: Secured = Secured.CREDENTIAL) -> vc_jose_cose.JoseVerification:
    """Verify a vc+jwt at the usual time."""
    return vc_jose_cose.verify(token, find_key=resolve, now=vectors.NOW, what=what)


def test_the_known_vc_jwt_is_made() -> None:
    """The same key and credential give the same token, and it verifies without a remark."""
    assert W3C_TOKEN == vc_jose_cose.secure(W3C_CREDENTIAL, key=vectors.ED25519, kid=DID_URL, what=Secured.CREDENTIAL)
    found = verify_w3c(W3C_TOKEN)
    assert (True, "application/vc", W3C_CREDENTIAL) == (found.verified, found.media_type, found.document)
    assert [] == [remark for each in found.steps for remark in each.remarks]


def test_a_presentation_with_an_enveloped_credential() -> None:
    """The credential goes into an envelope, the envelope into a presentation, and both come back."""
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiablePresentation",
        "holder": DID,
        "verifiableCredential": [vc_jose_cose.envelope(W3C_TOKEN)],
    }
    token = vc_jose_cose.secure(presentation, key=vectors.ED25519, kid=DID_URL, what=Secured.PRESENTATION)
    assert "vp+jwt" == parts_of(token)[0]["typ"]
    found = verify_w3c(token, Secured.PRESENTATION)
    assert (True, "application/vp", presentation) == (found.verified, found.media_type, found.document)
    assert f"data:application/vc+jwt,{W3C_TOKEN}" == vc_jose_cose.envelope(W3C_TOKEN)["id"]
    assert "has to be of the type VerifiableCredential" in only_problem(verify_w3c(token).steps, Step.PAYLOAD)


@pytest.mark.parametrize(
    ("header", "members", "remark"),
    [
        ({"x-unknown": 1, "x5c": []}, {"unknown": 1, "iat": 1, "cnf": {}}, None),
        ({"typ": "application/vc+jwt", "cty": "application/vc"}, {"iss": DID}, None),
        ({"typ": "VC+JWT"}, {"exp": 1767225600}, None),
        ({"typ": "JWT"}, {}, "typ should be vc+jwt; it is 'JWT'"),
        ({"typ": None}, {}, "typ should be vc+jwt; it is None"),
        ({"cty": "vp"}, {}, "cty should be vc"),
        ({}, {"nbf": 1735689600}, "nbf is not recommended"),
        ({}, {"jti": "a", "id": "urn:b"}, "jti is 'a'"),
        ({}, {"sub": "did:example:other"}, "sub is 'did:example:other'"),
    ],
)
def test_what_should_be_otherwise_is_remarked(header: Record, members: Record, remark: str | None) -> None:
    """Unknown members are ignored; what breaks a SHOULD verifies with a remark."""
    full = {name: value for name, value in {**W3C_HEADER, **header}.items() if value is not None}
    found = verify_w3c(signed(full, {**W3C_CREDENTIAL, **members}, vectors.ED25519))
    remarks = [each for step in found.steps for each in step.remarks]
    assert found.verified
    assert (remark is None) == (not remarks)
    assert remark is None or any(each.startswith(remark) for each in remarks)


@pytest.mark.parametrize(
    ("header", "members", "step", "reason"),
    [
        ({"alg": "none"}, {}, Step.HEADER, "is no signature"),
        ({"crit": ["b64"], "b64": True}, {}, Step.HEADER, "crit"),
        ({"kid": 1}, {"issuer": "https://a.example", "iss": "https://a.example"}, Step.HEADER, "kid is a text"),
        ({"kid": None}, {}, Step.CLAIMS, "the header has none"),
        ({"kid": f"{DID}#key-9"}, {}, Step.KEY, "has no verification method"),
        ({"kid": dids.did_key_method(vectors.P384.public)}, {}, Step.KEY, "alg EdDSA needs"),
        ({}, {"vc": {}}, Step.PAYLOAD, "the claim vc must not be there"),
        ({}, {"vp": {}}, Step.PAYLOAD, "the claim vp must not be there"),
        ({}, {"@context": ["https://www.w3.org/2018/credentials/v1"]}, Step.PAYLOAD, "the first @context"),
        ({}, {"type": ["VerifiablePresentation"]}, Step.PAYLOAD, "of the type VerifiableCredential"),
        ({}, {"iss": "did:example:other"}, Step.CLAIMS, "iss is 'did:example:other'"),
        ({}, {"exp": 1748736000}, Step.CLAIMS, "has expired"),
        ({}, {"nbf": 1748736001}, Step.CLAIMS, "not valid yet"),
        ({}, {"exp": "2026"}, Step.CLAIMS, "exp cannot be read"),
    ],
)
def test_one_fault_in_a_w3c_token(header: Record, members: Record, step: Step, reason: str) -> None:
    """The known token verifies; with one fault, signed anew, it is refused in its step, and no document comes out."""
    assert verify_w3c(W3C_TOKEN).verified
    full = {name: value for name, value in {**W3C_HEADER, **header}.items() if value is not None}

    def find(found: Mapping[str, Any]) -> PublicKey | None:
        return resolve(found) if isinstance(found.get("kid"), str) else vectors.ED25519.public

    token = signed(full, {**W3C_CREDENTIAL, **members}, vectors.ED25519)
    verified = vc_jose_cose.verify(token, find_key=find, now=vectors.NOW, what=Secured.CREDENTIAL)
    assert reason in only_problem(verified.steps, step)
    assert (False, None) == (verified.verified, verified.document)


@pytest.mark.parametrize("kid", ["key-1", "#key-1", DID, "issuer.example/keys#1"])
def test_without_iss_the_kid_is_absolute(kid: str) -> None:
    """A relative kid is refused when no iss says whose key it is, and accepted when one does."""
    header = {**W3C_HEADER, "kid": kid}
    for members, expected in (({}, False), ({"iss": DID}, True)):
        token = signed(header, {**W3C_CREDENTIAL, **members}, vectors.ED25519)
        found = vc_jose_cose.verify(
            token, find_key=lambda _: vectors.ED25519.public, now=vectors.NOW, what=Secured.CREDENTIAL
        )
        assert expected is found.verified
        assert expected or "absolute URL" in only_problem(found.steps, Step.CLAIMS)
