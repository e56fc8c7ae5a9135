"""The peculiar hosts, and the plan run against each of them."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from skillmark.faults.clients import judging as clients
from skillmark.faults.hosts.behaving import HostTransport, healthy
from skillmark.faults.hosts.broken import BROKEN
from skillmark.faults.hosts.fault import expected_in
from skillmark.faults.hosts.nulls import NULL_HOSTS
from skillmark.faults.hosts.personas import PERSONAS
from skillmark.faults.hosts.world import Host, target_for
from skillmark.faults.rows import DEPTH, Deserts, Key, Kind, Row, Subject, row_of
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.core.results import RunResult
    from skillmark.core.target import Target
    from skillmark.engine import Check
    from skillmark.faults.hosts.behaving import Make
    from skillmark.plans import Plan

#: A host is asked for much that is drawn, and each of it takes several requests.
_DEPTH = dataclasses.replace(DEPTH, examples=6)


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every host that a plan can be run against."""
    for fault in BROKEN.values():
        if plan.standard_id in fault.standards and expected_in(plan, fault.requirements):
            yield Subject(kind=Kind.FAULT, name=fault.name, plan=plan.id)
    for name in PERSONAS:
        yield Subject(kind=Kind.PERSONA, name=name, plan=plan.id)
    for name in NULL_HOSTS:
        yield Subject(kind=Kind.NULL, name=name, plan=plan.id)
    yield from clients.subjects(plan)


def decide(subject: Subject) -> Row:
    """Run the plan against one peculiar host and judge what was said."""
    if subject.name.startswith(clients.PREFIX):
        return clients.decide(subject)
    plan = find_plan(subject.plan)
    match subject.kind:
        case Kind.FAULT:
            fault = BROKEN[subject.name]
            expected = expected_in(plan, fault.requirements)
            # The other checks cost seconds each time and could only accuse of more.
            asked = _every if fault.needs_all else functools.partial(_decides, frozenset(expected))
            result = _certified(plan, fault.make, target_for(), only=asked)
            deserts = Deserts(expected=expected, disputed=fault.disputed)
        case Kind.PERSONA:
            persona = PERSONAS[subject.name]
            result = _certified(plan, persona.make, persona.target())
            deserts = Deserts(warns=frozenset(expected_in(plan, persona.warns)))
        case Kind.NULL:
            product = NULL_HOSTS[subject.name]
            result = _certified(plan, product.make, target_for())
            deserts = Deserts(verdict=product.deserves(plan))
    return row_of(subject, result, deserts, known=_baseline(plan.id))


@functools.cache
def _baseline(plan_id: str) -> frozenset[Key]:
    """Return the findings against the healthy host: points on which the documents disagree."""
    result = _certified(find_plan(plan_id), lambda: healthy, target_for())
    return frozenset(judged.finding.key for judged in result.findings)


def _every(_: Check) -> bool:
    return True


def _decides(requirements: frozenset[str], check: Check) -> bool:
    return not requirements.isdisjoint(check.requirements)


def _certified(plan: Plan, make: Make, target: Target, *, only: Callable[[Check], bool] = _every) -> RunResult:
    host = Host.opened(load_service(plan.standard_id))
    try:
        transport = HostTransport(host, make())
        return certify(plan, target, options=RunOptions(depth=_DEPTH, only=only), transport=transport)
    finally:
        host.close()
