"""The rows of the detection matrix: what a product deserves, what the run said, and whether that was right."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Outcome, Verdict
from skillmark.engine import Depth
from skillmark.plans import find_plan

if TYPE_CHECKING:
    from collections.abc import Collection

    from skillmark.core.results import RunResult

#: What two findings that are the same defect have in common.
Key = tuple[str, str, bool]

#: Enough to catch every fault, and no more, since there are hundreds.
DEPTH = Depth(name="selfcheck", examples=12, reads=60, packages=10, documents=200, steps=12, walks=1, shrinks=10)


class Kind(enum.StrEnum):
    """What a subject of the self-check is."""

    FAULT = "fault"
    PERSONA = "persona"
    NULL = "null product"


class Judgement(enum.StrEnum):
    """What the run said of a subject."""

    CAUGHT = "caught"
    #: Accused of something, but not of the requirement that it breaks.
    ELSEWHERE = "caught elsewhere"
    MISSED = "missed"
    SPARED = "spared"
    ACCUSED = "accused"

    @property
    def is_right(self) -> bool:
        """Whether the harness did what it should."""
        return self in {Judgement.CAUGHT, Judgement.SPARED}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One row to be decided: a peculiar product under one plan."""

    kind: Kind
    name: str
    plan: str

    @property
    def id(self) -> str:
        """The name under which ``--only`` finds it."""
        return f"{self.plan}/{self.kind.value.replace(' ', '-')}/{self.name}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deserts:
    """What a subject deserves."""

    #: Of a fault: requirements of which at least one should be accused.
    expected: tuple[str, ...] = ()
    #: Of a fault: whether the point is disputed, so that it warns at most.
    disputed: bool = False
    #: Of a persona: requirements that may be warned of.
    warns: frozenset[str] = frozenset()
    #: Of a null product: its verdict; ``None`` for one that is no product at all, so that the run is refused.
    verdict: Verdict | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the detection matrix."""

    subject: Subject
    judgement: Judgement
    #: Nothing where the run was refused.
    verdict: Verdict | None
    #: Requirements that should be accused.
    expected: tuple[str, ...]
    #: Requirements that were accused and are not by the healthy product: failed ones, warned ones.
    failed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    requests: int = 0
    #: Defects of Skillmark that the run met.
    defects: tuple[str, ...] = ()


def row_of(subject: Subject, result: RunResult, deserts: Deserts, *, known: Collection[Key] = ()) -> Row:
    """Return the row of a run; ``known`` are the findings against the healthy product."""
    fresh = [judged for judged in result.findings if judged.finding.key not in known]
    failed = {judged.finding.requirement for judged in fresh if judged.outcome is Outcome.FAILED}
    warned = {judged.finding.requirement for judged in fresh if judged.outcome is Outcome.WARNED}
    in_plan = tuple(each for each in deserts.expected if each in result.requirements)
    return Row(
        subject=subject,
        judgement=_judgement(subject, result, dataclasses.replace(deserts, expected=in_plan), failed, warned),
        verdict=result.verdict,
        expected=in_plan,
        failed=tuple(sorted(failed)),
        warned=tuple(sorted(warned)),
        requests=result.requests_sent,
        defects=tuple(check.reason for check in result.checks if check.defect),
    )


def refused_row(subject: Subject, deserts: Deserts) -> Row:
    """Return the row of a run that was refused, which is right for what is no product at all."""
    is_right = subject.kind is Kind.NULL and deserts.verdict is None
    judgement = Judgement.CAUGHT if is_right else Judgement.MISSED
    return Row(subject=subject, judgement=judgement, verdict=None, expected=deserts.expected)


def _judgement(subject: Subject, result: RunResult, deserts: Deserts, failed: set[str], warned: set[str]) -> Judgement:
    match subject.kind:
        case Kind.PERSONA:
            accused = failed or warned - deserts.warns or result.verdict is Verdict.NOT_CONFORMANT
            return Judgement.ACCUSED if accused else Judgement.SPARED
        case Kind.NULL:
            return Judgement.CAUGHT if result.verdict is deserts.verdict else Judgement.MISSED
        case Kind.FAULT:
            plan = find_plan(subject.plan)
            entries = plan.catalogue.requirements
            expected = set(deserts.expected)
            scored = {each for each in expected if entries[each].is_scored(plan.version) and not deserts.disputed}
            if failed & scored or (failed | warned) & (expected - scored):
                return Judgement.CAUGHT
            return Judgement.ELSEWHERE if failed | warned else Judgement.MISSED
