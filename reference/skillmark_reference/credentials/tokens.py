"""Credentials as VC-JWT: the steps of the token, and whose key signed (Open Badges 3.0, JSON Web Token Proof Format)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.key_discovery import REFUSED, FoundKey
from skillmark_reference.credentials.proofs import controller_step
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json, vc_jwt
from skillmark_reference.securing.instants import MalformedInstant, parse_numeric_date
from skillmark_reference.securing.jose import KeyUnavailable, StepOutcome
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.securing.vc_jwt import KeySource

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark_reference.credentials.key_discovery import KeyDiscovery
    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.securing.keys import PublicKey
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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a token says, verified or not."""

    credential: dict[str, Any]
    #: ``nbf`` and ``exp``, where they are there and readable.
    begin: datetime.datetime | None
    end: datetime.datetime | None


def claimed(token: str) -> Claimed | None:
    """Return the credential in a token without the claims beside it; nothing is verified."""
    parts = jose.read_compact(token)[1]
    try:
        payload = strict_json.parse_object(parts.payload) if parts else {}
    except MalformedJson:
        return None
    inner = payload.get("vc")
    credential = inner if isinstance(inner, dict) else payload
    bare = {name: value for name, value in credential.items() if name not in claims_of.REGISTERED}
    if not bare:
        return None
    return Claimed(credential=bare, begin=_moment(payload, "nbf"), end=_moment(payload, "exp"))


def token_steps(
    token: str, said: Claimed | None, kind: CredentialKind, *, keys: KeyDiscovery, now: datetime.datetime
) -> tuple[tuple[Step, ...], dict[str, Any] | None]:
    """Return the steps of a token, and the credential if all of them passed.

    The period of validity is left to the steps about it: the claims are compared as of the moment at which it begins.
    """
    found: list[FoundKey] = []

    def dereference(kid: str) -> PublicKey:
        found.append(keys.find(kid))
        return found[0].key

    as_of = said.begin if said and said.begin else now
    verification = vc_jwt.verify(token, dereference=dereference, now=as_of)
    steps = [_step(kind, each, verification) for each in verification.steps]
    steps.append(_controller(kind, said, found, verification, keys))
    return tuple(steps), verification.credential


def _step(kind: CredentialKind, result: jose.StepResult, verification: VcJwtVerification) -> Step:
    outcome = _OUTCOMES[result.outcome]
    told = (*result.problems, *result.remarks)
    if result.outcome is StepOutcome.NOT_REACHED:
        told = ("an earlier step left nothing to look at",)
    elif outcome is Outcome.PASSED and result.remarks:
        outcome = Outcome.WARNED
    problems = [Problem(pointer="", message=message) for message in told]
    return conclude(kind, _SUBJECTS[result.step], problems, outcome=outcome, evidence=_evidence(result, verification))


def _evidence(result: jose.StepResult, verification: VcJwtVerification) -> dict[str, str]:
    header = verification.header or {}
    if result.step is jose.Step.KEY and verification.key is not None:
        named = str(header.get("kid", "(in the header)"))
        return {"kid": named, "key": verification.key.thumbprint()}
    return {"alg": str(header.get("alg"))} if result.step is jose.Step.HEADER else {}


def _controller(
    kind: CredentialKind,
    said: Claimed | None,
    found: list[FoundKey],
    verification: VcJwtVerification,
    keys: KeyDiscovery,
) -> Step:
    issuer = claims_of.issuer_id(said.credential) if said else None
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
