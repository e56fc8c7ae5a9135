"""Running the checks of a plan, one after the other, each on the same evidence."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from skillmark.core.errors import (
    Broken,
    CannotTell,
    Interrupted,
    Misconfigured,
    NotApplicable,
    TargetUnreachable,
    Untested,
)
from skillmark.core.escaping import trimmed
from skillmark.core.findings import Finding, Held, JudgedFinding
from skillmark.core.outcomes import Outcome, combined
from skillmark.core.results import CheckResult

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable

    from skillmark.core.clock import Clock
    from skillmark.core.target import Target
    from skillmark.engine.checks import Check, Evidence, Observation, Suite
    from skillmark.engine.depth import Depth
    from skillmark.plans import Plan
    from skillmark.wire.client import WireClient
    from skillmark.wire.peers.serving import Shelf

_EVIDENCE = 5
_PLACES = 10
#: Characters of a text that a product may have made.
_LONGEST = 2_000
_STOPPED = "The run was stopped before its end."
_NOTHING_SHOWN = "The product showed nothing that this could be tested on."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What one run is made of."""

    plan: Plan
    target: Target
    client: WireClient
    clock: Clock
    seed: int
    depth: Depth
    #: Where a product that is reached in process looks for what records point to; others are served over the network.
    shelf: Shelf | None = None
    #: What the run opened, and closes at its end.
    resources: contextlib.ExitStack = dataclasses.field(default_factory=contextlib.ExitStack)

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
    evidence: Evidence
    checks: tuple[CheckResult, ...]
    findings: tuple[JudgedFinding, ...]
    #: Outcomes by requirement id and check name.
    outcomes: dict[str, dict[str, Outcome]]
    #: Why not every check of the plan came to its end; empty if every one did.
    stopped: str
    started: datetime.datetime
    finished: datetime.datetime

    @property
    def partial(self) -> bool:
        """Whether checks of the plan are missing."""
        return bool(self.stopped)


def run_plan(
    suite: Suite,
    context: RunContext,
    *,
    only: Callable[[Check], bool] = lambda _: True,
    listen: Callable[[Event], None] = lambda _: None,
) -> Run:
    """Run the checks of the context's plan and keep what was decided when something stops it.

    Raises:
        Misconfigured: the user's settings do not allow the first request.
        TargetUnreachable: the token endpoint does not answer before the first request.
    """
    started = context.clock.now()
    evidence = suite.gather(context)
    tally, stopped = _RunTally(), ""
    plan_checks = suite.checks_of(context.plan)
    checks = [check for check in plan_checks if only(check)]
    if len(checks) < len(plan_checks):
        stopped = f"Only {len(checks)} of the {len(plan_checks)} checks of the plan were chosen."
    try:
        for number, check in enumerate(checks, start=1):
            position = {"number": number, "total": len(checks)}
            listen(CheckStarted(check=check, requests=context.client.requests_sent, **position))
            result = tally.add(_ended(check, evidence, context, numbered_from=len(tally.findings) + 1))
            listen(CheckEnded(result=result, requests=context.client.requests_sent, **position))
    except (KeyboardInterrupt, Interrupted):
        stopped = _STOPPED
    except (Misconfigured, TargetUnreachable) as error:
        if not context.client.exchanges:
            raise
        # What stops a run in its midst, say a token that is not renewed, must not cost what was decided before.
        stopped = f"The run ended early: {context.client.redacted(str(error))}"
    return Run(
        context=context,
        evidence=evidence,
        checks=tuple(tally.checks),
        findings=tuple(tally.findings),
        outcomes=tally.outcomes,
        stopped=stopped,
        started=started,
        finished=context.clock.now(),
    )


class _RunTally:
    """What the checks of a run said so far."""

    def __init__(self) -> None:
        self.checks: list[CheckResult] = []
        self.findings: list[JudgedFinding] = []
        self.outcomes: dict[str, dict[str, Outcome]] = {}

    def add(self, ended: _Ended) -> CheckResult:
        self.findings += ended.findings
        for requirement, outcome in ended.outcomes.items():
            self.outcomes.setdefault(requirement, {})[ended.result.name] = outcome
        self.checks.append(ended.result)
        return ended.result


def run_check(
    check: Check, evidence: object, context: RunContext, *, numbered_from: int = 1
) -> tuple[CheckResult, tuple[JudgedFinding, ...]]:
    """Run one check to its end and judge what it found.

    A check that observed nothing is untested, never passed.
    """
    ended = _ended(check, evidence, context, numbered_from=numbered_from)
    return ended.result, ended.findings


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """A check that came to its end, with what it says of each of its requirements."""

    result: CheckResult
    findings: tuple[JudgedFinding, ...]
    outcomes: dict[str, Outcome]


def _ended(check: Check, evidence: object, context: RunContext, *, numbered_from: int) -> _Ended:
    begin = context.clock.elapsed()
    tally = _Tally(check, context)
    stop = _stopped(check, evidence, context, tally)
    findings = _judged(tally, check, context, numbered_from)
    rest = _without_findings(stop, tally)
    by_requirement = {each: _outcome_for(each, rest, findings) for each in check.requirements}
    said = [finding.outcome for finding in findings]
    result = CheckResult(
        name=check.name,
        title=check.title,
        area=check.area,
        requirements=check.requirements,
        outcome=combined([*said, *([rest] if not said or stop.outcome else [])]),
        reason=stop.reason or ("" if findings or tally.held else _NOTHING_SHOWN),
        subjects=tally.held + sum(finding.count for finding in findings),
        evidence=tuple(tally.evidence),
        seconds=round(context.clock.elapsed() - begin, 4),
        defect=stop.defect,
    )
    return _Ended(result=result, findings=findings, outcomes=by_requirement)


@dataclasses.dataclass(frozen=True, slots=True)
class _Stop:
    """Why a check came to its end; without an outcome because everything was looked at."""

    outcome: Outcome | None = None
    reason: str = ""
    defect: bool = False


def _stopped(check: Check, evidence: object, context: RunContext, tally: _Tally) -> _Stop:
    def said(reason: object) -> str:
        return trimmed(context.client.redacted(str(reason)), _LONGEST)

    try:
        tally.take(check.function(evidence))
    except NotApplicable as error:
        return _Stop(Outcome.NOT_APPLICABLE, said(error))
    except Untested as error:
        return _Stop(Outcome.UNTESTED, said(error))
    except CannotTell as error:
        return _Stop(Outcome.CANNOT_TELL, said(error))
    except (Misconfigured, TargetUnreachable, Interrupted):
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours must neither end the run nor count as a pass
        return _Stop(Outcome.CANNOT_TELL, said(_defect(check, error)), defect=True)
    return _Stop()


def _without_findings(stop: _Stop, tally: _Tally) -> Outcome:
    """Return what a check says where it found nothing wrong; one that observed nothing has not passed."""
    match stop.outcome:
        case None:
            return Outcome.PASSED if tally.held or tally.findings else Outcome.UNTESTED
        case Outcome.UNTESTED if tally.held:
            return Outcome.PASSED
        case outcome:
            return outcome


def _defect(check: Check, error: Exception) -> str:
    """Say where Skillmark failed, without a traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"Skillmark itself failed in {check.name}, at {place} ({type(error).__name__}: {error}). Please report it."


class _Tally:
    """Counts what a check observes while it runs, so that what came before a stop is kept."""

    def __init__(self, check: Check, context: RunContext) -> None:
        self._declared = frozenset(check.requirements)
        self._foreign = frozenset(entry.id for entry in context.plan.requirements) - self._declared
        self._redacted = context.client.redacted
        self.held = 0
        self.evidence: list[str] = []
        self.findings: dict[tuple[str, str, bool], Finding] = {}
        self.counts: Counter[tuple[str, str, bool]] = Counter()
        self.places: dict[tuple[str, str, bool], list[str]] = {}

    def take(self, observations: Iterable[Observation]) -> None:
        for observation in observations:
            if isinstance(observation, Held):
                self._hold(observation)
            elif observation.requirement in self._foreign:
                raise Broken(f"it has a finding against {observation.requirement}, which it does not declare")
            elif observation.requirement in self._declared:
                self._find(self._cleared(observation))

    def _cleared(self, finding: Finding) -> Finding:
        """Return a finding without secrets, which products send back in the oddest places, and of a sane length."""
        return dataclasses.replace(
            finding,
            expected=trimmed(self._redacted(finding.expected), _LONGEST),
            actual=trimmed(self._redacted(finding.actual), _LONGEST),
            pointer=trimmed(self._redacted(finding.pointer), _LONGEST),
            cause=trimmed(self._redacted(finding.cause), _LONGEST),
            dispute=trimmed(self._redacted(finding.dispute), _LONGEST),
        )

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
    version = context.plan.version
    catalogue = context.plan.catalogue.requirements
    return tuple(
        JudgedFinding(
            id=f"F{number}",
            finding=finding,
            outcome=Outcome.WARNED if finding.dispute else catalogue[finding.requirement].violated(version),
            check=check.name,
            count=tally.counts[key],
            places=tuple(tally.places.get(key, ())),
        )
        for number, (key, finding) in enumerate(tally.findings.items(), start=first)
    )


def _outcome_for(requirement: str, rest: Outcome, findings: tuple[JudgedFinding, ...]) -> Outcome:
    """Return what one check says of one of its requirements: findings against the others do not count."""
    mine = [finding.outcome for finding in findings if finding.finding.requirement == requirement]
    return combined(mine) if mine else rest
