"""The peculiar verifiers, and the plan run against each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.target import Target
from skillmark.faults.rows import DEPTH, Deserts, Kind, Row, Subject, row_of
from skillmark.faults.verifiers.broken import BROKEN
from skillmark.faults.verifiers.fetching import DISPUTED
from skillmark.faults.verifiers.personas import PERSONAS
from skillmark.faults.verifiers.products import VerifierTransport
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.peers.serving import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.plans import Plan

_URL = "http://127.0.0.1"
#: Who is stricter than the standards is told so, of drawn content.
_WARNS = {
    # The reference reads the keyword of Open Badges 2.0 too.
    "reads-images": frozenset({"OB30-R-079"}),
    # Nobody has to read the older data model.
    "knows-the-new-model-only": frozenset({"OB30-R-111", "OB30-R-133"}),
    "strict": frozenset({"OB30-R-105", "OB30-R-114", "OB30-R-132"}),
    # What an error in a list or a schema means is not settled.
    "takes-what-it-cannot-tell-for-a-remark": frozenset({"OB30-R-121", "OB30-R-127"}),
}
#: Who neither accepts nor refuses what is wrong has not accepted it.
_DISPUTED = frozenset({"crashes-on-what-is-wrong", "ignores-the-end-of-a-proof", *(each.name for each in DISPUTED)})


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
        product = BROKEN[subject.name]
        interface = product.interface
        deserts = Deserts(expected=product.requirements, disputed=subject.name in _DISPUTED)
    target = Target(url=_URL, verifier=interface, lab=True)
    shelf = Shelf()
    transport = VerifierTransport(product, shelf)
    options = RunOptions(depth=DEPTH)
    result = certify(find_plan(subject.plan), target, options=options, transport=transport, shelf=shelf)
    return row_of(subject, result, deserts)
