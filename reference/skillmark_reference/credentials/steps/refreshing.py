"""Newer copies of a credential: which one takes its place (Open Badges 3.0 and CLR 2.0, Verification, step 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, Verdict, conclude
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.results import Verification

_TYPE = "1EdTechCredentialRefresh"
#: Steps that are about the copy that counts, and not about the one that was received.
SUPERSEDED = frozenset({
    Subject.CREDENTIAL_SCHEMA,
    Subject.STATUS,
    Subject.PERIOD,
    Subject.NOT_YET_VALID,
    Subject.EXPIRED,
    Subject.RELATED_RESOURCES,
    Subject.RECIPIENT,
    Subject.ENDORSEMENTS,
    Subject.MEMBERS,
    Subject.MERGED_MEMBERS,
    Subject.SAME_LEARNER,
    Subject.ASSOCIATION_ENDS,
    Subject.ASSOCIATION_SENSE,
})  # fmt: skip
#: Verdicts on a copy that is the issuer's own, whatever its state.
_GENUINE = frozenset(Verdict) - {Verdict.INVALID, Verdict.UNVERIFIABLE}


def services(credential: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of the services that are understood, with their pointers."""
    value = credential.get("refreshService")
    for index, each in enumerate(as_list(value)):
        if isinstance(each, dict) and _TYPE in as_list(each.get("type")) and isinstance(each.get("id"), str):
            yield (child("/refreshService", index) if isinstance(value, list) else "/refreshService"), each["id"]


def unasked_step(credential: Mapping[str, Any], kind: CredentialKind, reason: str) -> Step:
    """Return the step about services that were not asked, if there are any."""
    if "refreshService" not in credential:
        return conclude(kind, Subject.REFRESH, outcome=Outcome.NOT_APPLICABLE)
    problem = Problem(pointer="/refreshService", message=f"no newer copy was asked for: {reason}")
    return conclude(kind, Subject.REFRESH, [problem], outcome=Outcome.WARNED)


def failed_step(kind: CredentialKind, pointer: str, reason: str) -> Step:
    """Return the step about a refresh that failed: the verification goes on with the copy at hand."""
    problem = Problem(pointer=pointer, message=f"there is no newer copy to go on with: {reason}")
    return conclude(kind, Subject.REFRESH, [problem], outcome=Outcome.WARNED)


def objection(credential: Mapping[str, Any], copy: Verification) -> str | None:
    """Return why a copy does not take the place of a credential: it is not genuine, another one, or older."""
    found = copy.credential
    if found is None or copy.verdict not in _GENUINE:
        reasons = "; ".join(str(each) for each in copy.problems[:3])
        return f"the copy is {copy.verdict.value}: {reasons}"
    for name, value in (("issuer", claims_of.issuer_id), ("id", lambda each: each.get("id"))):
        if value(found) != value(credential):
            return f"the copy has the {name} {quoted(value(found))}, and the credential {quoted(value(credential))}"
    begin, other = _begin(credential), _begin(found)
    if begin is not None and (other is None or other < begin):
        return f"the copy is older: it is valid from {other}, and the credential from {begin}"
    return None


def refreshed_step(kind: CredentialKind, pointer: str, address: str, *, before: Verdict, after: Verdict) -> Step:
    """Return the step about a copy that takes the place of the one that was received."""
    evidence = {"copy": address, "before": before.value, "after": after.value}
    if before is after:
        return conclude(kind, Subject.REFRESH, evidence=evidence)
    message = (
        f"this copy is {before.value}; the newer one at {quoted(address)}, which takes its place, is {after.value}"
    )
    problem = Problem(pointer=pointer, message=message)
    return conclude(kind, Subject.REFRESH, [problem], outcome=Outcome.WARNED, evidence=evidence)


def _begin(credential: Mapping[str, Any]) -> datetime.datetime | None:
    try:
        return parse_date_time(credential.get(claims_of.dates_of(credential).begin))
    except MalformedInstant:
        return None
