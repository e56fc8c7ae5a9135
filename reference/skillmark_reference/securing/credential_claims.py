"""Registered claims of a JWT beside the members of a credential: what both say has to agree (RFC 7519, 4.1)."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.instants import MalformedInstant, parse_date_time, parse_numeric_date
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
#: A claim in whole seconds agrees with a date that has a fraction.
_ONE_SECOND = datetime.timedelta(seconds=1)


class MalformedCredential(ValueError):  # noqa: N818 - what is wrong with the credential, in words for a person
    """The credential cannot be secured: what the claims need is missing or malformed."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DateNames:
    """The members of a credential that say when it begins and ends to be valid."""

    begin: str
    end: str


V1_DATES = DateNames(begin="issuanceDate", end="expirationDate")
V2_DATES = DateNames(begin="validFrom", end="validUntil")


def contexts(credential: Mapping[str, Any]) -> list[Any]:
    """Return the entries of ``@context``, also of a single one."""
    value = credential.get("@context", [])
    return value if isinstance(value, list) else [value]


def is_version_1(credential: Mapping[str, Any]) -> bool:
    """Whether the credential is one of data model 1.1."""
    found = contexts(credential)
    return CREDENTIALS_V1 in found and CREDENTIALS_V2 not in found


def dates_of(credential: Mapping[str, Any]) -> DateNames:
    """Return the names of the dates in the data model of the credential."""
    return V1_DATES if is_version_1(credential) else V2_DATES


def issuer_id(credential: Mapping[str, Any]) -> object:
    """Return the ``issuer``, or its ``id`` where it is an object."""
    return _id_of(credential.get("issuer"))


def subject_id(credential: Mapping[str, Any]) -> object:
    """Return the ``id`` of the one subject, or nothing where there are several or none."""
    subject = credential.get("credentialSubject")
    if isinstance(subject, list):
        subject = subject[0] if len(subject) == 1 else None
    return subject.get("id") if isinstance(subject, dict) else None


def disagreement(claims: Mapping[str, Any], claim: str, member: str, value: object) -> str | None:
    """Say how a claim and a member of the credential disagree, if both are there."""
    if claim not in claims or value is None or claims[claim] == value:
        return None
    return f"{claim} is {quoted(claims[claim])}, and {member} is {quoted(value)}: they have to be equal"


def moment_disagreement(
    claims: Mapping[str, Any], claim: str, credential: Mapping[str, Any], member: str
) -> str | None:
    """Say how a NumericDate and a date of the credential disagree as moments, if both are there and readable."""
    if claim not in claims or member not in credential:
        return None
    try:
        stated, written = parse_numeric_date(claims[claim]), parse_date_time(credential[member])
    except MalformedInstant as error:
        return f"{claim} and {member} cannot be compared: {error}"
    if abs(stated - written) < _ONE_SECOND:
        return None
    return f"{claim} is {stated.isoformat()}, and {member} is {credential[member]}: they have to be the same moment"


def period_problems(claims: Mapping[str, Any], now: datetime.datetime) -> list[str]:
    """Say whether the token is used before ``nbf`` or from ``exp`` on (RFC 7519, 4.1.4 and 4.1.5)."""
    problems = []
    for claim in ("nbf", "exp"):
        if claim not in claims:
            continue
        try:
            moment = parse_numeric_date(claims[claim])
        except MalformedInstant as error:
            problems.append(f"{claim} cannot be read: {error}")
            continue
        if claim == "nbf" and now < moment:
            problems.append(f"the token is not valid yet: nbf is {moment.isoformat()}")
        if claim == "exp" and now >= moment:
            problems.append(f"the token has expired: exp is {moment.isoformat()}")
    return problems


def _id_of(value: object) -> object:
    return value.get("id") if isinstance(value, dict) else value
