"""Finding the key of a proof or a token, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import (
    CLUB,
    LIST,
    SCHOOL,
    badge,
    carelessly_signed,
    changed,
    check,
    controlled,
    controller_document,
    multikey,
    signed,
    status_entry,
    status_list,
    subjects,
    told,
    unknown,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing import jose, vc_jwt

if TYPE_CHECKING:
    from skillmark_reference.credentials.issuing import Signer

    Record = dict[str, Any]

WEB = "did:web:school.example"
WEB_ADDRESS = "https://school.example/.well-known/did.json"
PROFILE = "https://school.example/profile"
JWKS = "https://school.example/.well-known/jwks.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@pytest.mark.parametrize(
    ("issuer", "address", "document"),
    [
        (controlled(WEB), WEB_ADDRESS, controller_document(WEB)),
        (controlled(PROFILE), PROFILE, controller_document(PROFILE)),
    ],
)
def test_keys_in_documents_of_controllers(issuer: Signer, address: str, document: Record) -> None:
    """Keys of did:web and https issuers are found in their documents, which list them for assertions, for proofs and tokens."""
    for made in (signed(badge(issuer), issuer), issuing.as_vc_jwt(badge(issuer), issuer)):
        assert check(made, {address: document}).valid
        found = check(made)
        assert Verdict.UNVERIFIABLE is found.verdict
        unlisted = {**document, "assertionMethod": [], "authentication": [f"{document['id']}#key-1"]}
        assert Verdict.INVALID is check(made, {address: unlisted}).verdict
        foreign = {**document, "id": "https://elsewhere.example"}
        assert Verdict.INVALID is check(made, {address: foreign}).verdict
        other = controller_document(str(document["id"]))
        other["verificationMethod"][0]["publicKeyMultibase"] = CLUB.key.public.multikey
        assert Verdict.INVALID is check(made, {address: other}).verdict


def test_keys_at_addresses_of_their_own() -> None:
    """A verification method at its own address counts when its controller lists it."""
    address = "https://school.example/keys/1"
    issuer = controlled(PROFILE, address)
    made = signed(badge(issuer), issuer)
    given: dict[str, Record | bytes] = {
        address: multikey(address, PROFILE),
        PROFILE: {"id": PROFILE, "assertionMethod": [address]},
    }
    assert check(made, given).valid
    assert Verdict.INVALID is check(made, {**given, PROFILE: {"id": PROFILE, "assertionMethod": []}}).verdict
    assert Verdict.UNVERIFIABLE is check(made, {address: multikey(address, PROFILE)}).verdict


@pytest.mark.parametrize("document", [{}, {"keys": []}])
def test_keys_as_jwk_and_jwks(document: Record) -> None:
    """A bare key at the authority of the issuer counts, with a warning; one at another authority is nobody's."""
    for place, verdict in ((PROFILE, Verdict.VALID), ("https://platform.example/x", Verdict.INVALID)):
        address = place.rpartition("/")[0] + "/keys"
        issuer = controlled(PROFILE, f"{address}#key-1")
        jwk = {**SCHOOL.key.public.jwk(), "kid": "key-1"}
        content = {"keys": [jwk]} if document else jwk
        found = check(issuing.as_vc_jwt(badge(issuer), issuer), {address: content})
        assert verdict is found.verdict
        assert Subject.CONTROLLER in subjects(found, Outcome.WARNED, Outcome.FAILED)


@pytest.mark.parametrize(
    ("owner", "verdict"),
    [
        (PROFILE, Verdict.VALID),
        ("https://school.example/other", Verdict.INVALID),
        ("https://x.example", Verdict.INVALID),
    ],
)
def test_keys_of_several_issuers_at_one_address(owner: str, verdict: Verdict) -> None:
    """In a key set that says whose each key is, the issuer's own counts without a warning, and no other does."""
    address = "https://school.example/keys"
    issuer = controlled(PROFILE, f"{address}#key-1")
    jwk = {**SCHOOL.key.public.jwk(), "kid": "key-1", "iss": owner}
    found = check(issuing.as_vc_jwt(badge(issuer), issuer), {address: {"keys": [jwk]}})
    assert verdict is found.verdict
    assert Subject.CONTROLLER not in subjects(found, Outcome.WARNED)


def test_whose_a_key_is_nobody_says_from_elsewhere() -> None:
    """A key set at another authority cannot claim to be of the issuer."""
    address = "https://platform.example/keys"
    issuer = controlled(PROFILE, f"{address}#key-1")
    jwk = {**SCHOOL.key.public.jwk(), "kid": "key-1", "iss": PROFILE}
    found = check(issuing.as_vc_jwt(badge(issuer), issuer), {address: {"keys": [jwk]}})
    assert (Verdict.INVALID, [Subject.CONTROLLER]) == (found.verdict, subjects(found, Outcome.FAILED))


def test_keys_that_tokens_bring() -> None:
    """A key in the header counts when the issuer publishes it, is refused when the issuer does not, and else unknown."""
    issuer = controlled(PROFILE)
    token = issuing.vc_jwt.issue(badge(issuer), key=SCHOOL.key)
    assert check(token, {JWKS: {"keys": [SCHOOL.key.public.jwk()]}}).valid
    assert Verdict.INVALID is check(token, {JWKS: {"keys": [CLUB.key.public.jwk()]}}).verdict
    assert (
        Verdict.INVALID is check(token, {JWKS: {"keys": [{**SCHOOL.key.public.jwk(), "iss": "https://other"}]}}).verdict
    )
    assert (Verdict.UNVERIFIABLE, [Subject.CONTROLLER]) == unknown(check(token))
    web = controlled(WEB)
    token = issuing.vc_jwt.issue(badge(web), key=SCHOOL.key)
    relative = {**controller_document(WEB), "assertionMethod": ["#key-1"]}
    assert check(token, {WEB_ADDRESS: relative}).valid
    assert check(token, {WEB_ADDRESS: {"id": WEB, "assertionMethod": [multikey("#key-1", WEB)]}}).valid
    assert Verdict.INVALID is check(token, {WEB_ADDRESS: {**relative, "assertionMethod": []}}).verdict


def test_did_methods_that_are_not_resolved() -> None:
    """A DID method without resolver leaves the credential unverifiable, and does not make it wrong."""
    issuer = controlled("did:ion:abc")
    found = check(signed(badge(issuer), issuer))
    assert Verdict.UNVERIFIABLE is found.verdict
    assert [] == subjects(found, Outcome.FAILED)


def test_suites_that_are_not_understood() -> None:
    """A proof of an unknown suite cannot be told, and status and schema are not asked for."""
    made = changed(signed(badge(credentialStatus=status_entry())), "/proof/cryptosuite", "bbs-2023")
    found = check(made, {LIST: status_list(42)})
    assert (Verdict.UNVERIFIABLE, [Subject.PROOF, Subject.STATUS]) == unknown(found)
    assert any("not looked at" in each for each in told(found))


def test_proofs_of_others_beside_that_of_the_issuer() -> None:
    """A second proof by somebody else is told and does no harm; alone it is not enough."""
    both = carelessly_signed(signed(badge()), CLUB)
    found = check(both)
    assert (Verdict.VALID, [Subject.CONTROLLER]) == (found.verdict, subjects(found, Outcome.WARNED))


def test_proofs_that_are_not_understood_beside_one_that_holds() -> None:
    """A second proof of an unknown suite, or with a key that cannot be had, is told; a broken one is refused."""
    good = signed(badge())
    strange = {**good["proof"], "cryptosuite": "bbs-2023"}
    found = check({**good, "proof": [good["proof"], strange]})
    assert (Verdict.VALID, [Subject.PROOF, Subject.PROOF_SUITE]) == (found.verdict, subjects(found, Outcome.WARNED))
    distant = {**good["proof"], "verificationMethod": "did:ion:abc#key"}
    found = check({**good, "proof": [distant, good["proof"]]})
    assert Verdict.VALID is found.verdict
    assert {Subject.PROOF_KEY, Subject.PROOF} <= set(subjects(found, Outcome.WARNED))
    assert Verdict.INVALID is check({**good, "proof": [good["proof"], {**good["proof"], "nonce": "x"}]}).verdict


def test_what_is_not_understood_stands_in_for_nobody() -> None:
    """A proof of the issuer that is not understood, beside one of somebody else that holds, proves nothing."""
    foreign = carelessly_signed(badge(), CLUB)
    strange = {**signed(badge())["proof"], "cryptosuite": "bbs-2023"}
    found = check({**foreign, "proof": [foreign["proof"], strange]})
    assert (Verdict.UNVERIFIABLE, [Subject.PROOF]) == unknown(found)


@pytest.mark.parametrize("issuer", ["https://[", "https://school.example:port", "https:", "urn:x"])
def test_issuers_whose_address_is_none(issuer: str) -> None:
    """A token that brings its key, and whose issuer is at no address, has a verdict: whose key it is cannot be told."""
    named = controlled(issuer)
    token = vc_jwt.issue(badge(named), key=SCHOOL.key)
    assert check(token).verdict in {Verdict.UNVERIFIABLE, Verdict.INVALID}
    by_key_set = jose.sign_compact(jose.to_json(vc_jwt.payload_of(badge(named))), key=SCHOOL.key, header={"kid": JWKS})
    keys = {"keys": [{**SCHOOL.key.public.jwk(), "kid": JWKS}]}
    assert [Subject.CONTROLLER] == subjects(check(by_key_set, {JWKS: keys}), Outcome.FAILED)[-1:]
