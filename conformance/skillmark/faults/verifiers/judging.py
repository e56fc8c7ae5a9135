"""The peculiar verifiers, and the plan run against each of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.core.target import Target
from skillmark.faults.rows import DEPTH, Deserts, Kind, Row, Subject, row_of
from skillmark.faults.verifiers.broken import BROKEN
from skillmark.faults.verifiers.details import DETAILS_DISPUTED
from skillmark.faults.verifiers.fetching import DISPUTED
from skillmark.faults.verifiers.personas import PERSONAS
from skillmark.faults.verifiers.products import VerifierTransport, vc_api
from skillmark.faults.verifiers.records import DISPUTED as DISPUTED_OF_RECORDS
from skillmark.faults.verifiers.records import PERSONAS as PRODUCTS_OF_RECORDS
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.suites.repeating import own_ids
from skillmark.suites.verifiers.scopes import CLR, OPEN_BADGES, SCOPES
from skillmark.wire.peers.serving import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.core.results import RunResult
    from skillmark.core.target import VerifierInterface
    from skillmark.engine import Check
    from skillmark.faults.verifiers.products import VerifierProduct
    from skillmark.plans import Plan

_URL = "http://127.0.0.1"
#: Who is stricter than the standards is told so, of drawn content.
_WARNS = {
    # The reference reads the keyword of Open Badges 2.0 too.
    "reads-images": frozenset({"OB30-R-079"}),
    # Nobody has to read the older data model.
    "knows-the-new-model-only": frozenset({"OB30-R-111", "OB30-R-133"}),
    "strict": frozenset({"OB30-R-105", "OB30-R-114", "OB30-R-132", "CLR20-R-129"}),
    # What an error in a list or a schema means is not settled.
    "takes-what-it-cannot-tell-for-a-remark": frozenset({"OB30-R-121", "OB30-R-127"}),
    # Whether the end of a token is part of its proof is not settled.
    "looks-at-exp-with-the-signature": frozenset({"OB30-R-125"}),
}
#: Who neither accepts nor refuses what is wrong has not accepted it.
_DISPUTED = frozenset(
    {
        "crashes-on-what-is-wrong",
        "ignores-the-end-of-a-proof",
        *(each.name for each in (*DISPUTED, *DETAILS_DISPUTED, *DISPUTED_OF_RECORDS)),
    }
)


PERSONAS_OF_RECORDS = {each.name: (each, each.interface) for each in PRODUCTS_OF_RECORDS}
#: What a bare yes does not tell: that a badge in a record does not count now, and that nobody is named.
_UNTOLD = frozenset({"CLR20-R-026", "CLR20-R-027"})


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every verifier that a plan can be run against."""
    scope = SCOPES[plan.catalogue_id]
    for product in BROKEN.values():
        is_shown = scope is OPEN_BADGES or not product.only_badges
        if is_shown and scope.is_met_by(product.interface) and expected_in(plan, product.requirements):
            yield Subject(kind=Kind.FAULT, name=product.name, plan=plan.id)
    for name, (_, interface) in personas_of(plan).items():
        if scope.is_met_by(interface):
            yield Subject(kind=Kind.PERSONA, name=name, plan=plan.id)


def expected_in(plan: Plan, requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Return the requirements of a plan that a product breaks: its own, and without any those that stand for others."""
    scope = SCOPES[plan.catalogue_id]
    own = tuple(each for each in requirements if each in plan.catalogue.requirements)
    repeated = (each for name in requirements for each in own_ids(plan.catalogue, name, scope.in_other_words))
    return own or tuple(dict.fromkeys(repeated))


def personas_of(plan: Plan) -> Mapping[str, tuple[VerifierProduct, VerifierInterface]]:
    """Return the products that a plan spares, with the settings by which a vendor would describe them."""
    return PERSONAS | (PERSONAS_OF_RECORDS if SCOPES[plan.catalogue_id] is CLR else {})


def decide(subject: Subject) -> Row:
    """Run the plan against one peculiar verifier and judge what was said."""
    plan = find_plan(subject.plan)
    if subject.kind is Kind.PERSONA:
        product, interface = personas_of(plan)[subject.name]
        result = _certified(plan, product, interface)
        return row_of(subject, result, Deserts(warns=_told(plan, product)))
    product = BROKEN[subject.name]
    expected = expected_in(plan, product.requirements)
    # The plan of Open Badges asks everything; of records only what decides it, since each takes longer.
    decides = functools.partial(_decides, frozenset(expected))
    result = _certified(
        plan, product, product.interface, only=_every if plan.catalogue_id == "open_badges" else decides
    )
    return row_of(subject, result, Deserts(expected=expected, disputed=subject.name in _DISPUTED))


def _told(plan: Plan, product: VerifierProduct) -> frozenset[str]:
    """Return the requirements of which a persona may be warned."""
    warned = frozenset(each for name in _WARNS.get(product.name, ()) for each in expected_in(plan, (name,)))
    is_bare = plan.catalogue_id == CLR.catalogue_id and product.says is not vc_api
    return warned | (_UNTOLD if is_bare else frozenset())


def _every(_: Check) -> bool:
    return True


def _decides(requirements: frozenset[str], check: Check) -> bool:
    return not requirements.isdisjoint(check.requirements)


def _certified(
    plan: Plan,
    product: VerifierProduct,
    interface: VerifierInterface,
    *,
    only: Callable[[Check], bool] = _every,
) -> RunResult:
    target = Target(url=_URL, verifier=interface, lab=True)
    shelf = Shelf()
    options = RunOptions(depth=DEPTH, only=only)
    return certify(plan, target, options=options, transport=VerifierTransport(product, shelf), shelf=shelf)
