"""A suite for a catalogue: one check for each requirement of issuers that a rule decides."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine import Suite
from skillmark.suites.credentials import (  # noqa: F401 - declare the rules
    bundles,
    certification,
    contents,
    contexts,
    documents,
    images,
    proofs,
    structure,
    tokens,
    verified,
)
from skillmark.suites.credentials.evidence import RunEvidence
from skillmark.suites.credentials.sightings import RULES, Departs, Holds, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.catalogue import Requirement
    from skillmark.engine import Observation
    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.sightings import Rule


def suite_for(catalogue_id: str) -> Suite:
    """Return the suite of a catalogue; what CLR repeats of Open Badges is decided by the rule of Open Badges."""
    suite = Suite(catalogue_id=catalogue_id, gather=RunEvidence)
    for entry in suite.catalogue.requirements.values():
        rule = RULES.rule_of(entry)
        if rule is not None:
            function = functools.partial(_observations, entry=entry, rule=rule)
            suite.add(rule.name, (entry.id,), function, title=entry.says)
    return suite


def _observations(evidence: Evidence, *, entry: Requirement, rule: Rule) -> Iterator[Observation]:
    """Yield what a rule sees, under the requirement of the catalogue.

    Raises:
        CannotTell: Of a part it cannot be told.
        Untested: Nothing of it was handed in, and certification demands it.
        NotApplicable: Nothing of it was handed in.
    """
    unknown, is_seen = "", False
    for sighting in rule.look(evidence):
        is_seen = True
        match sighting:
            case Holds():
                yield Held(evidence=(sighting.evidence,))
            case Departs():
                yield _finding(entry, sighting)
            case Unknown():
                unknown = unknown or f"{sighting.evidence}: {sighting.reason}."
    if unknown:
        raise CannotTell(unknown)
    if not is_seen:
        raise Untested(rule.absent) if rule.is_demanded else NotApplicable(rule.absent)


def _finding(entry: Requirement, departs: Departs) -> Finding:
    """Return a finding under the requirement of the catalogue."""
    repair = f"; this JSON Patch, signed anew, repairs it: {departs.patch}" if departs.patch else ""
    return Finding(
        requirement=entry.id,
        expected=f"{departs.expected or entry.says}{repair}",
        actual=departs.actual,
        pointer=departs.pointer,
        evidence=(departs.evidence,),
        cause=departs.cause,
        dispute=departs.dispute,
    )
