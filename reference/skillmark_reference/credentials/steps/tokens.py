"""Credentials and presentations as tokens: the steps of each format, and whose key signed.

Open Badges 3.0 and CLR 2.0, JSON Web Token Proof Format; Securing Verifiable Credentials using JOSE and COSE; data model 1.1,
6.3.1.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.credentials.steps.envelopes import TokenFormat
from skillmark_reference.credentials.steps.key_discovery import REFUSED, FoundKey
from skillmark_reference.credentials.steps.proofs import controller_step
from skillmark_reference.securing import claim_mapping, jose, strict_json, vc_jose_cose, vc_jwt
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import MalformedInstant, parse_numeric_date
from skillmark_reference.securing.jose import KeyUnavailable, StepOutcome
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.securing.vc_jose_cose import Secured
from skillmark_reference.securing.vc_jwt import KeySource

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark_reference.credentials.steps.key_discovery import KeyDiscovery
    from skillmark_reference.securing.keys import PublicKey
    from skillmark_reference.securing.vc_jose_cose import JoseVerification
    from skillmark_reference.securing.vc_jwt import VcJwtVerification

_SUBJECTS = {
    jose.Step.FORM: Subject.TOKEN_FORM,
    jose.Step.HEADER: Subject.TOKEN_HEADER,
    jose.Step.KEY: Subject.TOKEN_KEY,
    jose.Step.SIGNATURE: Subject.TOKEN_SIGNATURE,
    jose.Step.PAYLOAD: Subject.TOKEN_PAYLOAD,
    jose.Step.CLAIMS: Subject.TOKEN_CLAIMS,
}
_OUTCOMES = {
    StepOutcome.PASSED: Outcome.PASSED,
    StepOutcome.FAILED: Outcome.FAILED,
    StepOutcome.CANNOT_TELL: Outcome.CANNOT_TELL,
    StepOutcome.NOT_REACHED: Outcome.CANNOT_TELL,
}
#: With what presentations are signed, and credentials.
_PURPOSES = {Secured.PRESENTATION: "authentication", Secured.CREDENTIAL: "assertionMethod"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a token says, verified or not."""

    document: dict[str, Any]
    #: The whole payload.
    claims: Mapping[str, Any]
    #: The ``typ`` of the header.
    type: object
    #: ``nbf`` and ``exp``, where they are there and readable.
    begin: datetime.datetime | None
    end: datetime.datetime | None


def claimed(token: str, what: Secured = Secured.CREDENTIAL) -> Claimed | None:
    """Return the credential or presentation in a token without the claims beside it; nothing is verified."""
    parts = jose.read_compact(token)[1]
    try:
        header = strict_json.parse_object(parts.header) if parts else {}
        payload = strict_json.parse_object(parts.payload) if parts else {}
    except MalformedJson:
        return None
    inner = payload.get(what.value)
    document = inner if isinstance(inner, dict) else payload
    bare = _without_claims(document, what)
    if not bare:
        return None
    begin, end = _moment(payload, "nbf"), _moment(payload, "exp")
    return Claimed(document=bare, claims=payload, type=header.get("typ"), begin=begin, end=end)


def format_of(said: Claimed, kind: CredentialKind, what: Secured) -> TokenFormat:
    """Return the format by whose rules a token is read that came without a media type.

    Credentials of Open Badges and CLR have one of their own, whatever their header says.
    """
    if not kind.is_of_w3c:
        return TokenFormat.VC_JWT
    if what.value in said.claims:
        return TokenFormat.CLAIM
    is_theirs = what is Secured.CREDENTIAL and str(said.type).lower().removeprefix("application/") != what.typ
    return TokenFormat.VC_JWT if is_theirs else TokenFormat.VC_JOSE


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TokenFindings:
    """What the steps of a token found."""

    steps: tuple[Step, ...]
    #: The document as the token makes it, without the claims beside it.
    document: dict[str, Any]
    #: The period that the claims give to the credential.
    period: tuple[datetime.datetime | None, datetime.datetime | None] = (None, None)


def find_token(
    token: str,
    said: Claimed,
    kind: CredentialKind,
    how: TokenFormat,
    *,
    keys: KeyDiscovery,
    now: datetime.datetime,
) -> TokenFindings:
    """Return what the steps of a token find."""
    if how is TokenFormat.VC_JWT:
        return _vc_jwt(token, said, kind, keys=keys, now=now)
    what = Secured.PRESENTATION if kind is CredentialKind.PRESENTATION else Secured.CREDENTIAL
    found: list[FoundKey] = []

    def find_key(header: Mapping[str, Any]) -> PublicKey | None:
        url = _key_url(header.get("kid"), said.claims.get("iss"))
        if url is None:
            return None
        found.append(keys.find(url, _PURPOSES[what]))
        return found[0].key

    verify = claim_mapping.verify if how is TokenFormat.CLAIM else vc_jose_cose.verify
    verification = verify(token, find_key=find_key, now=now, what=what)
    document = verification.document
    if document is None and how is TokenFormat.CLAIM:
        document = claim_mapping.document_in(verification.claims, what)
    document = _without_claims(document or said.document, what)
    owner = claims_of.issuer_id(document) if what is Secured.CREDENTIAL else holder_id(document)
    steps = [_step(kind, each, verification) for each in verification.steps]
    return TokenFindings(steps=(*steps, _owner_step(kind, found, owner)), document=document)


def holder_id(presentation: Mapping[str, Any]) -> object:
    """Return the ``holder``, or its ``id`` where it is an object."""
    value = presentation.get("holder")
    return value.get("id") if isinstance(value, dict) else value


def _key_url(kid: object, issuer: object) -> str | None:
    """Return where the key is: ``kid``, which may leave out whose key it is where ``iss`` says so."""
    if not isinstance(kid, str) or not kid:
        return None
    return kid if ":" in kid or not isinstance(issuer, str) else f"{issuer}#{kid.removeprefix('#')}"


def _owner_step(kind: CredentialKind, found: list[FoundKey], owner: object) -> Step:
    if kind is CredentialKind.PRESENTATION and owner is None:
        return conclude(kind, Subject.CONTROLLER, outcome=Outcome.NOT_APPLICABLE)
    return controller_step(kind, [("", each) for each in found], owner)


def _without_claims(document: Mapping[str, Any], what: Secured) -> dict[str, Any]:
    """Return a document without what is about the token that it is the payload of."""
    claims = claims_of.REGISTERED | ({"nonce"} if what is Secured.PRESENTATION else set())
    return {name: value for name, value in document.items() if name not in claims}


# The format of Open Badges and CLR


def _vc_jwt(
    token: str, said: Claimed, kind: CredentialKind, *, keys: KeyDiscovery, now: datetime.datetime
) -> TokenFindings:
    """Return what the steps find; the claims are compared as of the moment at which the period begins, which has its own step."""
    found: list[FoundKey] = []

    def dereference(kid: str) -> PublicKey:
        found.append(keys.find(kid))
        return found[0].key

    verification = vc_jwt.verify(token, dereference=dereference, now=said.begin or now)
    steps = [_step(kind, each, verification) for each in verification.steps]
    steps.append(_controller(kind, said, found, verification, keys))
    document = verification.credential or said.document
    return TokenFindings(steps=tuple(steps), document=document, period=(said.begin, said.end))


def _step(kind: CredentialKind, result: jose.StepResult, verification: VcJwtVerification | JoseVerification) -> Step:
    outcome = _OUTCOMES[result.outcome]
    told = (*result.problems, *result.remarks)
    if result.outcome is StepOutcome.NOT_REACHED:
        told = ("an earlier step left nothing to look at",)
    elif outcome is Outcome.PASSED and result.remarks:
        outcome = Outcome.WARNED
    problems = [Problem(pointer="", message=message) for message in told]
    return conclude(kind, _SUBJECTS[result.step], problems, outcome=outcome, evidence=_evidence(result, verification))


def _evidence(result: jose.StepResult, verification: VcJwtVerification | JoseVerification) -> dict[str, str]:
    header = verification.header or {}
    if result.step is jose.Step.KEY and verification.key is not None:
        named = str(header.get("kid", "(in the header)"))
        return {"kid": named, "key": verification.key.thumbprint()}
    return {"alg": str(header.get("alg"))} if result.step is jose.Step.HEADER else {}


def _controller(
    kind: CredentialKind,
    said: Claimed,
    found: list[FoundKey],
    verification: VcJwtVerification,
    keys: KeyDiscovery,
) -> Step:
    issuer = claims_of.issuer_id(said.document)
    if verification.key_source is not KeySource.JWK or verification.key is None:
        return controller_step(kind, [("", each) for each in found], issuer)
    return _enclosed(kind, verification.key, issuer, keys)


def _enclosed(kind: CredentialKind, key: PublicKey, issuer: object, keys: KeyDiscovery) -> Step:
    """Look for a key that the token itself brings among those that the issuer publishes: anyone can bring a key."""
    evidence = {"issuer": str(issuer), "key": key.thumbprint()}
    try:
        published = keys.published_keys(str(issuer))
    except KeyUnavailable as error:
        message = f"the token brings its own key, and whether it is the issuer's cannot be told: {error}"
        problem = Problem(pointer="/issuer", message=message)
        return conclude(kind, Subject.CONTROLLER, [problem], outcome=Outcome.CANNOT_TELL, evidence=evidence)
    except REFUSED as error:
        problem = Problem(pointer="/issuer", message=f"the issuer's keys are unusable: {error}")
        return conclude(kind, Subject.CONTROLLER, [problem], evidence=evidence)
    message = f"the token brings its own key, which is none of those that {quoted(issuer)} publishes"
    problems = [] if key in published else [Problem(pointer="/issuer", message=message)]
    return conclude(kind, Subject.CONTROLLER, problems, evidence=evidence)


def _moment(payload: Mapping[str, Any], claim: str) -> datetime.datetime | None:
    try:
        return parse_numeric_date(payload.get(claim))
    except MalformedInstant:
        return None
