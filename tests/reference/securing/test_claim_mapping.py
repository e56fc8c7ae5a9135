"""The claims ``vc`` and ``vp`` of data model 1.1, also around documents of 2.0: tokens with exactly one fault."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from tests.reference.securing import vectors
from tests.reference.securing.tokens import KID, only_problem, outcomes, signed

from skillmark_reference.securing import claim_mapping
from skillmark_reference.securing.instants import numeric_date
from skillmark_reference.securing.jose import Step, StepOutcome
from skillmark_reference.securing.vc_jose_cose import JoseVerification, Secured

Record = dict[str, Any]

ISSUER = "https://issuer.example"
BEGIN = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
CREDENTIAL: Record = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"name": "Ada"},
}
CLAIMS: Record = {"iss": ISSUER, "jti": "urn:c", "sub": "urn:s", "nbf": numeric_date(BEGIN)}
PRESENTATION: Record = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]}


def verified(
    payload: Record | bytes,
    what: Secured = Secured.CREDENTIAL,
    *,
    now: datetime.datetime = vectors.NOW,
    **header: object,
) -> JoseVerification:
    """Verify a token with a payload."""
    token = signed({"alg": "RS256", "kid": KID, **header}, payload)
    return claim_mapping.verify(token, find_key=lambda _: vectors.RSA.public, now=now, what=what)


def test_claims_become_members() -> None:
    """Issuer, id, subject and dates come from the claims; the payload itself is told too (data model 1.1, 6.3.1)."""
    found = verified({**CLAIMS, "exp": numeric_date(BEGIN.replace(year=2030)), "vc": CREDENTIAL})
    assert found.verified
    assert {
        **CREDENTIAL,
        "issuer": ISSUER,
        "id": "urn:c",
        "credentialSubject": {"name": "Ada", "id": "urn:s"},
        "issuanceDate": "2024-01-01T00:00:00Z",
        "expirationDate": "2030-01-01T00:00:00Z",
    } == found.document
    assert ISSUER == found.claims["iss"]


@pytest.mark.parametrize(
    ("members", "member", "value", "remarks"),
    [
        ({"issuer": "urn:other"}, "issuer", ISSUER, 1),
        ({"issuer": {"id": "urn:other", "name": "I"}}, "issuer", {"id": ISSUER, "name": "I"}, 1),
        ({"issuer": {"name": "I"}}, "issuer", {"id": ISSUER, "name": "I"}, 0),
        ({"issuer": ISSUER}, "issuer", ISSUER, 0),
        ({"id": "urn:other"}, "id", "urn:c", 1),
        ({"credentialSubject": {"id": "urn:other"}}, "credentialSubject", {"id": "urn:s"}, 1),
        ({"issuanceDate": "2020-01-01T00:00:00Z"}, "issuanceDate", "2024-01-01T00:00:00Z", 1),
        ({"issuanceDate": "2024-01-01T01:00:00+01:00"}, "issuanceDate", "2024-01-01T01:00:00+01:00", 0),
    ],
)
def test_claims_go_before_members(members: Record, member: str, value: object, remarks: int) -> None:
    """A claim that says something else wins, with a remark; one that says the same changes nothing."""
    found = verified({**CLAIMS, "vc": {**CREDENTIAL, **members}})
    assert found.document is not None
    assert value == found.document[member]
    assert remarks == sum(len(each.remarks) for each in found.steps if each.step is Step.CLAIMS)


@pytest.mark.parametrize(
    ("payload", "header", "step", "words"),
    [
        ({**CLAIMS, "vc": CREDENTIAL}, {"typ": "vc+jwt"}, Step.HEADER, "has to be JWT"),
        (CLAIMS, {}, Step.PAYLOAD, "no claim vc"),
        ({**CLAIMS, "vc": "text"}, {}, Step.PAYLOAD, "no claim vc"),
        ({**CLAIMS, "vp": PRESENTATION}, {}, Step.PAYLOAD, "no claim vc"),
        (b"[]", {}, Step.PAYLOAD, "cannot be read"),
        ({**CLAIMS, "vc": CREDENTIAL, "@context": []}, {}, Step.PAYLOAD, "two documents"),
        ({**CLAIMS, "nbf": "soon", "vc": CREDENTIAL}, {}, Step.CLAIMS, "nbf cannot be read"),
        ({**CLAIMS, "exp": 10**15, "vc": CREDENTIAL}, {}, Step.CLAIMS, "exp cannot be read"),
    ],
)
def test_one_fault(payload: Record | bytes, header: Record, step: Step, words: str) -> None:
    """Each fault is told in its step, and there is no document then."""
    found = verified(payload, **header)
    assert words in only_problem(found.steps, step)
    assert found.document is None


def test_presentations() -> None:
    """The holder is who signed; the token has a period of its own, and a credential is none."""
    claims = {"iss": "urn:h", "nbf": numeric_date(BEGIN), "exp": numeric_date(BEGIN.replace(year=2099)), "nonce": "n"}
    found = verified({**claims, "vp": PRESENTATION}, Secured.PRESENTATION)
    assert {**PRESENTATION, "holder": "urn:h"} == found.document
    assert "n" == found.claims["nonce"]
    late = verified({**claims, "vp": PRESENTATION}, Secured.PRESENTATION, now=BEGIN.replace(year=2100))
    assert "expired" in only_problem(late.steps, Step.CLAIMS)
    assert not verified({**claims, "vc": CREDENTIAL}, Secured.PRESENTATION).verified


def test_the_period_of_a_credential_is_left_to_others() -> None:
    """Whether a credential has ended is no fault of its token."""
    assert verified({**CLAIMS, "exp": numeric_date(BEGIN), "vc": CREDENTIAL}).verified


def test_what_is_not_signed_is_no_document() -> None:
    """With another key there is no document; what the claims would make of it can be had by itself."""
    token = signed({"alg": "RS256", "kid": KID}, {**CLAIMS, "vc": CREDENTIAL})
    head, _, signature = token.rpartition(".")
    broken = claim_mapping.verify(
        f"{head}.{signature[:-4]}AAAA", find_key=lambda _: vectors.RSA.public, now=vectors.NOW, what=Secured.CREDENTIAL
    )
    assert (StepOutcome.FAILED, None) == (outcomes(broken.steps)[Step.SIGNATURE], broken.document)
    said = claim_mapping.document_in(broken.claims, Secured.CREDENTIAL)
    assert said is not None
    assert ISSUER == said["issuer"]
    assert claim_mapping.document_in({"vc": 5}, Secured.CREDENTIAL) is None
