"""The peculiar providers of CASE, and the plan run against each of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

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
from skillmark.faults.rows import DEPTH, Deserts, Key, Kind, Row, Subject, row_of
from skillmark.faults.world import World, make_world, target_for
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.results import RunResult
    from skillmark.core.target import Target
    from skillmark.plans import Plan


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every provider that a plan can be run against."""
    for fault in FAULTS:
        if plan.version in fault.versions:
            yield Subject(kind=Kind.FAULT, name=fault.name, plan=plan.id)
    for persona in PERSONAS.values():
        if plan.version in persona.versions:
            yield Subject(kind=Kind.PERSONA, name=persona.name, plan=plan.id)
    for name in NULL_PRODUCTS:
        yield Subject(kind=Kind.NULL, name=name, plan=plan.id)


def decide(subject: Subject) -> Row:
    """Run the plan against one peculiar provider and judge what was said."""
    match subject.kind:
        case Kind.FAULT:
            fault = next(each for each in FAULTS if each.name == subject.name)
            target = target_for(claims=ALL_CLAIMS - fault.unclaimed, protected=fault.protected)
            result = _certified(subject.plan, fault.make(), target, protected=fault.protected)
            deserts = Deserts(expected=fault.requirements, disputed=fault.disputed)
            return row_of(subject, result, deserts, known=_baseline(subject.plan, protected=fault.protected))
        case Kind.PERSONA:
            persona = PERSONAS[subject.name]
            result = _certified(subject.plan, persona.behaviour, target_for(claims=persona.claims))
            deserts = Deserts(warns=persona.warns)
        case Kind.NULL:
            product = NULL_PRODUCTS[subject.name]
            result = _certified(subject.plan, product.behaviour, target_for(claims=None))
            deserts = Deserts(verdict=product.deserves)
    return row_of(subject, result, deserts, known=_baseline(subject.plan, protected=False))


@functools.cache
def _world() -> World:
    return make_world()


@functools.cache
def _baseline(plan_id: str, *, protected: bool) -> frozenset[Key]:
    """Return the findings against the healthy provider, which are those of its data's practice."""
    result = _certified(plan_id, Behaviour(), target_for(protected=protected), protected=protected)
    return frozenset(judged.finding.key for judged in result.findings)


def _certified(plan_id: str, behaviour: Behaviour, target: Target, *, protected: bool = False) -> RunResult:
    healthy = _world().protected if protected else _world().open
    transport = PeculiarTransport(healthy, behaviour)
    return certify(find_plan(plan_id), target, options=RunOptions(depth=DEPTH), transport=transport)
