"""What tests read off the result of a run."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Outcome

if TYPE_CHECKING:
    from skillmark.core.results import RunResult


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a run says, as far as tests read it."""

    result: RunResult
    #: What the product under test failed at, which it should not.
    crashes: tuple[str, ...] = ()

    @property
    def failed(self) -> set[str]:
        """The requirements with a failed finding."""
        return self._with(Outcome.FAILED)

    @property
    def warned(self) -> set[str]:
        """The requirements with nothing worse than a warning."""
        return self._with(Outcome.WARNED) - self.failed

    @property
    def named(self) -> set[str]:
        """The checks with a finding."""
        return {each.check for each in self.result.findings}

    def _with(self, outcome: Outcome) -> set[str]:
        return {each.finding.requirement for each in self.result.findings if each.outcome is outcome}

    @property
    def defects(self) -> list[str]:
        """What Skillmark itself failed at."""
        return [f"{check.name}: {check.reason}" for check in self.result.checks if check.defect]

    @property
    def undecided(self) -> set[str]:
        """The checks that could not tell."""
        return {check.name for check in self.result.checks if check.outcome is Outcome.CANNOT_TELL}

    @property
    def untested(self) -> dict[str, str]:
        """The checks that decided nothing, and why."""
        undecided = {Outcome.UNTESTED, Outcome.CANNOT_TELL}
        return {check.name: check.reason for check in self.result.checks if check.outcome in undecided}

    def told(self) -> str:
        """Return the findings, one a line, for the message of a failing test."""
        return "\n".join(
            f"{each.outcome.value} {each.finding.requirement} [{each.check}] expected {each.finding.expected}; "
            f"actual {each.finding.actual} at {each.finding.pointer} {each.finding.dispute and '(disputed)'}"
            for each in sorted(self.result.findings, key=lambda each: (each.outcome.value, each.finding.requirement))
        )
