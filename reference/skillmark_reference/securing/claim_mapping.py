"""Credentials in the claim ``vc``, presentations in the claim ``vp``: the JWT encoding of data model 1.1 (6.3.1).

https://www.w3.org/TR/2022/REC-vc-data-model-20220303/#json-web-token. Tokens of this form around documents of data model 2.0 are
still in use, and are read here: the claims say the same of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, strict_json
from skillmark_reference.securing.instants import MalformedInstant, parse_numeric_date, write_date_time
from skillmark_reference.securing.jose import Step, StepOutcome, StepResult
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.securing.vc_jose_cose import JoseVerification, Secured

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark_reference.securing.jose import KeyFinder


def verify(token: str, *, find_key: KeyFinder, now: datetime.datetime, what: Secured) -> JoseVerification:
    """Verify a token with a claim ``vc`` or ``vp``. The period of a credential is left to the steps about it.

    Args:
        token: The compact JWS.
        find_key: Finds the key that the header names.
        now: The time of the verification.
        what: Whether a credential or a presentation is expected.
    """
    signed = jose.verify_compact(token, find_key=find_key, check_header=_check_header)
    read, claims = _read_payload(signed.payload, what)
    if claims is None or read.outcome is not StepOutcome.PASSED:
        mapped, document = jose.not_reached(Step.CLAIMS)[0], None
    else:
        mapped, document = _mapped(claims, what, now)
    steps = (*signed.steps, read, mapped)
    passed = all(each.outcome is StepOutcome.PASSED for each in steps)
    return JoseVerification(
        steps=steps,
        media_type=f"application/{what.value}",
        header=signed.header,
        document=document if passed else None,
        claims=claims or {},
        key=signed.key,
    )


def document_in(claims: Mapping[str, Any], what: Secured) -> dict[str, Any] | None:
    """Return the credential or presentation that the claims of a token stand for, verified or not."""
    if not isinstance(claims.get(what.value), dict):
        return None
    return _with_claims(claims, what)[0]


def _check_header(header: Mapping[str, Any]) -> StepResult:
    problems = []
    if "typ" in header and str(header["typ"]).upper() != "JWT":
        problems.append(f"typ is {quoted(header['typ'])}; if it is present it has to be JWT")
    return jose.step_result(Step.HEADER, problems)


def _read_payload(payload: bytes | None, what: Secured) -> tuple[StepResult, dict[str, Any] | None]:
    if payload is None:
        return jose.not_reached(Step.PAYLOAD)[0], None
    try:
        claims = strict_json.parse_object(payload)
    except MalformedJson as error:
        return jose.step_result(Step.PAYLOAD, [f"the payload cannot be read: {error}"]), None
    document = claims.get(what.value)
    if not isinstance(document, dict):
        return jose.step_result(Step.PAYLOAD, [f"the payload has no claim {what.value} with a JSON object"]), claims
    problems = []
    if "@context" in claims or "credentialSubject" in claims:
        problems.append(f"the payload holds two documents: its own members and the claim {what.value}")
    remarks = []
    if claims_of.CREDENTIALS_V2 in claims_of.contexts(document):
        remarks.append(f"of data model 2.0 the {what.document_type} is the payload itself; here it is in a claim")
    return jose.step_result(Step.PAYLOAD, problems, remarks), claims


def _mapped(
    claims: Mapping[str, Any], what: Secured, now: datetime.datetime
) -> tuple[StepResult, dict[str, Any] | None]:
    document, problems, remarks = _with_claims(claims, what)
    if what is Secured.PRESENTATION:
        problems += claims_of.period_problems(claims, now)
    return jose.step_result(Step.CLAIMS, problems, remarks), document


def _with_claims(claims: Mapping[str, Any], what: Secured) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return the document as the claims make it: they go before its members. Then what is wrong, and what was replaced."""
    document = dict(claims[what.value])
    problems: list[str] = []
    remarks: list[str] = []
    for member, value in _stated(claims, document, what, problems):
        found = document.get(member)
        named = found.get("id") if isinstance(found, dict) else found
        if named not in (None, value):
            remarks.append(f"{member} is {quoted(named)}, and the claim that goes before it {quoted(value)}")
        document[member] = {**found, "id": value} if isinstance(found, dict) else value
    subject = document.get("credentialSubject")
    if "sub" in claims and isinstance(subject, dict):
        if subject.get("id", claims["sub"]) != claims["sub"]:
            remarks.append(
                f"the subject is {quoted(subject['id'])}, and sub, which goes before it, {quoted(claims['sub'])}"
            )
        document["credentialSubject"] = {**subject, "id": claims["sub"]}
    return document, problems, remarks


def _stated(
    claims: Mapping[str, Any], document: Mapping[str, Any], what: Secured, problems: list[str]
) -> Iterator[tuple[str, Any]]:
    """Yield the members that claims stand for, with their values."""
    owner = "issuer" if what is Secured.CREDENTIAL else "holder"
    for claim, member in (("iss", owner), ("jti", "id")):
        if claim in claims:
            yield member, claims[claim]
    if what is Secured.PRESENTATION:
        return
    dates = claims_of.dates_of(document)
    for claim, member in (("nbf", dates.begin), ("exp", dates.end)):
        if claim not in claims:
            continue
        try:
            moment = write_date_time(parse_numeric_date(claims[claim]))
        except MalformedInstant as error:
            problems.append(f"{claim} cannot be read: {error}")
            continue
        if member not in document or claims_of.moment_disagreement(claims, claim, document, member):
            yield member, moment
