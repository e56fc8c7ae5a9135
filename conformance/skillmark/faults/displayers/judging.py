"""The peculiar displayers, and the plan run against each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.outcomes import Verdict
from skillmark.core.target import Target
from skillmark.faults.displayers.broken import BROKEN
from skillmark.faults.displayers.personas import NULL_PRODUCTS, PERSONAS
from skillmark.faults.displayers.products import PEER, DisplayerTransport, StandingClock
from skillmark.faults.rows import DEPTH, Deserts, Kind, Row, Subject, row_of
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.suites.displayers.duties import CLR, OPEN_BADGES
from skillmark.wire.peers.serving import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.results import RunResult
    from skillmark.faults.displayers.products import DisplayerProduct
    from skillmark.plans import Plan

_URL = "http://127.0.0.1"
_DUTIES = {duties.catalogue_id: duties for duties in (OPEN_BADGES, CLR)}
_PRODUCTS = {Kind.FAULT: BROKEN, Kind.PERSONA: PERSONAS, Kind.NULL: NULL_PRODUCTS}


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every displayer that a plan can be run against."""
    is_of_badges = plan.catalogue_id == OPEN_BADGES.catalogue_id
    for kind, products in _PRODUCTS.items():
        for each in products.values():
            if is_of_badges or not each.only_badges:
                yield Subject(kind=kind, name=each.name, plan=plan.id)


def decide(subject: Subject) -> Row:
    """Run the plan against one peculiar displayer and judge what was said."""
    product = _PRODUCTS[subject.kind][subject.name]
    return row_of(subject, run_against(product, subject.plan), _deserts(subject, product))


def run_against(product: DisplayerProduct, plan: str) -> RunResult:
    """Run a plan against a displayer in process."""
    target = Target(url=_URL, verifier=product.interface, peer=PEER, lab=True)
    shelf = Shelf()
    return certify(
        find_plan(plan),
        target,
        options=RunOptions(depth=DEPTH),
        transport=DisplayerTransport(product, shelf),
        shelf=shelf,
        clock=StandingClock(),
    )


def _deserts(subject: Subject, product: DisplayerProduct) -> Deserts:
    plan = find_plan(subject.plan)
    if subject.kind is Kind.NULL:
        # Of what no document demands with certainty, a plan cannot say that it is violated.
        is_scored = any(each.is_scored(plan.version) for each in plan.requirements)
        return Deserts(verdict=Verdict.NOT_CONFORMANT if is_scored else Verdict.NOT_FULLY_VERIFIED)
    duties = _DUTIES[plan.catalogue_id]
    expected = tuple(dict.fromkeys(getattr(duties, each) for each in product.duties))
    return Deserts(expected=expected, disputed=product.is_disputed)
