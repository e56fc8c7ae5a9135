"""Credentials as ``vc+jwt``, presentations as ``vp+jwt``: the JOSE half of Securing Verifiable Credentials using JOSE and COSE.

https://www.w3.org/TR/vc-jose-cose/. The payload is the document itself, without a claim ``vc``. Envelopes: data model 2.0, 4.13.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.dids import UnusableDid, parse_did_url
from skillmark_reference.securing.jose import Step, StepOutcome, StepResult
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark_reference.securing.jose import Algorithm, KeyFinder
    from skillmark_reference.securing.keys import PublicKey, SecretKey


class Secured(enum.Enum):
    """What is secured, by its media type without ``application/``."""

    CREDENTIAL = "vc"
    PRESENTATION = "vp"

    @property
    def document_type(self) -> str:
        """The type that the payload has."""
        return "VerifiableCredential" if self is Secured.CREDENTIAL else "VerifiablePresentation"

    @property
    def envelope_type(self) -> str:
        """The type of the object that envelopes the token."""
        return f"Enveloped{self.document_type}"

    @property
    def typ(self) -> str:
        """The ``typ`` of the header."""
        return f"{self.value}+jwt"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JoseVerification:
    """The verification of a vc+jwt or vp+jwt (section 5.1): status, media type and document of the standard."""

    steps: tuple[StepResult, ...]
    media_type: str
    #: What the token says, verified or not.
    header: Mapping[str, Any] | None = None
    #: The decoded payload; only when every step passed.
    document: dict[str, Any] | None = None
    #: The payload, verified or not.
    claims: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    key: PublicKey | None = None

    @property
    def verified(self) -> bool:
        """Whether every step passed: the ``status`` of the standard."""
        return all(each.outcome is StepOutcome.PASSED for each in self.steps)


def secure(
    document: Mapping[str, Any], *, key: SecretKey, kid: str, what: Secured, algorithm: Algorithm | None = None
) -> str:
    """Return the compact JWS of a credential or a presentation (section 3.1).

    Args:
        document: The payload, as it stands.
        key: The key to sign with.
        kid: The absolute URL of the verification method.
        what: Whether the document is a credential or a presentation.
        algorithm: For RSA another one than RS256.

    Raises:
        UnusableKey: The algorithm does not fit the key.
    """
    header = {"kid": kid, "typ": what.typ, "cty": what.value}
    return jose.sign_compact(jose.to_json(document), key=key, header=header, algorithm=algorithm)


def verify(token: str, *, find_key: KeyFinder, now: datetime.datetime, what: Secured) -> JoseVerification:
    """Verify a vc+jwt or vp+jwt (section 5.1). Unknown header members and claims are ignored.

    Args:
        token: The compact JWS.
        find_key: Finds the key that the header names, for ``assertionMethod`` or, in presentations, ``authentication``.
        now: The time of the verification.
        what: Whether a credential or a presentation is expected.
    """
    signed = jose.verify_compact(token, find_key=find_key, check_header=lambda header: _check_header(header, what))
    read, payload = _read_payload(signed.payload, what)
    compared = _compare(signed.header or {}, payload, now) if payload is not None else jose.not_reached(Step.CLAIMS)[0]
    steps = (*signed.steps, read, compared)
    passed = all(each.outcome is StepOutcome.PASSED for each in steps)
    return JoseVerification(
        steps=steps,
        media_type=f"application/{what.value}",
        header=signed.header,
        document=payload if passed else None,
        claims=payload or {},
        key=signed.key,
    )


def _check_header(header: Mapping[str, Any], what: Secured) -> StepResult:
    remarks = []
    if _short(header.get("typ")) != what.typ:
        remarks.append(f"typ should be {what.typ}; it is {quoted(header.get('typ'))}")
    if "cty" in header and _short(header["cty"]) != what.value:
        remarks.append(f"cty should be {what.value}; it is {quoted(header['cty'])}")
    kid = header.get("kid")
    problems = [] if kid is None or isinstance(kid, str) else [f"kid is a text; it is {quoted(kid)}"]
    return jose.step_result(Step.HEADER, problems, remarks)


def _short(media_type: object) -> object:
    """Return a media type as the header may shorten it (RFC 7515, 4.1.9); case does not matter."""
    return media_type.lower().removeprefix("application/") if isinstance(media_type, str) else media_type


def _read_payload(payload: bytes | None, what: Secured) -> tuple[StepResult, dict[str, Any] | None]:
    if payload is None:
        return jose.not_reached(Step.PAYLOAD)[0], None
    try:
        document = strict_json.parse_object(payload)
    except MalformedJson as error:
        return jose.step_result(Step.PAYLOAD, [f"the payload cannot be read: {error}"]), None
    problems = [
        f"the claim {name} must not be there; the payload itself is the document"
        for name in ("vc", "vp")
        if name in document
    ]
    if claims_of.contexts(document)[:1] != [claims_of.CREDENTIALS_V2]:
        problems.append(f"the first @context of the payload has to be {claims_of.CREDENTIALS_V2}")
    if what.document_type not in _types(document):
        problems.append(f"the payload has to be of the type {what.document_type}")
    return jose.step_result(Step.PAYLOAD, problems), document


def _compare(header: Mapping[str, Any], payload: Mapping[str, Any], now: datetime.datetime) -> StepResult:
    """Hold claims and key reference against the document (sections 3.1.3 and 4.1)."""
    issuer = claims_of.issuer_id(payload)
    owner = issuer if issuer is not None else payload.get("holder")
    remarks = [
        claims_of.disagreement(payload, "jti", "id", payload.get("id")),
        claims_of.disagreement(payload, "sub", "the id of credentialSubject", claims_of.subject_id(payload)),
        "nbf is not recommended; validFrom says when the credential begins to be valid" if "nbf" in payload else None,
    ]
    problems = [
        claims_of.disagreement(payload, "iss", "the id of issuer", issuer),
        *_reference_problems(header, payload, owner),
        *claims_of.period_problems(payload, now),
    ]
    return jose.step_result(
        Step.CLAIMS,
        [each for each in problems if each is not None],
        [each for each in remarks if each is not None],
    )


def _reference_problems(header: Mapping[str, Any], payload: Mapping[str, Any], owner: object) -> list[str]:
    """Hold ``kid`` against section 4.1.1: needed for keys of a DID, and absolute where no ``iss`` says whose key it is."""
    kid = header.get("kid")
    by_did = isinstance(owner, str) and owner.startswith("did:")
    if kid is None:
        return ["the key of a DID is named by kid, and the header has none"] if by_did else []
    if isinstance(owner, str) and "iss" not in payload and not _is_absolute(kid):
        return [f"kid is {quoted(kid)}; without iss it has to be the absolute URL of a verification method"]
    return []


def _is_absolute(kid: object) -> bool:
    if not isinstance(kid, str):
        return False
    if kid.startswith(("https://", "http://")):
        return True
    try:
        return parse_did_url(kid).fragment is not None
    except UnusableDid:
        return False


# Envelopes


def envelope(token: str, *, what: Secured = Secured.CREDENTIAL) -> dict[str, Any]:
    """Return the object that stands for a secured credential or presentation inside of a presentation."""
    return {
        "@context": claims_of.CREDENTIALS_V2,
        "type": what.envelope_type,
        "id": f"data:application/{what.typ},{token}",
    }


def _types(document: Mapping[str, Any]) -> list[Any]:
    found = document.get("type", [])
    return found if isinstance(found, list) else [found]
