"""The peculiar issuers, and the plan run on what each of them hands in or issues."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.faults.credentials import endpoints
from skillmark.faults.credentials.declared import ISSUER_FAULTS
from skillmark.faults.credentials.endpoint_faults import ENDPOINT_FAULTS
from skillmark.faults.credentials.endpoint_personas import ENDPOINT_PERSONAS, NULL_ENDPOINTS
from skillmark.faults.credentials.endpoints import IssuingProduct
from skillmark.faults.credentials.handing_in import HandedIn, Standard, judged
from skillmark.faults.credentials.personas import ISSUER_PERSONAS, NULL_ISSUERS
from skillmark.faults.rows import DEPTH, Deserts, Key, Kind, Row, Subject, refused_row, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.plans import Plan


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every issuer that a plan can be run on: those that hand something in, and those that issue on request."""
    standard = Standard(plan.id)
    faults = [each.name for each in ISSUER_FAULTS if standard in each.standards]
    personas = [each.name for each in ISSUER_PERSONAS.values() if standard in each.standards]
    faults += [name for name, each in ENDPOINT_FAULTS.items() if standard in each.product.standards]
    for kind, names in (
        (Kind.FAULT, faults),
        (Kind.PERSONA, [*personas, *ENDPOINT_PERSONAS]),
        (Kind.NULL, [*NULL_ISSUERS, *NULL_ENDPOINTS]),
    ):
        yield from (Subject(kind=kind, name=name, plan=plan.id) for name in names)


def decide(subject: Subject) -> Row:
    """Run the plan on what one peculiar issuer hands in or issues, and judge what was said."""
    standard = Standard(subject.plan)
    made, deserts = _made(subject, standard)
    try:
        if isinstance(made, IssuingProduct):
            return row_of(subject, endpoints.judged(standard, made, DEPTH), deserts)
        return row_of(subject, judged(standard, made, DEPTH), deserts, known=_healthy(subject.plan))
    except Misconfigured:
        return refused_row(subject, deserts)


def _made(subject: Subject, standard: Standard) -> tuple[HandedIn | IssuingProduct, Deserts]:
    name = subject.name
    if name in ENDPOINT_FAULTS:
        broken = ENDPOINT_FAULTS[name]
        return broken.product, Deserts(expected=broken.expected(standard), disputed=broken.disputed)
    if name in ENDPOINT_PERSONAS:
        return ENDPOINT_PERSONAS[name].product, Deserts(warns=ENDPOINT_PERSONAS[name].warns)
    if name in NULL_ENDPOINTS:
        return NULL_ENDPOINTS[name].product, Deserts(verdict=NULL_ENDPOINTS[name].deserves)
    return _handed_in(subject, standard)


def _handed_in(subject: Subject, standard: Standard) -> tuple[HandedIn, Deserts]:
    match subject.kind:
        case Kind.FAULT:
            fault = ISSUER_FAULTS.find(subject.name)
            return fault.make(standard), Deserts(expected=fault.expected(standard), disputed=fault.disputed)
        case Kind.PERSONA:
            persona = ISSUER_PERSONAS[subject.name]
            return persona.make(standard), Deserts(warns=persona.warns)
        case Kind.NULL:
            issuer = NULL_ISSUERS[subject.name]
            return issuer.make(standard), Deserts(verdict=issuer.deserves)


@functools.cache
def _healthy(plan_id: str) -> frozenset[Key]:
    """Return the findings against the healthy issuer, of which there are none as long as all is well."""
    made = ISSUER_PERSONAS["maximal"].make(Standard(plan_id))
    return frozenset(each.finding.key for each in judged(Standard(plan_id), made, DEPTH).findings)
