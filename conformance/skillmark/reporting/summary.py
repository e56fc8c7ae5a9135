"""What reports count and group, computed once so that every format says the same."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark.core.findings import JudgedFinding
    from skillmark.core.results import CheckResult, RequirementResult, RunResult

#: The order in which reports list outcomes.
OUTCOMES = (
    Outcome.PASSED,
    Outcome.FAILED,
    Outcome.WARNED,
    Outcome.CANNOT_TELL,
    Outcome.UNTESTED,
    Outcome.NOT_APPLICABLE,
)
_UNDECIDED = frozenset({Outcome.UNTESTED, Outcome.CANNOT_TELL})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """The checks under one heading."""

    name: str
    checks: tuple[CheckResult, ...]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many of its checks ended how."""
        return outcome_counts(check.outcome for check in self.checks)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Findings with the same cause and the same evidence: one defect, and all requirements that it breaks."""

    findings: tuple[JudgedFinding, ...]

    @property
    def first(self) -> JudgedFinding:
        """The weightiest of its findings, the earliest among equals."""
        return min(self.findings, key=lambda each: each.outcome is not Outcome.FAILED)

    @property
    def outcome(self) -> Outcome:
        """``FAILED`` if one of its findings failed."""
        return self.first.outcome

    @property
    def count(self) -> int:
        """In how many places it was seen, at least."""
        return max(each.count for each in self.findings)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that the vendor can do to have more decided."""

    reason: str
    requirements: tuple[RequirementResult, ...]


def outcome_counts(outcomes: Iterable[Outcome]) -> dict[Outcome, int]:
    """Return how often each outcome occurs, those that do not occur included."""
    found = Counter(outcomes)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def requirement_counts(result: RunResult) -> dict[Outcome, int]:
    """Return how many requirements ended how."""
    return outcome_counts(entry.outcome for entry in result.requirements.values())


def check_counts(result: RunResult) -> dict[Outcome, int]:
    """Return how many checks ended how."""
    return outcome_counts(check.outcome for check in result.checks)


def finding_counts(result: RunResult) -> dict[Outcome, int]:
    """Return how many findings failed and how many warned."""
    found = outcome_counts(finding.outcome for finding in result.findings)
    return {outcome: found[outcome] for outcome in (Outcome.FAILED, Outcome.WARNED)}


def deciding(result: RunResult) -> tuple[RequirementResult, ...]:
    """Return the requirements that decide the verdict."""
    return tuple(entry for entry in result.requirements.values() if entry.deciding)


def undecided(result: RunResult) -> tuple[RequirementResult, ...]:
    """Return the deciding requirements that keep the verdict from being conformant without having failed."""
    return tuple(entry for entry in deciding(result) if entry.outcome in _UNDECIDED)


def areas(result: RunResult) -> tuple[Area, ...]:
    """Return the checks by heading, in the order in which they ran."""
    grouped: dict[str, list[CheckResult]] = {}
    for check in result.checks:
        grouped.setdefault(check.area, []).append(check)
    return tuple(Area(name=name, checks=tuple(checks)) for name, checks in grouped.items())


def defects(result: RunResult) -> tuple[Defect, ...]:
    """Return the findings, each defect once: the failed first, then the warned."""
    grouped: dict[tuple[str, tuple[str, ...]], list[JudgedFinding]] = {}
    for each in result.findings:
        finding = each.finding
        grouped.setdefault((finding.cause or finding.expected, finding.evidence), []).append(each)
    found = [Defect(findings=tuple(findings)) for findings in grouped.values()]
    return tuple(sorted(found, key=lambda defect: defect.outcome is not Outcome.FAILED))


def attestations_missing(result: RunResult) -> tuple[RequirementResult, ...]:
    """Return the deciding requirements that wait for a statement of the vendor."""
    return tuple(entry for entry in undecided(result) if entry.decided == "attested")


def steps(result: RunResult, outcome: Outcome) -> tuple[Step, ...]:
    """Return what would decide the undecided requirements of one outcome, equal reasons once.

    Attestations are left out, and so are requirements about the run as a whole, which follow from the others.
    """
    ran = {check.name for check in result.checks}
    grouped: dict[str, list[RequirementResult]] = {}
    for entry in undecided(result):
        follows = bool(entry.checks) and ran.isdisjoint(entry.checks)
        if entry.outcome is outcome and entry.decided != "attested" and not follows:
            grouped.setdefault(entry.reason, []).append(entry)
    return tuple(Step(reason=reason, requirements=tuple(entries)) for reason, entries in grouped.items())
