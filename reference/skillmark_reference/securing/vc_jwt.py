"""VC-JWT: the JSON Web Token proof format of Open Badges 3.0 and CLR 2.0.

https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof and https://www.imsglobal.org/spec/clr/v2p0/#jwt-proof. The payload is the
credential itself with claims beside its members; a credential of data model 1.1 is in the claim ``vc``. The format of "Securing
Verifiable Credentials using JOSE and COSE" is another one: `skillmark_reference.securing.vc_jose_cose`.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.credential_claims import MalformedCredential
from skillmark_reference.securing.instants import (
    MalformedInstant,
    numeric_date,
    parse_date_time,
    parse_numeric_date,
    write_date_time,
)
from skillmark_reference.securing.jose import Algorithm, Step, StepOutcome, StepResult
from skillmark_reference.securing.keys import PublicKey, SecretKey, UnusableKey
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping

    #: Dereferences a ``kid``. Raises as a `jose.KeyFinder` does.
    KidDereferencer = Callable[[str], PublicKey]

_HEADER = ("alg", "kid", "jwk", "typ")
_URI = re.compile(r"(?:https?|did):\S+", re.ASCII)
#: Algorithms that the public validator of 1EdTech does not read.
_UNUSUAL = frozenset(each.value for each in Algorithm) - {"RS256", "ES256"}


class KeySource(enum.Enum):
    """Where the key came from."""

    #: Dereferenced from ``kid``.
    KID = "kid"
    #: Taken from the header as it stands: the signature proves that the token is unchanged, and nothing about the issuer.
    JWK = "jwk"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VcJwtVerification:
    """The verification of a VC-JWT, up to the claims; schema, status and endorsements of the credential come after it."""

    steps: tuple[StepResult, ...]
    #: What the token says, verified or not.
    header: Mapping[str, Any] | None = None
    #: The credential without the registered claims; only when every step passed.
    credential: dict[str, Any] | None = None
    key: PublicKey | None = None
    key_source: KeySource | None = None

    @property
    def verified(self) -> bool:
        """Whether every step passed."""
        return all(each.outcome is StepOutcome.PASSED for each in self.steps)


def issue(
    credential: Mapping[str, Any], *, key: SecretKey, kid: str | None = None, algorithm: Algorithm | None = None
) -> str:
    """Return the VC-JWT of a credential.

    Args:
        credential: A credential of data model 2.0 or 1.1.
        key: The issuer's key.
        kid: The URI from which verifiers get the public key; without it the header holds the key itself.
        algorithm: For RSA another one than RS256.

    Raises:
        MalformedCredential: A claim cannot be filled from the credential.
        UnusableKey: The algorithm does not fit the key.
    """
    reference: dict[str, Any] = {"jwk": key.public.jwk()} if kid is None else {"kid": kid}
    payload = jose.to_json(payload_of(credential))
    return jose.sign_compact(payload, key=key, header={**reference, "typ": "JWT"}, algorithm=algorithm)


def payload_of(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credential with its claims: ``iss``, ``jti``, ``nbf``, ``sub`` if the subject has an id, ``exp`` if it ends.

    Raises:
        MalformedCredential: A claim cannot be filled, or has a place in the credential already.
    """
    dates = claims_of.dates_of(credential)
    stated = {"iss": claims_of.issuer_id(credential), "jti": credential.get("id"), "nbf": credential.get(dates.begin)}
    named = {"iss": "issuer", "jti": "id", "nbf": dates.begin}
    missing = [named[claim] for claim, value in stated.items() if not isinstance(value, str)]
    taken = sorted((claims_of.REGISTERED | {"vc"}) & credential.keys())
    if missing or taken:
        wants = [f"it has no {member}" for member in missing] + [f"it has the claim {claim} already" for claim in taken]
        raise MalformedCredential(f"the credential cannot become a VC-JWT: {', '.join(wants)}")
    claims = {**stated, "nbf": _seconds(stated["nbf"])}
    subject = claims_of.subject_id(credential)
    if subject is not None:
        claims["sub"] = subject
    if dates.end in credential:
        claims["exp"] = _seconds(credential[dates.end])
    return {**claims, "vc": dict(credential)} if claims_of.is_version_1(credential) else {**credential, **claims}


def verify(token: str, *, dereference: KidDereferencer, now: datetime.datetime) -> VcJwtVerification:
    """Verify a VC-JWT up to its claims.

    Args:
        token: The compact JWS.
        dereference: Gets the public key that a ``kid`` leads to. It is called at most once.
        now: The time of the verification.
    """
    signed = jose.verify_compact(token, find_key=lambda header: _find(header, dereference), check_header=_check_header)
    source = _source(signed.header or {}) if signed.key else None
    read, claims, credential = _read_payload(signed.payload)
    compared = _compare(claims, credential, now) if claims is not None and credential is not None else None
    steps = (*signed.steps, read, compared or jose.not_reached(Step.CLAIMS)[0])
    passed = all(each.outcome is StepOutcome.PASSED for each in steps)
    return VcJwtVerification(
        steps=steps,
        header=signed.header,
        credential=credential if passed else None,
        key=signed.key,
        key_source=source,
    )


# Header and key


def _check_header(header: Mapping[str, Any]) -> StepResult:
    """Hold the header against the JOSE Header table of the standards: four members and no other."""
    problems = [
        f"the header has the member {quoted(name)}, which is not allowed" for name in header if name not in _HEADER
    ]
    if header.get("typ", "JWT") != "JWT":
        problems.append(f"typ is {quoted(header['typ'])}; if it is present it has to be JWT")
    if "kid" not in header and "jwk" not in header:
        problems.append("the header has neither kid nor jwk: nothing says which key signed")
    if "kid" in header and _kid(header) is None:
        problems.append(f"kid is {quoted(header['kid'])}; it has to be a URI that leads to the key")
    remarks = [
        f"alg {alg} is permitted, and not every verifier reads it; RS256 is the one that all have to read"
        for alg in sorted(_UNUSUAL)
        if alg == header.get("alg")
    ]
    if _source(header) is KeySource.JWK:
        remarks.append("the key is in the token itself; that it belongs to the issuer needs other evidence")
    return jose.step_result(Step.HEADER, problems, remarks)


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    return kid if isinstance(kid, str) and _URI.fullmatch(kid) else None


def _source(header: Mapping[str, Any]) -> KeySource | None:
    if "kid" in header:
        return KeySource.KID
    return KeySource.JWK if "jwk" in header else None


def _find(header: Mapping[str, Any], dereference: KidDereferencer) -> PublicKey | None:
    """Return the key of ``kid``, which goes before ``jwk``; when both are there they have to be the same key."""
    enclosed = PublicKey.from_jwk(header["jwk"]) if "jwk" in header else None
    kid = _kid(header)
    if kid is None:
        return None if "kid" in header else enclosed
    key = dereference(kid)
    if enclosed is not None and enclosed != key:
        raise UnusableKey(f"the jwk in the header is another key than the one that {kid} leads to")
    return key


# Payload and claims


def _read_payload(payload: bytes | None) -> tuple[StepResult, dict[str, Any] | None, dict[str, Any] | None]:
    """Return the claims, and the credential in them."""
    if payload is None:
        return jose.not_reached(Step.PAYLOAD)[0], None, None
    try:
        claims = strict_json.parse_object(payload)
    except MalformedJson as error:
        return jose.step_result(Step.PAYLOAD, [f"the payload cannot be read: {error}"]), None, None
    if "vc" not in claims:
        credential = {name: value for name, value in claims.items() if name not in claims_of.REGISTERED}
        problems = _without_vc(credential)
    else:
        problems = _with_vc(claims)
        credential = _unwrapped(claims) if isinstance(claims["vc"], dict) else {}
    return jose.step_result(Step.PAYLOAD, problems), claims, credential or None


def _without_vc(credential: Mapping[str, Any]) -> list[str]:
    if claims_of.is_version_1(credential):
        return ["a credential of data model 1.1 has to be in the claim vc; here its members are beside the claims"]
    if claims_of.CREDENTIALS_V2 not in claims_of.contexts(credential):
        return [f"the payload is no credential: {claims_of.CREDENTIALS_V2} is not in its @context"]
    return []


def _with_vc(claims: Mapping[str, Any]) -> list[str]:
    credential = claims["vc"]
    if not isinstance(credential, dict):
        return [f"the claim vc is no JSON object; it is {type(credential).__name__}"]
    problems = []
    if claims_of.CREDENTIALS_V2 in claims_of.contexts(credential):
        problems.append("a credential of data model 2.0 is the payload itself; here it is in the claim vc")
    elif not claims_of.is_version_1(credential):
        problems.append(f"the claim vc is no credential: {claims_of.CREDENTIALS_V1} is not in its @context")
    if "@context" in claims or "credentialSubject" in claims:
        problems.append("the payload holds two credentials: its own members and the claim vc")
    return problems


def _unwrapped(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credential in ``vc``, with members that were moved out to claims put back (data model 1.1, 6.3.1)."""
    credential = dict(claims["vc"])
    dates = claims_of.dates_of(credential)
    for claim, member in (("iss", "issuer"), ("jti", "id")):
        if claim in claims:
            credential.setdefault(member, claims[claim])
    for claim, member in (("nbf", dates.begin), ("exp", dates.end)):
        if claim in claims and member not in credential:
            credential[member] = _date_time(claims[claim])
    subject = credential.get("credentialSubject")
    if "sub" in claims and isinstance(subject, dict):
        credential["credentialSubject"] = {"id": claims["sub"], **subject}
    return {member: value for member, value in credential.items() if value is not None}


def _compare(claims: Mapping[str, Any], credential: Mapping[str, Any], now: datetime.datetime) -> StepResult:
    """Hold the claims against the credential ("Verify a Credential VC-JWT Signature")."""
    dates = claims_of.dates_of(credential)
    subject = claims_of.subject_id(credential)
    problems = [f"the claim {name} is missing" for name in ("iss", "jti", "nbf") if name not in claims]
    if "sub" not in claims and subject is not None:
        problems.append("the claim sub is missing, although the subject has an id")
    if "exp" not in claims and dates.end in credential:
        problems.append(f"the claim exp is missing, although the credential has {dates.end}")
    found = (
        claims_of.disagreement(claims, "iss", "the id of issuer", claims_of.issuer_id(credential) or "missing"),
        claims_of.disagreement(claims, "jti", "id", credential.get("id", "missing")),
        claims_of.disagreement(claims, "sub", "the id of credentialSubject", subject),
        claims_of.moment_disagreement(claims, "nbf", credential, dates.begin),
        claims_of.moment_disagreement(claims, "exp", credential, dates.end),
        None if dates.begin in credential else f"the credential has no {dates.begin} that nbf could repeat",
    )
    problems += [each for each in found if each is not None]
    remarks = (
        []
        if subject is not None
        else ["the subject has no id that sub could repeat; the texts demand sub and allow subjects without id"]
    )
    return jose.step_result(Step.CLAIMS, [*problems, *claims_of.period_problems(claims, now)], remarks)


def _seconds(text: object) -> int | float:
    try:
        return numeric_date(parse_date_time(text))
    except MalformedInstant as error:
        raise MalformedCredential(f"the credential cannot become a VC-JWT: {error}") from None


def _date_time(value: object) -> str | None:
    try:
        return write_date_time(parse_numeric_date(value))
    except MalformedInstant:
        return None
