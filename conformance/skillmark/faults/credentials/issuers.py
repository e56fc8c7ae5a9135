"""The peculiar issuers, and the plan run on what each of them hands in."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.faults.credentials.declared import ISSUER_FAULTS
from skillmark.faults.credentials.handing_in import HandedIn, Standard, judged
from skillmark.faults.credentials.personas import ISSUER_PERSONAS, NULL_ISSUERS
from skillmark.faults.rows import DEPTH, Deserts, Key, Kind, Row, Subject, refused_row, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.plans import Plan


def subjects(plan: Plan) -> Iterator[Subject]:
    """Yield every issuer that a plan can be run on."""
    standard = Standard(plan.id)
    for fault in ISSUER_FAULTS:
        if standard in fault.standards:
            yield Subject(kind=Kind.FAULT, name=fault.name, plan=plan.id)
    for persona in ISSUER_PERSONAS.values():
        if standard in persona.standards:
            yield Subject(kind=Kind.PERSONA, name=persona.name, plan=plan.id)
    for name in NULL_ISSUERS:
        yield Subject(kind=Kind.NULL, name=name, plan=plan.id)


def decide(subject: Subject) -> Row:
    """Run the plan on what one peculiar issuer hands in, and judge what was said."""
    standard = Standard(subject.plan)
    made, deserts = _made(subject, standard)
    try:
        return row_of(subject, judged(standard, made, DEPTH), deserts, known=_healthy(subject.plan))
    except Misconfigured:
        return refused_row(subject, deserts)


def _made(subject: Subject, standard: Standard) -> tuple[HandedIn, Deserts]:
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
