"""The peculiar verifiers, and the plan run against each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.target import Target, VerifierInterface
from skillmark.faults.rows import DEPTH, Deserts, Kind, Row, Subject, row_of
from skillmark.faults.verifiers.broken import BROKEN
from skillmark.faults.verifiers.personas import PERSONAS
from skillmark.faults.verifiers.products import VerifierTransport
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.plans import Plan

_URL = "http://127.0.0.1"
#: Who is stricter than the standards is told so, of drawn content.
_WARNS = {"strict": frozenset({"OB30-R-105", "OB30-R-114", "OB30-R-132"})}
#: Who neither accepts nor refuses what is wrong has not accepted it.
_DISPUTED = frozenset({"crashes-on-what-is-wrong"})


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every verifier that a plan can be run against."""
    for name in BROKEN:
        yield Subject(kind=Kind.FAULT, name=name, plan=plan.id)
    for name in PERSONAS:
        yield Subject(kind=Kind.PERSONA, name=name, plan=plan.id)


def decide(subject: Subject) -> Row:
    """Run the plan against one peculiar verifier and judge what was said."""
    if subject.kind is Kind.PERSONA:
        product, interface = PERSONAS[subject.name]
        deserts = Deserts(warns=_WARNS.get(subject.name, frozenset()))
    else:
        product, interface = BROKEN[subject.name], VerifierInterface()
        deserts = Deserts(expected=product.requirements, disputed=subject.name in _DISPUTED)
    target = Target(url=_URL, verifier=interface, lab=True)
    transport = VerifierTransport(product)
    result = certify(find_plan(subject.plan), target, options=RunOptions(depth=DEPTH), transport=transport)
    return row_of(subject, result, deserts)
