"""Joining what the checks of a run said into one result."""

from __future__ import annotations

import dataclasses
import platform
from importlib import metadata
from typing import TYPE_CHECKING

from skillmark import __version__
from skillmark.catalogue import Decision
from skillmark.core.escaping import trimmed
from skillmark.core.outcomes import Outcome, Verdict, combined, verdict
from skillmark.core.results import Provenance, RequirementResult, RunResult
from skillmark.engine.checks import HasMatrix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.catalogue import Requirement
    from skillmark.core.exchanges import Exchange
    from skillmark.engine.running import Run, RunContext
    from skillmark.plans import Closing, Plan

_NO_CLAIMS = "The vendor declared no optional features: state them with --claims, or under [claims] of the target file."

_TROUBLES = 50
#: Characters of what was sent, where nothing is wrong with the answer.
_LONGEST_BODY = 160
_LIBRARIES = ("httpx", "hypothesis", "cryptography")


def joined(run: Run, *, configuration: Mapping[str, object]) -> RunResult:
    """Return the result of a run: every requirement of its plan, the verdict, the evidence referred to."""
    context = run.context
    plan = context.plan
    requirements = {entry.id: _decided(entry, run) for entry in plan.requirements}
    requirements |= _closing(requirements, run)
    outcomes = [entry.outcome for entry in requirements.values() if entry.deciding]
    return RunResult(
        plan=plan.id,
        plan_title=plan.title,
        standard=plan.standard_id,
        product=context.target.product,
        target_url=context.target.place,
        configuration=configuration,
        verdict=verdict([*outcomes, *([Outcome.UNTESTED] if run.partial else [])]),
        partial=run.partial,
        lab=context.target.lab,
        seed=context.seed,
        depth=context.depth.name,
        started=run.started,
        finished=run.finished,
        provenance=_provenance(plan),
        requirements=requirements,
        checks=run.checks,
        findings=run.findings,
        exchanges=_referred(run),
        attestations=dict(context.target.attestations),
        sampling=(*([run.stopped] if run.stopped else []), *run.evidence.sampling()),
        requests_sent=context.client.requests_sent,
        records=run.evidence.record_counts(),
        matrix=run.evidence.matrix() if isinstance(run.evidence, HasMatrix) else None,
    )


def _decided(entry: Requirement, run: Run) -> RequirementResult:
    context = run.context
    outcomes = run.outcomes.get(entry.id, {})
    outcome, reason = combined(outcomes.values()), _reason(entry, run)
    # What was seen to be wrong outweighs every statement about it.
    if entry.decided is Decision.ATTESTED and outcome is not Outcome.FAILED:
        outcome, reason = _attested(entry, context)
    elif entry.decided is Decision.UNTESTABLE and outcome is not Outcome.FAILED:
        outcome, reason = Outcome.UNTESTED, entry.reason
    is_open = _is_broken_in_doubt(entry, run)
    if is_open:
        outcome, reason = Outcome.CANNOT_TELL, f"It is not as it should be, if this is a requirement: {entry.doubt}."
    outside = context.target.lab and entry.id in context.plan.transport
    return RequirementResult(
        id=entry.id,
        level=entry.level,
        role=entry.role.value,
        status=entry.status,
        clause=entry.clause,
        url=entry.url,
        says=entry.says,
        decided=entry.decided.value,
        readings=entry.readings or ((entry.doubt,) if entry.doubt else ()),
        outcome=outcome,
        deciding=(is_open or entry.is_scored(context.plan.version)) and not outside,
        checks=tuple(outcomes),
        reason=f"Taken out of the verdict by --lab. {reason}".strip() if outside else reason,
    )


def _is_broken_in_doubt(entry: Requirement, run: Run) -> bool:
    """Whether a product breaks what may be a MUST of a document that could not be read.

    The finding warns. That the product is conformant is not known either.
    """
    is_unread = bool(run.context.plan.catalogue.unread and entry.doubt)
    return (
        is_unread
        and entry.would_be_scored
        and any(judged.finding.requirement == entry.id and not judged.finding.dispute for judged in run.findings)
    )


def _reason(entry: Requirement, run: Run) -> str:
    mine = set(run.outcomes.get(entry.id, {}))
    if not mine:
        return "No check of this run decided it."
    reasons = dict.fromkeys(check.reason for check in run.checks if check.name in mine and check.reason)
    return " ".join(each for each in reasons if not any(each in other for other in reasons if other != each))


def _attested(entry: Requirement, context: RunContext) -> tuple[Outcome, str]:
    product = context.target.product
    closing = context.plan.closing
    is_applicant = closing is not None and entry.id == closing.applicant
    if is_applicant and product.name and product.version and product.vendor:
        return Outcome.PASSED, f"Stated in the target file: {product.name} {product.version} of {product.vendor}."
    statement = context.target.attestations.get(entry.id, "")
    # The placeholder of the example is no statement.
    if any(character.isalnum() for character in statement):
        return Outcome.PASSED, f"Attested by the vendor: {statement}"
    if is_applicant:
        return Outcome.UNTESTED, "State name, version and vendor under [product] of the target file."
    return Outcome.UNTESTED, f'No test decides it. Attest it in the target file: [attestations] "{entry.id}" = "..."'


def _closing(requirements: Mapping[str, RequirementResult], run: Run) -> dict[str, RequirementResult]:
    """Return the two requirements that are about all the others, where the certification has them."""
    closing = run.context.plan.closing
    if closing is None:
        return {}
    others = [entry for entry in requirements.values() if entry.deciding and entry.id not in closing.checks]
    holds = verdict(entry.outcome for entry in others) is Verdict.CONFORMANT and not run.partial
    failed = any(entry.outcome is Outcome.FAILED for entry in others)
    outcome = Outcome.FAILED if failed else Outcome.PASSED if holds else Outcome.UNTESTED
    reason = {
        Outcome.FAILED: "A required or claimed feature failed.",
        Outcome.UNTESTED: "Not every required feature was decided.",
    }.get(outcome, "")
    claims = run.context.target.claims
    declared = outcome if claims is not None or failed else Outcome.UNTESTED
    declared_reason = reason if claims is not None or failed else _NO_CLAIMS
    return {
        identifier: _replaced(requirements[identifier], closing, outcome=each, reason=why)
        for identifier, each, why in (
            (closing.every_requirement, outcome, reason),
            (closing.every_claim, declared, declared_reason),
        )
        if identifier in requirements
    }


def _replaced(entry: RequirementResult, closing: Closing, *, outcome: Outcome, reason: str) -> RequirementResult:
    if outcome is Outcome.FAILED and not entry.deciding:
        outcome = Outcome.WARNED
    # Where the vendor declared nothing, it is the vendor who decides it: reports say so among the next steps.
    checks = () if reason == _NO_CLAIMS else (closing.checks[entry.id],)
    return dataclasses.replace(entry, outcome=outcome, reason=reason, checks=checks)


def _referred(run: Run) -> dict[str, Exchange]:
    """Return the exchanges that findings and passes point to, and the first ones that ended in trouble.

    What findings point to can be sent again, so that it is kept whole; of the others the beginning of what was sent.
    """
    exchanges = run.evidence.exchanges
    accused = {each for finding in run.findings for each in finding.finding.evidence[:1]}
    wanted = {each for finding in run.findings for each in finding.finding.evidence}
    wanted |= {each for check in run.checks for each in check.evidence}
    wanted |= set([name for name, exchange in exchanges.items() if exchange.trouble][:_TROUBLES])
    return {
        name: exchange if name in accused else _shortened(exchange)
        for name, exchange in exchanges.items()
        if name in wanted
    }


def _shortened(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, request_body=trimmed(exchange.request_body, _LONGEST_BODY))


def _provenance(plan: Plan) -> Provenance:
    return Provenance(
        skillmark_version=__version__,
        catalogue_id=plan.catalogue.id,
        catalogue_version=plan.catalogue.version,
        catalogue_digest=plan.catalogue.digest,
        standard_digest=plan.table.digest,
        environment={
            "python": platform.python_version(),
            "system": platform.system(),
            **{name: metadata.version(name) for name in _LIBRARIES},
        },
    )
