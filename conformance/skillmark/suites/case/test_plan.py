"""The checks of a CASE plan as pytest items: ``pytest --pyargs skillmark.suites.case --skillmark-target target.toml``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from skillmark.core.errors import SkillmarkError
from skillmark.core.escaping import visible
from skillmark.core.outcomes import Outcome
from skillmark.engine import run_check
from skillmark.suites.case.evidence import CaseEvidence

if TYPE_CHECKING:
    from skillmark.core.findings import JudgedFinding
    from skillmark.engine import Check, RunContext


class ConformanceWarning(UserWarning):
    """A SHOULD is not followed, or a disputed point was met."""


@pytest.fixture(scope="session")
def evidence(skillmark_context: RunContext) -> CaseEvidence:
    """Gather the evidence once in each worker; what no item asks for is never requested."""
    return CaseEvidence(skillmark_context)


def test_property(skillmark_check: Check, skillmark_context: RunContext, evidence: CaseEvidence) -> None:
    """The property that the item is named by holds for the product."""
    try:
        result, findings = run_check(skillmark_check, evidence, skillmark_context)
    except SkillmarkError as error:
        pytest.fail(visible(f"this is no finding: {error}"), pytrace=False)
    match result.outcome:
        case Outcome.FAILED:
            pytest.fail(_told(skillmark_check, findings, skillmark_context), pytrace=False)
        case Outcome.CANNOT_TELL:
            pytest.fail(visible(f"cannot tell: {result.reason}"), pytrace=False)
        case Outcome.WARNED:
            warnings.warn(ConformanceWarning(_told(skillmark_check, findings, skillmark_context)), stacklevel=1)
        case Outcome.NOT_APPLICABLE | Outcome.UNTESTED:
            pytest.skip(visible(f"{result.outcome}: {result.reason}"))
        case Outcome.PASSED:
            pass


def _told(check: Check, findings: tuple[JudgedFinding, ...], context: RunContext) -> str:
    lines = [check.title]
    for judged in findings:
        finding = judged.finding
        entry = context.plan.catalogue.requirements[finding.requirement]
        lines += [
            f"{judged.outcome}: {entry.id} ({entry.level}, {entry.clause}), {judged.count} place(s)",
            f"  expected {finding.expected}",
            f"  actual   {finding.actual}",
        ]
        if finding.pointer:
            lines.append(f"  at       {finding.pointer}")
        if finding.evidence and (exchange := context.client.exchanges.get(finding.evidence[0])):
            lines.append(f"  {exchange.curl}")
    return visible("\n".join(lines))
