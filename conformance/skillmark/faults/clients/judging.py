"""The peculiar clients, and the checks of clients run against each of them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Verdict
from skillmark.engine import RunContext, joined, run_plan
from skillmark.faults.clients.broken import BROKEN
from skillmark.faults.clients.nulls import NULLS
from skillmark.faults.clients.personas import personas
from skillmark.faults.clients.world import Clock, Driven, Surroundings, target_for
from skillmark.faults.hosts.fault import expected_in
from skillmark.faults.rows import DEPTH, Deserts, Kind, Row, Subject, row_of
from skillmark.plans import Asks, find_plan
from skillmark.runs import DEFAULT_SEED
from skillmark.suites import suite_of
from skillmark.suites.hosts.asking import Asking
from skillmark.suites.hosts.client_evidence import DRIVE, errand_of
from skillmark.wire.client import WireClient
from skillmark.wire.settings.configuration import describe
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.results import RunResult
    from skillmark.engine import Check
    from skillmark.engine.checks import Evidence
    from skillmark.faults.clients.world import ClientProduct
    from skillmark.plans import Plan

#: Begins the name of every subject, so that nobody takes it for a host.
PREFIX = "client-"


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every client that a plan can be run against; no fault that is none by the clauses of its standard."""
    for kind, products in ((Kind.FAULT, BROKEN), (Kind.PERSONA, personas()), (Kind.NULL, NULLS)):
        for name, product in products.items():
            is_one = kind is not Kind.FAULT or expected_in(plan, product.requirements)
            if is_one and product.suits(errand_of(plan)):
                yield Subject(kind=kind, name=f"{PREFIX}{name}", plan=plan.id)


def decide(subject: Subject) -> Row:
    """Run the checks of clients against one peculiar client and judge what was said."""
    plan, name = find_plan(subject.plan), subject.name.removeprefix(PREFIX)
    product = {Kind.FAULT: BROKEN, Kind.PERSONA: personas(), Kind.NULL: NULLS}[subject.kind][name]
    expected = expected_in(plan, product.requirements)
    deserts = Deserts(
        expected=expected,
        disputed=product.disputed,
        warns=frozenset(expected_in(plan, tuple(product.warns))),
        verdict=Verdict.NOT_CONFORMANT if expected else Verdict.NOT_FULLY_VERIFIED,
    )
    return row_of(subject, judged(plan, product), deserts)


def judged(plan: Plan, product: ClientProduct) -> RunResult:
    """Return what a run of a plan says of a client, of which it looks at nothing else."""
    clock, target = Clock(), target_for(is_host=plan.asks is not Asks.CALLS)
    client = WireClient(target, clock=clock, transport=Surroundings())
    context = RunContext(plan=plan, target=target, client=client, clock=clock, seed=DEFAULT_SEED, depth=DEPTH)

    suite = copy.copy(suite_of(plan))
    usual = suite.gather

    def gather(given: RunContext) -> Evidence:
        evidence = usual(given)
        if isinstance(evidence, Asking):
            evidence.kept[DRIVE] = Driven(product, load_service(plan.standard_id), clock)
        return evidence

    suite.gather = gather
    return joined(run_plan(suite, context, only=_is_about_clients), configuration=describe(target))


def _is_about_clients(check: Check) -> bool:
    return check.area.startswith("client_")
