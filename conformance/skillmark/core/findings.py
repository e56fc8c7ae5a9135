"""What checks report: subjects that hold, and findings."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillmark.core.outcomes import Outcome


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One subject for which the property holds; a check that names none has decided nothing."""

    #: Exchange ids that show it.
    evidence: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One requirement, one place, one reason."""

    #: For example ``CASE-R-093``.
    requirement: str
    expected: str
    actual: str
    #: JSON pointer into the answer; empty for the whole answer.
    pointer: str = ""
    #: Exchange ids that show it, in order; the smallest counterexample first.
    evidence: tuple[str, ...] = ()
    #: Equal for findings that are one defect seen in several places; without it, ``expected`` serves.
    cause: str = ""
    #: Why this finding warns although its requirement could fail: the other reading, or what is undefined.
    dispute: str = ""

    @property
    def key(self) -> tuple[str, str, bool]:
        """Equal for findings that are the same defect."""
        return (self.requirement, self.cause or self.expected, bool(self.dispute))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFinding:
    """A finding with its weight, its count and the name under which it can be replayed."""

    #: For example ``F3``.
    id: str
    finding: Finding
    #: ``FAILED`` or ``WARNED``.
    outcome: Outcome
    #: Name of the check that made it.
    check: str
    #: In how many places the same defect was seen.
    count: int
    #: Pointers of further places, a few of them.
    places: tuple[str, ...] = ()
