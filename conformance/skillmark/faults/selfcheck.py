"""The self-check: the plan against every fault, persona and null product, and the matrix of what it said."""

from __future__ import annotations

import dataclasses
import enum
import functools
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Outcome, Verdict
from skillmark.engine import Depth
from skillmark.faults import (  # noqa: F401 - declare the faults
    access,
    bulk,
    links,
    listing,
    members,
    operations,
    practice,
    refusals,
    serving,
    structure,
)
from skillmark.faults.fault import FAULTS
from skillmark.faults.nulls import NULL_PRODUCTS
from skillmark.faults.personas import ALL_CLAIMS, PERSONAS
from skillmark.faults.provider import Behaviour, PeculiarTransport
from skillmark.faults.world import World, make_world, target_for
from skillmark.plans import PLANS, find_plan
from skillmark.runs import RunOptions, certify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.core.results import RunResult
    from skillmark.core.target import Target
    from skillmark.plans import Plan

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
class Row:
    """One row of the detection matrix."""

    subject: Subject
    judgement: Judgement
    verdict: Verdict
    #: Requirements that should be accused.
    expected: tuple[str, ...]
    #: Requirements that were accused and are not by the healthy provider: failed ones, warned ones.
    failed: tuple[str, ...]
    warned: tuple[str, ...]
    requests: int
    #: Defects of Skillmark that the run met.
    defects: tuple[str, ...] = ()


def subjects(plans: Iterable[str] = tuple(PLANS)) -> Iterator[Subject]:
    """Yield everything that the self-check can decide."""
    for identifier in plans:
        version = find_plan(identifier).version
        for fault in FAULTS:
            if version in fault.versions:
                yield Subject(kind=Kind.FAULT, name=fault.name, plan=identifier)
        for persona in PERSONAS.values():
            if version in persona.versions:
                yield Subject(kind=Kind.PERSONA, name=persona.name, plan=identifier)
        for name in NULL_PRODUCTS:
            yield Subject(kind=Kind.NULL, name=name, plan=identifier)


def decide(chosen: Iterable[Subject], *, jobs: int) -> Iterator[Row]:
    """Run the plan of every subject, several at a time, and yield the rows in the order of the subjects."""
    if jobs <= 1:
        yield from (decide_one(subject) for subject in chosen)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(decide_one, chosen, chunksize=4)


@functools.cache
def _world() -> World:
    return make_world()


@functools.cache
def _baseline(plan_id: str, *, protected: bool) -> frozenset[tuple[str, str, bool]]:
    """Return the findings against the healthy provider, which are those of its data's practice."""
    result = _certified(find_plan(plan_id), Behaviour(), target_for(protected=protected), protected=protected)
    return frozenset(judged.finding.key for judged in result.findings)


def _certified(plan: Plan, behaviour: Behaviour, target: Target, *, protected: bool = False) -> RunResult:
    healthy = _world().protected if protected else _world().open
    return certify(plan, target, options=RunOptions(depth=DEPTH), transport=PeculiarTransport(healthy, behaviour))


def decide_one(subject: Subject) -> Row:
    """Run the plan against one peculiar product and judge what was said."""
    plan = find_plan(subject.plan)
    match subject.kind:
        case Kind.FAULT:
            fault = next(each for each in FAULTS if each.name == subject.name)
            target = target_for(claims=ALL_CLAIMS - fault.unclaimed, protected=fault.protected)
            result = _certified(plan, fault.make(), target, protected=fault.protected)
            return _row(subject, result, expected=fault.requirements, protected=fault.protected)
        case Kind.PERSONA:
            persona = PERSONAS[subject.name]
            return _row(subject, _certified(plan, persona.behaviour, target_for(claims=persona.claims)))
        case Kind.NULL:
            product = NULL_PRODUCTS[subject.name]
            return _row(subject, _certified(plan, product.behaviour, target_for(claims=None)))


def _row(subject: Subject, result: RunResult, *, expected: tuple[str, ...] = (), protected: bool = False) -> Row:
    known = _baseline(subject.plan, protected=protected)
    fresh = [judged for judged in result.findings if judged.finding.key not in known]
    failed = {judged.finding.requirement for judged in fresh if judged.outcome is Outcome.FAILED}
    warned = {judged.finding.requirement for judged in fresh if judged.outcome is Outcome.WARNED}
    in_plan = tuple(each for each in expected if each in result.requirements)
    return Row(
        subject=subject,
        judgement=_judgement(subject, result, in_plan, failed, warned),
        verdict=result.verdict,
        expected=in_plan,
        failed=tuple(sorted(failed)),
        warned=tuple(sorted(warned)),
        requests=result.requests_sent,
        defects=tuple(check.reason for check in result.checks if check.defect),
    )


def _judgement(
    subject: Subject, result: RunResult, expected: tuple[str, ...], failed: set[str], warned: set[str]
) -> Judgement:
    match subject.kind:
        case Kind.PERSONA:
            accused = failed or warned - PERSONAS[subject.name].warns or result.verdict is Verdict.NOT_CONFORMANT
            return Judgement.ACCUSED if accused else Judgement.SPARED
        case Kind.NULL:
            deserved = NULL_PRODUCTS[subject.name].deserves
            return Judgement.CAUGHT if result.verdict is deserved else Judgement.MISSED
        case Kind.FAULT:
            version = find_plan(subject.plan).version
            catalogue = find_plan(subject.plan).catalogue.requirements
            is_open = next(each.disputed for each in FAULTS if each.name == subject.name)
            scored = {each for each in expected if catalogue[each].is_scored(version) and not is_open}
            if failed & scored or (failed | warned) & (set(expected) - scored):
                return Judgement.CAUGHT
            return Judgement.ELSEWHERE if failed | warned else Judgement.MISSED
