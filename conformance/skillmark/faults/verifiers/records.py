"""Verifiers of records that do not look at what is in them, look at a part of it, or do not come to an end."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import httpx

from skillmark.faults.verifiers.products import Said, VerifierProduct, vc_api
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.faults.verifiers.products import Asked
    from skillmark_reference.credentials.results import Verification

STEPS, EACH, OTHERS, ENDORSEMENTS, NESTED, MERGED = (f"CLR20-R-{number:03}" for number in range(26, 32))
CONTEXTS = "CLR20-R-100"
_MEMBERS = "/credentialSubject/verifiableCredential"
_SUMMARIES = frozenset({Subject.ENDORSEMENTS, Subject.MEMBERS})
_UNISSUED = "A record can hold badges that nobody issued."
_PRAISED = "Learners can be praised in anybody's name."
_ENDED = "What is in a record is taken for valid when it is not any more."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """One step that speaks against a credential, and the credential in the record that it is about."""

    #: Where that is; empty for the record itself.
    pointer: str
    kind: CredentialKind
    subject: Subject

    @property
    def is_in_a_member(self) -> bool:
        """Whether it is about something in the record that is a credential of its own."""
        return self.pointer.startswith(_MEMBERS)

    @property
    def is_endorsement(self) -> bool:
        """Whether it is about an endorsement, wherever that is."""
        return "/endorsement" in self.pointer

    @property
    def is_no_badge(self) -> bool:
        """Whether it is about something in the record that is another credential than a badge."""
        return self.is_in_a_member and not self.is_endorsement and self.kind is not CredentialKind.ACHIEVEMENT


def _culprits(found: Verification, pointer: str = "") -> Iterator[Culprit]:
    for step in found.with_outcome(Outcome.FAILED, Outcome.CANNOT_TELL):
        if step.subject not in _SUMMARIES:
            yield Culprit(pointer=pointer, kind=found.kind, subject=step.subject)
    for each in found.inner:
        yield from _culprits(each, pointer + each.pointer)


def _members(asked: Asked) -> list[Verification]:
    return [each for each in asked.verification.inner if each.pointer.startswith(_MEMBERS)]


def is_right(asked: Asked) -> bool:
    """Accept what is in order."""
    return not any(asked.complaints)


def mute(_: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    """Answer yes or no, and nothing else."""
    return Said(status=200 if accepted else 400, body={"verified": accepted})


def _product(
    name: str,
    *requirements: str,
    effect: str,
    accepts: Callable[[Asked], bool] = is_right,
    says: Callable[[Asked, bool], Said] = vc_api,
) -> VerifierProduct:
    return VerifierProduct(name=name, effect=effect, requirements=requirements, make=lambda: accepts, says=says)


def _blind(forgives: Callable[[Culprit], bool]) -> Callable[[Asked], bool]:
    """Accept what is wrong in no other way."""
    return lambda asked: is_right(asked) or all(map(forgives, _culprits(asked.verification)))


def _of_members(*subjects: Subject) -> Callable[[Asked], bool]:
    return _blind(lambda each: each.is_in_a_member and not each.is_endorsement and each.subject in subjects)


# Badges in records


def _number(pointer: str) -> str:
    return pointer.removeprefix(f"{_MEMBERS}/").partition("/")[0]


def _last_only(asked: Asked) -> bool:
    last = f"{len(_members(asked)) - 1}"
    return _blind(lambda each: each.is_in_a_member and _number(each.pointer) != last)(asked)


def _traded(asked: Asked) -> bool:
    """Accept a record of which no member is as its issuer signed it, as long as the record is."""
    found = list(_culprits(asked.verification))
    broken = {each.pointer for each in found if each.is_in_a_member and each.subject is Subject.PROOF}
    return is_right(asked) or (len(broken) == len(found) == len(_members(asked)) > 1)


def _silent_about(*verdicts: Verdict) -> Callable[[Asked, bool], Said]:
    """Say nothing of members with these verdicts, and whatever there is to say of the others."""

    def says(asked: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
        hidden = tuple(each.pointer for each in _members(asked) if each.verdict in verdicts)
        return vc_api(asked, accepted) if not hidden else mute(asked, accepted)

    return says


_EACH = (
    _product(
        "looks-at-the-first-member-only",
        EACH,
        effect=_UNISSUED,
        accepts=_blind(lambda each: each.is_in_a_member and _number(each.pointer) != "0"),
    ),
    _product("looks-at-the-last-member-only", EACH, effect=_UNISSUED, accepts=_last_only),
    _product("takes-members-without-proof", EACH, effect=_UNISSUED, accepts=_of_members(Subject.PROOF_PRESENT)),
    _product(
        "takes-anybody-for-the-issuer-of-a-member", EACH, effect=_UNISSUED, accepts=_of_members(Subject.CONTROLLER)
    ),
    _product("ignores-proofs-of-members", EACH, effect=_UNISSUED, accepts=_of_members(Subject.PROOF)),
    _product(
        "takes-contexts-of-members-in-any-order",
        EACH,
        effect="The same words mean something else.",
        accepts=_of_members(Subject.CONTEXT_ORDER, Subject.STRUCTURE, Subject.EXPANSION),
    ),
    _product(
        "asks-not-whose-members-are",
        EACH,
        effect="A badge of nobody is taken for the learner's.",
        accepts=_of_members(Subject.SUBJECT_IDENTIFIED, Subject.STRUCTURE),
    ),
    _product(
        "ignores-schemas-of-members",
        EACH,
        effect="Anything goes in a record.",
        accepts=_of_members(Subject.CREDENTIAL_SCHEMA),
    ),
    _product(
        "refuses-records-of-several-members",
        EACH,
        effect="Good records are refused.",
        accepts=lambda asked: is_right(asked) and len(_members(asked)) <= 2,
    ),
    _product("trusts-the-proof-of-the-record", MERGED, effect="Badges trade their achievements.", accepts=_traded),
    _product(
        "ignores-what-is-no-badge",
        OTHERS,
        effect="What nobody verified counts as verified.",
        accepts=_blind(lambda each: each.is_no_badge),
    ),
    _product(
        "looks-only-at-what-is-in-a-record",
        STEPS,
        effect="Anybody can put together a record in a school's name.",
        accepts=_blind(lambda each: not each.pointer),
    ),
    _product(
        "takes-the-contexts-of-badges-before-those-of-records",
        CONTEXTS,
        effect="The same words mean something else.",
        accepts=lambda asked: is_right(asked) or _are_turned(asked),
    ),
)
#: What the documents leave room for, so that they warn at most.
DISPUTED = (
    _product(
        "ignores-dates-of-members",
        EACH,
        effect=_ENDED,
        says=_silent_about(Verdict.EXPIRED, Verdict.NOT_YET_VALID),
    ),
    _product("ignores-status-of-members", EACH, effect=_ENDED, says=_silent_about(Verdict.REVOKED)),
)


def _are_turned(asked: Asked) -> bool:
    contexts = [str(each) for each in asked.content.get("@context", [])]
    return len(contexts) > 2 and "/clr/" in contexts[2] and "/ob/" in contexts[1]


# Endorsements


def _refuses_endorsed(asked: Asked) -> bool:
    return is_right(asked) and not ("ClrCredential" in str(asked.content.get("type")) and _is_endorsed(asked))


def _is_endorsed(asked: Asked) -> bool:
    return any("/endorsement" in each.pointer for each in asked.verification.walk())


_ENDORSED = (
    _product(
        "ignores-endorsements-in-members",
        ENDORSEMENTS,
        effect=_PRAISED,
        accepts=_blind(lambda each: each.is_endorsement and each.is_in_a_member),
    ),
    _product(
        "looks-at-endorsements-of-the-record-only",
        ENDORSEMENTS,
        effect=_PRAISED,
        accepts=_blind(lambda each: each.is_endorsement and not each.pointer.startswith("/endorsement")),
    ),
    _product(
        "ignores-endorsements-as-tokens",
        ENDORSEMENTS,
        effect=_PRAISED,
        accepts=_blind(lambda each: "/endorsementJwt" in each.pointer),
    ),
    _product(
        "ignores-endorsements-as-objects",
        ENDORSEMENTS,
        effect=_PRAISED,
        accepts=_blind(lambda each: "/endorsement/" in each.pointer),
    ),
    _product(
        "refuses-records-with-endorsements",
        ENDORSEMENTS,
        effect="Good records are refused.",
        accepts=_refuses_endorsed,
    ),
)


# Records in records


def holds_a_record(asked: Asked) -> bool:
    """Tell whether one of the members is a record."""
    subject = asked.content.get("credentialSubject")
    members = subject.get("verifiableCredential", []) if isinstance(subject, dict) else []
    return any("ClrCredential" in each.get("type", []) for each in members)


def _crashing(asked: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    return Said(status=500, body={"error": "internal"}) if holds_a_record(asked) else vc_api(asked, accepted)


def _endless(asked: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    """Never come to an end of a record that holds itself.

    Raises:
        ReadTimeout: There is no answer.
    """
    subject = asked.content.get("credentialSubject", {})
    if any(each.get("id") == asked.content["id"] for each in subject.get("verifiableCredential", [])):
        raise httpx.ReadTimeout("no answer")
    return vc_api(asked, accepted)


_NESTED = (
    _product("fails-at-records-in-records", NESTED, effect="One record keeps it from working.", says=_crashing),
    _product("never-ends-with-a-record-in-itself", NESTED, effect="One record stops it.", says=_endless),
)

RECORDS = (*_EACH, *_ENDORSED, *_NESTED)


# Products that are right in their own manner


def _stopping(asked: Asked) -> bool:
    """Refuse a record with a member that does not count now, as the public validator does."""
    return is_right(asked) and all(each.valid for each in _members(asked))


def _says_what_is_not_checked(asked: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    others = [each.pointer for each in _members(asked) if each.kind is not CredentialKind.ACHIEVEMENT]
    said = vc_api(asked, accepted)
    return dataclasses.replace(said, body={"verified": accepted, "notChecked": others} if others else said.body)


PERSONAS = (
    VerifierProduct(name="stops-at-members-that-do-not-count", make=lambda: _stopping, says=mute),
    VerifierProduct(
        name="says-which-members-are-not-checked",
        make=lambda: _blind(lambda each: each.is_no_badge),
        says=_says_what_is_not_checked,
    ),
    VerifierProduct(
        name="reads-no-records-in-records",
        make=lambda: lambda asked: is_right(asked) and not holds_a_record(asked),
        says=vc_api,
    ),
)
