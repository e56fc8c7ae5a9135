"""Presentations: who presents, to whom, in which form, and what the credentials inside make of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.reference.credentials.presenting import (
    CHALLENGE,
    DATA_INTEGRITY,
    DOMAIN,
    HOLDER,
    STRANGERS,
    V1,
    V2,
    WHO,
    in_claim,
    in_older_envelope,
    look,
    plain,
    presentation,
    presented,
    vc_jose,
    vp_jwt,
)
from tests.reference.credentials.surroundings import (
    CLUB,
    LIST,
    SCHOOL,
    STATE,
    badge,
    carelessly_signed,
    changed,
    check,
    controlled,
    controller_document,
    failed,
    record,
    signed,
    status_entry,
    status_list,
    subjects,
    told,
    unknown,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing.vc_jose_cose import Secured, envelope

Record = dict[str, Any]

# Embedded proofs


def test_a_presentation_with_its_proof_and_credentials() -> None:
    """A signed presentation of a badge and a record is valid, and so is each of them; every step names its requirement."""
    found = look(presented(presentation(signed(badge()), signed(record(signed(badge())), STATE))))
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert CredentialKind.PRESENTATION is found.kind
    assert [
        ("/verifiableCredential/0", CredentialKind.ACHIEVEMENT, Verdict.VALID),
        ("/verifiableCredential/1", CredentialKind.CLR, Verdict.VALID),
    ] == [(each.pointer, each.kind, each.verdict) for each in found.inner]
    assert {"VCDM2", "DI10-"} == {each.requirement[:5] for each in found.steps}
    assert found.credential is not None


def test_one_credential_may_stand_without_its_array() -> None:
    """JSON-LD makes no difference between one value and an array with one."""
    held = changed(presentation(), "/holder", {"id": WHO})
    found = look(presented({**held, "verifiableCredential": signed(badge())}))
    assert (Verdict.VALID, "/verifiableCredential") == (found.verdict, found.inner[0].pointer)


@pytest.mark.parametrize("holder", [WHO, {"id": WHO}])
def test_the_holder_as_text_and_as_object(holder: object) -> None:
    """Both forms of ``holder`` name who presents; a holder who does not control the key is refused."""
    made = presentation(signed(badge()), holder=holder)
    assert Verdict.VALID is look(presented(made)).verdict
    assert [Subject.CONTROLLER] == failed(look(presented(made, CLUB)))
    lenient = look(presented(made, CLUB), policy=STRANGERS)
    assert (Verdict.VALID, [Subject.CONTROLLER]) == (lenient.verdict, subjects(lenient, Outcome.WARNED)[-1:])


def test_an_object_without_id_is_no_holder() -> None:
    """``holder`` is a URL, or an object with an id (data model 2.0, 4.13)."""
    found = look(presented(presentation(signed(badge()), holder={"name": "Ada"})), policy=STRANGERS)
    assert Subject.STRUCTURE in failed(found)


@pytest.mark.parametrize(
    ("challenge", "domain", "is_answered"),
    [
        (CHALLENGE, DOMAIN, True),
        (CHALLENGE, [DOMAIN], True),
        (None, None, True),
        ("c-2", DOMAIN, False),
        (CHALLENGE, "other.example", False),
        (CHALLENGE, [DOMAIN, "other.example"], False),
        (CHALLENGE, [], False),
    ],
)
def test_challenge_and_domain(challenge: str | None, domain: str | list[str] | None, *, is_answered: bool) -> None:
    """The proof names the challenge and exactly the domains that are expected (Data Integrity 1.0, 4.4)."""
    found = look(presented(presentation(signed(badge()))), challenge=challenge, domain=domain)
    assert (is_answered, [] if is_answered else [Subject.AUDIENCE]) == (found.valid, failed(found))


def test_every_proof_answers_the_challenge() -> None:
    """A second proof for another verifier makes the presentation one for two verifiers."""
    once = presented(presentation(signed(badge())))
    twice = carelessly_signed(once, HOLDER, proofPurpose="authentication", challenge="c-2", domain=DOMAIN)
    assert ["/proof/1/challenge"] == [each.pointer for each in look(twice).problems]


def test_the_purpose_is_authentication() -> None:
    """A key that is meant for something else does not present."""
    made = presented(presentation(signed(badge())), proofPurpose="capabilityInvocation")
    assert Subject.PROOF_PURPOSE in failed(look(made))


def test_changed_after_it_was_signed() -> None:
    """No member can be changed, and no credential taken away or put in."""
    made = presented(presentation(signed(badge()), signed(badge(identifier="urn:uuid:2"))))
    for damaged in (
        changed(made, "/verifiableCredential/1"),
        {**made, "id": "urn:uuid:9"},
        {**made, "verifiableCredential": [*made["verifiableCredential"], signed(badge(identifier="urn:uuid:3"))]},
    ):
        assert Subject.PROOF in failed(look(damaged))


def test_data_model_1() -> None:
    """A presentation of data model 1.1 may hold credentials as texts; one of 2.0 may not."""
    token = issuing.as_vc_jwt(badge(), SCHOOL)
    older = {**presentation(token), "@context": [V1, DATA_INTEGRITY]}
    assert "expected is a" not in str(told(look(older, challenge=None, domain=None)))
    newer = look(presentation(token), challenge=None, domain=None)
    assert Subject.STRUCTURE in failed(newer)
    assert () == newer.inner


# Without a proof


def test_without_a_proof_it_is_worth_what_its_credentials_are() -> None:
    """Nobody presents then, and the verdict says so; a challenge is not answered; without credentials nothing is left."""
    found = look(presentation(signed(badge())), challenge=None, domain=None)
    assert (Verdict.VALID, [Subject.PROOF_PRESENT]) == (found.verdict, subjects(found, Outcome.WARNED))
    assert [Subject.PROOF_PRESENT] == failed(look(presentation(signed(badge())), domain=None))
    assert [Subject.PROOF_PRESENT] == failed(look(presentation(), challenge=None, domain=None))


@pytest.mark.parametrize(
    ("holder", "issuer", "holds"), [(WHO, HOLDER, True), (None, HOLDER, False), (WHO, SCHOOL, False)]
)
def test_what_the_holder_says_of_themselves(holder: str | None, issuer: issuing.Signer, *, holds: bool) -> None:
    """A credential without proof stands if its issuer is the holder of a signed presentation (data model 2.0, 4.13)."""
    held = plain(issuer)
    named = presentation(held) if holder else changed(presentation(held), "/holder")
    found = look(presented(named), policy=STRANGERS)
    assert holds is found.valid
    unsigned = look(named, policy=STRANGERS, challenge=None, domain=None)
    assert (Verdict.INVALID, [Subject.MEMBERS]) == (unsigned.verdict, failed(unsigned))


# What is inside


def test_the_worst_credential_decides() -> None:
    """An expired, revoked or invalid credential makes the presentation so; each keeps its own verdict."""
    revoked = signed(badge(credentialStatus=status_entry()))
    good = signed(badge(identifier="urn:uuid:3"))
    given = {LIST: json.loads(status_list(42))}
    found = look(presented(presentation(good, revoked)), given=given)
    assert (Verdict.REVOKED, [Verdict.VALID, Verdict.REVOKED]) == (
        found.verdict,
        [each.verdict for each in found.inner],
    )
    unreachable = look(presented(presentation(good, revoked)))
    assert (Verdict.UNVERIFIABLE, [Subject.MEMBERS]) == unknown(unreachable)
    tampered = changed(good, "/name", "Other")
    broken = look(presented(presentation(tampered, revoked)), given=given)
    assert (Verdict.INVALID, [Subject.MEMBERS]) == (broken.verdict, failed(broken))
    assert {"/verifiableCredential/0"} == {"/".join(each.pointer.split("/")[:3]) for each in broken.problems} - {
        "/verifiableCredential/1"
    }


def test_a_stranger_inside_has_the_key_of_its_issuer() -> None:
    """A credential of no kind of Open Badges is judged as one of W3C; whose key signed is left to the reader only if asked."""
    own = presented(presentation(carelessly_signed(plain())))
    foreign = presented(presentation(carelessly_signed(plain(), CLUB)))
    assert look(own).valid
    assert (False, True) == (look(foreign).valid, look(foreign, policy=STRANGERS).valid)


# Tokens and envelopes


def test_a_presentation_as_token() -> None:
    """``vp+jwt`` with an enveloped credential: signed for authentication, with nonce and aud as challenge and domain."""
    held = presentation(envelope(vc_jose(badge())))
    token = vp_jwt(held, nonce=CHALLENGE, aud=DOMAIN)
    for form in (token, envelope(token, what=Secured.PRESENTATION)):
        found = look(form)
        assert (Verdict.VALID, Verdict.VALID) == (found.verdict, found.inner[0].verdict)
        assert [Subject.AUDIENCE] == failed(look(form, challenge="c-2"))
        assert [Subject.AUDIENCE] == failed(look(form, domain="other.example"))
        assert [Subject.AUDIENCE] == failed(look(form, domain=[DOMAIN, "other.example"]))
    assert [Subject.CONTROLLER] == failed(
        look(vp_jwt({**held, "holder": SCHOOL.profile["id"]}), challenge=None, domain=None)
    )


@pytest.mark.parametrize("purpose", ["authentication", "assertionMethod"])
def test_keys_are_for_a_purpose(purpose: str) -> None:
    """A token that presents is signed with a key for authentication; one for assertions does not do."""
    issuer = controlled("did:web:school.example")
    document = controller_document("did:web:school.example")
    listed = {purpose: document.pop("assertionMethod"), **document}
    token = vp_jwt(presentation(envelope(vc_jose(badge())), holder=issuer.profile["id"]), issuer)
    found = look(token, challenge=None, domain=None, given={"https://school.example/.well-known/did.json": listed})
    assert ([] if purpose == "authentication" else [Subject.TOKEN_KEY]) == failed(found)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("@context", []),
        ("@context", ["https://www.w3.org/ns/credentials/examples/v2"]),
        ("type", ["VerifiablePresentation"]),
        ("type", ["EnvelopedVerifiablePresentation", "VerifiablePresentation"]),
        ("id", "a.b.c"),
        ("id", "data:text/plain,a.b.c"),
        ("id", 5),
    ],
)
def test_malformed_envelopes(member: str, value: object) -> None:
    """An envelope has its own type and no other, the context that defines it, and a token in a data: URL (4.13)."""
    good = envelope(vp_jwt(presentation(envelope(vc_jose(badge())))), what=Secured.PRESENTATION)
    assert look(good, challenge=None, domain=None).valid
    assert Verdict.INVALID is look({**good, member: value}, challenge=None, domain=None).verdict


@pytest.mark.parametrize(
    "members",
    [
        {"type": "VerifiableCredential"},
        {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
        {"type": "EnvelopedVerifiablePresentation"},
        {"type": None},
        {"@context": []},
        {"@context": "https://elsewhere.example"},
        {"id": "a.b.c"},
        {"id": "data:application/vp+jwt,a.b.c"},
        {"id": f"data:application/vc+jwt;base64,{base64.b64encode(vc_jose(badge()).encode()).decode()}"},
        {"id": None},
    ],
    ids=lambda members: str(members)[:60],
)
def test_malformed_envelopes_of_credentials(members: Record) -> None:
    """The same rules hold for credentials; an array with the one type is the one type."""
    good = envelope(vc_jose(badge()))
    assert check({**good, "type": [good["type"]]}).valid
    assert Verdict.INVALID is check({**good, **members}).verdict


def test_envelopes_that_are_not_opened() -> None:
    """SD-JWT and COSE are forms that the standard has and this verifier does not read: nothing is known about them."""
    held = {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+sd-jwt,a.b.c~d~"}
    assert (Verdict.UNVERIFIABLE, [Subject.ENVELOPE]) == unknown(check(held))


def test_an_enveloped_credential() -> None:
    """A badge in an envelope is verified by the rules of its envelope and of Open Badges; tampering is found."""
    token = vc_jose(badge())
    assert check(envelope(token)).valid
    header, _, signature = token.split(".")
    other = vc_jose(badge(identifier="urn:uuid:2")).split(".")[1]
    assert [Subject.TOKEN_SIGNATURE] == failed(check(envelope(f"{header}.{other}.{signature}")))
    assert [Subject.CONTROLLER] == failed(check(envelope(vc_jose(badge(), CLUB))))
    extended = {**envelope(token), "name": "Beside"}
    assert [Subject.ENVELOPE] == subjects(check(extended), Outcome.WARNED)


def test_a_token_in_the_form_of_data_model_1() -> None:
    """Claims ``vp`` and ``vc`` around documents of data model 2.0 are read, with a remark; the claims go before the members."""
    credential = in_claim("vc", plain(), SCHOOL, sub="did:example:other")
    token = in_claim(
        "vp", presentation(in_older_envelope(credential, Secured.CREDENTIAL)), HOLDER, nonce=CHALLENGE, aud=[DOMAIN]
    )
    found = look(in_older_envelope(token, Secured.PRESENTATION))
    assert Verdict.VALID is found.verdict
    assert [Subject.ENVELOPE, Subject.TOKEN_PAYLOAD] == subjects(found, Outcome.WARNED)
    inner = found.inner[0]
    assert Subject.TOKEN_CLAIMS in subjects(inner, Outcome.WARNED)
    assert inner.credential is not None
    assert ("did:example:other", "2025-01-01T00:00:00Z") == (
        inner.credential["credentialSubject"]["id"],
        inner.credential["validFrom"],
    )


def test_a_token_holds_one_document() -> None:
    """Members beside the claim could be read in the place of those in it."""
    token = in_claim("vp", presentation(envelope(vc_jose(badge()))), HOLDER, **{"@context": [V2]})
    assert [Subject.TOKEN_PAYLOAD] == failed(look(token, challenge=None, domain=None))


@pytest.mark.parametrize(
    "junk", ["", "{}", "[]", "null", "a.b.c", '{"type": 5}', '{"@context": {"a": {"a": 1}}}', "\ud800"]
)
def test_junk_has_a_verdict(junk: str) -> None:
    """Whatever is received, there is a verdict and a reason."""
    found = look(junk)
    assert Verdict.INVALID is found.verdict
    assert found.problems
