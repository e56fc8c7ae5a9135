"""When a credential is valid: begin and end against the present time (Open Badges 3.0, Verification, step 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, Verdict, conclude
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark_reference.credentials.kinds import CredentialKind


def period_steps(
    credential: Mapping[str, Any],
    kind: CredentialKind,
    *,
    now: datetime.datetime,
    claims: tuple[datetime.datetime | None, datetime.datetime | None] = (None, None),
) -> tuple[Step, Step, Step]:
    """Return the steps about the period; the end itself still belongs to it.

    Args:
        credential: The credential.
        kind: What it is read as.
        now: The present time.
        claims: ``nbf`` and ``exp`` of the token that it came in.
    """
    names = claims_of.dates_of(credential)
    problems: list[Problem] = []
    begin = _latest(_moment(credential, names.begin, problems), claims[0])
    end = _earliest(_moment(credential, names.end, problems), claims[1])
    if begin and end and begin > end:
        message = f"it ends at {end.isoformat()}, before it begins at {begin.isoformat()}"
        problems.append(Problem(pointer=f"/{names.end}", message=message))
    return (
        conclude(kind, Subject.PERIOD, problems),
        _begun(kind, names.begin, begin, now),
        _ended(kind, names.end, end, now),
    )


def _begun(kind: CredentialKind, name: str, begin: datetime.datetime | None, now: datetime.datetime) -> Step:
    if begin is None:
        return conclude(kind, Subject.NOT_YET_VALID, outcome=Outcome.NOT_APPLICABLE)
    message = f"it is valid from {begin.isoformat()} on; now it is {now.isoformat()}"
    problems = [Problem(pointer=f"/{name}", message=message)] if now < begin else []
    return conclude(kind, Subject.NOT_YET_VALID, problems, verdict=Verdict.NOT_YET_VALID)


def _ended(kind: CredentialKind, name: str, end: datetime.datetime | None, now: datetime.datetime) -> Step:
    if end is None:
        return conclude(kind, Subject.EXPIRED, outcome=Outcome.NOT_APPLICABLE)
    message = f"it was valid until {end.isoformat()}; now it is {now.isoformat()}"
    problems = [Problem(pointer=f"/{name}", message=message)] if now > end else []
    return conclude(kind, Subject.EXPIRED, problems, verdict=Verdict.EXPIRED)


def _moment(credential: Mapping[str, Any], name: str, problems: list[Problem]) -> datetime.datetime | None:
    if name not in credential:
        return None
    try:
        return parse_date_time(credential[name])
    except MalformedInstant as error:
        problems.append(Problem(pointer=f"/{name}", message=str(error)))
        return None


def _latest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return max((each for each in moments if each), default=None)


def _earliest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return min((each for each in moments if each), default=None)
