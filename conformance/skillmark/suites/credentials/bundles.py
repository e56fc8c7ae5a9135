"""Learner records: the credentials in them, each by itself (CLR 2.0, Data Models, ClrSubject; Implementation Guide)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.credentials.sightings import RULES
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Shown
    from skillmark.suites.credentials.sightings import Sighting

_MEMBERS = "/credentialSubject/verifiableCredential"
_NEEDED = ("@context", "type", "issuer", "credentialSubject")
_NO_MEMBERS = "No record with members was handed in."
_ENVELOPED = (
    "No text that could be read says how a record of JSON holds a VC-JWT; data model 2.0 (4.13) has the envelope for it, and the "
    "schema of CLR wants the members of a credential."
)
_VOUCHED = "CLR20-R-016"


def _members(evidence: Evidence) -> Iterator[tuple[Shown, Shown]]:
    """Yield each record with each of its members."""
    for each in evidence.of(CredentialKind.CLR):
        yield from ((each, member) for member in each.inner if member.is_member)


@RULES.decides("CLR20-R-014", absent=_NO_MEMBERS)
def members_are_credentials(evidence: Evidence) -> Iterator[Sighting]:
    """Look at every member: it is an object with all that a credential has."""
    for each in evidence.of(CredentialKind.CLR):
        listed = each.subject.get("verifiableCredential")
        for index, member in enumerate(as_list(listed) if listed is not None else []):
            pointer = child(_MEMBERS, index) if isinstance(listed, list) else _MEMBERS
            if not isinstance(member, dict):
                yield each.departs(pointer, quoted(member), expected="a credential as JSON object")
                continue
            missing = [name for name in _NEEDED if name not in member]
            missing += [] if {"validFrom", "issuanceDate"} & member.keys() else ["validFrom"]
            if missing or "VerifiableCredential" not in as_list(member.get("type", [])):
                actual = f"without {', '.join(missing)}" if missing else f"of the type {quoted(member.get('type'))}"
                dispute = _ENVELOPED if "EnvelopedVerifiableCredential" in as_list(member.get("type", [])) else ""
                yield each.departs(pointer, actual, expected="a credential of its own", dispute=dispute)
            else:
                yield each.holds()


def _is_vouched_for(record: Shown, member: Shown) -> bool:
    pointer = member.place.removeprefix(record.place)
    told = (problem for step in record.steps(Subject.MEMBERS) for problem in step.problems)
    return any(problem.clause == _VOUCHED and problem.pointer == pointer for problem in told)


@RULES.decides("CLR20-R-015", absent=_NO_MEMBERS)
def members_verify_alone(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of each member as if it stood alone."""
    for record, member in _members(evidence):
        if _is_vouched_for(record, member):
            continue
        match member.verification.verdict:
            case Verdict.INVALID:
                failed = member.verification.with_outcome(Outcome.FAILED)
                first = next((each for step in failed for each in step.problems_of(Outcome.FAILED)), None)
                actual = f"invalid: {first}" if first else "invalid"
                yield member.departs("", actual, expected="a member that can be verified by itself")
            case Verdict.UNVERIFIABLE:
                yield member.unknown("; ".join(str(each) for each in member.verification.problems[:1]))
            case _:
                yield member.holds()


@RULES.decides("CLR20-R-016", absent="No record that was handed in holds a member without a proof of its issuer.")
def publishers_may_vouch(evidence: Evidence) -> Iterator[Sighting]:
    """Name the members of others without proof; the publisher alone answers for them."""
    for record, member in _members(evidence):
        if _is_vouched_for(record, member):
            yield member.departs(
                "",
                "no proof by its issuer",
                expected="for information: nobody but the publisher of the record vouches for it",
                dispute="It is permitted; whoever shows the record must not call the member verified by its issuer.",
            )


@RULES.decides("CLR20-R-017", absent=_NO_MEMBERS)
def publishers_sign_what_is_theirs(evidence: Evidence) -> Iterator[Sighting]:
    """Compare issuers: own members have a proof, members of others have none by the publisher."""
    for record, member in _members(evidence):
        is_own = member.issuer == record.issuer
        is_signed = bool(member.proofs) or member.token is not None
        controllers = {step.evidence.get("controller") for step in member.steps(Subject.CONTROLLER)}
        if is_own and not is_signed:
            yield member.departs("", "a member of the publisher without proof", expected="a proof of its own")
        elif not is_own and is_signed and str(record.issuer) in controllers:
            yield member.departs("/proof", "a proof by the publisher of the record", expected="a proof by the issuer")
        else:
            yield member.holds()
