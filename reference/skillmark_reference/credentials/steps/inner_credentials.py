"""The credentials inside of a credential: where they are, and what their verdicts make of the one that holds them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import (
    Outcome,
    Problem,
    Step,
    Verdict,
    Verification,
    conclude,
    conclude_worst,
)
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MEMBERS = "/credentialSubject/verifiableCredential"
#: Members that have no credentials of their own inside.
_CLOSED = frozenset({"proof", "@context"})
_ENDORSEMENTS = frozenset({"endorsement", "endorsementJwt"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InnerCredential:
    """A credential inside of another one."""

    pointer: str
    #: The credential, or the token that it is in.
    content: dict[str, Any] | str
    is_member: bool
    #: The id of the object that has it as endorsement.
    holder: object = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A credential inside of another one, with its verification."""

    inner: InnerCredential
    verification: Verification

    def reasons(self, summary: str) -> list[Problem]:
        """Return what is wrong with it, seen from outside, after a summary."""
        pointer = self.inner.pointer
        found = [each.below(pointer) for each in self.verification.problems]
        return [Problem(pointer=pointer, message=f"{summary} {self.verification.verdict.value}"), *found]


def inner_credentials(credential: Mapping[str, Any], kind: CredentialKind) -> list[InnerCredential]:
    """Return the credentials inside of a credential, but not those inside of these."""
    return list(_found(credential, "", has_members=kind is CredentialKind.CLR))


def _found(value: object, pointer: str, *, has_members: bool) -> Iterator[InnerCredential]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _found(each, child(pointer, index), has_members=has_members)
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        place = child(pointer, name)
        is_member = has_members and place == _MEMBERS
        if name in _ENDORSEMENTS or is_member:
            yield from _entries(member, place, is_member=is_member, holder=value.get("id"))
        elif name not in _CLOSED:
            yield from _found(member, place, has_members=has_members)


def _entries(value: object, pointer: str, *, is_member: bool, holder: object) -> Iterator[InnerCredential]:
    for index, each in enumerate(as_list(value)):
        if isinstance(each, dict) or (isinstance(each, str) and not is_member):
            place = child(pointer, index) if isinstance(value, list) else pointer
            yield InnerCredential(pointer=place, content=each, is_member=is_member, holder=holder)


# Endorsements


def endorsements_step(kind: CredentialKind, endorsements: Sequence[Verified]) -> Step:
    """Sum up the endorsements: each is verified (step 6).

    One that is invalid was put there by somebody who signed it unseen, and is a failure; one that has ended is not, since no text
    says that the credential ends with its endorsements.
    """
    if not endorsements:
        return conclude(kind, Subject.ENDORSEMENTS, outcome=Outcome.NOT_APPLICABLE)
    summary = _Summary(kind, Subject.ENDORSEMENTS)
    for each in endorsements:
        summary.add(each, "the endorsement is")
        summary.remarks += _misplaced(each)
    return summary.step()


def _misplaced(each: Verified) -> Iterator[Problem]:
    subject = claims_of.subject_id(each.verification.credential or {})
    if subject is not None and subject != each.inner.holder:
        message = f"the endorsement is of {quoted(subject)}, and stands at {quoted(each.inner.holder)}"
        yield Problem(pointer=each.inner.pointer, message=message)


# Members of a CLR


def member_steps(
    credential: Mapping[str, Any], kind: CredentialKind, members: Sequence[Verified], *, is_token: bool
) -> Iterator[Step]:
    """Yield the steps about the members of a record (CLR 2.0, Verification)."""
    summary = _Summary(kind, Subject.MEMBERS)
    unsigned = []
    for each in members:
        if _is_vouched_for(each, credential):
            summary.vouch(each)
            unsigned.append(each)
        else:
            summary.add(each, "the member is")
    yield summary.step()
    yield _merged(kind, unsigned, is_token=is_token)
    strangers = list(_strangers(credential, members))
    yield conclude(kind, Subject.SAME_LEARNER, strangers, outcome=Outcome.WARNED if strangers else None)


def _is_vouched_for(member: Verified, record: Mapping[str, Any]) -> bool:
    """Tell whether a member may be without proof: upgraded from an older format, of another issuer, linked to the original."""
    content = member.inner.content
    failed = {
        each.subject for each in member.verification.with_outcome(Outcome.FAILED) if each.verdict is Verdict.INVALID
    }
    if not isinstance(content, dict) or failed != {Subject.PROOF_PRESENT}:
        return False
    is_foreign = claims_of.issuer_id(content) != claims_of.issuer_id(record)
    return is_foreign and any(isinstance(each, dict) and "id" in each for each in as_list(content.get("evidence")))


def _merged(kind: CredentialKind, unsigned: Sequence[Verified], *, is_token: bool) -> Step:
    """Look for members that could have traded their achievements without a trace in the proof of the record."""
    if is_token or not unsigned:
        return conclude(kind, Subject.MERGED_MEMBERS, outcome=None if not is_token else Outcome.NOT_APPLICABLE)
    seen: dict[str, str] = {}
    problems = []
    for each in unsigned:
        content = each.inner.content
        learner = str(claims_of.subject_id(content)) if isinstance(content, dict) else ""
        if learner in seen:
            message = f"nothing tells which achievement belongs to this member, and which to {seen[learner]}: both are unsigned"
            problems.append(Problem(pointer=each.inner.pointer, message=message))
        seen[learner] = each.inner.pointer
    return conclude(kind, Subject.MERGED_MEMBERS, problems, outcome=Outcome.CANNOT_TELL if problems else None)


def _strangers(record: Mapping[str, Any], members: Sequence[Verified]) -> Iterator[Problem]:
    learner = _names(record)
    for each in members:
        content = each.verification.credential or each.inner.content
        if isinstance(content, dict) and not learner & _names(content):
            message = "the subject of the member shares neither id nor identifier with the learner of the record"
            yield Problem(pointer=each.inner.pointer, message=message)


def _names(credential: Mapping[str, Any]) -> set[tuple[str, ...]]:
    subject = credential.get("credentialSubject")
    if not isinstance(subject, dict):
        return set()
    names: set[tuple[str, ...]] = {("id", str(subject["id"]))} if "id" in subject else set()
    for each in as_list(subject.get("identifier")):
        if isinstance(each, dict):
            names.add(tuple(str(each.get(name)) for name in ("identityType", "identityHash", "salt", "hashed")))
    return names


class _Summary:
    """What the verdicts on inner credentials make of the step about them."""

    def __init__(self, kind: CredentialKind, subject: Subject) -> None:
        self._kind = kind
        self._subject = subject
        self._failed: list[Problem] = []
        self._unknown: list[Problem] = []
        self._verdicts: dict[str, str] = {}
        self.remarks: list[Problem] = []

    def add(self, each: Verified, summary: str) -> None:
        verdict = each.verification.verdict
        self._verdicts[each.inner.pointer] = verdict.value
        if verdict is Verdict.INVALID:
            self._failed += each.reasons(summary)
        elif verdict is Verdict.UNVERIFIABLE:
            self._unknown += each.reasons(summary)
        elif verdict is not Verdict.VALID:
            self.remarks += each.reasons(summary)

    def vouch(self, each: Verified) -> None:
        """Take note of a member without proof; what else was found, and what was not looked at for that, counts all the same."""
        pointer = each.inner.pointer
        message = "the member is not signed by its issuer; the publisher of the record vouches for it, and nobody else"
        self._verdicts[pointer] = "not signed"
        self.remarks.append(Problem(pointer=pointer, message=message, clause="CLR20-R-016"))
        for step in each.verification.steps:
            problems = [problem.below(pointer) for problem in step.problems]
            if step.outcome is Outcome.FAILED and step.verdict is not Verdict.INVALID:
                self.remarks += problems
            elif step.outcome is Outcome.CANNOT_TELL:
                self._unknown += problems

    def step(self) -> Step:
        told = {Outcome.FAILED: self._failed, Outcome.CANNOT_TELL: self._unknown, Outcome.WARNED: self.remarks}
        return conclude_worst(self._kind, self._subject, told, evidence=self._verdicts)
