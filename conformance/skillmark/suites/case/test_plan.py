"""The checks of a CASE plan as pytest items: ``pytest --pyargs skillmark.suites.case --skillmark-target target.toml``."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from skillmark.core.clock import SystemClock
from skillmark.core.errors import SkillmarkError
from skillmark.core.outcomes import Outcome
from skillmark.engine import RunContext, find_depth, run_check
from skillmark.plans import find_plan
from skillmark.runs import DEFAULT_SEED
from skillmark.suites.case import SUITE
from skillmark.wire.client import WireClient
from skillmark.wire.configuration import load_target, target_from_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.findings import JudgedFinding
    from skillmark.core.target import Target
    from skillmark.engine import Check


class ConformanceWarning(UserWarning):
    """A SHOULD is not followed, or a disputed point was met."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of each check of the plan, named by its area and property."""
    plan = find_plan(metafunc.config.getoption("--skillmark-plan"))
    checks = SUITE.checks_of(plan)
    metafunc.parametrize(
        "check",
        [
            pytest.param(check, id=check.name, marks=pytest.mark.skillmark_requirements(*check.requirements))
            for check in checks
        ],
    )


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest) -> Iterator[tuple[RunContext, Any]]:
    """Gather the evidence once in each worker; what no item asks for is never requested."""
    config = request.config
    target = _target(config)
    clock = SystemClock()
    client = WireClient(target, clock=clock)
    context = RunContext(
        plan=find_plan(config.getoption("--skillmark-plan")),
        target=target,
        client=client,
        clock=clock,
        seed=config.getoption("--skillmark-seed") or DEFAULT_SEED,
        depth=find_depth(config.getoption("--skillmark-level")),
    )
    yield context, SUITE.gather(context)
    client.close()


def _target(config: pytest.Config) -> Target:
    file, url = config.getoption("--skillmark-target"), config.getoption("--skillmark-url")
    if file:
        return load_target(Path(file), environ=os.environ)
    if url:
        return target_from_url(url)
    raise pytest.UsageError(
        "name the product: --skillmark-target target.toml (`skillmark init` writes one) or --skillmark-url"
    )


def test_property(check: Check, evidence: tuple[RunContext, Any]) -> None:
    """The property that the item is named by holds for the product."""
    context, gathered = evidence
    try:
        result, findings = run_check(check, gathered, context)
    except SkillmarkError as error:
        pytest.fail(f"the settings do not allow this run: {error}", pytrace=False)
    match result.outcome:
        case Outcome.FAILED:
            pytest.fail(_told(check, findings, context), pytrace=False)
        case Outcome.CANNOT_TELL:
            pytest.fail(f"cannot tell: {result.reason}", pytrace=False)
        case Outcome.WARNED:
            warnings.warn(ConformanceWarning(_told(check, findings, context)), stacklevel=1)
        case Outcome.NOT_APPLICABLE | Outcome.UNTESTED:
            pytest.skip(f"{result.outcome}: {result.reason}")
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
    return "\n".join(lines)
