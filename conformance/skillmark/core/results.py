"""The result of one run: the values that ``results.json`` holds and every report is rendered from."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.core.findings import JudgedFinding
    from skillmark.core.outcomes import Level, Outcome, Verdict
    from skillmark.core.target import Product


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How one check ended."""

    #: For example ``paging.walks_partition_the_list``.
    name: str
    #: What has to hold, in one sentence.
    title: str
    #: Heading under which reports show it, for example ``paging``.
    area: str
    requirements: tuple[str, ...]
    outcome: Outcome
    #: Why it is not applicable, untested or undecided; empty otherwise.
    reason: str = ""
    #: Places that were looked at.
    subjects: int = 0
    #: Exchange ids that show a pass, a few of them.
    evidence: tuple[str, ...] = ()
    #: Seconds that it took, requests included.
    seconds: float = 0.0
    #: Whether the check could not be decided because of a defect of Skillmark itself.
    defect: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RequirementResult:
    """What the run says about one requirement."""

    id: str
    level: Level
    role: str
    #: ``normative`` or ``informative``.
    status: str
    clause: str
    url: str
    says: str
    #: ``automated``, ``attested``, ``untestable`` or ``disputed``.
    decided: str
    #: Both readings of a disputed point, or the doubt about the entry.
    readings: tuple[str, ...]
    outcome: Outcome
    #: Whether it takes part in the verdict of this run.
    deciding: bool
    #: Names of the checks that decide it.
    checks: tuple[str, ...]
    #: Why it is not applicable, untested, undecided or out of the verdict; or the vendor's attestation.
    reason: str = ""


class Cell(enum.StrEnum):
    """What became of one fault class in one column of a matrix."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    #: Accepted, where the texts do not say that it is refused, and the answer says more than to the healthy one.
    TOLD = "told"
    #: Neither accepted nor refused.
    UNCLEAR = "unclear"
    #: The healthy one was not accepted, or no answer came.
    UNTESTED = "untested"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One fault class."""

    #: The check that asks about it.
    check: str
    #: What is wrong, as the end of a sentence.
    says: str
    #: Whether who accepts it can be deceived: a wrong acceptance is a security hole.
    is_hole: bool
    #: By column; nothing where it cannot be wrong there.
    cells: Mapping[str, Cell]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What a product refused and accepted of what is wrong: fault classes by something that it claims, say proof formats."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the result depends on; two runs with equal provenance of tables and suite can be compared."""

    skillmark_version: str
    catalogue_id: str
    catalogue_version: str
    #: SHA-256 of the requirement catalogue and of the standard's table, hexadecimal.
    catalogue_digest: str
    standard_digest: str
    #: Python, operating system, versions of the libraries that judge.
    environment: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run of one plan against one product."""

    plan: str
    plan_title: str
    #: For example ``case-1.1``.
    standard: str
    product: Product
    target_url: str
    #: The rendered configuration, without secrets.
    configuration: Mapping[str, object]
    verdict: Verdict
    #: Whether checks of the plan were not run: the run was stopped, or only some were chosen.
    partial: bool
    #: Whether the transport requirements were taken out of the verdict.
    lab: bool
    seed: int
    #: ``smoke``, ``full`` or ``thorough``.
    depth: str
    started: datetime.datetime
    finished: datetime.datetime
    provenance: Provenance
    #: By requirement id, in the order of the catalogue.
    requirements: Mapping[str, RequirementResult]
    checks: tuple[CheckResult, ...]
    findings: tuple[JudgedFinding, ...]
    #: Exchanges that findings and passes refer to, by id.
    exchanges: Mapping[str, Exchange]
    #: Statements of the vendor by requirement id.
    attestations: Mapping[str, str]
    #: How records were sampled and what was left unread, in sentences.
    sampling: tuple[str, ...]
    requests_sent: int
    #: Records seen, by class.
    records: Mapping[str, int]
    #: What was refused and accepted of what is wrong, where the plan asks about that.
    matrix: Matrix | None = None
