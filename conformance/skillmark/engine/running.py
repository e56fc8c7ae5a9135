"""Running the checks of a plan, one after the other, each on the same evidence."""

from __future__ import annotations

import dataclasses
import traceback
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import CannotTell, Interrupted, NotApplicable, SkillmarkError, Untested
from skillmark.core.findings import Finding, Held, JudgedFinding
from skillmark.core.outcomes import Outcome, combined
from skillmark.core.results import CheckResult

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable

    from skillmark.core.clock import Clock
    from skillmark.core.target import Target
    from skillmark.engine.checks import Check, Observation, Suite
    from skillmark.engine.depth import Depth
    from skillmark.plans import Plan
    from skillmark.wire.client import WireClient

_EVIDENCE = 5
_PLACES = 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What one run is made of."""

    plan: Plan
    target: Target
    client: WireClient
    clock: Clock
    seed: int
    depth: Depth

    def seed_of(self, name: str) -> int:
        """Return the seed of one check: the same, whichever other checks run."""
        return zlib.crc32(name.encode(), self.seed)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CheckStarted:
    """A check begins."""

    check: Check
    number: int
    total: int
    #: Requests sent so far.
    requests: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CheckEnded:
    """A check came to its end."""

    result: CheckResult
    number: int
    total: int
    requests: int


Event = CheckStarted | CheckEnded


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the checks of a run said, before it is joined into a result."""

    context: RunContext
    evidence: Any
    checks: tuple[CheckResult, ...]
    findings: tuple[JudgedFinding, ...]
    #: Outcomes by requirement id and check name.
    outcomes: dict[str, dict[str, Outcome]]
    #: Whether the run was stopped before its end.
    partial: bool
    started: datetime.datetime
    finished: datetime.datetime


def run_plan(
    suite: Suite,
    context: RunContext,
    *,
    only: Callable[[Check], bool] = lambda _: True,
    listen: Callable[[Event], None] = lambda _: None,
) -> Run:
    """Run the checks of the context's plan and keep what was decided when the user stops it.

    Raises:
        Misconfigured: a request is not allowed by the user's settings.
    """
    started = context.clock.now()
    evidence = suite.gather(context)
    results: list[CheckResult] = []
    findings: list[JudgedFinding] = []
    outcomes: dict[str, dict[str, Outcome]] = {}
    partial = False
    checks = [check for check in suite.checks_of(context.plan) if only(check)]
    for number, check in enumerate(checks, start=1):
        position = {"number": number, "total": len(checks)}
        listen(CheckStarted(check=check, requests=context.client.requests_sent, **position))
        try:
            result, judged = run_check(check, evidence, context, numbered_from=len(findings) + 1)
        except (KeyboardInterrupt, Interrupted):
            partial = True
            break
        results.append(result)
        findings += judged
        for requirement in check.requirements:
            outcomes.setdefault(requirement, {})[check.name] = _outcome_for(requirement, result, judged)
        listen(CheckEnded(result=result, requests=context.client.requests_sent, **position))
    return Run(
        context=context,
        evidence=evidence,
        checks=tuple(results),
        findings=tuple(findings),
        outcomes=outcomes,
        partial=partial,
        started=started,
        finished=context.clock.now(),
    )


def run_check(
    check: Check, evidence: object, context: RunContext, *, numbered_from: int = 1
) -> tuple[CheckResult, tuple[JudgedFinding, ...]]:
    """Run one check to its end and judge what it found.

    A check that observed nothing is untested, never passed.
    """
    begin = context.clock.elapsed()
    tally = _Tally()
    ended, reason, defect = None, "", False
    try:
        tally.take(check.function(evidence))
    except NotApplicable as error:
        ended, reason = Outcome.NOT_APPLICABLE, str(error)
    except Untested as error:
        ended, reason = Outcome.UNTESTED, str(error)
    except CannotTell as error:
        ended, reason = Outcome.CANNOT_TELL, str(error)
    except (SkillmarkError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours must neither end the run nor count as a pass
        ended, reason, defect = Outcome.CANNOT_TELL, _defect(check, error), True
    findings = _judged(tally, check, context, numbered_from)
    found = [finding.outcome for finding in findings]
    if ended is None and not found:
        ended = Outcome.PASSED if tally.held else Outcome.UNTESTED
        reason = "" if tally.held else "The product showed nothing that this could be tested on."
    elif ended is Outcome.UNTESTED and tally.held:
        ended = Outcome.PASSED
    result = CheckResult(
        name=check.name,
        title=check.title,
        area=check.area,
        requirements=check.requirements,
        outcome=combined([*found, *([ended] if ended else [])]),
        reason=reason,
        subjects=tally.held + sum(finding.count for finding in findings),
        evidence=tuple(tally.evidence),
        seconds=round(context.clock.elapsed() - begin, 4),
        defect=defect,
    )
    return result, findings


def _defect(check: Check, error: Exception) -> str:
    """Say where Skillmark failed, without a traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"Skillmark itself failed in {check.name}, at {place} ({type(error).__name__}: {error}). Please report it."


class _Tally:
    """Counts what a check observes while it runs, so that what came before a stop is kept."""

    def __init__(self) -> None:
        self.held = 0
        self.evidence: list[str] = []
        self.findings: dict[tuple[str, str, bool], Finding] = {}
        self.counts: Counter[tuple[str, str, bool]] = Counter()
        self.places: dict[tuple[str, str, bool], list[str]] = {}

    def take(self, observations: Iterable[Observation]) -> None:
        for observation in observations:
            if isinstance(observation, Held):
                self._hold(observation)
            else:
                self._find(observation)

    def _hold(self, subject: Held) -> None:
        self.held += 1
        if len(self.evidence) < _EVIDENCE:
            self.evidence += [each for each in subject.evidence if each not in self.evidence]

    def _find(self, finding: Finding) -> None:
        key = finding.key
        self.counts[key] += 1
        if key not in self.findings:
            self.findings[key] = finding
        elif len(places := self.places.setdefault(key, [])) < _PLACES:
            places.append(f"{finding.evidence[0] if finding.evidence else ''}{finding.pointer}")


def _judged(tally: _Tally, check: Check, context: RunContext, first: int) -> tuple[JudgedFinding, ...]:
    version = context.plan.standard.version
    catalogue = context.plan.catalogue.requirements
    mine = [(key, finding) for key, finding in tally.findings.items() if finding.requirement in check.requirements]
    return tuple(
        JudgedFinding(
            id=f"F{number}",
            finding=finding,
            outcome=Outcome.WARNED if finding.dispute else catalogue[finding.requirement].violated(version),
            check=check.name,
            count=tally.counts[key],
            places=tuple(tally.places.get(key, ())),
        )
        for number, (key, finding) in enumerate(mine, start=first)
    )


def _outcome_for(requirement: str, result: CheckResult, findings: tuple[JudgedFinding, ...]) -> Outcome:
    """Return what one check says of one of its requirements: findings against the others do not count."""
    mine = [finding.outcome for finding in findings if finding.finding.requirement == requirement]
    if mine:
        return combined(mine)
    if result.outcome in {Outcome.FAILED, Outcome.WARNED}:
        return Outcome.PASSED
    return result.outcome
