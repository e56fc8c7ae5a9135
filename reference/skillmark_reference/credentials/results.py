"""What a verification finds: steps with their outcomes, problems with their places, and one verdict."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.credentials.requirements import Subject


class Outcome(enum.Enum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    #: A SHOULD that is not kept, or a point on which the texts are silent or disagree.
    WARNED = "warned"
    #: Something could not be had, or is not understood: nothing is known, and nothing is taken for granted.
    CANNOT_TELL = "cannot tell"
    #: The credential has nothing that the step is about.
    NOT_APPLICABLE = "not applicable"


class Verdict(enum.Enum):
    """What a relying party may make of a credential."""

    VALID = "valid"
    INVALID = "invalid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    NOT_YET_VALID = "not yet valid"
    UNVERIFIABLE = "unverifiable"


#: How a step ends for a problem, the worst first.
_WORST_FIRST = (Outcome.FAILED, Outcome.CANNOT_TELL, Outcome.WARNED)
#: Verdicts on a genuine credential, the one that goes before the others first.
STATES = (Verdict.REVOKED, Verdict.SUSPENDED, Verdict.EXPIRED, Verdict.NOT_YET_VALID)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong or worth knowing, in words for a person."""

    #: JSON pointer (RFC 6901) into the credential; the empty text is the whole of it.
    pointer: str
    message: str
    #: Where the standard says so, if it is more precise than the requirement of the step.
    clause: str = ""
    #: How the step would have ended for it alone, where another problem made it end worse.
    outcome: Outcome | None = None

    def below(self, pointer: str) -> Problem:
        """Return the problem of a part as one of the whole, in which the part is at the pointer."""
        return dataclasses.replace(self, pointer=pointer + self.pointer)

    def __str__(self) -> str:
        return f"{self.pointer or '(credential)'}: {self.message}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a verification."""

    subject: Subject
    #: Id in the catalogue of requirements.
    requirement: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    #: What the outcome rests on: hashes, keys, states of contexts.
    evidence: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: What a failure makes of the credential.
    verdict: Verdict = Verdict.INVALID

    def problems_of(self, outcome: Outcome) -> tuple[Problem, ...]:
        """Return the problems that ended the step so, or would have without the others."""
        return tuple(each for each in self.problems if (each.outcome or self.outcome) is outcome)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The verification of one credential, with those of the credentials inside of it."""

    kind: CredentialKind
    #: Where it is in the credential that holds it; empty for the outermost one.
    pointer: str
    verdict: Verdict
    steps: tuple[Step, ...]
    #: Of endorsements, members and status lists.
    inner: tuple[Verification, ...] = ()
    #: What was verified; nothing unless the proof holds and the credential is as the standard wants it.
    credential: Mapping[str, Any] | None = None

    @property
    def valid(self) -> bool:
        """Whether the verdict is valid."""
        return self.verdict is Verdict.VALID

    def step(self, subject: Subject) -> Step:
        """Return the step about a subject.

        Raises:
            KeyError: The verification has none; the message lists those that it has.
        """
        for each in self.steps:
            if each.subject is subject:
                return each
        raise KeyError(f"no step {subject.value!r}; there are: {', '.join(each.subject.value for each in self.steps)}")

    def with_outcome(self, *outcomes: Outcome) -> tuple[Step, ...]:
        """Return the steps that ended so."""
        return tuple(each for each in self.steps if each.outcome in outcomes)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that failed or could not be told, each once."""
        return self._problems_of(Outcome.FAILED, Outcome.CANNOT_TELL)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Everything that was warned of, each once."""
        return self._problems_of(Outcome.WARNED)

    def _problems_of(self, *outcomes: Outcome) -> tuple[Problem, ...]:
        found = (each for step in self.steps for each in step.problems if (each.outcome or step.outcome) in outcomes)
        return tuple(dict.fromkeys(found))

    def walk(self) -> Iterator[Verification]:
        """Yield this verification and all inside of it."""
        yield self
        for each in self.inner:
            yield from each.walk()


def conclude(
    kind: CredentialKind,
    subject: Subject,
    problems: Iterable[Problem] = (),
    *,
    outcome: Outcome | None = None,
    evidence: Mapping[str, str] | None = None,
    verdict: Verdict = Verdict.INVALID,
) -> Step:
    """Return the step about a subject; unless it is said how it ended, it failed if there is a problem."""
    found = tuple(problems)
    return Step(
        subject=subject,
        requirement=kind.requirement(subject),
        outcome=outcome or (Outcome.FAILED if found else Outcome.PASSED),
        problems=found,
        evidence=evidence or {},
        verdict=verdict,
    )


def conclude_worst(
    kind: CredentialKind,
    subject: Subject,
    found: Mapping[Outcome, Iterable[Problem]],
    *,
    evidence: Mapping[str, str] | None = None,
) -> Step:
    """Return the step about a subject, which ends as the worst of its problems; each of the others keeps its own outcome.

    Args:
        kind: What the credential is read as.
        subject: What the step is about.
        found: The problems by how the step would end for them alone.
        evidence: What the outcome rests on.
    """
    listed = [(outcome, problem) for outcome in _WORST_FIRST for problem in found.get(outcome, ())]
    worst = listed[0][0] if listed else Outcome.PASSED
    problems = [
        problem if outcome is worst else dataclasses.replace(problem, outcome=outcome) for outcome, problem in listed
    ]
    return conclude(kind, subject, problems, outcome=worst, evidence=evidence)


def verdict_of(steps: Iterable[Step]) -> Verdict:
    """Return the verdict that follows from the steps; more evidence against a credential never makes it better."""
    found = tuple(steps)
    failures = {each.verdict for each in found if each.outcome is Outcome.FAILED}
    unknown = {each.subject for each in found if each.outcome is Outcome.CANNOT_TELL}
    if Verdict.INVALID in failures:
        return Verdict.INVALID
    if any(each.secures for each in unknown):
        return Verdict.UNVERIFIABLE
    states = [each for each in STATES if each in failures]
    if states:
        return states[0]
    return Verdict.UNVERIFIABLE if unknown else Verdict.VALID
